// Comma-separated values for spreadsheets, of what a page shows.

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

// Has the browser keep a text as a file.
export function saveText(name, text, type = "text/csv;charset=utf-8") {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([text], { type }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60000);
}
