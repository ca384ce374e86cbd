#!/usr/bin/env python3
"""Tests of what counts and compares the instructions of `make bench-kernels`: python3 -m unittest test_kernels"""
import contextlib
import io
import os
import stat
import sys
import tempfile
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "..", "Benchmarks"))

import kernels  # noqa: E402

FILE = "# a remark\nsum   2.00\nsort 40.00  # of all rows\n"
# Stands for valgrind: each call takes 1,000 instructions of `sum` and 8,000 of `sort`, and the start and the first call some more.
VALGRIND = """#!/bin/sh
shift 3
name=$3 calls=$5
each=1000
[ "$name" = sort ] && each=8000
[ "$calls" = 1 ] || [ -z "$WRONG" ] || name=$name-wrong
printf '%s\\t100\\t%s\\n' "$name" "$name"
printf '==7== I   refs:      81,%06d\\n' $((123456 + each * calls)) >&2
"""
STRIP = "#!/bin/sh\ncp \"$4\" \"$3\"\n"
WORKSHOP = "#!/bin/sh\nprintf 'sum\\t100\\tadds up\\nsort\\t200\\tsorts\\n'\n"


class Comparing(unittest.TestCase):
    def test_thresholds_are_names_with_numbers(self):
        self.assertEqual(kernels.thresholds(FILE), {"sum": 2.0, "sort": 40.0})
        for text in ["sum", "sum 2 3", "sum two", "sum nan", "sum -1", "sum 2\nsum 3"]:
            with self.assertRaises(kernels.Failed, msg=text):
                kernels.thresholds(text)

    def test_five_percent_more_are_allowed_and_not_a_hundredth_beyond(self):
        allowed = kernels.thresholds(FILE)
        self.assertEqual(kernels.problems({"sum": 2.1, "sort": 1.0}, allowed), [])
        told = kernels.problems({"sum": 2.11, "sort": 40.0}, allowed)
        self.assertEqual(told, ["sum takes 2.11 instructions a row, where 2.00 are allowed and 5% more"])

    def test_a_kernel_without_threshold_and_a_threshold_without_kernel_are_told(self):
        told = kernels.problems({"sum": 2.0, "new": 1.0}, kernels.thresholds(FILE))
        self.assertEqual([line.split()[0] for line in told], ["new", "sort"])
        self.assertEqual(kernels.problems({"sum": 2.0}, kernels.thresholds(FILE), is_whole=False), [])

    def test_what_is_written_is_read_again(self):
        self.assertEqual(kernels.written(FILE, {"top-k": 3.456}, keeps_others=False), "# a remark\ntop-k        3.46\n")
        both = kernels.written(FILE, {"sum": 1.5}, keeps_others=True)
        self.assertEqual(kernels.thresholds(both), {"sum": 1.5, "sort": 40.0})
        self.assertTrue(both.startswith("# a remark\n"))

    def test_the_file_in_the_tree_is_sound(self):
        with open(os.path.join(HERE, "..", "..", "Benchmarks", "kernels.txt"), encoding="utf-8") as file:
            kernels.thresholds(file.read())


class Counting(unittest.TestCase):
    """With programs that stand for valgrind and for the executable."""

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        for name, text in [("valgrind", VALGRIND), ("strip", STRIP), ("workshop", WORKSHOP)]:
            path = os.path.join(self.folder, name)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        self.workshop = os.path.join(self.folder, "workshop")

    def measure(self, names=(), **environment):
        with mock.patch.dict(os.environ, {"PATH": self.folder + os.pathsep + os.environ["PATH"], **environment}):
            return kernels.measure(self.workshop, names, 4)

    def test_start_and_first_call_are_left_out(self):
        self.assertEqual(self.measure(), {"sum": 10.0, "sort": 40.0})
        self.assertEqual(self.measure(["sort"]), {"sort": 40.0})

    def test_a_result_that_changes_fails_and_so_does_a_name_that_is_none(self):
        for names, environment in [([], {"WRONG": "1"}), (["sums"], {})]:
            with self.assertRaises(kernels.Failed):
                self.measure(names, **environment)

    def test_a_run_writes_thresholds_and_then_keeps_them(self):
        path = os.path.join(self.folder, "kernels.txt")
        with open(path, "w", encoding="ascii") as file:
            file.write("# a remark\nsum 9.00\n")
        self.assertEqual([self.main(path), self.main(path, "--write"), self.main(path)], [1, 0, 0])
        with open(path, encoding="ascii") as file:
            self.assertEqual(kernels.thresholds(file.read()), {"sum": 10.0, "sort": 40.0})

    def main(self, path, *options):
        arguments = ["kernels.py", "--workshop", self.workshop, "--thresholds", path, *options]
        environment = {"PATH": self.folder + os.pathsep + os.environ["PATH"]}
        with mock.patch.object(sys, "argv", arguments), mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(io.StringIO()):
            return kernels.main()


if __name__ == "__main__":
    unittest.main()
