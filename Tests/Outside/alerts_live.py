#!/usr/bin/env python3
"""The shipped rules in a real Prometheus that scrapes a real server and alerts a real Alertmanager, under live traffic in which a model is slow for a while.

usage: alerts_live.py --plimsoll BINARY [--minutes 15] [--factor F] [--rate 7.5] [--seed 1] [--keep DIR]

A run has four parts: all is well (2 of 15 minutes), one model is slow (5), all is well again (3.5), the emitter is gone (4.5). All durations
of a copy of the rules are multiplied by the factor, so that five minutes of waiting fit in; nothing else of them is changed.
"""
import argparse
import datetime
import http.client
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

from outside.judging import judged
from outside.plimsoll import CommandFailed, Server, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DURATION = r"\d+(?:ms|[smhdw])"


def scaled(text, factor):
    """A duration such as 5m, multiplied; at least a second."""
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return f"{max(1000, round(int(number) * SECONDS[unit] * factor * 1000))}ms"


def scaled_rules(text, factor):
    """The durations of a rule file: windows, offsets, `for` and the interval of a group."""
    change = lambda match: match[1] + scaled(match[2], factor)
    for before in (r"(\[)", r"(\[" + DURATION + ":)", r"(\boffset )", r"(\bfor: )", r"(\binterval: )"):
        text = re.sub(before + f"({DURATION})", change, text)
    return text


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what Alertmanager sends: (seconds, receiver, status, alert name)."""
    notifications, began = [], 0.0

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in body["alerts"]:
            self.notifications.append((time.monotonic() - Receiver.began, self.path.strip("/"), alert["status"], alert["labels"]["alertname"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Program:
    """Prometheus or Alertmanager, its output in a file."""

    def __init__(self, name, folder, arguments, port):
        binary = shutil.which(name)
        if not binary:
            raise CommandFailed(f"{name} is not installed (Debian packages prometheus, prometheus-alertmanager)")
        self.name, self.port, self.path = name, port, os.path.join(folder, name + ".log")
        self.log = open(self.path, "wb")
        self.process = subprocess.Popen([binary, *arguments], stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read()

    def wait(self, timeout=60):
        ends = time.monotonic() + timeout
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                return self.get("/-/ready")
            except OSError:
                time.sleep(0.1)
        raise CommandFailed(f"{self.name} was not ready: {self.lines()[-5:]}")

    def lines(self):
        with open(self.path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


class Emitter:
    """`plimsoll workload --live`, its lines posted once a second."""

    def __init__(self, binary, server, rate, seed, slow):
        arguments = ["workload", "--live", "--rate", str(rate), "--seed", str(seed), "--slow-from", slow[0], "--slow-to", slow[1]]
        self.process = subprocess.Popen([os.path.abspath(binary), *arguments], stdout=subprocess.PIPE, start_new_session=True)
        self.server, self.lock, self.lines, self.problems, self.sent = server, threading.Lock(), [], [], 0
        self.gone = threading.Event()
        for work in (self.read, self.post):
            threading.Thread(target=work, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.lock:
                self.lines.append(line)

    def post(self):
        while not self.gone.wait(1):
            with self.lock:
                lines, self.lines = self.lines, []
            if not lines:
                continue
            try:
                status, _, answer = self.server.post("/v1/events", b"".join(lines), "application/x-ndjson")
                if status != 200 or json.loads(answer)["rejected"]:
                    self.problems.append(f"/v1/events: {status} {answer[:300]!r}")
                self.sent += len(lines)
            except (OSError, http.client.HTTPException) as error:
                self.problems.append(f"/v1/events: {error}")

    def stop(self):
        self.gone.set()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def configure(folder, factor, server, ports):
    """Writes the shipped configuration into the folder with our ports and shortened times."""
    os.mkdir(os.path.join(folder, "rules"))
    for name in sorted(os.listdir(os.path.join(ROOT, "Alerts/rules"))):
        with open(os.path.join(ROOT, "Alerts/rules", name), encoding="utf-8") as file, open(os.path.join(folder, "rules", name), "w", encoding="utf-8") as copy:
            copy.write(scaled_rules(file.read(), factor))
    changes = {
        "prometheus/prometheus.yml": [("../../Alerts/rules/*.yaml", folder + "/rules/*.yaml"), ("127.0.0.1:8910", f"127.0.0.1:{server.port}"),
                                      ("127.0.0.1:9093", f"127.0.0.1:{ports['alertmanager']}")],
        "alertmanager/alertmanager.yml": [("127.0.0.1:9095", f"127.0.0.1:{ports['receiver']}")],
    }
    for name, pairs in changes.items():
        with open(os.path.join(ROOT, "Deploy", name), encoding="utf-8") as file:
            text = file.read()
        for old, new in pairs:
            if old not in text:
                raise CommandFailed(f"Deploy/{name} does not name {old}")
            text = text.replace(old, new)
        text = re.sub(rf"((?:_interval|_timeout|_wait): )({DURATION})", lambda match: match[1] + scaled(match[2], factor) if match[2] != "0s" else match[0], text)
        with open(os.path.join(folder, os.path.basename(name)), "w", encoding="utf-8") as file:
            file.write(text)


class Watch:
    """What Alertmanager shows, looked at every second."""

    def __init__(self, alertmanager):
        self.alertmanager, self.began = alertmanager, time.monotonic()
        self.spans, self.active, self.annotations = {}, set(), {}

    def now(self):
        return time.monotonic() - self.began

    def look(self):
        # Muted ones are alerts too; only what has ended is left out.
        alerts = json.loads(self.alertmanager.get("/api/v2/alerts?active=true&inhibited=true&silenced=true"))
        present = {alert["labels"]["alertname"] for alert in alerts}
        for alert in alerts:
            self.annotations[alert["labels"]["alertname"]] = alert["annotations"]
        for name in present - self.active:
            self.spans.setdefault(name, []).append([self.now(), None])
            print(f"{self.now() / 60:6.2f} min  fires     {name}: {self.annotations[name]['summary']}", flush=True)
        for name in self.active - present:
            self.spans[name][-1][1] = self.now()
            print(f"{self.now() / 60:6.2f} min  resolved  {name}", flush=True)
        self.active = present

    def until(self, seconds):
        while self.now() < seconds:
            self.look()
            time.sleep(1)


def judge(watch, prometheus, times, notifications):
    """Problems, as text."""
    slow, well, silent, end = times
    spans = watch.spans
    if spans.get("Watchdog", [[end, None]])[0][0] > slow or spans["Watchdog"][-1][1] is not None:
        yield f"Watchdog was not there all the time: {spans.get('Watchdog')}"
    critical = [name for name in spans if name.startswith("Support") and name != "SupportUnpricedCalls" and spans[name][0][0] < slow]
    if critical:
        yield f"before anything was slow: {critical}"
    p95 = spans.get("SupportAnswerP95High", [])
    if len(p95) != 1 or not slow < p95[0][0] < well:
        yield f"SupportAnswerP95High should fire once while a model is slow ({slow:.0f} to {well:.0f} s): {p95}"
    elif p95[0][1] is None or not well < p95[0][1] < silent:
        yield f"SupportAnswerP95High should be resolved between {well:.0f} and {silent:.0f} s: {p95}"
    silence = spans.get("PlimsollIngestSilence", [])
    if len(silence) != 1 or not silent < silence[0][0] < end or silence[0][1] is not None:
        yield f"PlimsollIngestSilence should fire after {silent:.0f} s and stay: {silence}"
    for name, annotations in watch.annotations.items():
        page = os.path.basename(annotations.get("runbook_url", ""))
        if not page or not os.path.exists(os.path.join(ROOT, "Alerts/runbooks", page + ".md")):
            yield f"{name} links to the runbook {annotations.get('runbook_url')}"
    for status in ("firing", "resolved"):
        if not any(row[1:] == ("pager", status, "SupportAnswerP95High") for row in notifications):
            yield f"nobody was told that SupportAnswerP95High is {status}"
    if not any(row[1] == "heartbeat" for row in notifications):
        yield "the heartbeat was not sent"
    groups = json.loads(prometheus.get("/api/v1/rules"))["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    for rule in rules:
        if rule["health"] != "ok":
            yield f"rule {rule['name']}: {rule['health']} {rule.get('lastError')}"
    for target in json.loads(prometheus.get("/api/v1/targets"))["data"]["activeTargets"]:
        if target["health"] != "up":
            yield f"target {target['scrapeUrl']}: {target['lastError']}"
    slowest = max(group["evaluationTime"] for group in groups)
    print(f"{len(rules)} rules, slowest group {slowest * 1000:.1f} ms, {len(notifications)} notifications")
    for line in prometheus.lines():
        if "level=error" in line or "level=warn" in line and "scrape" in line:
            yield f"prometheus: {line[:400]}"


def run(arguments, folder):
    minutes, factor = arguments.minutes, arguments.factor or arguments.minutes / 75
    times = [minutes * 60 * part / 15 for part in (2, 7, 10.5, 15)]
    server = Server(arguments.plimsoll, os.path.join(folder, "data"))
    ports = {name: free_port() for name in ("prometheus", "alertmanager", "receiver")}
    configure(folder, factor, server, ports)
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", ports["receiver"]), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    programs, emitter = [], None
    try:
        server.start()
        programs.append(Program("prometheus-alertmanager", folder, [
            f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alertmanager", "--cluster.listen-address=",
            f"--web.listen-address=127.0.0.1:{ports['alertmanager']}"], ports["alertmanager"]))
        programs.append(Program("prometheus", folder, [
            f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/prometheus",
            f"--rules.alert.resend-delay={scaled('1m', factor)}", f"--web.listen-address=127.0.0.1:{ports['prometheus']}"], ports["prometheus"]))
        for program in programs:
            program.wait()
        begin = datetime.datetime.now(datetime.timezone.utc)
        slow = [(begin + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ") for seconds in times[:2]]
        emitter = Emitter(arguments.plimsoll, server, arguments.rate, arguments.seed, slow)
        watch = Watch(programs[0])
        Receiver.began = watch.began
        print(f"durations × {factor:g}; slow from {times[0] / 60:.2f} to {times[1] / 60:.2f} min, silent from {times[2] / 60:.2f} min", flush=True)
        watch.until(times[2])
        emitter.stop()
        watch.until(times[3])
        problems = emitter.problems + list(judge(watch, programs[1], times, Receiver.notifications))
        print(f"seed {arguments.seed}: {emitter.sent} events in {times[2] / 60:.1f} minutes, server {server.resident_kib('RssAnon') // 1024} MiB")
        return problems
    finally:
        if emitter:
            emitter.stop()
        for program in programs:
            program.stop()
        receiver.shutdown()
        server.stop()


def main():
    parser = argparse.ArgumentParser(description="Run the shipped rules against live traffic in which a model is slow.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--factor", type=float, help="of all durations of the rules; default: minutes / 75")
    parser.add_argument("--rate", type=float, default=7.5, help="messages a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder for data, configuration and logs; default: a temporary one")
    return judged(run, parser.parse_args(), "plimsoll-alerts-")


if __name__ == "__main__":
    sys.exit(main())
