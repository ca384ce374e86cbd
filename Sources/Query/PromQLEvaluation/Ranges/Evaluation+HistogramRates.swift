import Bytes
import PromQLText

// Rates of native histograms.
extension Evaluation {
    func histogramRate(_ call: RangeCall, _ samples: RangeSamples, _ window: RangeWindow) -> SampleValue? {
        let range = window.range
        guard range.count > 1 else { return nil }
        let isCounter = call.name != "delta"
        let points = range.compactMap { samples.histograms[$0] }
        guard let difference = difference(of: points, isCounter, samples.labels.metricName, call.place) else {
            return nil
        }
        var factor = RateExtension.factor(
            samples.times[range.lowerBound], samples.times[range.upperBound - 1], count: samples.count(range), window,
            zero: isCounter ? (points[0].count, difference.count) : nil)
        if call.name == "rate" { factor /= Double(window.length) / 1000 }
        return .histogram(difference.multiplied(by: factor))
    }

    /// The last one less the first, and what was there before each time that the counter began anew.
    private func difference(
        of points: [NativeHistogram], _ isCounter: Bool, _ name: ByteText, _ place: Place
    ) -> NativeHistogram? {
        guard var previous = points.first, let last = points.last else { return nil }
        if isCounter, points.contains(where: { $0.resetHint == .gauge }) {
            remarks.add(.notCounter(name: name), at: place)
        }
        if isCounter, points.count > 1, points[1].isReset(after: previous) {
            // Nothing of the first one counts, not even its buckets.
            previous = NativeHistogram()
            (previous.schema, previous.customEnds) = (points[1].schema, points[1].customEnds)
        }
        let inner = isCounter ? points.dropFirst().dropLast() : []
        guard last.isCustom == previous.isCustom, inner.allSatisfy({ $0.isCustom == previous.isCustom }) else {
            remarks.add(.mixedSchemas(name: name), at: place)
            return nil
        }
        do throws(HistogramMismatch) {
            let schema = inner.reduce(min(last.schema, previous.schema)) { min($0, $1.schema) }
            let coarse = last.isCustom ? last : last.reduced(to: schema)
            var result = try noted(coarse.subtracting(previous), "subtraction", place)
            if isCounter {
                for current in points.dropFirst() {
                    if current.isReset(after: previous) {
                        result = try noted(result.adding(previous), "addition", place)
                    }
                    previous = current
                }
            } else if points[0].resetHint != .gauge || last.resetHint != .gauge {
                remarks.add(.notGauge(name: name), at: place)
            }
            result.resetHint = .gauge
            return result.compacted
        } catch {
            remarks.add(.mixedSchemas(name: name), at: place)
            return nil
        }
    }

    private func noted(
        _ combination: NativeHistogram.Combination, _ operation: String, _ place: Place
    ) -> NativeHistogram {
        if combination.hasReconciledEnds { remarks.add(.mismatchedEnds(operation: operation), at: place) }
        return combination.histogram
    }

    /// Of the last two samples, whatever they are.
    func instantRate(_ call: RangeCall, _ samples: RangeSamples, _ range: Range<Int>) -> SampleValue? {
        guard range.count > 1 else { return nil }
        let last = range.upperBound - 1
        let isRate = call.name == "irate"
        let seconds = samples.times[last].seconds(since: samples.times[last - 1])
        let name = samples.labels.metricName
        switch (samples[last - 1], samples[last]) {
        case (.float(let before), .float(let value)):
            let difference = isRate && value < before ? value : value - before
            return .float(isRate ? difference / seconds : difference)
        case (.histogram(let before), .histogram(let value)):
            let gauges = (before.resetHint == .gauge ? 1 : 0) + (value.resetHint == .gauge ? 1 : 0)
            if isRate, gauges > 0 { remarks.add(.notCounter(name: name), at: call.place) }
            if !isRate, gauges < 2 { remarks.add(.notGauge(name: name), at: call.place) }
            var result = value
            if !isRate || !value.isReset(after: before) {
                do throws(HistogramMismatch) {
                    result = noted(try value.subtracting(before), "subtraction", call.place)
                } catch {
                    remarks.add(.mixedSchemas(name: name), at: call.place)
                    return nil
                }
            }
            result.resetHint = .gauge
            return .histogram(isRate ? result.compacted.divided(by: seconds) : result.compacted)
        case (.float, .histogram), (.histogram, .float):
            remarks.add(.mixedSamples(name: name), at: call.place)
            return nil
        }
    }
}
