#!/usr/bin/env python3
"""Receives the traces that a server sends as a trace store would, with the Python types of the protocol, and looks at every one of them.

usage: trace_receiver.py --plimsoll BINARY [--down 5] [--kills 4] [--turns 20] [--seed S]

Turns are posted as events. The receiver is there, refuses with 503 and Retry-After, is away for `--down` seconds, and answers slowly while the
server is ended with SIGKILL and started again. In the end every turn must be one trace with the spans that its events tell of, each trace and span
id once. A span that a kill cut off may come a second time; then it must be the same to the byte. Without a kill none may.
"""
import argparse
import collections
import datetime
import gzip
import http.client
import http.server
import json
import random
import shutil
import sys
import tempfile
import threading
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from outside.plimsoll import CommandFailed, Server, free_port

SECRET = "what the customer wrote"


class Receiver:
    """An OTLP/HTTP receiver that can refuse, hesitate and go away; it remembers every span."""

    def __init__(self):
        self.port, self.lock, self.server = free_port(), threading.Lock(), None
        self.spans, self.resources, self.problems = collections.OrderedDict(), {}, []
        self.repeated, self.requests, self.refusals, self.repeats_allowed = 0, 0, 0, False
        self.refusing, self.hesitation, self.last_body = False, 0.0, b""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def open(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, answer = receiver.take(self.path, self.headers, body)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads, allow_reuse_address = True, True

            def handle_error(self, *_):
                pass

        self.server = Listener(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, path, headers, body):
        with self.lock:
            self.requests += 1
            if self.refusing:
                self.refusals += 1
                return 503, {"Retry-After": "1"}, b""
            if path != "/v1/traces" or headers["Content-Type"] != "application/x-protobuf" or headers["Content-Encoding"] != "gzip":
                self.problems.append(f"a request to {path} as {headers['Content-Type']}, {headers['Content-Encoding']}")
            raw = gzip.decompress(body)
            request = ExportTraceServiceRequest.FromString(raw)
            self.last_body = body
            if SECRET.encode() in raw or b"@example.org" in raw:
                self.problems.append("content or a user in clear left the server")
            for resource in request.resource_spans:
                service = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
                for scope in resource.scope_spans:
                    if scope.scope.name != "plimsoll" or not scope.scope.version:
                        self.problems.append(f"scope {scope.scope.name} {scope.scope.version}")
                    for span in scope.spans:
                        self.keep(span, service)
        if self.hesitation:
            time.sleep(self.hesitation)
        return 200, {"Content-Type": "application/x-protobuf"}, ExportTraceServiceResponse().SerializeToString()

    def keep(self, span, service):
        key = (span.trace_id.hex(), span.span_id.hex())
        before = self.spans.get(key)
        if before is None:
            self.spans[key] = span
            self.resources[key] = service
            return
        self.repeated += 1
        if before.SerializeToString(deterministic=True) != span.SerializeToString(deterministic=True):
            self.problems.append(f"span {key} came again and says something else")
        if not self.repeats_allowed:
            self.problems.append(f"span {key} came twice although nothing was killed")

    def traces(self):
        with self.lock:
            result = collections.defaultdict(list)
            for (trace, _), span in self.spans.items():
                result[trace].append(span)
            return result


class Turns:
    """Posts turns, and knows what their traces must be."""

    def __init__(self, server, seed):
        self.server, self.chance, self.count, self.expected = server, random.Random(seed), 0, {}

    def events(self):
        number = self.count
        self.count += 1
        conversation = f"c-{number // 3}"
        end = time.time_ns()
        duration = self.chance.randrange(200_000_000, 3_000_000_000)
        own = f"{self.chance.getrandbits(128):032x}" if number % 4 == 0 else None
        children = []

        def event(event_type, at, **data):
            data = {"conversation_id": conversation, "turn": number, "tenant": "acme", "channel": "web", "agent": "support",
                    "service_name": "bot", "user_id": f"u{number}@example.org", **data}
            moment = datetime.datetime.fromtimestamp(at // 10**9, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
            return {"specversion": "1.0", "type": event_type, "source": "receiver-test", "id": f"e-{number}-{len(events)}",
                    "time": f"{moment}.{at % 10**9:09d}Z", "data": data}

        events = []
        start = end - duration
        events.append(event("message.received", start, author="user", content=SECRET))
        for name, kind, chosen, data in (
                ("cache_lookup faq", "cache.lookup", 0.5, {"cache": "faq", "hit": False}),
                ("retrieval handbook", "retrieval.query", 0.6, {"index": "handbook", "kind": "vector", "hits": 4, "status": "ok"}),
                ("chat small-1", "llm.call", 1, {"provider": "openai", "request_model": "small-1", "input_tokens": 90, "output_tokens": 12,
                                                 "finish_reason": "stop", "time_to_first_token_ns": 250_000_000, "status": "ok"}),
                ("execute_tool refund", "tool.call", 0.4, {"tool": "refund", "status": "error", "error_type": "timeout"}),
                ("escalate billing", "escalation.raised", 0.2, {"escalation_id": f"x-{number}", "queue": "billing", "reason": "failure"})):
            if self.chance.random() > chosen:
                continue
            took = duration // 8
            start += took
            if kind != "escalation.raised":
                data["duration_ns"] = took
            events.append(event(kind, start, **data))
            children.append((name, start - data.get("duration_ns", 0), start, data.get("status") == "error"))
        status = {"status": "error", "error_type": "rate_limited"} if self.chance.random() < 0.1 else {"status": "ok"}
        answer = {"trace_id": own} if own else {}
        events.append(event("message.sent", end, author="agent", duration_ns=duration, time_to_first_token_ns=duration // 3, **status, **answer))
        self.expected[number] = {"trace": own, "root": (end - duration, end, status["status"] == "error"), "children": children}
        return events

    def post(self, events):
        """Posts until they are acknowledged, as emitters do."""
        body = "\n".join(json.dumps(event) for event in events).encode()
        while True:
            try:
                status, _, answer = self.server.post("/v1/events", body, "application/x-ndjson", timeout=20)
            except (OSError, http.client.HTTPException):
                status, answer = None, b""
            if status == 200:
                document = json.loads(answer)
                if document.get("rejected"):
                    raise CommandFailed(f"events were refused: {answer[:500]!r}")
                return
            if status is not None and status not in (429, 503):
                raise CommandFailed(f"events: status {status}: {answer[:300]!r}")
            time.sleep(0.05)

    def send(self, count, pause=0.05):
        for _ in range(count):
            events = self.events()
            # Now and then the answer comes in a request of its own.
            cut = self.chance.randrange(1, len(events)) if self.chance.random() < 0.3 else len(events)
            for part in (events[:cut], events[cut:]):
                if part:
                    self.post(part)
            time.sleep(pause)


def attributes(span):
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in span.attributes}


def by_turn(receiver):
    """Traces by the turn that their root names."""
    result = collections.defaultdict(list)
    for trace, spans in receiver.traces().items():
        turns = {attributes(span).get("plimsoll.turn") for span in spans}
        result[turns.pop() if len(turns) == 1 else None].append((trace, spans))
    return result


def missing(receiver, turns):
    found = by_turn(receiver)
    return [number for number, wanted in turns.expected.items()
            if sum(len(spans) for _, spans in found.get(number, [])) < 1 + len(wanted["children"])]


def wait_for_all(receiver, turns, seconds):
    ends = time.monotonic() + seconds
    while missing(receiver, turns) and time.monotonic() < ends:
        time.sleep(0.1)
    lost = missing(receiver, turns)
    return [f"{len(lost)} of {len(turns.expected)} traces are not there whole after {seconds} s, such as {lost[:5]}"] if lost else []


def look_at(receiver, turns):
    found = by_turn(receiver)
    for number in set(found) - set(turns.expected):
        yield f"traces of no turn ({number}): {[trace for trace, _ in found[number]][:3]}"
    for number, wanted in turns.expected.items():
        traces = found.get(number, [])
        if len(traces) != 1:
            yield f"turn {number} has {len(traces)} traces"
            continue
        trace, spans = traces[0]
        if wanted["trace"] and trace != wanted["trace"]:
            yield f"turn {number} should have kept its trace id"
        roots = [span for span in spans if not span.parent_span_id]
        if len(roots) != 1:
            yield f"turn {number} has {len(roots)} roots"
            continue
        yield from (f"turn {number}: {problem}" for problem in look_at_root(roots[0], wanted, receiver.resources[(trace, roots[0].span_id.hex())]))
        children = sorted((span.name, span.start_time_unix_nano, span.end_time_unix_nano, span.status.code == Status.STATUS_CODE_ERROR)
                          for span in spans if span.parent_span_id)
        if children != sorted(wanted["children"]):
            yield f"turn {number}: children {children} instead of {wanted['children']}"
        for span in spans:
            if span.parent_span_id and span.parent_span_id != roots[0].span_id:
                yield f"turn {number}: {span.name} hangs somewhere else"
            if span.name == "chat small-1":
                said = attributes(span)
                if (said.get("gen_ai.operation.name"), said.get("gen_ai.provider.name"), said.get("gen_ai.usage.input_tokens"),
                        said.get("gen_ai.response.time_to_first_chunk"), span.kind) != ("chat", "openai", 90, 0.25, Span.SPAN_KIND_CLIENT):
                    yield f"turn {number}: the call says {said}"


def look_at_root(root, wanted, resource):
    said = attributes(root)
    if root.name != "invoke_agent support" or said.get("gen_ai.operation.name") != "invoke_agent":
        yield f"root {root.name}"
    if (root.start_time_unix_nano, root.end_time_unix_nano, root.status.code == Status.STATUS_CODE_ERROR) != wanted["root"]:
        yield f"times or status of the root: {root}"
    if wanted["root"][2] and said.get("error.type") != "rate_limited":
        yield f"error type {said.get('error.type')}"
    if not str(said.get("gen_ai.conversation.id", "")).startswith("c-") or resource.get("service.name") != "bot":
        yield f"conversation {said.get('gen_ai.conversation.id')}, service {resource.get('service.name')}"


def late_span(receiver, turns):
    """A tool call that comes long after its answer joins the same trace."""
    events = turns.events()
    tool = {**events[-1], "type": "tool.call", "id": events[-1]["id"] + "-late",
            "data": {name: value for name, value in events[-1]["data"].items()
                     if name in ("conversation_id", "turn", "tenant")} | {"tool": "late", "duration_ns": 1000, "status": "ok"}}
    turns.post(events)
    yield from wait_for_all(receiver, turns, 20)
    number = turns.count - 1
    moment = time.time_ns()
    tool["time"] = datetime.datetime.fromtimestamp(moment // 10**9, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{moment % 10**9:09d}Z"
    turns.expected[number]["children"].append(("execute_tool late", moment - 1000, moment, False))
    turns.post([tool])
    yield from wait_for_all(receiver, turns, 20)


def loop_guard(server, receiver):
    """What a Plimsoll sent is not taken in, and what came in as spans is not sent out."""
    status, _, answer = server.request(
        "POST", "/v1/traces", receiver.last_body, {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"})
    sent = sum(len(scope.spans) for resource in ExportTraceServiceRequest.FromString(gzip.decompress(receiver.last_body)).resource_spans
               for scope in resource.scope_spans)
    refused = ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans
    if status != 200 or refused != sent:
        yield f"of {sent} spans of ours {refused} were refused, status {status}"
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    scope.scope.name = "someone"
    now = time.time_ns()
    span = scope.spans.add(trace_id=bytes(range(16)), span_id=bytes(range(1, 9)), name="answer", start_time_unix_nano=now - 10**9,
                           end_time_unix_nano=now)
    for key, value in (("gen_ai.operation.name", "invoke_agent"), ("gen_ai.conversation.id", "c-otlp"), ("gen_ai.agent.name", "otlp")):
        span.attributes.add(key=key).value.string_value = value
    child = scope.spans.add(trace_id=bytes(range(16)), span_id=bytes(range(2, 10)), parent_span_id=span.span_id, name="chat",
                            start_time_unix_nano=now - 10**8, end_time_unix_nano=now)
    child.attributes.add(key="gen_ai.operation.name").value.string_value = "chat"
    server.request("POST", "/v1/traces", request.SerializeToString(), {"Content-Type": "application/x-protobuf"})
    ends = time.monotonic() + 15
    while not server.sql("select id from message_sent where conversation_id='c-otlp'") and time.monotonic() < ends:
        time.sleep(0.2)
    if len(server.sql("select id from message_sent where conversation_id='c-otlp'")) != 1:
        yield "the trace that came in did not settle into one answer"
    if server.sql("select count(*) from span_received where instrumentation_name='plimsoll'")[0][0] not in (0, "0"):
        yield "spans of ours were taken in"
    time.sleep(4)
    if bytes(range(16)).hex() in receiver.traces():
        yield "a trace that came in was sent out"


def exemplars(server, receiver):
    """Buckets name traces that were sent, or that came in."""
    text = server.get("/metrics?format=openmetrics")[2].decode()
    named = [line.split('# {trace_id="')[1].split('"')[0] for line in text.splitlines() if "# {trace_id=" in line]
    known = set(receiver.traces()) | {bytes(range(16)).hex()}
    if not named or set(named) - known:
        yield f"exemplars {named[:3]} of which {len(set(named) - known)} are no traces"
    if bytes(range(16)).hex() not in named:
        yield "no exemplar names the trace that came in"
    for line in text.splitlines():
        if "# {trace_id=" in line and "_bucket{" not in line:
            yield f"an exemplar in a strange place: {line}"


def kill_again_and_again(server, receiver, turns, kills, chance):
    receiver.repeats_allowed = True
    for number in range(kills):
        receiver.hesitation = chance.choice([0, 0.2, 0.6])
        stop = threading.Event()
        sender = threading.Thread(target=lambda: turns_until(turns, stop), daemon=True)
        sender.start()
        time.sleep(chance.uniform(1.5, 4))
        server.kill()
        server.start()
        time.sleep(0.2)
        stop.set()
        sender.join(30)
    receiver.hesitation = 0


def turns_until(turns, stop):
    while not stop.is_set():
        turns.send(1)


def check(server, receiver, turns, arguments):
    chance = random.Random(arguments.seed)
    turns.send(arguments.turns)
    yield from wait_for_all(receiver, turns, 30)
    receiver.refusing = True
    turns.send(arguments.turns)
    time.sleep(3)
    receiver.refusing = False
    yield from wait_for_all(receiver, turns, 40)
    if not receiver.refusals:
        yield "the receiver was never asked while it refused"
    receiver.close()
    ends = time.monotonic() + arguments.down
    while time.monotonic() < ends:
        turns.send(1, pause=max(0.05, arguments.down / 100))
    receiver.open()
    yield from wait_for_all(receiver, turns, 60)
    yield from late_span(receiver, turns)
    if receiver.repeated:
        yield f"{receiver.repeated} spans were sent twice although nothing was killed"
    kill_again_and_again(server, receiver, turns, arguments.kills, chance)
    yield from wait_for_all(receiver, turns, 60)
    receiver.repeats_allowed = False
    turns.send(3)
    yield from wait_for_all(receiver, turns, 30)
    yield from loop_guard(server, receiver)
    yield from exemplars(server, receiver)
    server.stop()
    server.start()
    turns.send(3)
    yield from wait_for_all(receiver, turns, 30)
    yield from look_at(receiver, turns)
    yield from receiver.problems


def main():
    parser = argparse.ArgumentParser(description="Receive the traces that a server sends, and look at each.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--data", help="data directory to use and keep; default: a temporary one")
    parser.add_argument("--down", type=float, default=60, help="seconds for which the receiver is away")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--turns", type=int, default=20, help="in each of the first two steps")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    data = arguments.data or tempfile.mkdtemp(prefix="plimsoll-traces-")
    receiver, problems = Receiver(), []
    server = Server(arguments.plimsoll, data, extra=["--traces-endpoint", receiver.url])
    turns = Turns(server, arguments.seed)
    try:
        receiver.open()
        server.start()
        problems += list(check(server, receiver, turns, arguments))
    except CommandFailed as error:
        problems.append(str(error))
    finally:
        server.stop()
        if not arguments.data:
            shutil.rmtree(data, ignore_errors=True)
    for problem in problems[:50]:
        print(problem)
    if problems:
        print("".join(server.log[-20:]))
    print(f"seed {arguments.seed}: {len(turns.expected)} turns, {len(receiver.spans)} spans in {receiver.requests} requests, {receiver.refusals} refused, "
          f"{receiver.repeated} sent again after {arguments.kills} kills, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
