/// 64-bit forms of values whose unsigned order is the values' order.
enum OrderedBits {
    @inline(__always)
    static func of(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ (1 << 63) }

    /// NaN above everything; both zeros equal.
    @inline(__always)
    static func of(_ value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    static func double(_ bits: UInt64) -> Double {
        if bits == .max { return .nan }
        return Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
    }

    static func integer(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits ^ (1 << 63)) }

    static func scalar(_ bits: UInt64, type: ColumnType) -> Scalar {
        type == .double ? .double(double(bits)) : Scalar(integer: integer(bits), type: type)
    }
}

extension Span<Int64> {
    /// The values' order-preserving forms.
    var orderedBits: [UInt64] {
        [UInt64](capacity: count) { output in
            for index in 0..<count { output.append(OrderedBits.of(self[index])) }
        }
    }
}

extension Span<Double> {
    /// The values' order-preserving forms.
    var orderedBits: [UInt64] {
        [UInt64](capacity: count) { output in
            for index in 0..<count { output.append(OrderedBits.of(self[index])) }
        }
    }
}
