/// Bytes that we wrote once and that are not what we wrote: names the file, the place and what should stand there.
package struct CorruptionError: Error, Equatable, Sendable, CustomStringConvertible {
    package var file: String
    package var offset: Int
    package var expectation: String

    package init(file: String, offset: Int, expectation: String) {
        self.file = file
        self.offset = offset
        self.expectation = expectation
    }

    package var description: String { "\(file) is damaged at offset \(offset): expected \(expectation)" }
}
