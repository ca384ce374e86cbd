"""Books the cost of model calls, in the order in which events were accepted."""
import glob
import json
import os
from collections import defaultdict
from dataclasses import dataclass, field

from .events import nanoseconds
from .money import pico_per_token

CLASSES = ("input", "cache_read", "cache_write", "cache_write_1h", "output")


def billed(data):
    """Tokens by disjoint billed class."""
    count = lambda name: data.get(name) or 0
    read, written, hour = count("cache_read_tokens"), count("cache_write_tokens"), count("cache_write_1h_tokens")
    return {
        "input": count("input_tokens") - read - written, "cache_read": read, "cache_write": written - hour, "cache_write_1h": hour,
        "output": count("output_tokens"),
    }


ANY_MODEL = "*"


def plain_tier(tier):
    """No tier and what providers call it are the same; case says nothing."""
    tier = (tier or "").lower()
    return "" if tier in ("default", "standard", "auto", "standard_only", "on_demand") else tier


class DefaultBook:
    """The dated price files that ship with Plimsoll.

    A file has `providers` and `models`; a model has a name, `aliases`, a price per class, `service_tiers` with prices of their own, and maybe
    `input_tokens_max`: of longer prompts the list does not know the price.
    """

    def __init__(self, folder=None):
        self.pairs, self.longest = {}, {}
        for path in sorted(glob.glob(os.path.join(folder, "*.json"))) if folder else []:
            with open(path, encoding="utf-8") as file:
                self.add(json.load(file))

    def add(self, document):
        for entry in document["models"]:
            tiers = {"": entry, **entry.get("service_tiers", {})}
            prices = {
                (plain_tier(tier), name): pico_per_token(values[name])
                for tier, values in tiers.items() for name in CLASSES if values.get(name) is not None}
            for provider in document["providers"]:
                for model in (entry["model"], *entry.get("aliases", [])):
                    self.pairs.setdefault((provider, model), {}).update(prices)
                    self.longest[(provider, model)] = entry.get("input_tokens_max")


def names_in(text):
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def must_tell(event):
    """A call that did not fail cost something; so did a stream that broke off once its answer had begun."""
    data = event.data
    if data.get("status") != "error":
        return True
    signs = ("time_to_first_token_ns", "response_id", "response_model", "finish_reason")
    return bool(data.get("stream")) and any(data.get(name) is not None for name in signs)


def told_wholes(event):
    """(input, output) as told, or as the total leaves them; None for what nobody knows."""
    data = event.data
    told, answer, total = (data.get(name) for name in ("input_tokens", "output_tokens", "total_tokens"))
    if total is None or names_in(data.get("usage_doubt")):
        return told, answer
    # Beside a total zeros tell nothing.
    if not told and not answer and (total or told is None and answer is None):
        return (total if event.type == "embedding.call" else None), None
    if event.type == "embedding.call" and answer is None:
        return told, answer
    if told is not None and answer is None and total >= told:
        return told, total - told
    if told is None and answer is not None and total >= answer:
        return total - answer, answer
    return told, answer


def readings(event):
    """The ways in which the counts may be read: lists of (input side, output side) by class."""
    data, (told, answer) = event.data, told_wholes(event)
    beside = billed({**data, "input_tokens": told, "output_tokens": answer})
    inside, doubt = dict(beside), names_in(data.get("usage_doubt"))
    if "cache" in doubt:
        left = beside["input"]
        for name in ("cache_read", "cache_write_1h", "cache_write"):
            inside[name] = min(beside[name], left)
            left -= inside[name]
        inside["input"] = left
    if "reasoning" in doubt:
        inside["output"] -= min(inside["output"], data.get("reasoning_tokens") or 0)
    return [beside, inside]


@dataclass(slots=True)
class Call:
    """A booked call: tokens and price by class; a price of None waits for its first."""
    event: object
    model: str
    tokens: dict
    prices: dict = field(default_factory=dict)
    longest: object = None
    result: tuple = None

    def booked(self):
        """(state, low, high) in pico-dollars; call it once every price has been heard."""
        if self.result is None:
            self.result = self._evaluate()
        return self.result

    def needs(self, name):
        """Whether a price of the class matters."""
        only_total = told_wholes(self.event) == (None, None) and (self.event.data.get("total_tokens") or 0) > 0
        return only_total or any(reading[name] for reading in readings(self.event))

    def _evaluate(self):
        data, (told, answer) = self.event.data, told_wholes(self.event)
        must, total = must_tell(self.event), data.get("total_tokens")
        is_exact, priced, low, high = not names_in(data.get("other_usage")), False, 0, 0
        # A total beyond the counts leaves tokens of which no class is told.
        is_embedding = self.event.type == "embedding.call"
        if total is not None and told is not None and (answer is not None or is_embedding) and total > told + (answer or 0):
            is_exact = False
        is_bounded = is_exact
        # A call that went well was asked something: a zero says that nobody counted.
        if must and told == 0:
            told, answer = None, answer or None
        if told is None and answer is None:
            if total:
                both = self.prices["input"] is not None and self.prices["output"] is not None
                known = [price for price in self.prices.values() if price is not None]
                low, high = (total * min(known), total * max(known)) if both else (0, 0)
                priced, is_bounded, is_exact = both, is_bounded and both, is_exact and both and low == high and len(known) == len(self.prices)
            elif must:
                is_exact = is_bounded = False
        else:
            if must and (told is None or answer is None and self.event.type != "embedding.call"):
                is_exact = is_bounded = False
            for side in (("input", "cache_read", "cache_write", "cache_write_1h"), ("output",)):
                costs = [self._side(reading, side) for reading in readings(self.event)]
                low += min(cost[0] for cost in costs)
                is_bounded = is_bounded and all(cost[1] is not None for cost in costs)
                high += max(cost[1] or 0 for cost in costs)
                is_exact = is_exact and all(cost[2] for cost in costs) and len({cost[:2] for cost in costs}) == 1
                priced = priced or any(cost[3] for cost in costs)
            if total and total < sum(readings(self.event)[1].values()):
                is_exact = False
                needed = ("input",) if is_embedding else ("input", "output")
                known = [price for name, price in self.prices.items() if price is not None and (name == "input" or not is_embedding)]
                low = min(low, 0 if any(self.prices[name] is None for name in needed) else total * min(known))
        if self.longest is not None and (told or (total if told is None and answer is None else 0) or 0) > self.longest:
            is_exact = is_bounded = False
        if is_exact:
            return "priced", low, low
        return "partly" if priced else "unpriced", low, high if is_bounded else None

    def _side(self, reading, names):
        """(low, high, whether all has a price, whether anything has one) of some classes."""
        low, high, whole, any_priced = 0, 0, True, False
        for name in names:
            if not reading[name]:
                continue
            price = self.prices[name]
            if price is not None:
                any_priced = True
                low += reading[name] * price
            else:
                whole = False
                price = self.prices["input"] if name == "cache_read" else None
            high = None if high is None or price is None else high + reading[name] * price
        return low, high, whole, any_priced


class Ledger:
    """Prices known so far, calls booked so far, and calls that wait for a first price.

    The first of these that has any entry that holds by the call's time decides alone: prices set for the model that answered, for the model
    that was asked for, for all models of the provider; then the default book's in the same order. For each class, those of the call's tier,
    and of no other. Names are compared as bytes.
    """

    def __init__(self, default_book):
        self.default_book = default_book
        self.known = defaultdict(lambda: defaultdict(list))
        self.waiting = defaultdict(list)
        self.calls = []
        self.booked_late = 0

    def accept(self, event):
        if event.type == "price.set":
            self.set_price(event)
        elif event.type in ("llm.call", "embedding.call"):
            self.book(event)

    @staticmethod
    def names(event):
        provider = event.get("provider")
        models = [name for name in (event.get("response_model"), event.get("request_model"), ANY_MODEL) if name]
        return [(provider, name) for name in dict.fromkeys(models)]

    def set_price(self, event):
        data = event.data
        if data.get("usd_per_million_tokens") is None:
            return
        pair, token_class = (data["provider"], data["model"]), data["token_class"]
        valid_from = nanoseconds(data["valid_from"]) if data.get("valid_from") else event.time
        entry = (valid_from, event.position, pico_per_token(data["usd_per_million_tokens"]))
        self.known[pair][(plain_tier(data.get("service_tier")), token_class)].append(entry)
        still = []
        for call in self.waiting.pop((pair, token_class), []):
            if call.prices[token_class] is not None:
                continue
            call.prices[token_class] = self.lookup(call.event, token_class)
            if call.prices[token_class] is None:
                still.append(call)
            elif call.needs(token_class):
                self.booked_late += 1
        if still:
            self.waiting[(pair, token_class)] = still

    def lookup(self, event, token_class):
        """The price of one class for a call, by what is known now."""
        tier, names = plain_tier(event.get("service_tier")), self.names(event)
        for pair in names:
            entries = self.known.get(pair, {})
            if any(entry[0] <= event.time for prices in entries.values() for entry in prices):
                valid = [entry for entry in entries.get((tier, token_class), ()) if entry[0] <= event.time]
                return max(valid)[2] if valid else None
        listed = next((self.default_book.pairs[pair] for pair in names if pair in self.default_book.pairs), {})
        return listed.get((tier, token_class))

    def book(self, event):
        model = event.get("response_model") or event.get("request_model")
        call = Call(event, model, billed(event.data))
        call.longest = next((self.default_book.longest[pair] for pair in self.names(event) if pair in self.default_book.longest), None)
        for name in CLASSES:
            call.prices[name] = self.lookup(event, name)
            if call.prices[name] is None:
                for pair in self.names(event):
                    self.waiting[(pair, name)].append(call)
        self.calls.append(call)
