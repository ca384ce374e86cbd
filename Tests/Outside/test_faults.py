#!/usr/bin/env python3
"""Tests of what judges stores under faults: that each of its checks can fail. python3 -m unittest test_faults"""
import random
import unittest

from faulted import events, traced
from faulted.oracle import Oracle


class Oracles(unittest.TestCase):
    def setUp(self):
        self.oracle, self.batches = Oracle(), []
        for number in range(3):
            self.batches.append(self.oracle.sends(events.turns("s", number, 6, random.Random(number))))
        self.oracle.acknowledge(self.batches[0])
        self.names = [[name for name, _, _ in batch.events] for batch in self.batches]

    def said(self, found):
        return self.oracle.account(found)[0]

    def test_what_may_be(self):
        kept, open_one, _ = self.names
        self.assertEqual((self.said(kept), self.said(kept + open_one)), ([], []))
        self.assertEqual(self.oracle.bounds(), (6, 18))
        self.assertEqual([len(self.oracle.account(found)[1]) for found in (kept, kept + open_one)], [6, 12])

    def test_each_fault_is_told(self):
        kept, open_one, _ = self.names
        for found, told in ((kept[1:], "1 acknowledged events are lost"), (kept + kept[:2], "2 events are there more than once"),
                            (kept + ["x"], "1 events are there that nobody sent"), (kept + open_one[:2], "1 batches without an answer are there in part")):
            said = self.said(found)
            self.assertEqual([one.startswith(told) for one in said], [True], said)

    def test_a_part_of_an_import_may_be_there(self):
        batch = self.oracle.sends(events.turns("import", 0, 9, random.Random(1)), is_whole=False)
        self.assertEqual(self.said(self.names[0] + [batch.events[0][0]]), [])
        self.oracle.acknowledge(batch)
        self.assertEqual(len(self.said(self.names[0] + [batch.events[0][0]])), 1)

    def test_figures(self):
        calls = events.turns("s", 0, 6, random.Random(7), "m")
        figures = events.Figures(calls)
        given, taken = (sum(data[name] for _, kind, data in calls if kind == "llm.call") for name in ("input_tokens", "output_tokens"))
        self.assertEqual((figures.models["m"], figures.kinds["llm.call"], figures.conversations), ([2, given, taken, None], 2, 1))
        priced = [("p1", "price.set", {"model": "m", "token_class": "input", "usd_per_million_tokens": "2.000001"}),
                  ("p2", "price.set", {"model": "m", "token_class": "output", "usd_per_million_tokens": "1"})]
        self.assertEqual(events.Figures(calls + priced).models["m"][3], given * 2_000_001 + taken * 1_000_000)


class Traces(unittest.TestCase):
    LINES = """7 100.000000 fdatasync(8</d/log/events-1.log>) = 0 <0.500000>
8 101.000000 fdatasync(9</d/log/events-1.log> <unfinished ...>
7 101.100000 fsync(6</d/segments>) = 0 <0.000010>
8 101.400000 <... fdatasync resumed>) = 0 <0.400000>
7 102.000000 fdatasync(8</d/log/events-1.log>) = -1 EIO (Input/output error) (INJECTED) <0.000020>
7 103.000000 fdatasync(8</d/log/events-1.log>) = 0 (INJECTED) <0.000020>
7 104.000000 fdatasync(8</d/segments/1.segment.new>) = 0 <0.000020>
7 105.000000 rename("/d/log/fresh-1.log", "/d/log/events-2.log") = 0 <0.000020>
8 106.000000 fdatasync(9</d/log/events-1.log> <unfinished ...>""".splitlines()

    def test_calls(self):
        found = traced.calls(self.LINES)
        self.assertEqual([(call.thread, call.name, call.result, call.is_injected) for call in found], [
            (7, "fdatasync", 0, False), (7, "fsync", 0, False), (8, "fdatasync", 0, False), (7, "fdatasync", -1, True), (7, "fdatasync", 0, True),
            (7, "fdatasync", 0, False), (7, "rename", 0, False)])
        self.assertEqual([(call.path, round(call.start, 3), round(call.end, 3)) for call in found[:3]],
                         [("/d/log/events-1.log", 100, 100.5), ("/d/segments", 101.1, 101.1), ("/d/log/events-1.log", 101, 101.4)])

    def test_an_acknowledgement_needs_a_flush_of_the_log_that_was_made(self):
        found = traced.calls(self.LINES)
        good = [(99.9, 100.6), (100.9, 101.5), (99, 200)]
        # It began before, or ended later, failed, was never made, was of another file, never ended.
        bad = [(100.1, 100.6), (99.9, 100.4), (101.9, 102.5), (102.9, 103.5), (103.9, 104.5), (105.9, 106.5)]
        self.assertEqual(traced.unflushed(good + bad, found), bad)


if __name__ == "__main__":
    unittest.main()
