// Figures over time, drawn by the chart that all pages share. A page can be read without: where nothing draws, its
// tables stand alone.

import { el } from "./dom.js";

let library;

async function loaded() {
  library ??= import("./chart.js").catch(() => null);
  const charts = await library;
  return charts?.canDraw() ? charts : null;
}

// Draws series into a place that stands in the document already, and tells how to take them away again.
//   series: [{ name, values: [number or null] }], a value for each of `count` steps from `start` on (ms)
//   said: a time in words, where it is no time of the zone's clock
//   finished: ms from which on figures may still change, begun: ms before which they are of a part of their time
export async function overTime(host, { title, unit, zone, from, to, start, step, count, series, isStacked = false, min, said, finished, begun, onZoom }) {
  const charts = await loaded();
  if (!charts || !host.isConnected || count < 2) return () => {};
  const few = charts.fewSeries(series, isStacked);
  const chart = new charts.TimeChart(host, {
    title, unit, zone, said, min, stacked: isStacked, bars: false, thresholds: [], options: { "legend.showLegend": few.series.length > 1 },
    style: { lineWidth: 1.5, fillOpacity: isStacked ? 60 : 0 }, colors: new charts.ColorBook(),
  }, { onZoom });
  chart.update({ from, to, start, step, count, series: few.series, bands: [], finished: finished ?? Infinity, begun });
  // What is left out is said.
  const note = few.note ? el("p", { class: "soft" }, few.note) : null;
  if (note) host.after(note);
  const resize = () => chart.resize();
  const paper = () => { chart.resize(); chart.update(chart.data) };
  addEventListener("resize", resize);
  addEventListener("paperchange", paper);
  return () => {
    removeEventListener("resize", resize);
    removeEventListener("paperchange", paper);
    chart.destroy();
    note?.remove();
  };
}
