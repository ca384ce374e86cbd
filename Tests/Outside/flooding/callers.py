"""Who asks, what became of it, and what is sent."""
import collections
import datetime
import http.client
import json
import re
import threading
import time

from outside.otlp import json_span

NDJSON, JSON = "application/x-ndjson", "application/json"
EVENTS_A_BATCH, SPANS_A_BATCH, MARK = 4000, 400, "@@@@@@@@"
# What the server tells of itself waits for nobody; after so long it is itself again.
TOLD_SECONDS, BACK_SECONDS = 10, 30
# Limits that the server is given.
BODY_SECONDS, QUERY_SECONDS = 4, 4


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
