// What alerts were when: a band over the range, with its length in words. Where a rule was not evaluated it was not quiet:
// nobody looked.
import { address, ask } from "./ask.js";
import { svg } from "./bars.js";
import { el } from "./dom.js";
import { duration } from "./format.js";
import { dateTimeText, iso } from "./time.js";

const width = 400, height = 14;
const steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

// Seconds between samples, so that a range has about so many; both ends stand on multiples of it.
export function grid({ from, to }, wanted = 120) {
  const step = steps.find((step) => (to - from) / 1000 / step <= wanted) ?? Math.ceil((to - from) / 1000 / wanted / 604800) * 604800;
  const start = Math.floor(from / 1000 / step) * step;
  return { step, start, end: Math.max(start, Math.floor(to / 1000 / step) * step) };
}

// Samples of `ALERTS` joined to stretches: [{ from, to, state }] in seconds, one behind the other.
function stretches(series, step) {
  const state = new Map();
  for (const { metric, values } of series) {
    for (const [time, value] of values) {
      if (Number(value) > 0 && state.get(time) !== "firing") state.set(time, metric.alertstate);
    }
  }
  const found = [];
  for (const [time, is] of [...state].sort(([one], [other]) => one - other)) {
    const last = found.at(-1);
    if (last && last.state === is && time - last.to <= 1e-6) last.to = time + step;
    else found.push({ from: time, to: time + step, state: is });
  }
  return found;
}

function told(stretches, step, known) {
  const length = (state) => stretches.filter((one) => one.state === state).reduce((sum, one) => sum + one.to - one.from, 0);
  const parts = ["firing", "pending"].filter((state) => length(state) > 0).map((state) => state + " " + duration(length(state)));
  const looked = parts.length && step > 60 ? " (looked at every " + duration(step) + ")" : "";
  if (parts.length === 0 && known?.evaluated.length) parts.push("quiet");
  const missing = known?.missing.reduce((sum, one) => sum + one.to - one.from, 0) ?? 0;
  if (missing > 0) parts.push(known.evaluated.length ? "not evaluated " + duration(missing) : "not evaluated");
  return parts.length ? parts.join(", ") + looked : "no alert is noted";
}

// Of what times rules of alerts were evaluated and of what not, by the name: { evaluated, missing }, each [{ from, to }] in seconds.
export async function evaluations({ from, to }, signal) {
  const answer = await ask(address("/v1/alerts/evaluated", { from: iso(from), to: iso(to) }), { signal });
  const seconds = (all) => all.map((one) => ({ from: Date.parse(one.from) / 1000, to: Date.parse(one.to) / 1000 }));
  return new Map(answer.alerts.map((one) => [one.alert, { evaluated: seconds(one.evaluated), missing: seconds(one.not_evaluated) }]));
}

// A time in words.
export function spanText({ from, to }, zone) { return dateTimeText(from * 1000, zone) + " to " + dateTimeText(to * 1000, zone); }

// The band of a range, and the same in words. `known` is of what times its rules were evaluated; undefined: nobody knows.
export function band(series, { start, end, step }, zone, known) {
  const found = stretches(series, step);
  const place = (time) => Math.max(0, Math.min(width, (time - start) / Math.max(step, end + step - start) * width));
  const words = told(found, step, known);
  const missing = (known?.missing ?? []).map((one) => svg("rect", { class: "missing", x: place(one.from), width: Math.max(1, place(one.to) - place(one.from)), y: 0, height },
    svg("title", {}, "not evaluated " + spanText(one, zone))));
  return [
    svg("svg", { class: "band", viewBox: "0 0 " + width + " " + height, preserveAspectRatio: "none", role: "img", "aria-label": words },
      missing, found.map((one) => svg("rect", { class: one.state, x: place(one.from), width: Math.max(1, place(one.to) - place(one.from)), y: one.state === "firing" ? 0 : 7,
        height: one.state === "firing" ? height : 7 },
      svg("title", {}, one.state + " " + spanText(one, zone))))),
    el("span", { class: "soft band-words" }, words),
  ];
}
