package import Domain
import EventStores

/// What a sender is told when the store throws.
package enum StoreFailure {
    static let hint = "see to the disk, then restart the server; unanswered events may be sent again"

    /// The state is sound and the same request may succeed later: the disk is full.
    static func isPassing(_ error: any Error) -> Bool {
        if case .noSpace? = error as? StoreError { true } else { false }
    }

    /// The state is sound, and what was asked for is too much at once.
    static func isOfRequest(_ error: any Error) -> Bool {
        switch error as? StoreError {
        case .correctionTooLarge?, .recordTooLarge?, .batchTooLarge?: true
        default: false
        }
    }

    /// `tooMuch` for what the asker can mend, else `unavailable`, for a while or until a restart.
    package static func refusal(for error: any Error, _ limits: ServerLimits) -> IntakeRefusal {
        if isOfRequest(error) { return IntakeRefusal(.tooMuch, "\(error)") }
        guard isPassing(error) else {
            return IntakeRefusal(
                .unavailable, "storage failed, so nothing is acknowledged any more: \(error)", hint: hint)
        }
        return IntakeRefusal(
            .unavailable, "\(error)", hint: "send the same request again once there is room",
            retryAfterSeconds: limits.retryAfterSeconds)
    }
}
