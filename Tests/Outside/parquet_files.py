#!/usr/bin/env python3
"""Exports every table of a store as Parquet and compares what DuckDB reads there with what `plimsoll query` answers: types, numbers of values and nulls, sums, least and greatest values, and hashes of all values.

usage: parquet_files.py --plimsoll BINARY [--events 6000] [--seed 9] [--keep DIR]
"""
import argparse
import collections
import datetime
import decimal
import hashlib
import json
import os
import re
import subprocess
import sys

import duckdb

from outside.judging import judged
from outside.plimsoll import Commands

decimal.getcontext().prec = 80

# What parquet_schema says of a column: how values lie in the file, how many bytes, and what its meaning begins with.
FORMS = {
    "bigint": ("INT64", None, "IntType("),
    "boolean": ("BOOLEAN", None, None),
    "double precision": ("DOUBLE", None, None),
    "jsonb": ("BYTE_ARRAY", None, "JsonType"),
    "numeric": ("FIXED_LEN_BYTE_ARRAY", "16", "DecimalType(scale="),
    "text": ("BYTE_ARRAY", None, "StringType"),
    "timestamp with time zone": ("INT64", None, "TimestampType(isAdjustedToUTC=1"),
}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def nanoseconds(text):
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc).timestamp()
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0") or 0)


def ours(value, kind):
    """A value of an answer as JSON, so that equal ones are equal here."""
    if value is None:
        return None
    if kind == "timestamp with time zone":
        return nanoseconds(value)
    return {"bigint": int, "numeric": decimal.Decimal, "double precision": float}.get(kind, lambda same: same)(value)


def digest(values):
    """Of values in any order."""
    texts = sorted("" if value is None else f"{type(value).__name__} {value.normalize() if isinstance(value, decimal.Decimal) else value}" for value in values)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


class Comparison:
    def __init__(self, commands):
        self.commands, self.problems = commands, []
        self.duck = duckdb.connect()
        self.duck.execute("SET TimeZone = 'UTC'")

    def expect(self, what, found, wanted):
        if found != wanted:
            self.problems.append(f"{what}: {str(found)[:300]} instead of {str(wanted)[:300]}")

    def read(self, path, columns):
        """All rows of a file, column by column; times in nanoseconds."""
        types = dict(self.duck.execute(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')").fetchall())
        self.expect(f"{path}: columns", list(types), [column["name"] for column in columns])
        forms = {
            "timestamp with time zone": "epoch_ns({})", "numeric": "{}::VARCHAR", "jsonb": "{}::VARCHAR",
        }
        picked = ", ".join(forms.get(column["type"], "{}").format(quoted(column["name"])) for column in columns)
        rows = self.duck.execute(f"SELECT {picked} FROM '{path}'").fetchall()
        values = [list(column) for column in zip(*rows)] or [[] for _ in columns]
        for place, column in enumerate(columns):
            if column["type"] == "numeric":
                values[place] = [None if value is None else decimal.Decimal(value) for value in values[place]]
        # Older versions of DuckDB have zoned times in microseconds alone.
        cut = {column["name"] for column in columns if types.get(column["name"]) == "TIMESTAMP WITH TIME ZONE"}
        return values, cut

    def types(self, path, columns):
        told = self.duck.execute(f"SELECT name, type, type_length, repetition_type, logical_type FROM parquet_schema('{path}')").fetchall()[1:]
        for column, (name, kind, length, repetition, meaning) in zip(columns, told):
            form, bytes, begins = FORMS[column["type"]]
            found = (name, kind, length if bytes else None, repetition, meaning[:len(begins)] if begins and meaning else meaning)
            self.expect(f"{path}: {name}", found, (column["name"], form, bytes, "OPTIONAL", begins))
            if column["type"] == "timestamp with time zone":
                self.expect(f"{path}: unit of {name}", "NANOS" in meaning, True)
            if column["name"].endswith("cost_usd"):
                self.expect(f"{path}: scale of {name}", "scale=12, precision=38" in meaning, True)

    def table(self, path, source, order="", label=None):
        """A file beside the rows of a table or of a question in brackets."""
        label = label or source
        columns = self.commands.query(f"SELECT * FROM {source} LIMIT 0")["columns"]
        picked = ", ".join(quoted(c["name"]) + ("::text" if c["type"] == "jsonb" else "") for c in columns)
        rows = self.commands.rows(f"SELECT {picked} FROM {source} {order}")
        wanted = [[ours(row[place], column["type"] if column["type"] != "jsonb" else "text") for row in rows] for place, column in enumerate(columns)]
        self.types(path, columns)
        found, cut = self.read(path, columns)
        self.expect(f"{label}: rows", len(found[0]), len(rows))
        for place, column in enumerate(columns):
            mine, theirs = wanted[place], found[place]
            if column["name"] in cut:
                mine, theirs = ([None if value is None else value // 1000 for value in values] for values in (mine, theirs))
            what = f"{label}.{column['name']}"
            self.expect(f"{what}: nulls", theirs.count(None), mine.count(None))
            self.expect(f"{what}: hash", digest(theirs), digest(mine))
            if order:
                self.expect(f"{what}: order", theirs, mine)
        if not order:
            whole = [collections.Counter(zip(*values)) for values in (self.uncut(found, columns, cut), self.uncut(wanted, columns, cut))]
            self.expect(f"{label}: rows that differ", len(whole[0] - whole[1]) + len(whole[1] - whole[0]), 0)
        self.statistics(path, label, columns, wanted)
        self.aggregates(path, source, label, columns, cut)

    def statistics(self, path, label, columns, wanted):
        """What a file says of its columns without being read."""
        told = collections.defaultdict(list)
        for name, *group in self.duck.execute(f"SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata('{path}')").fetchall():
            told[name].append(group)
        for column, values in zip(columns, wanted):
            what, groups = f"{label}: statistics of {column['name']}", told[column["name"]]
            self.expect(f"{what}: nulls", sum(group[2] for group in groups), values.count(None))
            values = [value for value in values if value is not None]
            kind = {"bigint": int, "numeric": decimal.Decimal, "text": str}.get(column["type"])
            if kind is None or not values or kind is str and max(len(value.encode()) for value in values) > 64:
                continue
            least, greatest = ([kind(group[place]) for group in groups if group[place] is not None] for place in (0, 1))
            self.expect(what, (min(least, default=None), max(greatest, default=None)), (min(values), max(values)))

    @staticmethod
    def uncut(values, columns, cut):
        return [column for column, told in zip(values, columns) if told["name"] not in cut]

    def aggregates(self, path, source, label, columns, cut):
        """What both compute themselves: DuckDB from statistics where it can."""
        asked, reads = [], []
        for column in columns:
            name, kind = quoted(column["name"]), column["type"]
            asked.append((column, "count", f"count({name})", f"count({name})", "bigint"))
            if kind in ("bigint", "numeric"):
                asked.append((column, "sum", f"sum({name})", f"sum({name})::VARCHAR", "numeric"))
            if kind in ("bigint", "numeric", "text", "timestamp with time zone") and column["name"] not in cut:
                for word in ("min", "max"):
                    theirs = f"{word}({name})"
                    theirs = {"numeric": theirs + "::VARCHAR", "timestamp with time zone": f"epoch_ns({theirs})"}.get(kind, theirs)
                    asked.append((column, word, f"{word}({name})", theirs, kind))
        mine = self.commands.rows(f"SELECT {', '.join(a[2] for a in asked)} FROM {source}")[0]
        theirs = self.duck.execute(f"SELECT {', '.join(a[3] for a in asked)} FROM '{path}'").fetchone()
        for (column, word, _, _, kind), ours_, found in zip(asked, mine, theirs):
            if kind == "numeric" and found is not None:
                found = decimal.Decimal(found)
            self.expect(f"{label}: {word} of {column['name']}", found, ours(ours_, kind))


def known_tables(commands):
    """All tables, as a refusal names them."""
    result = subprocess.run([commands.binary, "query", "select 1 from no_such_table", *commands.place], capture_output=True)
    return set(re.search(r"Tables: (.*?)\.\s*$", result.stderr.decode(), re.S).group(1).split(", "))


def checked_manifest(comparison, folder, names):
    with open(f"{folder}/manifest.json") as file:
        manifest = json.load(file)
    comparison.expect("tables of the manifest", {table["table"] for table in manifest["tables"]}, names)
    comparison.expect("files", sorted(os.listdir(folder)), sorted([f"{name}.parquet" for name in names] + ["manifest.json"]))
    for table in manifest["tables"]:
        with open(f"{folder}/{table['file']}", "rb") as file:
            content = file.read()
        told = comparison.duck.execute(f"SELECT num_rows, num_row_groups, created_by FROM parquet_file_metadata('{folder}/{table['file']}')").fetchone()
        found = (len(content), hashlib.sha256(content).hexdigest(), *told[:2], told[2].split()[0])
        comparison.expect(f"manifest of {table['table']}", found, (table["bytes"], table["sha256"], table["rows"], table["row_groups"], "plimsoll"))
    return manifest


def refused(comparison, what, arguments):
    result = subprocess.run([comparison.commands.binary, *arguments], capture_output=True)
    comparison.expect(f"{what}: status", result.returncode, 2)
    comparison.expect(f"{what}: bytes on stdout", len(result.stdout), 0)


def run(arguments, folder):
    commands = Commands(arguments.plimsoll, data=os.path.join(folder, "store"))
    # Twice, so that tables have several pieces.
    for turn in (0, 1):
        path = os.path.join(folder, f"events-{turn}")
        with open(path, "wb") as file:
            file.write(commands.run("workload", "--events", str(arguments.events), "--seed", str(arguments.seed + turn)))
        commands.import_file(path)
    comparison = Comparison(commands)
    names = known_tables(commands)
    every, one = os.path.join(folder, "every"), os.path.join(folder, "one")
    commands.run("export", "--format", "parquet", "--into", every, *commands.place)
    manifest = checked_manifest(comparison, every, names - {"events"})
    comparison.expect("position", int(manifest["position"]), commands.query("select 1")["position"])
    for name in sorted(names - {"events"}):
        comparison.table(f"{every}/{name}.parquet", name)
    # Into a directory that has a manifest of others.
    for table in ("turns", "events"):
        commands.run("export", "--format", "parquet", "--into", one, "--table", table, *commands.place)
        with open(f"{one}/manifest.json") as file:
            comparison.expect("the second manifest", [entry["table"] for entry in json.load(file)["tables"]], [table])
    comparison.table(f"{one}/events.parquet", "events")
    with open(f"{one}/turns.parquet", "rb") as first, open(f"{every}/turns.parquet", "rb") as second:
        comparison.expect("the same rows are the same bytes", first.read() == second.read(), True)

    question = "SELECT model, date_trunc('hour', time) AS hour, count(*) AS calls, sum(cost_usd) AS cost_usd, avg(input_tokens)::double precision AS mean FROM llm_call GROUP BY 1, 2"
    path = os.path.join(folder, "answer.parquet")
    with open(path, "wb") as file:
        file.write(commands.run("query", f"{question} ORDER BY 1, 2", "--format", "parquet", *commands.place))
    comparison.table(path, f"({question}) AS answer", order="ORDER BY 1, 2", label="answer")
    refused(comparison, "two columns of a name", ["query", "select 1 as a, 2 as a", "--format", "parquet", *commands.place])
    refused(comparison, "an array", ["query", "select approx_percentile(duration_ns, array[0.5, 0.9]) from llm_call", "--format", "parquet", *commands.place])
    refused(comparison, "no directory", ["export", "--format", "parquet", *commands.place])
    refused(comparison, "a part", ["export", "--format", "parquet", "--into", one, "--from", "2026-01-01", *commands.place])
    refused(comparison, "tables as lines", ["export", "--table", "turns", *commands.place])
    refused(comparison, "no such table", ["export", "--format", "parquet", "--into", one, "--table", "turn", *commands.place])
    refused(comparison, "a server", ["query", "select 1 as a", "--format", "parquet", "--server", "http://127.0.0.1:9"])
    return comparison.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--keep", help="where all of it stays")
    return judged(run, parser.parse_args(), "plimsoll-parquet-")


if __name__ == "__main__":
    sys.exit(main())
