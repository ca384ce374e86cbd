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
    with tracer.start_as_current_span("chat", attributes={"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", **call}):
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
        return {(row["finding"], row.get("what")): row for row in self.report["findings"]}

    def kinds(self):
        return {row["finding"] for row in self.report["findings"]}

    def changes(self, finding):
        return [row["change"] for row in self.report["changes"] if row["finding"] == finding]

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
        for finding, what, change in (
                ("no_conversation", "lost-bot", "gen_ai.conversation.id"), ("no_usage", "mute-bot", "include_usage"),
                ("no_price", "openai nova-ultra-9", "plimsoll prices load"), ("unread_names", "shop.prompt_tokens", "gen_ai.usage.input_tokens")):
            if (finding, what) not in found:
                yield f"{place[0]}: {what} has {finding}, and is not among {list(found)}"
            if not any(change in line for line in doctor.changes(finding)):
                yield f"{place[0]}: {finding} is mended by {doctor.changes(finding)}, which does not say {change}"
        if not any(kind == "no_service" and (what or "").startswith("unknown_service") for kind, what in found):
            yield f"{place[0]}: a service has no name, and is not among {list(found)}"
        if any(what and what.startswith("order-bot") for _, what in found) or any("colour" in (what or "") for _, what in found):
            yield f"{place[0]}: what is right is found, too: {list(found)}"
        if doctor.wide():
            yield f"{place[0]}: lines are wider than {WIDTH} columns: {doctor.wide()[:3]}"
        refused = {what for kind, what in found if kind == "refused"}
        if place[0] == "--server" and not {"requests: not_found", "requests: media_type"} <= refused:
            yield f"refused was {refused}"


def mended(binary, server):
    """Problems after each line was changed as it says."""
    row = next(line for line in Doctor(binary, "--data", server.data).changes("no_price")).split(": ", 1)[1]
    path = os.path.join(os.path.dirname(server.data), "prices.csv")
    rows = [row.replace("PRICE", "1.5"), row.replace(",input,", ",output,").replace("PRICE", "6")]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(["provider,model,token_class,usd_per_million_tokens,usd_per_gpu_hour,service_tier,valid_from", *rows]) + "\n")
    told(binary, "prices", "load", path, "--data", server.data)
    if ("no_price", "openai nova-ultra-9") in Doctor(binary, "--data", server.data).found():
        yield "the row that doctor gives, with a price in it, leaves the model without a price"
    server.start()
    since = told(binary, "query", "select now()", "--format", "csv", "--server", server.url)[0].splitlines()[1].strip('"')
    send(server, "lost-bot", CONVERSATION, MODEL | USAGE)
    send(server, "mute-bot", CONVERSATION, MODEL | USAGE)
    send(server, "new-bot", CONVERSATION, {"gen_ai.request.model": "nova-ultra-9"} | USAGE)
    server.settle()
    doctor = Doctor(binary, "--server", server.url, "--since", since.replace(" ", "T").replace("+00", "Z"))
    if doctor.kinds() != {"all is well"} or doctor.report["changes"] or "Nothing to mend" not in doctor.text:
        yield f"all was mended, and doctor says {doctor.text[:1500]}"


def problems(binary, folder):
    server = Server(binary, os.path.join(folder, "data"))
    server.start()
    try:
        first = Doctor(binary, "--server", server.url)
        if first.kinds() != {"no_spans"} or "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" not in first.changes("no_spans"):
            yield f"nothing came, and doctor says {first.text[:600]}"
        yield from waiting(binary, server)
        yield from faults(binary, server)
        yield from mended(binary, server)
    finally:
        server.stop()


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
