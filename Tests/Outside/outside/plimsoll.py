"""Runs the `plimsoll` executable: single commands, and a server that can be killed."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request


class CommandFailed(Exception):
    pass


class Commands:
    """`plimsoll` against a data directory or a running server."""

    def __init__(self, binary, data=None, server=None, timeout=600):
        self.binary, self.timeout = os.path.abspath(binary), timeout
        self.place = ["--server", server] if server else ["--data", data]

    def run(self, *arguments):
        result = subprocess.run([self.binary, *arguments], capture_output=True, timeout=self.timeout)
        if result.returncode != 0:
            raise CommandFailed(f"plimsoll {' '.join(arguments)}: status {result.returncode}: {result.stderr.decode(errors='replace')[-2000:]}")
        return result.stdout

    def query(self, sql):
        """The decoded answer of `plimsoll query --format json`."""
        return json.loads(self.run("query", sql, "--format", "json", *self.place))

    def rows(self, sql):
        return self.query(sql)["rows"]

    def report(self, name, *options):
        return json.loads(self.run("report", name, "--format", "json", *options, *self.place))

    def import_file(self, path):
        """The summary of `plimsoll import --format json`; an import that refused lines must end with status 2, every other one with 0."""
        result = subprocess.run([self.binary, "import", path, "--format", "json", *self.place], capture_output=True, timeout=self.timeout)
        output = result.stdout.decode().strip().splitlines()
        if result.returncode not in (0, 2) or not output:
            raise CommandFailed(f"plimsoll import {path}: status {result.returncode}: {result.stderr.decode(errors='replace')[-2000:]}")
        summary = json.loads(output[-1])
        if (result.returncode == 2) != (summary["rejected"] > 0):
            raise CommandFailed(f"plimsoll import {path}: status {result.returncode} with {summary['rejected']} lines refused")
        return summary


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One `plimsoll serve` on free loopback ports; everything it prints is kept."""

    def __init__(self, binary, data, extra=(), before=()):
        """`before`: words that run what follows them in the same process, such as `strace -D` or a shell that sets limits."""
        self.binary, self.data, self.extra, self.before = os.path.abspath(binary), data, list(extra), list(before)
        self.port = free_port()
        self.process, self.log = None, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def start(self, timeout=60):
        """Starts the process and waits until it is ready; returns the seconds that took. A port that somebody took a moment ago is tried again."""
        for patience in (0.5, 2, 0):
            try:
                return self._start(timeout)
            except CommandFailed as failure:
                if not patience or "in use" not in str(failure) and "another process does already" not in str(failure):
                    raise
                time.sleep(patience)

    def spawn(self):
        """Starts the process and waits for nothing."""
        listeners = []
        for option in ("--otlp-http-listen", "--otlp-grpc-listen", "--postgres-listen"):
            if option in self.options():
                listeners += [option, "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [*self.before, self.binary, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *listeners, *self.extra],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        threading.Thread(target=self._keep, args=(self.process.stdout,), daemon=True).start()

    def _start(self, timeout):
        began = time.monotonic()
        self.spawn()
        while time.monotonic() - began < timeout:
            if self.process.poll() is not None:
                time.sleep(0.1)
                raise CommandFailed(f"serve ended with {self.process.returncode}: {''.join(self.log)[-2000:]}")
            try:
                if self.get("/readyz", timeout=2)[0] == 200:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise CommandFailed(f"serve was not ready within {timeout} s: {''.join(self.log)[-2000:]}")

    def options(self):
        """The options that this build of `serve` knows, from its help text."""
        if not hasattr(self, "_options"):
            output = subprocess.run([self.binary, "serve", "--help"], capture_output=True, timeout=60)
            self._options = set(re.findall(r"--[a-z-]+", (output.stdout + output.stderr).decode(errors="replace")))
        return self._options

    def _keep(self, stream):
        for line in stream:
            self.log.append(line.decode(errors="replace"))
            del self.log[:-500]

    def kill(self):
        """SIGKILL to the one process started here."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self, timeout=30):
        """SIGTERM, then SIGKILL; returns the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def request(self, method, path, body=None, headers=None, timeout=60):
        """(status, headers, body); an HTTP error status is an answer, not an exception."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def get(self, path, headers=None, timeout=60):
        return self.request("GET", path, None, headers, timeout)

    def post(self, path, body, kind, headers=None, timeout=60):
        return self.request("POST", path, body, {"Content-Type": kind, **(headers or {})}, timeout)

    def settle(self, timeout=30):
        """Waits until no trace waits to settle."""
        ends = time.monotonic() + timeout
        while time.monotonic() < ends:
            time.sleep(0.3)
            if json.loads(self.get("/v1/status")[2])["traces_pending"] == 0:
                return
        raise CommandFailed("traces did not settle")

    def resident_kib(self, field="VmRSS"):
        """A memory figure of the process from /proc, in KiB."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
        raise CommandFailed(f"no {field} in /proc/{self.pid}/status")

    def sql(self, text):
        status, _, body = self.post("/v1/sql", json.dumps({"sql": text}).encode(), "application/json")
        if status != 200:
            raise CommandFailed(f"/v1/sql: {status}: {body[:1000].decode(errors='replace')}")
        return json.loads(body)["rows"]
