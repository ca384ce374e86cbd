// Times: of zones, as people write them, as they are shown. All are milliseconds since 1970 UTC.

const formats = new Map();
// A day before the last date that there is.
const limit = 8.64e15 - 2 * 86400000;

function formatOf(zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23", era: "short", year: "numeric",
      month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

export function isZone(name) {
  if (name === "browser" || name === "utc") return true;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

// The IANA name behind what an address says.
export function zoneName(name) {
  if (name === "utc") return "UTC";
  if (name === "browser" || !isZone(name)) return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  return name;
}

// What clocks and calendars of a zone show; months count from 1.
export function reading(time, zone) {
  const parts = {};
  for (const { type, value } of formatOf(zone).formatToParts(new Date(time))) parts[type] = value;
  const year = parts.era === "BC" || parts.era === "B" ? 1 - Number(parts.year) : Number(parts.year);
  return {
    year, month: Number(parts.month), day: Number(parts.day), hour: Number(parts.hour), minute: Number(parts.minute),
    second: Number(parts.second),
  };
}

function asIfUTC({ year, month, day, hour, minute, second }) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime();
}

// Minutes by which a zone is ahead of UTC.
export function offset(time, zone) {
  const second = Math.floor(time / 1000) * 1000;
  return Math.round((asIfUTC(reading(second, zone)) - second) / 60000);
}

export function offsetText(time, zone) {
  const minutes = offset(time, zone);
  const size = Math.abs(minutes);
  return (minutes < 0 ? "−" : "+") + two(Math.floor(size / 60)) + ":" + two(size % 60);
}

// The instants at which clocks of a zone show this, the later first: two of a time that is there twice, none of one that is
// skipped. Of what is skipped, `otherwise` counts on from before.
function instants(shown, zone) {
  const wanted = asIfUTC(shown);
  if (!(Math.abs(wanted) <= limit)) return { found: [], otherwise: NaN };
  const before = wanted - offset(wanted - 86400000, zone) * 60000;
  const after = wanted - offset(wanted + 86400000, zone) * 60000;
  const found = [Math.max(before, after), Math.min(before, after)].filter((time) => asIfUTC(reading(time, zone)) === wanted);
  return { found, otherwise: before };
}

// When clocks of a zone show this, as the server has it: of a time that is there twice the second. NaN beyond what a date
// can be.
export function instant(shown, zone) {
  const { found, otherwise } = instants(shown, zone);
  return found[0] ?? otherwise;
}

// The same where something begins: a midnight that is there twice begins its day once.
function beginning(shown, zone) {
  const { found, otherwise } = instants(shown, zone);
  return found.at(-1) ?? otherwise;
}

const lengths = { s: 1000, m: 60000, h: 3600000 };

function moved(time, count, unit, zone) {
  if (lengths[unit]) return time + count * lengths[unit];
  const shown = reading(time, zone);
  if (unit === "d") shown.day += count;
  if (unit === "w") shown.day += 7 * count;
  const months = { M: 1, Q: 3, y: 12 }[unit];
  if (months) {
    const place = shown.year * 12 + shown.month - 1 + count * months;
    [shown.year, shown.month] = [Math.floor(place / 12), ((place % 12) + 12) % 12 + 1];
    shown.day = Math.min(shown.day, new Date(Date.UTC(shown.year, shown.month, 0)).getUTCDate());
  }
  return instant(shown, zone) + (((time % 1000) + 1000) % 1000);
}

// With which day weeks begin, and with which month fiscal years (from 0): a dashboard may say so.
const calendar = { weekStart: "monday", yearStart: 0 };

export function setCalendar({ weekStart, yearStart }) { Object.assign(calendar, { weekStart: weekStart || "monday", yearStart: yearStart ?? 0 }); }

// Where the unit begins that a time is in, or where the next one does.
function rounded(time, unit, zone, isEnd, { weekStart, yearStart }) {
  // Counted from the time itself: clocks that are set back show an hour twice.
  if (lengths[unit]) {
    const ahead = offset(time, zone) * 60000, length = lengths[unit];
    return Math.floor((time + ahead) / length) * length - ahead + (isEnd ? length : 0);
  }
  const shown = { ...reading(time, zone), hour: 0, minute: 0, second: 0 };
  if (unit === "d") shown.day += isEnd ? 1 : 0;
  else if (unit === "w") {
    const first = { sunday: 0, saturday: 6 }[weekStart] ?? 1;
    const weekday = new Date(asIfUTC(shown)).getUTCDay();
    shown.day += (isEnd ? 7 : 0) - (weekday - first + 7) % 7;
  } else {
    const months = { M: 1, Q: 3, fQ: 3, y: 12, fy: 12 }[unit];
    const first = unit.startsWith("f") ? yearStart : 0;
    const start = Math.floor((shown.year * 12 + shown.month - 1 - first) / months) * months + first + (isEnd ? months : 0);
    Object.assign(shown, { year: Math.floor(start / 12), month: start - Math.floor(start / 12) * 12 + 1, day: 1 });
  }
  return beginning(shown, zone);
}

// The beginning of the unit that a time is in; weeks begin on Monday, as in reports.
export function floored(time, unit, zone) { return rounded(time, unit, zone, false, { weekStart: "monday", yearStart: 0 }); }

// What follows `now`: any number of -6h and /d. NaN where something else does.
function relative(text, { now, zone, isEnd, weekStart, yearStart }) {
  let time = now, rest = text;
  while (rest) {
    const found = /^(?:([+-])(\d{0,9})(s|m|h|d|w|M|Q|y)|\/(s|m|h|d|w|M|Q|y|fQ|fy))(?![a-zA-Z])/.exec(rest);
    if (!found) return NaN;
    const [all, sign, digits, unit, round] = found;
    time = round ? rounded(time, round, zone, isEnd, { weekStart, yearStart }) : moved(time, Number(sign + (digits || "1")), unit, zone);
    if (!(Math.abs(time) <= limit)) return NaN;
    rest = rest.slice(all.length);
  }
  return time;
}

// A time as an address or a person writes it: now-6h, now-1d/d, RFC 3339, 2026-08-01, 2026-08-01 09:30, milliseconds
// since 1970. NaN for what is none. With isEnd a rounded time is the end of its unit. The server reads the same, and both
// are held against one table (Tests/Goldens/Times).
export function parsed(text, { now, zone, isEnd = false, weekStart = calendar.weekStart, yearStart = calendar.yearStart }) {
  const written = text.trim();
  if (written.startsWith("now")) return relative(written.slice(3), { now, zone, isEnd, weekStart, yearStart });
  if (/^-?\d{9,16}$/.test(written)) return Math.abs(Number(written)) <= limit ? Number(written) : NaN;
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/.test(written)) return Date.parse(written.toUpperCase().replace(" ", "T"));
  const plain = /^(\d{4})-(\d{2})-(\d{2})(?:[ Tt](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(written);
  if (!plain) return NaN;
  const [year, month, day, hour, minute, second] = plain.slice(1).map((part) => Number(part ?? 0));
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!isDay || hour > 23 || minute > 59 || second > 59) return NaN;
  return (plain[4] === undefined ? beginning : instant)({ year, month, day, hour, minute, second }, zone);
}

// A time as the server and addresses have it.
export function iso(time) { return new Date(time).toISOString(); }

// An end of a range as the server is asked for it: as it is written, so that the server reads it by its own clock. Milliseconds
// are none of its forms, and what a page has by itself is an instant.
export function askedTime(text, time) { return /^-?\d+$/.test(text.trim()) ? iso(time) : text.trim(); }

export function isRelative(text) { return text.trim().startsWith("now"); }

function two(number) { return String(number).padStart(2, "0"); }

export function dateText(time, zone) {
  const { year, month, day } = reading(time, zone);
  return String(year).padStart(4, "0") + "-" + two(month) + "-" + two(day);
}

export function clockText(time, zone, hasSeconds = false) {
  const { hour, minute, second } = reading(time, zone);
  return two(hour) + ":" + two(minute) + (hasSeconds ? ":" + two(second) : "");
}

export function dateTimeText(time, zone, hasSeconds = false) {
  return dateText(time, zone) + " " + clockText(time, zone, hasSeconds);
}

// To the second, with the zone's distance from UTC.
export function fullText(time, zone) { return dateTimeText(time, zone, true) + " " + offsetText(time, zone); }
