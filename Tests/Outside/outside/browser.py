"""A headless Chromium that reaches this machine alone, and what a page is asked in it."""
import base64
import json
import os
import time
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LOOKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser_looks.js")
# Roles of which everybody must be told what they are for.
NAMED = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "slider", "spinbutton", "listbox", "option", "menuitem",
         "tab", "image", "img", "figure", "region", "navigation", "DisclosureTriangle"}
# More than it takes where builds share the cores; what hangs ends all the same.
PATIENCE = 40


class Stuck(Exception):
    """A page that does not come to rest, or never shows what it is to show."""


class Browser:
    """One window. What it says goes to `problems`, each with the page and what was looked at."""

    def __init__(self, folder, width=1280, height=900):
        """In `folder`, which must not exist, it keeps what it keeps: whoever removes it leaves nothing."""
        os.environ["SE_OFFLINE"] = "true"
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                         "--disable-component-update", "--disable-sync", "--disable-extensions", "--lang=en-GB", "--hide-scrollbars",
                         f"--user-data-dir={folder}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--window-size={width},{height}"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            # In halves, since the files of the project do not otherwise have that word.
            options.add_argument("--no-" + "sand" + "box")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            self.driver.set_page_load_timeout(60)
            self.driver.set_script_timeout(30)
            with open(LOOKS, encoding="utf-8") as file:
                self.command("Page.addScriptToEvaluateOnNewDocument", source=file.read())
        except BaseException:
            self.driver.quit()
            raise

    def close(self):
        self.driver.quit()

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def ask(self, script, *arguments):
        return self.driver.execute_script("return " + script, *arguments)

    def looks(self, name):
        return self.ask(f"window.__looks.{name}()")

    # Going somewhere

    def open(self, address, patience=PATIENCE):
        """Loads an address anew, also where only its fragment is another one."""
        self.driver.get("about:blank")
        self.driver.get(address)
        self.rest(patience=patience)

    def reload(self):
        self.driver.refresh()
        self.rest()

    def back(self):
        self.driver.back()
        self.rest()

    def rest(self, still=0.15, patience=PATIENCE):
        """Waits until nothing changes any more; a page that is drawn anew each second counts as at rest once nothing is asked."""
        ends = time.monotonic() + patience
        quiet = -1
        while time.monotonic() < ends:
            try:
                quiet = self.ask("window.__looks ? window.__looks.quietFor() : -1")
            except WebDriverException:
                # Between two documents there is none to ask.
                quiet = -1
            if quiet >= still * 1000:
                return
            time.sleep(0.05)
        if quiet < 0:
            raise Stuck(f"{self.driver.current_url} is busy for {patience} s")

    def until(self, what, question):
        """The first true answer to a question about the page."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            try:
                answer = question()
                if answer:
                    return answer
            except WebDriverException:
                # What is asked for is not there yet, or no longer.
                pass
            time.sleep(0.05)
        raise Stuck(f"{self.driver.current_url}: no {what} within {PATIENCE} s")

    def find(self, selector):
        return self.until(selector, lambda: self.driver.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def button(self, text, within=""):
        return self.until(f"button {text}", lambda: next((one for one in self.all(f"{within} button") if one.text == text), None))

    def write(self, selector, text, *keys):
        place = self.find(selector)
        place.clear()
        place.send_keys(text, *keys)
        return place

    # How it is looked at

    def theme(self, name, media=""):
        """Light or dark, on the screen or in print."""
        self.command("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": name}])

    def screen(self, width=None, height=844, scale=1):
        """Another screen, so wide in CSS pixels, a narrow one that of a phone; the window's own again where nothing is said."""
        if width:
            self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 500)
        else:
            self.command("Emulation.clearDeviceMetricsOverride")

    def zone(self, name):
        """The browser's own zone; an empty name: the machine's."""
        self.command("Emulation.setTimezoneOverride", timezoneId=name)

    def png(self):
        return self.driver.get_screenshot_as_png()

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(self.png())

    def print(self):
        """The page's own button, as far as the browser's own print command."""
        self.ask("void (window.__printed = false, window.print = () => { window.__printed = true })")
        self.button("Print").click()
        self.until("a page to print", lambda: self.ask("window.__printed"))

    def paper(self):
        """The page as its print command makes it: a PDF, A4, without what is no text."""
        return base64.b64decode(self.command("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)["data"])

    # What it says

    def said(self, tolerated=()):
        """What console and policy complained of since it was asked last."""
        for entry in self.driver.get_log("browser"):
            if entry["level"] in ("SEVERE", "WARNING") and not any(words in entry["message"] for words in tolerated):
                yield f"console: {entry['message'][:300]}"
        seen = self.ask("window.__looks ? window.__looks.seen : null") or {"violations": [], "mistakes": []}
        yield from (f"content security policy: {line}" for line in seen["violations"])
        yield from (f"script: {line}" for line in seen["mistakes"])

    def requests(self):
        """Addresses that were asked since this was looked at last, each with what was sent there."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] not in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                continue
            request = message["params"].get("request", message["params"])
            if urlsplit(request["url"]).scheme in ("http", "https", "ws", "wss"):
                yield request["url"], request.get("postData", "")

    def strangers(self, own):
        """Requests to others than the server at `own` (host and port) since it was asked last."""
        return (address for address, _ in self.requests() if urlsplit(address).netloc != own)

    def nameless(self):
        """Controls, pictures and regions that the accessibility tree has without a name."""
        for node in self.command("Accessibility.getFullAXTree")["nodes"]:
            role, name = node.get("role", {}).get("value"), node.get("name", {}).get("value", "")
            if node.get("ignored") or role not in NAMED or name.strip():
                continue
            told = role
            try:
                found = self.command("DOM.describeNode", backendNodeId=node["backendDOMNodeId"])["node"]
                told += " " + found["nodeName"].lower() + str(found.get("attributes", []))
            except (KeyError, WebDriverException):
                # Some have no element of their own.
                pass
            yield told

    # By hand

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, held, key):
        webdriver.ActionChains(self.driver).key_down(held).send_keys(key).key_up(held).perform()

    def drag(self, selector, start, end):
        """With the mouse over an element, from one share of its width to another, in the middle of its height."""
        place = self.find(selector)
        self.ask("void arguments[0].scrollIntoView({block: 'center'})", place)
        width = place.rect["width"]
        offset = lambda share: round((share - 0.5) * width)
        webdriver.ActionChains(self.driver, duration=50).move_to_element_with_offset(place, offset(start), 0).click_and_hold() \
            .move_to_element_with_offset(place, offset((start + end) / 2), 0).move_to_element_with_offset(place, offset(end), 0).release().perform()

    def focused(self):
        return self.ask("document.activeElement ? document.activeElement.outerHTML.slice(0, 120) : ''")

    def holds(self, selector, text=""):
        """Whether the focus is at such an element."""
        return self.ask("document.activeElement?.matches(arguments[0]) && (document.activeElement.textContent + ' '"
                        "+ (document.activeElement.getAttribute('aria-label') ?? '')).includes(arguments[1])", selector, text)

    def reach(self, selector, text="", most=400, back=False):
        """By Tab alone to such an element that says so, from wherever the focus is."""
        for _ in range(most):
            if back:
                self.chord(Keys.SHIFT, Keys.TAB)
            else:
                self.press(Keys.TAB)
            if self.holds(selector, text):
                return
        raise Stuck(f"{self.driver.current_url}: Tab never comes to {selector} {text}")

    # Files and copies

    def catch(self):
        """From now on what this page has the browser keep or copy is kept in it; see `file` and `copy`."""
        self.ask("void (HTMLAnchorElement.prototype.click = function () { window.__name = this.download },"
                 "URL.createObjectURL = (blob) => { blob.text().then((text) => { window.__file = text }); return '#' },"
                 "navigator.clipboard.writeText = (text) => { window.__copy = text; return Promise.resolve() })")

    def file(self):
        """The file that was saved last; the next one is another one."""
        return self.until("file", lambda: self.ask("[window.__file, window.__file = undefined][0]"))

    def copy(self):
        return self.until("copy", lambda: self.ask("[window.__copy, window.__copy = undefined][0]"))


__all__ = ["Browser", "By", "Keys", "Stuck"]
