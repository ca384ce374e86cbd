"""One store from its first start under load to the account of it."""
import re

from outside.metrics_text import samples, total
from outside.money import usd
from outside.plimsoll import CommandFailed, Commands

from . import aged, events
from .oracle import Oracle
from .sending import SPAN_TENANT, Mixture

# What conversations of aged events say; retention must leave it as it was.
AGED_ROWS = (f"select conversation_id, start_time, last_time, turns, answers, input_tokens, output_tokens, cost_usd from conversations "
             f"where tenant='{aged.TENANT}' order by 1, 2")
AGED_ROLLUP = f"select sum(events), sum(input_tokens_sum), sum(cost_usd_sum) from rollup_llm_call_1d where tenant='{aged.TENANT}'"
MODELS = ("select request_model, count(*), sum(input_tokens), sum(output_tokens), count(cost_usd), coalesce(sum(cost_usd), 0) from llm_call "
          f"where tenant='{events.TENANT}' group by 1 order by 1")


class Life:
    def __init__(self, server, folder, settings, seed, options):
        self.server, self.folder, self.settings, self.problems = server, folder, settings, []
        self.oracle, self.spans = Oracle(), Oracle()
        self.mixture = Mixture(server, self.oracle, self.spans, seed, options.senders, options.batch)
        self.before, self.compacted, self.dropped = {}, 0, 0

    # MARK: Before

    def begin(self):
        self.server.extra = ["--config", self.settings]
        self.server.start()
        self.before = self.aged()
        self.before["counters"] = self.counters()
        self.server.stop()
        self.mixture.begin()

    def aged(self):
        return {"conversations": self.server.sql(AGED_ROWS), "rollup": self.server.sql(AGED_ROLLUP)}

    def counters(self):
        """Counters of the aged tenant by name and labels."""
        text = self.server.get("/metrics?format=text")[2].decode()
        return {(name, *sorted(labels.items())): value for name, labels, value in samples(text)
                if name.startswith("support_") and name.endswith("_total") and labels.get("tenant") == aged.TENANT}

    # MARK: Afterwards

    def end(self):
        self.mixture.end()
        self.problems += self.mixture.problems
        self.server.settle()
        self.account(self.server.sql)
        self.metrics()
        self.retained()
        status = self.server.stop()
        if status != 0:
            self.problems.append(f"the last stop ended with {status}: {''.join(self.server.log)[-1000:]}")
        commands = Commands(self.server.binary, self.server.data)
        self.account(commands.rows, "the directory, ")
        try:
            commands.run("verify", "--data", self.server.data)
        except CommandFailed as error:
            self.problems.append(str(error))
        self.compacted = self.merged(commands)

    def merged(self, commands):
        """Segments that hold events of several imports, each of which made one of its own."""
        firsts = [int(row[0]) for row in commands.rows(f"select min(position) from events where source like '{events.SOURCE}import-%' group by source")]
        told = commands.run("inspect", self.server.data, "--segments").decode()
        spans = [(int(low), int(high)) for low, high in re.findall(r"\.segment: \d+ bytes, positions (\d+)\.\.\.(\d+),", told)]
        return sum(sum(low <= first <= high for first in firsts) > 1 for low, high in spans)

    def account(self, rows, whose=""):
        problems, there = self.oracle.account(row[0] for row in rows(f"select id from events where source like '{events.SOURCE}%'"))
        self.figures = events.Figures(there)
        found = {row[0]: list(map(str, row[1:])) for row in rows(MODELS)}
        wanted = {model: list(map(str, (calls, given, taken, calls if cost is not None else 0, usd(cost or 0))))
                  for model, (calls, given, taken, cost) in self.figures.models.items()}
        for model in sorted(found.keys() | wanted.keys()):
            if self.money(found.get(model)) != self.money(wanted.get(model)):
                problems.append(f"calls, tokens, costs of {model} are {found.get(model)} instead of {wanted.get(model)}")
        counted = [int(row[0]) for row in rows(f"select count(*) from conversations where tenant='{events.TENANT}'")]
        if counted != [self.figures.conversations]:
            problems.append(f"{counted[0]} conversations instead of {self.figures.conversations}")
        problems += self.traced(rows)
        self.problems += [whose + problem for problem in problems]

    @staticmethod
    def money(row):
        """Costs are compared as numbers: text may end in zeros or not."""
        return row and row[:-1] + [row[-1].rstrip("0").rstrip(".")]

    def traced(self, rows):
        found = (f"{trace}/{span}" for trace, span in rows("select trace_id, span_id from span_received"))
        problems, there = self.spans.account(found)
        told = [tokens for _, _, tokens in there if tokens]
        counted = rows(f"select count(*), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) from llm_call where tenant='{SPAN_TENANT}'")[0]
        if list(map(int, counted)) != [len(told), sum(one[0] for one in told), sum(one[1] for one in told)]:
            problems.append(f"calls and tokens told by spans are {counted}; {len(told)} of their spans are there")
        return ["spans: " + problem for problem in problems]

    def metrics(self):
        text, kinds = self.server.get("/metrics?format=text")[2].decode(), self.figures.kinds
        for name, wanted in (("support_messages_total", kinds["message.received"] + kinds["message.sent"]),
                             ("support_llm_calls_total", kinds["llm.call"]), ("support_answers_total", kinds["message.sent"]),
                             ("support_llm_input_tokens_total", self.figures.tokens[0]), ("support_llm_output_tokens_total", self.figures.tokens[1])):
            value = total(text, name, tenant=events.TENANT)
            if value != wanted:
                self.problems.append(f"{name} is {value:.0f} instead of {wanted}")

    def retained(self):
        """Aged events went in order, and what was made of them stayed."""
        found = [row[0] for row in self.server.sql("select id from events where source='aged'")]
        made = aged.aged_events(0)
        known = {event["id"]: age for age, event in made}
        self.dropped = len(known) - len(set(found))
        if len(found) != len(set(found)) or set(found) - set(known):
            self.problems.append(f"{len(found)} aged events, of {len(set(found) & set(known))} ids that were sent")
        lost = [name for name, age in known.items() if age < min(filter(None, aged.PERIODS)) and name not in found]
        if lost:
            self.problems.append(f"{len(lost)} events went that are not old enough, such as {lost[:3]}")
        told = self.server.sql("select count(*) from system_events where type='retention.dropped'")
        if bool(self.dropped) != bool(int(told[0][0])):
            self.problems.append(f"{self.dropped} events went, {told[0][0]} records say so")
        for what, rows in self.aged().items():
            if rows != self.before[what]:
                differing = [(one, other) for one, other in zip(self.before[what], rows) if one != other][:3]
                self.problems.append(f"{what} of aged events: {len(rows)} rows for {len(self.before[what])}, such as {differing}")
        now = self.counters()
        for name, value in self.before["counters"].items():
            if now.get(name, 0) < value:
                self.problems.append(f"a counter fell: {name} from {value} to {now.get(name)}")

    # MARK: What there was

    def totals(self):
        return {"events acknowledged": self.oracle.acknowledged, "spans acknowledged": self.spans.acknowledged,
                "aged events let go of": self.dropped, "segments made of several": self.compacted,
                "sendings cut off": self.mixture.cut_off, "questions answered": self.mixture.asked}

    def said(self):
        return ", ".join(f"{count} {what}" for what, count in self.totals().items())
