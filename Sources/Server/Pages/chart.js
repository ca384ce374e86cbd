// Series over time, drawn by Chart.js: a linear axis in ms with ticks of our own, stacks summed here, gaps where nothing was told. The
// pointer's place is drawn on a canvas above, so that no chart is drawn again for a move of it. Texts become text nodes, never markup.
import { timeLabels, timeTicks, valueLabels } from "./axis.js";
import { element, replace } from "./dom.js";
import { format, shortened } from "./format.js";
import { fullText } from "./time.js";

const palettes = {
  light: ["#0B62A8", "#E96D28", "#6B365A", "#0F96F6", "#9D210C", "#B26778"],
  dark: ["#5AA9E6", "#F1E53E", "#D64F02", "#2DFDEE", "#DAA57B", "#7B66E8"],
};
const dashes = [[], [6, 3], [2, 2]];
const namedColors = {
  light: { green: "#0B7A4B", orange: "#8A5A00", yellow: "#8A5A00", red: "#C0262D", blue: "#0B62A8", purple: "#6B365A" },
  dark: { green: "#4CC38A", orange: "#F5B83D", yellow: "#F5B83D", red: "#FF8B7E", blue: "#5AA9E6", purple: "#7B66E8" },
};
const rowsMax = 15, columnsMax = 120;

function theme() {
  // Before a browser prints, it says so, and only then that it is paper.
  if (matchMedia("print").matches || "printing" in document.documentElement.dataset) return "light";
  return document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

// A colour of a file; names that nobody knows are ink.
export function namedColor(name) { return namedColors[theme()][name] ?? getComputedStyle(document.body).color }

const sheetColors = {
  green: "var(--good)", orange: "var(--warn)", yellow: "var(--warn)", red: "var(--bad)", blue: "var(--link)", purple: "var(--series-3)",
};

// The same for elements, which take it from the sheet: another theme is another colour at once.
export function sheetColor(name) { return sheetColors[name] ?? "var(--ink)" }

// Stripes of a colour: what may still change.
function hatched(ctx, color) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const inner = tile.getContext("2d");
  inner.strokeStyle = color;
  inner.lineWidth = 1.5;
  for (const at of [-6, 0, 6]) { inner.beginPath(); inner.moveTo(at, 6); inner.lineTo(at + 6, 0); inner.stroke() }
  return ctx.createPattern(tile, "repeat") ?? color;
}

// The same colour, hardly seen.
function faint(color) { return color.replace(/^rgba?\(([^,]+),([^,]+),([^,)]+).*$/, "rgba($1,$2,$3,0.15)") }

// Colours by name, the same on all charts of a page.
export class ColorBook {
  constructor() { this.places = new Map() }
  place(name) {
    if (!this.places.has(name)) this.places.set(name, this.places.size);
    return this.places.get(name);
  }
  color(name) { const colors = palettes[theme()]; return colors[this.place(name) % colors.length] }
  dash(name) { return dashes[Math.floor(this.place(name) / 6) % dashes.length] }
}

// Whether the library is there; without it a panel is a table.
export function canDraw() { return typeof globalThis.Chart === "function" }

// What pictures over time have in common: the pointer's place on a canvas above, a box that tells of it, and what pointer and keys do.
// A kind of it says: isDrawn, box (of what is drawn, in pixels), span (from and to of it), time (of the pointer), xOf(time), timeOf(x),
// meet(event, time), step(key) (false: it means nothing), point(time or null), tell().
export class Plot {
  constructor(host, look, hooks) {
    this.host = host; this.look = look; this.hooks = hooks;
    this.frame = element("div", undefined, host, "chart");
    this.canvas = element("canvas", undefined, this.frame);
    this.canvas.setAttribute("role", "img");
    // Until there are figures.
    this.canvas.setAttribute("aria-label", look.title);
    this.overlay = element("canvas", undefined, this.frame, "overlay");
    this.overlay.tabIndex = 0;
    this.overlay.setAttribute("role", "img");
    this.overlay.setAttribute("aria-label", look.title + ", arrows move the pointer");
    this.tip = element("div", undefined, this.frame, "tip");
    this.tip.hidden = true;
    this.live = element("div", undefined, this.frame, "unseen");
    this.live.setAttribute("aria-live", "polite");
    this.listen();
  }

  // Gives one of the canvases as many pixels as its place has, and what draws on it.
  sized(canvas) {
    const ratio = devicePixelRatio || 1, ctx = canvas.getContext("2d");
    canvas.width = this.frame.clientWidth * ratio;
    canvas.height = this.frame.clientHeight * ratio;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    return ctx;
  }

  timeAt(event) { return this.timeOf(event.clientX - this.overlay.getBoundingClientRect().left) }

  drop() { this.drag = null; this.paint() }

  listen() {
    this.overlay.addEventListener("pointermove", (event) => {
      if (!this.isDrawn) return;
      const time = this.timeAt(event);
      if (this.drag) this.drag.to = time;
      this.hooks.onHover?.(time);
      this.meet(event, time);
    });
    this.overlay.addEventListener("pointerleave", () => { this.hooks.onHover?.(null); if (!this.isPinned) this.point(null) });
    this.overlay.addEventListener("pointerdown", (event) => {
      // Touch scrolls; for zooming pages have buttons.
      if (event.pointerType === "touch" || event.button !== 0 || !this.isDrawn) return;
      this.overlay.setPointerCapture(event.pointerId);
      const time = this.timeAt(event);
      this.drag = { from: time, to: time };
    });
    this.overlay.addEventListener("pointerup", () => {
      const drag = this.drag;
      this.drop();
      if (!drag) return;
      if (Math.abs(this.xOf(drag.to) - this.xOf(drag.from)) < 6) { this.isPinned = !this.isPinned; return }
      this.hooks.onZoom?.(Math.round(Math.min(drag.from, drag.to)), Math.round(Math.max(drag.from, drag.to)));
    });
    this.overlay.addEventListener("pointercancel", () => this.drop());
    this.overlay.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.isDrawn) return;
    if (event.key === "Escape") { this.isPinned = false; this.drop(); this.point(null); return }
    if (event.key === "Enter") { this.isPinned = !this.isPinned; return }
    if (!this.step(event.key)) return;
    event.preventDefault();
    this.live.textContent = this.tip.textContent;
    this.hooks.onHover?.(this.time);
  }

  paint() {
    const ctx = this.overlay.getContext("2d"), { box } = this;
    ctx.clearRect(0, 0, this.frame.clientWidth, this.frame.clientHeight);
    if (!box) return;
    if (this.drag) {
      const [a, b] = [this.xOf(this.drag.from), this.xOf(this.drag.to)];
      ctx.fillStyle = namedColor("blue") + "33";
      ctx.fillRect(Math.min(a, b), box.top, Math.abs(b - a), box.bottom - box.top);
    }
    const time = this.time ?? this.other, { from, to } = this.span;
    if (time === null || time === undefined || time < from || time > to || box.right <= box.left) return;
    const x = this.xOf(time);
    ctx.strokeStyle = getComputedStyle(document.body).color;
    ctx.setLineDash([3, 3]);
    ctx.beginPath(); ctx.moveTo(x, box.top); ctx.lineTo(x, box.bottom); ctx.stroke();
  }

  // The box stands beside the pointer, on the side with more room; where it would end below the window it begins higher.
  placeTip() {
    const x = this.xOf(this.time), isRight = x > this.frame.clientWidth / 2;
    this.tip.style.left = isRight ? "auto" : x + 12 + "px";
    this.tip.style.right = isRight ? this.frame.clientWidth - x + 12 + "px" : "auto";
    this.tip.style.top = "";
    const { top, bottom } = this.tip.getBoundingClientRect(), below = bottom - innerHeight + 4;
    if (below > 0) this.tip.style.top = "calc(.5rem - " + Math.max(0, Math.min(below, top - 4)) + "px)";
  }
}

export class TimeChart extends Plot {
  // look: title, unit, decimals, min, max, style, thresholds, stacked, bars, zone, colors, said (a time in words); hooks: onZoom(from, to), onHover(time or null)
  constructor(host, look, hooks) {
    super(host, look, hooks);
    this.hidden = new Set();
    this.legend = element("div", undefined, host, "legend");
    // Before the chart measures its place.
    const { options } = look;
    host.classList.toggle("beside", options["legend.placement"] === "right" && options["legend.showLegend"] !== false);
  }

  // data: from, to, start, step, count, series [{name, values}], bands [{from, to, title, color}], finished (ms: later points may change), begun (ms: earlier ones are in part)
  update(data) {
    this.data = data;
    this.series = data.series.map((one) => ({ ...one, color: this.look.colors.color(one.name), dash: this.look.colors.dash(one.name) }));
    this.canvas.setAttribute("aria-label", this.spoken());
    this.names = shortNames(this.series);
    // First, since beside it the chart has what it leaves.
    this.drawLegend();
    this.draw();
    // Who points at it goes on to, and sees what is there now.
    this.paint();
    if (!this.tip.hidden) this.tell();
  }

  said(time) { return this.look.said ? this.look.said(time) : fullText(time, this.look.zone) }

  spoken() {
    const all = this.series.flatMap((one) => one.values);
    const { unit, decimals } = this.look;
    return this.look.title + ", " + this.said(this.data.from) + " to " + this.said(this.data.to) + ", last "
      + format(reduce(all, "last"), unit, { decimals }) + ", max " + format(reduce(all, "max"), unit, { decimals });
  }

  shown() { return this.series.filter((one) => !this.hidden.has(one.name)) }

  points(values) {
    const { start, step } = this.data;
    return values.map((value, place) => ({ x: start + place * step, y: typeof value === "number" ? value : NaN }));
  }

  // Own sums, each filled to the one below. A missing value counts 0 for those above and is itself not drawn.
  stacked(shown) {
    const sums = new Array(this.data.count).fill(0), sets = [];
    let hasGaps = false;
    for (const [place, one] of shown.entries()) {
      const below = hasGaps ? sums.slice() : null;
      const values = one.values.map((value, at) => {
        if (typeof value !== "number") { hasGaps = true; return null }
        return (sums[at] += value);
      });
      if (below) sets.push({ data: this.points(below), borderWidth: 0, pointRadius: 0, fill: false });
      sets.push(this.dataset(one, values, place === 0 ? "origin" : "-1"));
    }
    return sets;
  }

  dataset(one, values, fill) {
    const { style } = this.look, { finished, begun = -Infinity } = this.data;
    const isLone = (at) => typeof values[at] === "number" && typeof values[at - 1] !== "number" && typeof values[at + 1] !== "number";
    const opacity = Math.round(255 * Math.min(100, style.fillOpacity ?? 0) / 100).toString(16).padStart(2, "0");
    return {
      data: this.points(values), borderColor: one.color, backgroundColor: one.color + opacity, borderWidth: style.lineWidth ?? 1.5,
      borderDash: one.dash, fill: opacity === "00" ? false : fill, spanGaps: style.spanNulls === true && !this.look.stacked, stepped: this.look.bars ? "middle" : false,
      pointRadius: (context) => isLone(context.dataIndex) ? 2 : 0, pointHitRadius: 0, pointBackgroundColor: one.color,
      segment: { borderDash: (context) => context.p1.parsed.x > finished || context.p0.parsed.x < begun ? [3, 3] : undefined },
    };
  }

  datasets() {
    const shown = this.shown();
    if (this.look.bars && this.data.count <= columnsMax) {
      const { start, step, finished } = this.data, ctx = this.canvas.getContext("2d");
      const fill = (one) => one.values.map((_, at) => start + at * step > finished ? hatched(ctx, one.color) : one.color);
      return shown.map((one) => ({ type: "bar", data: this.points(one.values), backgroundColor: fill(one), stack: "all",
        barThickness: Math.max(1, Math.floor(this.frame.clientWidth / Math.max(1, this.data.count) * 0.8)) }));
    }
    // Columns stand on each other, also where there are too many of them to be drawn as such.
    if (this.look.stacked || this.look.bars) return this.stacked(shown);
    return shown.map((one) => this.dataset(one, one.values, "origin"));
  }

  draw() {
    const ink = getComputedStyle(document.body).color, { zone, unit } = this.look, chart = this;
    const ticks = { color: ink, maxRotation: 0, autoSkip: false };
    const sums = this.look.stacked || this.look.bars;
    const options = {
      animation: false, parsing: false, normalized: true, maintainAspectRatio: false, events: [],
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: {
          type: "linear", min: this.data.from, max: this.data.to, offset: false, grid: { color: faint(ink) },
          afterBuildTicks(axis) { axis.ticks = timeTicks(axis.min, axis.max, chart.frame.clientWidth, zone).map((value) => ({ value })) },
          afterTickToLabelConversion(axis) {
            const labels = timeLabels(axis.ticks.map((tick) => tick.value), zone);
            axis.ticks.forEach((tick, at) => { tick.label = labels[at] });
          },
          ticks,
        },
        y: {
          type: "linear", min: this.look.min, max: this.look.max, stacked: this.look.bars && this.data.count <= columnsMax,
          beginAtZero: sums || unit !== "s", grid: { color: faint(ink) },
          afterTickToLabelConversion(axis) {
            const labels = valueLabels(axis.ticks.map((tick) => tick.value), unit);
            axis.ticks.forEach((tick, at) => { tick.label = labels[at] });
          },
          ticks: { color: ink, maxTicksLimit: 6 },
          title: { display: Boolean(this.look.style.axisLabel), text: this.look.style.axisLabel ?? "", color: ink },
        },
      },
    };
    if (this.chart) {
      if (this.frame.clientWidth && this.chart.width !== this.frame.clientWidth) this.chart.resize();
      this.chart.data.datasets = this.datasets();
      this.chart.options = options;
      this.chart.update("none");
    } else {
      const marks = { id: "marks", beforeDatasetsDraw: (c) => this.drawBands(c), afterDatasetsDraw: (c) => this.drawThresholds(c) };
      this.chart = new globalThis.Chart(this.canvas, { type: "line", data: { datasets: this.datasets() }, options, plugins: [marks] });
    }
    this.sized(this.overlay);
  }

  // What is marked: nearer than 6 pixels they join.
  drawBands(chart) {
    const { ctx, chartArea: area, scales } = chart;
    this.bands = [];
    for (const band of this.data.bands ?? []) {
      const left = Math.max(area.left, scales.x.getPixelForValue(band.from));
      const right = Math.min(area.right, scales.x.getPixelForValue(band.to));
      const last = this.bands.at(-1);
      if (last && left - last.right < 6) { last.right = Math.max(last.right, right); last.titles.push(band.title) }
      else if (right >= area.left && left <= area.right) this.bands.push({ left, right, color: namedColor(band.color), titles: [band.title] });
    }
    ctx.save();
    for (const band of this.bands) {
      ctx.fillStyle = band.color;
      ctx.globalAlpha = 0.18;
      ctx.fillRect(band.left, area.top, Math.max(1, band.right - band.left), area.bottom - area.top);
      ctx.globalAlpha = 0.9;
      ctx.fillRect(band.left, area.top, 1, area.bottom - area.top);
      if (band.titles.length > 1) ctx.fillText(String(band.titles.length), band.left + 3, area.top + 9);
    }
    ctx.restore();
  }

  drawThresholds(chart) {
    if (this.look.style["thresholdsStyle.mode"] !== "dashed") return;
    const { ctx, chartArea: area, scales } = chart;
    ctx.save();
    ctx.setLineDash([6, 4]);
    ctx.textAlign = "right";
    for (const step of this.look.thresholds ?? []) {
      if (step.value === null) continue;
      const y = scales.y.getPixelForValue(step.value);
      if (y < area.top || y > area.bottom) continue;
      ctx.strokeStyle = ctx.fillStyle = namedColor(step.color);
      ctx.beginPath(); ctx.moveTo(area.left, y); ctx.lineTo(area.right, y); ctx.stroke();
      ctx.fillText(format(step.value, this.look.unit), area.right - 2, y - 3);
    }
    ctx.restore();
  }

  // MARK: the pointer

  get isDrawn() { return Boolean(this.chart) }

  get box() { return this.chart?.chartArea }

  get span() { const { min, max } = this.chart.scales.x; return { from: min, to: max } }

  xOf(time) { return this.chart.scales.x.getPixelForValue(time) }

  timeOf(x) {
    const { left, right } = this.box;
    return this.chart.scales.x.getValueForPixel(Math.min(Math.max(x, left), right));
  }

  meet(event, time) {
    this.height = event.clientY - this.overlay.getBoundingClientRect().top;
    this.point(time);
  }

  step(key) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!move) return false;
    this.height = undefined;
    this.point(Math.min(Math.max((this.time ?? this.data.to) + move * this.data.step, this.data.from), this.data.to));
    return true;
  }

  // Shows the pointer at a time of another chart.
  crosshair(time) { if (this.chart) { this.other = time; this.paint() } }

  point(time) {
    this.time = time;
    this.paint();
    this.tell();
  }

  // The series that a tooltip tells of: those that have a value then, the largest first unless the file says otherwise; where it wants one
  // alone, the one next to the pointer.
  told(at) {
    const rows = this.shown().filter((one) => typeof one.values[at] === "number"), { options } = this.look;
    const sort = options["tooltip.sort"] ?? "desc";
    if (sort !== "none") rows.sort((a, b) => (sort === "asc" ? 1 : -1) * (a.values[at] - b.values[at]));
    if (options["tooltip.mode"] !== "single" || this.height === undefined || this.look.stacked) return rows;
    const far = (one) => Math.abs(this.chart.scales.y.getPixelForValue(one.values[at]) - this.height);
    return rows.length ? [rows.reduce((best, one) => far(one) < far(best) ? one : best)] : rows;
  }

  // All series of that time, their own values.
  tell() {
    this.tip.hidden = this.time === null || this.time === undefined || this.look.options["tooltip.mode"] === "none";
    if (this.tip.hidden) return;
    const { start, step, count } = this.data, { unit, decimals } = this.look;
    const at = Math.min(Math.max(Math.round((this.time - start) / step), 0), count - 1);
    const rows = this.told(at);
    this.tip.replaceChildren();
    element("b", this.said(start + at * step), this.tip);
    for (const one of rows.slice(0, rowsMax)) {
      const line = element("div", undefined, this.tip);
      const mark = element("i", "", line);
      mark.style.background = one.color;
      element("span", this.names.of(one), line);
      element("span", format(one.values[at], unit, { decimals }), line, "number");
    }
    if (rows.length > rowsMax) element("div", (rows.length - rowsMax) + " more", this.tip, "soft");
    if ((this.look.stacked || this.look.bars) && rows.length > 1) {
      element("div", "total " + format(rows.reduce((sum, one) => sum + one.values[at], 0), unit, { decimals }), this.tip);
    }
    const x = this.xOf(this.time);
    for (const band of this.bands ?? []) {
      if (x >= band.left - 6 && x <= band.right + 6) element("div", band.titles.slice(0, 5).join(", "), this.tip, "soft");
    }
    this.placeTip();
  }

  // MARK: the legend

  drawLegend() {
    const { options, unit, decimals } = this.look;
    this.legend.hidden = options["legend.showLegend"] === false;
    if (this.legend.hidden) return this.legend.replaceChildren();
    const isTable = options["legend.displayMode"] === "table";
    const calcs = isTable ? [...new Set(["lastNotNull", ...(options["legend.calcs"] ?? [])])] : [];
    const table = element(isTable ? "table" : "ul");
    if (isTable) {
      const head = element("tr", undefined, element("thead", undefined, table));
      element("th", "", head);
      for (const calc of calcs) element("th", calc === "lastNotNull" ? "last" : calc, head);
      this.legend.title = "of the points drawn";
    }
    const body = isTable ? element("tbody", undefined, table) : table;
    for (const one of this.series) {
      const row = element(isTable ? "tr" : "li", undefined, body);
      const button = element("button", undefined, isTable ? element("td", undefined, row) : row);
      button.type = "button";
      button.title = one.name;
      button.setAttribute("aria-pressed", String(!this.hidden.has(one.name)));
      const mark = element("i", "", button);
      mark.style.borderTop = "3px " + (one.dash.length ? "dashed " : "solid ") + one.color;
      element("span", shortened(this.names.of(one)), button);
      button.addEventListener("click", (event) => this.choose(one.name, event.ctrlKey || event.metaKey));
      for (const calc of calcs) element("td", format(reduce(one.values, calc), unit, { decimals }), row, "number");
    }
    const common = this.names.common ? element("p", "all: " + shortened(this.names.common, 120), null, "soft note") : null;
    if (common) common.title = this.names.common;
    // Who chooses a series stays at it.
    replace(this.legend, common, table);
  }

  // A click leaves one alone, or all again; with Ctrl it hides or shows one.
  choose(name, isToggle) {
    if (isToggle) {
      if (!this.hidden.delete(name)) this.hidden.add(name);
    } else {
      const others = this.series.map((one) => one.name).filter((other) => other !== name);
      const isAlone = !this.hidden.has(name) && others.every((other) => this.hidden.has(other));
      this.hidden = new Set(isAlone ? [] : others);
    }
    this.draw();
    this.drawLegend();
  }

  resize() { if (this.chart) { this.chart.resize(); this.sized(this.overlay) } }

  destroy() {
    this.chart?.destroy();
    this.host.replaceChildren();
  }
}

// What series that are named by all their labels have in common is told once. Their names in full stay what they are known by.
function shortNames(series) {
  const plain = { common: "", of: (one) => one.name };
  const isLabelled = (one) => one.labels && /^[A-Za-z_:][\w:]*\{|^\{/.test(one.name) && Object.keys(one.labels).length > 0;
  const labelled = series.filter(isLabelled);
  if (labelled.length < 2) return plain;
  const first = labelled[0].labels;
  const shared = Object.keys(first).filter((name) => labelled.every((one) => one.labels[name] === first[name]));
  const written = (labels, names) => "{" + names.map((name) => name + "=" + JSON.stringify(labels[name])).join(", ") + "}";
  const own = (one) => Object.keys(one.labels).filter((name) => !shared.includes(name));
  if (!shared.length || labelled.some((one) => !own(one).length)) return plain;
  return { common: written(first, shared), of: (one) => isLabelled(one) ? written(one.labels, own(one)) : one.name };
}

// What a column of numbers says in short; null of none.
function reduce(values, calc) {
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

// At most 20 series are drawn: where a sum means something the rest become one, else the greatest stay.
export function fewSeries(series, isSum) {
  if (series.length <= 20) return { series, note: "" };
  const size = (one) => reduce(one.values, isSum ? "sum" : "max") ?? -Infinity;
  const order = [...series].sort((a, b) => size(b) - size(a));
  if (!isSum) return { series: order.slice(0, 20), note: "the 20 greatest of " + series.length };
  const others = order.slice(19), values = new Array(series[0].values.length).fill(null);
  for (const one of others) one.values.forEach((value, at) => { if (typeof value === "number") values[at] = (values[at] ?? 0) + value });
  return { series: [...order.slice(0, 19), { name: "others (" + others.length + ")", labels: {}, values }], note: "" };
}
