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

// rows: [{ name, text, length (undefined: nobody knows), look }]
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
    return svg("g", {}, svg("title", {}, row.name + ": " + row.text),
      svg("text", { x: size.name - 8, y: baseline, "text-anchor": "end" }, shortened(row.name, nameMax)),
      svg("rect", { class: row.look ? "bar " + row.look : "bar", x: size.name + left, y: at * size.row + 4, width, height: size.thickness }),
      svg("text", { x: size.name + right + 6, y: baseline }, row.text));
  });
  const rest = rows.length - shown.length;
  return el("figure", { class: "bars", "aria-label": title },
    svg("svg", { viewBox: "0 0 " + (size.name + size.bar + size.value) + " " + height, role: "img", "aria-label": title },
      drawn, svg("line", { class: "axis", x1: zero, x2: zero, y1: 0, y2: height })),
    el("figcaption", { class: "soft" }, caption + (rest > 0 ? ", the first " + shown.length + " of " + rows.length : "")));
}
