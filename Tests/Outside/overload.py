#!/usr/bin/env python3
"""More than a server takes, and clients that are too slow, each for a while; then everything is caught up with and accounted for.

usage: overload.py --plimsoll BINARY [--seconds 12] [--idle 10000] [--senders 12] [--askers 12] [--memory 1GiB] [--seed N] [--folder DIR]

First so many senders, span senders, askers and scrapers as the machine cannot serve, none of which waits for as long as it is told to. Then, while one
sender goes on: `--idle` connections that say nothing, requests byte by byte, bodies that stall, readers that do not read. All that while:

- who is refused is told so: 429 or 503 with `Retry-After` and an error in JSON, and nothing else but 200
- `/metrics`, `/healthz`, `/readyz` and `/v1/status` answer within ten seconds, rules are evaluated, and an alert is told to a webhook
- memory stays below `--memory`

Afterwards the server is itself again within half a minute: it refuses nothing and questions are answered at once. Whatever was acknowledged is there once, of
what was refused nothing is, and `plimsoll verify` finds the directory whole. What strangers of worse kinds do is `hostile_hour.py`, files that run short
`descriptors.py`.
"""
import argparse
import datetime
import http.client
import http.server
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from flooding.callers import BODY_SECONDS, EVENTS_A_BATCH, QUERY_SECONDS, SPANS_A_BATCH, Findings, caught_up
from flooding.flood import Flood
from flooding.slow import idle_time, slowly
from outside.plimsoll import CommandFailed, Server

# A rule's group may be late by so many of its turns.
RULE_SECONDS, TURNS_LATE = 5, 3
RULES = f"""
groups:
  - name: overload
    interval: {RULE_SECONDS}s
    rules:
      - alert: EventsCome
        expr: sum(increase(support_answer_duration_seconds_count[3m])) > 0
"""


def settings(folder, hook, idle):
    with open(f"{folder}/rules.yaml", "w", encoding="ascii") as file:
        file.write(RULES)
    with open(f"{folder}/plimsoll.yaml", "w", encoding="ascii") as file:
        file.write(f"limits:\n  query_time: {QUERY_SECONDS}s\n  body_time: {BODY_SECONDS}s\n  idle_time: {idle_time(idle)}s\n  queries_waiting: 4\n"
                   f"  body_size: 2MiB\n  ingest_size: 6MiB\n  connections: {idle + 500}\nalerts:\n  rules: {folder}/rules.yaml\n  webhooks: {hook}\n")
    return f"{folder}/plimsoll.yaml"


class Webhook(http.server.BaseHTTPRequestHandler):
    """Takes what is told: when, and the body."""
    told = []

    def do_POST(self):
        self.told.append((time.monotonic(), json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def instant(text):
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text.replace("Z", "+00:00"))).timestamp()


def judge_rules(flood, findings, seconds):
    """Whether rules had their turns and the alert was told while the flood went on."""
    turns = sorted({instant(turn) for turn in flood.turns if not turn.startswith("0001")})
    gaps = [after - before for before, after in zip(turns, turns[1:])]
    print(f"     rules were evaluated {len(turns)} times, {max(gaps, default=0):.1f} s apart at most; {len(Webhook.told)} calls of the webhook")
    if len(turns) < max(1, seconds / RULE_SECONDS / TURNS_LATE) or max(gaps, default=0) > RULE_SECONDS * TURNS_LATE:
        findings.problem(f"rules had {len(turns)} turns, {max(gaps, default=0):.1f} s apart")
    if not any(body["alerts"][0]["labels"]["alertname"] == "EventsCome" for _, body in Webhook.told):
        findings.problem("the alert was not told while the flood went on")


def drowned(server, options, findings):
    """The flood, and who of it was acknowledged."""
    flood, began = Flood(server, findings, options), time.monotonic()
    flood.begin()
    ends = began + options.seconds
    while time.monotonic() < ends or not Webhook.told and time.monotonic() < ends + 25:
        time.sleep(0.2)
    flooded = time.monotonic() - began
    flood.end()
    judge_rules(flood, findings, flooded)
    refused = sum(count for what, count in findings.outcomes.items() if what.endswith((" 429", " 503")))
    taken = EVENTS_A_BATCH * sum(map(len, flood.acknowledged.values()))
    print(f"     {flooded:.0f} s of flood: {taken:,} events and {SPANS_A_BATCH * len(flood.spans):,} spans acknowledged, {refused:,} requests refused")
    if not any(what == "events 429" for what in findings.outcomes) or not taken or not flood.spans:
        findings.problem("it was no overload: nothing was taken, or no sender was refused")
    return flood


def account(server, flood, steady, findings):
    """Each acknowledged event and span once, and nothing of what was refused."""
    rows = server.sql("select source, split_part(id, '-', 1), count(*), count(distinct id) from events where tenant = 'overload' group by 1, 2")
    found = {(row[0], int(row[1])): (int(row[2]), int(row[3])) for row in rows}
    wanted = {(source, number): EVENTS_A_BATCH for source, numbers in flood.acknowledged.items() for number in numbers}
    wanted |= {name: 40 for name in steady}
    for name, count in wanted.items():
        if found.get(name) != (count, count):
            findings.problem(f"of an acknowledged batch of {count} there are {found.get(name)}")
    for source, numbers in flood.refused.items():
        if any((source, number) in found for number in numbers - flood.unknown[source]):
            findings.problem("a batch that was refused is there")
    spans = {row[0]: (int(row[1]), int(row[2])) for row in server.sql(
        "select substr(trace_id, 9, 8), count(*), count(distinct trace_id) from span_received where tenant = 'overload-spans' group by 1")}
    for name in flood.spans:
        if spans.get(name) != (SPANS_A_BATCH, SPANS_A_BATCH):
            findings.problem(f"of an acknowledged batch of {SPANS_A_BATCH} spans there are {spans.get(name)}")
    print(f"     {sum(count for count, _ in found.values()):,} events in {len(wanted):,} acknowledged batches,"
          f" {sum(count for count, _ in spans.values()):,} spans")


def run(options, folder):
    findings, server = Findings(), None
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    memory = int(options.memory.removesuffix("GiB")) << 20
    config = settings(folder, f"http://127.0.0.1:{hook.server_port}/hook", options.idle)
    server = Server(options.plimsoll, os.path.join(folder, "data"), ["--memory", options.memory, "--config", config])
    server.start()
    try:
        flood = drowned(server, options, findings)
        caught_up(server, findings, "the flood")
        steady = slowly(server, options, findings)
        account(server, flood, steady, findings)
        high = server.resident_kib("VmHWM")
        print(f"     memory: {high >> 10} MiB at most of {memory >> 10}")
        if high > memory:
            findings.problem(f"memory rose to {high >> 10} MiB of {memory >> 10}")
    except (OSError, http.client.HTTPException, CommandFailed) as error:
        findings.problem(f"{error!r}, the server's status is {server.process.poll()}: {''.join(server.log)[-2000:]}")
    finally:
        ended = server.stop(60)
        hook.shutdown()
    if mistakes := [line for line in server.log if "reason=internal_error" in line]:
        findings.problem(f"the log tells of a mistake of its own: {mistakes[0]}")
    if ended != 0:
        findings.problem(f"it ended with {ended}: {''.join(server.log)[-2000:]}")
    verified = subprocess.run([server.binary, "verify", "--data", server.data], capture_output=True, text=True, check=False)
    if verified.returncode != 0:
        findings.problem(f"verify ended with {verified.returncode}: {(verified.stdout + verified.stderr)[-1000:]}")
    return findings


def arguments():
    parser = argparse.ArgumentParser(description="More than a server takes, and clients that are too slow.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--seconds", type=float, default=12, help="of flood, at least; it goes on until the alert was told")
    parser.add_argument("--idle", type=int, default=10_000, help="connections that say nothing; fewer where this machine allows fewer files")
    parser.add_argument("--senders", type=int, default=12)
    parser.add_argument("--askers", type=int, default=12)
    parser.add_argument("--memory", default="1GiB")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="an empty folder to use and keep; default: a temporary one")
    return parser.parse_args()


def main():
    options = arguments()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.idle > hard - 800:
        print(f"     this machine allows {hard} open files: fewer idle connections")
        options.idle = hard - 800
    folder = options.folder or tempfile.mkdtemp(prefix="plimsoll-overload-")
    os.makedirs(folder, exist_ok=True)
    findings = run(options, folder)
    print("     " + ", ".join(f"{what}: {count:,}" for what, count in sorted(findings.outcomes.items())))
    print("     slowest: " + ", ".join(f"{who} {seconds:.1f} s" for who, seconds in sorted(findings.slowest.items())))
    for what, count in findings.problems.most_common(20):
        print(f"FAILED ({count} times) {what}")
    if not options.folder and not findings.problems:
        shutil.rmtree(folder, ignore_errors=True)
    print("ok   an overload is refused, survived and caught up with" if not findings.problems else f"kept: {folder}")
    return 1 if findings.problems else 0


if __name__ == "__main__":
    sys.exit(main())
