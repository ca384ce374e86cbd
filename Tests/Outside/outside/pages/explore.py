"""Questions of one's own: what an analyst does, and what goes wrong then."""
from urllib.parse import quote

from outside.browser import Keys

# A hundred thousand rows.
MANY = ("select a.position, a.type, b.position as other from (select position, type from events order by position limit 400) a "
        "cross join (select position from events order by position limit 250) b")
# The longest that a frame lasts while somebody scrolls through all of them, in ms.
SCROLL = """const done = arguments[0], place = document.querySelector(".rows");
let [step, last, longest] = [0, performance.now(), 0];
const next = (now) => {
  longest = Math.max(longest, now - last);
  last = now;
  if (++step > 30) return done(longest);
  place.scrollTop = place.scrollHeight * step / 30;
  requestAnimationFrame(next);
};
requestAnimationFrame(next);"""


def look(visit):
    visit.demo()
    visit.look()
    for act in (answer, mistakes, many, csv, stopped, names):
        visit.flow(f"/explore ({act.__name__})", act)


def asked(visit, question, tail=""):
    visit.browser.open(f"{visit.server.url}/explore{tail}#{quote(question)}")


def rows(visit):
    return visit.browser.until("rows", lambda: visit.browser.all("#answer tr[data-row]"))


def answer(visit):
    browser, page = visit.browser, "/explore"
    sql = "select model, count(*) as calls, sum(cost_usd) as cost_usd from llm_call group by 1 order by 1"
    visit.open(page)
    browser.write("#text", sql, Keys.CONTROL, Keys.ENTER)
    rows(visit)
    browser.rest()
    told = [["null" if cell is None else str(cell) for cell in row] for row in visit.server.sql(sql)]
    visit.expect(page, "rows", browser.ask("[...document.querySelectorAll('#answer tr[data-row]')].map(r => [...r.cells].map(c => c.textContent))"), told)
    visit.expect(page, "the question in path or query", [part for part in browser.driver.current_url.split("#")[:1] if "select" in part])
    state = browser.looks("state")
    browser.button("Chart", "#views").click()
    browser.rest()
    browser.back()
    visit.expect(page, "back from the chart", browser.looks("state"), state)
    browser.button("Explain analyze", "#views").click()
    browser.until("a plan", lambda: "Execution Time" in browser.find("#answer .plan").text)
    browser.reload()
    browser.until("the plan after a reload", lambda: browser.all("#answer .plan"))
    visit.complaints(page)


def mistakes(visit):
    """The mark stands under the name that is none, in either language."""
    for page, question, name, refused in (("/explore", "select 1,\n  nowhere from llm_call", "nowhere", "/v1/sql"),
                                          ("/explore?lang=promql", "sum by (model) (\n  rate(x[5m]) +* 2)", "*", "/api/v1/query")):
        visit.browser.open(f"{visit.server.url}{page}#{quote(question)}")
        mark = visit.browser.until("a mark", lambda: visit.browser.find("#place pre")).text.splitlines()
        visit.expect(page, f"where the mistake is: {mark}", [mark[0].find(name) == mark[1].find("^"), len(mark)], [True, 2])
        visit.complaints(page, tolerated=[f"{refused} - Failed to load resource: the server responded with a status of 400"])


def many(visit):
    browser, page = visit.browser, "/explore (100,000 rows)"
    asked(visit, MANY)
    rows(visit)
    longest = browser.driver.execute_async_script(SCROLL)
    visit.wants(page, "it stands still for so many ms", longest < 1000, round(longest))
    browser.until("rows further down", lambda: int(browser.find("#answer tr[data-row]").get_attribute("data-row")) > 60000)
    elements = len(browser.all("#answer tr"))
    visit.wants(page, "elements of rows", elements < 300, elements)
    visit.picture("/explore-rows", "light")
    visit.complaints(page)


def csv(visit):
    """A file of what is shown: numbers as they are, and no text that a spreadsheet would compute."""
    asked(visit, "select '=1+1' as a, -1.50::numeric as b, null as c, '+x' as d, 'a\"b,c' as e, '@sum' as \"=f\", 3 as g")
    rows(visit)
    visit.browser.catch()
    visit.browser.find("#csv").click()
    visit.expect("/explore", "CSV", visit.browser.file(), "a,b,c,d,e,'=f,g\r\n'=1+1,-1.50,,'+x,\"a\"\"b,c\",'@sum,3\r\n")


def stopped(visit):
    """What takes long can be ended."""
    visit.open("/explore")
    visit.browser.write("#text", "select count(*) from events a cross join events b cross join events c", Keys.CONTROL, Keys.ENTER)
    visit.browser.until("a way to stop", lambda: visit.browser.find("#stop").is_enabled())
    visit.browser.find("#stop").click()
    visit.browser.until("the word that it is stopped", lambda: visit.browser.find("#told").text == "stopped")


def names(visit):
    """Names are offered, and taken by a key."""
    visit.open("/explore")
    field = visit.browser.write("#text", "select * from conv")
    visit.browser.until("names", lambda: visit.browser.all("#choices:not([hidden]) li"))
    covered = visit.browser.ask("""[...document.querySelectorAll('#question button')].filter((one) => {
      const { left, top, width, height } = one.getBoundingClientRect();
      return width && top < innerHeight && !one.contains(document.elementFromPoint(left + width / 2, top + height / 2)) && !one.disabled;
    }).map((one) => one.textContent)""")
    visit.expect("/explore", "buttons below what is offered", covered)
    field.send_keys(Keys.TAB)
    visit.wants("/explore", "Tab took", field.get_attribute("value").startswith("select * from conversation"), field.get_attribute("value"))
    visit.complaints("/explore")
