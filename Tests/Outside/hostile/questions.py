"""Hostile clients that ask: much by few characters, many at once, and not to the end."""
import json
import string
import threading
import urllib.parse

from .foe import by_name
from .server import QUERY_SECONDS, WAITING

# A question may wait for those before it, two at a time, each within its time; pieces of answers wait their turn, too.
ANSWER_SECONDS = QUERY_SECONDS * (2 + WAITING // 2) + 15
TABLES = ("events", "llm_call", "message_sent", "message_received", "turns", "conversations", "tool_call", "dead_letters", "system_events",
          "span_received",
          "rollup_llm_call_1m")


def deep(opening, inner, closing, count):
    return opening * count + inner + closing * count


def heavy_questions(chance):
    """SQL of few characters that wants much time, memory or depth."""
    table, other, count = chance.choice(TABLES), chance.choice(TABLES), chance.choice((10, 1000, 10**5, 10**7, 10**9, 2**31, 2**62))
    letters = "".join(chance.choice("ab%_.*") for _ in range(chance.randrange(1, 60)))
    deep_count = chance.choice((10, 500, 5000, 100_000))
    return [
        f"select repeat('ab', {count})", f"select length(repeat(repeat('ab', 30000), {count}))",
        f"select replace(repeat('a', 8000000), 'a', repeat('b', {count % 1000}))",
        f"select position(repeat('a', 500000) || 'b' in repeat('a', 30000000)) from {table}",
        f"select repeat('a', 20000000) like '%a%a%a%a%a%a%b' from {table}",
        f"select count(*) from {table} where repeat(id, 10000) like '{letters}'",
        f"select count(*) from {table} where repeat('ab', 10000) ~ '({letters.replace('%', 'a')}|a+)+$'",
        "select repeat('a', 100000) ~ '((a{1,100}){1,10}){1,10}'",
        f"select regexp_replace(repeat('ab', 1000000), 'a|b', repeat('x', {count % 5000}), 'g')",
        f"select count(*) from {table} a, {other} b, {table} c",
        f"select count(*) from {table} a join {other} b on a.tenant = b.tenant or a.position < b.position",
        f"select a.id, b.id from {table} a, {other} b order by 1, 2", f"select * from {table} order by id desc, time",
        f"select distinct id, source, attributes from events order by 1 limit {count}",
        f"select id, count(*) from {table} group by 1 order by 2 desc",
        f"select array_agg(id) from {table}", f"select string_agg(attributes::text, ',') from {table}",
        f"select array_agg(x) from (select repeat(id, 1000) x from {table}) y",
        "select " + deep("(", "1", ")", deep_count), "select " + " + ".join(["1"] * deep_count),
        "select " + deep("not ", "true", "", deep_count),
        "select " + deep("abs(", "1", ")", deep_count), "select " + deep("case when true then ", "1", " end", deep_count),
        "select " + "1 from (select " * 300 + "1" + ") x" * 300,
        f"select * from {table} where turn in ({','.join(str(chance.randrange(10**9)) for _ in range(chance.choice((10, 1000, 60000))))})",
        f"select count(*) from events where id in ({','.join(repr(str(one)) for one in range(20000))})",
        " union all ".join(["select 1"] * chance.choice((10, 1000, 20000))), f"select * from {table} union select * from {table}",
        f"select generate_series(1, {count})", f"select row_number() over (order by id) from {table}",
        "with recursive t as (select 1 union all select 1 from t) select * from t",
        f"select percentile_cont(0.5) within group (order by duration_ns), count(distinct id), stddev(turn) from {table}",
        f"select sum(input_tokens * {2**62}) from llm_call", f"select {'9' * 400}::numeric * {'9' * 400}",
        "select 1e308 * 1e308, 10 ^ 400, exp(1000), sqrt(-1), ln(0), 1 / 0",
        f"select time + interval '{count} years', time - interval '{count} days' from events",
        "select to_char(time, repeat('YYYY', 20000)) from events",
        f"select lpad('a', {count}, 'bc'), rpad('a', {count % 10**8}, 'x')",
        "select date_trunc('day', time at time zone 'Pacific/Apia') d, count(*) from events group by 1",
        f"select substring(repeat('\u00e9', 10000000), {count}, 5), upper(repeat('\u00df', 5000000)), reverse(repeat('\u00e9', 5000000))",
        f"select split_part(repeat('a,', 5000000), ',', {count})", f"select translate(repeat('abc', 5000000), 'abc', 'xyz') from {table} limit 3",
        "select attributes->'a'->'b'->>'c', attributes->>'k' from events where attributes->>'k' is not null", f"select md5(id) from {table}",
        f"explain analyze select count(*) from {table} a, {other} b where a.id < b.id",
        "set plimsoll.rollups = off; select tenant, model, count(*) from turns group by 1, 2",
    ]


def sql(foe, text, **more):
    kind, body = foe.chance.choice((("application/json", json.dumps({"sql": text}).encode()), ("application/sql", text.encode())))
    accept = foe.chance.choice(("application/json", "text/csv", "*/*"))
    return foe.ask("POST", "/v1/sql", body, {"Content-Type": kind, "Accept": accept}, limit=ANSWER_SECONDS, **more)


def heavy_sql(foe):
    for text in foe.chance.sample(heavy_questions(foe.chance), 4):
        if foe.goes_on():
            sql(foe, text, read_max=foe.chance.choice((1 << 20, 1 << 26)))


def mangled_sql(foe):
    """Questions with bytes taken out, put in and doubled: each is an answer or a refusal of the 400s."""
    for _ in range(20):
        text = list(foe.chance.choice(heavy_questions(foe.chance))[:300])
        for _ in range(foe.chance.randrange(1, 8)):
            place = foe.chance.randrange(len(text) + 1)
            kind = foe.chance.randrange(3)
            if kind == 0 and text:
                del text[min(place, len(text) - 1)]
            elif kind == 1:
                text.insert(place, foe.chance.choice(string.printable + "\u00e9\0\u2028\U0001f600"))
            else:
                text[place:place] = text[max(0, place - 10):place]
        if foe.goes_on():
            sql(foe, "".join(text), read_max=1 << 18)


def cancelled_sql(foe):
    """Many dear questions at once; all leave before they are answered."""
    held = []
    for text in foe.chance.choices(heavy_questions(foe.chance), k=foe.chance.randrange(4, 30)):
        connection, body = foe.connect(), json.dumps({"sql": text}).encode()
        if connection is not None and foe.say(connection, foe.head("POST", "/v1/sql", "Content-Type: application/json", length=len(body)) + body):
            held.append(connection)
    foe.wait(foe.chance.uniform(0, 3))
    for connection in held:
        if foe.chance.random() < 0.5:
            foe.reset(connection)
        else:
            connection.close()
            foe.tally.note(foe.name, "left")
    foe.wait(1)


def many_questions(foe):
    """More small questions at once than may wait: answered, or told to wait."""
    def one():
        sql(foe, "select tenant, count(*), sum(cost_usd) from llm_call group by 1 order by 2 desc limit 5")
    threads = [threading.Thread(target=one, daemon=True) for _ in range(foe.chance.randrange(5, 40))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    foe.wait(5)


def large_answers(foe):
    """Answers of tens and hundreds of MB, read to the end or to somewhere."""
    text = foe.chance.choice(("select repeat('x', 60000000) from events limit 5", "select id, repeat('\"', 5000) from events limit 20000",
                              "select * from events order by position limit 100000", "select repeat('x', 1000000), attributes from events limit 300"))
    sql(foe, text, read_max=foe.chance.choice((1 << 22, 1 << 26, 1 << 29)))
    foe.wait(3)


def exports(foe):
    """Whole ones up to a bound, and some broken off."""
    path = "/v1/events" + foe.chance.choice(("", "?format=csv", "?from=now-5m", "?from=now-2m&to=now-1m", "?from=2026-01-01", "?to=1700-01-01",
                                             "?from=x"))
    foe.ask("GET", path, read_max=foe.chance.choice((1000, 1 << 20, 1 << 24, 1 << 27)), limit=ANSWER_SECONDS)
    foe.wait(2)


def reports(foe):
    by = ",".join(foe.chance.sample(("month", "team", "model", "tenant", "channel", "day", "hour", "topic", "agent", "price_state", "nothing",
                                     "%ff"), foe.chance.randrange(1, 5)))
    kind = foe.chance.choice(("sla", "cost", "outcomes", "status", "doctor", "none"))
    query = {"by": by, "from": foe.chance.choice(("now-1h", "1678-01-01", "now-400d", "2262-01-01", "")),
             "timezone": foe.chance.choice(("UTC", "Asia/Kathmandu", "x/y")),
             "format": foe.chance.choice(("json", "csv", "table"))}
    path = f"/v1/reports/{kind}?" + urllib.parse.urlencode({name: query[name] for name in foe.chance.sample(list(query), foe.chance.randrange(4))})
    foe.ask("GET", path, limit=4 * ANSWER_SECONDS)
    name = urllib.parse.quote(foe.chance.choice(("hot-0", "h0-1", "", "\0", "a" * 5000, "\u00e9")), safe="")
    foe.ask("GET", f"/v1/conversations/{name}?tenant={foe.chance.choice(('hot', 'hour', '', '%ff'))}", limit=ANSWER_SECONDS)
    foe.ask("GET", foe.chance.choice(("/v1/prices?all=true", "/v1/prices/check", "/v1/prices/rebook?provider=late", "/v1/objectives", "/", "/metrics",
                                      "/metrics?format=openmetrics", "/v1/openapi.json", "/runbooks")), limit=ANSWER_SECONDS)
    foe.wait(1)


ATTACKS = by_name(heavy_sql, mangled_sql, cancelled_sql, many_questions, large_answers, exports, reports)
