"""Disks that fail, wait, lie and end a process in the middle of a call."""
import collections
import os
import random
import re
import shutil
import subprocess
import threading
import time

from outside.plimsoll import CommandFailed, Commands

from . import events, traced
from .scene import Skipped

STORAGE_FAILED, DAMAGED = 5, 4


def needs_strace():
    if objection := traced.objection():
        raise Skipped(objection)


def trace(path):
    """The calls of a trace whose process has ended; strace may still write its last lines."""
    ends, size = time.monotonic() + 5, -1
    while time.monotonic() < ends and size != os.path.getsize(path):
        size = os.path.getsize(path)
        time.sleep(0.1)
    with open(path, encoding="utf-8", errors="replace") as lines:
        return traced.calls(line.rstrip("\n") for line in lines)


def acknowledged_after_flushes(scene, senders=3, batches=30):
    """Each acknowledgement has a flush of the log between its request and its answer, and no more flushes are made than that takes."""
    needs_strace()
    scene.prepared()
    server = scene.server(traced.words(scene.path("trace"), calls="fdatasync"))
    server.start()
    scene.spread([scene.sender(server, f"s{number}") for number in range(senders)], batches)
    status = server.stop()
    scene.expect(status == 0, f"it ended with {status}")
    found = trace(scene.path("trace"))
    log = [call for call in found if "/log/" in call.path]
    scene.expect(len(scene.answers) == senders * batches, f"{len(scene.answers)} of {senders * batches} batches were acknowledged")
    missing = traced.unflushed(scene.answers, found)
    scene.expect(not missing, f"{len(missing)} of {len(scene.answers)} acknowledgements came without a flush")
    # One flush covers what waits, so there are fewer than batches; a start, a stop and an idle second have some of their own.
    scene.expect(len(log) <= len(scene.answers) + 20, f"{len(log)} flushes of the log for {len(scene.answers)} acknowledgements")
    scene.afterwards()
    return f"{senders * batches} acknowledgements, {len(log)} flushes of the log"


def failed_flush(scene, when):
    """The n-th flush of each thread fails, later ones succeed: nothing more is acknowledged, the process says why and ends with status 5."""
    needs_strace()
    scene.prepared()
    server = scene.server(traced.words(scene.path("trace"), f"fdatasync:error=EIO:when={when}"))
    try:
        server.start()
    except CommandFailed as error:
        scene.expect(server.process.returncode == STORAGE_FAILED and "Input/output error" in str(error), f"a start says {error}")
        scene.afterwards()
        return "the start failed"
    scene.spread([scene.sender(server, f"s{number}") for number in range(3)], 40)
    said = {text for status, text in scene.refused if status == 503}
    scene.expect(scene.refused and all(status == 503 for status, _ in scene.refused), f"refusals are {scene.refused[:3]}")
    scene.expect(said and all("Input/output error" in text for text in said), f"refusals say {sorted(said)[:3]}")
    ready, _, why = server.get("/readyz")
    scene.expect(ready == 503 and b"Input/output error" in why, f"/readyz says {ready} {why[:300]!r}")
    for path in ("/healthz", "/metrics", "/v1/status"):
        status = server.get(path)[0]
        scene.expect(status == 200, f"{path} is answered {status} after a failed flush")
    scene.judge(server.sql, "while it lives, ")
    status = server.stop()
    log = "".join(server.log)
    scene.expect(status == STORAGE_FAILED, f"it ended with {status}")
    scene.expect(re.search(r" critical .*until a restart.*Input/output error", log), f"the log says {log[-1500:]}")
    missing = traced.unflushed(scene.answers, trace(scene.path("trace")))
    scene.expect(not missing, f"{len(missing)} of {len(scene.answers)} acknowledgements came without a flush")
    scene.afterwards()
    return f"{len(scene.answers)} acknowledgements before it, {len(scene.refused)} refusals after it"


COMMAND_CALLS, WAYS = ("pwrite64", "fdatasync", "fsync", "rename"), ("error=EIO", "signal=KILL")


def commands_at_calls(scene, calls, whens):
    """An import whose n-th call of a kind fails, or is the last thing it did, says so; repeated it has everything once, over a store and over none."""
    needs_strace()
    scene.prepared()
    met = collections.Counter()
    for call, way in calls:
        for when in whens:
            statuses = [attempt(scene, f"{call}-{way[:5]}-{when}", f"{call}:{way}:when={when}", is_new) for is_new in (False, True)]
            met.update(status for status in statuses if status != 0)
            if statuses == [0, 0]:
                # It makes no more of them.
                break
    scene.expect(met, "nothing failed and nothing was killed")
    scene.afterwards()
    return f"{met[STORAGE_FAILED]} imports failed, {met[-9]} were killed"


def attempt(scene, name, injection, is_new):
    """One import under a fault, and its repetition; the status of the first."""
    data, batch = scene.path(f"new-{name}") if is_new else scene.data, None
    told = imported(scene, name)
    if not is_new:
        batch = scene.oracle.sends(told, is_whole=False)
    command = [scene.binary, "import", scene.path(name), "--data", data]
    result = subprocess.run([*traced.words(scene.path("trace"), injection), *command], capture_output=True, text=True, timeout=60)
    # What a file system cannot do ahead, and what only tidies up, is no reason to fail.
    scene.expect(result.returncode in (0, -9) or result.returncode == STORAGE_FAILED and "Input/output error" in result.stderr,
                 f"with {injection} an import ended with {result.returncode}: {result.stderr[-500:]}")
    if result.returncode == 0 and batch:
        scene.oracle.acknowledge(batch)
        scene.judge(Commands(scene.binary, data).rows, f"after {injection}, ")
    summary = Commands(scene.binary, data).import_file(scene.path(name))
    scene.expect(summary["accepted"] + summary["duplicates"] == len(told), f"after {injection} an import says {summary}")
    if batch:
        scene.oracle.acknowledge(batch)
        scene.judge(Commands(scene.binary, data).rows, f"after {injection} and once more, ")
    else:
        counted = Commands(scene.binary, data).rows("select count(*), count(distinct id) from events")[0]
        scene.expect(list(map(int, counted)) == [len(told)] * 2, f"after {injection} a new store has {counted} events of {len(told)}")
        shutil.rmtree(data, ignore_errors=True)
    return result.returncode


def imported(scene, name, size=60):
    """Events, written into a file of that name."""
    found = events.turns(name, 0, size, random.Random(f"{scene.seed} {name}"))
    with open(scene.path(name), "wb") as file:
        file.write(events.body(name, found))
    return found


def killed_at(scene, call, when):
    """SIGKILL at the n-th such call of a thread, before it is made."""
    needs_strace()
    scene.prepared()
    server = scene.server(traced.words(scene.path("trace"), f"{call}:signal=KILL:when={when}"))
    try:
        server.start()
        scene.spread([scene.sender(server, f"s{number}") for number in range(3)], 40)
    except CommandFailed:
        scene.expect(server.process.returncode == -9, f"a start ended with {server.process.returncode}: {''.join(server.log)[-500:]}")
    acknowledged, died = len(scene.answers), server.process.poll() == -9
    server.stop()
    # Flushes and writes come with every batch, other calls now and then.
    scene.expect(died or call not in ("fdatasync", "pwrite64") or acknowledged < 3 * when, f"it was not killed within {acknowledged} acknowledgements")
    scene.afterwards()
    return f"{acknowledged} acknowledgements, " + ("killed" if died else "not killed")


def stuck_flush(scene, seconds=4):
    """One flush takes its time: who sends waits, who asks does not, and everything goes on afterwards."""
    needs_strace()
    scene.prepared()
    # Of the writer's thread: the first of those while events come.
    server = scene.server(traced.words(scene.path("trace"), f"fdatasync:delay_enter={seconds}s:when=12"))
    server.start()
    senders = [scene.sender(server, f"s{number}") for number in range(3)]
    sending = threading.Thread(target=scene.spread, args=(senders, 40), daemon=True)
    slowest = {}
    sending.start()
    while sending.is_alive():
        for path in ("/healthz", "/metrics", "/v1/status", "/readyz"):
            began = time.monotonic()
            status = server.get(path)[0]
            slowest[path] = max(slowest.get(path, 0), time.monotonic() - began)
            scene.expect(status == 200, f"{path} is answered {status} while a flush is stuck")
        began = time.monotonic()
        server.sql("select count(*) from events")
        slowest["a question"] = max(slowest.get("a question", 0), time.monotonic() - began)
        time.sleep(0.05)
    longest = max(answered - sent for sent, answered in scene.answers)
    scene.expect(longest >= seconds * 0.9, f"no flush was stuck: the longest acknowledgement took {longest:.2f} s")
    for path, took in slowest.items():
        scene.expect(took < seconds / 2, f"{path} took {took:.2f} s while a flush was stuck")
    scene.expect(len(scene.answers) == 120, f"{len(scene.answers)} of 120 batches were acknowledged: {scene.refused[:2]}")
    status = server.stop()
    scene.expect(status == 0, f"it ended with {status}")
    missing = traced.unflushed(scene.answers, trace(scene.path("trace")))
    scene.expect(not missing, f"{len(missing)} of {len(scene.answers)} acknowledgements came without a flush")
    scene.afterwards()
    return f"{longest:.1f} s for an acknowledgement, {max(slowest.values()):.2f} s for an answer"


def lying_write(scene, when):
    """A write that claims ten bytes and moves none: what is lost is found, by file, or nothing is."""
    needs_strace()
    scene.prepared()
    server = scene.server(traced.words(scene.path("trace"), f"pwrite64:retval=10:when={when}"))
    try:
        server.start()
        scene.spread([scene.sender(server, f"s{number}") for number in range(2)], 15)
    except CommandFailed as error:
        scene.expect(server.process.returncode in (DAMAGED, STORAGE_FAILED), f"a start says {error}")
    server.kill()
    again = scene.server()
    try:
        again.start()
    except CommandFailed as error:
        said = re.search(r"/(log|segments|keys)/\S+ is damaged at offset \d+", str(error))
        scene.expect(again.process.returncode == DAMAGED and said, f"the next start says {error}")
        return "damage was found"
    finally:
        again.stop()
    # What opens has no wrong answer in it: a batch that it lost is the end of the log, which nothing vouches for.
    problems = [problem for problem in scene_problems(scene) if "lost" not in problem]
    scene.problems += problems
    return "it opens"


def scene_problems(scene):
    """The problems of an account, apart."""
    kept, scene.problems = scene.problems, []
    scene.judge(Commands(scene.binary, scene.data).rows)
    scene.problems, found = kept, scene.problems
    return found
