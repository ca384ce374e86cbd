import Columnar
package import Plans
import Synchronization

/// Result sets as text, one file a format. Times are shown in the query's zone.
package enum ResultFormat: String, Sendable, CaseIterable {
    case table, csv, json, ndjson
}

extension ResultSet {
    /// The rows in a format, with a line end at the end. What may be long is better taken piece by piece, as
    /// ``ResultText``.
    package func rendered(_ format: ResultFormat) -> String {
        var rows = RowsText(self, format, pieceBytes: .max)
        return rows.next(look: {}).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// The rows of a result as text, piece by piece, at the pace of whoever takes it: beside the rows themselves a piece is
/// all that lies in memory, however long texts are. Safe on any thread.
package final class ResultText: Sendable {
    private let rows: Mutex<RowsText>

    /// - Parameter pieceBytes: about how long a piece is.
    package init(_ result: ResultSet, _ format: ResultFormat, pieceBytes: Int = 64 << 10) {
        rows = Mutex(RowsText(result, format, pieceBytes: pieceBytes))
    }

    /// The next piece, which need not end with a whole character; nil after the last one.
    /// - Parameter look: called between bounded stretches of work; the first piece of a table measures every row.
    /// - Throws: what `look` throws.
    package func next(look: () throws -> Void = {}) throws -> [UInt8]? {
        try rows.withLock { rows in try rows.next(look: look) }
    }
}

/// Where writing a result stands: which row, which column, and what is left of a long value.
struct RowsText: Sendable {
    private let result: ResultSet
    private let pieceBytes: Int
    private var writer: any RowWriter
    private var (chunk, row, column) = (0, 0, 0)
    /// By column of the chunk: where a run of columns ends that are null throughout, as most of a table of many types
    /// are; the column itself where it is none of these.
    private var absentEnds: [Int] = []
    private var left = LongValue()
    private var isBegun = false
    private var isEnded = false

    init(_ result: ResultSet, _ format: ResultFormat, pieceBytes: Int) {
        self.result = result
        self.pieceBytes = pieceBytes
        let zone = (try? ZoneOffsets.named(result.timeZone)) ?? .utc
        writer =
            switch format {
            case .table: TableText(result, zone: zone)
            case .csv: CSVText(result, zone: zone)
            case .json: JSONText(result, zone: zone, isLines: false)
            case .ndjson: JSONText(result, zone: zone, isLines: true)
            }
    }

    mutating func next(look: () throws -> Void) rethrows -> [UInt8]? {
        if isEnded { return nil }
        if !isBegun {
            left = try writer.begin(look: look)
            isBegun = true
        }
        while writer.byteCount < pieceBytes, step() {}
        return writer.take()
    }

    /// Writes what is left of a value, or of a row as much as a piece takes; false once everything is written.
    private mutating func step() -> Bool {
        if !left.isEmpty {
            writer.goOn(&left)
            return true
        }
        guard chunk < result.chunks.count else {
            writer.end()
            isEnded = true
            return false
        }
        let rows = result.chunks[chunk]
        guard row < rows.rowCount else {
            (chunk, row) = (chunk + 1, 0)
            return true
        }
        if column == 0 {
            if row == 0 { absentEnds = Self.absentEnds(rows.columns) }
            writer.beginRow()
        }
        while column < rows.columns.count {
            write(rows.columns[column])
            // Long values, and pieces, end in the midst of a row.
            if !left.isEmpty || writer.byteCount >= pieceBytes { return true }
        }
        writer.endRow()
        (row, column) = (row + 1, 0)
        return true
    }

    /// Writes the value of a column, or begins to; of one that is null throughout those of its neighbours, too.
    private mutating func write(_ values: Vector) {
        let end = absentEnds[column]
        if end > column, writer.nulls(column..<end) {
            column = end
            return
        }
        if let text = values.text(at: row), text.count <= LongValue.partBytes, writer.text(text, column: column) {
            column += 1
            return
        }
        left = writer.value(values.scalar(at: row), column: column)
        column += 1
    }

    private static func absentEnds(_ columns: [Vector]) -> [Int] {
        var ends = Array(columns.indices)
        for column in columns.indices.reversed() where columns[column].isAbsent {
            let next = column + 1
            ends[column] = next < columns.count && columns[next].isAbsent ? ends[next] : next
        }
        return ends
    }
}

/// Writes the rows of a result in one format.
protocol RowWriter: Sendable {
    /// What was written since it was taken.
    var byteCount: Int { get }
    mutating func take() -> [UInt8]
    /// Writes what stands before the rows, or begins to.
    /// - Parameter look: called between bounded stretches of work.
    /// - Returns: what is left of it.
    mutating func begin(look: () throws -> Void) rethrows -> LongValue
    mutating func beginRow()
    /// Writes the value of a column, or begins to.
    /// - Returns: what is left of it.
    mutating func value(_ value: Scalar, column: Int) -> LongValue
    /// Writes a short text as its bytes stand in a dictionary.
    /// - Returns: false where it is to be written as a value, and nothing was written.
    mutating func text(_ utf8: ArraySlice<UInt8>, column: Int) -> Bool
    /// Writes nulls for a run of columns.
    /// - Returns: false where they are to be written one by one, and nothing was written.
    mutating func nulls(_ columns: Range<Int>) -> Bool
    /// Writes a part of what is left.
    mutating func goOn(_ left: inout LongValue)
    mutating func endRow()
    /// What stands behind the rows.
    mutating func end()
}

extension RowWriter {
    /// As a value.
    mutating func text(_ utf8: ArraySlice<UInt8>, column: Int) -> Bool { false }
    /// One by one.
    mutating func nulls(_ columns: Range<Int>) -> Bool { false }
}

extension Vector {
    /// The bytes of a row's text where they stand in a dictionary; nil for nulls and for other values.
    fileprivate func text(at row: Int) -> ArraySlice<UInt8>? {
        guard type == .text, case .text(let codes, let dictionary) = storage, validity?[row] ?? true,
            dictionary.count > 0
        else { return nil }
        return dictionary.utf8(Int(codes[row]))
    }
}

/// What is left to write of a value that is too long to be written at once.
struct LongValue: Sendable {
    /// Longer texts are written in parts of this length.
    static let partBytes = 64 << 10

    enum Part: Sendable {
        /// A text from a byte on.
        case text(String, from: Int, isMarked: Bool)
        /// The elements of an array from one on.
        case elements([Scalar], from: Int)
        /// So many blanks, or other characters.
        case fill(UInt8, Int)
    }

    /// The last comes first.
    var parts: [Part] = []

    var isEmpty: Bool { parts.isEmpty }

    /// Hands out a stretch of the text that is next.
    /// - Returns: whether the text is at its end.
    mutating func takeText(_ text: String, from start: Int, isMarked: Bool, _ write: (Span<UInt8>) -> Void) -> Bool {
        let utf8 = text.utf8.span
        let end = min(utf8.count, start + Self.partBytes)
        write(utf8.extracting(start..<end))
        if end < utf8.count { parts.append(.text(text, from: end, isMarked: isMarked)) }
        return end == utf8.count
    }
}
