package import Columnar
package import Domain
import Hashing
import Platform
package import Projections
import Segments

/// The store at one position, as queries see it: tables by name. Holding it keeps its segments readable.
package struct StoreSnapshot: TableCatalog {
    let version: StoreVersion
    let layouts: EventTableLayouts
    let registry: SchemaRegistry
    let workers: any Workers
    let fold: SnapshotFold
    let silenceEnds: SilenceEnds
    let tokeniser: @Sendable (String) -> String
    /// False where it was opened without the key.
    package let hasUserTokens: Bool
    /// What `now()` answers.
    package let now: Int64
    /// ns since 1970 UTC: up to then silence is known to have gone on; nil: as far as the log knows.
    private(set) var silentUntil: Int64?

    package var position: Int64 { version.position }
    package var watermark: Int64 { version.receivedTime }
    /// When the event of a position came, of which the received time is known (ns since 1970 UTC).
    /// - Complexity: O(log steps of the clock).
    package func arrival(at position: Int64, receivedTime: Int64) -> EventArrival {
        version.ledger.leads.arrival(at: position, receivedTime: receivedTime)
    }
    /// How far what is sent to other systems has got, ascending by destination.
    package var deliveryMarks: [DeliveryMark] { version.ledger.marks.all }
    /// What is known of groups of alert rules, ascending by group.
    package var rules: [RuleStateRecord] { version.ledger.rules.all }
    /// Objectives that were ever in force, those in force last.
    package var objectives: ObjectiveHistory { version.ledger.objectives }
    /// Prices in force.
    package var book: PriceBook { version.ledger.prices.book }
    /// How conversations are judged.
    package var outcomes: OutcomeSettings { version.closing.settings }
    /// What `/metrics` counted up to the position.
    package var counters: MetricTotals { version.counters }

    /// What every answer says of what was lost: stretches of the log that were set aside; nil where none was.
    package var lossNotice: String? { LogLoss.notice(version.ledger.losses) }

    /// What answers say that are made of events, once retention dropped some; nil where it dropped none.
    var retentionNotice: String? { version.sealed.ends.notice() }

    /// What is said beside exports, prices and what calls cost: of what was lost, and of what was dropped.
    package var priceNotice: String? {
        let notices = [lossNotice, retentionNotice].compactMap { $0 }
        return notices.isEmpty ? nil : notices.joined(separator: "; ")
    }

    /// Events before this time (ns) are gone, or may be; nil where none is.
    package var horizon: Int64? { version.sealed.horizon }

    /// The same as its conversations stand at a time, whatever the log knows of time: those that silence has closed by
    /// then are closed, and no others by silence.
    /// - Parameter time: ns since 1970 UTC.
    package func silent(until time: Int64) -> StoreSnapshot {
        var snapshot = self
        snapshot.silentUntil = time
        return snapshot
    }

    package var tableNames: [String] {
        let rollups = layouts.rollups.map(\.name)
        return
            (layouts.tables.map(\.name) + rollups + [
                "events", "turns", "conversations", "dead_letters", "system_events",
            ]).sorted()
    }

    package var rollups: [RollupDescription] {
        layouts.describedRollups.map { layout, described in
            var description = described
            description.earliestTime = layout.earliestTime(watermark: watermark)
            return description
        }
    }

    package func table(named name: String) -> (any TableSource)? {
        let table = wholeTable(named: name)
        guard let table, let notice = lossNotice else { return table }
        return NotedTable(base: table, notice: notice)
    }

    private func wholeTable(named name: String) -> (any TableSource)? {
        switch name {
        case "events": retained(WideTable(layouts: layouts, tables: layouts.tables.map(eventTable)))
        case "turns": readModel(name, ReadModelColumns.turns)
        case "conversations": readModel(name, ReadModelColumns.conversations)
        case "system_events": recordTable(name, SystemTables.events, areLetters: false)
        case "dead_letters": recordTable(name, SystemTables.deadLetters, areLetters: true)
        default:
            layouts.tables.first { $0.name == name }.map { retained(eventTable($0), typeName: $0.typeName) }
                ?? rollupTable(name)
        }
    }

    /// A table of events that says where they end.
    /// - Parameter typeName: of its events; nil: of all.
    private func retained(_ table: any TableSource, typeName: String? = nil) -> any TableSource {
        guard horizon != nil, let time = table.columns.firstIndex(where: { $0.name == "time" }) else { return table }
        return RetainedTable(
            base: table, time: time, tenant: table.columns.firstIndex { $0.name == "tenant" },
            type: typeName == nil ? table.columns.firstIndex { $0.name == "type" } : nil, typeName: typeName,
            ends: version.sealed.ends)
    }

    /// A read model without the rows of events that retention dropped: those that the others give.
    func unfrozenReadModel(named name: String) -> ReadModelTable {
        var table = readModel(
            name, name == "turns" ? ReadModelColumns.turns : ReadModelColumns.conversations)
        table.sealed = version.sealed.unfrozen
        return table
    }

    /// Without the table, which is made of all that is sealed and all that is not.
    package func columns(ofTable name: String) -> [TableColumn]? {
        switch name {
        case "events": layouts.wideColumns
        case "turns": ReadModelColumns.turns
        case "conversations": ReadModelColumns.conversations
        case "system_events": SystemTables.events
        case "dead_letters": SystemTables.deadLetters
        default:
            layouts.tables.first { $0.name == name }?.columns
                ?? layouts.rollups.first { $0.name == name }?.layout.columns
        }
    }

    package func userToken(_ userID: String) -> String { tokeniser(userID) }

    private func eventTable(_ layout: EventTableLayout) -> EventTable {
        EventTable(layout: layout, sealed: version.sealed, tail: version.tail.readBlocks, overlay: version.overlay)
    }

    private func rollupTable(_ name: String) -> RollupTable? {
        layouts.rollups.first { $0.name == name }.map { rollup in
            let finer = layouts.rollups.map(\.layout).filter { $0.definition.isFiner(than: rollup.layout.definition) }
            let sources = rollup.sources.map { source in
                RollupSource(events: eventTable(layouts.tables[source.table]), layout: source.layout)
            }
            return RollupTable(layout: rollup.layout, finer: finer, sources: sources)
        }
    }

    private func readModel(_ name: String, _ columns: [TableColumn]) -> ReadModelTable {
        let (version, layouts, registry, workers, fold) = (version, layouts, registry, workers, fold)
        var closing = name == "conversations" ? version.closing : nil
        if let silentUntil { closing?.reached = silentUntil }
        return ReadModelTable(
            name: name, columns: columns, sealed: version.sealed, closing: closing, ends: silenceEnds
        ) { request in
            try fold.rows {
                try version.unsealedRows(layouts, registry, workers, note: request.note, check: request.check)
            }
        }
    }

    private func recordTable(_ name: String, _ columns: [TableColumn], areLetters: Bool) -> RecordTable {
        RecordTable(
            name: name, columns: columns, sealed: version.sealed, fresh: version.systemRecords, areLetters: areLetters)
    }
}

/// `system_events` or `dead_letters`: sealed groups, then the records since.
struct RecordTable: TableSource {
    let name: String
    let columns: [TableColumn]
    let sealed: SealedState
    let fresh: UnsealedRecords
    let areLetters: Bool

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        var morsels: [any Morsel] = []
        for segment in sealed.segments {
            for group in segment.reader.groups(table: name) {
                morsels.append(GroupMorsel(group: group, columns: columns, statistics: request.statistics))
            }
        }
        morsels += RecordMorsel.all(fresh.all, areLetters: areLetters)
        request.statistics.add(groupsTotal: morsels.count)
        return morsels
    }
}
