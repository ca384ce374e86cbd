#!/usr/bin/env python3
"""Commands whose surroundings fail: a full disk behind stdout, a reader that goes, servers that are none, say anything or never end.

usage: command_line.py --plimsoll BINARY

Every failure ends with the exit status that `plimsoll --help` promises and one message; no command traps, waits for ever, or takes a stranger for a server.
However a command ends, no library clears up after itself beside threads that still live: the end is one system call.
"""
import argparse
import hashlib
import http.server
import json
import os
import pty
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

from outside.plimsoll import CommandFailed, Server

EVENT = {"specversion": "1.0", "source": "line", "type": "probe.checked", "time": "2026-08-01T09:00:00Z", "data": {"target": "door", "ok": True}}
README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../README.md")
SLOW = "select count(*) from " + ", ".join(f"(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) t{n}(a{n})" for n in range(10))
COUNTS = {"accepted": 1, "duplicates": 0, "rejected": [], "position": 1}


class Strange(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers every request with one answer, and counts the requests."""

    daemon_threads = True

    def __init__(self, status=200, body=b"", fields=(), marked=True, endless=False):
        self.answer, self.count = (status, body, list(fields) + ([("Plimsoll-API", "1")] if marked else []), endless), 0
        super().__init__(("127.0.0.1", 0), Answering)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass


class Answering(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, body, fields, endless = self.server.answer
        self.server.count += 1
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if not endless:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)
        while endless:
            self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Line:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.problems = os.path.abspath(binary), folder, []
        self.data = os.path.join(folder, "data")
        self.server = Server(binary, self.data)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
        self.events = os.path.join(folder, "events.ndjson")
        with open(self.events, "w", encoding="utf-8") as file:
            file.writelines(json.dumps({**EVENT, "id": f"l-{number}"}) + "\n" for number in range(2000))

    def expect(self, what, found, wanted):
        if found != wanted:
            self.problems.append(f"{what}: {found!r} instead of {wanted!r}")

    def run(self, *arguments, output=None, timeout=60, stdin=None):
        """(status, stdout, stderr); a command that does not end is a problem."""
        try:
            result = subprocess.run([self.binary, *arguments], stdout=output or subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                                    env=self.environment, input=stdin)
        except subprocess.TimeoutExpired:
            self.problems.append(f"{arguments[:2]} did not end within {timeout} s")
            return None, b"", b""
        return result.returncode, result.stdout or b"", result.stderr

    def fails(self, status, said, *arguments, **how):
        found, _, errors = self.run(*arguments, **how)
        name = " ".join(arguments)[:100]
        self.expect(f"status of {name}", found, status)
        # Findings stand before the line that sums them up.
        if said.encode() not in errors or not any(line.startswith((b"plimsoll: ", b"Usage:")) for line in errors.splitlines()):
            self.problems.append(f"{name} says {errors[:300]!r}, not {said!r}")
        return errors

    def without(self, closed, *arguments):
        """(status, stdout, stderr) of a command that is born without streams."""
        command = ["bash", "-c", f'exec "$0" "$@" {closed}', self.binary, *arguments]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env=self.environment)
        return result.returncode, result.stdout, result.stderr

    # What is written.

    def full_disk(self):
        here, there = ["--data", self.folder + "/local"], ["--server", self.server.url]
        self.run("import", self.events, *here)
        for command in self.answering(here, there):
            with open("/dev/full", "wb") as full:
                errors = self.fails(5, "standard output", *command, output=full)
            if errors.strip().count(b"\n") > 0:
                self.problems.append(f"{command} says more than a line of a full disk: {errors!r}")
            status, _, errors = self.without(">&-", *command)
            said = errors.strip()
            self.expect(f"status of {command} without standard output", status, 5)
            self.expect(f"what {command} says without standard output", (said.count(b"\n"), b"cannot write standard output" in said), (0, True))

    def answering(self, here, there):
        """Commands that write an answer to standard output."""
        commands = [["query", "select 1"], ["report", "cost"], ["status"], ["prices", "list"], ["export"], ["export", "--format", "csv"], ["dialects", "report"],
                    ["prices", "check"]]
        commands = [command + place for command in commands for place in (here, there)]
        commands += [["version"], ["--help"], ["schemas"], ["workload", "--events", "10"], ["verify", *here], ["inspect", here[1]],
                     ["inspect", here[1] + "/log/" + sorted(os.listdir(here[1] + "/log"))[0]], ["import", self.events, *here], ["alerts", "rules"],
                     ["runbook", "PlimsollDown"]]
        return [command for command in commands if command[:2] != ["prices", "check"] or b"nothing" in self.run(*command)[1]]

    def a_token_that_nobody_saw(self):
        place = ["--data", self.folder + "/tokens"]
        with open("/dev/full", "wb") as full:
            status = self.run("tokens", "create", "--scope", "admin", *place, output=full)[0]
        self.expect("status of a token on a full disk", status, 5)
        listed = self.run("tokens", "list", *place)[1]
        if b"revoked" not in listed:
            self.problems.append(f"a token that nobody saw lets somebody in: {listed!r}")

    def a_reader_that_goes(self):
        for place in (["--data", self.folder + "/local"], ["--server", self.server.url]):
            process = subprocess.Popen([self.binary, "export", *place], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
            process.stdout.read(10)
            process.stdout.close()
            errors = process.stderr.read()
            process.stderr.close()
            if process.wait(60) not in (0, -signal.SIGPIPE) or errors:
                self.problems.append(f"export to a reader that goes: {process.returncode}, {errors!r}")

    # How commands end.

    def endings(self):
        """(status, arguments) of commands that end in every way, some beside threads of theirs."""
        here, there, nobody = ["--data", self.folder + "/local"], ["--server", self.server.url], ["--server", "http://127.0.0.1:9"]
        named = ["--server", self.server.url.replace("127.0.0.1", "localhost")]
        return [(0, ["version"]), (0, ["--help"]), (2, ["nonsense"]), (0, ["query", "select 1", *here]), (0, ["query", "select 1", *there]),
                (0, ["query", "select type, count(*) from events group by 1", *there]), (0, ["query", "select 1", *named]), (0, ["status", *there]),
                (0, ["prices", "list", *there]), (0, ["report", "cost", *there]), (2, ["query", "select 1 frm x", *there]),
                (3, ["query", "select 1", *nobody]),
                (3, ["import", self.events, *nobody]), (0, ["import", self.events, *there]), (0, ["export", *there]), (0, ["verify", *here]),
                (0, ["tokens", "list", *here])]

    def no_library_clears_up(self):
        """The loader notes whom it tells of the end of a process: nobody."""
        notes = os.path.join(self.folder, "loader")
        environment = {**self.environment, "LD_DEBUG": "files", "LD_DEBUG_OUTPUT": notes}

        def look(name, process, status):
            self.expect(f"status of {name}", process.wait(60), status)
            with open(f"{notes}.{process.pid}", encoding="utf-8", errors="replace") as file:
                text = file.read()
            self.expect(f"libraries of {name} at the (beginning, end)", ("calling init" in text, "calling fini" in text), (True, False))

        for status, command in self.endings():
            process = subprocess.Popen([self.binary, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            look(" ".join(command), process, status)
        with open("/dev/full", "wb") as full:
            process = subprocess.Popen([self.binary, "version"], stdout=full, stderr=subprocess.DEVNULL, env=environment)
        look("version on a full disk", process, 5)
        command = [self.binary, "serve", "--data", self.folder + "/ended", "--listen", "127.0.0.1:0", "--otlp-http-listen", "none"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]
        look("serve", process, 0)
        self.expect("the last line of serve", b"stopped" in said.splitlines()[-1], True)

    def many_at_once(self):
        """Commands beside each other, half of them on one processor, so that a thread of theirs stands still anywhere."""
        endings, processor, ends = self.endings(), str(min(os.sched_getaffinity(0))), time.monotonic() + 8
        found, counts = set(), [0] * 8

        def loop(number):
            on = ["taskset", "-c", processor] if number % 2 else []
            while time.monotonic() < ends:
                status, command = endings[(number + counts[number]) % len(endings)]
                with open(os.path.join(self.folder, f"said-{number}"), "w+b") as said:
                    process = subprocess.Popen([*on, self.binary, *command], stdout=subprocess.DEVNULL, stderr=said, env=self.environment)
                    try:
                        ended = process.wait(60)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        ended = f"none within 60 s, {process.wait()}"
                    if ended != status:
                        said.seek(0)
                        found.add(f"status of {' '.join(command)} beside others: {ended} instead of {status}: {said.read(300)!r}")
                counts[number] += 1

        threads = [threading.Thread(target=loop, args=(number,)) for number in range(len(counts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.problems += sorted(found)
        if min(counts) == 0:
            self.problems.append(f"some ran no command: {counts}")

    # What a newer version wrote.

    def a_newer_directory(self):
        """A manifest of a format that is yet to come, whole by its own hash."""
        newer, place = self.folder + "/newer", ["--data", self.folder + "/newer"]
        self.run("import", self.events, *place)
        segments = newer + "/segments/"
        path = segments + max(name for name in os.listdir(segments) if name.startswith("manifest-"))
        with open(path, "rb") as file:
            manifest = bytearray(file.read()[:-32])
        manifest[8] = 6
        with open(path, "wb") as file:
            file.write(manifest + hashlib.sha256(manifest).digest())
        for command in (["query", "select 1", *place], ["report", "sla", *place], ["status", *place], ["export", *place], ["verify", *place],
                        ["inspect", newer], ["import", self.events, *place]):
            errors = self.fails(4, f"a newer version of plimsoll wrote {path}", *command)
            self.expect(f"advice of {command[0]}", b"use the version that wrote it" in errors and b"damaged" not in errors, True)
        status, _, errors = self.run("serve", *place, "--listen", "127.0.0.1:0")
        self.expect("status of serving it", (status, b"a newer version of plimsoll wrote" in errors), (4, True))

    # What is lost.

    def a_lost_file(self):
        """The key is gone, or a folder: like damage, and unlike a disk that fails, no further start mends it."""
        lost = self.folder + "/lost"
        place, away = ["--data", lost], os.path.join(self.folder, "away")
        self.run("import", self.events, *place)
        commands = [["query", "select count(*) from events"], ["report", "sla"], ["status"], ["export"], ["verify"], ["import", self.events]]
        for name, said in (("keys/store.key", "store.key is missing"), ("keys", "store.key is missing"), ("log", "found no log"), ("segments", "the manifest that")):
            os.rename(os.path.join(lost, name), away)
            for command in commands:
                self.fails(4, said, *command, *place)
            status, _, errors = self.run("serve", *place, "--listen", "127.0.0.1:0", "--otlp-http-listen", "none")
            self.expect(f"serve without {name}", (status, said.encode() in errors), (4, True))
            if os.path.isdir(os.path.join(lost, name)):
                shutil.rmtree(os.path.join(lost, name))
            os.rename(away, os.path.join(lost, name))
        self.expect("status with all put back", self.run("verify", *place)[0], 0)
        # What is named on the command line is a matter of usage.
        self.fails(2, "there is no key", "import", self.events, "--data", self.folder + "/never", "--key", self.folder + "/none.key")
        self.fails(2, "none.token", "status", "--server", self.server.url, "--token-file", self.folder + "/none.token")

    def too_little_memory(self):
        """It is refused before anything is made, with the least that will do, which then does."""
        data = self.folder + "/small"
        serve = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--otlp-http-listen", "none"]
        least = self.fails(2, "memory must be at least ", *serve, "--memory", "100MiB").split(b"at least ")[1].split(b":")[0].decode()
        self.expect("the least that is named", least, "864MiB")
        self.fails(2, f"memory must be at least {least}", *serve, "--memory", f"{int(least[:-3]) - 1}MiB")
        self.expect("what a refused start left", os.path.exists(data), False)
        process = subprocess.Popen([self.binary, *serve, "--memory", least], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment)
        self.expect("what is said with the least memory", process.stdout.readline().startswith(b"listening on "), True)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        for text in (self.run("serve", "--help")[1].decode(), self.readme().replace(" MiB", "MiB")):
            if least not in text:
                self.problems.append(f"{least}, the least memory, is not in {text[:40]!r}")

    @staticmethod
    def readme():
        with open(README, encoding="utf-8") as file:
            return file.read()

    def a_summary(self):
        """A directory on one screen, also while it is served; and as an object."""
        for data in (self.folder + "/local", self.data):
            status, text, errors = self.run("inspect", data)
            self.expect(f"status and messages of inspect {data}", (status, errors), (0, b""))
            lines = text.decode().splitlines()
            if len(lines) > 24 or max(map(len, lines)) > 130 or not any(line.startswith("formats ") for line in lines):
                self.problems.append(f"no screen: {text!r}")
            found = json.loads(self.run("inspect", data, "--format", "json")[1])
            self.expect("damage of a summary", found["damage"], [])
            events = json.loads(self.run("query", "select count(*), min(time), max(time) from events", "--format", "json", "--data", data)[1])["rows"][0]
            self.expect("events of a summary", (found["events"], found["sealed_events"] + found["unsealed_events"]), (int(events[0]), int(events[0])))
            if int(events[0]):
                self.expect("its times", [found[name][:19] for name in ("first_time", "last_time")], [str(time)[:19].replace(" ", "T") for time in events[1:]])
        self.expect("status of two kinds at once", self.run("inspect", self.data, "--segments", "--format", "json")[0], 2)
        if b"manifest version" not in self.run("inspect", self.folder + "/local", "--segments")[1]:
            self.problems.append("inspect --segments shows no manifest")
        folder = self.folder + "/local/segments/"
        newest = max((name for name in os.listdir(folder) if name.startswith("manifest-")), default=None)
        if newest:
            shown = self.run("inspect", folder + newest)
            self.expect("the copy of a manifest", self.run("inspect", folder + "copy-of-" + newest), shown)
            self.expect("what a manifest is shown as", (shown[0], shown[1].startswith(b"manifest version")), (0, True))

    # Who answers.

    def exit_statuses(self):
        there = ["--server", self.server.url]
        nobody = ["--server", "http://127.0.0.1:9"]
        for command in (["query", "select 1"], ["report", "sla"], ["dialects", "report"], ["export"], ["prices", "list"], ["import", self.events], ["status"]):
            self.fails(3, "nobody listens there", *command, *nobody)
            with Strange(200, b"<html>hello</html>", marked=False) as stranger:
                errors = self.fails(3, "is no plimsoll server", *command, "--server", stranger.url)
                self.expect(f"advice of {command}", b"right address" in errors, True)
            with Strange(503, b'{"error":"stopping"}') as stopping:
                self.fails(3, "answered 503: stopping", *command, "--server", stopping.url)
            if command[0] != "import":
                with Strange(429, b'{"error":"too much"}') as busy:
                    self.fails(3, "answered 429: too much", *command, "--server", busy.url)
            with Strange(401, b'{"error":"no token"}') as closed:
                self.fails(2, "the right token", *command, "--server", closed.url)
            with Strange(400, b'{"error":"not so","hint":"otherwise"}') as refusing:
                self.fails(2, "not so", *command, "--server", refusing.url)
        self.fails(2, "SQLSTATE 42601", "query", "select 1 frm x", *there)
        with Strange(500, b'{"error":"a page is damaged","code":"XX001"}') as damaged:
            self.fails(4, "a page is damaged", "query", "select 1", "--server", damaged.url)
        with Strange(200, b'{"rows":[[1]]}') as odd:
            self.fails(3, "cannot be read", "dialects", "report", "--server", odd.url)
        with Strange(200, b"no sections") as odd:
            self.fails(3, "no sections", "report", "cost", "--output", self.folder + "/out", "--server", odd.url)

    def addresses(self):
        for address in ("http://127.0.0.1/plimsoll", "http://127.0.0.1:1234/path", "127.0.0.1/x:80", "http://me:secret@127.0.0.1:80", "http://127.0.0.1?x=1",
                        "http://127.0.0.1:80#x", "http://127.0.0.1:0", "http://a b:80", "http://"):
            self.fails(2, "is not the address of a server", "query", "select 1", "--server", address)
        self.fails(2, "is not the address of a server", "query", "select 1", "--server", "https://127.0.0.1/plimsoll")
        # No TLS is spoken there, and no token goes where it is not.
        self.fails(3, "is it http://", "query", "select 1", "--server", self.server.url.replace("http://", "https://"), "--token", "plim_x")
        self.fails(2, "there is no file", "query", "select 1", "--server", "https://127.0.0.1", "--ca-file", self.folder + "/none.pem")

    # What is answered.

    def numbers(self):
        """Numbers at the ends of what 64 bits hold: nothing traps."""
        most = 2**63 - 1
        local = ["--data", self.folder + "/local"]
        for limit in ("9223372037", str(most), "0", "-1", "604801"):
            for place in (local, ["--server", self.server.url]):
                self.fails(2, "--time-limit", "query", "select 1", f"--time-limit={limit}", *place)
        self.fails(2, "--events", "workload", "--events", str(most))
        self.fails(2, "--slow-from now+7m does not lie before --slow-to now+2m", "workload", "--events", "1", "--slow-from", "now+7m", "--slow-to", "now+2m")
        self.fails(2, "further apart", "workload", "--events", "1", "--slow-from", "2262-04-11T23:47:16Z")
        for broken in ({"accepted": most, "duplicates": most}, {"accepted": -1}, {"rejected_count": most}, {"left_out": most, "spans_left_out": most},
                       {"warning_count": most}, {"rejected": [{"index": most, "error": "x"}], "rejected_count": 1}):
            with Strange(200, json.dumps({**COUNTS, **broken}).encode()) as liar:
                found, _, errors = self.run("import", self.events, "--server", liar.url)
                if found is None or found < 0 or found > 5:
                    self.problems.append(f"import trapped at {broken}: {found}")
                elif found == 0:
                    self.problems.append(f"import believed {broken}: {errors!r}")
        model = {"model": "m", "calls": most, "from_usd": "1", "to_usd": "2", "inexact_before": most, "inexact_after": most}
        with Strange(200, json.dumps({"calls": 1, "models": [model, model]}).encode()) as liar:
            self.fails(3, "no preview", "prices", "rebook", "--provider", "openai", "--server", liar.url)
        row = ["s", "", "x", "{}", most, most, ""]
        with Strange(200, json.dumps({"rows": [row, row]}).encode()) as liar:
            self.fails(3, "cannot be read", "dialects", "report", "--server", liar.url)

    def time_limits(self):
        there = ["--server", self.server.url]
        began = time.monotonic()
        self.fails(2, "SQLSTATE 57014", "query", SLOW, "--time-limit", "1", *there)
        if time.monotonic() - began > 20:
            self.problems.append("a time limit of a second took more than twenty")
        self.fails(2, "more than the 30 s", "query", "select 1", "--time-limit", "31", *there)
        self.expect("the limit of the server", self.run("query", "select 1", "--time-limit", "30", *there)[0], 0)

    def control_characters(self):
        """A terminal is sent none, whether in an answer or in a refusal."""
        text = b"\x1b[31mred\x1b]0;title\x07\rover\x9b"
        for status, command in ((200, ["prices", "list"]), (200, ["report", "cost"]), (200, ["query", "select 1"]), (400, ["prices", "list"]),
                                (401, ["report", "cost"]), (503, ["query", "select 1"]), (200, ["export"]), (200, ["export", "--format", "csv"])):
            body = text if status == 200 else json.dumps({"error": text.decode("latin-1")}).encode()
            with Strange(status, body) as hostile:
                master, slave = pty.openpty()
                process = subprocess.Popen([self.binary, *command, "--server", hostile.url], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
                                           env=self.environment)
                os.close(slave)
                shown = b""
                try:
                    while piece := os.read(master, 4096):
                        shown += piece
                except OSError:
                    pass
                os.close(master)
                process.wait(60)
                if b"\x1b" in shown or b"\x07" in shown or b"\\x1b[31mred" not in shown:
                    self.problems.append(f"{command} after {status} sends a terminal {shown!r}")

    def endless_answers(self):
        for status in (200, 500):
            with Strange(status, b"x" * (1 << 20), endless=True) as endless:
                command = ["bash", "-c", 'ulimit -v 4000000; exec "$0" "$@"', self.binary, "prices", "list", "--server", endless.url]
                result = subprocess.run(command, capture_output=True, timeout=120, env=self.environment)
                self.expect(f"status of an endless {status}", result.returncode, 3)

    def busy_servers(self):
        """`Retry-After` is not believed at its word, and Ctrl-C is heard while it is waited."""
        for seconds in ("0", "-5", "9223372036854775807", "99999999999999999999", "later"):
            with Strange(429, b'{"error":"busy"}', [("Retry-After", seconds)]) as busy:
                process = subprocess.Popen([self.binary, "import", self.events, "--server", busy.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           env=self.environment)
                time.sleep(2)
                if busy.count > 8:
                    self.problems.append(f"Retry-After: {seconds} is answered by {busy.count} requests in two seconds")
                process.send_signal(signal.SIGINT)
                try:
                    output, errors = process.communicate(timeout=10)
                    self.expect(f"status of an interrupted import, Retry-After: {seconds}", process.returncode, 130)
                    self.expect("what it says", output.startswith(b"interrupted"), True)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    self.problems.append(f"Ctrl-C is not heard, Retry-After: {seconds}")

    def streams(self):
        """A pipe that nobody waits in is read late; streams are missing; a supervisor ends an import."""
        place, whole = ["--data", self.folder + "/local"], self.run("export", "--data", self.folder + "/local")[1]
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        process = subprocess.Popen([self.binary, "export", *place], stdout=writer, stderr=subprocess.PIPE, env=self.environment)
        os.close(writer)
        time.sleep(2)
        with open(reader, "rb") as file:
            self.expect("bytes of an export that is read late", len(file.read()), len(whole))
        self.expect("what it says", process.communicate()[1], b"")
        self.expect("status of an export that is read late", process.returncode, 0)
        self.expect("more than a pipe holds", len(whole) > 65536, True)
        for closed, status in (("<&- >&- 2>&-", 5), (">&-", 5), ("<&-", 0), ("2>&-", 0)):
            command = ["import", self.events, "--data", self.folder + "/without"]
            self.expect(f"status of import {closed}", self.without(closed, *command)[0], status)
            # Whatever becomes of the summary, the events are kept.
            self.expect(f"events of import {closed}", self.run("export", *command[2:])[1].count(b'"probe.checked"'), 2000)
        with Strange(429, b'{"error":"busy"}', [("Retry-After", "later")]) as busy:
            command = [self.binary, "import", self.events, "--server", busy.url]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
            time.sleep(2)
            process.send_signal(signal.SIGTERM)
            output = process.communicate(timeout=30)[0]
            self.expect("status of an import that a supervisor ends", (process.returncode, output.startswith(b"interrupted")), (143, True))

    def names_that_are_near(self):
        self.fails(2, "did you mean llm.call?", "schemas", "llm.calls")
        self.fails(2, "did you mean turns?", "schemas", "trns")
        if b"did you mean" in self.fails(2, "known types: ", "schemas", "nothing-of-the-kind"):
            self.problems.append("schemas takes anything for a slip")

    def words_that_are_no_commands(self):
        """A mistyped command is named as what it is, at each level, with the one that was meant."""
        for words, wrong, place, meant in (("alrets check x", "alrets", "plimsoll", "alerts"), ("alerts chek x", "chek", "plimsoll alerts", "check"),
                                           ("querry", "querry", "plimsoll", "query"), ("halp", "halp", "plimsoll", "help"),
                                           ("alerts chek --data x", "chek", "plimsoll alerts", "check"), ("prices Load x", "Load", "plimsoll prices", "load"),
                                           ("help qury", "qury", "plimsoll", "query"), ("help alerts chek", "chek", "plimsoll alerts", "check")):
            said = f'"{wrong}" is no command of {place}\n  did you mean {place} {meant}? known: '
            self.fails(2, said, *words.split())
        for command, names in self.commands():
            below = [other[len(command)] for other, _ in self.commands() if len(other) == len(command) + 1 and other[:-1] == command]
            if below:
                found = self.fails(2, f'"xyzzy-plugh" is no command of {" ".join(["plimsoll", *command])}\n', *command, "xyzzy-plugh")
                # The parser's own command is listed as one and is there at the top alone.
                self.expect(f"commands of {command}", found.partition(b"known: ")[2].partition(b";")[0].decode().split(", "),
                            [name for name in below if name != "help"])
        # Words behind the last command are its arguments.
        for words in ("help query querry", "help", "help help", "alerts --help chek", "--version"):
            self.expect(f"status of {words}", self.run(*words.split())[0], 0)

    def commands(self):
        """((words of a command, options that it has)) of all, as the parser lists them."""
        def walked(command, words):
            names = {"--" + name["name"] for argument in command.get("arguments", []) for name in argument.get("names", []) if name["kind"] == "long"}
            yield words, names
            for below in command.get("subcommands", []):
                yield from walked(below, [*words, below["commandName"]])

        return list(walked(json.loads(self.run("--experimental-dump-help")[1])["command"], []))

    def options_that_are_not_there(self):
        """Advice names options of the command at hand alone; those of another one stand behind its words."""
        everything = {tuple(words): names for words, names in self.commands()}
        place, nowhere = ["--data", self.folder + "/local"], ["--data", self.folder + "/nowhere"]
        needed = {"query": ["select 1"], "promql": ["up"], "import": [self.events], "prices load": [self.folder + "/prices.csv"], "report": ["cost"],
                  "prices rebook": ["--provider", "acme"], "tokens revoke": ["0" * 12], "backup": [self.folder + "/backups"]}
        makers = {("serve",), ("demo",), ("import",), ("prices", "load"), ("tokens", "create"), ("tokens", "list")}
        looked = set()
        for words, names in everything.items():
            arguments = needed.get(" ".join(words), [])
            tries = [[*words, *arguments, *nowhere]] if "--data" in names and words not in makers else []
            if "--section" in names:
                tries.append([*words, *arguments, *place, "--format", "csv", "--section", "all"])
            if "--server" in names:
                tries.append([*words, *arguments, *place, "--server", self.server.url])
            for command in tries:
                status, _, errors = self.run(*command)
                said, own = errors.decode(), names
                for quoted in re.findall("`plimsoll ([^`]*)`", said):
                    other = tuple(word for word in quoted.split() if not word.startswith("-"))
                    while other and other not in everything:
                        other = other[:-1]
                    self.expect(f"options of `plimsoll {quoted}`", set(re.findall("--[a-z-]+", quoted)) - everything[other], set())
                found = set(re.findall("--[a-z][a-z-]*", re.sub("`[^`]*`", "", said))) - {"--help"}
                self.expect(f"options that {command} has not and names", found - own, set())
                self.expect(f"that {command} is refused", status != 0, True)
                looked.add(words)
        self.expect("commands that only work on a directory are among them", {("verify",), ("repair",), ("set-aside",), ("alerts", "replay")} <= looked, True)
        self.fails(2, f"there is no data directory {nowhere[1]}\n  name it with --data DIR\n", "verify", *nowhere)
        self.fails(2, "name it with --data DIR, or ask a running server with --server URL\n", "query", "select 1", *nowhere)
        self.fails(2, f"there is no data directory {nowhere[1]}\n  name it with --data DIR\n", "tokens", "revoke", "0" * 12, *nowhere)
        self.expect("a directory of which nothing can be revoked", os.path.exists(nowhere[1]), False)

    def a_server_that_is_not_asked(self):
        """What works on a directory alone says so to whoever has named a server, and how the server is asked."""
        environment = {**self.environment, "PLIMSOLL_SERVER": self.server.url}
        result = subprocess.run([self.binary, "alerts", "replay"], capture_output=True, timeout=60, env=environment)
        said = b"works on a directory" in result.stderr and b"GET /v1/alerts/replay" in result.stderr
        self.expect("a replay where a server is named", (result.returncode, said), (2, True))
        self.fails(2, "alerts replay works on a directory, and --server names a server", "alerts", "replay", "--server", self.server.url)

    def input_that_is_not_there(self):
        """Standard input that is closed is not an empty one."""
        for command in (["import", "-", "--data", self.folder + "/none"], ["import", "-", "--server", self.server.url],
                        ["query", "-", "--data", self.folder + "/local"]):
            status, _, errors = self.without("<&-", *command)
            self.expect(f"{command} without standard input", (status, b"cannot read standard input: " in errors), (5, True))
        self.expect("a directory of an import of nothing", os.path.exists(self.folder + "/none"), False)
        event = {"specversion": "1.0", "id": "a", "source": "s", "type": "no.such", "data": {}}
        for line, kept in ({"specversion": "1.0"}, False), (event, True):
            status, said, _ = self.run("import", "-", "--data", self.folder + "/refused", stdin=json.dumps(line).encode())
            self.expect("an import of what is refused", (status, b"rejected 1" in said), (2, True))
            self.expect(f"a directory of an import of {line}", os.path.exists(self.folder + "/refused"), kept)

    def pipes(self):
        """A pipe with a name is read as a file is; what came through one is never asked to be read again."""
        pipe, cut = self.folder + "/pipe", self.folder + "/cut.ndjson"
        os.mkfifo(pipe)

        def write():
            with open(self.events, "rb") as events, open(pipe, "wb") as file:
                shutil.copyfileobj(events, file)

        threading.Thread(target=write, daemon=True).start()
        status, said, _ = self.run("import", pipe, "--data", self.folder + "/piped")
        self.expect("an import from a pipe", (status, said.startswith(b"accepted 2000, duplicates 0, rejected 0")), (0, True))
        beginning = b"".join(self.run("export", "--data", self.folder + "/local")[1].splitlines(True)[:600])
        with open(cut, "wb") as file:
            file.write(beginning)
        self.fails(2, "import the whole file as it was written to go on", "import", cut, "--data", self.folder + "/of-file")
        self.fails(2, "send the export whole, as it was written, again to go on", "import", "-", "--data", self.folder + "/of-pipe", stdin=beginning)

    def whole_files(self):
        """Files that a command reads whole may be what another program writes; none of them is read without an end."""
        prices, settings, token = self.folder + "/prices.csv", self.folder + "/plimsoll.yaml", self.folder + "/a-token"
        with open(prices, "w", encoding="utf-8") as file:
            file.write("provider,model,token_class,usd_per_million_tokens\nacme,large,input,2.5\n")
        with open(settings, "w", encoding="utf-8") as file:
            file.write("limits:\n  query_memory: 64MiB\n  quary_memory: 1\n")
        with open(token, "w", encoding="utf-8") as file:
            file.write("nobody\n")

        def piped(command, path):
            return subprocess.run(["bash", "-c", f'exec "$0" {command} <(cat "$1")', self.binary, path], capture_output=True, timeout=60,
                                  env=self.environment)

        place = f"--data {self.folder}/priced"
        found = piped(f"prices load {place}", prices)
        self.expect("prices from a pipe", (found.returncode, found.stdout.startswith(b"1 price added, ")), (0, True))
        found = piped("check config", settings)
        self.expect("settings from a pipe", (found.returncode, b"quary_memory" in found.stderr), (1, True))
        found = piped(f"prices list --server {self.server.url} --token-file", self.folder + "/none")
        self.expect("a token from a pipe with nothing in it", (found.returncode, b"holds no token" in found.stderr), (2, True))
        found = piped(f"prices list --server {self.server.url} --token-file", token)
        self.expect("a token from a pipe", b"holds no token" in found.stderr, False)
        self.run("import", self.events, "--data", self.folder + "/local")
        key = self.folder + "/local/keys/store.key"
        found = piped(f"import {self.events} --data {self.folder}/keyed --key", key)
        with open(key, "rb") as first, open(self.folder + "/keyed/keys/store.key", "rb") as second:
            self.expect("a key from a pipe", (found.returncode, first.read() == second.read()), (0, True))
        for command in (["prices", "load", "/dev/zero"], ["check", "config", "/dev/zero"]):
            self.fails(2, "longer than 64 MiB", *command)
        with open("/dev/zero", "rb") as zeros:
            result = subprocess.run([self.binary, "query", "-"], stdin=zeros, capture_output=True, timeout=60, env=self.environment)
            self.expect("a query without an end", (result.returncode, b"longer than 64 MiB" in result.stderr), (2, True))

    def what_is_no_file(self):
        """A pipe in the place of a store's file keeps nobody waiting; a directory is no input, and another's store no place for a demo."""
        data, kept = self.folder + "/of-pipes", self.folder + "/kept"
        self.run("import", self.events, "--data", data)
        self.fails(2, "holds a store that no demo began", "demo", "--once", "--data", data, "--listen", "127.0.0.1:0")
        log = f"{data}/log/" + max(name for name in os.listdir(data + "/log") if name.startswith("events-"))
        for path, status in ((log, 5), (data + "/keys/store.key", 4)):
            os.rename(path, kept)
            os.mkfifo(path)
            self.fails(5, f"cannot open {path}: a pipe, a socket or a device stands there", "query", "select 1", "--data", data)
            self.fails(status, f"cannot open {path}: a pipe, a socket or a device stands there", "verify", "--data", data)
            os.rename(kept, path)
        tokens = data + "/keys/tokens"
        os.mkfifo(tokens)
        self.fails(5, f"cannot open {tokens}: a pipe, a socket or a device stands there", "tokens", "list", "--data", data)
        os.remove(tokens)
        pipe = self.folder + "/pipe-for-a-directory"
        os.mkfifo(pipe)
        for path in (self.events, pipe):
            for command in (["serve", "--listen", "127.0.0.1:0"], ["demo", "--once", "--listen", "127.0.0.1:0"], ["verify"], ["query", "select 1"],
                            ["import", self.events], ["tokens", "list"], ["tokens", "create", "--scope", "read"], ["tokens", "revoke", "0" * 12]):
                self.fails(2, f"{path} is a file, not a directory", *command, "--data", path)
        for command in (["alerts", "check", data], ["alerts", "test", data], ["prices", "load", data, "--data", self.folder + "/priced"],
                        ["import", data, "--data", self.folder + "/priced"], ["check", "config", data]):
            self.fails(2, f"{data} is a directory", *command)

    def runbooks(self):
        """Each alert's page is there without a server, as it is written; alerts name the one of a server that is down."""
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Alerts")
        listed = self.run("runbook", "--list")[1].decode().split()
        self.expect("runbooks that are listed", listed, sorted(name[:-3] for name in os.listdir(folder + "/runbooks") if name != "README.md"))
        for name in listed:
            with open(f"{folder}/runbooks/{name}.md", "rb") as file:
                self.expect(f"the runbook {name}", self.run("runbook", name)[:2], (0, file.read()))
        self.fails(2, "did you mean PlimsollDown?", "runbook", "PlimsolDown")
        self.fails(2, "there is no runbook README", "runbook", "README")
        self.fails(2, "--list", "runbook")
        with open(folder + "/rules/pipeline.yaml", encoding="utf-8") as file:
            self.expect("an alert that says how its runbook is read", "plimsoll runbook PlimsollDown" in file.read(), True)

    def objectives_in_documents(self):
        """Rules are made where counters say what is bad; what is refused has file and line, and help says what is read."""
        slo, settings = self.folder + "/slo.yaml", self.folder + "/objectives.yaml"
        text = """apiVersion: openslo/v1
kind: SLO
metadata: {name: quick}
spec:
  indicator:
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {spec: {query: 'sum(support_answer_duration_seconds_bucket{le="2.7"})'}}}
        total: {metricSource: {spec: {query: sum(support_answer_duration_seconds_count)}}}
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 1M
      calendar:
        startTime: 2026-01-01 00:00:00
        timeZone: Europe/Berlin
  objectives: [{target: 0.99}]
"""
        with open(settings, "w", encoding="utf-8") as file:
            file.write("objectives:\n  answer_p90: {target: 2.7s}\n")
        with open(slo, "w", encoding="utf-8") as file:
            file.write(text)
        said = b"plimsoll: no rules for quick: no bucket of /metrics ends at 2.7 s, the nearest at 2 s and 3 s\n"
        said += (b"  one ends at each bound of an objective in force: name the settings that have it with --config FILE, "
                 b"or the server with --server URL\n")
        self.expect("rules of a bound without a bucket", self.run("slo", "rules", slo), (0, b"groups: []\n", said))
        status, rules, errors = self.run("slo", "rules", slo, "--config", settings, "--runbooks", "https://ops.example/r")
        self.expect("rules of a bound that is an objective", (status, errors), (0, b""))
        for part in (b'le="2.7"', b'objective: "quick"', b"audience: sre", b"runbook_url: https://ops.example/r/SLOBudgetBurnsFast\n"):
            self.expect(f"{part} in the rules", part in rules, True)
        with open(slo, "w", encoding="utf-8") as file:
            file.write(text.replace("Berlin", "Berln"))
        for command in (["slo", "rules", slo], ["slo", "status", "--slo", slo, "--data", self.folder + "/local"]):
            self.fails(2, f"{slo}:16: spec.timeWindow[0].calendar.timeZone Europe/Berln: there is no such time zone", *command)
        told = " ".join(self.run("help", "slo")[1].decode().split())
        for word in ("sum(support_feedback_total{score=~", "sum(increase(support_llm_cost_usd_total[1h]))", "timeZone: Europe/Berlin", "channel and tenant"):
            self.expect(f"{word} in the help", word in told, True)

    def rules_that_say_nothing(self):
        """What a check of settings tells of the rule files that they name is what a check of these tells; neither is a mistake."""
        rules, settings = self.folder + "/circle.yaml", self.folder + "/with-rules.yaml"
        with open(rules, "w", encoding="utf-8") as file:
            file.write("groups:\n  - name: g\n    rules:\n      - {record: one, expr: two}\n      - {record: two, expr: one}\n"
                       "      - {alert: Never, expr: support_answer_total > 1}\n")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"alerts:\n  rules: {rules}\n")
        status, _, errors = self.run("alerts", "check", rules)
        warnings = errors.splitlines()
        self.expect("warnings of rules", (status, len(warnings)), (0, 3))
        self.expect("a rule that reads itself", any(b":4: warning: the recording rule one reads itself by way of two: " in line for line in warnings), True)
        status, said, errors = self.run("check", "config", settings)
        self.expect("warnings of settings", errors.splitlines(), [f"{settings}: alerts.rules: ".encode() + line for line in warnings])
        self.expect("settings with warnings", (status, said), (0, f"{settings}: 1 settings, no mistake, 3 to look at\n".encode()))
        local = ["--data", self.folder + "/local"]
        status, _, errors = self.run("alerts", "replay", rules, *local)
        self.expect("a replay of a rule that says nothing", (status, b"Never: support_answer_total is not known; did you mean" in errors), (0, True))
        for place in (local, ["--server", self.server.url]):
            status, said, errors = self.run("promql", "rate(support_answer_total[5m])", *place)
            reason = b"plimsoll: support_answer_total is not known; did you mean support_answers_total? it is no metric of plimsoll\n"
            self.expect("why there are no series", (status, said, errors), (0, b"no series\n", reason))
            self.fails(2, "steps from --start to the end, and no more than 11000 are answered\n  take a --step of 236s or more",
                       "promql", "up", "--start", "now-30d", "--end", "now", "--step", "1s", *place)
        errors = self.run("promql", "sum(job:answers:rate)", *local)[2]
        self.expect("rules over a directory", b"no rules are evaluated here" in errors, True)

    def variables(self):
        """What stands in the environment is read whatever options say: no advice to give one, of settings without any least of all."""
        before = self.environment
        for variable, text, options in (("RETENTION_TENANTS", "acme=soon", ()), ("LIMITS_QUERY_TIME", "soon", ()), ("MEMORY", "much", ("--memory", "2GiB")),
                                        ("RETENTION_EVENTS", "29d", ("--retention-events", "90d"))):
            self.environment = {**before, f"PLIMSOLL_{variable}": text}
            self.fails(2, f"PLIMSOLL_{variable}: ", "serve", "--data", self.folder + "/unserved", *options)
            self.fails(2, "change or unset the variable", "serve", "--data", self.folder + "/unserved", *options)
        self.environment = before

    def text_that_is_none(self):
        self.fails(2, "no UTF-8", "query", "-", "--data", self.folder + "/local", stdin=b"select '\xff'")

    def look(self):
        self.server.start()
        self.full_disk()
        for look in (self.a_token_that_nobody_saw, self.a_reader_that_goes, self.a_newer_directory, self.a_lost_file, self.too_little_memory, self.a_summary,
                     self.no_library_clears_up, self.many_at_once,
                     self.exit_statuses, self.addresses, self.numbers, self.time_limits, self.control_characters, self.endless_answers,
                     self.busy_servers, self.streams, self.input_that_is_not_there,
                     self.pipes, self.whole_files, self.what_is_no_file, self.runbooks, self.variables, self.text_that_is_none, self.names_that_are_near,
                     self.words_that_are_no_commands, self.options_that_are_not_there, self.objectives_in_documents,
                     self.rules_that_say_nothing,
                     self.a_server_that_is_not_asked):
            look()


def main():
    parser = argparse.ArgumentParser(description="Commands whose surroundings fail.")
    parser.add_argument("--plimsoll", required=True)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plimsoll-line-")
    line = Line(arguments.plimsoll, folder)
    try:
        line.look()
    except CommandFailed as error:
        line.problems.append(str(error))
    finally:
        line.server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for problem in line.problems:
        print(problem)
    print(f"command line: {len(line.problems)} problems")
    return 1 if line.problems else 0


if __name__ == "__main__":
    sys.exit(main())
