#!/usr/bin/env python3
"""Ships a served store to a real ClickHouse while events come in, and has everything fail: connections are cut before and after an insert was done, the
database is killed, the server is killed. In the end every figure of every table is ours, to the pico-dollar, and each row is there once.

usage: shipping_clickhouse.py --plimsoll BINARY [--kind chdb|debian] [--rounds 12] [--events 5000] [--seed 5] [--keep DIR]

The kinds: `debian` is Debian's server of 2018 (dialect level 18.16), `chdb` is today's engine behind HTTP. Then prices come late, somebody changes rows over there
(`plimsoll ship check` sees it, `--repair` puts it right), everything is shipped once more and changes nothing, a table that is asked for later is filled from the
beginning, the table of shipments is lost, views are dropped, rows that no longer count are taken away, and a stranger is told to go elsewhere.
"""
import argparse
import json
import os
import re
import sys
import time

import shipping_postgresql
from outside.clickhouse import PASSWORD, USER, ClickHouse, Door, Missing, Refused
from outside.judging import judged
from outside.plimsoll import CommandFailed, Server
from shipping_postgresql import PRICES, number

SETTINGS = """ship:
  clickhouse:
    url: http://127.0.0.1:{port}
    user: {user}
    password_file: {password}
    tables: {tables}
    batch_events: {batch}
    batch_age: 200ms
    tidy_shipments: 4
"""
ALL = "events, turns, conversations, rollups"
with open(os.path.join(shipping_postgresql.TOP, "Schemas", "postgresql", "tables.sql"), encoding="utf-8") as lines:
    # Level 18.16 has them as numbers.
    TIMES = set(re.findall(r'"(\w+)" timestamp with time zone', lines.read()))
STEPS = ("rounds", "late_prices", "somebody_else", "once_more", "another_table", "lost_shipments", "older_shipments", "dropped_views", "texts", "told", "stranger", "foreign_table", "wrong_password")


class Scene(shipping_postgresql.Scene):
    def __init__(self, options, folder):
        self.problems, self.folder, self.options = [], folder, options
        self.chance = shipping_postgresql.random.Random(options.seed)
        self.binary = os.path.abspath(options.plimsoll)
        self.data, self.settings = os.path.join(folder, "data"), os.path.join(folder, "settings.yaml")
        self.password = os.path.join(folder, "password")
        with open(self.password, "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        self.house = ClickHouse(options.kind)
        self.door = Door(self.house.port)
        self.server = Server(self.binary, self.data)
        self.server.extra = ["--config", self.settings]
        self.configure(ALL, 300)
        made = self.run("workload", "--events", str(options.events), "--seed", str(options.seed))
        self.lines = [line for line in made[1].splitlines(keepends=True) if line.strip()]

    def configure(self, tables, batch, database="plimsoll"):
        with open(self.settings, "w", encoding="utf-8") as file:
            text = SETTINGS.format(port=self.door.own_port, user=USER, password=self.password, tables=tables, batch=batch)
            file.write(text + f"    database: {database}\n")

    def there(self, sql):
        try:
            return self.house.rows(sql)
        except (OSError, Refused) as error:
            return str(error)

    def must(self, sql):
        answer = self.there(sql)
        self.expect(not isinstance(answer, str), f"{sql[:100]} is refused: {answer}")
        return answer

    def caught_up(self, seconds=120):
        """Waits until nothing is left to ship."""
        ends, quiet = time.monotonic() + seconds, 0
        while time.monotonic() < ends and quiet < 8:
            status = self.shipping()
            here = self.server.sql("select max(position) from events")[0][0]
            row = self.there("SELECT last_position FROM plimsoll.cut")
            is_there = not isinstance(row, str) and row == [[str(here)]]
            quiet = quiet + 1 if is_there and not status["correcting"] and status["waiting_events"] == 0 else 0
            time.sleep(0.3)
        self.expect(quiet >= 8, f"it never catches up: {self.shipping()}")

    def columns(self):
        """Of each table that people read its columns that are ours, with their types."""
        tables = {}
        for table, name, kind in self.must("SELECT table, name, type FROM system.columns WHERE database = 'plimsoll' ORDER BY table"):
            tables.setdefault(table, []).append((name, kind.replace("LowCardinality(", "").replace("Nullable(", "").rstrip(")")))
        shown = {name for name in tables if name + "_facts" in tables or name + "_versions" in tables} | ({"events"} & set(tables))
        internal = ("node", "shard_key", "shipped_hash", "shipped_revision", "shipped_scope")
        return {table: [column for column in tables[table] if column[0] not in internal] for table in sorted(shown)}

    def same(self, when):
        tables = self.columns()
        self.expect(len(tables) > 40, f"{when}: only {len(tables)} tables are there")
        for table, columns in tables.items():
            ours, theirs = ["count(*)"], ["count()"]
            if table == "events" and self.options.kind == "debian":
                # An old server has buffers for each column of each table at one time.
                columns = [column for column in columns if column[0] in ("position", "tenant", "conversation_id")]
            for name, kind in columns:
                mine, other = f'"{name}"', f"`{name}`"
                ours.append(f"count({mine})")
                theirs.append(f"count({other})")
                if kind == "Int64" and name not in TIMES:
                    ours.append(f"coalesce(sum({mine}), 0)")
                    theirs.append(f"sum(toDecimal128({other}, 0))")
                elif kind.startswith("Decimal"):
                    ours.append(f"coalesce(sum({mine}), 0)")
                    theirs.append(f"sum({other})")
                elif kind == "String" and name != "attributes":
                    ours.append(f"count(distinct {mine})")
                    theirs.append(f"uniqExact({other})")
            here = [number(value) for value in self.server.sql(f"select {', '.join(ours)} from {table}")[0]]
            row = self.must(f"SELECT {', '.join(theirs)} FROM plimsoll.`{table}`")
            if isinstance(row, str):
                continue
            there = [number(value or 0) for value in row[0]]
            differing = [f"{expression}: {one} here, {other} there" for expression, one, other in zip(ours, here, there) if one != other]
            self.expect(not differing, f"{when}: {table} differs: {differing[:4]}")

    def rounds(self):
        """Events in, while one thing or another fails."""
        step = -(-len(self.lines) // self.options.rounds)
        for round_number in range(self.options.rounds):
            part = self.lines[round_number * step:(round_number + 1) * step]
            for start in range(0, len(part), 100):
                self.post(part[start:start + 100])
                time.sleep(self.chance.uniform(0, 0.05))
            kind = ("cut", "kill", "crash", "cut", "nothing")[round_number % 5]
            time.sleep(self.chance.uniform(0, 0.6))
            getattr(self, kind)()
        self.caught_up()
        self.expect(self.door.cut_count > 3, f"only {self.door.cut_count} connections were cut")
        self.same("after everything failed")
        self.checked("after everything failed")

    def checked(self, when):
        status, out, err = self.ship("check")
        self.expect(status == 0 and " 0 differ" in out, f"{when}: ship check says {status}: {out}{err[:600]}")

    def cut(self):
        self.door.cuts = lambda: self.chance.choice(("request", "answer", None, None, None, None))
        ends, enough = time.monotonic() + 15, self.door.cut_count + 4
        while time.monotonic() < ends and self.door.cut_count < enough:
            time.sleep(0.1)
        self.door.cuts = None

    def crash(self):
        self.house.crash()
        time.sleep(self.chance.uniform(0, 1))
        self.house.begin()

    def late_prices(self):
        """A model that nobody had a price for gets one, and calls that were shipped follow."""
        models = self.server.sql("select distinct provider, request_model from llm_call where price_state <> 'priced' order by 1, 2")
        facts = self.must("SELECT count() FROM plimsoll.llm_call_facts")
        self.post([json.dumps({
            "specversion": "1.0", "id": f"late-{provider}-{model}-{name}", "source": "finance", "type": "price.set", "time": "2020-01-01T00:00:00Z",
            "data": {"provider": provider, "model": model, "token_class": name, "usd_per_million_tokens": "1.234567", "valid_from": "2020-01-01T00:00:00Z"},
        }) + "\n" for provider, model in models for name in PRICES])
        self.caught_up()
        self.same("after prices came late")
        self.expect(self.must("SELECT count() FROM plimsoll.llm_call_facts") == facts, "prices that came late have changed facts")
        self.expect(self.must("SELECT count() > 0 FROM plimsoll.llm_call_overlay") == [["1"]], "prices that came late lie over nothing")

    def changed(self, statement):
        """Has the server change rows, and waits until it has."""
        self.must(statement)
        ends = time.monotonic() + 30
        while time.monotonic() < ends and self.must("SELECT count() FROM system.mutations WHERE database = 'plimsoll' AND is_done = 0") != [["0"]]:
            time.sleep(0.1)

    def somebody_else(self):
        """What others change over there is seen, and put right."""
        self.checked("before somebody changed it")
        position = self.must("SELECT max(position) FROM plimsoll.message_sent_facts")[0][0]
        priced = self.must("SELECT min(position) FROM plimsoll.llm_call_facts WHERE isNotNull(cost_usd)")[0][0]
        self.changed(f"ALTER TABLE plimsoll.message_sent_facts DELETE WHERE position = {position}")
        self.changed(f"ALTER TABLE plimsoll.llm_call_facts UPDATE cost_usd = cost_usd + toDecimal128('0.000000000001', 12) WHERE position = {priced}")
        self.must("INSERT INTO plimsoll.tool_call_facts SELECT * FROM plimsoll.tool_call_facts LIMIT 1")
        self.must(
            "INSERT INTO plimsoll.turns_versions SELECT * FROM plimsoll.turns_versions WHERE (shipped_scope, shipped_revision) IN "
            "(SELECT shipped_scope, shipped_revision FROM plimsoll.turns) LIMIT 1")
        status, out, err = self.ship("check")
        self.expect(
            status == 1 and all(name in err for name in ("llm_call", "turns", "message_sent", "tool_call")), f"ship check sees {status}: {out}{err}")
        status, out, err = self.ship("check", "--repair")
        self.expect(status == 0, f"ship check --repair says {status}: {out}{err}")
        self.caught_up()
        self.same("after a repair")

    def counts(self):
        names = [row[0] for row in self.must("SELECT name FROM system.tables WHERE database = 'plimsoll' AND name LIKE '%\\_facts' OR name LIKE '%\\_overlay'")]
        return {name: self.must(f"SELECT count() FROM plimsoll.`{name}`") for name in names}

    def last(self):
        rows = self.must("SELECT DISTINCT revision, is_done FROM plimsoll.shipments ORDER BY revision")
        done = max(int(row[0]) for row in rows if row[1] == "1")
        highest = max(int(row[0]) for row in rows)
        return done, highest, [int(row[0]) for row in rows if int(row[0]) > done]

    def once_more(self):
        """Shipped again from an earlier position, no event is written."""
        self.server.stop()
        before = self.counts()
        done, highest, between = self.last()
        self.must(
            "INSERT INTO plimsoll.shipments (node, source, revision, previous, base, sender, is_done, position, corrected_position, closed_time_ns, tables, views, "
            f"void) SELECT node, source, {highest + 1}, {done}, base, 1, 1, 7, corrected_position, closed_time_ns, tables, views, {between and f'arrayConcat(void, {between})' or 'void'} "
            f"FROM plimsoll.shipments WHERE is_done = 1 AND revision = {done} LIMIT 1")
        self.server.start()
        self.caught_up(180)
        after = self.counts()
        changed = {name: (before[name], after.get(name)) for name in before if before[name] != after.get(name)}
        self.expect(not changed, f"events were written once more: {changed}")
        self.same("after everything was shipped once more")

    def another_table(self):
        """A table that is asked for later is filled from the beginning."""
        self.server.stop()
        self.must("DROP TABLE plimsoll.turns")
        self.must("DROP TABLE plimsoll.turns_versions")
        self.configure("events, conversations", 1000)
        self.server.start()
        self.caught_up()
        self.server.stop()
        self.configure(ALL, 1000)
        self.server.start()
        self.caught_up(180)
        self.same("after a table came back")

    def lost_shipments(self):
        """Nobody knows which rows count: all are shipped anew, and none of before shows."""
        self.server.stop()
        self.must("DROP TABLE plimsoll.shipments")
        self.server.start()
        self.caught_up(180)
        self.same("after the table of shipments was lost")
        self.checked("after the table of shipments was lost")

    def older_shipments(self):
        """The table of shipments was put back to an earlier state than the others: rows that it knows nothing of count no more, and each is there once."""
        self.server.stop()
        done = [int(row[0]) for row in self.must("SELECT revision FROM plimsoll.shipments WHERE is_done = 1 ORDER BY revision")]
        self.changed(f"ALTER TABLE plimsoll.shipments DELETE WHERE (revision > {done[len(done) // 2]})")
        self.server.start()
        self.caught_up(180)
        self.same("after the table of shipments was put back")
        self.checked("after the table of shipments was put back")

    def dropped_views(self):
        self.server.stop()
        self.must("DROP TABLE plimsoll.llm_call")
        self.must("DROP TABLE plimsoll.events")
        self.server.start()
        self.caught_up()
        self.same("after views were dropped")

    def texts(self):
        """Texts arrive byte by byte, whatever they are."""
        names = ("tab\\tand\\nline", "quote'\\\"back\\\\slash", "nul\\u0000nul", "\u00e4\U0001f600", "\\\\N", "x" * 5000)
        for index, name in enumerate(names):
            self.server.post("/v1/events", (
                '{"specversion":"1.0","id":"text-%d","source":"test","type":"message.received","data":{"conversation_id":"%s","attributes":{"x":"%s"}}}\n'
                % (index, name, name)).encode(), "application/x-ndjson")
        self.caught_up()
        self.same("after strange texts")
        self.checked("after strange texts")

    def told(self):
        status, out, err = self.ship("status")
        self.expect(status == 0 and "0 wait" in out, f"ship status says {status}: {out}{err}")
        metrics = self.server.get("/metrics")[2].decode()
        for name in ("rows_total", "bytes_total", "transactions_total", "lag_seconds", "position"):
            self.expect(f'plimsoll_shipping_{name}{{destination="clickhouse plimsoll"}}' in metrics, f"/metrics lacks plimsoll_shipping_{name}")
        status, out, err = self.ship("tables")
        self.expect(status == 0 and "CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_facts`" in out, f"ship tables says {status}: {err}")
        if self.options.kind == "chdb":
            for statement in out.replace("`plimsoll`", "`by_hand`").split(";\n"):
                if statement.strip():
                    self.must(statement)

    def foreign_table(self):
        """A table of somebody else where a view is to be stays, with what it holds."""
        self.server.stop()
        self.must("CREATE DATABASE shop")
        self.must("CREATE TABLE shop.events (x Int64) ENGINE = MergeTree ORDER BY x")
        self.must("INSERT INTO shop.events VALUES (42)")
        self.configure(ALL, 1000, database="shop")
        self.server.start()
        ends = time.monotonic() + 30
        while time.monotonic() < ends and "shop.events" not in str(self.shipping().get("hindrance")):
            time.sleep(0.2)
        self.expect("shop.events" in str(self.shipping().get("hindrance")), f"nobody is told of the table: {self.shipping()}")
        self.expect(self.must("SELECT * FROM shop.events") == [["42"]], "the table of somebody else is gone")
        self.server.stop()
        self.configure(ALL, 1000)

    def wrong_password(self):
        with open(self.password, "w", encoding="utf-8") as file:
            file.write("another\n")
        status, out, err = self.ship("status")
        self.expect(status == 2 and "password" in err and "another" not in err + out, f"a wrong password says {status}: {out}{err}")


def run(options, folder):
    scene = Scene(options, folder)
    try:
        scene.server.start()
        for step in STEPS if not options.only else options.only.split(","):
            getattr(scene, step)()
    except CommandFailed as failure:
        scene.problems.append(str(failure))
    finally:
        scene.server.stop()
        scene.house.stop()
    return scene.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--kind", choices=("chdb", "debian"), default="chdb")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--only", help="steps, separated by commas")
    parser.add_argument("--keep")
    try:
        return judged(run, parser.parse_args(), "plimsoll-shipping-")
    except Missing as missing:
        print(missing)
        return 2


if __name__ == "__main__":
    sys.exit(main())
