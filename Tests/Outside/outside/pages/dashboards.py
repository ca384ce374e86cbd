"""Dashboards ask for what somebody sees: panels near the view at once, others when they come near, nothing in a hidden tab, and all of them for paper."""
import time

from outside.pages.paper import wide

PAGE = "/d/plimsoll-operational"
# As if the tab went behind another one, and came back.
HIDE = """void (Object.defineProperty(document, "hidden", { value: arguments[0], configurable: true }),
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true })))"""
# Asked of the page's own script: weeks and fiscal years as they are by themselves, and as a dashboard may have them.
CALENDAR = """import(document.querySelector('script[src$="/dashboard.js"]').src.replace(/dashboard\\.js$/, "time.js")).then((time) => {
  const read = (text) => new Date(time.parsed(text, { now: Date.parse("2026-08-12T15:00:00Z"), zone: "UTC" })).toISOString().slice(0, 10);
  const plain = [read("now/w"), read("now/fQ"), read("now/Q")];
  time.setCalendar({ weekStart: "sunday", yearStart: 1 });
  return [...plain, read("now/w"), read("now/fQ"), read("now/fy"), read("now/Q")];
})"""


def look(visit):
    visit.demo()
    visit.look()
    for act in (lazily, hidden, printed, narrow, calendar):
        visit.flow(f"dashboards: {act.__name__}", act)


def asked(visit):
    """What the page has asked for its figures since it was opened."""
    return visit.browser.ask("performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('/data?'))")


def begin(visit):
    visit.open(PAGE + "?from=now-24h&to=now&refresh=off")


def lazily(visit):
    """Panels near the view are asked at once, others when they come near; what is open stays so."""
    browser = visit.browser
    begin(visit)
    panels = browser.ask("[...document.querySelectorAll('#panels > section.panel')].filter((panel) => !panel.hidden).length")
    visit.wants(PAGE, "panels without a title", browser.ask("[...document.querySelectorAll('#panels h3')].every((title) => title.textContent.trim())"))
    first = asked(visit)
    visit.wants(PAGE, "questions at first", 1 <= len(first) <= 2, first)
    visit.wants(PAGE, f"panels of {panels} that are asked at first", 0 < sum(line.count("panel=") for line in first) < panels, first)
    browser.ask("void window.scrollTo(0, document.body.scrollHeight)")
    browser.until("figures of what is below", lambda: len(asked(visit)) > len(first))
    browser.rest()
    visit.expect(PAGE, "scrolling asks for more than panels", [line for line in asked(visit)[len(first):] if "part=panels" not in line])
    # New figures close nothing.
    browser.ask("void (document.querySelector('#basis details').open = true)")
    browser.button("Refresh", "#controls").click()
    browser.rest()
    visit.wants(PAGE, "the basis does not stay open", browser.ask("document.querySelector('#basis details').open"))
    visit.complaints(PAGE)


def hidden(visit):
    """A tab that nobody sees asks nothing, and asks when somebody does."""
    browser = visit.browser
    begin(visit)
    before = len(asked(visit))
    browser.ask(HIDE, True)
    browser.button("Refresh", "#controls").click()
    time.sleep(0.5)
    visit.expect(PAGE, "asked while hidden", len(asked(visit)), before)
    browser.ask(HIDE, False)
    browser.until("figures for who looks again", lambda: len(asked(visit)) > before)
    browser.rest()
    visit.complaints(PAGE)


def printed(visit):
    """As wide as paper before a browser looks, with what was chosen; a panel that nobody has asked yet says so, and the page's own button asks for all."""
    browser = visit.browser
    begin(visit)
    absent = "[...document.querySelectorAll('.absent')].filter((one) => one.checkVisibility()).length"
    wide(visit, PAGE)
    browser.ask("void dispatchEvent(new Event('beforeprint'))")
    visit.wants(PAGE, "panels that say that they were not asked", browser.ask(absent))
    browser.ask("void dispatchEvent(new Event('afterprint'))")
    visit.expect(PAGE, "panels that say so on the screen", browser.ask(absent), 0)
    said = browser.ask("document.querySelector('.printed').textContent")
    visit.wants(PAGE, "what was chosen, for paper", "as of" in said and "all" in said, said)
    browser.print()
    browser.ask("void dispatchEvent(new Event('beforeprint'))")
    visit.expect(PAGE, "panels that were not asked for the page's own button", browser.ask(absent), 0)
    browser.ask("void dispatchEvent(new Event('afterprint'))")
    visit.complaints(PAGE)


def narrow(visit):
    """What is done with a panel stands on one line, and no figure of a legend is cut, in the narrowest panels of a usual window."""
    browser = visit.browser
    for name in ("operational", "business", "cost", "quality"):
        page = f"/d/plimsoll-{name}"
        visit.open(page + "?from=now-24h&to=now&refresh=off")
        # Those below the window are asked, too.
        browser.print()
        browser.ask("void dispatchEvent(new Event('afterprint'))")
        browser.rest()
        lines = browser.ask("[...document.querySelectorAll('#panels .tools')].filter((tools) => tools.checkVisibility() && [...tools.children].some((one) =>"
                            "one.getBoundingClientRect().top >= tools.firstElementChild.getBoundingClientRect().bottom)).map((tools) => tools.closest('section').id)")
        visit.expect(page, "panels whose tools take two lines", lines)
        cut = browser.ask("[...document.querySelectorAll('#panels .legend')].filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth)"
                          ".map((one) => one.closest('section').id)")
        visit.expect(page, "panels whose legend is cut", cut)
        visit.complaints(page)


def calendar(visit):
    """Weeks and fiscal years are the dashboard's own, as the server reads them."""
    begin(visit)
    visit.expect(PAGE, "weeks and fiscal years", visit.browser.ask(CALENDAR),
                 ["2026-08-10", "2026-07-01", "2026-07-01", "2026-08-09", "2026-08-01", "2026-02-01", "2026-07-01"])
    visit.complaints(PAGE)
