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

// When clocks of a zone show this. Of a time that is there twice the first; one that is skipped counts on from before.
// NaN beyond what a date can be.
export function instant(shown, zone) {
  const wanted = asIfUTC(shown);
  if (!(Math.abs(wanted) <= limit)) return NaN;
  const before = wanted - offset(wanted - 86400000, zone) * 60000;
  const after = wanted - offset(wanted + 86400000, zone) * 60000;
  for (const time of [Math.min(before, after), Math.max(before, after)]) {
    if (asIfUTC(reading(time, zone)) === wanted) return time;
  }
  return before;
}

const lengths = { s: 1000, m: 60000, h: 3600000 };

// Of a page: the day on which its weeks begin (0 is Sunday), and the month with which its fiscal years do (from 0).
const calendar = { weekStart: 1, yearStart: 0 };

// As a dashboard's file says; what it does not say stays.
export function setCalendar({ weekStart, fiscalYearStartMonth }) {
  calendar.weekStart = { sunday: 0, monday: 1, saturday: 6 }[weekStart] ?? calendar.weekStart;
  calendar.yearStart = fiscalYearStartMonth ?? calendar.yearStart;
}

function moved(time, count, unit, zone) {
  if (lengths[unit]) return time + count * lengths[unit];
  const shown = reading(time, zone);
  if (unit === "d") shown.day += count;
  if (unit === "w") shown.day += 7 * count;
  const months = { M: 1, Q: 3, fQ: 3, y: 12, fy: 12 }[unit];
  if (months) {
    shown.month += count * months;
    [shown.year, shown.month] = byMonths(shown.year * 12 + shown.month - 1);
    shown.day = Math.min(shown.day, new Date(Date.UTC(shown.year, shown.month, 0)).getUTCDate());
  }
  return instant(shown, zone) + (((time % 1000) + 1000) % 1000);
}

// Year and month of so many months since the year 0.
function byMonths(months) { return [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1] }

// The beginning of the unit that a time is in; weeks begin on Monday unless the page says otherwise.
export function floored(time, unit, zone) {
  const shown = reading(time, zone);
  if (unit === "s") return Math.floor(time / 1000) * 1000;
  shown.second = 0;
  if (unit === "m") return instant(shown, zone);
  if (unit === "h") {
    const minutes = offset(time, zone);
    return Math.floor((time / 60000 + minutes) / 60) * 3600000 - minutes * 60000;
  }
  shown.minute = 0;
  shown.hour = 0;
  if (unit === "w") shown.day -= (new Date(Date.UTC(shown.year, shown.month - 1, shown.day)).getUTCDay() - calendar.weekStart + 7) % 7;
  const months = { M: 1, Q: 3, fQ: 3, y: 12, fy: 12 }[unit];
  if (months) {
    const first = unit.startsWith("f") ? calendar.yearStart : 0, place = shown.year * 12 + shown.month - 1 - first;
    [shown.year, shown.month] = byMonths(Math.floor(place / months) * months + first);
    shown.day = 1;
  }
  return instant(shown, zone);
}

// A time as an address or a person writes it: now-6h, now-1d/d, RFC 3339, 2026-08-01, 2026-08-01 09:30, milliseconds
// since 1970. NaN for what is none. With isEnd a rounded time is the end of its unit.
export function parsed(text, { now, zone, isEnd = false }) {
  const written = text.trim();
  const relative = /^now((?:[+-]\d{1,6}(?:s|m|h|d|w|M|Q|y))*)(?:\/(fQ|fy|s|m|h|d|w|M|Q|y))?$/.exec(written);
  if (relative) {
    let time = now;
    for (const [, count, unit] of relative[1].matchAll(/([+-]\d+)([a-zA-Z])/g)) {
      time = moved(time, Number(count), unit, zone);
      if (!(Math.abs(time) <= limit)) return NaN;
    }
    const unit = relative[2];
    if (!unit) return time;
    const start = floored(time, unit, zone);
    return isEnd ? moved(start, 1, unit, zone) : start;
  }
  if (/^-?\d{9,16}$/.test(written)) return Math.abs(Number(written)) <= limit ? Number(written) : NaN;
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i.test(written)) return Date.parse(written);
  const plain = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(written);
  if (!plain) return NaN;
  const [year, month, day, hour, minute, second] = plain.slice(1).map((part) => Number(part ?? 0));
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!isDay || hour > 23 || minute > 59 || second > 59) return NaN;
  return instant({ year, month, day, hour, minute, second }, zone);
}

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
