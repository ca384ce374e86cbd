// Conversations of the range, by time, slowest answer, cost, length or failed answers, a page at a time. Filters and
// order stand in the address; of users nothing but tokens does.
import { address, ask } from "./ask.js";
import { costText, exactMoney, outcomes, pico, roundedMoney } from "./columns.js";
import { byId, el, replace, setText } from "./dom.js";
import { count, counted, format } from "./format.js";
import { filtersOf, orderOf, pageInList } from "./listed.js";
import { notice, noticeTrouble, show } from "./shell.js";
import { change, setDefaults, view } from "./state.js";
import { dateTimeText, iso, offsetText } from "./time.js";

setDefaults({ refresh: "1m" });

// By name at the server what the column is called, in which each stands.
const sorts = { newest: "begun", last: "last event", duration: "length", slowest: "slowest answer", errors: "failed answers", cost: "cost" };

// Each with its name at the server.
const fields = [
  { name: "tenant", label: "Tenant" }, { name: "channel", label: "Channel" }, { name: "topic", label: "Topic" },
  { name: "outcome", label: "Outcome", choices: Object.keys(outcomes) }, { name: "variant", label: "Variant" },
  { name: "id", label: "Id begins with" }, { name: "user", label: "User or token" },
  { name: "errors", label: "Failed answers, at least", kind: "number", step: "1" },
  { name: "min_cost", label: "Cost, at least ($)", kind: "number", step: "any" },
  { name: "min_duration", label: "Length, at least (s)", kind: "number", step: "any" },
];

// MARK: what the address says

function given() {
  const parameters = new URLSearchParams(location.search);
  const wrong = [];
  const values = filtersOf(view().variables, wrong);
  let sort = parameters.get("sort") ?? "newest";
  if (!Object.hasOwn(sorts, sort)) {
    wrong.push("sort=" + sort + " is none of " + Object.keys(sorts).join(", "));
    sort = "newest";
  }
  let order = parameters.get("order") ?? "desc";
  if (order !== "desc" && order !== "asc") {
    wrong.push("order=" + order + " is desc or asc");
    order = "desc";
  }
  const [cursor, before] = ["cursor", "before"].map((name) => parameters.get(name));
  return { values, sort, order, place: cursor ?? before, name: cursor === null ? "before" : "cursor", wrong };
}

// A place is of one list: with another range or order it means nothing.
function holds(place, { from, to, sort, order }) {
  const parts = place.split(".");
  const placed = orderOf(place);
  try {
    const [start, end] = [parts[2], parts[3]].map((text) => Number(BigInt(text) / 1000000n));
    return placed.sort === sort && (placed.order ?? "desc") === order && start === Math.floor(from) && end === Math.floor(to);
  } catch {
    return false;
  }
}

// What is said is a step; the page behind it is the first one again.
function act(changes) { change({ cursor: null, before: null, ...changes }); }

// MARK: filters

const form = byId("filters");
const inputs = new Map();
const said = el("p", { class: "bad", role: "alert" });

function makeForm() {
  for (const { name, label, choices, kind, step } of fields) {
    const input = choices
      ? el("select", { id: "filter-" + name, name }, ["", ...choices].map((value) => el("option", { value }, value || "any")))
      : el("input", { id: "filter-" + name, name, type: kind ?? "text", step, min: kind ? "0" : undefined, autocomplete: "off", spellcheck: "false" });
    inputs.set(name, input);
    form.append(el("div", {}, el("label", { for: "filter-" + name }, label), input));
  }
  form.append(el("div", { class: "buttons" }, el("button", {}, "Filter"),
    el("button", { type: "button", click: () => act(Object.fromEntries(fields.map(({ name }) => ["var-" + name, null]))) }, "Clear")), said);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const changes = {};
    for (const [name, input] of inputs) changes["var-" + name] = input.value.trim() || null;
    setText(said, "");
    try {
      changes["var-user"] = changes["var-user"] && await token(changes["var-user"]);
    } catch (error) {
      return setText(said, error.message);
    }
    act(changes);
  });
}

// The id of a user goes into the body of a question and comes back as the token that stands for it.
async function token(text) {
  if (/^u_[0-9a-f]{32}$/.test(text)) return text;
  const answer = await ask("/v1/sql", { body: { sql: "select user_token('" + text.replaceAll("'", "''") + "')" } });
  return answer.rows[0][0];
}

function showForm(values) {
  for (const [name, input] of inputs) {
    if (document.activeElement !== input) input.value = values[name] ?? "";
  }
}

// MARK: list

// Whoever chooses a column twice turns the list round. Which end comes first a header says to those who see it and to those
// who hear it.
function head({ sort, order }, name, kind) {
  const isChosen = sort === name, isUp = order === "asc";
  const wanted = isChosen && !isUp ? "asc" : null;
  return el("th", { scope: "col", class: kind, "aria-sort": isChosen ? (isUp ? "ascending" : "descending") : "none" },
    el("button", { type: "button", class: "plain", click: () => act({ sort: name === "newest" ? null : name, order: wanted }) },
      sorts[name] + (isChosen ? (isUp ? " ▴" : " ▾") : "")));
}

function row(found, zone) {
  const [mark, kind] = outcomes[found.outcome] ?? ["?", "soft"];
  const missing = found.calls_unpriced + found.calls_partly_priced;
  const end = (text, more) => [text, more ? el("span", { class: "soft" }, more) : null];
  return el("tr", {},
    el("th", { scope: "row" }, el("a", { href: pageInList(found), class: "row" }, found.conversation_id)),
    el("td", { class: "time", title: found.start_time }, dateTimeText(Date.parse(found.start_time), zone, true)),
    el("td", { class: "time", title: found.last_time }, dateTimeText(Date.parse(found.last_time), zone, true)),
    el("td", { class: "number", title: found.duration_ns + " ns" }, format(found.duration_ns / 1e9, "s")),
    found.slowest_answer_ns === undefined ? el("td", { class: "number" })
      : el("td", { class: "number", title: found.slowest_answer_ns + " ns" }, format(found.slowest_answer_ns / 1e9, "s")),
    el("td", { class: "number" + (found.errors ? " bad" : "") }, (found.errors ? "✗ " : "") + count(found.errors ?? 0)),
    el("td", { class: "number money", title: costText(found) || undefined },
      el("span", { class: "amount" }, costText(found, roundedMoney) || (found.calls ? "unpriced" : "")),
      missing ? el("span", { class: "warn" }, "! " + count(missing) + " of " + count(found.calls) + " calls not wholly priced") : null),
    el("td", { class: kind }, mark + " " + (found.outcome ?? "not known")),
    el("td", { class: "about" }, [found.tenant, found.channel, found.topic, found.variant].filter(Boolean).join(" · ")),
    el("td", { class: "number" }, count(found.turns ?? 0)),
    el("td", {}, found.escalations ? end("! " + count(found.escalations), found.escalation_reason ? " " + found.escalation_reason : "") : ""),
    el("td", { class: "number" }, found.score === undefined ? "" : found.score + " of 5"));
}

function showList(answer, chosen, zone) {
  const rows = answer.conversations;
  const plain = (text, kind) => el("th", { scope: "col", class: kind }, text);
  replace(byId("list"), rows.length === 0 ? null : el("table", { class: "conversations" },
    el("caption", { class: "unseen" }, "Conversations"),
    el("thead", {}, el("tr", {}, plain("conversation"), head(chosen, "newest"), head(chosen, "last"), head(chosen, "duration", "number"),
      head(chosen, "slowest", "number"), head(chosen, "errors", "number"), head(chosen, "cost", "number"), plain("outcome"),
      plain("where, about what"), plain("turns", "number"), plain("escalated"), plain("rating", "number"))),
    el("tbody", {}, rows.map((found) => row(found, zone)))));
}

function showFound(answer, place, filters) {
  const rows = answer.conversations;
  const sum = rows.reduce((all, found) => all + pico(found.cost_usd ?? found.cost_low_usd), 0n);
  const isExact = rows.every((found) => found.calls_unpriced + found.calls_partly_priced === 0);
  const all = answer.matching === undefined ? "" : counted(answer.matching, "conversation");
  setText(byId("found"), rows.length === 0
    ? "None" + (place ? " there." : Object.keys(filters).length ? " that the filters let through." : " in this range.")
    : (all || "a further page") + ", " + count(rows.length) + " here: " + (isExact ? "" : "at least ") + roundedMoney(sum) + " by " + answer.rule + ".");
  // What that is to the digit shows where it is pointed at.
  byId("found").title = rows.length === 0 ? "" : (isExact ? "" : "at least ") + exactMoney(sum);
  // The period stays as it is: a list that somebody goes through does not move on.
  const turn = (text, changes) => el("button", {
    type: "button", click: () => change({ cursor: null, before: null, from: answer.from, to: answer.to, ...changes }),
  }, text);
  replace(byId("more"),
    place ? turn("First page", {}) : null, " ", answer.previous ? turn("Previous page", { before: answer.previous }) : null, " ",
    answer.next ? turn("Next page", { cursor: answer.next }) : null);
}

function showBasis(answer, zone) {
  const time = Date.parse(answer.watermark);
  setText(byId("basis"), "As of event " + count(answer.position) + ", watermark " + dateTimeText(time, zone, true) + " (" + offsetText(time, zone)
    + "). Conversations of which something happened in the range; length is from the first event to what somebody did last,"
    + " the slowest answer is that of all its answers; outcomes by " + answer.rule + "; cost is that of model calls.");
}

// Arrows go from row to row.
byId("list").addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("a.row")) return;
  const links = [...byId("list").querySelectorAll("a.row")];
  const at = links.indexOf(event.target);
  const wanted = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (wanted === undefined || !links[wanted]) return;
  links[wanted].focus();
  event.preventDefault();
});

makeForm();

show(async ({ from, to, zone, view: seen, signal }) => {
  const { values, sort, order, place, name, wrong } = given();
  showForm(values);
  notice("parameters", wrong.length ? "in the address: " + wrong.join("; ") : null);
  const isHeld = place !== null && holds(place, { from, to, sort, order });
  if (place !== null && !isHeld) return change({ cursor: null, before: null }, { isAct: false });
  const period = isHeld ? { [name]: place } : { from: iso(from), to: seen.to === "now" ? undefined : iso(to) };
  try {
    const answer = await ask(address("/v1/conversations", { ...period, ...values, sort, order: order === "asc" ? order : undefined }), { signal });
    notice("filters", null);
    notice("missing", answer.notice ? "not all of it yet: " + answer.notice : null, { isBad: false });
    showList(answer, { sort, order }, zone);
    showFound(answer, isHeld, values);
    showBasis(answer, zone);
  } catch (error) {
    if (error.status !== 400) throw error;
    // What is wrong is in the address, and the rest of the page goes on.
    noticeTrouble("filters", error);
    replace(byId("list"));
    replace(byId("more"));
    setText(byId("found"), "");
  }
});
