"""Days and hours by the clock of whoever looks: UTC, Berlin across the end of summer time, Kolkata with its half hour, Los Angeles.

What a page shows of a day is what the command says of the day in that zone; no hour is lost where clocks are set back. Reports have the server's days,
whoever looks, until somebody chooses a zone; all else has those of the browser.
"""
import csv
import datetime
import io
import zoneinfo
from urllib.parse import quote

from outside.pages.calendar import UTC, shown, text

ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"]
HALF_HOUR = datetime.timedelta(minutes=30)


def look(visit):
    visit.serve("zones")
    night = clocks_back()
    visit.take(list(messages(night)))
    visit.look()
    for zone in ZONES:
        visit.flow(f"day in {zone}", lambda visit, zone=zone: day(visit, zone, night))
    visit.flow("a zone that is chosen", lambda visit: chosen(visit, night))


def clocks_back():
    """The last Sunday on which Berlin set its clocks back, by its calendar."""
    at = datetime.datetime.now(UTC) - datetime.timedelta(days=3)
    while True:
        at -= datetime.timedelta(days=1)
        noon = datetime.datetime(at.year, at.month, at.day, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
        if noon.utcoffset() < (noon - datetime.timedelta(days=1)).utcoffset():
            return noon.date()


def messages(night):
    """A question and its answer at each half hour of three days around."""
    at = datetime.datetime(night.year, night.month, night.day, tzinfo=UTC) - datetime.timedelta(days=1)
    for number in range(144):
        common = {"conversation_id": f"c-{number}", "turn": 1, "tenant": "acme", "channel": "web"}
        for kind, more in (("message.received", {"author": "user"}), ("message.sent", {"author": "agent", "status": "ok", "duration_ns": 10**9 + number})):
            yield {"specversion": "1.0", "id": f"{kind}-{number}", "source": "pages", "type": kind, "time": text(at + number * HALF_HOUR),
                   "data": common | more}


def day(visit, zone, night):
    browser = visit.browser
    browser.zone(zone)
    start = datetime.datetime(night.year, night.month, night.day, tzinfo=zoneinfo.ZoneInfo(zone))
    end = datetime.datetime.combine(night + datetime.timedelta(days=1), datetime.time(), zoneinfo.ZoneInfo(zone))
    hours = int((end.timestamp() - start.timestamp()) / 3600)
    page = f"/reports/sla ({zone})"
    # Until somebody chooses another zone the days of a report are the server's.
    visit.open(f"/reports/sla?from={night}&to={end.date()}&by=hour")
    visit.expect(page, "range that nobody chose", browser.find(".range-times").text, f"{night} 00:00 to {end.date()} 00:00 (+00:00)")
    visit.open(f"/reports/sla?from={night}&to={end.date()}&by=hour&timezone=browser")
    offset = end.strftime("%z")
    told = f"{shown(start, zone)} to {shown(end, zone)} ({offset[:3].replace('-', '−')}:{offset[3:]})"
    visit.expect(page, "range", browser.find(".range-times").text, told)
    browser.catch()
    browser.find("#title-by_hour button").click()
    saved = list(csv.reader(io.StringIO(browser.file())))
    rows = saved[saved.index([]) + 1:]
    expected = list(csv.reader(io.StringIO(visit.run(
        "report", "sla", "--server", visit.server.url, "--from", text(start), "--to", text(end), "--timezone", zone, "--by", "hour", "--format", "csv"))))
    places = [expected[0].index(name) for name in rows[0]]
    visit.expect(page, "the day by hours", rows, [[row[place] for place in places] for row in expected])
    visit.expect(page, "hours of the day", len(rows) - 1, hours)
    answers = sum(int(row[rows[0].index("answers")]) for row in rows[1:])
    visit.expect(page, "answers of the day", answers, 2 * hours)
    # An hour that is clicked is that hour, also of the two that are called alike.
    for at in (2, 3):
        visit.open(f"/reports/sla?from={night}&to={end.date()}&by=hour&timezone=browser")
        name = browser.all("section[aria-labelledby=title-by_hour] tbody th a")[at]
        hour = datetime.datetime.fromisoformat(name.text)
        name.click()
        browser.rest()
        wanted = f"from={quote(text(hour).replace('Z', '.000Z'), safe='')}"
        visit.wants(page, f"the hour {hour} leads to", wanted in browser.driver.current_url, browser.driver.current_url)
    # The list of the same day.
    visit.open(f"/conversations?from={night}&to={end.date()}")
    visit.wants(f"/conversations ({zone})", "conversations of the day", browser.find("#found").text.startswith(f"{2 * hours} conversations"),
                browser.find("#found").text)
    last = datetime.datetime.fromtimestamp(end.timestamp(), UTC) - HALF_HOUR
    visit.expect(f"/conversations ({zone})", "the last one began", browser.find("#list tbody td").text[:16], shown(last, zone))
    visit.complaints(page)


def chosen(visit, night):
    """What is chosen stays for the next page and the next day, whatever zone the browser is in."""
    browser = visit.browser
    browser.zone("America/Los_Angeles")
    visit.open("/conversations")
    browser.find("#controls details.menu summary").click()
    browser.write("#range-from", str(night))
    browser.write("#range-to", str(night + datetime.timedelta(days=1)))
    browser.write("#range-zone", "Europe/Berlin")
    browser.button("Apply", "#controls").click()
    browser.rest()
    visit.wants("a zone that is chosen", "conversations", browser.find("#found").text.startswith("50 conversations"), browser.find("#found").text)
    visit.open("/status")
    visit.open("/reports/sla")
    visit.wants("a zone that is chosen", "offset on the next page", "(+0" in browser.find(".range-times").text, browser.find(".range-times").text)
    browser.find("#controls details.menu summary").click()
    browser.write("#range-zone", "Europe/Bärlin")
    browser.button("Apply", "#controls").click()
    said = browser.until("what is wrong", lambda: browser.find("#controls [role=alert]").text)
    visit.expect("a zone that is none", "said", said, "Europe/Bärlin is no time zone")
    browser.ask("void localStorage.clear()")
    browser.zone("")
