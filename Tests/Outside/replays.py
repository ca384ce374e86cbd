#!/usr/bin/env python3
"""What a directory says of metrics and alerts, held against a server on it.

usage: replays.py --plimsoll BINARY [--keep DIR]

Calls with tokens are imported seconds after their times. At once `plimsoll promql` has to count them all; half a minute later, behind what the
directory received last, counters must not have grown, neither for `promql` nor for `alerts replay`, and a server on the directory says the same.
A replay says which times it evaluated. Alerts of rules that a directory is not asked about are told. README's commands on a directory work as they
stand where PLIMSOLL_SERVER names a server.
"""
import argparse
import datetime
import json
import os
import shlex
import subprocess
import sys
import time

from outside.judging import judged
from outside.plimsoll import Commands, Server
from outside.readme import PATH, section

STEP = 15
TOKENS = "sum(support_llm_input_tokens_total)"
GROWN = "sum(increase(support_llm_input_tokens_total[10m]))"
RULES = f"""groups:
  - name: tokens
    interval: 15s
    rules:
      - alert: MoreThanThereWere
        expr: {GROWN} > 6000
      - alert: AllOfThem
        expr: {GROWN} > 5999
"""
DIRECTORY_COMMANDS = ("plimsoll alerts replay ", "plimsoll slo status --slo ")


def written(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event(name, event_type, seconds, **data):
    return {"specversion": "1.0", "id": name, "source": "replays", "type": event_type, "time": written(seconds), "data": data}


def take(commands, folder, events):
    path = os.path.join(folder, "events.ndjson")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in events)
    commands.import_file(path)


def sleep_until(phase):
    """Into the step of samples, so many seconds; the end of the step."""
    time.sleep((phase - time.time()) % STEP)
    return (int(time.time()) // STEP + 1) * STEP


def value(commands, *arguments):
    """What an expression says; None where it has no series."""
    result = json.loads(commands.run("promql", *arguments, "--format", "json", *commands.place))["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def replayed(text):
    replay = json.loads(text)
    return [(alert["alert"], alert["fired_at"], alert["resolved_at"], alert.get("highest")) for alert in replay["alerts"]]


def counters(binary, folder):
    """A directory and a server on it."""
    directory, rules = os.path.join(folder, "data"), os.path.join(folder, "rules.yaml")
    commands = Commands(binary, directory)
    with open(rules, "w", encoding="utf-8") as file:
        file.write(RULES)
    first = sleep_until(6)
    calls = [event(str(number), "llm.call", first - STEP + 2, conversation_id="c", provider="p", request_model="m", input_tokens=1000, output_tokens=1,
                   status="ok") for number in range(6)]
    take(commands, folder, calls)
    found = value(commands, TOKENS)
    if found != 6000:
        yield f"at once {TOKENS} is {found}"
    # Something is received behind the first sample that has the calls.
    sleep_until(1)
    take(commands, folder, [event("later", "tool.call", first, tool="t", status="ok")])
    later = first + STEP
    time.sleep(max(0, later + 1 - time.time()))
    # Every command takes seconds and RFC 3339.
    period = ["--from", str(first - 60), "--to", written(later)]
    found = value(commands, GROWN, "--time", str(later))
    if found != 6000:
        yield f"behind what was received last {GROWN} is {found}"
    text = commands.run("alerts", "replay", rules, *period, "--format", "json", *commands.place)
    local = replayed(text)
    if [(alert[0], alert[3]) for alert in local] != [("AllOfThem", "6000")]:
        yield f"a replay behind what was received last says {local}"
    quiet = commands.run("alerts", "replay", rules, "--from", written(first - 600), "--to", written(first - 300), *commands.place).decode()
    if f"to {written(first - 300).replace('.000000', '')}, nothing would have fired" not in quiet:
        yield f"a replay in which nothing fires says {quiet!r}"
    shown = subprocess.run([commands.binary, "alerts", "replay", rules, *commands.place], capture_output=True, timeout=120)
    if b"--to now goes on" not in shown.stderr:
        yield f"a replay up to the last receipt says {shown.stderr!r}"
    settings = os.path.join(folder, "plimsoll.yaml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"alerts:\n  rules: {rules}\n")
    server = Server(binary, directory, ["--config", settings])
    try:
        server.start()
        status, _, body = server.get(f"/v1/alerts/replay?from={written(first - 60)}&to={written(later)}")
        told = replayed(body) if status == 200 else body
        if told != local:
            yield f"a server says {told}, its directory {local}"
        found = value(Commands(binary, server=server.url), GROWN, "--time", str(later))
        if found != 6000:
            yield f"of a server {GROWN} is {found}"
        yield from others(server, commands, settings)
    finally:
        server.stop()


def others(server, commands, settings):
    """The server's alert fires; its directory is asked with and without its rules."""
    noted = "select count(*) from system_events where type = 'alert.changed' and data ->> 'after' = 'firing'"
    until = time.monotonic() + 60
    while time.monotonic() < until and int(server.sql(noted)[0][0]) == 0:
        time.sleep(0.5)
    server.stop()
    plain = commands.run("alerts", "status", *commands.place).decode()
    if "1 alert of other rules is noted: give --config FILE" not in plain or "AllOfThem" not in plain:
        yield f"alerts status says {plain!r}"
    own = commands.run("alerts", "status", "--config", settings, *commands.place).decode()
    if "other rules" in own or "AllOfThem" not in own:
        yield f"alerts status with the server's rules says {own!r}"


def commands_of_readme(binary, folder):
    """Those that work on a directory alone, as they stand."""
    place = os.path.join(folder, "place")
    os.makedirs(place)
    os.symlink(os.path.join(folder, "data"), os.path.join(place, "demo-data"))
    os.symlink(os.path.join(os.path.dirname(os.path.abspath(PATH)), "Alerts"), os.path.join(place, "Alerts"))
    lines = [line.strip().split("  #")[0] for line in section("For the SRE: alerts and dashboards").splitlines() if line.startswith("    ")]
    lines = [line for line in lines if line.startswith(DIRECTORY_COMMANDS)]
    if len(lines) < 3:
        yield f"README has {lines}"
    environment = {name: word for name, word in os.environ.items() if not name.startswith("PLIMSOLL_")}
    for variables in ({}, {"PLIMSOLL_SERVER": "http://127.0.0.1:1"}, {"PLIMSOLL_DATA": os.path.join(folder, "nowhere")}):
        for line in lines:
            script = f'plimsoll() {{ {shlex.quote(os.path.abspath(binary))} "$@"; }}\n{line}'
            result = subprocess.run(["bash", "-c", script], cwd=place, env={**environment, **variables}, capture_output=True, timeout=300)
            if result.returncode != 0:
                yield f"{line!r} with {variables}: status {result.returncode}: {result.stderr.decode(errors='replace')[-500:]}"


def run(arguments, folder):
    return [*counters(arguments.plimsoll, folder), *commands_of_readme(arguments.plimsoll, folder)]


def main():
    parser = argparse.ArgumentParser(description="What a directory says of metrics and alerts, beside a server on it.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--keep", help="folder for data and rules; default: a temporary one")
    return judged(run, parser.parse_args(), "plimsoll-replays-")


if __name__ == "__main__":
    sys.exit(main())
