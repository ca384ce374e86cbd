import Bytes
import PromQLText

/// By what series of two sides find each other: groups of series whose labels agree where they have to.
struct MatchingGroups {
    /// The series of each side, by group.
    private(set) var groups: [(left: [Int], right: [Int])] = []

    init(_ left: StepMatrix, _ right: StepMatrix, _ matching: VectorMatching) {
        let key = MatchingKey(matching)
        var numbers: [LabelSet: Int] = [:]
        func number(_ labels: LabelSet, _ groups: inout [(left: [Int], right: [Int])]) -> Int {
            let key = key.of(labels)
            if let number = numbers[key] { return number }
            numbers[key] = groups.count
            groups.append(([], []))
            return groups.count - 1
        }
        for (index, one) in left.series.enumerated() { groups[number(one.labels, &groups)].left.append(index) }
        for (index, one) in right.series.enumerated() { groups[number(one.labels, &groups)].right.append(index) }
    }
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
