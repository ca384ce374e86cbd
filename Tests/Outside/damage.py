#!/usr/bin/env python3
"""Damages one file of a store after the other and does what the runbook PlimsollDown says, with a backup and without one. Every command of its section on
damaged files is run, and what each kind of damage ends in is what the table says.

usage: damage.py --plimsoll BINARY
"""
import argparse
import glob
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from outside.plimsoll import CommandFailed, Commands, Server

SEALED, POSTED, BATCH = 2500, 600, 100


class Scene:
    """A store with sealed segments, a state, and a log with records that no segment holds; a backup of all of it."""

    def __init__(self, binary, folder):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.data, self.backup = os.path.join(folder, "data"), os.path.join(folder, "backup")
        events = self.run("workload", "--events", str(SEALED + POSTED), "--seed", "5")[1].splitlines(keepends=True)
        self.lines = [line for line in events if line.strip()]
        path = os.path.join(folder, "sealed.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(self.lines[:SEALED])
        Commands(self.binary, self.data).import_file(path)
        server = Server(self.binary, self.data)
        server.start()
        try:
            for first in range(SEALED, len(self.lines), BATCH):
                status, _, body = server.post("/v1/events", "".join(self.lines[first:first + BATCH]).encode(), "application/x-ndjson")
                if status != 200:
                    raise CommandFailed(f"{status}: {body[:300]}")
        finally:
            server.stop()
        shutil.copytree(self.data, self.backup)
        self.whole = self.answers()

    def run(self, *arguments):
        """(status, stdout, stderr)."""
        result = subprocess.run([self.binary, *arguments], capture_output=True, text=True, timeout=300,
                                env={name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")})
        return result.returncode, result.stdout, result.stderr

    def on(self, *arguments):
        return self.run(*arguments, "--data", self.data)

    def query(self, sql):
        return self.on("query", sql, "--format", "csv")

    def answers(self):
        return [self.query(sql)[1] for sql in (
            "select count(*), sum(cost_usd) from llm_call", "select count(*), max(position) from events", "select count(*) from turns",
            "select count(*) from conversations")] + [self.on("prices", "list")[1]]

    def reset(self):
        shutil.rmtree(self.data)
        shutil.copytree(self.backup, self.data)

    def put_back(self, path):
        copy = os.path.join(self.backup, os.path.relpath(path, self.data))
        shutil.copy2(copy, path + ".again")
        os.rename(path + ".again", path)

    def newest(self, pattern):
        names = glob.glob(os.path.join(self.data, pattern))
        return max(names, key=lambda name: (len(name), name))

    def flip(self, path, offset):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 4]))

    def middle(self, path):
        self.flip(path, os.path.getsize(path) // 2)

    def records(self):
        """(file, offset, payload bytes, kind, count, position) of the log's last file."""
        path, found, offset = self.newest("log/events-*.log"), [], 512
        with open(path, "rb") as file:
            content = file.read()
        while content[offset:offset + 8].strip(b"\0"):
            length, kind, _, _, count, _, position = struct.unpack_from("<IBBHIIq", content, offset + 8)
            found.append((path, offset, length, kind, count, position))
            offset += 56 + (length + 7) // 8 * 8
        return found

    def page(self, column):
        """Changes a page of a column; the segment."""
        for path in sorted(glob.glob(os.path.join(self.data, "segments", "*.segment"))):
            shown = self.run("inspect", "--bytes", path)[1]
            place = re.search(rf"^(\d+) .*\b{re.escape(column)}: checksum of the page$", shown, re.MULTILINE)
            if place:
                self.flip(path, int(place[1]))
                return path
        raise CommandFailed(f"no segment has {column}")


class Findings:
    def __init__(self, kind):
        self.kind, self.found = kind, []

    def expect(self, condition, words):
        if not condition:
            self.found.append(f"{self.kind}: {words}")

    def verified(self, scene, *files):
        """Verify names these files and ends with 4, or finds nothing."""
        status, out, err = scene.on("verify")
        self.expect(status == (4 if files else 0), f"verify ended with {status}: {out}{err}")
        places = [line.split(" is damaged at offset ")[0] for line in err.splitlines() if " is damaged at offset " in line]
        self.expect(places == list(files), f"verify names {places}, not {list(files)}")
        if files:
            self.expect(f"{len(files)} finding" in err and "runbook PlimsollDown" in err, f"verify says {err}")

    def refused(self, scene, file):
        """No command answers, and each says why."""
        status, out, err = scene.query("select count(*) from events")
        self.expect(status == 4 and f"{file} is damaged at offset " in err and "plimsoll verify" in err, f"query ended with {status}: {out}{err}")

    def whole(self, scene):
        answers = scene.answers()
        self.expect(answers == scene.whole, f"{answers} is not {scene.whole}")
        self.verified(scene)


def page(scene):
    found = Findings("a page")
    path = scene.page("message_received.id")
    found.verified(scene, path)
    status, out, err = scene.query("select count(*) from llm_call")
    found.expect(status == 0, f"what needs no damaged page ended with {status}: {out}{err}")
    found.expect(scene.query("select count(distinct id) from message_received")[0] == 4, "what needs the page was answered")
    scene.put_back(path)
    found.whole(scene)
    return found.found


def segment(scene):
    found = Findings("a segment")
    path = scene.newest("segments/*.segment")
    os.remove(path)
    found.verified(scene, path)
    found.refused(scene, path)
    scene.put_back(path)
    found.whole(scene)
    return found.found


def twice(kind):
    """A state or a manifest: the copy serves, the start writes the file anew."""
    def follow(scene):
        found = Findings(kind)
        path = scene.newest(f"segments/{kind}-*")
        with open(path, "rb") as file:
            content = file.read()
        scene.middle(path)
        found.verified(scene, path)
        err = scene.on("verify")[2]
        found.expect("nothing is to be restored" in err, f"verify says {err}")
        found.expect(scene.answers() == scene.whole, "answers differ")
        server = Server(scene.binary, scene.data)
        server.start()
        server.stop()
        said = [line for line in server.log if path in line]
        found.expect(len(said) == 1 and "its copy was read, and the file written anew" in said[0] and "at offset" in said[0],
                     f"the log says {said}")
        with open(path, "rb") as file:
            found.expect(file.read() == content, "the file is not what it was")
        found.whole(scene)
        # Both: only the backup.
        copy = scene.newest(f"segments/copy-of-{kind}-*")
        for name in (path, copy):
            scene.middle(name)
        status, out, err = scene.query("select 1 from events limit 1")
        found.expect(status == 4 and os.path.basename(path) in err and os.path.basename(copy) in err, f"with both damaged query ended with {status}: {out}{err}")
        for name in (path, copy):
            scene.put_back(name)
        found.whole(scene)
        return found.found
    return follow


def missing(kind):
    """The file is gone, or its copy: the other one serves, and the start makes it again."""
    def follow(scene):
        found = Findings(f"a missing {kind}")
        path, copy = scene.newest(f"segments/{kind}-*"), scene.newest(f"segments/copy-of-{kind}-*")
        with open(path, "rb") as file:
            content = file.read()
        for gone in (path, copy):
            os.remove(gone)
            found.verified(scene, *([path] if gone == path else []))
            found.expect(scene.answers() == scene.whole, f"answers differ without {gone}")
            found.expect(scene.run("inspect", scene.data)[0] == 0, f"inspect without {gone}")
            server = Server(scene.binary, scene.data)
            server.start()
            server.stop()
            found.expect(os.path.exists(gone), f"the start did not make {gone}")
            if os.path.exists(gone):
                with open(gone, "rb") as file:
                    found.expect(file.read() == content, f"{gone} is not what it was")
        found.whole(scene)
        # Both: what is named is not there, nothing is guessed.
        for gone in (path, copy):
            os.remove(gone)
        found.refused(scene, path)
        for gone in (path, copy):
            scene.put_back(gone)
        found.whole(scene)
        return found.found
    return follow


def lone_copy(scene):
    """A copy of a manifest that is not there, as an older directory put back over a newer one leaves it: it stops nothing."""
    found = Findings("a copy of a manifest alone")
    copy = scene.newest("segments/copy-of-manifest-*")
    beginning, _, version = copy.rpartition("-")
    alone = f"{beginning}-{int(version, 16) + 1:016x}"
    shutil.copy2(copy, alone)
    status, out, err = scene.on("verify")
    found.expect(status == 4 and "1 finding " in err and f"{alone} is the copy of a manifest" in err and "remove it" in err, f"verify ended with {status}: {out}{err}")
    found.expect(scene.answers() == scene.whole, "answers differ")
    os.remove(alone)
    found.whole(scene)
    return found.found


def events_of(scene):
    return [record for record in scene.records() if record[3] == 1]


def log_record(scene):
    found = Findings("a record of the log")
    events = events_of(scene)
    found.expect(len(events) >= 4, f"the log has {len(events)} records of events")
    path, offset, length, _, _, position = events[2]
    last = events[-1][5] + events[-1][4] - 1
    scene.flip(path, offset + 56 + length // 2)
    with open(path, "rb") as file:
        damaged = file.read()
    found.verified(scene, path)
    found.refused(scene, path)
    status, out, err = scene.on("set-aside")
    found.expect(status == 1 and f"would be lost: events of positions {position} to {last}," in out and "nothing was changed" in err
                 and "--accept-loss" in err, f"set-aside ended with {status}: {out}{err}")
    with open(path, "rb") as file:
        found.expect(file.read() == damaged, "set-aside changed the log without being told to")
    found.refused(scene, path)
    status, out, err = scene.on("set-aside", "--accept-loss")
    copies = re.findall(r"^copied: (.*)$", out, re.MULTILINE)
    found.expect(status == 0 and f"lost: events of positions {position} to {last}," in out and len(copies) == 1, f"--accept-loss: {status} {out}{err}")
    for copy in copies:
        with open(copy, "rb") as file:
            found.expect(file.read() == damaged, f"{copy} is not the damaged file")
    found.verified(scene)
    status, out, err = scene.query("select max(position) from events")
    found.expect(status == 0 and str(position - 1) in out and "not exact" in err, f"then query ended with {status}: {out}{err}")
    status, out, err = scene.query("select count(*) from system_events where type = 'log.set_aside'")
    found.expect(status == 0 and out.split()[-1] == "1", f"system_events: {status} {out}{err}")
    report = scene.on("report", "cost", "--format", "json")
    found.expect(report[0] == 0 and "not exact" in report[1], f"report: {report}")
    # What senders send again is taken, and is the same events.
    server = Server(scene.binary, scene.data)
    server.start()
    try:
        status, _, body = server.post("/v1/events", "".join(scene.lines[SEALED:]).encode(), "application/x-ndjson")
        found.expect(status == 200, f"sent again: {status} {body[:300]}")
        troubles = server.get("/v1/status")[2].decode()
        found.expect("set-aside/1" in troubles, f"status does not say it: {troubles[:600]}")
    finally:
        server.stop()
    found.expect(scene.query("select count(*) from events")[1] == scene_count(scene), "sending again does not bring back all events")
    found.verified(scene)
    # With a backup nothing is lost.
    scene.reset()
    found.whole(scene)
    return found.found


def sealed_record(scene):
    """What no start reads any more: named, with nothing lost, and nothing stops."""
    found = Findings("a record of the log whose rows are sealed")
    path, offset, length = scene.records()[0][:3]
    scene.flip(path, offset + 56 + length // 2)
    found.verified(scene, path)
    err = scene.on("verify")[2]
    found.expect("nothing is lost" in err and "set-aside" not in err, f"verify says {err}")
    status, out, err = scene.on("set-aside")
    found.expect(status == 0 and "nothing is to be set aside" in out, f"set-aside: {status} {out}{err}")
    found.expect(scene.answers() == scene.whole, "answers differ")
    server = Server(scene.binary, scene.data)
    server.start()
    server.stop()
    found.expect(scene.answers() == scene.whole, "answers differ after a start")
    return found.found


def log_beginning(scene):
    """The file that a start reads first: without its header, and gone. What is sealed stays."""
    found = Findings("the beginning of the log")
    first = events_of(scene)[0][5]
    for is_gone in (False, True):
        scene.reset()
        path = scene.newest("log/events-*.log")
        if is_gone:
            os.remove(path)
        else:
            scene.flip(path, 20)
        found.verified(scene, path)
        found.refused(scene, path)
        status, out, err = scene.on("set-aside")
        # How far the log reached was written down when it was closed.
        found.expect(status == 1 and f"would be lost: events of positions {first} " in out, f"set-aside ended with {status}: {out}{err}")
        status, out, err = scene.on("set-aside", "--accept-loss")
        found.expect(status == 0, f"--accept-loss: {status} {out}{err}")
        found.verified(scene)
        status, out, err = scene.query("select max(position) from events")
        found.expect(status == 0 and str(first - 1) in out and "not exact" in err, f"then query ended with {status}: {out}{err}")
        server = Server(scene.binary, scene.data)
        server.start()
        try:
            status, _, body = server.post("/v1/events", "".join(scene.lines[SEALED:]).encode(), "application/x-ndjson")
            found.expect(status == 200, f"sent again: {status} {body[:300]}")
        finally:
            server.stop()
        found.expect(scene.query("select count(*) from events")[1] == scene_count(scene), "sending again does not bring back all events")
        found.verified(scene)
    return found.found


def set_aside_twice(scene):
    """The second loss does not make the first one forgotten."""
    found = Findings("two losses")
    # The first record of the log's new file tells of the first loss.
    for place in (lambda: events_of(scene)[-1], lambda: scene.records()[0]):
        path, offset, length = place()[:3]
        scene.flip(path, offset + 56 + length // 2)
        status, out, err = scene.on("set-aside", "--accept-loss")
        found.expect(status == 0, f"--accept-loss: {status} {out}{err}")
        server = Server(scene.binary, scene.data)
        server.start()
        try:
            status, _, body = server.post("/v1/events", "".join(scene.lines[-BATCH:]).encode(), "application/x-ndjson")
            found.expect(status == 200, f"sent again: {status} {body[:300]}")
        finally:
            server.stop()
    status, out, err = scene.query("select count(*) from events")
    found.expect(status == 0 and "not exact: 2 damaged stretches" in err and err.count("events of positions ") == 2, f"query says {err}")
    status, out, err = scene.query("select count(*) from system_events where type = 'log.set_aside'")
    found.expect(out.split()[-1] == "2", f"system_events: {status} {out}{err}")
    status, out, err = scene.on("export")
    found.expect(status == 0 and "not exact" in err, f"export: {status} {err}")
    status, out, err = scene.on("prices", "list")
    found.expect(status == 0 and "not exact" in err, f"prices list: {status} {err}")
    return found.found


def scene_count(scene):
    events = scene.whole[1].splitlines()[-1].split(",")[0]
    return f"count\n{events}\n"


def torn_tail(scene):
    found = Findings("a torn tail")
    path, offset, length = scene.records()[-1][:3]
    # The end marker, as if power had gone before it was written whole.
    with open(path, "r+b") as file:
        file.seek(offset + 40)
        file.write(bytes(16))
    # The log was closed with it: it is named, and nothing is lost.
    found.verified(scene, path)
    found.expect("nothing is lost" in scene.on("verify")[2], "verify does not say that nothing is lost")
    found.expect(scene.answers() == scene.whole, "answers differ")
    os.remove(os.path.join(scene.data, "log", "log.end"))
    found.whole(scene)
    status, out, _ = scene.on("set-aside")
    found.expect(status == 0 and "the log is whole" in out, f"set-aside: {status} {out}")
    return found.found


def price(scene):
    """A price is an event: of the log's, what the log has lost is loaded again."""
    found = Findings("a price")
    prices = os.path.join(scene.folder, "prices.csv")
    with open(prices, "w", encoding="utf-8") as file:
        file.write("provider,model,token_class,usd_per_million_tokens,valid_from\nexample,damage-1,input,3,2026-01-01T00:00:00Z\n")
    server = Server(scene.binary, scene.data)
    server.start()
    try:
        status, out, err = scene.run("prices", "load", prices, "--server", server.url)
        found.expect(status == 0, f"prices load ended with {status}: {out}{err}")
    finally:
        server.stop()
    path, offset, length, _, count, _ = events_of(scene)[-1]
    found.expect(count == 1, f"the last events of the log are {count}")
    scene.flip(path, offset + 56 + length // 2)
    found.refused(scene, path)
    status, out, err = scene.on("set-aside", "--accept-loss")
    found.expect(status == 0, f"--accept-loss: {status} {out}{err}")
    found.expect("damage-1" not in scene.on("prices", "list")[1], "the lost price is in force")
    scene.on("prices", "load", prices)
    found.expect("damage-1" in scene.on("prices", "list")[1], "the price is not in force again")
    found.verified(scene)
    return found.found


def key(scene):
    found = Findings("the key")
    path = os.path.join(scene.data, "keys", "store.key")
    scene.flip(path, 5)
    found.verified(scene, path)
    found.refused(scene, path)
    scene.put_back(path)
    found.whole(scene)
    return found.found


def repair(scene):
    """What something else knows is written anew; a dry run tells the same and changes nothing."""
    found = Findings("a repair")

    def files():
        paths = [path for path in glob.glob(os.path.join(scene.data, "**"), recursive=True) if os.path.isfile(path)]
        return {path: open(path, "rb").read() for path in paths if not path.endswith("LOCK")}

    place = os.path.join(scene.folder, "place")
    status, out, err = scene.on("backup", place, "--copy")
    found.expect(status == 0, f"backup ended with {status}: {out}{err}")
    whole = files()
    # A bit of a page, a state, a manifest.
    scene.page("message_received.id")
    for pattern in ("segments/state-*", "segments/manifest-*"):
        scene.middle(scene.newest(pattern))
    damaged = files()
    status, told, err = scene.on("repair", "--dry-run")
    found.expect(status == 1 and "nothing was changed" in err, f"--dry-run ended with {status}: {told}{err}")
    found.expect(told.count("is written anew from its other writing") == 2 and "is written anew from itself" in told, f"--dry-run says {told}")
    found.expect(files() == damaged, "--dry-run changed something")
    status, out, err = scene.on("repair")
    found.expect(status == 0 and out == told, f"repair ended with {status}: {out}{err}, and was to say {told}")
    found.expect(files() == whole, "files are not what they were")
    status, out, err = scene.on("repair")
    found.expect(status == 0 and out == "nothing is damaged\n", f"a second repair ended with {status}: {out}{err}")
    # A segment that only a backup has.
    path = scene.newest("segments/*.segment")
    os.remove(path)
    status, out, err = scene.on("repair")
    found.expect(status == 1 and "would be lost with --accept-loss:" in out and " tenants: " in out, f"repair ended with {status}: {out}{err}")
    found.refused(scene, path)
    status, out, err = scene.on("repair", "--from", scene.backup)
    found.expect(status == 0 and "is written anew from the backup" in out, f"repair --from ended with {status}: {out}{err}")
    found.whole(scene)
    # And one that `backup` has made, with nothing left that names segments.
    for gone in [path, *glob.glob(os.path.join(scene.data, "segments", "*manifest*"))]:
        os.remove(gone)
    status, out, err = scene.on("repair", "--from", place)
    found.expect(status == 0 and out.count("is written anew from the backup") == 2, f"repair --from a place ended with {status}: {out}{err}")
    found.whole(scene)
    # The same without a backup.
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) - 9)
    status, out, err = scene.on("repair", "--accept-loss")
    lost = re.search(r"^    (\d+) events, and what", out, re.MULTILINE)
    found.expect(status == 0 and lost and "positions " in out and "times " in out and "set aside: " in out, f"--accept-loss: {status} {out}{err}")
    found.verified(scene)
    status, out, err = scene.query("select count(*) from events")
    left = int(scene_count(scene).split()[1]) - int(lost[1]) if lost else -1
    found.expect(status == 0 and out == f"count\n{left}\n" and "not exact: a damaged segment was set aside" in err, f"then query ended with {status}: {out}{err}")
    status, out, err = scene.query("select count(*) from system_events where type = 'log.set_aside'")
    found.expect(out.split()[-1] == "1", f"system_events: {status} {out}{err}")
    # What senders send again is taken, and is the same events.
    server = Server(scene.binary, scene.data)
    server.start()
    try:
        status, _, body = server.post("/v1/events", "".join(scene.lines).encode(), "application/x-ndjson")
        found.expect(status == 200, f"sent again: {status} {body[:300]}")
    finally:
        server.stop()
    found.expect(scene.query("select count(*) from events")[1] == scene_count(scene), "sending again does not bring back all events")
    found.verified(scene)
    return found.found


def several(scene):
    """Three kinds at once, each named."""
    found = Findings("three kinds at once")
    segment_path = scene.page("message_received.id")
    state = scene.newest("segments/state-*")
    scene.middle(state)
    path, offset, length = events_of(scene)[1][:3]
    scene.flip(path, offset + 56 + length // 2)
    found.verified(scene, segment_path, state, path)
    return found.found


KINDS = {"page": page, "segment": segment, "state": twice("state"), "manifest": twice("manifest"), "missing manifest": missing("manifest"),
         "missing state": missing("state"), "lone copy": lone_copy, "log record": log_record,
         "sealed record": sealed_record, "log beginning": log_beginning, "set aside twice": set_aside_twice, "torn tail": torn_tail, "price": price, "key": key, "repair": repair, "several": several}
# What the section on damaged files has people run.
RUN_HERE = {"plimsoll set-aside --data DIR --accept-loss"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory(prefix="plimsoll-damage-") as folder:
        scene = Scene(arguments.plimsoll, folder)
        scene.run("alerts", "runbooks", "--output", os.path.join(folder, "runbooks"))
        with open(os.path.join(folder, "runbooks", "PlimsollDown.md"), encoding="utf-8") as file:
            section = file.read().partition("\n## Damaged files\n")[2]
        told = {line[4:] for line in section.splitlines() if line.startswith("    ")}
        if told != RUN_HERE:
            problems.append(f"the runbook has {sorted(told)}, and {sorted(RUN_HERE)} are run here")
        for name, follow in KINDS.items():
            if arguments.only in (None, name):
                scene.reset()
                found = follow(scene)
                print(f"{name}: {len(found)} problems", flush=True)
                problems += found
    for problem in problems:
        print(f"PROBLEM {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
