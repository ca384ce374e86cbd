import Bytes
import JSONTexts
import PromQLText

/// How often names and labels stand in series.
struct SeriesStatistics {
    private let series: Int
    private var byMetric: [ByteText: Int] = [:]
    private var byPair: [ByteText: Int] = [:]
    private var values: [ByteText: Set<ByteText>] = [:]

    init(_ sets: [LabelSet]) {
        series = sets.count
        for labels in sets {
            byMetric[labels[LabelMatcher.metricName], default: 0] += 1
            for label in labels.labels {
                values[label.name, default: []].insert(label.value)
                byPair[ByteText(label.name.bytes + [UInt8(ascii: "=")] + label.value.bytes), default: 0] += 1
            }
        }
    }

    func write(over times: ClosedRange<Int64>, atMost most: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("headStats")
        json.beginObject()
        json.member("numSeries", series)
        json.member("numLabelPairs", byPair.count)
        json.member("chunkCount", 0)
        json.member("minTime", times.lowerBound)
        json.member("maxTime", times.upperBound)
        json.endObject()
        Self.write("seriesCountByMetricName", byMetric, most, &json)
        Self.write("labelValueCountByLabelName", values.mapValues(\.count), most, &json)
        let bytes = values.mapValues { texts in texts.reduce(0) { $0 + $1.bytes.count } }
        Self.write("memoryInBytesByLabelName", bytes, most, &json)
        Self.write("seriesCountByLabelValuePair", byPair, most, &json)
        json.endObject()
    }

    /// The greatest first.
    private static func write(_ name: String, _ counts: [ByteText: Int], _ most: Int, _ json: inout JSONWriter) {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        json.key(name)
        json.array(sorted.prefix(most)) { count, json in
            json.object { json in
                json.key("name")
                json.value(utf8: count.key.bytes[...])
                json.member("value", count.value)
            }
        }
    }
}
