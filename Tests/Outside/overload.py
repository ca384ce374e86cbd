#!/usr/bin/env python3
"""More than a server takes, and clients that are too slow, each for a while; then everything is caught up with and accounted for.

usage: overload.py --plimsoll BINARY [--seconds 12] [--idle 10000] [--senders 12] [--askers 12] [--memory 1GiB] [--seed N] [--folder DIR]

First so many senders, span senders, askers and scrapers as the machine cannot serve, none of which waits for as long as it is told to. Then, while one
sender goes on: `--idle` connections that say nothing, requests byte by byte, bodies that stall, readers that do not read. All that while:

- who is refused is told so: 429 or 503 with `Retry-After` and an error in JSON, and nothing else but 200
- `/metrics`, `/healthz`, `/readyz` and `/v1/status` answer within ten seconds, rules are evaluated, and an alert is told to a webhook
- memory stays below `--memory`

Afterwards the server is itself again within half a minute: it refuses nothing and questions are answered at once. Whatever was acknowledged is there once, of
what was refused nothing is, and `plimsoll verify` finds the directory whole. What strangers of worse kinds do is `hostile_hour.py`, files that run short
`descriptors.py`.
"""
import argparse
import collections
import datetime
import http.client
import http.server
import json
import os
import random
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from outside.otlp import json_span
from outside.plimsoll import CommandFailed, Server

NDJSON, JSON = "application/x-ndjson", "application/json"
EVENTS_A_BATCH, SPANS_A_BATCH, MARK = 4000, 400, "@@@@@@@@"
# What the server tells of itself waits for nobody; a rule's group may be late by so many of its turns.
TOLD_SECONDS, BACK_SECONDS, RULE_SECONDS, TURNS_LATE = 10, 30, 5, 3
BODY_SECONDS, QUERY_SECONDS = 4, 4
RULES = f"""
groups:
  - name: overload
    interval: {RULE_SECONDS}s
    rules:
      - alert: EventsCome
        expr: sum(increase(support_answer_duration_seconds_count[3m])) > 0
"""
QUESTIONS = ("select conversation_id, count(*), count(distinct id) from events group by 1 order by 2 desc limit 5",
             "select time, id, source from events order by id desc limit 1000",
             "select a.id, b.id from message_sent a join message_sent b on a.conversation_id = b.conversation_id and a.time < b.time limit 100000",
             "select * from turns order by time desc limit 200", "select source, approx_percentile(duration_ns, 0.9) from message_sent group by 1")


def idle_time(count):
    """Seconds of silence that are let: enough for so many to come in before the first of them has to go."""
    return 4 + count // 1000


def settings(folder, hook, idle):
    with open(f"{folder}/rules.yaml", "w", encoding="ascii") as file:
        file.write(RULES)
    with open(f"{folder}/plimsoll.yaml", "w", encoding="ascii") as file:
        file.write(f"limits:\n  query_time: {QUERY_SECONDS}s\n  body_time: {BODY_SECONDS}s\n  idle_time: {idle_time(idle)}s\n  queries_waiting: 4\n"
                   f"  body_size: 2MiB\n  ingest_size: 6MiB\n  connections: {idle + 500}\nalerts:\n  rules: {folder}/rules.yaml\n  webhooks: {hook}\n")
    return f"{folder}/plimsoll.yaml"


class Webhook(http.server.BaseHTTPRequestHandler):
    """Takes what is told: when, and the body."""
    told = []

    def do_POST(self):
        self.told.append((time.monotonic(), json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Findings:
    """What became of all requests, and what went wrong; threads share it."""

    def __init__(self):
        self.lock, self.outcomes, self.problems, self.slowest = threading.Lock(), collections.Counter(), collections.Counter(), collections.Counter()

    def note(self, who, outcome, count=1):
        with self.lock:
            self.outcomes[f"{who} {outcome}"] += count

    def problem(self, what):
        with self.lock:
            self.problems[what] += 1

    def took(self, who, seconds):
        with self.lock:
            self.slowest[who] = max(self.slowest[who], seconds)


class Caller:
    """One connection that is kept and, where it breaks, made anew."""

    def __init__(self, port, findings, who):
        self.port, self.findings, self.who, self.connection = port, findings, who, None

    def ask(self, method, path, body=None, kind=None, timeout=60):
        """(status, headers, body); (None, …) where none came, which is noted."""
        began = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
            self.connection.request(method, path, body, {"Content-Type": kind} if kind else {})
            answer = self.connection.getresponse()
            content = answer.read()
        except TimeoutError:
            self.findings.problem(f"{self.who}: no answer within {timeout} s")
            return self.lost("silent")
        except (OSError, http.client.HTTPException) as error:
            return self.lost(type(error).__name__)
        self.findings.took(self.who, time.monotonic() - began)
        self.findings.note(self.who, answer.status)
        if answer.will_close:
            self.lost(None)
        return answer.status, answer.headers, content

    def lost(self, why):
        if self.connection is not None:
            self.connection.close()
        self.connection = None
        if why:
            self.findings.note(self.who, why)
        return None, {}, b""

    def refused(self, status, headers, content):
        """The seconds that a refusal says to wait; a problem where it is none of an overload or does not say all of it."""
        pause = headers.get("Retry-After", "")
        try:
            is_said = bool(json.loads(content))
        except ValueError:
            is_said = False
        if status not in (429, 503) or not re.fullmatch(r"[1-9]\d*", pause) or not is_said:
            self.findings.problem(f"{self.who}: status {status}, Retry-After {pause!r}: {content[:200]!r}")
            return 1
        return int(pause)


def event_template(source, count=EVENTS_A_BATCH):
    """A body whose ids and conversations differ by what is put in the place of the mark."""
    # Of a minute ago, so that series, whose samples are a quarter of one apart, have them at once.
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=50)
    lines, time_text = [], moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for index in range(count):
        data = {"tenant": "overload", "channel": "web", "conversation_id": f"{source}-{MARK}-{index // 40}", "turn": index % 40 // 2, "status": "ok",
                "duration_ns": 10**9 + index}
        lines.append(json.dumps({"specversion": "1.0", "id": f"{MARK}-{index}", "source": source, "time": time_text,
                                 "type": "message.sent" if index % 2 else "message.received", "data": data}))
    return ("\n".join(lines) + "\n").encode()


def span_template(count=SPANS_A_BATCH):
    now = time.time_ns()
    spans = [json_span((0x5A << 120) + index, 2 + index, 1, "chat m", now - 10**9, now, gen_ai__operation__name="chat", gen_ai__request__model="m",
                       gen_ai__provider__name="overload", gen_ai__conversation__id=f"spans-{MARK}-{index}", plimsoll__tenant="overload-spans")
             for index in range(count)]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "overload"}, "spans": spans}]}]})
    # The middle of each trace's id is the batch's, too.
    return re.sub(r'("traceId": ?"5a000000)00000000', rf"\g<1>{MARK}", body).encode()


class Flood:
    """Everybody at once, until told to end."""

    def __init__(self, server, findings, options):
        self.server, self.findings, self.ended = server, findings, threading.Event()
        self.acknowledged, self.refused, self.unknown = (collections.defaultdict(set) for _ in range(3))
        self.spans = set()
        self.turns, self.chance = [], random.Random(f"overload {options.seed}")
        jobs = [(self.send, f"sender-{number}") for number in range(options.senders)] + [(self.send_spans, number) for number in range(2)]
        jobs += [(self.ask, number) for number in range(options.askers)] + [(self.look, "/metrics")] * 6
        jobs += [(self.look, path) for path in ("/healthz", "/readyz", "/v1/status", "/api/v1/rules")]
        self.threads = [threading.Thread(target=self.whole, args=job, daemon=True) for job in jobs]

    def whole(self, job, argument):
        try:
            job(argument)
        except Exception as error:
            self.findings.problem(f"the load itself broke: {error!r}")

    def caller(self, who):
        return Caller(self.server.port, self.findings, who)

    def wait(self, told):
        """A twentieth of what it is told: nobody is patient here."""
        self.ended.wait(told / 20)

    def send(self, source):
        """Batch after batch, each again until it is acknowledged; what is under way in the end stays unknown where it had no answer."""
        caller, template, number = self.caller("events"), event_template(source), 0
        while not self.ended.is_set():
            status, headers, content = caller.ask("POST", "/v1/events", template.replace(MARK.encode(), b"%08d" % number), NDJSON)
            if status == 200:
                answer = json.loads(content)
                if answer["accepted"] + answer["duplicates"] != EVENTS_A_BATCH or answer["rejected"]:
                    self.findings.problem(f"events: not all were taken: {content[:200]!r}")
                self.acknowledged[source].add(number)
                self.refused[source].discard(number)
                number += 1
            elif status is not None:
                self.refused[source].add(number)
                self.wait(caller.refused(status, headers, content))
            else:
                # Whether it came in nobody knows: it is sent again.
                self.unknown[source].add(number)
                self.wait(1)

    def send_spans(self, sender):
        caller, template, number = self.caller("spans"), span_template(), 0
        while not self.ended.is_set():
            name = b"%04x%04x" % (sender, number)
            status, headers, content = caller.ask("POST", "/v1/traces", template.replace(MARK.encode(), name), JSON)
            if status == 200:
                if json.loads(content).get("partialSuccess"):
                    self.findings.problem(f"spans: not all were taken: {content[:200]!r}")
                self.spans.add(name.decode())
                number += 1
            elif status is not None:
                self.wait(caller.refused(status, headers, content))
            else:
                number += 1

    def ask(self, number):
        caller, chance = self.caller("questions"), random.Random(number)
        while not self.ended.is_set():
            body = json.dumps({"sql": chance.choice(QUESTIONS)}).encode()
            status, headers, content = caller.ask("POST", "/v1/sql", body, JSON)
            if status == 400 and b"time" in content or status in (200, None):
                continue
            self.wait(caller.refused(status, headers, content))

    def look(self, path):
        """What the server tells of itself, again and again."""
        caller = self.caller(path)
        while not self.ended.wait(0.3):
            status, headers, content = caller.ask("GET", path, timeout=TOLD_SECONDS)
            if path == "/api/v1/rules" and status == 200:
                self.turns.append(json.loads(content)["data"]["groups"][0]["lastEvaluation"])
            elif path != "/readyz" and status not in (200, None) and not (path == "/api/v1/rules" and status in (429, 503)):
                self.findings.problem(f"{path}: status {status}: {content[:200]!r}")

    def begin(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(70)
            if thread.is_alive():
                self.findings.problem("a client of the load did not come to an end")


def instant(text):
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text.replace("Z", "+00:00"))).timestamp()


def judge_rules(flood, findings, seconds):
    """Whether rules had their turns and the alert was told while the flood went on."""
    turns = sorted({instant(turn) for turn in flood.turns if not turn.startswith("0001")})
    gaps = [after - before for before, after in zip(turns, turns[1:])]
    print(f"     rules were evaluated {len(turns)} times, {max(gaps, default=0):.1f} s apart at most; {len(Webhook.told)} calls of the webhook")
    if len(turns) < max(1, seconds / RULE_SECONDS / TURNS_LATE) or max(gaps, default=0) > RULE_SECONDS * TURNS_LATE:
        findings.problem(f"rules had {len(turns)} turns, {max(gaps, default=0):.1f} s apart")
    if not any(body["alerts"][0]["labels"]["alertname"] == "EventsCome" for _, body in Webhook.told):
        findings.problem("the alert was not told while the flood went on")


def drowned(server, options, findings):
    """The flood, and who of it was acknowledged."""
    flood, began = Flood(server, findings, options), time.monotonic()
    flood.begin()
    ends = began + options.seconds
    while time.monotonic() < ends or not Webhook.told and time.monotonic() < ends + 25:
        time.sleep(0.2)
    flooded = time.monotonic() - began
    flood.end()
    judge_rules(flood, findings, flooded)
    refused = sum(count for what, count in findings.outcomes.items() if what.endswith((" 429", " 503")))
    taken = EVENTS_A_BATCH * sum(map(len, flood.acknowledged.values()))
    print(f"     {flooded:.0f} s of flood: {taken:,} events and {SPANS_A_BATCH * len(flood.spans):,} spans acknowledged, {refused:,} requests refused")
    if not any(what == "events 429" for what in findings.outcomes) or not taken or not flood.spans:
        findings.problem("it was no overload: nothing was taken, or no sender was refused")
    return flood


def one_batch(server, findings, source, number):
    """A batch of few events, sent by somebody who waits for as long as he is told; the name under which it is counted."""
    caller, ends = Caller(server.port, findings, "steady"), time.monotonic() + BODY_SECONDS + 10
    body = event_template(source, 40).replace(MARK.encode(), b"%08d" % number)
    while True:
        status, headers, content = caller.ask("POST", "/v1/events", body, NDJSON)
        if status == 200 and json.loads(content)["accepted"] == 40:
            caller.lost(None)
            return {(source, number)}
        pause = 1 if status is None else caller.refused(status, headers, content)
        if time.monotonic() + pause > ends:
            findings.problem(f"a patient sender's batch was not taken: status {status} {content[:200]!r}")
            return set()
        time.sleep(pause)


def caught_up(server, findings, what):
    """Waits until the server is itself again: ready, no trace waits, a question and a batch are taken at once."""
    began, why = time.monotonic(), ""
    while (waited := time.monotonic() - began) < BACK_SECONDS:
        try:
            ready, status = server.get("/readyz", timeout=TOLD_SECONDS)[0], json.loads(server.get("/v1/status", timeout=TOLD_SECONDS)[2])
            asked = time.monotonic()
            answered = server.post("/v1/sql", b'{"sql":"select count(*) from events"}', JSON, timeout=TOLD_SECONDS)[0]
            why = f"ready {ready}, {status['traces_pending']} traces wait, a question {answered} after {time.monotonic() - asked:.1f} s"
            if ready == 200 and status["traces_pending"] == 0 and answered == 200 and time.monotonic() - asked < 2:
                print(f"     caught up {waited:.1f} s after {what}")
                return
        except (OSError, http.client.HTTPException) as error:
            why = repr(error)
        time.sleep(0.3)
    findings.problem(f"{BACK_SECONDS} s after {what} the server was not itself again: {why}")


# Slow clients.


def connect(port, receive_bytes=None):
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    return connection


def still_open(connections):
    """Those that the server has not ended; what it said is thrown away."""
    left = []
    for connection in connections:
        connection.setblocking(False)
        try:
            while piece := connection.recv(65536):
                pass
            connection.close()
        except BlockingIOError:
            left.append(connection)
        except OSError:
            connection.close()
    return left


def ended_within(connections, seconds, say=lambda connection: None, pause=0.25):
    """How many the server has not ended after so long, while each says something."""
    ends = time.monotonic() + seconds
    while connections and time.monotonic() < ends:
        time.sleep(pause)
        for connection in connections:
            try:
                say(connection)
            except OSError:
                pass
        connections = still_open(connections)
    for connection in connections:
        connection.close()
    return len(connections)


def idle_ones(server, findings, count):
    """Connections that say nothing: they are let in, cost little, and go when their time is over."""
    before, began, silence = server.resident_kib(), time.monotonic(), idle_time(count)
    held = [connect(server.port) for _ in range(count)]
    while (there := json.loads(server.get("/v1/status")[2])["connections"]) < count and time.monotonic() - began < silence:
        time.sleep(0.1)
    grown = server.resident_kib() - before
    print(f"     {there:,} connections open {time.monotonic() - began:.1f} s after the first of {count:,} that say nothing, {grown >> 10} MiB for them")
    if there < count * 9 // 10:
        findings.problem(f"{there} of {count} idle connections were let in")
    if grown > 64 * count + (64 << 10):
        findings.problem(f"{count} idle connections cost {grown} KiB")
    steady = one_batch(server, findings, "among-idle", 0)
    status, _, _ = server.get("/metrics", timeout=TOLD_SECONDS)
    if status != 200:
        findings.problem(f"/metrics among idle connections: status {status}")
    if left := ended_within(held, silence + 10, pause=1):
        findings.problem(f"{left} idle connections were not ended {silence + 10} s later")
    return steady


def byte_by_byte(port):
    """Heads that never come to an end, a byte at a time, so that no silence is long."""
    head = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"a" * 4000
    places = collections.Counter()

    def say(connection):
        place = places[connection]
        connection.send(head[place:place + 1])
        places[connection] += 1
    return [connect(port) for _ in range(40)], say


def stalled_bodies(port, kind, path):
    """Bodies of which the half comes."""
    held = []
    for _ in range(20):
        connection = connect(port)
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {1 << 20}\r\n\r\n".encode() + b" " * (1 << 19))
        held.append(connection)
    return held


def unread_answers(port):
    """Large answers of which nothing is read."""
    question, held = json.dumps({"sql": "select id, source, repeat('x', 2000) from events limit 100000"}).encode(), []
    for index in range(8):
        connection = connect(port, receive_bytes=4096)
        connection.sendall(b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" if index % 2 else
                           b"POST /v1/sql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                           % (len(question), question))
        held.append(connection)
    return held


def readers_end(server, findings, held, seconds):
    """Whether readers that take nothing are dropped: seen from the server, since nothing that they have not read tells them."""
    ends = time.monotonic() + seconds
    while (there := json.loads(server.get("/v1/status")[2])["connections"]) > 4 and time.monotonic() < ends:
        time.sleep(0.3)
    if there > 4:
        findings.problem(f"{there} connections are open, of {len(held)} readers that do not read")
    for connection in held:
        connection.close()


def slowly(server, options, findings):
    """All kinds of slow clients, while a sender goes on."""
    steady = idle_ones(server, findings, options.idle)
    caught_up(server, findings, "the idle ones")
    bytewise, say = byte_by_byte(server.port)
    stalled = stalled_bodies(server.port, NDJSON, "/v1/events") + stalled_bodies(server.port, JSON, "/v1/traces")
    unread, number, seconds = unread_answers(server.port), 0, max(idle_time(options.idle), BODY_SECONDS) + 10
    gone = threading.Thread(target=lambda: judge_slow(findings, bytewise, say, stalled, seconds), daemon=True)
    gone.start()
    while gone.is_alive() or number < 5:
        # The bodies that stall hold all the room there is, until their time is over: whoever waits is taken then.
        steady |= one_batch(server, findings, "among-slow", number)
        number += 1
        time.sleep(0.2)
    gone.join(1)
    readers_end(server, findings, unread, QUERY_SECONDS + seconds)
    print(f"     {number} batches beside {len(bytewise)} requests byte by byte, {len(stalled)} bodies that stall and {len(unread)} readers that do not read")
    caught_up(server, findings, "the slow ones")
    return steady


def judge_slow(findings, bytewise, say, stalled, seconds):
    if left := ended_within(bytewise + stalled, seconds, lambda one: say(one) if one in bytewise else None):
        findings.problem(f"{left} slow requests were not ended {seconds} s later")


# The account.


def account(server, flood, steady, findings):
    """Each acknowledged event and span once, and nothing of what was refused."""
    rows = server.sql("select source, split_part(id, '-', 1), count(*), count(distinct id) from events where tenant = 'overload' group by 1, 2")
    found = {(row[0], int(row[1])): (int(row[2]), int(row[3])) for row in rows}
    wanted = {(source, number): EVENTS_A_BATCH for source, numbers in flood.acknowledged.items() for number in numbers}
    wanted |= {name: 40 for name in steady}
    for name, count in wanted.items():
        if found.get(name) != (count, count):
            findings.problem(f"of an acknowledged batch of {count} there are {found.get(name)}")
    for source, numbers in flood.refused.items():
        if any((source, number) in found for number in numbers - flood.unknown[source]):
            findings.problem("a batch that was refused is there")
    spans = {row[0]: (int(row[1]), int(row[2])) for row in server.sql(
        "select substr(trace_id, 9, 8), count(*), count(distinct trace_id) from span_received where tenant = 'overload-spans' group by 1")}
    for name in flood.spans:
        if spans.get(name) != (SPANS_A_BATCH, SPANS_A_BATCH):
            findings.problem(f"of an acknowledged batch of {SPANS_A_BATCH} spans there are {spans.get(name)}")
    print(f"     {sum(count for count, _ in found.values()):,} events in {len(wanted):,} acknowledged batches,"
          f" {sum(count for count, _ in spans.values()):,} spans")


def run(options, folder):
    findings, server = Findings(), None
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    memory = int(options.memory.removesuffix("GiB")) << 20
    config = settings(folder, f"http://127.0.0.1:{hook.server_port}/hook", options.idle)
    server = Server(options.plimsoll, os.path.join(folder, "data"), ["--memory", options.memory, "--config", config])
    server.start()
    try:
        flood = drowned(server, options, findings)
        caught_up(server, findings, "the flood")
        steady = slowly(server, options, findings)
        account(server, flood, steady, findings)
        high = server.resident_kib("VmHWM")
        print(f"     memory: {high >> 10} MiB at most of {memory >> 10}")
        if high > memory:
            findings.problem(f"memory rose to {high >> 10} MiB of {memory >> 10}")
    except (OSError, http.client.HTTPException, CommandFailed) as error:
        findings.problem(f"{error!r}, the server's status is {server.process.poll()}: {''.join(server.log)[-2000:]}")
    finally:
        ended = server.stop(60)
        hook.shutdown()
    if mistakes := [line for line in server.log if "reason=internal_error" in line]:
        findings.problem(f"the log tells of a mistake of its own: {mistakes[0]}")
    if ended != 0:
        findings.problem(f"it ended with {ended}: {''.join(server.log)[-2000:]}")
    verified = subprocess.run([server.binary, "verify", "--data", server.data], capture_output=True, text=True, check=False)
    if verified.returncode != 0:
        findings.problem(f"verify ended with {verified.returncode}: {(verified.stdout + verified.stderr)[-1000:]}")
    return findings


def arguments():
    parser = argparse.ArgumentParser(description="More than a server takes, and clients that are too slow.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--seconds", type=float, default=12, help="of flood, at least; it goes on until the alert was told")
    parser.add_argument("--idle", type=int, default=10_000, help="connections that say nothing; fewer where this machine allows fewer files")
    parser.add_argument("--senders", type=int, default=12)
    parser.add_argument("--askers", type=int, default=12)
    parser.add_argument("--memory", default="1GiB")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="an empty folder to use and keep; default: a temporary one")
    return parser.parse_args()


def main():
    options = arguments()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.idle > hard - 800:
        print(f"     this machine allows {hard} open files: fewer idle connections")
        options.idle = hard - 800
    folder = options.folder or tempfile.mkdtemp(prefix="plimsoll-overload-")
    os.makedirs(folder, exist_ok=True)
    findings = run(options, folder)
    print("     " + ", ".join(f"{what}: {count:,}" for what, count in sorted(findings.outcomes.items())))
    print("     slowest: " + ", ".join(f"{who} {seconds:.1f} s" for who, seconds in sorted(findings.slowest.items())))
    for what, count in findings.problems.most_common(20):
        print(f"FAILED ({count} times) {what}")
    if not options.folder and not findings.problems:
        shutil.rmtree(folder, ignore_errors=True)
    print("ok   an overload is refused, survived and caught up with" if not findings.problems else f"kept: {folder}")
    return 1 if findings.problems else 0


if __name__ == "__main__":
    sys.exit(main())
