// Distributions over time: a column for each time, a row for each bucket, the darker the more.
import { timeLabels, timeTicks } from "./axis.js";
import { Plot, namedColor } from "./chart.js";
import { element } from "./dom.js";
import { format } from "./format.js";
import { fullText } from "./time.js";

// A number as the server sent it: what JSON has not got is text.
export function number(value) { return value === "NaN" ? NaN : typeof value === "string" ? Number(value) : value }

// Cumulative buckets by their ends as numbers, +Inf on top, made single; what would be negative is nothing.
function singleRows(series) {
  const sorted = series.map((one) => ({ upper: number(one.labels.le === "+Inf" ? "Infinity" : one.labels.le ?? one.name), values: one.values }))
    .filter((one) => !Number.isNaN(one.upper)).sort((a, b) => a.upper - b.upper);
  return sorted.map((one, place) => ({
    lower: place ? sorted[place - 1].upper : undefined, upper: one.upper,
    values: one.values.map((value, at) => {
      if (typeof value !== "number") return null;
      const below = place ? sorted[place - 1].values[at] : 0;
      return Math.max(0, value - (typeof below === "number" ? below : 0));
    }),
  }));
}

// Rows from below. What histograms have of their own is single already. Empty ones at the ends are left out, between others they are seen.
function heatRows(target) {
  const rows = target.buckets?.length
    ? target.buckets.map((one) => ({ lower: number(one.lower), upper: number(one.upper), values: one.values }))
    : singleRows(target.series);
  const counts = (row) => row.values.some((value) => value > 0);
  const [first, last] = [rows.findIndex(counts), rows.findLastIndex(counts)];
  return first < 0 ? [] : rows.slice(first, last + 1);
}

// A loop: there may be more cells than a call takes arguments.
function greatest(rows) {
  let most = 0;
  for (const row of rows) for (const value of row.values) if (value > most) most = value;
  return most;
}

const left = 64, foot = 30, scaleHeight = 8;

export class Heatmap extends Plot {
  // look: title, unit (of bounds), countUnit, least, exponent, steps, isReversed, gap, hasScale, hasTip, thresholds; hooks: onZoom(from, to), onHover(time or null)
  constructor(host, look, hooks) {
    super(host, look, hooks);
    this.rows = [];
    this.note = element("p", "", host, "soft note");
  }

  // data: from, to, zone, target (start, step, count, series or buckets)
  update(data) {
    this.data = data;
    this.rows = data.target ? heatRows(data.target) : [];
    this.most = greatest(this.rows);
    this.draw();
    if (this.place) this.point(this.place.time, this.place.row);
  }

  bound(row) {
    const { unit } = this.look, text = (value) => format(value, unit);
    return Number.isFinite(row.lower) ? text(row.lower) + " to " + text(row.upper) : "≤ " + text(row.upper);
  }

  get area() { return { width: this.frame.clientWidth - left, height: this.frame.clientHeight - foot } }

  color(value) {
    const { exponent, steps, isReversed } = this.look;
    const share = Math.ceil(Math.pow(value / this.most, exponent) * steps) / steps;
    return "hsl(26 90% " + Math.round(isReversed ? 36 + 52 * share : 88 - 52 * share) + "%)";
  }

  xOf(time) { const { from, to } = this.data; return left + (time - from) / Math.max(1, to - from) * this.area.width }

  timeOf(x) {
    const { from, to } = this.data, share = (x - left) / Math.max(1, this.area.width);
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  }

  draw() {
    if (!this.data) return;
    const ctx = this.sized(this.canvas), { rows, look } = this, { target, from, to, zone } = this.data;
    this.sized(this.overlay);
    this.canvas.setAttribute("aria-label", look.title + ", " + fullText(from, zone) + " to " + fullText(to, zone)
      + (rows.length ? ", " + rows.length + " buckets, at most " + format(this.most, look.countUnit) : ", no data"));
    if (!rows.length) { this.note.textContent = "no data"; return }
    const { width, height } = this.area, ink = getComputedStyle(document.body).color, band = height / rows.length;
    const column = Math.max(1, target.step / Math.max(1, to - from) * width), columnGap = column > 3 ? look.gap : 0;
    const bandGap = band > 3 ? look.gap : 0;
    ctx.font = "11px system-ui, sans-serif";
    rows.forEach((row, place) => {
      const y = height - (place + 1) * band;
      row.values.forEach((value, at) => {
        if (typeof value !== "number" || value <= look.least || value <= 0) return;
        // What a point says is of the step before it.
        const right = this.xOf(target.start + at * target.step), start = Math.max(left, right - column);
        if (right <= left) return;
        ctx.fillStyle = this.color(value);
        ctx.fillRect(start, y, Math.max(1, right - start - columnGap), Math.max(1, band - bandGap));
      });
      ctx.fillStyle = ink;
      if (place % Math.max(1, Math.ceil(12 / band)) === 0) ctx.fillText(format(row.upper, look.unit), 0, y + Math.min(10, band / 2 + 4));
    });
    this.drawThresholds(ctx, band);
    ctx.fillStyle = ink;
    const ticks = timeTicks(from, to, width, zone), labels = timeLabels(ticks, zone);
    ticks.forEach((time, at) => {
      const x = this.xOf(time);
      ctx.textAlign = x > left + width - 24 ? "right" : x < left + 24 ? "left" : "center";
      [labels[at]].flat().forEach((text, line) => ctx.fillText(text, x, height + 12 + 11 * line));
    });
    this.note.textContent = "each column " + format(target.step / 1000, "s") + (look.hasScale ? ", " : ", at most " + format(this.most, look.countUnit));
    if (look.hasScale) this.drawScale();
  }

  // Where a promise ends, if it lies between two rows.
  drawThresholds(ctx, band) {
    const { height, width } = this.area;
    ctx.save();
    ctx.setLineDash([6, 4]);
    for (const { value, color } of this.look.thresholds ?? []) {
      const place = value === null ? -1 : this.rows.findIndex((row) => row.upper >= value);
      if (place < 0) continue;
      const y = height - (this.rows[place].upper === value ? place + 1 : place) * band;
      ctx.strokeStyle = ctx.fillStyle = namedColor(color);
      ctx.beginPath(); ctx.moveTo(left, y); ctx.lineTo(left + width, y); ctx.stroke();
      ctx.textAlign = "right";
      ctx.fillText(format(value, this.look.unit), left + width - 2, y - 3);
      ctx.textAlign = "left";
    }
    ctx.restore();
  }

  // Which colour is how many, with numbers.
  drawScale() {
    const scale = element("span", undefined, this.note, "scale");
    const shares = [0.02, 0.1, 0.25, 0.5, 1];
    for (const share of shares) {
      const mark = element("i", "", scale);
      mark.style.background = this.color(share * this.most);
      mark.style.blockSize = scaleHeight + "px";
      element("span", format(share * this.most, this.look.countUnit, { digits: 2 }), scale);
    }
  }

  // MARK: the pointer

  get isDrawn() { return this.rows.length > 0 }

  get box() { return this.data && { left, top: 0, right: left + this.area.width, bottom: this.area.height } }

  get span() { return this.data }

  get time() { return this.place?.time }

  meet(event, time) {
    const { height } = this.area, y = event.clientY - this.overlay.getBoundingClientRect().top;
    this.point(time, Math.floor((height - y) / (height / this.rows.length)));
  }

  step(key) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    if (!move) return false;
    const { from, to, target } = this.data, { time, row } = this.place ?? { time: to, row: 0 };
    this.point(Math.min(to, Math.max(from, time + move[0] * target.step)), Math.min(this.rows.length - 1, Math.max(0, row + move[1])));
    return true;
  }

  // Shows the pointer at a time of another chart.
  crosshair(time) { this.other = time; if (this.data) this.paint() }

  point(time, row) {
    this.place = time === null || time === undefined ? null : { time, row };
    this.paint();
    this.tell();
  }

  // The bucket at the pointer and how many it counts, then how many all of that time do.
  tell() {
    const row = this.rows[this.place?.row];
    this.tip.hidden = !row || !this.look.hasTip;
    if (this.tip.hidden) return;
    const { start, step, count } = this.data.target, { countUnit } = this.look;
    const at = Math.min(count - 1, Math.max(0, Math.ceil((this.place.time - start) / step)));
    const total = this.rows.reduce((sum, one) => sum + (one.values[at] ?? 0), 0), value = row.values[at];
    this.tip.replaceChildren();
    element("b", fullText(start + at * step, this.data.zone), this.tip);
    const line = element("div", undefined, this.tip);
    element("span", this.bound(row), line);
    element("span", format(value, countUnit), line, "number");
    element("div", "total " + format(total, countUnit), this.tip);
    this.placeTip();
  }
}
