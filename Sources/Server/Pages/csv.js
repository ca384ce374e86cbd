// Tables as files of comma-separated values: what is shown, to be opened by a spreadsheet.

// A cell of a CSV file: numbers exact, and no text is a formula to a spreadsheet.
export function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  let text = String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

// Gives the reader a file, named by a title.
export function save(text, title) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = title.replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase() + ".csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
