"""Conversations of a list: ids that are something else in an address, the way through the list, traces elsewhere, twenty thousand spans, two of one id."""
import time
from datetime import datetime, timedelta
from urllib.parse import quote

from outside.browser import Keys
from outside.pages.calendar import UTC

NAMES = ["c-1", ".", "..", "_", "%2e%2e", "a/../b", "//x", "a\\b", "100%", "q?a=1&view=events#f", "line\nend", "u\u0308", "n" * 4096]
TRACE = "0123456789abcdef" * 2
ELSEWHERE = "https://traces.example.org/t/{trace_id}?x=1"
LINKS = "[...document.querySelectorAll('#list a.row')].map((one) => [one.textContent, one.href])"
ROWS = ".rows-space > .rows-row"
CURRENT = "document.querySelector('.rows-space > .is-current')"


def look(visit):
    visit.serve("conversations", "--trace-link-template", ELSEWHERE)
    visit.take(list(events()))
    visit.look()
    for act in (ids, neighbours, orders, seen_elsewhere, many_spans, shared):
        visit.flow(f"conversations: {act.__name__.replace('_', ' ')}", act)


def event(number, kind, **data):
    return {"specversion": "1.0", "id": number, "source": "pages", "type": kind, "data": data}


def events():
    """A question, a call and an answer of each; the first one's trace would lead out of its place."""
    for place, name in enumerate(NAMES):
        common = {"conversation_id": name, "turn": 1, "trace_id": TRACE if place else ".."}
        yield event(f"{place}-0", "message.received", **common, author="user")
        yield event(f"{place}-1", "llm.call", **common, status="ok", provider="openai", request_model="gpt-4o-mini", input_tokens=100 * (place + 1),
                    output_tokens=5)
        yield event(f"{place}-2", "message.sent", **common, author="agent", status="ok")


def id_of(visit):
    return visit.browser.ask("document.getElementById('id').textContent")


def ids(visit):
    """Every id leads to its page."""
    browser, page = visit.browser, "/conversations"
    visit.open(page)
    links = browser.ask(LINKS)
    visit.expect(page, "ids in the list", sorted(name for name, _ in links), sorted(NAMES))
    for name, address in links:
        browser.open(address)
        visit.expect(page, f"the page of {name[:40]!r}", id_of(visit), name)
        visit.expect(page, f"turns of {name[:40]!r}", len(browser.all("#turns details.turn")), 1)
    visit.complaints(page)


def neighbours(visit):
    """From one end of the list to the other and back, by links, also those of an address that somebody passed on."""
    browser, page = visit.browser, "/conversations (from one to the next)"
    beside = lambda which: browser.ask("document.querySelector(`#list a[rel=${arguments[0]}]`)?.href ?? null", which)
    for sort in ("newest", "cost", "slowest&order=asc"):
        visit.open(f"/conversations?sort={sort}&var-channel=")
        listed = browser.ask(LINKS)
        names = [name for name, _ in listed]
        visit.expect(page, f"those of the list by {sort}", sorted(names), sorted(NAMES))
        browser.open(listed[0][1])
        visit.wants(page, f"one before the first by {sort}", beside("prev") is None, beside("prev"))
        walked = [id_of(visit)]
        while len(walked) <= len(names) and beside("next"):
            browser.open(beside("next"))
            walked.append(id_of(visit))
        visit.expect(page, f"forwards by {sort}", walked, names)
        visit.wants(page, "no word at the end", "The last of the list" in browser.find("#list").text, browser.find("#list").text)
        before = browser.looks("state")
        browser.reload()
        visit.expect(page, "after a reload", browser.looks("state"), before)
        browser.open(beside("prev"))
        visit.expect(page, f"one back by {sort}", id_of(visit), names[-2])
        browser.open(browser.ask("document.querySelector('#list a:not([rel])').href"))
        visit.expect(page, "the list again", [name for name, _ in browser.ask(LINKS)], names)
    visit.complaints(page)


def orders(visit):
    """By every column that has one, from both ends, as the server has it; by mouse and by keyboard; headers say which, and reload and Back keep it."""
    browser, page = visit.browser, "/conversations (in order)"
    visit.take([event(f"o{at}-{turn}", "message.sent", conversation_id=f"order-{at}", turn=turn, author="agent", status="error" if at == 2 else "ok",
                      duration_ns=(at * 7 + turn * 3) % 11 * 10**8 + at) for at in range(1, 8) for turn in (1, 2)])
    heads = "[...document.querySelectorAll('#list thead th')].map((one) => [one.textContent.replace(/ [▴▾]$/, ''), one.ariaSort])"
    for sort, name in (("last", "last event"), ("duration", "length"), ("slowest", "slowest answer"), ("errors", "failed answers"), ("cost", "cost"), ("newest", "begun")):
        visit.open("/conversations" + ("?sort=cost" if sort == "newest" else ""))
        for order, spoken, mark in (("desc", "descending", "▾"), ("asc", "ascending", "▴")):
            browser.reach("#list th button", name)
            browser.press(Keys.ENTER)
            browser.rest()
            visit.wants(page, f"the focus is lost at {name}", browser.holds("#list th button", f"{name} {mark}"), browser.focused())
            told = visit.ask(f"/v1/conversations?from={text_of_range(browser)}&sort={sort}&order={order}")
            visit.expect(page, f"by {name}, {spoken}", [one for one, _ in browser.ask(LINKS)], [one["conversation_id"] for one in told["conversations"]])
            visit.expect(page, f"headers by {name}", [one for one in browser.ask(heads) if one[1] not in (None, "none")], [[name, spoken]])
            answers = browser.ask("[...document.querySelectorAll('#list tbody tr')].map((one) => one.cells[4].title)")
            visit.expect(page, "slowest answers", answers, [f"{one['slowest_answer_ns']} ns" if "slowest_answer_ns" in one else "" for one in told["conversations"]])
        turned = browser.looks("state")
        browser.reload()
        visit.expect(page, f"by {name} after a reload", browser.looks("state"), turned)
        browser.back()
        visit.expect(page, f"by {name}, one step back", [one for one in browser.ask(heads) if one[1] not in (None, "none")], [[name, "descending"]])
    visit.open("/conversations?sort=slowest&order=upwards")
    visit.wants(page, "an order that there is not", "order=upwards" in browser.find("#notices").text, browser.find("#notices").text)
    visit.complaints(page)


def text_of_range(browser):
    """The beginning of what the page shows, for who asks for the same without it."""
    return quote(browser.ask("new Date(Date.now() - 86400000).toISOString()"))


def seen_elsewhere(visit):
    """Traces whose ids stay in their place are linked; what is not there says so; paper has rows."""
    browser, page = visit.browser, "/conversations (seen elsewhere)"
    visit.open("/conversations/_?view=turns")
    links = browser.ask("[...document.querySelectorAll('#turns a.trace')].map((one) => one.getAttribute('href'))")
    visit.expect(page, "a trace elsewhere", links, [ELSEWHERE.replace("{trace_id}", TRACE)])
    visit.open("/conversations/c-1?view=turns")
    visit.expect(page, "a trace that would lead elsewhere", len(browser.all("a.trace")), 0)
    visit.open("/conversations/c-1?view=waterfall&turn=7")
    visit.wants(page, "a turn that there is not", "there is no turn 7" in browser.find("#events").text, browser.find("#events").text)
    visit.open("/conversations/c-1?event=999999")
    said = browser.find("#notices").text
    visit.wants(page, "an event that there is not", "no event of this conversation is at position 999999" in said, said)
    visit.open("/conversations/c-1?view=waterfall")
    browser.ask("void dispatchEvent(new Event('beforeprint'))")
    visit.expect(page, "rows on paper", len(browser.all(ROWS)), 4)
    browser.ask("void dispatchEvent(new Event('afterprint'))")
    visit.expect(page, "rows afterwards", len(browser.all(ROWS)), 4)
    places = browser.ask("[...document.querySelectorAll(arguments[0])].map((one) => [one.ariaLevel, one.ariaPosInSet, one.ariaSetSize].join())", ROWS)
    visit.expect(page, "places of rows", places, ["1,1,1", "2,1,3", "2,2,3", "2,3,3"])
    visit.complaints(page)


def spans(count, bad, rare):
    start = datetime.now(UTC) - timedelta(minutes=2)
    for at in range(count):
        moment = (start + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield event(f"m{at}", "tool.call", conversation_id="many", turn=1, trace_id=TRACE, span_id=f"{at + 1:016x}", tool="needle" if at == rare else "search",
                    status="error" if at == bad else "ok", duration_ns=900_000) | {"time": moment}


def many_spans(visit):
    """Of twenty thousand only rows in view are there, and on paper no more than it takes; errors and words are found; a link to one shows it to others;
    explore leads there."""
    browser, page, count = visit.browser, "/conversations/many", 20_000
    visit.take(list(spans(count, bad=15_000, rare=17_000)))
    elements = lambda: len(browser.all(ROWS))
    chosen = lambda: browser.ask(CURRENT + "?.textContent ?? ''")
    began = time.monotonic()
    visit.open(page + "?view=waterfall")
    visit.expect(page, "rows of a closed turn", elements(), 1)
    browser.press("e")
    browser.until("the error", lambda: "✗" in chosen())
    seconds = time.monotonic() - began
    browser.rest()
    visit.wants(page, "elements of 20,000 rows", 1 < elements() < 120, elements())
    visit.wants(page, "seconds until the error is there", seconds < 20, round(seconds, 1))
    visit.expect(page, "rows that there are", browser.find(".rows-body").get_attribute("aria-rowcount"), str(count + 2))
    paper(visit, page)
    browser.open(browser.driver.current_url)
    visit.wants(page, "the error behind a link", "✗" in chosen(), chosen())
    place = browser.ask("(() => { const row = " + CURRENT + ".getBoundingClientRect(), body = document.querySelector('.rows-body').getBoundingClientRect();"
                        "return row.top >= body.top && row.bottom <= body.bottom })()")
    visit.wants(page, "the error is not in view", place)
    browser.press("/")
    browser.find("#find").send_keys("needle")
    browser.until("what was looked for", lambda: elements() == 2)
    visit.open(page + "?view=events")
    browser.find(".rows-body").send_keys(Keys.END)
    browser.until("the last row", lambda: browser.ask(CURRENT + ".ariaRowIndex") == str(count + 1))
    visit.wants(page, "elements of 20,000 events", elements() < 120, elements())
    visit.open("/explore#" + quote("select conversation_id, tenant from tool_call limit 1"))
    browser.find("#answer tr[data-row]").click()
    link = browser.until("a link to the conversation", lambda: browser.ask("document.querySelector('#answer .detail a')?.getAttribute('href')"))
    visit.wants(page, "where explore leads", link.startswith("/conversations/many?") and "tenant=default" in link, link)
    visit.complaints(page)


def paper(visit, page):
    """Of more rows than paper takes those from the first one in view on, and which they are is said; then all is as it was."""
    browser = visit.browser
    scrolled = browser.ask("document.querySelector('.rows-body').scrollTop")
    browser.ask("void dispatchEvent(new Event('beforeprint'))")
    said = browser.ask("document.querySelector('.rows-body + p').textContent")
    visit.expect(page, "rows on paper", len(browser.all(ROWS)), 2000)
    first = browser.all(ROWS)[0].get_attribute("aria-rowindex")
    visit.wants(page, "which rows are on paper", said.startswith(f"rows {int(first) - 1} to {int(first) + 1998} of 20001 "), said)
    visit.wants(page, "the row in view is on paper", browser.all(".rows-space > .is-current"))
    browser.ask("void dispatchEvent(new Event('afterprint'))")
    visit.expect(page, "where it was scrolled to", browser.ask("document.querySelector('.rows-body').scrollTop"), scrolled)
    visit.wants(page, "elements after it was printed", len(browser.all(ROWS)) < 120, len(browser.all(ROWS)))


def shared(visit):
    """Of two tenants' conversations of one id, the one that is meant can be chosen."""
    browser, page = visit.browser, "/conversations/shared"
    visit.take([event(f"s{tenant}", "message.received", conversation_id="shared", tenant=tenant, turn=1, author="user") for tenant in ("acme", "borealis")])
    visit.open(page + "?view=turns")
    links = browser.ask("[...document.querySelectorAll('#head li a')].map((one) => [one.textContent, one.href])")
    visit.expect(page, "whose it may be", [name for name, _ in links], ["acme", "borealis"])
    browser.open(links[1][1])
    visit.wants(page, "whose it is", "borealis" in browser.find("#head .facts").text, browser.find("#head .facts").text)
    visit.complaints(page, ["status of 400"])
