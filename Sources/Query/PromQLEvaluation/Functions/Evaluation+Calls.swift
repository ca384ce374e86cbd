import Bytes
import Foundation
import PromQLText

// Calls: which computation a name means.
extension Evaluation {
    func call(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        if let result = try rangeCall(node, timeline) { return result.matrix }
        let name = node.function.name
        if let function = ElementFunctions.byName[name] {
            return try mapped(vector(node.arguments[0], timeline), function, nil)
        }
        if let part = DateFunctions.byName[name] { return try dates(node, part, timeline) }
        if let function = HistogramFunctions.byName[name] {
            return try mapped(vector(node.arguments[0], timeline), nil) { .float(function($0)) }
        }
        switch name {
        case "clamp", "clamp_min", "clamp_max": return try clamp(node, timeline)
        case "round": return try round(node, timeline)
        case "vector": return try StepMatrix([constant(scalar(node.arguments[0], timeline))], ledger)
        case "timestamp": return try timestamps(node, timeline)
        case "absent": return try absent(node, timeline)
        case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc": return try sorted(node, timeline)
        case "label_replace": return try labelReplace(node, timeline)
        case "label_join": return try labelJoin(node, timeline)
        case "histogram_quantile": return try histogramQuantile(node, timeline)
        case "histogram_quantiles": return try histogramQuantiles(node, timeline)
        case "histogram_fraction": return try histogramFraction(node, timeline)
        default: throw .refused("function \(name) is not supported")
        }
    }

    /// Calls that give a number.
    func scalarCall(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> [Double] {
        func all(_ value: Double) -> [Double] { [Double](repeating: value, count: timeline.count) }
        switch node.function.name {
        case "time": return (0..<timeline.count).map { Double(timeline[$0]) / 1000 }
        case "pi": return all(.pi)
        case "start": return all(Double(self.timeline.start) / 1000)
        case "end": return all(Double(end) / 1000)
        case "step": return all(Double(step) / 1000)
        case "range": return all(Double(span) / 1000)
        case "scalar": return try onlyFloats(vector(node.arguments[0], timeline), timeline)
        case "max_of", "min_of":
            let isMaximum = node.function.name == "max_of"
            let (left, right) = (try scalar(node.arguments[0], timeline), try scalar(node.arguments[1], timeline))
            return zip(left, right).map { one, other in
                one.isNaN || other.isNaN ? .nan : isMaximum ? max(one, other) : min(one, other)
            }
        default: throw .refused("function \(node.function.name) is not supported")
        }
    }

    /// The one float of each step; no number where there is none, or more than one.
    private func onlyFloats(_ matrix: StepMatrix, _ timeline: Timeline) throws(EvaluationError) -> [Double] {
        var values = [Double](repeating: .nan, count: timeline.count)
        var counts = [UInt8](repeating: 0, count: timeline.count)
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            for (index, float) in one.floats.enumerated() where !float.isNothing {
                let step = one.first + index
                values[step] = counts[step] == 0 ? float : .nan
                counts[step] = 1
            }
        }
        matrix.done(ledger)
        return values
    }

    func constant(_ values: [Double]) -> StepSeries { StepSeries(labels: .empty, floats: values) }

    private func dates(
        _ node: FunctionCall, _ part: @escaping (CivilTime) -> Int64, _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        guard let argument = node.arguments.first else {
            let values = (0..<timeline.count).map { Double(part(CivilTime(seconds: timeline[$0] / 1000))) }
            return try StepMatrix([constant(values)], ledger)
        }
        return try mapped(vector(argument, timeline), { DateFunctions.value($0, part) }, nil)
    }

    private func clamp(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let matrix = try vector(node.arguments[0], timeline)
        let name = node.function.name
        let all = [Double](repeating: .infinity, count: timeline.count)
        let least = name == "clamp_max" ? all.map { -$0 } : try scalar(node.arguments[1], timeline)
        let most = name == "clamp_min" ? all : try scalar(node.arguments[name == "clamp" ? 2 : 1], timeline)
        return try mappedByStep(matrix) { value, step in
            if most[step] < least[step] { return .nothing }
            if value.isNaN || least[step].isNaN || most[step].isNaN { return .nan }
            return max(least[step], min(most[step], value))
        }
    }

    private func round(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let matrix = try vector(node.arguments[0], timeline)
        let unit = node.arguments.count > 1
            ? try scalar(node.arguments[1], timeline) : [Double](repeating: 1, count: timeline.count)
        return try mappedByStep(matrix) { value, step in
            // The inverse costs less accuracy.
            let inverse = 1 / unit[step]
            return (value * inverse + 0.5).rounded(.down) / inverse
        }
    }

    /// Float by float, nameless; histograms go.
    private func mappedByStep(
        _ matrix: StepMatrix, _ function: (Double, Int) -> Double
    ) throws(EvaluationError) -> StepMatrix {
        var collector = SeriesCollector(ledger)
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            var floats = one.floats
            for index in floats.indices where !floats[index].isNothing {
                floats[index] = function(floats[index], one.first + index)
            }
            let result = one.with(floats: floats)
            if !result.isEmpty { try collector.add(nameless(result)) }
        }
        matrix.done(ledger)
        return collector.matrix
    }

    /// Of a selector, when its samples were; of all else, the time of the evaluation.
    private func timestamps(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let argument = node.arguments[0].inner
        var collector = SeriesCollector(ledger)
        if case .selector(let selector) = argument, selector.boundary == nil {
            let matrix = try selectInstants(selector, timeline) { run, sample, _ in
                .float(Double(run.times[sample]) / 1000)
            }
            for one in matrix.series { try collector.add(nameless(one)) }
            matrix.done(ledger)
            return collector.matrix
        }
        let matrix = try vector(argument, timeline)
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            var result = StepSeries(labels: one.labels, dropsName: one.dropsName)
            for step in one.first..<one.end where one.has(step) {
                result.append(Double(timeline[step]) / 1000, at: step)
            }
            if !result.floats.isEmpty { try collector.add(nameless(result)) }
        }
        matrix.done(ledger)
        return collector.matrix
    }
}
