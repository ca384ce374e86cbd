"""Outcomes by the rule house-1: resolved, escalated, abandoned, open."""
from dataclasses import dataclass, field


@dataclass
class Conversation:
    tenant: str
    id: str
    verdicts: list = field(default_factory=list)
    raised: list = field(default_factory=list)
    closed: list = field(default_factory=list)
    reopened: int = 0
    channel: str = None
    agent: str = None
    experiment: str = None
    variant: str = None
    scores: list = field(default_factory=list)
    requested: int = 0
    started: int = None
    topics: list = field(default_factory=list)
    order: tuple = None

    @property
    def closed_time(self):
        return max(self.closed) if self.closed else None

    @property
    def topic(self):
        return max(self.topics)[2] if self.topics else None

    @property
    def score(self):
        """The last rating."""
        return max(self.scores)[2] if self.scores else None

    @property
    def outcome(self):
        if self.verdicts and max(self.verdicts)[2] == "conversation.resolved":
            return "resolved"
        if self.raised:
            return "escalated"
        return "abandoned" if self.closed else "open"


class Conversations:
    def __init__(self):
        self.by_key = {}

    def accept(self, event):
        name = event.get("conversation_id")
        if name is None:
            return
        key = (event.get("tenant", "default"), name)
        one = self.by_key.get(key)
        if one is None:
            one = self.by_key[key] = Conversation(*key)
        one.started = event.time if one.started is None else min(one.started, event.time)
        for column in ("channel", "agent", "experiment", "variant"):
            if getattr(one, column) is None:
                setattr(one, column, event.get(column))
        if event.type in ("conversation.resolved", "conversation.reopened"):
            one.verdicts.append((event.time, event.position, event.type))
            one.reopened += event.type == "conversation.reopened"
        elif event.type == "escalation.raised":
            one.raised.append((event.time, event.position, event.get("reason")))
        elif event.type == "feedback.submitted" and event.get("score") is not None:
            one.scores.append((event.time, event.position, event.get("score")))
        elif event.type == "feedback.requested":
            one.requested += 1
        elif event.type == "conversation.closed":
            one.closed.append(event.time)
        elif event.type == "conversation.classified" and event.get("topic"):
            one.topics.append((event.time, event.position, event.get("topic")))


class OutcomeCounts:
    """How the closed conversations of a group ended; ratings are those that the conversations keep."""

    NAMES = ("closed", "resolved", "escalated", "abandoned", "open", "reopened", "handed_over", "ratings", "satisfied", "requested")

    def __init__(self):
        self.values = dict.fromkeys(self.NAMES, 0)

    def add(self, one):
        for name, count in (("closed", 1), (one.outcome, 1), ("reopened", one.reopened > 0), ("handed_over", bool(one.raised)),
                            ("ratings", one.score is not None), ("satisfied", (one.score or 0) >= 4), ("requested", one.requested)):
            self.values[name] += int(count)

    def document(self):
        return dict(self.values)
