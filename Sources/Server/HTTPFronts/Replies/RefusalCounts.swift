import Access
import Synchronization

/// Why a request was not served, as `plimsoll_http_refusals_total` names it.
enum RefusalReason: Hashable, Sendable {
    /// Nobody, or somebody without the right.
    case access(AccessDenialReason)
    /// Tokens could not be checked.
    case credentials
    /// The request came too slowly.
    case slow
    /// The connection ended before the request did.
    case aborted
    /// A page of another site, or a name that is not the server's, while there are no tokens.
    case foreignSite
    /// Everything else, by what was answered.
    case status(Int)

    /// A few fixed names, so that labels stay few.
    var label: String {
        switch self {
        case .access(let objection): objection.rawValue
        case .credentials: "credentials_unreadable"
        case .slow: "slow_request"
        case .aborted: "aborted_request"
        case .foreignSite: "foreign_site"
        case .status(let status): Self.labels[status] ?? (status < 500 ? "bad_request" : "internal_error")
        }
    }

    private static let labels = [
        401: "unknown_token", 403: "missing_scope", 404: "not_found", 405: "method", 408: "slow_request",
        413: "too_large", 415: "media_type", 429: "busy", 503: "unavailable",
    ]
}

/// Requests that were not served, since the process started.
final class RefusalCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ reason: RefusalReason) { counts.withLock { $0[reason.label, default: 0] += 1 } }

    /// Sorted by reason.
    var all: [(reason: String, count: Int)] {
        counts.withLock { counts in counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}
