import Bytes
import PromQLText

/// By what series of two sides find each other: groups of series whose labels agree where they have to.
struct MatchingGroups {
    /// The series of each side, by group.
    private(set) var groups: [(left: [Int], right: [Int])] = []
    private var holding = Holding()

    /// Groups hold no samples; their making is work for every label.
    init(
        _ left: StepMatrix, _ right: StepMatrix, _ matching: VectorMatching, _ ledger: Ledger
    ) throws(EvaluationError) {
        let key = MatchingKey(matching)
        var numbers: [LabelSet: Int] = [:]
        for (index, one) in left.series.enumerated() {
            let group = try number(one.labels, key, &numbers, ledger)
            groups[group].left.append(index)
        }
        for (index, one) in right.series.enumerated() {
            let group = try number(one.labels, key, &numbers, ledger)
            groups[group].right.append(index)
        }
    }

    private mutating func number(
        _ labels: LabelSet, _ key: MatchingKey, _ numbers: inout [LabelSet: Int], _ ledger: Ledger
    ) throws(EvaluationError) -> Int {
        try ledger.spend(16 + labels.labels.count)
        let key = key.of(labels)
        // For its place in a group.
        var bytes = 16
        let known = numbers[key]
        if known == nil { bytes += 160 + 16 * key.labels.count }
        try ledger.take(Holding(bytes: bytes))
        holding.bytes += bytes
        if let known { return known }
        numbers[key] = groups.count
        groups.append(([], []))
        return groups.count - 1
    }

    /// Says that they are no longer needed.
    func done(_ ledger: Ledger) { ledger.giveBack(holding) }
}

/// The labels that have to agree.
struct MatchingKey {
    private let isOn: Bool
    private let labels: Set<ByteText>

    init(_ matching: VectorMatching) {
        isOn = matching.isOn
        labels = matching.isOn ? Set(matching.labels) : Set(matching.labels).union(LabelSet.metricLabels)
    }

    func of(_ set: LabelSet) -> LabelSet { isOn ? set.keeping(labels) : set.dropping(labels) }
}
