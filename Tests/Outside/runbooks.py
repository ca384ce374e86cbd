#!/usr/bin/env python3
"""Follows every runbook as whoever is woken would: builds a store in which the alert fires, runs every command, and looks whether its answer
shows the cause.

usage: runbooks.py --plimsoll BINARY [--only ALERT]

Whether the alert fires says promtool, with the rules that the executable prints and the counters that `/metrics` of the store shows before and
after the trouble. Of a question in SQL the first row must be the one that matters. A runbook without a case here, a command without an
expectation, and an expectation without a command are problems.
"""
import argparse
import collections
import concurrent.futures
import http.client
import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

from outside import alert_data
from outside.metrics_text import samples
from outside.plimsoll import Commands, Server, free_port

Case = collections.namedtuple("Case", "trouble answers labels usual window minutes state gauges")
ANYWHERE, FIRST = "anywhere", "first"


def case(trouble, answers, labels=(), usual=True, window=15, minutes=120, state="served", gauges=()):
    """`answers`: (words of the command, pattern that its answer has). `window`: minutes within which the trouble comes, after `minutes` of what
    is usual. `state`: served, killed, idle (nothing has come for long), behind (a trace store that takes nothing), away (a database that nobody answers for), full (all connections are taken),
    unsealed (its segments cannot be written), damaged (a page of a segment). `gauges`: series that no test can bring about on a real machine, with
    their values before and in the trouble."""
    return Case(trouble, answers, dict(labels), usual, window, minutes, state, dict(gauges))


DOWN_ANSWERS = [("readyz", r"(?i)could ?n.t connect|failed to connect|refused"), ("journalctl", r"listening on "),
                ("plimsoll verify", r"files, pages and recomputation agree"), ("set-aside --data DIR", r"the log is whole"),
                ("--accept-loss", r"the log is whole")]
DEPLOYED = ("plimsoll status", r"deploy\.changed\s+billing\s+7\s+8\s+release-bot")
BURNED = r"borealis\s+claude-sonnet-4-5\s+0\s+40\b"
DEAR = r"borealis\s+gpt-4o\s"

CASES = {
    "SupportAvailabilityLow": case(alert_data.failing, [
        ("report sla", r"slack\s+0\s+40\b"), ("from turns", r"error\s+\| overloaded\s+\| claude-sonnet-4-5"), DEPLOYED,
        ("/v1/conversations/", r'"error_type": "overloaded"')]),
    "SupportAvailabilityBurnFast": case(alert_data.failing, [
        ("report sla", BURNED), ("date_trunc('hour'", r"\|\s+[1-9]\d*\s*$"), DEPLOYED], window=60),
    "SupportAvailabilityBurnSlow": case(alert_data.failing, [
        ("--by tenant,model", BURNED), ("from turns", r"overloaded\s+\| claude-sonnet-4-5"), ("--by day", r"✗")], window=360),
    "SLOBudgetBurnsFast": case(alert_data.failing, [
        ("--section burners", r"availability\s+model\s+claude-sonnet-4-5\s.*\b40\b"), ("--section burn_rates", r"availability\s+1h\s.*\bfires\s*$"),
        ("--section budgets", r"availability\s.*burns fast\s*$"), DEPLOYED], labels={"slo": "availability"}, window=60),
    "SLOBudgetBurnsSlowly": case(alert_data.failing, [
        ("--section burners", r"availability\s+tenant\s+borealis\s.*\b40\b"), ("--section burn_rates", r"1d\s.*\bfires\s*$"),
        ("--section coverage", r"availability\s+last 30 d\s"), ("from turns", r"overloaded\s+\| claude-sonnet-4-5")],
        labels={"slo": "availability"}, window=360),
    "SupportProbesFailing": case(alert_data.probes, [
        ("from probe_checked", r"checkout-chat\s+\|\s+12\s"),
        ("report sla", r"availability\s.*100\.000 %\s")], labels={"target": "checkout-chat"}, window=5),
    "SupportAnswerP50High": case(alert_data.slow, [
        ("report sla", r"qwen-2\.5-72b.*✗ 14\.000 s"), ("queue_duration_ns", r"qwen-2\.5-72b"), ("retrieval_query", r"manuals")], window=10),
    "SupportAnswerP95High": case(lambda traffic: alert_data.slow(traffic, share=0.2, attempts=2), [
        ("report sla", r"qwen-2\.5-72b.*✗ 14\.000 s"), ("attempt", r"qwen-2\.5-72b"), ("from turns", r"qwen-2\.5-72b"),
        ("tool_call where", r"crm_lookup")], window=10),
    "SupportFirstTokenP50High": case(lambda traffic: alert_data.slow(traffic, count=300, seconds=6.0, first=4.0, queue=3.0), [
        ("queue_duration_ns", r"qwen-2\.5-72b"), ("retrieval_query", r"manuals"), ("plimsoll status", r"first_token_p50 .*✗|first_token_p50 .*!")],
        window=32),
    "SupportErrorRateHigh": case(alert_data.failing, [
        ("from llm_call", r"anthropic\s+\| claude-sonnet-4-5\s+\| overloaded"), ("from message_sent", r"billing\s+\| slack\s+\| overloaded"),
        ("report sla", r"borealis\s+0\s+40\b")]),
    # Of 60,000 tokens each beside 400 of others: the mean of their hour stands out, however much of it had passed before.
    "SupportCostPerAnswerHigh": case(lambda traffic: alert_data.dear(traffic, turns=160), [
        ("report cost", DEAR), ("from turns", r"\|\s+[1-6]\d\d\d\d\b"), ("prices check", r"nothing found")], window=75),
    "SupportSatisfactionLow": case(alert_data.dissatisfied, [
        ("report outcomes", r"warranty\s.*\b30\s+0\s+0\.000 %"), ("join conversations", r"slack\s+\| returns\s+\|\s+30 \|\s+30"),
        ("score <= 2", r"\|\s+1 \|")],
        window=60),
    "SupportCostSpike": case(alert_data.dear, [
        ("report cost", DEAR), ("from conversations", r"borealis")], window=60, minutes=26 * 60),
    "SupportBudgetPace": case(alert_data.spent, [
        ("--by tenant,model", DEAR), ("--by day", r"\$3?,?\d+\.\d+"), ("prices check", r"nothing found")], window=120, minutes=14 * 60),
    "SupportBudgetExhausted": case(alert_data.spent, [
        ("--by tenant,model", DEAR), ("--by team", r"insights\s+\d+\s+\$3[, ]?\d")], window=220, minutes=60),
    "SupportTokenRunaway": case(alert_data.loop, [
        ("select conversation_id", r"c-loop\s+\| borealis\s+\| research\s+\|\s+120"), ("/v1/conversations/", r'"llm_calls": 120'),
        ("agent_version", r"research\s+\| 9")], labels={"tenant": "borealis"}, window=30, minutes=24 * 60),
    "SupportUnpricedCalls": case(alert_data.unpriced, [
        ("plimsoll doctor", r"no_price\s+example nova-ultra-9\s+30\b"), ("prices check", r"nova-ultra-9"),
        ("from llm_call", r"example\s+\| nova-ultra-9\s+\| unpriced\s+\| .*output"), ("prices list", r"gpt-4o-mini")],
        labels={"model": "nova-ultra-9"}),
    "SupportEscalationSurge": case(alert_data.escalating, [
        ("escalation_raised", r"low_confidence\s+\| returns\s+\|\s+40"), ("report outcomes", r"refund\s+40\s+0\s+40\b"),
        ("plimsoll status", r"prompt\.published\s+refunds")],
        window=30, minutes=24 * 60),
    "PlimsollEventsRejected": case(alert_data.misspelt, [
        ("plimsoll doctor", r"refused\s+events: unknown_type\s+60\b"), ("dead_letters", r"llm\.cal\s+\| agent/pod-9"),
        ("/metrics", r'reason="unknown_type"} 60'), ("plimsoll schemas", r"request_model")],
        labels={"reason": "unknown_type"}, window=15),
    "PlimsollIngestSilence": case(None, [
        ("from events", r"agent/pod-1"), ("plimsoll doctor", r"refused\s+events: not_found\s+[1-9]"), ("readyz", r"ready"),
        ("/metrics", r'reason="not_found"} [1-9]'), ("promtool", r"not_found")],
        state="idle", window=15),
    "PlimsollConnectionsFull": case(None, [
        ("ss -Htn", r"\A\s*[2-9]\d (127\.0\.0\.1|\[::ffff:127\.0\.0\.1\])$"), ("ss -tln", r"LISTEN\s+[1-9]\d*\s"),
        ("journalctl", r"connections_full.*limits\.connections|limits\.connections.*connections_full")], state="full"),
    "PlimsollSealsFailing": case(alert_data.samples, [
        ("troubles", r"a seal failed and is tried again: .*segments"), ("ls -la", r"segments\.unmounted$"), ("df ", r"IFree\n/\S*\s+\d+"),
        ("findmnt", r"^/\S* +(\w+,)*rw"), ("tail_events", r'"tail_events":6\d{4}\n"failed_seals":[1-9]')], state="unsealed"),
    "PlimsollConversationsUnreadable": case(alert_data.goes_on, [
        ("troubles", r"conversation c-older of tenant borealis .*\d+\.segment"), ("plimsoll verify", r"\d+\.segment is damaged at offset \d+"),
        ("/metrics", r"^plimsoll_unfolded_conversations 1$"), ("plimsoll query", r"^\s*[1-9]\d\d")], state="damaged"),
    "PlimsollFilesDamaged": case(alert_data.goes_on, [
        ("troubles", r"\d+\.segment"), ("/metrics", r"^plimsoll_scrub_findings \d+$"),
        ("plimsoll verify", r"\d+\.segment is damaged at offset \d+"), ("plimsoll repair", r"is written anew from itself")],
        state="damaged", gauges={"plimsoll_scrub_findings": (0, 1)}),
    "PlimsollScrubBehind": case(None, [
        ("/metrics", r"^plimsoll_scrub_read_since_timestamp_seconds [1-9]"), ("/v1/status", r'"uptime_seconds":')],
        gauges={"plimsoll_scrub_read_since_timestamp_seconds": (0, -2e6)}, window=90),
    "PlimsollConversationsCut": case(alert_data.one_id, [
        ("cut_after", r"borealis\s+\| support-bot\s+\|\s+140000"), ("interval '1 day'", r"support-bot\s+\| agent/pod-7\s+\| triage\s+\|\s+140000"),
        ("/metrics", r"^plimsoll_cut_conversations 1$")]),
    "PlimsollTracesBehind": case(alert_data.failing, [
        ("export_failures", r'reason="no_answer"'), ("lag", r"plimsoll_trace_export_lag_seconds\{.*\} [1-9]")], state="behind",
        gauges={'plimsoll_trace_export_lag_seconds{destination="store"}': (0, 900)}),
    "PlimsollShippingBehind": case(alert_data.failing, [
        ("shipping_failures", r'reason="connection"'), ("v1/status", r'"hindrance"')], state="away",
        gauges={'plimsoll_shipping_lag_seconds{destination="postgresql plimsoll"}': (0, 2400)}, window=60),
    "PlimsollDiskFilling": case(None, [
        ("plimsoll inspect", r"segment|manifest"), ("du ", r"application\.log"), ("from events", r"llm\.call|message|conversation")],
        gauges={"plimsoll_free_bytes": (80e9, 1e9)}, window=240),
    "PlimsollDiskLow": case(None, [
        ("readyz", r"^ready"), ("du ", r"application\.log"), ("plimsoll inspect", r"segment|manifest")], gauges={"plimsoll_free_bytes": (80e9, 1e9)}),
    "PlimsollDiskBudgetNear": case(None, [
        ("/metrics", r'^plimsoll_disk_bytes\{kind="segments"\} \d+$'), ("plimsoll inspect", r"segment|manifest"), ("date_trunc", r"^\s*20\d\d-")],
        gauges={'plimsoll_disk_bytes{kind="segments"}': (7e9, 8.5e9), "plimsoll_disk_budget_bytes": (1e10, 1e10)}, window=45),
    "PlimsollDiskBudgetSpent": case(None, [
        ("readyz", r"^ready"), ("/v1/status", r'"retention":\{.*\n"disk_bytes":\{'), ("plimsoll inspect", r"segment|manifest")],
        gauges={'plimsoll_disk_bytes{kind="segments"}': (7e9, 9.9e9), "plimsoll_disk_budget_bytes": (1e10, 1e10)}, window=45),
    "PlimsollRetentionBehind": case(None, [
        ("/metrics", r'^plimsoll_dropped_events_total\{reason="age"\} 0$'), ("/v1/status", r'"uptime_seconds":'),
        ("date_trunc", r"^\s*20\d\d-")], gauges={"plimsoll_retention_overdue_seconds": (0, 4e5)}, window=90),
    "PlimsollDown": case(None, DOWN_ANSWERS, state="killed", gauges={"up": (1, 0)}),
    "Watchdog": case(None, [("promtool", r'up\{.*job="plimsoll".*\} => 1'), ("amtool", r"Watchdog"), ("plimsoll status", r"Objectives")]),
}

# The first line of an answer's rows, where the command is a question in SQL.
IN_SQL = "plimsoll query"
# Besides 0: a check that finds something says so by its status, too.
FINDINGS = {"plimsoll prices check": 1, "plimsoll verify": 4, "plimsoll repair": 1}
CONNECTIONS = 24


def commands(text):
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


# MARK: What Prometheus would see

def expositions(text):
    gauges = set(re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE))
    return {f"{name}{{{','.join(f'{key}={chr(34)}{value}{chr(34)}' for key, value in sorted(labels.items()))}}}": (name, labels, value, name in gauges)
            for name, labels, value in samples(text)}


def step(one):
    """Minutes between two samples, and between two looks at the rules."""
    return 5 if one.minutes > 600 else 1


def labelled(name, labels):
    text = ", ".join(f'{key}="{value}"' for key, value in {**labels, "job": "plimsoll", "instance": "test"}.items())
    return f"{name}{{{text}}}"


def series(before, after, known, one):
    """Series of promtool: even growth up to what there was before, then up to what there is after the trouble."""
    lines, usual, window = [], one.minutes // step(one), one.window // step(one)

    def add(name, start, end, is_gauge):
        if is_gauge:
            values = f"{start}+0x{usual} {end}+0x{window}"
            if name.startswith("plimsoll_free_bytes") and one.window > 60:
                values = f"{start}+0x{usual} {start}{(end - start) / window:+.9g}x{window}"
        else:
            trouble = (end - start) / window
            # Rounded down, so that no step leads above what follows: a counter that falls began anew.
            steady = math.floor(start / usual * 1e6) / 1e6
            values = f"0+{steady:.6f}x{usual} {start + trouble:.9f}+{trouble:.9f}x{window - 1}"
        lines.append(f"      - series: '{name}'\n        values: '{values}'")

    for key, (name, labels, value, is_gauge) in after.items():
        if name in known and not any(key.startswith(gauge.split("{")[0] + "{") for gauge in one.gauges):
            add(labelled(name, labels), before[key][2] if key in before else 0.0, value, is_gauge)
    for key, (start, end) in one.gauges.items():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})?", key)
        labels = dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
        add(labelled(match[1], labels), start, end, True)
    return lines


def fires(alert, one, before, after, folder, rules):
    """Problems with the alert: it must rest before the trouble, unless it always fires, and fire in it, with the labels that name the cause."""
    known, used = set(), []
    for path in rules:
        with open(path, encoding="utf-8") as file:
            text = file.read()
            # Rules of OpenSLO documents record for themselves what they ask for.
            is_needed = f"- alert: {alert}\n" in text or path.endswith("recording.yaml") and not alert.startswith("SLO")
            if not is_needed:
                continue
            used.append(path)
            known |= set(re.findall(r"\b(?:support|plimsoll)_\w+|\bup\b", text))
    labels = "".join(f', {key}="{value}"' for key, value in one.labels.items())
    firing = f'clamp_max(count(ALERTS{{alertname="{alert}", alertstate="firing"{labels}}}), 1)'
    end = one.minutes + one.window
    expected = [(end, True)] if alert == "Watchdog" else [(one.minutes, False), (end, True)]
    checks = []
    for minute, is_firing in expected:
        checks.append(f"      - expr: '{firing}'\n        eval_time: {minute}m\n        exp_samples: "
                      + ("\n          - labels: '{}'\n            value: 1" if is_firing else "[]"))
    groups = ["plimsoll-recording", "plimsoll-recording-long", "plimsoll-budget"]
    text = "rule_files:\n" + "".join(f"  - {path}\n" for path in used) + f"evaluation_interval: {step(one)}m\n" \
        + f"group_eval_order: [{', '.join(groups)}]\ntests:\n  - interval: {step(one)}m\n    input_series:\n" \
        + "\n".join(series(before, after, known, one)) + "\n    promql_expr_test:\n" + "\n".join(checks) + "\n"
    path = os.path.join(folder, "fires.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    result = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, timeout=600)
    if result.returncode != 0:
        yield f"{alert} does not fire where it should, or fires where it should not:\n{(result.stdout + result.stderr)[-1500:]}"


# MARK: What whoever is woken sees

class Scene:
    """A store with the trouble in it, and a shell in which the commands of runbooks are what they are on a machine that runs all of it."""

    def __init__(self, binary, folder, one):
        self.binary, self.folder, self.one = os.path.abspath(binary), folder, one
        # Its neighbours on the volume are its folder's.
        self.data = os.path.join(folder, "volume", "data")
        self.tools = os.path.join(folder, "tools")
        os.makedirs(os.path.dirname(self.data))
        os.makedirs(self.tools)
        os.symlink(self.binary, os.path.join(self.tools, "plimsoll"))
        with open(os.path.join(folder, "volume", "application.log"), "wb") as file:
            file.write(os.urandom(48 << 20))
        extra = ["--traces-endpoint", f"http://127.0.0.1:{free_port()}"] if one.state == "behind" else []
        if one.state == "away":
            settings = os.path.join(folder, "plimsoll.yaml")
            with open(settings, "w", encoding="utf-8") as file:
                file.write(f"ship:\n  postgresql:\n    connection: host=127.0.0.1 port={free_port()} user=nobody dbname=none\n")
            extra = ["--config", settings]
        if one.state == "full":
            settings = os.path.join(folder, "plimsoll.yaml")
            with open(settings, "w", encoding="utf-8") as file:
                file.write(f"limits:\n  connections: {CONNECTIONS}\n")
            extra = ["--config", settings]
        self.server = Server(binary, self.data, extra)
        self.places = {"127.0.0.1:8910": f"127.0.0.1:{self.server.port}", "sport = :8910": f"sport = :{self.server.port}"}
        self.helpers, self.sockets, self.conversation = [], [], "none"

    def build(self):
        """(counters before, counters after)."""
        if self.one.state == "damaged":
            self.seal_older()
        self.server.start()
        usual = alert_data.Traffic()
        if self.one.usual:
            alert_data.usual(usual)
            self.post(usual.lines())
        before = self.metrics()
        if self.one.state == "unsealed":
            os.rename(os.path.join(self.data, "segments"), os.path.join(self.data, "segments.unmounted"))
        if self.one.state == "damaged":
            self.damage()
        if self.one.trouble:
            trouble = alert_data.Traffic()
            # Ids go on, so that no event is one of before.
            trouble.numbers = usual.numbers
            self.conversation = self.one.trouble(trouble) or self.conversation
            self.post(trouble.lines())
        if self.one.state == "idle":
            for _ in range(3):
                self.server.get("/v1/event")
        if self.one.state in ("behind", "away"):
            time.sleep(4)
        if self.one.state == "unsealed":
            self.wait(lambda: self.status(self.server.get)["failed_seals"] > 0, "no seal fails")
        else:
            # What is known of unsealed conversations a seal forgets, until somebody asks again.
            self.wait(lambda: self.status(self.server.get)["tail_events"] < 65_536, "nothing is sealed")
        # Whoever asks for conversations learns what is not whole.
        if self.one.state in ("served", "damaged"):
            self.server.sql("select count(*) from conversations")
        after = self.fill() if self.one.state == "full" else self.metrics()
        if self.one.state == "killed":
            self.server.kill()
        if self.one.state in ("killed", "full"):
            with open(os.path.join(self.tools, "journal"), "w", encoding="utf-8") as file:
                file.writelines(self.server.log)
            self.tool("journalctl", f'exec tail -n 50 "{self.tools}/journal"')
        return before, after

    def metrics(self):
        return expositions(self.server.get("/metrics")[2].decode())

    @staticmethod
    def status(get):
        return json.loads(get("/v1/status")[2])

    @staticmethod
    def wait(is_so, problem, timeout=30):
        ends = time.monotonic() + timeout
        while not is_so():
            if time.monotonic() > ends:
                raise RuntimeError(problem)
            time.sleep(0.1)

    def post(self, lines, size=5000):
        lines = lines.splitlines(keepends=True)
        for first in range(0, len(lines), size):
            status, _, body = self.server.post("/v1/events", b"".join(lines[first:first + size]), "application/x-ndjson")
            if status != 200:
                raise RuntimeError(f"{status}: {body[:500]}")

    def seal_older(self):
        """A segment with a conversation in it."""
        older = alert_data.Traffic()
        alert_data.older(older)
        path = os.path.join(self.folder, "older.ndjson")
        with open(path, "wb") as file:
            file.write(older.lines().replace(b'"id": "e-', b'"id": "o-'))
        Commands(self.binary, self.data).import_file(path)

    def damage(self):
        """Changes a page that the conversation needs."""
        folder = os.path.join(self.data, "segments")
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".segment"):
                continue
            shown = Commands(self.binary).run("inspect", "--bytes", os.path.join(folder, name)).decode()
            found = re.search(r"^(\d+) .*\bmessage_received\.id: checksum of the page$", shown, re.MULTILINE)
            if found:
                with open(os.path.join(folder, name), "r+b") as file:
                    file.seek(int(found[1]))
                    byte = file.read(1)[0]
                    file.seek(int(found[1]))
                    file.write(bytes([byte ^ 1]))
                return
        raise RuntimeError("no segment has messages")

    def fill(self):
        """Takes all connections and some more; what the server then says over the one that was there before."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=15)

        def get(path):
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()

        get("/healthz")
        self.sockets.append(line)
        for _ in range(CONNECTIONS + 10):
            self.sockets.append(socket.create_connection(("127.0.0.1", self.server.port), timeout=15))
        self.wait(lambda: self.status(get)["full_listeners"] > 0, "no connection waits")
        self.wait(lambda: any("connections_full" in text for text in self.server.log), "the log does not say that connections wait")
        return expositions(get("/metrics")[2].decode())

    def tool(self, name, script):
        path = os.path.join(self.tools, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/bash\n{script}\n")
        os.chmod(path, 0o755)

    def prometheus(self, rules):
        """Prometheus and Alertmanager beside the server, as Watchdog asks them."""
        port, alertmanager = free_port(), free_port()
        self.places |= {"127.0.0.1:9090": f"127.0.0.1:{port}", "127.0.0.1:9093": f"127.0.0.1:{alertmanager}"}
        with open(os.path.join(self.folder, "prometheus.yml"), "w", encoding="utf-8") as file:
            file.write("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [" + ", ".join(rules) + "]\n"
                       f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}\n"
                       f"scrape_configs: [{{job_name: plimsoll, static_configs: [{{targets: ['127.0.0.1:{self.server.port}']}}]}}]\n")
        with open(os.path.join(self.folder, "alertmanager.yml"), "w", encoding="utf-8") as file:
            file.write("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        for command in (
                ["prometheus-alertmanager", f"--config.file={self.folder}/alertmanager.yml", f"--storage.path={self.folder}/alerts",
                 f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address="],
                ["prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/tsdb",
                 f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=2s"]):
            self.helpers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def answer(self, command):
        for written, meant in self.places.items():
            command = command.replace(written, meant)
        command = re.sub(r"\bDIR\b", self.data, command)
        command = re.sub(r"/ID\b", f"/{self.conversation}", command)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
        result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, cwd=self.folder,
                                env=kept | {"PATH": f"{self.tools}:/usr/local/bin:/usr/bin:/bin", "PLIMSOLL_SERVER": self.server.url})
        return result.returncode, result.stdout + result.stderr

    def end(self):
        for one in self.sockets:
            one.close()
        self.server.stop()
        for helper in self.helpers:
            helper.terminate()
            helper.wait(30)


def shown(command, status, text, pattern, one):
    """What is wrong with an answer; None where the cause is in it, for SQL in its first row."""
    allowed = {0} | {found for words, found in FINDINGS.items() if command.startswith(words)}
    if status not in allowed and one.state != "killed":
        return f"ended with {status}: {text[-600:]}"
    looked = text
    if command.startswith(IN_SQL):
        lines = text.splitlines()
        if len(lines) < 3 or "-+-" not in lines[1] and not set(lines[1]) <= {"-"}:
            return f"has no rows: {text[:600]}"
        looked = lines[2]
    return None if re.search(pattern, looked, re.MULTILINE) else f"does not show {pattern!r}{' in its first row' if looked is not text else ''}:\n{text[:1500]}"


def follow(binary, alert, page, rules):
    """Problems with one runbook."""
    one = CASES[alert]
    found = commands(page)
    if not found:
        yield f"{alert} has no command"
    with tempfile.TemporaryDirectory(prefix="plimsoll-runbook-") as folder:
        scene = Scene(binary, folder, one)
        try:
            before, after = scene.build()
            yield from fires(alert, one, before, after, folder, rules)
            if any("127.0.0.1:909" in command for command in found):
                scene.prometheus(rules)
            left = list(one.answers)
            for command in found:
                wanted = [pair for pair in left if pair[0] in command]
                if len(wanted) != 1:
                    yield f"{alert}: {len(wanted)} expectations are about {command}"
                    continue
                left.remove(wanted[0])
                # Prometheus and its like take a moment to see anything.
                ends = time.monotonic() + (40 if "127.0.0.1:909" in command else 0)
                while True:
                    if one.state == "idle":
                        scene.server.get("/v1/event")
                    problem = shown(command, *scene.answer(command), wanted[0][1], one)
                    if problem is None or time.monotonic() > ends:
                        break
                    time.sleep(1)
                if problem:
                    yield f"{alert}: {command}\n{problem}"
            yield from (f"{alert}: no command has {words!r}" for words, _ in left)
        finally:
            scene.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    problems, runbooks = [], {}
    with tempfile.TemporaryDirectory(prefix="plimsoll-rules-") as folder:
        def made(*words):
            return subprocess.run([arguments.plimsoll, *words], check=True, capture_output=True, timeout=60,
                                  env={name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}).stdout

        for kind in ("rules", "runbooks", "slos"):
            made("alerts", kind, "--output", f"{folder}/{kind}")
        with open(f"{folder}/rules/slo.yaml", "wb") as file:
            file.write(made("slo", "rules", f"{folder}/slos/availability.yaml"))
        rules = sorted(os.path.join(folder, "rules", name) for name in os.listdir(f"{folder}/rules"))
        alerts = set()
        for path in rules:
            with open(path, encoding="utf-8") as file:
                alerts |= set(re.findall(r"- alert: (\w+)", file.read()))
        for name in sorted(os.listdir(f"{folder}/runbooks")):
            if name != "README.md":
                with open(f"{folder}/runbooks/{name}", encoding="utf-8") as file:
                    runbooks[name.removesuffix(".md")] = file.read()
        if alerts != set(runbooks):
            problems.append(f"alerts and runbooks differ: {sorted(alerts ^ set(runbooks))}")
        if set(CASES) != set(runbooks):
            problems.append(f"runbooks and cases differ: {sorted(set(CASES) ^ set(runbooks))}")
        wanted = [alert for alert in sorted(set(CASES) & set(runbooks)) if arguments.only in (None, alert)]

        def followed(alert):
            began = time.monotonic()
            found = list(follow(arguments.plimsoll, alert, runbooks[alert], rules))
            print(f"{alert}: {len(commands(runbooks[alert]))} commands, {len(found)} problems, {time.monotonic() - began:.1f} s", flush=True)
            return found

        # Most of the time promtool counts.
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            problems += [problem for found in pool.map(followed, wanted) for problem in found]
    print(f"{len(wanted)} of {len(runbooks)} runbooks followed")
    for problem in problems:
        print(f"PROBLEM {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
