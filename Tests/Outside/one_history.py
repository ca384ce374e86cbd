#!/usr/bin/env python3
"""Lets one history come into a store in many ways and keeps it in many ways; a fixed list of questions, the reports and the counters of /metrics
have to say the same each time.

usage: one_history.py --plimsoll BINARY [--seed N] [--seeds COUNT] [--events N] [--last TIME] [--only WAY]

The ways: one file, many, over HTTP without a seal, killed amid, with repeats, in another order, with prices that come before or behind what they
price, small segments made one, moved by an export, on one processor. Each question is asked with and without rollups.
"""
import argparse
import decimal
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time

from both_ways import price
from outside import own_tables
from outside.events import iso, nanoseconds
from outside.own_questions import TABLES
from outside.plimsoll import Commands, CommandFailed, Server
from postgres_differential import Asked

CLASSES = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
MINUTE = 60 * 10**9
QUESTIONS = [
    "select type, count(*), count(distinct conversation_id), min(time), max(time) from events group by 1 order by 1",
    "select model, price_state, price_gaps, count(*), sum(cost_usd), sum(cost_low_usd), sum(cost_high_usd), sum(input_tokens) from llm_call "
    "group by 1, 2, 3 order by 1, 2, 3",
    "select date_trunc('hour', time), route, count(*), avg(duration_ns), approx_percentile(duration_ns, array[0.5, 0.95]) from llm_call "
    "group by 1, 2 order by 1, 2",
    "select channel, status, error_type, count(*), sum(characters), max(duration_ns), approx_percentile(time_to_first_token_ns, 0.99) "
    "from message_sent group by 1, 2, 3 order by 1, 2, 3",
    "select date_trunc('day', time, 'Asia/Kolkata'), tenant, count(distinct user_id) from events group by 1, 2 order by 1, 2",
    "select tool, status, count(*), percentile_disc(0.9) within group (order by duration_ns) from tool_call group by 1, 2 order by 1, 2",
    "select c.topic, c.outcome, count(*), sum(t.cost_low_usd), max(t.duration_ns) from turns t join conversations c "
    "on c.conversation_id = t.conversation_id where t.status is distinct from 'ok' or c.score >= 3 group by 1, 2 order by 1, 2",
    "select attributes ->> 'plan', attributes ->> 'seats', count(*), sum(turn) from message_received group by 1, 2 order by 1, 2",
    "select conversation_id, turn, asked_time, time, status, cost_low_usd, price_state from turns where time > (select min(time) from events) "
    "+ interval '3 minutes' order by 3 desc, 1, 2 limit 40",
    "select reason, count(*) from escalation_raised where conversation_id in (select conversation_id from conversations where answers > 1) "
    "group by 1 order by 1",
] + [
    # Whole tables, row by row, but for users, whose tokens are of the store's own key.
    f"select {names} from {table} order by {names}"
    for table, names in (
        (table, ", ".join(name for name, kind in columns if kind != "json" and name != "user_id")) for table, columns in TABLES.items())
]
REPORTS = [
    ("sla",), ("sla", "--by", "channel"), ("cost", "--by", "model"), ("cost", "--by", "hour,team", "--timezone", "Europe/Berlin"),
    ("cost", "--where", "channel=web", "--by", "route"), ("outcomes", "--by", "topic"), ("outcomes", "--rule", "intercom-fin"),
]
# What tells of the process, of repeats, and of what changes as time passes.
COUNTERS = re.compile(r"(support_|plimsoll_(events_accepted|backfilled|untracked|forgotten|cut_|unfolded|rebooked))")
OF_NOW = ("support_active_users", "support_conversations_active")


def history(binary, events, seed, age, last=None):
    """Prices, lines, and from when to when they are; they ended so many minutes ago. No list price is superseded and none of ours changes, since
    what a call was booked at holds: else the order would be part of the history."""
    lines = [line for line in own_tables.lines_of_traffic(binary, events, seed) if '"type":"price.set"' not in line]
    # What is an hour old when it comes counts as history alone.
    end = min(nanoseconds(json.loads(line)["time"]) for line in lines) + 30 * MINUTE
    lines = [line for line in lines if nanoseconds(json.loads(line)["time"]) < end]
    times = [nanoseconds(json.loads(line)["time"]) for line in lines]
    last = nanoseconds(last) if last else (time.time_ns() - age * MINUTE) // MINUTE * MINUTE
    shift = last - max(times) // MINUTE * MINUTE
    moved = []
    for line, moment in zip(lines, times):
        event = json.loads(line)
        event["time"] = iso(moment + shift)
        moved.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    start = iso(min(times) + shift - 1440 * MINUTE)
    prices = [price(f"{model}-{name}", start, model, name, usd, start)
              for model, usd in (("changing", "0.0375"), ("plain", "0.01875"), ("uncached", "3"), ("late", "0.123457"))
              for name in CLASSES if (model, name) != ("uncached", "cache_read")]
    return prices, moved, iso(min(times) + shift - MINUTE), iso(max(times) + shift + MINUTE)


class Ways:
    """How a history comes into the directory of a server, which serves in the end."""

    def __init__(self, binary, folder, seed, prices, lines):
        self.binary, self.folder, self.prices, self.lines = binary, folder, prices, lines
        self.random = random.Random(seed)

    def names(self):
        return [name[3:] for name in dir(self) if name.startswith("as_")]

    def server(self, name, binary=None):
        return Server(binary or self.binary, os.path.join(self.folder, name), ["--no-alerts"])

    def imported(self, server, lines, parts=1, over_http=False):
        commands = Commands(self.binary, server=server.url) if over_http else Commands(self.binary, server.data)
        for part in range(parts):
            own_tables.imported(commands, self.folder, "part", lines[len(lines) * part // parts:len(lines) * (part + 1) // parts])

    def as_a_file(self, server):
        self.imported(server, self.prices + self.lines)
        server.start()

    def as_many_files(self, server):
        self.imported(server, self.prices + self.lines, 9)
        server.start()

    def as_requests(self, server):
        server.start()
        self.imported(server, self.prices + self.lines, 5, over_http=True)

    def as_requests_between_kills(self, server):
        """What came before a kill comes again after it."""
        whole = self.prices + self.lines
        for part in range(4):
            server.start()
            self.imported(server, whole[max(0, len(whole) * part // 4 - 200):len(whole) * (part + 1) // 4], 2, over_http=True)
            if part < 3:
                server.kill()

    def as_repeats(self, server):
        lines = self.prices + self.lines
        for line in self.random.sample(lines, len(lines) // 3):
            place = lines.index(line)
            lines.insert(self.random.randint(place + 1, len(lines)), line)
        self.imported(server, lines, 4)
        server.start()

    def as_another_order(self, server):
        lines = self.prices + self.lines
        self.random.shuffle(lines)
        self.imported(server, lines, 3)
        server.start()
        self.imported(server, self.random.sample(lines, 300), over_http=True)

    def as_prices_behind(self, server):
        self.imported(server, self.lines + self.prices, 3)
        server.start()

    def as_prices_over_http(self, server):
        """Late for what is sealed and for what is not."""
        half = len(self.lines) // 2
        self.imported(server, self.lines[:half], 2)
        server.start()
        self.imported(server, self.lines[half:], over_http=True)
        self.imported(server, self.prices, len(self.prices), over_http=True)

    def as_segments_made_one(self, server):
        # As many as become one where they are this small.
        self.imported(server, self.prices + self.lines, 80)
        server.start()
        ends = time.monotonic() + 20
        while time.monotonic() < ends and json.loads(server.get("/v1/status")[2])["segments"] > 40:
            time.sleep(0.2)
        if json.loads(server.get("/v1/status")[2])["segments"] > 40:
            raise CommandFailed("small segments were not made one")

    def as_an_export(self, server):
        """Of a store of many files; counters are those of events that come anew."""
        first = self.server("exported")
        self.imported(first, self.prices + self.lines, 3)
        path = os.path.join(self.folder, "export.ndjson")
        with open(path, "wb") as file:
            file.write(Commands(self.binary).run("export", "--data", first.data))
        Commands(self.binary).run("import", path, "--data", server.data, "--key", os.path.join(first.data, "keys", "store.key"))
        server.start()

    def as_one_processor(self, server):
        """Whoever asks waits for one thread."""
        alone = os.path.join(self.folder, "alone")
        with open(alone, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\nexec taskset -c 0 "{os.path.abspath(self.binary)}" "$@"\n')
        os.chmod(alone, 0o755)
        self.imported(server, self.prices + self.lines, 2)
        server.binary = alone
        server.start()


def said(server, start, end):
    """Everything that is compared, by what was asked."""
    asked, found = Asked(server), {}
    for rollups in (True, False):
        for question in QUESTIONS:
            answer = asked.answer(question, rollups)
            if isinstance(answer, str):
                raise CommandFailed(f"{question}: {answer}")
            # With rollups and without it is one answer.
            if found.setdefault(question, answer[1]) != answer[1]:
                found[question + " (without rollups)"] = answer[1]
    commands = Commands(server.binary, server=server.url)
    for name, *options in REPORTS:
        report = commands.report(name, "--from", start, "--to", end, *options)
        found[f"report {name} {' '.join(options)}"] = {key: value for key, value in report.items() if key not in ("now", "watermark")}
    found["/metrics"] = counted(server.get("/metrics")[2].decode())
    return found


def counted(text):
    """What the counters come to, as lines. A call without a price is counted and, when a price comes, counted as put right."""
    values = {}
    for line in text.splitlines():
        if COUNTERS.match(line) and not line.startswith(OF_NOW):
            name, _, value = line.rpartition(" ")
            series = name.replace("_corrected_total", "_total")
            values[series] = values.get(series, 0) + (decimal.Decimal(value) if series == name else -decimal.Decimal(value))
    return sorted(f"{name} {value.normalize()}" for name, value in values.items() if value)


def first_difference(one, other, path=""):
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{path}.{key}", one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{path}[{place}]", mine, theirs) for place, (mine, theirs) in enumerate(zip(one, other))]
    else:
        if isinstance(one, list) and isinstance(other, list):
            one, other = [each for each in one if each not in other][:3], [each for each in other if each not in one][:3]
        return f"{path}: {str(one)[:400]} was {str(other)[:400]}"
    return next((first_difference(mine, theirs, where) for where, mine, theirs in pairs if mine != theirs), None)


def of_seed(options, seed):
    folder = tempfile.mkdtemp(prefix="plimsoll-one-history-")
    problems, expected = [], None
    try:
        prices, lines, start, end = history(options.plimsoll, options.events, seed, options.age, options.last)
        ways = Ways(options.plimsoll, folder, seed, prices, lines)
        for name in ["a_file"] + [name for name in ways.names() if name != "a_file" and options.only in (None, name)]:
            server = ways.server(name)
            try:
                getattr(ways, "as_" + name)(server)
                found = said(server, start, end)
            finally:
                server.stop()
            if expected is None:
                expected = found
                counts = len([line for line in found["/metrics"] if line.startswith("support_")])
                print(f"seed {seed}, up to {json.loads(lines[-1])['time'][:16]}:00Z: {len(lines)} events; {len(found)} answers, {counts} counters of the service", flush=True)
                if counts < 50 and not options.last:
                    problems.append("hardly anything was counted: nothing was proved about counters")
            for question in found.keys() | expected.keys():
                if found.get(question) != expected.get(question):
                    where = first_difference(found.get(question), expected.get(question))
                    problems.append(f"seed {seed}, {name.replace('_', ' ')}: {question[:200]}{where}")
    except CommandFailed as failure:
        problems.append(f"seed {seed}: {failure}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, from --seed on")
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--age", type=int, default=15, help="how many minutes ago it ended")
    parser.add_argument("--last", help="when it ended instead, as a run before says it: answers are the same again, counters those of history")
    parser.add_argument("--only", help="one way beside that of a file")
    options = parser.parse_args()
    problems = [problem for seed in range(options.seed, options.seed + options.seeds) for problem in of_seed(options, seed)]
    for problem in problems[:40]:
        print(problem)
    print(f"seeds from {options.seed} on: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
