"""Periods: words of times, what was before by the calendar of a zone, which row of one stands beside which, budgets of days."""
import os

# Asked of the page's own script.
SCRIPT = """import(document.querySelector('script[src$="/reports.js"]').src.replace(/reports\\.js$/, "figures.js")).then((figures) => {
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
TOLD = {
    "autumn": ["2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z"], "month": ["2026-01-31T23:00:00.000Z", "2026-02-28T23:00:00.000Z"],
    "hours": ["2026-02-28T20:00:00.123Z", "2026-03-01T02:00:00.123Z"], "week": ["2026-10-17T22:00:00.000Z", "2026-10-18T22:00:00.000Z"],
    "units": ["10", "20"], "alike": ["untold", "untold"], "hour": ["14"], "others": ["5", "untold", "untold"], "columns": ["nothing"],
    "saved": [["a", "b", "c"], ["x", "", "unknown"]],
}
# What the server is held against, too.
TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Goldens/Times/ranges.tsv")
READ = """import(document.querySelector('script[src$="/reports.js"]').src.replace(/reports\\.js$/, "time.js")).then((times) =>
  arguments[0].map(([zone, now, weekStart, first, text]) => [false, true].map((isEnd) => {
    const time = times.parsed(text, { now: Date.parse(now), zone, isEnd, weekStart, yearStart: Number(first) - 1 });
    return Number.isNaN(time) ? "-" : new Date(time).toISOString().replace(".000Z", "Z");
  })))"""


def look(visit):
    visit.demo()
    visit.look()
    visit.flow("/reports/cost (words of times)", words)
    visit.flow("/reports/cost (compared)", compared)
    visit.flow("/slos (a range of days)", burned)


def words(visit):
    """Times as the page's own script reads them are those of the table."""
    page = "/reports/cost"
    visit.open(page)
    with open(TABLE, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines][1:]
    visit.wants(page, "rows of the table", len(rows) > 20, len(rows))
    for row, found in zip(rows, visit.browser.ask(READ, rows), strict=True):
        visit.expect(page, f"{row[4]} at {row[1]} in {row[0]}", found, row[5:])
    visit.complaints(page)


def compared(visit):
    page = "/reports/cost"
    visit.open(page)
    found = visit.browser.ask(SCRIPT)
    for name, wanted in TOLD.items():
        visit.expect(page, f"compared, {name}", found.get(name), wanted)
    visit.complaints(page)


def burned(visit):
    """A range that ends with a day shows how budgets went, as any other does."""
    page = "/slos"
    visit.open(page + "?from=now-7d/d&to=now-1d/d&timezone=utc")
    rows = visit.browser.ask("document.querySelectorAll('#burndown tbody tr').length")
    visit.wants(page, "budgets are told at so many times of seven days", rows >= 7, rows)
    visit.complaints(page)
