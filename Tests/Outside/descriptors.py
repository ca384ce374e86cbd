#!/usr/bin/env python3
"""Open files run short: strangers open far more connections than a server may have files, while events go on coming in.

usage: descriptors.py --plimsoll BINARY [--files 256 on two processors] [--strangers 300] [--seconds 4]

A server that may have `--files` files open is asked by `--strangers` connections at each of its two addresses, some of which ask without end, while
one sender goes on over the connection it has and another one comes too late. It must not die, take no more connections than it says, go on taking
events, say in its log, `/metrics` and `/v1/status` that connections wait, and serve whoever waited once the strangers have gone: then each acknowledged
event is there once. Besides: a soft limit is raised to the hard one; a limit that is too small is told before anything is made; commands get on with 64
files; whoever is connected in the first moment of a server is answered.
"""
import argparse
import collections
import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from outside.metrics_text import total
from outside.plimsoll import CommandFailed, Commands, Server, free_port

ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def limited(folder, binary, soft, hard):
    """An executable that is the binary under a limit on open files."""
    path = os.path.join(folder, f"plimsoll-{soft}-{hard}")
    with open(path, "w", encoding="utf-8") as script:
        script.write(f'#!/bin/bash\nulimit -Sn {soft} && ulimit -Hn {hard} && exec "{binary}" "$@"\n')
    os.chmod(path, 0o755)
    return path


def batch(sender, number, size=50):
    """NDJSON lines and their ids."""
    names = [f"d-{sender}-{number}-{index}" for index in range(size)]
    lines = [json.dumps({"specversion": "1.0", "id": name, "source": "descriptors", "type": "resource.sampled", "data": {"resource": "cpu", "used": 1.0}})
             for name in names]
    return ("\n".join(lines) + "\n").encode(), names


class Sender:
    """Sends over one connection that it keeps."""

    def __init__(self, port, name):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        self.name, self.number, self.acknowledged = name, 0, []

    def send(self):
        body, names = batch(self.name, self.number)
        self.number += 1
        status, text = self.ask("POST", "/v1/events", body, {"Content-Type": "application/x-ndjson"})
        if status != 200 or json.loads(text).get("accepted") != len(names):
            raise CommandFailed(f"{self.name}: status {status}: {text[:300]!r}")
        self.acknowledged += names

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


class Strangers:
    """Connections that are opened and kept; a tenth of them ask for as long as they are there."""

    def __init__(self, ports, count):
        self.sockets = []
        for _ in range(count):
            for port in ports:
                connection = socket.socket()
                connection.setblocking(False)
                connection.connect_ex(("127.0.0.1", port))
                self.sockets.append(connection)
        self.gone = threading.Event()
        self.asking = threading.Thread(target=self.ask, daemon=True)
        self.asking.start()

    def ask(self):
        while not self.gone.is_set():
            for connection in self.sockets[::10]:
                try:
                    connection.send(ASK)
                    connection.recv(65536)
                except OSError:
                    pass
            time.sleep(0.01)

    def go(self):
        self.gone.set()
        self.asking.join()
        for connection in self.sockets:
            connection.close()


def late_sender(port, outcome):
    """Comes when all places are taken, and waits."""
    try:
        sender = Sender(port, "late")
        sender.send()
        outcome.append(sender.acknowledged)
    except (OSError, http.client.HTTPException, CommandFailed) as error:
        outcome.append(f"the late sender: {error!r}")


def second_port(server):
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        found = re.search(r"spans also at http://127\.0\.0\.1:(\d+)/", "".join(server.log))
        if found:
            return int(found[1])
        time.sleep(0.02)
    raise CommandFailed(f"no second address: {''.join(server.log)[-1000:]}")


def flooded(server, files, count, seconds):
    """Problems while strangers hold all connections, and the ids that were acknowledged."""
    problems, outcome, most = [], [], 0
    steady = Sender(server.port, "steady")
    steady.send()
    strangers = Strangers([server.port, second_port(server)], count)
    try:
        time.sleep(0.5)
        late = threading.Thread(target=late_sender, args=(server.port, outcome), daemon=True)
        late.start()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            steady.send()
            most = max(most, len(os.listdir(f"/proc/{server.pid}/fd")))
        status = json.loads(steady.ask("GET", "/v1/status")[1])
        metrics = steady.ask("GET", "/metrics")[1].decode()
        if outcome:
            problems.append(f"a connection beyond the ceiling did not wait: {outcome}")
    finally:
        strangers.go()
    late.join(10)
    print(f"     {len(steady.acknowledged)} events while {2 * count} strangers asked for {status['connections_max']} connections; {most} of {files} files open")
    if not 100 <= status["connections_max"] <= files - 100:
        problems.append(f"{status['connections_max']} connections of {files} files")
    if not 1 <= status["connections"] <= status["connections_max"] or most > files - 50:
        problems.append(f"{status['connections']} connections of {status['connections_max']}, {most} files open")
    if status["full_listeners"] < 1 or status["connection_waits"] < 1 or total(metrics, "plimsoll_http_full_listeners") < 1:
        problems.append(f"nobody waits: {[status[name] for name in ('full_listeners', 'connection_waits')]}")
    if not outcome or isinstance(outcome[0], str):
        return problems + [f"whoever waited was not served: {outcome}"], steady.acknowledged
    return problems, steady.acknowledged + outcome[0]


def flood(folder, binary, files, count, seconds):
    """Problems of a server that strangers flood."""
    server = Server(limited(folder, binary, files, files), os.path.join(folder, "flooded"))
    server.start()
    try:
        problems, acknowledged = flooded(server, files, count, seconds)
        server.get("/healthz", timeout=5)
        rows = server.sql("select id, count(*) from events where source = 'descriptors' group by id")
        kept = collections.Counter({row[0]: int(row[1]) for row in rows})
        if kept != collections.Counter(acknowledged):
            problems.append(f"{len(acknowledged)} events were acknowledged, {sum(kept.values())} are there, {len(kept)} of them different")
    except (OSError, http.client.HTTPException) as error:
        problems = [f"{error!r}, the server's status is {server.process.poll()}: {''.join(server.log)[-2000:]}"]
    ended = server.stop()
    time.sleep(0.1)
    log = "".join(server.log)
    for wanted in ("limits.connections (1024)", "LimitNOFILE", "reason=connections_full"):
        if wanted not in log:
            problems.append(f"the log does not say {wanted}: {log[:2000]}")
    return problems + ([f"it ended with {ended}"] if ended != 0 else [])


def raised(folder, binary):
    """Problems with a soft limit below the hard one."""
    server = Server(limited(folder, binary, 64, 2048), os.path.join(folder, "raised"))
    server.start()
    try:
        soft = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)[0]
        allowed = json.loads(server.get("/v1/status")[2])["connections_max"]
    finally:
        server.stop()
    problems = [] if (soft, allowed) == (2048, 1024) else [f"a soft limit of 64 became {soft}, with {allowed} connections"]
    return problems + (["the log warns of a limit that is large enough"] if "LimitNOFILE" in "".join(server.log) else [])


def refused(folder, binary):
    """Problems with a limit that leaves no room for connections."""
    data, problems = os.path.join(folder, "refused"), []
    for command in (["serve", "--listen", "127.0.0.1:0", "--otlp-http-listen", "none"], ["demo", "--listen", "127.0.0.1:0"]):
        result = subprocess.run([limited(folder, binary, 64, 64), *command, "--data", data], capture_output=True, text=True, timeout=30)
        if result.returncode != 2 or "64 files" not in result.stderr or "LimitNOFILE" not in result.stderr or os.path.exists(data):
            problems.append(f"{command[0]} with 64 files: status {result.returncode}: {result.stderr[-1000:]}, made a directory: {os.path.exists(data)}")
    return problems


def commands(folder, binary):
    """Problems of commands with few files."""
    path = os.path.join(folder, "lines.ndjson")
    with open(path, "wb") as lines:
        for number in range(4):
            lines.write(batch("command", number)[0])
    few = Commands(limited(folder, binary, 64, 64), os.path.join(folder, "commands"))
    accepted = few.import_file(path)["accepted"]
    counted = int(few.rows("select count(*) from events")[0][0])
    return [] if (accepted, counted) == (200, 200) else [f"with 64 files {accepted} events were imported and {counted} counted"]


def first_moment(folder, binary, starts=4):
    """Problems of who is connected as soon as anybody can be."""
    problems = []
    for start in range(starts):
        port = free_port()
        process = subprocess.Popen([binary, "serve", "--data", os.path.join(folder, f"first-{start}"), "--listen", f"127.0.0.1:{port}",
                                    "--otlp-http-listen", "none"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            ends, connection = time.monotonic() + 20, None
            while connection is None and time.monotonic() < ends:
                try:
                    connection = socket.create_connection(("127.0.0.1", port), timeout=3)
                except ConnectionRefusedError:
                    pass
            if connection is None:
                problems.append(f"start {start}: nobody listens")
                continue
            with connection:
                connection.sendall(ASK)
                answer = connection.recv(4096)
            if not answer.startswith(b"HTTP/1.1 200 "):
                problems.append(f"start {start}: the first connection was answered {answer[:100]!r}")
        except OSError as error:
            problems.append(f"start {start}: the first connection was not answered: {error!r}")
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(20)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    # A server keeps some back for each processor.
    parser.add_argument("--files", type=int, default=246 + 5 * os.cpu_count())
    parser.add_argument("--strangers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Strangers are connections of this process.
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard != resource.RLIM_INFINITY else 65536, hard))
    folder, binary, failed = tempfile.mkdtemp(prefix="plimsoll-descriptors-"), os.path.abspath(options.plimsoll), False
    checks = [
        ("strangers hold all connections", lambda: flood(folder, binary, options.files, options.strangers, options.seconds)),
        ("a soft limit is raised", lambda: raised(folder, binary)),
        ("too few files to serve", lambda: refused(folder, binary)),
        ("commands with few files", lambda: commands(folder, binary)),
        ("the first moment", lambda: first_moment(folder, binary)),
    ]
    try:
        for name, check in checks:
            try:
                problems = check()
            except (CommandFailed, OSError, http.client.HTTPException, LookupError, ValueError) as error:
                problems = [f"{error!r}"]
            failed |= bool(problems)
            print(f"{'FAIL' if problems else 'ok  '} {name}" + "".join(f"\n     {problem}" for problem in problems), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
