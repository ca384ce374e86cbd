#!/usr/bin/env python3
"""How fast rules and range queries are: processor time of a cycle of the shipped rules at two lengths of history, and a dashboard's 20 questions over
30 days with a step of an hour, beside Prometheus and, where it is installed, VictoriaMetrics over the same series.

usage: series_speed.py --plimsoll BINARY [--events 300000] [--days 30] [--long 90] [--cycles 4] [--runs 5] [--spacing 120]
       [--tenants 2] [--only rules|questions] [--folder DIR]

--events are those of --days; the longer history has as many a day. Rules are those that a server evaluates by itself; in each minute some events are
sent, so that each cycle has something new to read. Time of a cycle is what the process used around it, less what it uses in the rest of the minute,
and is set beside what the API says of each group. For the questions, samples --spacing seconds apart are taken out of the server and loaded into the
others, which have it easier by that: a server that is scraped every 15 s holds many times as many. Loading takes its time: it is some gigabytes of
text. Answers are compared by their series. Shown are medians over HTTP after a first run that does not count, the ratio to the faster of the others
for each question, and the geometric mean. Status 1 where a cycle takes more than 50 ms or grows with the history, the questions take more than 200 ms
together, or the mean is below 3.

Run it on a machine that does nothing else.
"""
import argparse
import datetime
import http.client
import json
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from outside.plimsoll import CommandFailed, Commands, Server, free_port

HOUR, DAY = 3600, 86400
RECORDED = ["job:support_llm_cost_usd:increase1h", "job:support_questions:failed_ratio1h"]
LOADED = [
    "support_messages_total", "support_questions_total", "support_answers_total", "support_answer_duration_seconds_bucket",
    "support_time_to_first_token_seconds_bucket", "support_llm_cost_usd_total", "support_llm_input_tokens_total",
    "support_llm_output_tokens_total", "support_llm_calls_total", "support_escalations_raised_total", "support_feedback_total",
    "support_conversations_started_total", *RECORDED,
]
QUESTIONS = [
    "sum(rate(support_messages_total[1h]))",
    "sum by (channel) (rate(support_messages_total[1h]))",
    "sum by (tenant) (increase(support_questions_total[1h]))",
    'sum(rate(support_questions_total{result="failed"}[6h])) / sum(rate(support_questions_total[6h]))',
    "sum by (agent) (increase(support_answers_total[1h]))",
    "sum by (status) (rate(support_answers_total[1h]))",
    "histogram_quantile(0.5, sum by (le) (rate(support_answer_duration_seconds_bucket[1h])))",
    "histogram_quantile(0.95, sum by (le) (rate(support_answer_duration_seconds_bucket[1h])))",
    "histogram_quantile(0.5, sum by (le) (rate(support_time_to_first_token_seconds_bucket[1h])))",
    "sum(increase(support_llm_cost_usd_total[1h]))",
    "sum by (model) (increase(support_llm_cost_usd_total[1h]))",
    "sum by (tenant) (increase(support_llm_cost_usd_total[1d]))",
    "sum by (model) (rate(support_llm_input_tokens_total[1h]))",
    "sum(increase(support_llm_output_tokens_total[1d]))",
    "sum by (model, status) (rate(support_llm_calls_total[1h]))",
    "sum by (reason) (increase(support_escalations_raised_total[6h]))",
    'sum(increase(support_feedback_total{score=~"4|5"}[1d])) / sum(increase(support_feedback_total[1d]))',
    "sum by (channel) (increase(support_conversations_started_total[1h]))",
    RECORDED[0],
    f"avg_over_time({RECORDED[1]}[10m])",
]


def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def fill(binary, folder, data, per_day, days, tenants):
    """Fills a store with traffic of the last days."""
    commands = Commands(binary, data, timeout=7200)
    begin, path = int(time.time()) - days * DAY, os.path.join(folder, "events.ndjson")
    # How many events a thousand users make in a day follows from a small piece of a week.
    piece = commands.run("workload", "--events", "40000", "--start", stamp(begin)).splitlines()
    times = sorted(seconds(json.loads(line)["time"][:19] + "Z") for line in piece if b'"price.set"' not in line)
    users = max(1, round(1000 * per_day * (times[-1] - times[0]) / DAY / len(times)))
    with open(path, "wb") as file:
        options = ["--events", str(per_day * days), "--users", str(users), "--tenants", str(tenants), "--start", stamp(begin)]
        subprocess.run([commands.binary, "workload", *options], stdout=file, check=True)
    summary = commands.import_file(path)
    os.remove(path)
    print(f"     {days} days: {summary['accepted']} events in {summary['seconds']:.0f} s", flush=True)


def processor(pid):
    """ns that all threads of a process have used."""
    used = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                used += int(file.read().split()[0])
        except FileNotFoundError:
            pass
    return used


def ask(connection, path, **parameters):
    connection.request("GET", path + "?" + urllib.parse.urlencode(parameters))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise CommandFailed(f"{path}: {answer.status}: {body[:500]!r}")
    return body


def until(moment):
    time.sleep(max(0, moment - time.time()))


def some_events(server, minute):
    """A conversation of now: each cycle finds something new."""
    lines = []
    for place, kind in enumerate(["conversation.started", "message.received", "message.sent"]):
        data = {"conversation_id": f"cycle-{minute}", "tenant": "default", "channel": "web"}
        if kind != "conversation.started":
            data |= {"turn": 1, "author": "user" if kind == "message.received" else "agent"}
        if kind == "message.sent":
            data |= {"status": "ok", "duration_ns": 900_000_000}
        event = {"specversion": "1.0", "id": f"cycle-{minute}-{place}", "source": "cycle", "type": kind, "time": stamp(time.time() - 3 + place)}
        lines.append(json.dumps(event | {"data": data}))
    status, _, body = server.post("/v1/events", "\n".join(lines).encode() + b"\n", "application/x-ndjson")
    if status != 200:
        raise CommandFailed(f"/v1/events: {status}: {body[:300]!r}")


def cycle(server, cycles):
    """Medians of ms of processor time and of ms that the groups say, of a cycle."""
    used, told = [], []
    # The first one reads what no later one has to.
    until((int(time.time()) // 60 + 1) * 60 + 35)
    for _ in range(cycles):
        minute = int(time.time()) // 60 + 1
        some_events(server, minute)
        until(minute * 60 - 15)
        first = processor(server.pid)
        until(minute * 60 - 1)
        second = processor(server.pid)
        until(minute * 60 + 13)
        third = processor(server.pid)
        used.append((third - second - (second - first)) / 1e6)
        groups = json.loads(server.get("/api/v1/rules")[2])["data"]["groups"]
        told.append(1000 * sum(group["evaluationTime"] for group in groups))
        until(minute * 60 + 35)
    return statistics.median(used), statistics.median(told)


class Loaded:
    """Samples of the server, so many seconds apart, as files that the others take in."""

    def __init__(self, folder, spacing):
        self.spacing = spacing
        self.openmetrics, self.plain = os.path.join(folder, "series.om"), os.path.join(folder, "series.txt")
        self.count = 0

    def take(self, server, begin, end):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        with open(self.openmetrics, "w", encoding="utf-8") as first, open(self.plain, "w", encoding="utf-8") as second:
            for name in LOADED:
                for start in range(begin, end, DAY):
                    last = min(start + DAY, end) - self.spacing
                    body = ask(connection, "/api/v1/query_range", query=name, start=start, end=last, step=self.spacing)
                    for series in json.loads(body)["data"]["result"]:
                        labels = {key: value for key, value in series["metric"].items() if key != "__name__"}
                        text = ",".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in labels.items())
                        for moment, value in series["values"]:
                            first.write(f"{name}{{{text}}} {value} {moment}\n")
                            second.write(f"{name}{{{text}}} {value} {int(moment * 1000)}\n")
                            self.count += 1
            first.write("# EOF\n")
        print(f"     {self.count} samples are loaded into the others", flush=True)


class Peer:
    """Another server with the same series."""

    def __init__(self, name, port, command, folder):
        self.name, self.port = name, port
        self.log = open(os.path.join(folder, name + ".log"), "wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def wait(self, path):
        ends = time.monotonic() + 300
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                ask(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10), path)
                return
            except (OSError, http.client.HTTPException, CommandFailed):
                time.sleep(0.2)
        raise CommandFailed(f"{self.name} does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def prometheus(loaded, folder):
    data, config, port = os.path.join(folder, "prometheus"), os.path.join(folder, "prometheus.yml"), free_port()
    # What an earlier run loaded would be merged with this at each question.
    shutil.rmtree(data, ignore_errors=True)
    # One pass over the file for each block: few long ones.
    create = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", "--max-block-duration=486h"]
    subprocess.run([*create, loaded.openmetrics, data], check=True)
    with open(config, "w", encoding="ascii") as file:
        file.write("global: {}\n")
    peer = Peer("prometheus", port, [
        "prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=10y",
        f"--web.listen-address=127.0.0.1:{port}"], folder)
    peer.wait("/-/ready")
    return peer


def victoria(loaded, folder):
    data, port = os.path.join(folder, "victoria"), free_port()
    shutil.rmtree(data, ignore_errors=True)
    peer = Peer("victoria-metrics", port, [
        "victoria-metrics", f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=10y",
        "-search.latencyOffset=0s", "-search.disableCache"], folder)
    peer.wait("/health")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
    with open(loaded.plain, "rb") as file:
        connection.request("POST", "/api/v1/import/prometheus", body=file)
        if connection.getresponse().status // 100 != 2:
            raise CommandFailed("victoria-metrics took the samples not in")
    ask(http.client.HTTPConnection("127.0.0.1", port, timeout=600), "/internal/force_flush")
    return peer


def labels(body):
    return sorted(json.dumps(series["metric"], sort_keys=True) for series in json.loads(body)["data"]["result"])


class Asker:
    """Asks the same thing again and again with next to no work of its own: http.client takes as long as a short answer does."""

    def __init__(self, port, path, **parameters):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=600)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        target = path + "?" + urllib.parse.urlencode(parameters)
        self.request = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    def again(self):
        """ms until the whole answer is there."""
        began = time.perf_counter()
        self.socket.sendall(self.request)
        answer = self.socket.recv(1 << 20)
        while b"\r\n\r\n" not in answer:
            answer += self.more()
        head, _, body = answer.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        parts, last = [body], body[-5:]
        if b"content-length" in fields:
            missing = int(fields[b"content-length"]) - len(body)
            while missing > 0:
                parts.append(self.more())
                missing -= len(parts[-1])
        else:
            while last != b"0\r\n\r\n":
                parts.append(self.more())
                last = (last + parts[-1])[-5:]
        taken = 1000 * (time.perf_counter() - began)
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise CommandFailed(f"{head!r}: {b''.join(parts)[:500]!r}")
        return taken

    def more(self):
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise CommandFailed("the connection was closed in the middle of an answer")
        return piece


def timed(port, expression, begin, end, runs):
    """ms of the middle run, and the labels of the series."""
    parameters = {"query": expression, "start": begin, "end": end, "step": HOUR}
    body = ask(http.client.HTTPConnection("127.0.0.1", port, timeout=600), "/api/v1/query_range", **parameters)
    asker = Asker(port, "/api/v1/query_range", **parameters)
    return statistics.median(asker.again() for _ in range(runs)), labels(body)


def questions(server, folder, days, runs, spacing):
    end = int(time.time()) // HOUR * HOUR - HOUR
    begin, peers, loaded = end - days * DAY, [], Loaded(folder, spacing)
    ours, ratios, problems = [], [], []
    try:
        if not shutil.which("promtool") or not shutil.which("prometheus"):
            raise CommandFailed("prometheus is not installed")
        loaded.take(server, begin, end + HOUR)
        peers.append(prometheus(loaded, folder))
        if shutil.which("victoria-metrics"):
            peers.append(victoria(loaded, folder))
        else:
            print("     victoria-metrics is not installed and left out")
        print("".join(f"{name:>12}" for name in ["plimsoll", *(peer.name[:11] for peer in peers), "ratio"]) + "  ms")
        for expression in QUESTIONS:
            own, series = timed(server.port, expression, begin + HOUR, end, runs)
            others = [timed(peer.port, expression, begin + HOUR, end, runs) for peer in peers]
            ours.append(own)
            ratios.append(min(other for other, _ in others) / own)
            print("".join(f"{value:12.1f}" for value in [own, *(other for other, _ in others), ratios[-1]]) + "  " + expression, flush=True)
            for peer, (_, found) in zip(peers, others):
                # VictoriaMetrics keeps names where Prometheus drops them.
                if peer.name == "prometheus" and found != series:
                    problems.append(f"{expression}: {len(series)} series, {len(found)} of {peer.name}")
    finally:
        for peer in peers:
            peer.stop()
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"     together {sum(ours):.0f} ms (wanted < 200), geometric mean of the ratios {mean:.1f} (wanted >= 3)")
    if sum(ours) >= 200:
        problems.append(f"the questions take {sum(ours):.0f} ms")
    if mean < 3:
        problems.append(f"the mean ratio is {mean:.1f}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--long", type=int, default=90)
    parser.add_argument("--cycles", type=int, default=4)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--spacing", type=int, default=120)
    parser.add_argument("--tenants", type=int, default=2)
    parser.add_argument("--only", choices=["rules", "questions"])
    parser.add_argument("--folder", help="where stores are made, or found from before")
    options = parser.parse_args()
    folder = options.folder or tempfile.mkdtemp(prefix="plimsoll-series-")
    found, problems = {}, []
    try:
        for days in [options.days] + ([options.long] if options.only != "questions" else []):
            data = os.path.join(folder, f"days-{days}")
            if not os.path.exists(data):
                fill(options.plimsoll, folder, data, options.events // options.days, days, options.tenants)
            server = Server(options.plimsoll, data)
            try:
                server.start()
                if options.only != "questions":
                    found[days] = cycle(server, options.cycles)
                    print(f"     {days} days: {found[days][0]:.1f} ms of processor time a cycle, {found[days][1]:.1f} ms by the API", flush=True)
                if days == options.days and options.only != "rules":
                    problems += questions(server, folder, min(days, 30) - 1, options.runs, options.spacing)
            finally:
                server.stop()
        if found:
            problems += [f"a cycle at {days} days takes {used:.1f} ms" for days, (used, _) in found.items() if used >= 50]
            short, long = found[options.days][1], found[options.long][1]
            if long > 1.5 * short + 5:
                problems.append(f"a cycle takes {short:.1f} ms at {options.days} days and {long:.1f} ms at {options.long}")
    except CommandFailed as error:
        problems.append(str(error))
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print("FAIL " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
