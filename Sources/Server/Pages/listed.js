// Lists of conversations: what an address says of one, which is the same on the list and on the page of a conversation
// that was opened from it, and how a conversation is called in an address.
import { address } from "./ask.js";
import { el } from "./dom.js";
import { link } from "./state.js";

// What lists are filtered by, as the server calls it; in an address they are variables, which other pages have, too.
const filters = ["tenant", "channel", "topic", "outcome", "variant", "id", "user", "errors", "min_cost", "min_duration"];

// Values of the filters. "All" of a dashboard is no value.
export function filtersOf(variables, wrong = []) {
  const values = {};
  for (const name of filters) {
    const said = (variables[name] ?? []).filter((text) => text !== "" && text !== "$__all");
    if (said.length > 1) wrong.push("var-" + name + " has several values here, the first of which counts");
    if (said.length) values[name] = said[0];
  }
  return values;
}

// MARK: names in addresses

// Browsers take . and .. for folders, however they are escaped: in a path _ stands for such an id, which is said beside it.
function place(id) {
  return id === "." || id === ".." ? { part: "_", query: { named: id } } : { part: encodeURIComponent(id), query: {} };
}

// Which conversation the address of its page names. A percent sign that escapes nothing is itself, as the server reads it.
export function namedHere() {
  const part = location.pathname.split("/")[2] ?? "";
  const named = part === "_" ? new URLSearchParams(location.search).get("named") : null;
  return named ?? decodeURIComponent(part.replace(/%(?![0-9a-f]{2})/gi, "%25"));
}

// What the server tells of one.
export function conversationAddress(id, values = {}) {
  const { part, query } = place(id);
  return address("/v1/conversations/" + part, { ...query, ...values });
}

// Its page, with the view of this one. What is undefined is left out.
function conversationPage(id, values = {}) {
  const { part, query } = place(id);
  return link("/conversations/" + part, { ...query, ...values });
}

// A link to its page, as those have it who know whose it is at the most.
export function conversationLink(id, tenant) {
  return el("a", { href: conversationPage(id, { tenant: tenant || undefined }) }, id);
}

// MARK: places in a list

// A place ends with the conversation that it is of, which the address of its page has anyway: that part is left out there,
// and said again where the server is asked.
const partsOfPlace = 6;

function hexadecimal(text) { return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(""); }

// The page of a conversation as a list of it leads there: its place in the list goes with it.
export function pageInList(found, values = {}) {
  const { conversation_id: id, tenant, cursor } = found;
  return conversationPage(id, { ...values, tenant, place: cursor?.split(".").slice(0, partsOfPlace).join(".") });
}

// A place as the server says it.
export function cursorOf(place, id, tenant) { return [place, hexadecimal(id), hexadecimal(tenant)].join("."); }

// By what a list is in order in which a place is, and from which end; undefined: as lists mostly are.
export function orderOf(place) {
  const [sort, order] = place.split(".")[1]?.split("-") ?? [];
  return { sort, order };
}
