#!/usr/bin/env python3
"""Tests of what judges the figures of `make bench-growth`, and waits for a server's rest: python3 -m unittest test_growth"""
import contextlib
import datetime
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks"))

import growth  # noqa: E402
from growing import asked, processes, served, slices  # noqa: E402
from growing.figures import Figure, Figures, amount, ratio  # noqa: E402
from outside.plimsoll import CommandFailed  # noqa: E402

# Stands for `plimsoll workload`: as many events as it is told, a minute apart, from --start on.
WORKLOAD = """#!/usr/bin/env python3
import datetime, sys
told = dict(zip(sys.argv[2::2], sys.argv[3::2]))
begin = datetime.datetime.fromisoformat(told.get("--start", "2026-08-03T09:00:00Z")[:19])
for place in range(int(told["--events"])):
    time = (begin + datetime.timedelta(minutes=place)).isoformat()
    print('{"id":"%s-%d","time":"%s.123456789Z"}' % (told["--seed"], place, time))
"""


class Verdicts(unittest.TestCase):
    def test_a_goal_holds_up_to_its_limit(self):
        cases = [(300, ("<", 300), False), (299.9, ("<", 300), True), (3, ("≤", 3), True), (3.01, ("≤", 3), False), (80, ("≥", 80), True),
                 (79, ("≥", 80), False), (1, None, None), (None, ("<", 300), None)]
        for value, goal, holds in cases:
            self.assertIs(Figure("a", 1, value, "ms", goal).holds, holds, (value, goal))

    def test_a_line_says_figure_goal_and_verdict(self):
        missed = Figure("start", 1_000_000, 312.4, "ms", ("<", 300), "right")
        for figure, parts in [(missed, ["FAIL start", "1,000,000 events", "312.4 ms", "(wanted < 300 ms)", "right"]),
                              (Figure("start", 10, 12.344, "ms", ("<", 300)), ["ok   start", "12.34 ms"]),
                              (Figure("size", 10, None, "×"), ["     size", "–"])]:
            for part in parts:
                self.assertIn(part, figure.line())
        self.assertEqual([amount(value, "s") for value in (0.126, 5, 150.25, 123456.7)], ["0.13 s", "5 s", "150.2 s", "123,457 s"])

    def test_all_figures_are_in_the_file(self):
        figures = Figures()
        with contextlib.redirect_stdout(io.StringIO()):
            figures.note("a", 10, 2.0, "ms", ("<", 3))
            figures.note("a", 20, 4.0, "ms", ("<", 3))
        found = json.loads(figures.as_json({"plimsoll": "1"}))
        kept = [(one["name"], one["events"], one["value"], one["holds"]) for one in found["figures"]]
        self.assertEqual(kept, [("a", 10, 2.0, True), ("a", 20, 4.0, False)])
        self.assertEqual((found["plimsoll"], len(figures.missed)), ("1", 1))

    def test_a_ratio_to_nothing_is_none(self):
        self.assertEqual([ratio(4, 2), ratio(4, 0), ratio(None, 2), ratio(4, None)], [2, None, None, None])


class Rests(unittest.TestCase):
    def seconds(self, looks, quiet=3):
        """When rest is seen, in looks a second apart: (files, processor seconds since the look before, is at work)."""
        watch, used = served.Rest(quiet), 0
        for now, (files, more, is_working) in enumerate(looks):
            used += more
            if watch.sees(now, files, used, is_working):
                return watch.since, now
        return None

    def test_rest_begins_with_the_last_change(self):
        idle = ({"a": 1}, 0.001, False)
        self.assertEqual(self.seconds([idle] * 9), (0, 3))
        for change in [({"a": 2}, 0.001, False), ({"a": 1, "b": 1}, 0.001, False), ({}, 0.001, False), ({"a": 1}, 0.001, True)]:
            since, _ = self.seconds([idle, idle, change] + [change[:2] + (False,)] * 9)
            self.assertEqual(since, 2, change)

    def test_a_processor_in_use_is_no_rest(self):
        self.assertIsNone(self.seconds([({}, 0.5, False)] * 20))
        self.assertIsNone(self.seconds([({}, 0.04, False)] * 20))
        # What rules take once a minute is.
        self.assertIsNotNone(self.seconds([({}, 0.05 if place % 60 == 0 else 0, False) for place in range(20)]))


class Slices(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.binary = os.path.join(self.folder, "plimsoll")
        with open(self.binary, "w", encoding="ascii") as file:
            file.write(WORKLOAD)
        os.chmod(self.binary, 0o755)

    def test_each_begins_after_the_one_before_and_is_alone(self):
        found = []
        for path in slices.made(self.binary, self.folder, 3, 60, None, 7):
            with open(path, encoding="ascii") as file:
                lines = [json.loads(line) for line in file]
            self.assertEqual(sorted(os.listdir(self.folder)), ["plimsoll", "slice.ndjson"])
            found.append((lines[0]["id"], lines[0]["time"][:19], lines[-1]["time"][:19]))
        self.assertEqual(found, [("7-0", "2026-08-03T09:00:00", "2026-08-03T09:59:00"), ("8-0", "2026-08-03T09:59:01", "2026-08-03T10:58:01"),
                                 ("9-0", "2026-08-03T10:58:02", "2026-08-03T11:57:02")])
        self.assertEqual(os.listdir(self.folder), ["plimsoll"])

    def test_one_that_is_not_used_up_goes_as_well(self):
        with contextlib.closing(slices.made(self.binary, self.folder, 3, 5, None, 7)) as paths:
            next(paths)
        self.assertEqual(os.listdir(self.folder), ["plimsoll"])

    def test_a_file_without_times_is_told(self):
        with self.assertRaises(CommandFailed):
            slices.after(self.binary)


class Processes(unittest.TestCase):
    def test_one_that_ended_is_still_read(self):
        process = subprocess.Popen([sys.executable, "-c", "sum(range(3_000_000))"])
        while not processes.has_ended(process):
            pass
        self.assertGreater(processes.processor_seconds(process.pid), 0.01)
        self.assertEqual(processes.memory_mb(process.pid, "VmRSS"), 0)
        processes.wait_for_end(process, 10)
        self.assertEqual((process.returncode, processes.has_ended(process)), (0, True))

    def test_one_at_work_is_told_from_one_that_waits(self):
        process = subprocess.Popen([sys.executable, "-c", "import sys\nprint(flush=True)\nsys.stdin.read()\nprint(flush=True)\nwhile True: pass"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            process.stdout.readline()
            while processes.is_working(process.pid):
                pass
            process.stdin.close()
            process.stdout.readline()
            self.assertTrue(processes.is_working(process.pid))
            with self.assertRaises(CommandFailed):
                processes.wait_for_end(process, 0.1)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


class Asking(unittest.TestCase):
    def test_periods_are_whole_days(self):
        first, last = asked.moment("2026-08-03T09:00:00.000000000Z"), asked.moment("2026-12-05 10:58:01")
        self.assertEqual([asked.stamp(time) for time in asked.ninety_days(last)], ["2026-09-07T00:00:00Z", "2026-12-06T00:00:00Z"])
        self.assertEqual([asked.stamp(time) for time in asked.one_day(first, last)], ["2026-12-04T00:00:00Z", "2026-12-05T00:00:00Z"])
        short = asked.one_day(first, first + datetime.timedelta(hours=2))
        self.assertEqual([asked.stamp(time) for time in short], ["2026-08-03T00:00:00Z", "2026-08-04T00:00:00Z"])

    def test_there_is_every_question(self):
        self.assertEqual(set(asked.scans()), set(asked.SCANS))
        self.assertIn("'it''s'", asked.lookups()["conversation_events"]("it's"))
        self.assertTrue(asked.small_question(asked.moment("2026-08-03T09:00:00Z")).endswith("time >= '2026-08-03T08:00:00Z'"))


class Options(unittest.TestCase):
    def test_parts_are_named(self):
        self.assertEqual(growth.read_options(["--plimsoll", "x"]).only, list(growth.PARTS))
        self.assertEqual(growth.read_options(["--plimsoll", "x", "--only", "small,start"]).only, ["small", "start"])
        for wrong in [["--only", "smal"], ["--count", "0"], ["--idle", "0"]]:
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                growth.read_options(["--plimsoll", "x", *wrong])


if __name__ == "__main__":
    unittest.main()
