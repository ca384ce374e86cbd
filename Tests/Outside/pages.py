#!/usr/bin/env python3
"""Looks at the pages in a real browser: every page, what people do on them, every figure, paper, zones, and what goes wrong.

usage: pages.py --plimsoll BINARY [--only THEME,THEME] [--path PATH] [--users 1000] [--pictures FOLDER] [--verbose]

A theme is a module of `outside/pages`, which says what it looks for; each has a store, a server and a browser of its own, and two run at a time. Each
problem names the page. `--pictures` keeps a picture of each page, and those of README; `--only readme --pictures Pictures` makes these alone.
"""
import argparse
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from outside.pages.visit import Visit

# The longest first, so that both that run end at about the same time.
THEMES = ["every_page", "strange", "figures", "keyboard", "flows", "away", "carried", "conversations", "explore", "sessions", "zones", "paper", "rules",
          "dashboards", "readme", "periods"]
# More than it takes where several builds share two cores; what hangs ends all the same.
SECONDS = 900


def one(theme, arguments):
    """The problems that a theme finds."""
    folder = tempfile.mkdtemp(prefix=f"plimsoll-pages-{theme}-")
    visit = Visit(arguments, folder, SECONDS)
    try:
        importlib.import_module(f"outside.pages.{theme}").look(visit)
    except Exception as error:
        # What was found before it is told, too.
        visit.problems.append(f"{type(error).__name__}: {error}\n{traceback.format_exc()}")
    finally:
        visit.close()
        shutil.rmtree(folder, ignore_errors=True)
    return visit.problems


def several(themes, arguments):
    """Each theme in a process of its own, two at a time; gives how many have failed."""
    folder = tempfile.mkdtemp(prefix="plimsoll-pages-")
    running, waiting, failed = {}, list(themes), 0
    try:
        arguments.demo = os.path.join(folder, "demo")
        made = subprocess.run([os.path.abspath(arguments.plimsoll), "demo", "--once", "--users", str(arguments.users), "--seed", "7", "--data", arguments.demo],
                              capture_output=True, timeout=300)
        if made.returncode:
            print(f"the demo ended with {made.returncode}: {made.stderr.decode(errors='replace')[-1000:]}")
            return 1
        while waiting or running:
            while waiting and len(running) < 2:
                theme = waiting.pop(0)
                output = open(os.path.join(folder, theme), "w+", encoding="utf-8")
                running[subprocess.Popen([sys.executable, os.path.abspath(__file__), *command(theme, arguments)], stdout=output, stderr=output)] = output
            time.sleep(0.1)
            for process in [process for process in running if process.poll() is not None]:
                with running.pop(process) as output:
                    output.seek(0)
                    print(output.read(), end="", flush=True)
                failed += process.returncode != 0
    finally:
        # Who is told to end leaves neither server nor browser nor folder.
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return failed


def command(theme, arguments):
    given = {"plimsoll": arguments.plimsoll, "only": theme, "users": arguments.users, "demo": arguments.demo, "path": arguments.path, "pictures": arguments.pictures}
    return [f"--{name}={value}" for name, value in given.items() if value is not None] + (["--verbose"] if arguments.verbose else [])


def main():
    parser = argparse.ArgumentParser(description="Look at the pages in a real browser.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--only", default=",".join(THEMES), help="themes: " + ", ".join(THEMES))
    parser.add_argument("--path", help="of the themes that look at every page the one of this path alone")
    parser.add_argument("--users", type=int, default=1000, help="users of the demo's day")
    parser.add_argument("--pictures", help="a folder for pictures of pages")
    parser.add_argument("--verbose", action="store_true", help="say how long each page took")
    parser.add_argument("--demo", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    themes = arguments.only.split(",")
    unknown = [theme for theme in themes if theme not in THEMES]
    if unknown:
        parser.error(f"no theme {', '.join(unknown)}; there are {', '.join(THEMES)}")
    if arguments.pictures:
        os.makedirs(arguments.pictures, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    if len(themes) > 1:
        failed = several(themes, arguments)
        print(f"pages: {failed} of {len(themes)} themes have problems, {time.monotonic() - began:.0f} s")
        return 1 if failed else 0
    problems = one(themes[0], arguments)
    print(f"{themes[0]}: {len(problems)} problems in {time.monotonic() - began:.0f} s", *problems, sep="\n", flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
