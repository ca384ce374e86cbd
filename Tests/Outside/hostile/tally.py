"""What became of every try, what went wrong, and how long answers took; threads share these."""
import array
import collections
import threading
import time

# Faults of one kind are counted, and so many shown.
DETAILS = 3


class Tally:
    """Counts of outcomes by client, and faults by what they say."""

    def __init__(self):
        self.lock = threading.Lock()
        self.outcomes = collections.defaultdict(collections.Counter)
        self.rounds = collections.Counter()
        self.faults = collections.Counter()
        self.details = collections.defaultdict(list)

    def note(self, client, outcome, count=1):
        with self.lock:
            self.outcomes[client][str(outcome)] += count

    def round(self, client):
        with self.lock:
            self.rounds[client] += 1

    def fault(self, what, detail=""):
        with self.lock:
            self.faults[what] += 1
            if detail and len(self.details[what]) < DETAILS:
                self.details[what].append(f"{time.strftime('%H:%M:%S')} {detail}"[:1500])

    def document(self):
        with self.lock:
            return {"outcomes": {name: dict(counts) for name, counts in self.outcomes.items()}, "rounds": dict(self.rounds),
                    "faults": dict(self.faults), "details": dict(self.details)}

    def add(self, document):
        """Takes over what another process counted."""
        with self.lock:
            for name, counts in document["outcomes"].items():
                self.outcomes[name].update(counts)
            self.rounds.update(document["rounds"])
            self.faults.update(document["faults"])
            for what, details in document["details"].items():
                self.details[what] += details

    def table(self):
        """Lines: a client, its rounds, its tries by how they were answered."""
        width = max(map(len, self.outcomes), default=0)
        for name in sorted(self.outcomes):
            counts = "  ".join(f"{outcome} {count:,}" for outcome, count in sorted(self.outcomes[name].items()))
            yield f"{name:{width}}  {self.rounds[name]:6,} rounds  {counts}"


class Times:
    """Durations in seconds; eight bytes each."""

    def __init__(self):
        self.lock, self.values = threading.Lock(), array.array("d")

    def add(self, seconds):
        with self.lock:
            self.values.append(seconds)

    def share(self, of):
        """The smallest duration with at least that share of all at or below it."""
        ordered = sorted(self.values)
        return ordered[max(-(-len(ordered) * round(of * 1000) // 1000), 1) - 1] if ordered else 0.0

    def text(self):
        return (f"{len(self.values):,} times, p50 {self.share(.5) * 1000:.1f} ms, p99 {self.share(.99) * 1000:.1f} ms, "
                f"most {max(self.values, default=0) * 1000:.0f} ms")


class Pace:
    """Keeps this process within a share of one core: whoever waits here sleeps while more was used in this stretch of ten seconds."""

    def __init__(self, share):
        self.share, self.lock = share, threading.Lock()
        self.began, self.used = time.monotonic(), time.process_time()

    def wait(self, stopped):
        while not stopped.is_set():
            now, used = time.monotonic(), time.process_time()
            with self.lock:
                if now - self.began >= 10:
                    self.began, self.used = now, used
                if used - self.used <= self.share * max(now - self.began, 0.5):
                    return
            time.sleep(0.05)
