import Asking
import Bytes
import Domain
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import NIOPosix
import Plans
import Platform

extension Routes {
    /// Text for people, as `plimsoll prices list` prints it, or as it reads them. What is longer than a piece is sent
    /// piece by piece.
    func prices(_ query: QueryParameters) async throws -> Response {
        let (isSetOnly, isAll) = (try Self.flag("set_only", query), try Self.flag("all", query))
        let now = clock.wallNanoseconds()
        let selection = Self.selection(isAll: isAll, of: try PriceTimes { query[$0] }.range(now: now), now: now)
        let name = query["format"] ?? PriceListFormat.table.rawValue
        guard let format = PriceListFormat(rawValue: name) else {
            throw Refusal(
                .badRequest, "there is no format \(name)",
                hint: nameHint(to: name, known: PriceListFormat.allCases.map(\.rawValue)))
        }
        let (text, first, second) = try await queries.run { [self] cancellation in
            let options = questionOptions(cancellation, within: queries.memory)
            let book = store.priceBook
            let booking = try queries.holding(PriceListing.bytesMax(of: book) + Self.answerBytes)
            let listing = try PriceListing(
                book, selection, includesBuiltIn: !isSetOnly, as: format, look: options.check)
            booking.set(to: listing.heldBytes + Self.answerBytes)
            let text = PriceListText(listing, booking: booking)
            return (text, try text.next(look: options.check) ?? [], try text.next(look: options.check))
        }
        let contentType = format == .csv ? MediaType.csv : MediaType.text
        guard let second else { return noting(Response(bytes: first, contentType: contentType)) }
        return noting(
            Response(first: first + second, contentType: contentType) { [queries] in
                try await queries.nextPiece { try text.next() }
            })
    }

    /// Text for people, as `plimsoll prices check` prints it.
    func priceCheck(_ query: QueryParameters) async throws -> Response {
        let times = try PriceTimes { query[$0] }.range(now: clock.wallNanoseconds())
        let text = try await queries.run { [self] cancellation in
            let options = questionOptions(cancellation, within: queries.memory)
            return try ofStore {
                let (book, calls) = try store.pricesAndInexactCalls(of: times, look: options.check)
                return try PriceText.check(book, calls, look: options.check)
            }
        }
        return noting(Response(text: text))
    }

    /// Those of a time that somebody names, else those of now; with those of other times all.
    static func selection(isAll: Bool, of times: Range<Int64>?, now: Int64) -> PriceBook.Selection {
        if isAll { return .all }
        return times.map { .within($0.lowerBound...($0.upperBound - 1)) } ?? .inForce(at: now)
    }

    /// With a word of what the store has lost: prices are read off what is left.
    func noting(_ response: Response) -> Response {
        Self.noting(nil, missing: [store.priceNotice].compactMap { $0 }, response)
    }

    /// What ``rebook(_:)`` would change, as JSON.
    func rebookingPreview(_ query: QueryParameters) async throws -> Response {
        let wish = try RebookRequest(query)
        let preview = try await queries.run { [self] cancellation in
            let options = questionOptions(cancellation, within: queries.memory)
            return try ofStore {
                try store.rebookingPreview(
                    provider: wish.provider, model: wish.model, times: wish.times, look: options.check)
            }
        }
        return noting(Response(bytes: preview.json, contentType: MediaType.json))
    }

    /// Books calls again; says what that changed, as text for people.
    func rebook(_ request: Request, _: QueryParameters) async throws -> Response {
        // A form of a browser is sent as another type.
        guard request.mediaType == "application/json" else {
            throw Refusal(
                .unsupportedMediaType, "a correction is taken as application/json", hint: "set Content-Type")
        }
        let wish = try RebookRequest(body: try await text(of: request, hint: RebookRequest.example))
        let text = try await threads.writer.run { [self] in
            try ofStore {
                PriceText.summary(
                    of: try store.rebook(provider: wish.provider, model: wish.model, times: wish.times))
            }
        }
        return Response(text: text)
    }

    /// What the store gives; what it throws is told in the words of ``StoreFailure``.
    func ofStore<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as QueryError {
            throw error
        } catch {
            health.damage.met(error, by: "a request for prices")
            throw StoreFailure.refusal(for: error, limits)
        }
    }

    /// Whether a parameter that is true or false was given as true, or without a value.
    static func flag(_ name: String, _ query: QueryParameters) throws(Refusal) -> Bool {
        switch query[name] ?? "false" {
        case "true", "": return true
        case "false": return false
        case let text: throw Refusal(.badRequest, "\(name) is true or false, not \(text)")
        }
    }
}

/// What `POST /v1/prices/rebook` takes: `{"provider":…,"model":…,"from":…,"to":…}`, all but the provider optional.
struct RebookRequest: Sendable {
    var provider: String
    var model: String?
    var times: Range<Int64>

    fileprivate static let example =
        #"send {"provider":"openai","model":"gpt-4o","from":"2026-08-01T00:00:00Z","to":"2026-09-01T00:00:00Z"}"#

    private static let members: [(name: String, kind: String)] = [
        ("provider", "text"), ("model", "text"), ("from", "time"), ("to", "time"),
    ]

    /// - Throws: 400 with what is wrong.
    init(body: [UInt8]) throws(Refusal) {
        let json: JSONValue
        do {
            json = try JSONReader.parse(body)
        } catch {
            throw Refusal(
                .badRequest, "the body is not JSON: expected \(error.expectation)", hint: Self.example,
                position: error.offset)
        }
        guard let provider = json["provider"]?.string, !provider.isEmpty else {
            throw Refusal(.badRequest, "the member provider is missing or no text", hint: Self.example)
        }
        // A member that is passed over would make the wish a wider one.
        var names: Set<ExactText> = []
        for member in json.members ?? [] {
            guard let kind = Self.members.first(where: { $0.name.hasSameBytes(as: member.name) })?.kind else {
                throw Refusal(
                    .badRequest, "there is no member \(member.name)",
                    hint: nameHint(to: member.name, known: Self.members.map(\.name)))
            }
            guard member.value.string != nil else {
                throw Refusal(.badRequest, "the member \(member.name) is no \(kind)", hint: Self.example)
            }
            guard names.insert(ExactText(member.name)).inserted else {
                throw Refusal(.badRequest, "the member \(member.name) is there twice", hint: Self.example)
            }
        }
        try self.init(
            provider: provider, model: json["model"]?.string, from: json["from"]?.string, to: json["to"]?.string,
            part: "member",
            hint: Self.example)
    }

    /// - Throws: 400 with what is wrong.
    init(_ query: QueryParameters) throws(Refusal) {
        let hint = "ask for ?provider=openai&model=gpt-4o&from=2026-08-01T00:00:00Z&to=2026-09-01T00:00:00Z"
        guard let provider = query["provider"], !provider.isEmpty else {
            throw Refusal(.badRequest, "the parameter provider is missing", hint: hint)
        }
        try self.init(
            provider: provider, model: query["model"], from: query["from"], to: query["to"], part: "parameter",
            hint: hint)
    }

    /// - Parameter part: what the request calls its fields.
    private init(provider: String, model: String?, from: String?, to: String?, part: String, hint: String)
        throws(Refusal)
    {
        func time(_ name: String, _ text: String?, _ absent: Int64) throws(Refusal) -> Int64 {
            guard let text else { return absent }
            guard let time = try? RFC3339.parse(text) else {
                throw Refusal(.badRequest, "the \(part) \(name) is no time", hint: hint)
            }
            return time
        }
        let (from, to) = (try time("from", from, .min), try time("to", to, .max))
        guard from < to else { throw Refusal(.badRequest, "from does not lie before to", hint: hint) }
        (self.provider, self.model, times) = (provider, model, from..<to)
    }
}
