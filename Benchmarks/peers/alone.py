"""Runs one function of a peer's module in a process of its own, so that its memory is its own, and goes: python -m peers.alone MODULE FUNCTION ARGUMENTS"""
import importlib
import json
import os
import subprocess
import sys

from outside.plimsoll import CommandFailed

from . import ours

HERE = os.path.dirname(os.path.abspath(__file__))


def seconds_and_mb(module, function, *arguments):
    """What the function gives, and resident MB at most. Arguments are texts but for the last, a number of threads."""
    command = [sys.executable, "-m", "peers.alone", module, function, *map(str, arguments)]
    done = subprocess.run(command, cwd=os.path.join(HERE, ".."), stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise CommandFailed(f"peers.{module}.{function} ended with {done.returncode}")
    result = json.loads(done.stdout.splitlines()[-1])
    return result["seconds"], result["megabytes"]


if __name__ == "__main__":
    called = getattr(importlib.import_module(f"peers.{sys.argv[1]}"), sys.argv[2])
    spent = called(*sys.argv[3:-1], int(sys.argv[-1]))
    print(json.dumps({"seconds": spent, "megabytes": ours.resident_mb(os.getpid())}))
