"""What the browser's print command makes of pages: all rows, legends, filters, range, zone and basis, on light paper, no wider than it."""
from urllib.parse import quote

from outside import pdf_text
from outside.pages.calendar import around_bad_hour, text, yesterday


def look(visit):
    visit.demo()
    visit.look()
    for act in (dashboard, reports, rows, explored, listed, conversation):
        visit.flow(f"printed {act.__name__}", act)


def printed(visit, page, *wanted):
    """Looks for texts on paper; blanks do not count."""
    pdf = visit.browser.paper()
    found = pdf_text.text(pdf)
    missing = [one for one in dict.fromkeys(wanted) if pdf_text.plain(one) not in found]
    visit.expect(page, f"not on paper ({len(missing)} of {len(set(wanted))})", missing[:6])
    return pdf, found


def texts(visit, selector):
    return visit.browser.ask("[...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility()).map((one) => one.textContent)", selector)


def dashboard(visit):
    (start, end), page = around_bad_hour(), "/d/plimsoll-cost"
    visit.browser.theme("dark")
    visit.open(f"{page}?from={start}&to={end}&timezone=utc&var-tenant=acme")
    # Panels that nobody has seen yet are asked for it.
    visit.browser.print()
    legends, titles = texts(visit, ".legend button span"), texts(visit, "#panels h3")
    visit.wants(page, "names in legends", len(legends) > 10, legends)
    pdf, found = printed(visit, page, visit.browser.find(".range-times").text, "acme", "as of", *titles, *legends, *texts(visit, "#panels td"))
    visit.wants(page, "what is no text is on paper, too", not any(word in found for word in ("Copylink", "Theme:")), found[:300])
    visit.wants(page, "sheets", 1 < pdf_text.pages(pdf) < 12, pdf_text.pages(pdf))
    wide(visit, page)
    # Who looks in the dark prints on light paper all the same.
    browser = visit.browser
    browser.theme("dark", media="print")
    visit.expect(page, "colour of what is behind", browser.ask("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
    visit.expect(page, "too faint on paper", browser.looks("tooFaint"))
    browser.theme("light")
    visit.complaints(page)


def wide(visit, page):
    """What is drawn has the width of paper before the browser looks."""
    right = visit.browser.ask("(() => { dispatchEvent(new Event('beforeprint')); const left = document.getElementById('main').getBoundingClientRect().left;"
                              "const all = [...document.querySelectorAll('canvas')].map((one) => one.getBoundingClientRect().right - left);"
                              "dispatchEvent(new Event('afterprint')); return all.length ? Math.max(...all) : 0 })()")
    visit.wants(page, "charts on paper reach so far, in px", 0 < right <= 720, right)


def reports(visit):
    start, end = text(yesterday(0)), text(yesterday(24))
    for kind, by in (("sla", "hour"), ("cost", "team,model")):
        page = f"/reports/{kind}"
        visit.open(f"{page}?from={start}&to={end}&timezone=utc&by={by}")
        cells = texts(visit, "#figures td, #figures tbody th")
        visit.wants(page, "cells", len(cells) > 100, len(cells))
        if by == "hour":
            wide(visit, page)
        printed(visit, page, visit.browser.find(".range-times").text, "Basis: every event", *texts(visit, "#basis p"), *cells,
                *(title.removesuffix(" CSV") for title in texts(visit, "#figures h2")))
        visit.complaints(page)


def rows(visit):
    """Of an answer that is longer than the window every row is on paper, not those in view alone."""
    page = "/explore"
    visit.browser.open(f"{visit.server.url}{page}#{quote('select position * 1000003 as number, type from events order by position limit 300')}")
    visit.browser.until("rows", lambda: visit.browser.all("#answer tr[data-row]"))
    told = [row[0] for row in visit.server.sql("select position * 1000003 from events order by position limit 300")]
    printed(visit, page, *(str(one) for one in told))
    again = visit.browser.ask("document.querySelectorAll('#answer tr[data-row]').length")
    visit.wants(page, "rows as elements after it was printed", again < 150, again)
    visit.complaints(page)


def explored(visit):
    """A chart of one's own has the colours and the width of paper while it is printed, and its own again behind that."""
    browser, page, (start, end) = visit.browser, "/explore", around_bad_hour()
    browser.theme("dark")
    question = quote("sum by (status) (increase(support_answers_total[5m]))")
    browser.open(f"{visit.server.url}{page}?lang=promql&view=chart&from={start}&to={end}#{question}")
    browser.until("a chart", lambda: browser.all("#answer canvas"))
    browser.rest()
    drawn = "document.querySelector('#answer canvas').toDataURL()"
    before = browser.ask(drawn)
    browser.ask("void dispatchEvent(new Event('beforeprint'))")
    printed = browser.ask(drawn)
    browser.ask("void dispatchEvent(new Event('afterprint'))")
    visit.wants(page, "it is printed as it is in the dark", printed != before)
    visit.wants(page, "it stays as it was printed", browser.ask(drawn) == before)
    wide(visit, page)
    browser.theme("light")
    visit.complaints(page)


def listed(visit):
    """Every column of the list, to the last one, which money is in."""
    start, end, page = text(yesterday(0)), text(yesterday(24)), "/conversations"
    visit.open(f"{page}?from={start}&to={end}&timezone=utc&sort=cost")
    cells = texts(visit, "#list thead th, #list tbody td.number, #list tbody td.time")
    visit.wants(page, "cells", len(cells) > 100, len(cells))
    printed(visit, page, visit.browser.find(".range-times").text, visit.browser.find("#found").text, *cells)
    visit.complaints(page)


def conversation(visit):
    name = visit.server.sql("select conversation_id from events where conversation_id is not null group by 1 having count(*) > 80 order by count(*), 1 limit 1")[0][0]
    page = f"/conversations/{name}"
    visit.open(f"{page}?view=events")
    count = visit.server.sql(f"select count(*) from events where conversation_id = '{name}'")[0][0]
    positions = [str(row[0]) for row in visit.server.sql(f"select position from events where conversation_id = '{name}'")]
    visit.expect(page, "events", len(positions), int(count))
    printed(visit, page, name, *texts(visit, "#head .figure"), *positions)
    visit.complaints(page)
