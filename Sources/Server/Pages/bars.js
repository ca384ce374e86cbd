// Figures side by side as bars, drawn of lengths alone: names and figures are the texts of the table below.
import { el } from "./dom.js";
import { shortened } from "./format.js";

// The name of a language, which nobody fetches.
const space = "http:" + "//www.w3.org/2000/svg";
const size = { name: 230, bar: 340, value: 150, row: 22, thickness: 14 };
const barsMax = 40, nameMax = 30;

// An element of a picture; texts become text nodes.
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, String(value));
  element.append(...children.flat());
  return element;
}

// rows: [{ name, text, length (undefined: nobody knows), look, isInPart (of a part of its time alone) }]
export function bars(title, caption, rows) {
  const shown = rows.slice(0, barsMax);
  const lengths = shown.map((row) => row.length ?? 0);
  const [low, high] = [Math.min(0, ...lengths), Math.max(0, ...lengths)];
  const place = (length) => high > low ? Math.round((length - low) / (high - low) * size.bar) : 0;
  const height = shown.length * size.row;
  const zero = size.name + place(0);
  const drawn = shown.map((row, at) => {
    const [left, right] = [place(Math.min(0, lengths[at])), place(Math.max(0, lengths[at]))];
    // What is something never shows as nothing.
    const width = row.length ? Math.max(1, right - left) : 0;
    const baseline = at * size.row + 15;
    return svg("g", {}, svg("title", {}, row.name + ": " + row.text + (row.isInPart ? ", in part" : "")),
      svg("text", { x: size.name - 8, y: baseline, "text-anchor": "end" }, shortened(row.name, nameMax)),
      svg("rect", { class: ["bar", row.look, row.isInPart ? "part" : ""].filter(Boolean).join(" "), x: size.name + left, y: at * size.row + 4, width, height: size.thickness }),
      svg("text", { x: size.name + right + 6, y: baseline }, row.text));
  });
  const rest = rows.length - shown.length;
  return el("figure", { class: "bars", "aria-label": title },
    svg("svg", { viewBox: "0 0 " + (size.name + size.bar + size.value) + " " + height, role: "img", "aria-label": title },
      drawn, svg("line", { class: "axis", x1: zero, x2: zero, y1: 0, y2: height })),
    el("figcaption", { class: "soft" }, caption + (rest > 0 ? ", the first " + shown.length + " of " + rows.length : "")));
}

// A line of how a figure went, without scale: what is under it says from what to what. Points: [{ amount (undefined: none),
// isInPart }]; of what is not known there is a gap, and what is in part is dashed.
export function sparkline(title, points) {
  const known = points.map((point) => point.amount).filter((value) => value !== undefined);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const [width, height] = [160, 28];
  const x = (at) => at / (points.length - 1) * (width - 4) + 2;
  const y = (value) => high > low ? height - 3 - (value - low) / (high - low) * (height - 6) : height / 2;
  const lines = points.slice(1).map((point, at) => {
    const before = points[at];
    if (before.amount === undefined || point.amount === undefined) return null;
    return svg("line", {
      class: before.isInPart || point.isInPart ? "part" : undefined, x1: x(at).toFixed(1), y1: y(before.amount).toFixed(1),
      x2: x(at + 1).toFixed(1), y2: y(point.amount).toFixed(1),
    });
  });
  return svg("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": title }, svg("title", {}, title), lines.filter(Boolean));
}
