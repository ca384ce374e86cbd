#!/usr/bin/env python3
"""Sends a server what no sender should send, and looks whether it answers, lives and stays small.

usage: bad_input.py --plimsoll BINARY [--data DIR] [--memory-mib 500] [--bomb-mib 1024]

Every refusal must be a 4xx with a JSON object that holds an `error`; afterwards the server is alive, answers, and its memory stayed below the bound.
"""
import argparse
import datetime
import http.client
import json
import random
import shutil
import sys
import tempfile
import threading
import time
import zlib

from outside.plimsoll import CommandFailed, Server

NDJSON, STRUCTURED, BATCH = "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json"


def now_text(shift_seconds=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shift_seconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def event(name, **changes):
    data = {"conversation_id": "c-bad", "turn": 1, "channel": "web", **changes.pop("data", {})}
    return {"specversion": "1.0", "id": name, "source": "bad/input", "type": "message.received", "time": now_text(), "data": data, **changes}


def torture():
    """(name, media type, body) of broken or hostile JSON; all of them deserve a refusal of the whole or of their events."""
    good = json.dumps(event("t")).encode()
    deep = b'{"specversion":"1.0","id":"d","source":"s","type":"message.received","data":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"
    bodies = {
        "cut short": good[:-5], "nothing but blanks": b"   ", "empty": b"", "a number": b"123", "a null": b"null", "a string": b'"x"',
        "trailing comma": good[:-1] + b",}", "single quotes": good.replace(b'"', b"'"), "NaN": good.replace(b'"turn": 1', b'"turn": NaN'),
        "bad escape": good.replace(b"bad/input", b"bad\\qinput"), "lone surrogate": good.replace(b"bad/input", b"\\ud800"),
        "raw control character": good.replace(b"bad/input", b"bad\x01input"), "not UTF-8": good.replace(b"bad/input", b"\xff\xfe\x80"),
        "overlong UTF-8": good.replace(b"bad/input", b"\xc0\xaf"), "UTF-16": good.decode().encode("utf-16"), "deep objects": deep,
        "deep arrays": b"[" * 200_000, "unclosed string": b'{"specversion":"1.0","id":"' + b"x" * 100_000,
        "giant number": good.replace(b'"turn": 1', b'"turn": 1' + b"0" * 5000), "garbage after it": good + b"}]", "id is a number":
        good.replace(b'"id": "t"', b'"id": 5'), "no id": good.replace(b'"id": "t", ', b""), "empty id": good.replace(b'"id": "t"', b'"id": ""'),
        "no type": good.replace(b'"type": "message.received", ', b""), "no source": good.replace(b'"source": "bad/input", ', b""),
        "unknown type": good.replace(b"message.received", b"message.shredded"), "text for a number": good.replace(b'"turn": 1', b'"turn": "one"'),
        "data is a list": json.dumps(event("t") | {"data": [1, 2]}).encode(), "bad time": json.dumps(event("t", time="yesterday")).encode(),
        "impossible day": json.dumps(event("t", time="2026-02-30T00:00:00Z")).encode(),
        "huge integer": json.dumps(event("t", data={"turn": 2**70})).encode(), "fraction of a turn": json.dumps(event("t", data={"turn": 1.5})).encode(),
    }
    for number, (name, body) in enumerate(bodies.items()):
        yield name, STRUCTURED, body.replace(b'"id": "t"', b'"id": "t%d"' % number)
    yield "batch that is an object", BATCH, good
    yield "batch cut short", BATCH, b"[" + good + b","
    yield "unknown media type", "image/png", good


class Watch:
    """The greatest resident memory seen, sampled beside the test."""

    def __init__(self, server):
        self.server, self.peak_kib = server, 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopped.wait(0.05):
            try:
                self.peak_kib = max(self.peak_kib, self.server.resident_kib())
            except (OSError, CommandFailed):
                return

    def stop(self):
        self.stopped.set()
        self.thread.join()


class Trial:
    def __init__(self, server):
        self.server, self.problems, self.count = server, [], 0

    def problem(self, text):
        self.problems.append(text)
        print(f"  {text}", flush=True)

    def post(self, name, body, kind=NDJSON, headers=None, path="/v1/events"):
        """(status, decoded answer); a broken connection or a 5xx is a problem."""
        self.count += 1
        try:
            status, _, answer = self.server.post(path, body, kind, headers, timeout=300)
        except (OSError, http.client.HTTPException) as error:
            # A server may hang up on a body it has already refused; it must still live.
            self.alive(name)
            return None, {"error": str(error)}
        try:
            document = json.loads(answer)
        except ValueError:
            self.problem(f"{name}: status {status}, not JSON: {answer[:120]!r}")
            return status, {}
        if status >= 500 and status != 503:
            self.problem(f"{name}: status {status}: {answer[:200]!r}")
        if status >= 400 and not (isinstance(document, dict) and document.get("error")):
            self.problem(f"{name}: status {status} without an error text: {answer[:200]!r}")
        return status, document

    def refused(self, name, body, kind=NDJSON, headers=None, statuses=range(400, 500)):
        """The whole request or each of its events must be refused with a reason."""
        status, answer = self.post(name, body, kind, headers)
        if status is None or status in statuses:
            return
        rejected = answer.get("rejected") if isinstance(answer, dict) else None
        if status == 200 and answer.get("accepted") == 0 and rejected and all(one.get("error") for one in rejected):
            return
        self.problem(f"{name}: status {status}, answer {json.dumps(answer)[:200]}")

    def alive(self, after):
        try:
            status = self.server.get("/healthz", timeout=30)[0]
        except OSError as error:
            status = error
        if status != 200:
            self.problem(f"after {after}: /healthz says {status}")


def gzip_zeros(mebibytes):
    """A gzip stream of so many MiB of zeros, made piece by piece."""
    packer, piece = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1 << 20)
    parts = [packer.compress(piece) for _ in range(mebibytes)]
    return b"".join(parts) + packer.flush()


def hostile_sizes(trial, bomb_mib):
    noise = random.Random(7).randbytes(10 << 20)
    for kind in (NDJSON, STRUCTURED, BATCH):
        trial.refused(f"10 MB of noise as {kind}", noise, kind)
    trial.refused("noise called gzip", noise[: 1 << 20], NDJSON, {"Content-Encoding": "gzip"})
    trial.refused("noise called zstd", noise[: 1 << 20], NDJSON, {"Content-Encoding": "zstd"})
    bomb = gzip_zeros(bomb_mib)
    trial.refused(f"gzip bomb of {bomb_mib} MiB", bomb, NDJSON, {"Content-Encoding": "gzip"}, statuses=(400, 413))
    trial.alive("the bomb")
    status, answer = trial.post("attribute of 1 MB", json.dumps(event("big-attribute", data={"note": "x" * 1_000_000})).encode())
    if status == 200 and answer.get("accepted") != 1 and not answer.get("rejected"):
        trial.problem(f"attribute of 1 MB: {answer}")


def hostile_times(trial):
    for name, time_text in (("1970", "1970-01-01T00:00:00Z"), ("2262", "2262-04-11T23:47:16Z"), ("year 1", "0001-01-01T00:00:00Z"),
                            ("year 9999", "9999-12-31T23:59:59Z"), ("two days ahead", now_text(2 * 86_400))):
        status, answer = trial.post(f"event of {name}", json.dumps(event(f"time-{name}", time=time_text)).encode())
        if status is None or status >= 500:
            trial.problem(f"event of {name}: {status} {answer}")
        elif name != "1970" and answer.get("accepted"):
            trial.problem(f"event of {name} was accepted")
    latest = str(trial.server.sql("select max(time) from events")[0][0])
    if latest > now_text(86_400 + 60):
        trial.problem(f"max(time) is {latest}")


def many_channels(trial, count):
    for start in range(0, count, 5000):
        lines = [json.dumps(event(f"channel-{index}", data={"channel": f"channel-{index}"})) for index in range(start, start + 5000)]
        for _ in range(100):
            status, answer = trial.post("many channels", ("\n".join(lines) + "\n").encode())
            if status not in (429, 503):
                break
            time.sleep(0.1)
        if status != 200 or answer.get("accepted") != 5000:
            trial.problem(f"many channels: {status} {json.dumps(answer)[:200]}")
            return
    found = int(trial.server.sql("select count(distinct channel) from message_received where channel like 'channel-%'")[0][0])
    if found != count:
        trial.problem(f"{found} channels instead of {count}")
    text = trial.server.get("/metrics?format=text")[2]
    if len(text) > 5 << 20:
        trial.problem(f"/metrics has {len(text)} bytes: labels are not capped")


def main():
    parser = argparse.ArgumentParser(description="Send hostile input to a server.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--data", help="data directory to use and keep; default: a temporary one")
    parser.add_argument("--memory-mib", type=int, default=500)
    parser.add_argument("--bomb-mib", type=int, default=1024)
    parser.add_argument("--channels", type=int, default=100_000)
    arguments = parser.parse_args()
    data = arguments.data or tempfile.mkdtemp(prefix="plimsoll-bad-")
    server, trial, watch = Server(arguments.plimsoll, data), None, None
    try:
        server.start()
        trial, watch = Trial(server), Watch(server)
        status, answer = trial.post("a good event", json.dumps(event("good")).encode())
        if status != 200 or answer.get("accepted") != 1:
            trial.problem(f"a good event: {status} {answer}")
        for name, kind, body in torture():
            trial.refused(name, body, kind)
        trial.alive("broken JSON")
        hostile_times(trial)
        hostile_sizes(trial, arguments.bomb_mib)
        many_channels(trial, arguments.channels)
        trial.refused("broken SQL", b'{"sql":"select"', "application/json")
        trial.alive("everything")
        if int(server.sql("select count(*) from events where id='good'")[0][0]) != 1:
            trial.problem("the good event is gone")
        watch.stop()
        if watch.peak_kib > arguments.memory_mib * 1024:
            trial.problem(f"memory rose to {watch.peak_kib / 1024:.0f} MiB")
    except CommandFailed as error:
        print(error)
        return 1
    finally:
        server.stop()
        if not arguments.data:
            shutil.rmtree(data, ignore_errors=True)
    print(f"{trial.count} requests, memory at most {watch.peak_kib / 1024:.0f} MiB, {len(trial.problems)} problems")
    return 1 if trial.problems else 0


if __name__ == "__main__":
    sys.exit(main())
