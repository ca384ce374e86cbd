package import Bytes

// A histogram of integers as text, for columns of rollups. Digits are those of base 64, each with five bits of a
// number, the lowest first: a digit of 32 or more says that another follows. Signed numbers have the sign in the lowest
// bit.
//
//     signed   minimum
//     number   maximum − minimum
//     number   zeros
//     number   n negative buckets, then n entries; then the positive ones, to the end of the text
//
//     entry    signed index of the first bucket, distance − 1 from the one before of the others: each times two, plus one where the number
//              of values − 2 follows; without it the bucket holds one value. The first index is shifted by one more bit for its sign.

extension ExponentialHistogram {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// The histogram as text: equal histograms have equal texts. The sum is left to its own column.
    /// - Precondition: of integers, at least one.
    package var text: [UInt8] {
        precondition(kind == .integers && count > 0)
        var out: [UInt8] = []
        Self.append(signed: integerRange.minimum, to: &out)
        Self.append(UInt64(bitPattern: integerRange.maximum &- integerRange.minimum), to: &out)
        Self.append(zeroCount, to: &out)
        Self.append(UInt64(negative.bucketCount), to: &out)
        for buckets in [negative, positive] {
            var last: Int32?
            buckets.forEach { index, count in
                let place = last.map { UInt64(index - $0 - 1) } ?? Self.zigzag(Int64(index))
                Self.append(place << 1 | (count > 1 ? 1 : 0), to: &out)
                if count > 1 { Self.append(count - 2, to: &out) }
                last = index
            }
        }
        return out
    }

    /// Buckets of a text, side by side; kept from text to text, so that nothing is allocated for each.
    struct ReadBuckets: Sendable {
        fileprivate var indices: [Int32] = []
        fileprivate var counts: [UInt64] = []

        fileprivate mutating func removeAll() {
            indices.removeAll(keepingCapacity: true)
            counts.removeAll(keepingCapacity: true)
        }
    }

    /// Takes in the values of a histogram that was written as text.
    /// - Throws: where the text is none.
    package mutating func merge(text: ArraySlice<UInt8>) throws(DecodingError) {
        var buckets = ReadBuckets()
        try merge(text: text, by: &buckets)
    }

    /// The same for who takes in many.
    mutating func merge(text: ArraySlice<UInt8>, by buckets: inout ReadBuckets) throws(DecodingError) {
        precondition(kind == .integers)
        let values = Self.values
        var reader = DigitReader(length: text.count)
        let (text, digits) = (text.span, values.span)
        let minimum = try reader.signed(text, digits)
        let maximum = minimum &+ Int64(bitPattern: try reader.number(text, digits))
        let zeros = try reader.number(text, digits)
        guard maximum >= minimum, zeros <= Self.textCountMax else {
            throw reader.failure("a range and a number of zeros")
        }
        integerRange = (min(integerRange.minimum, minimum), max(integerRange.maximum, maximum))
        zeroCount += zeros
        count += zeros
        let negatives = try reader.number(text, digits)
        if negatives > 0 {
            count += try reader.buckets(text, digits, atMost: negatives, into: &buckets)
            negative.add(buckets.indices.span, counting: buckets.counts.span)
        }
        if !reader.isAtEnd {
            count += try reader.buckets(text, digits, atMost: .max, into: &buckets)
            positive.add(buckets.indices.span, counting: buckets.counts.span)
        }
    }

    /// Far above any count that is reached, far below one whose merging could overflow.
    fileprivate static let textCountMax: UInt64 = 1 << 44

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
    private static func append(signed value: Int64, to out: inout [UInt8]) { append(zigzag(value), to: &out) }

    private static func append(_ number: UInt64, to out: inout [UInt8]) {
        var rest = number
        while rest >= 32 {
            out.append(digits[Int(rest & 31) | 32])
            rest >>= 5
        }
        out.append(digits[Int(rest)])
    }

    /// Reads numbers digit by digit; each step checks what is left. Text and digits come with every call, since what
    /// holds a span is none to be handed on.
    private struct DigitReader {
        private let length: Int
        private var index = 0
        private static let bucketMax: Int64 = 1_100 * 128

        init(length: Int) { self.length = length }

        var isAtEnd: Bool { index == length }

        func failure(_ expectation: String) -> DecodingError {
            DecodingError(offset: index, expectation: expectation)
        }

        @inline(__always)
        mutating func number(_ text: Span<UInt8>, _ digits: Span<UInt8>) throws(DecodingError) -> UInt64 {
            // Most numbers have one digit.
            if index < text.count {
                let digit = digits[Int(text[index])]
                if digit < 32 {
                    index += 1
                    return UInt64(digit)
                }
            }
            return try longNumber(text, digits)
        }

        private mutating func longNumber(_ text: Span<UInt8>, _ digits: Span<UInt8>) throws(DecodingError) -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while index < text.count {
                let digit = digits[Int(text[index])]
                guard digit < 64, shift < 60 || (shift == 60 && digit < 16) else { break }
                index += 1
                value |= UInt64(digit & 31) << shift
                if digit < 32 { return value }
                shift += 5
            }
            throw failure("a number of base-64 digits")
        }

        mutating func signed(_ text: Span<UInt8>, _ digits: Span<UInt8>) throws(DecodingError) -> Int64 {
            let value = try number(text, digits)
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }

        /// Reads so many buckets; with `.max` all to the end of the text.
        /// - Returns: how many values they hold.
        mutating func buckets(
            _ text: Span<UInt8>, _ digits: Span<UInt8>, atMost most: UInt64, into read: inout ReadBuckets
        ) throws(DecodingError) -> UInt64 {
            read.removeAll()
            var place: Int64 = 0
            var total: UInt64 = 0
            while UInt64(read.indices.count) < most, most < .max || !isAtEnd {
                let entry = try number(text, digits)
                let step = entry >> 1
                if read.indices.isEmpty {
                    place = Int64(bitPattern: step >> 1) ^ -Int64(bitPattern: step & 1)
                } else {
                    guard step <= UInt64(2 * Self.bucketMax) else { throw failure("a bucket of an integer") }
                    place += Int64(step) + 1
                }
                guard place.magnitude <= UInt64(Self.bucketMax) else { throw failure("a bucket of an integer") }
                var count: UInt64 = 1
                if entry & 1 != 0 {
                    let more = try number(text, digits)
                    guard more <= ExponentialHistogram.textCountMax else { throw failure("a number of values") }
                    count = more + 2
                }
                read.indices.append(Int32(place))
                read.counts.append(count)
                total += count
            }
            return total
        }
    }
}
