import Asking
import Domain
import HTTPTypes
import Hummingbird
import JSONTexts
import RequestFields

/// Why a request was not served: an HTTP status, and a JSON body that says what, where, and what to do.
struct Refusal: Error, Sendable {
    /// The HTTP status.
    var status: HTTPResponse.Status
    /// What is wrong.
    var message: String
    /// What to do about it.
    var hint: String?
    /// Where: a byte offset into the decoded body, or a 1-based character position in a query text.
    var position: Int?
    /// SQLSTATE, for queries.
    var code: String?
    /// Becomes `Retry-After`: when the same request may succeed.
    var retryAfterSeconds: Int?
    /// Becomes `WWW-Authenticate`: how to be let in.
    var challenge: String?
    /// Becomes `Allow`: the methods that the address has.
    var allow: String?
    /// What kind of error it is to clients of Prometheus; nil: by its status.
    var seriesKind: SeriesRefusal.Kind?
    /// What it is counted as; nil: by its status.
    var reason: RefusalReason?
    /// Where a browser wanted to be when it had to log in; nil: at the address that it asked for.
    var wanted: ReturnAddress?

    /// Takes each part as given; what is nil is left out of the answer.
    init(
        _ status: HTTPResponse.Status, _ message: String, hint: String? = nil, position: Int? = nil,
        code: String? = nil,
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.message = message
        self.hint = hint
        self.position = position
        self.code = code
        self.retryAfterSeconds = retryAfterSeconds
    }

    init(
        _ status: HTTPResponse.Status, _ message: String, hint: String, retryAfterSeconds: Int? = nil,
        reason: RefusalReason
    ) {
        self.init(status, message, hint: hint, retryAfterSeconds: retryAfterSeconds)
        self.reason = reason
    }

    /// The client closed the connection while its request was answered. Only who closed his side alone reads it.
    static let departed = Refusal(
        .serviceUnavailable, "the client closed the connection before it was answered",
        hint: "keep both sides open until the answer is there", reason: .departed)

    /// `{"error":…,"hint":…,"position":…,"code":…}`, members without a value left out.
    var json: [UInt8] {
        var text = JSONWriter()
        text.beginObject()
        text.member("error", message)
        if let hint { text.member("hint", hint) }
        if let position { text.member("position", position) }
        if let code { text.member("code", code) }
        text.endObject()
        return text.bytes
    }

    var response: Response {
        var response = Response(json: json, status: status)
        addFields(to: &response)
        return response
    }

    /// What a refusal says in header fields, whatever its body is.
    func addFields(to response: inout Response) {
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        if let challenge { response.headers[.wwwAuthenticate] = challenge }
        if let allow { response.headers[.allow] = allow }
    }
}
