import Columnar
import Domain
import Projections

/// A rollup with the tables whose events it is folded from.
struct StoredRollup: Sendable {
    /// One table, and what a column of the rollup holds of the table's.
    struct Source: Sendable {
        /// Which of the tables: the type's id.
        var table: Int
        /// The rollup's layout over the table's columns. Its own columns are those of all sources.
        var layout: RollupLayout
    }

    /// Ascending by table, at least one.
    let sources: [Source]

    /// nil where its source is none of the tables.
    init?(_ definition: RollupDefinition, tables: [EventTableLayout]) {
        sources = tables.indices.filter { definition.isOfEveryType || tables[$0].name == definition.source }.map {
            Source(table: $0, layout: RollupLayout(definition, sourceColumns: tables[$0].columns))
        }
        guard let first = sources.first else { return nil }
        assert(sources.allSatisfy { $0.layout.columns == first.layout.columns }, "one table, wherever rows are from")
    }

    /// What it is, over the columns of the first source: they are named alike in all.
    var layout: RollupLayout { sources[0].layout }
    var name: String { layout.definition.name }

    /// The layout over the columns of a table; nil where none of its events are in the rollup.
    /// - Complexity: O(1).
    func layout(ofTable table: Int) -> RollupLayout? {
        let place = sources.count == 1 ? 0 : table
        return place < sources.count && sources[place].table == table ? sources[place].layout : nil
    }
}
