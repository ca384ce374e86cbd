#!/usr/bin/env python3
"""Recomputes from NDJSON events what the reports say, in exact integers, and prints one JSON document.

usage: recompute.py FILE [--prices Schemas/prices] [--from T --to T] [--now T] [--limit SECONDS]

Costs are booked over the whole file in file order, sums and shares are taken over `--from` (inclusive) to `--to` (exclusive) by event time.
Not covered: prices per GPU hour, deliberate re-booking, outcome rules other than house-1.
"""
import argparse
import dataclasses
import json
import os
import sys
from collections import Counter, defaultdict

from outside.answers import Questions, exact_percentile, is_answer, is_error
from outside.conversations import BegunCounts, Conversations, OutcomeCounts
from outside.events import Reading, day_of, hour_of, iso, month_of, nanoseconds, read, week_of
from outside.money import pico, usd
from outside.prices import CLASSES, DefaultBook, Ledger

DIMENSIONS = ("tenant", "channel", "team", "agent", "region", "cost_centre", "environment", "variant", "prompt_version")
PLACE = ("tenant", "channel")
CALL_DIMENSIONS = ("model", "provider", "route", "purpose", "day", "price_state") + DIMENSIONS
ANSWER_DIMENSIONS = ("day", "hour") + DIMENSIONS
OUTCOME_DIMENSIONS = ("week", "day", "channel", "tenant", "topic", "agent", "variant", "region", "team")
# Senders round to six decimals; half of the last of them, in pico-dollars.
ROUNDING = 500_000
CROSSED_ZONE = "Europe/Berlin"
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens")


def label(event, name):
    if name in ("day", "week", "hour"):
        return {"day": day_of, "week": week_of, "hour": hour_of}[name](event.time)
    return event.get(name, "default" if name == "tenant" else None)


def of_turn(question, answer):
    """A question as its turn tells it: where it was asked it says itself, of all else what the answer says comes first."""
    if answer is None:
        return question
    told = {name: value for name, value in answer.data.items() if value is not None and name not in PLACE}
    return dataclasses.replace(question, data={**question.data, **told})


def due(amount, start, end, instant):
    """What of an amount for a time is due by an instant, rounded towards zero."""
    elapsed = min(max(instant - start, 0), end - start)
    return abs(amount) * elapsed // (end - start) * (1 if amount >= 0 else -1)


class CallSums:
    """Counts, tokens and money of some calls."""

    def __init__(self):
        self.calls = self.errors = 0
        self.tokens = Counter()
        self.billed = Counter()
        self.states = Counter()
        self.cost = self.low = self.high = 0
        self.without_high = self.priced_errors = 0

    def add(self, call):
        self.calls += 1
        self.errors += is_error(call.event)
        for name in TOKENS:
            if count := call.event.data.get(name):
                self.tokens[name] += count
        for name, count in call.tokens.items():
            if count:
                self.billed[name] += count
        state, low, high = call.booked()
        self.states[state] += 1
        self.low += low
        self.cost += low if state == "priced" else 0
        self.priced_errors += state == "priced" and is_error(call.event)
        if high is None:
            self.without_high += 1
        else:
            self.high += high

    def document(self):
        return {
            "calls": self.calls, "errors": self.errors, **{name: self.tokens[name] for name in TOKENS},
            "billed_tokens": {name: self.billed[name] for name in CLASSES},
            "priced": self.states["priced"], "partly": self.states["partly"], "unpriced": self.states["unpriced"],
            "cost_usd": usd(self.cost), "cost_low_usd": usd(self.low), "cost_high_usd": usd(self.high),
            "calls_without_high": self.without_high, "priced_errors": self.priced_errors,
        }


class ToldSums:
    """What senders say that calls cost, beside what was booked."""

    def __init__(self):
        self.calls = self.told = self.low = self.open = self.differing = 0

    def add(self, call):
        state, low, high = call.booked()
        told = pico(call.event.get("reported_cost_usd"))
        self.calls, self.told, self.low = self.calls + 1, self.told + told, self.low + low
        self.open += state != "priced"
        self.differing += told < low - ROUNDING or (high is not None and told > high + ROUNDING)

    def document(self):
        return {"calls": self.calls, "told_cost_usd": usd(self.told), "cost_low_usd": usd(self.low),
                "difference_usd": usd(self.told - self.low), "not_wholly_priced": self.open, "calls_that_differ": self.differing}


class AnswerSums:
    """Answers: count, errors, exact percentiles."""

    def __init__(self):
        self.answers = self.errors = 0
        self.durations, self.first_tokens = [], []
        self.origins = Counter()

    def add(self, event):
        self.answers += 1
        self.errors += is_error(event)
        self.origins[event.get("answered_from", "")] += 1
        if event.get("duration_ns") is not None:
            self.durations.append(event.get("duration_ns"))
        if event.get("time_to_first_token_ns") is not None:
            self.first_tokens.append(event.get("time_to_first_token_ns"))

    def document(self):
        shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
        return {
            "answers": self.answers, "errors": self.errors, "answered_from": dict(sorted(self.origins.items())),
            "duration_ns": {name: exact_percentile(self.durations, share) for name, share in shares},
            "time_to_first_token_ns": {name: exact_percentile(self.first_tokens, share) for name, share in shares},
        }


def grouped(sums):
    return {("" if key is None else str(key)): value.document() for key, value in sorted(sums.items(), key=lambda item: str(item[0]))}


class Recomputation:
    def __init__(self, book, start=None, end=None, limit=30, now=None, reached=None):
        self.start, self.end, self.limit, self.now = start, end, limit, now
        self.ledger, self.questions, self.conversations = Ledger(book), Questions(), Conversations(reached)
        self.counts = Counter()
        self.answers = []
        self.escalations, self.scores = Counter(), Counter()
        self.tool_cost, self.recorded = 0, Counter()
        self.last_time = None

    def within(self, time):
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)

    def grouping(self, event, name):
        """A value as reports group by it: an event that lacks it has that of its conversation."""
        own = label(event, name)
        return self.conversations.value(event, name) if own is None else own

    def record(self, event):
        """A cost with a time of its own counts in it; of one that lies in the period in part, its share of the time."""
        category, amount = event.get("category", ""), pico(event.get("amount_usd", "0"))
        start, end = (nanoseconds(event.get(name)) if event.get(name) else None for name in ("period_start", "period_end"))
        if start is None or end is None or start >= end:
            if self.within(event.time):
                self.recorded[category] += amount
        elif (self.start is None or end > self.start) and (self.end is None or start < self.end):
            first = 0 if self.start is None else due(amount, start, end, self.start)
            last = amount if self.end is None else due(amount, start, end, self.end)
            self.recorded[category] += last - first

    def accept(self, event):
        self.ledger.accept(event)
        self.questions.accept(event)
        self.conversations.accept(event)
        self.last_time = event.time if self.last_time is None else max(self.last_time, event.time)
        if event.type == "cost.recorded":
            self.record(event)
        if not self.within(event.time):
            return
        self.counts[event.type] += 1
        if is_answer(event):
            self.answers.append(event)
        elif event.type == "escalation.raised":
            self.escalations[event.get("reason", "")] += 1
        elif event.type == "feedback.submitted" and event.get("score") is not None:
            self.scores[event.get("score")] += 1
        elif event.type == "tool.call" and event.get("cost_usd") is not None:
            self.tool_cost += pico(event.get("cost_usd"))

    def document(self):
        return {
            "events": dict(sorted(self.counts.items())), "last_time": iso(self.last_time) if self.last_time is not None else None,
            "cost": self.cost_document(), "sla": self.sla_document(), "outcomes": self.outcome_document(),
        }

    def cost_document(self):
        total, answers = CallSums(), len(self.answers)
        by = {name: defaultdict(CallSums) for name in CALL_DIMENSIONS}
        calls_by = {name: defaultdict(CallSums) for name in CALL_DIMENSIONS}
        crossed, told, adrift = defaultdict(CallSums), defaultdict(ToldSums), CallSums()
        types, per_turn, per_conversation = defaultdict(CallSums), defaultdict(CallSums), defaultdict(CallSums)
        for call in self.ledger.calls:
            event = call.event
            if not self.within(event.time):
                continue
            total.add(call)
            types[event.type].add(call)
            crossed[(month_of(event.time, CROSSED_ZONE), self.grouping(event, "team"), call.model)].add(call)
            if event.get("reported_cost_usd") is not None:
                told[call.model].add(call)
            if event.get("conversation_id") is None:
                adrift.add(call)
            tenant, name = event.get("tenant", "default"), event.get("conversation_id")
            per_conversation[(tenant, name)].add(call)
            per_turn[(tenant, name, event.get("turn"))].add(call)
            for dimension in CALL_DIMENSIONS:
                of_call = {"model": call.model, "price_state": call.booked()[0]}
                calls_by[dimension][of_call.get(dimension) or self.grouping(event, dimension)].add(call)
                if event.type == "llm.call":
                    by[dimension][of_call.get(dimension) or label(event, dimension)].add(call)
        top = sorted(((sums.cost, key) for key, sums in per_conversation.items() if key[1]), key=lambda item: (-item[0], item[1][1]))[:20]
        return {
            "total": total.document(), "types": grouped(types), "answers": answers,
            "cost_per_answer_usd": {
                name: None if not answers else f"{value}/{answers * 10**12}"
                for name, value in (("cost", total.cost), ("low", total.low), ("high", total.high))},
            "tool_cost_usd": usd(self.tool_cost), "recorded_usd": {key: usd(value) for key, value in sorted(self.recorded.items())},
            "late_first_prices": self.ledger.booked_late, "turns_with_cost": len(per_turn),
            "llm_call_by": {name: grouped(sums) for name, sums in by.items()},
            "calls_by": {name: grouped(sums) for name, sums in calls_by.items()}, "no_calls": CallSums().document(),
            "by_month_team_model": [{"month": key[0], "team": key[1], "model": key[2], **sums.document()} for key, sums in crossed.items()],
            "told": grouped(told), "without_conversation": adrift.document(),
            "top_conversations": [{"conversation_id": key[1], "cost_usd": usd(cost)} for cost, key in top],
        }

    def sla_document(self):
        results = Counter()
        results_by = {name: defaultdict(Counter) for name in ANSWER_DIMENSIONS}
        for question, answer, result in self.questions.results(self.limit, self.now):
            if self.within(question.time):
                results[result] += 1
                for name in ANSWER_DIMENSIONS:
                    results_by[name][self.grouping(of_turn(question, answer), name)][result] += 1
        total, by, reported_by = AnswerSums(), *({name: defaultdict(AnswerSums) for name in ANSWER_DIMENSIONS} for _ in range(2))
        for event in self.answers:
            total.add(event)
            for name in ANSWER_DIMENSIONS:
                by[name][label(event, name)].add(event)
                reported_by[name][self.grouping(event, name)].add(event)
        plain = lambda counts: {name: counts[name] for name in ("good", "failed", "pending")}
        return {
            "questions": plain(results), "answers": total.document(), "answers_by": {name: grouped(sums) for name, sums in by.items()},
            "reported_answers_by": {name: grouped(sums) for name, sums in reported_by.items()},
            "questions_by": {
                name: {("" if key is None else str(key)): plain(counts) for key, counts in sorted(groups.items(), key=lambda item: str(item[0]))}
                for name, groups in results_by.items()},
        }

    def outcome_document(self):
        total, open_count = OutcomeCounts(), 0
        groups = {name: defaultdict(OutcomeCounts) for name in OUTCOME_DIMENSIONS}
        variants = defaultdict(BegunCounts)
        begun = {name: defaultdict(BegunCounts) for name in OUTCOME_DIMENSIONS if name not in ("week", "day")}
        for one in self.conversations.by_key.values():
            if one.closed_time is None:
                open_count += self.end is None or one.started < self.end
            if self.within(one.started):
                for name, counts in begun.items():
                    counts[getattr(one, name)].add(one)
                if one.variant is not None:
                    variants[(one.experiment or "", one.variant)].add(one)
            if one.counted_time is None or not self.within(one.counted_time):
                continue
            total.add(one)
            keys = {"week": week_of(one.counted_time), "day": day_of(one.counted_time)}
            for name, counts in groups.items():
                counts[keys.get(name) or getattr(one, name)].add(one)
        counts = total.document()
        return {
            "rule": "house-1", "closed_conversations": counts["closed"], "not_closed": open_count, "all": counts,
            "outcomes": {name: counts[name] for name in ("resolved", "escalated", "abandoned", "open")},
            "by": {name: grouped(values) for name, values in groups.items()},
            "begun_by": {name: grouped(values) for name, values in begun.items()},
            "variants": [{"experiment": key[0], "variant": key[1], **counts.document()} for key, counts in sorted(variants.items())],
            "escalations_by_reason": dict(sorted(self.escalations.items())),
            # Every rating that was given, also those that a later one replaced.
            "scores_given": {str(score): count for score, count in sorted(self.scores.items())},
        }


def recompute(path, prices=None, start=None, end=None, limit=30, now=None, reached=None):
    """The whole document for one file."""
    reading, state = Reading(), Recomputation(DefaultBook(prices), start, end, limit, now, reached)
    for event in read(path, reading):
        state.accept(event)
    return {"reading": vars(reading), **state.document()}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="Recompute costs, service levels and outcomes from NDJSON events.")
    parser.add_argument("file")
    parser.add_argument("--prices", default=os.path.join(here, "../../Schemas/prices"), help="folder of the default price book")
    parser.add_argument("--from", dest="start", type=nanoseconds)
    parser.add_argument("--to", dest="end", type=nanoseconds)
    parser.add_argument("--now", type=nanoseconds, help="pending questions are judged at this instant; default: all deadlines have passed")
    parser.add_argument("--limit", type=int, default=30, help="seconds within which an answer is good")
    arguments = parser.parse_args()
    document = recompute(arguments.file, arguments.prices, arguments.start, arguments.end, arguments.limit, arguments.now)
    json.dump(document, sys.stdout, indent=1)
    print()
    print(f"recomputed {document['reading']['accepted']} events", file=sys.stderr)


if __name__ == "__main__":
    main()
