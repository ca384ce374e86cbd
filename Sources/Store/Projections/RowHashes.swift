package import Columnar
import Hashing

/// Hashes of rows by what they hold, whatever storage their columns have: column by column, each value with the kind
/// that it is, so that no two rows run into one another. Of the same values in the same columns they are the same on
/// every machine.
package enum RowHashes {
    /// The kinds of values; part of the hash.
    enum Kind: UInt64 {
        case null = 1, boolean, integer, double, numeric, text, timestamptz, timestamp, date, interval, json, array
    }

    /// The sum of the hashes of all rows: the same in whatever order they come.
    /// - Complexity: O(values), and a text is hashed once for all rows of a vector that share it.
    package static func sum(_ columns: [Vector], rowCount: Int) -> UInt64 {
        var hashes = [UInt64](repeating: UInt64(columns.count), count: rowCount)
        for column in columns { add(column, to: &hashes) }
        return hashes.reduce(0) { $0 &+ ended($1) }
    }

    private static func add(_ column: Vector, to hashes: inout [UInt64]) {
        switch column.storage {
        case .int64(let values):
            if case .numeric(let scale) = column.type {
                let seed = hash(Int64(scale), .numeric)
                return add(column, to: &hashes) { mixed(seed, wide: Int128(values[$0])) }
            }
            guard let kind = kind(ofIntegers: column.type) else { return addScalars(column, to: &hashes) }
            let seed = mixed(kind.rawValue, 0)
            add(column, to: &hashes) { mixed(seed, UInt64(bitPattern: values[$0])) }
        case .int128(let values):
            let seed = hash(Int64(column.type.scale), .numeric)
            add(column, to: &hashes) { mixed(seed, wide: values[$0]) }
        case .double(let values): add(column, to: &hashes) { hash(values[$0]) }
        case .boolean(let values): add(column, to: &hashes) { hash(values[$0]) }
        case .text(let codes, let dictionary):
            guard dictionary.count > 0 else { return addScalars(column, to: &hashes) }
            let kind: Kind = column.type == .json ? .json : .text
            guard dictionary.count <= 2 * hashes.count else {
                return add(column, to: &hashes) { hash(dictionary.utf8(Int(codes[$0])), kind) }
            }
            let texts = (0..<dictionary.count).map { hash(dictionary.utf8($0), kind) }
            add(column, to: &hashes) { texts[Int(codes[$0])] }
        case .constant(let value):
            let one = hash(value)
            for row in hashes.indices { hashes[row] = mixed(hashes[row], one) }
        case .interval, .scalars: addScalars(column, to: &hashes)
        }
    }

    /// - Parameter value: the hash of a row that is not null.
    @inline(__always)
    private static func add(_ column: Vector, to hashes: inout [UInt64], value: (Int) -> UInt64) {
        guard let validity = column.validity else {
            for row in hashes.indices { hashes[row] = mixed(hashes[row], value(row)) }
            return
        }
        let null = Self.null
        for row in hashes.indices { hashes[row] = mixed(hashes[row], validity[row] ? value(row) : null) }
    }

    /// The hash of a null.
    static var null: UInt64 { hash(Scalar.null) }

    /// The hash of a row, all of whose values were mixed.
    @inline(__always)
    static func ended(_ hash: UInt64) -> UInt64 { mixed(hash, 0) }

    private static func addScalars(_ column: Vector, to hashes: inout [UInt64]) {
        for row in hashes.indices { hashes[row] = mixed(hashes[row], hash(column.scalar(at: row))) }
    }

    /// What 64 bits are in a column of the type; nil where a value is more than they say.
    static func kind(ofIntegers type: ColumnType) -> Kind? {
        switch type {
        case .integer: .integer
        case .timestamptz: .timestamptz
        case .timestamp: .timestamp
        case .date: .date
        default: nil
        }
    }

    private static func hash(_ value: Scalar) -> UInt64 {
        switch value {
        case .null: mixed(mixed(Kind.null.rawValue, 0), 0)
        case .boolean(let value): hash(value)
        case .integer(let value): hash(value, .integer)
        case .double(let value): hash(value)
        case .numeric(let value, let scale): mixed(hash(Int64(scale), .numeric), wide: value)
        case .text(let text): hash(Array(text.utf8)[...], .text)
        case .timestamptz(let value): hash(value, .timestamptz)
        case .timestamp(let value): hash(value, .timestamp)
        case .date(let value): hash(value, .date)
        case .interval(let value):
            mixed(
                mixed(hash(value.months, .interval), UInt64(bitPattern: value.days)),
                UInt64(bitPattern: value.nanoseconds))
        case .json(let text): hash(Array(text.utf8)[...], .json)
        case .array(let values): values.reduce(hash(Int64(values.count), .array)) { mixed($0, hash($1)) }
        }
    }

    static func hash(_ value: Int64, _ kind: Kind) -> UInt64 {
        mixed(mixed(kind.rawValue, 0), UInt64(bitPattern: value))
    }

    private static func hash(_ value: Bool) -> UInt64 { hash(value ? 1 : 0, .boolean) }

    /// All that are no number are one; the two zeros are two.
    private static func hash(_ value: Double) -> UInt64 {
        hash(Int64(bitPattern: value.isNaN ? Double.nan.bitPattern : value.bitPattern), .double)
    }

    /// XXH3 takes the length in, so that a text and a longer one differ.
    private static func hash(_ text: ArraySlice<UInt8>, _ kind: Kind) -> UInt64 { hash(text.span, kind) }

    /// The same.
    @inline(__always)
    static func hash(_ text: Span<UInt8>, _ kind: Kind) -> UInt64 {
        mixed(mixed(kind.rawValue, UInt64(text.count)), xxh3(text))
    }

    @inline(__always)
    static func mixed(_ first: UInt64, wide second: Int128) -> UInt64 {
        mixed(mixed(first, UInt64(truncatingIfNeeded: second)), UInt64(truncatingIfNeeded: second >> 64))
    }

    /// One hash of two in this order, each bit of which depends on all of theirs (the finaliser of SplitMix64).
    @inline(__always)
    static func mixed(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var value = (first &+ 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD ^ second
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// Rows as how many they are and the sum of their hashes: equal where the rows are, in whatever order they come.
package struct RowSum: Hashable, Sendable {
    /// How many rows.
    package private(set) var rows = 0
    /// The sum of their hashes.
    private var sum: UInt64 = 0

    /// No rows.
    package init() {}

    init(rows: Int, sum: UInt64) { (self.rows, self.sum) = (rows, sum) }

    /// Adds rows of columns.
    /// - Complexity: O(values).
    package mutating func add(_ columns: [Vector], rowCount: Int) {
        add(RowSum(rows: rowCount, sum: RowHashes.sum(columns, rowCount: rowCount)))
    }

    /// Adds other rows.
    package mutating func add(_ other: RowSum) {
        rows += other.rows
        sum &+= other.sum
    }
}
