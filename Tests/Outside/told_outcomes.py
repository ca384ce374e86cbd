#!/usr/bin/env python3
"""Spans, and beside them what README.md has an application say of outcomes, word for word: every word must meet its conversation and its turn,
and silence must close what nobody closes, in tables, reports and counters alike, with a server and without. What it has whoever sends events
paste, a call and a whole turn, shows the figures that it says.

usage: told_outcomes.py --plimsoll BINARY
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from outside.metrics_text import total
from outside.otlp import json_span
from outside.plimsoll import Commands, CommandFailed, Server
from outside.readme import code_blocks

SETTINGS = "conversations:\n  idle_after: 10s\noutcomes:\n  rule: silence-resolves-1\n"


def spans(conversation, number, ended):
    """One turn as a trace: the agent and its model call; `ended` in ns since 1970."""
    second = 10**9
    root = json_span(number, number * 10 + 1, 0, "invoke_agent support", ended - 2 * second // 10, ended, gen_ai__operation__name="invoke_agent",
                     gen_ai__agent__name="support", gen_ai__conversation__id=conversation)
    call = json_span(number, number * 10 + 2, number * 10 + 1, "chat gpt-4o-mini", ended - second // 10, ended - second // 20,
                     gen_ai__operation__name="chat", gen_ai__provider__name="openai", gen_ai__request__model="gpt-4o-mini",
                     gen_ai__usage__input_tokens=100 * number, gen_ai__usage__output_tokens=10)
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {"name": "test"}, "spans": [root, call]}]}]}


def wait_for(what, seconds=60):
    """Until it is true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if what():
            return True
        time.sleep(0.1)
    return False


def problems(plimsoll, folder):
    """As text."""
    settings, data = os.path.join(folder, "plimsoll.yaml"), os.path.join(folder, "data")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(SETTINGS)
    server = Server(plimsoll, data, extra=["--config", settings])
    server.start()
    try:
        for conversation, number in [("c-1", 1), ("c-1", 2), ("c-2", 3)]:
            body = json.dumps(spans(conversation, number, time.time_ns()))
            if server.post("/v1/traces", body.encode(), "application/json")[0] != 200:
                yield f"the spans of {conversation} were refused"
            time.sleep(0.3)
        if not wait_for(lambda: server.sql("select count(*) from turns") == [["3"]] or server.sql("select count(*) from turns") == [[3]]):
            yield f"the traces did not settle: {server.sql('select * from turns')}"
        blocks = code_blocks("For the agent developer: point OpenTelemetry here")
        question = next(line for block in blocks for line in block.splitlines() if "from span_received" in line).split('"')[1]
        rows = [[str(value) for value in row[1:]] for row in server.sql(question)]
        agent, call = ["invoke_agent support", "agent", "opentelemetry"], ["chat gpt-4o-mini", "model_call", "opentelemetry"]
        if rows != [span + [conversation] for conversation in ("c-2", "c-1", "c-1") for span in (agent, call)]:
            yield f"README's question shows the spans as {rows}"
        block = next(block for block in blocks if "def tell(" in block)
        words = block.replace("127.0.0.1:8910", f"127.0.0.1:{server.port}")
        if len([line for line in block.splitlines() if line]) > 10:
            yield "README says ten lines"
        result = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60)
        if result.returncode or result.stdout or result.stderr:
            yield f"README's lines say {result}"
        # A field may be called as it likes, and what the server refuses is not lost without a word.
        wrong = words.split("\n\ntell(")[0] + '\n\ntell("feedback.submitted", "c-1", kind="stars", type="five", score="five")\n'
        result = subprocess.run([sys.executable, "-c", wrong], capture_output=True, text=True, timeout=60)
        if not result.returncode or "ValueError: score: " not in result.stderr:
            yield f"README's lines say of a refusal {result}"
        # What is kept under a name that no figure knows is told, and no more than that.
        odd = words.split("\n\ntell(")[0] + '\n\ntell("llm.call", "c-2", provider="openai", request_model="gpt-4o-mini", prompt_tokens=5)\n'
        result = subprocess.run([sys.executable, "-c", odd], capture_output=True, text=True, timeout=60)
        if result.returncode or result.stdout or "input_tokens" not in result.stderr:
            yield f"README's lines say of a warning {result}"
        told = server.sql("select outcome, resolved_by, resolved_certainty, escalations, escalation_reason, score, turns from conversations "
                          "where conversation_id = 'c-1'")
        if [str(value) for value in told[0]] != ["resolved", "agent", "confirmed", "1", "user_request", "5", "2"]:
            yield f"the conversation says {told}"
        turns = server.sql("select input_tokens, escalated, score from turns where conversation_id = 'c-1' order by time")
        if [[str(value).lower() for value in row] for row in turns] != [["100", "false", "none"], ["200", "true", "5"]]:
            yield f"the turns say {turns}"
        if not wait_for(lambda: server.sql("select closed_reason from conversations order by conversation_id") == [["idle"], ["idle"]]):
            yield f"silence closed {server.sql('select conversation_id, closed_time, closed_reason from conversations')}"
        late = server.sql("select conversation_id from conversations where closed_time <> last_activity_time + interval '10 seconds'")
        if late:
            yield f"closed at another time than after the silence: {late}"
        def standing():
            text = server.get("/metrics?format=text")[2].decode()
            counted, taken = "support_conversations_closed_total", "support_conversations_closed_corrected_total"
            return total(text, counted, reason="idle") - total(text, taken, reason="idle")

        if not wait_for(lambda: standing() == 2):
            text = server.get("/metrics?format=text")[2].decode()
            yield "the counter of closed conversations: " + str([line for line in text.splitlines() if "conversation" in line and line[0] != "#"])
        found = json.loads(server.get("/v1/reports/outcomes")[2])
    finally:
        server.stop()
    time.sleep(1)
    apart = Commands(plimsoll, data=data)
    for name, options, wanted in [("silence-resolves-1", [], ["2", "1"]), ("house-1", ["--rule", "house-1"], ["1", "0"])]:
        summary = apart.report("outcomes", *options)
        row, certainty = summary["outcomes"][0], summary["certainty"][0]
        if row["rule"] != name or [str(row["resolved"]), str(certainty["assumed"])] != wanted or str(certainty["confirmed"]) != "1":
            yield f"by {name} the report says {row}, {certainty}"
    if found["outcomes"] != apart.report("outcomes")["outcomes"]:
        yield f"the server said {found['outcomes']}"


def sent(plimsoll, folder):
    """What README.md has whoever sends events paste: a call alone, then a whole turn, of which the reports show what it says. As text."""
    server = Server(plimsoll, os.path.join(folder, "sent"))
    server.start()
    try:
        blocks = [block.replace("127.0.0.1:8910", f"127.0.0.1:{server.port}") for block in code_blocks("For the agent developer: send events")]
        call, turn = (next(block for block in blocks if block.startswith("curl ") and kind in block) for kind in ("cloudevents+json", "cloudevents-batch+json"))
        turn = turn.split("\n\nplimsoll ")[0]
        for command, events in ((call, 1), (turn, 6)):
            told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60).stdout
            answer = json.loads(told or "{}")
            if answer.get("accepted") != events or answer.get("rejected") or answer.get("warnings"):
                yield f"README's {events} events were answered {told}"
            levels = {row["objective"]: row for row in json.loads(server.get("/v1/reports/sla")[2])["objectives"]}
            samples = {name: int(row["samples"] or 0) for name, row in levels.items()}
            if events == 1 and samples["availability"] + samples["answer_p50"]:
                yield f"a call alone has the samples {samples}"
        if set(samples.values()) != {1}:
            yield f"a whole turn has the samples {samples}"
        wanted = {"availability": 1.0, "answer_p50": 1.9, "first_token_p50": 0.6}
        for name, value in wanted.items():
            actual = levels[name]["actual"]
            if float(actual["value"] if isinstance(actual, dict) else actual) != value:
                yield f"{name} is {actual}, README says {value}"
        found = json.loads(server.get("/v1/reports/outcomes")[2])
        row = found["outcomes"][0]
        if [str(row[name]) for name in ("closed", "resolved", "ratings")] != ["1", "1", "1"] or str(found["certainty"][0]["confirmed"]) != "1":
            yield f"the outcomes of a whole turn are {row}, {found['certainty']}"
        if [finding["finding"] for finding in json.loads(server.get("/v1/reports/doctor")[2])["findings"]] != ["all is well"]:
            yield "what README sends has to be mended"
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description="What README.md has applications say of outcomes, beside spans, and what silence says.")
    parser.add_argument("--plimsoll", required=True)
    folder = tempfile.mkdtemp(prefix="plimsoll-outcomes-")
    try:
        plimsoll = parser.parse_args().plimsoll
        found = [*problems(plimsoll, folder), *sent(plimsoll, folder)]
    except (CommandFailed, subprocess.TimeoutExpired) as error:
        found = [str(error)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(found)} problems", *(f"  {line}" for line in found), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
