#!/usr/bin/env python3
"""Fills a store with millions of events and looks at what must not grow with them: start, memory, and whether repeats are recognised.

usage: many_events.py --plimsoll BINARY --events EVENTS.ndjson [--copies 5] [--data DIR] [--rest 60]

The events are imported `--copies` times, each copy earlier by a whole number of days and under ids of its own, half of them random UUIDs (version
4) or free text, whose order says nothing about time. Then: restart to the first answer within 1 s; 10,000 events sent again, from anywhere,
are exactly 10,000 duplicates; as many new ids as one copy has, at times that are taken, are no duplicates; anonymous memory stays below
150 MB after the start, `--rest` seconds later, and after questions. Status 1 where one of these does not hold.
"""
import argparse
import datetime
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
import uuid

from outside.plimsoll import Commands, Server

FIELDS = re.compile(rb'"id":"([^"]*)"(.*?)"time":"(\d{4}-\d\d-\d\d)')
SPAN_DAYS = 120
QUESTIONS = [
    "select count(*) from events",
    "select date_trunc('day', time) as day, sum(cost_usd), count(*) from llm_call group by 1 order by 1",
    "select count(distinct user_id) from events",
    "select tenant, avg(cost_usd), approx_percentile(duration_ns, 0.95) from turns group by 1 order by 1",
    "select outcome, count(*) from conversations group by 1 order by 1",
]


def copies(path, count, seed, keep_prices=True):
    """The file's lines `count` times over, each copy under other ids and dates; prices stand in the first copy only."""
    chance = random.Random(seed)
    for copy in range(count):
        dates = {}

        def other(match):
            old, between, date = match.groups()
            if date not in dates:
                day = datetime.date.fromisoformat(date.decode()) - datetime.timedelta(days=SPAN_DAYS * copy)
                dates[date] = day.isoformat().encode()
            kind = chance.randrange(4)
            if kind == 0:
                name = str(uuid.UUID(int=chance.getrandbits(128), version=4)).encode()
            elif kind == 1:
                name = b"ticket %d/%d of %s" % (copy, chance.getrandbits(40), old)
            else:
                name = b"%s-%d-%d" % (old, seed, copy)
            return b'"id":"' + name + b'"' + between + b'"time":"' + dates[date]

        with open(path, "rb") as lines:
            for line in lines:
                is_price = b'"type":"price.set"' in line
                if is_price and (copy or not keep_prices):
                    continue
                yield line if is_price else FIELDS.sub(other, line, count=1)


def write(path, lines, sample=0):
    """Writes the lines; returns how many, and `sample` of them from anywhere."""
    chance, kept, count = random.Random(5), [], 0
    with open(path, "wb") as output:
        for line in lines:
            output.write(line)
            count += 1
            if len(kept) < sample:
                kept.append(line)
            elif sample:
                place = chance.randrange(count)
                if place < sample:
                    kept[place] = line
    return count, kept


class Findings:
    def __init__(self):
        self.failed = False

    def note(self, what, value, holds, wanted):
        self.failed |= not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what}: {value} (wanted {wanted})", flush=True)


def check_server(binary, data, events, again, rest, findings):
    server = Server(binary, data)
    try:
        began = time.monotonic()
        server.start()
        server.sql("select count(*) from conversations")
        seconds = time.monotonic() - began
        findings.note("start to first answer", f"{seconds:.2f} s", seconds < 1, "< 1 s")
        resident = lambda: server.resident_kib("RssAnon") / 1024
        findings.note("anonymous memory after the start", f"{resident():.0f} MB", resident() < 150, "< 150 MB")
        duplicates, taken = 0, time.monotonic()
        for first in range(0, len(again), 1000):
            status, _, body = server.post("/v1/events", b"".join(again[first:first + 1000]), "application/x-ndjson", timeout=600)
            duplicates += json.loads(body)["duplicates"] if status == 200 else 0
        print(f"     sent again in {time.monotonic() - taken:.1f} s")
        findings.note("repeats recognised", duplicates, duplicates == len(again), len(again))
        time.sleep(rest)
        findings.note(f"anonymous memory {rest} s later", f"{resident():.0f} MB", resident() < 150, "< 150 MB")
        for text in QUESTIONS:
            server.sql(text)
        time.sleep(2)
        findings.note("anonymous memory after questions", f"{resident():.0f} MB", resident() < 150, "< 150 MB")
        counted = int(server.sql("select count(*) from events")[0][0])
        findings.note("events", counted, counted == events, events)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", required=True)
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--data")
    parser.add_argument("--rest", type=float, default=60)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plimsoll-many-")
    data = options.data or os.path.join(folder, "data")
    source, fresh = os.path.join(folder, "events.ndjson"), os.path.join(folder, "fresh.ndjson")
    findings, commands = Findings(), Commands(options.plimsoll, data, timeout=3600)
    try:
        count, again = write(source, copies(options.events, options.copies, 1), sample=10_000)
        summary = commands.import_file(source)
        print(f"     imported {count} events in {summary['seconds']:.1f} s")
        findings.note("accepted", summary["accepted"], summary["accepted"] == count, count)
        os.remove(source)
        check_server(options.plimsoll, data, count, again, options.rest, findings)
        count, _ = write(fresh, copies(options.events, 1, 2, keep_prices=False))
        summary = commands.import_file(fresh)
        print(f"     imported {count} new ids in {summary['seconds']:.1f} s")
        findings.note("new ids taken for repeats", summary["duplicates"], summary["duplicates"] == 0 and summary["accepted"] == count, 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if findings.failed else 0


if __name__ == "__main__":
    sys.exit(main())
