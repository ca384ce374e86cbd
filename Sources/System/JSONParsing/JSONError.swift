/// Text that is not JSON, or JSON beyond the limits.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A limit that sound JSON may pass.
    package enum Limit: Equatable, Sendable {
        /// A number beyond what 64 bits, or a double, can hold.
        case number
        /// More levels of arrays and objects than are read.
        case depth
    }

    /// The byte, from 0, at which the text stops being JSON.
    package var offset: Int
    /// What was expected there, or which limit was passed.
    package var expectation: String
    /// Of JSON that is sound, but passes a limit: which.
    var limit: Limit?

    package init(offset: Int, expectation: String, limit: Limit? = nil) {
        self.offset = offset
        self.expectation = expectation
        self.limit = limit
    }

    package var description: String {
        switch limit {
        case nil: "broken JSON at byte \(offset): expected \(expectation)"
        case .number: "number out of range at byte \(offset): expected \(expectation)"
        case .depth: "nested too deep at byte \(offset): expected \(expectation)"
        }
    }
}
