#!/usr/bin/env python3
"""TLS on the command line, proxies in front of a server, and the server's log, looked at from outside.

usage: wires.py --plimsoll BINARY

A proxy of Python's own TLS stands before a real server, with certificates of an authority made by the program openssl: trusted, unknown, of
another name, expired. No command gets on without proof, and a token goes nowhere else. The log is read in both its forms.
"""
import argparse
import http.client
import json
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from outside.plimsoll import CommandFailed, Server

EVENT = {"specversion": "1.0", "source": "wires", "type": "probe.checked", "time": "2026-08-01T09:00:00Z", "data": {"target": "door", "ok": True}}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Deploy/README.md")
LEVELS = ("notice", "warning", "error", "critical")


class Authority:
    """Makes certificates in a folder; `openssl` of Debian's package of that name."""

    KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.openssl("req", "-x509", *self.KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=an authority of a test")
        self.openssl("req", "-x509", *self.KEY, "-keyout", "x.key", "-out", "stranger.pem", "-days", "30", "-subj", "/CN=another authority")

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments):
        result = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, timeout=60)
        if result.returncode != 0:
            raise CommandFailed(f"openssl {arguments[0]}: {result.stderr.decode(errors='replace')}")

    def certify(self, name, names, days="30"):
        with open(self.path(name + ".ext"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        self.openssl("req", *self.KEY, "-keyout", name + ".key", "-out", name + ".csr", "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", name + ".pem",
                     "-days", days, "-extfile", name + ".ext")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return context


class Proxy:
    """Takes connections, of TLS where there is a context, and hands their bytes to a server, with a header field in each first request."""

    def __init__(self, port, context=None, field=None, answer=None):
        self.port, self.context, self.field, self.answer, self.seen = port, context, field, answer, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            client = self.context.wrap_socket(connection, server_side=True) if self.context else connection
            with client:
                first = client.recv(65536)
                self.seen += first
                if self.answer:
                    return client.sendall(self.answer)
                if self.field:
                    head, rest = first.split(b"\r\n", 1)
                    first = head + b"\r\n" + self.field.encode() + b"\r\n" + rest
                with socket.create_connection(("127.0.0.1", self.port)) as server:
                    server.sendall(first)
                    self.copy(client, server)
        except OSError:
            connection.close()
        return None

    def copy(self, client, server):
        """One thread for both ways: a socket of TLS is not for two."""
        while True:
            readable = [client] if self.context and client.pending() else select.select([client, server], [], [])[0]
            for source in readable:
                piece = source.recv(65536)
                if not piece:
                    return
                if source is client:
                    self.seen += piece
                (server if source is client else client).sendall(piece)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


class Wires:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.problems = os.path.abspath(binary), folder, []
        self.data = os.path.join(folder, "data")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
        self.authority = Authority(os.path.join(folder, "certificates"))
        self.server = Server(binary, self.data, ["--log-format", "json"])
        self.servers = [self.server]

    def expect(self, what, found, wanted):
        if found != wanted:
            self.problems.append(f"{what}: {found!r} instead of {wanted!r}")

    def run(self, *arguments, environment=None, stdin=b""):
        result = subprocess.run([self.binary, *arguments], capture_output=True, timeout=120, input=stdin, env={**self.environment, **(environment or {})})
        return result.returncode, result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")

    def ask(self, url, *options, environment=None):
        return self.run("query", "select 7 as seven", "--format", "csv", "--server", url, *options, environment=environment)

    def refused(self, what, url, words, *options, environment=None):
        status, output, errors = self.ask(url, *options, environment=environment)
        self.expect(f"status of a question to {what}", (status, output), (3, ""))
        for word in words:
            if word not in errors:
                self.problems.append(f"a question to {what} does not say {word!r}: {errors}")
        if "plim_" in errors:
            self.problems.append(f"a question to {what} shows the token: {errors}")

    # TLS.

    def proof(self):
        status, token, said = self.run("tokens", "create", "--data", self.data, "--scope", "admin")
        self.expect("status of tokens create", status, 0)
        token, trusted = token.strip(), ["--ca-file", self.authority.path("ca.pem")]
        time.sleep(0.7)
        self.token = token
        good = self.authority.certify("good", "DNS:localhost,IP:127.0.0.1")
        with Proxy(self.server.port, good) as proxy:
            for host in ("localhost", "127.0.0.1"):
                url = f"https://{host}:{proxy.own}"
                self.expect(f"an answer over TLS of {host}", self.ask(url, "--token", token, *trusted)[:2], (0, "seven\r\n7\r\n"))
            variable = {"PLIMSOLL_CA_FILE": trusted[1], "PLIMSOLL_TOKEN": token, "PLIMSOLL_SERVER": url}
            self.expect("the same by variables", self.run("query", "select 7 as seven", "--format", "csv", environment=variable)[:2], (0, "seven\r\n7\r\n"))
            self.every_command(variable)
            self.refused("a server of an unknown authority", url, ["nobody known here vouches", "--ca-file", "PLIMSOLL_CA_FILE"], "--token", token)
            self.refused("a server of another authority", url, ["nobody known here vouches"], "--token", token, "--ca-file", self.authority.path("stranger.pem"))
            empty = os.path.join(self.folder, "empty.pem")
            with open(empty, "w", encoding="ascii") as file:
                file.write("nothing\n")
            self.refused("a server with a file that has no certificate", url, ["cannot be read", "PEM"], "--token", token, "--ca-file", empty)
            plain = f"http://localhost:{proxy.own}"
            self.expect("status of plain HTTP to TLS", self.ask(plain, "--token", token)[0], 3)
            self.expect("status without a token", self.ask(url, *trusted)[0], 2)
        for name, names, days, words in (("other", "DNS:other.example", "30", ["for other names", "a name, or an address, that its certificate has"]),
                                         ("old", "DNS:localhost,IP:127.0.0.1", "-1", ["has expired", "new certificate"])):
            with Proxy(self.server.port, self.authority.certify(name, names, days)) as proxy:
                self.refused(f"a server with a certificate that is {name}", f"https://localhost:{proxy.own}", words, "--token", token, *trusted)
                self.expect(f"what a server with a certificate that is {name} got", proxy.seen, b"")

    def every_command(self, variable):
        """Each kind of request once: a body, a long answer, an answer as it comes."""
        events = os.path.join(self.folder, "events.ndjson")
        with open(events, "w", encoding="ascii") as file:
            file.write("".join(json.dumps({**EVENT, "id": f"w-{number}"}) + "\n" for number in range(20_000)))
        status, output, errors = self.run("import", events, "--format", "json", environment=variable)
        self.expect("an import over TLS", (status, status == 0 and json.loads(output)["accepted"]), (0, 20_000))
        status, output, errors = self.run("export", environment=variable)
        self.expect("an export over TLS", (status, output.count('"id":"w-')), (0, 20_000))
        for command in (["report", "sla"], ["status"], ["prices", "list"], ["dialects", "report"], ["alerts", "rules"]):
            self.expect(f"status of {command} over TLS", self.run(*command, environment=variable)[0], 0)
        url, settings = variable["PLIMSOLL_SERVER"], os.path.join(self.folder, "objectives.yaml")
        with open(settings, "w", encoding="ascii") as file:
            file.write("error_budget: 28d\n")
        for what, options, environment in (("a server", [], variable), ("a server beside a file", ["--config", settings, "--server", url], {})):
            links = set(re.findall(r"runbook_url: (\S+?)/runbooks/", self.run("alerts", "rules", *options, environment=environment)[1]))
            self.expect(f"where links to runbooks of {what} lead", links, {url})

    def nobody_is_sent_on(self):
        """A redirect is told of; where it leads hears nothing, least of all the token."""
        context = self.authority.certify("moved", "DNS:localhost")
        with Proxy(self.server.port) as elsewhere:
            answer = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://localhost:{elsewhere.own}/v1/sql\r\nContent-Length: 0\r\n\r\n"
            with Proxy(0, context, answer=answer.encode()) as proxy:
                self.refused("a server that sends us on", f"https://localhost:{proxy.own}", [f"http://localhost:{elsewhere.own}", "--server"],
                             "--token", self.token, "--ca-file", self.authority.path("ca.pem"))
                self.expect("the token where it belongs", f"Bearer {self.token}".encode() in proxy.seen, True)
            self.expect("what came where it was sent on to", elsewhere.seen, b"")

    # The log.

    def lines(self, server):
        """Of the log alone: what serve says on stdout is for people and scripts."""
        time.sleep(0.3)
        return [line.rstrip("\n") for line in server.log if not line.startswith(("listening on ", "spans also at ", "objectives: "))]

    def objects(self, server):
        found = []
        for line in self.lines(server):
            try:
                record = json.loads(line)
            except ValueError:
                self.problems.append(f"no object: {line}")
                continue
            if list(record)[:3] != ["time", "level", "message"] or not re.fullmatch(TIME, record["time"]) or record["level"] not in LEVELS:
                self.problems.append(f"an object of another kind: {line}")
            found.append(record)
        return found

    def find(self, server, **wanted):
        found = [record for record in self.objects(server) if all(record.get(name) == value for name, value in wanted.items())]
        if not found:
            self.problems.append(f"no line of {wanted} in the log")
        return found[0] if found else {}

    def refusals(self):
        """Of each kind one, by plain sockets where no client would send it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        for method, path, headers, body in (
                ("GET", "/v1/secret-c4nary?c4nary=1", {}, b""), ("POST", "/v1/sql", {"Content-Type": "image/png"}, b"c4nary"),
                ("GET", "/v1/status", {"Authorization": "Bearer c4nary"}, b"")):
            credentials = {"Authorization": f"Bearer {self.token}"} if "Authorization" not in headers else {}
            connection.request(method, path, body, {**headers, **credentials})
            connection.getresponse().read()
        connection.close()
        self.expect("gRPC", b"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in self.raw(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0" + b"\0\0\x10\1\4\0\0\0\1application/grpc"), True)
        self.expect("no HTTP", b'{"error":' in self.raw(b"c4nary\r\n\r\n"), True)
        for reason, more in (("not_found", {"request": "GET /v1/…", "status": 404}), ("media_type", {"request": "POST /v1/sql", "status": 415}),
                             ("unknown_token", {"request": "GET /v1/status"}), ("grpc", {}), ("bad_request", {"status": 400})):
            self.find(self.server, level="warning", message="refused", reason=reason, client="127.0.0.1", **more)
        for line in self.lines(self.server):
            if "c4nary" in line or self.token.split("_")[2] in line:
                self.problems.append(f"the log has what was sent: {line}")

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=5) as connection:
            connection.sendall(data)
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
                    if b"http/protobuf" in answer:
                        break
            except TimeoutError:
                pass
            return answer

    def life(self):
        """Start, stop, and what a start after a kill did."""
        for message in ("starting", "listening"):
            self.find(self.server, level="notice", message=message)
        self.find(self.server, message="a new store was begun")
        self.server.stop()
        for message in ("stopping: requests under way are finished first", "stopped"):
            self.find(self.server, level="notice", message=message)
        text = Server(self.binary, self.data, ["--log-format", "text"])
        self.servers.append(text)
        text.start()
        lines = self.lines(text)
        for line in lines:
            if not re.fullmatch(rf"{TIME} ({'|'.join(LEVELS)}) .+", line):
                self.problems.append(f"a line of another kind: {line}")
        if not any(" notice the store was opened" in line and " events=" in line for line in lines):
            self.problems.append(f"the start is not told: {lines}")
        text.request("POST", "/v1/events", json.dumps({**EVENT, "id": "killed"}).encode(),
                     {"Content-Type": "application/cloudevents+json", "Authorization": f"Bearer {self.token}"})
        text.kill()
        again = Server(self.binary, self.data, ["--log-format", "json"])
        self.servers.append(again)
        again.start()
        found = self.find(again, level="notice", message="the store was recovered: it was left while something was under way")
        if found.get("events", 0) < 1 or found.get("position", 0) < 20_001:
            self.problems.append(f"the recovery is not told: {found}")
        again.stop()
        self.torn_end()
        # What keeps it from starting is an object, too.
        status, output, errors = self.run("serve", "--data", self.data, "--listen", "203.0.113.1:1", "--insecure", "--log-format", "json")
        self.expect("status of an address that is none of this machine's", status, 2)
        record = json.loads(errors.splitlines()[-1])
        self.expect("level and advice", (record["level"], "advice" in record), ("critical", True))
        self.expect("status of another form", self.run("serve", "--data", self.data, "--log-format", "xml")[0], 2)

    def torn_end(self):
        """Half a record behind the last one, as a power cut leaves it."""
        store = os.path.join(self.folder, "torn")
        server = Server(self.binary, store, ["--log-format", "json"])
        self.servers.append(server)
        server.start()
        for number in range(3):
            server.request("POST", "/v1/events", json.dumps({**EVENT, "id": f"t-{number}"}).encode(), {"Content-Type": "application/cloudevents+json"})
        server.kill()
        logs = sorted(name for name in os.listdir(os.path.join(store, "log")) if name.endswith(".log"))
        last = max((os.path.join(store, "log", name) for name in logs), key=lambda path: last_byte(path) and os.path.getmtime(path))
        with open(last, "r+b") as file:
            file.seek(last_byte(last) - 8)
            file.write(bytes(16))
        server = Server(self.binary, store, ["--log-format", "json"])
        self.servers.append(server)
        server.start()
        found = [record for record in self.objects(server) if record["message"].startswith("the end of the log was cut")]
        self.expect("lines about a record that was cut", [record["level"] for record in found], ["warning"])
        server.stop()

    def behind_a_proxy(self):
        """The client is named where the proxy is named, and nowhere else."""
        for settings, wanted in (("proxies: 127.0.0.1\n", "203.0.113.9"), ("proxies: 127.0.0.1\nproxy_header: forwarded\n", "127.0.0.1"),
                                 ("proxies: 10.0.0.0/8\n", "127.0.0.1"), ("", "127.0.0.1")):
            path = os.path.join(self.folder, "settings.yaml")
            with open(path, "w", encoding="ascii") as file:
                file.write("log_format: json\n" + settings)
            server = Server(self.binary, self.data, ["--config", path])
            self.servers.append(server)
            server.start()
            with Proxy(server.port, self.authority.certify("front", "DNS:localhost"), field="X-Forwarded-For: 198.51.100.7, 203.0.113.9") as proxy:
                status = self.ask(f"https://localhost:{proxy.own}", "--ca-file", self.authority.path("ca.pem"), "--token", "plim_none")[0]
                self.expect("status of a bad token behind a proxy", status, 2)
            self.find(server, message="refused", reason="unknown_token", client=wanted)
            server.stop()

    def as_the_sample_says(self):
        """The settings and the proxy of Deploy/README.md: whoever asks by the proxy's name is let in with them, and not without."""
        with open(SAMPLE, encoding="utf-8") as file:
            lines = [line[4:] for line in file.read().splitlines() if line.startswith("    ")]
        settings = [line for line in lines if re.match(r"(proxies|names): ", line)]
        name = next((line.split()[1].rstrip(";") for line in map(str.strip, lines) if line.startswith("server_name ")), "none")
        self.expect("settings beside the sample of a proxy", [line.split(":")[0] for line in settings], ["proxies", "names"])
        for wanted in ("proxy_pass http://127.0.0.1:8910;", "proxy_set_header Host $host;"):
            self.expect(f"{wanted} in the sample", wanted in map(str.strip, lines), True)
        context = self.authority.certify("sample", f"DNS:{name}")
        trusting = ssl.create_default_context(cafile=self.authority.path("ca.pem"))
        for number, (said, wanted) in enumerate(((settings, 200), (settings[:1], 403))):
            path = os.path.join(self.folder, "sample.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(said) + "\n")
            server = Server(self.binary, os.path.join(self.folder, f"sample-{number}"), ["--config", path])
            self.servers.append(server)
            server.start()
            with Proxy(server.port, context, field="X-Forwarded-For: 203.0.113.9") as proxy:
                with socket.create_connection(("127.0.0.1", proxy.own), timeout=30) as plain, trusting.wrap_socket(plain, server_hostname=name) as client:
                    client.sendall(f"GET /v1/status HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                    answer = b""
                    while piece := client.recv(65536):
                        answer += piece
                self.expect(f"status by the proxy's name with {said}", answer.split(b" ")[1:2], [str(wanted).encode()])
                if wanted == 403:
                    self.expect("what the refusal says", f"--names {name}".encode() in answer, True)
            server.stop()

    def look(self):
        self.server.start()
        self.proof()
        self.nobody_is_sent_on()
        self.refusals()
        self.life()
        self.behind_a_proxy()
        self.as_the_sample_says()


def last_byte(path):
    """Where the last byte of a file is that is not zero: files of the log are as long as they may become."""
    with open(path, "rb") as file:
        return len(file.read().rstrip(b"\0"))


def main():
    parser = argparse.ArgumentParser(description="TLS, proxies and the log.")
    parser.add_argument("--plimsoll", required=True)
    arguments = parser.parse_args()
    if shutil.which("openssl") is None:
        print("wires: no openssl here; install the Debian package openssl")
        return 1 if os.environ.get("CI") == "true" else 0
    folder = tempfile.mkdtemp(prefix="plimsoll-wires-")
    wires = Wires(arguments.plimsoll, folder)
    try:
        wires.look()
    except (CommandFailed, OSError, ValueError) as error:
        wires.problems.append(f"{type(error).__name__}: {error}")
    finally:
        for server in wires.servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for problem in wires.problems:
        print(problem)
    print(f"wires: {len(wires.problems)} problems")
    return 1 if wires.problems else 0


if __name__ == "__main__":
    sys.exit(main())
