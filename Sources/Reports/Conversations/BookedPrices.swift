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

    private let book: PriceBook
    private let corrections: [PriceCorrection]
    private var known: [Name: PriceCandidates] = [:]
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

    init(book: PriceBook, corrections: [PriceCorrection]) { (self.book, self.corrections) = (book, corrections) }

    /// Takes a call over.
    /// - Complexity: O(corrections + log² prices).
    mutating func add(_ call: BookedCall, row: Int) {
        let candidates = candidates(of: call)
        rows.append(row)
        if let place = place(of: call, candidates, PriceHorizon(before: call.position)) {
            priceOfRow.append(place)
            return
        }
        // What it costs now is not what was known when it came: the last word is a correction's.
        let concerning = corrections.indices.last { corrections[$0].concerns(call) }
        let corrected = concerning.flatMap { place(of: call, candidates, corrections[$0].horizon) }
        priceOfRow.append(corrected ?? place(of: call, candidates, .all) ?? -1)
        guard let concerning else { return }
        let index = placesOfCorrections[concerning] ?? used.count
        if index == used.count {
            placesOfCorrections[concerning] = index
            used.append(corrections[concerning])
        }
        rebooked.append(row)
        correctionOfRow.append(index)
    }

    private mutating func candidates(of call: BookedCall) -> PriceCandidates {
        let name = Name(
            provider: ExactText(call.provider), requestModel: call.requestModel.map { ExactText($0) },
            responseModel: call.responseModel.map { ExactText($0) })
        if let known = known[name] { return known }
        let candidates = book.candidates(
            provider: call.provider, requestModel: call.requestModel, responseModel: call.responseModel)
        known[name] = candidates
        return candidates
    }

    /// Where the prices stand that were in force by then; nil where they do not give what the call was booked for.
    private mutating func place(
        of call: BookedCall, _ candidates: PriceCandidates, _ horizon: PriceHorizon
    ) -> Int? {
        let quote = PriceQuote(candidates, serviceTier: call.serviceTier, at: call.time, known: horizon)
        guard call.isExplained(by: quote.prices) else { return nil }
        let entries = TokenClass.allCases.compactMap { tokenClass in
            candidates.inForce(tokenClass, serviceTier: call.serviceTier, at: call.time, known: horizon)
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
