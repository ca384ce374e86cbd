// A dashboard: what it is drawn from, its figures line by line, and everything that decides what is seen in the address, so that reload,
// back and a pasted link show the same.
import { ColorBook, element } from "./chart.js";
import { makePanel } from "./panels.js";
import { written } from "./ticks.js";

const quickRanges = [["now-1h", "1 h"], ["now-6h", "6 h"], ["now-24h", "24 h"], ["now-7d", "7 d"], ["now-30d", "30 d"], ["now-90d", "90 d"]];
const refreshes = ["off", "30s", "1m", "5m"];

class Page {
  constructor(host, model) {
    this.host = host; this.model = model;
    this.colors = new ColorBook();
    this.panels = new Map();
    this.marks = new Map();
    this.opened = new Set();
    this.variables = new Map();
    this.basis = null;
    [this.from, this.to] = [Date.now() - 6 * 3600000, Date.now()];
    this.crosshairShared = model.crosshair;
  }

  // MARK: the address

  get parameters() { return new URL(location.href).searchParams }

  get zone() {
    const told = this.parameters.get("timezone") || this.model.timezone;
    if (told === "utc" || told === "UTC") return "UTC";
    try {
      if (told && told !== "browser") return new Intl.DateTimeFormat("en", { timeZone: told }).resolvedOptions().timeZone;
    } catch {
      // The server names what is no zone.
    }
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  // What a person does is a step of the history; null takes a parameter away.
  go(changes) {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      address.searchParams.delete(name);
      for (const one of Array.isArray(value) ? value : value === null ? [] : [value]) address.searchParams.append(name, one);
    }
    history.pushState(null, "", address);
    this.ask();
  }

  get range() { return [this.parameters.get("from") || this.model.from, this.parameters.get("to") || this.model.to] }

  filters() { return [...this.variables.values()].map((one) => [one.label, one.chosen.map((value) => value === "$__all" ? "all" : value)]) }

  query(panels) {
    const told = this.parameters, asked = new URLSearchParams();
    for (const name of ["from", "to"]) if (told.get(name)) asked.set(name, told.get(name));
    for (const [name, value] of told) if (name.startsWith("var-")) asked.append(name, value);
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
      if (!isOpen) this.fetch(inner.map((panel) => panel.id));
    });
  }

  open(section, model) { this.panels.set(model.id, makePanel(section, model, this)) }

  hooks(model) {
    return {
      onZoom: (from, to) => this.go({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
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

  async ask() {
    this.drawControls();
    const only = Number(this.parameters.get("viewPanel")) || null;
    const open = [...this.panels.keys()];
    await this.fetch(only ? [only] : this.opened.size ? open : null);
    this.schedule();
  }

  async fetch(panels) {
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    const address = "/d/" + encodeURIComponent(this.model.uid) + "/data?" + this.query(panels);
    try {
      const answer = await fetch(address, { signal: asking.signal, cache: "no-store" });
      if (!answer.ok) throw new Error(await reason(answer));
      let hasEnd = false;
      for await (const line of lines(answer.body)) {
        hasEnd ||= line.line === "basis";
        this.take(line);
      }
      if (!hasEnd) throw new Error("the answer ended early");
      this.say("");
    } catch (error) {
      if (asking.signal.aborted) return;
      for (const panel of this.panels.values()) panel.stale();
      this.say((this.basis ? "as of " + written(Date.parse(this.basis.asOf), this.zone) + ", " : "") + (error.message || "server away"));
    }
  }

  take(line) {
    switch (line.line) {
      case "range": [this.from, this.to] = [line.from, line.to]; break;
      case "variable": this.variables.set(line.name, line); this.drawControls(); break;
      case "panel": this.panels.get(line.id)?.update(line); break;
      case "annotation": {
        const color = this.model.annotations.find((one) => one.name === line.name)?.color;
        this.marks.set(line.name, (line.bands ?? []).map((band) => ({ ...band, color })));
        if (line.error) this.say(line.name + ": " + line.error.message);
        break;
      }
      case "basis":
        this.basis = line;
        for (const panel of this.panels.values()) panel.redraw();
        this.drawBasis();
        break;
    }
  }

  // MARK: what is said around the panels

  say(text) { this.message.textContent = text }

  drawBasis() {
    const place = document.getElementById("basis"), { from, to, asOf, watermark, position, remarks } = this.basis;
    place.replaceChildren();
    element("p", written(from, this.zone) + " to " + written(to, this.zone) + " (" + this.zone + "), as of "
      + written(Date.parse(asOf), this.zone), place);
    const more = element("details", undefined, place);
    element("summary", "basis", more);
    element("p", "every event received up to " + written(Date.parse(watermark), this.zone) + " is in it, up to position " + position, more);
    for (const remark of [...remarks, ...this.model.remarks]) element("p", remark, more);
    for (const remark of remarks) element("p", remark, place, "bad");
  }

  drawControls() {
    const place = document.getElementById("controls");
    if (!this.message) {
      this.bar = element("form", undefined, place, "controls");
      this.bar.addEventListener("submit", (event) => event.preventDefault());
      this.message = element("p", "", place, "bad");
      this.message.setAttribute("role", "status");
      const links = element("nav", undefined, place);
      links.setAttribute("aria-label", "dashboards");
      for (const link of this.model.links) this.link(link, links);
    }
    // A choice that is being made stays.
    if (this.bar.contains(document.activeElement)) return;
    this.bar.replaceChildren();
    const [from, to] = this.range;
    const ranges = [...quickRanges];
    if (to !== "now" || !ranges.some(([value]) => value === from)) ranges.unshift([from + " " + to, from + " to " + to]);
    this.choice("range", ranges, [to === "now" ? from : from + " " + to], false, ([value]) => {
      const [start, end] = value.split(" ");
      this.go({ from: start, to: end ?? "now" });
    });
    for (const model of this.model.variables) {
      const known = this.variables.get(model.name);
      if (model.hidden || !known) continue;
      const listed = [...new Set([...(model.includeAll ? ["$__all"] : []), ...known.values, ...known.chosen])];
      const options = listed.map((value) => [value, value === "$__all" ? "all" : known.missing?.includes(value) ? value + " (no data)" : value]);
      this.choice(model.label, options, known.chosen, model.multi, (values) => {
        const chosen = values.length > 1 ? values.filter((value) => value !== "$__all") : values;
        this.go({ ["var-" + model.name]: chosen });
      });
    }
    const told = this.parameters.get("refresh") || this.model.refresh || "off";
    this.choice("refresh", refreshes.map((value) => [value, value]), [told], false, ([value]) => this.go({ refresh: value }));
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

  // MARK: again and again

  // A fixed range does not change; a hidden tab asks nothing, and at once on its return.
  schedule() {
    clearTimeout(this.timer);
    const told = this.parameters.get("refresh") || this.model.refresh || "off";
    const [, count, unit] = told.match(/^(\d+)([smh])$/) ?? [];
    if (!count || !this.range[1].startsWith("now")) return;
    const pause = Math.max(5000, Number(count) * { s: 1000, m: 60000, h: 3600000 }[unit]);
    this.timer = setTimeout(() => this.again(), pause);
  }

  again() {
    const isBusy = document.hidden || this.isPressed || String(getSelection()) || document.querySelector("select:focus");
    if (isBusy) this.timer = setTimeout(() => this.again(), 1000);
    else this.ask();
  }

  listen() {
    addEventListener("popstate", () => this.ask());
    addEventListener("pointerdown", () => { this.isPressed = true });
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { this.isPressed = false });
    let waiting = 0;
    const redraw = () => { for (const panel of this.panels.values()) panel.resize() };
    addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(redraw) });
    addEventListener("beforeprint", redraw);
    addEventListener("afterprint", redraw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const panel of this.panels.values()) panel.redraw() });
  }
}

// The values of newline-delimited JSON as they arrive.
export async function* lines(body) {
  const reader = body.getReader(), decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const parts = rest.split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
    if (done) return;
  }
}

async function reason(answer) {
  try {
    const { error, hint } = await answer.json();
    return [error, hint].filter(Boolean).join("; ");
  } catch {
    return "status " + answer.status;
  }
}

async function start() {
  const host = document.getElementById("panels");
  if (!host) return;
  const address = "/d/" + encodeURIComponent(host.dataset.uid) + "/model";
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(await reason(answer));
    const page = new Page(host, await answer.json());
    page.build();
    page.listen();
    await page.ask();
  } catch (error) {
    element("p", error.message || "server away", host, "bad").setAttribute("role", "alert");
  }
}
if (typeof document !== "undefined") start();
