"""The same ways by keyboard alone: Tab, Enter, arrows and what is typed. The focus is never lost, and comes back from what was opened."""
import csv
import io

from outside.browser import Keys
from outside.pages import marathon
from outside.pages.calendar import around_bad_hour
from outside.pages.flows import ALERT, OPERATIONAL, ROW, calls_of_last_month

END = Keys.END


def look(visit):
    visit.demo()
    visit.take(list(marathon.events()))
    visit.take(list(calls_of_last_month(visit)))
    visit.secret = visit.token()
    visit.look()
    for act in (woken, finance, cause, developer, analyst):
        visit.flow(f"keys of {act.__name__}", act)


def enter(visit, selector, text="", **options):
    visit.browser.reach(selector, text, **options)
    visit.browser.press(Keys.ENTER)
    visit.browser.rest()


def woken(visit):
    browser, (start, end) = visit.browser, around_bad_hour()
    # The field of the form has the focus.
    visit.open(f"/alerts/{ALERT}?from={start}&to={end}")
    browser.press(visit.secret, Keys.ENTER)
    browser.until("the alert", lambda: browser.find("h1").text == ALERT)
    browser.rest()
    enter(visit, "#causes button")
    browser.until("conversations behind it", lambda: browser.all("#causes tbody tr"))
    visit.wants("the alert", "the focus is lost", not browser.holds("body"), browser.focused())
    enter(visit, "#rule a", "runbook", back=True)
    visit.expect("the runbook", "heading", browser.find("h1").text, ALERT)
    enter(visit, "nav a", "Operational")
    # A panel as a table, and the chart again.
    browser.reach("#panel-16 .tools button", "table")
    browser.press(Keys.ENTER)
    browser.until("a table by keyboard", lambda: browser.all("#panel-16 .other tbody tr"))
    browser.press(Keys.ENTER)
    browser.reach("#panel-16 canvas.overlay")
    browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    told = browser.ask("document.querySelector('#panel-16 [aria-live]').textContent")
    visit.wants(OPERATIONAL, "what arrows tell", any(sign.isdigit() for sign in told), told)
    browser.press(Keys.ESCAPE)
    enter(visit, "nav a", "Conversations", back=True)
    enter(visit, "#list th button", "failed answers")
    visit.wants("conversations", "the focus is not at the order that was chosen", browser.holds("#list th button", "failed answers"), browser.focused())
    browser.reach("#list a.row")
    first = browser.ask("document.activeElement.textContent")
    browser.press(Keys.ARROW_DOWN)
    browser.press(Keys.ARROW_UP)
    browser.press(Keys.ENTER)
    browser.until("the conversation", lambda: browser.find("#id").text == first)
    visit.complaints("keys from a mail", ["status of 401"])


def finance(visit):
    browser, page = visit.browser, "/reports/cost"
    visit.open(page)
    enter(visit, "#controls summary")
    enter(visit, "#controls .quick button", "last month")
    visit.wants(page, "the focus is not back at the range", browser.holds("#controls summary", "last month"), browser.focused())
    browser.reach("#asked select")
    for _ in range(30):
        browser.press(Keys.ARROW_DOWN)
        browser.rest()
        visit.wants(page, "the focus is not at what was chosen", browser.holds("#asked select"), browser.focused())
        if browser.all("#title-by_model"):
            break
    browser.catch()
    enter(visit, "#title-by_model button", "CSV")
    rows = list(csv.reader(io.StringIO(browser.file())))
    visit.wants(page, "lines of the file", len(rows) > 8, rows)
    enter(visit, "#figures tbody th a")
    visit.wants(page, "a row led to", "var-model=" in browser.driver.current_url, browser.driver.current_url)
    visit.complaints(page)


def cause(visit):
    """What the mouse drags out of a chart is typed."""
    browser, (start, end) = visit.browser, around_bad_hour()
    visit.open(f"{OPERATIONAL}?from={start}&to={end}&timezone=utc")
    enter(visit, "#controls summary")
    browser.press(Keys.ESCAPE)
    visit.wants(OPERATIONAL, "Escape does not lead back to the range", browser.holds("#controls summary"), browser.focused())
    browser.press(Keys.ENTER)
    hour = start[:10]
    for field, time in (("#range-from", f"{hour} 14:00"), ("#range-to", f"{hour} 15:00")):
        browser.reach(field)
        browser.chord(Keys.CONTROL, "a")
        browser.press(time)
    browser.press(Keys.ENTER)
    browser.rest()
    visit.wants(OPERATIONAL, "the range that was typed", browser.find(".range-times").text.startswith(f"{hour} 14:00 to {hour} 15:00"),
                browser.find(".range-times").text)
    enter(visit, "nav a", "Conversations", back=True)
    enter(visit, "#list th button", "length")
    enter(visit, "#list a.row")
    visit.wants("conversations", "none is open", browser.all("#id"))
    visit.complaints(OPERATIONAL)


def developer(visit):
    browser, page = visit.browser, f"/conversations/{marathon.NAME}"
    visit.open("/conversations?from=now-1d/d&to=now&timezone=utc")
    browser.reach("#filter-id")
    browser.press("c-mara", Keys.ENTER)
    browser.until("one conversation", lambda: len(browser.all("#list a.row")) == 1)
    enter(visit, "#list a.row")
    enter(visit, "#tabs button", "Waterfall")
    browser.reach("#grid .rows-body")
    browser.press(Keys.ARROW_DOWN)
    browser.press(Keys.ARROW_RIGHT)
    visit.wants(page, "→ does not open a turn", browser.find(ROW).get_attribute("aria-expanded") == "true", browser.find(ROW).text)
    for key in (END, Keys.HOME, "]", "e"):
        browser.press(key)
    browser.until("the call that failed", lambda: "✗" in browser.find(ROW).text)
    failed = browser.find(ROW).text
    for held in (Keys.CONTROL, Keys.ALT):
        browser.chord(held, "[")
    visit.expect(page, "a key of the browser's moved to another row", browser.find(ROW).text, failed)
    browser.press(Keys.ENTER)
    browser.until("details", lambda: browser.holds("#detail-title"))
    enter(visit, "#detail button", "Close")
    visit.wants(page, "the focus is not back in the rows", browser.holds(".rows-body"), browser.focused())
    browser.press("?")
    browser.until("the keys", lambda: browser.all("dialog[open]"))
    browser.press(Keys.ESCAPE)
    visit.wants(page, "the focus is not back from the keys", browser.holds(".rows-body"), browser.focused())
    browser.press("/")
    visit.wants(page, "/ does not lead to the search", browser.holds("#find"), browser.focused())
    # While somebody writes, letters are letters.
    browser.press("e[?")
    visit.expect(page, "what was written", [browser.find("#find").get_attribute("value"), len(browser.all("dialog[open]"))], ["e[?", 0])
    visit.complaints(page)


def analyst(visit):
    browser, page = visit.browser, "/explore"
    visit.open(page)
    browser.reach("#text")
    browser.press("select position, type from events order by 1 limit 50")
    browser.chord(Keys.CONTROL, Keys.ENTER)
    browser.until("rows", lambda: browser.all("#answer tr[data-row]"))
    browser.rest()
    browser.reach(".rows")
    for key in (Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER):
        browser.press(key)
    detail = browser.until("a row in full", lambda: browser.find("#answer .detail").text)
    visit.wants(page, "the row that is open", detail.startswith("Row 2"), detail)
    visit.complaints(page)
