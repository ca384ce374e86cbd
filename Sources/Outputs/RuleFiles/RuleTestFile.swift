package import Bytes
package import PromQLText

/// A file of unit tests of rules, as `promtool test rules` takes it.
package struct RuleTestFile: Hashable, Sendable {
    /// As it was named.
    package let name: String
    /// Patterns of the files that it tests, from its own folder.
    package let ruleFiles: [String]
    /// ms from one evaluation to the next; greater than zero.
    package let interval: Int64
    /// Names of groups in the order in which they are evaluated; others come with the first.
    package let order: [ByteText]
    /// Whether numbers may differ by one in their last place.
    package let isFuzzy: Bool
    /// In their order.
    package let tests: [RuleTest]

    /// Reads a file; one mistake refuses all of it.
    /// - Complexity: O(bytes).
    package init(_ bytes: [UInt8], name: String) throws(RuleFileError) {
        var reader = RuleTestFileReader()
        guard let file = reader.read(bytes, name: name), reader.reading.faults.isEmpty else {
            throw RuleFileError(file: name, faults: reader.reading.faults)
        }
        self = file
    }

    init(
        name: String, ruleFiles: [String], interval: Int64, order: [ByteText], isFuzzy: Bool, tests: [RuleTest]
    ) {
        (self.name, self.ruleFiles, self.interval) = (name, ruleFiles, interval)
        (self.order, self.isFuzzy, self.tests) = (order, isFuzzy, tests)
    }
}

/// Series, and what rules make of them.
package struct RuleTest: Hashable, Sendable {
    /// What people call it; may be empty.
    package let name: ByteText
    /// ms from one value of the series to the next; greater than zero.
    package let step: Int64
    /// ms since 1970 of the first value and the first evaluation.
    package let start: Int64
    /// What is there.
    package let series: [SeriesDescription]
    /// See the installation's options.
    package let externalLabels: LabelSet
    /// Likewise.
    package let externalURL: ByteText
    /// Which alerts fire.
    package let alerts: [Alerts]
    /// What expressions say at the end.
    package let expressions: [Answer]

    /// Which alerts of a name fire at a time.
    package struct Alerts: Hashable, Sendable {
        /// ms since the start.
        package let time: Int64
        /// Of the rule, or the rules.
        package let alert: ByteText
        /// All that fire, in any order.
        package let expected: [Alert]
    }

    /// An alert, as labels and annotations.
    package struct Alert: Hashable, Comparable, Sendable {
        /// With `alertname`.
        package let labels: LabelSet
        /// Those that say something.
        package let annotations: LabelSet

        /// Joins both.
        package init(labels: LabelSet, annotations: LabelSet) {
            (self.labels, self.annotations) = (labels, annotations)
        }

        package static func < (left: Alert, right: Alert) -> Bool {
            left.labels == right.labels ? left.annotations < right.annotations : left.labels < right.labels
        }
    }

    /// What an expression says at a time.
    package struct Answer: Hashable, Sendable {
        /// ms since the start.
        package let time: Int64
        /// As written.
        package let expression: ByteText
        /// In any order.
        package let expected: [Sample]
    }

    /// A series of an answer.
    package struct Sample: Hashable, Sendable {
        /// What it is known by.
        package let labels: LabelSet
        /// What it says.
        package let value: SampleValue

        /// Joins both.
        package init(labels: LabelSet, value: SampleValue) { (self.labels, self.value) = (labels, value) }
    }
}
