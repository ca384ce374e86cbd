// Comma-separated values for spreadsheets, of what a page shows, and what files of it are called.
import { clockText, dateText, reading } from "./time.js";

const number = /^[-+]?((\d+\.?\d*|\.\d+)(e[-+]?\d+)?|inf|infinity)$/i;

// A cell: text that a spreadsheet would take for a formula has an apostrophe before it, also one that begins with an
// apostrophe, so that it can be taken away again. A negative number is no formula, and where a column is of numbers none is.
function csvCell(value, isNumber) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  let text = String(value);
  if (/^[=+\-@\t\r\n']/.test(text) && !/^-\d+(\.\d+)?$/.test(text) && !(isNumber && number.test(text))) text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

// Rows of cells (RFC 4180). `isNumber` tells of the place of a column whether it is of numbers.
export function csvText(rows, isNumber = () => false) {
  return rows.map((row) => row.map((value, at) => csvCell(value, isNumber(at))).join(",") + "\r\n").join("");
}

// A range as names of files have it, by the clock of the zone: whole months, whole days, else times. Days and months are
// both ends', the last one included.
function rangeText(from, to, zone) {
  const begins = [from, to].map((time) => reading(time, zone)).map(({ day, hour, minute, second }) => ({ day, isDay: hour + minute + second === 0 }));
  const between = (text) => [...new Set([text(from), text(to - 1)])].join("-to-");
  if (to > from && begins.every(({ isDay }) => isDay)) {
    const isMonth = begins.every(({ day }) => day === 1);
    return between((time) => isMonth ? dateText(time, zone).slice(0, -3) : dateText(time, zone));
  }
  // A colon stands in no name of a file.
  const text = (time) => dateText(time, zone) + "T" + clockText(time, zone).replace(":", "");
  return text(from) + "-to-" + text(to);
}

// What a file of figures is called: of what they are, and of which time. `cost-by-team-2026-11.csv`,
// `cost-by-team-2026-11-01-to-2026-11-15.csv`
export function fileName(words, { from, to, zone }, ending = "csv") {
  return [...words.map((word) => word.replaceAll("_", "-")), rangeText(from, to, zone)].join("-") + "." + ending;
}

// Has the browser keep a text as a file.
export function saveText(name, text, type = "text/csv;charset=utf-8") {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([text], { type }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60000);
}
