"""Events that tell in their names who sent them, and what they come to when they are counted."""
import collections
import datetime
import json

from outside.money import pico_per_token

TENANT, PROVIDER, SOURCE = "kill", "kill", "kill/"
NDJSON = "application/x-ndjson"
KINDS = ("message.received", "llm.call", "message.sent")


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def turns(sender, number, size, chance, model="m"):
    """A batch: a conversation of so many events, question, call, answer in turn."""
    events = []
    for index in range(size):
        kind = KINDS[index % 3]
        data = {"conversation_id": f"c-{sender}-{number}", "turn": index // 3 + 1, "channel": "web", "tenant": TENANT}
        if kind == "llm.call":
            data |= {"provider": PROVIDER, "request_model": model, "route": "local", "input_tokens": chance.randrange(1, 2000),
                     "output_tokens": chance.randrange(1, 300), "status": "ok", "duration_ns": chance.randrange(10**8, 10**10)}
        if kind == "message.sent":
            data |= {"author": "agent", "status": "ok", "duration_ns": chance.randrange(10**8, 10**10)}
        events.append((f"{sender}-{number}-{index}", kind, data))
    return events


def prices(name, model, chance):
    """A batch: what a model costs, from before all its calls on."""
    return [(f"{name}-{token_class}", "price.set", {
        "provider": PROVIDER, "model": model, "token_class": token_class, "valid_from": "2026-01-01T00:00:00Z",
        "usd_per_million_tokens": f"{chance.randrange(1, 20)}.{chance.randrange(10**6):06d}"}) for token_class in ("input", "output")]


def body(sender, events, moment=None):
    """NDJSON lines; a batch that is sent again says the same times."""
    moment = moment or now()
    return b"".join(json.dumps({"specversion": "1.0", "id": name, "source": f"{SOURCE}{sender}", "type": kind, "time": moment, "data": data},
                               separators=(",", ":")).encode() + b"\n" for name, kind, data in events)


class Figures:
    """What events come to: counts by type, and of each model calls, tokens and cost; None where it has no price."""

    def __init__(self, events):
        self.kinds = collections.Counter(kind for _, kind, _ in events)
        self.conversations = len({data["conversation_id"] for _, _, data in events if "conversation_id" in data})
        prices = {(data["model"], data["token_class"]): pico_per_token(data["usd_per_million_tokens"]) for _, kind, data in events if kind == "price.set"}
        self.models, self.tokens = collections.defaultdict(lambda: [0, 0, 0, None]), [0, 0]
        for _, kind, data in events:
            if kind == "llm.call":
                found = self.models[data["request_model"]]
                told = data["input_tokens"], data["output_tokens"]
                found[0] += 1
                for place in (0, 1):
                    found[1 + place] += told[place]
                    self.tokens[place] += told[place]
        for model, found in self.models.items():
            if (model, "input") in prices:
                found[3] = found[1] * prices[model, "input"] + found[2] * prices[model, "output"]
