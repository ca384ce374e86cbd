/// An event's field that is not what its schema promises. The caller adds the event's index and id.
package struct FieldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Name of the field; `time`, `id` and the like for the event's own.
    package var field: String
    /// What the schema promises, in words that tell the sender what to do.
    package var expected: String
    /// What came, cut to a readable length; a kind of value rather than the value where the field may hold personal
    /// data.
    package var found: String

    /// An error in one field.
    package init(field: String, expected: String, found: String) {
        self.field = field
        self.expected = expected
        self.found = found
    }

    /// What is expected or wrong, in words for the sender.
    package var description: String { "\(field): expected \(expected), found \(found)" }
}
