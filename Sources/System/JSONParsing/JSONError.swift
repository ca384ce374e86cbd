/// Text that is not JSON, or JSON beyond the limits.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The byte, from 0, at which the text stops being JSON.
    package var offset: Int
    /// What was expected there, or which limit was passed.
    package var expectation: String

    package init(offset: Int, expectation: String) {
        self.offset = offset
        self.expectation = expectation
    }

    package var description: String { "broken JSON at byte \(offset): expected \(expectation)" }
}
