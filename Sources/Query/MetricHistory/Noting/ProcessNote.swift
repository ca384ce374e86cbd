import Domain
import JSONTexts
import Projections

/// What metrics of a process said at a time: the data of a row `metrics.sampled` of `system_events`, canonical JSON.
///
///     {"time":"2026-08-01T09:00:00Z","values":{"plimsoll_free_bytes":[[[],"123"]]},"whole":true}
///
/// `values` has series by the name of their metric, each as `[labels, value]` with the labels in the order of the
/// catalogue. A value is a whole number as text, of money in pico-USD; of a histogram `[counts by bucket, sum in ns]`.
/// Series that are not in it say what they said before; in a whole one they are no more.
struct ProcessNote: Hashable, Sendable {
    /// The row's type.
    static let recordType = "metrics.sampled"

    /// ns since 1970 UTC.
    let time: Int64
    let isWhole: Bool
    /// Ascending by name.
    let families: [MetricFamily]

    init(time: Int64, isWhole: Bool, families: [MetricFamily]) {
        (self.time, self.isWhole) = (time, isWhole)
        self.families = families.sorted { $0.definition.name.utf8.lexicographicallyPrecedes($1.definition.name.utf8) }
    }

    /// Whether metrics of the kind are noted: what only a process knows, and no event tells.
    static func isNoted(_ definition: MetricDefinition) -> Bool { !MetricCatalogue.isToldByEvents(definition) }

    /// The data of the row.
    var data: String {
        JSONWriter.object { json in
            json.key("time")
            json.value(time: time)
            json.key("values")
            json.object { json in
                for family in families {
                    json.key(family.definition.name)
                    json.array(family.series) { Self.write($0, to: &$1) }
                }
            }
            json.key("whole")
            json.value(isWhole)
        }
    }

    private static func write(_ series: MetricSeries, to json: inout JSONWriter) {
        json.beginArray()
        json.array(series.labels) { $1.value($0) }
        switch series.value {
        case .number(let number), .picoUSD(let number): json.value(String(number))
        case .histogram(let counts, let sum):
            json.beginArray()
            json.array(counts) { $1.value($0) }
            json.value(String(sum))
            json.endArray()
        }
        json.endArray()
    }

    /// Reads what ``data`` wrote; nil where it is something else. What is not understood, as metrics of a newer
    /// version, is passed over.
    /// - Parameter isWanted: whether a metric of that name is read.
    init?(data: String, where isWanted: (MetricDefinition) -> Bool = { _ in true }) {
        guard let json = try? JSONReader.parse(data), let values = json["values"]?.members,
            let time = json["time"]?.string.flatMap({ try? RFC3339.parse($0) }), let whole = json["whole"]
        else { return nil }
        let families = values.compactMap { member -> MetricFamily? in
            guard let definition = MetricCatalogue.metric(named: member.name), Self.isNoted(definition),
                isWanted(definition)
            else { return nil }
            return MetricFamily(definition, (member.value.array ?? []).compactMap { Self.series($0, definition) })
        }
        self.init(time: time, isWhole: whole == .boolean(true), families: families)
    }

    private static func series(_ json: JSONValue, _ definition: MetricDefinition) -> MetricSeries? {
        guard let parts = json.array, parts.count == 2, let labels = parts[0].array?.compactMap(\.string),
            labels.count == definition.labels.count, let value = value(parts[1], definition)
        else { return nil }
        return MetricSeries(labels: labels, value: value)
    }

    private static func value(_ json: JSONValue, _ definition: MetricDefinition) -> MetricValue? {
        guard definition.kind == .histogram else {
            guard let number = json.string.flatMap({ Int128($0) }) else { return nil }
            return definition.unit == "usd" ? .picoUSD(number) : .number(number)
        }
        guard let parts = json.array, parts.count == 2, let sum = parts[1].string.flatMap({ Int128($0) }),
            let counts = parts[0].array?.compactMap({ $0.count.map { UInt64($0) } }),
            counts.count == definition.bucketBoundsNanoseconds.count + 1
        else { return nil }
        return .histogram(counts: counts, sumNanoseconds: sum)
    }
}
