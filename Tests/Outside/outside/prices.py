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


class DefaultBook:
    """The dated price files that ship with Plimsoll: a file has `providers` (or `provider`), `models`, each with a price per class."""

    def __init__(self, folder=None):
        self.exact, self.any_model = {}, {}
        for path in sorted(glob.glob(os.path.join(folder, "*.json"))) if folder else []:
            with open(path, encoding="utf-8") as file:
                self.add(json.load(file))

    def add(self, document):
        providers = document.get("providers") or [document["provider"]]
        for provider in providers:
            for entry in document["models"]:
                prices = {name: pico_per_token(entry[name]) for name in CLASSES if entry.get(name) is not None}
                tier = entry.get("service_tier")
                names = [entry["model"], *entry.get("aliases", [])]
                for name in names:
                    target = self.any_model if name == "*" else self.exact
                    key = (provider, tier) if name == "*" else (provider, name, tier)
                    target.setdefault(key, {}).update(prices)

    def price(self, provider, model, tier, token_class):
        prices = self.exact.get((provider, model, tier))
        if prices is None:
            prices = self.any_model.get((provider, tier), {})
        return prices.get(token_class)


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
    """Prices known so far, calls booked so far, and calls that wait for a first price."""

    def __init__(self, default_book):
        self.default_book = default_book
        self.known = defaultdict(list)
        self.own_pairs = set()
        self.waiting = defaultdict(list)
        self.calls = []
        self.booked_late = 0

    def accept(self, event):
        if event.type == "price.set":
            self.set_price(event)
        elif event.type in ("llm.call", "embedding.call"):
            self.book(event)

    def set_price(self, event):
        data = event.data
        if data.get("usd_per_million_tokens") is None:
            return
        key = (data["provider"], data["model"], data["token_class"], data.get("service_tier"))
        valid_from = nanoseconds(data["valid_from"]) if data.get("valid_from") else event.time
        price = pico_per_token(data["usd_per_million_tokens"])
        self.known[key].append((valid_from, event.position, price))
        self.own_pairs.add(key[:2])
        still = []
        for call in self.waiting.pop(key, []):
            if call.event.time >= valid_from:
                call.prices[key[2]] = price
                self.booked_late += 1
            else:
                still.append(call)
        if still:
            self.waiting[key] = still

    def lookup(self, provider, model, tier, token_class, time):
        if (provider, model) not in self.own_pairs:
            return self.default_book.price(provider, model, tier, token_class)
        valid = [price for price in self.known.get((provider, model, token_class, tier), ()) if price[0] <= time]
        return max(valid)[2] if valid else None

    def book(self, event):
        provider, tier = event.get("provider"), event.get("service_tier")
        model = event.get("response_model") or event.get("request_model")
        call = Call(event, model, billed(event.data))
        for name in CLASSES:
            price = self.lookup(provider, model, tier, name, event.time)
            call.prices[name] = price
            if price is None and call.tokens[name]:
                self.waiting[(provider, model, name, tier)].append(call)
        self.calls.append(call)
