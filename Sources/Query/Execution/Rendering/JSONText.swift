import Bytes
import Columnar
import Plans

/// Results as JSON. What a double cannot hold (numerics, integers beyond 2^53) is a string; times are RFC 3339.
package enum JSONText {
    /// `{"columns":[{"name":…,"type":…}],"rows":[[…]],"position":p,"watermark":t,"statistics":{…}}`
    static func render(_ result: ResultSet, zone: ZoneOffsets) -> String {
        var text = "{\"columns\":["
        text += result.columns.map { "{\"name\":\(string($0.name)),\"type\":\(string($0.type.sqlName))}" }.joined(separator: ",")
        text += "],\"rows\":["
        var isFirst = true
        result.forEachRow { values in
            text += (isFirst ? "[" : ",[") + values.map { value($0, zone: zone) }.joined(separator: ",") + "]"
            isFirst = false
        }
        text += "],\"position\":\(value(.integer(result.position), zone: zone))"
        text += ",\"watermark\":\(string(TimeText.rfc3339(result.watermark, zone: .utc)))"
        return text + ",\"statistics\":\(statistics(result.statistics))}\n"
    }

    /// One object a line, in the order of the columns.
    static func renderLines(_ result: ResultSet, zone: ZoneOffsets) -> String {
        let names = result.columns.map { string($0.name) }
        var text = ""
        result.forEachRow { values in
            text += "{" + zip(names, values).map { "\($0):\(value($1, zone: zone))" }.joined(separator: ",") + "}\n"
        }
        return text
    }

    private static func statistics(_ statistics: QueryStatistics) -> String {
        let fields: [(String, Int64)] = [
            ("elapsed_ns", statistics.elapsedNanoseconds), ("groups_total", Int64(statistics.groupsTotal)),
            ("groups_skipped", Int64(statistics.groupsSkipped)), ("pages_read", Int64(statistics.pagesRead)),
            ("bytes_read", Int64(statistics.bytesRead)), ("rows_scanned", Int64(statistics.rowsScanned)),
            ("memory_peak_bytes", Int64(statistics.memoryPeakBytes)),
        ]
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    static func value(_ value: Scalar, zone: ZoneOffsets) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let truth): return truth ? "true" : "false"
        case .integer(let number): return number.magnitude > 1 << 53 ? "\"\(number)\"" : String(number)
        case .double(let number): return number.isFinite ? ScalarText.double(number) : string(ScalarText.double(number))
        case .numeric: return string(ScalarText.text(value, zone: zone))
        case .timestamptz(let time): return string(TimeText.rfc3339(time, zone: zone))
        case .timestamp(let time): return string(TimeText.timestamp(time, separator: "T"))
        case .array(let values): return "[" + values.map { self.value($0, zone: zone) }.joined(separator: ",") + "]"
        case .json(let document): return onOneLine(document)
        case .text, .date, .interval: return string(ScalarText.text(value, zone: zone))
        }
    }

    /// The document without line ends, which can stand only between its parts: a line of NDJSON holds one row.
    private static func onOneLine(_ document: String) -> String {
        guard document.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return document }
        return String(decoding: document.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }

    /// A JSON string (RFC 8259, section 7).
    package static func string(_ text: String) -> String {
        var bytes: [UInt8] = []
        appendJSONString(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
