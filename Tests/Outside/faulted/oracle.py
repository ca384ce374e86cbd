"""What was sent to a store under faults and what of it was acknowledged, so that what is found afterwards can be judged.

A batch that was acknowledged has to be there whole, each event once. One that was sent and never answered may be there, whole and once, or not at all.
"""
import collections
import threading


class Batch:
    """Events as (name, type, data); `is_whole`: it is kept as a whole or not at all, acknowledged or not."""

    __slots__ = ("events", "is_whole", "is_acknowledged")

    def __init__(self, events, is_whole):
        self.events, self.is_whole, self.is_acknowledged = events, is_whole, False


class Oracle:
    """Its batches are told before they are sent; several threads may."""

    def __init__(self):
        self.lock, self.batches = threading.Lock(), []
        self.sent, self.acknowledged = 0, 0

    def sends(self, events, is_whole=True):
        batch = Batch(events, is_whole)
        with self.lock:
            self.batches.append(batch)
            self.sent += len(events)
        return batch

    def acknowledge(self, batch):
        with self.lock:
            if not batch.is_acknowledged:
                batch.is_acknowledged = True
                self.acknowledged += len(batch.events)

    def bounds(self):
        """How many events must be there and how many can be, at this moment."""
        with self.lock:
            return self.acknowledged, self.sent

    def account(self, found):
        """(problems, the events that are there) by the names that a store has."""
        counts, there = collections.Counter(found), []
        lost, torn, known = [], [], set()
        for batch in self.batches:
            known.update(name for name, _, _ in batch.events)
            present = [event for event in batch.events if event[0] in counts]
            there += present
            if len(present) < len(batch.events):
                if batch.is_acknowledged:
                    lost += [name for name, _, _ in batch.events if name not in counts]
                elif batch.is_whole and present:
                    torn.append(f"{len(present)} of the {len(batch.events)} from {batch.events[0][0]} on")
        doubled = [name for name, count in counts.items() if count > 1]
        invented = [name for name in counts if name not in known]
        faults = (("acknowledged events are lost", lost), ("events are there more than once", doubled),
                  ("events are there that nobody sent", invented), ("batches without an answer are there in part", torn))
        return [f"{len(names)} {what}, such as {names[:3]}" for what, names in faults if names], there
