// Coarser buckets, so that two histograms have the same.
extension NativeHistogram {
    /// In the buckets of a coarser schema.
    package func reduced(to coarser: Int) -> NativeHistogram {
        let steps = schema - coarser
        assert(!isCustom && HistogramSchema.exponential.contains(coarser), "listed ends have no factor")
        guard steps > 0 else { return self }
        var result = self
        result.schema = coarser
        result.positive = positive.renumbered { HistogramSchema.index($0, reducedBy: steps) }
        result.negative = negative.renumbered { HistogramSchema.index($0, reducedBy: steps) }
        return result
    }

    /// With fewer listed ends, each of which is among its own.
    func reduced(toEnds ends: [Double]) -> NativeHistogram {
        var result = self
        result.customEnds = ends
        var next = 0
        result.positive = positive.renumbered { index in
            // Buckets come in their order, so the ends are gone through once.
            let end = index < customEnds.count ? customEnds[index] : .infinity
            while next < ends.count, ends[next] < end { next += 1 }
            return next
        }
        return result
    }

    /// Ends that both lists have.
    static func commonEnds(_ left: [Double], _ right: [Double]) -> [Double] {
        var common: [Double] = []
        var place = 0
        for end in left {
            while place < right.count, right[place] < end { place += 1 }
            if place < right.count, right[place] == end { common.append(end) }
        }
        return common
    }

    /// With a wider bucket around zero. A threshold within a bucket that counts something goes on to that one's end.
    package func widened(toThreshold wanted: Double) -> NativeHistogram {
        var threshold = wanted
        var isSettled = false
        while !isSettled {
            isSettled = true
            for side in [positive, negative] {
                for (index, count) in zip(side.indices, side.counts) {
                    let (lower, upper) = bounds(ofBucket: index)
                    guard lower < threshold else { break }
                    if upper > threshold, count != 0 {
                        threshold = upper
                        isSettled = false
                    }
                }
            }
        }
        func isInside(_ index: Int) -> Bool { bounds(ofBucket: index).lower < threshold }
        var result = self
        result.zeroThreshold = threshold
        for side in [positive, negative] {
            for (index, count) in zip(side.indices, side.counts) where isInside(index) { result.zeroCount += count }
        }
        result.positive = positive.filtered { index, _ in !isInside(index) }
        result.negative = negative.filtered { index, _ in !isInside(index) }
        return result
    }
}
