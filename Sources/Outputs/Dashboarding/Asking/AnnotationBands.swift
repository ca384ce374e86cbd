import Bytes
package import PromQLText

/// Stretches of time in which something is marked.
package struct AnnotationBand: Hashable, Sendable {
    /// ms since 1970: the first and the last sample.
    package var from: Int64
    /// See ``from``.
    package var to: Int64
    /// Of which series.
    package var labels: LabelSet

    /// At most so many of one annotation are shown, the last ones.
    static let shownMax = 200

    /// The bands of series: samples above 0 that are no further apart than a step are one.
    /// - Parameter step: ms.
    /// - Returns: in the order of their beginnings, and how many earlier ones were left out.
    /// - Complexity: O(n log n) in samples.
    package static func bands(_ series: [Series], step: Int64) -> (shown: [AnnotationBand], leftOutCount: Int) {
        var found: [AnnotationBand] = []
        for one in series {
            var open: AnnotationBand?
            for (time, value) in zip(one.samples.times, one.samples.floats) where value > 0 {
                if let last = open, time.saturatingSubtract(last.to) <= step {
                    open?.to = time
                } else {
                    if let open { found.append(open) }
                    open = AnnotationBand(from: time, to: time, labels: one.labels)
                }
            }
            if let open { found.append(open) }
        }
        let order = found.indices.sorted { (found[$0].from, $0) < (found[$1].from, $1) }
        return (order.suffix(shownMax).map { found[$0] }, max(0, found.count - shownMax))
    }
}
