import Bytes
import PromQLText

/// Series over one timeline, each set of labels once.
struct StepMatrix {
    var series: [StepSeries] = []
    /// What is booked for it.
    private(set) var holding = Holding()

    init() {}

    /// Books what the series hold.
    init(_ series: [StepSeries], _ ledger: Ledger) throws(EvaluationError) {
        for one in series { try append(one, ledger) }
    }

    mutating func append(_ one: StepSeries, _ ledger: Ledger) throws(EvaluationError) {
        let holding = one.holding
        try ledger.take(holding)
        self.holding = self.holding + holding
        series.append(one)
    }

    /// Says that it is no longer needed.
    func done(_ ledger: Ledger) { ledger.giveBack(holding) }
}

/// Gathers series whose labels may have become equal: they are one, as long as no two speak at the same step.
struct SeriesCollector {
    private var indices: [LabelSet: Int] = [:]
    private(set) var matrix = StepMatrix()
    private let ledger: Ledger

    init(_ ledger: Ledger) { self.ledger = ledger }

    mutating func add(_ series: StepSeries) throws(EvaluationError) {
        if let index = indices[series.labels] {
            let joined = try Self.joined(matrix.series[index], series)
            let added = joined.holding.samples - matrix.series[index].holding.samples
            try ledger.take(Holding(samples: added, bytes: 8 * added))
            matrix.series[index] = joined
        } else {
            indices[series.labels] = matrix.series.count
            try matrix.append(series, ledger)
        }
    }

    static let collision = EvaluationError.refused("vector cannot contain metrics with the same labelset")

    private static func joined(_ left: StepSeries, _ right: StepSeries) throws(EvaluationError) -> StepSeries {
        var result = StepSeries(labels: left.labels, dropsName: left.dropsName)
        for step in min(left.first, right.first)..<max(left.end, right.end) {
            switch (left[step], right[step]) {
            case (let value?, nil), (nil, let value?): result.append(value, at: step)
            case (nil, nil): break
            case (.some, .some): throw collision
            }
        }
        return result
    }
}
