#!/usr/bin/env python3
"""Asks the questions of `make bench-peers` of Plimsoll and of DuckDB over the same events and compares the rows; no times are taken.

usage: same_rows.py --plimsoll BINARY [--events 6000] [--seed 5] [--keep DIR]

Plimsoll answers each from events and again with rollups let in. Costs in DuckDB's table are booked by `outside/prices.py`.
"""
import argparse
import os
import shutil
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks"))

from outside.judging import judged  # noqa: E402
from peers import duck, ours, questions, rows, traffic  # noqa: E402


def run(arguments, folder):
    events = traffic.make(arguments.plimsoll, os.path.join(folder, "events"), arguments.events, arguments.seed, threads=2)
    store, table = os.path.join(folder, "store"), os.path.join(folder, "table")
    _, _, accepted = ours.import_events(arguments.plimsoll, events.ndjson, store)
    problems = [] if accepted == events.count else [f"of {events.count} events {accepted} were accepted"]
    shutil.rmtree(table, ignore_errors=True)
    os.makedirs(table)
    duck.load(events.parquet, table, threads=2)
    peer, plimsoll = duck.Peer(table, threads=2), ours.Plimsoll(arguments.plimsoll, store)
    try:
        for question in questions.first_twelve(events.conversation) + questions.further():
            reference = peer.rows(question.compared(peer.exact))
            if not reference:
                problems.append(f"{question.name}: there are no rows to compare")
            for rollups in (False, True):
                found = plimsoll.rows(question.compared(plimsoll.dialect), rollups)
                difference = rows.Comparison(found, reference, question.kinds, is_ours=True).difference
                if difference:
                    problems.append(f"{question.name}, rollups {rollups}: {difference}")
            # What is timed is another text where whole rows are asked for.
            if len(plimsoll.rows(question.text(plimsoll.dialect))) != len(reference):
                problems.append(f"{question.name}: as it is timed it has another number of rows")
    finally:
        plimsoll.close()
        peer.close()
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--keep", help="where all of it stays")
    return judged(run, parser.parse_args(), "plimsoll-same-rows-")


if __name__ == "__main__":
    sys.exit(main())
