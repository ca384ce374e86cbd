#!/usr/bin/env python3
"""The same questions in PromQL over the same samples, of a server and of a real Prometheus.

usage: promql_differential.py --plimsoll BINARY [--events 3000] [--questions 400] [--seed 7] [--keep DIR]

A directory takes the traffic of `plimsoll workload` in and is served; what it says of some metrics every 15 s is loaded into a Prometheus. Both are asked the
same expressions, made up from the seed, over a range of time: the same series, equal to 1e-5, or both refuse. Debian's Prometheus is a 2: its ranges hold the
sample at their left end, those of Prometheus 3 do not. So the times that are asked at lie between samples, and only samples are looked at in subqueries.
"""
import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from outside.judging import judged
from outside.plimsoll import CommandFailed, Commands, Server, free_port

START = "2026-08-03T09:00:00Z"
STEP = 15
# Counters and gauges of the events with labels that they have, and a histogram by its buckets.
METRICS = {
    "support_messages_total": ("tenant", "channel", "direction"),
    "support_answers_total": ("tenant", "channel", "status"),
    "support_llm_calls_total": ("tenant", "model", "provider"),
    "support_llm_cost_usd_total": ("tenant", "model"),
    "support_feedback_total": ("tenant", "channel", "score"),
    "support_conversations_active": (),
    "support_answer_duration_seconds_sum": ("tenant", "channel"),
    "support_answer_duration_seconds_count": ("tenant", "channel"),
}
BUCKETS = "support_answer_duration_seconds_bucket"
RANGES = ("1m", "2m30s", "5m", "17m")
OVER_RANGES = (
    "rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", "avg_over_time", "sum_over_time", "min_over_time", "max_over_time",
    "count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time")
OVER_VALUES = ("abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "round", "sinh", "atan", "cos", "rad", "deg", "timestamp", "sort")


class Questions:
    """Expressions: what is made of vectors, and of the numbers that go with them."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, *choices):
        return self.random.choice(choices)

    def selector(self):
        name = self.of(*METRICS)
        labels = METRICS[name]
        matchers = [
            self.of(f'{label}!=""', f'{label}=~".*a.*|.*e.*"', f'{label}!~"[m-z].*"', f'{label}=""', f'{label}=~".+"')
            for label in labels if self.random.random() < 0.3]
        return f"{name}{{{','.join(matchers)}}}"

    def offset(self):
        return self.of("", "", "", " offset 5m", " offset -2m", " @ 1785750607", " @ start()", " @ end() offset 1m")

    def samples(self):
        """Samples of some length of time: those of a metric, or what an expression says at a subquery's steps."""
        if self.random.random() < 0.25:
            return f"(sum by ({self.of('tenant', 'channel', 'job')}) ({self.selector()}))[{self.of('5m', '17m')}:{self.of('1m', '45s')}]{self.offset()}"
        return f"{self.selector()}[{self.of(*RANGES)}]{self.offset()}"

    def scalar(self):
        return self.of(
            "0", "1", "2.5", "-3", "1e3", "time()", "pi()", f"scalar(sum({self.selector()}))", f"scalar({self.selector()})", "scalar(vector(2))")

    def grouping(self):
        labels = self.random.sample(("tenant", "channel", "model", "direction", "status", "instance"), self.random.randint(0, 3))
        return self.of("", f"by ({', '.join(labels)}) ", f"without ({', '.join(labels)}) ")

    def buckets(self):
        if self.random.random() < 0.5:
            return f"sum by (le{self.of('', ', tenant', ', channel')}) ({BUCKETS})"
        return f"rate({BUCKETS}[{self.of(*RANGES)}])"

    def leaf(self):
        return self.of(
            lambda: self.selector() + self.offset(),
            lambda: f"{self.of(*OVER_RANGES)}({self.samples()})",
            lambda: f"quantile_over_time({self.of('0.1', '0.5', '0.93')}, {self.samples()})",
            # With @ a Prometheus 2 moves the samples from step to step.
            lambda: f"predict_linear({self.selector()}[{self.of(*RANGES)}] offset {self.of('1m', '-2m')}, {self.of('60', '3600')})",
            # Sums of rates differ between buckets that hold the same by a last bit, which Prometheus 3 overlooks.
            lambda: f"histogram_quantile({self.of('0.5', '0.9', '0.99')}, {self.buckets()})",
            lambda: f"absent_over_time({self.samples()})",
            # Of no number alone a Prometheus 2 says 0.
            lambda: f"{self.of('stddev', 'stdvar')} {self.grouping()}({self.selector()})",
        )()

    def vector(self, depth):
        if depth == 0:
            return self.leaf()
        inner = self.vector(depth - 1)
        return self.of(
            lambda: f"{self.of('sum', 'avg', 'min', 'max', 'count', 'group')} {self.grouping()}({inner})",
            lambda: f"{self.of('topk', 'bottomk')} {self.grouping()}(100, {inner})",
            lambda: f"quantile {self.grouping()}({self.of('0.25', '0.5', '0.9')}, {inner})",
            lambda: f'count_values {self.grouping()}("value", round({inner}))',
            lambda: f"{self.of(*OVER_VALUES)}({inner})",
            lambda: f"clamp({inner}, 1, {self.of('2', '10')})",
            lambda: f"-({inner})",
            lambda: f'label_replace({inner}, "{self.of("tenant", "new")}", "$1-x", "tenant", "(.*)")',
            lambda: f'label_join({inner}, "both", "/", "tenant", "channel")',
            lambda: f"({inner}) {self.of('+', '-', '*', '/', '%', '^')} {self.scalar()}",
            lambda: f"{self.scalar()} {self.of('>', '<=', '!=')} {self.of('', 'bool ')}({inner})",
            lambda: self.joined(inner, depth),
            lambda: self.joined(inner, depth),
            lambda: f"absent({inner})",
        )()

    def joined(self, left, depth):
        right = self.vector(self.random.randrange(depth))
        if self.random.random() < 0.4:
            return f"({left}) {self.of('and', 'or', 'unless')} {self.of('', 'on (tenant) ', 'ignoring (channel) ')}({right})"
        operator = self.of("+", "-", "*", "/", ">", "== bool", "<= bool")
        if self.random.random() < 0.1:
            # Many series for one, mostly.
            return f"({left}) {operator} on (tenant) ({right})"
        if self.random.random() < 0.4:
            left, right = f"sum by (tenant, channel) ({left})", f"sum by (tenant) ({right})"
            return f"{left} {operator} on (tenant) group_left () {right}"
        return f"sum by (tenant) ({left}) {operator} sum by (tenant) ({right})"


def ask(port, path, **parameters):
    """Status and document of an answer."""
    address = f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def load(server, first, last, folder):
    """Writes what the server says of the metrics to a file of OpenMetrics; the number of samples."""
    count = 0
    with open(os.path.join(folder, "samples.om"), "w", encoding="utf-8") as file:
        for name in (*METRICS, BUCKETS):
            status, document = ask(server.port, "/api/v1/query", query=f"{name}[{last - first}s]", time=last)
            if status != 200 or not document["data"]["result"]:
                raise CommandFailed(f"{name}: {status}: {document}"[:1000])
            for series in document["data"]["result"]:
                labels = ",".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in series["metric"].items() if key != "__name__")
                times = [moment for moment, _ in series["values"]]
                # What ends has a marker at its end, and a file has no word for it.
                if times != list(range(int(times[0]), last + 1, STEP)):
                    raise CommandFailed(f"{name}{{{labels}}} has not a sample every {STEP} s up to the end")
                file.writelines(f"{name}{{{labels}}} {value} {moment}\n" for moment, value in series["values"])
                count += len(times)
        file.write("# EOF\n")
    return count


class Prometheus:
    """One with the samples of the file."""

    def __init__(self, folder):
        data, config, self.port = os.path.join(folder, "prometheus"), os.path.join(folder, "prometheus.yml"), free_port()
        subprocess.run(
            ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", os.path.join(folder, "samples.om"), data], check=True, stdout=subprocess.DEVNULL)
        with open(config, "w", encoding="ascii") as file:
            file.write("global: {}\n")
        self.log = open(os.path.join(folder, "prometheus.log"), "wb")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=10y",
             f"--web.listen-address=127.0.0.1:{self.port}", "--enable-feature=promql-negative-offset,promql-at-modifier"],
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def wait(self):
        ends = time.monotonic() + 60
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise CommandFailed("prometheus does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def is_close(own, other):
    if math.isnan(own) or math.isnan(other):
        return math.isnan(own) and math.isnan(other)
    return own == other or math.isclose(own, other, rel_tol=1e-5, abs_tol=1e-7)


def difference(own, other):
    """What is not the same of two matrices; nil: nothing."""
    def by_labels(document):
        return {json.dumps(series["metric"], sort_keys=True): series["values"] for series in document["data"]["result"]}

    own, other = by_labels(own), by_labels(other)
    for labels in sorted(own.keys() | other.keys()):
        here, there = own.get(labels, []), other.get(labels, [])
        if [moment for moment, _ in here] != [moment for moment, _ in there]:
            return f"{labels}: {len(here)} samples here, {len(there)} there"
        for (moment, first), (_, second) in zip(here, there):
            if not is_close(float(first), float(second)):
                return f"{labels} at {moment}: {first} here, {second} there"
    return None


def compare(server, prometheus, first, last, arguments):
    questions, problems, answered, refused = Questions(arguments.seed), [], 0, 0
    for number in range(arguments.questions):
        expression = questions.vector(number % 4)
        # Seven seconds behind a sample.
        asked = {"query": expression, "start": first + 1207, "end": last - 300 + 7, "step": 120}
        own, other = ask(server.port, "/api/v1/query_range", **asked), ask(prometheus.port, "/api/v1/query_range", **asked)
        if own[0] != other[0]:
            problems.append(f"{expression}: {own[0]} {own[1].get('error', '')} here, {other[0]} {other[1].get('error', '')} there")
        elif own[0] != 200:
            refused += 1
        else:
            answered += bool(own[1]["data"]["result"])
            found = difference(own[1], other[1])
            if found:
                problems.append(f"{expression}: {found}")
    print(f"{arguments.questions} questions: {answered} with an answer, {refused} refused by both")
    if answered < arguments.questions // 2:
        problems.append(f"only {answered} questions had an answer")
    return problems


def run(arguments, folder):
    directory = os.path.join(folder, "data")
    commands, server, prometheus = Commands(arguments.plimsoll, directory), Server(arguments.plimsoll, directory), None
    path = os.path.join(folder, "events.ndjson")
    with open(path, "wb") as file:
        file.write(commands.run("workload", "--events", str(arguments.events), "--seed", str(arguments.seed), "--start", START))
    commands.import_file(path)
    server.start()
    try:
        (first, last), = server.sql("select floor(extract(epoch from min(time)))::bigint, floor(extract(epoch from max(time)))::bigint from events")
        first, last = int(first) // STEP * STEP - STEP, int(last) // STEP * STEP + STEP
        print(f"{load(server, first, last, folder)} samples")
        prometheus = Prometheus(folder)
        prometheus.wait()
        return compare(server, prometheus, first, last, arguments)
    finally:
        server.stop()
        if prometheus:
            prometheus.stop()


def main():
    parser = argparse.ArgumentParser(description="Ask a server and a Prometheus the same questions over the same samples.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=3000)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", help="a folder that stays")
    arguments = parser.parse_args()
    if not shutil.which("promtool") or not shutil.which("prometheus"):
        print("prometheus is not installed (Debian package prometheus)")
        return 1
    return judged(run, arguments, "plimsoll-differential-")


if __name__ == "__main__":
    sys.exit(main())
