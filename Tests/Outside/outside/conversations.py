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
    variant: str = None
    topics: list = field(default_factory=list)
    order: tuple = None

    @property
    def closed_time(self):
        return max(self.closed) if self.closed else None

    @property
    def topic(self):
        return max(self.topics)[2] if self.topics else None

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
        for column in ("channel", "variant"):
            if getattr(one, column) is None:
                setattr(one, column, event.get(column))
        if event.type in ("conversation.resolved", "conversation.reopened"):
            one.verdicts.append((event.time, event.position, event.type))
            one.reopened += event.type == "conversation.reopened"
        elif event.type == "escalation.raised":
            one.raised.append((event.time, event.position, event.get("reason")))
        elif event.type == "conversation.closed":
            one.closed.append(event.time)
        elif event.type == "conversation.classified" and event.get("topic"):
            one.topics.append((event.time, event.position, event.get("topic")))
