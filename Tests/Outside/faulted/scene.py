"""What every fault begins and ends with: a store with some events, a server over it, senders that tell an oracle, an account of it afterwards."""
import http.client
import json
import os
import random
import threading
import time

from hostile.load import Caller
from outside.plimsoll import CommandFailed, Commands, Server

from . import events
from .oracle import Oracle


class Skipped(Exception):
    """It cannot be tried on this machine."""


class Scene:
    """A folder with one store."""

    def __init__(self, binary, folder, seed):
        self.binary, self.folder, self.seed = binary, folder, seed
        self.data = os.path.join(folder, "data")
        self.oracle, self.answers, self.problems, self.refused = Oracle(), [], [], []
        self.servers = []

    def expect(self, condition, words):
        if not condition:
            self.problems.append(words)

    def path(self, name):
        return os.path.join(self.folder, name)

    def environment(self):
        return {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}

    def prepared(self, size=60):
        """A store that a command made and closed."""
        batch = self.oracle.sends(events.turns("first", 0, size, random.Random(f"{self.seed} first")))
        with open(self.path("first.ndjson"), "wb") as file:
            file.write(events.body("first", batch.events))
        Commands(self.binary, self.data).import_file(self.path("first.ndjson"))
        self.oracle.acknowledge(batch)
        return self

    def server(self, before=(), extra=(), data=None):
        self.servers.append(Server(self.binary, data or self.data, ["--no-alerts", *extra], before))
        return self.servers[-1]

    def end(self):
        """Whatever still runs was left by a problem."""
        for server in self.servers:
            server.kill()

    def sender(self, server, name, size=30):
        return Steady(self, server.port, name, size)

    def spread(self, senders, batches):
        """Several send at the same time, each until it is refused for the first time and five times more, or so many batches."""
        threads = [threading.Thread(target=one.until_refused, args=(batches,), daemon=True) for one in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            self.expect(not thread.is_alive(), "a sender did not come to an end")

    def judge(self, rows, whose=""):
        """Holds what a store says against what was acknowledged."""
        found = [row[0] for row in rows(f"select id from events where source like '{events.SOURCE}%'")]
        problems, there = self.oracle.account(found)
        figures = events.Figures(there)
        counted = [int(value) for value in rows(f"select count(*), coalesce(sum(input_tokens), 0) from llm_call where tenant='{events.TENANT}'")[0]]
        if counted != [figures.kinds["llm.call"], figures.tokens[0]]:
            problems.append(f"calls and tokens are {counted} instead of {[figures.kinds['llm.call'], figures.tokens[0]]}")
        self.problems += [whose + problem for problem in problems]

    def afterwards(self, verify=True):
        """A plain start over what is left, and a look at the directory."""
        server = self.server()
        try:
            server.start()
            self.judge(server.sql)
            extra = self.sender(server, "afterwards")
            ends = time.monotonic() + 60
            # Memory may be full of events, and a seal under way.
            while (status := extra.send()) == 503 and time.monotonic() < ends:
                time.sleep(0.5)
            self.expect(status == 200, f"the next start answers events with {status}")
        finally:
            status = server.stop()
        self.expect(status == 0, f"the stop after it ended with {status}: {''.join(server.log)[-1000:]}")
        self.judge(Commands(self.binary, self.data).rows, "the directory, ")
        if verify:
            try:
                Commands(self.binary, self.data).run("verify", "--data", self.data)
            except CommandFailed as error:
                self.problems.append(str(error))


class Steady:
    """Sends batch after batch over one connection; nothing is sent twice."""

    def __init__(self, scene, port, name, size):
        self.scene, self.name, self.size, self.number = scene, name, size, 0
        self.caller, self.chance = Caller(port, {}), random.Random(f"{scene.seed} {name}")
        self.acknowledged = 0

    def send(self, timeout=60):
        """The status of the answer; None where there was none."""
        batch = self.scene.oracle.sends(events.turns(self.name, self.number, self.size, self.chance))
        self.number += 1
        sent = time.time()
        try:
            status, content, _ = self.caller.ask("POST", "/v1/events", events.body(self.name, batch.events), {"Content-Type": events.NDJSON}, timeout)
        except (OSError, http.client.HTTPException):
            return None
        if status == 200:
            accepted = json.loads(content).get("accepted")
            self.scene.expect(accepted == len(batch.events), f"{accepted} of {len(batch.events)} new events were accepted")
            self.scene.oracle.acknowledge(batch)
            self.scene.answers.append((sent, time.time()))
            self.acknowledged += 1
        else:
            self.scene.refused.append((status, content.decode(errors="replace")))
        return status

    def until_refused(self, batches):
        for _ in range(batches):
            if self.send() != 200:
                break
        else:
            return
        later = [self.send() for _ in range(5)]
        self.scene.expect(200 not in later, f"{self.name} was refused, and acknowledged again: {later}")
