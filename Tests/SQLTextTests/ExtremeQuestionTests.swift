import Columnar
import Execution
import Plans
import SQLText
import Testing

/// Questions at the ends of what numbers, times, patterns and zones hold: an answer or the state that PostgreSQL gives.
@Suite struct ExtremeQuestionTests {
    private func outcome(_ sql: String, timeZone: String = "UTC") -> String {
        let columns = [("t", ColumnType.text), ("n", .integer), ("d", .double)].map {
            TableColumn(name: $0.0, type: $0.1)
        }
        let texts = [
            "1e-9223372036854775808", "999999:00:00 999999:00:00 999999:00:00", "P1DT2H", "2026-01-01 24:30:00",
            "1.3 years",
        ]
        let rows: [[Scalar]] = texts.map { [.text($0), .integer(.min), .double(1)] }
        let catalog = RowCatalog(tables: ["x": RowTable(name: "x", columns: columns, rows: rows)])
        do {
            return try catalog.answer(sql, timeZone: timeZone).rows.map { row in
                row.map { if case .text(let text) = $0 { text } else { "\($0)" } }.joined(separator: ",")
            }.joined(separator: ";")
        } catch let error as QueryError {
            return error.kind.sqlState
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("select 1e-9223372036854775808", "22003"), ("select t::numeric from x where t like '1e-%'", "22003"),
        ("select ('2026-01-01'::date + (-9223372036854775808)::bigint)::text", "22008"),
        ("select ('2026-01-01'::date + n)::text from x", "22008"),
        ("select age('2026-01-01'::date + n) from x", "22008"),
        ("select round(1.5, (-9223372036854775808)::bigint)::text", "0"),
        ("select ((-170141183460469231731687303715884105727 - 1) % -1)::text", "0"),
        ("select log(1, 1)", "22012"), ("select log(d, 8) from x", "22012"), ("select log(2, 8)::text", "3"),
    ])
    func numbers(_ sql: String, _ expected: String) { #expect(outcome(sql) == expected, "\(sql)") }

    @Test(arguments: [
        ("a{-5}", "boolean(false)"), ("a{3,2}", "2201B"), ("a{256}", "2201B"), ("a{0x2}", "2201B"),
        ("a{1,2,3}", "2201B"),
        ("a{+1}", "boolean(false)"),
        ("(((((){255}){255}){255}){255}){255}", "2201B"), ("a**", "2201B"), ("a{2}{3}", "2201B"),
        ("^a{2,3}$", "boolean(true)"), ("^a{2}?$", "boolean(false)"), ("^(a{1}){3}$", "boolean(true)"),
        ("^a{4,}$", "boolean(false)"),
    ])
    func patterns(_ pattern: String, _ expected: String) {
        #expect(outcome("select 'aaa' ~ '\(pattern)'") == expected, "\(pattern)")
    }

    /// As the zone of a session and of one time; this one PostgreSQL reads as POSIX does, and further.
    @Test(arguments: [
        ("+02:9223372036854775807", "22023"), ("+-9223372036854775808", "22023"), ("+02:60", "22023"),
        ("+02:", "22023"), ("+", "22023"), ("+0x1", "22023"), ("", "22023"), ("+168", "22023"),
        ("99999999999999999999", "22023"), ("+99", "2025-12-27 21:00:00"), ("+1:2:3", "2025-12-31 22:57:57"),
        ("UTC-99", "2026-01-05 03:00:00"), ("BST", "2026-01-01 01:00:00"),
    ])
    func zones(_ zone: String, _ reading: String) {
        #expect(outcome("select 1", timeZone: zone) == "22023")
        #expect(outcome("select (timestamptz '2026-01-01Z' at time zone '\(zone)')::text") == reading)
    }

    @Test(arguments: [
        ("europe/berlin", "01:00:00"), ("EST5EDT", "19:00:00"), ("+05:30", "05:30:00"), ("utc-2", "02:00:00"),
    ])
    func zonesOfSessions(_ zone: String, _ clock: String) {
        let sql = "select to_char(timestamptz '2026-01-01Z', 'HH24:MI:SS')"
        #expect(outcome(sql, timeZone: zone) == clock)
    }

    /// Neither what a condition reads nor what an order goes by is shown.
    @Test(arguments: [
        ("select from (values (1, 2), (3, 4)) v(a, b)", 2),
        ("select from (values (1, 2), (3, 4)) v(a, b) where a > 1", 1),
        ("select from (values (1, 2), (3, 4)) v(a, b) order by b limit 1", 1), ("select", 1),
        ("select from (values (1), (2)) v(a) union all select from (values (3)) w(b) where b > 0", 3),
    ])
    func rowsWithoutColumns(_ sql: String, _ count: Int) throws {
        let result = try RowCatalog().result(sql)
        #expect(result.columns.isEmpty && result.chunks.allSatisfy { $0.columns.isEmpty }, "\(sql)")
        #expect(result.rowCount == count, "\(sql)")
    }

    @Test func zonesByOffset() {
        #expect(outcome("select (timestamptz '2026-01-01Z' at time zone '-05:30')::text") == "2026-01-01 05:30:00")
        #expect(outcome("select (timestamptz '2026-01-01Z' at time zone '+2')::text") == "2025-12-31 22:00:00")
        #expect(outcome("select (timestamptz '2026-01-01Z' at time zone 'UTC+2')::text") == "2025-12-31 22:00:00")
        let day = "select date_trunc('day', timestamptz '2026-01-01 23:00Z', '-02')::text"
        #expect(outcome(day) == "2026-01-01 22:00:00+00")
    }

    @Test(arguments: [
        ("select date_trunc('millennium', timestamptz '1677-09-22')", "22008"),
        ("select date_trunc('week', timestamp '1677-09-21 12:00')", "22008"),
        ("select date_trunc('year', timestamptz '2262-04-11 23:00Z')::text", "2262-01-01 00:00:00+00"),
        ("select (timestamptz '1677-09-21 00:13Z')::text", "1677-09-21 00:13:00+00"),
        ("select timestamptz '2262-04-11 23:40Z' at time zone '-02'", "22008"),
        ("select timestamp '1677-09-21 00:13' at time zone 'Asia/Tokyo'", "22008"),
    ])
    func times(_ sql: String, _ expected: String) { #expect(outcome(sql) == expected, "\(sql)") }

    /// One text means one thing, as a literal and out of a column.
    @Test(arguments: [
        ("interval", "P1DT2H", "1 day 02:00:00"), ("interval", "1.3 years", "1 year 4 mons"),
        ("interval", "1.75 months", "1 mon 22 days 12:00:00"),
        ("interval", "0.1 day", "02:24:00"), ("interval", "2 centuries ago", "-200 years"),
        ("interval", "1.5e3 s", "22007"),
        ("interval", "999999:00:00 999999:00:00 999999:00:00", "22007"), ("interval", "9999999:00:00", "22015"),
        ("interval", "9223372036854775808 ns", "22015"),
        ("interval", "-9223372036854775807 ns", "-2562047:47:16.854775807"),
        ("interval", "--1:00", "22007"), ("interval", "1:00:60", "01:01:00"),
        ("interval", "@ 1.5 hours ago", "-01:30:00"), ("interval", "1 2", "22007"), ("interval", "P1", "1 year"),
        ("interval", "-9223372036854775808 ns", "22015"), ("interval", "2147483648 days", "22015"),
        ("interval", "99999999999999999999:00", "22015"), ("interval", "0.000000000000000001 centuries", "00:00:00"),
        ("double precision", "0x1p-1080", "22003"), ("double precision", "0x1F", "31"),
        ("timestamptz", "2026-01-01 24:00 bst", "2026-01-01 23:00:00+00"),
        ("timestamptz", "2262-04-11 23:47 Pacific/Niue", "22008"),
        ("timestamptz", "2026-07-01 europe/berlin", "2026-06-30 22:00:00+00"),
        ("timestamptz", "2026-01-01 10:00 +999999999", "22009"), ("timestamptz", "2026-01-01 é", "22007"),
        ("timestamptz", "2026-01-01 24:30:00", "22008"),
        ("timestamptz", "2026-01-01 24:00:00", "2026-01-02 00:00:00+00"),
        ("timestamptz", "2026-02-29", "22008"), ("timestamptz", "2262-04-11 23:47:16-01", "22008"),
        ("timestamptz", "1677-09-21 00:12:43.2Z", "1677-09-21 00:12:43.2+00"), ("timestamptz", "soon", "22007"),
        ("date", "2026-01-01 9:5", "2026-01-01"),
    ])
    func literalsAndColumnsAgree(_ type: String, _ text: String, _ expected: String) {
        #expect(outcome("select (\(type) '\(text)')::text") == expected)
        #expect(outcome("select replace(t, t, '\(text)')::\(type)::text from x limit 1") == expected)
    }
}
