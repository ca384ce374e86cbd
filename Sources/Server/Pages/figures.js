// Reports as the server writes them for pages (`format=cells`): each figure stands here word for word as in the report,
// and says exactly what it is where it is pointed at. Nothing is rounded, scaled or written anew.
import { el, wide } from "./dom.js";
import { format } from "./format.js";
import { floored, instant, offset, parsed, reading } from "./time.js";

const looks = { met: "good", "at risk": "warn", breached: "bad", "no data": "soft" };
const units = { count: "short", usd: "currencyUSD", usd_per: "currencyUSD", seconds: "s", share: "percentunit", estimate: "percentunit" };
const rowsMax = 500;
const same = "as before";
const hour = 3600000, day = 24 * hour;
export const times = ["month", "week", "day", "hour"];

// The class of what stands so against an objective.
export function look(cell) { return cell?.state ? looks[cell.state] : undefined; }

// How much a figure is, for charts and comparison; undefined where it is none.
export function amount(cell) {
  const number = cell && units[cell.kind] && cell.exact !== undefined ? Number(cell.exact) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

// The unit of a column, by its first figure; undefined: it holds none.
export function unitOf(section, column) {
  const cell = section.rows.map((row) => row[column]).find((cell) => cell && units[cell.kind]);
  return cell && units[cell.kind];
}

export function sectionOf(report, name) { return report.sections.find((section) => section.name === name); }

export function columnOf(section, name) { return section.columns.findIndex((column) => column.name === name); }

function isWritten(cell) { return !cell || ["text", "time", "state"].includes(cell.kind); }

// Columns that say something in some row, and keys.
function shownColumns(section) {
  return section.columns.map((_, at) => at).filter((at) => section.columns[at].is_key || section.rows.some((row) => row[at] !== null));
}

// What names a row: its keys, else a text that it begins with.
export function nameColumns(section) {
  const keys = section.columns.map((_, at) => at).filter((at) => section.columns[at].is_key);
  return keys.length || !section.rows.every((row) => isWritten(row[0])) ? keys : [0];
}

export function rowName(section, row) { return nameColumns(section).map((at) => row[at]?.text ?? "–").join(", "); }

// By how much a figure is another one than before, in words; shares in points of a hundred.
function difference(cell, before) {
  const [now, then] = [amount(cell), amount(before)];
  if (now === undefined || then === undefined || cell.kind !== before.kind) return "";
  if (now === then) return same;
  const sign = now > then ? "▲ " : "▼ ";
  if (cell.kind === "share" || cell.kind === "estimate") return sign + format(Math.abs(now - then) * 100, "none", { decimals: 3 }) + " points";
  return then === 0 ? sign : sign + format(Math.abs((now - then) / then), "percentunit", { decimals: 1 });
}

// Whether a row is all groups that are not listed one by one.
export function isOfOthers(row) { return row.some((cell) => cell?.kind === "text" && /^other \(.* groups?.*\)$/.test(cell.text)); }

// Of what time a row is, as the server says: { from, to, in_part }; undefined where times tell no rows apart.
const spans = new WeakMap();

export function spanOf(section, row) {
  if (!section.spans) return undefined;
  if (!spans.has(section)) spans.set(section, new Map(section.rows.map((one, at) => [one, section.spans[at] ?? undefined])));
  return spans.get(section).get(row);
}

// Whether figures of a row are of a part of its time: the range cuts it, or it is not over.
export function isInPart(section, row) { return spanOf(section, row)?.in_part === true; }

// MARK: what was before

// The period that one is compared with: as long and right before, whole months of whole months, days of as many days,
// also where clocks are set in one of them; or the same a week ago.
export function periodBefore(compare, { from, to, zone }) {
  const [start, end] = [reading(from, zone), reading(to, zone)];
  const moved = (time, change) => instant({ ...reading(time, zone), ...change }, zone) + ((time % 1000) + 1000) % 1000;
  if (compare === "week") return [moved(from, { day: start.day - 7 }), moved(to, { day: end.day - 7 })];
  const isMonth = (shown) => shown.day === 1 && shown.hour === 0 && shown.minute === 0 && shown.second === 0;
  const months = (end.year - start.year) * 12 + end.month - start.month;
  if (isMonth(start) && isMonth(end) && months > 0) {
    const first = start.year * 12 + start.month - 1 - months;
    return [moved(from, { year: Math.floor(first / 12), month: first % 12 + 1 }), from];
  }
  const clock = ({ hour, minute, second }) => hour * 3600 + minute * 60 + second;
  const days = Math.round((Date.UTC(end.year, end.month - 1, end.day) - Date.UTC(start.year, start.month - 1, start.day)) / day);
  if (days > 0 && clock(start) === clock(end)) return [moved(from, { day: start.day - days }), from];
  return [from - (to - from), from];
}

// Which span it is by clock and calendar, counted from the one in which a period begins.
function spanNumber(name, text, from, zone) {
  const start = name === "hour" ? Date.parse(text) : parsed(name === "month" ? text + "-01" : text, { now: 0, zone });
  if (name === "month") {
    const [shown, first] = [reading(start, zone), reading(from, zone)];
    return (shown.year - first.year) * 12 + shown.month - first.month;
  }
  const shown = (time) => time + offset(time, zone) * 60000;
  return Math.round((shown(start) - shown(floored(from, name[0], zone))) / { hour, day, week: 7 * day }[name]);
}

// What tells rows apart: keys, and words up to the first figure. Of two sections, words in both.
function tellingColumns(section, other) {
  const all = section.columns.map((_, at) => at);
  const figure = all.find((at) => ![...section.rows, ...other.rows].every((row) => isWritten(row[at]))) ?? all.length;
  return all.filter((at) => section.columns[at].is_key || at < figure);
}

// What a row was before; null: there was none, undefined: nobody can say, as where it may have been one of those that were
// not listed one by one. A section that was not told then has no comparison.
export function comparing(section, before, from, zone) {
  const told = before && sectionOf(before.report, section.name);
  if (!told) return undefined;
  // Objectives are columns, and may have been others then.
  const places = section.columns.map((column) => columnOf(told, column.name));
  const other = { rows: told.rows.map((row) => places.map((at) => row[at] ?? null)) };
  const telling = tellingColumns(section, other);
  const key = (row, from) => JSON.stringify(telling.map((at) => {
    const { name, is_key: isKey } = section.columns[at];
    const text = row[at]?.exact ?? row[at]?.text ?? null;
    return text !== null && isKey && times.includes(name) ? spanNumber(name, text, from, zone) : text;
  }));
  // Rows that nothing tells apart are compared with none.
  const byKey = (rows, from) => {
    const found = new Map();
    for (const row of rows) {
      if (isOfOthers(row)) continue;
      const name = key(row, from);
      found.set(name, found.has(name) ? undefined : row);
    }
    return found;
  };
  const [now, then] = [byKey(section.rows, from), byKey(other.rows, before.from)];
  const missing = told.rows.some(isOfOthers) ? undefined : null;
  return (row) => {
    if (isOfOthers(row)) return undefined;
    const name = key(row, from);
    if (now.get(name) === undefined) return undefined;
    return then.has(name) ? then.get(name) : missing;
  };
}

// MARK: tables

// What a figure is exactly, where its text does not say so.
function exactly(cell) {
  if (!cell || cell.exact === undefined || cell.exact === cell.text || isWritten(cell) || cell.kind === "count") return undefined;
  return cell.of ? cell.exact + " = " + cell.of : cell.exact;
}

function cellNode(cell, { isName, isNumber, isTime, isPart, content, before }) {
  const classes = [isNumber ? "number" : "", isTime ? "time" : "", look(cell) ?? ""].filter(Boolean).join(" ");
  const parts = [content ?? cell?.text ?? "–"];
  if (isPart) parts.push(el("span", { class: "soft" }, " in part"));
  if (before !== undefined && (amount(cell) !== undefined || amount(before) !== undefined)) {
    const change = difference(cell, before);
    parts.push(el("span", { class: "before soft" }, change === same ? same : "before " + (before?.text ?? "–") + " " + change));
  }
  return el(isName ? "th" : "td", { scope: isName ? "row" : undefined, class: classes || undefined, title: exactly(cell) }, parts);
}

// A section as a table. `before` gives the row that one is compared with (null: there was none, undefined: it is compared
// with none), `content` other content of a cell than its text, `act` what a row does when it is clicked, `doors` where a
// row leads ({ title, content }): a column of the page's own, which no file has.
export function sectionTable(section, { before, content, act, more, doors } = {}) {
  if (section.rows.length === 0) return el("p", { class: "soft" }, "– no data");
  const columns = shownColumns(section);
  const names = nameColumns(section);
  const numbers = columns.map((at) => !section.rows.every((row) => isWritten(row[at])));
  const shown = section.rows.slice(0, more?.isAll ? undefined : rowsMax);
  const made = (row) => {
    const other = before?.(row);
    const cells = columns.map((at, place) => cellNode(row[at], {
      isName: names.includes(at), isTime: times.includes(section.columns[at].name), isNumber: numbers[place], content: content?.(row, at),
      isPart: times.includes(section.columns[at].name) && isInPart(section, row),
      before: other === undefined ? undefined : other?.[at] ?? null,
    }));
    if (doors) cells.push(el("td", {}, doors.content(row)));
    return el("tr", { class: act ? "acts" : undefined, click: act ? (event) => act(row, event) : undefined }, cells);
  };
  const body = el("tbody", {}, shown.map(made));
  // All rows together, as the server adds them up.
  const foot = section.total ? el("tfoot", {}, el("tr", {}, columns.map((at, place) =>
    cellNode(section.total[at], { isName: names.includes(at), isNumber: numbers[place] })), doors ? el("td") : null)) : null;
  const rest = section.rows.length - shown.length;
  const note = rest > 0 ? el("p", { class: "soft" }, rest + " more rows; CSV has all ", el("button", {
    type: "button", class: "all-rows", click: () => {
      for (const row of section.rows.slice(shown.length)) body.append(made(row));
      note.remove();
      more?.show();
    },
  }, "Show all rows")) : null;
  return [
    wide(section.title, el("table", {},
      el("thead", {}, el("tr", {}, columns.map((at, place) =>
        el("th", { scope: "col", class: numbers[place] ? "number" : undefined }, section.columns[at].title)),
      doors ? el("th", { scope: "col" }, doors.title) : null)),
      body, foot)),
    note,
  ];
}

// Paper has no button for the rest.
addEventListener("beforeprint", () => { for (const button of document.querySelectorAll("button.all-rows")) button.click(); });

// What the table says, as rows for CSV: figures exactly, what nobody knows as `unknown`, what there is nothing of empty.
export function sectionRows(section, { before } = {}) {
  const columns = shownColumns(section);
  const text = (cell) => cell?.exact ?? (cell?.kind === "unknown" ? "unknown" : "");
  const isCompared = (at) => before && unitOf(section, at) !== undefined;
  const head = columns.flatMap((at) => isCompared(at) ? [section.columns[at].name, section.columns[at].name + "_before"] : [section.columns[at].name]);
  return [head, ...section.rows.map((row) => {
    const other = before?.(row);
    return columns.flatMap((at) => isCompared(at) ? [text(row[at]), text(other?.[at])] : [text(row[at])]);
  })];
}

// What the figures rest on, and what they mean.
export function basisNodes(report) {
  return [
    ...report.notices.map((notice) => el("p", { class: "bad" }, "Not all of it: " + notice)),
    ...report.basis.map((line) => el("p", {}, line)),
    report.definitions.length
      ? el("dl", {}, report.definitions.flatMap(({ term, meaning }) => [el("dt", {}, term), el("dd", {}, meaning)])) : null,
  ];
}
