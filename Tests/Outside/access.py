#!/usr/bin/env python3
"""Looks at access control from outside: tokens made, used and revoked while the server runs, addresses that are refused, clients that trickle.

usage: access.py --plimsoll BINARY
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from outside.plimsoll import CommandFailed, Server

EVENT = {"specversion": "1.0", "source": "access", "type": "probe.checked", "data": {"target": "access", "ok": True}}


class AccessControl:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.data = os.path.abspath(binary), folder, os.path.join(folder, "data")
        # Short times for trickling clients.
        settings = os.path.join(folder, "settings.yaml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write("limits:\n  body_time: 1s\n  idle_time: 2s\n")
        self.server = Server(binary, self.data, ["--config", settings])
        self.secrets, self.problems = [], []

    def expect(self, what, found, wanted):
        if found != wanted:
            self.problems.append(f"{what}: {found!r} instead of {wanted!r}")

    def command(self, *arguments, environment=None):
        """(status, stdout, stderr) of a command; no token of the caller's own environment reaches it."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
        result = subprocess.run([self.binary, *arguments], capture_output=True, timeout=120, env={**clean, **(environment or {})})
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def create(self, *options):
        status, output, said = self.command("tokens", "create", "--data", self.data, *options)
        if status != 0:
            raise CommandFailed(f"tokens create {options}: {said}")
        if "holds no store" in said or "made the directory" in said:
            self.problems.append(f"the server's directory is taken for another: {said}")
        token = output.strip()
        if not re.fullmatch(r"plim_[0-9a-f]{12}_[0-9a-f]{64}", token):
            self.problems.append(f"a token of another shape: {len(token)} characters")
        self.secrets.append(token.split("_")[2])
        return token

    def status(self, method, path, token=None, body=None, kind="application/json"):
        headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.server.request(method, path, body, headers)[0]

    def send(self, number, token=None):
        return self.status("POST", "/v1/events", token, json.dumps({**EVENT, "id": f"d-{number}"}).encode(), "application/cloudevents+json")

    def ask(self, token=None):
        return self.status("POST", "/v1/sql", token, b'{"sql":"select count(*) from events"}')

    def rebook(self, token=None):
        return self.status("POST", "/v1/prices/rebook", token, b'{"provider":"openai"}')

    def until(self, what, question, wanted, seconds=10):
        """The answer may need a moment to become the wanted one."""
        ends = time.monotonic() + seconds
        while (found := question()) != wanted and time.monotonic() < ends:
            time.sleep(0.1)
        self.expect(what, found, wanted)

    def refused_addresses(self):
        """Only the refusal is looked at: nothing ever listens there."""
        for extra in ([], ["--otlp-http-listen", "none"]):
            status, _, said = self.command("serve", "--data", self.data, "--listen", "0.0.0.0:0", *extra)
            self.expect("status of an address for strangers", status, 2)
            if "plimsoll tokens create" not in said or "--insecure" not in said:
                self.problems.append(f"the refusal does not say what to do: {said}")
        status, _, _ = self.command("serve", "--data", self.data, "--listen", "127.0.0.1:0", "--otlp-http-listen", "0.0.0.0:0")
        self.expect("status of a second address for strangers", status, 2)

    def tokens_before_a_server(self):
        """A token opens nothing where no server reads it, so what is made beside it is said."""
        place = os.path.join(self.folder, "elsewhere")
        for words in (f"made the directory {place}", f"{place} holds no store yet"):
            forms = self.command("tokens", "create", "--data", place, "--scope", "read", "--expires", "tomorrow")[2]
            if "now+7d" not in forms:
                self.problems.append(f"a refused end does not say how one is written: {forms}")
            status, output, said = self.command("tokens", "create", "--data", place, "--scope", "read")
            self.expect("status of tokens create without a store", (status, output.startswith("plim_")), (0, True))
            if words not in said or f" for read in {place}; keep" not in said:
                self.problems.append(f"tokens create does not say `{words}`: {said}")
            self.secrets.append(output.strip().split("_")[2])

    def tokens_while_serving(self):
        self.expect("access without tokens", (self.send(1), self.ask(), self.rebook()), (200, 200, 200))
        ingest = self.create("--scope", "ingest", "--name", "bot-1", "--expires", "now+1d")
        self.until("no token once there is one", self.ask, 401)
        read, admin = self.create("--scope", "read"), self.create("--scope", "admin")
        both = self.create("--scope", "read", "--scope", "ingest")
        time.sleep(0.1)
        wanted = {None: (401, 401, 401), ingest: (200, 403, 403), read: (403, 200, 403), admin: (200, 200, 200), both: (200, 200, 403)}
        for number, (token, codes) in enumerate(wanted.items()):
            self.expect("statuses of a token", (self.send(10 + number, token), self.ask(token), self.rebook(token)), codes)
        for path in ("/", "/metrics", "/v1/status", "/v1/prices", "/v1/events", "/v1/reports/sla", "/v1/conversations/c-1",
                     "/v1/openapi.json", "/status"):
            self.expect(path, self.status("GET", path), 401)
        self.expect("probes", (self.status("GET", "/healthz"), self.status("GET", "/readyz")), (200, 200))
        status, headers, body = self.server.request("POST", "/v1/traces", b"{}", {"Content-Type": "application/json"})
        self.expect("spans without a token", (status, headers.get("WWW-Authenticate", "")[:6], json.loads(body).get("code")), (401, "Bearer", 16))
        self.expect("another secret", self.ask(read[:-64] + admin[-64:]), 401)
        self.commands(read, admin)
        # Revoked: worth nothing within a second, for good.
        status, output, _ = self.command("tokens", "revoke", read.split("_")[1], "--data", self.data)
        self.expect("status of tokens revoke", status, 0)
        self.until("a revoked token", lambda: self.ask(read), 401, seconds=2)
        metrics = self.server.request("GET", "/metrics?format=text", None, {"Authorization": f"Bearer {admin}"})[2].decode()
        for reason in ("no_token", "unknown_token", "missing_scope", "revoked_token"):
            if not re.search(rf'^plimsoll_http_refusals_total{{reason="{reason}"}} [1-9]', metrics, re.M):
                self.problems.append(f"refusals for {reason} are not counted")
        self.expect("status of revoking nobody", self.command("tokens", "revoke", "0" * 12, "--data", self.data)[0], 2)
        return admin

    def commands(self, read, admin):
        url = self.server.url
        question = ("query", "select 1 as one", "--format", "csv", "--server", url)
        status, _, said = self.command(*question)
        self.expect("status of a query without a token", status, 2)
        if "PLIMSOLL_TOKEN" not in said:
            self.problems.append(f"a command without a token does not say what to do: {said}")
        path = os.path.join(self.folder, "token")
        with open(path, "w", encoding="ascii") as file:
            file.write(read + "\n")
        for options, environment in ((["--token", read], {}), (["--token-file", path], {}), ([], {"PLIMSOLL_TOKEN": read}), ([], {"PLIMSOLL_TOKEN_FILE": path})):
            self.expect(f"a query with {options[:1] or sorted(environment)}", self.command(*question, *options, environment=environment)[1].split(), ["one", "1"])
        self.expect("status of a bad token", self.command(*question, "--token", "a b")[0], 2)
        events = os.path.join(self.folder, "events.ndjson")
        with open(events, "w", encoding="ascii") as file:
            file.write("".join(json.dumps({**EVENT, "id": f"i-{number}"}) + "\n" for number in range(100)))
        imported = ("import", events, "--format", "json", "--server", url)
        self.expect("status of an import that may only read", self.command(*imported, environment={"PLIMSOLL_TOKEN": read})[0], 2)
        self.expect("an import", json.loads(self.command(*imported, environment={"PLIMSOLL_TOKEN": admin})[1])["accepted"], 100)
        for arguments in (["report", "sla"], ["status"], ["export"], ["prices", "list"], ["prices", "rebook", "--provider", "openai"], ["dialects", "report"]):
            self.expect(f"status of {arguments}", self.command(*arguments, "--server", url, environment={"PLIMSOLL_TOKEN": admin})[0], 0)

    def trickling_clients(self):
        """(what, bytes to begin with): a byte follows every 50 ms; each must be thrown out in time."""
        begin = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
        for what, head, wanted in (
                ("slow header", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ", b""),
                ("slow body without a token", begin + b"Content-Length: 100000\r\n\r\n", b"HTTP/1.1 401 "),
                ("silence", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 "),
                ("large header", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Large: " + b"a" * 100_000, b"HTTP/1.1 400 ")):
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=0.05) as connection:
                answer, began, is_open = b"", time.monotonic(), True
                connection.sendall(head)
                while is_open and time.monotonic() - began < 20:
                    try:
                        if what != "silence":
                            connection.send(b"x")
                        piece = connection.recv(65536)
                        is_open, answer = bool(piece), answer + piece
                    except TimeoutError:
                        pass
                    except OSError:
                        is_open = False
            if is_open or not answer.startswith(wanted):
                self.problems.append(f"{what}: {'still connected' if is_open else 'thrown out'} after {answer[:40]!r}")

    def after_a_restart(self, admin):
        self.server.stop()
        _, listed, _ = self.command("tokens", "list", "--data", self.data)
        states = [line.split()[1] for line in listed.splitlines()[1:]]
        self.expect("states of the tokens", states, ["valid", "revoked", "valid", "valid"])
        self.server.start()
        self.expect("tokens after a restart", (self.ask(admin), self.ask()), (200, 401))
        self.server.stop()
        path = os.path.join(self.data, "keys", "tokens")
        self.expect("mode of the token file", os.stat(path).st_mode & 0o777, 0o600)
        with open(path, "r+b") as file:
            file.seek(40)
            byte = file.read(1)
            file.seek(40)
            file.write(bytes([byte[0] ^ 1]))
        status, _, said = self.command("serve", "--data", self.data, "--listen", "127.0.0.1:0", "--otlp-http-listen", "none")
        self.expect("status of serving with a damaged token file", status, 4)
        if "keys/tokens is damaged at offset" not in said:
            self.problems.append(f"the damage is not named: {said}")

    def secrets_that_leaked(self):
        """Secrets may stand nowhere: not in the log, not in a file of the data directory."""
        texts = {"the server's log": "".join(self.server.log).encode()}
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    texts[name] = file.read()
        for name, text in texts.items():
            if any(secret.encode() in text or bytes.fromhex(secret) in text for secret in self.secrets):
                self.problems.append(f"a secret stands in {name}")

    def run(self):
        self.refused_addresses()
        self.tokens_before_a_server()
        self.server.start()
        admin = self.tokens_while_serving()
        self.trickling_clients()
        self.after_a_restart(admin)
        self.secrets_that_leaked()


def main():
    parser = argparse.ArgumentParser(description="Look at access control from outside.")
    parser.add_argument("--plimsoll", required=True)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plimsoll-access-")
    checks = AccessControl(arguments.plimsoll, folder)
    try:
        checks.run()
    except CommandFailed as error:
        checks.problems.append(str(error))
    finally:
        checks.server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for problem in checks.problems:
        print(problem)
    print(f"access: {len(checks.problems)} problems")
    return 1 if checks.problems else 0


if __name__ == "__main__":
    sys.exit(main())
