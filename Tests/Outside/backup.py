#!/usr/bin/env python3
"""Backs a served store up under load, several times into one place, kills backups in between, restores elsewhere and compares: every event that was
acknowledged before a backup began is in it, a restored store verifies, and its reports are those of the source at that position.

usage: backup.py --plimsoll BINARY [--seconds 6]
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from outside.plimsoll import Commands, Server

SEALED = 3000


class Scene:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.found = os.path.abspath(binary), folder, []
        self.data, self.place = os.path.join(folder, "data"), os.path.join(folder, "backups")
        events = self.run("workload", "--events", str(SEALED * 4), "--seed", "9")[1].splitlines(keepends=True)
        self.lines = [line for line in events if line.strip()]
        path = os.path.join(folder, "first.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(self.lines[:SEALED])
        Commands(self.binary, self.data).import_file(path)
        self.imported = int(self.done("query", "select max(position) from events", "--format", "csv", "--data", self.data).split()[-1])

    def expect(self, condition, words):
        if not condition:
            self.found.append(words)

    def environment(self):
        return {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}

    def run(self, *arguments):
        """(status, stdout, stderr)."""
        result = subprocess.run([self.binary, *arguments], capture_output=True, text=True, timeout=300, env=self.environment())
        return result.returncode, result.stdout, result.stderr

    def done(self, *arguments):
        status, out, err = self.run(*arguments)
        self.expect(status == 0, f"{' '.join(arguments)} ended with {status}: {out}{err}")
        return out

    def backup(self, *options):
        """The number and the position that it tells."""
        out = self.done("backup", self.place, "--data", self.data, *options)
        told = re.search(r"^backup (\d+): position (\d+), all that was received up to \S+: \d+ segments", out)
        self.expect(told is not None, f"a backup says {out}")
        shares = re.search(r"^(\d+) files \(\d+ bytes\) written, (\d+) files \(\d+ bytes\) by a second name, (\d+) files \(\d+ bytes\) there before$", out, re.M)
        self.expect(shares is not None and sum(map(int, shares.groups())) >= 3, f"a backup has no files: {out}")
        return (int(told[1]), int(told[2])) if told else (0, 0)

    def answers(self, data, position):
        """What the events up to a position come to."""
        return [self.done("query", sql.format(position), "--format", "csv", "--data", data) for sql in (
            "select count(*), max(position), count(distinct id) from events where position <= {}",
            "select count(*), sum(input_tokens), sum(output_tokens) from llm_call where position <= {}",
            "select type, count(*) from events where position <= {} group by type order by type")]

    def reports(self, data):
        times = ("--from", "2020-01-01", "--to", "2030-01-01", "--format", "csv", "--data", data)
        return [self.done("report", kind, *times) for kind in ("sla", "cost", "outcomes")] + [
            sorted(self.done("query", f"select * from {table}", "--format", "csv", "--data", data).splitlines())
            for table in ("turns", "conversations", "system_events")]

    def restore(self, name, *options):
        path = os.path.join(self.folder, name)
        self.done("restore", self.place, path, "--key", os.path.join(self.data, "keys", "store.key"), *options)
        return path

    def pieces(self):
        folder = os.path.join(self.place, "pieces")
        return {name: os.stat(os.path.join(folder, name)) for name in os.listdir(folder)}


class Load(threading.Thread):
    """Posts lines until it is told to stop; knows how many have been acknowledged."""

    def __init__(self, server, lines):
        super().__init__(daemon=True)
        self.server, self.lines, self.acknowledged, self.failures = server, lines, 0, []
        self.stopping = threading.Event()

    def run(self):
        for first in range(0, len(self.lines), 50):
            if self.stopping.is_set():
                return
            part = self.lines[first:first + 50]
            status, _, body = self.server.post("/v1/events", "".join(part).encode(), "application/x-ndjson")
            if status != 200:
                self.failures.append(f"{status}: {body[:200]}")
                return
            self.acknowledged += json.loads(body)["accepted"]
            time.sleep(0.02)


def under_load(scene, seconds):
    """Backups beside a server that takes events in, some of them killed; each is restored and compared with the source."""
    server = Server(scene.binary, scene.data)
    server.start()
    load = Load(server, scene.lines[SEALED:])
    made, chance = [], 0.05
    try:
        load.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(made) < 3:
            before = load.acknowledged
            number, position = scene.backup(*(["--copy"] if len(made) % 2 else []))
            made.append((number, position))
            least = scene.imported + before
            scene.expect(position >= least, f"backup {number} ends at {position}, and {least} were acknowledged before it began")
            # One that is killed leaves those before it as they were.
            killed = subprocess.Popen([scene.binary, "backup", scene.place, "--data", scene.data], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, env=scene.environment())
            time.sleep(chance)
            chance = chance * 1.7 % 0.4
            killed.kill()
            killed.wait()
            out = scene.done("backup", "--verify", scene.place)
            scene.expect(re.match(r"backup \d+: position \d+", out) is not None, f"--verify says {out}")
        load.stopping.set()
        load.join()
        scene.expect(not load.failures, f"the load met {load.failures}")
    finally:
        server.stop()
    for number, position in made[-3:]:
        path = scene.restore(f"restored{number}", "--number", str(number))
        scene.expect(scene.answers(path, position) == scene.answers(scene.data, position), f"backup {number} differs from its source")
        scene.done("verify", "--data", path)


def incremental(scene):
    """A second backup of the same store writes what it is of and nothing else; equal reports; the store goes on."""
    scene.backup("--keep", "2")
    before = scene.pieces()
    number, position = scene.backup("--keep", "2")
    after = scene.pieces()
    scene.expect(set(after) == set(before) and all(after[name].st_mtime_ns == before[name].st_mtime_ns for name in after), "a second backup wrote pieces")
    scene.expect(not any(name.endswith(".new") for name in after), "something unfinished is left")
    linked = [name for name, status in after.items() if status.st_nlink > 1]
    for name in after:
        with open(os.path.join(scene.place, "pieces", name), "rb") as file:
            scene.expect(hashlib.file_digest(file, "sha256").hexdigest() == name, f"piece {name} is something else")
    scene.expect(linked or len(after) > 4, "no segment has a second name, and none is a piece")
    path = scene.restore("again")
    scene.expect(scene.reports(path) == scene.reports(scene.data), "reports of the restored store differ")
    scene.done("verify", "--data", path)
    server = Server(scene.binary, path)
    server.start()
    try:
        status, _, body = server.post("/v1/events", "".join(scene.lines[:50]).encode(), "application/x-ndjson")
        scene.expect(status == 200 and b'"accepted":0' in body, f"a restored store does not know its events: {status} {body[:200]}")
    finally:
        server.stop()
    # As it was at the end of the import, when nothing had come over HTTP.
    earlier = scene.restore("earlier", "--to", str(scene.imported))
    wanted, found = scene.answers(scene.data, scene.imported), scene.answers(earlier, position)
    scene.expect(found == wanted, f"the store up to a position says {found} and not {wanted}")
    scene.done("verify", "--data", earlier)


def refused(scene):
    """Exit statuses of what cannot be."""
    full, others = scene.data, scene.folder + "/others"
    os.makedirs(others + "/pieces")
    with open(others + "/pieces/king.png", "w", encoding="utf-8") as file:
        file.write("king")
    for status, words, arguments in (
        (2, "holds no backups", ("backup", others, "--data", full)),
        (2, "is not empty", ("restore", scene.place, full, "--key", full + "/keys/store.key")),
        (2, "holds no key", ("restore", scene.place, scene.folder + "/nokey")),
        (2, "holds no backups", ("backup", full, "--data", full)),
        (2, "no place of backups", ("backup", "--verify", full)),
        (2, "has no backup 999", ("backup", "--verify", scene.place, "--number", "999")),
        (2, "no data directory", ("backup", scene.place, "--data", scene.folder + "/none")),
    ):
        found, out, err = scene.run(*arguments)
        scene.expect(found == status and words in err, f"{' '.join(arguments)} ended with {found}: {out}{err}")
    scene.expect(not os.path.exists(scene.folder + "/nokey"), "a refused restore left a directory")
    scene.expect(os.listdir(others) == ["pieces"] and os.listdir(others + "/pieces") == ["king.png"], "a backup took somebody else's folder")
    # A piece that changes is named, and never restored.
    name = max(scene.pieces().items(), key=lambda item: item[1].st_size)[0]
    path = os.path.join(scene.place, "pieces", name)
    copy = path + "-whole"
    shutil.copy2(path, copy)
    with open(copy, "r+b") as file:
        file.seek(os.path.getsize(copy) // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 4]))
    os.rename(copy, path)
    found, out, err = scene.run("backup", "--verify", scene.place)
    scene.expect(found == 4 and f"{path} is damaged at offset " in err, f"--verify of a damaged piece ended with {found}: {out}{err}")
    broken = scene.folder + "/broken"
    found, out, err = scene.run("restore", scene.place, broken, "--key", full + "/keys/store.key")
    scene.expect(found == 4 and path in err, f"a restore of a damaged piece ended with {found}: {out}{err}")
    found, out, err = scene.run("query", "select 1", "--data", broken)
    scene.expect(found == 4 and "RESTORING" in err, f"half a store was opened: {found} {out}{err}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--seconds", type=float, default=6)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plimsoll-backup-") as folder:
        scene = Scene(options.plimsoll, folder)
        under_load(scene, options.seconds)
        incremental(scene)
        refused(scene)
        for words in scene.found:
            print(words)
        if scene.found:
            sys.exit(1)
    print("backups under load, killed ones between them: restored stores verify and answer as their sources")


if __name__ == "__main__":
    main()
