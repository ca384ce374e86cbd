#!/usr/bin/env python3
"""Kills a server again and again under a mixed load, and looks for everything that it acknowledged afterwards.

usage: kill_loop.py --plimsoll BINARY [--rounds 12] [--rounds-a-life 25] [--seed S] [--senders 3] [--batch 60] [--keep DIR]

A life is a store that has aged events in several segments, a load (events, prices that come late, spans, questions), and rounds: each ends the process
with SIGKILL, by its id, at a random moment of serving, of a start, of a stop or of an import; the next start has another period of retention, of all events or
of those of one tenant. Compaction and retention go on beside the load. In the end:

- each acknowledged event is there once, a batch that was never answered whole and once or not at all, nothing that nobody sent
- counts, tokens and costs by model are those of these events, over SQL and in /metrics; so are calls told by spans
- aged events are there once or were let go of, conversations and costs that were made of them are what they were, and no counter fell
- the directory says the same to a command, and `plimsoll verify` finds it whole and equal to its recomputation
"""
import argparse
import collections
import os
import random
import shutil
import subprocess
import sys
import time

from faulted import aged, events
from faulted.life import Life
from hostile.server import port_below_clients
from outside.judging import judged
from outside.plimsoll import CommandFailed, Server

SETTINGS = "error_budget: 7d\n"


class Rounds:
    """The rounds of a life: what each does is drawn."""

    def __init__(self, life, chance, options):
        self.life, self.chance, self.options = life, chance, options
        self.starts, self.kinds, self.imports = [], collections.Counter(), 0

    def go(self, count):
        for number in range(count):
            period = aged.PERIODS[number * len(aged.PERIODS) // count]
            self.life.server.extra = self.retaining(period, by_tenant=number % 2 == 1)
            kind = "importing" if number % 4 == 0 else self.chance.choices(("serving", "starting", "stopping"), (6, 2, 1))[0]
            self.kinds[kind] += 1
            getattr(self, kind)()
        self.starts.append(self.life.server.start())

    def retaining(self, period, by_tenant):
        """Options of a start under which events go after so many days: those of all, or of the aged tenant alone."""
        if not period or not by_tenant:
            return ["--config", self.life.settings] + (["--retention-events", f"{period}d"] if period else [])
        path = os.path.join(self.life.folder, "settings-by-tenant.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{SETTINGS}retention: {{tenants: {{{aged.TENANT}: {period}d}}}}\n")
        return ["--config", path]

    def serving(self, *seconds):
        self.starts.append(self.life.server.start())
        time.sleep(self.chance.uniform(*(seconds or (self.options.shortest, self.options.longest))))
        self.life.server.kill()

    def starting(self):
        self.life.server.spawn()
        time.sleep(self.chance.uniform(0, 0.4))
        self.life.server.kill()

    def stopping(self):
        self.starts.append(self.life.server.start())
        time.sleep(self.chance.uniform(self.options.shortest, 0.5))
        self.life.server.process.terminate()
        time.sleep(self.chance.uniform(0, 0.2))
        self.life.server.kill()

    def importing(self):
        """An import that is killed, and mostly repeated as a whole; now and then so many that their segments become one."""
        for number in range(10 if self.kinds["importing"] % 2 else 1):
            self.imported(number == 0)
        # Prices that no segment knows keep retention waiting, and an import has sealed them. It begins a second after a start, and takes one more.
        self.life.mixture.holds_prices.set()
        self.serving(0.9, 4)
        self.life.mixture.holds_prices.clear()

    def imported(self, may_die):
        name, path = f"import-{self.imports}", os.path.join(self.life.folder, "import.ndjson")
        self.imports += 1
        batch = self.life.oracle.sends(events.turns(name, 0, 150, self.chance, f"m-{name}"), is_whole=False)
        with open(path, "wb") as file:
            file.write(events.body(name, batch.events))
        command = [self.life.server.binary, "import", path, "--data", self.life.server.data]
        if may_die:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.chance.uniform(0, 0.3))
            process.kill()
            if process.wait() == 0:
                self.life.oracle.acknowledge(batch)
            if self.chance.random() < 0.2:
                return
        result = subprocess.run(command, capture_output=True, timeout=120)
        if result.returncode == 0:
            self.life.oracle.acknowledge(batch)
        else:
            self.life.problems.append(f"an import ended with {result.returncode}: {result.stderr.decode(errors='replace')[-500:]}")


def run(options, folder):
    binary, problems, done, totals = os.path.abspath(options.plimsoll), [], 0, collections.Counter()
    chance, slowest = random.Random(f"ports {options.seed}"), 0.0
    base = aged.make(binary, folder, time.time_ns())
    settings = os.path.join(folder, "settings.yaml")
    with open(settings, "w", encoding="ascii") as file:
        file.write(SETTINGS)
    for number in range(-(-options.rounds // options.rounds_a_life)):
        seed, count = options.seed + number, min(options.rounds_a_life, options.rounds - done)
        data = os.path.join(folder, f"life-{seed}")
        shutil.copytree(base, data)
        server = Server(binary, data)
        server.port = port_below_clients(chance)
        life = Life(server, folder, settings, seed, options)
        rounds = Rounds(life, random.Random(f"rounds {seed}"), options)
        try:
            life.begin()
            rounds.go(count)
            life.end()
        except CommandFailed as error:
            life.problems.append(str(error))
        finally:
            life.mixture.stopped.set()
            server.stop()
        done += count
        totals.update(life.totals())
        slowest = max([slowest, *rounds.starts])
        print(f"seed {seed}: {count} kills ({', '.join(f'{kind} {many}' for kind, many in sorted(rounds.kinds.items()))}), {life.said()}, "
              f"slowest start {max(rounds.starts, default=0):.2f} s, {len(life.problems)} problems", flush=True)
        problems += [f"seed {seed}: {problem}" for problem in life.problems]
        if life.problems:
            print("".join(f"     {line}" for line in server.log[-20:]), end="")
        else:
            shutil.rmtree(data, ignore_errors=True)
    print(f"{done} kills, slowest start {slowest:.2f} s; " + ", ".join(f"{count} {what}" for what, count in sorted(totals.items())))
    # What never happened was not tried; a few rounds may miss what takes a second or two.
    return problems + [f"there was nothing of: {what}" for what, count in totals.items() if not count and done >= 100]


def main():
    parser = argparse.ArgumentParser(description="Kill a server under a mixed load and count what survives.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--keep", help="a folder to use and keep; default: a temporary one")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--rounds-a-life", type=int, default=25)
    parser.add_argument("--senders", type=int, default=3)
    parser.add_argument("--batch", type=int, default=60)
    parser.add_argument("--shortest", type=float, default=0.05, help="seconds from ready to the kill, at least")
    parser.add_argument("--longest", type=float, default=1.2)
    parser.add_argument("--seed", type=int, default=1)
    return judged(run, parser.parse_args(), "plimsoll-kill-")


if __name__ == "__main__":
    sys.exit(main())
