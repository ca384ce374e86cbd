#!/usr/bin/env python3
"""Kills a server again and again while events come in, and looks for every acknowledged one afterwards.

usage: kill_loop.py --plimsoll BINARY [--data DIR] [--kills 25] [--seed S] [--senders 3]

Senders post NDJSON batches with known ids. A batch counts as acknowledged when its 200 arrived; what was cut off is sent again after the restart,
as real emitters do, so every event must be there once in the end. The server is ended with SIGKILL at random moments, by its process id.
At the end: each acknowledged id once, nothing that was never sent, counters of /metrics equal to the events.
"""
import argparse
import collections
import datetime
import http.client
import json
import queue
import random
import shutil
import sys
import tempfile
import threading
import time

from outside.metrics_text import total
from outside.plimsoll import CommandFailed, Commands, Server


def batch(sender, number, size, chance):
    """NDJSON lines and their ids; times are now, so that the events count as live."""
    lines, ids = [], []
    for index in range(size):
        name = f"k-{sender}-{number}-{index}"
        moment = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
        conversation = f"c-{sender}-{number}"
        data = {"conversation_id": conversation, "turn": index, "channel": "web", "tenant": "kill"}
        kind = ("message.received", "llm.call", "message.sent")[index % 3]
        if kind == "llm.call":
            data |= {"provider": "vllm", "request_model": "m", "route": "local", "input_tokens": chance.randrange(1, 2000),
                     "output_tokens": chance.randrange(1, 300), "status": "ok", "duration_ns": chance.randrange(10**8, 10**10)}
        if kind == "message.sent":
            data |= {"author": "agent", "status": "ok", "duration_ns": chance.randrange(10**8, 10**10)}
        lines.append(json.dumps({"specversion": "1.0", "id": name, "source": f"kill/{sender}", "type": kind, "time": moment, "data": data}))
        ids.append((name, kind, data))
    return ("\n".join(lines) + "\n").encode(), ids


class Load:
    """What was sent and acknowledged; the senders share it."""

    def __init__(self, server, seed, batch_size):
        self.server, self.seed, self.batch_size = server, seed, batch_size
        self.lock = threading.Lock()
        self.acknowledged = {}
        self.unexpected = []
        self.resent = 0
        self.stop = threading.Event()

    def send(self, sender):
        chance, number = random.Random(self.seed * 1000 + sender), 0
        while not self.stop.is_set():
            body, ids = batch(sender, number, self.batch_size, chance)
            number += 1
            while True:
                try:
                    status, _, answer = self.server.post("/v1/events", body, "application/x-ndjson", timeout=20)
                except (OSError, http.client.HTTPException) as error:
                    status, answer = None, str(error)
                if status == 200:
                    self.accept(ids, json.loads(answer))
                    break
                if status is not None and status not in (429, 503):
                    with self.lock:
                        self.unexpected.append(f"status {status}: {answer[:300]!r}")
                    break
                with self.lock:
                    self.resent += 1
                time.sleep(0.05)

    def accept(self, ids, answer):
        with self.lock:
            if answer.get("accepted", 0) + answer.get("duplicates", 0) != len(ids) or answer.get("rejected"):
                self.unexpected.append(f"{len(ids)} sent, answer {json.dumps(answer)[:300]}")
            for name, kind, data in ids:
                self.acknowledged[name] = (kind, data)


def check(load, commands, server):
    """Problems found in what the store says, as text."""
    problems = list(load.unexpected)
    expected = load.acknowledged
    found = collections.Counter(row[0] for row in commands.rows("select id from events where tenant='kill'"))
    missing = [name for name in expected if name not in found]
    repeated = [name for name, count in found.items() if count > 1]
    strange = [name for name in found if name not in expected]
    for label, names in (("missing", missing), ("more than once", repeated), ("never sent", strange)):
        if names:
            problems.append(f"{len(names)} events {label}, such as {names[:3]}")
    kinds = collections.Counter(kind for kind, _ in expected.values())
    tokens = [sum(data.get(name, 0) for _, data in expected.values()) for name in ("input_tokens", "output_tokens")]
    row = commands.rows("select count(*),coalesce(sum(input_tokens),0),coalesce(sum(output_tokens),0) from llm_call where tenant='kill'")[0]
    if [int(value) for value in row] != [kinds["llm.call"], *tokens]:
        problems.append(f"llm_call sums {row} instead of {[kinds['llm.call'], *tokens]}")
    text = server.get("/metrics?format=text")[2].decode()
    for name, labels, wanted in (
            ("support_messages_total", {}, kinds["message.received"] + kinds["message.sent"]),
            ("support_llm_calls_total", {}, kinds["llm.call"]), ("support_answers_total", {}, kinds["message.sent"]),
            ("support_llm_input_tokens_total", {}, tokens[0]), ("support_llm_output_tokens_total", {}, tokens[1])):
        value = total(text, name, **labels)
        if value != wanted:
            problems.append(f"{name} is {value:.0f} instead of {wanted}")
    return problems


def main():
    parser = argparse.ArgumentParser(description="Kill a server under load and count what survives.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--data", help="data directory to use and keep; default: a temporary one")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--senders", type=int, default=3)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--shortest", type=float, default=0.05, help="seconds from ready to the kill, at least")
    parser.add_argument("--longest", type=float, default=1.5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    data = arguments.data or tempfile.mkdtemp(prefix="plimsoll-kill-")
    server, senders, problems, starts = Server(arguments.plimsoll, data), [], [], queue.Queue()
    load = Load(server, arguments.seed, arguments.batch)
    try:
        starts.put(server.start())
        for number in range(arguments.senders):
            senders.append(threading.Thread(target=load.send, args=(number,), daemon=True))
            senders[-1].start()
        for number in range(arguments.kills):
            time.sleep(chance.uniform(arguments.shortest, arguments.longest))
            server.kill()
            starts.put(server.start())
        time.sleep(0.5)
        load.stop.set()
        for sender in senders:
            sender.join(60)
            if sender.is_alive():
                problems.append("a sender did not come to an end")
        problems += check(load, Commands(arguments.plimsoll, server=server.url), server)
        server.stop()
        problems += [f"after a clean stop: {line}" for line in offline(load, arguments.plimsoll, data)]
    except CommandFailed as error:
        problems.append(str(error))
    finally:
        load.stop.set()
        server.stop()
        if not arguments.data:
            shutil.rmtree(data, ignore_errors=True)
    for problem in problems:
        print(problem)
    slowest = max(starts.queue, default=0)
    print(f"seed {arguments.seed}: {arguments.kills} kills, {len(load.acknowledged)} events acknowledged, {load.resent} sendings cut off, "
          f"slowest start {slowest:.2f} s, {len(problems)} problems")
    return 1 if problems or not load.acknowledged else 0


def offline(load, binary, data):
    rows = Commands(binary, data).rows("select count(*),count(distinct id) from events where tenant='kill'")
    if [int(value) for value in rows[0]] != [len(load.acknowledged)] * 2:
        return [f"{rows[0]} events and ids instead of {len(load.acknowledged)}"]
    return []


if __name__ == "__main__":
    sys.exit(main())
