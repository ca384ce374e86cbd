// What the pages' own modules make of cases that no demo has: runs in a page that draws charts, and gives back what was drawn and said.
const done = arguments[0];
const folder = document.querySelector('script[src$="/dashboard.js"]').src.replace(/dashboard\.js$/, "");
const module = (name) => import(folder + name + ".js");
(async () => {
  const [{ TimeChart, ColorBook, fewSeries }, { format, measured, relation }, { timeLabels, timeTicks, valueLabels }, { timeline }, { matching }] =
    await Promise.all(["chart", "format", "axis", "columns", "alertrules"].map(module));
  const place = document.createElement("div"), minute = 60000, start = Date.parse("2026-08-01T10:00:00Z");
  document.getElementById("main").append(place);
  const chartOf = (series, { bands = [], finished = Infinity, begun, ...look } = {}) => {
    const host = document.createElement("div");
    place.append(host);
    const chart = new TimeChart(host, {
      title: "Case", unit: "none", style: {}, thresholds: [], options: { "legend.displayMode": "table", "legend.calcs": ["max", "sum"] }, colors: new ColorBook(),
      zone: "UTC", stacked: false, bars: false, ...look,
    }, {});
    const count = series[0].values.length;
    chart.update({ from: start, to: start + (count - 1) * minute, start, step: minute, count, series, bands, finished, begun });
    return chart;
  };
  const drawn = (chart) => chart.chart.data.datasets.map((set) => set.data.map(({ y }) => Number.isNaN(y) ? null : y));
  const found = {};

  // A stack with a missing value: those above stand on nothing there, itself is a gap.
  const stack = chartOf([{ name: "below", values: [1, null, 3] }, { name: "above", values: [10, 10, 10] }], { stacked: true });
  found.stack = drawn(stack);
  stack.point(start);
  found.tip = stack.tip.textContent;
  stack.point(start + minute);
  found.tipOfGap = stack.tip.textContent;
  found.legend = [stack.legend.title, stack.legend.textContent];
  found.spoken = stack.canvas.getAttribute("aria-label");
  found.touch = getComputedStyle(stack.overlay).touchAction;

  // Gaps stay gaps, what stands alone is a dot, and what may still change is dashed.
  const lone = chartOf([{ name: "lone", values: [null, 5, null, 6, 7] }], { finished: start + 3.5 * minute });
  found.gaps = [drawn(lone), lone.chart.data.datasets[0].spanGaps, [1, 3].map((dataIndex) => lone.chart.data.datasets[0].pointRadius({ dataIndex }))];
  const dash = lone.chart.data.datasets[0].segment.borderDash;
  found.unfinished = [3, 4].map((at) => dash({ p0: { parsed: { x: start + (at - 1) * minute } }, p1: { parsed: { x: start + at * minute } } }) ?? []);

  // So is what the range cuts at its beginning.
  const cut = chartOf([{ name: "cut", values: [4, 5, 6] }], { begun: start + minute });
  const begun = cut.chart.data.datasets[0].segment.borderDash;
  found.cut = [1, 2].map((at) => begun({ p0: { parsed: { x: start + (at - 1) * minute } }, p1: { parsed: { x: start + at * minute } } }) ?? []);
  cut.destroy();

  // Many series, many marks, long names.
  const many = Array.from({ length: 50 }, (_, at) => ({ name: "series " + at, labels: {}, values: [at, at] }));
  found.few = [true, false].map((isSum) => { const { series, note } = fewSeries(many, isSum); return [series.length, series.at(-1).name, note]; });
  const bands = Array.from({ length: 5000 }, (_, at) => ({ from: start + at * 12, to: start + at * 12 + 5, title: "mark " + at, color: "blue" }));
  const began = performance.now();
  const marked = chartOf([{ name: "a".repeat(200), values: [1, 2] }], { bands });
  found.marks = [performance.now() - began < 500, marked.bands.length < 200, marked.bands.reduce((sum, one) => sum + one.titles.length, 0)];
  const name = marked.legend.querySelector("button");
  found.longName = [name.textContent.length < 70, name.title.length, name.textContent.includes("…")];

  // The pointer's box stays in the window, at either end.
  found.box = [start, start + minute].map((time) => { marked.point(time); const box = marked.tip.getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; });

  // Figures of a legend beside a chart stand there whole, and the chart has what they leave.
  place.style.width = "592px";
  const beside = chartOf([{ name: "one of some", values: [12345.678, 23456.789] }, { name: "another", values: [1, 2] }],
    { unit: "currencyUSD", options: { "legend.displayMode": "table", "legend.placement": "right", "legend.calcs": ["mean", "max"] } });
  found.beside = [beside.legend.scrollWidth <= beside.legend.clientWidth, beside.legend.offsetLeft > beside.frame.offsetLeft,
    Math.abs(beside.chart.width - beside.frame.clientWidth) <= 1, Math.abs(beside.overlay.width / devicePixelRatio - beside.frame.clientWidth) <= 1];
  beside.destroy();
  place.style.width = "";

  // Charts that are taken away leave nothing.
  const before = Object.keys(Chart.instances).length;
  for (let at = 0; at < 20; at++) chartOf([{ name: "x", values: [1, 2] }]).destroy();
  found.left = Object.keys(Chart.instances).length - before;
  for (const chart of [stack, lone, marked]) chart.destroy();
  place.remove();

  found.digits = [["currencyUSD", 0.00000123, { decimals: 2 }], ["currencyUSD", 1234567.891, {}], ["currencyUSD", 1234567.891, { isAxis: true }],
    ["percentunit", 0.99996, { decimals: 1 }], ["currencyUSD", 0, {}], ["s", null, {}], ["short", 1218, { decimals: 0 }], ["short", 218, { decimals: 0 }],
    ["short", 123456, { decimals: 0 }], ["s", 95, { decimals: 0 }], ["bytes", 1572864, { decimals: 2 }]].map(([unit, value, more]) => format(value, unit, more));
  found.measured = ["1.8476987447698744e+02", "1e+00", "+Inf", "NaN", "1.2e-07"].map(measured);
  found.relation = ["2449 ÷ 3125", "12.50 ÷ 1000", "–"].map(relation);
  found.axis = [valueLabels([4.9995, 4.9996, 4.9997], "s"), valueLabels([0, 250000, 500000], "currencyUSD")];
  const autumn = [Date.parse("2026-10-24T22:00:00Z"), Date.parse("2026-10-25T23:00:00Z")];
  found.time = timeLabels(timeTicks(...autumn, 800, "Europe/Berlin"), "Europe/Berlin");
  const long = timeline([[0, 1e9], [3.6e12, 3.6e12 + 1e9]]);
  found.fold = [long.folds.length, long.place(3.6e12) - long.place(1e9) < 0.1];
  const instances = Array.from({ length: 5000 }, (_, at) => ({ text: "alert firing tenant=t" + at + " channel=c" + at % 7 }));
  const asked = performance.now();
  found.search = [matching(instances, "C3 t49").length, performance.now() - asked < 50];
  done(found);
})().catch((error) => done({ error: String(error.stack) }));
