// Values in the words of their units, for people. Tables and CSV have the numbers themselves.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

// With so many decimals; where that would show 0 for another amount, digits are added until two count.
function fixed(value, decimals) {
  const text = new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  if (value === 0 || !/^-?[0.,]*$/.test(text)) return text;
  return new Intl.NumberFormat("en", { maximumSignificantDigits: 2, maximumFractionDigits: 20 }).format(value);
}

// As many decimals as a number of this size wants.
function plain(value, decimals) {
  if (decimals !== undefined) return fixed(value, decimals);
  const size = Math.abs(value);
  if (Number.isInteger(value)) return whole.format(value);
  return size >= 100 ? fixed(value, 0) : size >= 10 ? fixed(value, 1) : fixed(value, 2);
}

function scaled(value, base, units, decimals) {
  let place = 0;
  while (Math.abs(value) >= base && place < units.length - 1) { value /= base; place++ }
  return [plain(value, decimals ?? (Number.isInteger(value) ? 0 : undefined)), units[place]];
}

function seconds(value, decimals) {
  const size = Math.abs(value);
  if (value === 0) return "0 s";
  if (size < 0.001) return plain(value * 1e6, decimals) + " µs";
  if (size < 1) return plain(value * 1000, decimals === undefined ? undefined : Math.max(0, decimals - 1)) + " ms";
  if (size < 60) return plain(value, decimals) + " s";
  if (size < 3600) return plain(value / 60, decimals ?? 1) + " min";
  if (size < 86400) return plain(value / 3600, decimals ?? 1) + " h";
  return plain(value / 86400, decimals ?? 1) + " d";
}

const rates = { reqps: " req/s", eps: " events/s", mps: " messages/s" };

// A value in its unit; null and what is no number say so.
export function format(value, unit, decimals, noValue) {
  if (value === null || value === undefined || Number.isNaN(value)) return noValue ?? "no data";
  if (value === Infinity || value === -Infinity) return value > 0 ? "+∞" : "−∞";
  switch (unit) {
    case "percentunit": return plain(value * 100, decimals ?? (Math.abs(value) >= 0.1 ? 1 : 2)) + " %";
    case "s": return seconds(value, decimals);
    case "bytes": return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], decimals).join(" ");
    case "currencyUSD": return (value < 0 ? "−$" : "$") + fixed(Math.abs(value), decimals ?? 2);
    case "short": return scaled(value, 1000, ["", "K", "M", "B", "T"], decimals).join(" ").trim();
    case "reqps": case "eps": case "mps": return plain(value, decimals) + rates[unit];
    default: return plain(value, decimals);
  }
}

// The same for an axis, where no two labels may be equal: money is shortened, and digits are added.
export function axisFormat(values, unit) {
  const money = unit === "currencyUSD";
  for (let decimals = 0; decimals < 12; decimals++) {
    const texts = values.map((value) =>
      money && Math.abs(value) >= 1000 ? "$" + scaled(value, 1000, ["", "K", "M", "B"], decimals).join("") : format(value, unit, decimals));
    if (new Set(texts).size === texts.length) return texts;
  }
  return values.map((value) => format(value, unit));
}

// What a column of numbers says in short.
export function reduce(values, calc) {
  let last = null, sum = 0, count = 0, max = -Infinity, min = Infinity;
  for (const value of values) {
    if (typeof value !== "number") continue;
    last = value; sum += value; count++;
    if (value > max) max = value;
    if (value < min) min = value;
  }
  if (!count) return null;
  return { last, lastNotNull: last, mean: sum / count, max, min, sum }[calc] ?? null;
}

// A cell of a CSV file: numbers exact, and no text is a formula to a spreadsheet.
export function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  let text = String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}
