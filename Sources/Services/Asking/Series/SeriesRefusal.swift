package import PromQLEvaluation
import PromQLText

/// Why a question about series has no answer, in Prometheus' words, since people and tools know them. A front says it
/// in the form of its wire; that too many ask is a ``QueryRefusal``.
package struct SeriesRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What whoever asks can do about it, as Prometheus names it.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The question is wrong.
        case badData = "bad_data"
        /// The question is right and makes no sense of these series, or wants more samples than may be.
        case execution
        /// It took too long.
        case timeout
        /// Whoever asked has gone.
        case canceled
        /// Not now.
        case unavailable
        /// There is nothing of this name.
        case notFound = "not_found"
        /// The series cannot be had.
        case `internal`
    }

    /// What whoever asks can do about it.
    package var kind: Kind
    /// What is wrong, and where in the text.
    package var message: String

    /// Takes each part as given.
    package init(_ kind: Kind, _ message: String) { (self.kind, self.message) = (kind, message) }

    /// A part of the question that cannot be read.
    /// - Parameter parameter: its name.
    package init(parameter: String, _ reason: String) {
        self.init(.badData, "invalid parameter \(QuotedText.quoted(Array(parameter.utf8))): \(reason)")
    }

    /// What is wrong with an evaluation.
    package init(_ error: EvaluationError) {
        let kind: Kind =
            switch error {
            case .refused, .tooManySamples: .execution
            case .outOfMemory, .seriesTooLarge: .unavailable
            case .timedOut: .timeout
            case .cancelled: .canceled
            case .unavailable: .internal
            }
        self.init(kind, error.description)
    }

    package var description: String { message }
}
