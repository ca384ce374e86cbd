"""Every page of the menu, and some that it leads to: at a demo's day, and with nothing at all.

Nothing said on the console, nothing against the policy, no request to another host, one heading, a name for every control, contrast of all texts in
both themes, targets that a finger meets, no scrolling sideways at 390 px and at twice the size, the same after a reload, one step back for one taken.
"""
from outside.browser import Keys
from outside.pages.visit import MORE


def look(visit):
    # Few users: it is of pages, not of figures.
    visit.demo(users=40)
    visit.look()
    paths = visit.paths(visit.arguments.path)
    visit.wants("pages", f"there is no page {visit.arguments.path}", paths)
    visit.each(paths, lambda path: whole(visit, path))
    visit.server.stop()
    visit.serve("empty")
    # Those of the menu: the others are of the same scripts.
    visit.each([path for path in visit.paths(visit.arguments.path) if path not in MORE], lambda path: visit.plain(path, "empty"))


def whole(visit, path):
    """A page with the demo's figures: both themes, a phone, what can be chosen."""
    browser = visit.browser
    browser.theme("light")
    visit.plain(path, "demo")
    visit.expect(path, "too faint on light", browser.looks("tooFaint"))
    visit.expect(path, "smaller than a finger", browser.looks("tooSmall")[:5])
    visit.picture(path, "light")
    browser.theme("dark")
    browser.rest()
    visit.expect(path, "too faint on dark", browser.looks("tooFaint"))
    visit.picture(path, "dark")
    browser.theme("light")
    visit.fits(path)
    for kind, size in (("phone", (390, 844, 1)), ("twice", (640, 450, 2))):
        browser.screen(*size)
        # On a phone a page begins; larger texts are chosen where it is read.
        (browser.reload if kind == "phone" else browser.rest)()
        visit.expect(path, f"too wide ({kind})", browser.looks("tooWide"))
        visit.picture(path, kind)
    visit.expect(path, "smaller than a finger (twice)", browser.looks("tooSmall")[:5])
    browser.screen()
    browser.rest()
    keyboard(visit, path)
    steps(visit, path)
    visit.complaints(path)


def keyboard(visit, path):
    """The first stop leads past the menu, and every stop has a place that can be seen."""
    browser = visit.browser
    browser.ask("(document.activeElement?.blur(), window.scrollTo(0, 0))")
    address = browser.driver.current_url
    browser.press(Keys.TAB)
    first = browser.focused()
    if "class=\"skip\"" not in first:
        visit.problems.append(f"{path}: the first stop is {first}")
        return
    browser.press(Keys.ENTER)
    visit.expect(path, f"the first stop leads to {browser.focused()}", browser.ask("document.activeElement?.id"), "main")
    for _ in range(8):
        browser.press(Keys.TAB)
        place = browser.ask("(() => { const e = document.activeElement; if (!e || e === document.body) return null; const b = e.getBoundingClientRect();"
                            "return b.width > 0 && b.height > 0 && b.bottom > 0 && b.top < innerHeight })()")
        visit.wants(path, "a stop that cannot be seen", place is not False, browser.focused())
    browser.open(address.split("#main")[0])


def steps(visit, path):
    """A range is chosen, stays after a reload, and is gone one step back."""
    browser = visit.browser
    before = browser.looks("state")
    if not browser.all("#controls[data-range] details.menu summary"):
        browser.reload()
        visit.expect(path, "after a reload", browser.looks("state"), before)
        return
    # What a page has without being told stands in no address.
    wanted = ("7 days", "now-7d") if "range-name=6 hours" in before["fields"] else ("6 hours", "now-6h")
    browser.find("#controls details.menu summary").click()
    browser.button(wanted[0], "#controls").click()
    browser.rest()
    chosen = browser.looks("state")
    visit.wants(path, f"{wanted[0]} were chosen, and the address is", f"from={wanted[1]}" in chosen["address"], chosen["address"])
    browser.reload()
    visit.expect(path, "after a reload", browser.looks("state"), chosen)
    browser.back()
    visit.expect(path, "one step back", browser.looks("state"), before)
