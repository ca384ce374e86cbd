// Service level objectives: how much of each error budget is left, how it went, how fast it goes, of how much of the
// window anything is known, and what burned most of it. Figures are those of `plimsoll slo status`, word for word. Each
// leads to its alerts, to the report of its window, and from what burned it to the conversations and questions of that.
import { alertLink, rulesOf, stateNode } from "./alertrules.js";
import { address, ask } from "./ask.js";
import { bars } from "./bars.js";
import { csvText, fileName, saveText } from "./csv.js";
import { byId, el, replace, wide } from "./dom.js";
import { amount, basisNodes, columnOf, look, sectionOf, sectionRows, sectionTable } from "./figures.js";
import { conversationLink } from "./listed.js";
import { overTime } from "./overtime.js";
import { havingInCommon } from "./questions.js";
import { hasPage, keepView, part, show } from "./shell.js";
import { change, link, setDefaults } from "./state.js";
import { dateTimeText, iso } from "./time.js";

setDefaults({ from: "now-7d", refresh: "5m" });

const hour = 3600000;
const steps = [15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 10080].map((minutes) => minutes * 60000);
const pointsMax = 10, pastMax = 200;
let takeAway = () => {};
let drawAgain = () => {};

function cellOf(section, row, name) { const at = columnOf(section, name); return at < 0 ? null : row[at]; }

// The times of the windows, by objective, and what they are called: what is counted is of these, whatever range the page shows.
function windowsOf(report) {
  const coverage = sectionOf(report, "coverage");
  const time = (row, name) => Date.parse(cellOf(coverage, row, name).exact);
  return new Map(coverage.rows.map((row) => [cellOf(coverage, row, "slo").exact, {
    from: time(row, "from"), to: time(row, "to"), text: cellOf(coverage, row, "window").text,
  }]));
}

// What the lines of a report of service levels are called is the same, but for its signs.
function measureOf(slo) { return slo.replaceAll("-", "_"); }

// A report of a time, day by day: of the window of an objective, or of the range that is shown.
function reportLink(text, { from, to }, measure) {
  if (!hasPage("/reports/sla")) return null;
  const range = { from: iso(from), to: iso(to), by: "day" };
  return el("a", { href: link("/reports/sla", measure ? { ...range, measure } : range) }, text);
}

// Where alerts of an objective stand, when they are known.
const alertPlaces = new Map();

function showAlerts(rules) {
  for (const [slo, place] of alertPlaces) {
    const own = rules.filter(({ labels }) => labels.slo === slo || labels.objective === measureOf(slo));
    replace(place, own.length === 0 ? "no alert" : own.flatMap((rule, at) => [at ? " · " : "", alertLink(rule.name), " ", stateNode(rule.state, rule.labels)]));
  }
}

function showTiles(report, windows) {
  const budgets = sectionOf(report, "budgets");
  alertPlaces.clear();
  replace(byId("budgets"), budgets.rows.map((row) => {
    const [state, left, slo] = [cellOf(budgets, row, "state"), cellOf(budgets, row, "budget_left"), cellOf(budgets, row, "slo")];
    const alerts = el("p", { class: "soft" }, "…");
    alertPlaces.set(slo.exact, alerts);
    return el("div", { class: "tile" },
      el("h3", {}, slo.text),
      el("p", { class: "figure", title: left?.exact }, left?.text ?? "–"),
      el("p", { class: "soft" }, "budget left, " + windows.get(slo.exact).text),
      el("p", { class: look(state) }, state.text),
      el("p", { class: "soft" }, (cellOf(budgets, row, "bad")?.text ?? "–") + " bad of " + (cellOf(budgets, row, "events")?.text ?? "–")
        + ", allowed " + (cellOf(budgets, row, "allowed")?.text ?? "–")),
      el("p", { class: "soft" }, reportLink("service levels of its window", windows.get(slo.exact), measureOf(slo.exact))), hasPage("/alerts") ? alerts : null);
  }));
}

// MARK: sections

// The conversations or questions behind a line of what burned budgets, in its objective's window: first the conversations in
// which most answers failed, or the slowest questions.
function burnerNode(section, row, windows) {
  const [slo, by, value] = ["slo", "by", "value"].map((name) => cellOf(section, row, name)?.exact);
  if (value === undefined) return undefined;
  if (by === "conversation_id") return conversationLink(value);
  const href = havingInCommon(by, value, windows.get(slo), "errors");
  return href && el("a", { href }, cellOf(section, row, "value").text);
}

function sectionNode(section, report, windows) {
  const value = section.name === "burners" ? columnOf(section, "value") : -1;
  const content = (row, at) => at === value ? burnerNode(section, row, windows) : undefined;
  const left = section.name === "budgets" ? columnOf(section, "budget_left") : -1;
  const rows = left < 0 ? [] : section.rows.map((row) => ({ name: row[0].text, text: row[left]?.text ?? "–", length: amount(row[left]), look: look(cellOf(section, row, "state")) }));
  return el("section", { "aria-labelledby": "title-" + section.name },
    el("h2", { id: "title-" + section.name }, section.title, " ", el("button", {
      type: "button", class: "small", "aria-label": "CSV of " + section.title,
      click: () => saveText(fileName(["slos", section.name], { from: Date.parse(report.from), to: Date.parse(report.to), zone: report.timezone }),
        csvText([["report", report.title], ["section", section.title], ["period", report.period], ["position", report.position], [], ...sectionRows(section)])),
    }, "CSV")),
    rows.some((row) => row.length !== undefined) ? bars(section.title + ": budget left", "budget left", rows) : null,
    sectionTable(section, { content }));
}

// MARK: how budgets went

// Budgets at earlier ends of their windows. What lies behind the watermark changes seldom, so it is asked once.
const past = new Map();

// At most so many ends, the last within the hour before the range ends: on a grid of days a store that began lately
// would have none.
function ends(from, to) {
  const step = steps.find((step) => (to - from) / step <= pointsMax) ?? Math.ceil((to - from) / pointsMax / steps.at(-1)) * steps.at(-1);
  const grid = Math.min(step, hour);
  const found = [];
  for (let end = Math.floor(to / grid) * grid; end >= from; end -= step) found.unshift(end);
  return { step, ends: found };
}

// What is not known yet of some ends, in one question.
async function budgetsAt(times, watermark, signal) {
  const points = new Map(times.map((end) => [end, past.get(end)])), asked = times.filter((end) => !past.has(end));
  if (asked.length) {
    const section = sectionOf(await ask(address("/v1/slos/history", { at: asked.map(iso), format: "cells" }), { signal }), "history");
    for (const end of asked) points.set(end, new Map());
    for (const row of section.rows) {
      const end = Date.parse(cellOf(section, row, "window_end").exact);
      points.get(end).set(cellOf(section, row, "slo").text, cellOf(section, row, "budget_left"));
    }
    for (const end of asked.filter((end) => end < watermark - hour)) {
      if (past.size >= pastMax) past.delete(past.keys().next().value);
      past.set(end, points.get(end));
    }
  }
  return times.map((end) => points.get(end));
}

// Budgets at the ends of a range; where anything is known of its end alone, which is so where the record begins in it, at
// those of that end.
async function budgetsOver(from, to, watermark, signal) {
  let asked = ends(from, to);
  for (let round = 0; ; round += 1) {
    const points = await budgetsAt(asked.ends, watermark, signal);
    const first = points.findIndex((left) => [...left.values()].some((cell) => cell));
    if (round === 1 || first < 1 || points.length - first > 3) return { ...asked, points, first };
    asked = ends(asked.ends[first - 1], to);
  }
}

// What the chart cannot say: since when anything is known, and of what nothing is.
function unknownNode({ ends: times, points, first }, names, zone) {
  if (points.length === 0) return null;
  if (first < 0) {
    return el("p", { class: "warn" }, "Nothing that counts is on record in any window that ended up to " + dateTimeText(times.at(-1), zone)
      + ": of budgets in this range nothing is known. What is left now stands above.");
  }
  const silent = names.filter((name) => points.every((left) => !left.get(name)));
  return [
    first > 0 ? el("p", { class: "soft" }, "Before " + dateTimeText(times[first], zone) + " there are no budgets: nothing that counts is on record in windows that ended "
      + dateTimeText(times[first - 1], zone) + " or earlier.") : null,
    silent.length ? el("p", { class: "soft" }, "Nothing is on record that counts for: " + silent.join(", ") + ".") : null,
  ];
}

async function showBurnDown(report, { from, to, zone }, signal) {
  if (sectionOf(report, "budgets").rows.length === 0) {
    takeAway();
    [takeAway, drawAgain] = [() => {}, () => {}];
    return replace(byId("burndown"), el("p", { class: "soft" }, "– no data"));
  }
  const watermark = Date.parse(report.watermark);
  // What has not come yet burns nothing.
  const over = await budgetsOver(from, Math.min(to, Date.parse(report.now)), watermark, signal);
  const { step, ends: times, points } = over;
  const names = sectionOf(report, "budgets").rows.map((row) => row[0].text);
  drawAgain = async () => {
    takeAway();
    takeAway = () => {};
    const host = el("div", { class: "chart-host" });
    const rows = times.map((end, at) => el("tr", {}, el("th", { scope: "row" }, dateTimeText(end, zone)), names.map((name) => {
      const cell = points[at].get(name);
      return el("td", { class: "number", title: cell?.of ? cell.exact + " = " + cell.of : undefined }, cell?.text ?? "–");
    })));
    const hasRows = rows.length > 0;
    replace(byId("burndown"), hasRows ? host : el("p", { class: "soft" }, "The range is too short to show how budgets went."), unknownNode(over, names, zone),
      el("p", { class: "soft" }, reportLink("Service levels of this range", { from, to })), hasRows
      ? el("details", {}, el("summary", {}, "Budgets left as a table"), wide("Budgets left",
        el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "window ends"), names.map((name) => el("th", { scope: "col", class: "number" }, name)))),
          el("tbody", {}, rows)))) : null);
    if (!hasRows) return;
    const series = names.map((name) => ({ name, labels: {}, values: points.map((left) => amount(left.get(name)) ?? null) }));
    const least = Math.min(0, ...series.flatMap((one) => one.values.filter((value) => value !== null)));
    takeAway = await overTime(host, {
      title: "Budget left", unit: "percentunit", zone, from: times[0], to: times.at(-1), start: times[0], step, count: times.length, series,
      // What is overspent many times over would flatten all others: it runs out of the chart, the table has it.
      min: Math.max(-1, least), finished: watermark,
      onZoom: (start, end) => change({ from: iso(start), to: iso(end) }),
    });
  };
  await drawAgain();
}

addEventListener("themechange", () => drawAgain());

show(async ({ from, to, zone, view: shown, signal }) => {
  const end = shown.to === "now" ? undefined : iso(to);
  const report = await ask(address("/v1/slos", { to: end, timezone: zone, format: "cells" }), { signal });
  const windows = windowsOf(report);
  showTiles(report, windows);
  replace(byId("figures"), report.sections.map((section) => sectionNode(section, report, windows)));
  replace(byId("basis"), basisNodes(report), hasPage("/alerts") ? el("p", {}, "Rules that fire are ", el("a", { href: "/alerts" }, "alerts"), ".") : null);
  keepView(byId("main"));
  if (hasPage("/alerts")) {
    await part("alerts", async () => showAlerts(rulesOf(await ask(address("/api/v1/rules", { type: "alert" }), { signal }))));
    // Nobody waits for how budgets went.
    keepView(byId("budgets"));
  }
  await showBurnDown(report, { from, to, zone }, signal);
});
