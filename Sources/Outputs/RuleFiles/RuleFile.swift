package import AlertTemplates
package import Bytes
package import PromQLText

/// A file of rules as Prometheus has them.
package struct RuleFile: Hashable, Sendable {
    /// No file has more bytes.
    package static let bytesMax = YAMLTree.bytesMax

    /// As it was named.
    package let name: String
    /// In the order of the file.
    package let groups: [RuleGroup]

    /// Reads a file; one mistake refuses all of it.
    /// - Parameter name: how faults name it.
    /// - Complexity: O(bytes).
    package init(_ bytes: [UInt8], name: String) throws(RuleFileError) {
        var reader = RuleFileReader()
        let groups = reader.read(bytes)
        guard reader.faults.isEmpty else { throw RuleFileError(file: name, faults: reader.faults) }
        (self.name, self.groups) = (name, groups)
    }

    /// How many rules there are.
    package var ruleCount: Int { groups.reduce(0) { $0 + $1.rules.count } }
}

/// Rules that are evaluated together, one after the other.
package struct RuleGroup: Hashable, Sendable {
    /// Once in its file.
    package let name: ByteText
    /// ms from one evaluation to the next; nil: as the installation says.
    package let interval: Int64?
    /// How many series or alerts a rule may have; 0: any number.
    package let limit: Int
    /// ms that questions look back; nil: as the installation says.
    package let queryOffset: Int64?
    /// In their order.
    package let rules: [Rule]
}

/// A rule: what is asked, and what follows.
package struct Rule: Hashable, Sendable {
    /// What follows from the answer.
    package enum Kind: Hashable, Sendable {
        /// It is a series of the rule's name.
        case record
        /// Each of its series is an alert.
        case alert(AlertTerms)
    }

    /// When an alert is one.
    package struct AlertTerms: Hashable, Sendable {
        /// ms that its series has to be there first.
        package let hold: Int64
        /// ms that it stays when the series has gone.
        package let keepFiring: Int64
        /// In the order of their names.
        package let annotations: [RuleText]
    }

    /// See ``Kind``.
    package let kind: Kind
    /// Of the series or the alert.
    package let name: ByteText
    /// What is asked.
    package let expression: PromQLExpression
    /// The group's and its own, in the order of their names.
    package let labels: [RuleText]
    /// Where it stands in the file, from 1.
    package let line: Int?
    /// Where its expression stands, likewise.
    package let expressionLine: Int?
}

/// A label or an annotation.
package struct RuleText: Hashable, Sendable {
    /// Its name.
    package let name: ByteText
    /// What it says, as written.
    package let text: ByteText
    /// The same to be filled in; nil for the labels of recorded series, which are taken as they are.
    package let template: AlertTemplate?

    /// Labels of the alert's series that it names; none where it is taken as it is.
    package var labelsNamed: Set<ByteText> { template?.labelsNamed ?? [] }
}
