import Bytes
import WireFormats

/// Why a text is not read of an attribute that is otherwise, or of a member that nobody knows by its name. Raw values
/// stand in `unknown_attributes` in place of the type, and are closed: they say nothing of the text.
package enum ValueFault: String, Sendable {
    /// It has no byte.
    case empty = "empty text"
    /// It has some, and nobody can see them.
    case unseen = "text without a visible character"
    /// It is longer than what is kept of one.
    case long = "longer text"
    /// It may open something.
    case credential = "what looks like a credential"
    /// It stands in a member of the request that has not the name that JSON has for it. Under the member's name.
    case misnamed = "misnamed member"

    /// What is wrong with a value of any type; nil of one that is no text, and of one that names something.
    init?(_ value: OTLPValue) {
        guard case .text(let text) = value else { return nil }
        self.init(text)
    }

    /// What is wrong with a text, that it may open something aside.
    init?(_ text: ArraySlice<UInt8>) {
        if text.isEmpty {
            self = .empty
        } else if text.count > SpanReader.Bounds.textBytes {
            self = .long
        } else if namesNothing(SpanReader.unquoted(text).span) {
            self = .unseen
        } else {
            return nil
        }
    }
}
