// A dashboard: what it is drawn from, its figures line by line, and everything that decides what is seen in the address, so that reload,
// back and a pasted link show the same. Panels near the view are asked in one request, others when they come near.
import { Trouble, ask, open } from "./ask.js";
import { ColorBook } from "./chart.js";
import { Choices, allValues } from "./choices.js";
import { byId, element, isPrinting, replace, setText } from "./dom.js";
import { makePanel } from "./panels.js";
import { isPage, notice, noticeTrouble, show } from "./shell.js";
import { change, link, setDefaults, view } from "./state.js";
import { fullText, isRelative, iso, parsed, setCalendar } from "./time.js";

// Pixels above and below the view in which a panel counts as near.
const nearby = 300;
// ms of a frame in which panels are drawn; the rest of it is the browser's.
const drawing = 12;

class Page {
  constructor(host, model) {
    this.host = host; this.model = model;
    this.colors = new ColorBook();
    // Panels and rows by id and copy: { key, model, copy, section, panel, isFresh, isAsked, value }
    this.cells = new Map();
    this.repeats = new Map();
    this.marks = new Map();
    this.opened = new Set();
    this.variables = new Map();
    this.anchors = [];
    this.basis = null;
    this.watermark = null;
    // What is to be drawn, by cell: one panel after the other, a frame at a time.
    this.waiting = new Map();
    // Counts how often all was asked.
    this.turn = 0;
    this.zone = "UTC";
    [this.from, this.to] = [Date.now() - 6 * 3600000, Date.now()];
  }

  get parameters() { return new URL(location.href).searchParams }
  get only() { return Number(this.parameters.get("viewPanel")) || null }

  filters() {
    return [...this.variables.values()].map((one) => [one.label, one.chosen.map((value) => value === allValues ? "all" : value)]);
  }

  query(times, more) {
    const asked = new URLSearchParams(), { variables } = view();
    asked.set("from", times.from);
    asked.set("to", times.to);
    for (const [name, values] of Object.entries(variables)) for (const value of values) asked.append("var-" + name, value);
    asked.set("timezone", this.zone);
    asked.set("width", String(Math.max(200, Math.floor(this.host.clientWidth / 100) * 100)));
    for (const [name, values] of Object.entries(more)) for (const value of [values].flat()) asked.append(name, String(value));
    return asked;
  }

  // Now is the server's; other times are sent as they are shown above, however somebody wrote them.
  get wantedTimes() {
    const { from, to } = view();
    const sent = (text, isEnd) => isRelative(text) ? text : iso(parsed(text, { now: Date.now(), zone: this.zone, isEnd }));
    return { from: sent(from, false), to: sent(to, true) };
  }

  // So many times as long around the middle; what lies ahead has no figures.
  zoom(factor) {
    const middle = (this.from + this.to) / 2, half = Math.max(30000, (this.to - this.from) * factor / 2);
    const to = Math.min(Math.max(this.to, Date.now()), middle + half);
    change({ from: iso(Math.round(middle - half)), to: iso(Math.round(to)) });
  }

  // What was answered: all panels of a page are of one range.
  get shownTimes() { return { from: iso(this.from), to: iso(this.to) } }

  // MARK: the panels

  build() {
    this.bar = document.getElementById("variables");
    this.choices = new Choices(this.bar, {
      onChoose: (name, values) => change({ ["var-" + name]: values }),
      find: (name, text, signal) => this.find(name, text, signal),
    });
    this.links = element("nav", undefined, this.bar);
    this.links.setAttribute("aria-label", "dashboards");
    for (const link of this.model.links) this.link(link, this.links);
    // A finger that drags over a chart scrolls: for zooming there are these.
    for (const [text, act] of [["Zoom in", () => this.zoom(0.5)], ["Zoom out", () => this.zoom(2)], ["Print", () => this.print()]]) {
      const button = element("button", text, this.links);
      button.type = "button";
      button.addEventListener("click", act);
    }
    this.printed = element("p", "", this.bar, "printed");
    this.arrange();
  }

  // The cells in the order of the page: a row with all that it heads once for each value, a panel likewise.
  *order() {
    const values = (model) => this.repeats.get(model.id)?.values ?? [null];
    const own = function* (model) { for (const [copy, value] of values(model).entries()) yield { model, copy, value } };
    for (const model of this.model.panels) {
      if (model.type !== "row") { if (model.section === undefined) yield* own(model); continue }
      const inner = this.model.panels.filter((panel) => panel.section === model.id);
      for (const [copy, value] of values(model).entries()) {
        yield { model, copy, value };
        for (const panel of inner) {
          if (model.repeat && this.repeats.has(model.id)) yield { model: panel, copy, value, row: model };
          else yield* own(panel);
        }
      }
    }
  }

  // Makes what there is to see, takes away what is no longer; what stays is left where it is.
  arrange() {
    const found = new Set();
    let before = null;
    for (const { model, copy, value, row } of this.order()) {
      const key = model.id + "/" + copy;
      found.add(key);
      let cell = this.cells.get(key);
      if (!cell) {
        const section = copy ? this.copied(model, copy) : document.getElementById("panel-" + model.id);
        if (!section) continue;
        cell = { key, model, copy, section, panel: null, isFresh: false, isAsked: false };
        this.cells.set(key, cell);
        if (before && copy) before.after(section);
      }
      // Copies that became more stand before what follows them.
      if (before && !(before.compareDocumentPosition(cell.section) & Node.DOCUMENT_POSITION_FOLLOWING)) before.after(cell.section);
      before = cell.section;
      cell.variable = value === null ? null : this.repeats.get((row ?? model).id).variable;
      cell.value = value;
      this.place(cell);
    }
    for (const [key, cell] of this.cells) {
      if (found.has(key)) continue;
      cell.panel?.destroy();
      cell.section.remove();
      this.cells.delete(key);
      this.sight?.unobserve(cell.section);
    }
  }

  copied(model, copy) {
    const isRow = model.type === "row", section = element("section", undefined, null, isRow ? "row" : "panel");
    section.id = "panel-" + model.id + "-" + copy;
    const heading = element(isRow ? "h2" : "h3", model.title, section);
    heading.id = "title-" + model.id + "-" + copy;
    section.setAttribute("aria-labelledby", heading.id);
    section.hidden = model.row !== undefined;
    return section;
  }

  place(cell) {
    const { model, copy, section } = cell, { only } = this;
    const said = this.repeats.get(model.id), width = said?.width, beside = width ? Math.max(1, Math.floor(24 / width)) : 1;
    section.style.gridColumn = only ? "1 / -1" : width ? copy % beside * width + 1 + " / span " + width : model.x + 1 + " / span " + model.w;
    const title = this.filled(model.title, cell, (values) => values.join(" + "));
    setText(section.querySelector("h2, h3"), title || (cell.value ?? ""));
    if (said?.leftOut && copy === said.values.length - 1) this.note(section, said.leftOut + " more values of " + said.variable + " are not drawn");
    else this.note(section, "");
    if (cell.isPlaced) return;
    cell.isPlaced = true;
    if (model.type === "row") return this.buildRow(cell);
    section.style.minHeight = (only ? 24 : model.h) * 2.2 + "rem";
    if (only) section.hidden = model.id !== only;
    cell.panel = makePanel(section, model, this.facade(cell), () => cell.variable ? [[cell.variable, [cell.value]]] : []);
    this.sight?.observe(section);
  }

  // What of it is not there is said below it, a line of each kind.
  note(section, text, kind = "more") {
    let place = section.querySelector(":scope > ." + kind);
    if (!place && text) place = element("p", "", section, "soft " + kind);
    if (place) { setText(place, text); place.hidden = !text }
  }

  buildRow(cell) {
    const { section, model } = cell;
    section.hidden = Boolean(this.only);
    if (!model.collapsed) return;
    const inner = () => [...this.cells.values()].filter((other) => other.model.row === model.id && (!model.repeat || other.copy === cell.copy));
    const count = this.model.panels.filter((panel) => panel.row === model.id).length;
    const button = element("button", "show " + count + " panels", section);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!isOpen));
      button.textContent = (isOpen ? "show " : "hide ") + count + " panels";
      for (const other of inner()) {
        other.section.hidden = isOpen;
        if (isOpen) this.opened.delete(other.key);
        else this.opened.add(other.key);
      }
      if (!isOpen) this.more();
    });
  }

  // The page as one panel sees it.
  facade(cell) {
    const page = this;
    return {
      get from() { return page.from }, get to() { return page.to }, get zone() { return page.zone }, colors: page.colors,
      bands: () => page.bands(), finished: () => page.finished(), filters: () => page.filters(),
      link: (link, host) => page.link(link, host, cell),
      hooks: () => ({
        onZoom: (from, to) => change({ from: iso(from), to: iso(to) }),
        onHover: (time) => {
          if (!page.model.crosshair) return;
          for (const other of page.cells.values()) if (other !== cell) other.panel?.crosshair(time);
        },
      }),
    };
  }

  bands() { return [...this.marks.values()].flat().sort((a, b) => a.from - b.from) }

  // Later points may still change.
  finished() { return this.watermark === null ? this.to : Math.min(this.to, this.watermark) }

  // MARK: links

  // A link carries range, zone and variables as far as it says so, as they are when somebody follows it.
  link(link, host, cell) {
    const made = element("a", link.title, host);
    if (link.newTab) { made.target = "_blank"; made.rel = "noopener" }
    // The file says how much of the view it carries.
    made.dataset.ownView = "";
    this.anchors.push({ made, link, cell });
    this.aim({ made, link, cell });
  }

  aim({ made, link: wanted, cell }) {
    let address = null;
    try {
      address = new URL(this.filled(wanted.url, cell, (values) => encodeURIComponent(values.join("|"))), location.href);
    } catch {
      // It leads nowhere.
    }
    made.hidden = !address || !["http:", "https:"].includes(address.protocol);
    if (made.hidden) return;
    // The range goes along also where it is the one that the page has of itself.
    const { from, to } = view();
    if (wanted.keepTime) for (const [name, value] of [["from", from], ["to", to]]) address.searchParams.set(name, value);
    for (const [name, value] of this.parameters) {
      const isTime = ["timezone", "refresh"].includes(name);
      if ((isTime && wanted.keepTime) || (name.startsWith("var-") && wanted.includeVars)) address.searchParams.append(name, value);
    }
    // Of a dashboard's links the file says what goes along; of a panel's no file can, so to a page of ours all of it does.
    made.href = cell && isPage(address.href) ? link(address.pathname + address.search + address.hash, { from, to }) : address.href;
    if (!wanted.title) setText(made, address.pathname);
  }

  // A text of the file with what variables are set to.
  filled(text, cell, written) {
    return text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (all, braced, plain) => {
      const name = braced ?? plain;
      if (cell?.variable === name) return written([cell.value]);
      const known = this.variables.get(name);
      return known ? written(known.chosen.map((value) => value === allValues ? "all" : value)) : all;
    });
  }

  // MARK: what is asked

  // Whether somebody sees it, or would after a turn of the wheel.
  isNear(cell) {
    if (!this.isWanted(cell)) return false;
    const box = cell.section.getBoundingClientRect();
    return box.bottom > -nearby && box.top < innerHeight + nearby;
  }

  isWanted(cell) {
    return cell.panel && !cell.section.hidden && cell.model.type !== "text";
  }

  // All again: panels near the view at once, in one request, with what variables may be and what is marked.
  async load({ zone, signal }) {
    this.zone = zone;
    const turn = ++this.turn;
    this.rest?.abort();
    for (const cell of this.cells.values()) {
      // Figures of before stay until others come, and say that they are old.
      cell.isFresh = cell.isAsked = false;
      cell.section.removeAttribute("aria-busy");
      if (cell.panel && !cell.panel.isEmpty && !this.isNear(cell)) cell.panel.stale();
    }
    for (const anchor of this.anchors) this.aim(anchor);
    const near = [...this.cells.values()].filter((cell) => this.isNear(cell));
    this.isLoading = true;
    try {
      await this.fetch(near, { times: this.wantedTimes, isWhole: true, signal });
    } finally {
      if (turn === this.turn) this.isLoading = false;
    }
    // Copies came, or others moved into view.
    await this.more();
  }

  // Panels that came near meanwhile, one request after the other.
  async more(isAll = false) {
    if (document.hidden || this.isLoading || !this.basis) return;
    const wanted = [...this.cells.values()].filter((cell) => !cell.isFresh && !cell.isAsked && (isAll ? this.isWanted(cell) : this.isNear(cell)));
    if (wanted.length) {
      this.rest ??= new AbortController();
      if (this.rest.signal.aborted) this.rest = new AbortController();
      try {
        await this.fetch(wanted, { times: this.shownTimes, isWhole: false, signal: this.rest.signal });
        notice("panels", null);
      } catch (error) {
        if (error.name !== "AbortError") noticeTrouble("panels", error);
      }
    }
    if (isAll) this.drain(true);
  }

  async fetch(cells, { times, isWhole, signal }) {
    const turn = this.turn;
    // No panel has this number: without one all would be asked.
    const ids = [...new Set(cells.map((cell) => cell.model.id))];
    for (const cell of cells) { cell.isAsked = true; cell.section.setAttribute("aria-busy", "true") }
    try {
      const more = { panel: ids.length ? ids : [-1], ...(isWhole ? {} : { part: "panels" }) };
      const address = "/d/" + encodeURIComponent(this.model.uid) + "/data?" + this.query(times, more);
      const answer = await open(address, { signal, keeps: true });
      let hasEnd = false;
      for await (const line of lines(answer.body)) {
        // All is asked again meanwhile, perhaps over another range.
        if (turn !== this.turn) return;
        hasEnd ||= line.line === "basis";
        this.take(line, isWhole);
      }
      if (!hasEnd) throw new Trouble("the server ended its answer early");
      await this.drawn();
    } catch (error) {
      if (error.name !== "AbortError") for (const cell of isWhole ? this.cells.values() : cells) cell.panel?.stale();
      throw error;
    } finally {
      if (turn === this.turn) for (const cell of cells) { cell.isAsked = false; cell.section.removeAttribute("aria-busy") }
    }
  }

  // What a variable may be, as far as it holds a text.
  async find(name, text, signal) {
    const sought = this.query(this.shownTimes, { part: "variables", ["find-" + name]: text });
    const answer = await open("/d/" + encodeURIComponent(this.model.uid) + "/data?" + sought, { signal });
    for await (const line of lines(answer.body)) if (line.line === "variable" && line.name === name) return line;
    return null;
  }

  take(line, isWhole) {
    // What variables are is known before the first of these: then it is known what there is to see.
    if (isWhole && this.isUnsettled && !["range", "variable", "repeat"].includes(line.line)) this.settle();
    switch (line.line) {
      case "range":
        if (!isWhole) break;
        [this.from, this.to, this.watermark] = [line.from, line.to, line.watermark ? Date.parse(line.watermark) : null];
        this.told = new Map();
        this.isUnsettled = true;
        break;
      case "variable": this.variables.set(line.name, line); break;
      case "repeat": this.told.set(line.id, line); break;
      case "panel": {
        const cell = this.cells.get(line.id + "/" + (line.copy ?? 0));
        if (!cell?.panel) break;
        cell.isFresh = true;
        this.draw(cell, () => cell.panel.update(line));
        break;
      }
      case "annotation": this.mark(line); break;
      case "basis":
        if (isWhole) this.basis = line;
        else this.basis.remarks = [...new Set([...this.basis.remarks, ...line.remarks])];
        this.drawBasis();
        break;
    }
  }

  settle() {
    this.isUnsettled = false;
    this.repeats = this.told;
    this.arrange();
    this.anchors = this.anchors.filter(({ made }) => made.isConnected);
    for (const anchor of this.anchors) this.aim(anchor);
    const shown = this.model.variables.filter((model) => !model.hidden && this.variables.has(model.name));
    this.choices.draw(shown.map((model) => ({ model, line: this.variables.get(model.name) })));
  }

  mark(line) {
    const color = this.model.annotations.find((one) => one.name === line.name)?.color;
    const before = this.marks.get(line.name) ?? [], bands = (line.bands ?? []).map((band) => ({ ...band, color }));
    this.marks.set(line.name, bands);
    notice("marks of " + line.name, line.error ? line.name + ": " + line.error.message
      : line.leftOut ? line.name + ": " + line.leftOut + " earlier marks are not drawn" : null, { isBad: Boolean(line.error) });
    if (!before.length && !bands.length) return;
    for (const cell of this.cells.values()) if (cell.isFresh) this.draw(cell, null);
  }

  // MARK: drawing

  // Draws a panel in one of the next frames; null: anew, with the figures that it has. What is to be drawn twice is drawn once.
  draw(cell, act) {
    this.waiting.set(cell, act ?? this.waiting.get(cell) ?? (() => cell.panel.redraw()));
    if (this.waiting.size === 1) requestAnimationFrame(() => this.drain(false));
  }

  // What cannot be drawn is said, and the others are drawn.
  drain(isAll) {
    const ends = performance.now() + drawing;
    for (const [cell, act] of this.waiting) {
      this.waiting.delete(cell);
      const name = "panel " + cell.key;
      try {
        act();
        notice(name, null);
      } catch (error) {
        notice(name, (cell.model.title || "a panel") + " cannot be drawn: " + error.message);
      }
      if (!isAll && performance.now() > ends) break;
    }
    if (this.waiting.size) requestAnimationFrame(() => this.drain(false));
    else { this.whenDrawn?.(); this.whenDrawn = null; this.isDrawn = null }
  }

  // Until all that came is drawn; a tab that nobody sees any more has no frames.
  drawn() {
    if (document.hidden) this.drain(true);
    if (!this.waiting.size) return null;
    this.isDrawn ??= new Promise((resolve) => { this.whenDrawn = resolve });
    return this.isDrawn;
  }

  // MARK: what is said around the panels

  drawBasis() {
    const place = document.getElementById("basis"), { from, to, asOf, watermark, position, remarks } = this.basis;
    const wasOpen = place.querySelector("details")?.open ?? false;
    const range = fullText(from, this.zone) + " to " + fullText(to, this.zone) + " (" + this.zone + "), as of "
      + fullText(Date.parse(asOf), this.zone);
    const more = element("details");
    more.open = wasOpen;
    element("summary", "basis", more);
    element("p", "every event received up to " + fullText(Date.parse(watermark), this.zone) + " is in it, up to position " + position, more);
    for (const remark of [...remarks, ...this.model.remarks]) element("p", remark, more);
    replace(place, element("p", range), more, ...remarks.map((remark) => element("p", remark, null, "bad")));
    // On paper it stands on the first page, with what was chosen.
    setText(this.printed, [range, ...this.filters().map(([name, values]) => name + ": " + values.join(", "))].join(" · "));
  }

  // MARK: paper

  // All panels are asked before the browser looks.
  async print() {
    // Also those that were asked before, and have not come.
    const isWaiting = () => this.isLoading || [...this.cells.values()].some((cell) => cell.isAsked);
    while (isWaiting()) await new Promise((resolve) => setTimeout(resolve, 50));
    await this.more(true);
    print();
  }

  listen() {
    let waiting = 0;
    const each = (act) => { for (const cell of this.cells.values()) if (cell.panel) act(cell.panel, cell) };
    const redraw = () => each((panel) => panel.resize());
    addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(() => { redraw(); this.soon() }) });
    addEventListener("paperchange", () => {
      this.drain(true);
      each((panel, cell) => {
        panel.paper();
        const isMissing = isPrinting() && panel.isEmpty && !cell.section.hidden;
        this.note(cell.section, isMissing ? "not asked yet: the button Print of the page asks for all" : "", "absent");
      });
    });
    addEventListener("themechange", () => each((panel, cell) => this.draw(cell, null)));
    addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "p") return;
      event.preventDefault();
      this.print();
    });
    addEventListener("visibilitychange", () => { if (!document.hidden) this.soon() });
    addEventListener("scroll", () => this.soon(), { passive: true });
    if (typeof IntersectionObserver === "function") {
      const seen = (all) => { if (all.some((one) => one.isIntersecting)) this.soon() };
      this.sight = new IntersectionObserver(seen, { rootMargin: nearby + "px 0px" });
      for (const cell of this.cells.values()) if (cell.panel) this.sight.observe(cell.section);
    }
  }

  // Who scrolls past is not asked for all that he passes.
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.more(), 100);
  }
}

// The values of newline-delimited JSON as they arrive.
async function* lines(body) {
  const reader = body.getReader(), decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error) => {
        throw error.name === "AbortError" ? error : new Trouble("the server went away in the middle of its answer");
      });
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const parts = rest.split("\n");
      rest = parts.pop();
      for (const part of parts) if (part) yield JSON.parse(part);
      if (done) return;
    }
  } finally {
    // Who wants no more of it does not keep the server at it.
    reader.cancel().catch(() => {});
  }
}

async function start() {
  const host = document.getElementById("panels");
  if (!host) return;
  // Not at rest until it is known what to draw, which is before the first figures are asked.
  byId("main").setAttribute("aria-busy", "true");
  try {
    const model = await ask("/d/" + encodeURIComponent(host.dataset.uid) + "/model");
    // The file's own zone, unless somebody has chosen one for all pages.
    const zone = model.timezone && model.timezone !== "browser" && view().timezone === "browser" ? { timezone: model.timezone } : {};
    setCalendar({ weekStart: model.weekStart, yearStart: model.fiscalYearStartMonth });
    setDefaults({ from: model.from, to: model.to, refresh: model.refresh || "off", ...zone });
    const page = new Page(host, model);
    page.build();
    page.listen();
    await show((what) => page.load(what));
  } catch (error) {
    byId("main").removeAttribute("aria-busy");
    noticeTrouble("model", error);
  }
}
start();
