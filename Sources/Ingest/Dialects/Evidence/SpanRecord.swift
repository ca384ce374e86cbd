package import Bytes

/// An event of a span as evidence keeps it.
struct SpanMoment: Hashable, Sendable {
    /// Its name.
    var name: String
    /// ns since the span's start.
    var offsetNanoseconds: Int64
    /// What was raised, for an exception.
    var exceptionType: String?
}

/// A span as evidence keeps it: what dialect tables name, no content, users as tokens. The content of a `span.received`
/// event.
package struct SpanRecord: Hashable, Sendable {
    /// 32 hexadecimal digits.
    package var traceID = ""
    /// 16 hexadecimal digits.
    package var spanID = ""
    /// 16 hexadecimal digits; empty for a root.
    package var parentSpanID = ""
    /// As sent.
    package var name = ""
    /// internal, server, client, producer, consumer; empty where it was not said.
    package var kind = ""
    /// Name of the instrumentation scope.
    package var scope = ""
    /// Its version.
    var scopeVersion = ""
    /// ns since 1970 UTC; the end where the start is not to be believed.
    package var start: Int64 = 0
    /// ns since 1970 UTC.
    package var end: Int64 = 0
    /// Why its start, and with it its duration, is not to be believed; nil where it is.
    package var timeDoubt: SpanTimeDoubt?
    /// 0 unset, 1 ok, 2 error.
    package var statusCode = 0
    /// By name; members of JSON texts as `name/member`.
    package var attributes: [ExactText: SpanValue] = [:]
    /// Of the resource.
    package var resource: [ExactText: SpanValue] = [:]
    /// In the sender's order.
    var moments: [SpanMoment] = []
    /// Traces and spans it refers to.
    var links: [String] = []
    /// Texts that were withheld, and numbers whose names nobody knows.
    var withheldValues: Int64 = 0
    /// Names that no table knows, and the types of their values.
    var unknownAttributes: [ExactText: String] = [:]

    /// A span that says nothing yet.
    package init() {}

    /// What the source of its events is called.
    package var serviceName: String? { resource["service.name"]?.plainText }

    /// ns from start to end; nil where the start is not to be believed.
    var durationNanoseconds: Int64? { timeDoubt == nil ? max(0, end - start) : nil }
}

/// Why times of a span are not to be believed. Raw values are those of `time_doubt`.
package enum SpanTimeDoubt: String, Hashable, Sendable {
    case noStart = "no_start"
    case startBefore2000 = "start_before_2000"
    case endBeforeStart = "end_before_start"
    case longerThanADay = "longer_than_a_day"
    /// Only the time to the first token is not.
    case firstToken = "first_token"

    /// The longest time that one piece of work, or the wait for its first token, may take.
    static let durationNanosecondsMax: Int64 = Nanoseconds.day
    private static let year2000: Int64 = 946_684_800 * 1_000_000_000

    /// What is wrong with times in ns since 1970; nil where nothing is.
    init?(start: Int64, end: Int64) {
        if start <= 0 {
            self = .noStart
        } else if start < Self.year2000 {
            self = .startBefore2000
        } else if end < start {
            self = .endBeforeStart
        } else if end - start > Self.durationNanosecondsMax {
            self = .longerThanADay
        } else {
            return nil
        }
    }
}
