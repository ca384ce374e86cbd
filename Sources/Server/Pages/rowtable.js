// A table of which only the rows in view are elements, so that a hundred thousand of them stay usable.
import { el, isPrinting } from "./dom.js";

const height = 30, spare = 20, widthMax = 44;
// So many rows go on paper.
const printedMax = 2000;

// Values as they are shown and copied; null is none.
export function text(value) {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

// columns [{name, type, isNumber}], rows [[value]]; `content(row, place)` is other content of an opened row than its text.
export class RowTable {
  constructor(host, columns, rows, label, { content = () => undefined } = {}) {
    [this.columns, this.rows, this.first, this.last, this.content] = [columns, rows, -1, -1, content];
    this.body = el("tbody", {});
    const widths = columns.map((column, at) => this.width(column, at));
    this.table = el("table", { "aria-label": label, "aria-rowcount": rows.length + 1, "aria-colcount": columns.length },
      el("colgroup", {}, widths.map((width) => { const column = el("col", {}); column.style.width = width + "ch"; return column })),
      el("thead", {}, el("tr", { "aria-rowindex": 1 }, columns.map((column) =>
        el("th", { scope: "col", title: column.type, class: column.isNumber ? "number" : null }, column.name)))),
      this.body);
    this.table.style.width = widths.reduce((sum, width) => sum + width, 0) + "ch";
    this.scroll = el("div", {
      class: "rows", tabindex: 0, role: "region", "aria-label": label + ": arrows go from row to row, Enter opens one",
      scroll: () => this.draw(), keydown: (event) => this.press(event),
    }, this.table);
    this.detail = el("div", { class: "detail", "aria-live": "polite" });
    this.rest = el("p", { class: "soft", hidden: true }, rows.length - printedMax + " more rows are not on paper; CSV has all");
    host.replaceChildren(this.scroll, this.rest, this.detail);
    this.draw();
    this.print();
  }

  // Paper has all rows, whatever is in view.
  print() {
    const turn = () => {
      if (!this.scroll.isConnected) return removeEventListener("paperchange", turn);
      this.isPrinted = isPrinting();
      this.rest.hidden = !this.isPrinted || this.rows.length <= printedMax;
      this.draw();
    };
    addEventListener("paperchange", turn);
  }

  width(column, at) {
    let most = column.name.length;
    for (const row of this.rows.slice(0, 100)) most = Math.max(most, text(row[at])?.length ?? 4);
    return Math.min(widthMax, most) + 4;
  }

  // Elements for the rows that are in view, and a few on both sides; what is above and below is room.
  draw() {
    const top = this.isPrinted ? 0 : Math.max(0, Math.floor(this.scroll.scrollTop / height) - spare), first = top - top % spare;
    const count = this.isPrinted ? printedMax : Math.ceil((this.scroll.clientHeight || 600) / height) + 3 * spare;
    const last = Math.min(this.rows.length, first + count);
    if (first === this.first && last === this.last) return;
    const focused = this.body.contains(document.activeElement) ? Number(document.activeElement.dataset.row) : -1;
    [this.first, this.last] = [first, last];
    const room = (count) => {
      const line = el("tr", { "aria-hidden": "true", class: "room" }, el("td", { colspan: this.columns.length || 1 }));
      line.firstChild.style.height = count * height + "px";
      return count > 0 && !this.isPrinted ? [line] : [];
    };
    const lines = [];
    for (let at = first; at < last; at++) lines.push(this.line(at));
    this.body.replaceChildren(...room(first), ...lines, ...room(this.rows.length - last));
    if (focused >= first && focused < last) this.body.querySelector('[data-row="' + focused + '"]')?.focus({ preventScroll: true });
  }

  line(at) {
    const cells = this.columns.map((column, place) => {
      const value = text(this.rows[at][place]);
      const kind = [column.isNumber ? "number" : "", value === null ? "soft" : ""].join(" ").trim();
      return el("td", { class: kind || null }, value ?? "null");
    });
    return el("tr", { "aria-rowindex": at + 2, "data-row": at, tabindex: -1, click: () => this.open(at) }, cells);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = document.activeElement?.dataset?.row, at = row === undefined ? null : Number(row);
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) this.focus(at === null ? Math.ceil(this.scroll.scrollTop / height) : at + move);
    else if (event.key === "Enter" && at !== null) this.open(at);
    else if (event.key === "Escape" && at !== null) this.scroll.focus();
    else return;
    event.preventDefault();
  }

  focus(at) {
    if (at < 0 || at >= this.rows.length) return;
    // The first line of the table stays in view above the rows.
    const [top, room] = [at * height, this.scroll.clientHeight - 2 * height];
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top > this.scroll.scrollTop + room) this.scroll.scrollTop = top - room;
    this.draw();
    this.body.querySelector('[data-row="' + at + '"]')?.focus({ preventScroll: true });
  }

  // All of a row, in full.
  open(at) {
    if (getSelection()?.toString()) return;
    const row = this.rows[at];
    this.detail.replaceChildren(el("h3", {}, "Row " + (at + 1)), el("dl", {}, this.columns.flatMap((column, place) =>
      [el("dt", {}, column.name), el("dd", {}, this.content(row, place) ?? text(row[place]) ?? "null")])));
  }
}
