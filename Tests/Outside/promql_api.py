#!/usr/bin/env python3
"""Has promtool ask a server in PromQL, and holds counters against what SQL counts of the same events.

usage: promql_api.py --plimsoll BINARY [--events 4000] [--seed 7]

A directory takes the traffic of `plimsoll workload` in and is served. Asked after the last event, a counter has counted every event of its types;
over a range it never falls; `plimsoll promql` says the same of the directory and of the server.
"""
import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

from outside.plimsoll import CommandFailed, Commands, Server

START = "2026-06-01T00:00:00Z"
# A counter, the label by which it is summed, and the same counts in SQL.
COUNTERS = [
    ("support_messages_total", "direction",
     "select 'received', count(*) from message_received union all select 'sent', count(*) from message_sent"),
    ("support_conversations_started_total", "channel", "select coalesce(channel, ''), count(*) from conversation_started group by 1"),
    ("support_escalations_raised_total", "reason", "select coalesce(reason, ''), count(*) from escalation_raised group by 1"),
]


def promtool(*arguments):
    result = subprocess.run(["promtool", "query", *arguments], capture_output=True, timeout=120)
    if result.returncode != 0:
        raise CommandFailed(f"promtool {' '.join(arguments)}: status {result.returncode}: {result.stderr.decode(errors='replace')[-1500:]}")
    return result.stdout.decode()


def data(server, path, **parameters):
    """The data of an answer of the API."""
    status, _, body = server.get(path + "?" + urllib.parse.urlencode(parameters, doseq=True), timeout=120)
    document = json.loads(body)
    if status != 200 or document["status"] != "success":
        raise CommandFailed(f"{path}: {status}: {body[:500]!r}")
    return document["data"]


def by_label(result, label):
    return {series["metric"].get(label, ""): int(series["value"][1]) for series in result}


def compare(server, last):
    """The counters behind the last event, by promtool, against SQL."""
    asked = str(last + 30)
    for name, label, sql in COUNTERS:
        expression = f"sum by ({label}) ({name})"
        told = by_label(json.loads(promtool("instant", "-o", "json", "--time", asked, server.url, expression)), label)
        counted = {row[0]: int(row[1]) for row in server.sql(sql)}
        if not counted or told != counted:
            yield f"{expression}: promtool is told {told}, SQL counts {counted}"


def watch(server, first, last):
    """A counter over the whole time."""
    name = "sum(support_messages_total)"
    step = max(15, (last - first) // 200 // 15 * 15)
    matrix = json.loads(promtool("range", "-o", "json", "--start", str(first), "--end", str(last + 30), "--step", f"{step}s", server.url, name))
    if len(matrix) != 1 or matrix[0]["metric"] != {}:
        yield f"{name} is {len(matrix)} series"
        return
    values = [int(value) for _, value in matrix[0]["values"]]
    if len(values) < 100 or values != sorted(values) or values[-1] == 0:
        yield f"{name} over the whole time: {values[:5]} … {values[-5:]}, {len(values)} points"
    middle = matrix[0]["values"][len(values) // 2]
    until = datetime.datetime.fromtimestamp(middle[0], datetime.timezone.utc).isoformat()
    counted = sum(int(row[0]) for row in server.sql(
        f"select count(*) from message_received where time <= '{until}' union all select count(*) from message_sent where time <= '{until}'"))
    if int(middle[1]) != counted:
        yield f"{name} at {until} is {middle[1]}, SQL counts {counted}"


def list_series(server, first, last):
    bounds = ("--start", str(first), "--end", str(last + 30))
    series = json.loads(promtool("series", "-o", "json", "--match", "support_messages_total", *bounds, server.url))
    own = data(server, "/api/v1/series", **{"match[]": "support_messages_total", "start": first, "end": last + 30})
    if not series or series != own:
        yield f"promtool lists {len(series)} series, the API {len(own)}"
    shown = json.loads(promtool("instant", "-o", "json", "--time", str(last + 30), server.url, "support_messages_total"))
    if [one["metric"] for one in shown] != own:
        yield f"{len(shown)} series have a value, {len(own)} are listed"
    if any(one.get("job") != "plimsoll" for one in own):
        yield f"not every series is of the job plimsoll: {own[:2]}"
    values = promtool("labels", *bounds, server.url, "direction").split()
    if values != ["received", "sent"]:
        yield f"direction is {values}"
    if data(server, "/api/v1/status/buildinfo")["version"].split(".")[0] != "3":
        yield "the API is that of no Prometheus 3"


def refuse(server):
    result = subprocess.run(["promtool", "query", "instant", server.url, "sum("], capture_output=True, timeout=60)
    said = result.stderr.decode(errors="replace")
    if result.returncode == 0 or "bad_data" not in said or "1:5" not in said:
        yield f"promtool on what is no expression: status {result.returncode}: {said}"


def ask_by_command(binary, directory, server, last):
    expression = "sum by (direction) (support_messages_total)"
    answers = []
    for place in (["--data", directory], ["--server", server.url]):
        command = Commands(binary, directory)
        answers.append(json.loads(command.run("promql", expression, "--time", str(last + 30), "--format", "json", *place))["data"])
        table = command.run("promql", expression, "--time", str(last + 30), *place).decode().splitlines()
        if len(table) != 3 or not table[0].startswith("series ") or '{direction="received"} ' not in table[1]:
            yield f"promql {place}: {table}"
        wrong = subprocess.run([os.path.abspath(binary), "promql", "sum(", *place], capture_output=True, timeout=60)
        if wrong.returncode != 2 or b"1:5: parse error" not in wrong.stderr:
            yield f"promql {place} on what is no expression: status {wrong.returncode}: {wrong.stderr!r}"
    if answers[0] != answers[1] or len(answers[0]["result"]) != 2:
        yield f"the directory says {answers[0]}, the server {answers[1]}"


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def main():
    parser = argparse.ArgumentParser(description="Have promtool ask a server in PromQL.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    if not shutil.which("promtool"):
        print("promtool is not installed (Debian package prometheus)")
        return 1
    folder = tempfile.mkdtemp(prefix="plimsoll-promql-")
    directory, problems = os.path.join(folder, "data"), []
    server = Server(arguments.plimsoll, directory)
    try:
        commands = Commands(arguments.plimsoll, directory)
        path = os.path.join(folder, "events.ndjson")
        with open(path, "wb") as file:
            file.write(commands.run("workload", "--events", str(arguments.events), "--seed", str(arguments.seed), "--start", START))
        commands.import_file(path)
        server.start()
        (first, last), = server.sql("select min(time), max(time) from events")
        # Samples lie on multiples of 15 s.
        first, last = seconds(first) // 15 * 15, (seconds(last) + 15) // 15 * 15
        problems += compare(server, last)
        problems += watch(server, first, last)
        problems += list_series(server, first, last)
        problems += refuse(server)
        problems += ask_by_command(arguments.plimsoll, directory, server, last)
    except CommandFailed as error:
        problems.append(str(error))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print(problem)
    print(f"promtool and promql: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
