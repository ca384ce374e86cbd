import Bytes
import PromQLText

/// Groups of series of floats, of which each becomes one series, step by step as its members come: no matrix of all of
/// them is made, and to which group a series belongs is found out once for all steps. Members come in the order in
/// which a matrix would have them, so that what is added up is so in the same order.
final class GroupFolds {
    private let operation: AggregationOperator
    private let steps: Int
    private let ledger: Ledger
    /// By member.
    private let groups: [Int]
    /// By group.
    private let labels: [LabelSet]
    private var dropNames: [Bool]
    /// Groups in the order in which the first member of each came that says something.
    private var met: [Int] = []
    private var isMet: [Bool]
    private let holding: Holding

    // One of these is in use: a stretch of all steps for each group.
    private var sums: [CompensatedSum] = []
    private var means: [CompensatedMean] = []
    private var spreads: [Spread] = []
    private var least: [Least] = []
    private var greatest: [Greatest] = []
    private var counts: [Int] = []
    /// Where a group says something; not used where its members are counted.
    private var isSaid: [Bool] = []
    /// By group: steps at all of which it is known to say something.
    private var whole: [Range<Int>]

    /// Of so many steps of all groups together; beyond that a matrix may take less.
    private static let cellsMax = 1 << 20

    /// - Parameters:
    ///   - members: the labels of the series as they are read, no two of which become the same by those that go.
    ///   - dropsMetric: whether the metric's labels go.
    ///   - steps: how many there are.
    /// - Returns: nil of an operation that does not go number by number, and of too many groups.
    init?(
        _ node: Aggregation, _ members: [LabelSet], dropsMetric: Bool, steps: Int, _ ledger: Ledger
    ) throws(EvaluationError) {
        guard let stride = Self.stride(node.operation) else { return nil }
        let key = GroupKey(node, dropsMetric: dropsMetric)
        var (numbers, labels, groups): ([LabelSet: Int], [LabelSet], [Int]) = ([:], [], [])
        groups.reserveCapacity(members.count)
        try ledger.spend(members.count)
        for one in members {
            let own = key.of(one)
            if let number = numbers[own] {
                groups.append(number)
            } else {
                numbers[own] = labels.count
                groups.append(labels.count)
                labels.append(own)
            }
        }
        let (cells, isBeyond) = labels.count.multipliedReportingOverflow(by: steps)
        guard !isBeyond, cells <= Self.cellsMax else { return nil }
        (operation, self.steps, self.ledger) = (node.operation, steps, ledger)
        (self.groups, self.labels) = (groups, labels)
        dropNames = [Bool](repeating: false, count: labels.count)
        isMet = dropNames
        whole = Array(repeating: 0..<0, count: labels.count)
        holding = Holding(bytes: cells * stride)
        try ledger.take(holding)
        makeRoom(cells)
    }

    /// Bytes of a step; nil where it takes more than one number after the other.
    private static func stride(_ operation: AggregationOperator) -> Int? {
        switch operation {
        case .sum: MemoryLayout<CompensatedSum>.stride + 1
        case .avg: MemoryLayout<CompensatedMean>.stride + 1
        case .stddev, .stdvar: MemoryLayout<Spread>.stride + 1
        case .min, .max: MemoryLayout<Least>.stride + 1
        case .count, .group: MemoryLayout<Int>.stride
        case .countValues, .topk, .bottomk, .limitk, .limitRatio, .quantile: nil
        }
    }

    private func makeRoom(_ cells: Int) {
        switch operation {
        case .sum: sums = Array(repeating: CompensatedSum(), count: cells)
        case .avg: means = Array(repeating: CompensatedMean(), count: cells)
        case .stddev, .stdvar: spreads = Array(repeating: Spread(), count: cells)
        case .min: least = Array(repeating: Least(), count: cells)
        case .max: greatest = Array(repeating: Greatest(), count: cells)
        default:
            counts = Array(repeating: 0, count: cells)
            return
        }
        isSaid = Array(repeating: false, count: cells)
    }

    /// Takes what a member says; later than all members before it.
    /// - Parameter one: floats alone, at one step at least.
    func add(_ one: StepSeries, of member: Int, dropsName: Bool) throws(EvaluationError) {
        try ledger.spend(one.floats.count)
        let place = meet(member, dropsName: dropsName) + one.first
        switch operation {
        case .sum: Self.fold(one.floats, at: place, into: &sums, &isSaid)
        case .avg: Self.fold(one.floats, at: place, into: &means, &isSaid)
        case .stddev, .stdvar: Self.fold(one.floats, at: place, into: &spreads, &isSaid)
        case .min: Self.fold(one.floats, at: place, into: &least, &isSaid)
        case .max: Self.fold(one.floats, at: place, into: &greatest, &isSaid)
        default: for (index, float) in one.floats.enumerated() where !float.isNothing { counts[place + index] += 1 }
        }
    }

    /// Whether what members say is added up, so that nothing stands between what they say and the sum.
    var isSum: Bool { operation == .sum }

    /// Takes rates of a member, as ``add(_:of:dropsName:)`` takes what is made of them.
    /// - Precondition: ``isSum``, and a range at least has a rate.
    func add(
        _ rates: RateFunction, _ samples: RangeSamples, _ view: RateWindows.View, of member: Int, dropsName: Bool
    ) throws(EvaluationError) {
        try ledger.spend(view.stepCount)
        let place = meet(member, dropsName: dropsName)
        rates.add(samples, view, to: &sums, &isSaid, at: place)
    }

    /// The same of a counter of which the changes are known.
    /// - Precondition: as above.
    func add(
        _ rates: RateFunction, _ counter: CounterSeries, _ view: RateWindows.View, of member: Int, dropsName: Bool
    ) throws(EvaluationError) {
        let place = meet(member, dropsName: dropsName)
        say(view, groups[member])
        try ledger.spend(rates.add(counter, view, to: &sums, at: place))
    }

    /// A group says something wherever a range of a member has a rate.
    private func say(_ view: RateWindows.View, _ group: Int) {
        guard let first = view.firstStep else { return }
        let (steps, isWhole) = (first..<first + view.stepCount, view.isWhole)
        if isWhole, steps.lowerBound >= whole[group].lowerBound, steps.upperBound <= whole[group].upperBound { return }
        for part in view.parts {
            for window in part.windows { isSaid[group * self.steps + window.step] = true }
        }
        if isWhole, steps.count > whole[group].count { whole[group] = steps }
    }

    /// - Returns: where the steps of the member's group begin.
    private func meet(_ member: Int, dropsName: Bool) -> Int {
        let group = groups[member]
        if !isMet[group] {
            isMet[group] = true
            met.append(group)
        }
        if dropsName { dropNames[group] = true }
        return group * steps
    }

    private static func fold<Fold: FloatFold>(
        _ floats: [Double], at place: Int, into folds: inout [Fold], _ isSaid: inout [Bool]
    ) {
        var place = place
        for float in floats {
            if !float.isNothing {
                folds[place].add(float)
                isSaid[place] = true
            }
            place += 1
        }
    }

    /// What the groups come to. Asked once: what they held is given back.
    func matrix() throws(EvaluationError) -> StepMatrix {
        var result = StepMatrix()
        for group in met {
            try ledger.spend(steps)
            let values = values(at: group * steps..<(group + 1) * steps)
            guard let first = values.firstIndex(where: { !$0.isNothing }),
                let last = values.lastIndex(where: { !$0.isNothing })
            else { continue }
            let isWhole = last - first + 1 == values.count
            let one = StepSeries(
                labels: labels[group], dropsName: dropNames[group], first: first,
                floats: isWhole ? values : Array(values[first...last]))
            try result.append(one, ledger)
        }
        ledger.giveBack(holding)
        return result
    }

    /// By step; nothing where the group says nothing.
    private func values(at places: Range<Int>) -> [Double] {
        switch operation {
        case .count: counts[places].map { $0 > 0 ? Double($0) : .nothing }
        case .group: counts[places].map { $0 > 0 ? 1 : .nothing }
        case .sum: Self.values(sums[places], isSaid[places]) { $0.value }
        case .avg: Self.values(means[places], isSaid[places]) { $0.value }
        case .stdvar: Self.values(spreads[places], isSaid[places]) { $0.variance }
        case .stddev: Self.values(spreads[places], isSaid[places]) { $0.variance.squareRoot() }
        case .min: Self.values(least[places], isSaid[places]) { $0.value }
        default: Self.values(greatest[places], isSaid[places]) { $0.value }
        }
    }

    private static func values<Fold>(
        _ folds: ArraySlice<Fold>, _ isSaid: ArraySlice<Bool>, _ value: (Fold) -> Double
    ) -> [Double] {
        zip(folds, isSaid).map { fold, isSaid in isSaid ? value(fold) : .nothing }
    }
}
