"""Every figure is the API's, to the digit: of each panel PromQL's answer, of each report what the command prints, of overview and status the API's.

A panel's CSV has its figures exactly; its table says the same in the words of the page, which may leave out digits but change none.
"""
import csv
import decimal
import html
import io
import json
import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from outside.pages.calendar import around_bad_hour, text, yesterday

DASHBOARDS = ["operational", "business", "cost", "quality"]
# Opens the table of each panel, and has each write its file: by the panel's number heads, rows of texts, and the file. Whoever asks waits for all files.
PANELS = """const done = arguments[0], found = {}, files = [];
let name = "";
HTMLAnchorElement.prototype.click = () => {};
URL.createObjectURL = (blob) => { const own = name; files.push(blob.text().then((text) => { found[own].file = text })); return "#" };
for (const section of document.querySelectorAll("#panels > .panel")) {
  const buttons = Object.fromEntries([...section.querySelectorAll(".tools button")].map((one) => [one.textContent, one]));
  if (section.hidden || !buttons.table) continue;
  name = section.id.slice(6);
  buttons.table.click();
  const cells = (row) => [...row.cells].map((cell) => cell.textContent);
  found[name] = { rows: [...section.querySelectorAll(".other tbody tr")].map(cells), wrong: section.querySelector(".problems").textContent };
  buttons.CSV.click();
}
Promise.all(files).then(() => done(found));"""
# A B is a billion where it is no byte.
SCALES = {"%": [0.01], "K": [1e3], "M": [1e6], "B": [1e9, 1], "T": [1e12], "KiB": [1024], "MiB": [1024**2], "GiB": [1024**3], "TiB": [1024**4],
          "ns": [1e-9], "µs": [1e-6], "ms": [1e-3], "min": [60], "h": [3600], "d": [86400]}
WRITTEN = re.compile(r"^(?:[✓!✗] )?(-?)\$?([\d,]+)(\.\d+)? ?(%|[KMGT]?(?:iB)?|B|ns|µs|ms|s|min|h|d)(?: (?:req|ev|msg)/s)?$")


def look(visit):
    visit.demo()
    visit.look()
    for name in DASHBOARDS:
        visit.flow(f"/d/plimsoll-{name} (figures)", lambda visit, name=name: panels(visit, name))
    for kind, by in (("sla", "channel"), ("cost", "team,model"), ("outcomes", "topic"), ("cost", "tenant"), ("sla", "hour")):
        visit.flow(f"/reports/{kind} by {by} (figures)", lambda visit, kind=kind, by=by: report(visit, kind, by))
    for act in (filtered, overview, status, objectives, conversation):
        visit.flow(f"figures of {act.__name__}", act)


def is_written(cell, value):
    """Whether a cell is a value with the digits that it has room for."""
    if value is None or value != value:
        return cell in ("", "no data", "0", "$0")
    if value in (float("inf"), -float("inf")):
        return cell.endswith("∞")
    found = WRITTEN.match(cell)
    if not found:
        return False
    sign, whole, rest, unit = found.groups()
    shown = float(whole.replace(",", "") + (rest or "")) * (-1 if sign else 1)
    # Half of the last digit, and what doubles leave.
    room = 0.5 * 10 ** -len((rest or ".")[1:]) * (1 + 1e-9)
    return any(abs(shown * scale - value) <= room * scale + abs(value) * 1e-12 for scale in SCALES.get(unit, [1]))


def number(written):
    return None if written == "" else float(written.lower().replace("infinity", "inf"))


def panels(visit, name):
    """Each panel's file and table against PromQL's answer to what it asked."""
    browser, page, (start, end) = visit.browser, f"/d/plimsoll-{name}", around_bad_hour()
    visit.open(f"{page}?from={start}&to={end}&timezone=utc")
    for button in browser.all("section.row button[aria-expanded=false]"):
        button.click()
    # Those below the window are asked, too.
    browser.print()
    found = browser.driver.execute_async_script(PANELS)
    width = browser.ask("String(Math.max(200, Math.floor(document.getElementById('panels').clientWidth / 100) * 100))")
    query = urlencode({"from": text_of(start), "to": text_of(end), "timezone": "UTC", "width": width}) + "".join(f"&panel={one}" for one in found)
    lines = [json.loads(line) for line in visit.server.get(f"{page}/data?{query}")[2].splitlines()]
    told = {str(line["id"]): line for line in lines if line["line"] == "panel"}
    visit.expect(page, "panels", sorted(found), sorted(told))
    compared = 0
    for key, seen in found.items():
        where = f"{page}, panel {key}"
        visit.expect(where, "problems", seen["wrong"], "")
        rows = list(csv.reader(io.StringIO(seen["file"])))
        rows = rows[rows.index([]) + 1:]
        compared += (merged if "table" in told[key] else spread)(visit, where, told[key], rows, seen["rows"])
    visit.wants(page, "figures compared", compared > 100, compared)
    # A browser's own search finds panels that nobody has looked at yet.
    written, titles = visit.server.get(page)[2].decode(), browser.ask("[...document.querySelectorAll('#panels h3')].map((one) => one.textContent)")
    visit.expect(page, "titles that the document lacks", [title for title in titles if html.escape(title, quote=False) not in written])
    if name == "operational":
        heatmap(visit, f"{page}, panel 21", told["21"])
    visit.complaints(page)


def heatmap(visit, where, line):
    """Buckets hold what is theirs alone; the darkest is the greatest of these."""
    buckets = {}
    for labels, values in answer(visit, line["targets"][0]).items():
        for moment, value in values.items():
            buckets.setdefault(moment, []).append((float(dict(labels)["le"].replace("+Inf", "inf")), value))
    most = max(value - below for column in buckets.values() for (_, value), below in zip(sorted(column), [0] + [value for _, value in sorted(column)]))
    scale = visit.browser.ask("[...document.querySelectorAll('#panel-21 .scale span')].map((one) => one.textContent)")
    visit.wants(where, f"its darkest is {most}", scale and is_written(scale[-1], most), scale)


def text_of(time):
    return time.replace("Z", ".000Z")


def answer(visit, target):
    """PromQL's answer: for each series of labels its values by time in ms."""
    if "step" in target:
        last = target["start"] + (target["count"] - 1) * target["step"]
        path, asked = "query_range", {"start": target["start"] / 1000, "end": last / 1000, "step": target["step"] / 1000}
    else:
        path, asked = "query", {"time": target["time"] / 1000}
    told = visit.ask(f"/api/v1/{path}?" + urlencode({"query": target["asked"], **asked}))["data"]
    if told["resultType"] == "scalar":
        return {(): {round(told["result"][0] * 1000): float(told["result"][1])}}
    labels = lambda metric: tuple(sorted((key, value) for key, value in metric.items() if key != "__name__"))
    return {labels(one["metric"]): {round(time * 1000): float(value) for time, value in one.get("values", [one.get("value")])} for one in told["result"]}


def series_of(visit, where, target):
    """Values of each series in the order of the panel, each by time."""
    told = answer(visit, target)
    labels = [tuple(sorted((key, value) for key, value in one["labels"].items() if key != "__name__")) for one in target.get("series", [])]
    visit.expect(where, "series of PromQL that are not there", sorted(set(told) - set(labels))[:3])
    visit.expect(where, "series that PromQL does not have", [one for one in labels if one not in told][:3])
    return [told.get(one, {}) for one in labels]


def spread(visit, where, line, rows, cells):
    """A panel whose file has a column for each series over time, or a row for each."""
    over = [target for target in line["targets"] if "step" in target and "series" in target]
    if over:
        series = [one for target in over for one in series_of(visit, where, target)]
        start, step, count = over[0]["start"], over[0]["step"], over[0]["count"]
        wanted = [[one.get(start + at * step) for one in series] for at in range(count)]
        kept, texts = [[number(cell) for cell in row[1:]] for row in rows[1:]], [row[1:] for row in cells]
    else:
        wanted = [[value] for target in line["targets"] for one in series_of(visit, where, target) for value in one.values()]
        kept, texts = [[number(row[1])] for row in rows[1:]], [row[1:] for row in cells]
    visit.expect(where, "lines of the file", len(kept), len(wanted))
    differ = [(at, kept[at], wanted[at]) for at in range(min(len(kept), len(wanted))) if not alike(kept[at], wanted[at])]
    visit.expect(where, "the file instead of PromQL", differ[:2])
    visit.expect(where, "lines of the table", len(texts), min(500, len(wanted)))
    visit.expect(where, "the table instead of PromQL", unlike(texts, wanted))
    return sum(len(row) for row in wanted)


def alike(kept, wanted):
    """Exactly; what is no number is a gap, as what there is nothing of."""
    plain = lambda row: [None if value != value else value for value in row]
    return plain(kept) == plain(wanted)


def unlike(texts, wanted):
    return [(cell, value) for row, values in zip(texts, wanted) for cell, value in zip(row, values) if not is_written(cell, value)][:3]


def merged(visit, where, line, rows, cells):
    """A table of several questions: of each group all of their figures, and no other ones."""
    kinds = [column["kind"] for column in line["table"]["columns"]]
    # Columns may be called otherwise than labels: what they hold is what tells groups apart.
    key = lambda row: tuple(sorted(cell for at, cell in enumerate(row) if kinds[at] == "text" and cell != ""))
    answers = {}
    for target in line["targets"]:
        for labels, values in answer(visit, target).items():
            answers.setdefault(tuple(sorted(value for _, value in labels if value)), []).extend(values.values())
    compared = 0
    for row, written in zip(rows[1:], cells):
        figures = [(number(cell), written[at]) for at, cell in enumerate(row) if kinds[at] == "number" and cell != ""]
        visit.expect(where, f"figures of {key(row)}", sorted(value for value, _ in figures), sorted(answers.get(key(row), [])))
        visit.expect(where, f"texts of {key(row)}", [(value, cell) for value, cell in figures if not is_written(cell, value)])
        compared += len(figures)
    visit.expect(where, "groups", sorted(key(row) for row in rows[1:]), sorted(answers))
    return compared


def report(visit, kind, by):
    """Each table's file against the file that the command writes of it; each cell against the words of the command's table."""
    browser, start, end = visit.browser, text(yesterday(0)), text(yesterday(24))
    page = f"/reports/{kind} by {by}"
    visit.open(f"/reports/{kind}?from={start}&to={end}&timezone=utc&by={by}")
    browser.catch()
    place = f"{visit.folder}/{kind}-{by}"
    common = ["report", kind, "--server", visit.server.url, "--from", start, "--to", end, "--by", by]
    visit.run(*common, "--format", "csv", "--output", place)
    told = {one["name"]: one for one in json.loads(visit.run(*common, "--format", "cells"))["sections"]}
    titles = browser.all("#figures section h2")
    visit.expect(page, "sections", sorted(title.get_attribute("id")[6:] for title in titles), sorted(told))
    for title in titles:
        name = title.get_attribute("id")[6:]
        title.find_element("css selector", "button").click()
        rows = list(csv.reader(io.StringIO(browser.file())))
        rows = rows[rows.index([]) + 1:]
        with open(f"{place}/{kind}-{name}.csv", encoding="utf-8", newline="") as file:
            command = list(csv.reader(file))
        places = [command[0].index(column) for column in rows[0]]
        plain = [rows[0]] + [[cell[1:] if cell[:1] == "'" else cell for cell in row] for row in rows[1:]]
        visit.expect(page, f"file of {name}", plain, [[row[at] for at in places] for row in command])
        visit.expect(page, f"columns of {name} that are left out", [row[at] for row in command[1:] for at in range(len(row)) if at not in places and row[at]])
        seen = browser.ask("[...document.querySelectorAll('section[aria-labelledby=\"title-" + name + "\"] tbody tr')].map((row) =>"
                           "[...row.cells].map((cell) => cell.textContent))")
        visit.expect(page, f"cells of {name}", seen, [[row[at]["text"] if row[at] else "–" for at in places] for row in told[name]["rows"]])
        feet = browser.ask("[...document.querySelectorAll('section[aria-labelledby=\"title-" + name + "\"] tfoot tr')].map((row) =>"
                           "[...row.cells].map((cell) => cell.textContent))")
        total = told[name].get("total")
        visit.expect(page, f"total of {name}", feet, [[total[at]["text"] if total[at] else "–" for at in places]] if total else [])
    visit.complaints(page)


def filtered(visit):
    """A row that is clicked becomes a filter, which the server answers: the whole report is of that row then, in all its forms."""
    browser, page = visit.browser, "/reports/cost (filtered)"
    visit.open("/reports/cost?from=now-2d/d&to=now&timezone=utc&by=channel")
    cells = browser.ask("[...document.querySelector('section[aria-labelledby=title-by_channel] tbody tr').cells].map((cell) => cell.textContent)")
    channel, calls, cost = cells[:3]
    browser.find("section[aria-labelledby=title-by_channel] tbody th a").click()
    browser.until("a filter", lambda: browser.all("#asked .chip"))
    browser.rest()
    visit.wants(page, "the filter in the address", f"var-channel={quote(channel, safe='')}" in browser.driver.current_url, browser.driver.current_url)
    total = browser.ask("[...document.querySelector('section[aria-labelledby=title-total] tbody tr').cells].map((cell) => cell.textContent)")
    visit.expect(page, "calls and cost of the row, and of the report of it alone", [total[3], total[0]], [calls, cost])
    said = f"Only where channel is {channel}."
    visit.wants(page, "the page does not say of what it is", said in browser.find("#period").text, browser.find("#period").text)
    where = "where=" + quote(f"channel={channel}", safe="")
    doors = browser.ask("[...document.querySelectorAll('#doors a')].map((link) => link.getAttribute('href'))")
    visit.wants(page, "links without the filter", len(doors) == 2 and all(where in link for link in doors), doors)
    mailed = visit.run("report", "cost", "--server", visit.server.url, "--from", "now-2d/d", "--where", f"channel={channel}", "--format", "html")
    visit.wants(page, "the mailed report does not say of what it is", said in mailed)
    visit.complaints(page)


def overview(visit):
    browser, page, start, end = visit.browser, "/", text(yesterday(0)), text(yesterday(24))
    visit.open(f"/?from={start}&to={end}&timezone=utc")
    told = visit.ask(f"/v1/reports/sla?from={start}&to={end}&timezone=UTC")
    exact = lambda figure: figure["value"] if isinstance(figure, dict) else str(figure)
    seen = browser.ask("[...document.querySelectorAll('#levels .tile')].map((tile) => [...tile.querySelectorAll('[title]')].map((one) => one.title))")
    wanted = [[exact(figure) for figure in (row["actual"], row["budget_left"]) if figure is not None] for row in told["objectives"]]
    visit.expect(page, "service levels", [[title.split(" = ")[0] for title in tile] for tile in seen], wanted)
    shown = next(one for one in visit.ask(f"/v1/reports/sla?from={start}&to={end}&timezone=UTC&format=cells")["sections"] if one["name"] == "objectives")
    titles = browser.ask("[...document.querySelectorAll('#levels .tile h3')].map((one) => one.textContent)")
    visit.expect(page, "what objectives are called", titles, [row[0]["text"] for row in shown["rows"]])
    visit.expect(page, "names of machines among them", [one for one in titles if "_" in one or "-" in one])
    samples = browser.ask("[...document.querySelectorAll('#levels .tile')].map((tile) => / ([\\d,]+) samples/.exec(tile.textContent)[1].replaceAll(',', ''))")
    visit.expect(page, "samples", samples, [str(row["samples"]) for row in told["objectives"]])
    # A budget is of other days than the range, which may be one of them alone.
    words = browser.find("#budget-left").text
    visit.wants(page, "does not say of what time budgets are", "over 30 days up to the end of the period" in words, words)
    # A budget that is gone is told whatever alerts do.
    spent = [row for row in told["service_level_objectives"] if row["budget_left"] and float(row["budget_left"]["value"]) <= 0]
    words = browser.find("#spent").text
    visit.wants(page, f"{len(spent)} budgets are exhausted", words.count(" left)") == len(spent) and words.startswith("✗") == bool(spent), words)
    today = visit.ask(f"/v1/reports/cost?from={text(yesterday(24))}&timezone=UTC")["total"][0]
    tile = browser.find("#money .tile")
    visit.expect(page, "cost today", [tile.find_element("css selector", ".figure").get_attribute("title"), tile.find_element("css selector", ".soft").text],
                 [exact(today["cost_usd"]), f"{today['calls']:,} calls"])
    # What fires for as long as all is well is no alarm.
    firing = [one for one in visit.ask("/api/v1/alerts")["data"]["alerts"] if one["state"] == "firing" and one["labels"].get("severity") != "none"]
    rows = browser.all("#alerts tbody tr")
    visit.expect(page, "alerts that fire", len(rows), len(firing))
    words = browser.find("#alerts p").text
    visit.wants(page, "how many alerts fire", f"{len(firing)} alert" in words if firing else "no alert fires" in words, words)
    visit.complaints(page)
    # The page of alerts has the same figures in the same words.
    visit.open("/alerts")
    state = browser.until("how rules stand", lambda: browser.find("#state").text.removeprefix("…"))
    visit.expect("/alerts", "what the overview says", state.rsplit(" · ", 1)[0], words)
    not_evaluated(visit)
    replayed(visit)
    visit.complaints(page)


def not_evaluated(visit):
    """Before the server ran nobody looked: no band says that it was quiet then, and each leads to what the rule would have said."""
    browser, page = visit.browser, "/alerts (before the server ran)"
    query = f"from={text(yesterday(0))}&to={text(yesterday(1))}"
    told = visit.ask(f"/v1/alerts/evaluated?{query}")["alerts"]
    visit.wants(page, "rules with evaluations then", told and not any(one["evaluated"] for one in told), told[:3])
    visit.open(f"/alerts?{query}")
    words = browser.until("bands", lambda: [one.text for one in browser.all("#rules svg.band + .band-words")])
    visit.expect(page, "words of bands", sorted(set(words)), ["not evaluated"])
    links = [link.get_attribute("href") for link in browser.all("#rules td .band-words a")]
    visit.expect(page, "ways to what rules would have said", [len(links), [link for link in links if "causes=1" not in link or "from=" not in link]], [len(words), []])
    name = told[0]["alert"]
    visit.open(f"/alerts/{name}?{query}")
    history = browser.until("its history", lambda: browser.find("#history").text)
    visit.wants(page, "that it was not evaluated", "not evaluated" in history and "quiet" not in history, history)
    browser.button("What it would have said", "#history").click()
    browser.until("what it would have said", lambda: any(" evaluations, " in one.text for one in browser.all("#causes p")))
    visit.complaints(page)


def replayed(visit):
    """Which alerts would have fired while nobody looked: all rules at once, each with its runbook and whom it was about."""
    browser, page, (start, end) = visit.browser, "/alerts (what rules would have said)", around_bad_hour()
    visit.open(f"/alerts?from={start}&to={end}")
    browser.button("What they would have said", "#replay").click()
    rows = browser.until("alerts that would have fired", lambda: browser.all("#replay tbody tr"))
    told = [one for one in visit.ask(f"/v1/alerts/replay?from={start}&to={end}&part=true")["alerts"] if one["labels"].get("severity") != "none"]
    cells = [[row.find_element("css selector", "th a").text, [link.text for link in row.find_elements("css selector", "td:last-child a")]] for row in rows]
    visit.expect(page, "alerts and their conversations", cells, [[one["alert"], one["conversations"] or []] for one in told])
    runbooks = [urlsplit(link.get_attribute("href")).path for link in browser.all("#replay th a + a")]
    visit.expect(page, "runbooks", runbooks, [f"/runbooks/{one['alert']}" for one in told])
    # What took a while is not asked again by a page that refreshes itself.
    list(browser.requests())
    browser.button("Refresh").click()
    browser.rest()
    visit.expect(page, "asked again", [address for address, _ in browser.requests() if "/v1/alerts/replay" in address])
    visit.wants(page, "what was said is gone", len(browser.all("#replay tbody tr")) == len(rows))


def status(visit):
    browser, page = visit.browser, "/status"
    visit.open(page)
    cards = dict(browser.ask("[...document.querySelectorAll('#cards .card')].map((card) => [card.querySelector('span').textContent, card.querySelector('b').textContent])"))
    told = visit.ask("/v1/status")
    for name, label in (("position", "events kept (position)"), ("accepted", "accepted since start"), ("duplicates", "duplicates since start"),
                        ("rejected", "rejected since start"), ("segments", "sealed segments"), ("tail_events", "events not sealed yet")):
        visit.expect(page, label, cards.get(label), f"{told[name]:,}")
    visit.wants(page, "bytes in segments", is_written(cards["in segments"], told["stored_bytes"]), cards["in segments"])
    visit.complaints(page)


def objectives(visit):
    browser, page, end = visit.browser, "/slos", text(yesterday(24))
    visit.open(f"{page}?from=now-7d&to={end}&timezone=utc")
    told = next(one for one in visit.ask(f"/v1/slos?to={end}&format=cells")["sections"] if one["name"] == "budgets")
    at = [column["name"] for column in told["columns"]].index("budget_left")
    called = browser.ask("[...document.querySelectorAll('#budgets .tile h3')].map((one) => one.textContent)")
    visit.expect(page, "what objectives are called", called, [row[0]["text"] for row in told["rows"]])
    levels = next(one for one in visit.ask(f"/v1/reports/sla?to={end}&format=cells")["sections"] if one["name"] == "objectives")
    visit.expect(page, "objectives under another name than in service levels", sorted(set(called) - {row[0]["text"] for row in levels["rows"]}))
    visit.expect(page, "budgets left", browser.ask("[...document.querySelectorAll('#budgets .figure')].map((one) => one.textContent)"),
                 [row[at]["text"] if row[at] else "–" for row in told["rows"]])
    windows = {row[0]["text"]: row[1]["text"] for one in visit.ask(f"/v1/slos?to={end}&format=cells")["sections"] if one["name"] == "coverage" for row in one["rows"]}
    lines = browser.ask("[...document.querySelectorAll('#budgets .figure + .soft')].map((one) => one.textContent)")
    visit.expect(page, "of what time budgets are", lines, [f"budget left, {windows[name]}" for name in called])
    lead_on(visit, page, told, end)
    # Of thirty days the last point is near their end, whatever was on record before.
    visit.open(f"{page}?from=now-30d&to={end}&timezone=utc")
    went = browser.ask("[...document.querySelectorAll('#burndown tbody tr')].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))")
    visit.wants(page, "how budgets went in thirty days", went and any(cell != "–" for cell in went[-1]), went)
    asked = browser.ask("performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.includes('/v1/slos'))")
    visit.wants(page, "questions for how budgets stand and went", 2 <= len(asked) <= 3, asked)
    # What is known of an end is not asked for again.
    end = max(one for path in asked for one in parse_qs(urlsplit(path).query).get("at", []))
    last = next(one for one in visit.ask(f"/v1/slos/history?at={end}&format=cells")["sections"] if one["name"] == "history")
    at = [column["name"] for column in last["columns"]].index("budget_left")
    visit.expect(page, "what was left at the last end", went[-1], [row[at]["text"] if row[at] else "–" for row in last["rows"]])
    visit.complaints(page)


def lead_on(visit, page, told, end):
    """Each objective leads to its alerts and to the report of its window, what burned it to whom it was burned by."""
    browser = visit.browser
    rules = [rule for group in visit.ask("/api/v1/rules?type=alert")["data"]["groups"] for rule in group["rules"]]
    names = [row[0]["exact"] for row in told["rows"]]
    wanted = [sorted(rule["name"] for rule in rules if rule["labels"].get("slo") == name or rule["labels"].get("objective") == name.replace("-", "_"))
              for name in names]
    links = browser.ask("[...document.querySelectorAll('#budgets .tile')].map((tile) => [...tile.querySelectorAll('a')].map((link) => link.getAttribute('href')))")
    alerts = [sorted(link.split("?")[0].split("/")[2] for link in tile if link.startswith("/alerts/")) for tile in links]
    visit.expect(page, "alerts of objectives", alerts, wanted)
    measures = [[parse_qs(urlsplit(link).query)["measure"][0] for link in tile if link.startswith("/reports/sla?")] for tile in links]
    visit.expect(page, "reports of objectives", measures, [[name.replace("-", "_")] for name in names])
    burners = browser.ask("[...document.querySelectorAll('section[aria-labelledby=title-burners] tbody tr')].map((row) =>"
                          "[row.cells[1].textContent, row.cells[2].textContent, row.cells[2].querySelector('a') !== null])")
    visit.expect(page, "what burned budgets and leads nowhere", [row for row in burners if row[1] != "–" and not row[2]])


def conversation(visit):
    """Money of one conversation, exactly: its head, what SQL says of its calls, and the sum of the turns in its waterfall."""
    browser = visit.browser
    name = visit.server.sql("select conversation_id from conversations where cost_usd is not null order by cost_usd desc, 1 limit 1")[0][0]
    calls = [visit.server.sql(f"select sum(cost_usd), sum(input_tokens) from {table} where conversation_id = '{name}'")[0]
             for table in ("llm_call", "embedding_call")]
    cost, tokens = (sum(decimal.Decimal(row[at] or 0) for row in calls) for at in (0, 1))
    page = f"/conversations/{name}"
    visit.open(page)
    tiles = dict(browser.ask("[...document.querySelectorAll('#head .tile')].map((tile) =>"
                             "[tile.querySelector('h2').textContent, tile.querySelector('.figure').textContent])"))
    visit.expect(page, "cost", money(tiles["Cost of model calls"]), cost)
    visit.expect(page, "tokens", tiles["Tokens"], f"{tokens:,} in")
    browser.button("Waterfall", "#tabs").click()
    browser.rest()
    # On paper there are all rows, not those in view alone.
    browser.ask("void dispatchEvent(new Event('beforeprint'))")
    turns = browser.ask("[...document.querySelectorAll('#grid [aria-level=\"1\"] .money')].map((one) => one.textContent)")
    visit.expect(page, "sum of the turns", sum(money(turn) for turn in turns), cost)
    visit.complaints(page)


def money(written):
    """Of `Σ $1,234.50`; nothing is nothing."""
    return decimal.Decimal(re.sub(r"[Σ$, ]", "", written) or 0)
