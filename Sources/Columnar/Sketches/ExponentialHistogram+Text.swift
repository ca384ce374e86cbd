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
        let negative = negative.buckets
        Self.append(UInt64(negative.count), to: &out)
        for buckets in [negative, positive.buckets] {
            var last: Int32?
            for (index, count) in buckets {
                let place = last.map { UInt64(index - $0 - 1) } ?? Self.zigzag(Int64(index))
                Self.append(place << 1 | (count > 1 ? 1 : 0), to: &out)
                if count > 1 { Self.append(count - 2, to: &out) }
                last = index
            }
        }
        return out
    }

    /// Takes in the values of a histogram that was written as text.
    /// - Throws: where the text is none.
    package mutating func merge(text: ArraySlice<UInt8>) throws(DecodingError) {
        precondition(kind == .integers)
        var reader = DigitReader(text: text)
        let minimum = try reader.signed()
        let maximum = minimum &+ Int64(bitPattern: try reader.number())
        let zeros = try reader.number()
        guard maximum >= minimum, zeros <= Self.textCountMax else {
            throw reader.failure("a range and a number of zeros")
        }
        integerRange = (min(integerRange.minimum, minimum), max(integerRange.maximum, maximum))
        zeroCount += zeros
        count += zeros
        let negatives = try reader.number()
        var place: Int64?
        var read: UInt64 = 0
        while read < negatives {
            let (index, number) = try reader.bucket(after: &place)
            negative.add(index, number)
            count += number
            read += 1
        }
        place = nil
        while !reader.isAtEnd {
            let (index, number) = try reader.bucket(after: &place)
            positive.add(index, number)
            count += number
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

    /// Reads numbers digit by digit; each step checks what is left.
    private struct DigitReader {
        let text: ArraySlice<UInt8>
        private let values = ExponentialHistogram.values
        private var index: Int
        private static let bucketMax: Int64 = 1_100 * 128

        init(text: ArraySlice<UInt8>) {
            self.text = text
            index = text.startIndex
        }

        var isAtEnd: Bool { index == text.endIndex }

        func failure(_ expectation: String) -> DecodingError {
            DecodingError(offset: index - text.startIndex, expectation: expectation)
        }

        mutating func number() throws(DecodingError) -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while index < text.endIndex {
                let digit = values[Int(text[index])]
                guard digit < 64, shift < 60 || (shift == 60 && digit < 16) else { break }
                index += 1
                value |= UInt64(digit & 31) << shift
                if digit < 32 { return value }
                shift += 5
            }
            throw failure("a number of base-64 digits")
        }

        mutating func signed() throws(DecodingError) -> Int64 {
            let value = try number()
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }

        mutating func bucket(after place: inout Int64?) throws(DecodingError) -> (index: Int32, count: UInt64) {
            let entry = try number()
            let step = entry >> 1
            let index: Int64
            if let place {
                guard step <= UInt64(2 * Self.bucketMax) else { throw failure("a bucket of an integer") }
                index = place + Int64(step) + 1
            } else {
                index = Int64(bitPattern: step >> 1) ^ -Int64(bitPattern: step & 1)
            }
            guard index.magnitude <= UInt64(Self.bucketMax) else { throw failure("a bucket of an integer") }
            place = index
            if entry & 1 == 0 { return (Int32(index), 1) }
            let more = try number()
            guard more <= ExponentialHistogram.textCountMax else { throw failure("a number of values") }
            return (Int32(index), more + 2)
        }
    }
}
