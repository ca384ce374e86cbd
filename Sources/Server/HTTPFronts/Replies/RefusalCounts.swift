import Access
import Domain
import HTTPTypes
import Intakes
import OperatorLogs
import Reports
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
    /// What a compressed body comes to is more than is taken.
    case decodedTooLarge
    /// A question that took longer, or needs more memory, than one may.
    case timeLimit, memoryLimit
    /// A mistake of ours.
    case mistake
    /// Everything else, by what was answered.
    case status(Int)

    /// A few fixed names, so that labels stay few.
    var name: RefusalName {
        switch self {
        case .access(.missing): .noToken
        case .access(.unknown): .unknownToken
        case .access(.expired): .expiredToken
        case .access(.revoked): .revokedToken
        case .access(.scope): .missingScope
        case .credentials: .credentialsUnreadable
        case .slow: .slowRequest
        case .aborted: .abortedRequest
        case .departed: .clientGone
        case .foreignSite: .foreignSite
        case .gRPC: .grpc
        case .http2: .http2
        case .tls: .tls
        case .damaged: .damaged
        case .decodedTooLarge: .decodedTooLarge
        case .timeLimit: .timeLimit
        case .memoryLimit: .memoryLimit
        case .mistake: .internalError
        case .status(let status): Self.names[status] ?? (status < 500 ? .badRequest : .internalError)
        }
    }

    /// Said already by whoever turned away, in more detail, or nothing that anybody has to see to.
    fileprivate var isTold: Bool {
        switch self {
        case .access, .credentials, .damaged, .mistake, .departed: true
        default: false
        }
    }

    /// What to do about it, where those who run the server can: what first aid says.
    fileprivate func advice(at door: RefusalDoor, of address: String?) -> String? {
        switch self {
        case .gRPC, .tls, .foreignSite, .decodedTooLarge, .timeLimit, .memoryLimit,
            .status(413), .status(415), .status(429):
            RefusalAdvice.lines(name, at: door, address: address).joined(separator: "; ")
        default: nil
        }
    }

    private static let names: [Int: RefusalName] = [
        401: .unknownToken, 403: .missingScope, 404: .notFound, 405: .method, 408: .slowRequest, 413: .tooLarge,
        415: .mediaType, 429: .busy, 503: .unavailable,
    ]
}

extension RefusalDoor {
    /// By the address or, where there is none such, by what looks like one, and by what the request carries: whoever
    /// exports spans to a wrong address is to be told of exporters.
    init(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields) {
        let type = (headers[.contentType] ?? "").lowercased()
        let parts = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        let route = RouteTable.routes.first { $0.method.rawValue == method.rawValue && $0.matches(parts) }
        let words = Set(parts.suffix(2).map { $0.lowercased() })
        if type.hasPrefix("application/grpc") {
            self = .grpc
        } else if let route {
            let asks = route.tag == .ask || route.tag == .series
            self = route.isOTLP ? .spans : route.tag == .send ? .events : asks ? .questions : .requests
        } else if type.hasPrefix("application/x-protobuf") || !words.isDisjoint(with: Self.spanWords)
            || Self.isExporter(headers[.userAgent])
        {
            self = .spans
        } else if type.hasPrefix("application/cloudevents") || !words.isDisjoint(with: Self.eventWords) {
            self = .events
        } else {
            self = words.isDisjoint(with: Self.questionWords) ? .requests : .questions
        }
    }

    /// Whether it is an exporter of OpenTelemetry that asks, which says so where it sends JSON as well.
    private static func isExporter(_ agent: String?) -> Bool { agent?.lowercased().contains("otlp") ?? false }

    private static let spanWords: Set = ["traces", "trace", "spans", "span", "metrics", "logs", "otlp", "otel"]
    private static let eventWords: Set = ["events", "event", "ingest"]
    private static let questionWords: Set = [
        "sql", "query", "reports", "report", "conversations", "conversation", "graphql",
    ]
}

/// Requests that were not served, since the process started; a few of each kind are said in the log.
final class RefusalCounts: Sendable {
    private let counts = Mutex<[RefusalDoor: [RefusalName: Int]]>([:])
    private let log: PacedLog
    private let onRefusal: @Sendable () -> Void
    private let ownAddress: @Sendable () -> String?

    /// - Parameters:
    ///   - onRefusal: called where something was refused.
    ///   - ownAddress: where senders reach the server; nil before it listens.
    init(
        _ log: PacedLog, onRefusal: @escaping @Sendable () -> Void, ownAddress: @escaping @Sendable () -> String?
    ) {
        (self.log, self.onRefusal, self.ownAddress) = (log, onRefusal, ownAddress)
    }

    /// Counts it, and says it unless there were many.
    /// - Parameters:
    ///   - action: method and route, as far as they are known.
    ///   - client: who sent it.
    ///   - door: the way on which it came.
    func add(
        _ reason: RefusalReason, _ action: String? = nil, from client: String?, at door: RefusalDoor = .requests
    ) {
        counts.withLock { $0[door, default: [:]][reason.name, default: 0] += 1 }
        onRefusal()
        guard !reason.isTold else { return }
        var fields: [LogField] = []
        if let action { fields.append(LogField(.request, action)) }
        if let client { fields.append(LogField(.client, client)) }
        if case .status(let status) = reason { fields.append(LogField(.status, status)) }
        if let advice = reason.advice(at: door, of: ownAddress()) { fields.append(LogField(.advice, advice)) }
        let isOurs = if case .status(500...) = reason { true } else { false }
        log.say(isOurs ? .error : .warning, "refused", reason: reason.name.rawValue, fields)
    }

    /// Says that a mistake of ours kept a request from being served.
    func failed(_ action: String, from client: String, _ error: any Error) {
        log.say(
            .error, "a request failed", reason: RefusalReason.mistake.name.rawValue,
            [LogField(.request, action), LogField(.client, client), LogField(.error, "\(error)")])
    }

    /// Sorted by reason, of all doors together.
    var all: [(reason: String, count: Int)] {
        var sums: [RefusalName: Int] = [:]
        for refusal in byDoor { sums[refusal.reason, default: 0] += refusal.count }
        return sums.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
    }

    /// Door by door, in the order of their reasons.
    var byDoor: [(door: RefusalDoor, reason: RefusalName, count: Int)] {
        let counts = counts.withLock { $0 }
        return RefusalDoor.allCases.flatMap { door in
            RefusalName.allCases.compactMap { reason in
                counts[door]?[reason].map { (door: door, reason: reason, count: $0) }
            }
        }
    }
}
