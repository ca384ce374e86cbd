package import PromQLText

/// Distributions over time as rows of a heatmap: the buckets that histograms have of their own, those of several series
/// together. Where there are many, factors of two, four and so on of them are one, in all points alike.
package struct HeatBuckets: Sendable {
    /// A bucket, and what it counts at each point.
    package struct Row: Sendable {
        /// Where it begins; -Infinity where that lies nowhere.
        package let lower: Double
        /// Where it ends; Infinity likewise.
        package let upper: Double
        /// nil where no series has a distribution; negative counts are what they are.
        package fileprivate(set) var counts: [Double?]
    }

    private struct Bounds: Hashable {
        let lower, upper: Double
    }

    /// Ascending by their ends.
    package private(set) var rows: [Row] = []
    /// How many more there are, above these.
    package private(set) var leftOutCount = 0

    /// So many rows are seen apart.
    private static let rowsWanted = 60
    private static let rowsMax = 200
    /// Strangers may list ends as they like; of more buckets none is held.
    private static let rowsHeldMax = 400

    /// - Parameters:
    ///   - series: those of one answer; what are numbers in it is passed over.
    ///   - timing: when they were asked.
    ///   - look: asked for each series and now and then, whether to go on.
    /// - Complexity: O(buckets of all samples), a dozen times at most, and rows times points.
    package init(_ series: [Series], _ timing: PanelTiming, look: () throws -> Void) rethrows {
        let count = timing.pointCount
        var (isThere, cells) = ([Bool](repeating: false, count: count), [Bounds: [Double]]())
        var beyond: Set<Bounds> = []
        let (schema, threshold) = try Self.common(series, look: look)
        for one in series {
            try look()
            for (place, histogram) in one.samples.histograms.enumerated() {
                guard let histogram else { continue }
                if place % 256 == 255 { try look() }
                let point = Int((one.samples.times[place] - timing.start) / timing.step)
                guard (0..<count).contains(point) else { continue }
                isThere[point] = true
                for (bounds, value) in Self.buckets(histogram, schema, threshold) {
                    guard cells.count < Self.rowsHeldMax || cells[bounds] != nil else {
                        beyond.insert(bounds)
                        continue
                    }
                    cells[bounds, default: [Double](repeating: 0, count: count)][point] += value
                }
            }
        }
        // order: they are sorted by both ends, which no two share.
        let sorted = cells.sorted { ($0.key.upper, $0.key.lower) < ($1.key.upper, $1.key.lower) }
        leftOutCount = max(0, sorted.count - Self.rowsMax) + beyond.count
        rows = sorted.prefix(Self.rowsMax).map { bounds, values in
            Row(
                lower: bounds.lower, upper: bounds.upper,
                counts: values.indices.map { isThere[$0] ? values[$0] : nil })
        }
    }

    /// What it takes at most to make and to hold them.
    /// - Complexity: O(samples).
    package static func bytesMost(_ series: [Series], _ timing: PanelTiming) -> Int {
        let buckets = series.reduce(0) { sum, one in
            one.samples.histograms.reduce(sum) { sum, histogram in
                guard let histogram, sum < rowsHeldMax else { return sum }
                return sum + 1 + histogram.positive.indices.count + histogram.negative.indices.count
            }
        }
        return min(buckets, rowsHeldMax) * (timing.pointCount * 24 + 128)
    }

    /// The finest factor in which all have few buckets, and the widest bucket around zero.
    private static func common(
        _ series: [Series], look: () throws -> Void
    ) rethrows -> (schema: Int, threshold: Double) {
        // The finest one that all can be brought to.
        var (schema, threshold) = (8, 0.0)
        for one in series {
            for case let histogram? in one.samples.histograms where !histogram.isCustom {
                (schema, threshold) = (min(schema, histogram.schema), max(threshold, histogram.zeroThreshold))
            }
        }
        var (above, below): (Set<Int>, Set<Int>) = ([], [])
        for one in series {
            try look()
            for case let histogram? in one.samples.histograms where !histogram.isCustom {
                let steps = max(0, histogram.schema - schema)
                above.formUnion(histogram.positive.indices.map { HistogramSchema.index($0, reducedBy: steps) })
                below.formUnion(histogram.negative.indices.map { HistogramSchema.index($0, reducedBy: steps) })
            }
        }
        while above.count + below.count > rowsWanted, schema > -4 {
            schema -= 1
            above = Set(above.map { HistogramSchema.index($0, reducedBy: 1) })
            below = Set(below.map { HistogramSchema.index($0, reducedBy: 1) })
        }
        return (schema, threshold)
    }

    private static func buckets(
        _ histogram: NativeHistogram, _ schema: Int, _ threshold: Double
    ) -> [(bounds: Bounds, count: Double)] {
        let shown =
            histogram.isCustom
            ? histogram : histogram.reduced(to: min(schema, histogram.schema)).widened(toThreshold: threshold)
        var found: [(bounds: Bounds, count: Double)] = []
        for (index, count) in zip(shown.positive.indices, shown.positive.counts) where count != 0 {
            let (lower, upper) = shown.bounds(ofBucket: index)
            found.append((Bounds(lower: lower, upper: upper), count))
        }
        for (index, count) in zip(shown.negative.indices, shown.negative.counts) where count != 0 {
            let (lower, upper) = shown.bounds(ofBucket: index)
            found.append((Bounds(lower: -upper, upper: -lower), count))
        }
        if !shown.isCustom, shown.zeroCount != 0 {
            let width = shown.zeroThreshold
            found.append((Bounds(lower: -width, upper: width), shown.zeroCount))
        }
        return found
    }
}
