"""A store, its server and a browser that looks at it: what all themes have in common."""
import json
import os
import re
import shutil
import subprocess
import time
import traceback
from urllib.parse import quote

from selenium.common.exceptions import WebDriverException

from outside.browser import Browser, Stuck
from outside.plimsoll import CommandFailed, Server

# What pages lead to besides the menu.
MORE = ["/reports/cost", "/reports/outcomes", "/alerts/PlimsollDown", "/runbooks/PlimsollDown", "/schemas/llm_call", "/prices?all=true",
        "/explore?lang=promql"]


class Visit:
    """One theme's. What it finds wrong is a line in `problems` that names the page."""

    def __init__(self, arguments, folder, seconds):
        self.arguments, self.folder, self.problems = arguments, folder, []
        self.binary = os.path.abspath(arguments.plimsoll)
        self.ends = time.monotonic() + seconds
        self.browser, self.server, self.browsers, self.servers = None, None, [], []

    def expect(self, page, what, found, wanted=None):
        """Everything found is a problem where nothing is wanted."""
        wanted = [] if wanted is None else wanted
        if found != wanted:
            self.problems.append(f"{page}: {what}: {_short(found)}" + (f" instead of {_short(wanted)}" if wanted != [] else ""))

    def wants(self, page, what, holds, seen=""):
        if not holds:
            self.problems.append(f"{page}: {what}" + (f": {_short(seen)}" if seen != "" else ""))

    # Stores and servers

    def run(self, *arguments):
        """What a command prints; it asks the server where it is told to."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
        result = subprocess.run([self.binary, *arguments], capture_output=True, timeout=240, env=clean)
        if result.returncode:
            raise CommandFailed(f"plimsoll {' '.join(arguments)}: {result.stderr.decode(errors='replace')[-1000:]}")
        return result.stdout.decode()

    def demo(self, *options, users=None):
        """A server on a day of the demo: yesterday, one hour of it bad."""
        place = os.path.join(self.folder, "demo")
        if self.arguments.demo and not users:
            shutil.copytree(self.arguments.demo, place)
        else:
            self.run("demo", "--once", "--users", str(users or self.arguments.users), "--seed", "7", "--data", place)
        return self.serve("demo", *options)

    def serve(self, name, *options):
        self.server = Server(self.binary, os.path.join(self.folder, name), options)
        self.servers.append(self.server)
        self.server.start()
        return self.server

    def look(self, name="browser", **options):
        """A window with a profile of its own; the first one is `self.browser`."""
        browser = Browser(os.path.join(self.folder, name), **options)
        self.browsers.append(browser)
        self.browser = self.browser or browser
        return browser

    def close(self):
        for one in self.browsers + self.servers:
            try:
                (one.close if isinstance(one, Browser) else one.stop)()
            except (OSError, WebDriverException, subprocess.SubprocessError):
                # The others are to be ended, too.
                traceback.print_exc()

    def take(self, events, headers=None):
        """Posts events, all of which are to be accepted."""
        for start in range(0, len(events), 10_000):
            body = "\n".join(json.dumps(event) for event in events[start:start + 10_000]).encode()
            status, _, answer = self.server.post("/v1/events", body, "application/x-ndjson", headers)
            taken = json.loads(answer).get("accepted", 0) if status == 200 else 0
            if taken != len(events[start:start + 10_000]):
                raise CommandFailed(f"/v1/events: {status}, {taken} accepted: {answer[:600].decode(errors='replace')}")

    def ask(self, path, headers=None):
        status, _, body = self.server.get(path, headers)
        if status != 200:
            raise CommandFailed(f"{path}: {status}: {body[:600].decode(errors='replace')}")
        return json.loads(body)

    def token(self, scope="read"):
        """Makes one, and waits until the server wants it."""
        made = self.run("tokens", "create", "--data", self.server.data, "--scope", scope).strip()
        ends = time.monotonic() + 10
        while self.server.get("/v1/status")[0] != 401 and time.monotonic() < ends:
            time.sleep(0.1)
        return made

    # Pages

    def menu(self, headers=None):
        """Paths of the menu, as the server writes it."""
        document = self.server.get("/status", headers)[2].decode()
        menu = re.search(r"<nav .*?</nav>", document, re.S)
        return re.findall(r'<a href="([^"]*)"', menu[0]) if menu else []

    def paths(self, only=None):
        paths = self.menu()
        self.wants("the menu", "leads to few pages alone", len(paths) >= 14, paths)
        paths += MORE + self.conversations()
        self.expect("the server", "not answered by 200", [path for path in paths if self.server.get(path)[0] != 200])
        return [path for path in paths if only in (None, path)]

    def conversations(self):
        """The views of the one with the most events; none where there is none."""
        found = self.server.sql("select conversation_id from events where conversation_id is not null group by 1 order by count(*) desc, 1 limit 1")
        return [f"/conversations/{quote(row[0], safe='')}?view={view}" for row in found for view in ("turns", "waterfall", "events")]

    def open(self, path, **options):
        self.browser.open(self.server.url + path, **options)

    def near(self, number):
        """Brings a panel of a dashboard into view, which then asks for its figures."""
        self.browser.ask("void arguments[0].scrollIntoView({block: 'center'})", self.browser.find(f"#panel-{number}"))
        self.browser.until(f"figures of panel {number}", lambda: self.browser.all(f"#panel-{number} figure > *"))
        time.sleep(0.2)
        self.browser.rest()

    def each(self, paths, look):
        """What one page does wrong keeps no other from being looked at."""
        for path in paths:
            began = time.monotonic()
            if began > self.ends:
                self.problems.append(f"{path}: not looked at, time is over")
                continue
            try:
                look(path)
            except (Stuck, WebDriverException, CommandFailed) as error:
                place = traceback.extract_tb(error.__traceback__)[1:]
                where = next((f" (line {one.lineno} of {os.path.basename(one.filename)})" for one in reversed(place) if "pages" in one.filename), "")
                self.problems.append(f"{path}: {str(error).splitlines()[0]}{where}")
            if self.arguments.verbose:
                print(f"  {path}: {time.monotonic() - began:.1f} s", flush=True)

    def flow(self, name, act):
        """Something that somebody does, from its beginning to its end."""
        self.each([name], lambda _: act(self))

    def complaints(self, page, tolerated=(), browser=None):
        browser = browser or self.browser
        self.expect(page, "complaints", list(browser.said(tolerated))[:5])
        self.expect(page, "requests to others", list(browser.strangers(f"127.0.0.1:{self.server.port}"))[:5])

    def plain(self, path, kind):
        """What holds for every page, whatever the store has."""
        browser, page = self.browser, f"{path} ({kind})"
        self.open(path)
        self.expect(page, "headings of the first order", len(browser.looks("headings")), 1)
        self.complaints(page)
        self.expect(page, "ids that are there twice", browser.looks("doubledIds"))
        self.expect(page, "without a name", list(browser.nameless())[:5])
        self.expect(page, "texts that became markup", browser.looks("executed"))

    def fits(self, page):
        """At the widths that screens have: nothing reaches beyond the page, tables scroll in their frames, no amount goes over two lines."""
        for width, height in ((1280, 900), (1024, 768), (390, 844)):
            self.browser.screen(width, height)
            self.browser.rest()
            for what, name in (("too wide", "tooWide"), ("goes over two lines", "broken"), ("does not stay where it is scrolled", "unstuck")):
                self.expect(page, f"{what} at {width} px", self.browser.looks(name))
        self.browser.screen()
        self.browser.rest()

    def picture(self, path, kind):
        if self.arguments.pictures:
            name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "overview"
            self.browser.picture(os.path.join(self.arguments.pictures, f"{name}-{kind}.png"))


def _short(value):
    text = repr(value)
    return text if len(text) <= 600 else text[:600] + "…"
