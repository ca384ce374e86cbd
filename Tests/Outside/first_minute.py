#!/usr/bin/env python3
"""Lives a newcomer's first minute: starts the demo, pastes the line that it prints, and runs every command of README's first table as it stands.

usage: first_minute.py --plimsoll BINARY [--users 40]

Each command must answer, the demo must name the same commands as README, say how far it is and how many events there are, and explain only
figures that it shows. A demo that has ended (--once) must leave commands behind that work on its directory.
"""
import argparse
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from outside.first_minute import guide, legends, table_commands
from outside.plimsoll import CommandFailed, free_port
from outside.readme import section

SHELL_FOLDERS = "/usr/local/bin:/usr/bin:/bin"
LEFT_OUT = ("PLIMSOLL_DATA", "PLIMSOLL_SERVER", "PLIMSOLL_TOKEN")


class Demo:
    """`plimsoll demo` in a folder of its own, on a free port; the folder of its data has a name that a shell must be told in quotes."""

    def __init__(self, arguments, folder):
        self.folder = folder
        self.command = [os.path.abspath(arguments.plimsoll), "demo", "--users", str(arguments.users), "--data", "the demo's data",
                        "--listen", f"127.0.0.1:{free_port()}", "--slow-from", "now+1h"]

    def until_live(self):
        """(process, what it printed on stdout, its stderr) once it goes on with live traffic."""
        paths = [os.path.join(self.folder, name) for name in ("stdout", "stderr")]
        with open(paths[0], "wb") as output, open(paths[1], "wb") as errors:
            process = subprocess.Popen(self.command, cwd=self.folder, stdout=output, stderr=errors, env=environment(self.folder))
        began = time.monotonic()
        while True:
            text, told = (open(path, encoding="utf-8").read() for path in paths)
            if "Live traffic goes on" in text:
                return process, text, told
            if process.poll() is not None or time.monotonic() - began > 600:
                process.kill()
                raise CommandFailed(f"the demo ended or was too slow: {text[-1000:]} {told[-1000:]}")
            time.sleep(0.2)

    def once_on_a_terminal(self):
        """(status, stdout, what its terminal got)."""
        master, slave = pty.openpty()
        with open(os.path.join(self.folder, "once"), "w+b") as output:
            process = subprocess.Popen([*self.command, "--once", "--seed", "2"], cwd=self.folder, stdout=output, stderr=slave,
                                       env=environment(self.folder))
            os.close(slave)
            told = b""
            while True:
                try:
                    piece = os.read(master, 65536)
                except OSError:
                    # The other end has been closed.
                    break
                if not piece:
                    break
                told += piece
            os.close(master)
            status = process.wait(timeout=600)
            output.seek(0)
            return status, output.read().decode(), told.decode()


def environment(folder):
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return kept | {"PATH": SHELL_FOLDERS, "PWD": folder}


def pasted(line, command, elsewhere):
    """What a shell in another folder prints for a command after the line."""
    result = subprocess.run(["bash", "-c", f"{line}\n{command}\n"], capture_output=True, text=True, timeout=120, cwd=elsewhere,
                            env=environment(elsewhere))
    if result.returncode != 0 or not result.stdout.strip():
        raise CommandFailed(f"after {line}\n{command}\nended with {result.returncode}: {result.stdout[-500:]}{result.stderr[-1000:]}")
    return result.stdout


def answers(line, commands, elsewhere):
    """Problems with what commands answer."""
    for command in commands:
        answer = pasted(line, command, elsewhere)
        if "/v1/conversations/" in command and not json.loads(answer)["turn_list"]:
            yield f"{command} shows no turns: {answer[:500]}"
        if command.endswith('/metrics"') and "support_" not in answer:
            yield f"{command} shows no metric: {answer[:500]}"
        if command.startswith("plimsoll query") and not {"cloud", "local"} <= set(re.findall(r"\w+", answer)):
            yield f"{command} lacks rows: {answer[:500]}"
        # A terminal of a hundred columns breaks no line.
        wide = [line for line in answer.splitlines() if len(line) > 100] if command.startswith("plimsoll") else []
        if wide:
            yield f"{command} prints lines wider than 100 columns: {wide[:2]}"
        if command.startswith("plimsoll report") and "Definitions:" not in answer:
            yield f"{command} is no report: {answer[:500]}"


def printed(text):
    """Problems with what the demo says while it works, and beside the figures."""
    posted = re.search(r"^posting (\d+) events", text, re.MULTILINE)
    taken = re.search(r"^(\d+) events accepted, (\d+) known already, (\d+) refused", text, re.MULTILINE)
    if not posted or not taken or int(posted[1]) == 0 or int(posted[1]) != int(taken[1]) + int(taken[2]) or int(taken[3]):
        yield f"it posted {posted and posted[0]}, and {taken and taken[0]}"
    found = legends(text)
    if len(found) != 3 or not all(figures for _, figures in found):
        yield f"three reports have a legend each; found {found}"
    for above, figures in found:
        yield from (f"the legend explains {figure!r}, which is not in the report {above[:200]}" for figure in figures if figure not in above)


def first_minute(arguments, folder):
    """Problems, as text."""
    elsewhere = os.path.join(folder, "elsewhere")
    os.mkdir(elsewhere)
    demo = Demo(arguments, folder)
    process, text, told = demo.until_live()
    try:
        yield from printed(text)
        if not re.search(r"^llama-3\.1-8b-instruct is slow and failing from \S+Z to \S+Z: ", text, re.MULTILINE):
            yield "it does not say when a model is going to be slow"
        if "\r" in told:
            yield f"where nobody watches lines are drawn over: {told[:500]!r}"
        (line,), named = guide(text)
        commands = table_commands(section("First minute"))
        if sorted(commands) != sorted(named) or len(commands) < 6:
            yield f"README names {commands}, the demo {named}"
        yield from answers(line, commands, elsewhere)
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=60)
    if status:
        yield f"the demo ended with {status}"
    status, text, told = demo.once_on_a_terminal()
    yield from printed(text)
    count = re.search(r"^posting (\d+) events", text, re.MULTILINE)[1]
    if status or "\r[" not in told or f" of {count} events sent" not in told:
        yield f"on a terminal it says {told[-500:]!r} and ends with {status}"
    (line,), named = guide(text)
    if not named or any(command.startswith("curl") for command in named):
        yield f"without a server it names {named}"
    yield from answers(line, named, elsewhere)


def main():
    parser = argparse.ArgumentParser(description="Live a newcomer's first minute.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--users", type=int, default=40)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plimsoll-first-minute-")
    problems = []
    try:
        for problem in first_minute(arguments, folder):
            problems.append(problem)
    except (CommandFailed, subprocess.TimeoutExpired) as error:
        problems.append(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"first minute: {len(problems)} problems", *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
