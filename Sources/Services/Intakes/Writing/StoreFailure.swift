package import Domain
import EventStores
import Platform

/// What a sender is told when the store throws.
package enum StoreFailure {
    static let hint = "see to the disk, then restart the server; unanswered events may be sent again"

    /// The state is sound and the same request may succeed later: the disk is full, or the machine is short of
    /// something.
    static func isPassing(_ error: any Error) -> Bool {
        switch error as? StoreError {
        case .noSpace?, .unavailable?, .tailFull?, .budgetSpent?: true
        default: false
        }
    }

    /// It is the store that has no room, whatever is to be written; what is unavailable may be so for one look-up.
    /// ``ServerHealth`` says when that begins and ends, so that nobody else has to.
    package static func isOfAll(_ error: any Error) -> Bool {
        switch error as? StoreError {
        case .noSpace?, .tailFull?, .budgetSpent?: true
        default: false
        }
    }

    /// The same of every batch alike: where a budget is spent, what the store notes of itself still goes in.
    static func isOfEveryBatch(_ error: any Error) -> Bool {
        if case .budgetSpent? = error as? StoreError { return false }
        return isOfAll(error)
    }

    /// It passes once there is room.
    static func isOfSpace(_ error: any Error) -> Bool {
        if case .noSpace? = error as? StoreError { true } else { false }
    }

    /// The state is sound, and what was asked for is too much at once, or needs a place of a file that is damaged or of
    /// a newer form.
    static func isOfRequest(_ error: any Error) -> Bool {
        (error as? StoreError)?.isOfRequest ?? (error is any FileContentError)
    }

    /// `tooMuch` for what the asker can mend, else `unavailable`, for a while or until a restart.
    package static func refusal(for error: any Error, _ limits: ServerLimits) -> IntakeRefusal {
        if let error = error as? any FileContentError {
            return IntakeRefusal(
                .damaged, "\(error)",
                hint: "\(error.advice()), then send the same request again")
        }
        if isOfRequest(error) { return IntakeRefusal(.tooMuch, "\(error)") }
        guard isPassing(error) else {
            return IntakeRefusal(
                .unavailable, "storage failed, so nothing is acknowledged any more: \(error)", hint: hint)
        }
        var seconds = limits.retryAfterSeconds
        if case .tailFull(_, let retrySeconds)? = error as? StoreError { seconds = max(seconds, retrySeconds) }
        return IntakeRefusal(
            .unavailable, "\(error)",
            hint: "send the same request again" + (isOfSpace(error) ? " once there is room" : ""),
            retryAfterSeconds: seconds)
    }
}
