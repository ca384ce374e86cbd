"""Events in which each alert fires: what came before it, and the trouble with its cause. Times are seconds before now."""
import datetime
import itertools
import json
import time

SECOND = 10**9


class Traffic:
    """CloudEvents in the order in which they are made, with ids of their own."""

    def __init__(self, now=None):
        self.now, self.events, self.numbers = now or time.time(), [], itertools.count()

    def tell(self, type_, ago, source="agent/pod-1", **data):
        moment = datetime.datetime.fromtimestamp(self.now - ago, datetime.timezone.utc)
        self.events.append({"specversion": "1.0", "id": f"e-{next(self.numbers)}", "source": source, "type": type_,
                            "time": moment.isoformat().replace("+00:00", "Z"), "data": data})

    def turn(self, ago, tenant="acme", channel="web", model="gpt-4o-mini", provider="openai", seconds=1.0, first=0.4, queue=None, error=None,
             input_tokens=400, output_tokens=60, attempts=1, calls=1, agent="billing", version="7", topic=None, told_duration=True,
             conversation=None, answered=True, team=None):
        """A conversation of one question. `told_duration` False: its calls and answers say nothing of how long they took."""
        conversation = conversation or f"c-{next(self.numbers)}"
        place = {"conversation_id": conversation, "turn": 1, "tenant": tenant, "channel": channel, "agent": agent, "agent_version": version,
                 **({"team": team} if team else {})}
        self.tell("conversation.started", ago + seconds, **{key: place[key] for key in ("conversation_id", "tenant", "channel")})
        if topic:
            self.tell("conversation.classified", ago + seconds, topic=topic, **place)
        self.tell("message.received", ago + seconds, **place)
        outcome = {"status": "error", "error_type": error} if error else {"status": "ok"}
        lasted = {"duration_ns": round(seconds * SECOND), "time_to_first_token_ns": round(first * SECOND)} if told_duration else {}
        for attempt in range(1, attempts + 1):
            for _ in range(calls):
                wait = {"queue_duration_ns": round(queue * SECOND)} if queue is not None else {}
                self.tell("llm.call", ago, provider=provider, request_model=model, input_tokens=input_tokens, output_tokens=output_tokens,
                          **({"attempt": attempt} if attempts > 1 else {}), **lasted, **wait, **outcome, **place)
        if answered:
            self.tell("message.sent", ago, **lasted, **outcome, **place)
        return conversation

    def lines(self, first=0):
        return "".join(json.dumps(event) + "\n" for event in self.events[first:]).encode()


def spread(count, begin, end):
    """So many moments from `begin` seconds ago to `end` seconds ago."""
    return [begin - (begin - end) * index / max(1, count - 1) for index in range(count)]


def usual(traffic, count=240):
    """An hour as it should be, long enough ago that no question about the last half hour sees it, and some of it in the last quarter, with what
    says nothing of durations: a null that must not stand above the row that matters."""
    for index, ago in enumerate(spread(count, 3300, 2000)):
        traffic.turn(ago, tenant=("acme", "acme", "borealis")[index % 3],
                     model=("gpt-4o-mini", "claude-haiku-4-5")[index % 2], provider=("openai", "anthropic")[index % 2],
                     channel=("web", "email")[index % 3 == 0], topic=("refund", "delivery")[index % 2])
    for ago in spread(12, 800, 100):
        traffic.turn(ago, model="llama-3.2-8b", provider="vllm", told_duration=False, tenant="acme", topic="refund")
    for ago in spread(4, 800, 100):
        traffic.tell("retrieval.query", ago, tenant="acme", index="untimed", kind="vector")
        traffic.tell("tool.call", ago, tenant="acme", tool="untimed", status="ok")


def failing(traffic, failed=40, well=160, error="overloaded"):
    """Turns of which those of a tenant with one model fail."""
    traffic.tell("deploy.changed", 760, subject="billing", from_value="7", to_value="8", by="release-bot")
    names = [traffic.turn(ago, tenant="borealis", channel="slack", model="claude-sonnet-4-5", provider="anthropic", error=error, version="8")
             for ago in spread(failed, 700, 45)]
    for ago in spread(well, 700, 45):
        traffic.turn(ago)
    return names[0]


def slow(traffic, count=120, seconds=14.0, first=0.4, queue=None, share=1.0, attempts=1):
    """Turns of which a share is slow with one model, and so are the searches and tools it uses."""
    for index, ago in enumerate(spread(count, 280, 10)):
        if index < count * share:
            traffic.turn(ago, model="qwen-2.5-72b", provider="vllm", seconds=seconds, first=first, queue=queue, attempts=attempts, channel="slack")
        else:
            traffic.turn(ago)
    for ago in spread(20, 280, 10):
        traffic.tell("retrieval.query", ago, tenant="acme", index="manuals", kind="vector", duration_ns=3 * SECOND)
        traffic.tell("retrieval.query", ago, tenant="acme", index="faq", kind="vector", duration_ns=SECOND // 10)
        traffic.tell("tool.call", ago, tenant="acme", tool="crm_lookup", status="ok", duration_ns=6 * SECOND)
        traffic.tell("tool.call", ago, tenant="acme", tool="calendar", status="ok", duration_ns=SECOND // 10)


def dear(traffic, turns=80, input_tokens=60_000, output_tokens=4_000):
    """Turns of a tenant whose agent fell back to a dear model."""
    return [traffic.turn(ago, tenant="borealis", model="gpt-4o", provider="openai", input_tokens=input_tokens, output_tokens=output_tokens, agent="research",
                         team="insights")
            for ago in spread(turns, 600, 20)][0]


def spent(traffic):
    """Most of what a month may cost, in an hour."""
    dear(traffic, turns=40, input_tokens=30_000_000, output_tokens=400_000)


def loop(traffic):
    """A conversation in which an agent calls a model and never answers."""
    name = traffic.turn(600, tenant="borealis", model="gpt-4o", input_tokens=20_000, calls=120, agent="research", version="9", answered=False,
                        conversation="c-loop")
    for ago in spread(60, 700, 20):
        traffic.turn(ago)
    return name


def unpriced(traffic):
    for ago in spread(30, 600, 20):
        traffic.turn(ago, tenant="borealis", model="nova-ultra-9", provider="example")


def escalating(traffic):
    traffic.tell("prompt.published", 760, prompt_name="refunds", prompt_version="12", by="kim")
    for index, ago in enumerate(spread(60, 700, 20)):
        name = traffic.turn(ago, topic="refund" if index < 40 else "delivery")
        if index < 40:
            traffic.tell("escalation.raised", ago - 5, conversation_id=name, turn=1, tenant="acme", channel="web", reason="low_confidence", queue="returns")
            traffic.tell("conversation.closed", ago - 10, conversation_id=name, tenant="acme", channel="web", reason="handed_over")
        else:
            traffic.tell("conversation.closed", ago - 10, conversation_id=name, tenant="acme", channel="web", reason="completed")


def dissatisfied(traffic):
    for index, ago in enumerate(spread(90, 700, 20)):
        is_bad = index % 3 == 0
        name = traffic.turn(ago, channel="slack" if is_bad else "web", agent="returns" if is_bad else "billing", topic="warranty" if is_bad else "delivery")
        traffic.tell("feedback.submitted", ago - 5, conversation_id=name, turn=1, tenant="acme", channel="slack" if is_bad else "web", score=1 if is_bad else 5)
        traffic.tell("conversation.closed", ago - 10, conversation_id=name, tenant="acme", channel="slack" if is_bad else "web", reason="completed")


def probes(traffic):
    for ago in spread(12, 280, 10):
        traffic.tell("probe.checked", ago, source="prober", target="checkout-chat", up=False, duration_ns=SECOND)
        traffic.tell("probe.checked", ago, source="prober", target="home-chat", up=True, duration_ns=SECOND)
    for ago in spread(3, 3000, 400):
        traffic.tell("probe.checked", ago, source="prober", target="checkout-chat", up=True, duration_ns=SECOND)


def misspelt(traffic):
    for ago in spread(60, 600, 20):
        traffic.tell("llm.cal", ago, source="agent/pod-9", provider="openai", request_model="gpt-4o-mini")
    for ago in spread(40, 600, 20):
        traffic.turn(ago)


def older(traffic):
    """What a file has of a conversation that goes on after the file was damaged."""
    for turn in (1, 2):
        for type_ in ("message.received", "message.sent"):
            traffic.tell(type_, 3000 - turn, source="agent/pod-3", conversation_id="c-older", turn=turn, tenant="borealis", channel="web")


def goes_on(traffic):
    traffic.tell("message.received", 300, source="agent/pod-3", conversation_id="c-older", turn=3, tenant="borealis", channel="web")
    return "c-older"


def samples(traffic, count=66_000):
    """So many events that the store wants to write a segment."""
    for ago in spread(count, 700, 20):
        traffic.tell("resource.sampled", ago, source="node/1", resource="cpu", used=1.0)


def one_id(traffic, count=140_000):
    """A sender that gives one id to all conversations; enough for two seals, the later of which finds it cut."""
    for ago in spread(count, 700, 20):
        traffic.tell("tool.call", ago, source="agent/pod-7", conversation_id="support-bot", tenant="borealis", agent="triage", tool="crm", status="ok")
    for ago in spread(40, 700, 20):
        traffic.turn(ago)
    return "support-bot"
