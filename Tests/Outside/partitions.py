#!/usr/bin/env python3
"""Random questions of which the answer follows from other answers of the same store, so that no other system is needed.

usage: partitions.py --plimsoll BINARY [--seed N] [--seeds COUNT] [--questions N] [--seconds S] [--events N]

Whatever a condition p says, rows where p holds, rows where it does not and rows where nobody knows are all rows: of rows, of distinct rows, and of
aggregates put together from those of the three parts. And a condition that is only looked at, as a value of each row, holds as often as one
that rows are chosen by. All with and without rollups. What does not hold is cut down, and printed with its seed.
"""
import argparse
import collections
import dataclasses
import os
import random
import shutil
import sys
import tempfile
import time

from outside import own_tables
from outside.own_questions import TRUTH, Node, OwnQuestions, as_written, shrunk
from outside.plimsoll import Server
from postgres_differential import Asked

PARTS = ("{}", "(not {})", "({} is null)")


class Refusal(Exception):
    pass


class Partitions:
    def __init__(self, server):
        self.asked = Asked(server)

    def rows(self, question, rollups):
        """Rows of cells that compare."""
        answer = self.asked.answer(as_written(str(question)), rollups)
        if isinstance(answer, str):
            raise Refusal(answer)
        types, rows = answer
        return [tuple(own_tables.cell_of(cell, kind) for cell, kind in zip(row, types)) for row in rows]

    def parts(self, question, condition, rollups):
        for form in PARTS:
            yield self.rows(dataclasses.replace(question, where=question.where + (Node(TRUTH, form, (condition,)),)), rollups)

    def difference(self, split):
        """What does not hold, as a text, or None."""
        question, condition = split.question, split.condition
        for rollups in (True, False):
            try:
                reason = self.of_choosing(question, condition, rollups) or (
                    self.of_rows if question.keys is None else self.of_groups)(question, condition, rollups)
            except Refusal:
                continue
            if reason:
                return reason + ("" if rollups else " (without rollups)")
        return None

    def of_rows(self, question, condition, rollups):
        whole, parts = self.rows(question, rollups), list(self.parts(question, condition, rollups))
        together = [row for part in parts for row in part]
        if question.is_distinct:
            whole, together = set(whole), set(together)
        return difference(collections.Counter(whole), collections.Counter(together))

    def of_groups(self, question, condition, rollups):
        keys, groups = question.keys, {}
        for part in self.parts(question, condition, rollups):
            for row in part:
                key, cells = row[:keys], row[keys:]
                if key in groups:
                    cells = tuple(merged(item.form, one, other) for item, one, other in zip(question.items[keys:], groups[key], cells))
                groups[key] = cells
        return difference(collections.Counter(self.rows(question, rollups)), collections.Counter(key + cells for key, cells in groups.items()))

    def of_choosing(self, question, condition, rollups):
        """The condition as a choice of rows, as a filter of what is counted, as a value that is added up, and as a value of each row."""
        plain = dataclasses.replace(question, keys=0, is_distinct=False, order=(), limit=None, offset=0, having=None)
        one = lambda form: dataclasses.replace(plain, items=(Node("bigint", form, (condition,)),))
        chosen = self.rows(dataclasses.replace(plain, items=(Node("bigint", "count(*)"),), where=plain.where + (condition,)), rollups)[0][0]
        counts = {
            "where": chosen, "filter": self.rows(one("count(*) filter (where {})"), rollups)[0][0],
            "case": self.rows(one("coalesce(sum(case when {} then 1 else 0 end), 0)"), rollups)[0][0],
            "is true": self.rows(one("coalesce(sum(({} is true)::int), 0)"), rollups)[0][0],
            "rows": sum(row[0] is True for row in self.rows(dataclasses.replace(plain, keys=None, items=(condition,)), rollups)),
        }
        return f"it holds {counts}" if len(set(counts.values())) > 1 else None


def merged(form, one, other):
    """What an aggregate of two parts is."""
    if one is None or other is None:
        return one if other is None else other
    if form.startswith(("count", "sum")):
        return one + other
    if form.startswith(("min", "bool_and")):
        return min(one, other)
    return max(one, other)


def difference(whole, together):
    if whole == together:
        return None
    lacking, surplus = list((whole - together).elements()), list((together - whole).elements())
    show = lambda rows: ", ".join(own_tables.shown(row) for row in rows[:3])
    return f"{len(lacking)} rows only in the whole: {show(lacking)}; {len(surplus)} only in the parts: {show(surplus)}"


@dataclasses.dataclass(frozen=True)
class Split:
    """A question and the condition that parts it."""
    question: object
    condition: Node

    def smaller(self):
        yield from (Split(less, self.condition) for less in self.question.smaller() if less.join or "o." not in str(self.condition))
        yield from (Split(self.question, less) for less in self.condition.smaller())

    def __str__(self):
        return f"{self.question}\n  parted by {self.condition}"


def drawn(generator):
    """Rows, or aggregates that follow from those of parts."""
    if generator.chance(0.7):
        question = generator.pick([generator.groups, generator.folded])(merges=True)
    else:
        question = dataclasses.replace(generator.rows(), order=(), limit=None, offset=0)
        if question.join:
            question = dataclasses.replace(question, join=dataclasses.replace(question.join, how=generator.pick(["join", "left join"])))
    return Split(question, generator.condition(generator.pick([0, 1, 1, 2])))


def of_seed(options, seed, deadline, counts):
    folder, failures, asked = tempfile.mkdtemp(prefix="plimsoll-partitions-"), 0, 0
    server = Server(options.plimsoll, os.path.join(folder, "data"))
    try:
        own_tables.filled(server, folder, own_tables.lines_of_traffic(options.plimsoll, options.events, seed, own_tables.STRETCH))
        partitions = Partitions(server)
        generator = OwnQuestions(random.Random(seed), own_tables.values_of(own_tables.rows_of(partitions.asked)))
        while asked < options.questions and time.monotonic() < deadline and failures < options.stop:
            split, asked = drawn(generator), asked + 1
            try:
                partitions.rows(split.question, True)
            except Refusal as refusal:
                counts[f"refused with {str(refusal)[:60]}"] += 1
                continue
            counts["parted"] += 1
            if reason := partitions.difference(split):
                failures += 1
                least = shrunk(split, lambda less: partitions.difference(less) is not None)
                print(f"seed {seed}, question {asked}: {partitions.difference(least) or reason}\n  {least}\n  cut down from {split}", flush=True)
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
    parser.add_argument("--stop", type=int, default=10, help="end a seed after so many failures")
    options = parser.parse_args()
    deadline, counts = time.monotonic() + options.seconds, collections.Counter()
    failures = sum(of_seed(options, seed, deadline, counts) for seed in range(options.seed, options.seed + options.seeds))
    print(f"seeds from {options.seed} on: {counts['parted']} questions parted, {failures} failures; {dict(counts)}")
    return 1 if failures or counts["parted"] < sum(counts.values()) * 0.8 else 0


if __name__ == "__main__":
    sys.exit(main())
