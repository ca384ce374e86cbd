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
    /// Prices that had come when it was decided; a first price is one of them.
    let horizon: PriceHorizon
    /// Whether somebody asked for it: it decides anew what a call costs. A first price only fills what had none.
    var isRequested: Bool { reason == "requested" }

    /// Those on record, the last ones where they are many, in their order. Several may stand at one position: prices
    /// that come together are each the first of its class, and what a later one decided knew of those before.
    static func all(_ runner: ReportRunner) throws -> [PriceCorrection] {
        guard runner.catalog.table(named: "system_events") != nil else { return [] }
        return try runner.rows(
            "select position, received_time, cast(data as text) from system_events where type = 'cost.rebooked' "
                + "order by position desc, received_time desc, cast(data->>'last_position' as bigint) desc nulls last "
                + "limit \(countMax)"
        ).reversed().compactMap(PriceCorrection.init)
    }

    /// nil for a record that says something else.
    private init?(_ row: ReportRow) {
        guard let text = row.text(2), let json = try? JSONReader.parse(text), let time = row.time(1),
            let provider = json["provider"]?.string, let last = json["last_position"]?.integer
        else { return nil }
        (position, self.time) = (Int64(clamping: row.integer(0)), time)
        (self.provider, lastPosition) = (provider, last)
        reason = json["reason"]?.string ?? "requested"
        let first = reason == "first_price" ? json["prices"]?.array?.first : nil
        let known = max(last, first?["position"]?.integer ?? 0)
        horizon = PriceHorizon(before: known.saturatingAdd(1), list: json["list"]?.integer)
        let model = json["model"]?.string
        self.model = model == PriceEntry.anyModel ? nil : model
        let start = json["from"]?.string ?? first?["valid_from"]?.string
        let from = start.flatMap { try? RFC3339.parse($0) } ?? .min
        let to = json["to"]?.string.flatMap { try? RFC3339.parse($0) } ?? .max
        guard from < to else { return nil }
        times = from..<to
    }

    /// Whether it looked at calls of a provider.
    /// - Parameter models: every name by which a correction may mean a call; see `ModelName.names`.
    func concerns(provider: String, models: [String]) -> Bool {
        guard provider.hasSameBytes(as: self.provider) else { return false }
        guard let model else { return true }
        return models.contains { $0.hasSameBytes(as: model) }
    }

    /// Whether it looked at a call of those names; what that costs may be the same as before.
    func concerns(position: Int64, time: Int64) -> Bool { position <= lastPosition && times.contains(time) }
}
