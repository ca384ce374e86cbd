import Asking
import Columnar
import Domain
import EventStores
import Exporting
import HTTPTypes
import Hummingbird
import Intakes
import Plans
import Platform
import Sending

extension Routes {
    /// Prometheus text, OpenMetrics or protocol buffers, by `Accept` or as the query says.
    func metrics(_ query: QueryParameters, _ headers: HTTPFields) async throws -> Response {
        let named = query["format"]
        guard let format = ExpositionFormat.negotiated(accept: headers[.accept], format: named) else {
            throw Refusal(
                .badRequest, "there is no format \(named ?? "")", hint: "format is text, openmetrics or protobuf")
        }
        let bytes = MetricsExposition.render(
            store.counters, await processSamples(), exemplars: examples.book, format: format)
        return Response(bytes: bytes, contentType: format.contentType)
    }

    private func processSamples() async -> ProcessSamples {
        let (status, decoded) = (store.status, intake.counters.totals)
        var samples = ProcessSamples(version: Version.text, logPosition: status.position)
        samples.duplicates = status.refusals.duplicates
        samples.httpRefusals = refusals.all
        samples.rejected = refusedEvents(status)
        samples.withheld = Self.named(decoded.withheld, store.registry)
        samples.unlisted = Self.named(decoded.unlisted, store.registry)
        samples.flushes = (status.flushes.counts, status.flushes.sumNanoseconds)
        (samples.failedSeals, samples.unfoldedConversations) = (status.failedSeals, status.unfoldedConversations)
        samples.queuedBatches = intake.committer.waitingCount
        samples.residentBytes = residentMemoryBytes()
        samples.storedBytes = status.segmentBytes
        samples.freeBytes = status.freeBytes
        samples.traceExports = senders.map(\.sample)
        samples.echoedSpans = traces.echoedSpans
        samples.rebookedPicoUSD = status.rebookedPicoUSD
        // Counters must be readable while as many queries run as may, so the two that need one of their own may be
        // missing.
        if let active = try? await activity() { (samples.activeConversations, samples.activeUsers) = active }
        return samples
    }

    /// Events that were refused since the start, by reason.
    func refusedEvents(_ status: StoreStatus) -> [(reason: String, count: Int)] {
        let decoded = intake.counters.totals
        return [
            ("conflict", status.refusals.conflicts), ("too_old", status.refusals.tooOld),
            ("too_new", status.refusals.tooNew), ("unreadable", status.refusals.unreadable),
            ("unknown_type", decoded.unknownTypes), ("invalid", decoded.invalid),
        ]
    }

    private static func named(_ counts: [Int], _ registry: SchemaRegistry) -> [(field: String, count: Int)] {
        counts.indices.filter { counts[$0] > 0 }.map { (registry.columns[$0].name, counts[$0]) }
    }

    private static let conversationsText =
        "select count(distinct conversation_id) as n from events where time >= now() - interval '15 minutes'"
    private static let usersText =
        "select count(distinct user_id) as n from \(QuestionRule.question.table)"
        + " where time >= now() - interval '15 minutes' and \(QuestionRule.question.sqlCondition)"

    /// Conversations and users of the last 15 minutes; reads only the groups of that time.
    private func activity() async throws -> (conversations: Int?, users: Int?) {
        let runner = StatementRunner(engine: engine)
        let counts = try await queries.run { [store] cancellation in
            let tables = store.pinnedTables()
            return try [Self.conversationsText, Self.usersText].map { (text: String) throws -> Int? in
                let result = try runner.run(text, over: tables, options: QueryOptions().cancelled(by: cancellation))
                guard case .integer(let count)? = result.chunks.first?.columns.first?.scalar(at: 0) else { return nil }
                return Int(count)
            }
        }
        return (counts[0], counts[1])
    }
}
