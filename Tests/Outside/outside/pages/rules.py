"""What charts, axes and figures do with cases that no demo has: gaps in stacks, hundreds of series and marks, long names, digits, what is unfinished; a
conversation with times that do not fit; filters with signs of patterns; every alert's runbook; refreshing that waits for whoever is busy."""
import os
import re
import time
from urllib.parse import quote

from outside.pages.calendar import text, yesterday

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.js")
WANTED = {
    "stack": [[1, None, 3], [1, 0, 3], [11, 10, 13]], "gaps": [[[None, 5, None, 6, 7]], False, [2, 0]], "unfinished": [[], [3, 3]],
    "cut": [[3, 3], []],
    "few": [[20, "others (31)", ""], [20, "series 30", "the 20 greatest of 50"]], "marks": [True, True, 5000], "longName": [True, 200, True],
    "box": [True, True], "beside": [True] * 4, "left": 0,
    "digits": ["$0.0000012", "$1,234,567.89", "$1.23M", "99.9960%", "$0.00", "no data", "1.22 K", "218", "123 K", "1.58 min", "1.50 MiB"],
    "measured": ["184.77", "1", "+Inf", "NaN", "0.00000012"], "relation": ["2,449 ÷ 3,125", "12.50 ÷ 1,000", "–"],
    "axis": [["4.9995 s", "4.9996 s", "4.9997 s"], ["$0.00", "$250K", "$500K"]],
    "time": ["25 Oct", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "26 Oct"], "fold": [1, True], "touch": "pan-y", "search": [15, True],
}
# A channel whose name is a pattern, and one that the pattern would mean, too.
ODD, OTHER = 'a.b|c"\\d', "axb"


def look(visit):
    visit.serve("rules")
    visit.take(list(events()))
    visit.look()
    for act in (charts, times_that_do_not_fit, pattern, runbooks, read, templates, busy):
        visit.flow(act.__name__.replace("_", " "), act)


def events():
    def event(number, kind, minutes, **data):
        return {"specversion": "1.0", "id": f"r-{number}", "source": "pages", "type": kind, "time": text(yesterday(12, minutes)),
                "data": {"conversation_id": "c-odd", "tenant": "acme", "channel": "web", "turn": 1 + minutes // 30, "trace_id": "ab" * 16, **data}}

    yield event(1, "message.received", 0, author="user")
    yield event(2, "agent.run", 1, span_id="1" * 16, duration_ns=20 * 10**9, status="ok")
    # Ends after what it is a part of.
    yield event(3, "tool.call", 2, span_id="2" * 16, parent_span_id="1" * 16, tool="late", duration_ns=10**9, status="ok")
    yield event(4, "tool.call", 1, span_id="3" * 16, parent_span_id="f" * 16, tool="orphan", duration_ns=10**9, status="ok")
    yield event(5, "message.sent", 3, author="agent", status="ok", duration_ns=180 * 10**9)
    yield event(6, "message.received", 50, author="user")
    yield event(7, "message.sent", 51, author="agent", status="ok", duration_ns=60 * 10**9)
    for number in range(30):
        yield event(100 + number, "message.sent", 20, conversation_id=f"c-{number}", channel=ODD if number < 10 else OTHER, author="agent", status="ok",
                    duration_ns=10**9)


def charts(visit):
    page = "charts"
    visit.open("/d/plimsoll-operational")
    with open(SCRIPT, encoding="utf-8") as file:
        found = visit.browser.driver.execute_async_script(file.read())
    visit.wants(page, "a mistake", "error" not in found, found.get("error", ""))
    for name, wanted in WANTED.items():
        visit.expect(page, name, found.get(name), wanted)
    if "error" in found:
        return
    # Own values, the largest first, their sum; where one is missing, the others alone.
    visit.wants(page, "the pointer's box", re.search(r"above10.*below1.*total 11$", found["tip"]), found["tip"])
    visit.wants(page, "the pointer's box at a gap", "above10" in found["tipOfGap"] and "below" not in found["tipOfGap"], found["tipOfGap"])
    visit.wants(page, "the legend", found["legend"][0] == "of the points drawn" and "below334" in found["legend"][1], found["legend"])
    visit.wants(page, "what is told of a canvas", re.search(r"Case, 2026-08-01 10:00:00 .* to .*, last 10, max 10$", found["spoken"]), found["spoken"])
    visit.complaints(page)


def times_that_do_not_fit(visit):
    """They stay as they were told, and are marked; what is missing is a row; a long pause is folded."""
    page = "/conversations/c-odd"
    visit.open(f"{page}?view=waterfall")
    grid = visit.browser.find("#grid").text
    for words in ("not within its parent's time", f"parent not received: {'f' * 16}", "1 pause folded"):
        visit.wants(page, f"does not say: {words}", words in grid, grid)
    visit.complaints(page)


def pattern(visit):
    """The value of a filter is a text, whatever signs it has; what is gone stays chosen and says so."""
    browser, page = visit.browser, "/d/plimsoll-operational"
    day = f"from={text(yesterday(0))}&to={text(yesterday(24))}"
    visit.open(f"{page}?{day}&var-channel={quote(ODD, safe='')}")
    query = 'sum(increase(support_answers_total{channel="' + ODD.replace("\\", "\\\\").replace('"', '\\"') + '"}[1d]))'
    told = visit.ask(f"/api/v1/query?query={quote(query, safe='')}&time={text(yesterday(24))}")["data"]["result"]
    visit.expect(page, "answers of the odd channel", [one["value"][1] for one in told], ["10"])
    # The panel is below the window.
    browser.print()
    browser.find("#panel-20 .tools button").click()
    heads = browser.all("#panel-20 .other th")
    visit.expect(page, "series of a panel with that filter", len(heads), 2)
    visit.wants(page, "its name", ODD in heads[-1].text, heads[-1].text)
    visit.open(f"{page}?{day}&var-channel=gone")
    chosen = browser.ask("[...document.querySelectorAll('#variables option')].filter((one) => one.selected).map((one) => one.textContent)")
    visit.wants(page, "what is gone", "gone (no data)" in chosen, chosen)
    visit.complaints(page)


def runbooks(visit):
    """Each rule has one, and each instance says how long and since when."""
    page = "/alerts"
    visit.open(page)
    visit.browser.until("instances", lambda: visit.browser.all("#instances tbody tr"))
    links = [link.get_attribute("href") for link in visit.browser.all("#rules td:last-child a")]
    rules = [rule["name"] for group in visit.ask("/api/v1/rules?type=alert")["data"]["groups"] for rule in group["rules"]]
    visit.expect(page, "rules", len(links), len(rules))
    visit.expect(page, "runbooks that are not there", [link for link in links if visit.server.get(link.removeprefix(visit.server.url))[0] != 200])
    # Commands are to be pasted: they ask this server.
    down = visit.server.get("/runbooks/PlimsollDown")[2].decode()
    visit.wants(page, "a runbook that names another server", f"curl -sS {visit.server.url}/readyz" in down and "8910" not in down.replace(visit.server.url, ""), down)
    since = visit.browser.find("#instances tbody tr td:nth-child(5)").text
    names = [cell.text for cell in visit.browser.all("#instances tbody th")]
    links = [link.get_attribute("href").split("?")[0].rsplit("/", 1)[-1] for link in visit.browser.all("#instances tbody td:last-child a")]
    visit.expect(page, "what to do about each instance", links, names)
    visit.wants(page, "since when", re.fullmatch(r"\d+ (s|min|h|d)( \d+ (min|h))? \(\d{4}-\d\d-\d\d \d\d:\d\d\)", since), since)
    visit.complaints(page)


# Of each text within some elements, on how many lines it stands.
LINES = """[...document.querySelectorAll(arguments[0])].flatMap((place) => {
  const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT), found = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (arguments[1]) text.data = arguments[1];
    const range = document.createRange();
    range.selectNodeContents(text);
    if (new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1) found.push(text.data);
  }
  return found;
})"""


def read(visit):
    """Figures and names can be read: amounts and words on one line, times without digits that say nothing, money rounded and exact beside it."""
    browser, day = visit.browser, f"from={text(yesterday(0))}&to={text(yesterday(24))}"
    browser.screen(1280, 800, 1)
    visit.open(f"/?{day}")
    visit.wants("/", "tiles", len(browser.all(".tile .figure")) > 6)
    visit.expect("/", "amounts that are broken", browser.ask(LINES, ".tile .figure", "$0.000903875"))
    visit.open("/alerts")
    browser.until("instances", lambda: browser.all("#instances tbody tr"))
    state = browser.find("#state").text
    told = r"[✓!✗] (no alert fires|\d+ alerts? fires?)(, \d+ pending)?"
    visit.wants("/alerts", "instances in words", re.match(told + r".* · \d+ rules?$", state), state)
    visit.expect("/alerts", "words of names that are broken", browser.ask(LINES, "#instances tbody th a, #rules tbody th a", None))
    browser.screen()
    visit.open("/reports/cost")
    period = browser.find("#period").text
    visit.wants("/reports/cost", "a period of more than milliseconds", not re.search(r"[.]\d{4}", period), period)
    visit.open(f"/conversations?{day}")
    found, exact = browser.find("#found").text, browser.find("#found").get_attribute("title")
    visit.wants("/conversations", "money of the list", re.search(r"[$]\d+[.]\d{6} by ", found) and re.search(r"[$]\d+[.]\d{2,12}$", exact), [found, exact])
    for page in ("/", "/alerts", "/conversations"):
        visit.complaints(page)


def templates(visit):
    """What a rule says of whatever it finds is marked as a template, and filled in where something is found."""
    rules = [rule for group in visit.ask("/api/v1/rules?type=alert")["data"]["groups"] for rule in group["rules"]]
    found = [rule for rule in rules if any("{{" in text for text in rule["annotations"].values())]
    visit.wants("rules", "none has a template", found)
    for rule in sorted(found, key=lambda rule: not rule["alerts"])[:1]:
        page = f"/alerts/{rule['name']}"
        visit.open(page)
        visit.browser.until("the rule", lambda: visit.browser.all("#rule dl"))
        shown = visit.browser.find("#rule dl").text
        visit.wants(page, "a template as it is written", "{{" not in shown and "}}" not in shown, shown)
        marks = visit.browser.ask("[...document.querySelectorAll('#rule dd i')].map((one) => [one.textContent, one.title])")
        visit.wants(page, "words for what will stand there", marks and all(re.fullmatch("‹.+›", text) and title.startswith("{{ ") for text, title in marks), marks)
        visit.expect(page, "words for values", [text for text, title in marks if re.match(r"\{\{ [$]value", title) and text != "‹value when firing›"])
        instances = visit.browser.find("#instances").text
        visit.wants(page, "instances with a template", "{{" not in instances, instances)
        for alert in rule["alerts"][:1]:
            visit.expect(page, "not told of an instance", [text for key, text in alert["annotations"].items() if key != "runbook_url" and text not in instances])
        visit.complaints(page)


def busy(visit):
    """New figures wait while a menu is open or text is chosen; no refresh is a step to go back from."""
    browser, page = visit.browser, "/conversations"
    asked = "performance.getEntriesByType('resource').length"
    visit.open(f"{page}?refresh=1s&from=now-2d")
    steps = browser.ask("history.length")
    first = browser.ask(asked)
    browser.until("a refresh", lambda: browser.ask(asked) > first)
    browser.find("#controls details.menu summary").click()
    time.sleep(0.5)
    before = browser.ask(asked)
    time.sleep(2.2)
    visit.expect(page, "questions while a menu is open", browser.ask(asked) - before, 0)
    visit.wants(page, "the menu is gone", browser.all("details.menu[open]"))
    browser.find("#controls details.menu summary").click()
    browser.ask("void getSelection().selectAllChildren(document.querySelector('#list tbody th'))")
    time.sleep(0.5)
    before = browser.ask(asked)
    time.sleep(2.2)
    visit.expect(page, "questions while text is chosen", browser.ask(asked) - before, 0)
    visit.wants(page, "the choice is gone", browser.ask("getSelection().toString()") != "")
    browser.ask("void getSelection().removeAllRanges()")
    browser.until("a refresh behind it", lambda: browser.ask(asked) > before)
    visit.expect(page, "steps of the history", browser.ask("history.length"), steps)
    visit.complaints(page)
