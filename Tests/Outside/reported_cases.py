#!/usr/bin/env python3
"""Posts spans, events and prices that once gave a wrong figure to a real server, each to one of its own, and compares the figures with those worked
out by hand.

usage: reported_cases.py --plimsoll BINARY --cases DIR [--only NAME,…]

DIR holds NAME.json (OTLP traces), NAME.ndjson (events) and NAME.csv (prices, loaded first), where NAME begins with the number below.
"""
import argparse
import glob
import os
import shutil
import sys
import tempfile

from outside.plimsoll import CommandFailed, Commands, Server

CALLS = """select coalesce(conversation_id, ''), price_state, cost_usd, cost_low_usd, cost_high_usd, input_tokens, output_tokens, cache_read_tokens,
 total_tokens, usage_doubt, other_usage, reported_cost_usd from llm_call order by time, span_id"""
NAMES = ("conversation", "state", "cost", "low", "high", "input", "output", "read", "total", "doubt", "other", "reported")

# What each call must say; a figure that is not named may be anything.
CASES = {
    "01": [{"conversation": "c-01-long", "low": "0.3225", "input": "250000"}, {"conversation": "c-01-edge", "state": "priced", "cost": "0.26"}],
    "04": [{"conversation": "c-04", "state": "priced", "cost": "0.00096", "read": "8000"}],
    "06": [{"conversation": "c-06", "state": "priced", "cost": "0.0087", "read": "9000"}],
    "09": [{"conversation": "c-09", "cost": None, "low": "0.015", "high": "0.12", "total": "12000", "input": None}],
    "13": [{"conversation": "c-13", "state": "partly", "cost": None, "other": "output_audio"}],
    "14": [{"conversation": "c-14", "reported": "0.00515"}],
    "32": [{"conversation": "c-32-dotnet", "state": "priced", "cost": "0.00021"}, {"conversation": "c-32-java", "state": "priced", "cost": "0.00021"}],
    "34": [{"conversation": "c-34", "state": "priced", "cost": "0.0246762", "input": "22227", "doubt": None}],
    "37": [{"cost": "0.00039", "input": "1000", "output": "400"}, {"cost": "0.00021", "input": "1000", "output": "100"}],
}


def same(found, wanted):
    """Whether two figures agree; money by value."""
    if found is None or wanted is None:
        return found is None and wanted is None
    try:
        return abs(float(found) - float(wanted)) < 1e-12
    except ValueError:
        return str(found) == str(wanted)


def differences(rows, wanted):
    if len(rows) != len(wanted):
        yield f"{len(rows)} calls, expected {len(wanted)}"
        return
    for row, expected in zip(rows, wanted):
        found = dict(zip(NAMES, row))
        for name, value in expected.items():
            if not same(found[name], value):
                yield f"{name}: {found[name]}, expected {value}"


def run(binary, path, number):
    folder = tempfile.mkdtemp(prefix="cases-")
    server = Server(binary, os.path.join(folder, "data"))
    try:
        server.start()
        prices = os.path.splitext(path)[0] + ".csv"
        if os.path.exists(prices):
            try:
                Commands(binary, server=server.url).run("prices", "load", prices, "--server", server.url)
            except CommandFailed as error:
                print(f"  prices of {os.path.basename(path)} are not taken: {str(error)[-200:]}")
        with open(path, "rb") as file:
            status, _, answer = server.post("/v1/traces", file.read(), "application/json")
        if status != 200 or answer not in (b"", b"{}"):
            yield f"status {status}: {answer[:300]!r}"
        server.settle()
        yield from differences(server.sql(CALLS), CASES[number])
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    wanted = set(filter(None, options.only.split(",")))
    failures = runs = 0
    for path in sorted(glob.glob(os.path.join(options.cases, "*.json"))):
        number = os.path.basename(path)[:2]
        if number not in CASES or wanted and number not in wanted:
            continue
        problems = list(run(options.plimsoll, path, number))
        runs += 1
        failures += bool(problems)
        print(f"{os.path.basename(path)}: {'; '.join(problems) or 'right'}", flush=True)
    print(f"{runs} cases, {failures} wrong")
    return 1 if failures or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
