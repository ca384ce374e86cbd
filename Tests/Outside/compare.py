#!/usr/bin/env python3
"""Compares a recomputation (recompute.py) with what `plimsoll query` answers, figure by figure, to the pico-dollar.

usage: compare.py RECOMPUTED.json --plimsoll BINARY (--data DIR | --server URL) [--from T --to T] [--dump FILE]
       compare.py RECOMPUTED.json --self-test         every figure is changed by its smallest step; each change must be found
"""
import argparse
import copy
import json
import sys
from dataclasses import dataclass

from outside.money import pico, usd
from outside.plimsoll import CommandFailed, Commands
from outside.report_figures import DIMENSIONS, report_figures

KINDS = {"money": lambda value: None if value is None else pico(value), "integer": lambda value: None if value is None else int(value),
         "text": lambda value: "" if value is None else str(value)}

# Differences printed.
SHOWN = 8
OUTCOMES = ("resolved", "escalated", "abandoned", "open")


@dataclass
class Check:
    """One question: its SQL, the kind of each column, and the rows that must come back, in any order."""
    name: str
    sql: str
    kinds: list
    rows: list


def normal(check, rows):
    return sorted((tuple(KINDS[kind](cell) for kind, cell in zip(check.kinds, row, strict=True)) for row in rows), key=repr)


def differences(check, rows):
    """What is missing and what is too many, as text lines."""
    expected, actual = normal(check, check.rows), normal(check, rows)
    if expected == actual:
        return []
    lines = [f"{check.name}: missing  {row}" for row in expected if row not in actual]
    lines += [f"{check.name}: surplus  {row}" for row in actual if row not in expected]
    return lines or [f"{check.name}: {len(actual)} rows instead of {len(expected)}"]


def window(column, start, end):
    parts = ([f"{column} >= '{start}'"] if start else []) + ([f"{column} < '{end}'"] if end else [])
    return " and ".join(parts) or "true"


def day_text(column="time"):
    return f"date_trunc('day',{column})"


def call_checks(document, start, end):
    columns = ("calls", "errors", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
               "reasoning_tokens", "priced", "partly", "unpriced", "cost_usd", "cost_low_usd", "cost_high_usd")
    select = ("count(*),count(*) filter (where status='error'),coalesce(sum(input_tokens),0),coalesce(sum(output_tokens),0),"
              "coalesce(sum(cache_read_tokens),0),coalesce(sum(cache_write_tokens),0),coalesce(sum(cache_write_1h_tokens),0),"
              "coalesce(sum(reasoning_tokens),0),count(*) filter (where price_state='priced'),count(*) filter (where price_state='partly'),"
              "count(*) filter (where price_state='unpriced'),coalesce(sum(cost_usd),0),coalesce(sum(cost_low_usd),0),"
              "coalesce(sum(cost_high_usd),0)")
    kinds = ["integer"] * 11 + ["money"] * 3
    for table, figures in document["cost"]["types"].items():
        rows = [[figures[name] for name in columns]]
        yield Check(table, f"select {select} from {table.replace('.', '_')} where {window('time', start, end)}", kinds, rows)
    for dimension, groups in document["cost"]["llm_call_by"].items():
        key = day_text() if dimension == "day" else dimension
        sql = f"select {key},{select} from llm_call where {window('time', start, end)} group by 1 order by 1"
        rows = [[name, *(figures[column] for column in columns)] for name, figures in groups.items()]
        yield Check(f"llm_call by {dimension}", sql, ["day" if dimension == "day" else "text"] + kinds, rows)
    top = document["cost"]["top_conversations"]
    sql = (f"select conversation_id,sum(c) s from (select conversation_id,cost_usd c from llm_call where {window('time', start, end)} union all "
           f"select conversation_id,cost_usd c from embedding_call where {window('time', start, end)}) x where conversation_id is not null "
           f"group by conversation_id having sum(c) is not null order by s desc,conversation_id limit {len(top)}")
    yield Check("most expensive conversations", sql, ["text", "money"], [[one["conversation_id"], one["cost_usd"]] for one in top])


def answer_checks(document, start, end):
    agent = f"(author is null or author='agent') and {window('time', start, end)}"
    select = ("count(*),count(*) filter (where status='error'),"
              + ",".join(f"percentile_disc({share}) within group (order by {name})" for name in ("duration_ns", "time_to_first_token_ns")
                         for share in ("0.5", "0.95", "0.99")))
    figures = lambda one: [one["answers"], one["errors"], *one["duration_ns"].values(), *one["time_to_first_token_ns"].values()]
    kinds = ["integer"] * 8
    yield Check("answers", f"select {select} from message_sent where {agent}", kinds, [figures(document["sla"]["answers"])])
    for dimension, groups in document["sla"]["answers_by"].items():
        key = f"date_trunc('{dimension}',time)" if dimension in ("day", "hour") else dimension
        yield Check(
            f"answers by {dimension}", f"select {key},{select} from message_sent where {agent} group by 1 order by 1",
            [dimension if dimension in ("day", "hour") else "text"] + kinds, [[name, *figures(one)] for name, one in groups.items()])


def outcome_checks(document, start, end):
    outcomes = document["outcomes"]
    closed = f"closed_time is not null and {window('closed_time', start, end)}"
    select = ",".join(f"count(*) filter (where outcome='{name}')" for name in OUTCOMES)
    for dimension, groups in outcomes["by"].items():
        key = f"date_trunc('{dimension}',closed_time)" if dimension in ("week", "day") else dimension
        yield Check(
            f"outcomes by {dimension}", f"select {key},{select} from conversations where {closed} group by 1 order by 1",
            ["day" if dimension in ("week", "day") else "text"] + ["integer"] * 4,
            [[name, *(counts[outcome] for outcome in OUTCOMES)] for name, counts in groups.items() if counts["closed"]])
    within = window("time", start, end)
    yield Check(
        "escalations by reason", f"select reason,count(*) from escalation_raised where {within} group by 1 order by 1", ["text", "integer"],
        [[name, count] for name, count in outcomes["escalations_by_reason"].items()])
    yield Check(
        "scores", f"select score,count(*) from feedback_submitted where score is not null and {within} group by 1 order by 1",
        ["integer", "integer"], [[name, count] for name, count in outcomes["scores_given"].items()])


def event_checks(document, start, end):
    yield Check(
        "events by type", f"select type,count(*) from events where {window('time', start, end)} group by 1 order by 1", ["text", "integer"],
        [[name, count] for name, count in document["events"].items()])


KINDS["day"] = lambda value: "" if value is None else str(value)[:10]
KINDS["hour"] = lambda value: "" if value is None else str(value).replace(" ", "T")[:13]


def checks(document, start=None, end=None):
    for group in (event_checks, call_checks, answer_checks, outcome_checks):
        yield from group(document, start, end)


def mutations(check):
    """Every figure of the expected rows, one after the other, changed by its smallest step."""
    for row_index, row in enumerate(check.rows):
        for column, kind in enumerate(check.kinds):
            if kind in ("text", "day", "hour") or row[column] is None:
                continue
            rows = copy.deepcopy(check.rows)
            rows[row_index][column] = usd(pico(row[column]) + 1) if kind == "money" else int(row[column]) + 1
            yield f"{check.name}: row {row_index}, column {column}", rows


def self_test(document):
    tried = missed = 0
    for check in checks(document):
        if differences(check, check.rows):
            print(f"{check.name}: does not agree with itself")
            missed += 1
        for place, rows in mutations(check):
            tried += 1
            if not differences(check, rows):
                print(f"{place}: the change was not found")
                missed += 1
    print(f"self-test: {tried} changes, {missed} missed")
    return 1 if missed or not tried else 0


def compare_reports(document, commands, start, end):
    """Prints what differs; returns how many figures were compared and how many differ."""
    options = [part for name, value in (("--from", start), ("--to", end)) if value for part in (name, value)]
    reports = {
        kind: {dimension: commands.report(kind, "--by", dimension, *options) for dimension in dimensions}
        for kind, dimensions in DIMENSIONS.items()}
    crossed = commands.report("cost", "--by", "month,team", "--by", "model", "--timezone", "Europe/Berlin", *options)
    reports["crossed"] = crossed["by_month_team_model"]
    count = found = 0
    for name, expected, reported in report_figures(document, reports):
        count += 1
        if expected != reported:
            found += 1
            if found <= SHOWN:
                print(f"{name}: {expected} expected, {reported} reported")
    if found > SHOWN:
        print(f"reports: and {found - SHOWN} more")
    return count, found


def main():
    parser = argparse.ArgumentParser(description="Compare a recomputation with Plimsoll's answers.")
    parser.add_argument("recomputed")
    parser.add_argument("--plimsoll")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--data")
    place.add_argument("--server")
    parser.add_argument("--from", dest="start")
    parser.add_argument("--to", dest="end")
    parser.add_argument("--dump", help="write Plimsoll's rows here, by check")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.recomputed, encoding="utf-8") as file:
        document = json.load(file)
    if arguments.self_test:
        return self_test(document)
    if not arguments.plimsoll or not (arguments.data or arguments.server):
        parser.error("--plimsoll and one of --data, --server are needed")
    commands = Commands(arguments.plimsoll, arguments.data, arguments.server)
    found, count, dump = 0, 0, {}
    for check in checks(document, arguments.start, arguments.end):
        count += 1
        try:
            rows = dump[check.name] = commands.rows(check.sql)
            lines = differences(check, rows)
        except (CommandFailed, ValueError, KeyError) as error:
            lines = [f"{check.name}: {error}"]
        found += bool(lines)
        for line in lines[:SHOWN]:
            print(line)
        if len(lines) > SHOWN:
            print(f"{check.name}: and {len(lines) - SHOWN} more")
    if arguments.dump:
        with open(arguments.dump, "w", encoding="utf-8") as file:
            json.dump(dump, file, indent=1)
    if arguments.start and arguments.end:
        # Without both ends the reports would take their own period.
        try:
            figures, wrong = compare_reports(document, commands, arguments.start, arguments.end)
            count, found = count + figures, found + wrong
        except (CommandFailed, ValueError, KeyError) as error:
            count, found = count + 1, found + 1
            print(f"reports: {error}")
    print(f"compared {count} questions: {count - found} equal, {found} different")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
