#!/usr/bin/env python3
"""Measures how fast a served store ships itself into a real PostgreSQL, beside the database alone, and what that takes from ingest.

usage: Benchmarks/shipping.py --plimsoll BINARY [--events 500000] [--seconds 10]

Shipped are events, turns, conversations and rollups, into an empty database on this machine. Beside that stands what the database alone takes for the
same rows: `COPY … FROM` of every shipped table into empty ones with the same keys and indexes, by psql, from files in PostgreSQL's own binary form.
Then events come in over HTTP as fast as they go, with a database that keeps up and without one. Standard library only; PostgreSQL from the system.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, "Tests", "Outside"), os.path.dirname(os.path.abspath(__file__))]
sys.dont_write_bytecode = True
import ingest  # noqa: E402
from outside.plimsoll import Server  # noqa: E402
from outside.postgres import Missing, Postgres  # noqa: E402

SETTINGS = """ship:
  postgresql:
    connection: host={host} user=postgres dbname=postgres
    schema: {schema}
    tables: events, turns, conversations, rollups
"""


def status(server):
    return json.loads(server.get("/v1/status")[2])["shipping"][0]


def shipped(server, events):
    """Seconds until the database has all of so many events."""
    began = time.monotonic()
    while True:
        now = status(server)
        if now.get("hindrance"):
            raise SystemExit(f"nothing is shipped: {now['hindrance']}")
        if now["position"] >= events and now["waiting_events"] == 0:
            return time.monotonic() - began
        time.sleep(0.05)


def copied(postgres):
    """(seconds, rows) of what the database alone takes for what was shipped."""
    names = [row[0] for row in postgres.answers([
        "select table_name from information_schema.tables where table_schema = 'plimsoll' and table_name <> 'sync' order by 1"])[0]]
    files = {name: os.path.join(postgres.folder, f"{name}.copy") for name in names}
    postgres.script("".join(
        f"copy plimsoll.\"{name}\" to '{file}' (format binary); create table public.\"{name}\" (like plimsoll.\"{name}\" including all);\n"
        for name, file in files.items()))
    began = time.monotonic()
    postgres.script("".join(f"copy public.\"{name}\" from '{file}' (format binary);\n" for name, file in files.items()))
    taken = time.monotonic() - began
    counts = postgres.answers([f"select count(*) from public.\"{name}\"" for name in names])
    return taken, sum(int(answer[0][0]) for answer in counts)


def configured(folder, postgres, schema):
    """A file of settings: each store ships into a schema of its own."""
    path = os.path.join(folder, f"{schema}.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SETTINGS.format(host=postgres.folder, schema=schema))
    return path


def ingested(binary, folder, lines, seconds, settings=None):
    """Events a second over HTTP into an empty store."""
    server = Server(binary, tempfile.mkdtemp(dir=folder))
    server.extra = ["--config", settings] if settings else []
    server.start()
    try:
        return ingest.as_fast_as_it_goes(server.pid, server.port, ingest.requests(lines), seconds)[0]
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    binary = os.path.abspath(options.plimsoll)
    try:
        postgres = Postgres()
    except Missing as missing:
        raise SystemExit(str(missing)) from None
    try:
        with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as folder:
            source, data = os.path.join(folder, "events.ndjson"), os.path.join(folder, "data")
            with open(source, "wb") as output:
                subprocess.run([binary, "workload", "--events", str(options.events), "--seed", "7"], stdout=output, check=True)
            result = json.loads(subprocess.run(
                [binary, "import", source, "--data", data, "--format", "json"], stdout=subprocess.PIPE, check=True).stdout)
            server = Server(binary, data)
            server.extra = ["--config", configured(folder, postgres, "plimsoll")]
            server.start()
            try:
                seconds = shipped(server, result["accepted"])
            finally:
                server.stop()
            copy, rows = copied(postgres)
            print(f"PostgreSQL        {result['accepted'] / seconds:12,.0f} events/s   {rows} rows of all tables in {seconds:.1f} s")
            print(f"COPY alone        {result['accepted'] / copy:12,.0f} events/s   the same rows in {copy:.1f} s; shipping takes {seconds / copy:.2f} of that")
            with open(source, "rb") as file:
                lines = file.readlines()
            alone, beside = [], []
            for number in range(3):
                alone.append(ingested(binary, folder, lines, options.seconds))
                beside.append(ingested(binary, folder, lines, options.seconds, configured(folder, postgres, f"beside_{number}")))
            without, beside = statistics.median(alone), statistics.median(beside)
            print(f"HTTP ingest       {without:12,.0f} events/s   nothing shipped")
            print(f"                  {beside:12,.0f} events/s   shipped meanwhile: {100 * (1 - beside / without):.0f} % slower")
    finally:
        postgres.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
