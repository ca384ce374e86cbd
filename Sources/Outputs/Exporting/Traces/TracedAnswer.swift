import Bytes
package import Domain

/// An answer whose trace can be looked up: what histograms name as an example.
package struct TracedAnswer: Hashable, Sendable {
    /// Values of the labels of ``TracedAnswers/duration``, in their order.
    package var labels: [String]
    /// From question to whole answer, ns.
    package var durationNanoseconds: Int64?
    /// From question to first token, ns.
    package var firstTokenNanoseconds: Int64?
    /// When it was given, ns since 1970 UTC.
    package var time: Int64
    /// 32 hexadecimal digits.
    package var traceID: String
}

/// Reads answers for the histograms of `/metrics`.
package struct TracedAnswers: Sendable {
    /// The histogram of whole answers. That of first tokens has the same labels.
    static let duration = "support_answer_duration_seconds"
    /// The histogram of first tokens.
    static let firstToken = "support_time_to_first_token_seconds"

    private let columns: [UInt16]
    private let builder: SpanBuilder

    /// Looks the labels' columns up.
    package init(_ registry: SchemaRegistry) {
        builder = SpanBuilder(registry)
        columns = (MetricCatalogue.metric(named: Self.duration)?.labels ?? []).compactMap {
            registry.column(named: $0.name)
        }
    }

    /// The answer that a row is; nil where it is none, or has no trace of its own.
    package func answer(_ event: EventRow) -> TracedAnswer? {
        guard builder.isAnswer(event) else { return nil }
        return answer(event, traceID: builder.identity.traceID(of: event))
    }

    func answer(_ event: EventRow, traceID: [UInt8]) -> TracedAnswer {
        let labels = columns.map { column in
            guard let text = event.text(of: column) else { return "" }
            return text.count > Limits.labelBytesMax
                ? MetricCatalogue.otherLabel : String(decoding: text, as: UTF8.self)
        }
        return TracedAnswer(
            labels: labels, durationNanoseconds: event.integer(of: builder.known.durationNanoseconds),
            firstTokenNanoseconds: event.integer(of: builder.known.timeToFirstToken), time: event.time,
            traceID: hexadecimal(traceID))
    }
}
