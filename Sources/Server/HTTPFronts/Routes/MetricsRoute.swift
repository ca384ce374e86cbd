import Domain
import EventStores
import Exporting
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import Platform
import Rules
import Sending
import Shipping

extension Routes {
    /// Prometheus text, OpenMetrics or protocol buffers, by `Accept` or as the query says. Whoever asks together is
    /// answered together: the series of a store are written out once, not once a scrape.
    func metrics(_ query: QueryParameters, _ headers: HTTPFields) async throws -> Response {
        let named = query["format"]
        guard let format = ExpositionFormat.negotiated(accept: headers[.accept], format: named) else {
            throw Refusal(
                .badRequest, "there is no format \(named ?? "")",
                hint: nameHint(to: named ?? "", known: ExpositionFormat.names))
        }
        let bytes = try await scrapes.answer(format) { [self] in
            let samples = try await processSamples()
            return try await threads.figures.run { [store, examples] in
                MetricsExposition.render(store.counters, samples, exemplars: examples.book, format: format)
            }
        }
        return Response(bytes: bytes, contentType: format.contentType)
    }

    /// - Parameter countsActivity: whether it counts what was active lately, which takes a question.
    func processSamples(countsActivity: Bool = true) async throws -> ProcessSamples {
        let (status, residentBytes, openFiles) = try await threads.figures.run { [store] in
            (store.status, residentMemoryBytes(), OpenFileLimit.openCount)
        }
        let decoded = intake.counters.totals
        var samples = ProcessSamples(version: Version.text, logPosition: status.position)
        samples.duplicates = status.refusals.duplicates
        samples.httpRefusals = refusals.all
        samples.connections = connections.sample
        samples.rejected = refusedEvents(status).map { ($0.reason.rawValue, $0.count) }
        samples.withheld = Self.named(decoded.withheld, store.registry)
        samples.unlisted = Self.named(decoded.unlisted, store.registry)
        samples.flushes = (status.flushes.counts, status.flushes.sumNanoseconds)
        (samples.failedSeals, samples.unfoldedConversations) = (status.failedSeals, status.unfoldedConversations)
        (samples.damagedPlaces, samples.scrub) = (health.damage.count, health.scrub.sample)
        samples.cutConversations = status.cutConversations
        samples.queuedBatches = intake.committer.waitingCount
        (samples.residentBytes, samples.openFiles) = (residentBytes, openFiles)
        samples.openFilesMax = openFilesMax == .max ? nil : openFilesMax
        samples.storedBytes = status.segmentBytes
        samples.tiers = [
            ("active", status.segments - status.archivedSegments, status.segmentBytes - status.archivedBytes),
            ("archive", status.archivedSegments, status.archivedBytes),
        ]
        samples.freeBytes = status.freeBytes
        samples.diskUse = DiskUse.Kind.allCases.compactMap { kind in
            status.diskUse.map { (kind.rawValue, $0.bytes(of: kind)) }
        }
        samples.diskBudgetBytes = status.retention.limits.budget?.bytes
        samples.failedDiskLooks = status.retention.limits.budget.map { _ in status.failedDiskLooks }
        samples.dropped = status.retention.dropped.map { ($0.reason.rawValue, $0.events, $0.bytes) }
        (samples.lastDrop, samples.keptSince) = (status.retention.lastDrop, status.droppedUntil)
        samples.tenantsKeptSince = status.retention.tenants.map { ($0.name, $0.until) }
        samples.typesKeptSince = status.retention.types.map { ($0.name, $0.until) }
        samples.overdueNanoseconds = status.retention.overdueNanoseconds
        samples.traceExports = senders.map(\.sample)
        samples.alertSending = alertSenders.map(\.sample)
        samples.shipping = shippers.map(\.sample)
        samples.rules = ruleStanding.map { (areTaken: $0.failure == nil, takenAt: $0.takenAt) }
        samples.echoedSpans = traces.echoedSpans
        samples.rebookedPicoUSD = status.rebookedPicoUSD
        if countsActivity,
            let active = await activity.current(
                in: store, failed: { [health] in health.damage.met($0, by: "GET /metrics") })
        {
            (samples.activeConversations, samples.activeUsers) = (active.conversations, active.users)
        }
        return samples
    }

    /// Events that were refused since the start, by reason.
    func refusedEvents(_ status: StoreStatus) -> [(reason: RefusalName, count: Int)] {
        let decoded = intake.counters.totals
        return [
            (.conflict, status.refusals.conflicts), (.tooOld, status.refusals.tooOld),
            (.tooNew, status.refusals.tooNew), (.unreadable, status.refusals.unreadable),
            (.unknownType, decoded.unknownTypes), (.invalid, decoded.invalid),
        ]
    }

    private static func named(_ counts: [Int], _ registry: SchemaRegistry) -> [(field: String, count: Int)] {
        counts.indices.filter { counts[$0] > 0 }.map { (registry.columns[$0].name, counts[$0]) }
    }
}
