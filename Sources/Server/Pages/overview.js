// Whether all is well: what the server says of itself, its promises, its alerts, what today costs, how conversations end,
// what changed. Every figure is one of a report, word for word, and leads to where there is more of it, of the same time.
import { alertLink, rulesOf, runbookLink, standing, table } from "./alertrules.js";
import { address, ask } from "./ask.js";
import { sparkline } from "./bars.js";
import { byId, el, replace, setText } from "./dom.js";
import { amount, columnOf, isInPart, look, sectionOf, sectionTable } from "./figures.js";
import { count, duration, relation } from "./format.js";
import { hasPage, keepView, part, show } from "./shell.js";
import { link, setDefaults } from "./state.js";
import { askedTime, clockText, dateTimeText, iso, offsetText } from "./time.js";

// Days are the server's, whoever looks, until somebody chooses a zone.
setDefaults({ from: "now-30d", refresh: "1m" }, { timezone: "utc" });

const minute = 60000, day = 86400000;

// A figure as a link to its page of the same time. Reports are one entry of the menu.
function linked(path, query, text) {
  return hasPage(path.startsWith("/reports/") ? "/reports/sla" : path) ? el("a", { href: link(path, query) }, text) : el("span", {}, text);
}

function cellOf(section, name, row = section?.rows[0]) { return row?.[columnOf(section, name)] ?? null; }

// What a figure is exactly, where it is pointed at.
function exact(cell) {
  if (cell?.exact === undefined) return undefined;
  return cell.of ? cell.exact + " = " + cell.of : cell.exact;
}

function textOf(cell) { return cell?.text ?? "–"; }

// The same among other words: with its unit on one line.
function figureOf(cell) { return el("span", { class: "amount" }, textOf(cell)); }

function tile(title, cell, path, query, lines) {
  return el("div", { class: "tile" },
    el("h3", {}, title),
    el("p", { class: "figure", title: exact(cell) }, linked(path, query, textOf(cell))),
    lines);
}

// MARK: parts

function showState(status) {
  const state = byId("state");
  const parts = [status.ready ? "✓ accepting events" : "✗ not accepting: " + status.reason];
  for (const trouble of status.troubles) parts.push("! " + trouble);
  const isGood = status.ready && status.troubles.length === 0;
  state.className = "state " + (status.ready ? (isGood ? "good" : "warn") : "bad");
  const text = parts.join(" · ");
  if (state.textContent !== text) replace(state, el("a", { href: "/status" }, text));
}

function isSpent(left) { return amount(left) <= 0; }

// Whatever alerts do: a budget that is gone is told beside them, as rules hear of how fast it goes and not that it went.
function showSpent(report, query) {
  const [section, name] = sectionOf(report, "service_level_objectives") ? [sectionOf(report, "service_level_objectives"), "slo"]
    : [sectionOf(report, "objectives"), "objective"];
  const spent = section.rows.filter((row) => isSpent(cellOf(section, "budget_left", row)));
  const told = spent.map((row) => cellOf(section, name, row).text + " (" + textOf(cellOf(section, "budget_left", row)) + " left)");
  replace(byId("spent"), told.length === 0 ? null : el("p", { class: "bad" }, linked("/slos", query,
    "✗ " + (told.length === 1 ? "the error budget is exhausted: " : count(told.length) + " error budgets are exhausted: ") + told.join(", "))));
}

// Each objective; how it went comes later, and nobody waits for it.
function showLevels(report, query) {
  const section = sectionOf(report, "objectives");
  const sparks = new Map();
  replace(byId("levels"), section.rows.map((row) => {
    const cell = (name) => cellOf(section, name, row);
    // What people call it, and what addresses and columns do.
    const { text: title, exact: name } = cell("objective");
    const [verdict, left] = [cell("verdict"), cell("budget_left")];
    // Why a cost within its target is at risk.
    const unpriced = amount(cell("unpriced_calls")) ?? 0;
    const spark = el("div", { class: "spark" });
    sparks.set(name, { place: spark, title });
    // How it went day by day; from there a day leads to its hours, an hour to who suffered in it.
    return tile(title, cell("actual"), "/reports/sla", { ...query, by: "day", measure: name }, [
      el("p", { class: look(verdict) }, textOf(verdict)),
      el("p", { class: "soft" }, "target ", figureOf(cell("target")), " · " + textOf(cell("samples")) + " samples"),
      unpriced > 0 ? el("p", { class: "warn" }, "! ", linked("/prices", query, count(unpriced) + " not wholly priced")) : null,
      left && el("p", { class: isSpent(left) ? "bad" : "soft", title: exact(left) },
        linked("/slos", query, [isSpent(left) ? "✗ budget exhausted, left " : "budget left ", figureOf(left)])),
      spark,
    ]);
  }));
  // A budget is of a time of its own, whatever the range: of which the report says.
  const told = report.definitions.find(({ term }) => term === "budget_left");
  setText(byId("budget-left"), told ? "Budget left: " + told.meaning + "." : "");
  return sparks;
}

// How objectives went: a line each, of a figure a day, or an hour of a short range; what is not over is dashed.
function showSparks(report, sparks) {
  const section = sectionOf(report, report.main);
  for (const [name, { place, title }] of sparks) {
    const at = columnOf(section, name);
    if (at < 0) continue;
    const points = section.rows.map((row) => ({ amount: amount(row[at]), isInPart: isInPart(section, row) }));
    const [first, last] = [section.rows[0], section.rows.at(-1)];
    replace(place, section.rows.length < 2 ? null
      : sparkline(title + " from " + textOf(first[at]) + " (" + textOf(first[0]) + ") to " + textOf(last[at]) + " (" + textOf(last[0]) + ")", points));
  }
}

// What /alerts says, in the same words.
function showAlerts(answer, zone, now) {
  const { firing: alerts, look, text } = standing(rulesOf(answer));
  const summary = el("p", { class: look }, linked("/alerts", {}, text));
  if (alerts.length === 0) return replace(byId("alerts"), summary);
  const rows = alerts.slice(0, 20).map((one) => el("tr", {},
    el("td", {}, "✗ ", alertLink(one.name), " ", runbookLink(one.name)),
    el("td", {}, one.summary),
    el("td", {}, "for " + duration((now - one.since) / 1000) + " (since " + dateTimeText(one.since, zone) + ")"),
    el("td", { class: "soft" }, one.labels)));
  replace(byId("alerts"), summary,
    table("Alerts that fire", ["alert and runbook", "what", "how long", "of"], rows),
    alerts.length > rows.length ? el("p", { class: "soft" }, linked("/alerts", {}, count(alerts.length - rows.length) + " more")) : null);
}

function moneyTile(title, report, query) {
  const total = sectionOf(report, "total");
  const cell = (name) => cellOf(total, name);
  const unpriced = amount(cell("unpriced")) + amount(cell("partly"));
  return tile(title, cell("cost_usd"), "/reports/cost", query, [
    el("p", { class: "soft" }, linked("/reports/cost", query, textOf(cell("calls")) + " calls")),
    unpriced > 0 ? el("p", { class: "warn" }, "! ", linked("/prices", query, count(unpriced) + " not wholly priced")) : null,
  ]);
}

// Of the same hours of other days, so that a day that is not over stands beside as much of others.
function showMoney(reports, queries) {
  const budgets = sectionOf(reports[0], "budgets_set");
  replace(byId("money"),
    ["Today since midnight", "Yesterday to the same time", "A week ago to the same time"].map((title, at) => moneyTile(title, reports[at], queries[at])),
    budgets?.rows.map((row) => {
      const cell = (name) => cellOf(budgets, name, row);
      const isOver = amount(cell("left_usd")) < 0;
      return tile("Budget of this " + textOf(cell("budget")), cell("set_usd"), "/reports/cost", { ...queries[0], from: cell("since").exact }, [
        el("p", { class: isOver ? "bad" : "soft", title: exact(cell("cost_low_usd")) }, (isOver ? "✗ " : "") + textOf(cell("cost_low_usd")) + " spent"),
        el("p", { class: "soft", title: exact(cell("share_used")) }, textOf(cell("share_used")) + " used, " + textOf(cell("left_usd")) + " left"),
      ]);
    }));
}

function showOutcomes(report, query) {
  const [outcomes, satisfaction] = [sectionOf(report, "outcomes"), sectionOf(report, "satisfaction")];
  const cell = (name) => cellOf(outcomes, name);
  const verdict = cellOf(satisfaction, "verdict");
  const of = (name) => relation(cell(name)?.of ?? "–") + " closed conversations";
  const tiles = [["Resolution", "resolution_rate"], ["Escalation", "escalation_rate"]].map((one) => [...one, of(one[1])]);
  replace(byId("outcomes"),
    tiles.map(([title, name, line]) => tile(title, cell(name), "/reports/outcomes", query, el("p", { class: "soft" }, line))),
    tile("CSAT", cell("csat"), "/reports/outcomes", query, [
      verdict && el("p", { class: look(verdict) }, textOf(verdict)),
      el("p", { class: "soft" }, textOf(cell("satisfied")) + " of " + textOf(cell("ratings")) + " ratings are 4 or 5"),
    ]));
}

// What is asked of a change first, and by what its report is broken down then.
const asked = {
  "prompt.published": ["outcomes", "prompt_version"], "experiment.changed": ["outcomes", "variant"], "knowledge.indexed": ["outcomes", "topic"],
  "price.set": ["cost", "model"], "deploy.changed": ["sla", "agent_version"],
};
const reports = { sla: "service levels", cost: "cost", outcomes: "outcomes" };

// Reports of what came after a change, a day at most, beside as much time right before it.
function beforeAndAfter(section, row, timezone, now) {
  const time = Date.parse(cellOf(section, "time", row)?.exact);
  const end = Math.min(time + day, now);
  if (!(end - time >= minute)) return "–";
  const [first, by] = asked[cellOf(section, "type", row)?.exact] ?? [];
  const range = { from: iso(time), to: iso(end), timezone, compare: "previous" };
  const kinds = Object.keys(reports).sort((one, other) => Number(other === first) - Number(one === first));
  return kinds.flatMap((kind, at) => [
    at ? " · " : "", linked("/reports/" + kind, kind === first ? { ...range, by } : range, reports[kind]),
  ]);
}

function showChanges(report, timezone) {
  const section = sectionOf(report, "changes");
  const doors = { title: "before and after", content: (row) => beforeAndAfter(section, row, timezone, Date.parse(report.now)) };
  replace(byId("changes"), section.rows.length ? sectionTable(section, { doors }) : el("p", { class: "soft" }, "nothing in the day before"));
}

function showFreshness(report, zone, now) {
  const time = Date.parse(report.watermark);
  setText(byId("freshness"),
    "As of event " + count(report.position) + ", watermark " + dateTimeText(time, zone, true) + " (" + offsetText(time, zone)
    + "), asked at " + clockText(now, zone, true) + ". " + report.basis.join(" "));
}

// MARK: all of it

show(async ({ from, to, zone, now, view, signal }) => {
  const timezone = zone;
  // Words of times are the server's to read: it rounds in this zone, and says what now is.
  const query = { from: askedTime(view.from, from), to: askedTime(view.to, to), timezone };
  const days = [["now/d", "now"], ["now-1d/d", "now-1d"], ["now-7d/d", "now-7d"]].map(([from, to]) => ({ from, to, timezone }));
  const cells = { format: "cells" };
  let sparks = new Map();
  await Promise.all([
    part("status", async () => showState(await ask("/v1/status", { signal }))),
    part("levels", async () => {
      const report = await ask(address("/v1/reports/sla", { ...query, ...cells }), { signal });
      sparks = showLevels(report, query);
      showSpent(report, query);
      showFreshness(report, zone, now);
    }),
    part("alerts", async () => showAlerts(await ask(address("/api/v1/rules", { type: "alert" }), { signal }), zone, now)),
    part("money", async () => showMoney(await Promise.all(days.map((of) => ask(address("/v1/reports/cost", { ...of, ...cells }), { signal }))), days)),
    part("outcomes", async () => showOutcomes(await ask(address("/v1/reports/outcomes", { ...query, ...cells }), { signal }), query)),
    part("changes", async () => showChanges(await ask(address("/v1/reports/status", { ...cells, section: "changes" }), { signal }), timezone)),
  ]);
  keepView(byId("main"));
  // How it went is asked when all else stands there.
  if (sparks.size === 0) return;
  const by = to - from > 2 * day ? "day" : "hour";
  await part("sparks", async () => showSparks(await ask(address("/v1/reports/sla", { ...query, ...cells, by, section: "by_" + by }), { signal }), sparks));
});
