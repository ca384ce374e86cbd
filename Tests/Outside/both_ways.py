#!/usr/bin/env python3
"""Lets Plimsoll and recompute.py add up the same traffic, and compares every figure: over SQL and in the reports, on a server, after a kill and
a restart, and on the data directory.

usage: both_ways.py --plimsoll BINARY [--events 20000] [--seed 1] [--demo-users N] [--keep DIR]

The traffic is `plimsoll workload`'s with late and repeated events, and with prices added: a change in the middle of the day, a price that comes
after its calls, a model whose cache reads have no price, prices of $0.0375 and $0.01875 per million tokens. With --demo-users it is the demo's own
day, taken from its store by `plimsoll export`. In the end one pico-dollar is added to the recomputation, and that must be found.
"""
import argparse
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zlib

import compare
from outside.events import iso, nanoseconds
from outside.money import pico, usd
from outside.plimsoll import CommandFailed, Commands, Server
from recompute import recompute

PRICES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Schemas/prices")
DAY = 86_400 * 10**9


def price(name, time, model, token_class, usd_per_million, valid_from):
    data = {"provider": "outside", "model": model, "token_class": token_class, "usd_per_million_tokens": usd_per_million, "valid_from": valid_from}
    return json.dumps({"specversion": "1.0", "id": f"outside-{name}", "source": "outside/prices", "type": "price.set", "time": time, "data": data})


def with_prices(lines):
    """The lines with some calls turned into those of models of ours, and the prices of these models in between."""
    changed = []
    for line in lines:
        if '"type":"llm.call"' in line:
            event = json.loads(line)
            # By the id, so that an event that comes twice is changed twice the same.
            choice = zlib.crc32(event["id"].encode()) % 16
            if choice < 4:
                event["data"] |= {"provider": "outside", "request_model": ("changing", "late", "uncached", "plain")[choice]}
                # What the sender says: near ours, far from it, or nothing.
                if choice < 3:
                    event["data"]["reported_cost_usd"] = f"0.00{zlib.crc32(event['id'].encode()) // 16 % 10**7:07d}"
                event["data"].pop("response_model", None)
                event["data"].pop("service_tier", None)
                line = json.dumps(event, separators=(",", ":"))
        changed.append(line)
    first, middle = (json.loads(changed[place])["time"] for place in (0, len(changed) // 2))
    start = iso(nanoseconds(first) - DAY)
    classes = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
    before = [price(f"changing-{name}", first, "changing", name, "0.0375", start) for name in classes]
    before += [price(f"plain-{name}", first, "plain", name, "0.01875", start) for name in classes]
    before += [price(f"uncached-{name}", first, "uncached", name, "3", start) for name in classes if name != "cache_read"]
    amid = [price(f"changed-{name}", middle, "changing", name, "0.01875", middle) for name in classes]
    after = [price(f"late-{name}", json.loads(changed[-1])["time"], "late", name, "0.123457", start) for name in classes]
    half = len(changed) // 2
    return before + changed[:half] + amid + changed[half:] + after


def compared(document, commands, place, start, end):
    """Problems found."""
    problems, count = [], 0
    for check in compare.checks(document, start, end):
        count += 1
        problems += [f"{place}: {line}" for line in compare.differences(check, commands.rows(check.sql))[:3]]
    figures, wrong = compare.compare_reports(document, commands, start, end)
    if wrong:
        problems.append(f"{place}: {wrong} figures of reports differ")
    print(f"{place}: {count} tables and {figures} figures of reports compared, {len(problems)} problems", flush=True)
    return problems


def one_pico_more(document, commands, start, end):
    """Adds 10^-12 USD to one model's cost, and to the total; compares again."""
    changed = copy.deepcopy(document)
    for sums in (changed["cost"]["total"], next(iter(changed["cost"]["llm_call_by"]["model"].values()))):
        sums["cost_usd"] = usd(pico(sums["cost_usd"]) + 1)
    silent = open(os.devnull, "w", encoding="utf-8")
    shown, sys.stdout = sys.stdout, silent
    try:
        _, wrong = compare.compare_reports(changed, commands, start, end)
    finally:
        sys.stdout = shown
        silent.close()
    check = next(one for one in compare.checks(changed, start, end) if one.name == "llm_call by model")
    if not wrong:
        yield "a pico-dollar more was not found in the reports"
    if not compare.differences(check, commands.rows(check.sql)):
        yield "a pico-dollar more was not found over SQL"


def of_workload(arguments, folder):
    """Half of the traffic over HTTP, then a kill in the middle of the day and the other half; problems found."""
    binary, data = arguments.plimsoll, os.path.join(folder, "data")
    text = subprocess.run(
        [binary, "workload", "--events", str(arguments.events), "--seed", str(arguments.seed), "--late-share", "0.03",
         "--duplicate-share", "0.02"], capture_output=True, check=True, timeout=600).stdout.decode()
    lines = with_prices(text.splitlines())
    paths = [os.path.join(folder, name) for name in ("all.ndjson", "first.ndjson", "second.ndjson")]
    half = len(lines) * 2 // 3
    for path, part in zip(paths, (lines, lines[:half], lines[half:])):
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in part)
    document, start, end = recomputed(paths[0])
    problems, server = [], Server(binary, data)
    try:
        server.start()
        Commands(binary, server=server.url).import_file(paths[1])
        server.kill()
        server.start()
        summary = Commands(binary, server=server.url).import_file(paths[2])
        problems += compared(document, Commands(binary, server=server.url), "server", start, end)
        server.kill()
        server.start()
        problems += compared(document, Commands(binary, server=server.url), "after a kill", start, end)
        server.stop()
        problems += compared(document, Commands(binary, data), "directory", start, end)
        problems += one_pico_more(document, Commands(binary, data), start, end)
        if summary["rejected"]:
            problems.append(f"import refused {summary['rejections'][:2]}")
    finally:
        server.stop()
    cost = document["cost"]
    for name, count in (("late first prices", cost["late_first_prices"]), ("partly priced calls", cost["total"]["partly"]),
                        ("repeats", document["reading"]["duplicates"])):
        if not count:
            problems.append(f"the traffic has no {name}: nothing was proved about them")
    return problems


def recomputed(path, reached=None):
    """(document, start, end): everything in the file lies between the two."""
    whole = recompute(path, PRICES, reached=reached)
    start, end = iso(nanoseconds("2020-01-01T00:00:00Z")), iso(nanoseconds(whole["last_time"]) + 1)
    return recompute(path, PRICES, nanoseconds(start), nanoseconds(end), reached=reached), start, end


def of_demo(arguments, folder):
    """The demo's own day; problems found."""
    binary, data, path = arguments.plimsoll, os.path.join(folder, "demo"), os.path.join(folder, "demo.ndjson")
    subprocess.run(
        [binary, "demo", "--once", "--data", data, "--users", str(arguments.demo_users), "--seed", str(arguments.seed), "--listen", "127.0.0.1:0"],
        stdout=subprocess.DEVNULL, check=True, timeout=1800)
    with open(path, "wb") as file:
        subprocess.run([binary, "export", "--data", data], stdout=file, check=True, timeout=1800)
    # Silence closes as far as the log has got.
    reached = nanoseconds(Commands(binary, data).query("select 1")["watermark"])
    document, start, end = recomputed(path, reached)
    problems = compared(document, Commands(binary, data), "demo", start, end)
    return problems + list(one_pico_more(document, Commands(binary, data), start, end))


def main():
    parser = argparse.ArgumentParser(description="Compare Plimsoll's figures with a computation of its own.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--demo-users", type=int, help="compare a demo of so many users instead")
    parser.add_argument("--keep", help="folder to work in and keep; default: a temporary one")
    arguments = parser.parse_args()
    arguments.plimsoll = os.path.abspath(arguments.plimsoll)
    folder = arguments.keep or tempfile.mkdtemp(prefix="plimsoll-both-ways-")
    os.makedirs(folder, exist_ok=True)
    try:
        problems = (of_demo if arguments.demo_users else of_workload)(arguments, folder)
    except CommandFailed as error:
        problems = [str(error)]
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for problem in problems[:40]:
        print(problem)
    print(f"seed {arguments.seed}: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
