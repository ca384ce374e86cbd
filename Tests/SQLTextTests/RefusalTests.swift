import Foundation
import Plans
import SQLText
import Testing

/// What README says is not supported is refused with `0A000`, at the place that is at fault.
@Suite struct RefusalTests {
    /// The question, and the text at whose beginning the refusal points.
    static let refusals: [(sql: String, place: String)] = [
        // Statements.
        ("insert into events values (1)", "events"), ("update events set turn = 1", "events"),
        ("delete from events", "events"),
        ("  -- why\n  create table x (a int)", "create"), ("truncate events", "truncate"), ("begin", "begin"),
        ("select 1 into x", "x"),
        ("select 1;  select 2", "select 2"), ("select $1", "$1"),
        ("select channel from events for update", "for update"),
        ("select substring(channel from 1 for 2) from events for share", "for share"),
        ("explain (format json) select 1", "format"), ("explain insert into events values (1)", "explain"),
        ("with q as (insert into events values (1) returning turn) select 1", "q as"),
        // Parts of a SELECT.
        ("select count(distinct channel) over () from events", "count"),
        ("select string_agg(channel, ',') over (order by time) from events", "string_agg"),
        ("select count(*) over (order by time rows current row exclude ties) from events", "(order"),
        ("with recursive q as (select 1) select * from q", "with"),
        ("select distinct on (channel) channel from events", "channel) c"),
        ("select channel from events group by rollup (channel)", "rollup"),
        ("select 1 group by grouping sets (())", "grouping"),
        ("select grouping(channel) from events group by channel", "grouping"),
        ("select 1 from events order by turn fetch first 1 rows with ties", "with ties"),
        ("select 1 order by 1 using <", "<"),
        ("select turn from events limit (select 1)", "(select 1)"),
        // Sets and joins.
        ("select 'intersect', 1 except select 'except', 2", "except s"),
        ("select 1 intersect all (select 2)", "intersect"),
        ("select 1 from (select 1 intersect select 2) q", "intersect"),
        ("select a from (select 1 a) q full join (select 2 b) r on a = b", "full"),
        ("select 1 from events a left join (events b full outer join events c on true) on true", "full"),
        ("select 1 from events, lateral (select 1) q", "lateral"), ("select 1 from generate_series(1, 3)", "generate"),
        ("select 1 from events tablesample system (10)", "system"),
        ("select 1 from (events a join events b on true) as q", "events a"),
        ("select (select s.channel from message_sent s where s.turn = m.turn) from llm_call m", "m.turn)"),
        ("select 1 < any (select 1)", "< any"), ("select 1 = all (array[1])", "= all"),
        ("select array(select 1)", "array"),
        ("select turn from events order by turn in (select 1)", "in ("),
        // Values.
        ("select row(1, 2)", "row"), ("select (1, 2) = (1, 2)", "(1, 2) ="), ("select events from events", "events f"),
        ("select '{1,2}'::bigint[]", "bigint"), ("select (array[1, 2])[1:2]", "array"), ("select b'101'", "b'"),
        ("select channel collate \"C\" from events", "collate"), ("select 5 & 3", "& 3"),
        ("select attributes @> '{}' from events", "@>"),
        ("select current_time", "current_time"), ("select xmlelement(name a)", "xmlelement"),
        // Texts.
        ("select channel similar to 'a' from events", "similar"),
        ("select substring(channel from 'o(.)b') from events", "substring"),
        ("select substring('foobar' similar '%#\"o_b#\"%' escape '#')", "substring"),
        ("select substring('foobar', '2')", "substring"),
        ("select 'é' ~ 'a(?=b)'", "'a(?=b)'"), ("select 'a' ~ '(a)\\1'", "'(a)"),
        ("select channel !~* '[[:<:]]a' from events", "'[["),
        ("select channel ~ '[(?=]\\y' from events", "'[(?=]"),
        // Types.
        ("select turn::char(3) from events", "char"), ("select 'x'::uuid", "uuid"), ("select time '10:00'", "time"),
        ("select channel::bytea from events", "bytea"), ("select 1::money", "money"), ("select 'x'::name", "name"),
        ("select '2026-01-01'::timestamp(0)", "timestamp"), ("select interval '1' year to month", "interval"),
        ("select current_timestamp(0)", "current"), ("select localtimestamp(3)", "local"),
        ("select interval(0) '1.5 seconds'", "interval"), ("select length::interval day from days", "interval"),
        ("select 'nan'::float8::numeric", "::numeric"), ("select '{1.5}'::numeric[]", "numeric"),
        // to_char.
        ("select to_char(time, 'YYYY RM') from events", "'YYYY RM'"),
        ("select to_char(time, 'YYYY-MM-DDTHH24') from events", "'YYYY"),
        ("select to_char(time, 'SSSS') from events", "'SSSS'"), ("select to_char(turn, '999') from events", "to_char"),
        ("select to_char(length, 'HH24') from days", "to_char"),
        // Aggregates.
        ("select string_agg(channel, channel) from events", "string_agg"),
        ("select percentile_cont(weight) within group (order by weight) from days", "percentile_cont"),
        ("select lower(variadic array['a'])", "lower"),
        ("select round(cost_usd, turn) from events", "turn)"),
    ]

    @Test(arguments: RefusalTests.refusals.map { $0.sql })
    func isPlaced(_ sql: String) throws {
        let place = try #require(Self.refusals.first { $0.sql == sql }).place
        let range = try #require(sql.range(of: place), "\(sql) has no \(place)")
        do {
            _ = try SQLCompiler(catalog: RowCatalog.named).compile(sql)
            Issue.record("\(sql) was taken")
        } catch {
            #expect(error.kind == .notSupported, "\(sql): \(error)")
            #expect(
                error.position == sql.unicodeScalars.distance(from: sql.startIndex, to: range.lowerBound) + 1,
                "\(sql): \(error)")
        }
    }

    /// What looks like a refused part and is none.
    @Test(arguments: [
        "select 'a' ~ '[(?=]'", "select 'a' ~ '***=(?=a)'", "select 'a' ~ '(?q)(?=a)'", "select 'a' ~ '\\\\m'",
        "select 'a' ~ 'a(?# (?=b) )'", "select percentile_disc(0.5) within group (order by 'b'::text) from events",
        "select percentile_cont(0.5) within group (order by '1') from events",
        "select string_agg(distinct 'b', ',' order by 'b'::text) from events",
        "select substring('abc' from '2' for 2)", "select substring(channel, 2) from events",
        "select substring('abc', null)",
        "select to_char(time, 'YYYY-MM-DD\"T\"HH24:MI') from events", "select array[1, 2]::int[]",
        "select interval '3' day",
        "select null::varchar(3)", "select \"full\".channel from events \"full\"", "select 1 /* full */ union select 2",
    ])
    func isTaken(_ sql: String) throws {
        _ = try SQLCompiler(catalog: RowCatalog.named).compile(sql)
    }

    /// What orders the values of an aggregate and has no type of its own, as PostgreSQL 15 refuses it.
    @Test(arguments: [
        ("select percentile_disc(0.5) within group (order by 'b') from events", QueryError.Kind.typeMismatch),
        ("select string_agg(distinct 'b', ',' order by 'b') from events", .invalidReference),
        ("select string_agg(distinct channel, ',' order by 'b') from events", .invalidReference),
    ])
    func openTextsOrderNothing(_ sql: String, _ kind: QueryError.Kind) throws {
        let error = #expect(throws: QueryError.self) { try SQLCompiler(catalog: RowCatalog.named).compile(sql) }
        #expect(error?.kind == kind, "\(sql)")
    }
}
