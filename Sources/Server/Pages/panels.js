// The kinds of panels of a dashboard: each draws the line of figures that the server sent for it, and can show the same as a table and as
// CSV. Texts become text nodes, never markup.
import { TimeChart, canDraw, fewSeries, sheetColor } from "./chart.js";
import { csvText, saveText } from "./csv.js";
import { element, isPrinting, replace } from "./dom.js";
import { format, shortened } from "./format.js";
import { Heatmap, number } from "./heatmap.js";
import { link, view } from "./state.js";
import { fullText, iso } from "./time.js";

// What a field looks like: the defaults, then what is said of its name; the last one wins.
function display(model, name) {
  const field = { ...model.field };
  for (const other of model.overrides) if (other.name === name) Object.assign(field, other);
  return field;
}

function mapped(field, value) {
  return (field.mappings ?? []).find((mapping) => {
    if ("value" in mapping) return String(value) === mapping.value;
    if ("match" in mapping) return value === null ? mapping.match.includes("null") : Number.isNaN(value) && mapping.match.includes("nan");
    return typeof value === "number" && value >= (mapping.from ?? -Infinity) && value <= (mapping.to ?? Infinity);
  });
}

// A field without a unit has numbers as they are.
function unitOf(field) { return field.unit ?? "none" }

function shown(field, value) {
  return mapped(field, value)?.text || format(value, unitOf(field), { decimals: field.decimals, noValue: field.noValue });
}

// The colour of a value, and in words what it means: colour is never alone.
function state(field, value) {
  // What is no number keeps no promise.
  if (typeof value !== "number" || Number.isNaN(value) || !field.thresholds?.length) return { color: "", mark: "", word: "" };
  let color = "";
  for (const step of field.thresholds) if (step.value === null || value >= step.value) color = step.color;
  const said = { green: ["✓", "met"], orange: ["!", "at risk"], yellow: ["!", "at risk"], red: ["✗", "beyond"] }[color];
  // One step alone says nothing.
  return field.thresholds.length < 2 || !said ? { color, mark: "", word: "" } : { color, mark: said[0], word: said[1] };
}

function ranges(line) { return line.targets.filter((target) => target.series && target.step) }

// A value for each series: the one that was asked for, of a range the last that there is.
function rows(line) {
  const last = (one) => one.values.findLast((value) => value !== null) ?? null;
  return line.targets.filter((target) => target.series).flatMap((target) =>
    target.series.map((one) => ({ name: one.name, value: number(target.step ? last(one) : one.value) })));
}

// MARK: the same as a table

// Buckets that distributions have of their own, as series.
function bucketSeries(target) {
  return (target.buckets ?? []).map((one) => ({ name: one.lower + " to " + one.upper, values: one.values }));
}

// Columns with their kinds, and rows of values as they were sent.
function tableOf(line) {
  if (line.table) return { columns: line.table.columns, rows: line.table.rows };
  const over = ranges(line);
  if (over.length) {
    const { start, step, count } = over[0];
    const series = over.flatMap((target) => [...target.series, ...bucketSeries(target)]);
    const columns = [{ name: "time", kind: "time" }, ...series.map((one) => ({ name: one.name, kind: "number" }))];
    const found = [];
    for (let at = 0; at < count; at++) {
      found.push([start + at * step, ...series.map((one) => one.values[at] ?? null)]);
    }
    return { columns, rows: found };
  }
  return { columns: [{ name: "name", kind: "text" }, { name: "value", kind: "number" }], rows: rows(line).map((row) => [row.name, row.value]) };
}

// What is shown, with the range and the zone that it is of.
function csvOf(model, line, page, more) {
  const table = tableOf(line);
  const lines = [["panel", model.title], ["from", fullText(page.from, page.zone)], ["to", fullText(page.to, page.zone)],
    ...[...page.filters(), ...more()].map(([name, values]) => [name, values.join(" ")]), [], table.columns.map((column) => column.name)];
  for (const row of table.rows) {
    lines.push(row.map((value, at) => table.columns[at].kind === "time" ? iso(value) : value));
  }
  return csvText(lines);
}

const rowsMax = 500;
// By which column somebody has sorted a table: other figures are sorted so, too.
const orders = new WeakMap();

// Draws a table that can be sorted by a click on a heading. What somebody has chosen of it stays, and where he has scrolled to.
function drawTable(host, table, fieldOf, zone, sorting, hasHead = true) {
  const draw = () => {
    const order = orders.get(host) ?? sorting ?? null, before = host.querySelector(".scroll");
    const [top, start] = before ? [before.scrollTop, before.scrollLeft] : [0, 0];
    const scroll = element("div", undefined, null, "scroll");
    scroll.tabIndex = 0;
    const made = element("table", undefined, scroll), head = element("tr", undefined, element("thead", undefined, made));
    table.columns.forEach((column, at) => {
      const heading = element("th", undefined, head);
      heading.scope = "col";
      heading.setAttribute("aria-sort", order?.at !== at ? "none" : order.descending ? "descending" : "ascending");
      const button = element("button", column.name, heading);
      button.type = "button";
      button.addEventListener("click", () => {
        orders.set(host, { at, descending: order?.at === at ? !order.descending : column.kind === "number" });
        draw();
      });
    });
    head.parentElement.hidden = !hasHead;
    const sorted = [...table.rows];
    if (order && order.at < table.columns.length) {
      const sign = order.descending ? -1 : 1;
      // What is missing stands last either way.
      sorted.sort((a, b) => {
        const [left, right] = [a[order.at], b[order.at]];
        if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
        return sign * (left < right ? -1 : left > right ? 1 : 0);
      });
    }
    const body = element("tbody", undefined, made);
    // Paper has no more rows to scroll to.
    const most = isPrinting() ? sorted.length : rowsMax;
    for (const row of sorted.slice(0, most)) {
      const line = element("tr", undefined, body);
      row.forEach((value, at) => {
        const column = table.columns[at];
        if (column.kind === "time") return element("td", fullText(value, zone), line);
        if (column.kind === "text") {
          const text = element("td", shortened(String(value ?? ""), 80), line);
          text.title = String(value ?? "");
          return text;
        }
        const field = fieldOf(column.name), found = number(value), { color, mark, word } = state(field, found);
        const box = element("td", value === null ? "" : shown(field, found), line, "number");
        if (value !== null && (field.cell ?? field.style?.["cellOptions.type"]) === "color-text" && color) {
          box.style.color = sheetColor(color);
          if (mark) { box.prepend(mark + " "); box.title = word }
        }
        return box;
      });
    }
    const more = table.rows.length > most ? element("p", (table.rows.length - most) + " more rows: CSV has them", null, "soft") : null;
    replace(host, scroll, more);
    [scroll.scrollTop, scroll.scrollLeft] = [top, start];
  };
  draw();
}

// MARK: the kinds

const kinds = {
  timeseries(host, model, page) {
    let chart = null;
    const note = element("p", "", host, "soft note");
    return {
      update(line) {
        const found = ranges(line);
        if (!found.length) { chart?.destroy(); chart = null; note.textContent = "no data"; return }
        const { start, step, count } = found[0];
        const isSum = model.field.style["stacking.mode"] === "normal" || model.field.style.drawStyle === "bars";
        const few = fewSeries(found.flatMap((target) => target.series), isSum);
        note.textContent = [few.note, "each point " + length(step)].filter(Boolean).join(", ");
        if (!chart) {
          chart = new TimeChart(element("div", undefined, host), {
            title: model.title, unit: unitOf(model.field), decimals: model.field.decimals, min: model.field.min, max: model.field.max,
            style: model.field.style, thresholds: model.field.thresholds, options: model.options, colors: page.colors, zone: page.zone,
            stacked: model.field.style["stacking.mode"] === "normal", bars: model.field.style.drawStyle === "bars",
          }, page.hooks());
        }
        chart.look.zone = page.zone;
        chart.update({ from: page.from, to: page.to, start, step, count, series: few.series, bands: page.bands(), finished: page.finished() });
      },
      crosshair: (time) => chart?.crosshair(time),
      redraw: () => { if (chart?.data) chart.update({ ...chart.data, bands: page.bands(), finished: page.finished() }) },
      resize: () => chart?.resize(),
      destroy: () => chart?.destroy(),
    };
  },

  stat(host, model) {
    const place = element("div", undefined, host, "stats");
    return {
      update(line) {
        place.replaceChildren();
        const found = rows(line);
        if (!found.length) found.push({ name: "", value: null });
        for (const { name, value } of found) {
          const field = display(model, name), { color, mark, word } = state(field, value);
          const box = element("div", undefined, place, "stat");
          const text = element("b", shown(field, value), box);
          if (found.length > 1 && name) element("span", shortened(name), box).title = name;
          if (mark) element("span", mark + " " + word, box, "word");
          if (!color) continue;
          if (model.options.colorMode === "background") box.style.borderInlineStart = "6px solid " + sheetColor(color);
          text.style.color = sheetColor(color);
        }
      },
    };
  },

  bargauge(host, model) {
    const place = element("div", undefined, host, "bars");
    return {
      update(line) {
        place.replaceChildren();
        const found = rows(line).filter((row) => !Number.isNaN(row.value));
        if (!found.length) return element("p", model.field.noValue ?? "no data", place);
        const max = Math.max(model.field.max ?? 0, ...found.map((row) => row.value)) || 1;
        for (const { name, value } of found) {
          const field = display(model, name), { color, mark, word } = state(field, value);
          const row = element("div", undefined, place, "bar");
          element("span", shortened(name), row).title = name;
          const meter = element("div", undefined, row, "meter");
          const fill = element("div", undefined, meter);
          fill.style.width = Math.min(100, Math.max(0, 100 * value / max)) + "%";
          if (color) fill.style.background = sheetColor(color);
          element("span", (mark ? mark + " " : "") + shown(field, value), row, "number").title = word;
        }
      },
    };
  },

  table(host, model, page) {
    const place = element("div", undefined, host);
    let last = null;
    const draw = () => {
      if (!last) return;
      const table = tableOf(last), wanted = model.options.sortBy?.[0];
      if (!table.rows.length) return place.replaceChildren(element("p", model.field.noValue ?? "no data"));
      const at = wanted ? table.columns.findIndex((column) => column.name === wanted.column) : -1;
      const sorting = at < 0 ? null : { at, descending: wanted.descending };
      drawTable(place, table, (name) => display(model, name), page.zone, sorting, model.options.showHeader !== false);
      if (last.table?.leftOut) element("p", last.table.leftOut + " rows are not sent", place, "soft");
    };
    return { update(line) { last = line; draw() }, paper: draw };
  },

  heatmap(host, model, page) {
    const { options, field } = model;
    const map = new Heatmap(element("div", undefined, host), {
      title: model.title, unit: options["yAxis.unit"] ?? unitOf(field), countUnit: options["cellValues.unit"] ?? "short",
      least: options["filterValues.le"] ?? 0, exponent: options["color.exponent"] ?? 0.5, steps: options["color.steps"] ?? 64,
      isReversed: options["color.reverse"] === true, gap: options.cellGap ?? 1, hasScale: options["legend.show"] !== false,
      hasTip: options["tooltip.show"] !== false, thresholds: field.thresholds,
    }, page.hooks());
    return {
      update(line) { map.update({ from: page.from, to: page.to, zone: page.zone, target: ranges(line)[0] }) },
      crosshair: (time) => map.crosshair(time),
      redraw: () => map.draw(),
      resize: () => map.draw(),
    };
  },

  text(host, model) {
    element("pre", String(model.options.content ?? ""), host);
    return { update() {} };
  },
};

function length(milliseconds) {
  const seconds = milliseconds / 1000;
  return seconds % 86400 === 0 ? seconds / 86400 + " d" : seconds % 3600 === 0 ? seconds / 3600 + " h" : seconds % 60 === 0
    ? seconds / 60 + " min" : seconds + " s";
}

// What cannot be drawn as it is meant: why, the answer as a table, and the expression.
function fallback(host, model, page) {
  for (const remark of model.remarks) element("p", remark, host, "bad");
  const place = element("div", undefined, host);
  return {
    update(line) {
      place.replaceChildren();
      drawTable(element("div", undefined, place), tableOf(line), (name) => display(model, name), page.zone, null);
      for (const target of line.targets) {
        element("pre", target.asked, place);
        const { from, to } = view();
        element("a", "open in explore", place).href = link("/explore", { lang: "promql", from, to }) + "#" + encodeURIComponent(target.asked);
      }
    },
  };
}

// MARK: a panel

// A panel in its section, under its heading.
// page: from, to, zone, colors, bands(), finished(), filters(), hooks(), link(link, host)
// more: what filters it besides those of the page, [[name, values]]
export function makePanel(section, model, page, more = () => []) {
  const head = element("div", undefined, section, "tools");
  if (model.description || model.links.length) {
    const about = element("details", undefined, head, "about");
    element("summary", "?", about).setAttribute("aria-label", "about " + model.title);
    const said = element("div", undefined, about, "said");
    if (model.description) element("p", model.description, said);
    for (const link of model.links) page.link(link, element("p", undefined, said));
  }
  const isText = model.type === "text";
  const body = element("figure", undefined, section);
  body.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
  const other = element("div", undefined, section, "other");
  other.hidden = true;
  const problems = element("div", undefined, section, "problems");
  let last = null;
  const drawOther = () => {
    if (last && !other.hidden) drawTable(other, tableOf(last), (name) => display(model, name), page.zone, null);
  };
  const made = model.drawn && (model.type !== "timeseries" || canDraw()) && kinds[model.type]
    ? kinds[model.type](body, model, page) : fallback(body, model, page);
  if (model.drawn && model.remarks.length) {
    const remarks = element("details", undefined, section, "soft");
    element("summary", model.remarks.length + " parts of it are not understood", remarks);
    for (const remark of model.remarks) element("p", remark, remarks);
  }
  if (!isText) {
    const table = element("button", "table", head);
    table.type = "button";
    table.setAttribute("aria-pressed", "false");
    table.addEventListener("click", () => {
      other.hidden = !other.hidden;
      body.hidden = !other.hidden;
      table.setAttribute("aria-pressed", String(!other.hidden));
      drawOther();
      // A chart that was out of sight has no size.
      if (!body.hidden) made.resize?.();
    });
    const csv = element("button", "CSV", head);
    csv.type = "button";
    const named = () => [model.title, ...more().flatMap(([, values]) => values)].join(" ").replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase();
    csv.addEventListener("click", () => { if (last) saveText(named() + ".csv", csvOf(model, last, page, more)) });
  }
  return {
    model,
    // Takes the figures of a line.
    update(line) {
      last = line;
      section.classList.remove("stale");
      problems.replaceChildren();
      for (const target of [line, ...line.targets]) {
        if (target.error) problem(target, problems);
        for (const text of target.warnings ?? []) element("p", text, problems, "soft");
        if (target.leftOut) element("p", target.leftOut + " series are not sent", problems, "soft");
        if (target.bucketsLeftOut) element("p", target.bucketsLeftOut + " buckets are not sent", problems, "soft");
        if (target.histograms) element("p", target.histograms + " distributions have no one number", problems, "soft");
      }
      if (line.targets.some((target) => target.series)) made.update(line);
      drawOther();
    },
    // Nothing was asked yet: said on paper, where nobody scrolls to it.
    get isEmpty() { return last === null && !isText },
    crosshair: (time) => made.crosshair?.(time),
    redraw: () => made.redraw?.(),
    resize: () => made.resize?.(),
    // Before it is printed, and after: another width, other colours, all rows.
    paper: () => { made.resize?.(); made.redraw?.(); made.paper?.(); drawOther() },
    // The server is away: old figures stay and say so.
    stale: () => section.classList.add("stale"),
    destroy: () => made.destroy?.(),
  };
}

function problem(target, host) {
  const { type, message, position } = target.error;
  const line = element("p", message + " (" + type + ")", host, "bad");
  line.setAttribute("role", "alert");
  if (!target.asked) return;
  const code = element("pre", undefined, host), [row, column] = (position ?? "0:0").split(":").map(Number);
  target.asked.split("\n").forEach((text, place) => {
    element("span", text + "\n", code);
    if (place + 1 === row && column > 0) element("span", " ".repeat(Math.min(column - 1, 500)) + "^\n", code, "bad");
  });
}
