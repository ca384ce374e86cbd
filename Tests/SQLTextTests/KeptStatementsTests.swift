import Columnar
import Plans
import SQLText
import Synchronization
import Testing

/// What was compiled before is taken where it would come out the same, and nowhere else.
@Suite struct KeptStatementsTests {
    private let pool = MemoryPool(limitBytes: 64 << 20)
    private let kept: KeptStatements

    init() { kept = KeptStatements(within: pool) }

    private final class Looks: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Compiles, and counts how often that looks whether it may go on: reading and planning do at each step, and what
    /// is kept is handed out after one look.
    private func compiled(
        _ sql: String, over catalog: any TableCatalog = RowCatalog.named, zone: String = "UTC", now: Int64? = nil,
        in other: KeptStatements? = nil
    ) throws -> (script: CompiledScript, looks: Int) {
        let looks = Looks()
        let options = QueryOptions().cancelled(
            by: QueryCancellation {
                looks.count.add(1, ordering: .relaxed)
                return false
            })
        let script = try SQLCompiler(catalog: catalog, timeZone: zone, now: now, within: options)
            .compileScript(sql, keeping: other ?? kept)
        return (script, looks.count.load(ordering: .relaxed))
    }

    @Test(arguments: [
        "select count(*) from llm_call",
        "select * from events where conversation_id = 'c-1' order by time",
        "set plimsoll.rollups = off; set timezone = 'Europe/Berlin'; select date_trunc('day', time) from events",
        "select sum(cost_usd) from llm_call where time >= (select max(time) from events) - interval '1 day'",
        "select 'epoch'::timestamptz", "explain analyze select 1", "show timezone",
    ]) func whatIsAskedAgainIsNotReadAgain(_ sql: String) throws {
        let (first, second) = (try compiled(sql), try compiled(sql))
        #expect(first.looks > 1 && second.looks == 1, "\(sql)")
        #expect(first.script.statement == second.script.statement && first.script.settings == second.script.settings)
        #expect(first.script.preparation === second.script.preparation)
        #expect(try compiled(sql, in: KeptStatements(within: pool)).script.statement == second.script.statement)
    }

    @Test func textsAreToldApartByBytes() throws {
        let (composed, decomposed) = (try compiled("select '\u{E9}'"), try compiled("select 'e\u{301}'"))
        #expect(composed.script.statement != decomposed.script.statement && decomposed.looks > 1)
    }

    @Test func aTableThatIsAnotherIsReadAnew() throws {
        let sql = "select * from days"
        let before = try compiled(sql).script.statement
        var catalog = RowCatalog.named
        catalog.tables["days"]?.columns.append(TableColumn(name: "more", type: .integer))
        let after = try compiled(sql, over: catalog)
        #expect(after.looks > 1 && after.script.statement.columns.count == before.columns.count + 1)
        catalog.tables["turns"] = nil
        #expect(try compiled(sql, over: catalog).looks == 1, "tables that are not read do not count")
        catalog.tables["days"]?.columns[0].type = .text
        #expect(try compiled(sql, over: catalog).script.statement.columns[0].type == .text)
        catalog.tables["days"] = nil
        let refusal = #expect(throws: QueryError.self) { try compiled(sql, over: catalog) }
        #expect(refusal?.kind == .undefinedTable)
        #expect(try compiled(sql).script.statement == before)
    }

    @Test func eachZoneHasItsOwn() throws {
        let sql = "select id from events where time > '2026-08-01 00:00'"
        let (here, there) = (try compiled(sql), try compiled(sql, zone: "Europe/Berlin"))
        #expect(there.looks > 1 && here.script.statement != there.script.statement)
        #expect(try compiled(sql).script.statement == here.script.statement)
        #expect(try compiled(sql, zone: "Europe/Berlin").looks == 1)
    }

    @Test(arguments: [
        "select now()", "select current_date", "select localtimestamp", "select 'today'::timestamptz",
        "select id from events where time > 'yesterday'", "select age(time) from events",
        "select count(*) from events where time > now() - interval '15 minutes'",
    ]) func whatIsOfItsMomentIsReadEachTime(_ sql: String) throws {
        let day: Int64 = 86_400_000_000_000
        let noon = RowCatalog.named.now
        let (before, after) = (try compiled(sql, now: noon), try compiled(sql, now: noon + 3 * day))
        #expect(before.script.statement != after.script.statement && after.looks > 1, "\(sql)")
        #expect(kept.heldBytes == 0)
    }

    /// The same tables under another key.
    private struct OtherKey: TableCatalog {
        private let base = RowCatalog.named
        func table(named name: String) -> (any TableSource)? { base.table(named: name) }
        var tableNames: [String] { base.tableNames }
        var position: Int64 { base.position }
        var watermark: Int64 { base.watermark }
        var now: Int64 { base.now }
        func userToken(_ userID: String) -> String { "other token of \(userID)" }
    }

    @Test func tokensAreOfTheirKey() throws {
        let sql = "select count(*) from events where user_id = user_token('alice')"
        let (here, there) = (try compiled(sql), try compiled(sql, over: OtherKey()))
        #expect(here.script.statement != there.script.statement)
    }

    @Test func refusalsAreNotKept() throws {
        for sql in ["select nothing from events", "select 1 +", "delete from events", "select 1; select 2"] {
            let first = #expect(throws: QueryError.self) { try compiled(sql) }
            let second = #expect(throws: QueryError.self) { try compiled(sql) }
            #expect(first == second, "\(sql)")
        }
        #expect(kept.heldBytes == 0 && pool.usedBytes == 0)
    }

    @Test func whoIsCancelledIsToldSo() throws {
        _ = try compiled("select 1")
        let cancellation = QueryCancellation()
        cancellation.cancel()
        let options = QueryOptions().cancelled(by: cancellation)
        #expect(throws: QueryError.cancelled) {
            try SQLCompiler(catalog: RowCatalog.named, within: options).compileScript("select 1", keeping: kept)
        }
    }

    @Test func theOneThatWasNotAskedForLongestGoes() throws {
        let few = KeptStatements(within: pool, entriesMax: 2)
        for text in ["select 1", "select 2", "select 1", "select 3"] { _ = try compiled(text, in: few) }
        #expect(try compiled("select 1", in: few).looks == 1)
        #expect(try compiled("select 3", in: few).looks == 1)
        #expect(pool.usedBytes == few.heldBytes && few.heldBytes > 0)
        #expect(try compiled("select 2", in: few).looks > 1)
        #expect(pool.usedBytes == few.heldBytes)
    }

    /// What few will ask again must not drive out what many do.
    @Test func longOnesAreNotKept() throws {
        let long = "select '" + String(repeating: "a", count: 16 << 10) + "'"
        #expect(try compiled(long).looks > 1 && kept.heldBytes == 0)
        let zone = String(repeating: "z", count: 16 << 10)
        #expect(try compiled("select 1", zone: zone).looks > 1 && kept.heldBytes == 0, "such as there is none")
        let numbers = (0..<1_000).map(String.init).joined(separator: ",")
        let smaller = KeptStatements(within: MemoryPool(limitBytes: 16 << 20))
        _ = try compiled("select id from events where turn in (\(numbers))", in: smaller)
        #expect(smaller.heldBytes == 0)
        _ = try compiled("select id from events where turn in (1, 2)", in: smaller)
        #expect(smaller.heldBytes > 0)
        let tight = KeptStatements(within: MemoryPool(limitBytes: 64 << 10))
        _ = try compiled("select 1", in: tight)
        #expect(try compiled("select 1", in: tight).looks > 1 && tight.heldBytes == 0)
    }

    /// A wide table takes room for each of its columns wherever it is read, though a plan reads it in one part.
    @Test func columnsAreBooked() throws {
        let columns = (0..<300).map { TableColumn(name: "a_column_of_many_\($0)", type: .text) }
        var catalog = RowCatalog.named
        catalog.tables["wide"] = RowTable(name: "wide", columns: columns)
        let (one, two) = ("select * from wide", "select * from wide union all select * from wide")
        _ = try compiled(one, over: catalog)
        let ofOne = kept.heldBytes
        _ = try compiled(two, over: catalog)
        let more = kept.heldBytes - 2 * ofOne
        #expect(more >= 2 * columns.count * MemoryLayout<TableColumn>.stride, "the plan, and what it is prepared to")
        let most = Array(repeating: one, count: 100).joined(separator: " union all ")
        let before = kept.heldBytes
        #expect(try compiled(most, over: catalog).looks > 1 && kept.heldBytes == before)
        #expect(try compiled(most.replacing("*", with: "1"), over: catalog).looks > 1 && kept.heldBytes > before)
    }

    /// What is kept goes where a question needs the room, and takes none from anybody.
    @Test func questionsComeFirst() throws {
        let asked = Looks()
        pool.onShortage {
            asked.count.add(1, ordering: .relaxed)
            return false
        }
        _ = try compiled("select 1")
        #expect(kept.heldBytes > 0 && pool.take(pool.limitBytes))
        #expect(kept.heldBytes == 0 && asked.count.load(ordering: .relaxed) == 0)
        _ = try compiled("select 1")
        #expect(try compiled("select 1").looks > 1 && kept.heldBytes == 0)
        #expect(asked.count.load(ordering: .relaxed) == 0, "nobody lets go of anything for it")
        pool.give(pool.limitBytes)
        _ = try compiled("select 1")
        #expect(try compiled("select 1").looks == 1)
        #expect(!pool.take(pool.limitBytes + 1) && kept.heldBytes > 0, "what never fits is asked of nobody")
    }

    @Test func severalMayAskAtOneTime() async throws {
        let texts = (0..<6).map { "select id, turn + \($0) from events where turn = \($0) order by time" }
        let wanted = try texts.map { try SQLCompiler(catalog: RowCatalog.named).compile($0) }
        let few = KeptStatements(within: pool, entriesMax: 3)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for start in 0..<8 {
                group.addTask {
                    try (0..<60).allSatisfy { step in
                        let place = (start + step * (start + 1)) % texts.count
                        let script = try SQLCompiler(catalog: RowCatalog.named)
                            .compileScript(texts[place], keeping: few)
                        return script.statement == wanted[place]
                    }
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
        #expect(pool.usedBytes == few.heldBytes)
    }
}
