import Bytes

/// A series in the shorthand of unit tests: `http_requests{job="a"} 0+10x5 _x2 stale {{sum:3 count:2}}x3`.
///
/// An item is a number, `stale`, a gap (`_`) or a histogram (`{{…}}`); `xN` repeats it, a gap N times in all, all else
/// N times more; `a+bxN` adds each time.
package struct SeriesDescription: Hashable, Sendable {
    /// What it is known by.
    package let labels: LabelSet
    /// One a step.
    package let values: [Value]

    /// What one step says.
    package enum Value: Hashable, Sendable {
        /// Nothing.
        case omitted
        /// A sample.
        /// - Parameter saysHint: whether a histogram's reset hint was written, and not only left to be unknown.
        case sample(SampleValue, saysHint: Bool)
    }

    /// How many steps, and buckets of histograms in them, one description may spell out.
    static let valuesMax = 250_000

    /// Reads a description.
    package init(_ text: [UInt8]) throws(PromQLError) {
        var parser = SeriesDescriptionParser(text)
        do throws(Parser.Fault) {
            labels = try parser.parseLabels()
            values = try parser.parseValues()
        } catch {
            throw PromQLError([error], in: text, isTooComplex: parser.isTooComplex)
        }
    }
}
