"""What people come for, each from the first page to the last: the one who is woken, finance, whoever looks for the cause, the agent's developer.

The server wants a token here, so each way begins with the form.
"""
import csv
import io
import time
from datetime import datetime, timedelta
from urllib.parse import quote

from outside.browser import Keys
from outside.pages import marathon
from outside.pages.calendar import UTC, around_bad_hour, bad_hour, last_month, shown, text, yesterday

ZONE = "Europe/Berlin"
ALERT = "SupportAvailabilityLow"
OPERATIONAL = "/d/plimsoll-operational"
# Answers take long: the median and the 95th percentile, over time.
CHART = "#panel-16 canvas.overlay"
ROW = "#grid .rows-space .is-current"


def look(visit):
    visit.demo()
    visit.take(list(marathon.events()))
    visit.take(list(calls_of_last_month(visit)))
    visit.published = text(datetime.now(UTC) - timedelta(hours=2))
    visit.take([{"specversion": "1.0", "id": "change-1", "source": "pages", "type": "prompt.published", "time": visit.published,
                 "data": {"prompt_name": "page-greeting", "prompt_version": "v9", "tenant": "acme"}}])
    visit.secret = {"Authorization": f"Bearer {visit.token()}"}
    visit.look()
    for act in (woken, finance, product, change, outstanding, cause, developer, passed_on):
        visit.flow(f"flow of {act.__name__}", act)


def log_in(visit, browser=None):
    browser = browser or visit.browser
    browser.write("#token", visit.secret["Authorization"].split()[1], Keys.ENTER)
    browser.until("a page behind the form", lambda: not browser.all("#token") and browser.looks("quietFor") > 0)
    browser.rest()


def times(visit):
    return visit.browser.find(".range-times").text


def follow(visit, name, within="nav"):
    """A link of the page, by what it is called."""
    browser = visit.browser
    browser.until(f"link {name}", lambda: next((one for one in browser.all(f"{within} a") if one.text == name), None)).click()
    browser.rest()


def two_days(visit):
    """A range of two days is evaluated whole, or it says from when on it is not."""
    browser, page = visit.browser, "the alert over two days"
    end = datetime.now(UTC).replace(microsecond=0)
    query = f"from={text(end - timedelta(days=2))}&to={text(end)}"
    browser.open(f"{visit.server.url}/alerts/{ALERT}?{query}&causes=1")
    told = browser.until("evaluations over two days", lambda: next((one.text for one in browser.all("#causes p") if " evaluations, " in one.text), None))
    answer = visit.ask(f"/v1/alerts/replay?rule={ALERT}&{query}&part=true", visit.secret)
    visit.expect(page, "what is asked for", [answer["from"][:19], answer["to"][:19]], [text(end - timedelta(days=2))[:19], text(end)[:19]])
    is_part = "not evaluated from" in browser.find("#causes").text
    if not is_part and "ended_at" not in answer:
        visit.expect(page, "evaluations of both days", int("".join(filter(str.isdigit, told.split(" evaluations")[0]))), answer["evaluations"])


def woken(visit):
    """From a mail to what to do, and to somebody who suffered."""
    browser, (start, end) = visit.browser, around_bad_hour()
    wanted = f"{visit.server.url}/alerts/{ALERT}?from={start}&to={end}"
    browser.open(wanted)
    log_in(visit)
    visit.expect("the mail's link", "address behind the form", browser.driver.current_url, wanted)
    visit.expect("the alert", "heading", browser.find("h1").text, ALERT)
    range_of_mail = times(visit)
    browser.button("Find the conversations").click()
    rows = browser.until("conversations behind it", lambda: browser.all("#causes tbody tr"))
    told = visit.ask(f"/v1/alerts/replay?rule={ALERT}&from={start}&to={end}", visit.secret)["alerts"]
    visit.expect("the alert", "conversations behind it", [[link.text for link in browser.all("#causes tbody a")], len(rows)],
                 [[name for one in told for name in one["conversations"] or []], len(told)])
    two_days(visit)
    browser.open(f"{wanted}&causes=1")
    browser.rest()
    follow(visit, f"runbook of {ALERT}", "#rule")
    visit.expect("the runbook", "heading", browser.find("h1").text, ALERT)
    follow(visit, "Operational")
    visit.expect("the dashboard behind a runbook", "range", times(visit), range_of_mail)
    visit.near(16)
    visit.wants("the dashboard behind a runbook", "no chart", browser.all(CHART))
    follow(visit, "Conversations")
    visit.expect("conversations", "range", times(visit), range_of_mail)
    browser.button("failed answers", "#list").click()
    browser.rest()
    worst = visit.ask(f"/v1/conversations?from={start}&to={end}&sort=errors", visit.secret)["conversations"][0]
    first = browser.find("#list a.row")
    visit.expect("conversations by failed answers", "the first", first.text, worst["conversation_id"])
    first.click()
    browser.rest()
    visit.expect("a conversation", "its id", browser.find("#id").text, worst["conversation_id"])
    visit.complaints("the flow from a mail", ["status of 401"])


def calls_of_last_month(visit):
    """On both sides of where the month begins and ends by the clocks of here and of UTC."""
    start, end = last_month(ZONE)
    models = visit.server.sql("select provider, request_model from llm_call where price_state = 'priced' and cost_usd > 0 group by 1, 2 order by 1, 2")
    for number in range(240):
        near = (start, end)[number % 2].timestamp() + (number // 2 - 60) * 450
        provider, model = models[number % len(models)]
        if near > time.time():
            # The month began a moment ago.
            continue
        yield {"specversion": "1.0", "id": f"month-{number}", "source": "pages", "type": "llm.call", "time": text(datetime.fromtimestamp(near, UTC)),
               "data": {"conversation_id": f"c-month-{number % 50}", "tenant": "acme", "team": f"team-{number % 3}", "provider": provider,
                        "request_model": model, "status": "ok", "duration_ns": 10**9, "input_tokens": 1001 + 37 * number, "output_tokens": 13 + number}}


def finance(visit):
    """Last month by model, as a file, to the last digit; then by team within a model."""
    browser, page = visit.browser, "/reports/cost"
    browser.zone(ZONE)
    # Days of reports are the server's until somebody chooses others.
    visit.open(f"{page}?timezone=browser")
    browser.find("#controls details.menu summary").click()
    browser.button("last month", "#controls").click()
    browser.rest()
    start, end = last_month(ZONE)
    visit.wants(page, "range of last month", times(visit).startswith(f"{shown(start, ZONE)} to {shown(end, ZONE)}"), times(visit))
    browser.ask("void (([s]) => { s.value = 'model'; s.dispatchEvent(new Event('change', {bubbles: true})) })(document.querySelectorAll('#asked select'))")
    browser.until("a breakdown by model", lambda: browser.all("#title-by_model"))
    browser.rest()
    query = f"from={text(start)}&to={text(end)}&timezone={quote(ZONE, safe='')}&by=model&format=csv"
    told = list(csv.reader(io.StringIO(visit.server.get(f"/v1/reports/cost?{query}", visit.secret)[2].decode())))
    browser.catch()
    browser.find("#title-by_model button").click()
    saved = list(csv.reader(io.StringIO(browser.file())))
    rows = saved[saved.index([]) + 1:]
    places = [told[0].index(name) for name in rows[0]]
    visit.expect(page, "CSV of last month by model", rows, [[row[place] for place in places] for row in told])
    hidden = [at for at in range(len(told[0])) if at not in places]
    visit.expect(page, "columns that the page leaves out", [row[at] for row in told[1:] for at in hidden if row[at]])
    visit.wants(page, "models of last month", len(rows) > 3, rows)
    # A row leads to its own figures.
    name = rows[1][0]
    follow(visit, name, "#figures")
    visit.wants(page, "filter in the address", f"var-model={quote(name, safe='')}" in browser.driver.current_url, browser.driver.current_url)
    browser.back()
    browser.until("all models again", lambda: len(browser.all("section[aria-labelledby=title-by_model] tbody tr")) == len(rows) - 1)
    visit.complaints(page)
    browser.zone("")


def product(visit):
    """Which prompt version resolves more: shares with intervals, and whether the best is ahead by more than chance."""
    browser, page, query = visit.browser, "/reports/outcomes by prompt version", f"from={text(yesterday(0))}&to={text(yesterday(24))}&by=prompt_version"
    visit.open(f"/reports/outcomes?{query}&timezone=utc")
    titles = browser.ask("[...document.querySelectorAll('#figures section h2')].map((one) => one.id)")
    visit.expect(page, "what stands first", titles[:2], ["title-by_prompt_version", "title-compared"])
    rows = browser.ask("[...document.querySelectorAll('section[aria-labelledby=title-compared] tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))")
    told = visit.ask(f"/v1/reports/outcomes?{query}&format=cells", visit.secret)
    section = next(one for one in told["sections"] if one["name"] == "compared")
    names = [column["name"] for column in section["columns"]]
    for row, cells in zip(section["rows"], rows):
        wanted = [row[names.index(name)] for name in ("resolution_rate", "resolution_low", "resolution_high", "resolution_compared")]
        visit.expect(page, "a share without its interval or its verdict", [cell["text"] for cell in wanted if cell and cell["text"] not in cells])
    verdicts = [row[names.index("resolution_compared")] for row in section["rows"]]
    said = [one["text"] for one in verdicts if one]
    judged = [text for text in said if not text.startswith("too early: ")]
    visit.wants(page, "one best version of those that are judged", len(rows) > 1 and judged.count("best") == (len(judged) > 1), verdicts)
    # Who began and is still open is counted, and a version of which these are many has counts alone.
    for row in section["rows"]:
        begun, undecided, closed = (int(row[names.index(name)]["exact"]) for name in ("begun", "undecided", "closed"))
        verdict = row[names.index("resolution_compared")]
        is_early = bool(verdict) and verdict["text"].startswith("too early: ")
        visit.expect(page, "whom it is too early for", [begun - closed, is_early, row[names.index("resolution_rate")] is None],
                     [undecided, 10 * undecided > begun, is_early])
    visit.complaints(page)


def change(visit):
    """From what changed to what it changed: the time after it beside as much before it."""
    browser, page = visit.browser, "/ (what changed)"
    moment = datetime.fromisoformat(visit.published.replace("Z", "+00:00"))
    visit.open("/?timezone=utc")
    row = browser.until("the change", lambda: next((one for one in browser.all("#changes tbody tr") if "page-greeting" in one.text), None))
    links = row.find_elements("css selector", "td:last-child a")
    visit.expect(page, "where it leads", [link.text for link in links], ["outcomes", "service levels", "cost"])
    links[0].click()
    browser.until("a comparison", lambda: browser.all("#asked select"))
    browser.rest()
    query = dict(part.split("=") for part in browser.driver.current_url.split("?")[1].split("&"))
    visit.expect(page, "comparison", [query.get("compare"), query.get("by")], ["previous", "prompt_version"])
    period = browser.find("#period").text
    before = text(moment - (datetime.fromisoformat(query["to"].replace("%3A", ":").replace("Z", "+00:00")) - moment))
    visit.wants(page, f"it is not compared from {before[:16]} to {text(moment)}", f"compared with {before[:16]}" in period and f"to {text(moment)}" in period, period)
    visit.complaints(page)


def outstanding(visit):
    """The service levels of one bad hour say what it was that went badly, and lead to whom it met."""
    browser, page, (start, end) = visit.browser, "/reports/sla of a bad hour", bad_hour()
    visit.open(f"/reports/sla?from={start}&to={end}&timezone=utc")
    told = visit.ask(f"/v1/reports/sla?from={start}&to={end}", visit.secret).get("stands_out", [])
    visit.wants(page, "nothing stands out", told)
    place = "section[aria-labelledby=title-stands_out] tbody a"
    links = [link.text for link in browser.all(place)]
    visit.expect(page, "what stands out", links, [row["value"] for row in told])
    for at in range(min(3, len(links))):
        browser.all(place)[at].click()
        browser.until("conversations", lambda: browser.all("#answer tr[data-row]") or browser.all("#list a.row"))
        browser.rest()
        visit.wants(page, f"no conversation of {told[at]['value']}", browser.all("#answer tr[data-row]") or browser.all("#list a.row"))
        browser.back()
        browser.until("the report again", lambda: len(browser.all(place)) == len(links))
    visit.complaints(page)


def cause(visit):
    """An hour is dragged out of a chart, its slowest conversation looked up, and three steps back are where it began."""
    browser, (start, end) = visit.browser, around_bad_hour()
    visit.open(f"{OPERATIONAL}?from={start}&to={end}")
    visit.near(16)
    before = browser.looks("state")
    browser.drag(CHART, 0.4, 0.65)
    browser.until("a range of its own", lambda: browser.driver.current_url.split("?")[1] != f"from={start}&to={end}")
    browser.rest()
    zoomed = browser.looks("state")
    chosen = times(visit)
    follow(visit, "Conversations")
    visit.expect("conversations", "the range of the chart", times(visit), chosen)
    browser.button("length", "#list").click()
    browser.rest()
    query = dict(part.split("=") for part in browser.driver.current_url.split("?")[1].split("&"))
    worst = visit.ask(f"/v1/conversations?from={query['from']}&to={query['to']}&sort=duration", visit.secret)["conversations"][0]["conversation_id"]
    visit.expect("conversations by length", "the first", browser.find("#list a.row").text, worst)
    browser.back()
    browser.back()
    visit.expect(OPERATIONAL, "two steps back", browser.looks("state"), zoomed)
    browser.back()
    visit.expect(OPERATIONAL, "three steps back", browser.looks("state"), before)
    visit.complaints(OPERATIONAL)


def developer(visit):
    """From the list to the one call that failed among twenty thousand; the address opens the same elsewhere."""
    browser, page = visit.browser, f"/conversations/{marathon.NAME}"
    visit.open("/conversations?from=now-1d/d&to=now&timezone=utc")
    browser.write("#filter-id", "c-mara", Keys.ENTER)
    browser.until("one conversation", lambda: len(browser.all("#list a.row")) == 1)
    began = time.monotonic()
    browser.find("#list a.row").click()
    browser.button("Waterfall", "#tabs").click()
    browser.until("rows", lambda: browser.all("#grid [data-index]"))
    browser.rest()
    seconds = time.monotonic() - began
    visit.wants(page, "seconds until 20,000 spans are there", seconds < 6, round(seconds, 1))
    browser.press("e")
    failed = browser.until("the call that failed", lambda: "✗" in browser.find(ROW).text and browser.find(ROW).text)
    visit.wants(page, "elements of rows", len(browser.all("#grid [data-index]")) < 200, len(browser.all("#grid [data-index]")))
    details = "performance.getEntriesByType('resource').filter((one) => /[?&]event=/.test(one.name)).length"
    visit.expect(page, "details asked before one is opened", browser.ask(details), 0)
    browser.press(Keys.ENTER)
    detail = browser.find("#detail-title").text
    visit.expect(page, "details asked", browser.ask(details), 1)
    visit.wants(page, "details of", detail.startswith("tool.call at position"), detail)
    visit.wants(page, "what is told of it", "timeout" in browser.find("#detail").text, browser.find("#detail").text)
    visit.picture(f"{page}-failed", "light")
    address = browser.driver.current_url
    visit.complaints(page)
    fresh = elsewhere(visit)
    fresh.open(address)
    visit.expect(page, "in another profile", [fresh.driver.current_url, fresh.find("#detail-title").text, fresh.find(ROW).text], [address, detail, failed])
    visit.complaints(f"{page} (another profile)", ["status of 401"], fresh)


def elsewhere(visit):
    """A browser with a profile of its own, and a session."""
    if len(visit.browsers) == 1:
        visit.look("fresh").open(visit.server.url + "/status")
        log_in(visit, visit.browsers[1])
    return visit.browsers[1]


def passed_on(visit):
    """A link that somebody copies shows the same to somebody elsewhere, in the times of who copied it."""
    browser, fresh = visit.browser, elsewhere(visit)
    browser.zone("Asia/Kolkata")
    fresh.zone("America/Los_Angeles")
    page = "/d/plimsoll-cost"
    visit.open(f"{page}?from=now-1d/d&to=now-1d/d&var-tenant=acme")
    browser.catch()
    browser.button("Copy link", "#controls").click()
    address = browser.copy()
    fresh.open(address)
    parts = ("[document.querySelector('.range-times').textContent, [...document.querySelectorAll('.stat b')].map((one) => one.textContent),"
             "[...document.querySelectorAll('#variables select')].map((one) => one.value)]")
    visit.expect(page, "elsewhere", fresh.ask(parts), browser.ask(parts))
    visit.wants(page, "a link with times that stay", "now" not in address and "timezone=Asia" in address, address)
    visit.complaints(page)
    visit.complaints(page, browser=fresh)
    browser.zone("")
