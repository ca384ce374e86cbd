#!/usr/bin/env python3
"""Opens every page of the server in a real browser: a demo's day, nothing at all, and texts that are markup elsewhere.

usage: pages.py --plimsoll BINARY [--users 40] [--pictures FOLDER] [--only PATH]

Every page of the menu, and some that it leads to: nothing said on the console, nothing against the policy, no request to another host, one
heading, a name for every control, contrast of all texts in both themes, targets that a finger meets, no scrolling sideways at 390 px, the same
after a reload, one step back for one step taken. Then a session of a browser: log in, what it may, log out. Each problem names the page.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from selenium.common.exceptions import WebDriverException

from outside.browser import Browser, Keys, Stuck
from outside.plimsoll import CommandFailed, Server

# What pages lead to besides the menu.
MORE = ["/reports/cost", "/reports/outcomes", "/alerts/PlimsollDown", "/runbooks/PlimsollDown", "/schemas/llm_call", "/prices?all=true",
        "/explore?lang=promql"]
HOSTILE = "<img src=hostile onerror=\"window.__executed='img'\">'\"><script>window.__executed='script'</script><svg onload=window.__executed='svg'>"
# More than it takes where several builds share two cores; what hangs ends all the same.
SECONDS = 900


class Pages:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.problems = arguments, folder, []
        self.binary = os.path.abspath(arguments.plimsoll)
        self.ends = time.monotonic() + SECONDS
        self.browser = None
        self.server = None

    def expect(self, page, what, found, wanted=None):
        """Everything found is a problem where nothing is wanted."""
        wanted = [] if wanted is None else wanted
        if found != wanted:
            self.problems.append(f"{page}: {what}: {found!r}" + (f" instead of {wanted!r}" if wanted != [] else ""))

    def run(self, *arguments):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
        result = subprocess.run([self.binary, *arguments], capture_output=True, timeout=240, env=clean)
        if result.returncode:
            raise CommandFailed(f"plimsoll {' '.join(arguments)}: {result.stderr.decode(errors='replace')[-1000:]}")
        return result.stdout.decode()

    def serve(self, name):
        self.server = Server(self.binary, os.path.join(self.folder, name))
        self.server.start()
        return self.server

    def menu(self, headers=None):
        """Paths of the menu, as the server writes it."""
        document = self.server.get("/status", headers)[2].decode()
        menu = re.search(r"<nav .*?</nav>", document, re.S)
        return re.findall(r'<a href="([^"]*)"', menu[0]) if menu else []

    def paths(self):
        paths = self.menu()
        if len(paths) < 14:
            self.problems.append(f"the menu leads to {paths} alone")
        paths += MORE + self.conversations()
        self.expect("the server", "not answered by 200", [path for path in paths if self.server.get(path)[0] != 200])
        paths = [path for path in paths if self.arguments.only in (None, path)]
        if not paths:
            self.problems.append(f"there is no page {self.arguments.only}")
        return paths

    def conversations(self):
        """The views of the one with the most events; none where there is none."""
        found = self.server.sql("select conversation_id from events where conversation_id is not null group by 1 order by count(*) desc, 1 limit 1")
        return [f"/conversations/{quote(row[0], safe='')}?view={view}" for row in found for view in ("turns", "waterfall", "events")]

    def each(self, paths, look):
        """What one page does wrong keeps no other from being looked at."""
        for path in paths:
            began = time.monotonic()
            if began > self.ends:
                self.problems.append(f"{path}: not looked at, {SECONDS} s are over")
                continue
            try:
                look(path)
            except (Stuck, WebDriverException) as error:
                self.problems.append(f"{path}: {str(error).splitlines()[0]}")
            if self.arguments.verbose:
                print(f"  {path}: {time.monotonic() - began:.1f} s", flush=True)

    # One page

    def plain(self, path, kind):
        """What holds for every page, whatever the store has."""
        browser, page = self.browser, f"{path} ({kind})"
        browser.open(self.server.url + path)
        self.expect(page, "headings of the first order", len(browser.looks("headings")), 1)
        self.complaints(page)
        self.expect(page, "ids that are there twice", browser.looks("doubledIds"))
        self.expect(page, "without a name", list(browser.nameless())[:5])
        self.expect(page, "texts that became markup", browser.looks("executed"))

    def complaints(self, page, tolerated=()):
        self.expect(page, "complaints", list(self.browser.said(tolerated))[:5])
        self.expect(page, "requests to others", list(self.browser.strangers(f"127.0.0.1:{self.server.port}"))[:5])

    def whole(self, path):
        """A page with the demo's figures: both themes, a phone, what can be chosen."""
        browser = self.browser
        browser.theme("light")
        self.plain(path, "demo")
        self.expect(path, "too faint on light", browser.looks("tooFaint"))
        self.expect(path, "smaller than a finger", browser.looks("tooSmall")[:5])
        self.picture(path, "light")
        browser.theme("dark")
        browser.rest()
        self.expect(path, "too faint on dark", browser.looks("tooFaint"))
        self.picture(path, "dark")
        browser.theme("light")
        browser.phone(True)
        browser.reload()
        self.expect(path, "wider than a phone", browser.looks("tooWide"))
        self.picture(path, "phone")
        browser.phone(False)
        browser.rest()
        self.keyboard(path)
        self.steps(path)
        self.complaints(path)

    def picture(self, path, kind):
        if self.arguments.pictures:
            name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "overview"
            self.browser.picture(os.path.join(self.arguments.pictures, f"{name}-{kind}.png"))

    def keyboard(self, path):
        """The first stop leads past the menu, and every stop has a place that can be seen."""
        browser = self.browser
        browser.ask("(document.activeElement?.blur(), window.scrollTo(0, 0))")
        address = browser.driver.current_url
        browser.press(Keys.TAB)
        first = browser.focused()
        if "class=\"skip\"" not in first:
            self.problems.append(f"{path}: the first stop is {first}")
            return
        browser.press(Keys.ENTER)
        if browser.ask("document.activeElement?.id") != "main":
            self.problems.append(f"{path}: the first stop leads to {browser.focused()}")
        for _ in range(8):
            browser.press(Keys.TAB)
            place = browser.ask("(() => { const e = document.activeElement; if (!e || e === document.body) return null; const b = e.getBoundingClientRect();"
                                "return b.width > 0 && b.height > 0 && b.bottom > 0 && b.top < innerHeight })()")
            if place is False:
                self.problems.append(f"{path}: a stop that cannot be seen: {browser.focused()}")
        browser.open(address.split("#main")[0])

    def steps(self, path):
        """A range is chosen, stays after a reload, and is gone one step back."""
        browser = self.browser
        if not browser.all("#controls[data-range] details.menu summary"):
            before = browser.looks("state")
            browser.reload()
            self.expect(path, "after a reload", browser.looks("state"), before)
            return
        before = browser.looks("state")
        # What a page has without being told stands in no address.
        wanted = ("7 days", "now-7d") if "range-name=6 hours" in before["fields"] else ("6 hours", "now-6h")
        browser.find("#controls details.menu summary").click()
        browser.button(wanted[0], "#controls").click()
        browser.rest()
        chosen = browser.looks("state")
        if f"from={wanted[1]}" not in chosen["address"]:
            self.problems.append(f"{path}: {wanted[0]} were chosen, and the address is {chosen['address']}")
        browser.reload()
        self.expect(path, "after a reload", browser.looks("state"), chosen)
        browser.back()
        self.expect(path, "one step back", browser.looks("state"), before)

    # Questions of one's own

    def explore(self):
        browser, page = self.browser, "/explore"
        sql = "select model, count(*) as calls, sum(cost_usd) as cost_usd from llm_call group by 1 order by 1"
        browser.open(self.server.url + page)
        browser.write("#text", sql, Keys.CONTROL, Keys.ENTER)
        browser.until("rows", lambda: browser.all("#answer tr[data-row]"))
        browser.rest()
        told = [["null" if cell is None else str(cell) for cell in row] for row in self.server.sql(sql)]
        self.expect(page, "rows", browser.ask("[...document.querySelectorAll('#answer tr[data-row]')].map(r => [...r.cells].map(c => c.textContent))"), told)
        self.expect(page, "the question in path or query", [part for part in browser.driver.current_url.split("#")[:1] if "select" in part])
        asked = browser.looks("state")
        browser.button("Chart", "#views").click()
        browser.rest()
        browser.back()
        self.expect(page, "back from the chart", browser.looks("state"), asked)
        browser.button("Explain analyze", "#views").click()
        browser.until("a plan", lambda: "Execution Time" in browser.find("#answer .plan").text)
        browser.reload()
        browser.until("the plan after a reload", lambda: browser.all("#answer .plan"))
        self.complaints(page)
        # The mark stands under the name that is none.
        browser.open(f"{self.server.url}{page}#{quote('select 1,' + chr(10) + '  nowhere from llm_call')}")
        mark = browser.until("a mark", lambda: browser.find("#place pre")).text.splitlines()
        self.expect(page, "where the mistake is", [mark[0].find("nowhere") == mark[1].find("^"), len(mark)], [True, 2])
        self.complaints(page, tolerated=["/v1/sql - Failed to load resource: the server responded with a status of 400"])
        # A hundred thousand rows.
        many = ("select a.position, a.type, b.position as other from (select position, type from events order by position limit 400) a "
                "cross join (select position from events order by position limit 250) b")
        began = time.monotonic()
        browser.open(f"{self.server.url}{page}#{quote(many)}")
        browser.until("rows", lambda: browser.all("#answer tr[data-row]"))
        browser.ask("void (document.querySelector('.rows').scrollTop = 2000000)")
        browser.until("rows further down", lambda: int(browser.find("#answer tr[data-row]").get_attribute("data-row")) > 60000)
        elements, seconds = len(browser.all("#answer tr")), time.monotonic() - began
        self.expect(page, "elements of rows and seconds for 100,000 rows", [elements < 300, seconds < 20], [True, True])
        self.picture("/explore-rows", "light")
        self.csv(page)
        # What takes long can be ended.
        browser.open(self.server.url + page)
        browser.write("#text", "select count(*) from events a cross join events b cross join events c", Keys.CONTROL, Keys.ENTER)
        browser.until("a way to stop", lambda: browser.find("#stop").is_enabled())
        browser.find("#stop").click()
        browser.until("the word that it is stopped", lambda: browser.find("#told").text == "stopped")
        # Names are offered, and taken by a key.
        browser.open(self.server.url + page)
        field = browser.write("#text", "select * from conv")
        browser.until("names", lambda: browser.all("#choices:not([hidden]) li"))
        field.send_keys(Keys.TAB)
        if not field.get_attribute("value").startswith("select * from conversation"):
            self.problems.append(f"{page}: Tab took {field.get_attribute('value')!r}")
        self.complaints(page)

    def csv(self, page):
        """A file of what is shown: numbers as they are, and no text that a spreadsheet would compute."""
        browser = self.browser
        question = "select '=1+1' as a, -1.50::numeric as b, null as c, '+x' as d, 'a\"b,c' as e, '@sum' as \"=f\", 3 as g"
        browser.open(f"{self.server.url}{page}#{quote(question)}")
        browser.until("rows", lambda: browser.all("#answer tr[data-row]"))
        browser.ask("void (HTMLAnchorElement.prototype.click = () => {},"
                    "URL.createObjectURL = (blob) => { blob.text().then((text) => { window.__file = text }); return '#' })")
        browser.find("#csv").click()
        text = browser.until("a file", lambda: browser.ask("window.__file"))
        self.expect(page, "CSV", text, "a,b,c,d,e,'=f,g\r\n'=1+1,-1.50,,'+x,\"a\"\"b,c\",'@sum,3\r\n")

    # What was before

    def compared(self):
        """Periods before, by the calendar of a zone, and which row of one stands beside which: asked of the page's own script."""
        browser, page = self.browser, "/reports/cost"
        browser.open(self.server.url + page)
        browser.rest()
        script = """import(document.querySelector('script[src$="/reports.js"]').src.replace(/reports\\.js$/, "figures.js")).then((figures) => {
          const zone = "Europe/Berlin", text = (value) => ({ text: value, kind: "text", exact: value });
          const count = (value) => ({ text: String(value), kind: "count", exact: String(value) });
          const before = (how, from, to) => figures.periodBefore(how, { from: Date.parse(from), to: Date.parse(to), zone })
            .map((time) => new Date(time).toISOString());
          const column = (name, keys) => ({ name, title: name, is_key: keys.includes(name) });
          const section = (keys, names, rows) => ({ name: "s", title: "s", rows, columns: names.map((name) => column(name, keys)) });
          const beside = (now, then, from, earlier) => {
            const compare = figures.comparing(now, { report: { sections: [then] }, from: Date.parse(earlier) }, Date.parse(from), zone);
            return now.rows.map(compare).map((other) => other ? other.at(-1)?.text ?? "nothing" : other === null ? "none" : "untold");
          };
          const unit = ["team", "unit", "count"], autumn = "2026-10-24T22:00:00Z", week = "2026-10-17T22:00:00Z";
          return {
            autumn: before("previous", autumn, "2026-10-25T23:00:00Z"), week: before("week", autumn, "2026-10-25T23:00:00Z"),
            month: before("previous", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
            hours: before("previous", "2026-03-01T02:00:00.123Z", "2026-03-01T08:00:00.123Z"),
            units: beside(section(["team"], unit, [[text("x"), text("answer"), count(1)], [text("x"), text("conversation"), count(2)]]),
              section(["team"], unit, [[text("x"), text("answer"), count(10)], [text("x"), text("conversation"), count(20)]]), autumn, week),
            alike: beside(section([], ["version"], [[count(1)], [count(2)]]), section([], ["version"], [[count(3)], [count(4)]]), autumn, week),
            hour: beside(section(["hour"], ["hour", "n"], [[text("2026-10-25T14:00:00+01:00"), count(1)]]), section(["hour"], ["hour", "n"],
              [[text("2026-10-18T14:00:00+02:00"), count(14)], [text("2026-10-18T15:00:00+02:00"), count(15)]]), autumn, week),
            others: beside(section(["day"], ["day", "n"], [[text("2026-10-25"), count(1)], [text("2026-10-26"), count(1)], [text("other (9 groups)"), count(1)]]),
              section(["day"], ["day", "n"], [[text("2026-10-18"), count(5)], [text("other (2 groups)"), count(6)]]), autumn, week),
            columns: beside(section(["day"], ["day", "answers", "p95"], [[text("2026-10-25"), count(1), count(1)]]),
              section(["day"], ["day", "answers", "p50"], [[text("2026-10-18"), count(5), count(6)]]), autumn, week),
            saved: figures.sectionRows(section([], ["a", "b", "c"], [[text("x"), { text: "–", kind: "none", state: "no data" },
              { text: "✗ unknown", kind: "unknown", state: "no data" }]])),
          };
        })"""
        told = {
            "autumn": ["2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z"], "month": ["2026-01-31T23:00:00.000Z", "2026-02-28T23:00:00.000Z"],
            "hours": ["2026-02-28T20:00:00.123Z", "2026-03-01T02:00:00.123Z"], "week": ["2026-10-17T22:00:00.000Z", "2026-10-18T22:00:00.000Z"],
            "units": ["10", "20"], "alike": ["untold", "untold"], "hour": ["14"], "others": ["5", "untold", "untold"], "columns": ["nothing"],
            "saved": [["a", "b", "c"], ["x", "", "unknown"]],
        }
        found = browser.ask(script)
        for name, wanted in told.items():
            self.expect(page, f"compared, {name}", found.get(name), wanted)
        self.complaints(page)

    def burned(self, page):
        """A range that ends with a day shows how budgets went, as any other does."""
        browser = self.browser
        browser.open(self.server.url + "/slos?from=now-7d/d&to=now-1d/d&timezone=utc")
        browser.rest()
        rows = browser.ask("document.querySelectorAll('#burndown tbody tr').length")
        if rows < 7:
            self.problems.append(f"{page}: budgets are told at {rows} times of seven days")
        self.complaints(page)

    # Texts of strangers

    def hostile_events(self):
        """An event of each type whose every text would be markup elsewhere."""
        schemas = json.loads(self.server.get("/v1/schemas")[2])
        values = {"integer": 1, "double": 0.5, "boolean": True, "timestamp": "2026-08-01T09:00:00Z", "money": "0.0375", "json": {HOSTILE: HOSTILE}}
        lines = []
        for table in schemas["tables"]:
            columns = [column for column in table["columns"] + schemas["common"] if "field" in column]
            if not table.get("event_type") or table["event_type"] == "span.received":
                continue
            data = {}
            for column in columns:
                name = column["name"]
                if name in ("id", "source", "attributes", "usd_per_gpu_hour") or column["field"] != "text" and "tokens" in name:
                    continue
                closed = name in ("status", "token_class", "price_state")
                data[name] = column["values"][0] if closed and column.get("values") else values.get(column["field"], HOSTILE)
                if name == "status_code":
                    data[name] = 200
            data["<b>hostile</b>"] = HOSTILE
            lines.append(json.dumps({"specversion": "1.0", "id": HOSTILE + table["name"], "source": HOSTILE, "type": table["event_type"], "data": data}))
        status, _, body = self.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
        accepted = json.loads(body).get("accepted", 0) if status == 200 else 0
        if accepted < len(lines) * 3 // 4:
            self.problems.append(f"of {len(lines)} events with markup {accepted} were taken: {body[:600].decode(errors='replace')}")

    def hostile(self, path):
        self.plain(path, "markup in every text")
        address = path.split("#")[0]
        told = quote(HOSTILE, safe="")
        self.browser.open(f"{self.server.url}{address}{'&' if '?' in address else '?'}from={told}&to={told}&timezone={told}&refresh={told}"
                          f"&provider={told}&var-model={told}&x={told}#{told}")
        self.expect(f"{path} (markup in its address)", "texts that became markup", self.browser.looks("executed"))
        self.expect(f"{path} (markup in its address)", "complaints", [line for line in self.browser.said(["status of 400"])][:5])

    # Sessions

    def sessions(self):
        browser, data = self.browser, self.server.data
        reader = self.run("tokens", "create", "--data", data, "--scope", "read").strip()
        sender = self.run("tokens", "create", "--data", data, "--scope", "ingest").strip()
        ends = time.monotonic() + 10
        while self.server.get("/v1/status")[0] != 401 and time.monotonic() < ends:
            time.sleep(0.1)
        wanted = f"{self.server.url}/explore?lang=sql#{quote('select 1 as one')}"
        page, refused = "/session", ["status of 401", "status of 403"]
        browser.open(wanted)
        self.expect(page, "form without a name", list(browser.nameless()))
        browser.write("#token", sender, Keys.ENTER)
        browser.until("a refusal of a token that may only send", lambda: browser.all("form.login") and browser.all("[role=alert]"))
        browser.open(wanted)
        browser.write("#token", reader, Keys.ENTER)
        browser.until("the answer behind the form", lambda: browser.all("#answer tr[data-row]"))
        browser.rest()
        self.expect(page, "where the form leads", browser.driver.current_url, wanted)
        kept = browser.ask("[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), location.href, document.documentElement.outerHTML].join(' ')")
        self.expect(page, "the token is still in the page", [part for part in (reader, reader.split("_")[2]) if part in kept])
        self.expect(page, "a cookie that scripts read", browser.ask("document.cookie"), "")
        opened = self.menu_of_session()
        self.expect(page, "entries of the menu", len(opened), len(self.menu({"Authorization": f"Bearer {reader}"})))
        for path in opened:
            browser.open(self.server.url + path)
            if browser.all("#token"):
                self.problems.append(f"{path}: is not opened by a session")
        self.expect(page, "complaints", list(browser.said(refused))[:5])
        status = browser.driver.execute_async_script(
            "const done = arguments[0]; fetch('/v1/prices/rebook', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{\"provider\":\"x\"}'})"
            ".then((answer) => done(answer.status))")
        self.expect(page, "status of a change by a session", status, 401)
        # Pages that are everybody's, as runbooks are, know of no session.
        browser.open(self.server.url + "/status")
        browser.button("Log out").click()
        browser.until("the end", lambda: "Logged out" in browser.find("h1").text)
        browser.open(self.server.url + "/status")
        if not browser.all("#token"):
            self.problems.append(f"{page}: after the log-out pages are still open")

    def menu_of_session(self):
        return self.browser.ask("[...document.querySelectorAll('nav a[data-path]')].map(link => link.dataset.path)")

    # All of it

    def look(self):
        self.run("demo", "--once", "--users", str(self.arguments.users), "--seed", "7", "--data", os.path.join(self.folder, "demo"))
        self.browser = Browser(os.path.join(self.folder, "browser"))
        try:
            self.serve("demo")
            self.each(self.paths(), self.whole)
            if self.arguments.only in (None, "/explore"):
                self.each(["/explore (flow)"], lambda _: self.explore())
            if self.arguments.only in (None, "/reports/cost"):
                self.each(["/reports/cost (compared)"], lambda _: self.compared())
            if self.arguments.only in (None, "/slos"):
                self.each(["/slos (a range of days)"], lambda path: self.burned(path))
            if self.arguments.only in (None, "/d/plimsoll-operational"):
                self.each(["/d/plimsoll-operational (what is asked when)"], lambda path: self.lazily(path))
            if self.arguments.only in (None, "/reports/cost"):
                self.each(["/reports/cost (filtered)"], self.filtered)
                self.each(["/reports/cost (times)"], self.times)
            self.server.stop()
            if self.arguments.only in (None, "/conversations"):
                self.each(["/conversations (a list)"], lambda _: self.listed())
            self.serve("strange")
            # Those of the menu: the others are of the same scripts.
            self.each([path for path in self.paths() if path not in MORE], lambda path: self.plain(path, "empty"))
            self.hostile_events()
            question = "/explore#" + quote("select * from events order by position")
            self.each(self.paths() + [question], self.hostile)
            self.each(["/session"], lambda _: self.sessions())
        finally:
            try:
                self.browser.close()
            finally:
                if self.server:
                    self.server.stop()

    # Conversations of a list

    NAMES = ["c-1", ".", "..", "_", "%2e%2e", "a/../b", "//x", "a\\b", "100%", "q?a=1&view=events#f", "line\nend", "u\u0308", "n" * 4096]
    TRACE = "0123456789abcdef" * 2

    def listed(self):
        """Every id leads to its page, and each page to those beside it in the list."""
        browser, page = self.browser, "/conversations (a list)"
        self.server = Server(self.binary, os.path.join(self.folder, "listed"), ["--trace-link-template", "https://traces.example.org/t/{trace_id}?x=1"])
        self.server.start()
        try:
            self.send_listed()
            browser.open(self.server.url + "/conversations")
            links = browser.ask("[...document.querySelectorAll('#list a.row')].map(one => [one.textContent, one.href])")
            self.expect(page, "ids in the list", sorted(name for name, _ in links), sorted(self.NAMES))
            for name, address in links:
                browser.open(address)
                self.expect(page, f"the page of {name[:40]!r}", browser.ask("document.getElementById('id').textContent"), name)
                self.expect(page, f"turns of {name[:40]!r}", len(browser.all("#turns details.turn")), 1)
            self.neighbours(page, [(name, address) for name, address in links if len(name) < 1000])
            self.seen_elsewhere(page)
            self.many_spans(page)
            self.complaints(page)
            self.shared(page)
        finally:
            self.server.stop()

    def send_listed(self):
        lines = []
        for place, name in enumerate(self.NAMES):
            for number, kind in enumerate(("message.received", "llm.call", "message.sent")):
                data = {"conversation_id": name, "turn": 1, "trace_id": self.TRACE if place else "..", "status": "ok", "provider": "openai",
                        "request_model": "gpt-4o-mini", "input_tokens": 100 * (place + 1), "output_tokens": 5, "author": "user" if number == 0 else "agent"}
                if kind != "llm.call":
                    data = {field: data[field] for field in ("conversation_id", "turn", "trace_id", "author")} | ({"status": "ok"} if number else {})
                else:
                    del data["author"]
                lines.append(json.dumps({"specversion": "1.0", "id": f"{place}-{number}", "source": "pages", "type": kind, "data": data}))
        status, _, body = self.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
        if status != 200 or json.loads(body)["accepted"] != len(lines):
            self.problems.append(f"conversations of a list: {status} {body[:600].decode(errors='replace')}")

    def neighbours(self, page, links):
        """From one end of the list to the other and back, by links, also those of an address that somebody passed on."""
        browser = self.browser
        beside = "(rel => document.querySelector(`#list a[rel=${rel}]`)?.href ?? null)"
        for sort, told in (("newest", links), ("cost", None)):
            browser.open(f"{self.server.url}/conversations?sort={sort}&var-channel=")
            listed = browser.ask("[...document.querySelectorAll('#list a.row')].map(one => [one.textContent, one.href])")
            if told is not None:
                self.expect(page, "those of the list", [name for name, _ in listed if len(name) < 1000], [name for name, _ in told])
            names = [name for name, _ in listed]
            browser.open(listed[0][1])
            self.expect(page, f"before the first by {sort}", browser.ask(beside + "('prev')"), None)
            walked = [browser.ask("document.getElementById('id').textContent")]
            while len(walked) <= len(names) and browser.ask(beside + "('next')"):
                browser.open(browser.ask(beside + "('next')"))
                walked.append(browser.ask("document.getElementById('id').textContent"))
            self.expect(page, f"forwards by {sort}", walked, names)
            self.expect(page, "the word at the end", "The last of the list" in browser.find("#list").text, True)
            before = browser.looks("state")
            browser.reload()
            self.expect(page, "after a reload", browser.looks("state"), before)
            browser.open(browser.ask(beside + "('prev')"))
            self.expect(page, f"one back by {sort}", browser.ask("document.getElementById('id').textContent"), names[-2])
            browser.open(browser.ask("document.querySelector('#list a:not([rel])').href"))
            self.expect(page, "the list again", browser.ask("[...document.querySelectorAll('#list a.row')].map(one => one.textContent)"), names)

    def seen_elsewhere(self, page):
        """Traces whose ids stay in their place are linked; what is not there says so; paper has rows."""
        browser = self.browser
        browser.open(self.server.url + "/conversations/_?view=turns")
        links = browser.ask("[...document.querySelectorAll('#turns a.trace')].map(one => one.getAttribute('href'))")
        self.expect(page, "a trace elsewhere", links, [f"https://traces.example.org/t/{self.TRACE}?x=1"])
        browser.open(self.server.url + "/conversations/c-1?view=turns")
        self.expect(page, "a trace that would lead elsewhere", len(browser.all("a.trace")), 0)
        browser.open(self.server.url + "/conversations/c-1?view=waterfall&turn=7")
        self.expect(page, "a turn that there is not", "there is no turn 7" in browser.find("#events").text, True)
        browser.open(self.server.url + "/conversations/c-1?event=999999")
        self.expect(page, "an event that there is not", "no event of this conversation is at position 999999" in browser.find("#notices").text, True)
        browser.open(self.server.url + "/conversations/c-1?view=waterfall")
        rows = browser.ask("(dispatchEvent(new Event('beforeprint')), document.querySelectorAll('.rows-space > .rows-row').length)")
        self.expect(page, "rows on paper", rows, 4)
        browser.ask("void dispatchEvent(new Event('afterprint'))")
        self.expect(page, "rows afterwards", len(browser.all(".rows-space > .rows-row")), 4)
        places = browser.ask("[...document.querySelectorAll('.rows-space > .rows-row')].map(one => [one.ariaLevel, one.ariaPosInSet, one.ariaSetSize].join())")
        self.expect(page, "places of rows", places, ["1,1,1", "2,1,3", "2,2,3", "2,3,3"])

    def many_spans(self, page):
        """Of twenty thousand spans only rows in view are there; errors and words are found; a link to one shows it to others; explore leads there."""
        browser, count, bad, rare = self.browser, 20_000, 15_000, 17_000
        start = datetime.now(timezone.utc) - timedelta(minutes=2)
        for first in range(0, count, 5_000):
            lines = []
            for at in range(first, first + 5_000):
                data = {"conversation_id": "many", "turn": 1, "trace_id": self.TRACE, "span_id": f"{at + 1:016x}", "tool": "needle" if at == rare else "search",
                        "status": "error" if at == bad else "ok", "duration_ns": 900_000}
                lines.append(json.dumps({"specversion": "1.0", "id": f"m{at}", "source": "pages", "type": "tool.call",
                                         "time": (start + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z"), "data": data}))
            status, _, body = self.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
            if status != 200:
                return self.problems.append(f"{page}: {status} {body[:300].decode(errors='replace')}")
        rows = "document.querySelectorAll('.rows-space > .rows-row').length"
        chosen = "document.querySelector('.rows-space > .is-current')?.textContent ?? ''"
        began = time.monotonic()
        browser.open(self.server.url + "/conversations/many?view=waterfall")
        self.expect(page, "rows of a closed turn", browser.ask(rows), 1)
        browser.press("e")
        browser.until("the error", lambda: "✗" in browser.ask(chosen))
        seconds = time.monotonic() - began
        browser.rest()
        elements = browser.ask(rows)
        self.expect(page, "elements of 20,000 rows, and less than 20 s", [1 < elements < 120, seconds < 20], [True, True])
        self.expect(page, "rows that there are", browser.find(".rows-body").get_attribute("aria-rowcount"), str(count + 2))
        address = browser.driver.current_url
        browser.open(address)
        self.expect(page, "the error behind a link", "✗" in browser.ask(chosen), True)
        place = browser.ask("(() => { const row = document.querySelector('.rows-space > .is-current').getBoundingClientRect(),"
                            "body = document.querySelector('.rows-body').getBoundingClientRect(); return row.top >= body.top && row.bottom <= body.bottom })()")
        self.expect(page, "the error is in view", place, True)
        browser.press("/")
        browser.find("#find").send_keys("needle")
        browser.until("what was looked for", lambda: browser.ask(rows) == 2)
        browser.open(self.server.url + "/conversations/many?view=events")
        browser.find(".rows-body").send_keys(Keys.END)
        browser.until("the last row", lambda: browser.ask("document.querySelector('.rows-space > .is-current').ariaRowIndex") == str(count + 1))
        self.expect(page, "elements of 20,000 events", browser.ask(rows) < 120, True)
        browser.open(f"{self.server.url}/explore#{quote('select conversation_id, tenant from tool_call limit 1')}")
        browser.find("#answer tr[data-row]").click()
        link = browser.until("a link to the conversation", lambda: browser.ask("document.querySelector('#answer .detail a')?.getAttribute('href')"))
        self.expect(page, "where explore leads", link.startswith("/conversations/many?") and "tenant=default" in link, True)

    def shared(self, page):
        """Of two tenants' conversations of one id, the one that is meant can be chosen."""
        browser = self.browser
        lines = [json.dumps({"specversion": "1.0", "id": f"s{tenant}", "source": "pages", "type": "message.received",
                             "data": {"conversation_id": "shared", "tenant": tenant, "turn": 1, "author": "user"}}) for tenant in ("acme", "borealis")]
        self.server.post("/v1/events", "\n".join(lines).encode(), "application/x-ndjson")
        browser.open(self.server.url + "/conversations/shared?view=turns")
        links = browser.ask("[...document.querySelectorAll('#head li a')].map(one => [one.textContent, one.href])")
        self.expect(page, "whose it may be", [name for name, _ in links], ["acme", "borealis"])
        browser.open(links[1][1])
        self.expect(page, "whose it is", "borealis" in browser.find("#head .facts").text, True)
        self.complaints(page, tolerated=["status of 400"])

    # Dashboards

    def asked(self):
        """What the page has asked for its figures since it was opened."""
        return self.browser.ask("performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.includes('/data?'))")

    def lazily(self, page):
        """Panels near the view are asked at once, others when they come near, none in a hidden tab; what is open stays so, paper has all."""
        browser = self.browser
        browser.open(self.server.url + "/d/plimsoll-operational?from=now-24h&to=now&refresh=off")
        browser.rest()
        panels = browser.ask("[...document.querySelectorAll('#panels > section.panel')].filter(panel => !panel.hidden).length")
        titles = browser.ask("[...document.querySelectorAll('#panels h3')].every(title => title.textContent.trim())")
        asked = self.asked()
        first = asked[0].count("panel=") if asked else 0
        self.expect(page, "one question for some of the panels, and titles of all", [len(asked) <= 2, 0 < first < panels, titles], [True, True, True])
        browser.ask("void window.scrollTo(0, document.body.scrollHeight)")
        browser.until("figures of what is below", lambda: len(self.asked()) > len(asked))
        browser.rest()
        for line in self.asked()[len(asked):]:
            if "part=panels" not in line:
                self.problems.append(f"{page}: scrolling asks for more than panels: {line}")
        # New figures close nothing.
        browser.ask("void (document.querySelector('#basis details').open = true)")
        browser.button("Refresh", "#controls").click()
        browser.rest()
        self.expect(page, "the basis stays open", browser.ask("document.querySelector('#basis details').open"), True)
        # A tab that nobody sees asks nothing, and asks when somebody does.
        hide = ("Object.defineProperty(document, 'hidden', { value: %s, configurable: true });"
                " document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
        before = len(self.asked())
        browser.ask(f"void (() => {{ {hide % 'true'} }})()")
        browser.button("Refresh", "#controls").click()
        time.sleep(0.5)
        self.expect(page, "asked while hidden", len(self.asked()), before)
        browser.ask(f"void (() => {{ {hide % 'false'} }})()")
        browser.until("figures for who looks again", lambda: len(self.asked()) > before)
        browser.rest()
        # Weeks and fiscal years are the dashboard's own, as the server reads them.
        calendar = browser.ask("""import(document.querySelector('script[src$="/dashboard.js"]').src.replace(/dashboard\\.js$/, "time.js")).then((time) => {
          const read = (text) => new Date(time.parsed(text, { now: Date.parse("2026-08-12T15:00:00Z"), zone: "UTC" })).toISOString().slice(0, 10);
          const plain = [read("now/w"), read("now/fQ"), read("now/Q")];
          time.setCalendar({ weekStart: "sunday", fiscalYearStartMonth: 1 });
          return [...plain, read("now/w"), read("now/fQ"), read("now/fy"), read("now/Q")];
        })""")
        self.expect(page, "weeks and fiscal years", calendar,
                    ["2026-08-10", "2026-07-01", "2026-07-01", "2026-08-09", "2026-08-01", "2026-02-01", "2026-07-01"])
        # Paper: as wide as it is, in its colours, with what was chosen.
        wide = browser.ask("(() => { dispatchEvent(new Event('beforeprint')); const found = [...document.querySelectorAll('#panels canvas')]"
                           ".map(canvas => canvas.getBoundingClientRect().right).reduce((a, b) => Math.max(a, b), 0);"
                           "const left = document.getElementById('main').getBoundingClientRect().left;"
                           "dispatchEvent(new Event('afterprint')); return found - left })()")
        if not 0 < wide <= 720:
            self.problems.append(f"{page}: on paper charts are {wide} px wide")
        self.expect(page, "what paper says", "UTC" in browser.ask("document.querySelector('.printed').textContent")
                    or "/" in browser.ask("document.querySelector('.printed').textContent"), True)
    # Filters and times of reports

    def filtered(self, page):
        """A row that is clicked becomes a filter, which the server answers: the whole report is of that row then, in all its forms."""
        browser, address = self.browser, "/reports/cost?from=now-2d/d&to=now&timezone=utc&by=channel"
        browser.open(self.server.url + address)
        browser.rest()
        row = browser.ask("""(() => { const link = document.querySelector("section[aria-labelledby='title-by_channel'] tbody th a");
          const cells = [...link.closest("tr").children].map((cell) => cell.textContent);
          link.click(); return { channel: link.textContent, calls: cells[1], cost: cells[2] } })()""")
        browser.rest()
        told = browser.ask("""(() => { const total = document.querySelector("section[aria-labelledby='title-total'] tbody tr");
          const cells = [...total.children].map((cell) => cell.textContent), period = document.getElementById("period").textContent;
          return { cost: cells[0], period, calls: cells[3], channel: new URLSearchParams(location.search).get("var-channel"),
            doors: [...document.querySelectorAll("#doors a")].map((link) => link.getAttribute("href")) } })()""")
        self.expect(page, "the filter", told["channel"], row["channel"])
        self.expect(page, "calls and cost of the row, and of the report of it alone", (told["calls"], told["cost"]), (row["calls"], row["cost"]))
        self.expect(page, "the page says of what it is", f"Only where channel is {row['channel']}." in told["period"], True)
        where = "where=" + quote(f"channel={row['channel']}", safe="")
        self.expect(page, "links that do not carry the filter", [link for link in told["doors"] if where not in link])
        printed = self.run("report", "cost", "--server", self.server.url, "--from", "now-2d/d", "--where", f"channel={row['channel']}", "--format", "html")
        self.expect(page, "the mailed report says of what it is", f"Only where channel is {row['channel']}." in printed, True)
        self.complaints(page)

    def times(self, page):
        """Times as the page's own script reads them are those of the table that the server is held against."""
        browser = self.browser
        browser.open(self.server.url + "/reports/cost")
        browser.rest()
        table = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Goldens", "Times", "ranges.tsv")
        with open(table, encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines][1:]
        found = browser.ask("""import(document.querySelector('script[src$="/reports.js"]').src.replace(/reports\\.js$/, "time.js")).then((times) =>
          %s.map(([zone, now, weekStart, first, text]) => [false, true].map((isEnd) => {
            const time = times.parsed(text, { now: Date.parse(now), zone, isEnd, weekStart, yearStart: Number(first) - 1 });
            return Number.isNaN(time) ? "-" : new Date(time).toISOString().replace(".000Z", "Z");
          })))""" % json.dumps(rows))
        for row, times in zip(rows, found):
            self.expect(page, f"{row[4]} at {row[1]} in {row[0]}", times, row[5:])
        self.complaints(page)


def main():
    parser = argparse.ArgumentParser(description="Open every page in a real browser.")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--users", type=int, default=40, help="users of the demo's day")
    parser.add_argument("--pictures", help="a folder for a picture of each page: light, dark, on a phone")
    parser.add_argument("--only", help="the path of one page")
    parser.add_argument("--verbose", action="store_true", help="say how long each page took")
    arguments = parser.parse_args()
    if arguments.pictures:
        os.makedirs(arguments.pictures, exist_ok=True)
    # Who is told to end leaves neither server nor browser nor folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="plimsoll-pages-")
    pages, began = Pages(arguments, folder), time.monotonic()
    try:
        pages.look()
    except Exception as error:
        # What was found before it is told, too.
        pages.problems.append(f"{type(error).__name__}: {error}\n{traceback.format_exc()}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.monotonic() - began
    if seconds > SECONDS:
        pages.problems.append(f"all of it took {seconds:.0f} s, at most {SECONDS} are meant")
    print(f"pages: {len(pages.problems)} problems in {seconds:.0f} s", *pages.problems, sep="\n")
    return 1 if pages.problems else 0


if __name__ == "__main__":
    sys.exit(main())
