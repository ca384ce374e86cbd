"""A list of conversations and what it leads to: ids that are no good names in paths, those beside each in the list, traces elsewhere, twenty thousand
spans of one turn, and one id that two tenants have."""
import json
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from outside.browser import Keys

NAMES = ["c-1", ".", "..", "_", "%2e%2e", "a/../b", "//x", "a\\b", "100%", "q?a=1&view=events#f", "line\nend", "u\u0308", "n" * 4096]
TRACE = "0123456789abcdef" * 2


def look(visit):
    visit.serve("listed", "--trace-link-template", "https://traces.example.org/t/{trace_id}?x=1")
    send(visit)
    visit.look()
    for act in (ids, neighbours, seen_elsewhere, many_spans, shared):
        visit.flow(f"/conversations ({act.__name__.replace('_', ' ')})", act)


def send(visit):
    lines = []
    for place, name in enumerate(NAMES):
        for number, kind in enumerate(("message.received", "llm.call", "message.sent")):
            data = {"conversation_id": name, "turn": 1, "trace_id": TRACE if place else "..", "status": "ok", "provider": "openai",
                    "request_model": "gpt-4o-mini", "input_tokens": 100 * (place + 1), "output_tokens": 5, "author": "user" if number == 0 else "agent"}
            if kind != "llm.call":
                data = {field: data[field] for field in ("conversation_id", "turn", "trace_id", "author")} | ({"status": "ok"} if number else {})
            else:
                del data["author"]
            lines.append(json.dumps({"specversion": "1.0", "id": f"{place}-{number}", "source": "pages", "type": kind, "data": data}))
    status, _, body = visit.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
    if status != 200 or json.loads(body)["accepted"] != len(lines):
        visit.problems.append(f"conversations of a list: {status} {body[:600].decode(errors='replace')}")


def ids(visit):
    """Every id leads to its page."""
    browser, page = visit.browser, "/conversations (ids)"
    for name, address in links(visit):
        browser.open(address)
        visit.expect(page, f"the page of {name[:40]!r}", browser.ask("document.getElementById('id').textContent"), name)
        visit.expect(page, f"turns of {name[:40]!r}", len(browser.all("#turns details.turn")), 1)
    visit.complaints(page)


def links(visit):
    visit.open("/conversations")
    found = visit.browser.ask("[...document.querySelectorAll('#list a.row')].map(one => [one.textContent, one.href])")
    visit.expect("/conversations", "ids in the list", sorted(name for name, _ in found), sorted(NAMES))
    return found


def neighbours(visit):
    """From one end of the list to the other and back, by links, also those of an address that somebody passed on."""
    page = "/conversations (neighbours)"
    browser = visit.browser
    beside = "(rel => document.querySelector(`#list a[rel=${rel}]`)?.href ?? null)"
    newest = [name for name, _ in links(visit)]
    for sort in ("newest", "cost"):
        browser.open(f"{visit.server.url}/conversations?sort={sort}&var-channel=")
        listed = browser.ask("[...document.querySelectorAll('#list a.row')].map(one => [one.textContent, one.href])")
        names = [name for name, _ in listed]
        if sort == "newest":
            visit.expect(page, "those of the list", names, newest)
        browser.open(listed[0][1])
        visit.wants(page, f"something before the first by {sort}", browser.ask(beside + "('prev')") is None)
        walked = [browser.ask("document.getElementById('id').textContent")]
        while len(walked) <= len(names) and browser.ask(beside + "('next')"):
            browser.open(browser.ask(beside + "('next')"))
            walked.append(browser.ask("document.getElementById('id').textContent"))
        visit.expect(page, f"forwards by {sort}", walked, names)
        visit.expect(page, "the word at the end", "The last of the list" in browser.find("#list").text, True)
        before = browser.looks("state")
        browser.reload()
        visit.expect(page, "after a reload", browser.looks("state"), before)
        browser.open(browser.ask(beside + "('prev')"))
        visit.expect(page, f"one back by {sort}", browser.ask("document.getElementById('id').textContent"), names[-2])
        browser.open(browser.ask("document.querySelector('#list a:not([rel])').href"))
        visit.expect(page, "the list again", browser.ask("[...document.querySelectorAll('#list a.row')].map(one => one.textContent)"), names)


def seen_elsewhere(visit):
    """Traces whose ids stay in their place are linked; what is not there says so; paper has rows."""
    page = "/conversations (seen elsewhere)"
    browser = visit.browser
    browser.open(visit.server.url + "/conversations/_?view=turns")
    links = browser.ask("[...document.querySelectorAll('#turns a.trace')].map(one => one.getAttribute('href'))")
    visit.expect(page, "a trace elsewhere", links, [f"https://traces.example.org/t/{TRACE}?x=1"])
    browser.open(visit.server.url + "/conversations/c-1?view=turns")
    visit.expect(page, "a trace that would lead elsewhere", len(browser.all("a.trace")), 0)
    browser.open(visit.server.url + "/conversations/c-1?view=waterfall&turn=7")
    visit.expect(page, "a turn that there is not", "there is no turn 7" in browser.find("#events").text, True)
    browser.open(visit.server.url + "/conversations/c-1?event=999999")
    visit.expect(page, "an event that there is not", "no event of this conversation is at position 999999" in browser.find("#notices").text, True)
    browser.open(visit.server.url + "/conversations/c-1?view=waterfall")
    rows = browser.ask("(dispatchEvent(new Event('beforeprint')), document.querySelectorAll('.rows-space > .rows-row').length)")
    visit.expect(page, "rows on paper", rows, 4)
    browser.ask("void dispatchEvent(new Event('afterprint'))")
    visit.expect(page, "rows afterwards", len(browser.all(".rows-space > .rows-row")), 4)
    places = browser.ask("[...document.querySelectorAll('.rows-space > .rows-row')].map(one => [one.ariaLevel, one.ariaPosInSet, one.ariaSetSize].join())")
    visit.expect(page, "places of rows", places, ["1,1,1", "2,1,3", "2,2,3", "2,3,3"])


def many_spans(visit):
    """Of twenty thousand spans only rows in view are there; errors and words are found; a link to one shows it to others; explore leads there."""
    page = "/conversations (many spans)"
    browser, count, bad, rare = visit.browser, 20_000, 15_000, 17_000
    start = datetime.now(timezone.utc) - timedelta(minutes=2)
    for first in range(0, count, 5_000):
        lines = []
        for at in range(first, first + 5_000):
            data = {"conversation_id": "many", "turn": 1, "trace_id": TRACE, "span_id": f"{at + 1:016x}", "tool": "needle" if at == rare else "search",
                    "status": "error" if at == bad else "ok", "duration_ns": 900_000}
            lines.append(json.dumps({"specversion": "1.0", "id": f"m{at}", "source": "pages", "type": "tool.call",
                                     "time": (start + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z"), "data": data}))
        status, _, body = visit.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
        if status != 200:
            return visit.problems.append(f"{page}: {status} {body[:300].decode(errors='replace')}")
    rows = "document.querySelectorAll('.rows-space > .rows-row').length"
    chosen = "document.querySelector('.rows-space > .is-current')?.textContent ?? ''"
    began = time.monotonic()
    browser.open(visit.server.url + "/conversations/many?view=waterfall")
    visit.expect(page, "rows of a closed turn", browser.ask(rows), 1)
    browser.press("e")
    browser.until("the error", lambda: "✗" in browser.ask(chosen))
    seconds = time.monotonic() - began
    browser.rest()
    elements = browser.ask(rows)
    visit.expect(page, "elements of 20,000 rows, and less than 20 s", [1 < elements < 120, seconds < 20], [True, True])
    visit.expect(page, "rows that there are", browser.find(".rows-body").get_attribute("aria-rowcount"), str(count + 2))
    address = browser.driver.current_url
    browser.open(address)
    visit.expect(page, "the error behind a link", "✗" in browser.ask(chosen), True)
    place = browser.ask("(() => { const row = document.querySelector('.rows-space > .is-current').getBoundingClientRect(),"
                        "body = document.querySelector('.rows-body').getBoundingClientRect(); return row.top >= body.top && row.bottom <= body.bottom })()")
    visit.expect(page, "the error is in view", place, True)
    browser.press("/")
    browser.find("#find").send_keys("needle")
    browser.until("what was looked for", lambda: browser.ask(rows) == 2)
    browser.open(visit.server.url + "/conversations/many?view=events")
    browser.find(".rows-body").send_keys(Keys.END)
    browser.until("the last row", lambda: browser.ask("document.querySelector('.rows-space > .is-current').ariaRowIndex") == str(count + 1))
    visit.expect(page, "elements of 20,000 events", browser.ask(rows) < 120, True)
    browser.open(f"{visit.server.url}/explore#{quote('select conversation_id, tenant from tool_call limit 1')}")
    browser.find("#answer tr[data-row]").click()
    link = browser.until("a link to the conversation", lambda: browser.ask("document.querySelector('#answer .detail a')?.getAttribute('href')"))
    visit.expect(page, "where explore leads", link.startswith("/conversations/many?") and "tenant=default" in link, True)


def shared(visit):
    """Of two tenants' conversations of one id, the one that is meant can be chosen."""
    page = "/conversations (shared)"
    browser = visit.browser
    lines = [json.dumps({"specversion": "1.0", "id": f"s{tenant}", "source": "pages", "type": "message.received",
                         "data": {"conversation_id": "shared", "tenant": tenant, "turn": 1, "author": "user"}}) for tenant in ("acme", "borealis")]
    visit.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
    browser.open(visit.server.url + "/conversations/shared?view=turns")
    links = browser.ask("[...document.querySelectorAll('#head li a')].map(one => [one.textContent, one.href])")
    visit.expect(page, "whose it may be", [name for name, _ in links], ["acme", "borealis"])
    browser.open(links[1][1])
    visit.expect(page, "whose it is", "borealis" in browser.find("#head .facts").text, True)
    visit.complaints(page, tolerated=["status of 400"])
