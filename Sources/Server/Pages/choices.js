// What variables are set to, for people to choose: a list each, of which many values are found by what they hold. However many values there
// are, a thousand are elements.
import { element, setText } from "./dom.js";
import { count } from "./format.js";

export const allValues = "$__all";
// Fewer are seen at a glance.
const seekFrom = 30, pause = 200;

export class Choices {
  // hooks: onChoose(name, values), find(name, text, signal) → the line of the variable with values that hold the text
  constructor(host, hooks) {
    this.hooks = hooks;
    this.bar = element("form", undefined, host, "filters");
    // New figures do not take away a list that somebody is in.
    this.bar.dataset.holdsRefresh = "";
    this.bar.addEventListener("submit", (event) => event.preventDefault());
  }

  // variables: [{ model, line }], lines as the server sent them.
  draw(variables) {
    if (this.bar.contains(document.activeElement)) return;
    this.asking?.abort();
    this.bar.replaceChildren();
    for (const { model, line } of variables) this.choice(model, line);
  }

  choice(model, line) {
    const box = element("div", undefined, this.bar, "choice"), label = element("label", model.label + " ", box);
    const list = element("select", undefined, label);
    list.multiple = model.multi;
    if (model.multi) list.size = Math.min(4, Math.max(2, line.values.length));
    if (model.description) label.title = model.description;
    list.addEventListener("change", () => {
      const values = [...list.selectedOptions].map((option) => option.value);
      list.blur();
      this.hooks.onChoose(model.name, values.length > 1 ? values.filter((value) => value !== allValues) : values);
    });
    this.fill(list, model, line, line.values);
    const note = element("span", "", box, "soft note");
    note.setAttribute("role", "status");
    this.say(note, line, line.values.length, line.leftOut);
    if (line.values.length + (line.leftOut ?? 0) > seekFrom) this.seek(box, note, list, model, line);
  }

  // Chosen values stand first, whatever is sought; with them the list says what holds.
  fill(list, model, line, values) {
    const listed = [...new Set([...(model.includeAll ? [allValues] : []), ...line.chosen, ...values])];
    list.replaceChildren(...listed.map((value) => {
      const isMissing = line.missing?.includes(value) && !values.includes(value);
      const option = element("option", value === allValues ? "all" : isMissing ? value + " (no data)" : value);
      option.value = value;
      option.selected = line.chosen.includes(value);
      return option;
    }));
  }

  say(note, line, shown, leftOut) {
    const total = line.total ?? shown;
    setText(note, leftOut ? count(shown) + " of " + count(total) + " are listed: write a part of another" : "");
  }

  seek(box, note, list, model, line) {
    const field = element("input", undefined, box);
    field.type = "search";
    field.placeholder = "find";
    field.autocomplete = "off";
    field.setAttribute("aria-label", "find " + model.label);
    let timer = 0;
    const find = async () => {
      const text = field.value.trim();
      this.asking?.abort();
      let found = { values: line.values, leftOut: line.leftOut };
      if (text && line.leftOut) {
        this.asking = new AbortController();
        try {
          found = await this.hooks.find(model.name, text, this.asking.signal) ?? { values: [] };
        } catch (error) {
          if (error.name !== "AbortError") setText(note, error.message);
          return;
        }
      } else if (text) {
        const sought = text.toLowerCase();
        found = { values: line.values.filter((value) => value.toLowerCase().includes(sought)) };
      }
      this.fill(list, model, line, found.values);
      if (!text) return this.say(note, line, found.values.length, found.leftOut);
      setText(note, count(found.values.length + (found.leftOut ?? 0)) + " found" + (found.leftOut ? ", " + count(found.values.length) + " are listed" : ""));
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, pause) });
  }
}
