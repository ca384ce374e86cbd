import Access
import Intakes
import OperatorLogs
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
    /// The client went while its request was answered.
    case departed
    /// A page of another site, or a name that is not the server's, while there are no tokens.
    case foreignSite
    /// HTTP/2 where only HTTP/1.1 is spoken: gRPC, for most.
    case gRPC, http2
    /// TLS where none is spoken.
    case tls
    /// What it asks for needs a place of a file that is damaged, or of a newer form.
    case damaged
    /// A mistake of ours.
    case mistake
    /// Everything else, by what was answered.
    case status(Int)

    /// A few fixed names, so that labels stay few.
    var label: String {
        switch self {
        case .access(let objection): objection.rawValue
        case .credentials: "credentials_unreadable"
        case .slow: "slow_request"
        case .aborted: "aborted_request"
        case .departed: "client_gone"
        case .foreignSite: "foreign_site"
        case .gRPC: "grpc"
        case .http2: "http2"
        case .tls: "tls"
        case .damaged: DamagedPlaces.reason
        case .mistake: "internal_error"
        case .status(let status): Self.labels[status] ?? (status < 500 ? "bad_request" : "internal_error")
        }
    }

    /// Said already by whoever turned away, in more detail, or nothing that anybody has to see to.
    fileprivate var isTold: Bool {
        switch self {
        case .access, .credentials, .damaged, .mistake, .departed: true
        default: false
        }
    }

    /// What to do about it, where those who run the server can.
    fileprivate var advice: String? {
        switch self {
        case .gRPC: ForeignProtocol.gRPCAdvice
        case .tls: "plain HTTP is spoken here; a proxy in front of it speaks TLS"
        case .foreignSite: SiteGuard.advice
        case .status(415): "Content-Type says what no route here takes; spans: application/x-protobuf"
        case .status(413): "smaller batches, or the setting limits.body_size"
        case .status(429): "more is sent, or asked, than gets done; clients are told to wait"
        default: nil
        }
    }

    private static let labels = [
        401: "unknown_token", 403: "missing_scope", 404: "not_found", 405: "method", 408: "slow_request",
        413: "too_large", 415: "media_type", 429: "busy", 503: "unavailable",
    ]
}

/// Requests that were not served, since the process started; a few of each kind are said in the log.
final class RefusalCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let log: PacedLog

    init(_ log: PacedLog) { self.log = log }

    /// Counts it, and says it unless there were many.
    /// - Parameters:
    ///   - action: method and route, as far as they are known.
    ///   - client: who sent it.
    func add(_ reason: RefusalReason, _ action: String? = nil, from client: String?) {
        counts.withLock { $0[reason.label, default: 0] += 1 }
        guard !reason.isTold else { return }
        var fields: [LogField] = []
        if let action { fields.append(LogField(.request, action)) }
        if let client { fields.append(LogField(.client, client)) }
        if case .status(let status) = reason { fields.append(LogField(.status, status)) }
        if let advice = reason.advice { fields.append(LogField(.advice, advice)) }
        let isOurs = if case .status(500...) = reason { true } else { false }
        log.say(isOurs ? .error : .warning, "refused", reason: reason.label, fields)
    }

    /// Says that a mistake of ours kept a request from being served.
    func failed(_ action: String, from client: String, _ error: any Error) {
        log.say(
            .error, "a request failed", reason: RefusalReason.mistake.label,
            [LogField(.request, action), LogField(.client, client), LogField(.error, "\(error)")])
    }

    /// Sorted by reason.
    var all: [(reason: String, count: Int)] {
        counts.withLock { counts in counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}
