package import Columnar
package import Domain
import Projections

/// What the tables are that no event type describes: `events`, the read models, the records, the rollups.
package struct TableDocumentation: Sendable {
    /// One column, for people.
    package struct Column: Sendable {
        /// As SQL names and types it.
        package var column: TableColumn
        /// In one line; empty where the name says it all.
        package var meaning: String
    }

    private let registry: SchemaRegistry
    private let layouts: EventTableLayouts

    /// Reads no store: the same columns are in every one.
    package init(registry: SchemaRegistry) {
        self.registry = registry
        layouts = EventTableLayouts(registry: registry)
    }

    /// The tables with a line each: read models first, rollups last.
    package var tables: [(name: String, meaning: String)] {
        [
            ("turns", "One row a question with its answer: how long it took, what it cost."),
            (
                "conversations",
                "One row a conversation: its outcome, what it cost, how often it was escalated. Another one where it came "
                    + "back after its events were dropped."
            ),
            ("events", "Every event of every type, with every column of any type."),
            ("dead_letters", "Events that were refused because their type is unknown."),
            (
                "system_events",
                "What the store noted itself: seals, corrections of costs, traces that settled, steps of the clock."
            ),
        ]
            + layouts.rollups.map { ($0.name, meaning(of: $0.layout.definition)) }
    }

    /// The columns of one of ``tables`` in their order; nil for another name.
    package func columns(of table: String) -> [Column]? {
        switch table {
        case "turns": described(ReadModelColumns.turns, ColumnDescriptions.turns)
        case "conversations": described(ReadModelColumns.conversations, ColumnDescriptions.conversations)
        case "events": described(layouts.wideColumns, ColumnDescriptions.envelope)
        case "dead_letters": described(SystemTables.deadLetters, ColumnDescriptions.deadLetters)
        case "system_events": described(SystemTables.events, ColumnDescriptions.systemEvents)
        default:
            layouts.rollups.first { $0.name == table }.map { rollup in
                zip(rollup.layout.columns, rollup.layout.contents).map { column, content in
                    Column(column: column, meaning: meaning(of: content, in: rollup.layout))
                }
            }
        }
    }

    private func meaning(of rollup: RollupDefinition) -> String {
        let counted = rollup.measures.isEmpty ? "Counts" : "Counts, exact sums and distributions"
        return "\(counted) of \(rollup.source) by bucket of time and dimensions."
    }

    private func described(_ columns: [TableColumn], _ own: [String: String]) -> [Column] {
        columns.map { Column(column: $0, meaning: own[$0.name] ?? meaning(of: $0.name)) }
    }

    /// As the schemas say.
    private func meaning(of name: String) -> String {
        if let derived = DerivedColumn(rawValue: name) { return derived.description }
        return registry.column(named: name).map { registry.columns[Int($0)].description } ?? ""
    }

    private func meaning(of content: RollupLayout.Content, in layout: RollupLayout) -> String {
        func name(_ index: Int) -> String { layout.sourceColumns[index].name }
        switch content {
        case .bucket: return "Beginning of the bucket, in UTC."
        case .dimension(let index): return meaning(of: name(index))
        case .events: return "How many events."
        case .count(let index): return "How many values of \(name(index))."
        case .sum(let index): return "Sum of \(name(index)); null of none."
        case .minimum(let index): return "The least \(name(index))."
        case .maximum(let index): return "The greatest \(name(index))."
        case .histogram(let index): return "The distribution of \(name(index)) as text."
        case .atMost(let index, let nanoseconds):
            return "How many \(name(index)) are at most \(nanoseconds / 1_000_000_000) s."
        }
    }
}
