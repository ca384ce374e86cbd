// Times on an axis, by the days of a zone: midnights, hours and minutes, the date under the first one and each new day.

const minute = 60000, hour = 60 * minute, day = 24 * hour;
const steps = [1000, 5000, 15000, 30000, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour,
  6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day];

const formats = new Map();
function partsOf(zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric",
      day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }));
  }
  return formats.get(zone);
}

// ms that the zone is ahead of UTC at a time.
export function offset(time, zone) {
  const part = {};
  for (const { type, value } of partsOf(zone).formatToParts(time)) part[type] = Number(value);
  const reading = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return reading - Math.floor(time / 1000) * 1000;
}

// The time at which the zone's clocks show a reading.
function instant(reading, zone) {
  const guess = reading - offset(reading, zone);
  return reading - offset(guess, zone);
}

// Places for labels at least so many pixels apart.
export function timeTicks(from, to, pixels, zone, apart = 80) {
  const wanted = (to - from) / Math.max(1, Math.floor(pixels / apart));
  const step = steps.find((step) => step >= wanted) ?? steps[steps.length - 1];
  const first = from + offset(from, zone);
  // Steps begin at midnight; those of weeks and more on a Monday.
  const origin = step > day ? 4 * day : 0;
  const ticks = [];
  for (let reading = Math.ceil((first - origin) / step) * step + origin; ticks.length < 200; reading += step) {
    const time = instant(reading, zone);
    if (time > to) break;
    if (time >= from && time > (ticks.at(-1) ?? -Infinity)) ticks.push(time);
  }
  return ticks;
}

const pad = (number) => String(number).padStart(2, "0");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// A label each: the hour, and a second line with the date where it is a new one.
export function tickLabels(ticks, zone) {
  let before = "";
  return ticks.map((time) => {
    const reading = new Date(time + offset(time, zone));
    const date = reading.getUTCDate() + " " + months[reading.getUTCMonth()];
    const isMidnight = reading.getUTCHours() === 0 && reading.getUTCMinutes() === 0;
    const clock = pad(reading.getUTCHours()) + ":" + pad(reading.getUTCMinutes())
      + (reading.getUTCSeconds() ? ":" + pad(reading.getUTCSeconds()) : "");
    if (date === before) return clock;
    before = date;
    return isMidnight ? date : [clock, date];
  });
}

// A time in full, with the zone's distance from UTC.
export function written(time, zone) {
  const ahead = Math.round(offset(time, zone) / minute);
  const reading = new Date(time + ahead * minute);
  const sign = ahead < 0 ? "−" : "+", size = Math.abs(ahead);
  return reading.getUTCFullYear() + "-" + pad(reading.getUTCMonth() + 1) + "-" + pad(reading.getUTCDate()) + " "
    + pad(reading.getUTCHours()) + ":" + pad(reading.getUTCMinutes()) + ":" + pad(reading.getUTCSeconds())
    + " " + sign + pad(Math.floor(size / 60)) + ":" + pad(size % 60);
}
