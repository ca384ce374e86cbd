package import Domain

/// The part that a column plays in the fold of a conversation. Looked up once a field, so it is a byte in a flat table.
enum FoldRole: UInt8, Sendable {
    case none
    case conversation, turn, author, status, errorType, purpose, by, certainty, reason, topic, score, hit
    case context, tokens
}

/// Which column plays which part, resolved from the registry once.
package struct FoldColumns: Sendable {
    /// By column id.
    let roles: [FoldRole]
    /// By column id: index into `ReadModelColumns.context` or `.tokens`.
    let ordinals: [UInt8]
    let types: FoldTypes
    /// Index of the trace's id in `ReadModelColumns.context`.
    let traceOrdinal: Int
    /// Of the events of one conversation.
    let orderer: EventOrderer
    /// The column of events' ids. Only their order and their weight have a use for it.
    package let id: UInt16
    /// By column id: whether the fold or a row that it makes has a use for the value, or the order of events has.
    private let isRead: [Bool]

    /// - Precondition: the registry has every column that the fold names, as the built-in one does.
    package init(_ registry: SchemaRegistry) {
        var roles = [FoldRole](repeating: .none, count: registry.columns.count)
        var ordinals = [UInt8](repeating: 0, count: registry.columns.count)
        func set(_ name: String, _ role: FoldRole, _ ordinal: Int = 0) {
            guard let id = registry.column(named: name) else { preconditionFailure("the schemas lack \(name)") }
            roles[Int(id)] = role
            ordinals[Int(id)] = UInt8(ordinal)
        }
        set("conversation_id", .conversation)
        set("turn", .turn)
        set(QuestionRule.authorColumn, .author)
        set("status", .status)
        set("error_type", .errorType)
        set("purpose", .purpose)
        set("by", .by)
        set("certainty", .certainty)
        set("reason", .reason)
        set("topic", .topic)
        set("score", .score)
        set("hit", .hit)
        for (index, name) in ReadModelColumns.context.enumerated() { set(name, .context, index) }
        for (index, name) in ReadModelColumns.tokens.enumerated() { set(name, .tokens, index) }
        self.roles = roles
        self.ordinals = ordinals
        types = FoldTypes(registry)
        guard let trace = ReadModelColumns.context.firstIndex(of: "trace_id") else {
            preconditionFailure("read models have the trace")
        }
        traceOrdinal = trace
        orderer = EventOrderer(registry)
        let places = ReadModelPlaces(registry)
        let known = registry.wellKnown
        id = known.id
        isRead = registry.columns.indices.map { id in
            [known.id, known.source, known.tenant].contains(UInt16(id)) || roles[id] != .none
                || [places.fromQuestion, places.fromAnswerAlone, places.fromCall].contains { $0[id] >= 0 }
        }
    }

    /// Whether the rows of a conversation may depend on the column.
    package func reads(_ column: UInt16) -> Bool { isRead[Int(column)] }

    /// What an event takes in memory while its conversation is folded, whatever else stands in its row: the same of a
    /// whole row and of one without what the fold does not read. Bytes.
    /// - Complexity: O(fields).
    package func weight(of row: EventRow) -> Int {
        var weight = Self.eventBytes
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            if isRead[Int(cursor.column)], case .text(let range) = cursor.value { weight += range.count }
        }
        return weight
    }

    /// What any event takes beside its texts.
    private static let eventBytes = 256

    /// After so many events of one conversation who works on them looks whether its rows are still wanted: some
    /// conversations are all that there is to do.
    static let eventsPerLook = 4_096

    /// Whether the ids of events decide which of them are left out, or in which order they are: then they have to be
    /// there for ``cut(_:buffers:tables:ids:eventsMax:bytesMax:check:)`` and ``sort(_:buffers:tables:ids:check:)``. Of
    /// most conversations they do not. Sorts the events by time.
    /// - Complexity: O(events · log events).
    package func needsIDs(_ events: inout [EventReference], eventsMax: Int, bytesMax: Int) -> Bool {
        var most = events.count * (Self.eventBytes + Limits.nameBytesMax)
        for event in events { most += Int(event.byteCount) }
        if events.count > eventsMax || most > bytesMax { return true }
        events.sort { ($0.time, $0.position) < ($1.time, $1.position) }
        return zip(events, events.dropFirst()).contains { $0.time == $1.time }
    }

    /// Leaves the first events by position, as many as the rows of a conversation are made of. A prefix of the
    /// positions, so that what comes later changes nothing.
    /// - Parameters:
    ///   - tables: of the events that are columns; their texts are the last buffers.
    ///   - ids: beside the tables, where they have none, those of their events; nil where nobody asked for them
    ///     (``needsIDs(_:eventsMax:bytesMax:)``).
    ///   - check: throws when the rows are no longer wanted.
    /// - Returns: when the first and the last of all of them were, where some were left out; else nil.
    /// - Complexity: O(events), where some are left out O(events · log events).
    package func cut(
        _ events: inout [EventReference], buffers: [[UInt8]], tables: [EventColumns] = [], ids: [EventColumns?] = [],
        eventsMax: Int, bytesMax: Int, check: () throws -> Void
    ) rethrows -> ClosedRange<Int64>? {
        // No event weighs more than its whole row, or all its texts, and what any event takes.
        var most = 0
        for event in events { most += Self.eventBytes + Int(event.byteCount) }
        if !ids.isEmpty { most += events.count * Limits.nameBytesMax }
        if events.count <= eventsMax, most <= bytesMax { return nil }
        events.sort { $0.position < $1.position }
        var (kept, total) = (0, 0)
        for event in events.prefix(eventsMax) {
            if kept % Self.eventsPerLook == 0 { try check() }
            total +=
                Int(event.buffer) < buffers.count - tables.count
                ? weight(of: event.row(in: buffers))
                : Self.eventBytes + Int(event.byteCount) + idBytes(event, buffers.count - tables.count, ids)
            if total > bytesMax { break }
            kept += 1
        }
        guard max(kept, 1) < events.count else { return nil }
        var (first, last) = (Int64.max, Int64.min)
        for event in events {
            (first, last) = (min(first, event.time), max(last, event.time))
        }
        events.removeLast(events.count - max(kept, 1))
        return first...last
    }

    /// Sorts the events of a conversation by ``EventOrder``, which makes the fold independent of how they came.
    /// - Parameters:
    ///   - tables: of the events that are columns; their texts are the last buffers.
    ///   - ids: beside the tables, where they have none, those of their events; nil where nobody asked for them
    ///     (``needsIDs(_:eventsMax:bytesMax:)``).
    ///   - check: throws when they are no longer wanted.
    /// - Complexity: O(events) where they are sorted, else O(events · log events).
    package func sort(
        _ events: inout [EventReference], buffers: [[UInt8]], tables: [EventColumns] = [], ids: [EventColumns?] = [],
        check: () throws -> Void
    ) rethrows {
        var (last, ascends) = (Int64.min, true)
        for (index, event) in events.enumerated() {
            ascends = index == 0 || event.time > last
            if !ascends { break }
            last = event.time
        }
        if ascends { return }
        // Time goes before all else, and few events have one in common: no more is looked at of the others.
        events.sort { ($0.time, $0.position) < ($1.time, $1.position) }
        var (first, looks) = (0, 0)
        while first < events.count {
            var end = first + 1
            while end < events.count, events[end].time == events[first].time { end += 1 }
            if end - first > 1 {
                let keyed = try events[first..<end].map { event in
                    if looks % Self.eventsPerLook == 0 { try check() }
                    looks += 1
                    return (order: order(event, buffers, tables, ids), event: event)
                }
                let sorted = keyed.sorted { ($0.order, $0.event.position) < ($1.order, $1.event.position) }
                events.replaceSubrange(first..<end, with: sorted.lazy.map(\.event))
            }
            first = end
        }
        assert(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time }, "time goes before all else")
    }

    /// How long the id is of an event of columns that do not have it; else 0.
    private func idBytes(_ event: EventReference, _ rowBuffers: Int, _ ids: [EventColumns?]) -> Int {
        guard !ids.isEmpty else { return 0 }
        let own = ids[Int(event.buffer) - rowBuffers]
        assert(own != nil, "who weighs events by their ids has them")
        return own.map { Int($0.textByteCount(Int(event.start))) } ?? 0
    }

    private func order(
        _ event: EventReference, _ buffers: [[UInt8]], _ tables: [EventColumns], _ ids: [EventColumns?]
    ) -> EventOrder {
        if let table = EventReference.table(ofBuffer: event.buffer, of: buffers.count, tables) {
            let own = ids.isEmpty ? nil : ids[Int(event.buffer) - (buffers.count - tables.count)]
            assert(own != nil || ids.isEmpty, "who orders events by their ids has them")
            return orderer.order(table, own, Int(event.start), position: event.position)
        }
        return orderer.order(event.row(in: buffers), position: event.position)
    }
}

extension FoldColumns {
    /// As ``cut(_:buffers:tables:ids:eventsMax:bytesMax:check:)``, of which nobody tires.
    package func cut(
        _ events: inout [EventReference], buffers: [[UInt8]], tables: [EventColumns] = [], ids: [EventColumns?] = [],
        eventsMax: Int, bytesMax: Int
    ) -> ClosedRange<Int64>? {
        cut(&events, buffers: buffers, tables: tables, ids: ids, eventsMax: eventsMax, bytesMax: bytesMax) {}
    }

    /// As ``sort(_:buffers:tables:ids:check:)``, likewise.
    package func sort(
        _ events: inout [EventReference], buffers: [[UInt8]], tables: [EventColumns] = [], ids: [EventColumns?] = []
    ) {
        sort(&events, buffers: buffers, tables: tables, ids: ids) {}
    }
}

/// What an event type means to the fold, by type id.
struct FoldTypes: Sendable {
    enum Meaning: UInt8, Sendable {
        case other
        /// What a person or an agent does and the fold does not count.
        case act
        case started, question, answer, modelCall, embeddingCall, toolCall, retrieval, cacheLookup
        case escalationRaised, escalationAccepted, escalationClosed, classified, resolved, closed, reopened,
            feedbackRequested, feedback

        /// Whether a person or an agent did something, where its author does not say otherwise.
        var isActivity: Bool {
            switch self {
            case .other, .classified, .resolved, .closed, .feedbackRequested, .feedback: false
            default: true
            }
        }

        /// Where events of a type stand among those of one time: what is asked comes before what is done, and that
        /// before what is said of it.
        var rank: UInt8 {
            switch self {
            case .started: 0
            case .question: 1
            case .answer: 3
            case .escalationRaised, .escalationAccepted, .escalationClosed: 4
            case .classified, .resolved: 5
            case .closed: 6
            case .reopened: 7
            case .feedbackRequested: 8
            case .feedback: 9
            default: 2
            }
        }
    }

    /// Types besides those below whose events are things that people and agents do.
    private static let acts = [
        "agent.run", "agent.handoff", "workflow.step", "guardrail.checked", "memory.accessed", "approval.requested",
        "approval.decided",
        "ticket.created", "ticket.updated",
    ]

    let meanings: [Meaning]

    init(_ registry: SchemaRegistry) {
        var named: [String: Meaning] = [
            "conversation.started": .started,
            QuestionRule.question.eventType: .question, QuestionRule.answer.eventType: .answer,
            "llm.call": .modelCall, "embedding.call": .embeddingCall,
            "tool.call": .toolCall, "retrieval.query": .retrieval, "cache.lookup": .cacheLookup,
            "conversation.resolved": .resolved, "conversation.reopened": .reopened, "conversation.closed": .closed,
            "escalation.raised": .escalationRaised, "escalation.accepted": .escalationAccepted,
            "escalation.closed": .escalationClosed, "conversation.classified": .classified,
            "feedback.requested": .feedbackRequested, "feedback.submitted": .feedback,
        ]
        for name in Self.acts { named[name] = .act }
        meanings = registry.types.map { named[$0.name] ?? .other }
    }
}
