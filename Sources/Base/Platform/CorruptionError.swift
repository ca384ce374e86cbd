/// Bytes that we wrote once and that are not what we wrote: names the file, the place and what should stand there.
package struct CorruptionError: FileContentError, Hashable {
    /// The path of the file.
    package var file: String
    /// Where in the file it was seen, in bytes.
    package var offset: Int
    /// What should stand there; what to do about it is said by ``remedy``.
    package var expectation: String

    /// What should stand at an offset of a file, which is named by its path.
    package init(file: String, offset: Int, expectation: String) {
        self.file = file
        self.offset = offset
        self.expectation = expectation
    }

    package var description: String { "\(file) is damaged at offset \(offset): expected \(expectation)" }

    /// What to do about it, as a clause.
    package var remedy: String { Self.remedy }

    /// What to do about a file that is not what was written, as a clause.
    package static let remedy = "restore the file from a backup"
}
