// A report: its figures as the server writes them, broken down, compared with what was before, and a row's own figures
// at a click. All that decides what is shown stands in the address: `by`, `compare`, `measure`, `var-DIMENSION`.
import { address, ask } from "./ask.js";
import { bars } from "./bars.js";
import { csvText, fileName, saveText } from "./csv.js";
import { byId, el, replace } from "./dom.js";
import { amount, basisNodes, columnOf, comparing, isInPart, isOfOthers, look, nameColumns, periodBefore, rowName, sectionRows, sectionTable, spanOf, times, unitOf } from "./figures.js";
import { conversationLink } from "./listed.js";
import { overTime } from "./overtime.js";
import { havingInCommon } from "./questions.js";
import { notice, show } from "./shell.js";
import { change, setDefaults, view } from "./state.js";
import { askedTime, dateText, instant, iso, offset, reading } from "./time.js";

const place = byId("report");
const kind = place.dataset.kind;
const dimensions = place.dataset.dimensions.split(" ");
const comparisons = [["", "nothing"], ["previous", "the period before"], ["week", "a week before"]];
const measures = { sla: "availability", cost: "cost_usd", outcomes: "resolution_rate" };
const drawnOfOthers = { service_level_objectives: "budget_left", tokens: "tokens", escalations: "conversations" };
// What is looked at next, where a row was clicked.
const next = ["day", "hour", "tenant", "team", "channel", "topic", "model", "agent", "prompt_version", "variant", "route"];
const hour = 3600000, day = 24 * hour;
const pointsMax = 2000000;

// Days are the server's, whoever looks, until somebody chooses a zone.
setDefaults({ from: "now-30d" }, { timezone: "utc" });

// MARK: what is asked

function asked() {
  const given = new URLSearchParams(location.search);
  const wanted = given.getAll("by").flatMap((text) => text.split(",")).filter(Boolean);
  const unknown = wanted.filter((name) => !dimensions.includes(name));
  // All values of a variable are no filter.
  const chosen = Object.entries(view().variables).filter(([, values]) => !values.includes("$__all"));
  const isFilter = ([name]) => dimensions.includes(name) && !times.includes(name);
  const filters = new Map(chosen.filter(isFilter));
  const by = [...new Set(wanted.filter((name) => dimensions.includes(name)))];
  const compare = given.get("compare") ?? "";
  const isKnown = comparisons.some(([name]) => name === compare);
  notice("asked", unknown.length || !isKnown
    ? [...unknown.map((name) => "this report is not broken down by " + name), isKnown ? "" : "compare=" + compare + " is previous or week"].filter(Boolean).join("; ") : null);
  return {
    by, filters, where: [...filters].flatMap(([name, values]) => values.map((value) => name + "=" + value)),
    others: chosen.filter((one) => !isFilter(one)).map(([name]) => name), compare: isKnown ? compare : "", measure: given.get("measure"),
    rule: given.get("rule") ?? undefined, objectives: given.get("objectives") ?? undefined,
  };
}

// MARK: rows and times

// What the address becomes where a row is looked into: its times as range, as far as the report reaches, since its figures
// are of no more; its other names as filters.
function into(section, row, question, { from, to }) {
  const changes = {};
  const used = new Set(question.filters.keys());
  // What is within one day is not broken down by days.
  if (to - from <= day) used.add("day");
  if (to - from <= hour) used.add("hour");
  const range = [from, to];
  // Of what time a row is the server says.
  const span = spanOf(section, row);
  if (span) {
    [range[0], range[1]] = [Math.max(range[0], Date.parse(span.from)), Math.min(range[1], Date.parse(span.to))];
    Object.assign(changes, { from: iso(range[0]), to: iso(range[1]) });
  }
  let finest = -1;
  for (const at of nameColumns(section)) {
    const name = section.columns[at].name;
    if (times.includes(name)) {
      for (const one of times.slice(0, name === "hour" ? 4 : name === "day" ? 3 : 2)) used.add(one);
      finest = Math.max(finest, times.indexOf(name));
    } else {
      changes["var-" + name] = row[at]?.exact ?? "";
      used.add(name);
    }
  }
  const following = { month: "day", week: "day", day: "hour" }[times[finest]];
  return { ...changes, by: following ?? next.find((name) => dimensions.includes(name) && !used.has(name)) ?? null };
}

function addressWith(changes) {
  const target = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    target.searchParams.delete(name);
    if (value !== null) target.searchParams.append(name, value);
  }
  return target.pathname + target.search;
}

// MARK: the controls

function select(label, choices, chosen, act) {
  const made = el("select", { change: () => act(made.value) }, choices.map(([value, text]) => el("option", { value }, text)));
  made.value = chosen;
  return el("label", { class: "choice" }, label + " ", made);
}

let controlled = "";

function showControls(question) {
  const { by, filters, others, compare } = question;
  // Figures that are asked again change nothing here: a choice that somebody is at stays open.
  const now = JSON.stringify([by, [...filters], others, compare]);
  if (now === controlled) return;
  controlled = now;
  const choice = (at) => select(at ? "then by" : "Break down by",
    [["", "nothing"], ...dimensions.filter((name) => name === by[at] || !by.includes(name)).map((name) => [name, name.replaceAll("_", " ")])],
    by[at] ?? "", (value) => change({ by: [...by.slice(0, at), ...(value ? [value, ...by.slice(at + 1)] : [])].join(",") || null }));
  const chips = [...filters].flatMap(([name, values]) => values.map((value) => el("button", {
    type: "button", class: "chip", "aria-label": "without the filter " + name + " = " + value,
    click: () => change({ ["var-" + name]: values.length > 1 ? values.filter((other) => other !== value) : null }),
  }, name.replaceAll("_", " ") + " = " + (value || "–") + " ×")));
  replace(byId("asked"),
    ...Array.from({ length: Math.min(by.length + 1, 5) }, (_, at) => choice(at)),
    select("Compare with", comparisons, compare, (value) => change({ compare: value || null })),
    ...chips,
    others.length ? el("span", { class: "soft" }, "not filtered here by: " + others.join(", ")) : null);
}

function showDoors(query, times) {
  replace(byId("doors"),
    el("a", { href: address("/v1/reports/" + kind, { ...query, format: "html" }), download: fileName([kind], times, "html") }, "One file to mail"),
    el("a", { href: address("/v1/reports/" + kind, { ...query, format: "json" }) }, "JSON"),
    el("button", { type: "button", click: () => print() }, "Print"));
}

// MARK: charts

let takeAway = [];
let drawAgain = () => {};

function measureOf(section, question) {
  const columns = section.columns.map((column, at) => at).filter((at) => unitOf(section, at) !== undefined);
  const named = columns.find((at) => section.columns[at].name === question.measure);
  return { columns, at: named ?? columns.find((at) => section.columns[at].name === measures[kind]) ?? columns[0] };
}

function barsOf(section, at) {
  const rows = section.rows.map((row) => ({ name: rowName(section, row), text: row[at]?.text ?? "–", length: amount(row[at]), look: look(row[at]), isInPart: isInPart(section, row) }));
  if (rows.filter((row) => row.length !== undefined).length < 2) return null;
  return bars(section.title + ": " + section.columns[at].title, section.columns[at].title, rows);
}

// Series of a breakdown by spans of one length, each of the other names a line; null: it is none.
function seriesOf(section, at, context) {
  // What is the same in all rows, as it was looked into, parts no lines.
  const keys = nameColumns(section).filter((key) => context.question.filters.get(section.columns[key].name)?.length !== 1);
  const [first, ...others] = keys;
  const name = section.columns[first]?.name;
  const step = { hour, day, week: 7 * day }[name];
  if (!step || others.some((key) => times.includes(section.columns[key].name))) return null;
  const { zone } = context;
  // Days are not all as long as each other: they are drawn by the calendar, as if clocks were never set.
  const isDated = name !== "hour";
  const placed = (time) => isDated ? time + offset(time, zone) * 60000 : time;
  const rows = section.rows.filter((row) => spanOf(section, row) && !isOfOthers(row)).map((row) => [placed(Date.parse(spanOf(section, row).from)), row]);
  if (rows.length === 0) return null;
  const start = Math.min(...rows.map(([time]) => time));
  const count = Math.round((Math.max(...rows.map(([time]) => time)) - start) / step) + 1;
  if (count > 20000) return null;
  const whole = rows.filter(([, row]) => !isInPart(section, row)).map(([time]) => time);
  const series = new Map();
  for (const [time, row] of rows) {
    const label = others.length ? others.map((key) => row[key]?.text ?? "–").join(", ") : section.columns[at].title;
    // More lines than anybody sees apart would not fit into memory.
    if (!series.has(label) && (series.size + 1) * count > pointsMax) return null;
    if (!series.has(label)) series.set(label, { name: label, labels: {}, values: new Array(count).fill(null) });
    series.get(label).values[Math.round((time - start) / step)] = amount(row[at]) ?? null;
  }
  return {
    start, step, count, series: [...series.values()], from: start, to: start + Math.max(1, count - 1) * step,
    zone: isDated ? "UTC" : zone, said: isDated ? (time) => dateText(time, "UTC") : undefined,
    // What is not over, or cut by the range, is dashed.
    finished: whole.reduce((last, time) => Math.max(last, time), -Infinity), begun: whole.reduce((first, time) => Math.min(first, time), Infinity),
    instantOf: (time) => isDated ? instant(reading(time, "UTC"), zone) : time,
  };
}

// MARK: a section

function csvOf(section, context, before) {
  const head = [
    ["report", context.report.title], ["section", section.title], ["period", context.report.period], ["zone", context.report.timezone],
    ["position", context.report.position],
    ...(before ? [["compared with", context.before.report.period]] : []),
    ...Object.entries(context.report.filters ?? {}).map(([name, values]) => ["filter " + name, ...values]), [],
  ];
  return csvText([...head, ...sectionRows(section, { before })]);
}

const opened = new Set();

function sectionNode(section, context, hosts) {
  const { report, question, zone, from } = context;
  const isMain = section.name === report.main && section.name.startsWith("by_");
  const before = comparing(section, context.before, from, zone);
  const conversation = columnOf(section, "conversation_id"), tenant = columnOf(section, "tenant");
  const outstanding = section.name === "stands_out" ? columnOf(section, "value") : -1;
  const act = isMain ? (row, event) => {
    if (event.defaultPrevented || isOfOthers(row) || event.target.closest("a, button") || String(getSelection()) !== "") return;
    change(into(section, row, question, context));
  } : undefined;
  const content = (row, at) => {
    if (isMain && at === nameColumns(section)[0] && !isOfOthers(row)) {
      const changes = into(section, row, question, context);
      return el("a", {
        href: addressWith(changes), click: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          change(changes);
        },
      }, row[at]?.text ?? "–");
    }
    if (at === outstanding && row[at]) {
      // Whose answer was slowest first.
      const href = havingInCommon(row[columnOf(section, "by")].exact, row[at].exact, context, "slowest");
      return href && el("a", { href }, row[at].text);
    }
    return at === conversation && row[at] ? conversationLink(row[at].exact, row[tenant]?.exact) : undefined;
  };
  const parts = [];
  if (isMain && section.rows.length) {
    const { columns, at } = measureOf(section, question);
    if (at !== undefined) {
      parts.push(select("Chart of", columns.map((column) => [section.columns[column].name, section.columns[column].title]),
        section.columns[at].name, (value) => change({ measure: value })));
      const over = seriesOf(section, at, context);
      const host = el("div", { class: "chart-host" });
      if (over) hosts.push({ host, section, at, over });
      parts.push(over ? host : barsOf(section, at));
    }
  } else if (drawnOfOthers[section.name]) {
    const at = columnOf(section, drawnOfOthers[section.name]);
    if (at >= 0) parts.push(barsOf(section, at));
  }
  const more = { isAll: opened.has(section.name), show: () => opened.add(section.name) };
  return el("section", { "aria-labelledby": "title-" + section.name },
    el("h2", { id: "title-" + section.name }, section.title, " ", el("button", {
      type: "button", class: "small", "aria-label": "CSV of " + section.title,
      click: () => saveText(fileName([kind, section.name], context), csvOf(section, context, before)),
    }, "CSV")),
    parts, sectionTable(section, { before, content, act, more }));
}

async function draw(context) {
  for (const take of takeAway.splice(0)) take();
  const hosts = [];
  const { report, before } = context;
  // What was asked stands first, and behind it whether its rows differ by more than chance, and what stands out.
  const rank = (section) => isAsked(section, context) ? 0 : ["compared", "stands_out"].includes(section.name) ? 1 : 2;
  const sections = [...report.sections].sort((one, other) => rank(one) - rank(other));
  replace(byId("period"), report.period, before ? ", compared with " + before.report.period : null,
    report.only ? el("strong", {}, " " + report.only) : null);
  replace(byId("figures"), sections.map((section) => sectionNode(section, context, hosts)));
  replace(byId("basis"), basisNodes(report), before
    ? el("p", {}, "Compared with: " + before.report.period + ". " + before.report.basis.join(" ")) : null);
  for (const { host, section, at, over } of hosts) {
    takeAway.push(await overTime(host, {
      title: section.title + ": " + section.columns[at].title, unit: unitOf(section, at), ...over,
      isStacked: ["usd", "count"].includes(section.rows.find((row) => amount(row[at]) !== undefined)?.[at].kind),
      onZoom: (start, end) => change({ from: iso(over.instantOf(start)), to: iso(over.instantOf(end)) }),
    }));
  }
}

function isAsked(section, { report, question }) { return question.by.length > 0 && section.name === report.main; }

addEventListener("themechange", () => drawAgain());

show(async ({ from, to, zone, view: shown, signal }) => {
  const question = asked();
  showControls(question);
  const common = { timezone: zone, by: question.by.join(",") || undefined, where: question.where, rule: question.rule, objectives: question.objectives };
  // Words of times are the server's to read: it rounds in this zone, and says what now is.
  const query = { from: askedTime(shown.from, from), to: askedTime(shown.to, to), ...common };
  showDoors(query, { from, to, zone });
  const report = await ask(address("/v1/reports/" + kind, { ...query, format: "cells" }), { signal });
  const period = { from: Date.parse(report.from), to: Date.parse(report.to), zone };
  const [start, end] = question.compare ? periodBefore(question.compare, period) : [];
  const earlier = question.compare
    ? await ask(address("/v1/reports/" + kind, { ...common, from: iso(start), to: iso(end), format: "cells" }), { signal }) : null;
  const context = { report, before: earlier && { report: earlier, from: start }, question, ...period };
  drawAgain = () => draw(context);
  await draw(context);
});
