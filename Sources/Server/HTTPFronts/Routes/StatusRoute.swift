import Asking
import Bytes
import Domain
import EventStores
import Exporting
import Hummingbird
import Intakes
import JSONTexts
import Platform
import Sending
import Shipping

extension Routes {
    func status(_: QueryParameters) async throws -> Response {
        let (status, residentBytes) = try await threads.figures.run { [store] in
            (store.status, residentMemoryBytes())
        }
        return Response(json: statusJSON(status, residentBytes))
    }

    /// What the status page shows, as one JSON object.
    private func statusJSON(_ status: StoreStatus, _ residentBytes: Int?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("version", Version.text)
        let objection = health.unreadiness
        json.member("ready", objection == nil)
        json.member("reason", objection?.text ?? "")
        json.member("uptime_seconds", Double((clock.monotonicNanoseconds() - startNanoseconds) / 1_000_000) / 1000)
        let (totals, spans) = (intake.counters.totals, traces.counters.totals)
        json.member("accepted", totals.accepted)
        json.member("duplicates", totals.duplicates)
        json.member("rejected", totals.rejected)
        json.member("spans_accepted", spans.accepted)
        json.member("spans_duplicates", spans.duplicates)
        json.member("spans_rejected", spans.rejected)
        json.member("spans_echoed", traces.echoedSpans)
        json.member("traces_pending", settlement.pendingCount)
        json.member("refused_requests", intake.gate.refusals)
        json.member("queue_bytes", intake.gate.bytesHeld)
        json.member("queue_events", intake.gate.eventsHeld)
        json.member("queued_batches", intake.committer.waitingCount)
        if let residentBytes { json.member("resident_bytes", residentBytes) }
        json.member("queries_running", queries.admittedCount)
        let connections = connections.sample
        json.member("connections", connections.open)
        json.member("connections_max", connections.openMax)
        json.member("full_listeners", connections.fullListeners)
        json.member("connection_waits", connections.waits)
        appendTraceExports(to: &json)
        appendShipping(to: &json)
        Self.append(status, troubles: health.troubles(beside: status.troubles), to: &json)
        if let scrub = health.scrub.sample {
            json.member("scrub_findings", scrub.findings)
            json.member("scrub_bytes", scrub.bytes)
            json.member("scrub_read_since", RFC3339.render(scrub.readSince))
        }
        json.key("addresses")
        json.beginArray()
        for route in RouteTable.routes where route.isListed {
            json.beginObject()
            json.member("method", route.method.rawValue)
            json.member("path", route.path)
            json.member("purpose", route.purpose)
            json.member("group", route.tag.rawValue)
            if let link = route.link { json.member("link", link) }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// The store in numbers: members of the object that is open.
    private static func append(_ status: StoreStatus, troubles: [Trouble], to json: inout JSONWriter) {
        json.member("position", status.position)
        json.member("watermark", RFC3339.render(status.watermark))
        json.member("segments", status.segments)
        json.member("stored_bytes", status.segmentBytes)
        json.member("archived_segments", status.archivedSegments)
        json.member("archived_bytes", status.archivedBytes)
        json.member("tail_events", status.unsealedEvents)
        json.key("refused_events")
        json.beginObject()
        json.member("duplicates", status.refusals.duplicates)
        json.member("conflicts", status.refusals.conflicts)
        json.member("too_old", status.refusals.tooOld)
        json.member("too_new", status.refusals.tooNew)
        json.member("unreadable", status.refusals.unreadable)
        json.member("dead_letters", status.refusals.deadLetters)
        json.endObject()
        json.member("failed_seals", status.failedSeals)
        json.member("failed_disk_looks", status.failedDiskLooks)
        json.member("unfolded_conversations", status.unfoldedConversations)
        json.member("cut_conversations", status.cutConversations)
        json.member("dropped_events", status.droppedEvents)
        if let time = status.droppedUntil { json.member("dropped_until", RFC3339.render(time)) }
        append(status.retention, to: &json)
        if let use = status.diskUse {
            json.key("disk_bytes")
            json.object { json in
                for kind in DiskUse.Kind.allCases { json.member(kind.rawValue, use.bytes(of: kind)) }
            }
        }
        json.key("troubles")
        json.beginArray()
        for trouble in troubles { json.value(trouble.line) }
        json.endArray()
    }

    /// What goes, and what went: an object of its own.
    private static func append(_ retention: RetentionStatus, to json: inout JSONWriter) {
        json.key("retention")
        json.object { json in
            if let period = retention.limits.eventsNanoseconds {
                json.member("events_seconds", period / 1_000_000_000)
            }
            if !retention.limits.tenants.isEmpty {
                json.key("tenants")
                json.array(retention.limits.tenants) { period, json in
                    json.object {
                        $0.member("tenant", period.tenant.text)
                        $0.member("events_seconds", period.nanoseconds / 1_000_000_000)
                    }
                }
            }
            if !retention.limits.types.isEmpty {
                json.key("types")
                json.array(retention.limits.types) { period, json in
                    json.object {
                        $0.member("type", period.name)
                        $0.member("events_seconds", period.nanoseconds / 1_000_000_000)
                    }
                }
            }
            if let budget = retention.limits.budget {
                json.member("max_disk_bytes", budget.bytes)
                json.member("keep_at_least_seconds", budget.keptNanoseconds / 1_000_000_000)
            }
            if let overdue = retention.overdueNanoseconds { json.member("overdue_seconds", overdue / 1_000_000_000) }
            if let time = retention.lastDrop { json.member("last_drop", RFC3339.render(time)) }
            json.key("dropped")
            json.array(retention.dropped) { dropped, json in
                json.object {
                    $0.member("reason", dropped.reason.rawValue)
                    $0.member("events", dropped.events)
                    $0.member("bytes", dropped.bytes)
                }
            }
            if !retention.tenants.isEmpty {
                json.key("dropped_tenants")
                json.array(retention.tenants) { dropped, json in
                    json.object {
                        $0.member("tenant", dropped.name)
                        $0.member("events", dropped.events)
                        $0.member("until", RFC3339.render(dropped.until))
                    }
                }
            }
            if !retention.types.isEmpty {
                json.key("dropped_types")
                json.array(retention.types) { dropped, json in
                    json.object {
                        $0.member("type", dropped.name)
                        $0.member("events", dropped.events)
                        $0.member("until", RFC3339.render(dropped.until))
                    }
                }
            }
        }
    }

    private func appendTraceExports(to json: inout JSONWriter) {
        json.key("trace_exports")
        json.beginArray()
        for sample in senders.map(\.sample) {
            json.beginObject()
            json.member("destination", sample.destination)
            json.member("position", sample.position)
            json.member("lag_seconds", sample.lagSeconds)
            json.member("traces_sent", sample.tracesSent)
            json.member("traces_sampled_out", sample.tracesSampledOut)
            json.member("traces_dropped", sample.tracesDropped)
            json.member("failures", sample.failures.values.reduce(0, +))
            json.endObject()
        }
        json.endArray()
    }

    private func appendShipping(to json: inout JSONWriter) {
        json.key("shipping")
        json.array(shippers.map(\.sample)) { sample, json in
            json.object { json in
                json.member("destination", sample.destination)
                json.member("position", sample.position)
                json.member("waiting_events", sample.waiting)
                json.member("lag_seconds", sample.lagSeconds)
                json.member("transactions", sample.shipments)
                json.member("rows", sample.rows)
                json.member("bytes", sample.bytes)
                json.member("failures", sample.failures.values.reduce(0, +))
                json.member("correcting", sample.isCorrecting)
                if let time = sample.lastSuccess { json.member("last_success", RFC3339.render(time)) }
                if let hindrance = sample.hindrance { json.member("hindrance", hindrance) }
            }
        }
    }
}
