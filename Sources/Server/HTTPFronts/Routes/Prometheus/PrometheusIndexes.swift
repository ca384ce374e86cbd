import Asking
import Bytes
import Columnar
import Domain
import Hummingbird
import JSONTexts
import Plans
import Platform
import PromQLText
import RequestFields

/// Which series, labels and metrics there are.
extension Routes {
    /// What is asked of the series of some times, within the question's bounds.
    private typealias Find<Found> = @Sendable (
        SeriesRunner, _ selectors: [[UInt8]], _ times: ClosedRange<Int64>, any SeriesSource, QueryOptions
    ) throws -> [Found]

    /// Makes an answer of how the wanted series are labelled, on the threads of questions and within their bounds.
    /// - Parameters:
    ///   - bytes: about how many one of them takes in the answer.
    ///   - write: writes the data, and says whether it left something out.
    private func index<Found: Sendable>(
        _ form: FormParameters, in period: IndexPeriod, _ find: @escaping Find<Found>,
        bytes: @escaping @Sendable (Found) -> Int,
        _ write: @escaping @Sendable ([Found], inout JSONWriter) -> Bool
    ) async throws -> Response {
        let moment = try Self.moment(form)
        let (selectors, present) = (form.all("match[]"), try await presentFamilies())
        return try await queries.run { [self] cancellation in
            let options = questionOptions(cancellation, within: queries.memory)
            return try overSeries(at: moment, present: present, within: options) { pinned, earlier in
                let remarks = Notices()
                let source = ruled(pinned.source, as: earlier, noting: remarks, within: options)
                // Selectors are read all the same, for what is wrong with them.
                let inTime = try find(seriesRunner, selectors, period.times, source, options)
                let found = period.isEmpty ? [] : inTime
                // It stands there twice: as data, and in its answer.
                let booking = try queries.holding(found.reduce(Self.answerBytes) { $0 + 2 * bytes($1) })
                defer { withExtendedLifetime(booking) {} }
                var data = JSONWriter()
                let isTruncated = write(found, &data)
                let notices = missing(pinned)
                let response = PrometheusReply.response(
                    warnings: notices + remarks.lines + (isTruncated ? [SeriesAnswer.truncated] : [])
                ) { $0.raw(utf8: data.bytes[...]) }
                return Self.noting(nil, missing: notices, clock: Self.clock(earlier), response)
            }
        }
    }

    /// An index as a list: of the times that the form says, and of so many as it says.
    /// - Parameter write: writes one of them.
    private func list<Found: Sendable>(
        _ form: FormParameters, _ find: @escaping Find<Found>, bytes: @escaping @Sendable (Found) -> Int,
        _ write: @escaping @Sendable (Found, inout JSONWriter) -> Void
    ) async throws -> Response {
        let most = try Self.count(form, "limit") ?? .max
        return try await index(form, in: try Self.period(form), find, bytes: bytes) { found, json in
            json.array(found.prefix(most), write)
            return found.count > most
        }
    }

    func seriesList(_ form: FormParameters) async throws -> Response {
        guard !form.all("match[]").isEmpty else { throw SeriesRefusal(.badData, "no match[] parameter provided") }
        return try await list(
            form, { try $0.labels($1, in: $2, over: $3, within: $4) }, bytes: { $0.heldBytes },
            { $1.value($0.labels) })
    }

    func labelNames(_ form: FormParameters) async throws -> Response {
        try await list(
            form, { try $0.labelNames($1, in: $2, over: $3, within: $4) }, bytes: { $0.heldBytes },
            { $1.value(utf8: $0.bytes[...]) })
    }

    /// - Parameter component: the label's name as the address has it.
    func labelValues(_ component: String, _ form: FormParameters) async throws -> Response {
        let name = EscapedLabelName.name(PercentText.bytes(Array(component.utf8)))
        guard !name.isEmpty, QuotedText.isUTF8(name.bytes) else {
            throw SeriesRefusal(.badData, "invalid label name: \(QuotedText.quoted(name.bytes))")
        }
        return try await list(
            form, { try $0.labelValues(of: name, $1, in: $2, over: $3, within: $4) }, bytes: { $0.heldBytes },
            { $1.value(utf8: $0.bytes[...]) })
    }

    /// What the metrics of `/metrics` are.
    func metadata(_ form: FormParameters) throws -> Response {
        // As Prometheus says it of these two.
        let most = try form["limit"].map { text throws(SeriesRefusal) in
            guard let count = Int(text) else { throw SeriesRefusal(.badData, "limit must be a number") }
            return count
        }
        if let text = form["limit_per_metric"], Int(text) == nil {
            throw SeriesRefusal(.badData, "limit_per_metric must be a number")
        }
        let name = form["metric"]
        var metrics = MetricCatalogue.all.filter { name?.hasSameBytes(as: $0.name) ?? true }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        if let most, most >= 0 { metrics = Array(metrics.prefix(most)) }
        return PrometheusReply.response { json in
            json.object { json in
                for metric in metrics {
                    json.key(metric.name)
                    json.array([metric]) { metric, json in
                        json.object { json in
                            json.member("type", metric.kind.rawValue)
                            json.member("unit", metric.unit)
                            json.member("help", metric.help)
                        }
                    }
                }
            }
        }
    }

    /// Series of the last two hours, counted by names and labels.
    func seriesStatistics(_ form: FormParameters) async throws -> Response {
        let most = min(try Self.count(form, "limit") ?? 10, 10_000)
        let now = clock.wallNanoseconds() / 1_000_000
        let times = (now - 7_200_000)...now
        return try await index(
            FormParameters(query: nil), in: IndexPeriod(times: times),
            { try $0.labels($1, in: $2, over: $3, within: $4) }, bytes: { $0.heldBytes }
        ) { labels, json in
            SeriesStatistics(labels).write(over: times, atMost: most, to: &json)
            return false
        }
    }
}
