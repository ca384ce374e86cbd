#!/usr/bin/env python3
"""Posts folders of captured OTLP requests to a real server and compares what its tables say with each folder's expected.json.

usage: captures.py --plimsoll BINARY --captures DIR [--only NAME,…] [--ways sent,again,shuffled,single,late,never,rewritten,killed] [--seed N]

sent: as they came, with the recorded headers · again: every request twice · shuffled: spans in another order over other requests ·
single: one span a request · late: spans that are parents only after the others settled · never: without spans that are roots ·
rewritten: ids renamed, tokens scaled, model spans wrapped · killed: SIGKILL after the last answer, then a start on the same directory
"""
import argparse
import copy
import glob
import gzip
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import zlib

from outside import otlp
from outside.plimsoll import Server

CLASSES = {"input": "input_tokens", "output": "output_tokens", "cached": "cache_read_tokens", "cache_write": "cache_write_tokens",
           "reasoning": "reasoning_tokens"}
WAYS = ("sent", "again", "shuffled", "single", "late", "never", "rewritten", "killed")


class Capture:
    def __init__(self, folder):
        self.folder, self.name = folder, os.path.basename(folder.rstrip("/"))
        with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
            self.expected = json.load(file)
        self.requests = []
        for path in sorted(glob.glob(os.path.join(folder, "*.traces.meta.json"))):
            with open(path, encoding="utf-8") as file:
                meta = json.load(file)
            body = self.read(meta["body_file"])
            headers = {name.title(): value for name, value in meta["headers"]}
            kept = {name: headers[name] for name in ("Content-Type", "Content-Encoding") if name in headers}
            wire = self.read(meta["wire_file"]) if "wire_file" in meta else body
            if kept.get("Content-Encoding", "identity") == "gzip" and "wire_file" not in meta:
                wire = gzip.compress(body)
            self.requests.append((meta["path"], kept, wire, body))
        self.spans = []
        for _, headers, _, body in self.requests:
            self.spans += otlp.read_json(body) if "json" in headers["Content-Type"] else otlp.read_protobuf(body)

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()


def post(server, path, headers, body, problems):
    status, _, answer = server.request("POST", path, body, headers)
    if status != 200 or answer not in (b"", b"{}"):
        problems.append(f"{path}: status {status}, answer {answer[:300]!r}")


def post_spans(server, spans, size, problems):
    """The spans in requests of about `size`, in three encodings by turns."""
    for number, first in enumerate(range(0, len(spans), size)):
        body = otlp.write_protobuf(spans[first:first + size])
        headers = {"Content-Type": "application/x-protobuf"}
        if number % 3 == 1:
            body, headers = gzip.compress(body), headers | {"Content-Encoding": "gzip"}
        elif number % 3 == 2:
            body, headers = zlib.compress(body), headers | {"Content-Encoding": "deflate"}
        post(server, "/v1/traces", headers, body, problems)


def rows(server, sql):
    return server.sql(sql)


def token_sums(server, where="true"):
    columns = ",".join(f"sum({column}),count({column})" for column in CLASSES.values())
    row = rows(server, f"select {columns} from llm_call where {where}")[0]
    return counted({name: int(row[2 * place]) for place, name in enumerate(CLASSES) if int(row[2 * place + 1]) > 0})


def counted(tokens):
    """Without zeros: a failed call that states none is as one that states nothing."""
    return {name: count for name, count in tokens.items() if count}


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def differences(server, semantic, facts):
    """One line for each figure that is not as expected."""
    def check(what, found, expected):
        if found != expected:
            yield f"{what}: {found}, expected {expected}"

    def count(sql):
        return int(rows(server, sql)[0][0])

    if facts:
        yield from check("spans", count("select count(*) from span_received"), facts["distinct_span_ids"])
    yield from check("model calls", count("select count(*) from llm_call"), semantic["llm_calls"])
    yield from check("failed calls", count("select count(*) from llm_call where status='error'"), semantic["llm_calls_failed"])
    yield from check("streamed calls", count("select count(*) from llm_call where stream"), semantic["llm_calls_marked_streaming"])
    yield from check("tokens", token_sums(server), counted(semantic["llm_tokens_total"]))
    for model, value in semantic["llm_by_model"].items():
        where = f"model={quoted(model)}"
        yield from check(f"calls of {model}", count(f"select count(*) from llm_call where {where}"), value["calls"])
        yield from check(f"failed calls of {model}", count(f"select count(*) from llm_call where {where} and status='error'"), value["failed"])
        yield from check(f"tokens of {model}", token_sums(server, where), counted(value["tokens"]))
    yield from check("embedding calls", count("select count(*) from embedding_call"), semantic["embedding_calls"])
    for model, value in semantic["embedding_by_model"].items():
        found = count(f"select coalesce(sum(input_tokens),0) from embedding_call where model={quoted(model)}")
        yield from check(f"embedding tokens of {model}", found, value["tokens"].get("input", 0))
    tools = {name: int(number) for name, number in rows(server, "select tool,count(*) from tool_call group by 1")}
    yield from check("tool calls", tools, semantic["tool_calls_by_name"])
    yield from check("failed tools", count("select count(*) from tool_call where status='error'"), semantic["tool_calls_failed"])
    yield from check("retrievals", count("select count(*) from retrieval_query"), semantic["retrievals"])
    yield from check("hand-offs", count("select count(*) from agent_handoff"), semantic["handoffs"])
    yield from check("agent runs", count("select count(*) from agent_run"), semantic["agent_runs"])
    ids = {row[0] for row in rows(server, "select distinct conversation_id from events where conversation_id is not null")}
    yield from check("conversations", sorted(ids), semantic["conversation_ids"])
    users = count("select count(distinct user_id) from events where type<>'span.received'")
    yield from check("users", users, len(semantic["user_ids"]))
    for user in semantic["user_ids"]:
        if count(f"select count(*) from events where user_id=user_token({quoted(user)})") == 0:
            yield f"user {user} is unknown"
    for conversation, value in semantic["conversations"].items():
        where = f"conversation_id={quoted(conversation)}"
        yield from check(f"calls in {conversation}", count(f"select count(*) from llm_call where {where}"), value["llm_calls"])
        yield from check(f"tools in {conversation}", count(f"select count(*) from tool_call where {where}"), value["tool_calls"])
        yield from check(f"tokens in {conversation}", token_sums(server, where), counted(value["tokens"]))
        read = rows(server, f"select coalesce(sum(input_tokens),0),count(*) from conversations where {where}")[0]
        embedded = count(f"select coalesce(sum(input_tokens),0) from embedding_call where {where}")
        yield from check(f"row of {conversation}", (int(read[0]), int(read[1])), (value["tokens"].get("input", 0) + embedded, 1))


def leaks(server, capture):
    """Texts of messages and users that stand in the tables in clear."""
    words = [user for user in capture.expected["semantic"]["user_ids"] if len(user) > 4]
    table = json.dumps(rows(server, "select span_attributes,resource_attributes,unknown_attributes,span_events from span_received"), ensure_ascii=False)
    for word in words + ["@example.com", "Delivery takes"]:
        if word in table:
            yield f"{word!r} stands in span_received in clear"


def renamed(identity, salt, size):
    return hashlib.sha256(salt + identity).digest()[:size] if identity else identity


def rewritten(capture, generator):
    """The spans with other ids and scaled tokens, each model span that has no model span around it wrapped twice, and what they come to."""
    scale, salt = generator.randint(2, 9), generator.randbytes(8)
    spans = copy.deepcopy(capture.spans)
    conversations = {name: f"k{generator.randrange(10**9)}" for name in capture.expected["semantic"]["conversation_ids"]}

    def text(value):
        for old, new in conversations.items():
            value = value.replace(old, new)
        return value

    def changed(name, value):
        kind, content = value
        if kind == "int" and ("token" in name or "usage" in name) and "time_" not in name and "per_" not in name:
            return kind, content * scale
        if kind == "string":
            content = text(content)
            if name in ("usage", "gen_ai.usage.raw", "langfuse.observation.usage_details"):
                content = json.dumps(scaled(json.loads(content)))
            return kind, content
        if kind == "array":
            return kind, [changed(name, one) for one in content]
        return value

    def scaled(document):
        if isinstance(document, dict):
            return {key: scaled(value) if key != "requests" else value for key, value in document.items()}
        return document * scale if isinstance(document, int) and not isinstance(document, bool) else document

    added = []
    for resource, scope, span in spans:
        for name in ("trace_id", "span_id", "parent_span_id"):
            span[name] = renamed(span[name], salt, 16 if name == "trace_id" else 8)
        span["attributes"] = {name: changed(name, value) for name, value in span["attributes"].items()}
        if generator.random() < 0.3 and span["parent_span_id"]:
            wrapper = {**copy.deepcopy(span), "span_id": renamed(span["span_id"], b"wrapper", 8), "name": "wrapper", "kind": 1,
                       "attributes": {"gen_ai.usage.input_tokens": ("int", 4711), "gen_ai.request.model": ("string", "m")}, "events": [], "status": 0}
            span["parent_span_id"] = wrapper["span_id"]
            added.append((resource, {"name": "my.wrappers", "version": ""}, wrapper))
    expected = copy.deepcopy(capture.expected["semantic"])

    def multiply(tokens):
        return {name: count * scale for name, count in tokens.items()}

    expected["llm_tokens_total"] = multiply(expected["llm_tokens_total"])
    for group in ("llm_by_model", "embedding_by_model"):
        for value in expected[group].values():
            value["tokens"] = multiply(value["tokens"])
    expected["conversation_ids"] = sorted(conversations.values())
    expected["conversations"] = {conversations[name]: value | {"tokens": multiply(value["tokens"])}
                                 for name, value in expected["conversations"].items()}
    return spans + added, expected


def run(server, capture, way, generator, problems):
    """Posts in one way; returns what is expected, nothing where only counts of leaves hold."""
    semantic, facts = capture.expected["semantic"], capture.expected["facts"]
    spans = list(capture.spans)
    if way in ("sent", "again", "killed"):
        for _ in range(2 if way == "again" else 1):
            for path, headers, wire, _ in capture.requests:
                post(server, path, headers, wire, problems)
        if way == "killed":
            server.kill()
            server.start()
    elif way == "shuffled":
        generator.shuffle(spans)
        post_spans(server, spans + spans[:len(spans) // 3], 17, problems)
    elif way == "single":
        post_spans(server, spans, 1, problems)
    elif way == "late":
        parents = {span["parent_span_id"] for _, _, span in spans}
        post_spans(server, [one for one in spans if one[2]["span_id"] not in parents], 20, problems)
        server.settle()
        post_spans(server, [one for one in spans if one[2]["span_id"] in parents], 20, problems)
    elif way == "never":
        post_spans(server, [one for one in spans if one[2]["parent_span_id"]], 20, problems)
        return never(semantic, spans), None
    elif way == "rewritten":
        spans, semantic = rewritten(capture, generator)
        post_spans(server, spans, 20, problems)
        facts = None
    return semantic, facts


def never(semantic, spans):
    """Without roots: leaves are counted as before; what only a root knew is unknown, so conversations and runs are not compared."""
    has_leaf_root = any(not span["parent_span_id"] and span["kind"] == 3 for _, _, span in spans)
    return None if has_leaf_root else semantic | {"leaves_only": True}


def compare(server, semantic, facts):
    if semantic is None:
        return
    if semantic.pop("leaves_only", False):
        for line in differences(server, semantic | {"conversations": {}}, None):
            if not line.startswith(("conversations", "users", "user ", "agent runs")):
                yield line
        return
    yield from differences(server, semantic, facts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--captures", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folders = sorted(os.path.dirname(path) for path in glob.glob(os.path.join(options.captures, "*", "expected.json")))
    wanted = set(filter(None, options.only.split(",")))
    failures = runs = 0
    for folder in folders:
        capture = Capture(folder)
        if wanted and capture.name not in wanted:
            continue
        for way in options.ways.split(","):
            generator = random.Random(f"{options.seed} {capture.name} {way}")
            data = tempfile.mkdtemp(prefix="captures-")
            server = Server(options.plimsoll, data)
            problems = []
            try:
                server.start()
                semantic, facts = run(server, capture, way, generator, problems)
                server.settle()
                problems += compare(server, semantic, facts)
                problems += leaks(server, capture)
                if int(rows(server, "select count(*) from dead_letters")[0][0]):
                    problems.append("there are dead letters")
            except Exception as error:
                problems.append(f"{type(error).__name__}: {error}")
            finally:
                if server.stop() != 0:
                    problems.append(f"the server ended with {server.process and server.process.returncode}: {''.join(server.log)[-500:]}")
                shutil.rmtree(data, ignore_errors=True)
            runs += 1
            failures += bool(problems)
            print(f"{'FAILED' if problems else 'ok':6} {capture.name} {way}", *(f"\n       {line}" for line in problems), flush=True)
    print(f"{runs} runs, {failures} failed, seed {options.seed}")
    return 1 if failures or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
