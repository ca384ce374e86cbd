"""What the store grows by: files that are there, or traffic that goes on where the slice before ended."""
import datetime
import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass

from outside.plimsoll import CommandFailed

from . import processes

# A user makes some 50 events on a weekday, so that a slice lasts about a month; of few users what the platform tells of itself would be most.
EVENTS_A_USER, USERS_MIN = 50 * 30, 400
_TIME = re.compile(rb'"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)')


@dataclass
class Imported:
    """What one import took; `written` is None where the file system does not tell."""
    accepted: int
    duplicates: int
    seconds: float
    resident_mb: float
    written: int


def import_file(binary, path, data, patience):
    command, most = [binary, "import", path, "--data", data, "--format", "json"], [0]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=processes.environment())

        def look():
            most[0] = max(most[0], processes.memory_mb(process.pid, "VmHWM"))

        try:
            written = processes.wait_for_end(process, patience, look)
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
        seconds = time.perf_counter() - began
        output.seek(0)
        errors.seek(0)
        told, words = output.read(), errors.read()[-2000:].decode(errors="replace")
    if process.returncode != 0:
        raise CommandFailed(f"plimsoll import {path} ended with {process.returncode}: {told[-500:]!r} {words}")
    summary = json.loads(told.splitlines()[-1])
    if not summary["accepted"]:
        raise CommandFailed(f"of {path} nothing was accepted, {summary['duplicates']} events are repeats")
    return Imported(summary["accepted"], summary["duplicates"], seconds, most[0], written)


def users_for(events):
    return max(USERS_MIN, round(events / EVENTS_A_USER))


def write(binary, path, events, users, seed, start=None):
    """Traffic as a file."""
    command = [binary, "workload", "--events", str(events), "--users", str(users), "--seed", str(seed)]
    with open(path, "wb") as file:
        subprocess.run([*command, *(["--start", start] if start else [])], stdout=file, check=True, env=processes.environment())


def made(binary, folder, count, events, users, seed):
    """Paths of so many files of traffic, one after the other: each is there until the next one is asked for, and begins when the one before ends."""
    start, path = None, os.path.join(folder, "slice.ndjson")
    try:
        for place in range(count):
            write(binary, path, events, users or users_for(events), seed + place, start)
            start = after(path)
            yield path
            os.remove(path)
    finally:
        if os.path.exists(path):
            os.remove(path)


def after(path, tail=1 << 20):
    """The second after the latest time in the last lines of a file."""
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - tail))
        times = _TIME.findall(file.read())
    if not times:
        raise CommandFailed(f"{path} ends without a time")
    last = datetime.datetime.fromisoformat(max(times).decode())
    return (last + datetime.timedelta(seconds=1)).isoformat() + "Z"
