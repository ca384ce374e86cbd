"""What a dashboard asks, and when: panels near the view first, others when they come near, nothing in a hidden tab; what is open stays so."""
import time


def look(visit):
    visit.demo()
    visit.look()
    visit.flow("/d/plimsoll-operational (what is asked when)", lazily)


def asked(visit):
    """What the page has asked for its figures since it was opened."""
    return visit.browser.ask("performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.includes('/data?'))")


def lazily(visit):
    """Panels near the view are asked at once, others when they come near, none in a hidden tab; what is open stays so, paper has all."""
    browser, page = visit.browser, "/d/plimsoll-operational"
    browser.open(visit.server.url + "/d/plimsoll-operational?from=now-24h&to=now&refresh=off")
    browser.rest()
    panels = browser.ask("[...document.querySelectorAll('#panels > section.panel')].filter(panel => !panel.hidden).length")
    titles = browser.ask("[...document.querySelectorAll('#panels h3')].every(title => title.textContent.trim())")
    early = asked(visit)
    first = early[0].count("panel=") if early else 0
    visit.expect(page, "one question for some of the panels, and titles of all", [len(early) <= 2, 0 < first < panels, titles], [True, True, True])
    browser.ask("void window.scrollTo(0, document.body.scrollHeight)")
    browser.until("figures of what is below", lambda: len(asked(visit)) > len(early))
    browser.rest()
    for line in asked(visit)[len(early):]:
        if "part=panels" not in line:
            visit.problems.append(f"{page}: scrolling asks for more than panels: {line}")
    # New figures close nothing.
    browser.ask("void (document.querySelector('#basis details').open = true)")
    browser.button("Refresh", "#controls").click()
    browser.rest()
    visit.expect(page, "the basis stays open", browser.ask("document.querySelector('#basis details').open"), True)
    # A tab that nobody sees asks nothing, and asks when somebody does.
    hide = ("Object.defineProperty(document, 'hidden', { value: %s, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    before = len(asked(visit))
    browser.ask(f"void (() => {{ {hide % 'true'} }})()")
    browser.button("Refresh", "#controls").click()
    time.sleep(0.5)
    visit.expect(page, "asked while hidden", len(asked(visit)), before)
    browser.ask(f"void (() => {{ {hide % 'false'} }})()")
    browser.until("figures for who looks again", lambda: len(asked(visit)) > before)
    browser.rest()
    # Weeks and fiscal years are the dashboard's own, as the server reads them.
    calendar = browser.ask("""import(document.querySelector('script[src$="/dashboard.js"]').src.replace(/dashboard\\.js$/, "time.js")).then((time) => {
      const read = (text) => new Date(time.parsed(text, { now: Date.parse("2026-08-12T15:00:00Z"), zone: "UTC" })).toISOString().slice(0, 10);
      const plain = [read("now/w"), read("now/fQ"), read("now/Q")];
      time.setCalendar({ weekStart: "sunday", yearStart: 1 });
      return [...plain, read("now/w"), read("now/fQ"), read("now/fy"), read("now/Q")];
    })""")
    visit.expect(page, "weeks and fiscal years", calendar,
                ["2026-08-10", "2026-07-01", "2026-07-01", "2026-08-09", "2026-08-01", "2026-02-01", "2026-07-01"])
    # Paper: as wide as it is, in its colours, with what was chosen.
    wide = browser.ask("(() => { dispatchEvent(new Event('beforeprint')); const found = [...document.querySelectorAll('#panels canvas')]"
                       ".map(canvas => canvas.getBoundingClientRect().right).reduce((a, b) => Math.max(a, b), 0);"
                       "const left = document.getElementById('main').getBoundingClientRect().left;"
                       "dispatchEvent(new Event('afterprint')); return found - left })()")
    if not 0 < wide <= 720:
        visit.problems.append(f"{page}: on paper charts are {wide} px wide")
    visit.expect(page, "what paper says", "UTC" in browser.ask("document.querySelector('.printed').textContent")
                or "/" in browser.ask("document.querySelector('.printed').textContent"), True)
