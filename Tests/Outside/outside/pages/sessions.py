"""A session of a browser: log in, what it may, log out; and that what is secret is nowhere: not in a document, not in what the browser keeps, not in an
address, not in the log."""
import time
from urllib.parse import quote

from outside.browser import Keys
from outside.pages.calendar import text, yesterday

# What a sender tells of people; the server keeps a token of the one, and of the other nothing that pages show.
USER, SAID = "user-4711-blackbird", "what nobody else is to read: marigold"
# Everything that a page and its browser hold.
HELD = ("[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), location.href, document.documentElement.outerHTML,"
        "JSON.stringify(history.state), window.name].join(' ')")


def look(visit):
    visit.serve("sessions")
    visit.take(list(conversation()))
    visit.positions = [row[0] for row in visit.server.sql("select position from events order by 1")]
    visit.reader, visit.sender = visit.token(), visit.run("tokens", "create", "--data", visit.server.data, "--scope", "ingest").strip()
    visit.asked = []
    visit.look()
    for act in (log_in, what_it_may, secrets, ended_elsewhere, log_out, log):
        visit.flow(f"session: {act.__name__}", act)


def conversation():
    for number, (kind, more) in enumerate((
            ("message.received", {"author": "user", "content": SAID, "characters": len(SAID)}),
            ("llm.call", {"provider": "openai", "request_model": "gpt-4o-mini", "input_tokens": 812, "output_tokens": 40, "status": "ok", "duration_ns": 10**9}),
            ("message.sent", {"author": "agent", "content": SAID, "characters": len(SAID), "status": "ok", "duration_ns": 2 * 10**9}),
            ("feedback.submitted", {"kind": "rating", "score": 2, "comment": SAID}))):
        yield {"specversion": "1.0", "id": f"s-{number}", "source": "pages", "type": kind, "time": text(yesterday(12, number)),
               "data": {"conversation_id": "c-secret", "tenant": "acme", "channel": "web", "turn": 1, "user_id": USER, **more}}


def words(visit):
    """Texts of which none may be anywhere."""
    return [visit.reader, visit.reader.split("_")[2], visit.sender, visit.sender.split("_")[2], USER, SAID, "marigold"]


def held(visit, page):
    browser = visit.browser
    visit.expect(page, "secrets in the page or what its browser keeps", [word for word in words(visit) if word in browser.ask(HELD)])
    visit.asked += browser.requests()


def log_in(visit):
    browser, page = visit.browser, "/session"
    wanted = f"{visit.server.url}/explore?lang=sql#{quote('select 1 as one')}"
    browser.open(wanted)
    visit.expect(page, "form without a name", list(browser.nameless()))
    browser.write("#token", visit.sender, Keys.ENTER)
    browser.until("a refusal of a token that may only send", lambda: browser.all("form.login") and browser.all("[role=alert]"))
    held(visit, page)
    browser.open(wanted)
    browser.write("#token", visit.reader, Keys.ENTER)
    browser.until("the answer behind the form", lambda: browser.all("#answer tr[data-row]"))
    browser.rest()
    visit.expect(page, "where the form leads", browser.driver.current_url, wanted)
    held(visit, page)
    visit.expect(page, "a cookie that scripts read", browser.ask("document.cookie"), "")
    [cookie] = browser.driver.get_cookies()
    visit.expect(page, "cookie", [cookie["httpOnly"], cookie["sameSite"], cookie["path"]], [True, "Lax", "/"])
    list(browser.said())


def what_it_may(visit):
    browser, page = visit.browser, "/session"
    opened = browser.ask("[...document.querySelectorAll('nav a[data-path]')].map(link => link.dataset.path)")
    visit.expect(page, "entries of the menu", len(opened), len(visit.menu({"Authorization": f"Bearer {visit.reader}"})))
    for path in opened:
        visit.open(path)
        visit.wants(path, "is not opened by a session", not browser.all("#token"))
        held(visit, path)
    visit.expect(page, "complaints", list(browser.said())[:5])
    status = browser.driver.execute_async_script(
        "const done = arguments[0]; fetch('/v1/prices/rebook', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{\"provider\":\"x\"}'})"
        ".then((answer) => done(answer.status))")
    visit.expect(page, "status of a change by a session", status, 401)
    list(browser.said())


def secrets(visit):
    """Somebody looks for a user by name, opens the conversation, each event of it and its SQL."""
    browser, page = visit.browser, "/conversations/c-secret"
    visit.open("/conversations?from=now-3d&to=now")
    browser.write("#filter-user", USER, Keys.ENTER)
    browser.until("a token in the address", lambda: "var-user=u_" in browser.driver.current_url)
    browser.rest()
    visit.expect("/conversations", "found by a user", [one.text for one in browser.all("#list a.row")], ["c-secret"])
    held(visit, "/conversations")
    browser.find("#list a.row").click()
    browser.rest()
    visit.wants(page, "where the words would stand is not said", f"{len(SAID)} characters, withheld" in browser.find("#turns").text, browser.find("#turns").text)
    held(visit, page)
    for view in ("waterfall", "events"):
        for event in visit.positions:
            visit.open(f"{page}?view={view}&event={event}")
            held(visit, f"{page}?view={view}&event={event}")
    visit.complaints(page)


def ended_elsewhere(visit):
    """A session that ends while its page is open is said on it, with the way to the form and back."""
    browser = visit.browser
    visit.open("/conversations?from=now-3d&to=now")
    browser.driver.delete_all_cookies()
    browser.button("Refresh", "#controls").click()
    link = browser.until("the way to the form", lambda: browser.find("#notices a"))
    visit.wants("/conversations", "what is said", "not logged in" in browser.find("#notices").text, browser.find("#notices").text)
    visit.wants("/conversations", "figures that were there are gone", browser.all("#list a.row"))
    link.click()
    browser.write("#token", visit.reader, Keys.ENTER)
    browser.until("the list again", lambda: browser.all("#list a.row"))
    visit.wants("/conversations", "the way back", "/conversations?from=now-3d" in browser.driver.current_url, browser.driver.current_url)
    held(visit, "/conversations")
    list(browser.said())


def log_out(visit):
    browser, page = visit.browser, "/session"
    # Pages that are everybody's, as runbooks are, know of no session.
    visit.open("/status")
    browser.button("Log out").click()
    browser.until("the end", lambda: "Logged out" in browser.find("h1").text)
    visit.open("/status")
    visit.wants(page, "after the log-out pages are still open", browser.all("#token"))


def log(visit):
    """Addresses hold no secret; bodies hold the token of who logs in and the user that is looked for, and go to no other place."""
    visit.asked += visit.browser.requests()
    page = "addresses"
    visit.wants(page, "were looked at", len(visit.asked) > 50, len(visit.asked))
    told = words(visit) + ["select", quote(SAID)]
    visit.expect(page, "secrets in addresses", [address for address, _ in visit.asked if any(word in address.split("#")[0] for word in told)][:3])
    bodies = {address.removeprefix(visit.server.url) for address, body in visit.asked if any(word in body for word in words(visit))}
    visit.expect(page, "secrets in bodies", sorted(bodies - {"/session", "/v1/sql"}))
    time.sleep(0.2)
    visit.expect("the log", "secrets", [line for line in visit.server.log if any(word in line for word in words(visit))][:3])
