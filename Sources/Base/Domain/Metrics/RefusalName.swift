/// Why something that came was not taken in or not answered: the names that people and metrics know it by. Fixed and
/// few, whatever strangers send.
package enum RefusalName: String, CaseIterable, Hashable, Sendable {
    // Of requests.
    case noToken = "no_token"
    case unknownToken = "unknown_token"
    case expiredToken = "expired_token"
    case revokedToken = "revoked_token"
    case missingScope = "missing_scope"
    case credentialsUnreadable = "credentials_unreadable"
    case foreignSite = "foreign_site"
    case badRequest = "bad_request"
    case notFound = "not_found"
    case method
    case mediaType = "media_type"
    case tooLarge = "too_large"
    /// The same of what a compressed body comes to.
    case decodedTooLarge = "decoded_too_large"
    /// Too much is under way: the same may be sent again in a moment.
    case busy
    /// The server cannot do it now, or until somebody sees to it: its disk, its store, its memory, its end.
    case unavailable
    /// A question took more time than one may take.
    case timeLimit = "time_limit"
    /// A question needs more memory than one may have, or than others leave.
    case memoryLimit = "memory_limit"
    case slowRequest = "slow_request"
    case abortedRequest = "aborted_request"
    case clientGone = "client_gone"
    case grpc
    case http2
    case tls
    /// What is asked needs a place of a file that is damaged or of a newer form.
    case damaged
    case internalError = "internal_error"

    // Of events, and of spans where they share it.
    case unknownType = "unknown_type"
    case invalid
    /// Another event or span of the same identity is kept already, with other content.
    case conflict
    case tooOld = "too_old"
    case tooNew = "too_new"
    /// Whether it is kept already needs such a place: the others of its request are taken.
    case unreadable

    // Of spans.
    /// A Plimsoll had made them of its events.
    case echo
    /// In JSON, what it stands in or one of its own members has not the name that the protocol gives it.
    case misnamedMember = "misnamed_member"
    /// A member of the span is not as the protocol has it.
    case malformedSpan = "malformed_span"
    /// It has no trace id, one of another length, or one of zeros, which stands for none.
    case noTraceID = "no_trace_id"
    /// The same of its span id.
    case noSpanID = "no_span_id"
    /// It does not say when it ended.
    case noEndTime = "no_end_time"
    /// It began or ended at a time that there is not.
    case impossibleTime = "impossible_time"
    /// A text of it is no UTF-8.
    case notText = "not_text"
    /// What is kept of the spans of one request is bounded.
    case requestFull = "request_full"
    /// So is how many spans a trace has.
    case traceFull = "trace_full"
}

/// The way on which something came that was refused.
package enum RefusalDoor: String, CaseIterable, Hashable, Sendable {
    /// Events, sent to `/v1/events`.
    case events
    /// Spans by OTLP over HTTP, and what else its exporters send.
    case spans
    /// OTLP over gRPC, which nobody here speaks.
    case grpc
    /// SQL, reports, conversations.
    case questions
    /// All else, and what cannot be told.
    case requests
}
