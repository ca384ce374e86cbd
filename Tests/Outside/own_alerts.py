#!/usr/bin/env python3
"""A server evaluates rules and tells a real Alertmanager and a webhook, is killed while an alert is pending, and what it said is held against a replay.

usage: own_alerts.py --plimsoll BINARY [--keep DIR]

Slow answers are posted until the alert fires. It fires when its time has come although the server was killed in between, once; both are told, and that it is
over. Rule files with a mistake change nothing. `plimsoll alerts replay` on the directory says the same times, but for a sample's distance: it sees events that came late at their own time.
"""
import argparse
import datetime
import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

from outside.judging import judged
from outside.plimsoll import CommandFailed, Commands, Server, free_port

HOLD, INTERVAL, SAMPLE = 20, 5, 15
RULES = f"""
groups:
  - name: speed
    interval: {INTERVAL}s
    rules:
      - record: job:answers:p95
        expr: histogram_quantile(0.95, sum by (job, le) (increase(support_answer_duration_seconds_bucket[45s])))
      - alert: AnswersSlow
        expr: job:answers:p95 > 8
        for: {HOLD}s
        labels: {{severity: page}}
        annotations: {{summary: "answers take {{{{ $value | humanizeDuration }}}}"}}
"""


class Webhook(http.server.BaseHTTPRequestHandler):
    """Takes what is told: bodies in their order."""
    bodies = []

    def do_POST(self):
        self.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class SlowAnswers:
    """An answer a second, each of twenty seconds; what finds no server is posted with the next."""

    def __init__(self, server):
        self.server, self.gone, self.problems, self.count = server, threading.Event(), [], 0
        threading.Thread(target=self.post, daemon=True).start()

    def post(self):
        waiting = []
        while not self.gone.wait(1):
            self.count += 1
            moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            data = {"conversation_id": f"c{self.count}", "turn": 1, "channel": "chat", "tenant": "acme", "status": "ok", "duration_ns": 20_000_000_000}
            waiting.append({"specversion": "1.0", "id": f"a{self.count}", "source": "test", "type": "message.sent", "time": moment, "data": data})
            try:
                body = "".join(json.dumps(event) + "\n" for event in waiting).encode()
                status, _, answer = self.server.post("/v1/events", body, "application/x-ndjson")
                if status != 200 or json.loads(answer)["rejected"]:
                    self.problems.append(f"/v1/events: {status} {answer[:300]!r}")
                waiting = []
            except (OSError, http.client.HTTPException):
                pass


def wait(what, condition, seconds=120):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            found = condition()
            if found:
                return found
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.3)
    raise CommandFailed(f"{what}: not within {seconds} s")


def alerts(server):
    status, _, body = server.get("/api/v1/alerts")
    return json.loads(body)["data"]["alerts"] if status == 200 else []


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def begin_alertmanager(folder):
    binary = shutil.which("prometheus-alertmanager")
    if not binary:
        raise CommandFailed("prometheus-alertmanager is not installed (Debian package prometheus-alertmanager)")
    port = free_port()
    with open(f"{folder}/alertmanager.yml", "w", encoding="utf-8") as file:
        file.write("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with open(f"{folder}/alertmanager.log", "wb") as log:
        process = subprocess.Popen(
            [binary, f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alertmanager", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    return process, f"http://127.0.0.1:{port}"


def at_alertmanager(url):
    with urllib.request.urlopen(url + "/api/v2/alerts", timeout=10) as answer:
        return [alert for alert in json.load(answer) if alert["labels"]["alertname"] == "AnswersSlow"]


def judge(server, binary, folder, pending, told):
    """What was noted, told and is replayed."""
    notes = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in server.sql("select data from system_events where type = 'alert.changed'")]
    notes.sort(key=lambda note: note["time"])
    stages = [note["after"] for note in notes]
    if stages[:3] != ["pending", "firing", "resolved"] or stages.count("firing") != 1:
        yield f"the alert was {stages}"
        return
    active, fired, over = (seconds(note["time"]) for note in notes[:3])
    if active != seconds(pending["activeAt"]) or fired != active + HOLD:
        yield f"pending at {active}, firing at {fired}, not {HOLD} s later; before the kill it was pending since {pending['activeAt']}"
    if told["labels"].get("severity") != "page" or told["labels"].get("site") != "north" or not told["annotations"]["summary"].startswith("answers take "):
        yield f"Alertmanager was told {told}"
    if abs(seconds(told["startsAt"]) - fired) > 0.01 or "/graph?g0.expr=job%3Aanswers%3Ap95" not in told["generatorURL"]:
        yield f"Alertmanager was told {told}"
    said = [body["status"] for body in Webhook.bodies]
    if said != ["firing", "resolved"]:
        yield f"the webhook was told {said}"
    recorded = json.loads(server.get("/api/v1/query?query=count_over_time(job:answers:p95%5B2m%5D)")[2])["data"]["result"]
    if len(recorded) != 1:
        yield f"job:answers:p95 is {recorded}"
    noted = json.loads(server.get("/api/v1/query?query=count_over_time(plimsoll_free_bytes%5B1m%5D)")[2])["data"]["result"]
    if len(noted) != 1 or float(noted[0]["value"][1]) < 2:
        yield f"free bytes have no past: {noted}"
    directory = server.data
    if server.stop() != 0:
        yield "serve did not end well"
    first = datetime.datetime.fromtimestamp(active - 120, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    last = datetime.datetime.fromtimestamp(over + 60, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    output = Commands(binary, directory).run(
        "alerts", "replay", f"{folder}/rules.yaml", "--data", directory, "--from", first, "--to", last, "--format", "json")
    # What is ahead is not evaluated: a century of minutes would take its time.
    Commands(binary, directory).run("alerts", "replay", f"{folder}/rules.yaml", "--data", directory, "--from", first, "--to", "2100-01-01")
    replayed = json.loads(output)["alerts"]
    if len(replayed) != 1:
        yield f"a replay says {replayed}"
        return
    for name, known in (("pending_since", active), ("fired_at", fired), ("resolved_at", over)):
        if replayed[0][name] is None or abs(seconds(replayed[0][name]) - known) > SAMPLE + INTERVAL:
            yield f"a replay says {name} {replayed[0][name]}, the server {known}"


def reading(server):
    """What the gauge says of the last reading of the rule files."""
    text = server.get("/metrics?format=text")[2].decode()
    return next((line.split()[1] for line in text.splitlines() if line.startswith("plimsoll_rules_last_reload_successful ")), None)


def hang_up(server, folder):
    """A signal has the rule files read: those with a mistake change nothing, and that is told."""
    for text, said in ((RULES.replace("> 8", "> ("), "0"), (RULES, "1")):
        with open(f"{folder}/rules.yaml", "w", encoding="utf-8") as file:
            file.write(text)
        os.kill(server.pid, signal.SIGHUP)
        wait(f"rule files read, the gauge at {said}", lambda: reading(server) == said)
        if [group["name"] for group in json.loads(server.get("/api/v1/rules")[2])["data"]["groups"]] != ["speed"]:
            yield "the rules before do not go on"
    if not any("rules.yaml" in line and "the rules before go on" in line for line in server.log):
        yield "the log does not say what is wrong with the rule files"


def replay(server, told):
    """The link of an alert leads to what would have fired."""
    link = told["annotations"].get("replay_url", "")
    if not link.startswith(server.url + "/"):
        yield f"an alert links to {link!r}"
        return
    status, _, body = server.get(link[len(server.url):])
    if status != 200 or b"AnswersSlow" not in body:
        yield f"{link}: {status} {body[:300]!r}"


def by_amtool(server, told):
    """amtool is told by the server what an Alertmanager tells it."""
    def asked(*words):
        result = subprocess.run(["amtool", f"--alertmanager.url={server.url}", *words], capture_output=True, timeout=60)
        if result.returncode != 0:
            raise CommandFailed(f"amtool {' '.join(words)}: status {result.returncode}: {result.stderr.decode(errors='replace')[-1000:]}")
        return result.stdout.decode()

    listed = json.loads(asked("alert", "query", "AnswersSlow", 'severity=~"page|ticket"', "-o", "json"))
    if [(alert["labels"], alert["fingerprint"], alert["startsAt"]) for alert in listed] != [(told["labels"], told["fingerprint"], told["startsAt"])]:
        yield f"amtool lists {listed}, of Alertmanager {told}"
    if json.loads(asked("alert", "query", "severity=none", "-o", "json")) != []:
        yield "amtool lists an alert that is not asked for"
    if json.loads(asked("silence", "query", "-o", "json")) != [] or "plimsoll" not in asked("config", "show"):
        yield "amtool is told of silences, or of no receiver"


def run(arguments, folder):
    with open(f"{folder}/rules.yaml", "w", encoding="utf-8") as file:
        file.write(RULES)
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    alertmanager, url = begin_alertmanager(folder)
    with open(f"{folder}/plimsoll.yaml", "w", encoding="utf-8") as file:
        file.write(f"alerts:\n  rules: {folder}/rules.yaml\n  alertmanagers: {url}\n  webhooks: http://127.0.0.1:{receiver.server_port}/hook\n"
                   "  external_labels: site=north\n")
    server, slow = Server(arguments.plimsoll, f"{folder}/data", ["--config", f"{folder}/plimsoll.yaml"]), None
    try:
        wait("Alertmanager", lambda: at_alertmanager(url) == [])
        server.start()
        slow = SlowAnswers(server)
        pending = wait("pending", lambda: next((alert for alert in alerts(server) if alert["state"] == "pending"), None))
        time.sleep(INTERVAL + 1)
        server.kill()
        time.sleep(3)
        server.start()
        told = wait("firing at Alertmanager", lambda: next(iter(at_alertmanager(url)), None))
        wait("firing at the webhook", lambda: Webhook.bodies)
        listed = list(by_amtool(server, told))
        slow.gone.set()
        wait("over at the webhook", lambda: Webhook.bodies[-1]["status"] == "resolved", 150)
        wait("over at Alertmanager", lambda: at_alertmanager(url) == [])
        problems = list(hang_up(server, folder)) + list(replay(server, told))
        return slow.problems + listed + problems + list(judge(server, arguments.plimsoll, folder, pending, told))
    finally:
        if slow:
            slow.gone.set()
        server.stop()
        receiver.shutdown()
        alertmanager.terminate()
        alertmanager.wait()


def main():
    parser = argparse.ArgumentParser(description="Rules that a server evaluates, an Alertmanager and a webhook that are told.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--keep", help="folder for data, configuration and logs; default: a temporary one")
    return judged(run, parser.parse_args(), "plimsoll-own-alerts-")


if __name__ == "__main__":
    sys.exit(main())
