import PromQLText

/// Selectors of which only counts and sums of histograms are asked. Each histogram of theirs that does not say whether
/// its counter began anew is compared with the one before it, so that sums of them can tell when they contradict.
enum StatisticSelectors {
    static func starts(in expression: Expression) -> Set<Int> {
        var starts: Set<Int> = []
        collect(expression, .none, &starts)
        return starts
    }

    private enum Demand {
        case none
        /// Counts and sums.
        case statistics
        /// Buckets, whatever else is asked farther out.
        case buckets
    }

    private static func collect(_ expression: Expression, _ demand: Demand, _ starts: inout Set<Int>) {
        func selected(_ selector: VectorSelector) {
            if demand == .statistics { starts.insert(selector.place.range.lowerBound) }
        }
        var inner = demand
        switch expression {
        case .number, .string, .parentheses, .unary, .binary, .aggregation: break
        case .selector(let node): selected(node)
        case .range(let node): selected(node.selector)
        case .subquery: inner = .buckets
        case .call(let node): inner = Self.demand(of: node, demand)
        }
        for child in expression.children { collect(child, inner, &starts) }
    }

    private static func demand(of call: FunctionCall, _ outer: Demand) -> Demand {
        switch call.function.name {
        case "histogram_count", "histogram_sum", "histogram_avg": outer == .buckets ? .buckets : .statistics
        case "histogram_quantile", "histogram_quantiles", "histogram_fraction": .buckets
        default: outer
        }
    }
}

extension Series {
    /// With what is known of counters that began anew.
    var withResets: Series {
        guard !samples.histograms.isEmpty else { return self }
        var run = SampleRun()
        var previous: NativeHistogram?
        for index in samples.times.indices {
            switch samples[index] {
            case .float(let float):
                run.append(samples.times[index], .float(float))
                previous = nil
            case .histogram(var histogram):
                let known = histogram
                if histogram.resetHint == .unknown, let previous {
                    histogram.resetHint = histogram.isReset(after: previous) ? .reset : .notReset
                }
                run.append(samples.times[index], .histogram(histogram))
                previous = known
            }
        }
        return Series(labels: labels, samples: run, spacing: spacing)
    }
}
