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

    A file has `providers` and `models`; a model has a name, `aliases`, a price per class, and `service_tiers` with prices of their own.
    """

    def __init__(self, folder=None):
        self.pairs = {}
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


@dataclass(slots=True)
class Call:
    """A booked call: tokens and price by class; a price of None waits for its first."""
    event: object
    model: str
    tokens: dict
    prices: dict = field(default_factory=dict)

    result: tuple = None

    def booked(self):
        """(state, low, high) in pico-dollars; call it once every price has been heard."""
        if self.result is None:
            self.result = self._evaluate()
        return self.result

    def _evaluate(self):
        needed = [name for name in CLASSES if self.tokens[name]]
        low, high, priced = 0, 0, 0
        for name in needed:
            price = self.prices[name]
            if price is not None:
                priced += 1
                low += self.tokens[name] * price
            elif name == "cache_read":
                price = self.prices["input"]
            high = None if high is None or price is None else high + self.tokens[name] * price
        state = "priced" if priced == len(needed) else "partly" if priced else "unpriced"
        return state, low, high


class Ledger:
    """Prices known so far, calls booked so far, and calls that wait for a first price.

    The first of these that has any entry decides alone: prices set for the model that answered, for the model that was asked for, for all
    models of the provider; then the default book's in the same order. For each class, those of the call's tier, and of no other.
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
            else:
                self.booked_late += 1
        if still:
            self.waiting[(pair, token_class)] = still

    def lookup(self, event, token_class):
        """The price of one class for a call, by what is known now."""
        tier, names = plain_tier(event.get("service_tier")), self.names(event)
        own = next((self.known[pair] for pair in names if pair in self.known), None)
        if own is not None:
            valid = [entry for entry in own.get((tier, token_class), ()) if entry[0] <= event.time]
            return max(valid)[2] if valid else None
        listed = next((self.default_book.pairs[pair] for pair in names if pair in self.default_book.pairs), {})
        return listed.get((tier, token_class))

    def book(self, event):
        model = event.get("response_model") or event.get("request_model")
        call = Call(event, model, billed(event.data))
        for name in CLASSES:
            call.prices[name] = self.lookup(event, name)
            if call.prices[name] is None and call.tokens[name]:
                for pair in self.names(event):
                    self.waiting[(pair, name)].append(call)
        self.calls.append(call)
