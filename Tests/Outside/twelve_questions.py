#!/usr/bin/env python3
"""Asks the questions of a file of questions twice, Plimsoll and DuckDB, and compares the rows.

usage: twelve_questions.py --queries PATH --parquet FILE --plimsoll BINARY (--data DIR | --server URL) [--runs N] [--threads N]

The file holds a dictionary Q: name -> {ask, plimsoll, duckdb, exact (where it stands, DuckDB's rows come from it)}. Percentiles may differ by
0.54 % of DuckDB's quantile_disc, averages by 1e-12 relative, everything else not at all. DuckDB's money is whole nano-dollars, ours dollars.
Times: ours from `statistics`, theirs around the execution of the `duckdb` text; medians of --runs after a warm-up.
"""
import argparse
import datetime
import decimal
import re
import statistics
import sys
import time

from outside.plimsoll import CommandFailed, Commands

PERCENTILE, AVERAGE, EXACT, MONEY = "percentile", "average", "exact", "money"
TRACE_COLUMNS = ("type", "time", "turn", "status", "request_model", "input_tokens", "output_tokens", "duration_ns")


def load(path):
    scope = {}
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), scope)  # the file is named by whoever runs the test
    return scope["Q"]


def select_items(sql):
    """The items of the outermost select list."""
    text = sql.strip()
    text = text[len("select "):]
    items, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter == ",":
            items.append(text[start:index])
            start = index + 1
        if depth == 0 and re.match(r"\sfrom\s", text[index:]):
            items.append(text[start:index])
            break
    return [item.strip() for item in items]


def rules_of(sql):
    """How each output column is compared, by what our text asks for."""
    rules = []
    for item in select_items(sql):
        rule = PERCENTILE if item.startswith("approx_percentile") else AVERAGE if item.startswith("avg(") else EXACT
        rules.append((rule, "cost_usd" in item))
    return rules


def instant(value):
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).strftime("%Y-%m-%dT%H:%M:%S.%f")
    match = re.match(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+]00(?::?00)?)?$", str(value))
    if match:
        return f"{match[1]}T{match[2]}.{(match[3] or '').ljust(6, '0')[:6]}"
    return None


def plain(value):
    """One shape for both sides: decimals for numbers, text for times and the rest."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        return decimal.Decimal(repr(value) if isinstance(value, float) else value)
    moment = instant(value)
    if moment:
        return moment
    try:
        return decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        return str(value)


def flat(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def near(ours, theirs, relative):
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= abs(theirs) * decimal.Decimal(relative)


def same(ours, theirs, rule, is_money):
    ours, theirs = [plain(one) for one in flat(ours)], [plain(one) for one in flat(theirs)]
    if len(ours) != len(theirs):
        return False
    for mine, other in zip(ours, theirs):
        if is_money and isinstance(other, decimal.Decimal):
            other = other / 10**9
        if rule == PERCENTILE and not near(mine, other, "0.0054"):
            return False
        if rule == AVERAGE and not near(mine, other, "1e-12"):
            return False
        if rule == EXACT and mine != other:
            return False
    return True


def difference(ours, theirs, rules):
    """The first difference as text, None when the rows agree."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows instead of {len(theirs)}"
    for index, (mine, other) in enumerate(zip(ours, theirs)):
        if len(mine) != len(other):
            return f"row {index}: {len(mine)} columns instead of {len(other)}"
        for column, (rule, is_money) in enumerate(rules):
            if not same(mine[column], other[column], rule, is_money):
                return f"row {index}, column {column}: {mine[column]!r} instead of {other[column]!r}"
    return None


def trace_rows(answer):
    names = [column["name"] for column in answer["columns"]]
    picks = [names.index(name) for name in TRACE_COLUMNS]
    rows = [[row[pick] for pick in picks] for row in answer["rows"]]
    return sorted(rows, key=lambda row: (instant(row[1]) or "", row[0]))


def our_milliseconds(figures):
    """The time of execution in `statistics`, whatever its unit says."""
    for suffix, factor in (("_ns", 1e-6), ("nanoseconds", 1e-6), ("_us", 1e-3), ("microseconds", 1e-3), ("_ms", 1), ("milliseconds", 1),
                           ("seconds", 1e3), ("_s", 1e3)):
        for name in sorted(figures, key=lambda name: ("elapsed" not in name.lower(), "total" not in name.lower(), name)):
            if name.lower().endswith(suffix) and isinstance(figures[name], (int, float)):
                return figures[name] * factor
    return float("nan")


def ask_duckdb(connection, sql):
    began = time.perf_counter()
    rows = connection.execute(sql).fetchall()
    return rows, (time.perf_counter() - began) * 1e3


def main():
    parser = argparse.ArgumentParser(description="Compare Plimsoll's answers with DuckDB's.")
    parser.add_argument("--queries", required=True)
    parser.add_argument("--parquet", required=True)
    parser.add_argument("--plimsoll", required=True)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--data")
    place.add_argument("--server")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", help="names of questions, separated by commas")
    arguments = parser.parse_args()
    import duckdb  # after the arguments, so that --help needs no package

    connection = duckdb.connect(config={"threads": arguments.threads})
    connection.execute("set timezone='UTC'")
    connection.execute(f"create table events as select * from read_parquet('{arguments.parquet}')")
    commands = Commands(arguments.plimsoll, arguments.data, arguments.server)
    failed, names = 0, arguments.only.split(",") if arguments.only else None
    questions = {name: one for name, one in load(arguments.queries).items() if names is None or name in names}
    for name, one in questions.items():
        theirs, _ = ask_duckdb(connection, one.get("exact", one["duckdb"]))
        peer = statistics.median(ask_duckdb(connection, one["duckdb"])[1] for _ in range(arguments.runs))
        ours = float("nan")
        try:
            answers = [commands.query(one["plimsoll"]) for _ in range(arguments.runs)]
            ours = statistics.median(our_milliseconds(answer.get("statistics", {})) for answer in answers)
            if name == "trace_lookup":
                wrong = difference(trace_rows(answers[-1]), theirs, [(EXACT, False)] * len(TRACE_COLUMNS))
            else:
                wrong = difference(answers[-1]["rows"], theirs, rules_of(one["plimsoll"]))
        except (CommandFailed, KeyError, ValueError) as error:
            wrong = str(error)
        failed += wrong is not None
        print(f"{'ok  ' if wrong is None else 'DIFF'} {name:20} ours {ours:9.2f} ms   duckdb {peer:9.2f} ms   {wrong or ''}", flush=True)
    print(f"{len(questions) - failed} of {len(questions)} questions agree")
    return 1 if failed or not questions else 0


if __name__ == "__main__":
    sys.exit(main())
