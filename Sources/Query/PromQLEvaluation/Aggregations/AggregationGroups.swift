import Bytes
import PromQLText

/// Series by the group that they belong to.
struct AggregationGroups {
    /// What each group is known by, in the order in which they were met.
    private(set) var labels: [LabelSet] = []
    /// The series of each.
    private(set) var members: [[Int]] = []

    init(_ matrix: StepMatrix, _ node: Aggregation) {
        let names = Set(node.grouping)
        let dropped = names.union(LabelSet.nameAlone)
        var numbers: [LabelSet: Int] = [:]
        for (index, one) in matrix.series.enumerated() {
            let key = node.isWithout
                ? one.labels.dropping(dropped) : names.isEmpty ? .empty : one.labels.keeping(names)
            if let number = numbers[key] {
                members[number].append(index)
            } else {
                numbers[key] = labels.count
                labels.append(key)
                members.append([index])
            }
        }
    }
}
