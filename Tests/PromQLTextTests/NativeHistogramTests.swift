import Platform
import PromQLText
import Testing

@Suite struct NativeHistogramTests {
    private func histogram(
        _ schema: Int, zero: (count: Double, threshold: Double) = (0, 0), from first: Int = 1, _ counts: [Double],
        negative: [Double] = []
    ) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = schema
        (histogram.zeroCount, histogram.zeroThreshold) = zero
        histogram.positive = HistogramBuckets(from: first, counts)
        histogram.negative = HistogramBuckets(from: first, negative)
        histogram.count = counts.reduce(zero.count, +) + negative.reduce(0, +)
        return histogram
    }

    private func custom(_ ends: [Double], _ counts: [Double]) -> NativeHistogram {
        var histogram = histogram(-53, from: 0, counts)
        histogram.customEnds = ends
        return histogram
    }

    @Test func ends() {
        #expect(histogram(0, []).bounds(ofBucket: 0) == (0.5, 1))
        #expect(histogram(0, []).bounds(ofBucket: 3) == (4, 8))
        #expect(histogram(-4, []).bounds(ofBucket: 1) == (1, 65536))
        #expect(histogram(-1, []).bounds(ofBucket: 0) == (0.25, 1))
        #expect(histogram(1, []).bounds(ofBucket: 2).upper == 2)
        #expect(abs(histogram(1, []).bounds(ofBucket: 1).upper - 2.0.squareRoot()) < 1e-15)
        #expect(histogram(8, []).bounds(ofBucket: -256) .upper == 0.5)
        #expect(histogram(0, []).bounds(ofBucket: 1024).upper == .greatestFiniteMagnitude)
        #expect(histogram(0, []).bounds(ofBucket: 1025) == (.greatestFiniteMagnitude, .infinity))
        #expect(histogram(-4, []).bounds(ofBucket: Int(Int32.max)).upper == .infinity)
        #expect(histogram(8, []).bounds(ofBucket: Int(Int32.min)).upper == 0)
        #expect(custom([1, 5], []).bounds(ofBucket: 0) == (-.infinity, 1))
        #expect(custom([1, 5], []).bounds(ofBucket: 2) == (5, .infinity))
    }

    @Test func coarserBucketsOfBoth() throws {
        // Buckets 1, 2 of schema 1 are bucket 1 of schema 0; 3, 4 are bucket 2.
        let sum = try histogram(1, [1, 2, 4, 8]).adding(histogram(0, [10, 20, 40])).histogram
        #expect(sum == histogram(0, [13, 32, 40]))
        let difference = try histogram(0, [10, 20]).subtracting(histogram(0, from: 2, [5])).histogram
        #expect(difference == histogram(0, [10, 15]))
    }

    @Test func zeroBuckets() throws {
        // The threshold 3 lies within the bucket from 2 to 4, which counts something: both go on to 4.
        let narrow = histogram(0, zero: (1, 0.5), from: 0, [2, 4, 8, 16])
        let wide = histogram(0, zero: (100, 3), from: 3, [32])
        let sum = try narrow.adding(wide).histogram
        #expect(sum.zeroThreshold == 4)
        #expect(sum.zeroCount == 1 + 2 + 4 + 8 + 100)
        #expect(sum.compacted.positive == HistogramBuckets(from: 3, [48]))
        // A bucket that counts nothing gives way.
        let empty = histogram(0, zero: (1, 0.5), from: 0, [2, 4, 0, 16])
        #expect(try empty.adding(wide).histogram.zeroThreshold == 3)
        // The negative side is looked at as well.
        let negative = histogram(0, zero: (0, 1), from: 2, [], negative: [7])
        #expect(try negative.adding(wide).histogram.zeroThreshold == 4)
    }

    @Test func listedEnds() throws {
        let same = try custom([1, 5], [1, 2, 3]).adding(custom([1, 5], [10, 20, 30]))
        #expect(same.histogram == custom([1, 5], [11, 22, 33]))
        #expect(!same.hasReconciledEnds)
        let other = try custom([1, 5, 7], [1, 2, 3, 4]).adding(custom([2, 5], [10, 20, 30]))
        #expect(other.hasReconciledEnds)
        #expect(other.histogram == custom([5], [33, 37]))
        #expect(throws: HistogramMismatch.self) { try custom([1], [1]).adding(histogram(0, [1])) }
    }

    @Test func hints() throws {
        func joined(
            _ left: NativeHistogram.ResetHint, _ right: NativeHistogram.ResetHint
        ) throws -> (NativeHistogram.ResetHint, Bool) {
            var (one, other) = (histogram(0, [1]), histogram(0, [1]))
            (one.resetHint, other.resetHint) = (left, right)
            let combination = try one.adding(other)
            return (combination.histogram.resetHint, combination.hasHintCollision)
        }
        #expect(try joined(.reset, .reset) == (.reset, false))
        #expect(try joined(.reset, .notReset) == (.unknown, true))
        #expect(try joined(.reset, .unknown) == (.unknown, false))
        #expect(try joined(.gauge, .notReset) == (.gauge, false))
    }

    @Test func factors() {
        let doubled = histogram(0, zero: (1, 0.5), [1, 2], negative: [3]).multiplied(by: 2)
        #expect(doubled == histogram(0, zero: (2, 0.5), [2, 4], negative: [6]))
        #expect(histogram(0, [1]).multiplied(by: -1).resetHint == .gauge)
        let none = histogram(0, [1]).divided(by: 0)
        #expect(none.count == .infinity && none.positive.indices.isEmpty)
    }

    /// In whatever order and buckets: the same values are counted.
    @Test(arguments: 0..<20) func addingKeepsCounts(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func some() -> NativeHistogram {
            let counts = (0..<random.next(below: 12)).map { _ in Double(random.next(below: 4)) }
            let negative = (0..<random.next(below: 6)).map { _ in Double(random.next(below: 3)) }
            let threshold = [0, 0, 0.25, 0.3, 3][random.next(below: 5)]
            var made = histogram(
                random.next(below: 6) - 2, zero: (Double(random.next(below: 5)), threshold),
                from: random.next(below: 9) - 4, counts, negative: negative)
            // Nothing is counted both around zero and in a bucket.
            made = (try? made.adding(histogram(8, zero: (0, threshold), [])).histogram) ?? made
            return made
        }
        for _ in 0..<50 {
            let (left, right) = (some(), some())
            let sum = try left.adding(right).histogram
            #expect(sum.compacted == (try right.adding(left).histogram.compacted))
            let counted = sum.zeroCount + sum.positive.counts.reduce(0, +) + sum.negative.counts.reduce(0, +)
            #expect(counted == sum.count)
            #expect(sum.positive.indices == sum.positive.indices.sorted())
        }
    }
}
