package import PromQLText

extension NativeHistogram {
    /// Whether a counter began anew between a sample and this one: what is known of it, or a count that went down.
    package func isReset(after previous: NativeHistogram) -> Bool {
        switch resetHint {
        case .reset: return true
        case .notReset: return false
        case .unknown, .gauge: break
        }
        if count < previous.count { return true }
        if isCustom != previous.isCustom { return true }
        if isCustom, customEnds != previous.customEnds {
            // Other ends are no other counter: what both have is compared.
            guard let (mine, before) = try? aligned(with: previous) else { return true }
            return mine.positive.isLess(than: before.positive)
        }
        if schema > previous.schema || zeroThreshold < previous.zeroThreshold { return true }
        let widened = zeroThreshold == previous.zeroThreshold ? previous : previous.widened(toThreshold: zeroThreshold)
        // A threshold that had to go on lay within a bucket that counted something.
        if widened.zeroThreshold != zeroThreshold || zeroCount < widened.zeroCount { return true }
        let coarse = isCustom ? widened : widened.reduced(to: schema)
        return positive.isLess(than: coarse.positive) || negative.isLess(than: coarse.negative)
    }
}

extension HistogramBuckets {
    /// Whether a bucket counts less, or is not there though it counted something.
    fileprivate func isLess(than other: HistogramBuckets) -> Bool {
        var place = 0
        for (index, count) in zip(other.indices, other.counts) {
            while place < indices.count, indices[place] < index { place += 1 }
            let mine = place < indices.count && indices[place] == index ? counts[place] : 0
            if mine < count { return true }
        }
        return false
    }
}
