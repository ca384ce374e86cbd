import Columnar
import JSONTexts
import Plans

/// Results as JSON. What a double cannot hold (numerics, integers beyond 2^53) is a string; times are RFC 3339.
enum JSONText {
    /// `{"columns":[{"name":…,"type":…}],"rows":[[…]],"position":p,"watermark":t,"statistics":{…}}`
    static func render(_ result: ResultSet, zone: ZoneOffsets) -> String {
        var json = JSONWriter()
        json.object { json in
            json.key("columns")
            json.array(result.columns) { column, json in
                json.object { json in
                    json.member("name", column.name)
                    json.member("type", column.type.sqlName)
                }
            }
            json.key("rows")
            json.beginArray()
            result.forEachRow { values in json.array(values) { append($0, to: &$1, zone: zone) } }
            json.endArray()
            json.member("position", exact: result.position)
            json.member("watermark", TimeText.rfc3339(result.watermark, zone: .utc))
            json.key("statistics")
            json.object { append(result.statistics, to: &$0) }
        }
        json.endLine()
        return json.text
    }

    /// One object a line, in the order of the columns.
    static func renderLines(_ result: ResultSet, zone: ZoneOffsets) -> String {
        var json = JSONWriter()
        result.forEachRow { values in
            json.object { json in
                for (column, value) in zip(result.columns, values) {
                    json.key(column.name)
                    append(value, to: &json, zone: zone)
                }
            }
            json.endLine()
        }
        return json.text
    }

    private static func append(_ statistics: QueryStatistics, to json: inout JSONWriter) {
        json.member("elapsed_ns", statistics.elapsedNanoseconds)
        json.member("groups_total", statistics.groupsTotal)
        json.member("groups_skipped", statistics.groupsSkipped)
        json.member("pages_read", statistics.pagesRead)
        json.member("bytes_read", statistics.bytesRead)
        json.member("rows_scanned", statistics.rowsScanned)
        json.member("memory_peak_bytes", statistics.memoryPeakBytes)
    }

    private static func append(_ value: Scalar, to json: inout JSONWriter, zone: ZoneOffsets) {
        switch value {
        case .null: json.null()
        case .boolean(let truth): json.value(truth)
        case .integer(let number): json.value(exact: number)
        case .double(let number):
            let text = ScalarText.double(number)
            if number.isFinite { json.raw(text) } else { json.value(text) }
        case .timestamptz(let time): json.value(TimeText.rfc3339(time, zone: zone))
        case .timestamp(let time): json.value(TimeText.timestamp(time, separator: "T"))
        case .array(let values): json.array(values) { append($0, to: &$1, zone: zone) }
        case .json(let document): json.raw(onOneLine(document))
        case .text, .date, .interval, .numeric: json.value(ScalarText.text(value, zone: zone))
        }
    }

    /// The document without line ends, which can stand only between its parts: a line of NDJSON holds one row.
    private static func onOneLine(_ document: String) -> String {
        guard document.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return document }
        return String(decoding: document.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }
}
