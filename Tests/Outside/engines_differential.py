#!/usr/bin/env python3
"""Random questions about a store's own tables, asked of Plimsoll with and without rollups, of PostgreSQL 15 and of DuckDB.

usage: engines_differential.py --plimsoll BINARY [--seed N] [--seeds COUNT] [--questions N] [--seconds S] [--events N] [--verbose]

A seed gives the traffic and the questions. A question that is answered otherwise is cut down, clause by clause and part by part, to what is still
answered otherwise, and printed with its seed. What one of the others refuses counts as not asked of it.
"""
import argparse
import collections
import os
import random
import shutil
import sys
import tempfile
import time

from outside import own_tables
from outside.own_questions import OwnQuestions, as_written, for_duckdb, shrunk
from outside.plimsoll import Server
from outside.postgres import Missing, Postgres
from postgres_differential import Asked

BATCH = 50
# Values that do not fit or divide by nothing, of rows that an answer does not need, may be met or not.
VALUES = ("22003", "22012", "22023", "22P02")
# What we say is not supported.
REFUSED = ("0A000", "53200", "57014")


class Engines:
    def __init__(self, server, folder, postgres, rows):
        import duckdb  # after the arguments, so that --help needs no package

        self.asked, self.postgres = Asked(server), postgres
        self.connection = duckdb.connect(config={"threads": 1})
        own_tables.into_duckdb(self.connection, rows, folder)
        if postgres:
            own_tables.into_postgres(postgres, rows)
        self.failure = duckdb.Error

    def theirs(self, questions):
        """For each question what the others answer, by name; the text of a refusal where they do not."""
        answers = [{} for _ in questions]
        if self.postgres:
            # A row of nothing but an empty text could not be told from no row.
            asked = [f"select 1, q.* from ({as_written(str(question))}) q" for question in questions]
            for answer, found in zip(answers, self.postgres.answers(asked)):
                answer["PostgreSQL"] = found if isinstance(found, str) else [row[1:] for row in found]
        for answer, question in zip(answers, questions):
            try:
                answer["DuckDB"] = self.connection.execute(for_duckdb(str(question))).fetchall()
            except self.failure as failure:
                answer["DuckDB"] = str(failure)
        return answers

    def differences(self, question, theirs, counts=None):
        """What differs, as texts."""
        counts, found, others = collections.Counter() if counts is None else counts, [], {}
        sql = as_written(str(question))
        exact = [item.is_all_exact() for item in question.items]
        for rollups in (True, False):
            ours = self.asked.answer(sql, rollups)
            way = "" if rollups else ", without rollups"
            for name, rows in theirs.items():
                if isinstance(ours, str):
                    is_left_open = ours in REFUSED or isinstance(rows, str) or ours in VALUES and any(isinstance(each, str) for each in theirs.values())
                    reason = None if is_left_open else f"refused with {ours}"
                elif isinstance(rows, str):
                    reason = f"answered, there refused with {rows}" if name == "PostgreSQL" and rows not in VALUES else None
                else:
                    reason = own_tables.difference(ours[1], rows, ours[0], exact, bool(question.order))
                if reason:
                    found.append(f"{name}{way}: {reason}")
                is_answered = not isinstance(ours, str) and not isinstance(rows, str)
                counts[f"{name} {'other' if reason else 'same' if is_answered else 'refused'}"] += 1
        return found

    def still(self, question):
        return bool(self.differences(question, self.theirs([question])[0]))

    def close(self):
        self.connection.close()


def of_seed(options, seed, postgres, deadline, counts):
    """How many questions were answered otherwise."""
    folder, failures = tempfile.mkdtemp(prefix="plimsoll-engines-"), 0
    server = Server(options.plimsoll, os.path.join(folder, "data"))
    try:
        own_tables.filled(server, folder, own_tables.lines_of_traffic(options.plimsoll, options.events, seed, own_tables.STRETCH))
        rows = own_tables.rows_of(Asked(server))
        if postgres:
            postgres.script("drop schema if exists public cascade; create schema public;")
        engines = Engines(server, folder, postgres, rows)
        generator = OwnQuestions(random.Random(seed), own_tables.values_of(rows))
        asked = 0
        while asked < options.questions and time.monotonic() < deadline and failures < options.stop:
            questions = [generator.next() for _ in range(min(BATCH, options.questions - asked))]
            for question, theirs in zip(questions, engines.theirs(questions)):
                asked += 1
                found = engines.differences(question, theirs, counts)
                if options.verbose:
                    for name, answer in theirs.items():
                        if isinstance(answer, str):
                            print(f"{name} refused: {answer[:200]}\n  {question}")
                if found:
                    failures += 1
                    least = shrunk(question, engines.still)
                    least_found = engines.differences(least, engines.theirs([least])[0]) or found
                    print(f"seed {seed}, question {asked}: {'; '.join(least_found)[:1500]}\n  {least};\n  cut down from {question};", flush=True)
        counts["asked"] += asked
        engines.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, from --seed on")
    parser.add_argument("--questions", type=int, default=400, help="of each seed")
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--events", type=int, default=1500)
    parser.add_argument("--stop", type=int, default=10, help="end a seed after so many differences")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    deadline, counts, failures, postgres = time.monotonic() + options.seconds, collections.Counter(), 0, None
    try:
        postgres = Postgres()
    except Missing as missing:
        print(missing)
        if os.environ.get("CI") == "true":
            return 1
    try:
        for seed in range(options.seed, options.seed + options.seeds):
            failures += of_seed(options, seed, postgres, deadline, counts)
    finally:
        if postgres:
            postgres.stop()
    print(f"seeds from {options.seed} on: {counts['asked']} questions, {failures} answered otherwise")
    print("  " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if name != "asked"))
    for name in ("PostgreSQL", "DuckDB"):
        total = sum(counts[f"{name} {how}"] for how in ("same", "refused", "other"))
        if total and counts[f"{name} same"] < total * 0.8:
            print(f"{name}: fewer than four of five questions were answered by both")
            return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
