// Service level objectives: how much of each error budget is left, how it went, how fast it goes, of how much of the
// window anything is known, and what burned most of it. Figures are those of `plimsoll slo status`, word for word.
import { address, ask } from "./ask.js";
import { bars } from "./bars.js";
import { csvText, saveText } from "./csv.js";
import { byId, el, replace } from "./dom.js";
import { amount, basisNodes, columnOf, look, sectionOf, sectionRows, sectionTable } from "./figures.js";
import { conversationLink } from "./listed.js";
import { overTime } from "./overtime.js";
import { hasPage, keepView, show } from "./shell.js";
import { change, setDefaults } from "./state.js";
import { dateTimeText } from "./time.js";

setDefaults({ from: "now-7d", refresh: "5m" });

const steps = [15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((minutes) => minutes * 60000);
const pointsMax = 10, pastMax = 200;
let takeAway = () => {};
let drawAgain = () => {};

function cellOf(section, row, name) { const at = columnOf(section, name); return at < 0 ? null : row[at]; }

function showTiles(report) {
  const budgets = sectionOf(report, "budgets");
  replace(byId("budgets"), budgets.rows.map((row) => {
    const [state, left] = [cellOf(budgets, row, "state"), cellOf(budgets, row, "budget_left")];
    return el("div", { class: "tile" },
      el("h3", {}, cellOf(budgets, row, "slo").text),
      el("p", { class: "figure", title: left?.exact }, left?.text ?? "–"),
      el("p", { class: "soft" }, "budget left"),
      el("p", { class: look(state) }, state.text),
      el("p", { class: "soft" }, (cellOf(budgets, row, "bad")?.text ?? "–") + " bad of " + (cellOf(budgets, row, "events")?.text ?? "–")
        + ", allowed " + (cellOf(budgets, row, "allowed")?.text ?? "–")));
  }));
}

// MARK: sections

function sectionNode(section, report) {
  const by = columnOf(section, "by"), value = columnOf(section, "value");
  const content = (row, at) => section.name === "burners" && at === value && row[by]?.text === "conversation" && row[at] ? conversationLink(row[at].exact) : undefined;
  const left = section.name === "budgets" ? columnOf(section, "budget_left") : -1;
  const rows = left < 0 ? [] : section.rows.map((row) => ({ name: row[0].text, text: row[left]?.text ?? "–", length: amount(row[left]), look: look(cellOf(section, row, "state")) }));
  return el("section", { "aria-labelledby": "title-" + section.name },
    el("h2", { id: "title-" + section.name }, section.title, " ", el("button", {
      type: "button", class: "small", "aria-label": "CSV of " + section.title,
      click: () => saveText("plimsoll-slos-" + section.name + ".csv",
        csvText([["report", report.title], ["section", section.title], ["period", report.period], ["position", report.position], [], ...sectionRows(section)])),
    }, "CSV")),
    rows.some((row) => row.length !== undefined) ? bars(section.title + ": budget left", "budget left", rows) : null,
    sectionTable(section, { content }));
}

// MARK: how budgets went

// Budgets at earlier ends of their windows. What lies behind the watermark changes seldom, so it is asked once.
const past = new Map();

function ends(from, to) {
  const step = steps.find((step) => (to - from) / step <= pointsMax) ?? Math.ceil((to - from) / pointsMax / steps.at(-1)) * steps.at(-1);
  const found = [];
  for (let end = Math.floor(to / step) * step; end >= from; end -= step) found.unshift(end);
  return { step, ends: found };
}

async function budgetsAt(end, watermark, signal) {
  if (past.has(end)) return past.get(end);
  const report = await ask(address("/v1/slos", { to: new Date(end).toISOString(), section: "budgets", format: "cells" }), { signal });
  const section = sectionOf(report, "budgets");
  const left = new Map(section.rows.map((row) => [cellOf(section, row, "slo").text, cellOf(section, row, "budget_left")]));
  if (end < watermark - 3600000) {
    if (past.size >= pastMax) past.delete(past.keys().next().value);
    past.set(end, left);
  }
  return left;
}

async function showBurnDown(report, { from, to, zone }, signal) {
  if (sectionOf(report, "budgets").rows.length === 0) {
    takeAway();
    [takeAway, drawAgain] = [() => {}, () => {}];
    return replace(byId("burndown"), el("p", { class: "soft" }, "– no data"));
  }
  const watermark = Date.parse(report.watermark);
  // What has not come yet burns nothing.
  const { step, ends: times } = ends(from, Math.min(to, Date.parse(report.now)));
  const points = [];
  // One after the other: each is a report of its own, and others ask as well.
  for (const end of times) points.push(await budgetsAt(end, watermark, signal));
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
    replace(byId("burndown"), hasRows ? host : el("p", { class: "soft" }, "The range is too short to show how budgets went."), hasRows
      ? el("details", {}, el("summary", {}, "Budgets left as a table"), el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Budgets left" },
        el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "window ends"), names.map((name) => el("th", { scope: "col", class: "number" }, name)))),
          el("tbody", {}, rows)))) : null);
    if (!hasRows) return;
    const series = names.map((name) => ({ name, labels: {}, values: points.map((left) => amount(left.get(name)) ?? null) }));
    const least = Math.min(0, ...series.flatMap((one) => one.values.filter((value) => value !== null)));
    takeAway = await overTime(host, {
      title: "Budget left", unit: "percentunit", zone, from: times[0], to: times.at(-1), start: times[0], step, count: times.length, series,
      // What is overspent many times over would flatten all others: it runs out of the chart, the table has it.
      min: Math.max(-1, least), finished: watermark,
      onZoom: (start, end) => change({ from: new Date(start).toISOString(), to: new Date(end).toISOString() }),
    });
  };
  await drawAgain();
}

addEventListener("themechange", () => drawAgain());

show(async ({ from, to, zone, view: shown, signal }) => {
  const end = shown.to === "now" ? undefined : new Date(to).toISOString();
  const report = await ask(address("/v1/slos", { to: end, timezone: zone, format: "cells" }), { signal });
  showTiles(report);
  replace(byId("figures"), report.sections.map((section) => sectionNode(section, report)));
  replace(byId("basis"), basisNodes(report), hasPage("/alerts") ? el("p", {}, "Rules that fire are ", el("a", { href: "/alerts" }, "alerts"), ".") : null);
  keepView(byId("main"));
  await showBurnDown(report, { from, to, zone }, signal);
});
