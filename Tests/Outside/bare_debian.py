#!/usr/bin/env python3
"""A new operator's first days on a bare Debian 12: the package is installed, the unit runs, the demo's day comes in, the next version comes, the
process is killed, the log is damaged, the machine restarts, the package goes.

usage: bare_debian.py --package NEW.deb [--before OLDER.deb] --folder DIR [--users 1000]

The Debian is debootstrap's smallest with systemd, booted in namespaces without a network; the first time its packages are fetched (DIR/base keeps
them). No program of this machine runs in it. Wants root, cgroup v2, and the packages debootstrap and curl; some minutes, so it is run by hand
before a release.
"""
import argparse
import json
import os
import re
import resource
import stat
import sys
import time

from both_ways import compared, recomputed
from outside.bare_debian import BareDebian
from outside.plimsoll import CommandFailed, Commands

DATA, SETTINGS, UNIT, URL = "/var/lib/plimsoll", "/etc/plimsoll/plimsoll.yaml", "plimsoll.service", "http://127.0.0.1:8910"
NEW_EVENT = {"specversion": "1.0", "source": "bare", "type": "probe.checked", "time": "2026-08-01T09:00:00Z", "data": {"target": "door", "ok": True}}


class Inside(Commands):
    """The installed `plimsoll` against its service, as nobody with a token."""

    def __init__(self, debian):
        super().__init__("/usr/bin/plimsoll", server=URL)
        self.debian, self.token = debian, None

    def run(self, *arguments):
        return self.debian.run("plimsoll", *arguments, user="nobody", **({"PLIMSOLL_TOKEN": self.token} if self.token else {}))

    def import_file(self, path):
        return json.loads(self.run("import", path, "--format", "json", "--as-new-events", *self.place))


class Days:
    def __init__(self, arguments):
        self.arguments, self.debian, self.problems = arguments, BareDebian(arguments.folder), []
        self.plimsoll = Inside(self.debian)

    def expect(self, right, otherwise):
        if not right:
            self.problems.append(otherwise)

    def say(self, text):
        print(text, flush=True)

    def ready(self, within=30):
        """The seconds until the service answers."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            if self.debian.http("/readyz") == 200:
                return time.monotonic() - began
            time.sleep(0.05)
        journal = self.debian.try_run("journalctl", "--unit", UNIT, "--no-pager", "--lines", "20")[1].decode()
        raise CommandFailed(f"the service is not ready after {within} s: {journal}")

    def main_process(self):
        return int(self.debian.shown(UNIT, "MainPID")["MainPID"])

    def run(self):
        packages = {"new": self.arguments.package} | ({"before": self.arguments.before} if self.arguments.before else {})
        first = "before" if self.arguments.before else "new"
        began = time.monotonic()
        self.debian.make(packages)
        self.say(f"a bare Debian with what the package depends on fetched: {time.monotonic() - began:.0f} s")
        self.say(f"booted in {self.debian.boot():.1f} s")
        seconds = self.debian.install(first)
        self.say(f"installed in {seconds:.1f} s, ready {self.ready():.1f} s later")
        self.surroundings()
        self.hardening()
        path, check = self.day()
        self.settings_and_token()
        reports = self.reports()
        if self.arguments.before:
            self.upgrade(path, check, reports)
        self.modes()
        self.restarts()
        self.damage()
        self.debian.halt()
        self.debian.boot()
        self.say(f"after a power cut of the whole machine ready {self.ready():.1f} s after its boot")
        self.expect(self.reports() == reports, "the reports are others after the machine's restart")
        self.removal()

    def surroundings(self):
        shared = self.debian.run("ldd", "/usr/bin/plimsoll").decode()
        self.expect("not found" not in shared, f"libraries are missing: {shared}")
        if not self.arguments.before:
            self.expect("swift" not in shared, "the executable wants libraries of a toolchain")
        size = int(self.debian.run("dpkg-query", "--show", "--showformat=${Installed-Size}", "plimsoll"))
        self.say(f"installed size {size} KiB, package {os.path.getsize(self.arguments.package)} bytes")
        self.expect(b"plimsoll serve" in self.debian.run("cat", f"/lib/systemd/system/{UNIT}"), "there is no unit")
        self.expect(self.debian.try_run("systemctl", "is-enabled", UNIT)[0] == 0, "the service does not start with the machine")

    def hardening(self):
        text = self.debian.run("systemd-analyze", "security", "--no-pager", UNIT).decode()
        exposure = float(re.search(r"Overall exposure level for plimsoll.service: ([0-9.]+)", text)[1])
        self.say(f"systemd-analyze security: exposure {exposure}")
        self.expect(exposure <= 2, f"exposure {exposure}")
        process = self.main_process()
        status = self.debian.run("cat", f"/proc/{process}/status").decode()
        for pattern in (r"NoNewPrivs:\s1\n", r"Seccomp:\s2\n", r"CapEff:\s0+\n", r"CapBnd:\s0+\n", r"Umask:\s0027\n"):
            self.expect(re.search(pattern, status), f"the process's status lacks {pattern}")
        owner = self.debian.run("stat", "--format=%U:%G", f"/proc/{process}").decode().strip()
        self.expect(owner == "plimsoll:plimsoll", f"the process is {owner}'s")
        limits = self.debian.run("cat", f"/proc/{process}/limits").decode()
        # No unit gets more than this machine lets.
        allowed = min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        self.expect(re.search(rf"Max open files\s+{allowed}\s+{allowed}\s", limits), f"the limits are {limits}")
        for place in ("/usr/bin/x", "/etc/x", "/var/log/x"):
            refused, _, errors = self.debian.try_run("nsenter", "--target", str(process), "--mount", "--", "touch", place)
            self.expect(refused != 0 and b"Read-only" in errors, f"the service may write {place}")

    def day(self):
        """The demo's day, made by an ordinary user and sent to the service; (its file, a comparison with a computation of our own)."""
        began = time.monotonic()
        self.debian.run("plimsoll", "demo", "--once", "--data", "/tmp/day", "--listen", "127.0.0.1:0", "--users", str(self.arguments.users), user="nobody")
        exported = self.debian.run("plimsoll", "export", "--data", "/tmp/day", user="nobody")
        with open(os.path.join(self.debian.root, "packages/day.ndjson"), "wb") as file:
            file.write(exported)
        self.say(f"the demo's day took {time.monotonic() - began:.1f} s to make")
        # Yesterday's conversations would be closed one after the other while this runs, and the figures with them.
        self.debian.run("sh", "-c", f"printf 'conversations:\\n  idle_after: never\\n' >> {SETTINGS}")
        self.debian.run("systemctl", "restart", UNIT)
        self.ready()
        began = time.monotonic()
        summary = self.plimsoll.import_file("/packages/day.ndjson")
        self.say(f"{summary['accepted']} events imported in {time.monotonic() - began:.1f} s")
        self.expect(summary["accepted"] > 1000 and summary["rejected"] == 0, f"the import says {summary}")
        document, start, end = recomputed(os.path.join(self.debian.root, "packages/day.ndjson"), reached=0)

        def check(place):
            self.problems += compared(document, self.plimsoll, place, start, end)

        check("the imported day")
        return "/packages/day.ndjson", check

    def settings_and_token(self):
        """Both have to be there after an upgrade."""
        self.debian.run("sh", "-c", f"echo 'answer_limit: 31s' >> {SETTINGS}")
        self.debian.run("plimsoll", "check", "config", SETTINGS)
        self.plimsoll.token = self.debian.run("plimsoll", "tokens", "create", "--data", DATA, "--scope", "admin", "--name", "operator",
                                              user="plimsoll").decode().strip().split()[-1]
        self.debian.run("systemctl", "restart", UNIT)
        self.ready()
        self.expect(self.debian.http("/v1/objectives") == 401, "a request without a token is let in")
        self.expect(self.debian.http("/v1/objectives", token=self.plimsoll.token) == 200, "the token is not let in")
        mode = self.debian.run("stat", "--format=%a %U:%G", SETTINGS, os.path.dirname(SETTINGS)).decode().split("\n")[:2]
        self.expect(mode == ["640 root:plimsoll", "750 root:plimsoll"], f"settings are {mode}")

    def reports(self):
        # Up to a time that has passed, so that they do not change by themselves.
        period = ["--from", "2020-01-01", "--to", time.strftime("%Y-%m-%d", time.gmtime())]
        return {kind: self.plimsoll.run("report", kind, "--format", "csv", *period, *self.plimsoll.place) for kind in ("sla", "cost", "outcomes")}

    def upgrade(self, path, check, reports):
        process = self.main_process()
        began = time.monotonic()
        self.debian.install("new")
        self.ready()
        self.say(f"upgraded and ready again in {time.monotonic() - began:.1f} s")
        self.expect(self.main_process() != process, "the old process goes on")
        shared = self.debian.run("ldd", "/usr/bin/plimsoll").decode()
        self.expect("not found" not in shared and "swift" not in shared, f"the new version wants {shared}")
        check("after the upgrade")
        self.expect(self.reports() == reports, "the reports are others after the upgrade")
        self.expect(b"answer_limit: 31s" in self.debian.run("cat", SETTINGS), "the changed settings are lost")
        summary = self.plimsoll.import_file(path)
        self.expect(summary["accepted"] == 0 and summary["rejected"] == 0, f"the same day sent again: {summary}")
        self.send("after-the-upgrade")

    def send(self, identity):
        """One new event, in a record of its own."""
        with open(os.path.join(self.debian.root, "packages/one.ndjson"), "w", encoding="utf-8") as file:
            file.write(json.dumps(NEW_EVENT | {"id": identity}) + "\n")
        summary = json.loads(self.plimsoll.run("import", "/packages/one.ndjson", "--format", "json", *self.plimsoll.place))
        self.expect(summary["accepted"] == 1, f"a new event: {summary}")

    def modes(self):
        for folder, _, names in os.walk(self.debian.root + DATA):
            for path in [folder] + [os.path.join(folder, name) for name in names]:
                mode = stat.S_IMODE(os.stat(path).st_mode)
                own = path[len(self.debian.root):]
                allowed = 0o750 if os.path.isdir(path) else 0o600 if own.startswith(DATA + "/keys/") else 0o640
                self.expect(mode == allowed, f"{own} has mode {mode:o}")

    def restarts(self):
        process = self.main_process()
        began = time.monotonic()
        self.debian.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", UNIT)
        time.sleep(0.5)
        self.ready()
        self.say(f"killed, ready again {time.monotonic() - began:.1f} s later")
        self.expect(self.main_process() != process, "a killed service is not started again")
        began = time.monotonic()
        self.debian.run("systemctl", "stop", UNIT)
        shown = self.debian.shown(UNIT, "Result", "ExecMainStatus")
        self.say(f"stopped in {time.monotonic() - began:.1f} s")
        self.expect(shown == {"Result": "success", "ExecMainStatus": "0"}, f"a stop ends with {shown}")
        began = time.monotonic()
        self.debian.run("plimsoll", "verify", "--data", DATA, user="plimsoll")
        self.say(f"verified in {time.monotonic() - began:.1f} s")

    def damage(self):
        """A flipped byte of the log, with records behind it: the service says so and stays down until it is mended."""
        self.debian.run("systemctl", "start", UNIT)
        self.ready()
        names = [f"told-before-the-damage-{number}" for number in range(3)]
        for name in names:
            self.send(name)
        self.debian.run("systemctl", "stop", UNIT)
        path, place = self.found_in_log(names[0].encode())
        with open(path, "r+b") as file:
            file.seek(place)
            right = file.read(1)
            file.seek(place)
            file.write(bytes([right[0] ^ 0x40]))
        self.debian.try_run("systemctl", "start", UNIT)
        time.sleep(8)
        shown = self.debian.shown(UNIT, "ActiveState", "ExecMainStatus", "NRestarts")
        self.expect(shown == {"ActiveState": "failed", "ExecMainStatus": "4", "NRestarts": "0"}, f"with a damaged log: {shown}")
        with open(path, "r+b") as file:
            file.seek(place)
            file.write(right)
        self.debian.try_run("systemctl", "start", UNIT)
        self.ready()

    def found_in_log(self, text):
        folder = self.debian.root + DATA + "/log"
        for name in sorted(os.listdir(folder), reverse=True):
            with open(os.path.join(folder, name), "rb") as file:
                place = file.read().find(text)
            if place >= 0:
                return os.path.join(folder, name), place
        raise CommandFailed(f"no log holds {text}")

    def removal(self):
        count = self.plimsoll.rows("select count(*) from events")
        self.debian.run("apt-get", "--quiet", "remove", "--yes", "plimsoll")
        self.expect(self.debian.shown(UNIT, "ActiveState")["ActiveState"] in ("inactive", "failed"), "the removed service runs")
        self.expect(self.debian.http("/readyz") == 0, "something of the removed package answers")
        self.expect(os.path.exists(self.debian.root + SETTINGS), "remove takes the settings")
        self.debian.run("apt-get", "--quiet", "purge", "--yes", "plimsoll")
        self.expect(not os.path.exists(self.debian.root + os.path.dirname(SETTINGS)), "purge leaves settings")
        self.expect(os.path.exists(self.debian.root + DATA + "/keys/store.key"), "purge takes the data")
        left = self.debian.run("find", "/etc", "/usr", "/lib", "/var/lib/systemd", "-name", "*plimsoll*").decode().split()
        self.expect(not left, f"purge leaves {left}")
        self.debian.install("new")
        self.ready()
        self.expect(self.plimsoll.rows("select count(*) from events") == count, "the data of before is not found again")


def main():
    parser = argparse.ArgumentParser(description="Installs, upgrades and removes the package on a bare Debian 12.")
    parser.add_argument("--package", required=True)
    parser.add_argument("--before", help="an older package, to upgrade from")
    parser.add_argument("--folder", required=True)
    parser.add_argument("--users", type=int, default=1000)
    days = Days(parser.parse_args())
    os.makedirs(days.arguments.folder, exist_ok=True)
    began = time.monotonic()
    try:
        days.run()
    except CommandFailed as failure:
        days.problems.append(str(failure))
    finally:
        days.debian.halt()
    for problem in days.problems:
        print(problem)
    print(f"{time.monotonic() - began:.0f} s, {len(days.problems)} problems")
    return 1 if days.problems else 0


if __name__ == "__main__":
    sys.exit(main())
