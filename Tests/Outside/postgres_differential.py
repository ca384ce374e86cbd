#!/usr/bin/env python3
"""Random questions asked of Plimsoll and of PostgreSQL 15; what both answer has to be the same.

usage: postgres_differential.py --plimsoll BINARY [--queries N] [--seconds S] [--seed N] [--only KIND] [--verbose]

Relations stand in the questions themselves, events in both systems: some columns are null in whole groups of rows. A question that one of
them refuses as not supported counts as refused; any other difference fails.
"""
import argparse
import collections
import decimal
import json
import http.client
import os
import random
import shutil
import sys
import tempfile
import time

from outside.plimsoll import Commands, Server
from outside.postgres import Missing, Postgres
from outside.questions import EVENT_COLUMNS, KINDS, Questions

decimal.getcontext().prec = 80
# Not supported; no such function, operator or table; a type that does not fit; more memory, time or digits than allowed.
LIMITS = {"0A000", "42883", "42P01", "42804", "42846", "53200", "57014", "54001", "54000"}
BATCH = 200
NUMBERS = ("bigint", "numeric", "double precision", "integer")


class Asked:
    """Plimsoll over one connection."""

    def __init__(self, server):
        self.port = server.port
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def answer(self, sql, rollups=True):
        """(types, rows) or a SQLSTATE. The body has to be JSON, whatever it says."""
        body = json.dumps({"sql": sql, "rollups": rollups})
        self.connection.request("POST", "/v1/sql", body, {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        text = reply.read()
        document = json.loads(text)
        if reply.status != 200:
            return find_state(document) or f"status {reply.status}: {text[:300].decode(errors='replace')}"
        return [column["type"] for column in document["columns"]], document["rows"]


def find_state(document):
    """The SQLSTATE anywhere in an error document."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name in ("sqlstate", "sql_state", "sqlState", "code") and isinstance(value, str) and len(value) == 5:
                return value
            if found := find_state(value):
                return found
    return None


def as_text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    return repr(value)


def order_key(cell, kind):
    """Equal for cells that are the same, however they are written."""
    text = as_text(cell)
    if text is None:
        return (2, 0, "")
    if kind in NUMBERS:
        number = decimal.Decimal(text)
        if number.is_finite():
            return (0, number, "")
    return (1, 0, text)


def is_same_cell(ours, theirs, kind):
    ours = as_text(ours)
    if ours is None or theirs is None or ours == theirs:
        return ours == theirs
    if kind in NUMBERS:
        try:
            a, b = decimal.Decimal(ours), decimal.Decimal(theirs)
        except decimal.InvalidOperation:
            return False
        if not a.is_finite() or not b.is_finite():
            return str(a) == str(b)
        # Quotients have as many digits as each thinks right; doubles may differ in the last.
        return abs(a - b) <= max(abs(a), abs(b)) * decimal.Decimal("1e-13")
    return False


def difference(question, ours, theirs):
    """Why the answers differ; None where they do not, "" where one of them does not take the question."""
    if isinstance(ours, str) or isinstance(theirs, str):
        states = [answer for answer in (ours, theirs) if isinstance(answer, str)]
        if len(states) == 2 and ours[:2] == theirs[:2]:
            return None
        if any(state in LIMITS for state in states):
            return ""
        # Which of the values that an answer does not need are worked out, and fail, is left open.
        if question.kind == "nested" and any(state in ("22003", "22012") for state in states):
            return ""
        # Times from 1677 to 2262 are kept.
        if ours == "22008":
            return ""
        # Over there constants are worked out, and fail, although no row meets them.
        if not isinstance(ours, str) and theirs in ("22003", "22012") and not ours[1]:
            return ""
        if len(states) == 2:
            return f"refused with {ours}, there with {theirs}"
        return f"ours {ours if isinstance(ours, str) else ours[1][:5]}, theirs {theirs if isinstance(theirs, str) else theirs[:5]}"
    types, rows = ours
    if len(rows) != len(theirs):
        return f"{len(rows)} rows, there {len(theirs)}: {rows[:6]} / {theirs[:6]}"
    if not question.ordered:
        key = lambda row: [order_key(cell, kind) for cell, kind in zip(row, types)]
        rows, theirs = sorted(rows, key=key), sorted(theirs, key=key)
    for one, other in zip(rows, theirs):
        if len(one) != len(other) or not all(map(is_same_cell, one, other, types)):
            return f"{one}, there {other}"
    return None


def fails_for_no_row(asked, postgres, question, right):
    """Whether PostgreSQL refuses a union for constants that only parts without any row would need."""
    if right not in ("22003", "22012") or not question.parts:
        return False
    refused = [part for part, answer in zip(question.parts, postgres.answers(list(question.parts))) if answer == right]
    ours = [asked.answer(part) for part in refused]
    return bool(refused) and all(not isinstance(answer, str) and not answer[1] for answer in ours)


def fill(binary, data, events, folder):
    """Each import is a segment of its own; the last events stay unsealed."""
    commands = Commands(binary, data)
    for place, part in enumerate(events):
        path = os.path.join(folder, f"part{place}.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            for event in part:
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
        commands.import_file(path)


def copy(asked, postgres):
    """The rows of the event tables, as Plimsoll holds them, become tables of PostgreSQL."""
    for table, columns in EVENT_COLUMNS.items():
        definition = ", ".join(f"{name} {kind}" for name, kind in columns)
        _, rows = asked.answer(f"select {', '.join(name for name, _ in columns)} from {table}")
        quote = lambda cell: "null" if cell is None else "'" + str(cell).replace("'", "''") + "'"
        values = ",\n".join("(" + ", ".join(map(quote, row)) + ")" for row in rows)
        postgres.script(f"create table {table} ({definition});\ninsert into {table} values {values};\n")


def compare(asked, postgres, questions, counts, options, deadline):
    failures = []
    while counts["asked"] < options.queries and time.monotonic() < deadline:
        batch = [questions.next(options.only) for _ in range(min(BATCH, options.queries - counts["asked"]))]
        theirs = postgres.answers([question.sql for question in batch])
        for question, right in zip(batch, theirs):
            counts["asked"] += 1
            for rollups in (True, False) if question.reads_events else (True,):
                answer = asked.answer(question.sql, rollups)
                reason = difference(question, answer, right)
                if reason and not isinstance(answer, str) and fails_for_no_row(asked, postgres, question, right):
                    reason = ""
                if reason is None:
                    counts[f"{question.kind} same"] += 1
                elif reason == "":
                    counts[f"{question.kind} refused"] += 1
                    if options.verbose:
                        print(f"refused: {question.sql}")
                else:
                    failures.append((question, reason))
                    print(f"{question.kind}{'' if rollups else ' (without rollups)'}: {reason}\n  {question.sql};")
        if len(failures) >= options.stop:
            break
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stop", type=int, default=25, help="end after so many differences")
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    deadline = time.monotonic() + options.seconds
    try:
        postgres = Postgres()
    except Missing as missing:
        print(missing)
        return 1 if os.environ.get("CI") == "true" else 0
    folder = tempfile.mkdtemp(prefix="plimsoll-differential-")
    server = Server(options.plimsoll, os.path.join(folder, "data"))
    counts = collections.Counter()
    try:
        questions = Questions(random.Random(options.seed))
        fill(options.plimsoll, server.data, questions.events(), folder)
        server.start()
        asked = Asked(server)
        copy(asked, postgres)
        failures = compare(asked, postgres, questions, counts, options, deadline)
    finally:
        server.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"seed {options.seed}: {counts['asked']} questions, {len(failures)} differences")
    print("  " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if name != "asked"))
    same = sum(count for name, count in counts.items() if name.endswith(" same"))
    if not options.only and same < counts["asked"] // 2:
        print("fewer than half of the questions were answered by both")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
