/// A file that is whole and in a form that this version of the program does not know: a newer one wrote it.
package struct NewerFormatError: FileContentError, Equatable {
    /// The path of the file; of a log, also which record.
    package var file: String
    /// What this version knows, and what it found instead.
    package var expectation: String

    /// Of a file, and of what it was expected to be.
    package init(file: String, expectation: String) {
        self.file = file
        self.expectation = expectation
    }

    package var description: String { "a newer version of plimsoll wrote \(file): expected \(expectation)" }

    /// What to do about it, as a clause.
    package var remedy: String { Self.remedy }

    /// What to do about a file of a newer form, as a clause.
    package static let remedy = "use the version that wrote it, or a later one"
}
