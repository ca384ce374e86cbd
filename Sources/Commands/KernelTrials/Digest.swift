import Columnar

/// A checksum of values in their order.
struct Digest: Hashable, Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Of nothing.
    init() {}

    /// Of whole numbers.
    init(_ values: some Sequence<Int64>) { for value in values { add(UInt64(bitPattern: value)) } }

    /// Of row numbers or codes.
    init(_ values: [UInt32]) { for value in values { add(UInt64(value)) } }

    /// Of flags.
    init(_ values: [Bool]) { for value in values { add(value ? 1 : 0) } }

    /// Of every row, by what it means: however the vector is stored.
    init(_ vector: Vector) { for row in 0..<vector.count { add(vector.scalar(at: row)) } }

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }

    mutating func add(_ text: some Sequence<UInt8>) {
        for byte in text { add(UInt64(byte)) }
        // Where it ends.
        add(256)
    }

    mutating func add(_ scalar: Scalar) {
        switch scalar {
        case .null: add(257)
        case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value):
            add(UInt64(bitPattern: value))
        case .double(let value): add(value.bitPattern)
        case .boolean(let value): add(value ? 1 : 0)
        case .numeric(let value, let scale):
            add(UInt64(truncatingIfNeeded: value))
            add(UInt64(truncatingIfNeeded: value >> 64))
            add(UInt64(truncatingIfNeeded: scale))
        case .text(let value), .json(let value): add(value.utf8)
        case .array(let values): for value in values { add(value) }
        case .interval(let value):
            for part in [value.months, value.days, value.nanoseconds] { add(UInt64(bitPattern: part)) }
        }
    }
}
