#!/usr/bin/env python3
"""Stores that other versions wrote must open, verify, answer as they did and go on. Each is a folder of `Tests/Fixtures`: the store's files
(the log without the zeros behind its last record), what it answered to the version that wrote it, and the events that were sent to it.
`counters-N` and `state-N` are named by the version of the counters or of the state file that they hold. `places-10` and `state-12` have turns
in their segments with the channel of their answers, as state versions up to 12 had them: which channel a turn has they answer as the versions
since do, which go by the question.

usage: older_stores.py --plimsoll BINARY [--fixtures FOLDER]
       older_stores.py --plimsoll BINARY --write FOLDER/NAME     a new one, written by this executable
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from outside.otlp import json_span
from outside.plimsoll import Commands, CommandFailed, Server

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures")
QUESTIONS = [
    "select type, count(*) as events from events group by 1 order by 1",
    "select position, id, provider, request_model, input_tokens, output_tokens, cost_usd, cost_low_usd, cost_high_usd, price_state from llm_call"
    " order by position",
    "select position, id, source, time, received_time, conversation_id, user_id, trace_id from events order by position",
    "select conversation_id, turn, asked_time, time, status, duration_ns, input_tokens, cost_usd, llm_calls from turns order by 1, 2, 3",
    "select turn, channel from turns where conversation_id = 'moved' order by 1",
    "select conversation_id, turns, answers, errors, input_tokens, output_tokens, cost_usd, price_state, escalations, score, topic"
    " from conversations order by tenant, conversation_id",
    "select provider, model, sum(events) as calls, sum(input_tokens_sum) as input_tokens, sum(cost_usd_sum) as cost_usd"
    " from rollup_llm_call_1d group by 1, 2 order by 1, 2",
]


def trace(number, ended):
    """A turn of an agent with one model call, whose cached tokens are read by convention."""
    root = json_span(number, number * 10 + 1, 0, "invoke_agent support", ended - 10**9, ended, gen_ai__operation__name="invoke_agent",
                     gen_ai__agent__name="support", gen_ai__conversation__id=f"traced-{number}")
    call = json_span(number, number * 10 + 2, number * 10 + 1, "chat", ended - 10**8, ended - 10**7, gen_ai__operation__name="chat",
                     gen_ai__provider__name="openai", gen_ai__request__model="gpt-4o-mini", gen_ai__usage__input_tokens=100 * number,
                     gen_ai__usage__output_tokens=10, gen_ai__usage__cache_read__input_tokens=50)
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {"name": "test", "version": "1"}, "spans": [root, call]}]}]}


def event(kind, identity, **data):
    return {"specversion": "1.0", "id": identity, "source": "older-stores", "type": kind, "data": data}


def call(identity, model):
    return event("llm.call", identity, provider="acme", request_model=model, conversation_id="told", turn=1, input_tokens=1000, output_tokens=10,
                 status="ok")


def price(model, token_class, usd):
    return event("price.set", f"{model}/{token_class}/{usd}", provider="acme", model=model, token_class=token_class, usd_per_million_tokens=usd,
                 valid_from="2020-01-01T00:00:00Z")


def batches():
    """What is posted one after the other: calls before and after their prices, a rating, an outcome."""
    yield [event("message.received", "q", conversation_id="told", turn=1, user_id="u-1"), call("before-any-price", "late"),
           call("before-a-change", "changed")]
    yield [price("late", name, "2") for name in ("input", "output")] + [price("changed", name, "1") for name in ("input", "output")]
    yield [call("after-a-price", "changed"), event("message.sent", "a", conversation_id="told", turn=1, status="ok", duration_ns=5)]
    yield [price("changed", name, "3") for name in ("input", "output")]
    yield [call("after-a-change", "changed"), event("feedback.submitted", "f", conversation_id="told", turn=1, score=4, scale=5),
           event("conversation.resolved", "r", conversation_id="told", by="agent", certainty="confirmed")]


def moved():
    """Answers that go out elsewhere than their questions came in: to one of the web, to one that names no channel, to none."""
    for number, (kind, turn, channel) in enumerate([("message.received", 1, "web"), ("message.sent", 1, "email"), ("message.received", 2, None),
                                                    ("message.sent", 2, "email"), ("message.sent", 3, "chat")]):
        data = {"conversation_id": "moved", "turn": turn} | ({"channel": channel} if channel else {})
        yield event(kind, f"moved-{number}", **data) | {"time": f"2026-08-03T09:30:{number:02}Z"}


def lines(events):
    return "".join(json.dumps(one) + "\n" for one in events)


def send(server, sent, batch):
    # Told the same way again they must be known, so they have a time.
    for one in batch:
        one["time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with open(sent, "a", encoding="utf-8") as file:
        file.write(lines(batch))
    server.post("/v1/events", lines(batch).encode(), "application/x-ndjson")


def until(holds, otherwise):
    ends = time.monotonic() + 60
    while not holds():
        if time.monotonic() > ends:
            raise CommandFailed(otherwise)
        time.sleep(0.2)


def evaluated(document):
    """How many groups of rules were evaluated, of how many."""
    groups = document["data"]["groups"]
    return sum(not group["lastEvaluation"].startswith("1970") for group in groups), len(groups)


def write(plimsoll, fixture):
    """A store with sealed and unsealed events, settled traces, late prices, a correction, and states of rules that were there when it was sealed
    last; beside it what it answers."""
    data, sent = os.path.join(fixture, "store"), os.path.join(fixture, "sent.ndjson")
    os.makedirs(fixture)
    traffic = subprocess.run([plimsoll, "workload", "--events", "150", "--seed", "9"], capture_output=True, check=True, timeout=60).stdout
    with open(sent, "wb") as file:
        file.write(traffic + lines(moved()).encode())
    Commands(plimsoll, data=data).import_file(sent)
    server = Server(plimsoll, data)
    server.start()
    try:
        for number in (1, 2):
            server.post("/v1/traces", json.dumps(trace(number, time.time_ns())).encode(), "application/json")
        for batch in batches():
            send(server, sent, batch)
        subprocess.run([plimsoll, "prices", "rebook", "--provider", "acme", "--model", "changed", "--yes", "--server", server.url],
                       capture_output=True, check=True, timeout=60)
        asked = Commands(plimsoll, server=server.url)
        until(lambda: asked.rows("select count(*) from message_sent where conversation_id like 'traced-%'")[0][0] >= 2, "the traces did not settle")
        until(lambda: len(set(evaluated(json.loads(server.get("/api/v1/rules")[2])))) == 1, "not all rules were evaluated")
        # How rules stand is noted behind their evaluation.
        time.sleep(2)
    finally:
        server.stop()
    commands = Commands(plimsoll, data=data)
    # An import seals what there is.
    last = os.path.join(fixture, "last.ndjson")
    with open(last, "w", encoding="utf-8") as file:
        file.write(lines([{**call("sealed-with-rules", "changed"), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}]))
    commands.import_file(last)
    with open(last, encoding="utf-8") as file, open(sent, "a", encoding="utf-8") as all_sent:
        all_sent.write(file.read())
    os.unlink(last)
    server.start()
    try:
        send(server, sent, [call("not-sealed", "changed")])
    finally:
        server.stop()
    answers = [{"sql": sql, "rows": commands.rows(sql)} for sql in QUESTIONS]
    with open(os.path.join(fixture, "answers.json"), "w", encoding="utf-8") as file:
        json.dump(answers, file, indent=1)
    lengths = {}
    for name in sorted(os.listdir(os.path.join(data, "log"))):
        path = os.path.join(data, "log", name)
        with open(path, "rb") as file:
            content = file.read()
        lengths[name] = len(content)
        with open(path, "wb") as file:
            file.write(content.rstrip(b"\0"))
    os.unlink(os.path.join(data, "LOCK"))
    with open(os.path.join(fixture, "log-lengths.json"), "w", encoding="utf-8") as file:
        json.dump(lengths, file)


def state_version(store):
    """Of the last state file."""
    folder = os.path.join(store, "segments")
    last = max(int(name.removeprefix("state-")) for name in os.listdir(folder) if name.startswith("state-"))
    with open(os.path.join(folder, f"state-{last}"), "rb") as file:
        return file.read(1)[0]


def problems(plimsoll, fixture, folder):
    data = os.path.join(folder, "store")
    kind, _, number = os.path.basename(fixture).partition("-")
    if kind == "state" and state_version(os.path.join(fixture, "store")) != int(number):
        yield f"its state has version {state_version(os.path.join(fixture, 'store'))}"
    shutil.copytree(os.path.join(fixture, "store"), data)
    os.chmod(os.path.join(data, "keys"), 0o700)
    for name in os.listdir(os.path.join(data, "keys")):
        os.chmod(os.path.join(data, "keys", name), 0o600)
    with open(os.path.join(fixture, "log-lengths.json"), encoding="utf-8") as file:
        for name, length in json.load(file).items():
            os.truncate(os.path.join(data, "log", name), length)
    commands = Commands(plimsoll, data=data)
    commands.run("verify", "--data", data)
    with open(os.path.join(fixture, "answers.json"), encoding="utf-8") as file:
        answers = json.load(file)
    if not answers or not all(answer["rows"] for answer in answers):
        yield "a question without an answer checks nothing"
    for answer in answers:
        found = commands.rows(answer["sql"])
        if found != answer["rows"]:
            different = [pair for pair in zip(answer["rows"], found) if pair[0] != pair[1]]
            yield f"{answer['sql']}: {len(answer['rows'])} rows then, {len(found)} now, first difference {different[:1]}"
    if kind == "state" and int(number) >= 12:
        known, all_groups = evaluated(json.loads(commands.run("alerts", "status", "--format", "json", "--data", data)))
        if known != all_groups or not known:
            yield f"of {all_groups} groups of rules it knows how {known} stand"
    # It goes on: what was sent is known, what is new is taken, and all of it is sound.
    summary = commands.import_file(os.path.join(fixture, "sent.ndjson"))
    if summary["accepted"] != 0 or summary["rejected"] != 0:
        yield f"sent again: {summary}"
    server = Server(plimsoll, data)
    server.start()
    try:
        server.post("/v1/events", lines([call("gone-on", "changed")]).encode(), "application/x-ndjson")
    finally:
        server.stop()
    rows = commands.rows("select cost_usd from llm_call where id = 'gone-on'")
    if len(rows) != 1 or float(rows[0][0]) != 0.00303:
        yield f"a call at the price of then costs {rows}"
    commands.run("verify", "--data", data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--fixtures", default=FIXTURES)
    parser.add_argument("--write")
    arguments = parser.parse_args()
    if arguments.write:
        write(os.path.abspath(arguments.plimsoll), arguments.write)
        return 0
    # A store that was written has its answers beside it.
    names = sorted(name for name in os.listdir(arguments.fixtures) if os.path.exists(os.path.join(arguments.fixtures, name, "answers.json")))
    found = [] if names else ["there are no fixtures"]
    for name in names:
        with tempfile.TemporaryDirectory(prefix="plimsoll-older-") as folder:
            try:
                found += [f"{name}: {problem}" for problem in problems(arguments.plimsoll, os.path.join(arguments.fixtures, name), folder)]
            except CommandFailed as failure:
                found.append(f"{name}: {failure}")
    for problem in found:
        print(problem)
    print(f"{len(names)} stores of other versions, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
