/// Bytes that we wrote once and that are not what we wrote: names the file, the place and what should stand there.
package struct CorruptionError: FileContentError, Hashable {
    package var file: String
    package var offset: Int
    package var expectation: String

    package init(file: String, offset: Int, expectation: String) {
        self.file = file
        self.offset = offset
        self.expectation = expectation
    }

    package var description: String { "\(file) is damaged at offset \(offset): expected \(expectation)" }

    /// What to do about it, as a clause.
    package var remedy: String { "restore the file from a backup" }
}
