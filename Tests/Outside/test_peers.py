#!/usr/bin/env python3
"""Tests of what compares and shows the figures of `make bench-peers`: python3 -m unittest test_peers"""
import datetime
import os
import sys
import unittest
import xml.etree.ElementTree as xml

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks"))

from peers import chart, results  # noqa: E402
from peers.questions import AVERAGE, COUNT, MONEY, PERCENTILE, TEXT, TIME  # noqa: E402
from peers.rows import Comparison  # noqa: E402

KINDS = [TIME, TEXT, COUNT, MONEY, AVERAGE, PERCENTILE, PERCENTILE]
OURS = [["2026-08-03T10:00:00.123456789Z", "web", 3, "0.000000000007", "1.5", [1000, 2000]], [None, None, None, None, None, [None, None]]]
THEIRS = [(None, None, None, None, None, None, None), (datetime.datetime(2026, 8, 3, 10, 0, 0, 123456), "web", 3, 7, 1.5, 1000, 2000)]


def changed(place, value):
    cells = list(THEIRS[1])
    cells[place] = value
    return [THEIRS[0], tuple(cells)]


def difference(reference, **more):
    return Comparison(OURS, reference, KINDS, **{"is_ours": True, **more}).difference


class Rows(unittest.TestCase):
    def test_shapes_and_order_do_not_matter(self):
        self.assertIsNone(difference(THEIRS))
        self.assertIsNone(Comparison([["2026-08-03", 5]], [(datetime.date(2026, 8, 3), 5)], [TIME, COUNT]).difference)
        self.assertIsNone(Comparison([["2026-08-03 00:00:00.000000000", "5"]], [(datetime.datetime(2026, 8, 3), 5)], [TIME, COUNT]).difference)

    def test_the_smallest_step_of_each_kind_is_found(self):
        steps = [(0, datetime.datetime(2026, 8, 3, 10, 0, 0, 123457)), (1, "Web"), (1, None), (2, 4), (3, 8), (4, 1.5000000001), (5, 1006), (6, None)]
        for place, value in steps:
            self.assertIsNotNone(difference(changed(place, value)), (place, value))
        self.assertIsNotNone(difference(THEIRS[:1]))
        self.assertIsNotNone(difference(THEIRS + THEIRS[:1]))

    def test_percentiles_of_ours_keep_the_stated_error(self):
        self.assertIsNone(difference(changed(5, 1005)))
        comparison = Comparison(OURS, changed(5, 1005), KINDS, is_ours=True)
        self.assertAlmostEqual(comparison.percentile_error, 5 / 1005)

    def test_an_exact_peer_is_exact_and_an_estimating_one_is_measured(self):
        self.assertIsNotNone(Comparison(changed(5, 1005), THEIRS, KINDS).difference)
        comparison = Comparison(changed(5, 1500), THEIRS, KINDS, may_estimate=True)
        self.assertIsNone(comparison.difference)
        self.assertAlmostEqual(comparison.percentile_error, 500 / 1500)


PART = results.Part("questions", [
    results.Line("first", "what & how", "ms", 2.0, {"duckdb": 8.0, "clickhouse": 16.0, "hyper": 4.0}),
    results.Line("second", "why", "ms", 4.0, {"duckdb": 32.0, "clickhouse": 2.0}, ["by rollups 1.00 ms"])])


class Results(unittest.TestCase):
    def test_ratios_are_of_the_best_peer(self):
        first, second = PART.lines
        self.assertEqual((first.ratio(), first.ratio(results.FASTER_OF), second.ratio()), (2.0, 4.0, 0.5))
        self.assertIsNone(second.ratio(("hyper",)))
        self.assertAlmostEqual(results.mean(PART.lines), 1.0)
        self.assertAlmostEqual(results.mean(PART.lines, results.FASTER_OF), 2**0.5)

    def test_tables_have_every_figure(self):
        text, markdown = results.as_text([PART], ["a note"]), results.as_markdown([PART], ["a note"])
        self.assertIn("second           4.00 ms  32.0 ms     2.00 ms        –       0.50    0.50  by rollups 1.00 ms", text)
        self.assertIn("| `second`: why | 4.00 ms | 32.0 ms | 2.00 ms | – | 0.50 | 0.50 | by rollups 1.00 ms |", markdown)
        self.assertIn("| **geometric mean** |  |  |  |  | 1.00 | 1.41 |  |", markdown)
        self.assertTrue(text.endswith("a note\n") and markdown.endswith("- a note\n"))

    def test_the_chart_has_a_dot_for_each_figure(self):
        drawn = xml.fromstring(chart.svg([PART], "a < b"))
        space = "{http://www.w3.org/2000/svg}"
        dots = drawn.findall(f"{space}circle")
        self.assertEqual(len(dots), len(results.PEERS) + 5)
        one = next(float(line.get("x1")) for line in drawn.findall(f"{space}line") if line.get("stroke") == chart.INK)
        ahead = [float(dot.get("cx")) > one for dot in dots[len(results.PEERS):]]
        self.assertEqual(ahead, [True, True, True, True, False])
        self.assertEqual(drawn.find(f"{space}title").text, "a < b")


if __name__ == "__main__":
    unittest.main()
