// A dashboard: what it is drawn from, its figures line by line, and everything that decides what is seen in the address, so that reload,
// back and a pasted link show the same.
import { Trouble, ask, open } from "./ask.js";
import { ColorBook } from "./chart.js";
import { byId, element } from "./dom.js";
import { makePanel } from "./panels.js";
import { notice, noticeTrouble, show } from "./shell.js";
import { change, setDefaults, view } from "./state.js";
import { fullText, isRelative, parsed } from "./time.js";

function iso(time) { return new Date(time).toISOString() }

class Page {
  constructor(host, model) {
    this.host = host; this.model = model;
    this.colors = new ColorBook();
    this.panels = new Map();
    this.marks = new Map();
    this.opened = new Set();
    this.variables = new Map();
    this.basis = null;
    // Counts how often all was asked.
    this.turn = 0;
    this.crosshairShared = model.crosshair;
    this.zone = "UTC";
    [this.from, this.to] = [Date.now() - 6 * 3600000, Date.now()];
  }

  get parameters() { return new URL(location.href).searchParams }

  filters() {
    return [...this.variables.values()].map((one) => [one.label, one.chosen.map((value) => value === "$__all" ? "all" : value)]);
  }

  query(panels) {
    const asked = new URLSearchParams(), { from, to, variables } = view();
    // Now is the server's; other times are sent as they are shown above, however somebody wrote them.
    const sent = (text, isEnd) => isRelative(text) ? text : iso(parsed(text, { now: Date.now(), zone: this.zone, isEnd }));
    asked.set("from", sent(from, false));
    asked.set("to", sent(to, true));
    for (const [name, values] of Object.entries(variables)) for (const value of values) asked.append("var-" + name, value);
    asked.set("timezone", this.zone);
    asked.set("width", String(Math.max(200, Math.round(this.host.clientWidth))));
    for (const id of panels ?? []) asked.append("panel", String(id));
    return asked;
  }

  // MARK: the panels

  build() {
    const only = Number(this.parameters.get("viewPanel")) || null;
    for (const model of this.model.panels) {
      const section = document.getElementById("panel-" + model.id);
      if (!section) continue;
      section.style.gridColumn = only ? "1 / -1" : model.x + 1 + " / span " + model.w;
      if (model.type === "row") this.buildRow(section, model, only);
      else {
        section.style.minHeight = (only ? 24 : model.h) * 2.2 + "rem";
        if (only) section.hidden = model.id !== only;
        if (!section.hidden) this.open(section, model);
      }
    }
  }

  buildRow(section, model, only) {
    section.hidden = Boolean(only);
    if (!model.collapsed) return;
    const inner = this.model.panels.filter((panel) => panel.row === model.id);
    const button = element("button", "show " + inner.length + " panels", section);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!isOpen));
      button.textContent = (isOpen ? "show " : "hide ") + inner.length + " panels";
      for (const panel of inner) {
        const place = document.getElementById("panel-" + panel.id);
        place.hidden = isOpen;
        if (isOpen) this.opened.delete(panel.id);
        else { this.opened.add(panel.id); if (!this.panels.has(panel.id)) this.open(place, panel) }
      }
      if (!isOpen) this.fetch(inner.map((panel) => panel.id)).catch((error) => noticeTrouble("row", error));
    });
  }

  open(section, model) { this.panels.set(model.id, makePanel(section, model, this)) }

  hooks(model) {
    return {
      onZoom: (from, to) => change({ from: iso(from), to: iso(to) }),
      onHover: (time) => {
        if (!this.crosshairShared) return;
        for (const panel of this.panels.values()) if (panel.model.id !== model.id) panel.crosshair(time);
      },
    };
  }

  bands() { return [...this.marks.values()].flat().sort((a, b) => a.from - b.from) }

  // Later points may still change.
  finished() { return this.basis ? Math.min(this.to, Date.parse(this.basis.watermark)) : this.to }

  // A link carries range, zone and variables as far as it says so.
  link(link, host) {
    let address;
    try {
      address = new URL(this.filled(link.url), location.href);
    } catch {
      return;
    }
    if (!["http:", "https:"].includes(address.protocol)) return;
    for (const [name, value] of this.parameters) {
      const isTime = ["from", "to", "timezone", "refresh"].includes(name);
      if ((isTime && link.keepTime) || (name.startsWith("var-") && link.includeVars)) address.searchParams.append(name, value);
    }
    const made = element("a", link.title || address.pathname, host);
    made.href = address.href;
    if (link.newTab) { made.target = "_blank"; made.rel = "noopener" }
  }

  filled(url) {
    return url.replaceAll(/\$\{(\w+)\}/g, (all, name) => this.variables.has(name) ? encodeURIComponent(this.variables.get(name).chosen.join("|")) : all);
  }

  // MARK: figures

  // What the page asks: one panel alone, those that are open, or all that no row folds away.
  load({ zone, signal }) {
    this.zone = zone;
    this.turn++;
    const only = Number(this.parameters.get("viewPanel")) || null;
    const isOpen = ([id, panel]) => panel.model.row === undefined || this.opened.has(id);
    return this.fetch(only ? [only] : this.opened.size ? [...this.panels].filter(isOpen).map(([id]) => id) : null, signal);
  }

  async fetch(panels, signal) {
    const turn = this.turn;
    try {
      const address = "/d/" + encodeURIComponent(this.model.uid) + "/data?" + this.query(panels);
      const answer = await open(address, { signal });
      let hasEnd = false;
      for await (const line of lines(answer.body)) {
        // All is asked again meanwhile, perhaps over another range.
        if (turn !== this.turn) return;
        hasEnd ||= line.line === "basis";
        this.take(line);
      }
      if (!hasEnd) throw new Trouble("the server ended its answer early");
    } catch (error) {
      if (error.name !== "AbortError") for (const panel of this.panels.values()) panel.stale();
      throw error;
    }
  }

  take(line) {
    switch (line.line) {
      case "range": [this.from, this.to] = [line.from, line.to]; break;
      case "variable": this.variables.set(line.name, line); this.drawVariables(); break;
      case "panel": {
        const panel = this.panels.get(line.id);
        if (panel) this.draw([panel], () => panel.update(line));
        break;
      }
      case "annotation": {
        const color = this.model.annotations.find((one) => one.name === line.name)?.color;
        this.marks.set(line.name, (line.bands ?? []).map((band) => ({ ...band, color })));
        notice("marks of " + line.name, line.error ? line.name + ": " + line.error.message : null);
        break;
      }
      case "basis":
        this.basis = line;
        this.draw(this.panels.values(), (panel) => panel.redraw());
        this.drawBasis();
        break;
    }
  }

  // What cannot be drawn is said, and the others are drawn.
  draw(panels, act) {
    for (const panel of panels) {
      const { id, title } = panel.model;
      try {
        act(panel);
        notice("panel " + id, null);
      } catch (error) {
        notice("panel " + id, (title || "a panel") + " cannot be drawn: " + error.message);
      }
    }
  }

  // MARK: what is said around the panels

  drawBasis() {
    const place = document.getElementById("basis"), { from, to, asOf, watermark, position, remarks } = this.basis;
    place.replaceChildren();
    element("p", fullText(from, this.zone) + " to " + fullText(to, this.zone) + " (" + this.zone + "), as of "
      + fullText(Date.parse(asOf), this.zone), place);
    const more = element("details", undefined, place);
    element("summary", "basis", more);
    element("p", "every event received up to " + fullText(Date.parse(watermark), this.zone) + " is in it, up to position " + position, more);
    for (const remark of [...remarks, ...this.model.remarks]) element("p", remark, more);
    for (const remark of remarks) element("p", remark, place, "bad");
  }

  drawVariables() {
    const place = document.getElementById("variables");
    if (!this.bar) {
      this.bar = element("form", undefined, place, "filters");
      this.bar.addEventListener("submit", (event) => event.preventDefault());
      const links = element("nav", undefined, place);
      links.setAttribute("aria-label", "dashboards");
      for (const link of this.model.links) this.link(link, links);
      this.said = element("p", "", place, "chosen");
    }
    this.said.textContent = this.filters().map(([label, values]) => label + ": " + values.join(", ")).join(" · ");
    // A choice that is being made stays.
    if (this.bar.contains(document.activeElement)) return;
    this.bar.replaceChildren();
    for (const model of this.model.variables) {
      const known = this.variables.get(model.name);
      if (model.hidden || !known) continue;
      const listed = [...new Set([...(model.includeAll ? ["$__all"] : []), ...known.values, ...known.chosen])];
      const text = (value) => value === "$__all" ? "all" : known.missing?.includes(value) ? value + " (no data)" : value;
      this.choice(model.label, listed.map((value) => [value, text(value)]), known.chosen, model.multi, (values) => {
        const chosen = values.length > 1 ? values.filter((value) => value !== "$__all") : values;
        change({ ["var-" + model.name]: chosen });
      });
    }
  }

  choice(label, options, chosen, isMultiple, onChange) {
    const box = element("label", label + " ", this.bar), list = element("select", undefined, box);
    list.multiple = isMultiple;
    if (isMultiple) list.size = Math.min(4, Math.max(2, options.length));
    for (const [value, text] of options) {
      const option = element("option", text, list);
      option.value = value;
      option.selected = chosen.includes(value);
    }
    list.addEventListener("change", () => { const values = [...list.selectedOptions].map((option) => option.value); list.blur(); onChange(values) });
  }

  listen() {
    let waiting = 0;
    const redraw = () => { for (const panel of this.panels.values()) panel.resize() };
    addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(redraw) });
    addEventListener("beforeprint", redraw);
    addEventListener("afterprint", redraw);
    addEventListener("themechange", () => { for (const panel of this.panels.values()) panel.redraw() });
  }
}

// The values of newline-delimited JSON as they arrive.
async function* lines(body) {
  const reader = body.getReader(), decoder = new TextDecoder();
  let rest = "";
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
}

async function start() {
  const host = document.getElementById("panels");
  if (!host) return;
  // Not at rest until it is known what to draw, which is before the first figures are asked.
  byId("main").setAttribute("aria-busy", "true");
  try {
    const model = await ask("/d/" + encodeURIComponent(host.dataset.uid) + "/model");
    setDefaults({ from: model.from, to: model.to, refresh: model.refresh || "off" });
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
