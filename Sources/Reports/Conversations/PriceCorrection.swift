import Bytes
import Columnar
import Domain
import JSONTexts

/// A record of calls that were booked again: at prices somebody changed, or at the first price of a class.
struct PriceCorrection {
    /// So many of the last ones are looked at.
    private static let countMax = 1_000

    /// Its place among the records.
    let position: Int64
    /// When it was noted, ns since 1970 UTC.
    let time: Int64
    /// `requested` or `first_price`.
    let reason: String
    private let provider: String
    /// nil: every model of the provider.
    private let model: String?
    /// Times of calls that are concerned.
    private let times: Range<Int64>
    /// Later calls are not.
    let lastPosition: Int64
    /// Built-in prices of later lists are not, either; nil: by position.
    let list: Int64?

    /// Those on record, the last ones where they are many, in their order.
    static func all(_ runner: ReportRunner) throws -> [PriceCorrection] {
        guard runner.catalog.table(named: "system_events") != nil else { return [] }
        return try runner.rows(
            "select position, received_time, cast(data as text) from system_events where type = 'cost.rebooked' "
                + "order by position desc limit \(countMax)"
        ).reversed().compactMap(PriceCorrection.init)
    }

    /// nil for a record that says something else.
    private init?(_ row: ReportRow) {
        guard let text = row.text(2), let json = try? JSONReader.parse(text), let time = row.time(1),
            let provider = json["provider"]?.string, let last = json["last_position"]?.integer
        else { return nil }
        (position, self.time) = (Int64(clamping: row.integer(0)), time)
        (self.provider, lastPosition, list) = (provider, last, json["list"]?.integer)
        reason = json["reason"]?.string ?? "requested"
        let model = json["model"]?.string
        self.model = model == PriceEntry.anyModel ? nil : model
        let start = json["from"]?.string ?? json["prices"]?.array?.first?["valid_from"]?.string
        let from = start.flatMap { try? RFC3339.parse($0) } ?? .min
        let to = json["to"]?.string.flatMap { try? RFC3339.parse($0) } ?? .max
        guard from < to else { return nil }
        times = from..<to
    }

    /// Whether it looked at a call; what that costs may be the same as before.
    func concerns(_ call: BookedCall) -> Bool {
        guard call.position <= lastPosition, times.contains(call.time), call.provider.hasSameBytes(as: provider) else {
            return false
        }
        guard let model else { return true }
        let names = ModelName.names(requestModel: call.requestModel, responseModel: call.responseModel)
        return names.contains { $0.hasSameBytes(as: model) }
    }

    /// What had come when it was decided.
    var horizon: PriceHorizon { PriceHorizon(before: lastPosition.saturatingAdd(1), list: list) }
}
