"""What README says of the pages: from the demo to its bad hour, the conversations of that hour and what they cost in three clicks; and its pictures.

`--pictures FOLDER` writes them as README names them. They are the tree's only files that are no text: the same few colours, small.
"""
import os
import re
import time

from outside.browser import By
from outside.pages.calendar import bad_hour, text, yesterday
from outside.readme import section
from outside import palette

SIZE = (1280, 800)
TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../..")
BYTES = 150_000


def look(visit):
    visit.demo()
    visit.look(width=SIZE[0], height=SIZE[1])
    visit.browser.screen(*SIZE)
    visit.browser.theme("light")
    visit.browser.zone("UTC")
    visit.flow("README: three clicks", three_clicks)
    visit.flow("README: its pictures", pictures)


def three_clicks(visit):
    """On the overview a service level, in it the day, of that the bad hour."""
    browser, page = visit.browser, "README"
    told = section("In a browser")
    visit.wants(page, "does not say the three clicks", all(word in told for word in ("**Answer p95**", "**day**", "**hour**", "`14:00`")), told)
    visit.open("/")
    keep(visit, "overview")
    click(visit, next(one for one in browser.all("#levels .tile") if one.find_element(By.TAG_NAME, "h3").text == "Answer p95").find_element(By.TAG_NAME, "a"))
    click(visit, line(visit, "day", text(yesterday(0))[:10]))
    keep(visit, "hours")
    hour = line(visit, "hour", text(yesterday(14))[:13])
    visit.wants(page, "the bad hour does not look bad", hour.find_elements(By.XPATH, "./ancestor::tr/td[contains(., '✗')]"), hour.text)
    click(visit, hour)
    start, end = bad_hour()
    report = visit.ask(f"/v1/reports/sla?from={start}&to={end}&by=tenant&timezone=UTC&format=cells")
    cells = {one["name"]: one for one in report["sections"]}
    worst = [row[0]["text"] for row in cells["worst_conversations"]["rows"]]
    links = browser.all("section[aria-labelledby=title-worst_conversations] tbody a")
    visit.expect(page, "conversations of the bad hour", [link.text for link in links], worst)
    names = [column["name"] for column in cells["questions"]["columns"]]
    cost = cells["questions"]["rows"][0][names.index("cost_usd")]["text"]
    seen = browser.all("section[aria-labelledby=title-questions] tbody td")[-1].text
    visit.expect(page, "cost of the bad hour", seen, cost)
    browser.ask("void window.scrollTo(0, 0)")
    keep(visit, "bad-hour")
    links[0].click()
    browser.button("Waterfall", "#tabs").click()
    # Below the head there is to be seen what took so long.
    browser.screen(SIZE[0], 1060)
    browser.rest()
    visit.wants(page, "the worst conversation has no cost", "$" in browser.find("#head").text, browser.find("#head").text)
    keep(visit, "conversation")
    browser.screen(*SIZE)
    visit.open(f"/d/plimsoll-cost?from={text(yesterday(0))}&to={text(yesterday(24))}&timezone=utc")
    browser.ask("void document.getElementById('panels').scrollIntoView()")
    # Panels that come into view are asked a moment later.
    time.sleep(0.3)
    browser.rest()
    keep(visit, "cost")
    visit.complaints(page)


def line(visit, name, begins):
    """What leads into a line of a breakdown."""
    links = visit.browser.until(f"lines by {name}", lambda: visit.browser.all(f"section[aria-labelledby=title-by_{name}] tbody th a"))
    return next(one for one in links if one.text.startswith(begins))


def click(visit, place):
    visit.browser.ask("void arguments[0].scrollIntoView({block: 'center'})", place)
    place.click()
    visit.browser.rest()


def keep(visit, name):
    visit.kept = getattr(visit, "kept", {})
    visit.kept[name] = visit.browser.png()


def pictures(visit):
    """Those of README stand in the tree and are small; with `--pictures` they are made anew."""
    with open(os.path.join(TREE, "README.md"), encoding="utf-8") as file:
        shown = re.findall(r"!\[([^\]]+)\]\(((?:\w+/)+([a-z-]+)\.png)\)", file.read())
    visit.wants("README", "shows no picture", shown)
    for words, path, name in shown:
        visit.wants("README", f"{path} has no words", len(words) > 20, words)
        if name not in visit.kept:
            visit.problems.append(f"README: no page is {path}")
        elif visit.arguments.pictures:
            with open(os.path.join(visit.arguments.pictures, f"{name}.png"), "wb") as file:
                file.write(palette.packed(visit.kept[name]))
        place = os.path.join(visit.arguments.pictures, f"{name}.png") if visit.arguments.pictures else os.path.join(TREE, path)
        size = os.path.getsize(place) if os.path.exists(place) else 0
        visit.wants("README", f"bytes of {place}, at most {BYTES} and some", 0 < size <= BYTES, size)
