/// All metrics, in the order of `/metrics`. Events count when they are received within an hour of their time; older
/// ones are backfill.
package enum MetricCatalogue {
    /// Upper bounds of classic histogram buckets in nanoseconds; 2, 3, 5 and 8 s are those that objectives and alerts
    /// ask for.
    package static let bucketBoundsNanoseconds: [Int64] = [
        50, 100, 250, 500, 1000, 2000, 3000, 5000, 8000, 13_000, 20_000, 30_000, 60_000, 120_000,
    ].map { $0 * 1_000_000 }

    /// The same for flushes of the log, which take from a tenth of a millisecond on a fast disk.
    package static let flushBoundsNanoseconds: [Int64] = [
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000,
    ].map { $0 * 1000 }

    /// Value of all labels of the set that takes what is beyond a metric's cap.
    package static let otherLabel = "other"

    /// Name of the counter of events that came too late for the others.
    package static let backfilledEvents = "plimsoll_backfilled_events_total"
    /// Name of the counter of accepted events.
    package static let acceptedEvents = "plimsoll_events_accepted_total"
    /// Names of counters of all events, by type.
    package static let countedByType = [acceptedEvents, backfilledEvents]
    /// Name of what says which program runs.
    package static let buildInfo = "plimsoll_build_info"
    /// Name of the gauge of conversations that were active lately.
    package static let activeConversations = "support_conversations_active"
    /// Name of the gauge of users who were active lately.
    package static let activeUsers = "support_active_users"

    /// Name of the gauge of what deliberate corrections changed: what the counters of cost lack, so that a history
    /// which has every cost as it is booked now says zero.
    package static let rebookedCost = "plimsoll_rebooked_cost_usd"

    /// Whether what a metric says follows from events at every time; of others only a process knows, and what it noted.
    package static func isToldByEvents(_ definition: MetricDefinition) -> Bool {
        definition.source != .process || toldByEvents.contains(definition.name)
    }

    private static let toldByEvents = countedByType + [activeConversations, activeUsers, buildInfo, rebookedCost]

    /// Name of the counter of questions that were not followed.
    package static let untrackedQuestions = "plimsoll_untracked_questions_total"
    /// Name of the counter of answers that waited for their question in vain.
    package static let forgottenAnswers = "plimsoll_forgotten_answers_total"

    /// Name of the counter of closed conversations; silence counts there, too.
    package static let closedConversations = "support_conversations_closed_total"
    /// Name of the counter of events of conversations whose silence is not followed.
    package static let untrackedConversations = "plimsoll_untracked_conversation_events_total"

    private static let place: [MetricLabel] = QuestionRule.placeColumns.map { .column($0) }
    private static let model: [MetricLabel] = [
        .column("tenant"), .column("provider"), .column("model"), .column("route"),
    ]
    private static let calls = ["llm.call", "embedding.call"]
    private static let messages = QuestionRule.allCases.map(\.eventType)
    private static let sent = [QuestionRule.answer.eventType]
    private static let answers: [MetricCondition] = [QuestionRule.answer.condition]

    /// How questions are judged: values of the label `result` of those that are counted.
    package static let questionResults = ["good", "failed"]

    /// The definition with a name; nil for none.
    package static func metric(named name: String) -> MetricDefinition? { all.first { $0.name == name } }

    /// Every metric, conversations first, ourselves last. What is counted from events is followed by what was taken
    /// back of it.
    package static let all: [MetricDefinition] =
        (conversations + answering + models + parts).flatMap { [$0] + corrections(of: $0) } + ourselves

    /// A counter never falls. What it counted and what later events show in another light is counted beside it, under
    /// the same labels.
    private static func corrections(of metric: MetricDefinition) -> [MetricDefinition] {
        guard metric.source != .process else { return [] }
        var corrections = metric
        corrections.name = correctionsName(of: metric)
        corrections.help = "How much of \(metric.name) was taken back, because later events showed it in another light."
        corrections.source = .corrections(of: metric.name)
        return [corrections]
    }

    /// `support_questions_total` → `support_questions_corrected_total`, `…_tokens_total` → `…_corrected_tokens_total`.
    private static func correctionsName(of metric: MetricDefinition) -> String {
        var end = metric.kind == .counter ? "_total" : ""
        if !metric.unit.isEmpty, metric.name.hasSuffix("_" + metric.unit + end) { end = "_" + metric.unit + end }
        return metric.name.dropLast(end.count) + "_corrected" + end
    }

    private static let conversations: [MetricDefinition] = [
        MetricDefinition(
            "support_conversations_started_total", .counter, "Conversations that began.", labels: place,
            from: ["conversation.started"], .count),
        MetricDefinition(
            "support_conversations_resolved_total", .counter,
            "Conversations that were resolved; a reopening takes nothing back.",
            labels: place + [.column("by")], from: ["conversation.resolved"], .count),
        MetricDefinition(
            "support_conversations_reopened_total", .counter, "Conversations that were reopened.", labels: place,
            from: ["conversation.reopened"], .count),
        MetricDefinition(
            closedConversations, .counter,
            "Conversations that were closed, by an event or, reason idle, by silence, taken back where that does not stand.",
            labels: place + [.column("reason")],
            from: ["conversation.closed"], .count),
        MetricDefinition(
            "support_escalations_raised_total", .counter, "Conversations handed to people.",
            labels: place + [.column("reason")],
            from: ["escalation.raised"], .count),
        MetricDefinition(
            "support_escalations_closed_total", .counter, "Escalations that people are done with.", labels: place,
            from: ["escalation.closed"], .count),
        MetricDefinition(
            activeConversations, .gauge, "Conversations with an event in the last 15 minutes.", .process),
        MetricDefinition(activeUsers, .gauge, "Users with a question in the last 15 minutes.", .process),
    ]

    private static let answering: [MetricDefinition] = [
        MetricDefinition(
            "support_messages_total", .counter, "Messages in either direction.",
            labels: place + [MetricLabel("direction", .eventType(["received", "sent"]))],
            from: messages, .count),
        MetricDefinition(
            "support_questions_total", .counter,
            "Questions that were answered well within the limit (good) or not (failed), as it was first judged.",
            labels: place + [MetricLabel("result", .given)], from: messages, .questions),
        MetricDefinition(
            "support_answers_total", .counter, "Answers of agents.",
            labels: place + [.column("agent"), .column("status")],
            from: sent, where: answers, .count),
        MetricDefinition(
            "support_answer_duration_seconds", .histogram, unit: "seconds", "Time from question to whole answer.",
            labels: place + [.column("agent")], from: sent, where: answers, .observe(column: "duration_ns")),
        MetricDefinition(
            "support_time_to_first_token_seconds", .histogram, unit: "seconds",
            "Time from question to the first token of the answer.",
            labels: place + [.column("agent")], from: sent, where: answers, .observe(column: "time_to_first_token_ns")),
        MetricDefinition(
            "support_feedback_total", .counter,
            "Rated conversations by the score of their last rating; what an earlier one counted is taken back while it is remembered.",
            labels: place + [.column("score")], from: ["feedback.submitted"], where: [.isPresent(column: "score")],
            .ratings),
    ]

    private static let models: [MetricDefinition] = [
        MetricDefinition(
            "support_llm_calls_total", .counter, "Calls of language and embedding models.",
            labels: model + [.column("status")],
            from: calls, .count),
        MetricDefinition(
            "support_llm_call_duration_seconds", .histogram, unit: "seconds",
            "Duration of calls of language and embedding models.",
            labels: model, from: calls, .observe(column: "duration_ns")),
        tokens("support_llm_input_tokens_total", "Input tokens, cached ones included.", "input_tokens"),
        tokens("support_llm_output_tokens_total", "Output tokens, reasoning included.", "output_tokens"),
        tokens(
            "support_llm_cache_read_input_tokens_total", "Input tokens read from the provider's cache.",
            "cache_read_tokens"),
        tokens(
            "support_llm_cache_write_input_tokens_total", "Input tokens written to the provider's cache.",
            "cache_write_tokens"),
        tokens("support_llm_reasoning_output_tokens_total", "Output tokens spent on reasoning.", "reasoning_tokens"),
        MetricDefinition(
            "support_llm_cost_usd_total", .counter, unit: "usd", "Booked cost of calls whose cost is known exactly.",
            labels: model, from: calls, .bookedCost),
        MetricDefinition(
            "support_llm_unpriced_calls_total", .counter,
            "Calls without an exact cost, at first or by a correction: a price is lacking, or the usage was not told; taken back when they have one.",
            labels: model, from: calls, .unpricedCalls),
    ]

    private static func tokens(_ name: String, _ help: String, _ column: String) -> MetricDefinition {
        MetricDefinition(name, .counter, unit: "tokens", help, labels: model, from: calls, .sum(column: column))
    }

    private static let parts: [MetricDefinition] = [
        MetricDefinition(
            "support_retrieval_duration_seconds", .histogram, unit: "seconds",
            "Duration of searches in the knowledge base.",
            labels: [.column("tenant"), .column("index"), .column("kind")], from: ["retrieval.query"],
            .observe(column: "duration_ns")),
        MetricDefinition(
            "support_cache_lookups_total", .counter, "Looks into the answer cache.",
            labels: [
                .column("tenant"), .column("cache"),
                MetricLabel("result", .boolean("hit", ifTrue: "hit", ifFalse: "miss")),
            ],
            from: ["cache.lookup"], .count),
        MetricDefinition(
            "support_tool_calls_total", .counter, "Uses of tools.",
            labels: [.column("tenant"), .column("tool"), .column("status")],
            from: ["tool.call"], .count),
        MetricDefinition(
            "support_probes_total", .counter, "Synthetic checks.",
            labels: [.column("target"), MetricLabel("result", .boolean("up", ifTrue: "ok", ifFalse: "failed"))],
            from: ["probe.checked"],
            .count),
    ]

    private static let ourselves: [MetricDefinition] = [
        MetricDefinition(
            buildInfo, .gauge, "The running program; always 1.", labels: [MetricLabel("version", .given)],
            .process),
        MetricDefinition(
            acceptedEvents, .counter, "Events accepted, by type.", labels: [MetricLabel("type", .given)], .process),
        MetricDefinition(
            "plimsoll_events_duplicate_total", .counter, "Events that had been accepted before.", .process),
        MetricDefinition(
            "plimsoll_events_rejected_total", .counter, "Events refused, by reason.",
            labels: [MetricLabel("reason", .given)], .process),
        MetricDefinition(
            "plimsoll_http_refusals_total", .counter, "Requests that were not served, by reason.",
            labels: [MetricLabel("reason", .given)], .process),
        MetricDefinition(
            backfilledEvents, .counter,
            "Events received more than an hour after their time, by type: in reports, and nowhere else here.",
            labels: [MetricLabel("type", .given)], .process),
        MetricDefinition(
            untrackedQuestions, .counter,
            "Questions that reports judge and nothing here: too many waited, or what changed them came too late.",
            .process),
        MetricDefinition(
            forgottenAnswers, .counter,
            "Answers whose question had not come when they were forgotten, after a day or for want of room.",
            .process),
        MetricDefinition(
            untrackedConversations, .counter,
            "Events of conversations that are too many to be followed or remembered: their silence or rating may count wrongly.",
            .process),
        MetricDefinition(
            "plimsoll_unlisted_values_total", .counter, "Values that a schema does not list, by field.",
            labels: [MetricLabel("field", .given)], .process),
        MetricDefinition(
            "plimsoll_withheld_values_total", .counter, "Values withheld as personal or content, by field.",
            labels: [MetricLabel("field", .given)], .process),
        MetricDefinition(
            rebookedCost, .gauge, unit: "usd",
            "By how much deliberate corrections changed the exact costs of calls that the counters of cost have, all "
                + "together: what these lack. Imports and what came late are in neither.",
            .process),
        MetricDefinition("plimsoll_log_position", .gauge, "Position of the last accepted event.", .process),
        MetricDefinition(
            "plimsoll_flush_duration_seconds", .histogram, unit: "seconds", "Duration of log flushes.",
            bounds: flushBoundsNanoseconds, .process),
        MetricDefinition(
            "plimsoll_trace_export_traces_total", .counter,
            "Traces of answers for another system, by what became of them.",
            labels: [MetricLabel("destination", .given), MetricLabel("result", .given)], .process),
        MetricDefinition(
            "plimsoll_trace_export_spans_total", .counter, "Spans for another system, by what became of them.",
            labels: [MetricLabel("destination", .given), MetricLabel("result", .given)], .process),
        MetricDefinition(
            "plimsoll_trace_export_failures_total", .counter,
            "Requests with traces that brought no success, by reason.",
            labels: [MetricLabel("destination", .given), MetricLabel("reason", .given)], .process),
        MetricDefinition(
            "plimsoll_trace_export_lag_seconds", .gauge, unit: "seconds",
            "How long the oldest trace that is not delivered has waited.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_trace_export_position", .gauge, "Position up to which traces are delivered.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_rows_total", .counter, "Rows that a database took, the same ones each time.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_bytes_total", .counter, unit: "bytes", "Bytes of rows that a database took.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_replaced_characters_total", .counter,
            "Characters that a database cannot hold, for each of which another one stands there.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_transactions_total", .counter, "Transactions that a database took.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_failures_total", .counter, "Attempts to ship that brought nothing, by reason.",
            labels: [MetricLabel("destination", .given), MetricLabel("reason", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_lag_seconds", .gauge, unit: "seconds",
            "How long ago the last event that a database has was received, while others wait.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_waiting_events", .gauge, "Events that a database does not have yet.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_position", .gauge, "Position up to which a database has events.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_shipping_last_success_timestamp_seconds", .gauge, unit: "seconds",
            "When a database last took something.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_alerts_total", .counter, "Alerts that a destination was told or could not be told.",
            labels: [MetricLabel("destination", .given), MetricLabel("result", .given)], .process),
        MetricDefinition(
            "plimsoll_alert_failures_total", .counter,
            "Requests with alerts that brought no success, by reason.",
            labels: [MetricLabel("destination", .given), MetricLabel("reason", .given)], .process),
        MetricDefinition(
            "plimsoll_alerts_waiting", .gauge, "Alerts that a destination has yet to be told.",
            labels: [MetricLabel("destination", .given)], .process),
        MetricDefinition(
            "plimsoll_rules_last_reload_successful", .gauge,
            "1 where the rules are those of their files as they are now, 0 where these have a mistake.", .process),
        MetricDefinition(
            "plimsoll_rules_last_reload_success_timestamp_seconds", .gauge, unit: "seconds",
            "When rules were read last, in seconds since 1970.", .process),
        MetricDefinition(
            "plimsoll_spans_echoed_total", .counter,
            "Spans not taken in because a Plimsoll had made them of its events.", .process),
        MetricDefinition(
            "plimsoll_failed_seals_total", .counter, "Attempts to write unsealed events as a segment that failed.",
            .process),
        MetricDefinition(
            "plimsoll_unfolded_conversations", .gauge,
            "Conversations whose rows are not as they should be, since something of them cannot be read.", .process),
        MetricDefinition(
            "plimsoll_damaged_places", .gauge,
            "Places of files that a request met and that cannot be used, until they can be read again.", .process),
        MetricDefinition(
            "plimsoll_scrub_bytes_total", .counter, unit: "bytes", "Bytes of files that were read once more.",
            .process),
        MetricDefinition(
            "plimsoll_scrub_findings", .gauge,
            "Places of files that are not as they were written, by the last reading of all of them.", .process),
        MetricDefinition(
            "plimsoll_scrub_read_since_timestamp_seconds", .gauge, unit: "seconds",
            "Since when every file was read once more, in seconds since 1970; before that when the process started.",
            .process),
        MetricDefinition("plimsoll_http_connections", .gauge, "Open connections.", .process),
        MetricDefinition(
            "plimsoll_http_connections_max", .gauge, "The most connections that may be open at one time.", .process),
        MetricDefinition(
            "plimsoll_http_full_listeners", .gauge,
            "Addresses listened at where connections wait until another one ends.", .process),
        MetricDefinition(
            "plimsoll_http_connection_waits_total", .counter,
            "How often connections had to wait at an address until another one ended.", .process),
        MetricDefinition(
            "plimsoll_cut_conversations", .gauge,
            "Conversations with more events than are folded, whose rows are made of the first ones: those of segments.",
            .process),
        MetricDefinition("plimsoll_queued_batches", .gauge, "Batches that wait for the writer.", .process),
        MetricDefinition("plimsoll_resident_bytes", .gauge, unit: "bytes", "Resident memory.", .process),
        MetricDefinition("process_open_fds", .gauge, "Open file descriptors.", .process),
        MetricDefinition(
            "process_max_fds", .gauge, "The most file descriptors that may be open at one time.", .process),
        MetricDefinition("plimsoll_stored_bytes", .gauge, unit: "bytes", "Size of all segments.", .process),
        MetricDefinition(
            "plimsoll_segments", .gauge, "Segments, by tier: active, or archive.",
            labels: [MetricLabel("tier", .given)], .process),
        MetricDefinition(
            "plimsoll_segment_bytes", .gauge, unit: "bytes", "Size of segments, by tier: active, or archive.",
            labels: [MetricLabel("tier", .given)], .process),
        MetricDefinition(
            "plimsoll_free_bytes", .gauge, unit: "bytes",
            "Bytes that may still be written to the volume of the data directory.", .process),
        MetricDefinition(
            "plimsoll_disk_bytes", .gauge, unit: "bytes",
            "Size of all files in the data directory, by what they are for.", labels: [MetricLabel("kind", .given)],
            .process),
        MetricDefinition(
            "plimsoll_disk_budget_bytes", .gauge, unit: "bytes",
            "What the files in the data directory may come to, where max_disk says so.", .process),
        MetricDefinition(
            "plimsoll_failed_disk_looks_total", .counter,
            "Looks at what the files in the data directory come to that failed, where max_disk is set.", .process),
        MetricDefinition(
            "plimsoll_dropped_events_total", .counter, "Events that retention dropped, ever, by why.",
            labels: [MetricLabel("reason", .given)], .process),
        MetricDefinition(
            "plimsoll_dropped_bytes_total", .counter, unit: "bytes",
            "Bytes of segments whose events retention dropped, without what of them went on, by why.",
            labels: [MetricLabel("reason", .given)], .process),
        MetricDefinition(
            "plimsoll_last_drop_timestamp_seconds", .gauge, unit: "seconds",
            "When retention dropped events last, in seconds since 1970.", .process),
        MetricDefinition(
            "plimsoll_events_kept_since_timestamp_seconds", .gauge, unit: "seconds",
            "All events received later than this are there, in seconds since 1970; of earlier ones some were dropped. "
                + "Tenants with a period of their own have plimsoll_tenant_events_kept_since_timestamp_seconds, types "
                + "plimsoll_type_events_kept_since_timestamp_seconds.",
            .process),
        MetricDefinition(
            "plimsoll_tenant_events_kept_since_timestamp_seconds", .gauge, unit: "seconds",
            "The same of events of a tenant with a period of its own (retention.tenants) of which some were dropped.",
            labels: [MetricLabel("tenant", .given)], .process),
        MetricDefinition(
            "plimsoll_type_events_kept_since_timestamp_seconds", .gauge, unit: "seconds",
            "The same of events of a type with a period of its own (retention.types) of which some were dropped.",
            labels: [MetricLabel("type", .given)], .process),
        MetricDefinition(
            "plimsoll_retention_overdue_seconds", .gauge, unit: "seconds",
            "For how long the oldest events that are no longer kept (retention.events, retention.tenants, "
                + "retention.types) could have gone; else 0.",
            .process),
    ]
}
