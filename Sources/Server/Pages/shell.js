// What every page has: range, zone, refresh, theme, links that carry the view, and who asks when. A page calls `show`
// with what loads it; all else happens here.
import { copyButton } from "./copy.js";
import { el, byId, replace, setText } from "./dom.js";
import { absoluteLink, change, link, onChange, range, seconds, shared, view } from "./state.js";
import { clockText, dateTimeText, isZone, offsetText, parsed, zoneName } from "./time.js";

const quickRanges = [
  ["now-15m", "now", "15 minutes"], ["now-1h", "now", "1 hour"], ["now-6h", "now", "6 hours"],
  ["now-24h", "now", "24 hours"], ["now-7d", "now", "7 days"], ["now-30d", "now", "30 days"],
  ["now/d", "now", "today so far"], ["now-1d/d", "now-1d/d", "yesterday"], ["now/w", "now", "this week so far"],
  ["now/M", "now", "this month so far"], ["now-1M/M", "now-1M/M", "last month"],
];
const refreshes = ["off", "10s", "30s", "1m", "5m", "15m"];
const themes = ["system", "light", "dark"];

const controls = byId("controls");
const notices = byId("notices");

// MARK: what is kept here: theme and zone, nothing else

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}

// MARK: notices

const told = new Map();

// Says something above the content until it is said otherwise; null takes it back.
export function notice(name, message, { hint, isBad = true, target, targetText } = {}) {
  const before = told.get(name);
  if (message === null && !before) return;
  if (message === null) told.delete(name);
  else {
    const said = el("p", { class: isBad ? "bad" : "soft" }, message + (hint ? ": " + hint : "") + " ",
      target ? el("a", { href: target }, targetText) : null);
    // What was read out is not read out again.
    if (before?.isEqualNode(said)) return;
    told.set(name, said);
  }
  if (notices) replace(notices, ...told.values());
}

// Says what went wrong with a question; where the session has ended, leads to the form and back.
export function noticeTrouble(name, error) {
  if (error.isLoggedOut) {
    const here = location.pathname + location.search;
    notice(name, "you are not logged in any more.",
      { target: "/session?to=" + encodeURIComponent(here) + location.hash, targetText: "Log in" });
  } else {
    notice(name, error.message, { hint: error.hint });
  }
}

// Does a part of what a page loads. What one part lacks does not take the others away.
export async function part(name, work) {
  try {
    await work();
    notice(name, null);
  } catch (error) {
    if (error.name === "AbortError" || error.isLoggedOut || error.status === 0) throw error;
    noticeTrouble(name, error);
  }
}

// MARK: range

function rangeText() {
  const { from, to } = view();
  const quick = quickRanges.find(([start, end]) => start === from && end === to);
  const times = range();
  const text = dateTimeText(times.from, times.zone) + " to " + dateTimeText(times.to, times.zone);
  // Times are said once, by the clock of the zone; words are said as they stand, too.
  const name = quick ? quick[2] : times.isRelative ? from + " to " + to : "";
  return { name, times: text, offset: offsetText(times.to, times.zone) };
}

function closeMenu(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}

function rangeMenu() {
  const name = el("span", { class: "range-name" });
  const times = el("span", { class: "soft range-times" });
  const from = el("input", { id: "range-from", name: "from", autocomplete: "off", spellcheck: "false" });
  const to = el("input", { id: "range-to", name: "to", autocomplete: "off", spellcheck: "false" });
  const zone = el("input", { id: "range-zone", name: "timezone", list: "zones", autocomplete: "off", spellcheck: "false" });
  const zones = el("datalist", { id: "zones" });
  const error = el("p", { class: "bad", role: "alert" });
  const menu = el("details", { class: "menu" });
  const typed = el("form", {
    submit: (event) => {
      event.preventDefault();
      const wanted = { from: from.value.trim() || "now-24h", to: to.value.trim() || "now", timezone: zone.value.trim() || "browser" };
      if (!isZone(wanted.timezone)) return setText(error, wanted.timezone + " is no time zone");
      const context = { now: Date.now(), zone: zoneName(wanted.timezone) };
      const [start, end] = [parsed(wanted.from, context), parsed(wanted.to, { ...context, isEnd: true })];
      if (Number.isNaN(start)) return setText(error, wanted.from + " is no time: write now-6h or 2026-08-01 09:30");
      if (Number.isNaN(end)) return setText(error, wanted.to + " is no time: write now or 2026-08-02");
      if (start >= end) return setText(error, "the beginning lies not before the end");
      store("zone", wanted.timezone === "browser" ? null : wanted.timezone);
      // A zone that nobody touched stays each page's own.
      if (wanted.timezone === view().timezone) delete wanted.timezone;
      closeMenu(menu);
      change(wanted);
    },
  },
  el("label", { for: "range-from" }, "From"), from, el("label", { for: "range-to" }, "To (not included)"), to,
  el("label", { for: "range-zone" }, "Time zone (browser, utc, Europe/Berlin)"), zone, zones, error,
  el("button", {}, "Apply"));
  const quick = el("ul", { class: "quick" }, quickRanges.map(([start, end, text]) => el("li", {},
    el("button", { type: "button", click: () => { closeMenu(menu); change({ from: start, to: end }); } }, text))));
  menu.append(el("summary", {}, name, " ", times), el("div", { class: "panel" }, quick, typed));
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    const now = view();
    [from.value, to.value, zone.value] = [now.from, now.to, now.timezone];
    setText(error, "");
    if (!zones.childElementCount) {
      const names = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
      zones.append(...["browser", "utc", ...names].map((value) => el("option", { value })));
    }
  });
  const update = () => {
    const text = rangeText();
    setText(name, text.name);
    setText(times, text.times + " (" + text.offset + ")");
  };
  return { menu, update };
}

// Menus end with Escape and with a click elsewhere.
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" ? document.querySelector("details.menu[open]") : null;
  if (menu) closeMenu(menu);
});
addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// MARK: refresh

let load = null;
let current = null;
let timer = null;
let shownAt = null;

// Whether somebody is in the middle of something that new figures would take away.
let isPressed = false;
addEventListener("pointerdown", () => { isPressed = true; });
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { isPressed = false; });

function isBusy() {
  const selection = getSelection();
  return isPressed || document.querySelector("details.menu[open], [data-holds-refresh]:focus-within") !== null
    || (selection !== null && !selection.isCollapsed && selection.toString() !== "");
}

function clock() {
  return clockText(shownAt, range().zone, true);
}

// Whether something was to be asked while nobody saw the page.
let isDue = false;

async function run() {
  if (!load) return;
  isDue = document.hidden;
  if (isDue) return;
  current?.abort();
  const asking = new AbortController();
  current = asking;
  clearTimeout(timer);
  const main = byId("main");
  main.setAttribute("aria-busy", "true");
  try {
    await load({ ...range(), view: view(), signal: asking.signal });
    if (current !== asking) return;
    shownAt = Date.now();
    keepView(main);
    main.classList.remove("stale");
    notice("server", null);
  } catch (error) {
    if (current !== asking || error.name === "AbortError") return;
    noticeTrouble("server", error);
    if (shownAt !== null) {
      main.classList.add("stale");
      notice("age", "what is shown is as of " + clock(), { isBad: false });
    }
  }
  if (shownAt !== null && !main.classList.contains("stale")) notice("age", null);
  main.removeAttribute("aria-busy");
  plan();
}

// Asks again after the time that was chosen: not in a tab that nobody sees, not for a time that is over.
function plan() {
  clearTimeout(timer);
  const wait = isRefreshed() ? seconds(view().refresh) : undefined;
  if (!wait || document.hidden || !range().isRelative) return;
  const step = () => {
    if (isBusy()) timer = setTimeout(step, 1000);
    else run();
  };
  timer = setTimeout(step, wait * 1000);
}

function isRefreshed() { return controls?.hasAttribute("data-refresh") ?? false; }

addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (load && (isDue || (isRefreshed() && seconds(view().refresh) && range().isRelative))) run();
});

// What is printed has the width and the colours of paper, and all rows: a `paperchange` event says so before a browser looks.
for (const [name, isPaper] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(name, () => {
    if (isPaper) document.documentElement.dataset.printing = "";
    else delete document.documentElement.dataset.printing;
    dispatchEvent(new Event("paperchange"));
  });
}

// Has a page loaded now, at each change of what the address says, and as often as was chosen. `what` is given the range
// (`from`, `to` in milliseconds, `zone`), the `view` and a `signal` that ends its questions; what it throws is shown.
export function show(what) {
  load = what;
  // The page has said meanwhile what it has where its address says nothing.
  updateShell();
  return run();
}

// Asks now.
export function refresh() { return run(); }

// MARK: links

// The first part of the addresses of pages: those of the menu, and all below them.
const kinds = new Set([...document.querySelectorAll("nav a")].map((anchor) => kindOf(new URL(anchor.href).pathname)));

function kindOf(path) { return path.split("/")[1]; }

// Whether an address is that of a page, which has range, zone and filters as this one has. What programs ask, files and the
// form to log in are none.
export function isPage(address) {
  if (!URL.canParse(address, location.href)) return false;
  const target = new URL(address, location.href);
  // Two slashes name another host once the address is written without this one.
  return target.origin === location.origin && !target.pathname.startsWith("//") && kinds.has(kindOf(target.pathname));
}

// Has every link to a page keep the view as the address has it now. What has a view of its own says `data-own-view`.
export function keepView(root = document) {
  for (const anchor of root.querySelectorAll("a[href]:not([download], [data-own-view])")) {
    const path = anchor.dataset.path ?? anchor.getAttribute("href");
    if (path.startsWith("#") || !isPage(path)) continue;
    anchor.dataset.path = path;
    anchor.setAttribute("href", link(path));
  }
}

// What a form asks of a page comes beside the view; what it says itself goes before it.
addEventListener("formdata", (event) => {
  const form = event.target;
  if (form.method !== "get" || !isPage(form.action)) return;
  const said = new Set(event.formData.keys());
  for (const [name, value] of shared()) if (!said.has(name)) event.formData.append(name, value);
});

// Whether there is a page: the menu names those that there are.
export function hasPage(path) {
  return [...document.querySelectorAll("nav a")].some((anchor) => (anchor.dataset.path ?? anchor.getAttribute("href")) === path);
}

// MARK: the controls

// A `themechange` event says that colours may be others now.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("themechange")));

function themeButton() {
  const button = el("button", { type: "button" });
  let theme = themes.includes(stored("theme")) ? stored("theme") : "system";
  const update = () => {
    setText(button, "Theme: " + theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    store("theme", theme === "system" ? null : theme);
    dispatchEvent(new Event("themechange"));
  };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    update();
  });
  update();
  return button;
}

function refreshControl() {
  const select = el("select", { "aria-label": "Refresh", change: () => change({ refresh: select.value }) });
  const update = () => {
    const chosen = view().refresh;
    const choices = refreshes.includes(chosen) ? refreshes : [...refreshes, chosen];
    select.replaceChildren(...choices.map((value) => el("option", { value }, value === "off" ? "refresh off" : "every " + value)));
    select.value = chosen;
  };
  return { parts: [select, el("button", { type: "button", click: () => refresh() }, "Refresh")], update };
}

function putInAddressBar(link) {
  history.replaceState(null, "", link);
  return "In the address bar";
}

const updates = [];
if (controls) {
  if (controls.hasAttribute("data-range")) {
    const { menu, update } = rangeMenu();
    controls.append(menu, copyButton("link", absoluteLink, putInAddressBar));
    updates.push(update);
  }
  if (isRefreshed()) {
    const { parts, update } = refreshControl();
    controls.append(...parts);
    updates.push(update);
  }
  controls.append(themeButton());
}

function updateShell() {
  for (const update of updates) update();
  keepView();
  const { wrong } = view();
  notice("address", wrong.length ? "in the address: " + wrong.join("; ") : null);
}

updateShell();
onChange(() => {
  updateShell();
  run();
});
