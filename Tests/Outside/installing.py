#!/usr/bin/env python3
"""What an installation lays down, and who may read what the program makes; `bare_debian.py` is the same for real.

usage: installing.py --plimsoll BINARY

`make install` below DESTDIR with the executable of the tests: everything is in its place, settings that are there stay, the unit names what was
installed; the manual has every command; the settings are ones that the program takes. With an umask that takes nothing away a data directory is
closed to others and its keys to its group; what an operator asks for is as any program's files are.
"""
import argparse
import os
import shutil
import stat
import subprocess
import sys
import tempfile

from outside.plimsoll import CommandFailed, Server

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
INSTALLED = ["bin/plimsoll", "etc/plimsoll/plimsoll.yaml", "lib/systemd/system/plimsoll.service", "lib/sysusers.d/plimsoll.conf",
             "share/doc/plimsoll/INSTALLING.md", "share/doc/plimsoll/README.md", "share/man/man1/plimsoll.1"]


def ran(*command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **options)
    if result.returncode != 0:
        raise CommandFailed(f"{' '.join(command)}: status {result.returncode}: {result.stdout.decode(errors='replace')[-2000:]}")
    return result.stdout.decode()


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(place, name), folder) for place, _, names in os.walk(folder) for name in names)


def installation(plimsoll, folder):
    release, staged = os.path.join(folder, "release"), os.path.join(folder, "staged")
    os.mkdir(release)
    os.symlink(plimsoll, os.path.join(release, "plimsoll"))
    manual = ran(os.path.join(ROOT, "Deploy/manual"), plimsoll)
    with open(os.path.join(release, "plimsoll.1"), "w", encoding="utf-8") as file:
        file.write(manual)
    for command in ("serve", "tokens create", "check config", "version"):
        if f".SS plimsoll {command}\n" not in manual:
            yield f"the manual lacks {command}"

    def make(target, *variables):
        ran("make", "--directory", ROOT, "--silent", target, f"RELEASE={release}", f"DESTDIR={staged}", *variables)

    make("install", "PREFIX=/opt/here")
    if files_below(staged) != ["opt/here/" + name for name in INSTALLED]:
        yield f"installed are {files_below(staged)}"
    with open(os.path.join(staged, "opt/here/lib/systemd/system/plimsoll.service"), encoding="utf-8") as file:
        unit = file.read()
    if "ExecStart=/opt/here/bin/plimsoll serve --config /opt/here/etc/plimsoll/plimsoll.yaml" not in unit or "@" in unit.replace("@system-service", "").replace(
            "@privileged", ""):
        yield f"the unit is {unit}"
    settings = os.path.join(staged, "opt/here/etc/plimsoll/plimsoll.yaml")
    ran(plimsoll, "check", "config", settings)
    with open(settings, "w", encoding="utf-8") as file:
        file.write("answer_limit: 31s\n")
    make("install", "PREFIX=/opt/here")
    with open(settings, encoding="utf-8") as file:
        if file.read() != "answer_limit: 31s\n":
            yield "a second installation takes the settings"
    make("uninstall", "PREFIX=/opt/here")
    if files_below(staged) != ["opt/here/etc/plimsoll/plimsoll.yaml"]:
        yield f"left are {files_below(staged)}"
    make("install", "prefix=/usr")
    if not os.path.exists(os.path.join(staged, "etc/plimsoll/plimsoll.yaml")):
        yield "with prefix=/usr the settings are not in /etc"


def modes(plimsoll, folder):
    before = os.umask(0)
    try:
        data, events = os.path.join(folder, "a/data"), os.path.join(folder, "events.ndjson")
        with open(events, "wb") as file:
            file.write(subprocess.run([plimsoll, "workload", "--events", "2000"], stdout=subprocess.PIPE, check=True, timeout=60).stdout)
        ran(plimsoll, "import", events, "--data", data)
        ran(plimsoll, "tokens", "create", "--data", data, "--scope", "read", "--name", "mode")
        server = Server(plimsoll, data)
        server.start()
        server.stop()
        rules, report = os.path.join(folder, "rules"), os.path.join(folder, "report")
        ran(plimsoll, "alerts", "rules", "--output", rules)
        ran(plimsoll, "report", "cost", "--output", report, "--data", data)
    finally:
        os.umask(before)
    names = [os.path.join(place, name) for place, _, files in os.walk(os.path.dirname(data)) for name in ["", *files]]
    if sum(1 for name in names if name.startswith(data + "/keys/") and not name.endswith("/")) < 2:
        yield f"there are no keys to look at: {names}"
    for name in names:
        wanted = 0o750 if os.path.isdir(name) else 0o640
        mode = stat.S_IMODE(os.stat(name).st_mode)
        if os.path.dirname(name) == data + "/keys" and os.path.isfile(name):
            wanted = 0o600
        if mode != wanted:
            yield f"{name[len(folder):]} has mode {mode:o}, not {wanted:o}"
    for asked in (rules, report):
        found = {stat.S_IMODE(os.stat(os.path.join(asked, name)).st_mode) for name in os.listdir(asked)}
        if found != {0o666} or stat.S_IMODE(os.stat(asked).st_mode) != 0o777:
            yield f"{asked[len(folder):]} is not as the umask lets: {found}"


def main():
    parser = argparse.ArgumentParser(description="Looks at what an installation lays down and at modes of files.")
    parser.add_argument("--plimsoll", required=True)
    plimsoll = os.path.abspath(parser.parse_args().plimsoll)
    problems = []
    for part in (installation, modes):
        folder = tempfile.mkdtemp(prefix="plimsoll-installing-")
        try:
            problems += part(plimsoll, folder)
        except CommandFailed as failure:
            problems.append(str(failure))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
