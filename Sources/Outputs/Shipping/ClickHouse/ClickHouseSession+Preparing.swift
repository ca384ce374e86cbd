import Columnar

/// What there is over there, and how far it has got.
extension ClickHouseSession {
    func prepare(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark {
        (self.tables, self.source) = (tables, source)
        let made = try makeTables()
        return try readMark(hasMade: made)
    }

    func standing(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark {
        (self.tables, self.source) = (tables, source)
        guard try hasTable(ClickHouseDefinitions.shipmentsTable) else { return ShippingMark() }
        try readNumbers()
        return try readLast()?.mark ?? ShippingMark()
    }

    func hasTable(_ name: String) throws(ShippingFailure) -> Bool {
        let database = ClickHouseNames.literal(definitions.names.database)
        return try !connection.run(
            "SELECT name FROM system.tables WHERE database = \(database) AND name = \(ClickHouseNames.literal(name))",
            cells: 1
        ).isEmpty
    }

    private var shipments: String { definitions.names.place(ClickHouseDefinitions.shipmentsTable) }

    // MARK: Tables

    /// Makes what is missing.
    /// - Returns: whether a table or a column was made, which has nothing of what was shipped before.
    private func makeTables() throws(ShippingFailure) -> Bool {
        let database = ClickHouseNames.literal(definitions.names.database)
        if try connection.run("SELECT name FROM system.databases WHERE name = \(database)", cells: 1).isEmpty {
            try connection.run(definitions.makeDatabase)
        }
        // texts: names of tables and columns.
        var known: [String: [String: String]] = [:]
        for row in try connection.run(
            "SELECT table, name, type FROM system.columns WHERE database = \(database)", cells: 3)
        {
            if let table = row[0], let column = row[1], let type = row[2] { known[table, default: [:]][column] = type }
        }
        if known[ClickHouseDefinitions.shipmentsTable] == nil { try connection.run(definitions.makeShipments) }
        var hasMade = false
        for table in tables.flatMap(ClickHouseTable.of) {
            guard let columns = known[table.name] else {
                for statement in definitions.make(table) { try connection.run(statement) }
                hasMade = true
                continue
            }
            for column in table.columns where try !check(column, of: table, columns[column.name]) { hasMade = true }
        }
        try makeViews()
        return hasMade
    }

    /// - Returns: false where the column was made.
    private func check(
        _ column: ClickHouseColumn, of table: ClickHouseTable, _ type: String?
    ) throws(ShippingFailure) -> Bool {
        let wanted = column.type.declaration(definitions.level, isNullable: column.isNullable)
        if let type {
            guard type == wanted else {
                throw changed(table, "has a column \(column.name) of type \(type), not \(wanted)")
            }
            return true
        }
        // What is not ours can only be told of rows when they are made.
        guard case .column = column.source, column.isNullable else {
            throw changed(table, "lacks column \(column.name)")
        }
        try connection.run(definitions.add(column, to: table))
        return false
    }

    private func changed(_ table: ClickHouseTable, _ words: String) -> ShippingFailure {
        ShippingFailure(
            .permanent, "schema", "the table \(definitions.names.database).\(table.name) \(words)",
            advice: "rename the table, and it is made anew and filled from the beginning")
    }

    /// Views of an earlier version of ours, or of other tables, are made anew.
    private func makeViews() throws(ShippingFailure) {
        let areCurrent = try readViewsHash() == definitions.viewsHash(tables)
        let database = ClickHouseNames.literal(definitions.names.database)
        // texts: names of tables and their engines.
        var engines: [String: String] = [:]
        for row in try connection.run("SELECT name, engine FROM system.tables WHERE database = \(database)", cells: 2) {
            if let name = row[0], let engine = row[1] { engines[name] = engine }
        }
        if let name = definitions.others(among: engines, tables) {
            throw ShippingFailure(
                .permanent, "schema",
                "\(definitions.names.database).\(name) is no view of ours but a table of somebody else's",
                advice: "ship into a database of its own by ship.clickhouse.database, or rename the table")
        }
        for view in definitions.views(tables) where !areCurrent || engines[view.name] == nil {
            for statement in definitions.make(view: view.name, view.select) { try connection.run(statement) }
        }
    }

    // MARK: Shipments

    /// How far the destination has got; notes it there where that is news.
    private func readMark(hasMade: Bool) throws(ShippingFailure) -> ShippingMark {
        try readNumbers()
        guard let last = try readLast() else {
            // Rows that are there although nobody says which shipments count are none of those that do.
            base = max(lastRevision, try highestRevision())
            lastRevision = base + 1
            var mark = ShippingMark()
            mark.epoch = lastRevision
            passedOver = []
            try note(mark, previous: base)
            return mark
        }
        (base, passedOver) = (last.base, last.void)
        try passOverStrays(behind: last.mark.epoch)
        // texts: names of tables.
        let known = Set(last.tables.split(separator: ",").map(String.init))
        let wanted = Set(tables.map(\.name))
        if known == wanted, !hasMade, last.views == definitions.viewsHash(tables) { return last.mark }
        var mark = last.mark
        // What was not shipped until now is filled from the beginning; of all else nothing is brought once more.
        if hasMade || !known.isSuperset(of: wanted) {
            (mark.position, mark.receivedTime, mark.correctedPosition) = (0, nil, 0)
        }
        mark.epoch = try claim(from: last.mark.epoch)
        try finish(mark, from: last.mark.epoch)
        return mark
    }

    private struct Last {
        var mark: ShippingMark
        var base: Int64
        var tables: String
        var views: UInt64
        var void: [Int64]
    }

    /// The last shipment that was brought to its end; nil: none was.
    private func readLast() throws(ShippingFailure) -> Last? {
        let rows = try connection.run(
            "SELECT revision, position, corrected_position, closed_time_ns, received_position, received_time_ns, base, "
                + "tables, views, arrayStringConcat(arrayMap(x -> toString(x), void), ',') FROM \(shipments) "
                + "WHERE is_done = 1 ORDER BY revision DESC LIMIT 1", cells: 10)
        guard let row = rows.first else { return nil }
        var mark = ShippingMark()
        mark.epoch = try Self.integer(row[0])
        mark.position = try Self.integer(row[1])
        mark.correctedPosition = try Self.integer(row[2])
        mark.closedTime = try Self.integer(row[3])
        // Whoever sets the position by hand says nothing of the event there.
        if let time = row[5], row[4] == row[1] { mark.receivedTime = try Self.integer(time) }
        return Last(
            mark: try mark.checked(), base: try Self.count(row[6]), tables: row[7] ?? "",
            views: row[8].flatMap { UInt64($0) } ?? 0,
            void: (row[9] ?? "").split(separator: ",").compactMap { Int64($0) })
    }

    private func readViewsHash() throws(ShippingFailure) -> UInt64? { try readLast()?.views }

    /// The highest number and position that anybody wrote down.
    private func readNumbers() throws(ShippingFailure) {
        let rows = try connection.run(
            "SELECT source, max(revision), max(position) FROM \(shipments) GROUP BY source", cells: 3)
        (lastRevision, highestPosition) = (0, 0)
        for row in rows {
            guard row[0] == source else {
                throw ShippingFailure(
                    .permanent, "source",
                    "the database \(definitions.names.database) belongs to another store, \(row[0] ?? "")",
                    advice: "give each store a database of its own by ship.clickhouse.database")
            }
            (lastRevision, highestPosition) = (try Self.count(row[1]), try Self.count(row[2]))
        }
    }

    /// Rows of shipments that nobody wrote down: the table of shipments was put back to an earlier state than others.
    /// Their numbers are never used again, and once the next shipment is done they are passed over; until then no view
    /// shows them. Nobody looks where all is as this process left it.
    private func passOverStrays(behind last: Int64) throws(ShippingFailure) {
        if upkeep.isAsLeft(last: last, highest: lastRevision) { return }
        let begun = Set(try ledger(from: last).others(than: last))
        let revision = ClickHouseTable.revisionColumn
        let parts = tables.flatMap(ClickHouseTable.of).map { table in
            "SELECT DISTINCT \(revision) AS stray FROM \(definitions.names.place(table.name)) "
                + "WHERE \(revision) > \(last)"
        }
        guard !parts.isEmpty else { return }
        var strays: Set<Int64> = []
        for row in try connection.run(parts.joined(separator: " UNION ALL "), cells: 1) {
            strays.insert(try Self.count(row[0]))
        }
        // Who began and is perhaps still at it is passed over by the ledger, where he is.
        strays.subtract(begun)
        guard let highest = strays.max() else { return upkeep.leave(last: last, highest: lastRevision) }
        guard strays.count <= Self.straysMax else {
            throw ShippingFailure(
                .permanent, "strays",
                "tables have rows of \(strays.count) shipments behind the last one that is written down, \(last)",
                advice: "put all tables of \(definitions.names.database) back to one moment, or drop the database and "
                    + "have everything shipped anew")
        }
        lastRevision = max(lastRevision, highest)
        passedOver = Set(passedOver).union(strays).sorted()
    }

    /// Each shipment after them has a list of those that are passed over.
    private static let straysMax = 10_000

    /// The highest shipment that rows have.
    private func highestRevision() throws(ShippingFailure) -> Int64 {
        let parts = tables.flatMap(ClickHouseTable.of).map { table in
            "SELECT max(\(ClickHouseTable.revisionColumn)) AS highest FROM \(definitions.names.place(table.name))"
        }
        guard !parts.isEmpty else { return 0 }
        var highest: Int64 = 0
        for row in try connection.run(parts.joined(separator: " UNION ALL "), cells: 1) {
            highest = max(highest, try Self.count(row[0]))
        }
        return highest
    }

    // MARK: Numbers

    private static let claimsMax = 5

    /// Writes down that a shipment begins.
    /// - Returns: its number. Those before it that were not brought to their end are passed over once it is done.
    /// - Throws: ``ShippingFailure``, of kind `moved` where the destination is not where it was left.
    func claim(from began: Int64) throws(ShippingFailure) -> Int64 {
        var revision = max(lastRevision, began) + 1
        for _ in 0..<Self.claimsMax {
            try connection.run(
                "INSERT INTO \(shipments) (node, source, revision, previous, base, sender, is_done) VALUES "
                    + "(\(sender.node), \(ClickHouseNames.literal(source)), \(revision), \(began), \(base), "
                    + "\(sender.number), 0)")
            lastRevision = revision
            upkeep.claim(revision)
            switch try ledger(from: began).claim(revision, by: sender.number, from: began) {
            case .held(let void):
                willPassOver = void
                return revision
            case .taken(let above): revision = above + 1
            case .moved: throw Self.moved
            }
        }
        throw ShippingFailure(.transient, "conflict", "others ship into the database as well")
    }

    private static let moved = ShippingFailure(.moved, "moved", "the destination is not where it was left")

    private func ledger(from began: Int64) throws(ShippingFailure) -> ShipmentLedger {
        var entries: [ShipmentLedger.Entry] = []
        for row in try connection.run(
            "SELECT revision, is_done, sender FROM \(shipments) WHERE revision >= \(began)", cells: 3)
        {
            entries.append(
                ShipmentLedger.Entry(
                    revision: try Self.count(row[0]), isDone: row[1] == "1",
                    sender: row[2].flatMap { UInt64($0) } ?? 0))
        }
        return ShipmentLedger(entries)
    }

    /// Writes down that all of a shipment is there.
    /// - Throws: ``ShippingFailure``, of kind `moved` where somebody else was first.
    func finish(_ mark: ShippingMark, from began: Int64) throws(ShippingFailure) {
        guard try ledger(from: began).isLast(began) else { throw Self.moved }
        passedOver += willPassOver
        try note(mark, previous: began)
        guard try ledger(from: mark.epoch).isLast(mark.epoch) else { throw Self.moved }
        upkeep.leave(last: mark.epoch, highest: lastRevision)
    }

    private func note(_ mark: ShippingMark, previous: Int64) throws(ShippingFailure) {
        let values = [
            "\(sender.node)", ClickHouseNames.literal(source), "\(mark.epoch)", "\(previous)", "\(base)",
            "\(sender.number)", "1", "\(mark.position)", "\(mark.correctedPosition)", "\(mark.closedTime)",
            "\(mark.position)", mark.receivedTime.map { "\($0)" } ?? "NULL", ClickHouseNames.literal(tableList),
            "\(definitions.viewsHash(tables))", "[\(passedOver.map(String.init).joined(separator: ", "))]",
        ]
        try connection.run(
            "INSERT INTO \(shipments) (node, source, revision, previous, base, sender, is_done, position, "
                + "corrected_position, closed_time_ns, received_position, received_time_ns, tables, views, void) "
                + "VALUES (" + values.joined(separator: ", ") + ")")
    }
}
