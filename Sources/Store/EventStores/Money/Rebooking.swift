import Bytes
import Columnar
import Domain
import JSONTexts
import Segments

/// A deliberate correction: calls of a provider and model in a range of event times are booked again at the prices that
/// were in force when it was asked for. Laid over the calls when they are read; what was booked stays in segments and
/// counters.
package struct Rebooking: Hashable, Sendable {
    /// As calls name it.
    package var provider: String
    /// What was asked for or what answered, a path before the name passed over; nil: every model of the provider.
    package var model: String?
    /// Event times (ns).
    package var times: Range<Int64>
    /// The store's last event then: later calls, and prices set later, are not concerned.
    package var lastPosition: Int64
    /// ``PriceBook/listNumber`` then: built-in prices of later lists are not concerned.
    var list: Int64 = 0
    /// How many calls cost something else now.
    package var calls: Int64 = 0
    /// By how much the sum of exact costs changes, in pico-USD: what was counted and all corrections add up to that
    /// sum. A cost that is not exact is no part of it: a call that stops being exact takes all of its cost away, one
    /// that begins brings all of it. What the calls cost more or less is another figure, ``change``.
    package var correctionPicoUSD: Int64 = 0
    // tests: what counters lack of one correction.
    /// What of it is of calls that came live, in pico-USD: so much the counters of cost lack, which have no others.
    /// Records that do not say it are of calls that all did, or of a version that did not tell them apart.
    package var countedPicoUSD: Int64 = 0
    /// What they cost before and after, for people: no part of the record, so empty where it was read back.
    package var change = RebookingChange()
    /// Whether a path before a call's model is passed over; corrections whose record has no version were made without.
    var passesOverPaths = true

    /// Whether a call is booked again.
    func concerns(provider: String, requestModel: String?, responseModel: String?, time: Int64, position: Int64) -> Bool
    {
        guard position <= lastPosition, times.contains(time), provider.hasSameBytes(as: self.provider) else {
            return false
        }
        return isOfModel(requestModel: requestModel, responseModel: responseModel)
    }

    /// Whether a call's models are meant.
    func isOfModel(requestModel: String?, responseModel: String?) -> Bool {
        guard let model else { return true }
        let names =
            passesOverPaths
            ? ModelName.names(requestModel: requestModel, responseModel: responseModel)
            : [responseModel, requestModel].compactMap { $0 }
        return names.contains { model.hasSameBytes(as: $0) }
    }

    /// Whether a group may hold a call that is.
    func mayConcern(_ group: RowGroup) -> Bool {
        mayConcern(time: group.summary(named: "time"), position: group.summary(named: "position"))
            && group.mayHold(provider, in: "provider")
    }

    /// Whether calls of which this is known may be; nil: nothing.
    func mayConcern(time: ColumnSummary?, position: ColumnSummary?) -> Bool {
        guard let time, case .timestamptz(let first) = time.minimum, case .timestamptz(let last) = time.maximum else {
            return true
        }
        guard last >= times.lowerBound, first < times.upperBound else { return false }
        if case .integer(let position)? = position?.minimum, position > lastPosition { return false }
        return true
    }
}

extension Rebooking {
    /// The data of the record `cost.rebooked`, from which a start reads the correction back.
    /// - Parameter prices: those in force, for people to see.
    func data(prices: [PriceEntry]) -> String {
        JSONWriter.object { json in
            json.member("calls", calls)
            json.member("correction_usd", DecimalText.renderUSD(Int128(correctionPicoUSD)))
            if countedPicoUSD != correctionPicoUSD {
                json.member("counted_usd", DecimalText.renderUSD(Int128(countedPicoUSD)))
            }
            json.member("first_position", Self.firstPosition)
            if times.lowerBound != .min { json.member("from", RFC3339.render(times.lowerBound)) }
            json.member("last_position", lastPosition)
            if list > 0 { json.member("list", list) }
            if let model { json.member("model", model) }
            json.key("prices")
            json.beginArray()
            for price in prices { price.writeRecord(to: &json) }
            json.endArray()
            json.member("provider", provider)
            json.member("reason", "requested")
            if times.upperBound != .max { json.member("to", RFC3339.render(times.upperBound)) }
            if passesOverPaths { json.member("version", 2) }
        }
    }

    /// The correction that a record tells of; nil for the record of a first price.
    /// - Throws: where the data is not what ``data(prices:)`` writes.
    init?(data: String) throws(DamagedRecord) {
        guard let json = try? JSONReader.parse(data) else { throw DamagedRecord() }
        if json["reason"]?.string != "requested" { return nil }
        func time(_ name: String, _ absent: Int64) throws(DamagedRecord) -> Int64 {
            guard let text = json[name]?.string else { return absent }
            guard let time = try? RFC3339.parse(text) else { throw DamagedRecord() }
            return time
        }
        let (from, to) = (try time("from", .min), try time("to", .max))
        guard json["first_position"]?.integer == Self.firstPosition, let provider = json["provider"]?.string,
            let position = json["last_position"]?.integer, let calls = json["calls"]?.integer,
            let correction = json["correction_usd"]?.string, from < to,
            (0..<Int64.max).contains(position), calls >= 0,
            let pico = try? DecimalText.parse(correction, scale: DecimalText.usdScale)
        else { throw DamagedRecord() }
        var counted = pico
        if let text = json["counted_usd"]?.string {
            guard let told = try? DecimalText.parse(text, scale: DecimalText.usdScale) else { throw DamagedRecord() }
            counted = told
        }
        let list = json["list"]?.integer ?? 0
        guard (0..<Int64.max).contains(list) else { throw DamagedRecord() }
        self.init(
            provider: provider, model: json["model"]?.string, times: from..<to, lastPosition: position,
            list: list, calls: calls,
            correctionPicoUSD: pico, countedPicoUSD: counted, passesOverPaths: (json["version"]?.integer ?? 1) >= 2)
    }

    /// The record is not what was written.
    struct DamagedRecord: Error {}

    /// The record's type, for corrections and for first prices alike.
    static let recordType = "cost.rebooked"

    /// A correction concerns calls from the store's first event on.
    fileprivate static let firstPosition: Int64 = 1
}

extension PriceEntry {
    /// The price as part of a record.
    fileprivate func writeRecord(to json: inout JSONWriter) {
        json.beginObject()
        if position > 0 { json.member("position", position) }
        writeTerms(to: &json)
        json.endObject()
    }

    /// What is paid for what and from when on, as members of a record.
    func writeTerms(to json: inout JSONWriter) {
        if !serviceTier.isEmpty { json.member("service_tier", serviceTier) }
        json.member("token_class", tokenClass.rawValue)
        json.member(tokenClass == .gpu ? "usd_per_gpu_hour" : "usd_per_million_tokens", usd)
        if validFrom != .min { json.member("valid_from", RFC3339.render(validFrom)) }
    }

    /// The data of the record that says that this price, the first of its class, books calls which waited for one.
    var firstPriceData: String {
        JSONWriter.object { json in
            json.member("first_position", Rebooking.firstPosition)
            json.member("last_position", origin == .builtIn ? position : position - 1)
            json.member("model", model)
            json.key("prices")
            json.beginArray()
            writeRecord(to: &json)
            json.endArray()
            json.member("provider", provider)
            json.member("reason", "first_price")
        }
    }
}
