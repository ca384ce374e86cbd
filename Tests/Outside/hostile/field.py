"""All hostile clients at once, in a process of their own that keeps to its share of a core."""
import multiprocessing
import os
import random
import resource
import threading
import traceback

from . import bodies, commands, connections, questions
from .foe import Foe
from .tally import Pace, Tally

ATTACKS = {**connections.ATTACKS, **questions.ATTACKS, **bodies.ATTACKS, **commands.ATTACKS}


def raise_descriptors():
    """Thousands of connections want as many descriptors, in the clients and in the server that is started from here."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Shared:
    """What all hostile clients know."""

    def __init__(self, place, stopped, is_full, is_away):
        self.port, self.headers, self.canary, self.binary, self.data = (place[name] for name in ("port", "headers", "canary", "binary", "data"))
        self.tally, self.pace, self.stopped, self.is_full, self.is_away, self.kept = Tally(), Pace(place["share"]), stopped, is_full, is_away, {}

    def is_up(self):
        return not self.is_away.is_set()


def attack(foe, function, delay):
    foe.wait(delay)
    while foe.goes_on():
        if not foe.shared.is_up():
            foe.wait(0.5)
            continue
        try:
            function(foe)
            foe.tally.round(foe.name)
        except Exception:
            foe.tally.fault(f"{foe.name}: this client itself broke", traceback.format_exc()[-1200:])
            foe.wait(5)
        foe.wait(foe.chance.uniform(0, 2))


def attack_all(place, names, seed, stopped, is_full, is_away, answer):
    """In random order, one after another within half a minute; each goes on until the end."""
    os.nice(5)
    raise_descriptors()
    chance, shared, threads = random.Random(f"field {seed}"), Shared(place, stopped, is_full, is_away), []
    chance.shuffle(names)
    for name in names:
        foe = Foe(name, random.Random(f"{name} {seed}"), shared)
        threads.append(threading.Thread(target=attack, args=(foe, ATTACKS[name], chance.uniform(0, 20)), daemon=True, name=name))
        threads[-1].start()
    stopped.wait()
    for thread in threads:
        thread.join(150)
        if thread.is_alive():
            shared.tally.note(thread.name, "was still busy at the end")
    answer.send(shared.tally.document())
    answer.close()


class Field:
    def __init__(self, place, names, seed, tally):
        context, self.tally = multiprocessing.get_context("spawn"), tally
        self.stopped, self.is_full, self.is_away = context.Event(), context.Event(), context.Event()
        self.answer, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=attack_all, args=(place, names, seed, self.stopped, self.is_full, self.is_away, sender), daemon=False)
        self.process.start()
        sender.close()

    def end(self):
        self.stopped.set()
        try:
            if self.answer.poll(240):
                self.tally.add(self.answer.recv())
            else:
                self.tally.fault("the hostile clients did not come to an end")
        except EOFError:
            self.tally.fault("the process of the hostile clients died", str(self.process.exitcode))
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
