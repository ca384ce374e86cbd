import Bytes
import PromQLText

/// What many histograms become: their sum, or their mean.
enum HistogramFold {
    struct Outcome {
        /// Nil where they cannot be computed with each other.
        var histogram: NativeHistogram?
        var remarks: [RemarkWords] = []
    }

    static func folded(_ histograms: [(name: ByteText, histogram: NativeHistogram)], isMean: Bool) -> Outcome {
        var outcome = Outcome()
        guard let first = histograms.first else { return outcome }
        var fold = CompensatedHistogram(first.histogram, isMean: isMean)
        var hints: Set<NativeHistogram.ResetHint> = [first.histogram.resetHint]
        for one in histograms.dropFirst() {
            hints.insert(one.histogram.resetHint)
            do throws(HistogramMismatch) { try fold.add(one.histogram) } catch {
                outcome.remarks.append(.mixedSchemas(name: one.name))
                return outcome
            }
        }
        if hints.contains(.reset), hints.contains(.notReset) {
            outcome.remarks.append(.resetCollision(operation: "aggregation"))
        }
        if fold.hasReconciledEnds { outcome.remarks.append(.mismatchedEnds(operation: "aggregation")) }
        outcome.histogram = fold.value.compacted
        return outcome
    }
}

/// A sum or mean of histograms that carries what its additions round off, bucket by bucket.
struct CompensatedHistogram {
    private var sum: NativeHistogram
    private var compensation: NativeHistogram?
    private var count = 1.0
    private let isMean: Bool
    private var isIncremental = false
    private(set) var hasReconciledEnds = false

    init(_ first: NativeHistogram, isMean: Bool) {
        sum = first
        self.isMean = isMean
    }

    mutating func add(_ other: NativeHistogram) throws(HistogramMismatch) {
        count += 1
        if !isIncremental {
            var next = self
            try next.accumulate(other)
            hasReconciledEnds = hasReconciledEnds || next.hasReconciledEnds
            guard isMean, next.sum.hasOverflow else {
                self = next
                return
            }
            isIncremental = true
            sum = sum.divided(by: count - 1)
            compensation = compensation?.divided(by: count - 1)
        }
        let weight = (count - 1) / count
        sum = sum.multiplied(by: weight)
        compensation = compensation?.multiplied(by: weight)
        try accumulate(other.divided(by: count))
    }

    private mutating func accumulate(_ other: NativeHistogram) throws(HistogramMismatch) {
        if sum.isCustom, sum.customEnds != other.customEnds { hasReconciledEnds = true }
        let (left, right) = try sum.aligned(with: other)
        var lost = left.joined(right) { CompensatedSum.lost($0, $1, $0 + $1) }
        if let before = compensation, let (old, new) = try? before.aligned(with: lost) { lost = old.joined(new, +) }
        lost.clearInfinities(where: left.joined(right, +))
        var total = left.joined(right, +)
        total.resetHint = sum.resetHint.joined(with: other.resetHint).0
        (sum, compensation) = (total, lost)
    }

    var value: NativeHistogram {
        let divisor = isMean && !isIncremental ? count : 1
        let scaled = divisor == 1 ? sum : sum.divided(by: divisor)
        guard let compensation,
            let (left, right) = try? scaled.aligned(
                with: divisor == 1 ? compensation : compensation.divided(by: divisor))
        else { return scaled }
        return left.joined(right, +)
    }
}

extension NativeHistogram {
    /// Number by number, where both have the same buckets.
    fileprivate func joined(_ other: NativeHistogram, _ join: (Double, Double) -> Double) -> NativeHistogram {
        var result = self
        result.count = join(count, other.count)
        result.sum = join(sum, other.sum)
        result.zeroCount = join(zeroCount, other.zeroCount)
        result.positive = positive.combined(with: other.positive, join)
        result.negative = negative.combined(with: other.negative, join)
        return result
    }

    /// What is lost of an infinite sum means nothing.
    fileprivate mutating func clearInfinities(where total: NativeHistogram) {
        func cleared(_ lost: Double, _ total: Double) -> Double { total.isFinite && lost.isFinite ? lost : 0 }
        count = cleared(count, total.count)
        sum = cleared(sum, total.sum)
        zeroCount = cleared(zeroCount, total.zeroCount)
        positive = positive.mapCounts { $0.isFinite ? $0 : 0 }
        negative = negative.mapCounts { $0.isFinite ? $0 : 0 }
    }

    fileprivate var hasOverflow: Bool {
        count.isInfinite || sum.isInfinite || zeroCount.isInfinite || positive.counts.contains(where: \.isInfinite)
            || negative.counts.contains(where: \.isInfinite)
    }
}
