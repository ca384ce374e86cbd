"""What pages say when something is not as it should be: a server that dies in the middle of an answer and comes back, files of dashboards that are
not understood, addresses that are wrong, nothing there; and that a tab which nobody sees asks nothing."""
import json
import os
import time

from outside.browser import Keys
from outside.pages.calendar import around_bad_hour
from outside.pages.relay import Relay

OPERATIONAL = "/d/plimsoll-operational"
# Notes when the tab was hidden and shown again, and how much had been asked by then.
NOTED = """void (window.__noted = [], document.addEventListener("visibilitychange", () =>
  window.__noted.push([document.hidden, performance.getEntriesByType("resource").length]), true))"""


def look(visit):
    dashboards(visit)
    settings = os.path.join(visit.folder, "plimsoll.yaml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"dashboards:\n  folder: {visit.folder}/dashboards\n")
    visit.demo("--config", settings)
    visit.look()
    for act in (unknown_parts, wrong_addresses, hidden_tab, dying):
        visit.flow(act.__name__.replace("_", " "), act)


def panel(number, kind, title, expression, **more):
    return {"id": number, "type": kind, "title": title, "gridPos": {"x": 0, "y": number * 8, "w": 12, "h": 8},
            "targets": [{"refId": "A", "expr": expression, "instant": True, "format": "table"}], "fieldConfig": {"defaults": {}, "overrides": []},
            "options": {}, **more}


def dashboards(visit):
    """Three files: one with parts that nobody here knows, one that is no JSON, one that is whole."""
    os.makedirs(f"{visit.folder}/dashboards")
    counts = "sum by (status) (support_answers_total)"
    odd = [panel(1, "flamegraph", "A kind of elsewhere", counts), panel(2, "stat", "A unit of elsewhere", counts, fieldConfig={
        "defaults": {"unit": "furlongs"}, "overrides": []}), panel(3, "table", "A change of elsewhere", counts, transformations=[
            {"id": "groupingToMatrix", "options": {}}]), panel(4, "stat", "A mistake", "sum by (status (x")]
    for name, content in (("odd", json.dumps({"uid": "odd", "title": "Odd", "schemaVersion": 38, "panels": odd})), ("broken", '{"uid": "broken", "panels": ['),
                          ("whole", json.dumps({"uid": "whole", "title": "Whole", "schemaVersion": 38, "panels": [panel(1, "stat", "Answers", counts)]}))):
        with open(f"{visit.folder}/dashboards/{name}.json", "w", encoding="utf-8") as file:
            file.write(content)


def unknown_parts(visit):
    """A panel that cannot be drawn keeps its place and title, says why, and shows the answer as a table and what was asked."""
    browser, page = visit.browser, "/d/odd"
    visit.open(f"{page}?from=now-2d&to=now")
    # Those below the window are asked, too.
    browser.print()
    parts = {one: browser.find(f"#panel-{one}").text for one in (1, 2, 3, 4)}
    for one, word in ((1, "flamegraph"), (2, "furlongs"), (3, "groupingToMatrix")):
        visit.wants(page, f"panel {one} does not name {word}", word in parts[one], parts[one])
        rows = browser.all(f"#panel-{one} tbody tr")
        visit.wants(page, f"panel {one} has no answer", rows or "ok" in parts[one], parts[one])
    visit.wants(page, "what is asked is not shown", "support_answers_total" in parts[1], parts[1])
    link = browser.find("#panel-1 a").get_attribute("href")
    visit.wants(page, "link to explore", "/explore?lang=promql&from=now-2d" in link and link.partition("#")[2], link)
    marks = browser.all("#panel-4 [role=alert]")
    visit.wants(page, "a mistake in a question", marks and "parse" in marks[0].text, parts[4])
    visit.complaints(page)
    visit.open("/d/whole?from=now-2d&to=now")
    visit.wants("/d/whole", "no figures", browser.all(".stat b"))
    visit.complaints("/d/whole")
    # What is no dashboard keeps no other away, and is told by name.
    visit.wants("/d/broken", "status", visit.server.get("/d/broken")[0] == 404)
    visit.wants("the log", "nothing of the broken file", any("broken" in line for line in visit.server.log), visit.server.log[-5:])


def wrong_addresses(visit):
    browser = visit.browser
    for path, word in ((f"{OPERATIONAL}?from=yesteryear&timezone=Mars/Base&refresh=often", "yesteryear"), ("/reports/cost?by=colour&compare=never", "colour"),
                       ("/conversations?sort=luck&var-errors=many", "luck"), ("/conversations?cursor=1.2.3", ""), ("/explore?lang=cobol&view=cube", "")):
        visit.open(path)
        visit.wants(path, "does not name what is wrong", word in browser.find("#notices").text, browser.find("#notices").text)
        visit.complaints(path, ["status of 400"])
    for path, status in (("/d/none", 404), ("/conversations/nobody", 404), ("/reports/luck", 404), ("/runbooks/none", 404), ("/nowhere", 404)):
        visit.open(path)
        said = browser.find("main").text
        visit.wants(path, "does not say that there is none", "no " in said or "not" in said, said)
        visit.expect(path, "headings", len(browser.looks("headings")), 1)
        visit.complaints(path, [f"status of {status}"])


def hidden_tab(visit):
    """Asks each second while it is seen, nothing while it is not, and at once when somebody comes back; nothing where the range is over."""
    browser, page = visit.browser, "/status"
    asked = "performance.getEntriesByType('resource').length"
    visit.open(f"{page}?refresh=1s")
    before = browser.ask(asked)
    browser.until("a refresh", lambda: browser.ask(asked) > before + 1)
    browser.ask(NOTED)
    own = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    time.sleep(3.5)
    browser.driver.close()
    browser.driver.switch_to.window(own)
    noted = browser.until("the tab again", lambda: (lambda list: list if list and not list[-1][0] else None)(browser.ask("window.__noted")))
    visit.expect(page, "hidden and seen", [is_hidden for is_hidden, _ in noted], [True, False])
    # One may have been on its way.
    visit.wants(page, "asked while nobody saw it", noted[-1][1] - noted[0][1] <= 1, noted)
    browser.until("a refresh on return", lambda: browser.ask(asked) > noted[-1][1])
    start, end = around_bad_hour()
    visit.open(f"{OPERATIONAL}?from={start}&to={end}&refresh=1s")
    before = browser.ask(asked)
    time.sleep(2.5)
    visit.expect(OPERATIONAL, "questions about a time that is over", browser.ask(asked) - before, 0)


def dying(visit):
    """What was shown stays, as of when it was; that the server is away is said, and no more once it is back."""
    browser, (start, end), relay = visit.browser, around_bad_hour(), Relay(visit.server.port)
    browser.open(f"{relay.url}{OPERATIONAL}?from={start}&to={end}")
    figures = "[...document.querySelectorAll('.stat b')].map((one) => one.textContent)"
    before = browser.ask(figures)
    # The answer has begun, some panels have come, and then nothing more does. Of a range that is over the browser would have it already.
    browser.command("Network.setCacheDisabled", cacheDisabled=True)
    relay.break_after(4000)
    browser.button("Refresh", "#controls").click()
    said = browser.until("what is wrong", lambda: browser.find("#notices").text)
    visit.wants(OPERATIONAL, "what is said of a server that died", "the server went away in the middle" in said and "as of" in said, said)
    visit.expect(OPERATIONAL, "figures that were there", browser.ask(figures), before)
    visit.wants(OPERATIONAL, "figures look as if they were of now", browser.all("main.stale"))
    relay.mend()
    browser.command("Network.setCacheDisabled", cacheDisabled=False)
    visit.server.kill()
    browser.button("Refresh", "#controls").click()
    browser.until("that nobody answers", lambda: "cannot be reached" in browser.find("#notices").text)
    visit.server.start()
    browser.button("Refresh", "#controls").click()
    browser.until("the end of it", lambda: browser.find("#notices").text == "" and not browser.all("main.stale"))
    visit.expect(OPERATIONAL, "figures after the server is back", browser.ask(figures), before)
    relay.close()
    # A question that ends with its server says so, too.
    visit.open("/explore")
    browser.write("#text", "select count(*) from events a cross join events b cross join events c", Keys.CONTROL, Keys.ENTER)
    browser.until("a way to stop", lambda: browser.find("#stop").is_enabled())
    visit.server.kill()
    browser.until("that nobody answers", lambda: "cannot be reached" in browser.find("#notices").text)
