#!/usr/bin/env python3
"""Real agents of real frameworks talk to a fake model server and export their spans: what the server tells must be what the model server served.

usage: live_frameworks.py --plimsoll BINARY [--only langgraph,pydantic-ai,readme,sdk]

Each framework exports at once to three servers: as protocol buffers, as JSON, and to the third in both encodings, so each span comes there
twice. All three must have the same events, column by column, and their figures must equal the ledger of the model server.

`readme` does word for word what README.md tells the developer of a bot to do, from its environment to the answers it promises.
"""
import argparse
import collections
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from live_players import PLAYERS, SCENARIO
from outside.fake_models import DATED, FakeModels
from outside.metrics_text import total
from outside.money import pico
from outside.plimsoll import CommandFailed, Server
from outside.readme import code_blocks

FOLDER = os.path.dirname(os.path.abspath(__file__))
# USD per million tokens, none of them a list price: (input, cache_read, output).
PRICES = {"gpt-4.1-mini": ("0.31", "0.07", "1.9"), "gpt-4.1": ("2.3", "0.6", "8.7"), "gpt-5-mini": ("0.27", "0.03", "2.1")}
PRICES |= {DATED[model]: prices for model, prices in PRICES.items()}
CLASSES = {"input": "input_tokens", "output": "output_tokens", "cached": "cache_read_tokens", "reasoning": "reasoning_tokens"}
TABLES = ("span_received", "message_received", "llm_call", "tool_call", "agent_run", "usage_reported", "message_sent")
# When and in which order events came is the one thing that may differ.
OF_ARRIVAL = {"position", "received_time"}
# OpenInference calls LangGraph's graph a chain, so there are no runs of agents.
WITHOUT_RUNS = {"langgraph"}
# Of a streamed answer it tells the model that was asked for, not the one that answered.
WITHOUT_STREAMED_MODEL = {"langgraph"}


def price_lines():
    for model, prices in PRICES.items():
        for token_class, price in zip(("input", "cache_read", "output"), prices):
            data = {"provider": "openai", "model": model, "token_class": token_class, "usd_per_million_tokens": price,
                    "valid_from": "2026-01-01T00:00:00Z"}
            moment = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
            yield json.dumps({"specversion": "1.0", "id": f"{model}/{token_class}", "source": "test", "type": "price.set", "time": moment,
                              "data": data})


def cost(tokens, model):
    """Picodollars of one call, exactly."""
    paid_in, paid_cached, paid_out = (pico(price) // 10**6 for price in PRICES[model])
    return (tokens["input"] - tokens["cached"]) * paid_in + tokens["cached"] * paid_cached + tokens["output"] * paid_out


class Expected:
    """What the ledger and the scenario say of a conversation."""

    def __init__(self, ledger, conversation):
        calls = [entry for entry in ledger if entry["conversation"] == conversation and entry["status"] != 429]
        self.calls, self.failed = len(calls), sum(entry["status"] != 200 for entry in calls)
        self.tools = collections.Counter(tool for entry in calls for tool in entry["tools"])
        self.tokens = collections.Counter()
        for entry in calls:
            self.tokens.update(entry["tokens"])
        self.cost = sum(cost(entry["tokens"], entry["model"]) for entry in calls if entry["tokens"])


def figures(server, framework, ledger):
    """(what, expected, found) of every figure."""
    def rows(sql):
        return server.sql(sql)

    sums = ",".join(f"coalesce(sum({column}),0)" for column in CLASSES.values())
    for conversation, user, channel, model, streamed, turns in SCENARIO:
        wanted, where = Expected(ledger, conversation), f"where conversation_id='{conversation}'"
        tokens = [wanted.tokens[name] for name in CLASSES]
        failed_turns = int(wanted.failed > 0)
        found = rows(f"select count(*),count(*) filter (where status='error'),{sums},coalesce(sum(cost_usd),0) from llm_call {where}")[0]
        yield f"{conversation}: calls", [wanted.calls, wanted.failed], [int(value) for value in found[:2]]
        yield f"{conversation}: tokens", tokens, [int(value) for value in found[2:6]]
        yield f"{conversation}: cost", wanted.cost, pico(found[6])
        told = model if wanted.failed or streamed and framework in WITHOUT_STREAMED_MODEL else DATED[model]
        yield f"{conversation}: models", [[told]], rows(f"select distinct model from llm_call {where}")
        yield f"{conversation}: tools", dict(wanted.tools), {name: int(count) for name, count in rows(
            f"select tool,count(*) from tool_call {where} group by 1")}
        yield f"{conversation}: failed tools", wanted.tools["create_ticket"], int(rows(
            f"select count(*) from tool_call {where} and status='error'")[0][0])
        for table in ("message_received", "message_sent") + (() if framework in WITHOUT_RUNS else ("agent_run",)):
            yield f"{conversation}: {table}", len(turns), int(rows(f"select count(*) from {table} {where}")[0][0])
        yield f"{conversation}: failed answers", failed_turns, int(rows(f"select count(*) from message_sent {where} and status='error'")[0][0])
        yield f"{conversation}: users and channels", [[True, channel]], rows(
            f"select distinct user_id=user_token('{user}'),channel from events {where}")
        page = json.loads(server.get("/v1/conversations/" + conversation)[2])
        yield f"{conversation}: its page", [wanted.cost, len(turns), tokens], [
            pico(page.get("cost_usd") or 0), page.get("turns"), [page.get(column) for column in CLASSES.values()]]
    served = [entry for entry in ledger if entry["status"] == 200]
    yield "calls", sum(entry["status"] != 429 for entry in ledger), int(rows("select count(*) from llm_call")[0][0])
    yield "strange types", [], [row[0] for row in rows("select distinct type from events") if row[0].replace(".", "_") not in (*TABLES, "price_set")]
    yield "dead letters", 0, int(rows("select count(*) from dead_letters")[0][0])
    text = server.get("/metrics?format=text")[2].decode()
    for name in ("input", "output"):
        yield f"{name} tokens of /metrics", sum(entry["tokens"][name] for entry in served), total(text, f"support_llm_{name}_tokens_total")


def table(server, name):
    """Each event of a type as a dict, without what tells of its arrival."""
    status, _, body = server.post("/v1/sql", json.dumps({"sql": f"select * from {name} order by id"}).encode(), "application/json")
    if status != 200:
        raise CommandFailed(f"{name}: {status} {body[:500]!r}")
    document = json.loads(body)
    names = [column["name"] for column in document["columns"]]
    return [{key: value for key, value in zip(names, row) if key not in OF_ARRIVAL} for row in document["rows"]]


def differences(servers):
    """What is not the same in all servers."""
    first, *others = servers
    for name in TABLES:
        wanted = table(servers[first], name)
        for other in others:
            found = table(servers[other], name)
            if len(found) != len(wanted):
                yield f"{name}: {len(wanted)} by {first}, {len(found)} by {other}"
            for one, another in zip(wanted, found):
                columns = [key for key in one if one[key] != another[key]]
                if columns:
                    yield f"{name} {one['id']}: {columns[0]} is {one[columns[0]]!r} by {first}, {another[columns[0]]!r} by {other}"
                    break


def play(plimsoll, framework, folder):
    """Problems, as text."""
    models, servers = FakeModels(), {name: Server(plimsoll, os.path.join(folder, name)) for name in ("protobuf", "json", "both")}
    try:
        for name, server in servers.items():
            if name != "protobuf":
                # With one key all servers give a user the same token.
                os.makedirs(os.path.join(folder, name, "keys"), mode=0o700)
                shutil.copy(os.path.join(folder, "protobuf/keys/store.key"), os.path.join(folder, name, "keys/store.key"))
            server.start()
            server.post("/v1/events", "\n".join(price_lines()).encode(), "application/x-ndjson")
        targets = [argument for encoding in ("protobuf", "json") for name in (encoding, "both")
                   for argument in ("--" + encoding, servers[name].url)]
        command = [sys.executable, os.path.join(FOLDER, "live_players.py"), framework, "--models", models.url, *targets]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if result.returncode != 0 or "Failed to export" in result.stderr:
            yield f"the player ended with {result.returncode}: {(result.stdout + result.stderr)[-2000:]}"
            return
        for name, server in servers.items():
            server.settle()
            for what, wanted, found in figures(server, framework, models.ledger):
                if wanted != found:
                    yield f"{name}: {what}: {found}, expected {wanted}"
        yield from differences(servers)
        # A check that cannot fail would be none.
        changed = [{**entry, "tokens": entry["tokens"] and entry["tokens"] | {"output": entry["tokens"]["output"] + 1}} for entry in models.ledger]
        unseen = {conversation for conversation, *_, turns in SCENARIO} - {"conv-error"} - {
            what.split(":")[0] for what, wanted, found in figures(servers["json"], framework, changed) if wanted != found and "cost" in what}
        if unseen:
            yield f"a token more was not seen in {sorted(unseen)}"
        if models.strange:
            yield f"asked for {models.strange}"
        if {entry["status"] for entry in models.ledger} != {200, 400, 429}:
            yield "the scenario was not played"
    finally:
        models.stop()
        for server in servers.values():
            server.stop()


def follow_readme(plimsoll, _, folder):
    """Problems, as text."""
    bot, shell = code_blocks("For the agent developer: point OpenTelemetry here")[:2]
    with open(os.path.join(folder, "bot.py"), "w", encoding="utf-8") as file:
        file.write(bot)
    os.symlink(os.path.abspath(plimsoll), os.path.join(folder, "plimsoll"))
    models, server = FakeModels(), Server(plimsoll, os.path.join(folder, "data"))
    path = os.pathsep.join([folder, os.path.dirname(os.path.abspath(sys.executable)), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": models.url}

    def run(lines):
        """What the lines print when they speak with our server."""
        script = "set -e\n" + "\n".join(lines).replace("127.0.0.1:8910", f"127.0.0.1:{server.port}")
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120, cwd=folder, env=environment)
        if result.returncode != 0 or result.stderr:
            raise CommandFailed(f"{script}: {result.returncode} {result.stderr[-2000:]}")
        return result.stdout

    try:
        server.start()
        commands, promised = shell.split("\n\n ")
        told = [line for line in commands.splitlines() if line and not line.startswith("pip install ")]
        place = next(number for number, line in enumerate(told) if line.startswith("opentelemetry-instrument"))
        run(told[:place + 1])
        server.settle()
        page, calls, conversations = (run([line]) for line in told[place + 1:])
        tokens = [entry["tokens"] for entry in models.ledger]
        # List prices of the model, in picodollars.
        costs = [150_000 * one["input"] + 600_000 * one["output"] for one in tokens]
        if len(costs) != 2 or pico(json.loads(page)["cost_usd"]) != sum(costs) or len(json.loads(page)["turn_list"]) != 2:
            yield f"the conversation is {page[:1500]}, the ledger {models.ledger}"
        found = [[part.strip() for part in line.split("|")] for line in calls.splitlines()[2:4]]
        if [[row[1], int(row[2]), int(row[3]), pico(row[4])] for row in found] != [
                [entry["model"], entry["tokens"]["input"], entry["tokens"]["output"], one] for entry, one in zip(models.ledger, costs)]:
            yield f"the calls are {calls}, the ledger {models.ledger}"
        lines = [line.rstrip() for line in conversations.splitlines()[:3]]
        if lines != [line.rstrip() for line in (" " + promised).splitlines()]:
            yield f"promised is\n {promised}\nand found is\n{conversations}"
    finally:
        models.stop()
        server.stop()


def main():
    parser = argparse.ArgumentParser(description="Let agents of real frameworks talk and compare what was told with what was served.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--only", default=",".join(sorted([*PLAYERS, "readme"])))
    arguments = parser.parse_args()
    problems = 0
    for framework in arguments.only.split(","):
        folder, began = tempfile.mkdtemp(prefix="plimsoll-live-"), time.monotonic()
        try:
            found = list((follow_readme if framework == "readme" else play)(arguments.plimsoll, framework, folder))
        except (CommandFailed, subprocess.TimeoutExpired) as error:
            found = [str(error)]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        problems += len(found)
        print(f"{framework}: {len(found)} problems, {time.monotonic() - began:.1f} s", *(f"  {line}" for line in found[:40]), sep="\n", flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
