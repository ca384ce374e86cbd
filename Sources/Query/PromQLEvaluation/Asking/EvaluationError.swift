package import PromQLText

/// Why an expression has no value.
package enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is asked makes no sense of these series; in Prometheus' words, where it has some.
    case refused(String)
    /// More samples than may be read or held.
    case tooManySamples
    /// More memory than there is.
    case outOfMemory
    /// The same of the series that are asked for; what people are told.
    case seriesTooLarge(String)
    /// It took too long.
    case timedOut
    /// Whoever asked has gone.
    case cancelled
    /// The series cannot be had; what people are told.
    case unavailable(String)

    package var description: String {
        switch self {
        case .refused(let reason): reason
        case .tooManySamples: "query processing would load too many samples into memory in query execution"
        case .outOfMemory:
            "query processing would take more memory than there is; ask for fewer series, or for less time"
        case .timedOut: "query timed out in expression evaluation"
        case .cancelled: "query was canceled in expression evaluation"
        case .seriesTooLarge(let reason): reason
        case .unavailable(let reason): "expanding series: \(reason)"
        }
    }
}

extension EvaluationError {
    /// What a source says that gives no series.
    package init(_ error: SeriesSourceError) {
        switch error {
        case .tooManySamples: self = .tooManySamples
        case .cancelled: self = .cancelled
        case .outOfMemory(let reason): self = .seriesTooLarge(reason)
        case .unavailable(let reason): self = .unavailable(reason)
        }
    }
}
