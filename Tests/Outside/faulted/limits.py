"""Limits that somebody set: a full disk, the size of a file, memory, a directory that another process has or that nobody may write."""
import hashlib
import os
import re
import resource
import shutil
import subprocess
import threading
import time

from outside.plimsoll import CommandFailed, Commands

from . import volumes

STORAGE_FAILED = 5
TOO_LARGE = "File too large"


def limited(*limits):
    """What stands before a command to have it run under limits of a shell; it leaves no core."""
    return ["bash", "-c", "; ".join(f"ulimit {limit}" for limit in ("-c 0", *limits)) + '; exec "$0" "$@"']


def reads_go_on(scene, server, when):
    """What only reads is answered, and right."""
    for path in ("/healthz", "/metrics", "/v1/status"):
        status = server.get(path)[0]
        scene.expect(status == 200, f"{path} is answered {status} {when}")
    scene.judge(server.sql, f"{when}, ")


def until_refused(scene, sender, most=400):
    """Sends until events are refused; the last refusal."""
    for _ in range(most):
        status = sender.send()
        if status != 200:
            scene.expect(status == 503, f"events are refused with {status}")
            return scene.refused[-1][1] if scene.refused else ""
    scene.problems.append(f"{most} batches were taken, and none was refused")
    return ""


def full_disk(scene):
    """A volume without room refuses events, answers questions, and goes on once there is room, without a restart."""
    with volumes.small(scene.folder, 160) as volume:
        scene.data = os.path.join(volume.path, "data")
        scene.prepared()
        server = scene.server()
        server.start()
        free = os.statvfs(volume.path)
        ballast = os.path.join(volume.path, "ballast")
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - (3 << 20))
        for turn in range(2):
            sender = scene.sender(server, f"full-{turn}", size=900)
            why = until_refused(scene, sender)
            scene.expect("No space left" in why, f"a full disk says {why[:300]}")
            reads_go_on(scene, server, "while the disk is full")
            ready, _, said = server.get("/readyz")
            scene.expect(ready == 503 and b"No space left" in said, f"/readyz says {ready} {said[:300]!r}")
            answer = sender.caller.ask("POST", "/v1/events", b"{}\n" * 60_000, {"Content-Type": "application/x-ndjson"})
            scene.expect(answer[0] in (200, 422, 503), f"what is refused anyway is answered {answer[0]} while the disk is full")
            size = os.path.getsize(ballast)
            os.truncate(ballast, max(0, size - (24 << 20)) if turn == 0 else 0)
            ends = time.monotonic() + 20
            while sender.send() != 200 and time.monotonic() < ends:
                time.sleep(0.2)
            scene.expect(scene.answers and scene.answers[-1][1] > ends - 20, "events are not taken again although there is room")
            if turn == 0:
                free = os.statvfs(volume.path)
                with open(ballast, "ab") as file:
                    os.posix_fallocate(file.fileno(), os.path.getsize(ballast), max(1, free.f_bavail * free.f_frsize - (1 << 20)))
        os.unlink(ballast)
        status = server.stop()
        log = "".join(server.log)
        scene.expect(status == 0, f"it ended with {status}")
        scene.expect("events are refused" in log and "events are taken again" in log, f"the log says {log[-1500:]}")
        scene.afterwards()
    return f"{len(scene.answers)} acknowledgements, {len(scene.refused)} refusals"


def file_size(scene):
    """No file may be larger: events are refused with the reason, what reads goes on, commands say so; nobody is ended by a signal."""
    scene.prepared()
    server = scene.server(limited("-f 6144"))
    server.start()
    why = until_refused(scene, scene.sender(server, "large", size=900))
    scene.expect(TOO_LARGE in why and "ulimit -f" in why, f"it says {why[:300]}")
    reads_go_on(scene, server, "where files may not grow")
    status = server.stop()
    scene.expect(status == 0, f"it ended with {status}: {''.join(server.log)[-1000:]}")
    scene.afterwards()
    place, restored = scene.path("place"), scene.path("restored")
    Commands(scene.binary, scene.data).run("backup", place, "--data", scene.data)
    commands = {
        "import": ["import", scene.path("first.ndjson"), "--data", scene.path("new")],
        "backup": ["backup", scene.path("other"), "--copy", "--data", scene.data],
        "restore": ["restore", place, restored, "--key", os.path.join(scene.data, "keys", "store.key")],
        "export": ["export", "--data", scene.data],
        "query": ["query", "select * from events", "--format", "csv", "--data", scene.data],
    }
    for name, words in commands.items():
        with open(scene.path("output"), "wb") as output:
            # 16 KiB, less than a log, a segment, an answer.
            result = subprocess.run([*limited("-f 16"), scene.binary, *words], stdout=output, stderr=subprocess.PIPE, text=True, timeout=60)
        scene.expect(result.returncode == STORAGE_FAILED and TOO_LARGE in result.stderr and "ulimit -f" in result.stderr,
                     f"{name}, where files may not grow, ended with {result.returncode}: {result.stderr[-300:]}")
    scene.judge(Commands(scene.binary, scene.data).rows, "after those commands, ")
    return f"{len(scene.answers)} acknowledgements"


def address_space(scene, mebibytes=96):
    """A process that is given no more memory may end, and loses nothing that it acknowledged."""
    scene.prepared()
    server = scene.server()
    server.start()
    room = server.resident_kib("VmSize")
    server.stop()
    server = scene.server(limited(f"-v {room + (mebibytes << 10)}"))
    server.start()
    costly = "select a.id, b.id, count(*) from events a, events b group by 1, 2 order by 3 desc"
    asking = [threading.Thread(target=lambda: quietly(lambda: server.sql(costly)), daemon=True) for _ in range(6)]
    sending = threading.Thread(target=scene.spread, args=([scene.sender(server, f"s{number}", size=600) for number in range(3)], 40), daemon=True)
    for thread in [sending, *asking]:
        thread.start()
    sending.join(100)
    acknowledged, ended = len(scene.answers), server.process.poll()
    server.kill()
    scene.afterwards()
    return f"{acknowledged} acknowledgements, and it " + ("lived" if ended is None else f"ended with {ended}")


def quietly(work):
    try:
        work()
    except (OSError, CommandFailed, ValueError):
        pass


def two_processes(scene, rounds=3):
    """One of those that want to write a directory has it, the others say so and end with status 5; who only reads is let in."""
    scene.prepared()
    for number in range(rounds):
        servers = [scene.server() for _ in range(3)]
        for server in servers:
            server.spawn()
        ends = time.monotonic() + 30
        while sum(server.process.poll() is None for server in servers) > 1 and time.monotonic() < ends:
            time.sleep(0.05)
        alive = [server for server in servers if server.process.poll() is None]
        scene.expect(len(alive) == 1, f"{len(alive)} of {len(servers)} processes serve one directory")
        for server in servers:
            if server not in alive:
                log = "".join(server.log)
                status = server.process.returncode
                scene.expect(status == STORAGE_FAILED and "another process" in log, f"the other one ended with {status}: {log[-500:]}")
        if not alive:
            return None
        owner = alive[0]
        while quietly_get(owner, "/readyz") != 200 and time.monotonic() < ends:
            time.sleep(0.02)
        sender = scene.sender(owner, f"owner-{number}")
        for _ in range(5):
            scene.expect(sender.send() == 200, "who has the directory takes no events")
        status, _, err = run(scene, ["import", scene.path("first.ndjson")], scene.data)
        scene.expect(status == STORAGE_FAILED and "another process" in err, f"an import beside a server ended with {status}: {err[-300:]}")
        scene.judge(Commands(scene.binary, scene.data).rows, "who only reads beside a server, ")
        # The lock of a process that is gone holds nobody up.
        owner.kill()
    scene.afterwards()
    return f"{len(scene.answers)} acknowledgements"


def quietly_get(server, path):
    try:
        return server.get(path, timeout=2)[0]
    except OSError:
        return None


READING = [
    ["query", "select type, count(*), max(position) from events group by type order by type", "--format", "csv"],
    ["report", "sla", "--format", "csv"], ["report", "cost", "--format", "csv"], ["report", "outcomes", "--format", "csv"], ["slo", "status"],
    ["promql", "sum(support_messages_total)"], ["doctor"], ["status"], ["verify"], ["inspect"], ["export"], ["prices", "list"], ["prices", "check"],
    ["dialects", "report"], ["alerts", "status"],
]


def digests(folder):
    return {os.path.relpath(os.path.join(place, name), folder): hashlib.sha256(open(os.path.join(place, name), "rb").read()).hexdigest()
            for place, _, names in os.walk(folder) for name in names}


def read_only(scene):
    """Commands that read say of a directory that nobody may write what they say of one that they may, closed and as a kill left it."""
    scene.prepared()
    server = scene.server()
    server.start()
    sender = scene.sender(server, "unsealed")
    for _ in range(4):
        sender.send()
    server.kill()
    closed = scene.path("closed")
    shutil.copytree(scene.data, closed)
    Commands(scene.binary, closed).import_file(scene.path("first.ndjson"))
    for directory, state in ((scene.data, "as a kill left it"), (closed, "closed")):
        before = digests(directory)
        with volumes.read_only(scene.folder, directory) as volume:
            for words in READING:
                said = [run(scene, words, place) for place in (volume.path, directory)]
                # A check may find something: it does so in both.
                scene.expect(said[0] == said[1] and said[0][0] in (0, 1),
                             f"{' '.join(words)}, {state}, says {tail(said[0])} read-only and {tail(said[1])} else")
            status, out, err = run(scene, ["backup", scene.path(f"place of {state}")], volume.path)
            scene.expect(status == 0, f"backup, {state}, read-only: status {status}: {err[-300:]}")
            for words in (["serve", "--listen", "127.0.0.1:0"], ["import", scene.path("first.ndjson")]):
                status, _, err = run(scene, words, volume.path)
                scene.expect(status == STORAGE_FAILED and "Read-only file system" in err, f"{words[0]}, {state}, read-only: status {status}: {err[-300:]}")
        scene.expect(digests(directory) == before, f"a directory, {state}, was changed by who only reads")
    scene.afterwards()
    return f"{len(READING)} commands"


def run(scene, words, data):
    """(status, standard output, standard error), without what names the place and the moment."""
    place = [data] if words[0] == "inspect" else ["--data", data]
    result = subprocess.run([scene.binary, *words, *place], capture_output=True, text=True, timeout=120, env=scene.environment())
    neutral = lambda text: re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?", "TIME", text.replace(data, "DIR"))
    return result.returncode, neutral(result.stdout), neutral(result.stderr)


def tail(said):
    return said[0], said[1][-200:], said[2][-200:]
