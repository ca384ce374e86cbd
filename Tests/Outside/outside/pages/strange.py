"""Texts that are markup elsewhere, in every field and in addresses; a hundred thousand values of a label, and labels of two hundred characters."""
import json
import time
from urllib.parse import quote

from outside.pages.calendar import text, yesterday

HOSTILE = "<img src=hostile onerror=\"window.__executed='img'\">'\"><script>window.__executed='script'</script><svg onload=window.__executed='svg'>"
LABELS, LONG = 100_000, 200
# Elements of a document beyond which browsers are slow.
ELEMENTS = 25_000


def look(visit):
    visit.serve("strange")
    events(visit)
    visit.look()
    question = "/explore#" + quote("select * from events order by position")
    # All prices are of the page that has those in force.
    paths = [path for path in visit.paths(visit.arguments.path) if path != "/prices?all=true"]
    visit.each(paths + [question], lambda path: hostile(visit, path))
    visit.server.stop()
    visit.serve("many")
    visit.take(list(many_labels()))
    day = f"from={text(yesterday(0))}&to={text(yesterday(24))}"
    question = "/explore#" + quote("select channel, agent, count(*) as n from events group by 1, 2 order by 1")
    broken_down = [f"/reports/{kind}?by={by}&{day}" for kind, by in (("sla", "channel"), ("sla", "channel,tenant"), ("outcomes", "channel"))]
    visit.each([f"{path}?{day}" for path in visit.menu()] + broken_down + [question], lambda path: crowded(visit, path))


def events(visit):
    """One of each type whose every text would be markup elsewhere."""
    schemas = visit.ask("/v1/schemas")
    values = {"integer": 1, "double": 0.5, "boolean": True, "timestamp": "2026-08-01T09:00:00Z", "money": "0.0375", "json": {HOSTILE: HOSTILE}}
    lines = []
    for table in schemas["tables"]:
        columns = [column for column in table["columns"] + schemas["common"] if "field" in column]
        if not table.get("event_type") or table["event_type"] == "span.received":
            continue
        data = {}
        for column in columns:
            name = column["name"]
            if name in ("id", "source", "attributes", "usd_per_gpu_hour") or column["field"] != "text" and "tokens" in name:
                continue
            closed = name in ("status", "token_class", "price_state")
            data[name] = column["values"][0] if closed and column.get("values") else values.get(column["field"], HOSTILE)
            if name == "status_code":
                data[name] = 200
        data["<b>hostile</b>"] = HOSTILE
        lines.append(json.dumps({"specversion": "1.0", "id": HOSTILE + table["name"], "source": HOSTILE, "type": table["event_type"], "data": data}))
    status, _, body = visit.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
    accepted = json.loads(body).get("accepted", 0) if status == 200 else 0
    visit.wants("events with markup", f"{accepted} of {len(lines)} were taken", accepted >= len(lines) * 3 // 4, body[:600].decode(errors="replace"))


def hostile(visit, path):
    visit.plain(path, "markup in every text")
    visit.fits(f"{path} (markup in every text)")
    address, told = path.split("#")[0], quote(HOSTILE, safe="")
    visit.open(f"{address}{'&' if '?' in address else '?'}from={told}&to={told}&timezone={told}&refresh={told}&provider={told}&var-model={told}&x={told}#{told}")
    visit.expect(f"{path} (markup in its address)", "texts that became markup", visit.browser.looks("executed"))
    visit.complaints(f"{path} (markup in its address)", ["status of 400"])


def many_labels():
    """Each conversation with a channel of its own, some of them long, and an agent and a tenant that are."""
    start = yesterday(12).timestamp()
    for number in range(LABELS):
        channel = f"c{number:06}" if number % 1000 else f"c{number:06}-" + "w" * (LONG - 8)
        yield {"specversion": "1.0", "id": f"m-{number}", "source": "pages", "type": "message.sent",
               "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + number // 50)),
               "data": {"conversation_id": f"c-{number}", "tenant": "acme" if number % 7 else "tenant-" + "n" * (LONG - 7), "turn": 1, "channel": channel,
                        "agent": "agent-" + "a" * (LONG - 6), "author": "agent", "status": "ok", "duration_ns": 10**9 + number}}


def crowded(visit, path):
    """Comes to rest in time, holds no element for each value, and no text pushes the page apart."""
    browser, page = visit.browser, f"{path} (100,000 labels)"
    # A question about each of so many series takes the server seconds, on a busy machine a multiple of them.
    visit.open(path, patience=60)
    elements = browser.ask("document.querySelectorAll('*').length")
    visit.wants(page, "elements", elements < ELEMENTS, elements)
    visit.expect(page, "too wide", browser.looks("tooWide"))
    visit.complaints(page)
    browser.screen(390)
    browser.rest()
    visit.expect(page, "wider than a phone", browser.looks("tooWide"))
    visit.picture(f"{path.split('#')[0]}-crowded", "phone")
    browser.screen()
