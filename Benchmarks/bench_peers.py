#!/usr/bin/env python3
"""Asks Plimsoll, DuckDB, ClickHouse (chDB) and Hyper the same of the same events, compares the rows, and prints the ratios of the times.

usage: bench_peers.py --plimsoll BINARY [--events 1000000] [--runs 5] [--folder .build-peers] [--only NAME,…] [--seed 7] [--publish]

Both sides run on this machine in this run, on as many threads as it has processors: medians of --runs after a warm-up, question by question, the
engines one after another. Each peer holds one wide table, sorted and indexed as suits it, with costs booked, and with the turn's cost beside each
answer. Ours is asked over HTTP and answers from events, or from the read model that a remark names; where rollups could answer, their time is a
remark. Ratios alone count. --only takes names of questions, `import` and `size`. The folder keeps the events, which the next run finds again, and
ratios.txt, ratios.md and ratios.svg. --publish puts the last two into Benchmarks and shows the chart in README.md, for a run on a quiet machine of all
questions in which no rows differ. Exit status: 1 where rows differ.
"""
import argparse
import contextlib
import os
import platform
import shutil
import signal
import sys

from peers import alone, asking, chart, clickhouse, duck, hyper, importing, ours, published, questions, results, traffic
from outside.plimsoll import CommandFailed

MODULES = (duck, clickhouse, hyper)
HERE = os.path.dirname(os.path.abspath(__file__))


class Run:
    """One run: what it was told, and where it works."""

    def __init__(self, options):
        self.binary, self.runs, self.folder = os.path.abspath(options.plimsoll), options.runs, os.path.abspath(options.folder)
        self.only = options.only.split(",") if options.only else []
        self.threads = len(os.sched_getaffinity(0))
        self.events = traffic.make(self.binary, os.path.join(self.folder, f"{options.events}-{options.seed}"), options.events, options.seed, self.threads)
        self.scratch = os.path.join(self.folder, "scratch")
        self.findings = asking.Findings()

    def wants(self, name):
        return not self.only or name in self.only

    def check_names(self):
        known = {"import", "size", *(question.name for _, group in self.groups() for question in group)}
        unknown = [name for name in self.only if name not in known]
        if unknown:
            raise CommandFailed(f"--only knows no {', '.join(unknown)}, but {', '.join(sorted(known))}")

    def groups(self):
        return [("twelve questions", questions.first_twelve(self.events.conversation)), ("further questions", questions.further())]

    def measure(self):
        """(parts, notes)."""
        self.check_names()
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.makedirs(self.scratch)
        try:
            with contextlib.ExitStack() as stack:
                store, further = os.path.join(self.scratch, "store"), self.imports()
                peers = [stack.enter_context(contextlib.closing(self.loaded(module))) for module in MODULES]
                further += self.sizes(store, peers)
                plimsoll = stack.enter_context(contextlib.closing(ours.Plimsoll(self.binary, store)))
                parts = [results.Part(title, self.lines(group, plimsoll, peers)) for title, group in self.groups()]
                parts.append(results.Part("import and size", further, is_averaged=False))
                return [part for part in parts if part.lines], self.notes(peers)
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def imports(self):
        """Ours at least once, for the questions."""
        runs = min(3, self.runs) if self.wants("import") else 1
        taken = importing.into_store(self.binary, self.events, os.path.join(self.scratch, "store"), runs)
        return [self.told(importing.line(self.events, taken, self.scratch, self.threads, runs))] if self.wants("import") else []

    def loaded(self, module):
        """Filled in a process of its own: what an engine sorts with would be missing to those after it."""
        seconds, _ = alone.seconds_and_mb(module.__name__.rpartition(".")[2], "load", self.events.parquet, self.scratch, self.threads)
        peer = module.Peer(self.scratch, self.threads)
        print(f"     {peer.title} {peer.version} loaded in {seconds:.1f} s", flush=True)
        return peer

    def sizes(self, store, peers):
        if not self.wants("size"):
            return []
        theirs = {peer.name: peer.bytes / 1e6 for peer in peers}
        segments, whole = ours.megabytes(os.path.join(store, "segments")), ours.megabytes(store)
        return [results.Line("size", "events with their indexes, read models and rollups", "MB", segments, theirs),
                results.Line("size_with_log", "all that the directory takes", "MB", whole, theirs, [f"of it log {whole - segments:,.0f} MB"])]

    def lines(self, group, plimsoll, peers):
        return [self.told(asking.asked(question, plimsoll, peers, self.runs, self.findings)) for question in group if self.wants(question.name)]

    def told(self, line):
        print(f"     {line.name:24}{results.times(line.ratio()):>6} × the fastest", flush=True)
        return line

    def notes(self, peers):
        errors = ", ".join(f"{title} {100 * error:.2f} %" for title, error in self.findings.errors.items())
        versions = ", ".join(f"{peer.title} {peer.version}" for peer in peers)
        return [
            f"{self.events.count:,} events, medians of {self.runs}, {self.threads} threads of {processor()}; Plimsoll {ours.version(self.binary)}, {versions}.",
            "× fastest and × D, C: the fastest peer, and the faster of DuckDB and ClickHouse, over ours; above 1 ours is faster, or smaller.",
            "Ours over HTTP from events or the named read model; peers without HTTP from one wide table, sorted by type and time.",
            *([f"Percentiles off the exact ones at most: {errors}; DuckDB and ClickHouse interpolate between few values."] if errors else []),
            f"Rows compared with DuckDB's: {len(self.findings.problems) or 'no'} differences."]


def processor():
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def write(folder, parts, notes, events, names=("ratios.txt", "ratios.md", "ratios.svg")):
    contents = [("ratios.txt", results.as_text(parts, notes)), ("ratios.md", results.as_markdown(parts, notes)),
                ("ratios.svg", chart.svg(parts, f"Plimsoll beside DuckDB, ClickHouse and Hyper, {events:,} events"))]
    for name, content in contents:
        if name in names:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(content)


def publish(parts, notes, events):
    """For whoever reads README."""
    write(HERE, parts, notes, events, names=("ratios.md", "ratios.svg"))
    path = os.path.join(HERE, "..", "README.md")
    with open(path, encoding="utf-8") as file:
        text = published.into(file.read(), "Benchmarks/ratios.svg", "Benchmarks/ratios.md", notes)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", default=".build-peers")
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    if options.publish and options.only:
        parser.error("--publish takes all questions")
    # Whoever ends this ends the server and the peers that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run = Run(options)
        parts, notes = run.measure()
    except CommandFailed as error:
        print(f"FAIL {error}")
        return 1
    write(run.folder, parts, notes, run.events.count)
    print("\n" + results.as_text(parts, notes) + f"Tables and chart: {run.folder}/ratios.md, ratios.svg")
    for problem in run.findings.problems:
        print("FAIL " + problem)
    if options.publish and not run.findings.problems:
        publish(parts, notes, run.events.count)
    return 1 if run.findings.problems else 0


if __name__ == "__main__":
    sys.exit(main())
