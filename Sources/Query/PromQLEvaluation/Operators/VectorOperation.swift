import Bytes
import PromQLText

/// Operators between two vectors, series matched with series.
struct VectorOperation {
    private let evaluation: Evaluation
    private let node: BinaryOperation
    private let matching: VectorMatching
    private let key: MatchingKey
    /// Whether the left side is the one that has one of each, so that sides are swapped.
    private let isSwapped: Bool

    init(_ evaluation: Evaluation, _ node: BinaryOperation) {
        (self.evaluation, self.node) = (evaluation, node)
        matching = node.matching ?? VectorMatching()
        key = MatchingKey(matching)
        isSwapped = matching.cardinality == .oneToMany
    }

    func value(
        _ left: StepMatrix, _ right: StepMatrix, _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        let (many, one) = isSwapped ? (right, left) : (left, right)
        // At a step where a side has nothing at all, nothing is matched, and nothing is wrong.
        let isFilling = !matching.fill.isEmpty
        let spoken = try isFilling
            ? [Bool](repeating: true, count: timeline.count) : bothSpeak(many, one, steps: timeline.count)
        var assembly = OperationAssembly(evaluation.ledger)
        var pending: [PairedSeries] = []
        let matched = try MatchingGroups(many, one, matching, evaluation.ledger)
        for group in matched.groups {
            if !isFilling, group.left.isEmpty {
                try checkUnique(group.right.map { one.series[$0] }, spoken)
                continue
            }
            let members = group.left.map { many.series[$0] }
            let partners = group.right.map { one.series[$0] }
            if partners.isEmpty, !isFilling { continue }
            for paired in try pairs(members, partners, spoken, timeline) {
                pending.append(
                    PairedSeries(order: paired.member.map { group.left[$0] } ?? Int.max, series: paired.series))
            }
        }
        // In the order of the side that may have several.
        for paired in pending.enumerated().sorted(by: {
            ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
        }) { try assembly.add(paired.element.series) }
        matched.done(evaluation.ledger)
        many.done(evaluation.ledger)
        one.done(evaluation.ledger)
        return assembly.matrix
    }

    private func bothSpeak(
        _ many: StepMatrix, _ one: StepMatrix, steps: Int
    ) throws(EvaluationError) -> [Bool] {
        func speaks(_ matrix: StepMatrix) throws(EvaluationError) -> [Bool] {
            var result = [Bool](repeating: false, count: steps)
            var missing = steps
            for series in matrix.series where missing > 0 {
                try evaluation.ledger.spend(series.floats.count)
                for step in series.first..<series.end where !result[step] && series.has(step) {
                    result[step] = true
                    missing -= 1
                }
            }
            return result
        }
        let first = try speaks(many)
        let second = try speaks(one)
        return zip(first, second).map { $0 && $1 }
    }

    private func checkUnique(_ partners: [StepSeries], _ spoken: [Bool]) throws(EvaluationError) {
        if partners.count > 1 { _ = try owners(partners, spoken) }
    }

    /// Which of the series that should be one speaks at each step; −1 for none.
    private func owners(_ partners: [StepSeries], _ spoken: [Bool]) throws(EvaluationError) -> [Int] {
        var owners = [Int](repeating: -1, count: spoken.count)
        for (number, partner) in partners.enumerated() {
            try evaluation.ledger.spend(partner.floats.count)
            for step in partner.first..<partner.end where spoken[step] && partner.has(step) {
                guard owners[step] < 0 else { throw ambiguity(partners[owners[step]], partner) }
                owners[step] = number
            }
        }
        return owners
    }

    private func ambiguity(_ first: StepSeries, _ second: StepSeries) -> EvaluationError {
        let group = matching.isOn
            ? second.labels.keeping(Set(matching.labels)) : key.of(second.labels)
        let (low, high) = first.labels < second.labels ? (first, second) : (second, first)
        return .refused(
            "found duplicate series for the match group \(SeriesText.written(group)) on the "
                + (isSwapped ? "left" : "right") + " hand-side of the operation: ["
                + SeriesText.written(low.labels) + ", " + SeriesText.written(high.labels)
                + "];many-to-many matching not allowed: matching labels must be unique on one side")
    }

    /// What comes of a group: a series for each pair of series that meet somewhere.
    private func pairs(
        _ members: [StepSeries], _ partners: [StepSeries], _ spoken: [Bool], _ timeline: Timeline
    ) throws(EvaluationError) -> [(member: Int?, series: StepSeries)] {
        if members.count == 1, partners.count == 1, matching.fill.isEmpty {
            return [(0, try computed(members[0], partners[0]))]
        }
        if matching.fill.isEmpty, partners.count == 1, matching.cardinality != .oneToOne,
            let series = try distinct(members, partners[0])
        {
            return series
        }
        let owners = try owners(partners, spoken)
        var taken = [Int](repeating: -1, count: spoken.count)
        var result: [(member: Int?, series: StepSeries)] = []
        let fill = isSwapped ? (many: matching.fill.right, one: matching.fill.left)
            : (many: matching.fill.left, one: matching.fill.right)
        var unique = UniqueResults(steps: spoken.count)
        for (number, member) in members.enumerated() {
            var byOwner: [Int: (series: StepSeries, claim: Int)] = [:]
            for step in member.first..<member.end where spoken[step] {
                let owner = owners[step]
                guard let sample = member[step], owner >= 0 || fill.one != nil else { continue }
                if matching.cardinality == .oneToOne, taken[step] >= 0 { throw Self.implicitMany }
                taken[step] = number
                let partner = owner >= 0 ? partners[owner] : StepSeries(labels: key.of(member.labels))
                var meeting: (series: StepSeries, claim: Int)
                if let known = byOwner.removeValue(forKey: owner) {
                    meeting = known
                } else {
                    let series = try begun(member, partner)
                    meeting = (series, unique.number(of: series.labels))
                }
                if matching.cardinality != .oneToOne { try unique.claim(meeting.claim, at: step) }
                put(sample, partner[step] ?? .float(fill.one ?? .nan), at: step, into: &meeting.series)
                byOwner[owner] = meeting
            }
            try evaluation.ledger.spend(member.floats.count)
            for owner in byOwner.keys.sorted() {
                if let series = byOwner[owner]?.series, !series.floats.isEmpty { result.append((number, series)) }
            }
        }
        if let filling = fill.many { result += try filled(partners, owners, taken, filling) }
        return result
    }

    /// Where no two of the many get the same labels, none can be in the way of another.
    private func distinct(
        _ members: [StepSeries], _ partner: StepSeries
    ) throws(EvaluationError) -> [(member: Int?, series: StepSeries)]? {
        var labels: Set<LabelSet> = []
        for member in members {
            guard try labels.insert(begun(member, partner).labels).inserted else { return nil }
        }
        var result: [(member: Int?, series: StepSeries)] = []
        for (number, member) in members.enumerated() { result.append((number, try computed(member, partner))) }
        return result
    }

    private static let implicitMany = EvaluationError.refused(
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")

    /// What stands alone on the side that has one of each.
    private func filled(
        _ partners: [StepSeries], _ owners: [Int], _ taken: [Int], _ value: Double
    ) throws(EvaluationError) -> [(member: Int?, series: StepSeries)] {
        var result: [(member: Int?, series: StepSeries)] = []
        for (number, partner) in partners.enumerated() {
            var series = try begun(StepSeries(labels: key.of(partner.labels)), partner)
            for step in partner.first..<partner.end where owners[step] == number && taken[step] < 0 {
                if let sample = partner[step] { put(.float(value), sample, at: step, into: &series) }
            }
            if !series.floats.isEmpty { result.append((nil, series)) }
        }
        return result
    }

    /// Both say something at most once a step: the usual case.
    private func computed(_ member: StepSeries, _ partner: StepSeries) throws(EvaluationError) -> StepSeries {
        var result = try begun(member, partner)
        let range = max(member.first, partner.first)..<max(
            max(member.first, partner.first), min(member.end, partner.end))
        try evaluation.ledger.spend(range.count)
        guard member.histograms.isEmpty, partner.histograms.isEmpty, !node.operation.isTrim else {
            for step in range {
                guard let sample = member[step], let other = partner[step] else { continue }
                put(sample, other, at: step, into: &result)
            }
            return result
        }
        let operation = node.operation
        let isFilter = operation.isComparison && !node.returnsBool
        result.first = range.lowerBound
        result.floats = [Double](repeating: .nothing, count: range.count)
        for step in range {
            let (mine, other) = (member.floats[step - member.first], partner.floats[step - partner.first])
            if mine.isNothing || other.isNothing { continue }
            let (left, right) = isSwapped ? (other, mine) : (mine, other)
            if isFilter {
                if operation.holds(left, right) { result.floats[step - range.lowerBound] = left }
            } else {
                result.floats[step - range.lowerBound] = operation.value(left, right)
            }
        }
        return result
    }

    private func put(_ mine: SampleValue, _ other: SampleValue, at step: Int, into series: inout StepSeries) {
        let (left, right) = isSwapped ? (other, mine) : (mine, other)
        switch evaluation.outcome(node.operation, left, right, node.place) {
        case .sample(let value):
            series.append(node.returnsBool ? .float(1) : value, at: step)
        case .failing: if node.returnsBool { series.append(0, at: step) }
        case .none: break
        }
    }

    /// A series without samples, with the labels of the result.
    private func begun(_ member: StepSeries, _ partner: StepSeries) throws(EvaluationError) -> StepSeries {
        try evaluation.ledger.spend(16 + matching.included.count)
        var labels = node.operation.changesMetric ? member.labels.withoutMetric : member.labels
        if matching.cardinality == .oneToOne {
            labels = matching.isOn
                ? labels.keeping(Set(matching.labels)) : labels.dropping(Set(matching.labels))
        }
        if !matching.included.isEmpty {
            labels = LabelSet(
                labels.labels.map { ($0.name, $0.value) } + matching.included.map { ($0, partner.labels[$0]) })
        }
        var result = StepSeries(labels: labels)
        if node.returnsBool {
            if evaluation.question.delaysNameRemoval {
                result.dropsName = true
            } else {
                result.labels = labels.withoutMetric
            }
        } else if !node.operation.changesMetric {
            result.dropsName = member.dropsName
        }
        return result
    }
}

private struct PairedSeries {
    let order: Int
    let series: StepSeries
}

/// Within a group, each set of labels speaks once a step.
private struct UniqueResults {
    private let steps: Int
    private var numbers: [LabelSet: Int] = [:]
    private var claimed: [[Bool]] = []

    init(steps: Int) { self.steps = steps }

    mutating func number(of labels: LabelSet) -> Int {
        if let number = numbers[labels] { return number }
        numbers[labels] = claimed.count
        claimed.append([Bool](repeating: false, count: steps))
        return claimed.count - 1
    }

    mutating func claim(_ number: Int, at step: Int) throws(EvaluationError) {
        if claimed[number][step] {
            throw .refused("multiple matches for labels: grouping labels must ensure unique matches")
        }
        claimed[number][step] = true
    }
}

/// The results of an operator between vectors.
private struct OperationAssembly {
    private var collector: SeriesCollector
    var matrix: StepMatrix { collector.matrix }

    init(_ ledger: Ledger) { collector = SeriesCollector(ledger) }

    mutating func add(_ series: StepSeries) throws(EvaluationError) {
        if !series.isEmpty { try collector.add(series) }
    }
}
