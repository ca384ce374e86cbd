import Bytes
import PromQLText

extension LabelSet {
    /// Without what says which metric it is: a computed value is none of it.
    var withoutMetric: LabelSet { dropping(Self.metricLabels) }

    /// Whether both say the same of which metric they are, so that without that they differ as well.
    func isOfMetric(of other: LabelSet) -> Bool {
        // Most begin with their name and have nothing else of that kind.
        if let own = labels.first, own == other.labels.first, own.name == LabelMatcher.metricName,
            !isReserved(at: 1), !other.isReserved(at: 1)
        { return true }
        // order: all of them have to be the same.
        return Self.metricLabels.allSatisfy { self[$0] == other[$0] }
    }

    /// Whether a label begins as no label of a user's does: behind a name that stands first others of that kind follow.
    private func isReserved(at place: Int) -> Bool {
        guard place < labels.count else { return false }
        let bytes = labels[place].name.bytes
        return bytes.count > 1 && bytes[0] == UInt8(ascii: "_") && bytes[1] == UInt8(ascii: "_")
    }

    /// Name, type and unit.
    static let metricLabels: Set<ByteText> = [LabelMatcher.metricName, "__type__", "__unit__"]
    static let nameAlone: Set<ByteText> = [LabelMatcher.metricName]
    static let empty = LabelSet([])
}
