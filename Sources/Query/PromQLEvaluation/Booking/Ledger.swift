/// What one question holds and how much work it has done since somebody looked at the clock.
final class Ledger {
    let budget: any QuestionBudget
    let samplesMax: Int
    private var samples = 0
    /// The most samples that were held at a time.
    private(set) var samplesMost = 0
    private var bytes = 0
    private var work = 0
    private var steps = 0
    private let stepsMax: Int

    init(_ question: PromQLQuestion, _ budget: any QuestionBudget) {
        self.budget = budget
        (samplesMax, stepsMax) = (question.samplesMax, question.stepsMax)
    }

    deinit { budget.giveBack(bytes: bytes) }

    /// How many samples may come yet.
    var samplesLeft: Int { max(0, samplesMax - samples) }

    /// Work between two looks at the clock, in samples.
    private static let stretch = 1 << 14

    /// Counts work, and looks at the clock from time to time.
    func spend(_ amount: Int) throws(EvaluationError) {
        work += amount
        guard work >= Self.stretch else { return }
        work = 0
        try budget.lookAtClock()
    }

    func take(_ holding: Holding) throws(EvaluationError) {
        samples += holding.samples
        guard samples <= samplesMax else { throw .tooManySamples }
        samplesMost = max(samplesMost, samples)
        try budget.take(bytes: holding.bytes)
        bytes += holding.bytes
    }

    func giveBack(_ holding: Holding) {
        samples -= holding.samples
        bytes -= holding.bytes
        budget.giveBack(bytes: holding.bytes)
    }

    /// Books what a node needs for each step besides its result, where that is much; it is given back with the whole.
    func take(scratch count: Int) throws(EvaluationError) {
        if count > Self.scratchMax { try take(Holding(samples: count, bytes: 48 * count)) }
    }

    private static let scratchMax = 100_000

    /// Books the steps of a subquery: each is work for every series.
    func take(steps count: Int) throws(EvaluationError) {
        let (sum, overflows) = steps.addingReportingOverflow(count)
        guard !overflows, sum <= stepsMax else {
            throw .refused("exceeded maximum resolution of \(stepsMax) steps in one question")
        }
        steps = sum
    }
}

/// Samples in memory, and how much they take.
struct Holding {
    var samples = 0
    var bytes = 0

    static func + (left: Holding, right: Holding) -> Holding {
        Holding(samples: left.samples + right.samples, bytes: left.bytes + right.bytes)
    }
}
