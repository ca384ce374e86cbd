"""A store that took events in weeks ago, in several segments, so that retention has something to let go of: made of exports, which tell when each event
was received. Each export holds the ones before it and some more, so that each import adds a segment."""
import json
import os
import subprocess

from outside.events import DAY, iso

TENANT, MODEL = "aged", "aged-model"
# Days before the beginning at which each segment's events were received. The last ones stay, and prove the time.
AGES = (45, 30, 20, 12, 4)
# What retention is told in turn, so that one segment after the other is old enough.
PERIODS = (None, 40, 25, 15, 8)
CONVERSATIONS = 20


def aged_events(start):
    """(age, event as an export has it) in the order of positions."""
    found, prices = [], [("input", "2"), ("output", "7.5")]
    for segment, age in enumerate(AGES):
        moment = start - age * DAY
        texts = []
        if segment == 0:
            texts += [("price.set", {"provider": "aged", "model": MODEL, "token_class": name, "usd_per_million_tokens": usd, "valid_from": iso(moment - DAY)})
                      for name, usd in prices]
        for number in range(CONVERSATIONS):
            # Every tenth conversation goes on from segment to segment.
            data = {"tenant": TENANT, "channel": "web", "conversation_id": f"a-long-{number}" if number % 10 == 0 else f"a-{segment}-{number}",
                    "turn": segment + 1}
            call = {**data, "provider": "aged", "request_model": MODEL, "status": "ok", "input_tokens": 100 + number, "output_tokens": 10 * segment,
                    "duration_ns": 10**9}
            texts += [("message.received", data), ("llm.call", call), ("message.sent", {**data, "author": "agent", "status": "ok", "duration_ns": 10**9})]
        for index, (kind, data) in enumerate(texts):
            time = iso(moment + index * 10**6)
            found.append((age, {"specversion": "1.0", "type": kind, "time": time, "receivedtime": time, "id": f"aged-{segment}-{index}", "source": "aged",
                                "data": data}))
    return found


def make(binary, folder, start):
    """The directory of such a store, in `folder`."""
    data, path, events = os.path.join(folder, "aged"), os.path.join(folder, "aged.ndjson"), aged_events(start)
    header = first_line(binary, folder)
    for segment in range(len(AGES)):
        lines = [event for age, event in events if age in AGES[:segment + 1]]
        header["data"].update(format=1, position=len(lines))
        trailer = {"specversion": "1.0", "id": "ended", "source": "plimsoll", "type": "export.ended", "data": {"events": len(lines), "records": 0}}
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in [header, *lines, trailer])
        subprocess.run([binary, "import", path, "--data", data], check=True, capture_output=True, timeout=120)
    return data


def first_line(binary, folder):
    """The first line of an export of a store that is empty but for what the program brings."""
    data = os.path.join(folder, "empty")
    subprocess.run([binary, "import", "-", "--data", data], stdin=subprocess.DEVNULL, check=True, capture_output=True, timeout=120)
    exported = subprocess.run([binary, "export", "--data", data], check=True, capture_output=True, timeout=120).stdout
    return json.loads(exported.splitlines()[0])
