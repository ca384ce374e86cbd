#!/usr/bin/env python3
"""Tests of what compares and shows the figures of `make bench-peers`: python3 -m unittest test_peers"""
import datetime
import os
import re
import sys
import unittest
import xml.etree.ElementTree as xml

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks"))

from outside.plimsoll import CommandFailed  # noqa: E402
from peers import chart, published, results  # noqa: E402
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


class Chart(unittest.TestCase):
    SPACE = "{http://www.w3.org/2000/svg}"

    def drawn(self, *parts):
        return xml.fromstring(chart.svg(parts, "a < b"))

    def test_it_has_a_mark_for_each_figure(self):
        drawn = self.drawn(PART)
        marks = drawn.findall(f"{self.SPACE}path")
        self.assertEqual([mark.get("class") for mark in marks], [*results.PEERS, "duckdb", "clickhouse", "hyper", "duckdb", "clickhouse"])
        one = next(float(line.get("x1")) for line in drawn.findall(f"{self.SPACE}line") if line.get("class") == "ink")
        ahead = [float(mark.get("transform")[len("translate("):].split()[0]) > one for mark in marks[len(results.PEERS):]]
        self.assertEqual(ahead, [True, True, True, True, False])
        self.assertEqual(drawn.find(f"{self.SPACE}title").text, "a < b")

    def test_every_colour_is_there_for_light_pages_and_for_dark_ones(self):
        drawn = self.drawn(PART)
        used = {element.get("class") for element in drawn.iter() if element.get("class")}
        self.assertEqual(used, set(chart.LIGHT))
        self.assertEqual(set(chart.DARK), set(chart.LIGHT))
        light, dark = drawn.find(f"{self.SPACE}style").text.split("@media (prefers-color-scheme: dark)")
        for name in used:
            self.assertIn(f".{name}{{fill:{chart.LIGHT[name]}}}", light)
            self.assertIn(f".{name}{{fill:{chart.DARK[name]}}}", dark)

    def test_what_is_drawn_can_be_read(self):
        """Against the page behind it, on both, as WCAG wants it of texts."""
        def brightness(colour):
            shares = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
            linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

        def contrast(first, second):
            high, low = sorted((brightness(first), brightness(second)), reverse=True)
            return (high + 0.05) / (low + 0.05)

        for colours in (chart.LIGHT, chart.DARK):
            for name in set(colours) - {"page", "pale"}:
                self.assertGreaterEqual(contrast(colours[name], colours["page"]), 4.5 if name in ("ink", "ahead", "behind") else 3, name)

    def test_labels_of_the_axis_do_not_touch_and_everything_is_inside(self):
        far = results.Part("far", [results.Line("far", "", "ms", 1.0, {"duckdb": 0.0004, "clickhouse": 1.0, "hyper": 70_000.0})])
        for drawn in (self.drawn(PART), self.drawn(far), self.drawn(results.Part("none", [results.Line("none", "", "ms", 1.0, {})]))):
            places = [float(line.get("x1")) for line in drawn.findall(f"{self.SPACE}line")]
            self.assertGreaterEqual(len(places), 3)
            self.assertTrue(all(after - before >= chart.TICK_WIDTH for before, after in zip(places, places[1:])))
            self.assertTrue(all(chart.LEFT <= place <= chart.WIDTH - chart.RIGHT for place in places))


class Published(unittest.TestCase):
    README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")

    def test_readme_takes_a_chart_and_then_another_in_its_place(self):
        with open(self.README, encoding="utf-8") as file:
            text = file.read()
        once = published.into(text, "a.svg", "a.md", ["first"])
        self.assertIn("](a.svg)\n\n- first\n\nAll figures: [a.md](a.md).\n", once)
        twice = published.into(once, "b.svg", "b.md", ["second"])
        self.assertEqual(twice, published.into(text, "b.svg", "b.md", ["second"]))
        self.assertNotIn("a.svg", twice)
        self.assertEqual(twice.replace(twice[twice.index(published.BEGIN):twice.index(published.END)], ""),
                         text.replace(text[text.index(published.BEGIN):text.index(published.END)], ""))

    def test_a_text_without_a_place_for_it_is_refused(self):
        for text in ["", published.BEGIN, published.END]:
            with self.assertRaises(CommandFailed):
                published.into(text, "a.svg", "a.md", [])

    def test_what_readme_shows_is_there(self):
        with open(self.README, encoding="utf-8") as file:
            shown = re.findall(r"\]\((Benchmarks/[^)]+)\)", file.read())
        self.assertEqual([path for path in shown if not os.path.exists(os.path.join(os.path.dirname(self.README), path))], [])


if __name__ == "__main__":
    unittest.main()
