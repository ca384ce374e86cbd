"""Sends batches to a server that may be gone at any moment, and tells an oracle what was answered."""
import http.client
import json
import random
import threading
import time

from hostile.load import Caller
from outside.otlp import json_span

from . import events

SPAN_TENANT = "kill-spans"
# A model gets its price once its sender has gone on to others, so that it comes after calls that are sealed and calls that are not.
BATCHES_A_MODEL = 12


class Sender:
    """One connection, one thread. What was cut off is sent again, as real emitters do, or given up: then it may be there or not."""

    def __init__(self, mixture, name):
        self.mixture, self.name = mixture, name
        self.caller, self.chance = Caller(mixture.server.port, {}), random.Random(f"{mixture.seed} {name}")

    def deliver(self, oracle, batch, path, body, kind):
        """The answer, or None where it was given up."""
        sendings = 0
        while True:
            sendings += 1
            try:
                status, content, _ = self.caller.ask("POST", path, body, {"Content-Type": kind}, timeout=20)
            except (OSError, http.client.HTTPException):
                status = None
            if status == 200:
                oracle.acknowledge(batch)
                return json.loads(content), sendings
            if status not in (None, 408, 429, 503):
                self.mixture.note(f"{path}: status {status}: {content[:300]!r}")
                return None
            self.mixture.cut_off += 1
            if self.mixture.stopped.is_set() or self.chance.random() < 0.3:
                return None
            time.sleep(0.03)

    def send(self, batch, moment):
        body = events.body(self.name, batch.events, moment)
        answered = self.deliver(self.mixture.oracle, batch, "/v1/events", body, events.NDJSON)
        if answered is None:
            return False
        answer, sendings = answered
        if answer.get("accepted", 0) + answer.get("duplicates", 0) != len(batch.events) or answer.get("rejected"):
            self.mixture.note(f"{len(batch.events)} sent, answer {json.dumps(answer)[:300]}")
        if sendings == 1 and answer.get("duplicates"):
            self.mixture.note(f"new events were taken for repeats: {json.dumps(answer)[:300]}")
        return True

    def repeat(self, batch, moment):
        answered = self.deliver(self.mixture.oracle, batch, "/v1/events", events.body(self.name, batch.events, moment), events.NDJSON)
        if answered and (answered[0].get("accepted"), answered[0].get("duplicates")) != (0, len(batch.events)):
            self.mixture.note(f"a repeat of {len(batch.events)} events was answered {json.dumps(answered[0])[:300]}")

    def send_events(self):
        number, priced, known = 0, 0, []
        while not self.mixture.stopped.is_set():
            model = f"m-{self.name}-{number // BATCHES_A_MODEL}"
            batch = self.mixture.oracle.sends(events.turns(self.name, number, self.mixture.batch, self.chance, model))
            moment = events.now()
            if self.send(batch, moment):
                known.append((batch, moment))
            if number // BATCHES_A_MODEL - 2 >= priced and not self.mixture.holds_prices.is_set():
                late, priced = f"m-{self.name}-{priced}", priced + 1
                self.send(self.mixture.oracle.sends(events.prices(f"price-{late}", late, self.chance)), events.now())
            if known and number % 25 == 24:
                self.repeat(*self.chance.choice(known))
            number += 1

    def send_spans(self):
        """Traces of an agent's run with two calls; each span is an event of its own name."""
        while not self.mixture.stopped.wait(0.02):
            trace, end, spans, told = self.chance.getrandbits(127) | 1 << 127, time.time_ns(), [], []
            for span in range(3):
                values = {"gen_ai__operation__name": "invoke_agent", "gen_ai__agent__name": "bot", "gen_ai__conversation__id": f"t-{trace:x}",
                          "plimsoll__tenant": SPAN_TENANT}
                tokens = None
                if span:
                    tokens = self.chance.randrange(1, 1000), self.chance.randrange(1, 1000)
                    values = {"gen_ai__operation__name": "chat", "gen_ai__provider__name": "spans", "gen_ai__request__model": "s",
                              "gen_ai__usage__input_tokens": tokens[0], "gen_ai__usage__output_tokens": tokens[1]}
                spans.append(json_span(trace, span + 1, min(span, 1), "run", end - 10**9 + span * 10**8, end, **values))
                told.append((f"{trace:032x}/{span + 1:016x}", "span", tokens))
            body = json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "kill"}, "spans": spans}]}]}).encode()
            answered = self.deliver(self.mixture.spans, self.mixture.spans.sends(told), "/v1/traces", body, "application/json")
            if answered and answered[0].get("partialSuccess"):
                self.mixture.note(f"spans were refused: {json.dumps(answered[0])[:300]}")

    def ask(self):
        """What a question sees lies between what was acknowledged before it and what was sent until its answer."""
        question = json.dumps({"sql": f"select count(*), count(distinct id) from events where source like '{events.SOURCE}%'"}).encode()
        while not self.mixture.stopped.wait(0.1):
            least, _ = self.mixture.oracle.bounds()
            try:
                status, content, _ = self.caller.ask("POST", "/v1/sql", question, {"Content-Type": "application/json"}, timeout=20)
            except (OSError, http.client.HTTPException):
                continue
            _, most = self.mixture.oracle.bounds()
            if status == 200:
                self.mixture.asked += 1
                rows, distinct = (int(value) for value in json.loads(content)["rows"][0])
                if not least <= rows <= most or rows != distinct:
                    self.mixture.note(f"a question counts {rows} events with {distinct} ids; {least} were acknowledged and {most} sent")
            elif status not in (429, 503):
                self.mixture.note(f"a question is answered {status}: {content[:300]!r}")


class Mixture:
    """Events, late prices, spans and questions at one time."""

    def __init__(self, server, oracle, spans, seed, senders, batch):
        self.server, self.oracle, self.spans, self.seed, self.batch = server, oracle, spans, seed, batch
        self.stopped, self.holds_prices, self.lock = threading.Event(), threading.Event(), threading.Lock()
        self.problems, self.cut_off, self.asked = [], 0, 0
        made = [(Sender(self, f"s{number}"), "send_events") for number in range(senders)]
        made += [(Sender(self, "spans"), "send_spans"), (Sender(self, "asker"), "ask")]
        self.threads = [threading.Thread(target=self.whole, args=(getattr(sender, job),), daemon=True) for sender, job in made]

    def whole(self, job):
        try:
            job()
        except Exception as error:
            self.note(f"a sender broke: {error!r}")

    def note(self, problem):
        with self.lock:
            self.problems.append(problem)

    def begin(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)
            if thread.is_alive():
                self.note("a sender did not come to an end")
