"""Outcomes by the rule house-1: resolved, escalated, abandoned, open; closed by an event, or by a day of silence."""
from dataclasses import dataclass, field

from .answers import is_question

SILENCE = 86_400 * 10**9
# What people and agents do, besides messages and calls whose purpose is the answer.
ACTS = {
    "conversation.started", "conversation.reopened", "embedding.call", "tool.call", "retrieval.query", "cache.lookup", "guardrail.checked",
    "agent.run", "agent.handoff", "workflow.step", "memory.accessed", "approval.requested", "approval.decided", "escalation.raised",
    "escalation.accepted", "escalation.closed", "ticket.created", "ticket.updated",
}

# What a conversation has from the first of its events that says it.
CONTEXT = ("channel", "agent", "region", "team", "cost_centre", "environment", "experiment", "variant", "prompt_name", "prompt_version")
# A value that is one of a whole: the variant of one experiment is none of another.
WHOLES = {"variant": "experiment", "prompt_version": "prompt_name"}


def is_activity(event):
    if event.type in ("message.received", "message.sent"):
        return event.get("author") != "system"
    return event.type in ACTS or event.type == "llm.call" and event.get("purpose", "answer") == "answer"


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
    region: str = None
    team: str = None
    cost_centre: str = None
    environment: str = None
    experiment: str = None
    variant: str = None
    prompt_name: str = None
    prompt_version: str = None
    # Place of the event that told it, by column.
    told: dict = field(default_factory=dict)
    returned: list = field(default_factory=list)
    scores: list = field(default_factory=list)
    requested: int = 0
    started: int = None
    last_activity: int = None
    # Up to when time has passed; None: long enough for every silence.
    reached: int = None
    topics: list = field(default_factory=list)
    order: tuple = None

    @property
    def closed_time(self):
        """The last closing unless the conversation went on after it, else the end of the silence where time has reached it."""
        last = max(self.closed) if self.closed else None
        if last is not None and not any(back > last for back in self.returned):
            return last[0]
        silence = None if self.last_activity is None else self.last_activity + SILENCE
        return silence if silence is not None and (self.reached is None or silence <= self.reached) else None

    @property
    def topic(self):
        return max(self.topics)[2] if self.topics else None

    @property
    def score(self):
        """The last rating."""
        return max(self.scores)[2] if self.scores else None

    @property
    def counted_time(self):
        """Where it closed; while it has not, where it was last rated; None where neither is so."""
        closed = self.closed_time
        return closed if closed is not None or not self.scores else max(self.scores)[0]

    @property
    def outcome(self):
        if self.verdicts and max(self.verdicts)[2] == "conversation.resolved":
            return "resolved"
        if self.raised:
            return "escalated"
        return "open" if self.closed_time is None else "abandoned"


class Conversations:
    def __init__(self, reached=None):
        self.by_key, self.reached = {}, reached

    def value(self, event, column):
        """What an event says itself, else what its conversation does."""
        own = event.get(column)
        one = self.by_key.get((event.get("tenant", "default"), event.get("conversation_id")))
        if own is not None or one is None or column not in CONTEXT:
            return own
        whole = WHOLES.get(column)
        if whole and event.get(whole) not in (None, getattr(one, whole)):
            return None
        return getattr(one, column)

    def accept(self, event):
        name = event.get("conversation_id")
        if name is None:
            return
        key = (event.get("tenant", "default"), name)
        one = self.by_key.get(key)
        if one is None:
            one = self.by_key[key] = Conversation(*key, reached=self.reached)
        one.started = event.time if one.started is None else min(one.started, event.time)
        if is_activity(event):
            one.last_activity = event.time if one.last_activity is None else max(one.last_activity, event.time)
        place = (event.time, event.position)
        for column in CONTEXT:
            if event.get(column) is not None and place < one.told.get(column, (event.time + 1,)):
                one.told[column] = place
                setattr(one, column, event.get(column))
        if event.type in ("conversation.started", "conversation.reopened") or is_question(event):
            one.returned.append((event.time, event.position))
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
            one.closed.append((event.time, event.position))
        elif event.type == "conversation.classified" and event.get("topic"):
            one.topics.append((event.time, event.position, event.get("topic")))


class Counts:
    """Of conversations of a group, how many are what; `told` says of one whether it is."""

    NAMES = ()

    def __init__(self):
        self.values = dict.fromkeys(self.NAMES, 0)

    def add(self, one):
        for name, count in self.told(one):
            self.values[name] += int(count)

    def told(self, one):
        raise NotImplementedError

    def document(self):
        return dict(self.values)


class OutcomeCounts(Counts):
    """How the closed conversations of a group ended; ratings are the last ones of conversations, also of those that have not closed."""

    NAMES = ("closed", "resolved", "escalated", "abandoned", "open", "reopened", "handed_over", "ratings", "satisfied", "requested",
             "asked_or_rated", "rated_open")

    def told(self, one):
        closed, rated = one.closed_time is not None, one.score is not None
        return (("closed", closed), (one.outcome, closed), ("reopened", closed and one.reopened > 0),
                ("handed_over", closed and bool(one.raised)), ("ratings", rated), ("satisfied", (one.score or 0) >= 4),
                ("requested", one.requested > 0), ("asked_or_rated", rated or one.requested > 0), ("rated_open", not closed))


class BegunCounts(Counts):
    """How the conversations of a group stand that began in a period; by house-1 what has closed is decided."""

    NAMES = ("begun", "undecided", "closed", "resolved", "handed_over", "ratings", "satisfied")

    def told(self, one):
        closed = one.closed_time is not None
        return (("begun", True), ("undecided", not closed), ("closed", closed), ("resolved", closed and one.outcome == "resolved"),
                ("handed_over", closed and bool(one.raised)), ("ratings", one.score is not None), ("satisfied", (one.score or 0) >= 4))
