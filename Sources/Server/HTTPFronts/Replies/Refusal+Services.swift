import Access
import Asking
import HTTPTypes
import Intakes
import Plans
import Platform
import Reports
import SQLText

/// What services refuse, in the words of HTTP.
extension Refusal {
    /// The refusal of whatever service threw it; nil for an error that is none.
    init?(of error: any Error) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let refusal as AccessRefusal: self.init(refusal)
        case let refusal as IntakeRefusal: self.init(refusal)
        case let refusal as QueryRefusal: self.init(refusal)
        case let refusal as SeriesRefusal: self.init(refusal)
        case let error as QueryError: self.init(error)
        case let error as any FileContentError: self.init(error)
        case let error as StorageError: self.init(error)
        default: return nil
        }
    }

    /// What is asked needs a place that is damaged or of a newer form; what does not need it is answered.
    init(_ error: any FileContentError) {
        self.init(
            .internalServerError, "\(error)",
            hint: "\(error.advice()), then ask again")
        reason = .damaged
    }

    /// What cannot be read or written now: what the machine is short of comes back by itself.
    init(_ error: StorageError) {
        let isPassing = error.isScarcity || error.isSpaceExhausted
        self.init(isPassing ? .serviceUnavailable : .internalServerError, "\(error)", hint: "ask again later")
    }

    /// What is sent and not taken in.
    init(_ refusal: IntakeRefusal) {
        let status: HTTPResponse.Status =
            switch refusal.kind {
            case .malformed, .tooMuch: .badRequest
            case .unsupported: .unsupportedMediaType
            case .tooLarge, .decodedTooLarge: .contentTooLarge
            case .conflicting: .conflict
            case .busy: .tooManyRequests
            case .unavailable, .damaged: .serviceUnavailable
            }
        self.init(
            status, refusal.message, hint: refusal.hint, position: refusal.position,
            retryAfterSeconds: refusal.retryAfterSeconds)
        if refusal.kind == .damaged { reason = .damaged }
        if refusal.kind == .decodedTooLarge { reason = .decodedTooLarge }
    }

    /// What is asked and not looked into.
    init(_ refusal: QueryRefusal) {
        let status: HTTPResponse.Status =
            switch refusal.kind {
            case .malformed: .badRequest
            case .busy: .tooManyRequests
            case .outOfMemory, .unavailable: .serviceUnavailable
            }
        self.init(
            status, refusal.message, hint: refusal.hint, position: refusal.position,
            retryAfterSeconds: refusal.retryAfterSeconds)
        if refusal.kind == .outOfMemory { reason = .memoryLimit }
    }

    /// A report that cannot be made as it was asked for, or a time that is none.
    init(_ error: ReportError) { self.init(.badRequest, error.message, hint: error.hint) }

    /// A question about series that has no answer, with the statuses that Prometheus gives.
    init(_ refusal: SeriesRefusal) {
        let status: HTTPResponse.Status =
            switch refusal.kind {
            case .badData: .badRequest
            case .execution: .unprocessableContent
            case .timeout, .canceled, .unavailable: .serviceUnavailable
            case .notFound: .notFound
            case .internal: .internalServerError
            }
        self.init(status, refusal.message)
        seriesKind = refusal.kind
        // What is unavailable to a client of Prometheus is memory.
        reason = refusal.kind == .timeout ? .timeLimit : refusal.kind == .unavailable ? .memoryLimit : nil
    }

    /// 503 when it ran out of time or memory, 500 for mistakes of ours, 400 for the rest, each with its SQLSTATE.
    init(_ error: QueryError) {
        let status: HTTPResponse.Status =
            switch error.kind {
            case .cancelled, .deadlineExceeded, .memoryExceeded: .serviceUnavailable
            case .damagedData: .internalServerError
            default: .badRequest
            }
        let told = SQLRefusal(error)
        self.init(status, told.message, hint: told.hint, position: told.position, code: told.sqlState)
        reason =
            switch error.kind {
            case .deadlineExceeded: .timeLimit
            case .memoryExceeded: .memoryLimit
            default: nil
            }
    }
}
