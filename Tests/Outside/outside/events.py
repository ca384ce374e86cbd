"""Reads NDJSON CloudEvents in file order, as one writer would accept them."""
import calendar
import functools
import json
import re
import sys
from dataclasses import dataclass

_TIME = re.compile(r"^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$")

SECOND = 10**9
DAY = 86_400 * SECOND


@functools.lru_cache(maxsize=4096)
def _minute(text):
    """`2026-08-01T09:00` as seconds since 1970 UTC."""
    year, month, day, hour, minute = (int(part) for part in re.split("[-T:]", text))
    return calendar.timegm((year, month, day, hour, minute, 0))


def nanoseconds(text):
    """RFC 3339 text as ns since 1970 UTC."""
    if len(text) == 30 and text[10] == "T" and text[29] == "Z" and text[19] == ".":
        return (_minute(text[:16]) + int(text[17:19])) * SECOND + int(text[20:29])
    match = _TIME.match(text)
    if not match:
        raise ValueError(f"not an RFC 3339 time: {text!r}")
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    total = calendar.timegm((year, month, day, hour, minute, second)) * SECOND + int((match[7] or "0").ljust(9, "0"))
    if match[8]:
        offset = (int(match[9]) * 60 + int(match[10])) * 60 * SECOND
        total += -offset if match[8] == "+" else offset
    return total


def iso(ns):
    """ns since 1970 UTC as RFC 3339 text with nine decimals."""
    import datetime

    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=ns // SECOND)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{ns % SECOND:09d}Z"


@functools.lru_cache(maxsize=4096)
def _date(day):
    return iso(day * DAY)[:10]


def day_of(ns):
    return _date(ns // DAY)


def hour_of(ns):
    return f"{day_of(ns)}T{ns % DAY // (3600 * SECOND):02d}"


def week_of(ns):
    """The Monday of the week, as a date."""
    day = ns // DAY
    return day_of((day - (day + 3) % 7) * DAY)


def month_of(ns, zone):
    """The month by the clock of a zone."""
    import datetime
    import zoneinfo

    moment = datetime.datetime.fromtimestamp(ns // SECOND, datetime.timezone.utc)
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).strftime("%Y-%m")


@dataclass(slots=True)
class Event:
    position: int
    id: str
    source: str
    type: str
    time: int
    data: dict

    def get(self, name, default=None):
        value = self.data.get(name)
        return default if value is None else value


@dataclass
class Reading:
    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: int = 0


PARTS = (("cache_read_tokens", "input_tokens"), ("cache_write_tokens", "input_tokens"),
         ("cache_write_1h_tokens", "cache_write_tokens"), ("reasoning_tokens", "output_tokens"))


def usage_is_sound(data):
    """No part of a usage is larger than its whole."""
    count = lambda name: data.get(name) or 0
    if any(count(part) > count(whole) for part, whole in PARTS):
        return False
    return count("cache_read_tokens") + count("cache_write_tokens") <= count("input_tokens")


def read(path, reading=None):
    """Yields the accepted events; `reading` receives the counts of what was not. A repeat must be byte for byte the same line."""
    reading = reading if reading is not None else Reading()
    seen = {}
    with (sys.stdin.buffer if path == "-" else open(path, "rb")) as lines:
        for line in lines:
            if not line.strip():
                continue
            reading.lines += 1
            document = json.loads(line)
            if document["type"].startswith("export."):
                continue  # a line of an export that is no event
            data = document.get("data") or {}
            sent = document.get("time")
            # An event that came without `time` has the one it was given.
            identity = (data.get("tenant", "default"), document["source"], document["id"], nanoseconds(sent), document.get("timegiven", False))
            kind = document["type"].removeprefix("io.plimsoll.")
            content = hash(line)
            if identity in seen:
                if seen[identity] == content:
                    reading.duplicates += 1
                else:
                    reading.conflicts += 1
                continue
            if kind in ("llm.call", "embedding.call") and not usage_is_sound(data):
                reading.refused += 1
                continue
            seen[identity] = content
            yield Event(reading.accepted, document["id"], document["source"], kind, identity[3], data)
            reading.accepted += 1
