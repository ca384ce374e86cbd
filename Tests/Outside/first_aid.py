#!/usr/bin/env python3
"""A newcomer's bot, made with OpenTelemetry's SDK and wrong in every usual way: what the answers say at once of spans that wait, and what
`plimsoll doctor` finds; then the lines to change are followed, and it must find nothing more.

usage: first_aid.py --plimsoll BINARY
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

from outside.plimsoll import CommandFailed, Server

# One turn of a bot: an agent around one call of a model, exported before the program ends.
BOT = r'''
import json, sys
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

server, service, root, call = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
provider = TracerProvider(resource=Resource.create({"service.name": service} if service else {}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=server + "/v1/traces")))
tracer = provider.get_tracer("bot")
with tracer.start_as_current_span("invoke_agent support", attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support", **root}):
    said = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", **call}
    with tracer.start_as_current_span("chat", attributes={name: value for name, value in said.items() if value is not None}):
        pass
provider.shutdown()
'''
CONVERSATION = {"gen_ai.conversation.id": "c-1"}
MODEL = {"gen_ai.request.model": "gpt-4o-mini"}
USAGE = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}
WIDTH = 100


def send(server, service, root, call):
    result = subprocess.run([sys.executable, "-c", BOT, server.url, service, json.dumps(root), json.dumps(call)], capture_output=True, text=True,
                            timeout=120, env={name: value for name, value in os.environ.items() if not name.startswith("OTEL_")})
    if result.returncode != 0 or result.stderr:
        raise CommandFailed(f"the bot {service} said {result.stderr[-1000:]}")


def told(binary, *arguments):
    """(stdout, stderr) of a command that must succeed."""
    result = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=120,
                            env={name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")})
    if result.returncode != 0:
        raise CommandFailed(f"plimsoll {' '.join(arguments)} ended with {result.returncode}: {result.stdout[-500:]}{result.stderr[-1000:]}")
    return result.stdout, result.stderr


class Doctor:
    """What `plimsoll doctor` says, in both forms."""

    def __init__(self, binary, *place):
        self.report = json.loads(told(binary, "doctor", *place, "--format", "json")[0])
        self.text = told(binary, "doctor", *place)[0]

    def found(self):
        return {(row.get("service"), row["finding"], row.get("what")): row for row in self.report["findings"]}

    def kinds(self):
        return {row["finding"] for row in self.report["findings"]}

    def changes(self, finding):
        return [row["change"] for row in self.report["changes"] if row["finding"] == finding]

    def mends(self):
        """The lines of each finding, by what both tables have in common."""
        lines = {}
        for row in self.report["changes"]:
            lines.setdefault((row.get("service"), row["finding"], row.get("what")), []).append(row["change"])
        return lines

    def wide(self):
        return [line for line in self.text.splitlines() if len(line) > WIDTH]


def waiting(binary, server):
    """Problems with what is said at once, before spans settle."""

    def conversation():
        status, _, body = server.get("/v1/conversations/c-0")
        said = json.loads(body)
        return said.get("hint", "") if status == 404 else said.get("notice", "")

    asked = [("the conversation", conversation)] + [
        (f"plimsoll {words[0]}", lambda words=words: told(binary, *words, "--server", server.url)[1])
        for words in (["query", "select count(*) from llm_call"], ["report", "sla"], ["status"])]
    for name, ask in asked:
        # A second after the root they are settled, which a slow machine may need until it asks.
        for _ in range(5):
            send(server, "order-bot", {"gen_ai.conversation.id": "c-0"}, MODEL | USAGE)
            said = ask()
            if re.search(r"\b\d+ spans of \d+ traces? wait to settle, at most \d seconds", said):
                break
        else:
            yield f"{name} says nothing of spans that wait: {said!r}"
    server.settle()
    status, _, body = server.get("/v1/conversations/c-0")
    if status != 200 or "notice" in json.loads(body):
        yield f"the conversation is settled, and is answered {status}: {body[:300]}"
    if errors := told(binary, "query", "select 1", "--server", server.url)[1]:
        yield f"nothing waits, and plimsoll query says {errors!r}"


def faults(binary, server):
    """Problems with what is found of bots that are wrong."""
    send(server, "lost-bot", {}, MODEL | USAGE)
    send(server, "mute-bot", CONVERSATION, MODEL)
    send(server, "new-bot", CONVERSATION, {"gen_ai.request.model": "nova-ultra-9"} | USAGE)
    send(server, "", CONVERSATION, MODEL | USAGE)
    send(server, "odd-bot", CONVERSATION, MODEL | {"shop.prompt_tokens": 100, "shop.colour": "red"} | USAGE)
    server.post("/v1/metrics", b"{}", "application/json")
    server.post("/v1/traces", b"spans", "text/plain")
    server.settle()
    for place in (["--server", server.url], None):
        if place is None:
            server.stop()
            place = ["--data", server.data]
        doctor = Doctor(binary, *place)
        found = doctor.found()
        for service, finding, what, change in (
                ("lost-bot", "no_conversation", None, "gen_ai.conversation.id"), ("mute-bot", "no_usage", None, "include_usage"),
                ("new-bot", "no_price", "openai nova-ultra-9", "plimsoll prices load"),
                ("odd-bot", "unread_names", "shop.prompt_tokens", "gen_ai.usage.input_tokens")):
            if (service, finding, what) not in found:
                yield f"{place[0]}: {service} has {finding}, and is not among {list(found)}"
            if not any(change in line for line in doctor.mends().get((service, finding, what), [])):
                yield f"{place[0]}: {service}'s {finding} is mended by {doctor.changes(finding)}, which does not say {change}"
        if not any(kind == "no_service" and (service or "").startswith("unknown_service") for service, kind, _ in found):
            yield f"{place[0]}: a service has no name, and is not among {list(found)}"
        if any(service == "order-bot" or "colour" in (what or "") for service, _, what in found):
            yield f"{place[0]}: what is right is found, too: {list(found)}"
        if set(found) != set(doctor.mends()):
            yield f"{place[0]}: findings and changes are of {set(found) ^ set(doctor.mends())}"
        if doctor.wide():
            yield f"{place[0]}: lines are wider than {WIDTH} columns: {doctor.wide()[:3]}"
        refused = {what for _, kind, what in found if kind == "refused"}
        if place[0] == "--server" and not {"spans: not_found", "spans: media_type"} <= refused:
            yield f"refused was {refused}"


def mended(binary, server):
    """Problems after each line was changed as it says."""
    heading, *rows = Doctor(binary, "--data", server.data).changes("no_price")[1:]
    path = os.path.join(os.path.dirname(server.data), "prices.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([heading, *(row.replace("PRICE", "1.5") for row in rows)]) + "\n")
    told(binary, "prices", "load", path, "--data", server.data)
    if ("new-bot", "no_price", "openai nova-ultra-9") in Doctor(binary, "--data", server.data).found():
        yield "the rows that doctor gives, with a price in each, leave the model without a price"
    server.start()
    since = told(binary, "query", "select now()", "--format", "csv", "--server", server.url)[0].splitlines()[1].strip('"')
    send(server, "lost-bot", CONVERSATION, MODEL | USAGE)
    send(server, "mute-bot", CONVERSATION, MODEL | USAGE)
    send(server, "new-bot", CONVERSATION, {"gen_ai.request.model": "nova-ultra-9"} | USAGE)
    server.settle()
    doctor = Doctor(binary, "--server", server.url, "--since", since.replace(" ", "T").replace("+00", "Z"))
    if doctor.kinds() != {"all is well"} or doctor.report["changes"] or "Nothing to mend" not in doctor.text:
        yield f"all was mended, and doctor says {doctor.text[:1500]}"


def tell(server, type_, **data):
    """An event of ours, as an application tells it beside its spans."""
    event = {"specversion": "1.0", "id": os.urandom(8).hex(), "source": "shop", "type": type_, "data": data}
    return server.post("/v1/events", json.dumps(event).encode(), "application/cloudevents+json")


# What a bot says wrongly: on its root, on its call, the finding, what it is of, and what one of the lines says.
INPUT, OPERATION = "gen_ai.usage.input_tokens", "gen_ai.operation.name"
WRONG = {
    "text-bot": (CONVERSATION, USAGE | {INPUT: "a dozen"}, "unread_usage", f"{INPUT}: string", f"{INPUT}: a whole number from 0"),
    "half-bot": (CONVERSATION, USAGE | {INPUT: 1.5}, "unread_usage", f"{INPUT}: double, such as 1.5", f"{INPUT}: a whole number from 0"),
    "minus-bot": (CONVERSATION, USAGE | {INPUT: -5}, "unread_usage", f"{INPUT}: int, such as -5", f"{INPUT}: a whole number from 0"),
    "flag-bot": (CONVERSATION, USAGE | {INPUT: True}, "unread_usage", f"{INPUT}: bool, such as true", f"{INPUT}: a whole number from 0"),
    "cost-bot": (CONVERSATION, USAGE | {"gen_ai.usage.cost": "a lot"}, "unread_usage", "gen_ai.usage.cost: string", "USD as a number"),
    "solved-bot": (CONVERSATION | {"plimsoll.outcome": "solved"}, USAGE, "unread_outcome", 'plimsoll.outcome: "solved"',
                   "plimsoll.outcome: resolved instead of"),
    "stars-bot": (CONVERSATION | {"plimsoll.feedback.score": 9}, USAGE, "unread_outcome", "plimsoll.feedback.score: int, such as 9",
                  "a whole number from 1 to 5, not 9"),
    "robot-bot": (CONVERSATION | {"plimsoll.outcome": "resolved", "plimsoll.outcome.by": "robot"}, USAGE, "unread_outcome",
                  'conversation.resolved by: "robot"', "one of agent, human"),
    "lost-outcome-bot": ({"plimsoll.outcome": "resolved"}, USAGE, "lost_outcome", "conversation.resolved", "gen_ai.conversation.id"),
    "chats-bot": (CONVERSATION, USAGE | {OPERATION: "Chats"}, "unknown_operation", f'{OPERATION}: "Chats"', f"{OPERATION}: chat instead of"),
    "word-bot": (CONVERSATION, USAGE | {OPERATION: "think_hard"}, "unknown_operation", f'{OPERATION}: "think_hard"', "generate_content"),
    "plain-bot": (CONVERSATION, USAGE | {OPERATION: None}, "no_operation", MODEL["gen_ai.request.model"], f'span.set_attribute("{OPERATION}", "chat")'),
    "list-bot": (CONVERSATION, USAGE | {"gen_ai.provider.name": ["openai"]}, "unread_values", "gen_ai.provider.name: array", "a text"),
    "soon-bot": (CONVERSATION, USAGE | {"gen_ai.response.time_to_first_chunk": "soon"}, "unread_values",
                 "gen_ai.response.time_to_first_chunk: string", "a number of s"),
    "turn-bot": (CONVERSATION | {"plimsoll.turn": "first"}, USAGE, "unread_values", "plimsoll.turn: string", "an integer"),
    "spelt-bot": (CONVERSATION | {"plimsoll.outcom": "resolved"}, USAGE, "unread_names", "plimsoll.outcom", "say it as plimsoll.outcome"),
}
# What an application says wrongly beside its spans: the type, the data, and what the answer leads to.
SLIPS = [("feedback.submitted", {"scor": 4}, "did you mean score?"), ("escalation.raised", {"reasn": "user_request"}, "did you mean reason?"),
         ("conversation.resolved", {"by": "agnt"}, "did you mean agent?")]
# The same as the lines say it.
RIGHT = {
    "plimsoll.outcome": "resolved", "plimsoll.outcome.by": "agent", "plimsoll.feedback.score": 4, "plimsoll.turn": 1, OPERATION: "chat",
    "gen_ai.provider.name": "openai", "gen_ai.response.time_to_first_chunk": 0.5, "gen_ai.usage.cost": 0.01, INPUT: 100,
}


def mistyped(binary, server):
    """Problems with what is found where a name is right and what stands under it is not, and after that was changed."""
    for service, (root, call, *_) in WRONG.items():
        send(server, service, root, MODEL | call)
    tell(server, "conversation.resolved", by="agent")
    tell(server, "feedback.submitted", score=4)
    tell(server, "llm.call", provider="openai", request_model="gpt-4o-mini", input_tokens=100, output_tokens=10, status="ok")
    for type_, data, meant in SLIPS:
        answer = json.loads(tell(server, type_, conversation_id="c-1", **data)[2])
        if not any(meant in warning["warning"] for warning in answer.get("warnings", [])):
            yield f"{type_} with {data} is answered {answer}, which does not lead to {meant}"
    server.post("/v1/events", b"x", "text/plain")
    server.settle()
    doctor = Doctor(binary, "--server", server.url)
    found, mends = doctor.found(), doctor.mends()
    wanted = [(service, *rest) for service, (_, _, *rest) in WRONG.items()] + [
        ("shop", "lost_outcome", type_, f'"conversation_id": ID in the data of {type_}') for type_ in ("conversation.resolved", "feedback.submitted")
    ] + [("shop", "no_conversation", None, '"conversation_id": ID in the data of llm.call'),
         ("shop", "unread_names", "feedback.submitted scor", "say it as score"),
         ("shop", "unread_names", "escalation.raised reasn", "say it as reason"),
         ("shop", "unread_outcome", 'conversation.resolved by: "agnt"', "by: agent instead of"),
         (None, "refused", "events: media_type", "Content-Type: application/cloudevents+json")]
    for service, finding, what, line in wanted:
        if found.get((service, finding, what), {}).get("count") not in (1, "1"):
            yield f"{service} has {finding} of {what}, once, and that is not among {list(found)}"
        elif not any(line in mend for mend in mends.get((service, finding, what), [])):
            yield f"{service}'s {finding} is mended by {mends.get((service, finding, what))}, none of which says {line}"
    for service in WRONG:
        for finding in ("no_price", "no_usage"):
            if service != "list-bot" and any(key[:2] == (service, finding) for key in found):
                yield f"{service} says something in a wrong form, and is told of {finding}"
    if any("span" in line for line in mends.get(("shop", "no_conversation", None), [])):
        yield f"who sends events is told of spans: {mends[('shop', 'no_conversation', None)]}"
    if any("OTEL" in line for line in mends.get((None, "refused", "events: media_type"), [])):
        yield f"who posts events is told of exporters: {mends[(None, 'refused', 'events: media_type')]}"
    if set(found) != set(mends):
        yield f"findings and changes are of {set(found) ^ set(mends)}"
    if doctor.wide():
        yield f"lines are wider than {WIDTH} columns: {doctor.wide()[:3]}"
    # Followed, nothing is left of it.
    since = told(binary, "query", "select now()", "--format", "csv", "--server", server.url)[0].splitlines()[1].strip('"')
    for service, (root, call, *_) in WRONG.items():
        right = [{name.replace("outcom", "outcome") if name == "plimsoll.outcom" else name: value for name, value in words.items()} for words in (root, call)]
        root, call = ({name: RIGHT.get(name, value) for name, value in words.items()} for words in right)
        send(server, service, CONVERSATION | root, MODEL | call)
    tell(server, "conversation.resolved", by="agent", conversation_id="c-1")
    tell(server, "feedback.submitted", score=4, conversation_id="c-1")
    tell(server, "llm.call", provider="openai", request_model="gpt-4o-mini", input_tokens=100, output_tokens=10, status="ok", conversation_id="c-1")
    server.settle()
    doctor = Doctor(binary, "--server", server.url, "--since", since.replace(" ", "T").replace("+00", "Z"))
    left = [key for key in doctor.found() if key[1] not in ("refused", "all is well")]
    if left:
        yield f"all was said as the lines have it, and doctor still finds {left}"


def tiers(binary, server):
    """Problems with the list that is to be loaded for a tier of a model that has list prices, and with what loading it ends."""
    said = CONVERSATION | MODEL | USAGE
    send(server, "flex-bot", CONVERSATION, said | {"openai.response.service_tier": "flex"})
    server.settle()
    key = ("flex-bot", "no_price", "openai gpt-4o-mini of tier flex")
    lines = Doctor(binary, "--server", server.url).mends().get(key, [])
    rows = [line for line in lines if line.startswith(("provider,", "openai,"))]
    if not any(",flex,PRICE," in row for row in rows):
        yield f"a call of tier flex has no price, and its lines are {lines}"
        return
    path = os.path.join(os.path.dirname(server.data), "tiers.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(row.replace("PRICE", "0.5") for row in rows) + "\n")
    answer, _ = told(binary, "prices", "load", path, "--server", server.url)
    if "has no price" in answer or "1 refused" in answer:
        yield f"the lines for a tier were loaded, which ended prices of others: {answer}"
    send(server, "plain-tier-bot", CONVERSATION, said)
    server.settle()
    doctor = Doctor(binary, "--server", server.url)
    for service in ("flex-bot", "plain-tier-bot"):
        if left := [found for found in doctor.found() if found[0] == service and found[1] == "no_price"]:
            yield f"the lines for a tier were loaded, and {service} has {left}"


def messages_alone(binary, folder):
    """Problems with what whoever sends messages as events is told, and with what the log says of slips in them and in the settings."""
    settings = os.path.join(folder, "plimsoll.yaml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write("answer_limits:\n  emial: 5m\n")
    server = Server(binary, os.path.join(folder, "messages"), ["--config", settings])
    server.start()
    try:
        for _ in range(2):
            tell(server, "message.received", conversation_id="c-1", channel="Emial")
        doctor = Doctor(binary, "--server", server.url)
        if doctor.kinds() != {"no_calls", "unread_values"} or doctor.found().get(("shop", "no_calls", None), {}).get("count") not in (2, "2"):
            yield f"two messages came, and no call: doctor says {doctor.text[:800]}"
        if not any(f"{server.url}/v1/events" in line for line in doctor.changes("no_calls")) or "OTEL" in doctor.text:
            yield f"who sends messages as events is told {doctor.changes('no_calls')}"
    finally:
        server.stop()
    for words in ('channel "Emial": no figure knows this word; did you mean email?', "line 2: answer_limits: did you mean email?"):
        said = [line for line in server.log if words in line]
        if len(said) != 1 or " warning " not in said[0]:
            yield f"the log has {said} of {words}"


def problems(binary, folder):
    server = Server(binary, os.path.join(folder, "data"))
    server.start()
    try:
        first = Doctor(binary, "--server", server.url)
        if first.kinds() != {"no_spans"} or "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" not in first.changes("no_spans"):
            yield f"nothing came, and doctor says {first.text[:600]}"
        if f"OTEL_EXPORTER_OTLP_ENDPOINT={server.url}" not in first.changes("no_spans"):
            yield f"the server is at {server.url}, and who is to send there is told {first.changes('no_spans')}"
        yield from waiting(binary, server)
        yield from faults(binary, server)
        yield from mended(binary, server)
        yield from mistyped(binary, server)
        yield from tiers(binary, server)
    finally:
        server.stop()
    yield from messages_alone(binary, folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plimsoll-first-aid-") as folder:
        found = list(problems(os.path.abspath(arguments.plimsoll), folder))
    for problem in found:
        print(f"PROBLEM {problem}")
    print(f"first aid: {len(found)} problems")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
