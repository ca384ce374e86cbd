"""What `make bench` measures of events over HTTP: how many are acknowledged, how long that takes beside raw flushes, and when SQL shows them.

One thread sends requests that were made before over all connections, and reads no more of an answer than its status and its length: what the client
takes of the processors is not the server's. Nothing counts but what was acknowledged, which a server does when it is flushed.
"""
import collections
import http.client
import json
import math
import os
import re
import selectors
import socket
import statistics
import threading
import time

BATCH, CONNECTIONS = 100, 8
# Events a second where questions are asked beside them.
PACE = 10_000
# Requests before those that count.
WARMING = 50
# Of one batch, about what the log writes for it.
FLUSHED_BYTES = 40_000
# Nobody answers any more.
PATIENCE_SECONDS = 60
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Failed(Exception):
    pass


def percentile(values, share):
    """The least value that so many hundredths of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(len(ordered) * share / 100) - 1))]


def requests(lines, batch=BATCH):
    """Whole requests of so many lines each, the way they go over the wire."""
    made = []
    for first in range(0, len(lines) - batch + 1, batch):
        body = b"".join(lines[first:first + batch])
        head = f"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


class Flushes:
    """How long pwrite and fdatasync of a batch's bytes take, raw: what no acknowledgement on the same disk can beat."""

    def __init__(self, folder):
        self.taken, self.offset = [], 0
        self.handle = os.open(os.path.join(folder, "flushes"), os.O_CREAT | os.O_RDWR)
        # As the log does: every byte was written once, so that a flush moves no metadata.
        self.length = 64 << 20
        os.write(self.handle, bytes(self.length))
        os.fdatasync(self.handle)

    def run(self, seconds):
        content, end = bytes(FLUSHED_BYTES), time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.perf_counter()
            os.pwrite(self.handle, content, self.offset)
            os.fdatasync(self.handle)
            self.taken.append(time.perf_counter() - begun)
            self.offset = (self.offset + FLUSHED_BYTES) % (self.length - FLUSHED_BYTES)

    def close(self):
        os.close(self.handle)


class Connection:
    """One HTTP connection, on which one request is under way at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A request goes to the system whole.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.socket.setblocking(False)
        self.rest, self.answer, self.begun, self.free_since = memoryview(b""), b"", None, time.perf_counter()

    def begin(self, request, begun):
        self.rest, self.answer, self.begun = memoryview(request), b"", begun
        self.send()

    def send(self):
        try:
            self.rest = self.rest[self.socket.send(self.rest):]
        except BlockingIOError:
            pass

    def receive(self):
        """The body of the answer once it is whole; None before."""
        piece = self.socket.recv(65536)
        if not piece:
            raise Failed("the server closed a connection")
        self.answer += piece
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end:
            return None
        length = _LENGTH.search(head)
        if not length:
            raise Failed(f"an answer without a length: {head!r}")
        if len(body) < int(length.group(1)):
            return None
        if not head.startswith(b"HTTP/1.1 200 "):
            raise Failed(f"refused: {self.answer[:500]!r}")
        return body


class Load:
    """Requests to one server over several connections."""

    def __init__(self, port, requests, connections=CONNECTIONS):
        self.requests, self.next = requests, 0
        self.connections = [Connection(port) for _ in range(connections)]
        # Seconds from a request to its answer, and from the first request to the last answer.
        self.taken, self.seconds, self.bodies = [], 0.0, []

    def run(self, seconds, interval=None):
        """Sends for so long, or until there are no more: each when another one is answered, or one each `interval` seconds.

        Of the latter each counts from when it was due where no connection was free then: who comes too late for that keeps nobody waiting unseen."""
        idle, started = collections.deque(self.connections), time.perf_counter()
        first, last, end = self.next, started, started + seconds
        with selectors.DefaultSelector() as selector:
            for connection in self.connections:
                connection.free_since = started
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            while True:
                wait = self._send_due(selector, idle, started, end, first, interval)
                if wait is None and len(idle) == len(self.connections):
                    break
                events = selector.select(PATIENCE_SECONDS if wait is None else wait)
                if not events and wait is None:
                    raise Failed(f"no answer within {PATIENCE_SECONDS} s")
                for key, mask in events:
                    connection = key.data
                    if mask & selectors.EVENT_WRITE:
                        connection.send()
                        if not connection.rest:
                            selector.modify(connection.socket, selectors.EVENT_READ, connection)
                    if mask & selectors.EVENT_READ:
                        body = connection.receive()
                        if body is not None:
                            last = connection.free_since = time.perf_counter()
                            self.taken.append(last - connection.begun)
                            self.bodies.append(body)
                            idle.append(connection)
        self.seconds += last - started

    def warm(self, count):
        """Sends some that do not count: of a server that has just begun the first ones are the slowest."""
        first, self.requests = self.requests, self.requests[:count]
        self.run(PATIENCE_SECONDS)
        self.requests, self.taken, self.seconds, self.bodies = first, [], 0.0, []

    def _send_due(self, selector, idle, started, end, first, interval):
        """Sends what may be sent now; the seconds until more may be, None where only an answer changes that."""
        while idle and self.next < len(self.requests):
            now = time.perf_counter()
            due = started + (self.next - first) * interval if interval else now
            if due >= end:
                break
            if due > now:
                return due - now
            connection = idle.popleft()
            connection.begin(self.requests[self.next], due if connection.free_since > due else now)
            self.next += 1
            if connection.rest:
                selector.modify(connection.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, connection)
        return None

    def accepted(self):
        return sum(json.loads(body)["accepted"] for body in self.bodies)

    def close(self):
        for connection in self.connections:
            connection.socket.close()


class Asking:
    """A thread that asks a server one question after the other while something else is measured."""

    def __init__(self, step, pause):
        self.step, self.pause, self.failure, self.ending = step, pause, None, threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            while not self.ending.is_set():
                self.step()
                self.ending.wait(self.pause)
        except Exception as error:
            self.failure = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ending.set()
        self.thread.join()
        if self.failure and kind is None:
            raise Failed(f"questions beside events: {self.failure}")


class Asker:
    """Asks one server over a connection that stays."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def post(self, path, body, kind):
        self.http.request("POST", path, body, {"Content-Type": kind})
        answer = self.http.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise Failed(f"{path}: {answer.status}: {content[:500]!r}")
        return content

    def sql(self, text):
        return self.post("/v1/sql", json.dumps({"sql": text}).encode(), "application/json")

    def close(self):
        self.http.close()


class Sights:
    """How long after its acknowledgement SQL shows an event: until the answer is there that has it."""

    def __init__(self, port):
        self.asker, self.taken, self.name = Asker(port), [], f"{os.getpid()}-{time.time_ns()}"

    def step(self):
        conversation = f"seen-{self.name}-{len(self.taken)}"
        event = {"specversion": "1.0", "id": conversation, "source": "bench", "type": "message.received",
                 "data": {"conversation_id": conversation, "turn": 1, "channel": "web", "user_id": "u-1"}}
        self.asker.post("/v1/events", json.dumps(event).encode() + b"\n", "application/x-ndjson")
        begun = time.perf_counter()
        while json.loads(self.asker.sql(f"select count(*) from message_received where conversation_id = '{conversation}'"))["rows"] not in ([[1]], [["1"]]):
            if time.perf_counter() - begun > PATIENCE_SECONDS:
                raise Failed("an acknowledged event is not seen")
        self.taken.append(time.perf_counter() - begun)


class Goal:
    """A figure in parts of what it has to reach: met from 1 on."""

    def __init__(self, name, ratio, meaning):
        self.name, self.ratio, self.meaning = name, ratio, meaning

    @property
    def is_met(self):
        return self.ratio >= 1

    def __str__(self):
        return f"{self.name:18}{self.ratio:12.2f} × goal       {'met' if self.is_met else 'MISSED'}: {self.meaning}"


def goals(rate, acknowledged, flushed, seen):
    """What is asked of events over HTTP.

    rate: events a second, as fast as it goes; acknowledged, flushed, seen: seconds of each batch, raw flush and event at the pace."""
    tail = percentile(acknowledged, 99) / percentile(flushed, 99)
    return [Goal("HTTP ingest", rate / 100_000, "100,000 events/s acknowledged, 8 connections, batches of 100, flushed"),
            Goal("acknowledgement", 3 / tail, f"p99 {tail:.2f} × that of raw fdatasync, of at most 3, at {PACE:,} events/s beside questions"),
            Goal("visible in SQL", 0.1 / percentile(seen, 99), "100 ms from acknowledgement to answer in 99 of 100 cases, likewise")]


class Usage:
    """What processes take of the processors."""

    def __init__(self, server):
        self.server = server
        self.begun = self._now()

    def _now(self):
        with open(f"/proc/{self.server}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), time.process_time()

    def microseconds(self, events):
        """Of the server and of the client, for each event."""
        return [(now - begun) * 1e6 / max(1, events) for now, begun in zip(self._now(), self.begun)]


def flushes(port):
    """So many flushes of the log the server has made."""
    asker = Asker(port)
    asker.http.request("GET", "/metrics")
    text = asker.http.getresponse().read().decode()
    asker.close()
    found = re.search(r"^plimsoll_flush_duration_seconds_count(?:\{[^}]*\})? ([0-9.e+]+)", text, re.MULTILINE)
    return float(found.group(1)) if found else 0


def as_fast_as_it_goes(server, port, made, seconds):
    """(events a second, a line of what else was seen)."""
    load = Load(port, made)
    try:
        load.warm(min(WARMING, len(made) // 10))
        before, usage = flushes(port), Usage(server)
        load.run(seconds)
    finally:
        load.close()
    accepted = load.accepted()
    ours, client = usage.microseconds(accepted)
    flushed = max(1, flushes(port) - before)
    return accepted / load.seconds, (f"acknowledged in {percentile(load.taken, 50) * 1e3:.2f} ms median, {percentile(load.taken, 99) * 1e3:.2f} ms p99; "
                                     f"{len(load.taken) / flushed:.1f} batches a flush; {ours:.1f} µs of processor an event, of the client's {client:.1f}")


def paced(port, made, questions, folder, seconds, rounds=4):
    """Batches at a pace while questions are asked, in rounds with raw flushes before, between and after them.

    Returns seconds of acknowledgements, of raw flushes and until events were seen, and how many questions were answered."""
    raw, load, sights, asker, answered = Flushes(folder), Load(port, made), Sights(port), Asker(port), [0]
    texts = collections.deque(questions)

    def question():
        asker.sql(texts[0])
        texts.rotate(-1)
        answered[0] += 1

    try:
        load.warm(min(WARMING, len(made) // 10))
        for _ in range(len(texts)):
            question()
        sights.step()
        sights.taken, answered[0] = [], 0
        for _ in range(rounds):
            raw.run(seconds / 10)
            with Asking(question, 0.2), Asking(sights.step, 0.05):
                load.run(seconds / rounds, BATCH / PACE)
        raw.run(seconds / 10)
    finally:
        for opened in (raw, load, sights.asker, asker):
            opened.close()
    if load.accepted() == 0 or not sights.taken:
        raise Failed("nothing was acknowledged, or nothing seen")
    return load.taken, raw.taken, sights.taken, answered[0]


def described(name, seconds, rest):
    return f"{name:18}{percentile(seconds, 99) * 1e3:12.2f} ms p99      {statistics.median(seconds) * 1e3:.2f} ms median; {rest}"
