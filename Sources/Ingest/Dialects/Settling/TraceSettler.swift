import Bytes
package import Domain

/// Turns the spans of a trace into the events that they tell of: model calls, tool calls, retrievals, agent runs, what
/// became of the conversation, and the question and answer that the trace as a whole is. A pure function of the spans,
/// of what was derived before, and of how those who count are known to count.
///
/// Ids are derived from trace, span and type. A piece of work derived before keeps its id when more spans tell of it,
/// so that late spans replace or add, and never repeat.
package struct TraceSettler: Sendable {
    /// Who sends the events of settled traces begins with this.
    package static let sourcePrefix = "settled"

    let book: DialectBook
    let columns: SpanColumns
    /// What makes and knows the ids of derived events.
    package var ids: DerivedEventIDs

    /// - Parameters:
    ///   - registry: of the store that the events go to.
    ///   - ids: by the key of that store.
    package init(registry: SchemaRegistry, ids: DerivedEventIDs, book: DialectBook = .builtIn) {
        self.book = book
        self.ids = ids
        columns = SpanColumns(registry)
    }

    /// - Parameters:
    ///   - spans: all that are known of one trace; the same span may be there twice.
    ///   - derived: events of the trace that may have been derived from it before; others among them are left alone.
    ///   - readings: how those who count are known to count.
    /// - Complexity: O(spans × nesting).
    package func settle(_ spans: [SpanRecord], derived: [StoredEvent], readings: EmitterReadings = EmitterReadings())
        -> Settlement
    {
        let tree = SpanTree(spans, book: book)
        let derived = ids.own(derived, columns)
        let known = Dictionary(derived.map { ($0.id, $0) }) { first, _ in first }
        var builder = TraceEventBuilder(
            tree: tree, columns: columns, known: Set(known.keys), ids: ids, readings: readings)
        builder.addEverything()
        var result = Settlement()
        result.spans = tree.count
        result.proofs = builder.proofs.sorted()
        result.doubts = builder.doubts
        result.assumed = builder.assumed.sorted()
        var withdrawn = Withdrawn(derived, wanted: Set(builder.events.map(\.id)))
        var writer = EventRowWriter()
        for event in builder.events {
            if let before = known[event.id] {
                replace(before, by: event, in: &result)
            } else if event.type == columns.registry.wellKnownTypes.usageReported,
                let place = withdrawn.takePlace(ofSpanOf: event.id)
            {
                replace(place, by: event.named(place.id), in: &result)
            } else {
                result.events.starts.append(UInt32(writer.sink.count))
                event.write(to: &writer, columns)
            }
        }
        for before in withdrawn.left {
            replace(before, by: DerivedEvent.repetition(of: before, columns), in: &result)
        }
        result.events.bytes = writer.take()
        result.left = Array(Set(result.left)).sorted()
        return result
    }

    private func replace(_ before: StoredEvent, by event: DerivedEvent, in result: inout Settlement) {
        var writer = EventRowWriter()
        event.write(to: &writer, columns)
        let row = writer.take()
        guard row != before.row else { return }
        result.replacements.append(EventReplacement(position: before.position, row: row))
        let old = LeftPlace(EventRow(before.row), columns.registry.wellKnown)
        if old != LeftPlace(EventRow(row), columns.registry.wellKnown) { result.left.append(old) }
    }
}

/// What was told before and is no longer so. What a span's usage says is told in the place of what was told of that
/// span, so that no empty row stands beside it.
private struct Withdrawn {
    /// In the order of positions.
    private let events: [StoredEvent]
    /// By trace and span, as ids begin, the first of `events`.
    private var places: [[UInt8]: Int] = [:]
    private var taken: Set<Int> = []

    /// - Parameter derived: in the order of positions.
    init(_ derived: [StoredEvent], wanted: Set<String>) {
        events = derived.filter { !wanted.contains($0.id) }
        for (index, event) in events.enumerated() {
            let span = Self.span(of: event.id)
            if places[span] == nil { places[span] = index }
        }
    }

    /// Those whose place nothing took.
    var left: [StoredEvent] { events.indices.filter { !taken.contains($0) }.map { events[$0] } }

    /// The place of what is withdrawn of the span of an event, once.
    mutating func takePlace(ofSpanOf id: String) -> StoredEvent? {
        guard let index = places.removeValue(forKey: Self.span(of: id)) else { return nil }
        taken.insert(index)
        return events[index]
    }

    private static func span(of id: String) -> [UInt8] { Array(id.utf8.prefix { $0 != UInt8(ascii: "/") }) }
}

/// One event on its way out.
struct DerivedEvent {
    var id: String
    var type: UInt16
    var time: Int64
    var fields: FieldSet

    func write(to writer: inout EventRowWriter, _ columns: SpanColumns) {
        fields.write(type: type, time: time, to: &writer)
    }

    /// The same event under another id.
    func named(_ id: String) -> DerivedEvent {
        var event = self
        event.id = id
        event.fields.replace("id", text: id)
        return event
    }

    /// What becomes of an event that turned out to repeat another one: a check figure that is never added.
    static func repetition(of before: StoredEvent, _ columns: SpanColumns) -> DerivedEvent {
        var fields = FieldSet(columns)
        let kept = [
            "id", "source", "tenant", "conversation_id", "trace_id", "span_id", "parent_span_id", "service_name",
        ]
        let row = EventRow(before.row)
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            let name = kept.first { columns[$0] == cursor.column }
            guard case .text(let range) = cursor.value, let name else { continue }
            fields.add(name, text: String(decoding: row.bytes[range], as: UTF8.self))
        }
        fields.add("scope", text: "repetition")
        return DerivedEvent(
            id: before.id, type: columns.registry.wellKnownTypes.usageReported, time: row.time, fields: fields)
    }
}
