#!/usr/bin/env python3
"""Asks a server what Grafana would ask of a Prometheus for the dashboards, in the forms in which Grafana asks.

usage: grafana.py --plimsoll BINARY [--users 200] [--folder DASHBOARDS]

A demo's day is served, with a token as the provisioned data source shows one. Every variable has values, every panel's queries are answered without an
error, and no panel is empty but those of what a process alone knows, whose past is what a server with rules noted.
"""
import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

from outside.plimsoll import CommandFailed, Commands, Server

# How many points Grafana wants of a panel, and the data source's `timeInterval`.
POINTS, SCRAPE = 300, 15
# What events tell; of all else a server knows the present, and the past that one with rules noted.
TOLD = re.compile(r"\bsupport_|\bplimsoll_events_accepted_total\b|\bALERTS\b")


def duration(seconds):
    return f"{seconds}s"


class DataSource:
    """Grafana's data source of the type prometheus, with a header field of its own."""

    def __init__(self, server, token, first, last):
        self.server, self.headers = server, {"Authorization": f"Bearer {token}"}
        self.first, self.last = first, last
        self.step = max(SCRAPE, math.ceil((last - first) / POINTS / SCRAPE) * SCRAPE)

    def answer(self, method, path, **parameters):
        form = urllib.parse.urlencode(parameters, doseq=True)
        if method == "GET":
            status, _, body = self.server.get(path + ("?" + form if form else ""), headers=self.headers, timeout=120)
        else:
            status, _, body = self.server.post(path, form.encode(), "application/x-www-form-urlencoded", headers=self.headers, timeout=120)
        document = json.loads(body)
        if status != 200 or document["status"] != "success":
            raise CommandFailed(f"{method} {path} {parameters}: {status}: {body[:400]!r}")
        return document["data"]

    def look(self):
        """What it asks when it is saved, and what its editor asks."""
        version = self.answer("GET", "/api/v1/status/buildinfo")["version"]
        if int(version.split(".")[0]) < 2:
            yield f"version {version}"
        health = self.answer("POST", "/api/v1/query", query="1+1", time=self.last)
        if health["resultType"] != "scalar" or health["result"][1] != "2":
            yield f"1+1 is {health}"
        described = self.answer("GET", "/api/v1/metadata", limit=40000)
        times = {"start": self.first, "end": self.last}
        names = self.answer("GET", "/api/v1/label/__name__/values", **times)
        for name in names:
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            # What rules record has a colon in its name, and nobody describes it.
            if name.startswith(("support_", "plimsoll_")) and ":" not in name and name not in described and family not in described:
                yield f"{name} has no metadata"
        if "tenant" not in self.answer("POST", "/api/v1/labels", **{"match[]": "support_messages_total"}, **times):
            yield "support_messages_total has no label tenant"
        if not self.answer("POST", "/api/v1/series", **{"match[]": "support_messages_total"}, **times):
            yield "support_messages_total has no series"
        self.answer("GET", "/api/v1/rules")
        self.answer("POST", "/api/v1/query_exemplars", query="support_messages_total", **times)

    def values(self, query):
        """The values of a variable `label_values(series, label)`."""
        match = re.fullmatch(r"label_values\((?:(.*), ?)?(\w+)\)", query, re.DOTALL)
        if not match:
            raise CommandFailed(f"no query of a variable: {query}")
        selector, label = match.groups()
        wanted = {"match[]": selector} if selector else {}
        return self.answer("GET", f"/api/v1/label/{label}/values", **wanted, start=self.first, end=self.last)

    def result(self, expression, isInstant):
        if isInstant:
            return self.answer("POST", "/api/v1/query", query=expression, time=self.last)["result"]
        start, end = self.first // self.step * self.step, self.last // self.step * self.step
        return self.answer("POST", "/api/v1/query_range", query=expression, start=start, end=end, step=self.step)["result"]


def filled(text, values, source):
    """A text with Grafana's own variables and those of the dashboard in it."""
    span = source.last - source.first
    own = {
        "__range_ms": str(span * 1000), "__range_s": str(span), "__range": duration(span), "__interval_ms": str(source.step * 1000),
        "__interval": duration(source.step), "__rate_interval": duration(max(source.step + SCRAPE, 4 * SCRAPE)),
    }
    known = {**own, **values}
    left = []

    def value(match):
        name = match.group(1) or match.group(2)
        if name not in known:
            left.append(name)
        return known.get(name, "")

    text = re.sub(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}", value, text)
    if left:
        raise CommandFailed(f"unknown variables {left}")
    return text


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def has_value(result):
    """Whether a panel shows anything of it: a point that is a number."""
    for series in result:
        points = series.get("values") or [series.get("value")]
        if any(point and point[1] not in ("NaN",) for point in points):
            return True
    return False


def ask(dashboard, source):
    """(problems, panels that show something, those that are empty)"""
    problems, shown, empty, values = [], 0, [], {}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            if not source.values(filled(variable["query"]["query"], values, source)):
                problems.append(f"variable {variable['name']} has no values")
            values[variable["name"]] = variable["allValue"]
        elif variable["type"] == "constant":
            values[variable["name"]] = variable["query"]
    for panel in panels(dashboard):
        answers = []
        for target in panel.get("targets", []):
            try:
                answers.append(source.result(filled(target["expr"], values, source), target["instant"]))
            except CommandFailed as error:
                problems.append(f"{panel['title']}: {error}")
        if not answers:
            continue
        if any(map(has_value, answers)):
            shown += 1
        else:
            empty.append(panel["title"])
            if any(TOLD.search(target["expr"]) for target in panel["targets"]):
                problems.append(f"the panel {panel['title']!r} is empty")
    for note in dashboard["annotations"]["list"]:
        if note.get("expr"):
            source.result(filled(note["expr"], values, source), False)
    return problems, shown, empty


def main():
    parser = argparse.ArgumentParser(description="Ask a server what Grafana asks for the dashboards.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--folder", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Dashboards"))
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plimsoll-grafana-")
    directory, problems = os.path.join(folder, "data"), []
    server = Server(arguments.plimsoll, directory)
    try:
        demo = subprocess.run([server.binary, "demo", "--once", "--users", str(arguments.users), "--data", directory, "--listen", "127.0.0.1:0"],
                              capture_output=True, timeout=300)
        if demo.returncode != 0:
            raise CommandFailed(f"demo: status {demo.returncode}: {demo.stderr.decode(errors='replace')[-1000:]}")
        commands = Commands(arguments.plimsoll, directory)
        (first, last), = commands.rows("select extract(epoch from min(time)), extract(epoch from max(time)) from events")
        token = commands.run("tokens", "create", "--data", directory, "--scope", "read", "--name", "grafana").decode().split()[-1]
        server.start()
        refused, _, _ = server.get("/api/v1/status/buildinfo")
        if refused != 401:
            problems.append(f"without the header it is answered {refused}")
        source = DataSource(server, token, math.floor(float(first)), math.ceil(float(last)) + SCRAPE)
        problems += source.look()
        for name in sorted(os.listdir(arguments.folder)):
            with open(os.path.join(arguments.folder, name), encoding="utf-8") as file:
                dashboard = json.load(file)
            found, shown, empty = ask(dashboard, source)
            problems += [f"{name}: {problem}" for problem in found]
            print(f"{name}: {shown} panels show something, empty: {', '.join(empty) or 'none'}", flush=True)
    except CommandFailed as error:
        problems.append(str(error))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print(problem)
    print(f"grafana: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
