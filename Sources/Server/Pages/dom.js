// Elements from values. Texts become text nodes and attributes, never markup.

const addresses = /^(\/(?!\/)|#|\.\/|https?:\/\/)/;

// An element with attributes, listeners and children. What is undefined, null or false is left out; a function under
// the name of an event listens to it; an address that is none of a page is left out, too.
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else if (key === "href" && !addresses.test(value)) continue;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

// The same where it is put into a place at once: its text, the place, its class.
export function element(name, text, parent, className) {
  const made = el(name, { class: className }, text);
  parent?.append(made);
  return made;
}

// The frame of a table that may be wider than its page: it scrolls there, by keyboard as well, and has a name.
export function wide(label, ...children) { return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label }, ...children); }

// Whether the page is drawn for paper, which has its own width and room for all rows; a `paperchange` event says that it turns.
export function isPrinting() { return "printing" in document.documentElement.dataset; }

export function byId(id) { return document.getElementById(id); }

// Other children of a place. Who had come to one of them by keyboard is at the one that is there now.
export function replace(place, ...children) {
  const stops = () => [...place.querySelectorAll("a[href], button, input, select, summary, [tabindex]")];
  const stop = stops().indexOf(document.activeElement);
  place.replaceChildren(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  if (stop >= 0) stops()[stop]?.focus({ preventScroll: true });
}

// Another text, unless the same stands there already: what is selected or was read out is left alone.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
