"""What the store says in the end, beside what was acknowledged; recomputed from the seed with integers alone."""
import collections
import json
import os
import re
import subprocess
import time

from outside.events import iso
from outside.money import pico, pico_per_token, usd
from outside.plimsoll import Commands

from . import load
from .load import MODELS, PRICES, PROVIDER, SPAN_TENANT, TENANT

# One question looks at so many batches of a sender, one report at so many nanoseconds: the time limit of a question is that of a small one.
PIECE, REPORT_PIECE = 500, 300 * 10**9
BY_TYPE = f"select type, count(*) from events where tenant = '{TENANT}' group by 1"
SAMPLE = re.compile(r'^(\w+)\{(.*)\} (\S+)$')


def cost_of(data):
    """Pico-dollars of a call of the reference load."""
    price = {name: pico_per_token(text) for name, text in PRICES[data["request_model"]].items()}
    fresh = data["input_tokens"] - data["cache_read_tokens"]
    return fresh * price["input"] + data["cache_read_tokens"] * price["cache_read"] + data["output_tokens"] * price["output"]


class Expected:
    """Counts, tokens and costs of all acknowledged events."""

    def __init__(self):
        self.kinds, self.sums = collections.Counter(), {model: collections.Counter() for model in MODELS}
        self.conversations = set()

    def add(self, events):
        for _, kind, _, data in events:
            self.kinds[kind] += 1
            self.conversations.add(data["conversation_id"])
            if kind == "llm.call":
                sums = self.sums[data["request_model"]]
                for name in ("input_tokens", "cache_read_tokens", "output_tokens"):
                    sums[name] += data[name]
                sums["calls"] += 1
                sums["cost"] += cost_of(data)


class Account:
    def __init__(self, server, reference, tally):
        self.server, self.reference, self.tally, self.expected = server, reference, tally, Expected()
        self.caller, self.moments = reference.caller(), []

    def document(self, what, *request):
        """The answer to one question; who is told to wait asks again. None where there is none."""
        for _ in range(20):
            status, content, _ = self.caller.ask(*request)
            if status == 200:
                return json.loads(content)
            if status not in (429, 503):
                break
            time.sleep(1)
        self.tally.fault("the account's question was not answered", f"{status} {content[:300]!r}: {what[:300]}")
        return None

    def rows(self, sql):
        answer = self.document(sql, "POST", "/v1/sql", json.dumps({"sql": sql}).encode(), {"Content-Type": "application/json"}, 120)
        return answer["rows"] if answer else []

    def equal(self, what, found, wanted):
        if found != wanted:
            self.tally.fault(f"{what} is not what was acknowledged", f"{found!r} instead of {wanted!r}")

    def events(self):
        """Each acknowledged event once, and no other of the same sources."""
        for sender in range(self.reference.senders):
            moments, total = self.reference.acknowledged(sender), 0
            self.moments += moments[:1] + moments[-1:]
            for first in range(0, len(moments), PIECE):
                self.piece(sender, first, moments[first:first + PIECE])
                total += len(moments[first:first + PIECE]) * len(load.events_of(0, 0, 0, 0))
            counted = self.rows(f"select count(*), count(distinct id) from events where source = 'hour/{sender}'")
            self.equal(f"the number of events of sender {sender}", [list(map(int, row)) for row in counted], [[total, total]])
            print(f"  sender {sender}: {total:,} events acknowledged", flush=True)

    def piece(self, sender, first, moments):
        wanted = set()
        for number, moment in enumerate(moments, first):
            events = load.events_of(self.reference.seed, sender, number, moment)
            self.expected.add(events)
            wanted.update(name for name, _, _, _ in events)
        found = collections.Counter()
        for part in range(0, len(moments), 100):
            upper = moments[part + 100] if part + 100 < len(moments) else moments[-1] + 10**6
            window = f"time >= '{iso(moments[part])}' and time < '{iso(upper)}'"
            found.update(row[0] for row in self.rows(f"select id from events where source = 'hour/{sender}' and {window}"))
        for what, names in (("acknowledged events are lost", wanted - set(found)), ("events are there that were not acknowledged",
                                                                                    set(found) - wanted),
                            ("acknowledged events are there twice", {name for name, count in found.items() if count > 1})):
            if names:
                self.tally.fault(what, f"sender {sender}: {len(names)}, such as {sorted(names)[:3]}")

    def figures(self):
        """Counts, tokens and costs over SQL, in the report, in /metrics."""
        self.equal("events by type", dict(self.rows(BY_TYPE)), dict(self.expected.kinds))
        self.equal("questions", self.rows(f"select count(*), count(duration_ns), sum(cost_usd)::text from turns where tenant = '{TENANT}'"),
                   [[self.expected.kinds["message.received"], self.expected.kinds["message.sent"],
                     usd(sum(one["cost"] for one in self.expected.sums.values()))]])
        self.equal("conversations", self.rows(f"select count(*) from conversations where tenant = '{TENANT}'"), [[len(self.expected.conversations)]])
        by_model = {row[0]: [int(row[1]), int(row[2]), int(row[3]), int(row[4]), pico(row[5])] for row in self.rows(
            "select request_model, count(*), sum(input_tokens), sum(cache_read_tokens), sum(output_tokens), sum(cost_usd) from llm_call "
            f"where tenant = '{TENANT}' group by 1")}
        wanted = {model: [one[name] for name in ("calls", "input_tokens", "cache_read_tokens", "output_tokens", "cost")] for model,
                  one in self.expected.sums.items() if one}
        self.equal("calls, tokens and cost by model over SQL", by_model, wanted)
        self.report(wanted)
        self.metrics(wanted)
        self.spans()

    def report(self, wanted):
        """Of all the time at once it would be ended at the time limit of a question: piece by piece, and added up."""
        found, start, end = collections.defaultdict(lambda: [0, 0]), min(self.moments, default=0), max(self.moments, default=-10**6) + 10**6
        for first in range(start, end, REPORT_PIECE):
            window = f"from={iso(first)}&to={iso(min(first + REPORT_PIECE, end))}"
            answer = self.document(window, "GET", f"/v1/reports/cost?{window}&by=tenant,model&format=json", None, None, 120) or {}
            for row in next((rows for name, rows in answer.items() if name.startswith("by_") and rows), []):
                if row["tenant"] == TENANT:
                    found[row["model"]][0] += row["calls"]
                    found[row["model"]][1] += pico(row["cost_usd"])
        self.equal("calls and cost by model in the report", dict(found), {model: [one[0], one[4]] for model, one in wanted.items()})

    def metrics(self, wanted):
        found = collections.defaultdict(collections.Counter)
        for line in self.caller.ask("GET", "/metrics?format=text", timeout=60)[1].decode().splitlines():
            match = SAMPLE.match(line)
            if match and f'tenant="{TENANT}",provider="{PROVIDER}"' in match[2]:
                model = re.search(r'model="([^"]*)"', match[2])[1]
                if not match[1].endswith(("_bucket", "_sum", "_count")):
                    found[model][match[1]] += pico(match[3])
        names = ("support_llm_calls{}_total", "support_llm_input{}_tokens_total", "support_llm_cache_read_input{}_tokens_total",
                 "support_llm_output{}_tokens_total",
                 "support_llm_cost{}_usd_total")
        shown = {model: [counts[name.format("")] - counts[name.format("_corrected")] for name in names] for model, counts in found.items()}
        scale = (10**12,) * 4 + (1,)
        self.equal("calls, tokens and cost by model in /metrics", shown, {model: [value * by for value, by in zip(values, scale)] for model,
                                                                          values in wanted.items()})

    def spans(self):
        traces = self.reference.traces
        wanted = [[2 * len(traces), sum(one[0] for one in traces), sum(one[1] for one in traces)]]
        found = self.rows("select count(*), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) from llm_call "
                          f"where tenant = '{SPAN_TENANT}'")
        self.equal("calls and tokens told by spans", [list(map(int, row)) for row in found], wanted)
        print(f"  {len(traces):,} traces acknowledged", flush=True)

    def after_the_stop(self):
        """The directory says the same to a command."""
        self.equal("events by type in the directory", dict(Commands(self.server.binary, self.server.data).rows(BY_TYPE)), dict(self.expected.kinds))

    def settled(self):
        """Spans become calls some seconds after the last one."""
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            status, content, _ = self.caller.ask("GET", "/v1/status", timeout=60)
            if status == 200 and json.loads(content)["traces_pending"] == 0:
                return json.loads(content)
            time.sleep(1)
        self.tally.fault("traces did not settle within two minutes")
        return {}


def verified(binary, data, tally):
    result = subprocess.run([binary, "verify", "--data", data], capture_output=True, timeout=3600)
    print(f"  verify: status {result.returncode}: {result.stdout.decode(errors='replace').strip().splitlines()[-1:]}", flush=True)
    if result.returncode != 0:
        tally.fault(f"verify ended with {result.returncode}", (result.stdout + result.stderr)[-1500:].decode(errors="replace"))


def holds(stream, mark):
    """Whether a stream of bytes has the mark anywhere, and what stands around it."""
    before = b""
    while piece := stream.read(1 << 20):
        text = before + piece
        place = text.find(mark)
        if place >= 0:
            return text[max(0, place - 300):place + 100]
        before = text[-len(mark):]
    return None


def canary_is_nowhere(binary, server, canary, tally):
    """Neither in a file of the directory and the log, nor in what the compressed ones say as an export and as dead letters."""
    mark = canary.encode()
    paths = [os.path.join(place, name) for place, _, names in os.walk(server.data) for name in names] + [server.log_path]
    for path in paths:
        with open(path, "rb") as file:
            if around := holds(file, mark):
                tally.fault(f"a secret is in a {os.path.splitext(path)[1] or os.path.basename(path)} file", f"{os.path.basename(path)}: {around!r}")
    for arguments in (["export"], ["export", "--format", "csv"], ["query", "select * from dead_letters", "--format", "csv"],
                      ["query", "select * from system_events", "--format", "csv"]):
        process = subprocess.Popen([binary, *arguments, "--data", server.data], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if around := holds(process.stdout, mark):
            tally.fault(f"a secret is in the answer of {arguments[:2]}", repr(around))
            process.kill()
        process.stdout.close()
        process.wait()
    print(f"  {len(paths):,} files looked through for the secret", flush=True)
