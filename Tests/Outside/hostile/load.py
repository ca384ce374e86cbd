"""The reference load: events that must all be there once in the end, spans, and whoever asks how it goes."""
import http.client
import json
import os
import random
import struct
import threading
import time
import traceback

from outside.events import iso
from outside.otlp import json_span

from .tally import Times

TURNS, BATCHES_A_CONVERSATION, TENANT, SPAN_TENANT = 12, 3, "hour", "hour-spans"
PROVIDER, MODELS = "hour", ("hour-a", "hour-b", "hour-late")
# USD per million tokens; those of the late model are told in the middle of the load.
PRICES = {"hour-a": {"input": "0.15", "cache_read": "0.075", "output": "0.6"}, "hour-b": {"input": "3.000001", "cache_read": "0.3", "output": "15"},
          "hour-late": {"input": "0.7", "cache_read": "0.070007", "output": "2.1"}}
NDJSON = "application/x-ndjson"
# A scraper gives up after ten seconds; what the server tells of itself waits for nobody.
TOLD_SECONDS = 10


def events_of(seed, sender, number, moment):
    """The events of a batch as (id, type, time, data); the same arguments give the same ones."""
    chance, conversation = random.Random(f"{seed}/{sender}/{number}"), f"h{sender}-{number // BATCHES_A_CONVERSATION}"
    found = []
    for index in range(TURNS):
        data = {"tenant": TENANT, "channel": "web", "agent": "hour-bot", "conversation_id": conversation,
                "turn": number % BATCHES_A_CONVERSATION * TURNS + index}
        told = chance.randrange(1, 100_000)
        call = {**data, "provider": PROVIDER, "request_model": MODELS[chance.choice((0, 0, 0, 1, 1, 2)) if index > 2 else index], "status": "ok",
                "input_tokens": told, "cache_read_tokens": chance.randrange(told + 1), "output_tokens": chance.randrange(1, 5000),
                "duration_ns": chance.randrange(10**8, 10**10)}
        kinds = [("message.received", {**data, "user_id": f"u{chance.randrange(5000)}"}), ("llm.call", call),
                 ("message.sent", {**data, "status": "ok", "duration_ns": call["duration_ns"]})]
        if index % 3 == 0:
            kinds.insert(1, ("tool.call", {**data, "tool": "orders", "status": "ok", "duration_ns": 10**6}))
        for kind, content in kinds:
            found.append((f"{sender}-{number}-{len(found)}", kind, moment + 1000 * len(found), content))
    return found


def body_of(sender, events):
    return b"".join(json.dumps({"specversion": "1.0", "id": name, "source": f"hour/{sender}", "type": kind, "time": iso(time), "data": data},
                               separators=(",", ":")).encode() + b"\n" for name, kind, time, data in events)


class Caller:
    """One connection that is kept; a broken one is opened anew."""

    def __init__(self, port, headers):
        self.port, self.headers, self.connection = port, headers, None

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """(status, body, seconds from the first byte sent); raises OSError or HTTPException."""
        if self.connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
            connection.connect()
            self.connection = connection
        began = time.monotonic()
        try:
            self.connection.sock.settimeout(timeout)
            self.connection.request(method, path, body, {**self.headers, **(headers or {})})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return answer.status, content, time.monotonic() - began

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Load:
    def __init__(self, options, server, tally, headers):
        self.server, self.tally, self.headers, self.seed, self.folder = server, tally, headers, options.seed, options.folder
        self.senders, self.rate = options.senders, options.rate
        self.stopped, self.threads = threading.Event(), []
        self.times = {name: Times() for name in ("ingest", "spans", "/metrics", "/readyz", "/v1/status", "sla report", "let in")}
        self.away, self.traces = 0, []

    def path(self, sender):
        """Eight bytes a batch: the moment at which it was made, in the order of the batches, written once it is acknowledged."""
        return os.path.join(self.folder, f"acknowledged-{sender}.bin")

    def acknowledged(self, sender):
        with open(self.path(sender), "rb") as file:
            return [moment for moment, in struct.iter_unpack("<q", file.read())]

    def caller(self):
        return Caller(self.server.port, self.headers)

    def deliver(self, caller, what, path, body, kind):
        """Sends until it is acknowledged; (answer, sendings), or None when the end came a minute ago."""
        sendings, ends = 0, None
        while True:
            sendings += 1
            try:
                status, content, seconds = caller.ask("POST", path, body, {"Content-Type": kind})
                self.tally.note(f"reference {what}", status)
                if status == 200:
                    self.times[what].add(seconds)
                    return json.loads(content), sendings
                if status not in (408, 429, 503):
                    self.tally.fault(f"reference {what}: status {status}", content[:300].decode(errors="replace"))
            except (OSError, http.client.HTTPException) as error:
                self.tally.note(f"reference {what}", type(error).__name__)
                if isinstance(error, TimeoutError) and not self.server.intended.is_set():
                    self.tally.fault(f"reference {what}: no answer within a minute", str(error))
            if self.stopped.is_set():
                ends = ends or time.monotonic() + 60
                if time.monotonic() > ends:
                    self.tally.fault(f"reference {what}: the last one was never acknowledged")
                    return None
            time.sleep(0.2)

    def set_prices(self, models):
        lines = [{"specversion": "1.0", "id": f"{model}-{name}", "source": "hour/prices", "type": "price.set", "time": "2026-01-01T00:00:00Z",
                  "data": {"provider": PROVIDER, "model": model, "token_class": name, "usd_per_million_tokens": price}}
                 for model in models for name, price in PRICES[model].items()]
        self.deliver(self.caller(), "ingest", "/v1/events", b"".join(json.dumps(line).encode() + b"\n" for line in lines), NDJSON)

    def send(self, sender, batches=None):
        """Batch after batch at an even rate; now and then one that was acknowledged long ago once more."""
        caller, chance, number = self.caller(), random.Random(f"sender {self.seed} {sender}"), 0
        pause = 40 * self.senders / self.rate
        with open(self.path(sender), "ab") as file:
            due = time.monotonic()
            while not self.stopped.is_set() and number != batches:
                moment = time.time_ns()
                events = events_of(self.seed, sender, number, moment)
                answered = self.deliver(caller, "ingest", "/v1/events", body_of(sender, events), NDJSON)
                if answered is None:
                    return
                self.judge(sender, number, events, *answered)
                file.write(struct.pack("<q", moment))
                file.flush()
                number += 1
                if chance.random() < 0.03:
                    self.repeat(caller, sender, chance.randrange(number))
                due = max(due + pause, time.monotonic() - 5)
                self.stopped.wait(max(0, due - time.monotonic()))

    def judge(self, sender, number, events, answer, sendings):
        counted = answer.get("accepted", 0) + answer.get("duplicates", 0)
        if counted != len(events) or answer.get("rejected"):
            self.tally.fault("reference events were not all taken", f"{sender}-{number}: {json.dumps(answer)[:500]}")
        elif sendings == 1 and answer["duplicates"]:
            self.tally.fault("new reference events were taken for repeats", f"{sender}-{number}: {json.dumps(answer)[:500]}")

    def repeat(self, caller, sender, number):
        moment = self.acknowledged(sender)[number]
        events = events_of(self.seed, sender, number, moment)
        random.Random(moment).shuffle(events)
        answered = self.deliver(caller, "ingest", "/v1/events", body_of(sender, events), NDJSON)
        if answered and (answered[0]["duplicates"], answered[0]["accepted"]) != (len(events), 0):
            self.tally.fault("repeats of reference events were not all known", f"{sender}-{number}: {json.dumps(answered[0])[:500]}")

    def send_spans(self):
        """A turn of two model calls every second, told as a trace."""
        caller, chance = self.caller(), random.Random(f"spans {self.seed}")
        while not self.stopped.wait(1):
            trace, end, tokens = chance.getrandbits(127) | 1 << 127, time.time_ns(), [chance.randrange(1, 1000) for _ in range(4)]
            spans = [json_span(trace, 1, 0, "invoke_agent hour", end - 10**9, end, gen_ai__operation__name="invoke_agent",
                               gen_ai__agent__name="hour-bot",
                               gen_ai__conversation__id=f"t-{trace:x}", plimsoll__tenant=SPAN_TENANT)]
            for index in range(2):
                spans.append(json_span(trace, 2 + index, 1, "chat hour-a", end - 8 * 10**8 + index * 10**8, end - 7 * 10**8 + index * 10**8,
                                       gen_ai__operation__name="chat", gen_ai__provider__name=PROVIDER, gen_ai__request__model="hour-a",
                                       gen_ai__usage__input_tokens=tokens[2 * index], gen_ai__usage__output_tokens=tokens[2 * index + 1]))
            body = json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "hour"}, "spans": spans}]}]}).encode()
            answered = self.deliver(caller, "spans", "/v1/traces", body, "application/json")
            if answered is not None:
                if answered[0].get("partialSuccess"):
                    self.tally.fault("reference spans were refused", json.dumps(answered[0])[:500])
                self.traces.append((tokens[0] + tokens[2], tokens[1] + tokens[3]))

    def ask(self, name, path, pause, limit, look=lambda content: None):
        """Asks again and again; an answer that says no, or comes late, is a fault where nobody stopped the server."""
        caller, is_new = self.caller(), True
        while not self.stopped.wait(pause):
            try:
                if caller.connection is None or is_new:
                    # How long it takes to be let in among thousands is another figure than how long an answer takes.
                    began, is_new = time.monotonic(), False
                    caller.ask("GET", "/healthz")
                    self.times["let in"].add(time.monotonic() - began)
                status, content, seconds = caller.ask("GET", path, timeout=4 * limit)
            except (OSError, http.client.HTTPException) as error:
                self.tally.note(f"reference {name}", type(error).__name__)
                if isinstance(error, TimeoutError) and not self.server.intended.is_set():
                    self.tally.fault(f"{name}: no answer within {4 * limit} s")
                continue
            self.tally.note(f"reference {name}", status)
            self.times[name].add(seconds)
            if status != 200 and not (name == "sla report" and status in (429, 503)) and not self.server.intended.is_set():
                self.tally.fault(f"{name}: status {status}", content[:300].decode(errors="replace"))
            if seconds > limit and not self.server.intended.is_set():
                self.tally.fault(f"{name}: an answer took more than {limit} s", f"{seconds:.1f} s")
            if status == 200:
                look(content)

    def whole(self, job, *arguments):
        try:
            job(*arguments)
        except Exception:
            self.tally.fault("the reference load itself broke", traceback.format_exc()[-1200:])

    def begin(self):
        """The first batches go alone, so that counters know the labels of this load before those of strangers."""
        self.set_prices(MODELS[:2])
        jobs = [(self.send, sender) for sender in range(self.senders)] + [(self.send_spans,)]
        counters = Counters(self.tally)
        jobs += [(self.ask, "/metrics", "/metrics?format=text", 1, TOLD_SECONDS, counters.look), (self.ask, "/readyz", "/readyz", 1, TOLD_SECONDS),
                 (self.ask, "/v1/status", "/v1/status", 2, TOLD_SECONDS), (self.ask, "sla report", "/v1/reports/sla?from=now-1h&format=json", 5, 60)]
        self.threads = [threading.Thread(target=self.whole, args=job, daemon=True) for job in jobs]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(300)
            if thread.is_alive():
                self.tally.fault("a thread of the reference load did not come to an end", thread.name)


class Counters:
    """No counter of the log may fall, not over a restart either."""

    def __init__(self, tally):
        self.tally, self.before, self.number = tally, {}, 0

    def look(self, content):
        self.number += 1
        if self.number % 10:
            return
        now = {}
        for line in content.splitlines():
            if line.startswith(b"support_") and not line.startswith((b"support_conversations_active", b"support_active_users")):
                name, _, value = line.rpartition(b" ")
                now[name] = float(value)
        for name, value in self.before.items():
            if now.get(name, 0) < value:
                self.tally.fault("a counter of /metrics fell", f"{name.decode(errors='replace')}: {value} to {now.get(name)}")
        self.before = now
