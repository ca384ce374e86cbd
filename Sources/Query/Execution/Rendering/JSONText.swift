import Columnar
import JSONTexts
import Plans

/// Results as JSON. What a double cannot hold (numerics, integers beyond 2^53) is a string; times are RFC 3339.
///
/// One document, `{"columns":[{"name":…,"type":…}],"rows":[[…]],"position":p,"watermark":t,"statistics":{…}}`, with
/// `"notices":[…]` where something cannot be shown, or lines with an object each, its members in the order of the
/// columns.
struct JSONText: RowWriter {
    private let result: ResultSet
    private let zone: ZoneOffsets
    private let isLines: Bool
    private var json = JSONWriter()
    private var doubles = DoubleTexts()

    init(_ result: ResultSet, zone: ZoneOffsets, isLines: Bool) {
        self.result = result
        self.zone = zone
        self.isLines = isLines
    }

    var byteCount: Int { json.bytes.count }
    mutating func take() -> [UInt8] { json.take() }

    mutating func begin(look: () throws -> Void) rethrows -> LongValue {
        if isLines { return LongValue() }
        json.beginObject()
        json.key("columns")
        json.array(result.columns) { column, json in
            json.object { json in
                json.member("name", column.name)
                json.member("type", column.type.sqlName)
            }
        }
        json.key("rows")
        json.beginArray()
        return LongValue()
    }

    mutating func beginRow() { if isLines { json.beginObject() } else { json.beginArray() } }

    mutating func endRow() {
        guard isLines else { return json.endArray() }
        json.endObject()
        json.endLine()
    }

    mutating func end() {
        if isLines { return }
        json.endArray()
        json.member("position", exact: result.position)
        json.member("watermark", TimeText.rfc3339(result.watermark, zone: .utc))
        if !result.notices.isEmpty {
            json.key("notices")
            json.array(result.notices) { notice, json in json.value(notice) }
        }
        json.key("statistics")
        json.object { Self.append(result.statistics, to: &$0) }
        json.endObject()
        json.endLine()
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

    mutating func value(_ value: Scalar, column: Int) -> LongValue {
        if isLines { json.key(result.columns[column].name) }
        var left = LongValue()
        append(value, &left)
        return left
    }

    mutating func text(_ utf8: ArraySlice<UInt8>, column: Int) -> Bool {
        if isLines { json.key(result.columns[column].name) }
        json.value(utf8: utf8)
        return true
    }

    mutating func nulls(_ columns: Range<Int>) -> Bool {
        if isLines { return false }
        json.nulls(columns.count)
        return true
    }

    /// Writes a value, or begins to and notes what is left.
    private mutating func append(_ value: Scalar, _ left: inout LongValue) {
        switch value {
        case .null: json.null()
        case .boolean(let truth): json.value(truth)
        case .integer(let number): json.value(exact: number)
        case .double(let number):
            let text = doubles.text(number)
            if number.isFinite { json.raw(text) } else { json.value(text) }
        case .timestamptz(let time):
            json.value(plain: { [zone] in TimeText.append(rfc3339: time, zone: zone, to: &$0) })
        case .timestamp(let time): json.value(TimeText.timestamp(time, separator: "T"))
        case .array(let values):
            json.beginArray()
            // Few short ones, as several percentiles are, leave nothing.
            guard values.count <= Self.shortArray, values.allSatisfy(Self.isShort) else {
                left.parts.append(.elements(values, from: 0))
                break
            }
            for value in values { append(value, &left) }
            json.endArray()
        case .json(let document): append(document, isString: false, &left)
        case .text(let text): append(text, isString: true, &left)
        case .date, .interval, .numeric: json.value(ScalarText.text(value, zone: zone))
        }
    }

    private static let shortArray = 16

    /// Whether a value is written at once.
    private static func isShort(_ value: Scalar) -> Bool {
        switch value {
        case .text, .json, .array: false
        default: true
        }
    }

    private mutating func append(_ text: String, isString: Bool, _ left: inout LongValue) {
        json.beginParts(isString: isString)
        write(text, from: 0, isString: isString, &left)
    }

    private mutating func write(_ text: String, from start: Int, isString: Bool, _ left: inout LongValue) {
        let isWhole = left.takeText(text, from: start, isMarked: isString) { part in
            if isString { json.part(part, isString: true) } else { appendOnOneLine(part) }
        }
        if isWhole { json.endParts(isString: isString) }
    }

    /// A document without line ends, which can stand only between its parts: a line of NDJSON holds one row.
    private mutating func appendOnOneLine(_ document: Span<UInt8>) {
        var (start, place) = (0, 0)
        while place < document.count {
            if document[place] == 0x0A || document[place] == 0x0D {
                json.part(document.extracting(start..<place), isString: false)
                json.part(Self.blank.span, isString: false)
                start = place + 1
            }
            place += 1
        }
        json.part(document.extracting(start..<place), isString: false)
    }

    private static let blank: [UInt8] = [0x20]

    mutating func goOn(_ left: inout LongValue) {
        switch left.parts.popLast() {
        case .text(let text, let start, let isString)?: write(text, from: start, isString: isString, &left)
        case .elements(let values, let start)?:
            let (first, end) = (json.bytes.count, start)
            var next = end
            // So many small ones as make up a part, and one that is not small.
            while next < values.count, json.bytes.count - first < LongValue.partBytes {
                let depth = left.parts.count
                append(values[next], &left)
                next += 1
                if left.parts.count > depth {
                    left.parts.insert(.elements(values, from: next), at: depth)
                    return
                }
            }
            if next == values.count { json.endArray() } else { left.parts.append(.elements(values, from: next)) }
        case .fill?, nil: break
        }
    }
}
