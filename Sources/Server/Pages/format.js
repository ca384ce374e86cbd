// Numbers in the words of a page. Everything that is written here has a unit and digits that count: what is not zero is
// never shown as zero.

const groups = new Map();

function plain(value, digits) {
  let format = groups.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    groups.set(digits, format);
  }
  return format.format(value === 0 ? 0 : value);
}

// Digits behind the point so that two count where `digits` would show nothing of a value.
function enough(value, digits) {
  const size = Math.abs(value);
  if (size === 0 || size >= 0.5 * 10 ** -digits) return digits;
  return Math.min(20, 1 - Math.floor(Math.log10(size)));
}

// As many digits as count, without zeros at the end.
function short(value, digits) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const text = plain(value, Math.min(20, Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

// With a fixed number of digits behind the point, or as many as count.
function fixed(value, decimals, digits) {
  return decimals === undefined || decimals === null ? short(value, digits) : plain(value, enough(value, decimals));
}

// A share of a hundred. What is not all of it never reads as all: digits are added until two of the rest count.
function percent(value, decimals, count) {
  const rest = Math.abs(100 - value);
  const isNear = rest > 1e-10 && rest < 1;
  if (decimals !== undefined && decimals !== null) {
    return plain(value, Math.max(enough(value, decimals), isNear ? enough(rest, decimals) : 0)) + "%";
  }
  if (!isNear) return short(value, count) + "%";
  return plain(value, Math.max(1, count - 2 - Math.floor(Math.log10(rest)))).replace(/\.?0+$/, "") + "%";
}

function scaled(value, decimals, steps, digits) {
  const size = Math.abs(value);
  let [factor, name] = steps[0];
  for (const step of steps) if (size >= step[0]) [factor, name] = step;
  return fixed(value / factor, factor > 1 ? three(size / factor, decimals) : decimals, digits) + name;
}

// However few digits behind the point are asked for, of what is shortened three count: 1,218 is no "1 K".
function three(size, decimals) {
  return decimals === undefined || decimals === null ? decimals : Math.max(decimals, 2 - Math.floor(Math.log10(size)));
}

const thousands = [[1, ""], [1e3, " K"], [1e6, " M"], [1e9, " B"], [1e12, " T"]];
const binary = [[1, " B"], [1024, " KiB"], [1024 ** 2, " MiB"], [1024 ** 3, " GiB"], [1024 ** 4, " TiB"], [1024 ** 5, " PiB"]];
const seconds = [[1e-9, " ns"], [1e-6, " µs"], [1e-3, " ms"], [1, " s"], [60, " min"], [3600, " h"], [86400, " d"]];

// Whole amounts, with at least two digits behind the point; on axes shortened.
function money(value, decimals, isAxis, digits) {
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  if (isAxis && size >= 1000) return sign + "$" + scaled(size, decimals, thousands, digits).replace(" ", "");
  return sign + "$" + plain(size, enough(size, decimals ?? digits - 1));
}

const rates = { reqps: " req/s", eps: " ev/s", mps: " msg/s" };

// A number in a unit of the dashboards' files; null and NaN have no text. Where nobody says how many digits stand behind
// the point, three count, or as many as are wanted.
export function format(value, unit = "short", { decimals, digits = 3, isAxis = false, noValue = "no data" } = {}) {
  if (value === null || value === undefined || value === "") return noValue;
  const number = Number(value);
  if (Number.isNaN(number)) return noValue;
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "-∞";
  switch (unit) {
    case "percentunit": return percent(number * 100, decimals, digits);
    case "s": return number === 0 ? "0 s" : scaled(number, decimals, seconds, digits);
    case "bytes": return scaled(number, decimals, binary, digits);
    case "currencyUSD": return money(number, decimals, isAxis, digits);
    case "none":
      return Number.isInteger(number) && !decimals ? plain(number, 0) : fixed(number, decimals, digits);
    default: return scaled(number, decimals, thousands, digits) + (rates[unit] ?? "");
  }
}

// Long names lose their middle, by characters: half of one is none.
export function shortened(name, most = 60) {
  const signs = [...name];
  return signs.length <= most ? name : signs.slice(0, most / 2 - 1).join("") + "…" + signs.slice(-most / 2).join("");
}

// Every digit of a count.
export function count(value) { return plain(Number(value), 0); }

// So many of a thing, whose name takes an s where there are several.
export function counted(number, thing) { return count(number) + " " + thing + (number === 1 ? "" : "s"); }

// What a rule measured, as PromQL writes it ("1.8476987447698744e+02"), in digits that can be read; its unit is the
// rule's own. What is no number stays as it is written.
export function measured(text) { return Number.isFinite(Number(text)) ? format(text, "none", { digits: 6, noValue: "–" }) : text; }

// A relation of counts, "2449 ÷ 3125", with its counts written as all others are.
export function relation(text) { return text.replace(/(?<![\d.])\d+(?![\d.])/g, (one) => count(one)); }

// How long, in the two greatest units.
export function duration(length) {
  const s = Math.max(0, Math.floor(length));
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d) return d + " d " + h + " h";
  if (h) return h + " h " + m + " min";
  return m ? m + " min" : s + " s";
}
