import Bytes
import PromQLText

extension LabelSet {
    /// Without what says which metric it is: a computed value is none of it.
    var withoutMetric: LabelSet { dropping(Self.metricLabels) }

    /// Name, type and unit.
    static let metricLabels: Set<ByteText> = [LabelMatcher.metricName, "__type__", "__unit__"]
    static let nameAlone: Set<ByteText> = [LabelMatcher.metricName]
    static let empty = LabelSet([])
}
