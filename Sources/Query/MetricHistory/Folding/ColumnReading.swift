import Bytes
import Columnar

/// Whole numbers of a column by row: integers, times, mantissas of money.
struct NumberColumn {
    private let narrow: [Int64]
    private let wide: [Int128]
    private let constant: Int128?
    private let validity: Validity?

    init(_ vector: Vector) {
        var (narrow, wide): ([Int64], [Int128]) = ([], [])
        var constant: Int128?
        var validity = vector.validity
        switch vector.storage {
        case .int64(let values): narrow = values
        case .int128(let values): wide = values
        case .constant(let value): constant = Self.number(value)
        default:
            validity = Validity(count: vector.count, allValid: true)
            for row in 0..<vector.count {
                let number = Self.number(vector.scalar(at: row))
                wide.append(number ?? 0)
                if number == nil { validity?[row] = false }
            }
        }
        (self.narrow, self.wide, self.constant, self.validity) = (narrow, wide, constant, validity)
    }

    private static func number(_ value: Scalar) -> Int128? {
        switch value {
        case .integer(let number), .timestamptz(let number), .timestamp(let number): Int128(number)
        case .numeric(let mantissa, _): mantissa
        default: nil
        }
    }

    /// nil where null.
    subscript(row: Int) -> Int128? {
        if let validity, !validity[row] { return nil }
        if !narrow.isEmpty { return Int128(narrow[row]) }
        return wide.isEmpty ? constant : wide[row]
    }

    /// nil where null.
    func time(_ row: Int) -> Int64? {
        if !narrow.isEmpty { return validity?[row] ?? true ? narrow[row] : nil }
        return self[row].flatMap { Int64(exactly: $0) }
    }
}

extension Vector {
    /// What a row says as the value of a label; empty for null.
    /// - Parameter words: of a boolean, for true and for false.
    func label(_ row: Int, words: (ByteText, ByteText)?) -> ByteText {
        switch scalar(at: row) {
        case .text(let text), .json(let text): ByteText(text.utf8)
        case .integer(let number): ByteText(String(number).utf8)
        case .boolean(let value): words.map { value ? $0.0 : $0.1 } ?? ByteText([])
        default: ByteText([])
        }
    }
}

/// A table, its columns by name.
struct NamedTable {
    let source: any TableSource

    init(_ source: any TableSource) { self.source = source }

    func place(_ name: String) -> Int? { source.columns.firstIndex { $0.name == name } }

    func type(_ name: String) -> ColumnType { place(name).map { source.columns[$0].type } ?? .text }

    /// A column of rows; nulls where the table has none of that name.
    func column(_ name: String, of morsel: any Morsel) throws -> Vector {
        guard let place = place(name) else { return .constant(.null, type: .text, count: morsel.rowCount) }
        return try morsel.column(place)
    }
}
