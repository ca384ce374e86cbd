import PromQLEvaluation
import PromQLText

/// What a script has loaded.
struct ScriptStore {
    private var samples: [LabelSet: [Int64: SampleValue]] = [:]
    private(set) var series = MemorySeries()

    mutating func clear() {
        samples = [:]
        series.clear()
    }

    mutating func load(_ load: Script.Load) {
        var loaded: [LabelSet: [Int64: SampleValue]] = [:]
        for one in load.series {
            for (index, value) in one.description.values.enumerated() {
                guard case .sample(let sample, _) = value else { continue }
                let (time, overflows) = Int64(index).multipliedReportingOverflow(by: load.step)
                if overflows { break }
                loaded[one.description.labels, default: [:]][time] = sample
            }
        }
        if load.makesHistograms { loaded.merge(ListedHistograms.made(of: loaded)) { _, made in made } }
        // order: each series by itself.
        for (labels, values) in loaded {
            samples[labels, default: [:]].merge(values) { _, new in new }
            series.set(labels, to: Self.run(samples[labels] ?? [:]))
        }
    }

    /// As a store keeps samples: of each histogram it knows whether its counter began anew since the one before.
    private static func run(_ samples: [Int64: SampleValue]) -> SampleRun {
        var run = SampleRun()
        var previous: NativeHistogram?
        for time in samples.keys.sorted() {
            switch samples[time] {
            case .float(let float)?:
                run.append(time, .float(float))
                previous = nil
            case .histogram(let histogram)?:
                let kept = hinted(histogram, after: previous)
                run.append(time, .histogram(kept))
                previous = kept
            case nil: break
            }
        }
        return run
    }

    private static func hinted(_ histogram: NativeHistogram, after previous: NativeHistogram?) -> NativeHistogram {
        var result = histogram
        switch histogram.resetHint {
        case .gauge, .reset: return result
        case .unknown, .notReset: result.resetHint = .unknown
        }
        guard let previous, previous.resetHint != .gauge, !previous.sum.isStaleMarker, !histogram.sum.isStaleMarker
        else { return result }
        if histogram.isCustom, previous.isCustom, histogram.customEnds != previous.customEnds {
            // Other ends say nothing of the counts.
            return result
        }
        let isOther = previous.schema != histogram.schema || previous.zeroThreshold != histogram.zeroThreshold
        // A store that begins a new chunk with a reset does not say so again.
        result.resetHint = isOther || result.isReset(after: previous) ? .unknown : .notReset
        return result
    }
}
