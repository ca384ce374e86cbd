import Columnar
import Plans
import SQLText
import Testing

/// Casts to types that hold less: what does not fit is refused or cut as PostgreSQL 15 does it, as a constant and out
/// of a column.
@Suite struct CastTests {
    private func outcome(_ sql: String) -> String {
        let columns = [("n", ColumnType.integer), ("d", .double), ("t", .text), ("b", .boolean)].map {
            TableColumn(name: $0.0, type: $0.1)
        }
        let rows: [[Scalar]] = [
            [.integer(3_000_000_000), .double(1e-13), .text("1e-13"), .boolean(true)],
            [.integer(-32_769), .double(0.1), .text("abcdé"), .null],
            [.integer(7), .double(1.0 / 3), .text("0.5"), .boolean(false)], [.null, .null, .null, .null],
        ]
        let catalog = RowCatalog(tables: ["x": RowTable(name: "x", columns: columns, rows: rows)])
        do {
            return try catalog.answer(sql).rows.map { row in
                row.map { if case .text(let text) = $0 { text } else { $0.isNull ? "null" : "\($0)" } }.joined(
                    separator: ",")
            }.joined(separator: ";")
        } catch let error as QueryError {
            return error.kind.sqlState
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("select 3000000000::int", "22003"), ("select '3000000000'::int", "22003"),
        ("select (-32769)::smallint", "22003"),
        ("select int4(3000000000)", "22003"), ("select (-1)::oid", "22003"),
        ("select '3000000000'::bigint::text", "3000000000"),
        (
            "select 2147483647::int::text, (-2147483648)::int4::text, (-32768)::int2::text",
            "2147483647,-2147483648,-32768"
        ),
        ("select (2147483647::int + 1::int)::text", "2147483648"),
        ("select null::int", "null"),
        ("select 2147483647.4::int::text", "2147483647"),
        ("select 2147483647.5::int::text", "22003"), ("select 'x' where false and 3000000000::int = 1", ""),
        ("select 'x' where 3000000000::int = 1 and false", "22003"),
        ("select n::int from x", "22003"),
        ("select n::smallint from x where n < 0", "22003"),
        ("select n::int::text from x where n < 9 or n is null", "-32769;7;null"),
        ("select b::int::text from x", "1;null;0;null"), ("select d::int::text from x", "0;0;0;null"),
    ])
    func integers(_ sql: String, _ expected: String) { #expect(outcome(sql) == expected, "\(sql)") }

    @Test(arguments: [
        ("select 1e-13::float8::numeric::text", "0.0000000000001"),
        ("select (1.0::float8 / 3)::numeric::text", "0.333333333333"),
        ("select '0.1234567890123'::float8::numeric::text", "0.1234567890123"),
        ("select 1e20::float8::numeric::text", "100000000000000000000"),
        ("select (-1.5e-20)::float8::numeric::text", "-0.000000000000000000015"),
        ("select '1e-60'::float8::numeric", "22003"),
        ("select 123456::numeric(4,2)", "22003"), ("select 99.994::numeric(4,2)::text, 99.995::numeric(4,2)", "22003"),
        ("select 99.994::numeric(4,2)::text, null::numeric(2), '12'::numeric(2)::text", "99.99,null,12"),
        ("select 1::numeric(0)", "22023"),
        ("select n::numeric(9) from x", "22003"),
        ("select n::numeric(12, 1)::text from x where n > 0", "3000000000.0;7.0"),
        ("select d::numeric from x", "22003"), ("select t::numeric from x where t like '1e%'", "22003"),
        ("select d::numeric::text from x where d > 0.01", "0.100000000000;0.333333333333"),
        ("select t::numeric::text from x where t like '0%'", "0.500000000000"),
        (
            "select d::numeric(30, 20)::text from x",
            "0.00000000000010000000;0.10000000000000000000;0.33333333333333300000;null"
        ),
        (
            "select round(d::numeric, 2)::text, round(d::numeric, 14)::text from x",
            "0.00,0.00000000000010;0.10,0.10000000000000;0.33,0.33333333333333;null,null"
        ),
        (
            "select floor(d::numeric)::text, ceil(d::numeric)::text, trunc(d::numeric, 3)::text from x",
            "0,1,0.000;0,1,0.100;0,1,0.333;null,null,null"
        ),
        ("select round(('0.1'::float8 + '0.2'::float8 - '0.3'::float8)::numeric, 2)::text", "0.00"),
    ])
    func numerics(_ sql: String, _ expected: String) { #expect(outcome(sql) == expected, "\(sql)") }

    @Test(arguments: [
        ("select 'abcdef'::varchar(3), 123456::varchar(2), 'éa'::varchar(1)", "abc,12,é"),
        ("select t::varchar(5) from x", "1e-13;abcdé;0.5;null"),
        ("select t::varchar(4) from x", "1e-1;abcd;0.5;null"), ("select 'a'::varchar(0)", "22023"),
        ("select 'x'::citext", "42704"),
        (
            "select (interval '1 year 5 months 3 days 04:05:06' year)::text, (interval '1 year 5 months 3 days 04:05:06' day)::text",
            "1 year,1 year 5 mons 3 days"
        ),
        (
            "select (interval '1.5' hour)::text, (interval '90.5' minute)::text, (interval '1.5' second)::text",
            "01:00:00,01:30:00,00:00:01.5"
        ),
    ])
    func textsAndIntervals(_ sql: String, _ expected: String) { #expect(outcome(sql) == expected, "\(sql)") }
}
