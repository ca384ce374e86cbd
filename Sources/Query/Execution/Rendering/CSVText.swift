import Columnar
import JSONTexts
import Plans

/// Comma-separated values with a header line. NULL is nothing, an empty text is `""`.
struct CSVText: RowWriter {
    private let names: [String]
    private let zone: ZoneOffsets
    private var table = CSVWriter()

    init(_ result: ResultSet, zone: ZoneOffsets) {
        names = result.columns.map(\.name)
        self.zone = zone
    }

    var byteCount: Int { table.bytes.count }
    mutating func take() -> [UInt8] { table.take() }

    mutating func begin(look: () throws -> Void) rethrows -> LongValue {
        table.row(names)
        return LongValue()
    }

    mutating func beginRow() {}
    mutating func endRow() { table.endRow() }
    mutating func end() {}

    mutating func value(_ value: Scalar, column: Int) -> LongValue {
        switch value {
        case .null: table.absent()
        case .text(let text):
            if text.utf8.count > LongValue.partBytes { return long(text) }
            table.told(text)
        case .timestamptz(let time): table.field(TimeText.rfc3339(time, zone: zone))
        case .boolean(let truth): table.field(truth ? "true" : "false")
        default:
            let text = ScalarText.text(value, zone: zone)
            if text.utf8.count > LongValue.partBytes { return long(text) }
            table.field(text)
        }
        return LongValue()
    }

    private mutating func long(_ text: String) -> LongValue {
        let isQuoted = table.beginParts(of: text.utf8.span)
        return LongValue(parts: [.text(text, from: 0, isMarked: isQuoted)])
    }

    mutating func goOn(_ left: inout LongValue) {
        guard case .text(let text, let start, let isQuoted)? = left.parts.popLast() else { return }
        if left.takeText(text, from: start, isMarked: isQuoted, { table.part($0) }) {
            table.endParts(isQuoted: isQuoted)
        }
    }
}
