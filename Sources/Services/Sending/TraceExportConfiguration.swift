package import Exporting

/// Where traces of answers are sent, and how.
package struct TraceExportConfiguration: Sendable {
    /// OTLP over HTTP; empty: traces are not sent.
    package var endpoints: [DestinationURL] = []
    /// Sent along: credentials mostly. Only where there is one endpoint.
    package var headers: [DestinationHeader] = []
    /// Which traces, of which answers.
    package var rule = TraceRule()
    // tests: tests do not wait.
    /// So long after an event was received it is sent: what belongs to one answer comes close together.
    package var settleNanoseconds: Int64 = 2_000_000_000
    // tests: tests do not wait.
    /// Between two looks for something to send, ms.
    package var pollMilliseconds = 1000
    /// Spans of one request; one answer is never cut.
    var requestSpansMax = 512
    /// Of one exchange, ms.
    var timeoutMilliseconds = 10_000
    // tests: tests do not wait.
    /// The first pause after a failure, ms; doubled each time.
    package var backoffMilliseconds = 1000
    // tests: tests do not wait.
    /// The longest pause after a failure, ms, unless the receiver asks for a longer one.
    package var backoffMillisecondsMax = 30_000

    /// Sends nowhere.
    package init() {}
}
