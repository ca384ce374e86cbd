#!/usr/bin/env python3
"""Ships a served store to a real PostgreSQL while events come in, and has everything fail: connections are cut, the database crashes and starts again
(its last transactions are lost), the server is killed. In the end every row is there once and every figure is ours, to the pico-dollar.

usage: shipping_postgresql.py --plimsoll BINARY [--rounds 14] [--events 6000] [--seed 5] [--keep DIR]

Then prices come late, somebody changes rows over there (`plimsoll ship check` sees it, `--repair` puts it right), everything is shipped once more and changes
nothing, a table that is asked for later is filled from the beginning, columns and the row of sync that somebody dropped come back, hostile texts hold nothing up, a
server ends while it connects, and the questions of Schemas/postgresql run.
"""
import argparse
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
import time

from outside.judging import judged
from outside.plimsoll import CommandFailed, Server
from outside.postgres import Missing, Postgres

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SETTINGS = """ship:
  postgresql:
    connection: host={host} user=plimsoll dbname=postgres
    tables: {tables}
    batch_events: {batch}
    batch_age: 200ms
"""
# Of each table figures that have to be the same, as both databases write them.
FIGURES = {
    "llm_call": "count(*), count(distinct position), sum(position), sum(input_tokens), sum(output_tokens), coalesce(sum(cost_usd), 0), "
                "count(cost_usd), coalesce(sum(cost_low_usd), 0)",
    "message_sent": "count(*), count(distinct position), sum(position), sum(duration_ns), count(*) filter (where status = 'ok')",
    "tool_call": "count(*), count(distinct position), sum(position)",
    "turns": "count(*), count(distinct conversation_id), sum(input_tokens), coalesce(sum(cost_usd), 0), sum(llm_calls)",
    "conversations": "count(*), count(distinct conversation_id), sum(turns), coalesce(sum(cost_usd), 0), count(closed_time)",
    "rollup_llm_call_1h": "sum(events), count(distinct time), sum(input_tokens_sum), coalesce(sum(cost_usd_sum), 0)",
}
STEPS = (
    "rounds", "late_prices", "somebody_else", "once_more", "another_table", "changed_there", "hostile", "marks", "told", "looks", "stranger", "silent", "odd")
PRICES = ("input", "output", "cache_read", "cache_write")


def number(text):
    """A figure without the zeros that one of them writes at its end."""
    text = str(text)
    return text.rstrip("0").rstrip(".") if "." in text else text


class OddDatabase(threading.Thread):
    """Says hello as PostgreSQL does; to a question it begins to hand out a copy, or rows without end."""

    def __init__(self, kind):
        super().__init__(daemon=True)
        self.kind, self.listener = kind, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        try:
            while True:
                connection, _ = self.listener.accept()
                with connection:
                    self.answer(connection)
        except OSError:
            pass

    @staticmethod
    def message(kind, body):
        return kind + struct.pack(">I", len(body) + 4) + body

    def answer(self, connection):
        try:
            connection.recv(1 << 16)
            told = b"".join(
                self.message(b"S", name + b"\0" + value + b"\0")
                for name, value in ((b"server_version", b"15.1"), (b"server_encoding", b"UTF8"), (b"client_encoding", b"UTF8")))
            connection.sendall(self.message(b"R", struct.pack(">I", 0)) + told + self.message(b"Z", b"I"))
            connection.recv(1 << 16)
            if self.kind == "copy":
                connection.sendall(self.message(b"H", b"\0\0\0"))
                connection.recv(1)
            else:
                connection.sendall(self.message(b"T", struct.pack(">H", 1) + b"x\0" + struct.pack(">IHIhih", 0, 0, 25, -1, -1, 0)))
                row = self.message(b"D", struct.pack(">HI", 1, 1000) + b"x" * 1000)
                while True:
                    connection.sendall(row * 1000)
        except OSError:
            pass

    def end(self):
        # Closed alone it would stay open as long as the thread waits for somebody.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Scene:
    def __init__(self, options, folder):
        self.problems, self.folder, self.options = [], folder, options
        self.chance = random.Random(options.seed)
        self.binary = os.path.abspath(options.plimsoll)
        self.data, self.settings = os.path.join(folder, "data"), os.path.join(folder, "settings.yaml")
        self.postgres = Postgres()
        # What Schemas/postgresql/role.sql grants, with the schema the role's own.
        self.postgres.script(
            "create role plimsoll login; grant connect, temporary on database postgres to plimsoll; "
            "create schema plimsoll authorization plimsoll;")
        self.server = Server(self.binary, self.data)
        self.server.extra = ["--config", self.settings]
        self.configure("events, turns, conversations, rollups", 300)
        made = self.run("workload", "--events", str(options.events), "--seed", str(options.seed))
        self.lines = [line for line in made[1].splitlines(keepends=True) if line.strip()]

    def configure(self, tables, batch):
        with open(self.settings, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(host=self.postgres.folder, tables=tables, batch=batch))

    def expect(self, condition, words):
        if not condition:
            self.problems.append(words)

    def run(self, *arguments):
        """(status, stdout, stderr)."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PLIMSOLL_", "PG"))}
        result = subprocess.run([self.binary, *arguments], capture_output=True, text=True, timeout=300, env=environment)
        return result.returncode, result.stdout, result.stderr

    def ship(self, *arguments):
        return self.run("ship", *arguments, "--data", self.data, "--config", self.settings)

    def there(self, sql):
        return self.postgres.answers([sql])[0]

    def post(self, lines):
        status, _, body = self.server.post("/v1/events", "".join(lines).encode(), "application/x-ndjson")
        self.expect(status == 200, f"events were refused: {status} {body[:200]}")

    def shipping(self):
        return json.loads(self.server.get("/v1/status")[2])["shipping"][0]

    def caught_up(self, seconds=60):
        """Waits until nothing is left to ship."""
        ends, quiet = time.monotonic() + seconds, 0
        while time.monotonic() < ends and quiet < 8:
            status = self.shipping()
            here = self.server.sql("select max(position) from events")[0][0]
            row = self.there("select position from plimsoll.sync")
            is_there = not isinstance(row, str) and len(row) == 1 and int(row[0][0]) == here
            quiet = quiet + 1 if is_there and not status["correcting"] and status["waiting_events"] == 0 else 0
            time.sleep(0.3)
        self.expect(quiet >= 8, f"it never catches up: {self.shipping()}")

    def same(self, when):
        for table, figures in FIGURES.items():
            here = [number(value) for value in self.server.sql(f"select {figures} from {table}")[0]]
            row = self.there(f"select {figures} from plimsoll.{table}")
            there = [number(value) for value in row[0]] if not isinstance(row, str) else row
            self.expect(here == there, f"{when}: {table} is {here} here and {there} there")

    def rounds(self):
        """Events in, while one thing or another fails."""
        step = -(-len(self.lines) // self.options.rounds)
        for round_number in range(self.options.rounds):
            part = self.lines[round_number * step:(round_number + 1) * step]
            for start in range(0, len(part), 100):
                self.post(part[start:start + 100])
                time.sleep(self.chance.uniform(0, 0.05))
            kind = ("cut", "crash", "kill", "lock", "nothing")[round_number % 5]
            time.sleep(self.chance.uniform(0, 0.6))
            getattr(self, kind)()
        self.caught_up()
        self.same("after everything failed")

    def cut(self):
        for _ in range(5):
            self.there("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'plimsoll'")
            time.sleep(self.chance.uniform(0, 0.3))

    def crash(self):
        self.postgres.crash()
        time.sleep(self.chance.uniform(0, 1))
        self.postgres.begin()

    def kill(self):
        self.server.kill()
        time.sleep(self.chance.uniform(0, 0.2))
        self.server.start()

    def lock(self):
        """Somebody holds the row that says how far it got."""
        self.there("begin; select * from plimsoll.sync for update; select pg_sleep(1); commit")

    def nothing(self):
        pass

    def late_prices(self):
        """A model that nobody had a price for gets one, and calls that were shipped follow."""
        models = self.server.sql("select distinct provider, request_model from llm_call where price_state <> 'priced' order by 1, 2")
        lines = [json.dumps({
            "specversion": "1.0", "id": f"late-{provider}-{model}-{name}", "source": "finance", "type": "price.set", "time": "2020-01-01T00:00:00Z",
            "data": {"provider": provider, "model": model, "token_class": name, "usd_per_million_tokens": "1.234567", "valid_from": "2020-01-01T00:00:00Z"},
        }) + "\n" for provider, model in models for name in PRICES]
        if lines:
            self.post(lines)
        self.caught_up()
        self.same("after prices came late")

    def somebody_else(self):
        """What others change over there is seen, and put right."""
        status, out, err = self.ship("check")
        self.expect(status == 0 and "0 differ" in out, f"ship check of the same says {status}: {out}{err}")
        self.postgres.script(
            "update plimsoll.llm_call set cost_usd = cost_usd + 0.000000000001 where position = (select min(position) from plimsoll.llm_call "
            "where cost_usd is not null); delete from plimsoll.turns where ctid in (select ctid from plimsoll.turns limit 3); "
            "insert into plimsoll.tool_call (position, time, time_ns, shipped_hash, shipped_revision) values (1, now(), 1, 1, 1); "
            "insert into plimsoll.turns (shipped_key, shipped_scope, asked_time, shipped_hash, shipped_revision) values "
            "('6f0d9c1e-0000-4000-8000-000000000001', '6f0d9c1e-0000-4000-8000-000000000002', '9999-01-01', 1, 1); "
            "delete from plimsoll.message_sent where position = (select max(position) from plimsoll.message_sent);")
        status, out, err = self.ship("check")
        self.expect(status == 1 and "llm_call" in err and "turns" in err and "message_sent" in err and "tool_call" in err, f"ship check sees {status}: {out}{err}")
        self.expect("no time here has" in err, f"ship check does not see a row of the year 9999: {err}")
        status, out, err = self.ship("check", "--repair")
        self.expect(status == 0, f"ship check --repair says {status}: {out}{err}")
        self.caught_up()
        self.same("after a repair")

    def once_more(self):
        """Shipped again from an earlier position, no row is written."""
        revisions = "select count(*), sum(shipped_revision) from plimsoll.{}"
        before = [self.there(revisions.format(table)) for table in FIGURES]
        self.postgres.script("update plimsoll.sync set position = 7, epoch = epoch + 1")
        self.caught_up(120)
        after = [self.there(revisions.format(table)) for table in FIGURES]
        self.expect(before == after, f"rows were written once more: {before} {after}")

    def another_table(self):
        """A table that is asked for later is filled from the beginning."""
        self.postgres.script("drop table plimsoll.turns")
        self.server.stop()
        self.configure("events, conversations", 1000)
        self.server.start()
        self.caught_up()
        self.server.stop()
        self.configure("events, turns, conversations, rollups", 1000)
        self.server.start()
        self.caught_up(120)
        self.same("after a table came back")

    def changed_there(self):
        """Columns that somebody dropped, and the row that says how far it got, come back with all they had."""
        self.server.stop()
        self.postgres.script("alter table plimsoll.llm_call drop column output_tokens; alter table plimsoll.turns drop column cost_usd")
        self.server.start()
        self.caught_up(120)
        self.same("after columns were dropped")
        self.server.stop()
        self.postgres.script("delete from plimsoll.sync")
        self.server.start()
        self.caught_up(120)
        # Conversations that are there go on: their rows change although transactions are counted anew.
        again = [json.loads(line) for line in self.lines if '"message.received"' in line][:40]
        self.post([json.dumps({**event, "id": event["id"] + "-again"}) + "\n" for event in again])
        self.caught_up()
        self.same("after the row of sync was lost")

    def hostile(self):
        """What PostgreSQL refuses as it stands holds nothing up."""
        name = "".join(self.chance.choice("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(4000))
        attributes = ("1", '"a\\u0000b"', '"\\ud83d"', "1e99999", "1." + "7" * 8000 + "e-9999")
        lines = [
            '{"specversion":"1.0","id":"hostile-%d-%d","source":"test","type":"message.received","data":{"conversation_id":"%s","attributes":{"x":%s}}}\n'
            % (first, second, identity, value)
            for first, identity in enumerate((name, "nul\\u0000nul")) for second, value in enumerate(attributes)]
        # Some of them are refused here already.
        for line in lines:
            self.server.post("/v1/events", line.encode(), "application/x-ndjson")
        self.caught_up()
        here = self.server.sql("select count(*) from message_received where source = 'test'")[0][0]
        there = self.there("select count(*) from plimsoll.message_received where source = 'test'")
        self.expect(there == [[str(here)]] and here > 0, f"of hostile texts {there} are there, {here} here")

    def looks(self):
        """Who only looks, with other settings, changes nothing; a database that cannot hold all texts is told."""
        row = "select epoch, position, tables from plimsoll.sync"
        before, settings = self.there(row), os.path.join(self.folder, "others.yaml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(host=self.postgres.folder, tables="events", batch=300))
        self.run("ship", "status", "--data", self.data, "--config", settings)
        self.run("ship", "check", "--data", self.data, "--config", settings)
        self.expect(self.there(row) == before, f"who looks changes {before} to {self.there(row)}")
        self.postgres.script("create database narrow encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0;")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(host=self.postgres.folder, tables="events", batch=300).replace("dbname=postgres", "dbname=narrow"))
        status, out, err = self.run("ship", "status", "--data", self.data, "--config", settings)
        self.expect(status != 0 and "LATIN1" in err, f"a database of another encoding is taken: {status} {out}{err}")

    def silent(self):
        """A server ends at once while a database that says nothing is connected to."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            settings = os.path.join(self.folder, "silent.yaml")
            with open(settings, "w", encoding="utf-8") as file:
                file.write(f"ship:\n  postgresql:\n    connection: host=127.0.0.1 port={listener.getsockname()[1]} user=nobody connect_timeout=60\n")
            server = Server(self.binary, os.path.join(self.folder, "third"))
            server.extra = ["--config", settings]
            server.start()
            listener.settimeout(30)
            connection, _ = listener.accept()
            begun = time.monotonic()
            server.stop()
            taken = time.monotonic() - begun
            connection.close()
            self.expect(taken < 15, f"a server took {taken:.0f} s to end while it connected")

    def marks(self):
        """Whatever somebody writes into the row of sync, the server goes on and says what is wrong."""
        columns = "epoch, position, corrected_position, closed_time_ns"
        for change in ("epoch = 9223372036854775807", "position = -9223372036854775808", "corrected_position = -5"):
            row = ", ".join(self.there(f"select {columns} from plimsoll.sync")[0])
            self.postgres.script(f"update plimsoll.sync set {change}")
            self.server.stop()
            self.server.start()
            ends = time.monotonic() + 20
            while time.monotonic() < ends and "nobody has brought it" not in str(self.shipping().get("hindrance")):
                time.sleep(0.2)
            self.expect("nobody has brought it" in str(self.shipping().get("hindrance")), f"nobody is told of {change}: {self.shipping()}")
            self.postgres.script(f"update plimsoll.sync set ({columns}) = ({row})")
            self.server.stop()
            self.server.start()
            self.caught_up()

    def odd(self):
        """A database that lets everybody in and answers with what nobody asked for, or with no end of it."""
        for kind in ("copy", "rows"):
            door = OddDatabase(kind)
            settings = os.path.join(self.folder, "odd.yaml")
            with open(settings, "w", encoding="utf-8") as file:
                file.write(f"ship:\n  postgresql:\n    connection: host=127.0.0.1 port={door.port} user=nobody sslmode=disable gssencmode=disable\n")
            begun = time.monotonic()
            try:
                status, out, err = self.run("ship", "status", "--data", self.data, "--config", settings)
                self.expect(status == 3 and time.monotonic() - begun < 100, f"ship status of an odd database ({kind}) says {status}: {out}{err}")
            except subprocess.TimeoutExpired:
                self.problems.append(f"an odd database ({kind}) is listened to without end")
            door.end()

    def told(self):
        status, out, err = self.ship("status")
        self.expect(status == 0 and re.search(r"events up to position (\d+) of \1 are there, 0 wait", out), f"ship status says {status}: {out}{err}")
        metrics = self.server.get("/metrics")[2].decode()
        for name in ("rows_total", "bytes_total", "transactions_total", "lag_seconds", "position"):
            self.expect(f'plimsoll_shipping_{name}{{destination="postgresql plimsoll"}}' in metrics, f"/metrics lacks plimsoll_shipping_{name}")
        with open(os.path.join(TOP, "Schemas", "postgresql", "questions.sql"), encoding="utf-8") as file:
            text = file.read().replace(":last", "0")
        try:
            self.postgres.script("set search_path = plimsoll;\n" + text)
        except subprocess.CalledProcessError:
            self.problems.append("a question of Schemas/postgresql/questions.sql is refused")
        status, out, err = self.ship("tables")
        try:
            self.postgres.script(out)
        except subprocess.CalledProcessError:
            self.problems.append(f"what `ship tables` prints is refused: {err}")

    def stranger(self):
        """Another store is told to go elsewhere."""
        other = os.path.join(self.folder, "other")
        server = Server(self.binary, other)
        server.extra = ["--config", self.settings]
        server.start()
        try:
            ends = time.monotonic() + 20
            while time.monotonic() < ends and not any("belongs to another store" in line for line in server.log):
                time.sleep(0.2)
            self.expect(any("belongs to another store" in line for line in server.log), f"another store ships as well: {server.log[-5:]}")
        finally:
            server.stop()


def run(options, folder):
    scene = Scene(options, folder)
    try:
        scene.server.start()
        for step in STEPS:
            getattr(scene, step)()
    except CommandFailed as failure:
        scene.problems.append(str(failure))
    finally:
        scene.server.stop()
        scene.postgres.stop()
    return scene.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--rounds", type=int, default=14)
    parser.add_argument("--events", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--keep")
    try:
        return judged(run, parser.parse_args(), "plimsoll-shipping-")
    except Missing as missing:
        print(missing)
        return 2


if __name__ == "__main__":
    sys.exit(main())
