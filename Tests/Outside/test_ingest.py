#!/usr/bin/env python3
"""Tests of what measures events over HTTP for `make bench`: python3 -m unittest test_ingest"""
import http.server
import json
import os
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "..", "Benchmarks"))

import ingest  # noqa: E402


class Stand(http.server.BaseHTTPRequestHandler):
    """Stands for a server: takes lines in, and shows them to the third question."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def do_GET(self):
        self.answer(b'plimsoll_flush_duration_seconds_bucket{le="1.0"} 9\nplimsoll_flush_duration_seconds_count 7\n')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.bodies.append(body)
        if self.path == "/v1/sql":
            self.server.asked += 1
            return self.answer(json.dumps({"rows": [[0 if self.server.asked < 3 else 1]]}).encode())
        time.sleep(self.server.pause)
        self.answer(json.dumps({"accepted": body.count(b"\n")}).encode(), 503 if b"refuse" in body else 200)

    def answer(self, body, status=200):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        # The head goes alone.
        self.wfile.flush()
        self.wfile.write(body)


class Serving(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stand)
        self.server.daemon_threads, self.server.lock = True, threading.Lock()
        self.server.bodies, self.server.connections, self.server.asked, self.server.pause = [], 0, 0, 0
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def load(self, lines, batch=2, **options):
        load = ingest.Load(self.port, ingest.requests([b"%d\n" % number for number in range(lines)], batch), **options)
        self.addCleanup(load.close)
        return load


class Loads(Serving):
    def test_each_request_goes_once_over_all_connections(self):
        load = self.load(81)
        load.run(60)
        self.assertEqual(load.accepted(), 80)
        self.assertEqual(len(load.taken), 40)
        self.assertEqual(sorted(self.server.bodies), sorted(b"%d\n%d\n" % (first, first + 1) for first in range(0, 80, 2)))
        self.assertEqual(self.server.connections, 8)
        self.assertGreater(load.seconds, 0)

    def test_large_requests_arrive_whole(self):
        load = ingest.Load(self.port, ingest.requests([b"x" * 3_000_000 + b"\n"] * 3, 1), connections=2)
        self.addCleanup(load.close)
        load.run(60)
        self.assertEqual([len(body) for body in self.server.bodies], [3_000_001] * 3)

    def test_a_pace_is_kept_and_a_second_run_goes_on_where_the_first_ended(self):
        load = self.load(40)
        for _ in range(2):
            begun = time.monotonic()
            load.run(0.1, interval=0.01)
            self.assertGreater(time.monotonic() - begun, 0.085)
        self.assertEqual(load.accepted(), 40)

    def test_who_waits_for_a_connection_counts_from_when_it_was_due(self):
        self.server.pause = 0.05
        load = self.load(12, connections=1)
        load.run(0.06, interval=0.01)
        # The sixth one was due after 50 ms and ends with the sixth pause.
        self.assertGreater(max(load.taken), 0.2)
        self.assertLess(load.taken[0], 0.2)

    def test_what_warms_the_server_does_not_count(self):
        load = self.load(80)
        load.warm(10)
        self.assertEqual((len(self.server.bodies), load.taken, load.seconds), (10, [], 0))
        load.run(60)
        self.assertEqual((load.accepted(), len(load.taken)), (60, 30))
        self.assertEqual(len(self.server.bodies), 40)

    def test_a_refusal_ends_it(self):
        load = ingest.Load(self.port, ingest.requests([b"refuse\n"], 1))
        self.addCleanup(load.close)
        with self.assertRaisesRegex(ingest.Failed, "503"):
            load.run(60)

    def test_an_event_is_seen_with_the_answer_that_has_it(self):
        sights = ingest.Sights(self.port)
        self.addCleanup(sights.asker.close)
        sights.step()
        self.assertEqual((self.server.asked, len(sights.taken)), (3, 1))

    def test_paced_load_has_flushes_sights_and_questions_beside_it(self):
        made = ingest.requests([b"1\n"] * 4000)
        with tempfile.TemporaryDirectory() as folder:
            acknowledged, flushed, seen, answered = ingest.paced(self.port, made, ["select 1", "select 2"], folder, 0.4, rounds=2)
        # Four of the forty requests go before.
        self.assertEqual(len(acknowledged), 36)
        self.assertTrue(flushed and seen and answered)

    def test_the_rate_comes_with_flushes_and_processors(self):
        rate, rest = ingest.as_fast_as_it_goes(os.getpid(), self.port, ingest.requests([b"1\n"] * 400), 60)
        self.assertGreater(rate, 0)
        self.assertRegex(rest, "4.0 batches a flush; .* µs of processor an event")

    def test_what_fails_beside_the_load_fails_it(self):
        def step():
            raise ValueError("no answer")
        with self.assertRaisesRegex(ingest.Failed, "no answer"), ingest.Asking(step, 0):
            time.sleep(0.01)


class Figures(unittest.TestCase):
    def test_percentiles_are_values_that_were_seen(self):
        hundred = list(range(100, 0, -1))
        self.assertEqual([ingest.percentile(hundred, share) for share in (1, 50, 99, 100)], [1, 50, 99, 100])
        self.assertEqual([ingest.percentile([5], share) for share in (0, 50, 99)], [5, 5, 5])

    def test_a_request_has_a_batch_and_what_is_left_is_not_sent(self):
        made = ingest.requests([b'{"a":1}\n'] * 250)
        self.assertEqual(len(made), 2)
        head, _, body = made[0].partition(b"\r\n\r\n")
        self.assertEqual(body.count(b"\n"), 100)
        self.assertIn(b"Content-Length: 800", head)

    def test_goals_are_met_from_one_on(self):
        reached = ingest.goals(100_000, [0.003] * 100, [0.001] * 100, [0.1] * 100)
        self.assertEqual([goal.is_met for goal in reached], [True, True, True])
        reached = ingest.goals(77_000, [0.001] * 98 + [0.004] * 2, [0.001] * 100, [0.01] * 98 + [0.2] * 2)
        self.assertEqual([round(goal.ratio, 2) for goal in reached], [0.77, 0.75, 0.5])
        self.assertTrue(all("MISSED" in str(goal) for goal in reached))


if __name__ == "__main__":
    unittest.main()
