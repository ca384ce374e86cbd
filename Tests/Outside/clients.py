#!/usr/bin/env python3
"""Lets real clients talk to a server: the CloudEvents SDK, promtool, and a Prometheus that scrapes it.

usage: clients.py --plimsoll BINARY [--data DIR] [--seconds 20] [--interval 1] [--only sdk,promtool,prometheus]

Prometheus scrapes the two text formats and, with its native histograms switched on, protocol buffers; it must log no warning about any of them. What it
has counted is what the server says of the same counters when it is asked in PromQL: no more, and no less than a scrape ago.
"""
import argparse
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from outside.plimsoll import CommandFailed, Server, free_port

FORMATS = ("text", "openmetrics")
EXEMPLAR = re.compile(rb'(?<=\d) # \{trace_id="[0-9a-f]{32}"\} \d+(\.\d+)? \d+(\.\d+)?$', re.MULTILINE)


def sample(number, kind="message.sent"):
    moment = datetime.datetime.now(datetime.timezone.utc)
    attributes = {"type": kind, "source": "sdk/python", "id": f"sdk-{number}", "time": moment.isoformat().replace("+00:00", "Z")}
    data = {"conversation_id": "c-sdk", "turn": number, "channel": "web", "author": "agent", "status": "ok", "duration_ns": 1_500_000_000,
            "trace_id": hashlib.md5(str(number).encode()).hexdigest()}
    return attributes, data


def sdk_messages():
    """(name, headers, body, events) made by the installed SDK, whichever generation it is."""
    try:
        from cloudevents.core.bindings.http import to_binary_event, to_structured_event
        from cloudevents.core.v1.event import CloudEvent

        def made(number):
            attributes, data = sample(number)
            attributes |= {"specversion": "1.0", "datacontenttype": "application/json",
                           "time": datetime.datetime.fromisoformat(attributes["time"].replace("Z", "+00:00"))}
            return CloudEvent(attributes, data)

        def parts(message):
            return dict(message.headers), bytes(message.body)

        structured, binary = (lambda event: parts(to_structured_event(event))), (lambda event: parts(to_binary_event(event)))
    except ImportError:
        from cloudevents.http import CloudEvent, to_binary, to_structured

        made, structured, binary = (lambda number: CloudEvent(*sample(number))), to_structured, to_binary
    yield "structured", *structured(made(1)), 1
    yield "binary", *binary(made(2)), 1
    bodies = [structured(made(number))[1] for number in range(3, 13)]
    yield "batch", {"Content-Type": "application/cloudevents-batch+json"}, b"[" + b",".join(bodies) + b"]", 10


def try_sdk(server):
    total = 0
    for name, headers, body, count in sdk_messages():
        status, _, answer = server.request("POST", "/v1/events", body, headers)
        document = json.loads(answer) if answer else {}
        total += count
        if status != 200 or document.get("accepted") != count:
            yield f"SDK, {name}: status {status}, answer {answer[:300]!r}"
    rows = server.sql("select count(*),count(distinct id),sum(duration_ns) from message_sent where source='sdk/python'")
    if [int(value) for value in rows[0]] != [total, total, total * 1_500_000_000]:
        yield f"SDK: {rows[0]} in the table after {total} events"


def try_promtool(server):
    if not shutil.which("promtool"):
        yield "promtool is not installed (Debian package prometheus)"
        return
    kinds = {"text": "text/plain", "openmetrics": "application/openmetrics-text"}
    for name in FORMATS:
        status, headers, body = server.get(f"/metrics?format={name}")
        if status != 200 or not (headers.get("Content-Type") or "").startswith(kinds[name]):
            yield f"/metrics as {name}: status {status}, type {headers.get('Content-Type')}"
        if name == "openmetrics" and not body.endswith(b"# EOF\n"):
            yield "/metrics as openmetrics does not end with # EOF"
        # promtool reads the older text alone, which has no exemplars; Prometheus itself reads them below.
        result = subprocess.run(["promtool", "check", "metrics"], input=EXEMPLAR.sub(b"", body), capture_output=True, timeout=60)
        if result.returncode != 0 or result.stdout.strip() or result.stderr.strip():
            yield f"promtool on {name}: {(result.stdout + result.stderr).decode(errors='replace')[:1500]}"


NATIVE = "negotiated"
# Seconds between two samples of the server's own.
SAMPLES = 15


def configuration(server, interval):
    jobs = "".join(
        f"  - job_name: {name}\n    metrics_path: /metrics\n    params: {{format: [{name}]}}\n"
        f"    static_configs: [{{targets: ['127.0.0.1:{server.port}']}}]\n" for name in FORMATS)
    # Without a format in the address Prometheus says itself what it prefers: protocol buffers.
    jobs += (f"  - job_name: {NATIVE}\n    metrics_path: /metrics\n    static_configs: [{{targets: ['127.0.0.1:{server.port}']}}]\n")
    return f"global: {{scrape_interval: {interval}s, scrape_timeout: {interval}s}}\nscrape_configs:\n{jobs}"


def prometheus_answer(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.loads(answer.read())["data"]


def wait_until_ready(port, timeout=60):
    ends = time.monotonic() + timeout
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5):
                return
        except OSError:
            if time.monotonic() > ends:
                raise CommandFailed(f"prometheus was not ready within {timeout} s") from None
            time.sleep(0.1)


def native_problems(port):
    """What Prometheus made of the histograms that came as protocol buffers."""
    query = "/api/v1/query?query=histogram_quantile(0.5,sum(support_answer_duration_seconds{job='%s'}))" % NATIVE
    answers = prometheus_answer(port, query)["result"]
    # All answers of ours took 1.5 s, so the median lies in their bucket, whose bounds are a factor of 2^(1/8) apart.
    value = float(answers[0]["value"][1]) if answers else float("nan")
    if not 1.5 / 2 ** 0.125 <= value <= 1.5 * 2 ** 0.125:
        yield f"the native histogram's median is {value}"
    count = prometheus_answer(port, "/api/v1/query?query=histogram_count(sum(support_answer_duration_seconds{job='%s'}))" % NATIVE)["result"]
    answers = prometheus_answer(port, "/api/v1/query?query=sum(support_answers_total{job='%s'})" % NATIVE)["result"]
    if not count or not answers or count[0]["value"][1] != answers[0]["value"][1]:
        yield f"the native histogram counts {count}, the counter {answers}"


def exemplar_problems(server, port):
    """Which traces Prometheus keeps as examples: one that an answer named, from every format that has a place for them."""
    end = time.time()
    found = prometheus_answer(
        port, f"/api/v1/query_exemplars?query=support_answer_duration_seconds_bucket&start={end - 600}&end={end + 60}")
    found += prometheus_answer(port, f"/api/v1/query_exemplars?query=support_answer_duration_seconds&start={end - 600}&end={end + 60}")
    by_job = {}
    for series in found:
        for one in series["exemplars"]:
            by_job.setdefault(series["seriesLabels"]["job"], set()).add(one["labels"].get("trace_id"))
            if float(one["value"]) != 1.5:
                yield f"an exemplar of {one['value']} s"
    if set(by_job) != {"openmetrics", NATIVE}:
        yield f"exemplars came from {sorted(by_job)}"
    named = {row[0] for row in server.sql("select trace_id from message_sent where trace_id is not null")}
    for job, traces in by_job.items():
        if traces - named:
            yield f"{job}: exemplars name {sorted(traces - named)[:3]}, which no answer has"


def counter_problems(server, port, began, interval):
    """What the scraped counters say beside those of the server itself, at its own samples' times since then. Nothing may come in meanwhile."""
    query = "/api/v1/query?query=sum+by+(job)(support_answers_total)&time="

    def counted(result):
        return {one["metric"]["job"]: float(one["value"][1]) for one in result}

    def own(moment):
        return counted(json.loads(server.get(f"{query}{moment}")[2])["data"]["result"]).get("plimsoll", 0)

    last = int(time.time()) // SAMPLES * SAMPLES + SAMPLES
    time.sleep(last + interval + 1.5 - time.time())
    for moment in range(int(began) // SAMPLES * SAMPLES + SAMPLES, last + SAMPLES, SAMPLES):
        # Behind the last one there is a scrape that saw everything.
        asked = moment + interval + 1 if moment == last else moment
        scraped, most = counted(prometheus_answer(port, f"{query}{asked}")["result"]), own(moment)
        least = most if moment == last else own(moment - SAMPLES)
        if moment == last and most == 0:
            yield "the server has counted nothing"
        for job in (*FORMATS, NATIVE):
            # Nothing was scraped in the beginning.
            if (moment == last or moment - SAMPLES > began) and not least <= scraped.get(job, -1) <= most:
                yield f"at {moment} scrapes of {job} came to {scraped.get(job)}, the server says {least:.0f} to {most:.0f}"


def try_prometheus(server, seconds, interval):
    binary = shutil.which("prometheus")
    if not binary:
        yield "prometheus is not installed (Debian package prometheus)"
        return
    with tempfile.TemporaryDirectory(prefix="plimsoll-prometheus-") as folder:
        path, port = os.path.join(folder, "prometheus.yml"), free_port()
        with open(path, "w", encoding="utf-8") as file:
            file.write(configuration(server, interval))
        log = open(os.path.join(folder, "log"), "w+b")
        process = subprocess.Popen(
            [binary, f"--config.file={path}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
             "--enable-feature=native-histograms,exemplar-storage"],
            stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(port)
            number, ends, began = 100, time.monotonic() + seconds, time.time() + interval
            while time.monotonic() < ends:
                attributes, data = sample(number)
                server.post("/v1/events", json.dumps({"specversion": "1.0", **attributes, "data": data}).encode(), "application/cloudevents+json")
                number += 1
                time.sleep(0.2)
            targets = prometheus_answer(port, "/api/v1/targets")["activeTargets"]
            for target in targets:
                if target["health"] != "up" or target["lastError"]:
                    yield f"target {target['labels']['job']}: {target['health']} {target['lastError']}"
            if len(targets) != len(FORMATS) + 1:
                yield f"{len(targets)} targets instead of {len(FORMATS) + 1}"
            answers = prometheus_answer(port, "/api/v1/query?query=support_answers_total")["result"]
            jobs = {one["metric"]["job"] for one in answers}
            if jobs != {*FORMATS, NATIVE}:
                yield f"support_answers_total was scraped by {sorted(jobs)}"
            yield from native_problems(port)
            yield from exemplar_problems(server, port)
            yield from counter_problems(server, port, began, interval)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.seek(0)
        for line in log.read().decode(errors="replace").splitlines():
            if ("level=warn" in line or "level=error" in line) and "scrape" in line.lower():
                yield f"prometheus: {line[:500]}"
        log.close()


def main():
    parser = argparse.ArgumentParser(description="Let real clients talk to a server.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--data", help="data directory to use and keep; default: a temporary one")
    parser.add_argument("--seconds", type=float, default=20, help="how long Prometheus scrapes")
    parser.add_argument("--interval", type=int, default=1, help="seconds between two scrapes")
    parser.add_argument("--only", default="sdk,promtool,prometheus")
    arguments = parser.parse_args()
    data = arguments.data or tempfile.mkdtemp(prefix="plimsoll-clients-")
    # Nobody is there; answers have exemplars all the same, since their traces are on their way.
    extra = ["--traces-endpoint", f"http://127.0.0.1:{free_port()}"]
    server, problems, tried = Server(arguments.plimsoll, data, extra), [], arguments.only.split(",")
    try:
        server.start()
        steps = {"sdk": lambda: try_sdk(server), "promtool": lambda: try_promtool(server),
                 "prometheus": lambda: try_prometheus(server, arguments.seconds, arguments.interval)}
        for name in tried:
            problems += list(steps[name]())
    except CommandFailed as error:
        problems.append(str(error))
    finally:
        server.stop()
        if not arguments.data:
            shutil.rmtree(data, ignore_errors=True)
    for problem in problems:
        print(problem)
    print(f"{', '.join(tried)}: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
