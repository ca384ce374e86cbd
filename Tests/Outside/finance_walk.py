#!/usr/bin/env python3
"""Does on a fresh store what the README tells finance, and computes every figure again in whole pico-dollars: a price that changes in the
middle of a month, a model that nobody knows, month by team by model, a deliberate correction, and moving to another directory.

usage: finance_walk.py --plimsoll BINARY [--seed N]
"""
import argparse
import csv
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict

from outside.events import iso, nanoseconds
from outside.money import pico, pico_per_token
from outside.plimsoll import CommandFailed, Commands, Server

PRICES = [  # model, class, USD per million tokens, valid from
    ("small", "input", "0.15", "2026-06-01T00:00:00Z"), ("small", "output", "0.60", "2026-06-01T00:00:00Z"),
    ("small", "cache_read", "0.075", "2026-06-01T00:00:00Z"),
    ("small", "input", "0.11", "2026-07-16T00:00:00Z"), ("small", "output", "0.123457", "2026-07-16T00:00:00Z"),
    ("large", "input", "2.5", "2026-06-01T00:00:00Z"), ("large", "output", "10", "2026-06-01T00:00:00Z"),
    ("large", "cache_read", "1.25", "2026-06-01T00:00:00Z"),
]
# Comes after the calls: nothing that is booked changes by it, until July is booked again.
CORRECTED = [("large", "input", "2.0", "2026-07-01T00:00:00Z"), ("large", "output", "8.000001", "2026-07-01T00:00:00Z")]
JULY = ("2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z")
# Booked again for ten days by the clock of a zone, whose days begin two hours before those of UTC.
IN_ZONE = [
    ("small", "input", "0.099999", "2026-07-01T00:00:00Z"), ("small", "input", "0.09", "2026-07-16T00:00:00Z"),
    ("large", "input", "1.700001", "2026-07-01T00:00:00Z"),
]
ZONE, DAYS, DAYS_IN_UTC = "Europe/Berlin", ("2026-07-10", "2026-07-20"), ("2026-07-09T22:00:00Z", "2026-07-19T22:00:00Z")


def price_list(prices):
    rows = ["provider,model,token_class,usd_per_million_tokens,usd_per_gpu_hour,service_tier,valid_from"]
    return "\n".join(rows + [f"acme,{model},{name},{price},,,{valid}" for model, name, price, valid in prices]) + "\n"


def calls(seed):
    """Calls from June to August, the hours around the change among them."""
    chance = random.Random(seed)
    start = nanoseconds("2026-06-20T00:00:00Z")
    edge = nanoseconds("2026-07-16T00:00:00Z")
    times = [start + chance.randrange(60 * 86_400) * 10**9 + chance.randrange(10**9) for _ in range(600)]
    times += [edge - 1, edge, edge + 1, nanoseconds(JULY[0]) - 1, nanoseconds(JULY[0]), nanoseconds(JULY[1]) - 1, nanoseconds(JULY[1])]
    times += [nanoseconds(end) + step for end in DAYS_IN_UTC for step in (-1, 0, 7_200 * 10**9 - 1, 7_200 * 10**9)]
    for number, time in enumerate(times):
        tokens = chance.randrange(1, 5_000)
        yield {
            "specversion": "1.0", "id": f"call-{number}", "source": "agent", "type": "llm.call", "time": iso(time),
            "data": {
                "conversation_id": f"c-{number % 90}", "turn": 1 + number // 90, "team": chance.choice(["billing", "returns", "Rückgabe"]),
                "user_id": f"u-{number % 40}", "provider": "acme",
                "request_model": "unheard-of" if number % 50 == 0 else chance.choice(["small", "large"]), "input_tokens": tokens,
                "output_tokens": chance.randrange(1, 900), "cache_read_tokens": chance.randrange(tokens), "status": "ok"}}


class Ledger:
    """What each call costs: price of a class = the latest valid at the call's time; a call is booked once."""

    def __init__(self):
        self.prices, self.booked = [], {}

    def load(self, prices):
        self.prices += [(model, name, pico_per_token(price), nanoseconds(valid)) for model, name, price, valid in prices]

    def price(self, model, name, time):
        valid = [(since, place, price) for place, (one, kind, price, since) in enumerate(self.prices)
                 if one == model and kind == name and since <= time]
        return max(valid)[2] if valid else None

    def book(self, event):
        data, time = event["data"], nanoseconds(event["time"])
        tokens = {"input": data["input_tokens"] - data["cache_read_tokens"], "output": data["output_tokens"], "cache_read": data["cache_read_tokens"]}
        prices = {name: self.price(data["request_model"], name, time) for name, count in tokens.items() if count}
        known = all(price is not None for price in prices.values())
        self.booked[event["id"]] = (event, sum(tokens[name] * price for name, price in prices.items()) if known else None)

    def grouped(self, start=0, end=1 << 63):
        """{(month, team, model): [calls, unpriced, pico-dollars]} of the calls from `start` until `end`."""
        groups = defaultdict(lambda: [0, 0, 0])
        for event, cost in self.booked.values():
            if not start <= nanoseconds(event["time"]) < end:
                continue
            group = groups[(event["time"][:7], event["data"]["team"], event["data"]["request_model"])]
            group[0] += 1
            group[1] += cost is None
            group[2] += cost or 0
        return groups


class Walk:
    def __init__(self, binary, folder, seed):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.events, self.ledger, self.problems, self.compared = list(calls(seed)), Ledger(), [], 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def expect(self, what, found, wanted):
        self.compared += 1
        if found != wanted:
            self.problems.append(f"{what}: {found!r} instead of {wanted!r}")

    def check(self, place, commands):
        """Every figure that SQL and reports show, by month, team and model."""
        groups = self.ledger.grouped()
        rows = commands.rows(
            "select to_char(date_trunc('month', time), 'YYYY-MM') as month, team, request_model, count(*), "
            "count(*) filter (where price_state <> 'priced'), coalesce(sum(cost_usd), 0) from llm_call group by 1, 2, 3 order by 1, 2, 3")
        self.expect(f"{place}: groups", len(rows), len(groups))
        for month, team, model, count, unpriced, cost in rows:
            wanted = groups.get((month, team, model))
            self.expect(f"{place}: {month} {team} {model}", [count, unpriced, pico(cost)], wanted and [wanted[0], wanted[1], wanted[2]])
        for start, end in ((JULY[0], JULY[1]), ("2026-07-16T00:00:00Z", JULY[1]), ("2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z")):
            inside = [cost for event, cost in self.ledger.booked.values()
                      if nanoseconds(start) <= nanoseconds(event["time"]) < nanoseconds(end)]
            row = commands.rows(
                f"select count(*), count(*) filter (where price_state = 'unpriced'), sum(cost_usd) from llm_call "
                f"where time >= timestamptz '{start}' and time < timestamptz '{end}'")[0]
            self.expect(f"{place}: {start} to {end}", [row[0], row[1], pico(row[2])],
                        [len(inside), sum(cost is None for cost in inside), sum(cost or 0 for cost in inside)])
            self.check_report(place, commands, start, end)
        for user in ("u-0", "u-17"):
            wanted = {event["data"]["conversation_id"] for event in self.events if event["data"]["user_id"] == user}
            found = commands.rows(f"select distinct conversation_id from llm_call where user_id = user_token('{user}')")
            self.expect(f"{place}: conversations of {user}", {row[0] for row in found}, wanted)
        table = commands.rows("select conversation_id, cost_usd, price_state from conversations order by 1")
        for conversation, cost, state in table:
            costs = [cost for event, cost in self.ledger.booked.values() if event["data"]["conversation_id"] == conversation]
            whole = None if None in costs else sum(costs)
            self.expect(f"{place}: conversation {conversation}", (cost if cost is None else pico(cost), state == "priced"), (whole, whole is not None))

    def check_report(self, place, commands, start, end):
        """The README's report, as CSV."""
        text = commands.run("report", "cost", "--by", "month,team,model", "--from", start, "--to", end, "--format", "csv", *commands.place).decode()
        groups = self.ledger.grouped(nanoseconds(start), nanoseconds(end))
        shown = {(row["month"], row["team"], row["model"]): row for row in csv.DictReader(io.StringIO(text))}
        self.expect(f"{place}: groups of report cost {start} to {end}", sorted(shown), sorted(groups))
        for key, (count, unpriced, cost) in groups.items():
            row = shown.get(key) or defaultdict(str)
            wanted = [str(count), "unknown" if unpriced else cost, str(unpriced)]
            found = [row["calls"], row["cost_usd"] if unpriced else pico(row["cost_usd"] or 0), row["unpriced"]]
            self.expect(f"{place}: report cost {start} to {end}, {key}", found, wanted)

    def walk(self):
        data = self.path("data")
        commands = Commands(self.binary, data)
        commands.run("prices", "load", self.write("prices.csv", price_list(PRICES)), *commands.place)
        self.ledger.load(PRICES)
        path = self.write("calls.ndjson", "".join(json.dumps(event) + "\n" for event in self.events))
        self.expect("import", commands.import_file(path)["accepted"], len(self.events))
        for event in self.events:
            self.ledger.book(event)
        self.check("booked", commands)

        # A price that comes later leaves what is booked as it is; July is booked again on request, and only July.
        commands.run("prices", "load", self.write("corrected.csv", price_list(CORRECTED)), *commands.place)
        self.ledger.load(CORRECTED)
        self.check("after a later price", commands)
        self.rebook(commands)
        for event in self.events:
            if nanoseconds(JULY[0]) <= nanoseconds(event["time"]) < nanoseconds(JULY[1]):
                self.ledger.book(event)
        self.check("July booked again", commands)
        commands.run("prices", "load", self.write("in_zone.csv", price_list(IN_ZONE)), *commands.place)
        self.ledger.load(IN_ZONE)
        self.check("after a price for ten days", commands)
        self.rebook(commands, *DAYS, "--timezone", ZONE)
        for event in self.events:
            if nanoseconds(DAYS_IN_UTC[0]) <= nanoseconds(event["time"]) < nanoseconds(DAYS_IN_UTC[1]):
                self.ledger.book(event)
        self.check("ten days of a zone booked again", commands)
        stranger = self.tried(
            "prices", "rebook", "--provider", "acme", "--from", DAYS[0], "--timezone", "Middle/Earth", "--yes", *commands.place)
        self.expect("booking again in a zone that is none: status", stranger.returncode, 2)
        self.check("still the same", commands)
        self.refuse(path)
        self.move(data)

    def refuse(self, path):
        """Lines that are refused end an import with status 2; what else is there is kept."""
        place = ("--format", "json", "--data", self.path("refusing"))
        strange = {**self.events[0], "id": "strange", "type": "no.such"}
        lines = [json.dumps(self.events[0]), json.dumps(strange), "{", json.dumps(self.events[1])]
        mixed = self.write("mixed.ndjson", "".join(line + "\n" for line in lines))
        for what, source, wanted in (("mixed lines", mixed, (2, 2, 0, 2)), ("mixed lines again", mixed, (2, 0, 2, 2)),
                                     ("good lines", path, (0, len(self.events) - 2, 2, 0))):
            result = self.tried("import", source, *place)
            summary = json.loads(result.stdout.splitlines()[-1])
            found = (result.returncode, *(summary[name] for name in ("accepted", "duplicates", "rejected")))
            self.expect(f"an import of {what}: status, accepted, duplicates, rejected", found, wanted)

    def rebook(self, commands, start=JULY[0], end=JULY[1], *more):
        commands.run("prices", "rebook", "--provider", "acme", "--from", start, "--to", end, *more, "--yes", *commands.place)

    def move(self, data):
        """Out of the directory and out of a server, into directories with the key and without."""
        first = self.export("whole.ndjson", "--data", data)
        server = Server(self.binary, data, ["--no-alerts"])  # what it notes of rules would be news
        try:
            server.start()
            self.expect("the export of a server", self.read(self.export("served.ndjson", "--server", server.url)), self.read(first))
            refused = self.tried("import", first, "--server", server.url)
            self.expect("an export sent to a server: status", refused.returncode, 2)
        finally:
            server.stop()
        stranger = self.tried("import", first, "--data", self.path("stranger"))
        self.expect("an import without the key: status", stranger.returncode, 2)
        self.expect("an import without the key says how", b"--key" in stranger.stderr, True)
        self.expect("an import without the key leaves a directory", os.path.exists(self.path("stranger")), False)
        os.mkdir(self.path("empty"))
        self.tried("import", first, "--data", self.path("empty"))
        self.expect("what an import without the key leaves in a directory", os.listdir(self.path("empty")), [])
        wrong = self.tried("import", first, "--data", self.path("wrong"), "--key", os.path.join(self.path("refusing"), "keys", "store.key"))
        self.expect("an import with another key: status and directory", (wrong.returncode, os.path.exists(self.path("wrong"))), (2, False))
        copy = self.path("copy")
        moved = self.tried("import", first, "--data", copy, "--key", os.path.join(data, "keys", "store.key"))
        self.expect("the import: status", (moved.returncode, moved.stderr[-300:] if moved.returncode else b""), (0, b""))
        self.check("moved", Commands(self.binary, copy))
        self.expect("the export of the copy", self.read(self.export("again.ndjson", "--data", copy)), self.read(first))
        for sql in ("select position, received_time, id, cost_usd from llm_call order by position",
                    "select type, data, received_time from system_events where type <> 'segment.attached' order by received_time, data",
                    "select * from conversations order by conversation_id"):
            self.expect(sql, Commands(self.binary, copy).rows(sql), Commands(self.binary, data).rows(sql))
        part = self.export("part.ndjson", "--data", data, "--from", JULY[0])
        refused = self.tried("import", part, "--data", self.path("part"), "--key", os.path.join(data, "keys", "store.key"))
        self.expect("a part: status", refused.returncode, 2)
        self.expect("a part says how", b"--as-new-events" in refused.stderr, True)
        self.expect("a refused part leaves a directory", os.path.exists(self.path("part")), False)

    def tried(self, *arguments):
        return subprocess.run([self.binary, *arguments], capture_output=True, timeout=600)

    def export(self, name, *place):
        with open(self.path(name), "wb") as file:
            subprocess.run([self.binary, "export", *place], stdout=file, check=True, timeout=600)
        return self.path(name)

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()


def main():
    parser = argparse.ArgumentParser(description="Walk the README as finance would, and compute every figure again.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plimsoll-finance-")
    walk = Walk(arguments.plimsoll, folder, arguments.seed)
    try:
        walk.walk()
    except CommandFailed as error:
        walk.problems.append(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for problem in walk.problems[:40]:
        print(problem)
    print(f"seed {arguments.seed}: {walk.compared} figures compared, {len(walk.problems)} problems")
    return 1 if walk.problems else 0


if __name__ == "__main__":
    sys.exit(main())
