/// Which rows count: those of shipments that were brought to their end, up to the last one. A shipment that was not
/// is passed over for good, whatever of it has arrived or still does.
struct ClickHouseVisibility {
    let names: ClickHouseNames
    /// `IN`, or what it is where tables lie on several servers.
    var member: String { names.cluster == nil ? "IN" : "GLOBAL IN" }
    var notMember: String { names.cluster == nil ? "NOT IN" : "GLOBAL NOT IN" }

    /// What has to hold of a row.
    var counts: String {
        let revision = ClickHouseTable.revisionColumn
        return "\(revision) > (SELECT base_revision FROM \(names.place("cut"))) "
            + "AND \(revision) <= (SELECT last_revision FROM \(names.place("cut"))) "
            + "AND \(revision) \(notMember) (SELECT void_revision FROM \(names.place("void")))"
    }

    /// Up to where shipments count, and where the last one stands.
    var cut: String {
        "SELECT base AS base_revision, revision AS last_revision, position AS last_position "
            + "FROM \(names.place(ClickHouseDefinitions.shipmentsTable)) WHERE is_done = 1 "
            + "ORDER BY revision DESC LIMIT 1"
    }

    /// Shipments that do not count although they are before the cut, by the last one alone: one that is passed over
    /// may name such as do.
    var void: String {
        "SELECT arrayJoin(void) AS void_revision FROM (SELECT void "
            + "FROM \(names.place(ClickHouseDefinitions.shipmentsTable)) WHERE is_done = 1 "
            + "ORDER BY revision DESC LIMIT 1)"
    }

    /// What a table of ours shows.
    func view(_ table: ShippedTable) -> String {
        let shown = ClickHouseNames.list(ClickHouseTable.of(table)[0].shown)
        guard table.kind == .events else {
            let place = names.place(ClickHouseTable(table, .versions).name)
            return "SELECT \(shown) FROM \(place) WHERE \(ClickHouseTable.hiddenColumn) = 0 AND "
                + latest(ClickHouseTable.scopeColumn, place)
        }
        let facts = names.place(ClickHouseTable(table, .facts).name)
        let overlay = names.place(ClickHouseTable(table, .overlay).name)
        return "SELECT \(shown) FROM \(facts) WHERE \(counts) AND position \(notMember) "
            + "(SELECT position FROM \(overlay) WHERE \(counts)) UNION ALL SELECT \(shown) FROM \(overlay) "
            + "WHERE \(ClickHouseTable.hiddenColumn) = 0 AND \(latest("position", overlay))"
    }

    /// Rows of the last shipment that brought any to a place.
    private func latest(_ column: String, _ place: String) -> String {
        let revision = ClickHouseTable.revisionColumn
        return "(\(column), \(revision)) \(member) (SELECT \(column), max(\(revision)) FROM \(place) "
            + "WHERE \(counts) GROUP BY \(column))"
    }

    /// All events by what they have in common.
    func events(_ tables: [ShippedTable]) -> String {
        let columns = Self.common(tables).map(\.name) + ["node", ClickHouseTable.revisionColumn]
        let list = ClickHouseNames.list(columns)
        return tables.map { "SELECT \(list) FROM \(names.place($0.name))" }.joined(separator: " UNION ALL ")
    }

    /// Columns that all the tables have, of one type.
    static func common(_ tables: [ShippedTable]) -> [ClickHouseColumn] {
        guard let first = tables.first else { return [] }
        let others = tables.dropFirst().map { ClickHouseTable($0, .facts).columns }
        return ClickHouseTable(first, .facts).columns.filter { column in
            guard case .column = column.source else { return false }
            return others.allSatisfy { $0.contains { $0.name == column.name && $0.type == column.type } }
        }
    }
}
