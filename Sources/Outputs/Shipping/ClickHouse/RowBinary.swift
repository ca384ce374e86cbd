import Bytes
package import Hashing

/// Values in the form `RowBinary` of ClickHouse: rows lie end to end, columns in order, numbers least significant byte
/// first, and nothing says where anything ends but the types that the reader knows.
package struct RowBinary: Sendable {
    private var sink = ByteSink()

    /// Nothing yet.
    package init() {}

    /// What was written so far.
    package var bytes: [UInt8] { sink.bytes }
    /// How much that is.
    package var count: Int { sink.count }

    /// Forgets what was written and keeps its room.
    package mutating func removeAll() { sink.removeAll() }

    /// What stands before each value of a `Nullable`: behind a null comes nothing.
    package mutating func append(isNull: Bool) { sink.append(isNull ? UInt8(1) : UInt8(0)) }

    /// `Bool`, or `UInt8`.
    package mutating func append(boolean value: Bool) { sink.append(value ? UInt8(1) : UInt8(0)) }

    /// `Int64`, and `DateTime64(9)`, which is that of the nanoseconds since 1970 UTC.
    package mutating func append(int64 value: Int64) { sink.append(littleEndian: value) }

    /// `UInt64`.
    package mutating func append(uint64 value: UInt64) { sink.append(littleEndian: value) }

    /// `Float64`, as it is.
    package mutating func append(double value: Double) { sink.append(value) }

    /// `Decimal(38, s)`: the value times 10^s in 128 bits.
    package mutating func append(decimal mantissa: Int128) {
        sink.append(littleEndian: UInt64(truncatingIfNeeded: mantissa))
        sink.append(littleEndian: UInt64(truncatingIfNeeded: mantissa >> 64))
    }

    /// `String`, of any bytes, and `LowCardinality` of it.
    package mutating func append(text: ArraySlice<UInt8>) {
        sink.append(varint: UInt64(text.count))
        sink.append(contentsOf: text)
    }

    /// `FixedString(16)`: digits of the hash from the first one on.
    package mutating func append(hash: Hash128) {
        sink.append(littleEndian: hash.high.byteSwapped)
        sink.append(littleEndian: hash.low.byteSwapped)
    }
}
