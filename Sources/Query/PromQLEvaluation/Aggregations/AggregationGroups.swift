import Bytes
import PromQLText

/// What a group of an aggregation is known by.
struct GroupKey {
    private let names: Set<ByteText>
    private let isWithout: Bool
    /// Those that are kept, where they are few: comparing with each is less work than hashing.
    private let few: [ByteText]
    private static let fewMax = 4

    /// - Parameter dropsMetric: whether what says which metric a series is goes first.
    init(_ node: Aggregation, dropsMetric: Bool = false) {
        let names = Set(node.grouping)
        isWithout = node.isWithout
        if isWithout {
            self.names = names.union(dropsMetric ? LabelSet.metricLabels : LabelSet.nameAlone)
        } else {
            self.names = dropsMetric ? names.subtracting(LabelSet.metricLabels) : names
        }
        few = isWithout || node.grouping.count > Self.fewMax ? [] : node.grouping.filter(self.names.contains)
    }

    func of(_ labels: LabelSet) -> LabelSet {
        if isWithout { return labels.dropping(names) }
        if names.isEmpty { return .empty }
        return few.isEmpty ? labels.keeping(names) : labels.keeping(few: few)
    }
}

/// Series by the group that they belong to.
struct AggregationGroups {
    /// What each group is known by, in the order in which they were met.
    private(set) var labels: [LabelSet] = []
    /// The series of each.
    private(set) var members: [[Int]] = []

    init(_ matrix: StepMatrix, _ node: Aggregation) {
        let key = GroupKey(node)
        var numbers: [LabelSet: Int] = [:]
        for (index, one) in matrix.series.enumerated() {
            let own = key.of(one.labels)
            if let number = numbers[own] {
                members[number].append(index)
            } else {
                numbers[own] = labels.count
                labels.append(own)
                members.append([index])
            }
        }
    }
}
