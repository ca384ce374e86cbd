#!/usr/bin/env python3
"""Runs Benchmarks/growth.py over a small store, without judging times, and looks whether it finds every figure and leaves nothing behind.

usage: growth_figures.py --plimsoll BINARY [--events 6000]

Status 1 where a figure is missing, bytes are not as they were told, or anything but the file of figures is left.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

GROWTH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks", "growth.py")
GROWING = {"levels_per_hour", "cost_per_day_and_model", "users_per_day", "conversation_events", "latest_events", "conversation_outcome"}
ALWAYS = GROWING | {
    "import_rate", "import_resident", "start_after_import", "rest_after_import", "segment_bytes_imported", "segment_bytes", "start", "start_cold",
    "resident", "idle_processor", "report_sla_90_days", "report_sla_one_day", "levels_per_hour_by_rollups", "cost_per_day_and_model_by_rollups",
    "users_per_day_by_rollups"}
# Enough for a segment of a server.
SMALL = 66_000


def problems(found, events):
    told = []
    more = {f"{name}_growth" for name in GROWING} | {"write_amplification"}
    for count, names in [(events, ALWAYS), (2 * events, ALWAYS | more), (SMALL, {"bulk_bytes", "fed_bytes", "fed_written"})]:
        here = {figure["name"] for figure in found if figure["events"] == count}
        told += [f"at {count} events there is no {name}" for name in sorted(names - here)]
        told += [f"at {count} events nobody knows {name}" for name in sorted(here - names)]
    # Times are of this machine in this moment; these are not.
    for figure in found:
        is_of_bytes = figure["name"] in ("fed_bytes", "import_resident", "resident")
        if is_of_bytes and figure["holds"] is not True:
            told.append(f"{figure['name']} at {figure['events']} events is {figure['value']}, wanted {figure['goal']}")
        if figure["value"] is None and figure["name"] not in ("write_amplification", "fed_written"):
            told.append(f"{figure['name']} at {figure['events']} events has no value")
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=6000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plimsoll-growth-") as folder:
        command = [
            sys.executable, GROWTH, "--plimsoll", options.plimsoll, "--folder", folder, "--figures-only", "--count", "2", "--events", str(options.events),
            "--runs", "3", "--rest", "1", "--idle", "1", "--quiet", "1.5", "--small-events", str(SMALL), "--small-batch", "500"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        print(done.stdout, end="")
        told = [] if done.returncode == 0 else [f"growth.py ended with {done.returncode}"]
        left = os.listdir(folder)
        if left != ["growth.json"]:
            told.append(f"left behind: {', '.join(left)}")
        if "growth.json" in left:
            with open(os.path.join(folder, "growth.json"), encoding="utf-8") as file:
                told += problems(json.load(file)["figures"], options.events)
    for problem in told:
        print("FAIL " + problem)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
