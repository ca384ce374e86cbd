// A list of any length of which only the rows in view are elements. The one that is chosen is known to whoever cannot
// see it; rows are as high as the style says.
import { el, isPrinting } from "./dom.js";

const spare = 12;
// So many rows go onto paper.
const printedMax = 2000;

export class VirtualRows {
  // `role` is treegrid or grid. `draw(index)` makes the cells of a row, `about(index)` its attributes, `chosen(index)`
  // hears of the choice, `open(index)` of Enter or a double click, `key(event)` of keys that mean more (true: it did).
  constructor(place, { role, label, heads, draw, about = () => ({}), chosen = () => {}, open = () => {}, key = () => false }) {
    Object.assign(this, { draw, about, chosen, open, key, count: 0, current: -1, name: place.id || "rows" });
    this.space = el("div", { class: "rows-space", role: "presentation" });
    this.body = el("div", {
      class: "rows-body", role, tabindex: "0", "aria-label": label, "aria-multiselectable": "false",
      scroll: () => this.plan(), keydown: (event) => this.press(event),
      click: (event) => this.pick(event, false), dblclick: (event) => this.pick(event, true),
    }, this.space);
    this.heads = el("div", { class: "rows-row rows-heads", role: "row", "aria-rowindex": "1" },
      heads.map((head) => el("span", { role: "columnheader", class: head.class }, head.content ?? head.text)));
    // The heads are a row of the grid that stays in sight.
    this.body.prepend(this.heads);
    this.left = el("p", { class: "soft", hidden: true });
    place.replaceChildren(this.body, this.left);
    this.shown = new Map();
    this.body.setAttribute("aria-colcount", String(heads.length));
    this.sizes = new ResizeObserver(() => this.plan());
    this.sizes.observe(this.body);
    this.turn = () => this.print();
    addEventListener("paperchange", this.turn);
  }

  end() {
    this.sizes.disconnect();
    removeEventListener("paperchange", this.turn);
    this.count = 0;
  }

  get height() {
    this.rowHeight ||= this.heads.getBoundingClientRect().height || 28;
    return this.rowHeight;
  }

  // So many rows from now on; what is in view is drawn anew.
  set(count, current = this.current) {
    this.count = count;
    this.body.setAttribute("aria-rowcount", String(count + 1));
    this.lay();
    this.current = count === 0 ? -1 : Math.max(-1, Math.min(current, count - 1));
    this.render();
    this.say();
  }

  // Room for all rows, of which none is there any more; how many of them are not on paper is said.
  lay() {
    const [first, last] = this.paper ? this.printed : [0, this.count - 1];
    this.space.style.height = (last - first + 1) * this.height + "px";
    for (const row of this.shown.values()) row.remove();
    this.shown.clear();
    this.left.hidden = last - first + 1 === this.count;
    this.left.textContent = "rows " + (first + 1) + " to " + (last + 1) + " of " + this.count + " are on paper";
  }

  // The first and the last row on paper, which does not scroll: all are on it, of more than it takes those from the first one in view on.
  get printed() {
    const first = Math.max(0, Math.min(this.paper.seen, this.count - printedMax));
    return [first, Math.min(this.count, first + printedMax) - 1];
  }

  print() {
    const scrolled = this.paper?.scrolled ?? this.body.scrollTop;
    this.paper = isPrinting() ? { scrolled, seen: Math.floor(scrolled / this.height) } : null;
    this.lay();
    this.body.scrollTop = this.paper ? 0 : scrolled;
    this.render();
  }

  plan() {
    if (this.planned) return;
    this.planned = requestAnimationFrame(() => {
      this.planned = 0;
      this.render();
    });
  }

  render() {
    const height = this.height;
    const view = this.body.clientHeight || 600;
    const [first, last] = this.paper ? this.printed : [Math.max(0, Math.floor(this.body.scrollTop / height) - spare),
      Math.min(this.count - 1, Math.ceil((this.body.scrollTop + view) / height) + spare)];
    for (const [index, row] of this.shown) {
      if (index < first || index > last) {
        row.remove();
        this.shown.delete(index);
      }
    }
    for (let index = first; index <= last; index += 1) {
      if (!this.shown.has(index)) this.show(index);
    }
  }

  show(index) {
    const row = el("div", {
      class: "rows-row" + (index === this.current ? " is-current" : ""), role: "row", id: this.name + "-" + index,
      "aria-rowindex": index + 2, "aria-selected": index === this.current ? "true" : "false", ...this.about(index),
    }, this.draw(index));
    row.style.top = (index - (this.paper ? this.printed[0] : 0)) * this.height + "px";
    row.dataset.index = index;
    this.shown.set(index, row);
    // In the order in which they are read.
    let before = null;
    for (let later = index + 1; later <= index + 200 && before === null; later += 1) before = this.shown.get(later) ?? null;
    this.space.insertBefore(row, before);
  }

  redraw(index) {
    const row = this.shown.get(index);
    if (!row) return;
    row.remove();
    this.shown.delete(index);
    this.show(index);
  }

  // Chooses a row and brings it into view.
  choose(index, { isFocus = false, isTold = true } = {}) {
    if (index < 0 || index >= this.count) return;
    const before = this.current;
    this.current = index;
    const [top, bottom] = [index * this.height, (index + 1) * this.height];
    const view = this.body.clientHeight - this.height;
    if (top < this.body.scrollTop) this.body.scrollTop = top;
    else if (bottom > this.body.scrollTop + view) this.body.scrollTop = bottom - view;
    this.render();
    this.redraw(before);
    this.redraw(index);
    this.say();
    if (isFocus) this.body.focus({ preventScroll: true });
    if (isTold) this.chosen(index);
  }

  say() {
    if (this.current >= 0 && this.shown.has(this.current)) this.body.setAttribute("aria-activedescendant", this.name + "-" + this.current);
    else this.body.removeAttribute("aria-activedescendant");
  }

  pick(event, isOpened) {
    const row = event.target.closest("[data-index]");
    if (!row || event.target.closest("a, button, input")) return;
    const index = Number(row.dataset.index);
    this.choose(index);
    if (isOpened) this.open(index);
  }

  press(event) {
    if (isShortcutOfOthers(event) || event.target !== this.body) return;
    const page = Math.max(1, Math.floor(this.body.clientHeight / this.height) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) {
      const wanted = this.current + moves[event.key];
      this.choose(Math.max(0, Math.min(this.count - 1, wanted)));
    } else if (event.key === "Enter" && this.current >= 0) {
      this.open(this.current);
    } else if (!this.key(event)) {
      return;
    }
    event.preventDefault();
  }
}

// Keys with Ctrl, Alt or Cmd are the browser's, but for what a keyboard writes that way.
export function isShortcutOfOthers(event) {
  return event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
}

// Whether somebody is writing.
export function isTyping(event) {
  return event.target.closest?.("input, textarea, select, [contenteditable]") !== null;
}
