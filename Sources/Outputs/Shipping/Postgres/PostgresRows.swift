import Bytes
import Columnar
import Hashing

/// Rows of a table as bytes of `COPY … (FORMAT binary)`.
struct PostgresRows {
    private let table: PostgresTable
    /// What each cell is made of.
    private let sources: [Cell]
    private var cells = PostgresBinary()
    /// What stands before and behind the values of a row.
    private var fields = PostgresBinary()
    private var hashed = ByteSink()

    private struct Cell {
        var source: PostgresColumn.Source
        var type: PostgresType
        /// What stands for the column's name in hashes of rows: a column that is added later, and null in a row,
        /// changes no hash.
        var tag: UInt64
    }

    init(_ table: PostgresTable) {
        self.table = table
        sources = table.columns.map {
            Cell(source: $0.source, type: $0.type, tag: xxh3(Array($0.name.utf8)))
        }
    }

    /// Characters that PostgreSQL cannot hold and that were replaced.
    var replacedZeros: Int { cells.replacedZeros }

    /// Appends a row, without header and trailer.
    mutating func append(_ rows: ShippedRows, _ row: Int, revision: Int64, to sink: inout ByteSink) {
        assert(rows.table == table.table, "rows of the table")
        let hash = encode(rows, row)
        fields.removeAll()
        fields.beginRow(fields: sources.count + 2)
        fields.copy(to: &sink)
        cells.copy(to: &sink)
        fields.removeAll()
        fields.append(bigint: hash)
        fields.append(bigint: revision)
        fields.copy(to: &sink)
    }

    /// What the rows come to, one a row.
    mutating func digests(_ rows: ShippedRows) -> [RowDigest] {
        let table = rows.table
        let cost = table.index(of: "cost_usd")
        let tokens = ["input_tokens", "output_tokens"].compactMap(table.index(of:))
        return (0..<rows.chunk.rowCount).map { row in
            var digest = RowDigest()
            digest.rows = 1
            digest.hashes = Int128(encode(rows, row))
            if let cost, case .numeric(let value, 12) = rows.chunk.columns[cost].scalar(at: row) {
                digest.costPicoUSD = value
            }
            for column in tokens {
                if case .integer(let value) = rows.chunk.columns[column].scalar(at: row) {
                    digest.tokens &+= Int128(value)
                }
            }
            return digest
        }
    }

    /// Leaves the values of a row in ``cells``.
    /// - Returns: a hash of those that are not null.
    private mutating func encode(_ rows: ShippedRows, _ row: Int) -> Int64 {
        cells.removeAll()
        hashed.removeAll()
        for cell in sources {
            let start = cells.count
            switch cell.source {
            case .column(let place): append(rows.chunk.columns[place], row, cell.type)
            case .nanoseconds(let place):
                if case .timestamptz(let time) = rows.chunk.columns[place].scalar(at: row) {
                    cells.append(bigint: time)
                } else {
                    cells.appendNull()
                }
            case .key: cells.append(uuid: rows.keys[row].high, rows.keys[row].low)
            case .scope: cells.append(uuid: rows.scopes[row].high, rows.scopes[row].low)
            }
            // A null is its length alone.
            guard cells.count - start > 4 || cell.type == .text && !rows.isNull(cell.source, row) else { continue }
            hashed.append(littleEndian: cell.tag)
            cells.copy(from: start, to: &hashed)
        }
        return Int64(bitPattern: xxh3(hashed.bytes))
    }

    private mutating func append(_ vector: Vector, _ row: Int, _ type: PostgresType) {
        if vector.isNull(row) { return cells.appendNull() }
        switch vector.storage {
        case .int64(let values): append(values[row], type, scale: vector.type.scale)
        case .int128(let values): cells.append(numeric: values[row], scale: vector.type.scale)
        case .double(let values): cells.append(double: values[row])
        case .boolean(let values): cells.append(boolean: values[row])
        case .text(let codes, let dictionary):
            let text = dictionary.utf8(Int(codes[row]))
            if type == .jsonb { cells.append(jsonb: text) } else { cells.append(text: text) }
        case .constant, .scalars, .interval: append(vector.scalar(at: row), type)
        }
    }

    private mutating func append(_ value: Int64, _ type: PostgresType, scale: Int) {
        switch type {
        case .timestamptz: cells.append(timestamptz: value)
        case .numeric: cells.append(numeric: Int128(value), scale: scale)
        default: cells.append(bigint: value)
        }
    }

    private mutating func append(_ value: Scalar, _ type: PostgresType) {
        switch value {
        case .boolean(let value): cells.append(boolean: value)
        case .integer(let value): cells.append(bigint: value)
        case .double(let value): cells.append(double: value)
        case .numeric(let value, let scale): cells.append(numeric: value, scale: scale)
        case .timestamptz(let value): cells.append(timestamptz: value)
        case .text(let text): cells.append(text: Array(text.utf8)[...])
        case .json(let text): cells.append(jsonb: Array(text.utf8)[...])
        case .null, .timestamp, .date, .interval, .array: cells.appendNull()
        }
    }
}

extension ShippedRows {
    fileprivate func isNull(_ source: PostgresColumn.Source, _ row: Int) -> Bool {
        guard case .column(let place) = source else { return false }
        return chunk.columns[place].isNull(row)
    }
}
