#!/usr/bin/env python3
"""The sample configuration of Alertmanager in a real one: who is told of which alert, and which alert mutes which.

usage: sample_alertmanager.py --plimsoll BINARY [--keep DIR]

Alerts of OpenSLO documents have the labels that the rules of `plimsoll slo rules` give them. An alert that somebody is paged for mutes lesser ones
of its own objective, and no other: neither those of another objective nor rules of somebody's own, which may name none.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

from outside.judging import judged
from outside.plimsoll import CommandFailed, Commands, free_port

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Deploy/alertmanager/alertmanager.yml")


def alerts_of(rules):
    """The labels of alerts in a rule file as `plimsoll slo rules` writes it."""
    for text in re.split(r"^ *- (?=alert: |record: )", rules, flags=re.MULTILINE):
        name, labels = re.match(r"alert: (\w+)", text), re.search(r"^ *labels:\n((?: +\w+: .*\n)+?) *annotations:", text, re.MULTILINE)
        if name and labels:
            yield {"alertname": name[1], **{key: value.strip('"') for key, value in re.findall(r"(\w+): (.*)", labels[1])}}


def cases(rules):
    """(labels, receivers, names and objectives of the alerts that mute it)."""
    made = {(labels["alertname"], labels["slo"]): labels for labels in alerts_of(rules)}
    fast, slow, other = (made[key] for key in (
        ("SLOBudgetBurnsFast", "availability"), ("SLOBudgetBurnsSlowly", "availability"), ("SLOBudgetBurnsSlowly", "answer-p95")))
    own = {"audience": "sre", "objective": "availability"}
    yield {"job": "plimsoll", **fast}, ["pager"], []
    yield {"job": "plimsoll", **slow}, ["tickets"], ["SLOBudgetBurnsFast"]
    yield {"job": "plimsoll", **other}, ["tickets"], []
    yield {"job": "plimsoll", "alertname": "SupportAvailabilityLow", "severity": "critical", **own}, ["pager"], []
    yield {"job": "plimsoll", "alertname": "SupportAvailabilityBurnSlow", "severity": "warning", **own}, ["tickets"], ["SupportAvailabilityLow"]
    yield {"job": "plimsoll", "alertname": "MyErrors", "severity": "critical"}, ["tickets"], []
    yield {"job": "plimsoll", "alertname": "MyTokens", "severity": "info"}, ["chat"], []
    yield {"job": "mine", "alertname": "MyErrors", "severity": "critical", "objective": "mine"}, ["tickets"], []
    yield {"job": "mine", "alertname": "MyTokens", "severity": "warning", "objective": "mine"}, ["tickets"], ["MyErrors"]
    # Where nothing answers any more the rest tells of the past.
    yield {"job": "gone", "alertname": "PlimsollDown", "severity": "critical", "audience": "sre"}, ["pager"], []
    yield {"job": "gone", **fast}, ["pager"], ["PlimsollDown"]
    yield {"job": "gone", "alertname": "SupportErrorRateHigh", "severity": "critical", "audience": "sre", "objective": "error_rate"}, ["pager"], ["PlimsollDown"]


def shown(labels):
    return " ".join(f"{key}={value}" for key, value in sorted(labels.items()))


def seen(url):
    """(receivers, names of what mutes it) by labels."""
    with urllib.request.urlopen(url + "/api/v2/alerts?active=true&inhibited=true", timeout=10) as answer:
        alerts = json.load(answer)
    names = {alert["fingerprint"]: alert["labels"]["alertname"] for alert in alerts}
    return {shown(alert["labels"]): ([receiver["name"] for receiver in alert["receivers"]],
                                     sorted(names.get(mark, mark) for mark in alert["status"]["inhibitedBy"])) for alert in alerts}


def run(arguments, folder):
    binary = shutil.which("prometheus-alertmanager")
    if not binary:
        raise CommandFailed("prometheus-alertmanager is not installed (Debian package prometheus-alertmanager)")
    commands, port = Commands(arguments.plimsoll), free_port()
    slos = os.path.join(folder, "slos")
    subprocess.run([commands.binary, "alerts", "slos", "--output", slos], check=True, capture_output=True, timeout=60,
                   env={name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")})
    expected = [(shown(labels), labels, (receivers, mutes)) for labels, receivers, mutes in cases(
        commands.run("slo", "rules", f"{slos}/availability.yaml", f"{slos}/answer-p95.yaml").decode())]
    with open(os.path.join(folder, "alertmanager.log"), "wb") as log:
        process = subprocess.Popen(
            [binary, f"--config.file={SAMPLE}", f"--storage.path={folder}/alerts", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        url, ends, found = f"http://127.0.0.1:{port}", time.monotonic() + 30, {}
        body = json.dumps([{"labels": labels} for _, labels, _ in expected]).encode()
        while time.monotonic() < ends:
            try:
                urllib.request.urlopen(urllib.request.Request(url + "/api/v2/alerts", body, {"content-type": "application/json"}), timeout=10).close()
                break
            except OSError:
                time.sleep(0.2)
        # What mutes is known a moment after it came; what ought to be free has to stay so.
        time.sleep(2)
        while True:
            found = seen(url)
            problems = [f"{name}: {found.get(name)}, expected {wanted}" for name, _, wanted in expected if found.get(name) != wanted]
            if not problems or time.monotonic() > ends:
                return problems
            time.sleep(0.5)
    finally:
        process.terminate()
        process.wait(20)


def main():
    parser = argparse.ArgumentParser(description="Hold the sample configuration of Alertmanager against a real one.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--keep", help="folder for the log; default: a temporary one")
    return judged(run, parser.parse_args(), "plimsoll-alertmanager-")


if __name__ == "__main__":
    sys.exit(main())
