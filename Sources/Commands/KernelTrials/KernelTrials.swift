/// All that is measured.
package enum KernelTrials {
    /// In the order in which they are shown; no two have one name.
    package static let all =
        EncodingTrials.all + ColumnTrials.all + GroupingTrials.all + IngestTrials.all + QuestionTrials.all

    /// The trial of a name; nil for none.
    package static func named(_ name: String) -> KernelTrial? { all.first { $0.name == name } }
}
