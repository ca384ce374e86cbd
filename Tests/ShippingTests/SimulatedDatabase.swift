import Columnar
import Hashing
import Platform
import Shipping
import Synchronization

/// A database in memory that is shipped to, and that fails where it is told to: before a call, or after it, so that
/// nobody hears that it went well.
final class SimulatedDatabase: ShippingDestination {
    struct Row: Hashable {
        var values: [Scalar]
        var scope: Hash128?
    }

    struct State: Hashable {
        var source: String?
        var mark = ShippingMark()
        var tables: [String: [Hash128: Row]] = [:]
        /// More in one transaction take it too long.
        var rowsMax = Int.max
    }

    struct Faults {
        var generator: SeededGenerator
        /// Once in so many calls; 0: never.
        var oneIn: Int
        var count = 0
    }

    let state = Mutex(State())
    let faults: Mutex<Faults>
    /// Calls so far.
    let calls = Mutex(0)
    /// Once in so many transactions somebody else has brought one just before; 0: never.
    let movesOneIn = Mutex(0)
    private let begun = Mutex(0)

    /// A transaction begins; perhaps after one of somebody else.
    func begin() {
        let every = movesOneIn.withLock { $0 }
        let number = begun.withLock { count in
            count += 1
            return count
        }
        if every > 0, number % every == 0 { state.withLock { $0.mark.epoch += 1 } }
    }

    init(seed: UInt64 = 1, faultOneIn: Int = 0) {
        faults = Mutex(Faults(generator: SeededGenerator(seed: seed), oneIn: faultOneIn))
    }

    var name: String { "memory" }

    func connect(isAbandoned: @escaping @Sendable () -> Bool) throws(ShippingFailure) -> any ShippingSession {
        try step {}
        return SimulatedSession(self)
    }

    /// A call that fails before it does anything, or afterwards, or not at all.
    func step(_ body: () -> Void) throws(ShippingFailure) {
        calls.withLock { $0 += 1 }
        let fails = faults.withLock { faults in
            guard faults.oneIn > 0 else { return (before: false, after: false) }
            let (before, after) = (faults.generator.oneIn(2 * faults.oneIn), faults.generator.oneIn(2 * faults.oneIn))
            if before || after { faults.count += 1 }
            return (before, after)
        }
        if fails.before { throw ShippingFailure(.transient, "connection", "the connection broke") }
        body()
        if fails.after { throw ShippingFailure(.transient, "connection", "the connection broke") }
    }
}

/// One connection to it.
final class SimulatedSession: ShippingSession {
    private let database: SimulatedDatabase
    private var pending: SimulatedDatabase.State?
    private var put: [String: Set<Hash128>] = [:]
    private var scopes: [(table: String, scopes: Set<Hash128>)] = []
    private var settled: Set<Int64> = []
    private var cleared: [(table: ShippedTable, stretch: ShippedStretch)] = []
    private var tables: [ShippedTable] = []
    private var rows = 0

    init(_ database: SimulatedDatabase) { self.database = database }

    func prepare(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark {
        self.tables = tables
        try database.step {
            database.state.withLock { state in
                if state.source == nil {
                    state.source = source
                    state.mark.epoch = 1
                }
            }
        }
        let state = database.state.withLock { $0 }
        guard state.source == source else { throw ShippingFailure(.permanent, "source", "it belongs to another store") }
        return state.mark
    }

    func standing(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark {
        self.tables = tables
        try database.step {}
        let state = database.state.withLock { $0 }
        guard state.source ?? source == source else {
            throw ShippingFailure(.permanent, "source", "it belongs to another store")
        }
        return state.mark
    }

    func begin(at mark: ShippingMark) throws(ShippingFailure) -> Int64 {
        try database.step {}
        database.begin()
        let state = database.state.withLock { $0 }
        guard state.mark.epoch == mark.epoch, state.mark.position == mark.position else {
            throw ShippingFailure(.moved, "moved", "it is elsewhere")
        }
        (pending, put, scopes, settled, cleared, rows) = (state, [:], [], [], [], 0)
        return mark.epoch + 1
    }

    func put(_ rows: ShippedRows) throws(ShippingFailure) {
        try database.step {}
        self.rows += rows.chunk.rowCount
        guard self.rows <= pending?.rowsMax ?? 0 else {
            throw ShippingFailure(.transient, "timeout", "it took too long")
        }
        let position = rows.table.index(of: "position") ?? 0
        for row in 0..<rows.chunk.rowCount {
            let values = rows.chunk.columns.map { $0.scalar(at: row) }
            let key = rows.keys.isEmpty ? ShippedKey.of([values[position]]) : rows.keys[row]
            // As PostgreSQL has it: a statement changes a row once.
            guard put[rows.table.name]?.contains(key) != true else {
                throw ShippingFailure(.permanent, "twice", "a row of \(rows.table.name) was put twice")
            }
            put[rows.table.name, default: []].insert(key)
            pending?.tables[rows.table.name, default: [:]][key] = SimulatedDatabase.Row(
                values: values, scope: rows.scopes.isEmpty ? nil : rows.scopes[row])
        }
    }

    func replace(_ scopes: [Hash128], of table: ShippedTable) throws(ShippingFailure) {
        try database.step {}
        self.scopes.append((table.name, Set(scopes)))
    }

    func settle(_ positions: [Int64]) throws(ShippingFailure) {
        try database.step {}
        settled.formUnion(positions)
    }

    func clear(_ stretch: ShippedStretch, of table: ShippedTable) throws(ShippingFailure) {
        try database.step {}
        cleared.append((table, stretch))
    }

    /// The number of a row's stretch.
    private static func stretch(_ values: [Scalar], _ table: ShippedTable, _ positions: Int64) -> Int64 {
        let names = ["position": positions, "asked_time": DigestRequest.day, "start_time": DigestRequest.day]
        for (index, column) in table.columns.enumerated() {
            let isBucket = table.kind != .events && column.name == "time"
            guard let length = names[column.name] ?? (isBucket ? DigestRequest.day : nil) else { continue }
            switch values[index] {
            case .integer(let value), .timestamptz(let value): return value / length
            default: return DigestRequest.noDay
            }
        }
        return 0
    }

    func commit(_ mark: ShippingMark) throws(ShippingFailure) -> ShippedSize {
        guard var state = pending else { throw ShippingFailure(.permanent, "order", "nothing was begun") }
        for (table, scopes) in scopes {
            state.tables[table] = state.tables[table]?.filter { key, row in
                put[table]?.contains(key) == true || !(row.scope.map(scopes.contains) ?? false)
            }
        }
        let keys = Set(settled.map { ShippedKey.of([.integer($0)]) })
        for table in tables where table.kind == .events {
            state.tables[table.name] = state.tables[table.name]?.filter { key, _ in
                put[table.name]?.contains(key) == true || !keys.contains(key)
            }
        }
        for (table, stretch) in cleared {
            state.tables[table.name] = state.tables[table.name]?.filter { key, row in
                if put[table.name]?.contains(key) == true { return true }
                return switch stretch {
                case .positions(let after, let through):
                    !((after + 1)...max(after + 1, through)).contains(Self.stretch(row.values, table, 1))
                case .day(let day): Self.stretch(row.values, table, 1) != day
                }
            }
        }
        state.mark = mark
        let whole = state
        try database.step { database.state.withLock { $0 = whole } }
        return ShippedSize(bytes: 1)
    }

    func digests(_ request: DigestRequest) throws(ShippingFailure) -> [Int64: RowDigest] {
        var digests: [Int64: RowDigest] = [:]
        let rows = database.state.withLock { $0.tables[request.table.name] ?? [:] }
        // order: sums.
        for row in rows.values {
            let stretch = Self.stretch(row.values, request.table, request.positions)
            digests[stretch, default: RowDigest()].add(Self.digest(row.values))
        }
        return digests
    }

    func digest(_ rows: ShippedRows) -> [RowDigest] {
        (0..<rows.chunk.rowCount).map { row in Self.digest(rows.chunk.columns.map { $0.scalar(at: row) }) }
    }

    private static func digest(_ values: [Scalar]) -> RowDigest {
        var digest = RowDigest()
        (digest.rows, digest.hashes) = (1, Int128(ShippedKey.of(values).low))
        return digest
    }
}
