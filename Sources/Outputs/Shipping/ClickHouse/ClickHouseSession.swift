import Bytes
import Columnar
import Hashing

/// One connection to ClickHouse that rows are shipped over. The server has no transactions: a shipment is a number
/// (``ShipmentLedger``), rows have it, and views show those of shipments that were brought to their end.
final class ClickHouseSession: ShippingSession {
    let connection: ClickHouseConnection
    let definitions: ClickHouseDefinitions
    let sender: ClickHouseSender
    let upkeep: ClickHouseUpkeep
    private let isForced: Bool
    var source = ""
    /// Those that are shipped, in order.
    var tables: [ShippedTable] = []
    /// The highest number that anybody wrote down, as far as is known.
    var lastRevision: Int64 = 0
    /// No event behind it has ever been shipped.
    var highestPosition: Int64 = 0
    /// Shipments up to it do not count.
    var base: Int64 = 0
    /// Nor do these, by the last one that does.
    var passedOver: [Int64] = []
    /// And these, once that which was begun is done.
    var willPassOver: [Int64] = []
    /// Names of tables that are shipped, for the next connection.
    var tableList: String { tables.map(\.name).joined(separator: ",") }

    private var mark = ShippingMark()
    private var revision: Int64 = 0
    private var loads: [String: ClickHouseLoad] = [:]
    private var settled: [Int64] = []
    private var sentBytes = 0

    /// Rows that wait are sent when they come to so much.
    private static let insertBytes = 16 << 20
    /// So many positions stand in one question.
    private static let listMax = 5000

    init(
        _ connection: ClickHouseConnection, _ definitions: ClickHouseDefinitions, _ sender: ClickHouseSender,
        upkeep: ClickHouseUpkeep, isForced: Bool
    ) {
        (self.connection, self.definitions, self.sender) = (connection, definitions, sender)
        (self.upkeep, self.isForced) = (upkeep, isForced)
    }

    static func integer(_ text: String?) throws(ShippingFailure) -> Int64 {
        guard let text, let value = Int64(text) else {
            throw ShippingFailure(
                .permanent, "shipments", "the server answers with what is no number where one was written",
                advice: "see what the table shipments has, or drop the database and have everything shipped anew")
        }
        return value
    }

    /// The number of a shipment, or a position.
    static func count(_ text: String?) throws(ShippingFailure) -> Int64 {
        var mark = ShippingMark()
        mark.epoch = try integer(text)
        return try mark.checked().epoch
    }

    private func questions(_ table: ShippedTable) -> ClickHouseQuestions {
        ClickHouseQuestions(names: definitions.names, level: definitions.level, table: table)
    }

    // MARK: Shipping

    func begin(at mark: ShippingMark) throws(ShippingFailure) -> Int64 {
        (loads, settled, sentBytes, self.mark) = ([:], [], 0, mark)
        revision = try claim(from: mark.epoch)
        return revision
    }

    private func change(
        _ table: ShippedTable, _ body: (inout ClickHouseLoad) throws(ShippingFailure) -> Void
    ) throws(ShippingFailure) {
        var load = loads[table.name] ?? ClickHouseLoad(table, node: sender.node)
        // Held once, so that what waits is not copied.
        loads[table.name] = nil
        try body(&load)
        loads[table.name] = load
    }

    func put(_ rows: ShippedRows) throws(ShippingFailure) {
        let positions = rows.table.kind == .events ? try Self.positions(rows) : []
        // Whoever forces rows in place has them stand for whatever is there.
        let isNew = !isForced && positions.allSatisfy { $0 > highestPosition }
        let known = isNew || isForced ? [:] : try hashes(positions, of: rows.table)
        try change(rows.table) { (load) throws(ShippingFailure) in
            for row in 0..<rows.chunk.rowCount {
                let hash = load.hash(rows, row)
                if rows.table.kind == .events, !isNew {
                    load.positions.insert(positions[row])
                    if !isForced, known[positions[row]] == hash { continue }
                }
                load.append(rows, row, isNew: isNew, hash: hash, revision: revision)
                // Rows may be large, so it is looked after each one.
                if load.waitingBytes >= Self.insertBytes { try flush(&load) }
            }
            load.brought.formUnion(rows.scopes)
        }
    }

    private static func positions(_ rows: ShippedRows) throws(ShippingFailure) -> [Int64] {
        guard let place = rows.table.index(of: "position") else { return [] }
        let column = rows.chunk.columns[place]
        var positions: [Int64] = []
        for row in 0..<rows.chunk.rowCount {
            guard case .integer(let position) = column.scalar(at: row) else {
                throw ShippingFailure(.permanent, "rows", "an event has no position")
            }
            positions.append(position)
        }
        return positions
    }

    /// What is there, by position. A position that is there twice counts as one that is not.
    private func hashes(
        _ positions: [Int64], of table: ShippedTable
    ) throws(ShippingFailure) -> [Int64: UInt64] {
        guard let first = positions.min(), let last = positions.max() else { return [:] }
        var asked: [String] = []
        if last - first <= Self.stretchMax {
            asked = [questions(table).hashes(from: first, through: last)]
        } else {
            // Those of traces lie anywhere.
            for start in stride(from: 0, to: positions.count, by: Self.listMax) {
                let part = positions[start..<min(start + Self.listMax, positions.count)]
                asked.append(questions(table).hashes(of: part))
            }
        }
        var found: [Int64: UInt64] = [:]
        var twice: Set<Int64> = []
        for question in asked {
            for row in try connection.run(question, cells: 2) {
                let position = try Self.integer(row[0])
                let hash = row[1].flatMap { UInt64($0) } ?? 0
                if found.updateValue(hash, forKey: position) != nil { twice.insert(position) }
            }
        }
        // order: each for itself.
        for position in twice { found[position] = nil }
        return found
    }

    /// Positions that are asked for as one stretch.
    private static let stretchMax: Int64 = 200_000

    private func flush(_ load: inout ClickHouseLoad) throws(ShippingFailure) {
        for index in load.parts.indices where load.parts[index].waiting.count > 0 {
            let part = load.parts[index]
            let columns = ClickHouseNames.list(part.table.columns.map(\.name))
            let statement =
                "INSERT INTO \(definitions.names.place(part.table.name)) (\(columns)) FORMAT RowBinary"
            let token = "\(sender.node):\(revision):\(part.table.name):\(part.inserts)"
            sentBytes += part.waiting.count
            try connection.insert(
                statement, part.waiting.bytes, token: definitions.level == .modern ? token : nil)
            load.parts[index].inserts += 1
            load.parts[index].waiting.removeAll()
        }
    }

    func replace(_ scopes: [Hash128], of table: ShippedTable) throws(ShippingFailure) {
        try change(table) { (load) throws(ShippingFailure) in load.replaced += scopes }
    }

    func clear(_ stretch: ShippedStretch, of table: ShippedTable) throws(ShippingFailure) {
        try change(table) { (load) throws(ShippingFailure) in load.cleared = stretch }
    }

    func settle(_ positions: [Int64]) throws(ShippingFailure) { settled += positions }

    // MARK: The end

    func commit(_ mark: ShippingMark) throws(ShippingFailure) -> ShippedSize {
        for table in tables where loads[table.name] != nil || table.kind == .events && !settled.isEmpty {
            try change(table) { (load) throws(ShippingFailure) in
                try takeAway(&load)
                try flush(&load)
            }
        }
        try compareBrought()
        try finish(mark, from: self.mark.epoch)
        highestPosition = max(highestPosition, mark.position)
        // order: names, which are kept as a set.
        let changed = loads.values.flatMap(\.parts).filter { $0.rows > 0 }.map(\.table.name)
        loads = [:]
        if let due = upkeep.note(changed) { tidy(due, mark) }
        return ShippedSize(bytes: sentBytes)
    }

    /// Writes rows for what is no longer there.
    private func takeAway(_ load: inout ClickHouseLoad) throws(ShippingFailure) {
        guard load.table.kind == .events else {
            var gone = try known(load.replaced.filter { !load.brought.contains($0) }, of: load.table)
            if case .day(let day) = load.cleared {
                for row in try connection.run(questions(load.table).scopes(of: day), cells: 1) {
                    if let scope = row[0].flatMap(Self.hash) { gone.append(scope) }
                }
            }
            var written: Set<Hash128> = []
            for scope in gone where !load.brought.contains(scope) && written.insert(scope).inserted {
                load.append(gone: .scope(scope), revision: revision)
            }
            return
        }
        var gone: [Int64] = []
        for start in stride(from: 0, to: settled.count, by: Self.listMax) {
            let part = settled[start..<min(start + Self.listMax, settled.count)]
            for row in try connection.run(questions(load.table).positions(among: part), cells: 1) {
                gone.append(try Self.integer(row[0]))
            }
        }
        if case .positions(let after, let through) = load.cleared {
            let question = questions(load.table).positions(after: after, through: through)
            for row in try connection.run(question, cells: 1) {
                gone.append(try Self.integer(row[0]))
            }
        }
        for position in Set(gone).subtracting(load.positions).sorted() {
            load.append(gone: .position(position), revision: revision)
        }
    }

    /// Those of conversations or buckets that have ever had rows: of the others nothing has to be taken away.
    private func known(_ scopes: [Hash128], of table: ShippedTable) throws(ShippingFailure) -> [Hash128] {
        var known: [Hash128] = []
        for start in stride(from: 0, to: scopes.count, by: Self.scopesMax) {
            let part = scopes[start..<min(start + Self.scopesMax, scopes.count)]
            for row in try connection.run(questions(table).scopes(among: part), cells: 1) {
                if let scope = row[0].flatMap(Self.hash) { known.append(scope) }
            }
        }
        return known
    }

    /// So many conversations or buckets stand in one question.
    private static let scopesMax = 2000

    private static func hash(_ digits: String) -> Hash128? {
        guard let bytes = bytes(ofHexadecimal: digits.utf8, allowsCapitals: true), bytes.count == 16 else {
            return nil
        }
        func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        return Hash128(high: word(bytes[..<8]), low: word(bytes[8...]))
    }

    /// Whether all that was sent is there, and once: what stands between may have sent it twice, or not at all.
    private func compareBrought() throws(ShippingFailure) {
        // texts: names of tables.
        var sent: [String: [UInt64]] = [:]
        var asked: [ClickHouseTable] = []
        for table in tables {
            for part in loads[table.name]?.parts ?? [] where part.rows > 0 {
                sent[part.table.name] = [part.rows, part.high, part.low]
                asked.append(part.table)
            }
        }
        if asked.isEmpty { return }
        let question = ClickHouseQuestions.brought(asked, revision, definitions.names)
        for row in try connection.run(question, cells: 4) {
            guard let name = row[0], let wanted = sent.removeValue(forKey: name) else { continue }
            guard row.dropFirst().map({ $0.flatMap { UInt64($0) } }) == wanted else {
                throw ShippingFailure(
                    .transient, "incomplete", "of \(wanted[0]) rows for \(name) there are \(row[1] ?? "none")")
            }
        }
        guard sent.isEmpty else { throw ShippingFailure(.transient, "incomplete", "not all rows have arrived") }
    }

    /// Takes rows away that no longer count. What fails is done the next time.
    private func tidy(_ due: Set<String>, _ mark: ShippingMark) {
        do throws(ShippingFailure) {
            try tidy(due, last: mark.epoch)
        } catch {
            return
        }
    }

    private func tidy(_ due: Set<String>, last: Int64) throws(ShippingFailure) {
        let database = ClickHouseNames.literal(definitions.names.database)
        let running = try connection.run(
            "SELECT count() FROM system.mutations WHERE database = \(database) AND is_done = 0",
            cells: 1)
        guard running.first?.first == "0" else { return }
        for table in tables.flatMap(ClickHouseTable.of) where due.contains(table.name) {
            let statement = ClickHouseQuestions.tidy(
                table, last: last, base: base, void: passedOver, definitions.names)
            if let statement { try connection.run(statement) }
        }
        let shipments = definitions.names.place(ClickHouseDefinitions.shipmentsTable)
        try connection.run(
            "ALTER TABLE \(shipments) DELETE WHERE (revision < \(last - Self.shipmentsKept) "
                + "AND position < \(highestPosition))")
    }

    /// So many of the last shipments stay written down.
    private static let shipmentsKept: Int64 = 1000

    // MARK: Comparing

    func digests(_ request: DigestRequest) throws(ShippingFailure) -> [Int64: RowDigest] {
        guard try hasTable(request.table.name) else { return [:] }
        var digests: [Int64: RowDigest] = [:]
        for row in try connection.run(questions(request.table).digests(request), cells: 7) {
            var digest = RowDigest()
            digest.rows = try Self.integer(row[1])
            func number(_ index: Int) -> Int128 { row[index].flatMap { Int128($0) } ?? 0 }
            digest.hashes = number(2) << 32 &+ number(3)
            digest.costPicoUSD = row[4].map(Self.picoUSD) ?? 0
            digest.tokens = number(5) &+ number(6)
            digests[try Self.integer(row[0])] = digest
        }
        return digests
    }

    /// A sum of amounts, which may be written without the zeros at its end; what is none is none of ours.
    static func picoUSD(_ text: String) -> Int128 {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        guard let whole = parts.first, parts.count < 3, fraction.utf8.count <= 12 else { return .min }
        let zeros = String(repeating: "0", count: 12 - fraction.utf8.count)
        return Int128("\(whole)\(fraction)\(zeros)") ?? .min
    }

    func digest(_ rows: ShippedRows) -> [RowDigest] {
        var encoder = ClickHouseRows(ClickHouseTable.of(rows.table)[0], node: sender.node)
        return encoder.digests(rows)
    }
}
