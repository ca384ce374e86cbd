#!/usr/bin/env python3
"""All hostile clients at once against one server, beside a reference load whose every event is accounted for in the end.

usage: hostile_hour.py --plimsoll BINARY [--minutes 60] [--seed N] [--memory 2GiB] [--folder DIR]
                       [--interruptions kill,stop,hangup] [--only CLIENT,…] [--without CLIENT,…] [--tokens]

The reference load sends events (from several senders, again until acknowledged), spans, and asks for /metrics, /readyz, status and a report. Beside
it each client of `hostile` does its worst again and again: connections, questions, bodies, commands on the served directory. In between the server
is killed, stopped and hung up on. Then, status 1 where one of these does not hold:

- the server never ended by itself, its log tells of no crash, and each stop was clean
- its memory stayed below --memory
- each acknowledged event is there once, and repeats counted once; counts, tokens and costs of SQL, the report and /metrics are those recomputed here
- no counter fell, no answer was a 5xx but for 501, 503 and 505, none came after its time; the server told of itself within ten seconds
- `plimsoll verify` finds the directory whole, and no secret that was sent is in it or in the log

It runs for an hour by night, by hand. All hostile clients together keep to a share of one core (--client-share), so that the server has the rest.
"""
import argparse
import os
import random
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

from hostile.account import Account, canary_is_nowhere, verified
from hostile.field import ATTACKS, Field, raise_descriptors
from hostile.load import MODELS, Load
from hostile.server import SETTINGS, WatchedServer
from hostile.tally import Tally
from outside.plimsoll import CommandFailed

UNITS = {"": 0, "KiB": 10, "MiB": 20, "GiB": 30}


def bytes_of(text):
    number, unit = re.fullmatch(r"(\d+)(|KiB|MiB|GiB)", text).groups()
    return int(number) << UNITS[unit]


def names_of(options):
    found = options.only.split(",") if options.only else list(ATTACKS)
    left_out = options.without.split(",") if options.without else []
    if unknown := set(found + left_out) - set(ATTACKS):
        raise SystemExit(f"no such clients: {sorted(unknown)}; there are: {', '.join(ATTACKS)}")
    return [name for name in found if name not in left_out]


def interruptions(options, chance, start):
    """(moment, kind) spread over the time, the first after a quarter of a minute at least."""
    kinds = [kind for kind in options.interruptions.split(",") if kind]
    chance.shuffle(kinds)
    step = options.minutes * 60 / (len(kinds) + 1)
    return [(start + step * (index + 1) + chance.uniform(-0.2, 0.2) * step, kind) for index, kind in enumerate(kinds)]


def battle(options, server, reference, field, chance):
    """Until the time is over: interruptions, the late prices in the middle, and a word each minute."""
    start = time.monotonic()
    due, ends, told, priced = interruptions(options, chance, start), start + options.minutes * 60, start, False
    while (now := time.monotonic()) < ends and not server.ended.is_set():
        time.sleep(0.5)
        if due and now >= due[0][0]:
            kind = due.pop(0)[1]
            field.is_away.set()
            said = server.interrupt(kind)
            field.is_away.clear()
            print(f"  {kind}: {said}", flush=True)
        if not priced and now >= start + options.minutes * 30:
            priced = True
            reference.set_prices(MODELS[2:])
        if now >= told + 60:
            told, stored = now, server.stored_bytes()
            if stored > options.disk << 30:
                field.is_full.set()
            resident, anonymous = server.samples[-1] if server.samples else (0, 0)
            print(f"  {(now - start) / 60:3.0f} min: {resident >> 10} MiB resident, {anonymous >> 10} MiB of its own, {stored >> 20} MiB stored, "
                  f"{sum(server.tally.faults.values())} faults so far", flush=True)
    if not priced:
        reference.set_prices(MODELS[2:])


def summary(server, reference, tally, memory):
    print("what became of each client's tries:")
    for line in tally.table():
        print("  " + line)
    print("times of answers:")
    for name, times in reference.times.items():
        print(f"  {name}: {times.text()}")
    resident, anonymous = (max((sample[index] for sample in server.samples), default=0) for index in (0, 1))
    print(f"memory: at most {server.high_water >> 10} MiB (sampled {resident >> 10}, of its own {anonymous >> 10}), {memory >> 20} MiB were given, "
          f"{(memory >> 20) - (server.high_water >> 10)} MiB below; {len(server.starts)} starts, slowest {max(server.starts, default=0):.1f} s")
    if server.high_water << 10 > memory:
        tally.fault("memory rose beyond what was given", f"{server.high_water >> 10} MiB of {memory >> 20}")
    for line in server.troubles.values():
        print(f"  the log has: {line[:300]}")


def token(options, server):
    """Where tokens are wanted everybody but strangers has one."""
    if not options.tokens:
        return {}
    made = subprocess.run([server.binary, "tokens", "create", "--data", server.data, "--scope", "admin"], capture_output=True, check=True)
    time.sleep(1)
    return {"Authorization": f"Bearer {made.stdout.decode().strip()}"}


def arguments():
    parser = argparse.ArgumentParser(description="An hour of hostile clients and an account of it.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--folder", help="an empty folder to use and keep; default: a temporary one, kept where something was found")
    parser.add_argument("--interruptions", default="kill,stop,hangup", help="what happens to the server in between")
    parser.add_argument("--only", help="these hostile clients alone")
    parser.add_argument("--without", help="all but these")
    parser.add_argument("--tokens", action="store_true", help="let nobody in without a token")
    parser.add_argument("--senders", type=int, default=3)
    parser.add_argument("--rate", type=float, default=300, help="events a second of all reference senders")
    parser.add_argument("--disk", type=int, default=8, help="GiB of stored data at which hostile clients send no more events")
    parser.add_argument("--client-share", type=float, default=0.6, help="of a core, for all hostile clients")
    return parser.parse_args()


def run(options, folder):
    """The tally, filled."""
    tally, chance, memory = Tally(), random.Random(f"hour {options.seed}"), bytes_of(options.memory)
    canary = "C4n4ry" + secrets.token_hex(12)
    server = WatchedServer(options.plimsoll, folder, options.memory, tally, chance)
    names, field, reference = names_of(options), None, None
    print(f"seed {options.seed}, {options.minutes:g} minutes, --memory {options.memory}, {len(names)} hostile clients, folder {folder}\n{SETTINGS}",
          flush=True)
    try:
        server.begin()
        headers = token(options, server)
        reference = Load(options, server, tally, headers)
        reference.begin()
        time.sleep(3)
        place = {"port": server.port, "headers": headers, "canary": canary, "binary": server.binary, "data": server.data,
                 "share": options.client_share}
        field = Field(place, names, options.seed, tally)
        battle(options, server, reference, field, chance)
        print("the hostile clients end", flush=True)
        field.end()
        reference.end()
        account = Account(server, reference, tally)
        status = account.settled()
        account.events()
        account.figures()
        print(f"  status: {({name: status.get(name) for name in ('accepted', 'segments', 'refused_events', 'troubles', 'failed_seals')})}")
        print(f"  stopped after {server.end('the last stop'):.1f} s")
        server.ended.set()
        account.after_the_stop()
        verified(server.binary, server.data, tally)
        canary_is_nowhere(server.binary, server, canary, tally)
    except CommandFailed as error:
        tally.fault("a command failed", str(error))
    finally:
        server.intended.set()
        server.ended.set()
        if field is not None and field.process.is_alive():
            field.stopped.set()
            field.process.kill()
        if reference is not None:
            reference.stopped.set()
        server.stop()
    summary(server, reference, tally, memory)
    return tally


def main():
    options = arguments()
    options.seed = random.randrange(10**6) if options.seed is None else options.seed
    raise_descriptors()
    keeps, folder = bool(options.folder), os.path.abspath(options.folder) if options.folder else tempfile.mkdtemp(prefix="plimsoll-hostile-")
    os.makedirs(folder, exist_ok=True)
    if os.listdir(folder):
        raise SystemExit(f"{folder} is not empty")
    options.folder = folder
    tally = run(options, folder)
    for what, count in tally.faults.most_common():
        print(f"FAULT {what}: {count} times")
        for detail in tally.details[what]:
            print(f"      {detail}")
    if keeps or tally.faults:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"seed {options.seed}: {len(tally.faults)} kinds of faults")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
