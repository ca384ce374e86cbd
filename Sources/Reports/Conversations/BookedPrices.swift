import Bytes
import Domain
import JSONTexts

/// With which prices calls were booked: found by booking them once more. What a store keeps of a call is its cost, so a
/// price is told where it gives that cost to the last digit, and none where no price that is still in the book does.
struct BookedPrices {
    /// The prices of a call, each once in the answer.
    private struct Quote: Hashable {
        /// One for each class that has one, in the order of the classes.
        var entries: [PriceEntry]
    }

    /// What prices are looked up by.
    private struct Name: Hashable {
        var provider: ExactText
        var requestModel: ExactText?
        var responseModel: ExactText?
    }

    /// What all calls of a name have in common.
    private struct Known {
        var candidates: PriceCandidates
        /// Every name by which a correction may mean the model.
        var models: [String]
        /// Corrections that looked at the name, by their place among all; nil: nobody has asked for them yet.
        var corrections: [Int]?
    }

    private static let namesMax = 1_000

    private let book: PriceBook
    /// Reads those on record.
    private let readCorrections: () throws -> [PriceCorrection]
    /// nil: no call was met yet that they could explain.
    private var corrections: [PriceCorrection]?
    private var known: [Name: Known] = [:]
    private var places: [Quote: Int] = [:]
    private var quotes: [Quote] = []
    /// Rows of calls, the price of each beside them; −1: none explains it.
    private var rows: [Int] = []
    private var priceOfRow: [Int] = []
    /// Corrections that changed one of the calls, by their place among all.
    private var used: [PriceCorrection] = []
    private var placesOfCorrections: [Int: Int] = [:]
    /// Rows of calls that were booked again, the correction of each beside them.
    private var rebooked: [Int] = []
    private var correctionOfRow: [Int] = []

    /// - Parameter corrections: reads those on record, in their order. Nearly all conversations are booked as the book
    ///   said when their calls came; for the others it is called, once.
    init(book: PriceBook, corrections: @escaping () throws -> [PriceCorrection]) {
        (self.book, readCorrections) = (book, corrections)
    }

    /// Takes a call over.
    /// - Throws: what reading corrections throws.
    /// - Complexity: O(log² prices) where it was booked as the book said then, else O(corrections of its name) besides,
    ///   and O(corrections) for the first one of a name.
    mutating func add(_ call: BookedCall, row: Int) throws {
        let name = Name(
            provider: ExactText(call.provider), requestModel: call.requestModel.map { ExactText($0) },
            responseModel: call.responseModel.map { ExactText($0) })
        let candidates = known(name, of: call).candidates
        rows.append(row)
        let own = PriceHorizon(before: call.position)
        if let place = place(of: call, candidates, own) {
            priceOfRow.append(place)
            return
        }
        let (corrections, named) = try knownCorrections(name, of: call)
        let concerning = named.filter { corrections[$0].concerns(position: call.position, time: call.time) }
        // What it costs now is not what was known when it came: the last one that was asked for decided anew, and later
        // first prices filled what had none.
        let requested = concerning.last { corrections[$0].isRequested }
        let start = requested.map { corrections[$0].horizon } ?? own
        let later = concerning.filter {
            !corrections[$0].isRequested && corrections[$0].horizon.position > start.position
        }
        var decided = later.last ?? requested
        var place = requested == nil ? nil : place(of: call, candidates, start)
        if place != nil { decided = requested }
        if place == nil,
            let (filled, last) = filledPlace(
                of: call, candidates, from: start, by: later.map { ($0, corrections[$0].horizon) })
        {
            (place, decided) = (filled, last)
        }
        priceOfRow.append(place ?? self.place(of: call, candidates, .all) ?? -1)
        guard let decided else { return }
        let index = placesOfCorrections[decided] ?? used.count
        if index == used.count {
            placesOfCorrections[decided] = index
            used.append(corrections[decided])
        }
        rebooked.append(row)
        correctionOfRow.append(index)
    }

    private mutating func known(_ name: Name, of call: BookedCall) -> Known {
        if let known = known[name] { return known }
        let known = Known(
            candidates: book.candidates(
                provider: call.provider, requestModel: call.requestModel, responseModel: call.responseModel),
            models: ModelName.names(requestModel: call.requestModel, responseModel: call.responseModel))
        // Names are what senders say: however many they are, so many are remembered.
        if self.known.count >= Self.namesMax { self.known.removeAll(keepingCapacity: true) }
        self.known[name] = known
        return known
    }

    /// All corrections, and the places of those that looked at calls of the name.
    private mutating func knownCorrections(
        _ name: Name, of call: BookedCall
    ) throws -> (all: [PriceCorrection], ofName: [Int]) {
        let all = try corrections ?? readCorrections()
        corrections = all
        var named = known(name, of: call)
        if let places = named.corrections { return (all, places) }
        let places = all.indices.filter { all[$0].concerns(provider: call.provider, models: named.models) }
        named.corrections = places
        known[name] = named
        return (all, places)
    }

    /// Where the prices stand that were in force by then; nil where they do not give what the call was booked for.
    private mutating func place(
        of call: BookedCall, _ candidates: PriceCandidates, _ horizon: PriceHorizon
    ) -> Int? {
        guard call.isExplained(by: prices(of: call, candidates, horizon)) else { return nil }
        return place(of: call, candidates, filledBy: [horizon])
    }

    /// The same where first prices, one after the other, filled classes that had none.
    /// - Parameter later: first prices in their order, each with its place among corrections.
    /// - Returns: the place, and the first price that was the last to matter.
    private mutating func filledPlace(
        of call: BookedCall, _ candidates: PriceCandidates, from start: PriceHorizon,
        by later: [(index: Int, horizon: PriceHorizon)]
    ) -> (place: Int, last: Int)? {
        var known = [start]
        var filled = prices(of: call, candidates, start)
        for (index, horizon) in later {
            known.append(horizon)
            filled = filled.filled(from: prices(of: call, candidates, horizon))
            if call.isExplained(by: filled) { return (place(of: call, candidates, filledBy: known), index) }
        }
        return nil
    }

    private func prices(
        of call: BookedCall, _ candidates: PriceCandidates, _ horizon: PriceHorizon
    ) -> ClassPrices {
        PriceQuote(candidates, serviceTier: call.serviceTier, at: call.time, known: horizon).prices
    }

    /// The place of what each class had first.
    private mutating func place(
        of call: BookedCall, _ candidates: PriceCandidates, filledBy horizons: [PriceHorizon]
    ) -> Int {
        let entries = TokenClass.allCases.compactMap { tokenClass in
            horizons.lazy.compactMap { horizon in
                candidates.inForce(tokenClass, serviceTier: call.serviceTier, at: call.time, known: horizon)
            }.first
        }
        return entries.isEmpty ? -1 : place(of: Quote(entries: entries))
    }

    private mutating func place(of quote: Quote) -> Int {
        if let place = places[quote] { return place }
        places[quote] = quotes.count
        quotes.append(quote)
        return quotes.count - 1
    }

    /// Members `prices`, `booked` and `corrections`, `rebooked`.
    func write(to json: inout JSONWriter) {
        json.key("prices")
        json.array(quotes) { quote, json in
            json.array(quote.entries) { entry, json in
                json.beginObject()
                json.member("provider", entry.provider)
                json.member("model", entry.model)
                json.member("class", entry.tokenClass.rawValue)
                if !entry.serviceTier.isEmpty { json.member("service_tier", entry.serviceTier) }
                json.member(entry.tokenClass == .gpu ? "usd_per_gpu_hour" : "usd_per_million_tokens", entry.usd)
                if entry.validFrom != .min { json.member("valid_from", RFC3339.render(entry.validFrom)) }
                json.member("origin", entry.origin == .set ? "set" : "built_in")
                json.endObject()
            }
        }
        Self.write("booked", rows, "price", priceOfRow, to: &json)
        json.key("corrections")
        json.array(used) { correction, json in
            json.beginObject()
            json.member("position", exact: correction.position)
            json.member("time", RFC3339.render(correction.time))
            json.member("reason", correction.reason)
            json.endObject()
        }
        Self.write("rebooked", rebooked, "correction", correctionOfRow, to: &json)
    }

    private static func write(
        _ name: String, _ rows: [Int], _ value: String, _ values: [Int], to json: inout JSONWriter
    ) {
        json.key(name)
        json.beginObject()
        json.key("rows")
        json.array(rows) { row, json in json.value(row) }
        json.key(value)
        json.array(values) { value, json in if value < 0 { json.null() } else { json.value(value) } }
        json.endObject()
    }
}
