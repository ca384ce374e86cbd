internal import Bytes

// Doubles that people or programs wrote as short decimals (0.85, 3.5) are kept as mantissas: value = mantissa /
// 10^exponent, which division rounds to the very double that the decimal names. What does not come back bit by bit is
// an exception.
//
//     1  exponent     0...15
//     v  exceptions   0...count; when not 0: stream of positions, stream of bit patterns
//     …  mantissas    one stream; an exception's mantissa repeats the one before it

/// The decimal form of double pages (after the idea of ALP, "Adaptive Lossless floating-Point compression", 2023).
enum DecimalDoubles {
    private static let powers: [Double] = (0...15).map { exponent in
        (0..<exponent).reduce(1.0) { power, _ in power * 10 }
    }
    /// Mantissas stay exact in a double.
    private static let mantissaMax = 9_007_199_254_740_992.0

    /// The payload, or nil when more than an eighth of the values are exceptions at every exponent.
    static func encoded(_ values: [Double]) -> [UInt8]? {
        guard let exponent = bestExponent(values) else { return nil }
        let power = powers[exponent]
        var mantissas = [Int64](repeating: 0, count: values.count)
        var positions: [Int64] = []
        var patterns: [Int64] = []
        var last: Int64 = 0
        for index in values.indices {
            if let mantissa = mantissa(values[index], power: power) {
                last = mantissa
            } else {
                positions.append(Int64(index))
                patterns.append(Int64(bitPattern: values[index].bitPattern))
                if positions.count * 8 > values.count { return nil }
            }
            mantissas[index] = last
        }
        assert(positions.count == patterns.count, "an exception is a place and a value")
        var sink = ByteSink()
        sink.append(UInt8(exponent))
        sink.append(varint: UInt64(positions.count))
        IntegerStreamEncoder.write(positions, into: &sink)
        IntegerStreamEncoder.write(patterns, into: &sink)
        IntegerStreamEncoder.write(mantissas, into: &sink)
        return sink.bytes
    }

    /// - Parameter places: where the wanted values stand, ascending; nil: all are wanted.
    static func read(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]? = nil
    ) throws(DecodingError) -> [Double] {
        let exponent = Int(try cursor.readByte())
        guard exponent < powers.count else { throw cursor.failure("an exponent up to 15") }
        let exceptionCount = try cursor.readCount(max: count)
        let positions = try IntegerStreamDecoder.read(&cursor, count: exceptionCount)
        let patterns = try IntegerStreamDecoder.read(&cursor, count: exceptionCount)
        let mantissas = try IntegerStreamDecoder.read(&cursor, count: count, at: places)
        let power = powers[exponent]
        var values = [Double](repeating: 0, count: mantissas.count)
        for index in values.indices { values[index] = Double(mantissas[index]) / power }
        for index in positions.indices {
            guard let position = UInt32(exactly: positions[index]), Int(position) < count else {
                throw cursor.failure("an exception within \(count) values")
            }
            let place = places.map { $0.partitioningIndex { $0 >= position } } ?? Int(position)
            if let places, place == places.count || places[place] != position { continue }
            values[place] = Double(bitPattern: UInt64(bitPattern: patterns[index]))
        }
        return values
    }

    @inline(__always)
    private static func mantissa(_ value: Double, power: Double) -> Int64? {
        let scaled = (value * power).rounded()
        guard scaled.magnitude < mantissaMax else { return nil }
        let mantissa = Int64(scaled)
        return (Double(mantissa) / power).bitPattern == value.bitPattern ? mantissa : nil
    }

    /// The smallest exponent that serves most of a sample.
    private static func bestExponent(_ values: [Double]) -> Int? {
        let step = max(1, values.count / 256)
        let sample = stride(from: 0, to: values.count, by: step).map { values[$0] }
        var best: (exponent: Int, failures: Int)?
        for exponent in powers.indices {
            let failures = sample.reduce(0) { $0 + (mantissa($1, power: powers[exponent]) == nil ? 1 : 0) }
            if failures * 8 <= sample.count, failures < best?.failures ?? Int.max { best = (exponent, failures) }
            if failures == 0 { break }
        }
        return best?.exponent
    }
}
