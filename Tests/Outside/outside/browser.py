"""A headless Chromium that reaches this machine alone, and what a page is asked in it."""
import os
import json
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
PATIENCE = 15


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

    def open(self, address):
        """Loads an address anew, also where only its fragment is another one."""
        self.driver.get("about:blank")
        self.driver.get(address)
        self.rest()

    def reload(self):
        self.driver.refresh()
        self.rest()

    def back(self):
        self.driver.back()
        self.rest()

    def rest(self, still=0.15):
        """Waits until nothing changes any more; a page that is drawn anew each second counts as at rest once nothing is asked."""
        ends = time.monotonic() + PATIENCE
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
            raise Stuck(f"{self.driver.current_url} is busy for {PATIENCE} s")

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

    def theme(self, name):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def phone(self, is_phone):
        if is_phone:
            self.command("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
        else:
            self.command("Emulation.clearDeviceMetricsOverride")

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(self.driver.get_screenshot_as_png())

    # What it says

    def said(self, tolerated=()):
        """What console and policy complained of since it was asked last."""
        for entry in self.driver.get_log("browser"):
            if entry["level"] in ("SEVERE", "WARNING") and not any(words in entry["message"] for words in tolerated):
                yield f"console: {entry['message'][:300]}"
        seen = self.ask("window.__looks ? window.__looks.seen : null") or {"violations": [], "mistakes": []}
        yield from (f"content security policy: {line}" for line in seen["violations"])
        yield from (f"script: {line}" for line in seen["mistakes"])

    def strangers(self, own):
        """Requests to others than the server at `own` (host and port) since it was asked last."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] not in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                continue
            address = message["params"].get("request", message["params"])["url"]
            if urlsplit(address).scheme in ("http", "https", "ws", "wss") and urlsplit(address).netloc != own:
                yield address

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

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self):
        return self.ask("document.activeElement ? document.activeElement.outerHTML.slice(0, 120) : ''")


__all__ = ["Browser", "By", "Keys", "Stuck"]
