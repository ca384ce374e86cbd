// The waterfall of a conversation: a tree of turns and what happened in them, each row with its place in time. Only rows
// in view are elements; what is folded away is not in the list.
import { costText, exactMoney, kinds, timeline, withheldText, words } from "./columns.js";
import { el } from "./dom.js";
import { format } from "./format.js";
import { VirtualRows } from "./rows.js";

// Above so many rows turns are closed at first.
const openMax = 500;
// So many pauses have a mark of their own above the bars.
const foldsDrawn = 12;

export const filters = { all: "everything", errors: "what failed", calls: "model calls", long: "at least 1 % of the time" };

export class Waterfall {
  // `open(row)` hears which event is opened, `choose(row, turn)` which row is chosen; −1 where it is none. `marks(row)` is
  // what else is to be said of an event. Where not `isWhole`, later events are not loaded: sums are of those that are.
  constructor(place, tree, { open, choose, text, marks = () => [], isWhole = true }) {
    Object.assign(this, { tree, text, marks, isWhole, filter: "all", find: "", turn: null, isOpen: new Uint8Array(tree.count) });
    const isLong = tree.count > openMax;
    for (let node = 0; node < tree.count; node += 1) this.isOpen[node] = !isLong || tree.kind[node] === kinds.event ? 1 : 0;
    this.list = new Int32Array(0);
    this.axis = el("span", { class: "axis" });
    this.rows = new VirtualRows(place, {
      role: "treegrid", label: "Waterfall", draw: (index) => this.cells(this.list[index]),
      about: (index) => this.about(index),
      chosen: (index) => choose(this.eventOf(this.list[index]), this.turnOf(this.list[index])),
      open: (index) => { const row = this.eventOf(this.list[index]); if (row >= 0) open(row); else this.toggle(index); },
      key: (event) => this.key(event),
      heads: [
        { text: "what", class: "what" }, { text: "length", class: "number length" }, { text: "cost", class: "number money" },
        { content: this.axis, class: "track" },
      ],
    });
    place.addEventListener("click", (event) => {
      const button = event.target.closest("button.twist");
      if (button) this.toggle(Number(button.closest("[data-index]").dataset.index));
    });
  }

  end() { this.rows.end(); }

  eventOf(node) { return node !== undefined && this.tree.kind[node] === kinds.event ? this.tree.row[node] : -1; }

  // The turn that a node belongs to, as its row among turns; −1: none.
  turnOf(node) {
    let at = node ?? -1;
    while (at >= 0 && this.tree.parent[at] >= 0) at = this.tree.parent[at];
    return at >= 0 && this.tree.kind[at] === kinds.turn ? this.tree.row[at] : -1;
  }

  // Shows what is asked for: of one turn (its row) or all (null), by filter and words.
  show({ turn = this.turn, filter = this.filter, find = this.find, keep } = {}) {
    const { tree } = this;
    const wanted = keep ?? this.list[this.rows.current];
    Object.assign(this, { turn, filter, find });
    const roots = turn === null ? tree.roots : tree.roots.filter((node) => tree.kind[node] === kinds.turn && tree.row[node] === turn);
    const isKept = this.kept(roots);
    const list = [];
    const walk = [...roots].reverse();
    while (walk.length) {
      const node = walk.pop();
      if (isKept && !isKept[node]) continue;
      list.push(node);
      const isShown = isKept || this.isOpen[node] || (turn !== null && tree.kind[node] === kinds.turn);
      const below = [];
      if (isShown) for (let child = tree.first[node]; child >= 0; child = tree.next[child]) below.push(child);
      for (let index = below.length - 1; index >= 0; index -= 1) walk.push(below[index]);
    }
    this.list = Int32Array.from(list);
    this.timeOf(turn, roots);
    this.places = new Map();
    list.forEach((node, index) => this.places.set(node, index));
    this.drawAxis();
    this.rows.set(list.length, this.places.get(wanted) ?? (list.length ? 0 : -1));
    return list.length;
  }

  // Where times lie on the line: the same whatever is folded away or filtered.
  timeOf(turn, roots) {
    if (this.time && this.timed === turn) return;
    const spans = [];
    for (const root of roots) this.spansBelow(root, spans);
    [this.time, this.timed] = [timeline(spans), turn];
  }

  spansBelow(root, spans) {
    const { tree } = this;
    const walk = [root];
    while (walk.length) {
      const node = walk.pop();
      if (tree.kind[node] === kinds.event || tree.kind[node] === kinds.turn) spans.push([tree.start[node], tree.end[node]]);
      for (let child = tree.first[node]; child >= 0; child = tree.next[child]) walk.push(child);
    }
  }

  // Nodes that the filter or the words mean, with those above them; null: all.
  kept(roots) {
    const { tree, filter } = this;
    const find = this.find.trim().toLowerCase();
    if (filter === "all" && !find) return null;
    const whole = roots.reduce((sum, node) => sum + Math.max(0, tree.end[node] - tree.start[node]), 0);
    const kept = new Uint8Array(tree.count);
    for (let node = 0; node < tree.count; node += 1) {
      if (tree.kind[node] !== kinds.event) continue;
      const type = tree.events.text("type", tree.row[node]);
      const isMeant = {
        all: () => true, errors: () => tree.events.text("status", tree.row[node]) === "error",
        calls: () => type === "llm.call" || type === "embedding.call",
        long: () => tree.end[node] - tree.start[node] >= whole / 100,
      }[filter]();
      if (!isMeant || (find && !(type + " " + words(tree.events, tree.row[node])).toLowerCase().includes(find))) continue;
      for (let at = node; at >= 0 && !kept[at]; at = tree.parent[at]) kept[at] = 1;
    }
    return kept;
  }

  // Brings an event into view, opening what hides it.
  reveal(row, options) {
    const { tree } = this;
    let node = -1;
    for (let at = 0; at < tree.count && node < 0; at += 1) if (tree.kind[at] === kinds.event && tree.row[at] === row) node = at;
    return node >= 0 && this.revealNode(node, options);
  }

  revealNode(node, { isFocus = false, isTold = true } = {}) {
    for (let at = this.tree.parent[node]; at >= 0; at = this.tree.parent[at]) this.isOpen[at] = 1;
    this.show({ keep: node });
    if (!this.places.has(node)) this.show({ filter: "all", find: "", turn: null, keep: node });
    this.rows.choose(this.places.get(node), { isFocus, isTold });
    return true;
  }

  hasChildren(node) { return this.tree.first[node] >= 0; }

  toggle(index, wanted) {
    const node = this.list[index];
    if (node === undefined || !this.hasChildren(node)) return;
    this.isOpen[node] = (wanted ?? !this.isOpen[node]) ? 1 : 0;
    const { scrollTop } = this.rows.body;
    this.show({ keep: node });
    this.rows.body.scrollTop = scrollTop;
  }

  key(event) {
    const index = this.rows.current;
    const node = this.list[index];
    if (event.key === "ArrowRight" && node !== undefined) {
      if (this.hasChildren(node) && !this.isOpen[node]) this.toggle(index, true);
      else if (this.tree.parent[this.list[index + 1]] === node) this.rows.choose(index + 1);
      return true;
    }
    if (event.key === "ArrowLeft" && node !== undefined) {
      if (this.hasChildren(node) && this.isOpen[node] && this.tree.parent[this.list[index + 1]] === node) this.toggle(index, false);
      else if (this.places.has(this.tree.parent[node])) this.rows.choose(this.places.get(this.tree.parent[node]));
      return true;
    }
    return false;
  }

  // The next event that failed behind the chosen row, from the beginning again behind the last; false: none.
  nextFailure() {
    const { tree } = this;
    const roots = this.turn === null ? tree.roots : tree.roots.filter((node) => tree.kind[node] === kinds.turn && tree.row[node] === this.turn);
    const all = [];
    const walk = [...roots].reverse();
    while (walk.length) {
      const node = walk.pop();
      all.push(node);
      const below = [];
      for (let child = tree.first[node]; child >= 0; child = tree.next[child]) below.push(child);
      for (let index = below.length - 1; index >= 0; index -= 1) walk.push(below[index]);
    }
    const at = all.indexOf(this.list[this.rows.current]);
    for (let step = 1; step <= all.length; step += 1) {
      const node = all[(at + step) % all.length];
      if (tree.kind[node] === kinds.event && tree.events.text("status", tree.row[node]) === "error") return this.revealNode(node, { isFocus: true });
    }
    return false;
  }

  // The turn behind or before the chosen one.
  step(by) {
    const turns = this.tree.roots;
    let at = this.list[this.rows.current] ?? turns[0];
    while (this.tree.parent[at] >= 0) at = this.tree.parent[at];
    const next = turns[turns.indexOf(at) + by];
    return next !== undefined && this.revealNode(next, { isFocus: true });
  }

  // MARK: drawing

  about(index) {
    const node = this.list[index];
    const isShown = this.tree.parent[this.list[index + 1]] === node;
    return {
      "aria-level": this.tree.level[node] + 1, "aria-posinset": this.tree.position[node], "aria-setsize": this.tree.siblings[node],
      "aria-expanded": this.hasChildren(node) ? String(isShown) : undefined,
    };
  }

  cells(node) {
    const { tree } = this;
    const isEvent = tree.kind[node] === kinds.event;
    const row = tree.row[node];
    const isError = isEvent && tree.events.text("status", row) === "error";
    const what = el("span", { class: "what" + (isError ? " bad" : ""), role: "gridcell" });
    what.style.paddingInlineStart = Math.min(tree.level[node], 16) * 0.9 + "rem";
    const isShown = this.places.has(tree.first[node]);
    what.append(this.hasChildren(node)
      ? el("button", { class: "twist", type: "button", tabindex: "-1", "aria-hidden": "true" }, isShown ? "▾" : "▸")
      : el("span", { class: "twist", "aria-hidden": "true" }), ...this.label(node, isError));
    const length = tree.end[node] - tree.start[node];
    const bar = this.bar(node, isError);
    return [
      what, el("span", { class: "number length", role: "gridcell" }, length > 0 ? format(length / 1e9, "s") : ""),
      el("span", { class: "number money", role: "gridcell" }, this.money(node)),
      el("span", { class: "track", role: "gridcell" }, bar),
    ];
  }

  label(node, isError) {
    const { tree } = this;
    const row = tree.row[node];
    if (tree.kind[node] === kinds.turn) {
      const number = tree.turns.text("turn", row);
      return [el("b", {}, number === null ? "turn without a number" : "turn " + number), this.count(node)];
    }
    if (tree.kind[node] === kinds.outside) return [el("b", {}, "outside of turns"), this.count(node)];
    if (tree.kind[node] === kinds.missing) return [el("i", { class: "warn" }, "parent not received: " + tree.names[node])];
    const type = tree.events.text("type", row);
    const marks = [isError ? "✗ " : "", type];
    const more = [words(tree.events, row), withheldText(tree.events, row), this.beyond(node)].filter(Boolean).join(" · ");
    const said = this.marks(row).join(", ");
    return [marks.join(""), ...(more ? [el("span", { class: "soft" }, " " + more)] : []), ...(said ? [el("span", { class: "warn" }, " " + said)] : [])];
  }

  count(node) {
    const { size, errors } = this.tree;
    const text = " " + (size[node] - 1) + (size[node] === 2 ? " row" : " rows");
    return el("span", { class: "soft" }, text, errors[node] ? el("span", { class: "bad" }, ", ✗ " + errors[node] + " failed") : null);
  }

  // Times are as they were told: what does not lie within what it belongs to is marked, and not moved.
  beyond(node) {
    const { tree } = this;
    const above = tree.parent[node];
    if (above < 0 || tree.kind[above] !== kinds.event || tree.kind[node] !== kinds.event || tree.end[above] === tree.start[above]) return null;
    // What stands below another one for other reasons (a second try, what a span was split into) need not lie within.
    if (tree.events.raw("parent_span_id", tree.row[node]) !== tree.events.raw("span_id", tree.row[above])) return null;
    return tree.start[node] < tree.start[above] || tree.end[node] > tree.end[above] ? "not within its parent's time" : null;
  }

  money(node) {
    const { tree } = this;
    const row = tree.row[node];
    const isCall = tree.kind[node] === kinds.event && tree.events.raw("price_state", row) !== null;
    const own = isCall ? costText(callOf(tree.events, row)) : "";
    // What a turn cost is the server's sum, of all its events.
    if (tree.kind[node] === kinds.turn && !this.isWhole) return costText(callOf(tree.turns, row));
    const hasCalls = tree.cost[node] > 0n || tree.inexact[node] > 0;
    if (tree.kind[node] === kinds.event && (!this.hasChildren(node) || !hasCalls)) return own;
    if (!hasCalls) return "";
    const below = (tree.inexact[node] || !this.isWhole ? "≥ " : "") + exactMoney(tree.cost[node]);
    return own && own !== below ? own + " of " + below : (isCall ? own : "Σ " + below);
  }

  bar(node, isError) {
    const { tree, time } = this;
    const [from, to] = [time.place(tree.start[node]), time.place(tree.end[node])];
    const kind = tree.kind[node] === kinds.event ? tree.events.text("type", tree.row[node]).split(".")[0] : "turn";
    const bar = el("span", { class: "bar bar-" + (["llm", "embedding", "tool", "retrieval", "guardrail", "agent", "turn"].includes(kind) ? kind : "other")
      + (isError ? " bar-error" : "") });
    bar.style.left = from * 100 + "%";
    bar.style.width = "max(2px, " + (to - from) * 100 + "%)";
    const first = tree.kind[node] === kinds.event ? tree.events.number("time_to_first_token_ns", tree.row[node]) : null;
    if (first === null) return bar;
    const tick = el("span", { class: "tick", title: "first token after " + format(first / 1e9, "s") });
    tick.style.left = time.place(tree.start[node] + first) * 100 + "%";
    return [bar, tick];
  }

  drawAxis() {
    const { time } = this;
    const parts = [el("span", { class: "axis-start" }, this.text(time.from))];
    // Many of them would cover the times, which stand on top.
    for (const fold of time.folds.length > foldsDrawn ? [] : time.folds) {
      const mark = el("span", { class: "fold", title: "pause of " + format((fold.to - fold.from) / 1e9, "s") }, "⋯");
      mark.style.left = time.place(fold.from) * 100 + "%";
      parts.push(mark);
    }
    parts.push(el("span", { class: "axis-end" }, format((time.to - time.from) / 1e9, "s")
      + (time.folds.length ? ", " + time.folds.length + (time.folds.length === 1 ? " pause folded" : " pauses folded") : "")));
    this.axis.replaceChildren(...parts);
  }
}

// What a call cost, of a row of events.
export function callOf(events, row) {
  return {
    cost_usd: events.raw("cost_usd", row), cost_low_usd: events.raw("cost_low_usd", row),
    cost_high_usd: events.raw("cost_high_usd", row), price_state: events.text("price_state", row),
  };
}
