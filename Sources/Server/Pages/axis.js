// Ticks of axes and their labels: times by the days of a zone, values in the words of their unit.
import { format } from "./format.js";
import { instant, offset, reading } from "./time.js";

// MARK: times

const minute = 60000, hour = 60 * minute, day = 24 * hour;
const steps = [
  1000, 5000, 15000, 30000, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour,
  6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day,
];
const ticksMax = 200;

// Places for labels at least so many pixels apart. Steps begin at midnight; those of weeks and more on a Monday.
export function timeTicks(from, to, pixels, zone, apart = 80) {
  const wanted = (to - from) / Math.max(1, Math.floor(pixels / apart));
  const step = steps.find((step) => step >= wanted) ?? Math.ceil(wanted / steps.at(-1)) * steps.at(-1);
  if (!(to > from) || !Number.isFinite(step)) return [];
  const origin = step > day ? 4 * day : 0;
  const ticks = [];
  // What clocks of the zone show, as if it were UTC.
  let shown = Math.ceil((from + offset(from, zone) * minute - origin) / step) * step + origin;
  for (; ticks.length < ticksMax; shown += step) {
    const time = instant(reading(shown, "UTC"), zone);
    if (!(time <= to)) break;
    if (time >= from && time > (ticks.at(-1) ?? -Infinity)) ticks.push(time);
  }
  return ticks;
}

const two = (number) => String(number).padStart(2, "0");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// A label each: the hour, and a second line with the date under the first one and each new day.
export function timeLabels(ticks, zone) {
  let before = "";
  return ticks.map((time) => {
    const { month, day, hour, minute, second } = reading(time, zone);
    const date = day + " " + months[month - 1];
    const clock = two(hour) + ":" + two(minute) + (second ? ":" + two(second) : "");
    if (date === before) return clock;
    before = date;
    return hour === 0 && minute === 0 && second === 0 ? date : [clock, date];
  });
}

// MARK: values

// A label each, with as many digits as it takes: a value an eighth of a step further would read otherwise, so that no
// two are equal and none lies beside its place.
export function valueLabels(values, unit) {
  let step = Infinity;
  values.forEach((value, at) => { if (at && value !== values[at - 1]) step = Math.min(step, Math.abs(value - values[at - 1])); });
  const between = Number.isFinite(step) ? values.map((value) => value + step / 8) : [];
  const texts = (list, digits) => list.map((value) => format(value, unit, { digits, isAxis: true }));
  for (let digits = 3; digits < 12; digits++) {
    if (new Set(texts([...values, ...between], digits)).size === values.length + between.length) return texts(values, digits);
  }
  return texts(values, 12);
}
