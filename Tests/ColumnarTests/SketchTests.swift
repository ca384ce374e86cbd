import Bytes
import Columnar
import Testing

/// The largest relative distance between a bucket's representative and a value in it: half a bucket of 2^(1/128).
private let relativeErrorMax = 0.002_707_7

struct HistogramScaleTests {
    @Test func valuesLieInTheirBuckets() {
        var random = SampleGenerator(state: 3)
        var values: [Double] = [
            1, 2, 4, 0.5, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 9.2e18,
        ]
        for _ in 0..<20_000 { values.append(Double(bitPattern: random.next() & Int64.max.magnitude)) }
        values.removeAll { !$0.isFinite || $0 == 0 }
        for value in values where value > .leastNormalMagnitude {
            let index = HistogramScale.index(of: value)
            #expect(
                HistogramScale.lowerBound(index) < value && value <= HistogramScale.lowerBound(index + 1), "\(value)")
        }
        #expect(HistogramScale.index(of: .leastNonzeroMagnitude) == -1_074 * 128 - 1)
        #expect(HistogramScale.index(of: .infinity) == 1_024 * 128)
    }

    @Test func boundariesBelongToTheBucketBelow() {
        for octave in [-30, -1, 0, 1, 40] {
            for step in 0..<128 {
                let index = Int32(octave * 128 + step)
                let bound = HistogramScale.lowerBound(index)
                #expect(HistogramScale.index(of: bound) == index - 1)
                #expect(HistogramScale.index(of: bound.nextUp) == index)
            }
        }
        #expect(HistogramScale.lowerBound(128) == 2 && HistogramScale.lowerBound(0) == 1)
    }
}

struct ExponentialHistogramTests {
    static func bytes(_ histogram: ExponentialHistogram) -> [UInt8] {
        var sink = ByteSink()
        histogram.write(into: &sink)
        return sink.bytes
    }

    static func samples(_ seed: UInt64) -> [(name: String, values: [Int64])] {
        var random = SampleGenerator(state: seed)
        return [
            ("latencies", (0..<5_000).map { _ in Int64(random.next() % 3_000_000_000) + 40_000_000 }),
            ("signed", (0..<5_000).map { _ in Int64(random.next() % 2_000) - 1_000 }),
            ("wide", (0..<5_000).map { _ in Int64(bitPattern: random.next()) >> Int64(random.next() % 63) }),
            ("few", [7, 7, 0, -3]), ("one", [.min]), ("extremes", [.min, .max, 0, 1, -1]),
        ]
    }

    @Test(arguments: [1, 2, 3]) func quantilesStayWithinTheBound(seed: UInt64) {
        for (name, values) in Self.samples(seed) {
            var histogram = ExponentialHistogram()
            histogram.add(values)
            let sorted = values.sorted()
            for step in 0...200 {
                let q = Double(step) / 200
                let rank = max(1, Int((q * Double(values.count)).rounded(.up)))
                let exact = Double(sorted[rank - 1])
                let answer = histogram.quantile(q) ?? .nan
                #expect(
                    abs(answer - exact) <= abs(exact) * relativeErrorMax, "\(name), seed \(seed), q \(q)"
                )
            }
            #expect(histogram.sum == values.reduce(Int128(0)) { $0 + Int128($1) })
            #expect(histogram.integerRange == (sorted[0], sorted[sorted.count - 1]))
        }
    }

    @Test(arguments: [4, 5]) func anySplitMergesToTheSameBytes(seed: UInt64) throws {
        var random = SampleGenerator(state: seed)
        for (name, values) in Self.samples(seed) {
            var whole = ExponentialHistogram()
            whole.add(values)
            var parts = [ExponentialHistogram](repeating: ExponentialHistogram(), count: 7)
            for value in values { parts[Int(random.next() % 7)].add(value) }
            var merged = ExponentialHistogram()
            for part in parts.shuffled(using: &random) { merged.merge(part) }
            #expect(Self.bytes(merged) == Self.bytes(whole), "\(name), seed \(seed)")
            var cursor = ByteCursor(Self.bytes(whole))
            #expect(Self.bytes(try ExponentialHistogram(from: &cursor)) == Self.bytes(whole))
            #expect(cursor.isAtEnd)
        }
    }

    @Test func doublesWithOddValues() {
        var histogram = ExponentialHistogram(kind: .doubles)
        #expect(histogram.quantile(0.5) == nil)
        for value in [-0.0, 1.5, .nan, .infinity, -2.5, Double.leastNormalMagnitude / 8] { histogram.add(value) }
        #expect(histogram.count == 6 && histogram.nanCount == 1 && histogram.zeroCount == 1)
        #expect(histogram.quantile(0) == -2.5)
        #expect(histogram.quantile(5.0 / 6) == .infinity)
        #expect(histogram.quantile(1)?.isNaN == true)
        let near = histogram.quantile(4.0 / 6) ?? 0
        #expect(abs(near - 1.5) <= 1.5 * relativeErrorMax)
    }

    @Test func damagedBytesAreErrorsOrHistograms() {
        var histogram = ExponentialHistogram()
        histogram.add([5, 80, -3, 0, 1_000_000])
        let bytes = Self.bytes(histogram)
        for length in bytes.indices {
            var cursor = ByteCursor(Array(bytes[..<length]))
            #expect(throws: DecodingError.self) { try ExponentialHistogram(from: &cursor) }
        }
        for index in bytes.indices {
            for flip: UInt8 in [1, 2, 0x80, 0xFF] {
                var changed = bytes
                changed[index] ^= flip
                var cursor = ByteCursor(changed)
                if let read = try? ExponentialHistogram(from: &cursor) { #expect(read.count >= read.zeroCount) }
            }
        }
    }
}

struct DistinctIntegersTests {
    @Test func countsExactlyAndMergesInAnyOrder() throws {
        var random = SampleGenerator(state: 9)
        var one = DistinctIntegers()
        var two = DistinctIntegers()
        var truth: Set<Int64> = []
        for _ in 0..<10_000 {
            let value = Int64(random.next() % 3_000) - 1_500
            truth.insert(value)
            if value % 2 == 0 { one.insert(value) } else { two.insert(value) }
        }
        for value in [Int64.min, .max, 0] {
            one.insert(value)
            truth.insert(value)
        }
        var left = one
        left.formUnion(two)
        var right = two
        right.formUnion(one)
        #expect(left.count == truth.count && left.sorted == truth.sorted())
        var first = ByteSink()
        var second = ByteSink()
        left.write(into: &first)
        right.write(into: &second)
        #expect(first.bytes == second.bytes)
        var cursor = ByteCursor(first.bytes)
        let back = try DistinctIntegers(from: &cursor, countMax: 5_000)
        #expect(back.sorted == left.sorted && cursor.isAtEnd)
        #expect(throws: DecodingError.self) {
            var cursor = ByteCursor(first.bytes)
            _ = try DistinctIntegers(from: &cursor, countMax: 10)
        }
    }
}
