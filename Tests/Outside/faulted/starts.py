"""How soon a server is ready over the longest log that there can be: one that no seal has relieved until memory was full."""
import json
import os
import random

from . import events, traced
from .disks import needs_strace
from outside.plimsoll import Commands

READY_SECONDS = 2


def wide(sender, number, size, chance):
    """Events that compress badly, so that they fill a log before memory is full of them."""
    return [(f"{sender}-{number}-{index}", "message.received", {
        "conversation_id": f"c-{sender}-{number}-{index}", "channel": "web", "tenant": events.TENANT,
        **{name: chance.randbytes(55).hex() for name in ("message_id", "agent", "team", "agent_version", "region", "service_version", "variant")}})
        for index in range(size)]


def log_bytes(scene):
    """Of files, the last of which has room."""
    log = os.path.join(scene.data, "log")
    return sum(os.path.getsize(os.path.join(log, name)) for name in os.listdir(log) if name.startswith("events-"))


def processor_seconds(server):
    """What a process has used of processors. How long that takes is for the machine and others on it to say."""
    with open(f"/proc/{server.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def long_log(scene, starts=3):
    """Seals fail until events are refused; the process is killed; the next ones are ready soon, seal, and take events again."""
    needs_strace()
    scene.prepared()
    server = scene.server(traced.words(scene.path("trace"), "fsync:error=EIO", calls="fsync", only=os.path.join(scene.data, "segments")))
    server.start()
    sender, number, status = scene.sender(server, "wide"), 0, 200
    while status == 200:
        batch = scene.oracle.sends(wide("wide", number, 2000, random.Random(number)))
        status, content, _ = sender.caller.ask("POST", "/v1/events", events.body("wide", batch.events), {"Content-Type": events.NDJSON})
        if status == 200:
            scene.oracle.acknowledge(batch)
        number += 1
    scene.expect(status == 503 and b"no segment holds" in content, f"events are refused with {status} {content[:300]!r}")
    server.kill()
    unsealed = json.loads(Commands(scene.binary, scene.data).run("inspect", scene.data, "--format", "json"))["unsealed_events"]
    size, took, used = log_bytes(scene) >> 20, [], []
    for _ in range(starts):
        again = scene.server()
        took.append(again.start())
        used.append(processor_seconds(again))
        again.kill()
    scene.expect(min(used) < READY_SECONDS, f"a start takes {min(used):.2f} s of a processor")
    scene.afterwards()
    return f"{unsealed} events in {size} MiB of log files: ready after {min(took):.2f} s to {max(took):.2f} s, {min(used):.2f} s of a processor"
