import Asking
import Bytes
import Columnar
import Compression
import Domain
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import Reports
import RequestFields

/// How one conversation is told.
enum ConversationFormat: String, CaseIterable, Sendable { case json, table, columns }

extension Routes {
    /// A page of the conversations that are asked for. A client that goes away takes its questions with it.
    func conversations(_ query: QueryParameters, _ headers: HTTPFields) async throws -> Response {
        let waiting = settlement.waiting
        let isPacked = AcceptedCodings.takeGzip(headers[values: .acceptEncoding])
        return try await queries.run { [self] cancellation in
            try refusing {
                let pinned = store.pinnedForReports()
                let request = try ConversationRequest(now: pinned.tables.now, rule: pinned.outcomes.rule) { query[$0] }
                var list = try reports(over: pinned, cancellation, within: queries.memory).conversations(request)
                list.notice = Self.joined(waiting?.text, list.notice)
                return Response(json: list.json, isPacked: isPacked)
            }
        }
    }

    /// One conversation whole.
    /// - Parameter component: its id as the address has it.
    func conversation(_ component: String, _ query: QueryParameters, _ headers: HTTPFields) async throws -> Response {
        let id = try Self.conversationID(component, named: query[ConversationAddress.parameter])
        let tenant = query["tenant"]
        guard !(id + (tenant ?? "")).utf8.contains(0) else {
            throw Refusal(.notFound, "a conversation with a null character in its name cannot be asked for")
        }
        let format = try Self.conversationFormat(query["format"])
        let event = try Self.position(query["event"])
        let waiting = settlement.waiting
        let isPacked = AcceptedCodings.takeGzip(headers[values: .acceptEncoding])
        let answer = try await queries.run { [self] cancellation -> Response? in
            try refusing {
                let runner = reports(over: store.pinnedForReports(), cancellation, within: queries.memory)
                if format == .columns {
                    return try runner.conversationColumns(
                        id, tenant: tenant, prices: store.priceBook, notice: waiting?.text
                    ).map { Response(json: $0, isPacked: isPacked) }
                }
                guard var document = try runner.conversation(id, tenant: tenant, event: event) else { return nil }
                document.notice = Self.joined(waiting?.text, document.notice)
                return format == .json
                    ? Response(bytes: Array(document.json.utf8), contentType: MediaType.json)
                    : Response(text: document.text)
            }
        }
        guard let answer else {
            throw Refusal(
                .notFound, "no event names the conversation \(id)",
                hint: waiting.map { "\($0.text); ids are case-sensitive" } ?? "ids are case-sensitive")
        }
        return answer
    }

    /// - Parameter named: the id, where the path has its substitute.
    /// - Throws: 400 for what is no UTF-8, and for two ids.
    private static func conversationID(_ component: String, named: String?) throws(Refusal) -> String {
        if let named {
            guard component == ConversationAddress.substitute else {
                throw Refusal(
                    .badRequest, "the path has an id, and so has the parameter \(ConversationAddress.parameter)",
                    hint: "with the parameter the path ends with /\(ConversationAddress.substitute)")
            }
            return named
        }
        guard let id = PercentText.unescaped(component) else {
            throw Refusal(.badRequest, "the id is no UTF-8", hint: "escape the bytes of its UTF-8 with percent signs")
        }
        return id
    }

    private static func conversationFormat(_ text: String?) throws(Refusal) -> ConversationFormat {
        guard let text else { return .json }
        guard let format = ConversationFormat(rawValue: text) else {
            throw Refusal(
                .badRequest, "there is no format \(text)",
                hint: nameHint(to: text, known: ConversationFormat.allCases.map(\.rawValue)))
        }
        return format
    }

    private static func position(_ text: String?) throws(Refusal) -> Int64? {
        guard let text else { return nil }
        guard let position = Int64(text), position > 0 else {
            throw Refusal(.badRequest, "event is no position", hint: "positions of events are whole numbers from 1")
        }
        return position
    }

    private static func joined(_ notices: String?...) -> String? {
        let told = notices.compactMap { $0 }
        return told.isEmpty ? nil : told.joined(separator: "; ")
    }
}

extension Response {
    /// From so many bytes on an answer is worth being compressed.
    private static let packedBytesMin = 4096

    /// Text that is JSON, compressed for whoever takes it so: columns of small numbers are less than half of it.
    init(json bytes: [UInt8], isPacked: Bool) {
        let packs = isPacked && bytes.count >= Self.packedBytesMin
        self.init(bytes: packs ? Gzip.compress(bytes, level: 4) : bytes, contentType: MediaType.json)
        headers[.vary] = "Accept-Encoding"
        if packs { headers[.contentEncoding] = "gzip" }
    }
}
