#!/usr/bin/env python3
"""Runs the scripts of Tests/Goldens/SQLLogic against PostgreSQL, and against a server of Plimsoll: what they expect has to be what both answer.

usage: sql_logic.py [--plimsoll BINARY] [--complete] [SCRIPT...]

Records with `onlyif plimsoll` say where Plimsoll is otherwise and are not asked of PostgreSQL, those with `skipif plimsoll` the other way round.
--complete writes the answers of PostgreSQL into the scripts, to be read in the diff.
"""
import argparse
import glob
import http.client
import json
import os
import re
import shutil
import sys
import tempfile

from outside import logic_scripts
from outside.plimsoll import Server
from outside.postgres import Missing, Postgres
from outside.postgres_wire import BOOLEAN, TIMESTAMPTZ, Refused, Wire

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "..", "Goldens", "SQLLogic")


class OfPostgres:
    name = "postgresql"

    def __init__(self, wire):
        self.wire = wire

    def begin(self):
        for sql in ("drop schema if exists script cascade", "create schema script", "set search_path = script"):
            self.wire.ask(sql)

    def run(self, record):
        types, rows = self.wire.ask(record.sql)
        if set(record.types) == {"E"}:
            return rows
        return [[self._plain(cell, kind) for cell, kind in zip(row, types)] for row in rows]

    @staticmethod
    def _plain(cell, kind):
        if kind == BOOLEAN and cell is not None:
            return "true" if cell == "t" else "false"
        return cell.removesuffix("+00") if kind == TIMESTAMPTZ and cell is not None else cell


class OfPlimsoll:
    """SQL makes no tables there: those of the script go before each question."""

    name = "plimsoll"

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def begin(self):
        self.tables = logic_scripts.Tables()

    def run(self, record):
        if self.tables.take(record.sql):
            return []
        sql, moved = self.tables.around(record.sql)
        self.connection.request("POST", "/v1/sql", json.dumps({"sql": sql}), {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        # Numbers stay as they are written.
        document = json.loads(reply.read(), parse_float=str, parse_int=str)
        if reply.status != 200:
            position = int(document["position"]) - moved if "position" in document else None
            raise Refused(document.get("code", f"status {reply.status}"), position, document.get("error", ""))
        types = [column["type"] for column in document["columns"]]
        as_text = self._exact if set(record.types) == {"E"} else self._plain
        return [[as_text(cell, kind) for cell, kind in zip(row, types)] for row in document["rows"]]

    @classmethod
    def _exact(cls, cell, kind):
        if cell is None:
            return None
        if kind == "boolean":
            return "t" if cell else "f"
        if kind.endswith("[]"):
            return "{" + ",".join(cls._element(one, kind[:-2]) for one in cell) + "}"
        if kind == "timestamp without time zone":
            return cell.replace("T", " ")
        if kind == "timestamp with time zone":
            return cell.replace("T", " ").replace("Z", "+00")
        return cell if isinstance(cell, str) else json.dumps(cell)

    @classmethod
    def _element(cls, cell, kind):
        text = cls._exact(cell, kind)
        if text is None:
            return "NULL"
        if text == "" or text.upper() == "NULL" or re.search(r'[{}",\\\s]', text):
            return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
        return text

    @classmethod
    def _plain(cls, cell, kind):
        text = cls._exact(cell, kind)
        if kind == "boolean" and text is not None:
            return "true" if cell else "false"
        return text.removesuffix("+00") if kind == "timestamp with time zone" and text is not None else text


def departure(engine, record):
    """Why an engine departs from a record; None where it does not."""
    try:
        rows = engine.run(record)
    except Refused as refused:
        if not record.fails:
            return f"refused with {refused}"
        if record.state not in (None, refused.state):
            return f"refused with {refused}"
        return f"refused with {refused}" if record.position not in (None, refused.position) else None
    if record.fails:
        return "not refused"
    if record.kind == "statement":
        return None
    lines = logic_scripts.shown(rows, record)
    return None if lines == record.expected else f"expected {record.expected[:12]}, got {lines[:12]}"


def check(engine, path, text):
    """(records asked, departures with their places)"""
    engine.begin()
    asked, departures = 0, []
    for record in logic_scripts.read(text):
        if record.kind not in ("statement", "query") or not record.is_for(engine.name):
            continue
        asked += 1
        reason = departure(engine, record)
        if reason:
            departures.append(f"{os.path.basename(path)}:{record.line}: {engine.name}: {reason}\n  {record.sql}")
    return asked, departures


def completed(engine, text):
    """The script with the engine's answers in the questions that it is asked."""
    engine.begin()
    lines, answered, at = text.split("\n"), [], 0
    for record in logic_scripts.read(text):
        if record.kind not in ("statement", "query") or not record.is_for(engine.name):
            continue
        if record.kind == "statement":
            departure(engine, record)
            continue
        start = end = record.line - 1
        while end < len(lines) and lines[end]:
            end += 1
        block = lines[start:end]
        asked = block[:block.index("----")] if "----" in block else block
        answered += lines[at:start] + asked + ["----"] + logic_scripts.shown(engine.run(record), record)
        at = end
    return "\n".join(answered + lines[at:])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scripts", nargs="*", help="those of Tests/Goldens/SQLLogic where none is named")
    parser.add_argument("--plimsoll", help="the executable")
    parser.add_argument("--complete", action="store_true")
    options = parser.parse_args()
    scripts = options.scripts or sorted(glob.glob(os.path.join(SCRIPTS, "*.slt")))
    if not scripts:
        print("there are no scripts")
        return 1
    postgres = server = None
    folder = tempfile.mkdtemp(prefix="plimsoll-logic-")
    failures, asked = [], 0
    try:
        engines = []
        try:
            postgres = Postgres()
            engines.append(OfPostgres(Wire(postgres.folder)))
        except Missing as missing:
            print(missing)
            if os.environ.get("CI") == "true":
                return 1
        if options.plimsoll:
            server = Server(options.plimsoll, os.path.join(folder, "data"))
            server.start()
            engines.append(OfPlimsoll(server.port))
        for path in scripts:
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
            if options.complete:
                text = completed(engines[0], text)
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            for engine in engines:
                count, departures = check(engine, path, text)
                asked += count
                failures += departures if count else [f"{path} has no records for {engine.name}"]
    finally:
        if server:
            server.stop()
        if postgres:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print(failure)
    print(f"{len(scripts)} scripts, {asked} records asked, {len(failures)} departures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
