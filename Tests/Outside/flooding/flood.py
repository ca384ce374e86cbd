"""Everybody at once: senders, span senders, askers and scrapers, none of whom is patient."""
import collections
import json
import random
import threading

from .callers import EVENTS_A_BATCH, JSON, MARK, NDJSON, TOLD_SECONDS, Caller, event_template, span_template

QUESTIONS = ("select conversation_id, count(*), count(distinct id) from events group by 1 order by 2 desc limit 5",
             "select time, id, source from events order by id desc limit 1000",
             "select a.id, b.id from message_sent a join message_sent b on a.conversation_id = b.conversation_id and a.time < b.time limit 100000",
             "select * from turns order by time desc limit 200", "select source, approx_percentile(duration_ns, 0.9) from message_sent group by 1")


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
