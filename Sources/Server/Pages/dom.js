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

export function byId(id) { return document.getElementById(id); }

// Puts children in the place of what was there, unless the same text stands there already: what is selected or read out
// stays so.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
