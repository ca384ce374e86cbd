#!/usr/bin/env python3
"""Grows one store slice by slice and measures what is promised of it at any size: import, start, rest, questions, bytes; and that a store that was
fed in small requests becomes no larger than one that was filled at once.

usage: growth.py --plimsoll BINARY [--slices FILE…] [--count 10] [--events 10000000] [--only growth,start,small] [--folder .build-growth]

Each slice is a file of events, or traffic of `plimsoll workload` that goes on where the slice before ended; such a file is there only while it is
imported. A line a figure says what was found, what is wanted, and whether it holds; growth.json in the folder has them all, for graphs.

growth  Of each import: events a second (the last within 20 % of the first) and resident memory at most (1 GB). After the first slice and the last,
        with rollups left out, medians of --runs: scans (at most 1.2 × as long as there are times as many events), look-ups of as many conversations
        and of the latest events (at most 2 ×). Reports (90 days < 150 ms, a day < 15 ms), and the scans that rollups answer (5 ms). Bytes of the
        segments as imported and once compacted, and what imports and servers had written in all over what is kept of it (3 ×); with --every a
        server compacts after each slice, as one does that gets its events as they happen.
start   After the first slice and the last: from the start of a server to its first answer (300 ms), right after the import, again once compacted
        (the median of five), and with its files dropped from memory (no goal). Resident memory --rest seconds after the start (300 MB), and what it
        uses of one processor over the next --idle seconds (1 %); nothing is asked meanwhile.
small   A day of --small-events events, --small-batch a request, so many that their segments are compacted: bytes an event within 10 % of an import of
        the same events.

Compaction has come to rest when for --quiet seconds no file of segments came, went or grew, no thread of the server was at work at any look, and it
used less than 3 % of a processor; that is awaited for --patience seconds at most. (After one that came to nothing the next waits for half a minute.)
Run it on a machine that does nothing else: compaction yields to all. Ten slices of ten million events take an hour or more and some 20 GB of disk,
which are free again in the end. Exit status: 1 where a goal is missed, but with --figures-only, or where something could not be measured.
"""
import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import peers  # noqa: F401, it knows where `outside` is
from growing import asked, fed, processes, served, slices
from growing.figures import Figures, ratio
from outside.plimsoll import CommandFailed
from peers import ours

PARTS = ("growth", "start", "small")
STARTS = 5


class Growth:
    """One store, its imports, and what is measured of it in between."""

    def __init__(self, options, folder, figures):
        self.options, self.figures = options, figures
        self.binary, self.data, self.folder = options.plimsoll, os.path.join(folder, "store"), folder
        self.events, self.rate, self.written, self.first = 0, None, [], {}

    def wants(self, part):
        return part in self.options.only

    def note(self, name, value, unit, goal=None, remark=""):
        return self.figures.note(name, self.events, value, unit, goal, remark)

    def run(self):
        options = self.options
        count = len(options.slices) or options.count
        with contextlib.closing(self.paths(count)) as paths:
            for place, path in enumerate(paths):
                self.take(path, is_last=place == count - 1)
                if options.every or place in (0, count - 1):
                    self.look()
        if self.wants("growth") and None not in self.written:
            kept, written = sum(served.files(self.data).values()), sum(self.written)
            self.note("write_amplification", written / kept, "×", ("≤", 3), f"{written:,} bytes written, {kept:,} kept in segments and beside them")
        elif self.wants("growth"):
            self.note("write_amplification", None, "×", ("≤", 3), "the file system does not tell what was written")

    def paths(self, count):
        options = self.options
        if options.slices:
            return (path for path in options.slices)
        return slices.made(self.binary, self.folder, count, options.events, options.users, options.seed)

    def take(self, path, is_last):
        """Imports a slice."""
        found = slices.import_file(self.binary, path, self.data, self.options.patience)
        self.events += found.accepted
        self.written.append(found.written)
        rate = found.accepted / found.seconds
        goal = ("≥", round(0.8 * self.rate)) if is_last and self.rate else None
        self.rate = self.rate or rate
        repeats = f", {found.duplicates} repeats" if found.duplicates else ""
        if self.wants("growth"):
            self.note("import_rate", rate, "events/s", goal, f"{found.accepted:,} in {found.seconds:.1f} s{repeats}")
            self.note("import_resident", found.resident_mb, "MB", ("≤", 1024))
        else:
            print(f"     imported {found.accepted:,} events in {found.seconds:.1f} s{repeats}", flush=True)

    @contextlib.contextmanager
    def serving(self):
        """A server, which is ended; what it had written counts."""
        server = served.Served(self.binary, self.data)
        try:
            yield server
        finally:
            server.stop()
            self.written.append(server.written)

    def look(self):
        """All figures of the store as it is now."""
        question = asked.small_question(asked.moment(served.inspected(self.binary, self.data)["last_time"]))
        self.compact(question)
        if self.wants("start"):
            self.starts(question)
        with self.serving() as server:
            if self.wants("start"):
                self.idle(server, question)
            if self.wants("growth"):
                self.ask(server)

    def compact(self, question):
        """Starts a server right after the import, and waits until it has come to rest."""
        before, segments = served.segment_bytes(self.data), served.segment_count(self.data)
        with self.serving() as server:
            taken = first_answer(server, question)
            if self.wants("start"):
                self.note("start_after_import", taken, "ms", ("<", 300))
            seconds = server.rest(self.options.quiet, self.options.patience)
            most = processes.memory_mb(server.pid, "VmHWM")
        after = served.segment_bytes(self.data)
        self.note("rest_after_import", seconds, "s", remark=f"until compaction came to rest; resident at most {most:.0f} MB meanwhile")
        if self.wants("growth"):
            self.note("segment_bytes_imported", before, "bytes", remark=f"{before / self.events:.1f} an event, {segments} segments")
            self.note("segment_bytes", after, "bytes", remark=f"{after / self.events:.1f} an event, {served.segment_count(self.data)} segments, once compacted")

    def starts(self, question):
        taken = []
        for _ in range(STARTS):
            with self.serving() as server:
                taken.append(first_answer(server, question))
        taken.sort()
        self.note("start", taken[STARTS // 2], "ms", ("<", 300), f"to the first answer, {taken[0]:.0f} to {taken[-1]:.0f}")
        served.forget(self.data)
        with self.serving() as server:
            self.note("start_cold", first_answer(server, question), "ms", remark="its files dropped from memory before, as far as the system does")

    def idle(self, server, question):
        options = self.options
        first_answer(server, question)
        server.wait(options.rest - server.seconds_since_start())
        self.note("resident", processes.memory_mb(server.pid, "VmRSS"), "MB", ("<", 300),
                  f"{options.rest:.0f} s after the start, {processes.memory_mb(server.pid, 'RssAnon'):.0f} of it anonymous")
        used = processes.processor_seconds(server.pid)
        server.wait(options.idle)
        used = processes.processor_seconds(server.pid) - used
        self.note("idle_processor", 100 * used / options.idle, "%", ("<", 1), f"of one processor over {options.idle:.0f} s")

    def ask(self, server):
        asking = asked.Asked(server.asking, self.options.runs)
        for name, sql in asked.scans().items():
            self.compared(name, asking.scan(sql), 1.2, asked.SCANS[name])
        conversations = asking.conversations()
        for name, text in asked.lookups().items():
            self.compared(name, asking.lookup(text, conversations), None, "")
        days = (asking.last - asking.first).days + 1
        begin, end = asked.ninety_days(asking.last)
        self.note("report_sla_90_days", asking.report(begin, end), "ms", ("<", 150), f"up to {asked.stamp(end)}; the store has {days} days")
        begin, end = asked.one_day(asking.first, asking.last)
        self.note("report_sla_one_day", asking.report(begin, end), "ms", ("<", 15), f"from {asked.stamp(begin)} on")
        for name, sql in asked.scans().items():
            if rollups := server.asking.rollups(sql):
                self.note(name + "_by_rollups", asking.scan(sql, rollups=True), "ms", ("≤", 5), ", ".join(rollups))

    def compared(self, name, taken, allowed, remark):
        """`allowed`: for each time as many events, how many times as long; None where it is 2 ×, however many there are."""
        self.note(name, taken, "ms", None, remark)
        events, before = self.first.setdefault(name, (self.events, taken))
        if events != self.events:
            more = self.events / events
            self.note(name + "_growth", ratio(taken, before), "×", ("≤", round(allowed * more, 2) if allowed else 2),
                      f"of {before:.2f} ms with {events:,} events")


def first_answer(server, question):
    """ms from the start of the process to the whole answer."""
    server.asking.run(question)
    return 1e3 * server.seconds_since_start()


def about(options):
    """What the figures are of."""
    with contextlib.suppress(OSError, StopIteration), open("/proc/cpuinfo", encoding="utf-8") as file:
        processor = next(line for line in file if line.startswith("model name")).partition(":")[2].strip()
        return {"plimsoll": ours.version(options.plimsoll), "processor": processor, "threads": len(os.sched_getaffinity(0)), "options": vars(options)}
    return {"plimsoll": ours.version(options.plimsoll), "threads": len(os.sched_getaffinity(0)), "options": vars(options)}


def measure(options, figures):
    """Everything that is made on the way goes with the folder that it is made in."""
    with tempfile.TemporaryDirectory(prefix="store-", dir=options.folder) as folder:
        if {"growth", "start"} & set(options.only):
            growth = Growth(options, folder, figures)
            growth.run()
            shutil.rmtree(growth.data)
        if "small" in options.only:
            fed.measure(options.plimsoll, folder, options, figures)


def parts(text):
    names = text.split(",")
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}, but {', '.join(PARTS)}")
    return names


def read_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True, type=os.path.abspath)
    parser.add_argument("--slices", nargs="+", default=[], type=os.path.abspath, help="files of events, in the order of their times")
    parser.add_argument("--count", type=int, default=10, help="slices to make where none is given")
    parser.add_argument("--events", type=int, default=10_000_000, help="of each of them")
    parser.add_argument("--users", type=int, help="daily users of each of them; default: so many that it lasts about a month")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", type=parts, default=list(PARTS), help="parts, with commas between them")
    parser.add_argument("--every", action="store_true", help="look after each slice, not only after the first and the last")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rest", type=float, default=60)
    parser.add_argument("--idle", type=float, default=60)
    parser.add_argument("--quiet", type=float, default=40)
    parser.add_argument("--patience", type=float, default=7200)
    parser.add_argument("--small-events", type=int, default=700_000)
    parser.add_argument("--small-batch", type=int, default=20)
    parser.add_argument("--folder", default=".build-growth", type=os.path.abspath)
    parser.add_argument("--figures-only", action="store_true", help="missed goals are told and change no exit status")
    options = parser.parse_args(arguments)
    if min(options.count, options.events, options.runs, options.small_events, options.small_batch) < 1:
        parser.error("counts are 1 or more")
    if min(options.idle, options.quiet) <= 0:
        parser.error("--idle and --quiet take some time")
    return options


def main():
    options, figures = read_options(None), Figures()
    # Whoever ends this ends the server or the import that runs.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.makedirs(options.folder, exist_ok=True)
    path, failure = os.path.join(options.folder, "growth.json"), None
    try:
        measure(options, figures)
    except (CommandFailed, subprocess.CalledProcessError, OSError) as error:
        failure = str(error)
        print(f"FAIL {failure}", flush=True)
    except BaseException as error:
        failure = repr(error)
        raise
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(figures.as_json({**about(options), "failure": failure}))
    print(f"     {len(figures.all)} figures, {len(figures.missed)} goals missed: {path}")
    return 1 if failure or figures.missed and not options.figures_only else 0


if __name__ == "__main__":
    sys.exit(main())
