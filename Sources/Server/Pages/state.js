// What is seen follows from the address alone, so that reload, back and a link that is passed on show the same. What a
// person does is a step to go back from; what happens by itself is none.
import { isRelative, isZone, iso, parsed, zoneName } from "./time.js";

const defaults = { from: "now-24h", to: "now", timezone: storedZone(), refresh: "off" };
const listeners = new Set();
const own = ["from", "to", "timezone", "refresh"];

function storedZone() {
  try {
    const zone = localStorage.getItem("zone");
    if (zone && isZone(zone)) return zone;
  } catch {
    // Nothing is kept here.
  }
  return "browser";
}

// What a page has where its address says nothing; `unless` where nobody has chosen anything yet either.
export function setDefaults(values, { timezone } = {}) {
  Object.assign(defaults, values);
  if (timezone && defaults.timezone === "browser") defaults.timezone = timezone;
}

function parameters() { return new URLSearchParams(location.search); }

// What the address says, with what is wrong in it.
export function view() {
  const given = parameters();
  const result = { variables: Object.create(null), wrong: [] };
  for (const name of own) result[name] = given.get(name) || defaults[name];
  if (!isZone(result.timezone)) {
    result.wrong.push("timezone=" + result.timezone + " is no time zone");
    result.timezone = defaults.timezone;
  }
  if (result.refresh !== "off" && !seconds(result.refresh)) {
    result.wrong.push("refresh=" + result.refresh + " is no length of time");
    result.refresh = "off";
  }
  const zone = zoneName(result.timezone);
  const now = Date.now();
  for (const name of ["from", "to"]) {
    if (Number.isNaN(parsed(result[name], { now, zone }))) {
      result.wrong.push(name + "=" + result[name] + " is no time");
      result[name] = defaults[name];
    }
  }
  for (const [name, value] of given) {
    if (name.startsWith("var-")) (result.variables[name.slice(4)] ??= []).push(value);
  }
  return result;
}

// The same as times. Both ends are of one moment; the end is not included.
export function range(now = Date.now()) {
  const { from, to, timezone } = view();
  const zone = zoneName(timezone);
  const [start, end] = [parsed(from, { now, zone }), parsed(to, { now, zone, isEnd: true })];
  return { from: Math.min(start, end), to: Math.max(start, end), zone, isRelative: isRelative(from) || isRelative(to), now };
}

// Seconds of 30s, 5m, 1h; undefined for other texts.
export function seconds(text) {
  const found = /^([1-9]\d{0,4})(s|m|h)$/.exec(text);
  return found ? Number(found[1]) * { s: 1, m: 60, h: 3600 }[found[2]] : undefined;
}

// Goes to what the address says with these changes; null takes a value out, a list gives several. Values that are as
// without being said are not said, but for range, zone and refresh that somebody chose: the next page may have others of itself.
//   change({ from: "now-7d" })                    somebody chose: a step
//   change({ "var-model": ["a", "b"] }, { isAct: false })
export function change(changes, { isAct = true } = {}) {
  const given = parameters();
  for (const [name, value] of Object.entries(changes)) {
    given.delete(name);
    for (const text of [value].flat()) {
      const isSaid = text !== defaults[name] || (isAct && own.includes(name));
      if (text !== null && text !== undefined && isSaid) given.append(name, text);
    }
  }
  const query = given.toString();
  const address = location.pathname + (query ? "?" + query : "") + location.hash;
  if (address === location.pathname + location.search + location.hash) return;
  if (isAct) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  tell();
}

// Hears of every change, also of steps back.
export function onChange(listener) { listeners.add(listener); }

function tell() { for (const listener of [...listeners]) listener(); }

addEventListener("popstate", tell);

// What pages have in common, as this address says it: range, zone, refresh and variables, in pairs of name and value.
export function shared() {
  return [...parameters()].filter(([name]) => own.includes(name) || name.startsWith("var-"));
}

// An address of ours with all of that: the one way in which links between pages are made. What the link says itself goes
// before it; what is undefined or null is not said.
export function link(path, changes = {}) {
  const target = new URL(path, location.origin);
  for (const [name, value] of Object.entries(changes)) {
    target.searchParams.delete(name);
    for (const text of [value].flat()) if (text !== undefined && text !== null) target.searchParams.append(name, text);
  }
  const said = new Set([...target.searchParams.keys(), ...Object.keys(changes)]);
  for (const [name, value] of shared()) if (!said.has(name)) target.searchParams.append(name, value);
  return target.pathname + target.search + target.hash;
}

// The address as it is to be passed on: times that stay, and the zone in which they are read.
export function absoluteLink() {
  const { from, to, zone } = range();
  const target = new URL(location.href);
  target.searchParams.set("from", iso(from));
  target.searchParams.set("to", iso(to));
  target.searchParams.set("timezone", zone === "UTC" ? "utc" : zone);
  target.searchParams.delete("refresh");
  return target.href;
}
