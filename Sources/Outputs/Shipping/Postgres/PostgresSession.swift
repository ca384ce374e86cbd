import Bytes
import Columnar
import Hashing
import PostgresConnections

/// One connection to PostgreSQL that rows are shipped over. Nothing outlives a transaction on the server's side.
final class PostgresSession: ShippingSession {
    private let connection: PostgresConnection
    private let definitions: PostgresDefinitions
    private let usesHypertables: Bool
    private let isForced: Bool
    private var source = ""
    /// Those that are shipped, in order.
    private var tables: [ShippedTable] = []
    private var loads: [String: Load] = [:]
    /// The table that rows were put into last.
    private var current: ShippedTable?
    private var positions: [Int64] = []
    private var bytes = 0
    private var mark = ShippingMark()
    /// A table or a column was made, which has nothing of what was shipped before.
    private var hasMade = false
    /// Tables of events that have none behind the mark but those that were brought over this connection.
    private var areClear: Set<String> = []

    /// What one transaction brings to one table.
    private struct Load {
        let merging: PostgresMerging
        var rows: PostgresRows
        var waiting = ByteSink()
        var scopes: [Hash128] = []
        var cleared: ShippedStretch?
        var isMade = false
        /// What waits is new over there for certain, and is copied to its place.
        var isNew = false
    }

    /// Rows that wait to be copied are copied when they come to so much.
    private static let copyBytes = 1 << 20
    /// Statements and locks have so long.
    private static let begin = """
        BEGIN; SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '10s'; \
        SET LOCAL idle_in_transaction_session_timeout = '10min'; SET LOCAL client_min_messages = warning
        """

    init(
        _ connection: PostgresConnection, _ definitions: PostgresDefinitions, usesHypertables: Bool, isForced: Bool
    ) {
        (self.connection, self.definitions) = (connection, definitions)
        (self.usesHypertables, self.isForced) = (usesHypertables, isForced)
    }

    // MARK: Asking

    @discardableResult
    private func run(_ statements: String) throws(ShippingFailure) -> [[String?]] {
        do throws(PostgresFailure) {
            return try connection.run(statements)
        } catch {
            throw ShippingFailure(error)
        }
    }

    private func copy(_ statement: String, _ rows: [UInt8]) throws(ShippingFailure) {
        var (head, tail) = (PostgresBinary(), PostgresBinary())
        head.appendHeader()
        tail.appendTrailer()
        bytes += rows.count
        do throws(PostgresFailure) {
            try connection.copy(statement, head.bytes + rows + tail.bytes)
        } catch {
            throw ShippingFailure(error)
        }
    }

    private static func integer(_ text: String?) throws(ShippingFailure) -> Int64 {
        guard let text, let value = Int64(text) else {
            throw ShippingFailure(
                .permanent, "sync", "the row of the table sync is not what was written",
                advice: "put it right, or drop the schema and have everything shipped anew")
        }
        return value
    }

    // MARK: Preparing

    /// The oldest server that is spoken to.
    private static let versionMin = 120_000

    func prepare(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark {
        (self.tables, self.source, hasMade, areClear) = (tables, source, false, [])
        try checkServer()
        try run(Self.begin)
        // Two that begin at one time make the tables one after the other.
        try run("SELECT pg_advisory_xact_lock(7164775537)")
        try makeTables(tables)
        let mark = try readMark(tables)
        try run("COMMIT")
        return mark
    }

    /// Whether it is one that rows can be brought to.
    private func checkServer() throws(ShippingFailure) {
        guard connection.serverVersion >= Self.versionMin else {
            throw ShippingFailure(
                .permanent, "version", "the server is of version \(connection.serverVersion / 10_000)",
                advice: "ship to PostgreSQL 12 or later")
        }
        if let encoding = connection.serverEncoding, encoding != "UTF8" {
            throw ShippingFailure(
                .permanent, "encoding", "the database keeps texts as \(encoding), which holds few of those there are",
                advice: "ship to a database that was made with the encoding UTF8")
        }
    }

    private func makeTables(_ tables: [ShippedTable]) throws(ShippingFailure) {
        if try run("SELECT to_regnamespace('\(definitions.schema)') IS NOT NULL").first?.first != "t" {
            try run(definitions.makeSchema)
        }
        let rows = try run(
            """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) \
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
            WHERE n.nspname = '\(definitions.schema)' AND c.relkind IN ('r', 'p') AND a.attnum > 0 \
            AND NOT a.attisdropped
            """)
        var known: [String: [String: String]] = [:]
        for row in rows {
            if let table = row[0], let column = row[1], let type = row[2] { known[table, default: [:]][column] = type }
        }
        if known[PostgresDefinitions.syncTable] == nil { try run(definitions.makeSync) }
        var made: [PostgresTable] = []
        for table in tables.map(PostgresTable.init) {
            guard let columns = known[table.table.name] else {
                for statement in definitions.make(table) { try run(statement) }
                hasMade = true
                made.append(table)
                continue
            }
            for name in table.needed where columns[name] == nil { throw changed(table, "lacks column \(name)") }
            for column in table.columns { try check(column, of: table, columns[column.name]) }
        }
        try makeHypertables(made)
    }

    private func check(
        _ column: PostgresColumn, of table: PostgresTable, _ type: String?
    ) throws(ShippingFailure) {
        guard let type else {
            try run(definitions.add(column, to: table))
            hasMade = true
            return
        }
        guard type == column.type.formatted else {
            throw changed(table, "has a column \(column.name) of type \(type), not \(column.type.formatted)")
        }
    }

    private func changed(_ table: PostgresTable, _ words: String) -> ShippingFailure {
        ShippingFailure(
            .permanent, "schema", "the table \(definitions.schema).\(table.table.name) \(words)",
            advice: "rename the table, and it is made anew and filled from the beginning")
    }

    private func makeHypertables(_ tables: [PostgresTable]) throws(ShippingFailure) {
        let events = tables.filter { $0.table.kind == .events }
        guard usesHypertables, !events.isEmpty,
            try !run("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").isEmpty
        else { return }
        for table in events { try run(definitions.makeHypertable(table)) }
    }

    private func readMark(_ tables: [ShippedTable]) throws(ShippingFailure) -> ShippingMark {
        let sync = definitions.place(PostgresDefinitions.syncTable)
        let names = tables.map(\.name)
        let list = names.joined(separator: ",")
        let rows = try run(
            "SELECT \(Self.markColumns), tables FROM \(sync) FOR UPDATE")
        guard let (row, found) = try ownMark(rows) else {
            var mark = ShippingMark()
            // Above those of rows that are there although nobody says how far it got: whoever asks for what is new by
            // the revision misses nothing.
            mark.epoch = try lastRevision(tables)
            mark.epoch = try mark.checked().epoch + 1
            try run(
                "INSERT INTO \(sync) (source, epoch, position, corrected_position, closed_time_ns, tables) "
                    + "VALUES ('\(source)', \(mark.epoch), 0, 0, \(Int64.min), '\(list)')")
            return mark
        }
        var mark = found
        let known = Set((row[7] ?? "").split(separator: ",").map(String.init))
        if known == Set(names), !hasMade { return mark }
        // What was not shipped until now is filled from the beginning; to all else that changes nothing.
        if hasMade || !known.isSuperset(of: names) {
            (mark.position, mark.receivedTime, mark.correctedPosition) = (0, nil, 0)
        }
        mark.epoch += 1
        try run(
            "UPDATE \(sync) SET epoch = \(mark.epoch), position = \(mark.position), "
                + "corrected_position = \(mark.correctedPosition), tables = '\(list)', changed = now() "
                + "WHERE source = '\(source)'")
        return mark
    }

    private static let markColumns =
        "source, epoch, position, corrected_position, closed_time_ns, received_position, received_time_ns"

    /// What the rows of the table `sync` say of the store; nil: nothing.
    private func ownMark(
        _ rows: [[String?]]
    ) throws(ShippingFailure) -> (row: [String?], mark: ShippingMark)? {
        if let other = rows.first(where: { $0[0] != source }) {
            throw ShippingFailure(
                .permanent, "source",
                "the schema \(definitions.schema) belongs to another store, \(other[0] ?? "")",
                advice: "give each store a schema of its own by ship.postgresql.schema")
        }
        guard let row = rows.first else { return nil }
        var mark = ShippingMark()
        mark.epoch = try Self.integer(row[1])
        mark.position = try Self.integer(row[2])
        mark.correctedPosition = try Self.integer(row[3])
        mark.closedTime = try Self.integer(row[4])
        if let time = row[6], row[5] == row[2] { mark.receivedTime = try Self.integer(time) }
        return (row, try mark.checked())
    }

    /// The last transaction that rows of some tables name; 0: none does.
    private func lastRevision(_ tables: [ShippedTable]) throws(ShippingFailure) -> Int64 {
        let revision = PostgresDefinitions.quoted(PostgresTable.revisionColumn)
        let parts = tables.map { "SELECT max(\(revision)) AS revision FROM \(definitions.place($0.name))" }
        guard !parts.isEmpty else { return 0 }
        return try Self.integer(
            run(
                "SELECT coalesce(max(revision), 0) FROM (\(parts.joined(separator: " UNION ALL "))) AS parts"
            ).first?.first ?? nil)
    }

    func standing(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark {
        (self.tables, self.source) = (tables, source)
        try checkServer()
        guard try isThere(PostgresDefinitions.syncTable) else { return ShippingMark() }
        let sync = definitions.place(PostgresDefinitions.syncTable)
        let rows = try run("SELECT \(Self.markColumns) FROM \(sync)")
        return try ownMark(rows)?.mark ?? ShippingMark()
    }

    private func isThere(_ table: String) throws(ShippingFailure) -> Bool {
        try run("SELECT to_regclass('\(definitions.place(table))') IS NOT NULL").first?.first == "t"
    }

    // MARK: Shipping

    func begin(at mark: ShippingMark) throws(ShippingFailure) -> Int64 {
        (loads, positions, bytes, self.mark, current) = ([:], [], 0, mark, nil)
        try run(Self.begin)
        // A commit that is lost with the server takes its position with it, so nobody has to wait for its disk.
        try run("SET LOCAL synchronous_commit = off")
        let sync = definitions.place(PostgresDefinitions.syncTable)
        let row = try run("SELECT epoch, position FROM \(sync) WHERE source = '\(source)' FOR UPDATE").first
        guard let row, try Self.integer(row[0]) == mark.epoch, try Self.integer(row[1]) == mark.position else {
            throw ShippingFailure(.moved, "moved", "the destination is not where it was left")
        }
        return mark.epoch + 1
    }

    private func change(_ table: ShippedTable, _ body: (inout Load) throws(ShippingFailure) -> Void)
        throws(ShippingFailure)
    {
        let postgres = PostgresTable(table)
        var load =
            loads[table.name]
            ?? Load(
                merging: PostgresMerging(definitions: definitions, table: postgres), rows: PostgresRows(postgres))
        // Held once, so that what waits is not copied.
        loads[table.name] = nil
        try body(&load)
        loads[table.name] = load
    }

    func put(_ rows: ShippedRows) throws(ShippingFailure) {
        let revision = mark.epoch + 1
        if let current, current != rows.table, loads[current.name] != nil {
            // That is all of it, mostly: the server takes it while the next table is read.
            try change(current) { (load) throws(ShippingFailure) in try flush(&load) }
        }
        current = rows.table
        let areNew = try areNew(rows)
        try change(rows.table) { (load) throws(ShippingFailure) in
            if load.isNew != areNew {
                try flush(&load)
                load.isNew = areNew
            }
            // Rows may be large, so it is looked after each one.
            for row in 0..<rows.chunk.rowCount {
                load.rows.append(rows, row, revision: revision, to: &load.waiting)
                if load.waiting.count >= Self.copyBytes { try flush(&load) }
            }
        }
    }

    /// Whether the table can have none of the rows: events behind the mark, where nobody has any. They need no merge,
    /// which costs twice as much as the copy.
    private func areNew(_ rows: ShippedRows) throws(ShippingFailure) -> Bool {
        // Whoever forces rows in place takes others away, too, by what was copied to be merged.
        guard rows.table.kind == .events, !isForced, let place = rows.table.index(of: "position") else { return false }
        let positions = rows.chunk.columns[place]
        for row in 0..<rows.chunk.rowCount {
            guard case .integer(let position) = positions.scalar(at: row), position > mark.position else {
                return false
            }
        }
        if areClear.contains(rows.table.name) { return true }
        let last = try run("SELECT coalesce(max(\"position\"), 0) FROM \(definitions.place(rows.table.name))")
        guard try Self.integer(last.first?.first ?? nil) <= mark.position else { return false }
        areClear.insert(rows.table.name)
        return true
    }

    private func flush(_ load: inout Load) throws(ShippingFailure) {
        if load.waiting.count == 0 { return }
        if load.isNew {
            try copy(load.merging.copyInPlace, load.waiting.bytes)
            load.waiting.removeAll()
            return
        }
        if !load.isMade {
            try run(load.merging.makeCopied)
            load.isMade = true
        }
        try copy(load.merging.copy, load.waiting.bytes)
        load.waiting.removeAll()
    }

    func replace(_ scopes: [Hash128], of table: ShippedTable) throws(ShippingFailure) {
        try change(table) { (load) throws(ShippingFailure) in load.scopes += scopes }
    }

    func clear(_ stretch: ShippedStretch, of table: ShippedTable) throws(ShippingFailure) {
        try change(table) { (load) throws(ShippingFailure) in load.cleared = stretch }
    }

    func settle(_ positions: [Int64]) throws(ShippingFailure) { self.positions += positions }

    func commit(_ mark: ShippingMark) throws(ShippingFailure) -> ShippedSize {
        var statements: [String] = []
        for table in tables {
            guard loads[table.name] != nil else { continue }
            try change(table) { (load) throws(ShippingFailure) in
                try flush(&load)
                if !load.scopes.isEmpty {
                    try run(load.merging.makeScopes)
                    try copy(load.merging.copyScopes, Self.rows(load.scopes))
                    statements.append(load.merging.deleteReplaced(hasCopied: load.isMade))
                }
                if let stretch = load.cleared {
                    statements.append(load.merging.deleteStretch(stretch, hasCopied: load.isMade))
                }
                if load.isMade { statements.append(load.merging.merge(isForced: isForced)) }
            }
        }
        statements = try settling() + statements
        let sync = definitions.place(PostgresDefinitions.syncTable)
        statements.append(
            "UPDATE \(sync) SET epoch = \(mark.epoch), position = \(mark.position), "
                + "corrected_position = \(mark.correctedPosition), closed_time_ns = \(mark.closedTime), "
                + "received_position = \(mark.position), "
                + "received_time_ns = \(mark.receivedTime.map { "\($0)" } ?? "NULL"), "
                + "changed = now() WHERE source = '\(source)'")
        try run(statements.joined(separator: ";\n"))
        // By itself: until here nobody doubts that nothing is there.
        try run("COMMIT")
        let replaced = loads.values.reduce(0) { $0 + $1.rows.replacedZeros }
        loads = [:]
        return ShippedSize(bytes: bytes, replaced: replaced)
    }

    private func settling() throws(ShippingFailure) -> [String] {
        if positions.isEmpty { return [] }
        try run(PostgresMerging.makePositions)
        var rows = PostgresBinary()
        for position in positions {
            rows.beginRow(fields: 1)
            rows.append(bigint: position)
        }
        try copy(PostgresMerging.copyPositions, rows.bytes)
        return tables.filter { $0.kind == .events }.map { table in
            let merging = PostgresMerging(definitions: definitions, table: PostgresTable(table))
            return merging.deleteSettled(hasCopied: loads[table.name]?.isMade ?? false)
        }
    }

    private static func rows(_ scopes: [Hash128]) -> [UInt8] {
        var rows = PostgresBinary()
        for scope in scopes {
            rows.beginRow(fields: 1)
            rows.append(uuid: scope.high, scope.low)
        }
        return rows.bytes
    }

    // MARK: Comparing

    func digests(_ request: DigestRequest) throws(ShippingFailure) -> [Int64: RowDigest] {
        guard try isThere(request.table.name) else { return [:] }
        let merging = PostgresMerging(definitions: definitions, table: PostgresTable(request.table))
        var digests: [Int64: RowDigest] = [:]
        for row in try run(merging.digests(request)) {
            var digest = RowDigest()
            digest.rows = try Self.integer(row[1])
            digest.hashes = row[2].flatMap { Int128($0) } ?? 0
            digest.costPicoUSD = Self.picoUSD(row[3] ?? "0")
            digest.tokens = row[4].flatMap { Int128($0) } ?? 0
            digests[try Self.integer(row[0])] = digest
        }
        return digests
    }

    /// A sum of amounts, which are all written with twelve decimals, or with none where there is no amount.
    private static func picoUSD(_ text: String) -> Int128 {
        text.contains(".") ? Int128(text.replacing(".", with: "")) ?? .min : (Int128(text) ?? .min) &* 1_000_000_000_000
    }

    func digest(_ rows: ShippedRows) -> [RowDigest] {
        var encoder = PostgresRows(PostgresTable(rows.table))
        return encoder.digests(rows)
    }
}
