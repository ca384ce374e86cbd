import PromQLText

/// When two values count as the same: within a millionth.
enum Closeness {
    private static let epsilon = 0.000_001

    static func same(_ left: Double, _ right: Double) -> Bool {
        if left.isStaleMarker || right.isStaleMarker { return left.isStaleMarker && right.isStaleMarker }
        if left.isNaN, right.isNaN { return true }
        if left == right { return true }
        let sum = left.magnitude + right.magnitude
        let difference = (left - right).magnitude
        if left == 0 || right == 0 || sum < .leastNormalMagnitude {
            return difference < epsilon * .leastNormalMagnitude
        }
        return difference / min(sum, .greatestFiniteMagnitude) < epsilon
    }

    static func same(_ wanted: SeriesDescription.Value, _ value: SampleValue) -> Bool {
        guard case .sample(let sample, let saysHint) = wanted else { return false }
        switch (sample, value) {
        case (.float(let left), .float(let right)): return same(left, right)
        case (.histogram(let left), .histogram(let right)):
            return same(left.compacted, right.compacted) && (!saysHint || left.resetHint == right.resetHint)
        case (.float, .histogram), (.histogram, .float): return false
        }
    }

    private static func same(_ left: NativeHistogram, _ right: NativeHistogram) -> Bool {
        left.schema == right.schema && same(left.count, right.count) && same(left.sum, right.sum)
            && left.zeroThreshold == right.zeroThreshold && same(left.zeroCount, right.zeroCount)
            && left.customEnds == right.customEnds && same(left.positive, right.positive)
            && same(left.negative, right.negative)
    }

    private static func same(_ left: HistogramBuckets, _ right: HistogramBuckets) -> Bool {
        left.indices == right.indices && zip(left.counts, right.counts).allSatisfy { same($0, $1) }
    }
}
