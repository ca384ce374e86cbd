#!/usr/bin/env python3
"""Counts the instructions a row that each kernel takes, and fails where one takes more than it did.

usage: kernels.py --workshop BINARY [--write] [--only NAME,…] [--calls 8] [--thresholds Benchmarks/kernels.txt]

Each kernel of `workshop kernels` runs under valgrind over data that are the same everywhere, once with one call and once with --calls more: the
difference is what the calls take, without the start and the making of data. Instructions hardly depend on what else the machine does, so that 5 %
more than the file of thresholds has mean a change of code. They do depend on what was counted: another compiler, libc or simdjson, or another
release of valgrind, may want --write once. Valgrind shows programs a processor with AVX2 and without AVX-512, whatever runs it, so what chooses its
code by the processor (libc, simdjson) takes the way that it takes there. Time is what `make bench` and `make bench-peers` measure.

--write keeps what was found as the thresholds, of the named kernels alone where --only names some. Exit status: 1 where a kernel takes more, has no
threshold, is gone, or gives a wrong result.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What a kernel may take beyond its threshold.
ALLOWED = 0.05
# Of the same seeds in every run.
ENVIRONMENT = {"SWIFT_DETERMINISTIC_HASHING": "1", "LC_ALL": "C"}
_COUNTED = re.compile(r"^==\d+==\s+I\s+refs:\s+([\d,]+)\s*$", re.MULTILINE)


class Failed(Exception):
    pass


def thresholds(text):
    """{name: instructions a row} of a file's text."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or not re.fullmatch(r"\d+(\.\d+)?", words[1]):
            raise Failed(f"line {number} of the thresholds is no name with a number: {line.strip()}")
        if words[0] in found:
            raise Failed(f"line {number} of the thresholds names {words[0]} again")
        found[words[0]] = float(words[1])
    return found


def written(text, found, keeps_others):
    """A file's text with what was found; remarks stay, other kernels where they are kept."""
    remarks = [line for line in text.splitlines() if line.startswith("#")]
    kept = (thresholds(text) if keeps_others else {}) | found
    width = max(map(len, kept), default=0)
    return "\n".join([*remarks, *(f"{name.ljust(width)}  {kept[name]:10.2f}" for name in sorted(kept))]) + "\n"


def problems(found, allowed, is_whole=True):
    """What is wrong with figures beside their thresholds; kernels that are gone are told where all were asked for."""
    told = []
    for name, figure in found.items():
        if name not in allowed:
            told.append(f"{name} has no threshold; --write makes one")
        elif figure > allowed[name] * (1 + ALLOWED):
            told.append(f"{name} takes {figure:.2f} instructions a row, where {allowed[name]:.2f} are allowed and {ALLOWED:.0%} more")
    if is_whole:
        told += [f"{name} has a threshold and is no kernel; --write takes it away" for name in allowed if name not in found]
    return told


def counted(told):
    """Instructions by what cachegrind told."""
    found = _COUNTED.search(told)
    if not found:
        raise Failed(f"valgrind told no instructions: {told[-1000:]}")
    return int(found[1].replace(",", ""))


class Counter:
    """Runs kernels of an executable under valgrind."""

    def __init__(self, workshop, folder):
        self.plain = os.path.abspath(workshop)
        # Debian's valgrind gives up over some of what Swift's compiler writes for debuggers.
        self.stripped = os.path.join(folder, "workshop")
        run(["strip", "--strip-debug", "-o", self.stripped, self.plain])

    def kernels(self):
        """{name: rows of a call}, in the executable's order."""
        lines = [line.split("\t") for line in run([self.plain, "kernels", "--list"])[0].splitlines()]
        return {name: int(rows) for name, rows, _ in lines}

    def instructions(self, name, calls):
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
                   self.stripped, "kernels", name, "--repeat", str(calls)]
        output, told = run(command)
        return counted(told), output.split("\t")[-1].strip()

    def figure(self, name, rows, calls):
        """Instructions a row."""
        first, checksum = self.instructions(name, 1)
        more, other = self.instructions(name, 1 + calls)
        if checksum != other:
            raise Failed(f"{name} gives {checksum} first and {other} later")
        return (more - first) / (calls * rows)


def run(command):
    """(standard output, standard error)."""
    done = subprocess.run(command, env=os.environ | ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout, done.stderr


def measure(workshop, names, calls):
    """{name: instructions a row} of the named kernels, of all where none is named."""
    with tempfile.TemporaryDirectory(prefix="plimsoll-kernels-") as folder:
        counter = Counter(workshop, folder)
        kernels = counter.kernels()
        unknown = [name for name in names if name not in kernels]
        if unknown:
            raise Failed(f"--only knows no {', '.join(unknown)}, but {', '.join(kernels)}")
        wanted = [name for name in kernels if not names or name in names]
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            running = {name: pool.submit(counter.figure, name, kernels[name], calls) for name in wanted}
            return {name: future.result() for name, future in running.items()}


def shown(found, allowed):
    for name, figure in found.items():
        before = f"{100 * (figure / allowed[name] - 1):+7.1f} %" if allowed.get(name) else "      new"
        print(f"{name:24}{figure:12.2f} instructions a row{before}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workshop", required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--thresholds", default=os.path.join(HERE, "kernels.txt"))
    options = parser.parse_args()
    if options.calls < 1:
        parser.error("--calls takes 1 or more")
    names = options.only.split(",") if options.only else []
    try:
        with open(options.thresholds, encoding="utf-8") as file:
            text = file.read()
        allowed = thresholds(text)
        found = measure(options.workshop, names, options.calls)
    except Failed as error:
        print(f"FAIL {error}")
        return 1
    shown(found, allowed)
    if options.write:
        with open(options.thresholds, "w", encoding="utf-8") as file:
            file.write(written(text, found, keeps_others=bool(names)))
        return 0
    told = problems(found, allowed, is_whole=not names)
    for problem in told:
        print("FAIL " + problem)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
