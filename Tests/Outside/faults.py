#!/usr/bin/env python3
"""The real executable under faults of the machine: a disk that fails, waits and lies, a process that dies at a call, limits that somebody set.

usage: faults.py --plimsoll BINARY [--whole] [--only NAME,…] [--seed S] [--keep DIR]

Each fault has a store of its own, senders that tell an oracle what was acknowledged, and afterwards a plain start, the account of every event and
`plimsoll verify`. --whole tries flushes, writes and names one after the other, and crowds of connections; without it each kind is tried at some.
What a machine does not allow (tracing, mounting) is said and passed over; where CI is true, tracing has to be allowed.
"""
import argparse
import http.client
import os
import random
import sys
import time

from faulted import crowds, disks, limits, starts
from faulted.scene import Scene, Skipped
from outside.judging import judged
from outside.plimsoll import CommandFailed


def faults(whole, chance):
    """(name, what tries it)."""
    few = lambda count, most: range(1, most + 1) if whole else sorted(chance.sample(range(1, most + 1), count))
    found = [("flushes before acknowledgements", disks.acknowledged_after_flushes)]
    found += [(f"failed flush {when}", lambda scene, when=when: disks.failed_flush(scene, when)) for when in few(1, 40)]
    # Of a kind an import makes a dozen or so.
    calls = [(call, way) for call in disks.COMMAND_CALLS for way in disks.WAYS]
    found += [("imports at calls", lambda scene: disks.commands_at_calls(scene, calls if whole else chance.sample(calls, 3), range(1, 60) if whole else [2]))]
    for call in ("pwrite64", "fdatasync"):
        found += [(f"killed at {call} {when}", lambda scene, call=call, when=when: disks.killed_at(scene, call, when)) for when in few(1, 40)]
    found += [("stuck flush", disks.stuck_flush)]
    found += [(f"lying write {when}", lambda scene, when=when: disks.lying_write(scene, when)) for when in few(1, 30)]
    found += [("full disk", limits.full_disk), ("file size", limits.file_size), ("address space", limits.address_space),
              ("two processes", limits.two_processes), ("read-only directory", limits.read_only)]
    crowd = 10_000 if whole else 1_500
    found += [("idle connections", lambda scene: crowds.idle(scene, crowd)), ("slow clients", crowds.slow)]
    if whole:
        found += [("start with the longest log", starts.long_log)]
    return found


def run(options, folder):
    problems, binary = [], os.path.abspath(options.plimsoll)
    wanted = options.only.split(",") if options.only else []
    tried = [(name, attempt) for name, attempt in faults(options.whole, random.Random(options.seed))
             if not wanted or any(name.startswith(one) for one in wanted)]
    if not tried:
        return [f"no fault is called so: {options.only}"]
    for number, (name, attempt) in enumerate(tried):
        place = os.path.join(folder, f"fault-{number}")
        os.makedirs(place)
        scene, said, began = Scene(binary, place, f"{options.seed} {name}"), None, time.monotonic()
        try:
            said = attempt(scene)
        except Skipped as reason:
            # A continuous build has what is needed for tracing; who may mount is for others to decide.
            if os.environ.get("CI") == "true" and "strace" in str(reason):
                scene.problems.append(str(reason))
            else:
                said = f"passed over: {reason}"
        except (CommandFailed, OSError, http.client.HTTPException, LookupError, ValueError) as error:
            scene.problems.append(f"{error!r}")
        finally:
            scene.end()
        problems += [f"{name}: {problem}" for problem in scene.problems]
        print(f"{'FAIL' if scene.problems else 'ok  '} {time.monotonic() - began:4.1f} s {name}" + (f": {said}" if said else ""), flush=True)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--only", help="faults whose names begin so")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder to use and keep; default: a temporary one")
    return judged(run, parser.parse_args(), "plimsoll-faults-")


if __name__ == "__main__":
    sys.exit(main())
