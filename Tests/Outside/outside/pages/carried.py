"""What somebody chose goes along from page to page: range, zone, refresh and every filter, by each link of each page, and by forms.

A link may say itself of what time it is, or which value of a filter; it leaves none out. The menu's are exactly as the address."""
from urllib.parse import parse_qsl, quote, urlencode

from outside.pages.calendar import text, yesterday
from outside.pages.visit import MORE

OWN = ("from", "to", "timezone", "refresh")


def look(visit):
    visit.demo(users=40)
    visit.look()
    paths = visit.paths(visit.arguments.path)
    # That of the one conversation among them: of another tenant there is none.
    tenant = visit.server.sql("select tenant, count(*) from events where conversation_id is not null group by tenant, conversation_id order by 2 desc, conversation_id limit 1")[0][0]
    said = [("from", text(yesterday(0))), ("to", text(yesterday(24))), ("timezone", "Asia/Kolkata"), ("refresh", "15m"), ("var-tenant", tenant),
            ("var-model", "a b&c"), ("var-model", "ü/#")]
    visit.each(paths, lambda path: links(visit, path, said))
    for act in (walked, chosen, asked, early):
        visit.flow(act.__name__, lambda _, act=act: act(visit, tenant))


def links(visit, path, said):
    """Every link to a page carries all of it."""
    kinds = {place.split("/")[1] for place in visit.menu() + MORE}
    visit.open(f"{path}{'&' if '?' in path else '?'}{urlencode(said, quote_via=quote)}")
    found = [(name, place, parse_qsl(query[1:], keep_blank_values=True), is_menu) for name, place, query, is_menu in visit.browser.looks("links")
             if place.split("/")[1] in kinds]
    visit.wants(path, "few links to pages", len(found) >= 14, len(found))
    for name, place, query, is_menu in found:
        shared = [one for one in query if one[0] in OWN or one[0].startswith("var-")]
        if is_menu:
            visit.expect(f"{path} → {place}", "what a link of the menu carries", sorted(shared), sorted(said))
        else:
            missing = {one for one, _ in said} - {one for one, _ in shared}
            visit.wants(f"{path} → {place}", f"{name} leaves out", not missing, sorted(missing))
    visit.expect(path, "the same said twice", [place for _, place, query, _ in found if len(query) != len(set(query))])


def follow(visit, path):
    """A link of the menu."""
    visit.browser.find(f"nav[aria-label=Pages] a[data-path='{path}']").click()
    visit.browser.rest()


def walked(visit, tenant):
    """A filter typed on one page is in force on those that know it, however many that don't lie in between."""
    browser, page = visit.browser, "the filter of a tenant"
    visit.open("/conversations?from=now-3d&to=now")
    browser.write("#filter-tenant", tenant)
    browser.button("Filter", "#filters").click()
    browser.rest()
    for path in ("/status", "/runbooks", "/schemas", "/prices"):
        follow(visit, path)
    browser.find("main form button").click()
    browser.rest()
    visit.wants(page, "the form of prices", "provider=" in browser.driver.current_url, browser.driver.current_url)
    names = [name for name, _ in parse_qsl(browser.driver.current_url.partition("?")[2], keep_blank_values=True)]
    visit.expect(page, "what the form of prices says twice", sorted({name for name in names if names.count(name) > 1}), [])
    follow(visit, "/schemas")
    browser.find("#types tbody a").click()
    browser.rest()
    follow(visit, "/reports/sla")
    visit.wants(page, "the report", f"tenant = {tenant} ×" in browser.find("#asked").text, browser.find("#asked").text)
    follow(visit, "/d/plimsoll-operational")
    chosen = browser.until("variables", lambda: browser.ask("[...document.querySelectorAll('#variables option')].filter((one) => one.selected).map((one) => one.value)"))
    visit.wants(page, "the dashboard", tenant in chosen, chosen)
    follow(visit, "/runbooks")
    browser.find("article a").click()
    browser.rest()
    follow(visit, "/conversations")
    visit.expect(page, "the list", browser.find("#filter-tenant").get_attribute("value"), tenant)
    visit.expect(page, "the range of the list", "from=now-3d" in browser.driver.current_url, True)
    visit.complaints(page)


def chosen(visit, _):
    """A range that one page has of itself is chosen there: the next one, which has another, keeps what was chosen."""
    browser, page = visit.browser, "a range that is the page's own"
    visit.open("/conversations")
    browser.find("#controls details.menu summary").click()
    browser.button("24 hours", "#controls").click()
    browser.rest()
    for path in ("/d/plimsoll-operational", "/reports/sla", "/slos"):
        follow(visit, path)
        visit.expect(page, path, browser.find(".range-name").text, "24 hours")
    # Who only looks at a page has chosen nothing.
    visit.open("/conversations")
    follow(visit, "/reports/sla")
    visit.expect(page, "what nobody chose", browser.driver.current_url.split("?")[1:], [])
    visit.complaints(page)


def asked(visit, _):
    """One step back leads to the page before, as it was."""
    browser, page = visit.browser, "one step back"
    visit.open("/conversations?from=now-3d&to=now&sort=cost")
    before = browser.looks("state")
    follow(visit, "/alerts")
    browser.back()
    visit.expect(page, "the list", browser.looks("state"), before)


def early(visit, tenant):
    """Links to alerts carry the view as soon as they are there: how budgets went comes later, or not at all."""
    browser, page = visit.browser, "alerts of objectives"
    browser.command("Network.enable")
    browser.command("Network.setBlockedURLs", urls=["*/v1/slos/history*"])
    try:
        visit.open(f"/slos?from=now-3d&to=now&var-tenant={quote(tenant)}")
        links = browser.until("links", lambda: browser.ask("[...document.querySelectorAll('#budgets a[href^=\"/alerts/\"]')].map((one) => one.getAttribute('href'))"))
        visit.expect(page, "links that leave the view out", [one for one in links if "from=now-3d" not in one or "var-tenant=" not in one])
    finally:
        browser.command("Network.setBlockedURLs", urls=[])
    # That the history could not be asked for is told on the console, as it should be.
    list(browser.said())
