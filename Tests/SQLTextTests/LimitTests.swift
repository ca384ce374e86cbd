import Columnar
import Plans
import Platform
import SQLText
import Synchronization
import Testing

/// Whatever the text, the answer is a plan or a typed error.
@Suite struct LimitTests {
    private func state(_ sql: String, _ catalog: RowCatalog = .named) -> String {
        do {
            _ = try SQLCompiler(catalog: catalog).compile(sql)
            return "ok"
        } catch {
            return error.kind.sqlState
        }
    }

    @Test func longText() {
        let million = "select " + String(repeating: "1,", count: 500_000) + "1"
        #expect(state(million) == "54001")
        let manyConstants =
            "select id from events where turn in (" + (0..<5_000).map(String.init).joined(separator: ",") + ")"
        #expect(state(manyConstants) == "ok")
    }

    /// Compiling holds many bytes for each of a text's: they are booked while it lasts.
    @Test func longTextIsBooked() throws {
        let constants = "select id from events where turn in (1" + String(repeating: ",1", count: 130_000) + ")"
        let literal = "select '" + String(repeating: "a", count: 260_000) + "'"
        func kind(_ sql: String, budget: Int, pool: MemoryPool?) -> QueryError.Kind? {
            var options = QueryOptions()
            (options.memoryBudgetBytes, options.memoryPool) = (budget, pool)
            do {
                _ = try SQLCompiler(catalog: RowCatalog.named, within: options).compile(sql)
                return nil
            } catch {
                return error.kind
            }
        }
        let roomy = MemoryPool(limitBytes: 256 << 20)
        let (small, tight) = (MemoryPool(limitBytes: 64 << 20), MemoryPool(limitBytes: 16 << 20))
        #expect(kind(constants, budget: 256 << 20, pool: roomy) == nil)
        #expect(kind(constants, budget: 64 << 20, pool: roomy) == .memoryExceeded)
        #expect(kind(constants, budget: 64 << 20, pool: nil) == .memoryExceeded)
        #expect(kind(constants, budget: 256 << 20, pool: small) == .memoryExceeded)
        #expect(kind(constants, budget: 256 << 20, pool: tight) == .memoryExceeded)
        // One value is one node, however long it is.
        #expect(kind(literal, budget: 64 << 20, pool: small) == nil)
        #expect(kind("select 1", budget: 0, pool: MemoryPool(limitBytes: 0)) == nil)
        #expect(kind("select " + constants, budget: 256 << 20, pool: roomy) == .syntax)
        for pool in [roomy, small, tight] { #expect(pool.usedBytes == 0) }
    }

    @Test(arguments: [10_000, 50_000])
    func deepNesting(_ depth: Int) {
        let shapes = [
            "select " + String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth),
            "select " + String(repeating: "1+", count: depth) + "1",
            "select " + String(repeating: "- ", count: depth) + "turn from events",
            "select 1 where " + String(repeating: "not ", count: depth) + "true",
            "select " + String(repeating: "abs(", count: depth) + "1" + String(repeating: ")", count: depth),
            "select 1" + String(repeating: "::int", count: depth),
            "select " + String(repeating: "case when true then ", count: depth) + "1"
                + String(repeating: " end", count: depth),
            String(repeating: "select * from (", count: depth) + "select 1",
            "select 1" + String(repeating: " union select 1", count: depth),
            "select * from days d" + String(repeating: " cross join days", count: depth),
        ]
        for shape in shapes {
            let found = state(shape)
            #expect(["54001", "42601"].contains(found), "\(shape.prefix(40))… gave \(found)")
        }
    }

    /// Just below the limit everything, the rewrites included, still has stack enough.
    @Test func deepestAllowed() {
        var deepest = 0
        for depth in stride(from: 50, through: 450, by: 50) {
            let sql =
                "select " + String(repeating: "turn + (", count: depth) + "1" + String(repeating: ")", count: depth)
                + " from events"
            if state(sql) == "ok" { deepest = depth }
        }
        #expect(deepest >= 100)
        #expect(state("select 1" + String(repeating: " union all select 1", count: 300)) == "ok")
        #expect(
            state("select id from events where turn = 1" + String(repeating: " and turn <> 5", count: 3000)) == "ok")
    }

    /// A column that is read twice stands for its expression twice: what conditions become stays bounded.
    @Test(arguments: ["a + a as a", "a = a as a", "coalesce(a, a) as a"])
    func conditionsDoNotExplode(step: String) {
        let isBoolean = step.contains("=")
        var sql = "select \(isBoolean ? "turn = 1" : "turn") as a from events"
        for level in 0..<35 { sql = "select \(step) from (\(sql)) as t\(level)" }
        #expect(state("select * from (\(sql)) as t where \(isBoolean ? "a" : "a > 5")") == "ok")
    }

    /// Planning ends where the question has to end.
    @Test func planningLooksAtTheTime() {
        let wide = "select id from events where turn = 1" + String(repeating: " and turn <> 5", count: 3000)
        func state(looks: Int64) -> String {
            let looked = Looks()
            var options = QueryOptions()
            options.timeLimitNanoseconds = looks
            do {
                let timed = options.startingClock { looked.next() }
                _ = try SQLCompiler(catalog: RowCatalog.named, within: timed).compile(wide)
                return "ok"
            } catch {
                #expect(error.hint?.contains("narrow the time range") == true, "\(error)")
                return error.kind.sqlState
            }
        }
        #expect(state(looks: 1_000_000) == "ok")
        for looks in [0, 1, 2, 100, 3_000] as [Int64] { #expect(state(looks: looks) == "57014", "\(looks)") }
        let cancellation = QueryCancellation()
        cancellation.cancel()
        #expect(throws: QueryError.cancelled) {
            _ = try SQLCompiler(catalog: RowCatalog.named, within: QueryOptions().cancelled(by: cancellation))
                .compile("select 1")
        }
    }

    @Test func commonTablesDoNotExplode() {
        var tables = "t0 as (select 1 a)"
        for level in 1...40 { tables += ", t\(level) as (select x.a from t\(level - 1) x, t\(level - 1) y)" }
        #expect(state("with \(tables) select * from t40") == "54001")
    }

    /// Tables `w1`, `w4000` … of so many columns, `c0` and on.
    private func wide(_ counts: Int...) -> RowCatalog {
        let tables = counts.map { count in
            let columns = (0..<count).map { TableColumn(name: "c\($0)", type: .integer) }
            return ("w\(count)", RowTable(name: "w\(count)", columns: columns))
        }
        return RowCatalog(tables: Dictionary(uniqueKeysWithValues: tables))
    }

    /// Every shape that multiplies columns ends in a plan or a refusal, and soon: without the limits these took a
    /// gigabyte and half a minute.
    @Test func columnsDoNotExplode() {
        let catalog = wide(20, 100, 1_600, 1_664, 1_665, 4_000, 5_000)
        func list(_ count: Int, _ item: (Int) -> String) -> String { (0..<count).map(item).joined(separator: ", ") }
        let names = list(3_000) { "c\($0)" }
        let shapes: [(String, String)] = [
            ("select * from w1664", "ok"), ("select * from w1665", "54001"), ("select c1664 from w1665", "ok"),
            ("select " + list(1_664) { "\($0)" }, "ok"), ("select " + list(1_665) { "\($0)" }, "54001"),
            ("values (" + list(1_665) { "\($0)" } + ")", "54001"),
            ("select * from w1600 a, w20 b", "ok"), ("select * from w1600 a, w100 b", "54001"),
            ("select count(*) from " + list(80) { "w100 a\($0)" }, "ok"),
            ("select count(*) from " + list(90) { "w100 a\($0)" }, "54001"),
            ("select * from " + list(400) { "(select * from w20) a\($0)" }, "54001"),
            ("select count(*) from " + list(150) { "(select * from w20) a\($0)" }, "ok"),
            ("select a.c0 from w5000 a join w4000 b using (\(names))", "54001"),
            ("select a.c0 from w4000 a join (select c0 from w4000) b using (c0)", "ok"),
            ("select a.c0 from w4000 a join w4000 b using (\(names))", "ok"),
            ("with t as (select * from w5000) select 1 from t", "54001"),
            ("with t as (select * from w1600) select count(*) from " + list(4) { "t a\($0)" }, "ok"),
            (
                "with t as (select * from w1600) select 1 where "
                    + (0..<200).map { "\($0) in (select c0 from t)" }.joined(separator: " and "), "54001"
            ),
            (
                "with t as (select 1 a where 1 in (" + list(20_000) { "\($0)" } + ")) select 1 from "
                    + list(300) { "t a\($0)" }, "54001"
            ),
            ((0..<60).map { _ in "select * from w1600" }.joined(separator: " union all "), "54001"),
            ((0..<15).map { _ in "select * from w1600" }.joined(separator: " union all "), "ok"),
        ]
        for (sql, expected) in shapes {
            let took = ContinuousClock().measure {
                let found = state(sql, catalog)
                #expect(found == expected, "\(sql.prefix(80))… gave \(found)")
            }
            // Wide enough for a build without optimisation on a busy machine.
            #expect(took < .seconds(20), "\(sql.prefix(80))… took \(took)")
        }
    }

    /// Branches that were cut already keep what stands in quotes in them when a UNION gives each column a type.
    @Test func quotesInBranchesThatWereCut() throws {
        let rows = try RowCatalog().answer("(select '3', '4' limit 1) union all select 1, 2").rows
        #expect(rows == [[.integer(3), .integer(4)], [.integer(1), .integer(2)]])
    }

    /// A refusal of what is too wide says what to do.
    @Test func tooWideSaysWhatToDo() {
        let catalog = wide(1_665, 5_000)
        for sql in [
            "select * from w1665", "select 1 from w5000 a, w5000 b", "with t as (select * from w1665) select 1 from t",
        ] {
            #expect {
                _ = try SQLCompiler(catalog: catalog).compile(sql)
            } throws: { error in
                let refusal = error as? QueryError
                return refusal?.kind == .queryTooComplex && refusal?.hint?.contains("columns") == true
            }
        }
    }

    /// What a WITH query holds counts at each use, and is no column: the refusal says so.
    @Test func aLongWithQueryThatIsUsedOftenIsRefusedForWhatItHolds() {
        let numbers = (0..<2_000).map(String.init).joined(separator: ",")
        let uses = (0..<100).map { "t a\($0)" }.joined(separator: ", ")
        let sql = "with t as (select 1 a where 1 in (\(numbers))) select count(*) from \(uses)"
        let error = #expect(throws: QueryError.self) { try SQLCompiler(catalog: wide(1)).compile(sql) }
        #expect(error?.kind == .queryTooComplex)
        #expect(error?.message.contains("columns and expressions, counting WITH queries at each use") == true)
    }

    /// Texts on which the grammar's lexer took minutes.
    @Test(arguments: ["+-", "/*", "/**/", "*/*", "~-", "<+"])
    func runsOfOperatorCharacters(_ part: String) throws {
        let text = "select 1 " + String(repeating: part, count: 250_000 / part.utf8.count)
        let took = ContinuousClock().measure { #expect(state(text) == "54001", "\(part)") }
        #expect(took < .seconds(20), "\(part) took \(took)")
    }

    /// Each statement of a script costs what it is long, not what the script is.
    @Test func longScripts() throws {
        let sets = String(repeating: "set a=1;", count: 20_000)
        let took = ContinuousClock().measure {
            #expect(throws: Never.self) {
                _ = try SQLCompiler(catalog: RowCatalog.named).compileScript(sets + "select 1")
            }
        }
        #expect(took < .seconds(20), "took \(took)")
    }

    @Test func emptyTexts() {
        for text in ["", " ", ";", "-- note", "/* note */"] { #expect(state(text) == "42601", "\(text)") }
        #expect(state("select 'a\0b'") == "42601")
    }

    /// Random rows of tokens: most fail, none crashes, each failure has a five-character state.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func tokenSoup(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = """
            select from where group by having order limit offset distinct as on join left right full cross using union \
            all with values ( ) , . * + - / % ^ || :: = <> < > ~ ~* -> ->> [ ] events llm_call e t.* turn channel time \
            cost_usd attributes status duration_ns day length flag 1 0 2.5 -1 1e400 1e-30 'x' '1' '' '2026-08-01' '1 \
            day' null true false and or not in between like is case when then else end cast int text numeric ( 10 \
            interval array count sum avg min max coalesce greatest extract hour epoch date_trunc 'hour' now() \
            percentile_cont within filter exists any $1 ; asc desc nulls first last over
            """.split { $0 == " " || $0 == "\n" || $0 == "\\" }.map(String.init)
        let starts = [
            "select", "select count(*) ,", "select * from events where", "select channel from events group by",
            "explain select", "",
        ]
        var planned = 0
        for _ in 0..<3_000 {
            var text = starts[random.next(below: starts.count)]
            for _ in 0..<random.next(below: 14) { text += " " + words[random.next(below: words.count)] }
            if random.next(below: 4) == 0 { text += " from events" }
            let found = state(text)
            if found == "ok" { planned += 1 } else { #expect(found.utf8.count == 5, "seed \(seed): \(text)") }
        }
        #expect(planned > 0, "seed \(seed): nothing parsed")
    }

    /// Valid questions with bytes flipped.
    @Test func flippedQuestions() throws {
        var random = SeededGenerator(seed: 99)
        for name in ["twelve", "expressions", "relations", "times"] {
            for item in try GoldenFile("SQLText/\(name).txt").cases {
                for _ in 0..<8 {
                    var bytes = Array(item.question.utf8)
                    bytes[random.next(below: bytes.count)] = UInt8(truncatingIfNeeded: random.next())
                    let found = state(String(decoding: bytes, as: UTF8.self))
                    #expect(found == "ok" || found.utf8.count == 5)
                }
            }
        }
    }
}

/// A clock on which a nanosecond passes whenever somebody looks.
private final class Looks: Sendable {
    private let count = Atomic<Int64>(0)
    func next() -> Int64 { count.add(1, ordering: .relaxed).newValue }
}
