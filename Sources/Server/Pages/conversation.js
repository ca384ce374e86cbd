// One conversation: what became of it and what it cost, its turns, the waterfall, every event. One answer in columns has
// all of that; what an event says besides is asked for when it is opened.
import { address, ask } from "./ask.js";
import { Columns, costText, exactMoney, outcomes, pico, tree, withheldText, words } from "./columns.js";
import { copyButton } from "./copy.js";
import { byId, el, replace, setText, wide } from "./dom.js";
import { count, counted, format } from "./format.js";
import { conversationAddress, cursorOf, filtersOf, namedHere, orderOf, pageInList } from "./listed.js";
import { VirtualRows, isShortcutOfOthers, isTyping } from "./rows.js";
import { keepView, notice, noticeTrouble, show } from "./shell.js";
import { change, link, view } from "./state.js";
import { dateTimeText, offsetText } from "./time.js";
import { Waterfall, callOf, filters } from "./waterfall.js";

const id = namedHere();
const views = { turns: "Turns", waterfall: "Waterfall", events: "Events" };
const turnsShown = 200;

let data = null;
let waterfall = null;
let table = null;
let zone = "UTC";

setText(byId("id"), id);
document.title = id + " · Conversation · Plimsoll";

function given() {
  const parameters = new URLSearchParams(location.search);
  const whole = (name) => (/^\d{1,16}$/.test(parameters.get(name) ?? "") ? Number(parameters.get(name)) : null);
  const named = parameters.get("view");
  const wrong = [];
  if (named !== null && !Object.hasOwn(views, named)) wrong.push("view=" + named + " is none of " + Object.keys(views).join(", "));
  for (const name of ["turn", "event"]) {
    if (parameters.has(name) && whole(name) === null) wrong.push(name + "=" + parameters.get(name) + " is no number");
  }
  // Variables are filters of the list that it was opened from; where nothing else says whose it is, they do.
  const tenant = parameters.get("tenant") || filtersOf(view().variables).tenant;
  return {
    view: Object.hasOwn(views, named ?? "") ? named : null, turn: whole("turn"), event: whole("event"), tenant, place: parameters.get("place"), wrong,
  };
}

function path(query) { return conversationAddress(id, { tenant: given().tenant, ...query }); }

// This page with another part of it in view, in the same place of the list.
function here(changes) {
  const said = new URLSearchParams(location.search);
  const kept = ["named", "tenant", "place"].filter((name) => said.has(name)).map((name) => [name, said.get(name)]);
  return link(location.pathname, { ...Object.fromEntries(kept), ...changes });
}

// The time of so many ns behind the base, with milliseconds.
function timeText(ns) {
  const time = data.base + ns / 1e6;
  return dateTimeText(time, zone, true) + "." + String(((Math.floor(time) % 1000) + 1000) % 1000).padStart(3, "0");
}

function clockText(ns) { return timeText(ns).slice(11); }

// MARK: head

function tile(title, figure, ...more) {
  return el("div", { class: "tile" }, el("h2", { class: "tile-title" }, title),
    el("p", { class: figure.length > 14 ? "figure long" : "figure" }, figure),
    more.filter(Boolean).map((part) => (typeof part === "string" ? el("p", { class: "soft" }, part) : part)));
}

function moneyTile(sums) {
  const unpriced = sums.calls_unpriced + sums.calls_partly_priced;
  const exact = sums.cost_usd !== undefined;
  const state = sums.calls_unpriced === sums.calls ? "unpriced" : "partly";
  return tile("Cost of model calls", exact ? exactMoney(sums.cost_usd) : costText({ ...sums, cost_usd: null, price_state: state }),
    counted(sums.calls, "call"),
    unpriced ? el("p", { class: "warn" }, "! ", el("a", { href: "/prices" }, count(unpriced) + " not wholly priced")) : null,
    pico(sums.tool_cost_usd) > 0n ? "tools say " + exactMoney(sums.tool_cost_usd) + " besides" : null);
}

function tokensTile(sums) {
  const classes = [["output_tokens", "output"], ["cache_read_tokens", "read from cache"], ["cache_write_tokens", "written to cache"],
    ["cache_write_1h_tokens", "for an hour"], ["reasoning_tokens", "reasoning"]];
  return tile("Tokens", count(sums.input_tokens) + " in", ...classes.filter(([name]) => sums[name] > 0)
    .map(([name, text]) => count(sums[name]) + " " + text));
}

function showHead() {
  const { head, verdict, sums } = data.answer;
  const [mark, kind] = outcomes[verdict.outcome] ?? ["?", "soft"];
  const ns = (name) => Date.parse(head[name]);
  const place = [["tenant", data.answer.tenant], ["channel", head.channel], ["topic", head.topic], ["agent", head.agent],
    ["version", head.agent_version], ["variant", head.variant && [head.experiment, head.variant].filter(Boolean).join(": ")],
    ["prompt", head.prompt_name && [head.prompt_name, head.prompt_version].filter(Boolean).join(" ")], ["team", head.team],
    ["user", head.user_id]].filter(([, text]) => text);
  replace(byId("head"),
    el("dl", { class: "facts" }, place.map(([name, text]) => el("div", {}, el("dt", {}, name), el("dd", {}, text)))),
    el("div", { class: "tiles" },
      tile("Outcome", el("span", { class: kind }, mark + " " + (verdict.outcome ?? "not known")), verdict.reason,
        el("details", {}, el("summary", {}, "by " + verdict.rule), el("p", {}, verdict.definition))),
      tile("Turns", count(sums.turns), head.answers === undefined ? null : counted(head.answers, "answer"),
        head.start_time ? format(sums.duration_ns / 1e9, "s") + " from " + dateTimeText(ns("start_time"), zone) : null),
      moneyTile(sums), tokensTile(sums),
      tile("Failed answers", head.errors ? el("span", { class: "bad" }, "✗ " + count(head.errors)) : "0",
        sums.failed_calls ? counted(sums.failed_calls, "failed model call") : "no model call failed",
        sums.failed_tool_calls ? counted(sums.failed_tool_calls, "failed tool call") : null),
      tile("Escalations", count(head.escalations ?? 0), head.escalation_reason ? "last for " + head.escalation_reason : null),
      tile("Rating", head.score === undefined ? "none" : head.score + " of 5",
        head.feedback_requests ? "asked for " + (head.feedback_requests === 1 ? "once" : count(head.feedback_requests) + " times") : null)),
    el("p", { class: "soft" }, "The same as ", el("a", { href: path({}) }, "JSON"), ", ", el("a", { href: path({ format: "table" }) }, "text"),
      ", ", el("a", { href: path({ format: "columns" }) }, "columns"), ". ",
      copyButton("SQL", sqlText, showText)),
    isAllLate(data.answer) ? el("p", { class: "soft" }, "Every event of it came more than " + format(data.answer.late.after_ns / 1e9, "s")
      + " after it happened.") : null,
    head.cut_after === undefined ? null : el("p", { class: "warn" }, "! outcome, turns and rating are made of the first " + count(head.cut_after)
      + " events alone; cost, tokens and counts are of all"));
}

function sqlText() {
  const quoted = (text) => "'" + text.replaceAll("'", "''") + "'";
  return "select * from events where conversation_id = " + quoted(id) + " and tenant = " + quoted(data.answer.tenant) + " order by time, position";
}

function showText(text, button) {
  if (!button.nextElementSibling?.matches("code")) button.after(" ", el("code", {}, text));
  return "Not allowed here: select it";
}

// MARK: its place in a list

let besides = {};

// Those before and behind it in the list that it was opened from, where the address has its place there. They are looked
// for around that place as it was, whatever became of the conversation since.
async function findBesides() {
  const { place } = given();
  const values = filtersOf(view().variables);
  const key = JSON.stringify([place, values]);
  if (besides.key === key) return showBesides();
  besides = { key };
  showBesides();
  if (place === null) return;
  const others = async (name) => {
    const asked = { ...values, ...orderOf(place), [name]: cursorOf(place, id, data.answer.tenant), limit: 2 };
    const { conversations } = await ask(address("/v1/conversations", asked));
    return conversations.filter((found) => found.conversation_id !== id || found.tenant !== data.answer.tenant);
  };
  try {
    const [before, behind] = await Promise.all([others("before"), others("cursor")]);
    if (besides.key !== key) return;
    besides = { key, before: before.at(-1) ?? null, behind: behind[0] ?? null };
    notice("place", null);
    showBesides();
  } catch (error) {
    noticeTrouble("place", error);
  }
}

function showBesides() {
  const { place, view: named } = given();
  const { before, behind } = besides;
  const { sort, order } = orderOf(place ?? "");
  const other = (found, rel, text) => el("a", { href: pageInList(found, { view: named }), rel }, text(found.conversation_id));
  const end = (text) => el("span", { class: "soft" }, text);
  replace(byId("list"),
    before ? other(before, "prev", (name) => "‹ Previous: " + name) : before === null ? end("The first of the list") : null,
    el("a", { href: link("/conversations", { sort: sort === "newest" ? undefined : sort, order }) }, place === null ? "All conversations" : "The list"),
    behind ? other(behind, "next", (name) => "Next: " + name) : behind === null ? end("The last of the list") : null);
}

// MARK: its traces elsewhere

const traces = byId("id").dataset.traces;

// Where the settings say how, and the id is one that cannot lead anywhere else in an address.
function traceLink(trace) {
  if (!traces || !/^[0-9A-Za-z_-]{1,128}$/.test(trace ?? "")) return null;
  return el("a", { href: traces.replaceAll("{trace_id}", () => trace), rel: "noreferrer", class: "trace" }, "Trace " + trace);
}

// MARK: turns

function turnLine(turns, row) {
  const status = turns.text("status", row);
  const number = turns.text("turn", row);
  const asked = turns.number("asked_time", row);
  const first = turns.number("time_to_first_token_ns", row);
  const length = turns.number("duration_ns", row);
  const cost = costText(callOf(turns, row));
  const counts = [["llm_calls", "call"], ["retrievals", "search", "searches"], ["tool_calls", "tool"], ["cache_hits", "cache hit"]]
    .map(([name, one, many]) => [turns.number(name, row) ?? 0, one, many ?? one + "s"]).filter(([n]) => n)
    .map(([n, one, many]) => n + " " + (n === 1 ? one : many));
  const mark = status === "ok" ? "✓ answered" : status === "error" ? "✗ failed" : "… no answer";
  return [
    el("b", {}, number === null ? "Turn without a number" : "Turn " + number), " ",
    el("span", { class: "soft" }, asked === null ? "not asked" : clockText(asked)), " ",
    asked === null ? null : "question" + lengthText(turns.raw("turn", row), "message.received") + " → ",
    el("span", { class: status === "ok" ? "good" : status === "error" ? "bad" : "warn" }, mark), lengthText(turns.raw("turn", row), "message.sent"),
    ...[turns.text("error_type", row), first === null ? null : "first token " + format(first / 1e9, "s"),
      length === null ? null : format(length / 1e9, "s"), cost, turns.text("model", row), ...counts,
      turns.raw("escalated", row) ? "escalated" : null, turns.raw("score", row) === null ? null : "rated " + turns.text("score", row)]
      .filter(Boolean).map((text) => " · " + text),
  ];
}

// How long the question or the answer of a turn was, where the words would stand.
function lengthText(turn, type) {
  data.lengths ??= messageLengths();
  const length = data.lengths.get(type + turn);
  return length === undefined ? "" : " (" + count(length) + " characters, withheld)";
}

function messageLengths() {
  const { events } = data;
  const lengths = new Map();
  for (let row = 0; row < events.count; row += 1) {
    const length = events.number("characters", row);
    if (length !== null) lengths.set(events.text("type", row) + events.raw("turn", row), length);
  }
  return lengths;
}

function eventLine(row) {
  const { events } = data;
  const length = events.number("duration_ns", row);
  const type = events.text("type", row);
  const isError = events.text("status", row) === "error";
  const cost = events.raw("price_state", row) === null ? "" : costText(callOf(events, row));
  const text = [words(events, row), withheldText(events, row), length === null ? null : format(length / 1e9, "s"), cost,
    ...marks(row)].filter(Boolean).join(" · ");
  return el("li", { class: isError ? "bad" : undefined },
    el("button", { type: "button", class: "plain", click: () => choose(row, "turns", true) }, (isError ? "✗ " : "") + type), " ", text);
}

function showTurns() {
  const { turns, tree: nodes, answer } = data;
  const parts = [];
  const wanted = given().turn;
  const last = Math.min(turns.count, Math.max(turnsShown, data.turnsShown ?? 0));
  for (let row = 0; row < last; row += 1) {
    const list = el("ol", { class: "steps" });
    const part = el("details", {
      class: "turn", toggle: () => { if (part.open && !list.childElementCount) list.append(...stepsOf(nodes, row)); },
    }, el("summary", {}, turnLine(turns, row)), list,
    turns.raw("turn", row) === null ? null
      : el("p", {}, el("a", { href: here({ view: "waterfall", turn: turns.text("turn", row) }) }, "Waterfall of this turn"), " ",
        traceLink(turns.text("trace_id", row))));
    part.open = turns.count === 1 || (wanted !== null && turns.number("turn", row) === wanted);
    parts.push(part);
  }
  const more = turns.count - last;
  replace(byId("turns"), turns.count === 0 ? el("p", { class: "soft" }, "No question and no answer of it came.") : null, parts,
    more > 0 ? el("button", { type: "button", click: () => { data.turnsShown = last + turnsShown; showTurns(); } }, "Show more (" + count(more) + ")") : null,
    answer.sums.turns_not_loaded > 0 ? el("p", { class: "warn" }, count(answer.sums.turns_not_loaded) + " turns more are not loaded") : null);
}

// The events of a turn in the order of time, the first ones where there are many.
function stepsOf(nodes, turn) {
  const root = nodes.roots.find((node) => nodes.kind[node] === 0 && nodes.row[node] === turn);
  const rows = [];
  const walk = [root];
  while (walk.length) {
    const node = walk.pop();
    if (nodes.kind[node] === 1) rows.push(nodes.row[node]);
    for (let child = nodes.first[node]; child >= 0; child = nodes.next[child]) walk.push(child);
  }
  rows.sort((one, other) => one - other);
  const lines = rows.slice(0, 200).map(eventLine);
  if (rows.length > 200) lines.push(el("li", { class: "soft" }, count(rows.length - 200) + " more stand in the waterfall"));
  return lines;
}

// MARK: marks

// What is to be said of a single event.
function marks(row) {
  const said = [];
  const { late, rebooked, amended, answer } = data;
  if (data.events.text("type", row) === "usage.reported") said.push("a check of the calls, not added");
  if (late.has(row)) {
    said.push("late by " + format((data.events.number("received_time", row) - data.events.number("time", row)) / 1e9, "s"));
  }
  if (rebooked.has(row)) {
    const correction = answer.corrections[rebooked.get(row)];
    said.push(correction.reason === "first_price" ? "booked when its price came" : "booked again");
  }
  if (amended.has(data.events.raw("trace_id", row))) said.push("trace amended by late spans");
  return said;
}

// MARK: waterfall

function showWaterfall() {
  const place = byId("events");
  const { turn, event } = given();
  const turnRow = turn === null ? null : [...Array(data.turns.count).keys()].find((row) => data.turns.number("turn", row) === turn) ?? null;
  const select = el("select", { id: "filter", change: () => tell(waterfall.show({ filter: select.value })) },
    Object.entries(filters).map(([value, text]) => el("option", { value }, text)));
  const find = el("input", {
    id: "find", type: "search", autocomplete: "off", spellcheck: "false", input: () => tell(waterfall.show({ find: find.value })),
    keydown: (key) => { if (key.key === "Enter" || key.key === "Escape") { waterfall.rows.body.focus(); key.preventDefault(); } },
  });
  const turns = el("button", { type: "button", hidden: turnRow === null, click: () => change({ turn: null }) }, "All turns");
  const only = el("button", { type: "button", hidden: true, click: () => change({ turn: only.dataset.turn, view: "waterfall" }) }, "Only this turn");
  const grid = el("div", { id: "grid" });
  replace(place, el("div", { class: "tools" }, el("label", {}, "Show ", select), el("label", {}, "Find ", find), only, turns, helpButton()), notLoaded(),
    turn !== null && turnRow === null ? el("p", { class: "warn" }, "! there is no turn " + turn
      + (data.answer.sums.turns_not_loaded > 0 ? " among those that are loaded" : "") + ": all are shown") : null, grid);
  waterfall = new Waterfall(grid, data.tree, {
    text: (ns) => clockText(ns), marks, isWhole: data.answer.sums.events_not_loaded === 0, open: (row) => choose(row, "waterfall", true),
    choose: (row, turnRow) => {
      only.hidden = turn !== null || turnRow < 0 || data.turns.raw("turn", turnRow) === null;
      only.dataset.turn = turnRow < 0 ? "" : data.turns.text("turn", turnRow) ?? "";
      choose(row, "waterfall", false);
    },
  });
  waterfall.show({ turn: turnRow });
  const row = event === null ? -1 : rowOf(event);
  if (row >= 0) waterfall.reveal(row, { isTold: false });
  else waterfall.rows.choose(0, { isTold: false });
}

function tell(rows) { setText(byId("said"), counted(rows, "row")); }

function notLoaded() {
  const missing = data.answer.sums.events_not_loaded;
  return missing > 0 ? el("p", { class: "warn" }, "! " + count(missing) + " later events are not loaded: the first " + count(data.events.count)
    + " are shown; sums above are of all " + count(data.answer.sums.events)) : null;
}

// MARK: events

function showEvents() {
  const { events } = data;
  const grid = el("div", { id: "grid", class: "grid-events" });
  replace(byId("events"), el("div", { class: "tools" }, helpButton()), notLoaded(), grid);
  const text = (value, kind = "") => el("span", { role: "gridcell", class: kind }, value);
  table = new VirtualRows(grid, {
    role: "grid", label: "Events",
    heads: [{ text: "position", class: "number place" }, { text: "time", class: "time" }, { text: "turn", class: "number turn-number" },
      { text: "type", class: "type" }, { text: "what", class: "what" }, { text: "cost", class: "number money" }, { text: "marks", class: "marks" }],
    draw: (row) => {
      const isError = events.text("status", row) === "error";
      const what = [words(events, row), withheldText(events, row)].filter(Boolean).join(" · ");
      return [text(events.text("position", row), "number place"), text(timeText(events.number("time", row)), "time"),
        text(events.text("turn", row) ?? "", "number turn-number"), text((isError ? "✗ " : "") + events.text("type", row), "type" + (isError ? " bad" : "")),
        text(what, "what"), text(events.raw("price_state", row) === null ? "" : costText(callOf(events, row)), "number money"),
        text(marks(row).join(", "), "marks warn")];
    },
    chosen: (row) => choose(row, "events", false), open: (row) => choose(row, "events", true),
    key: (event) => event.key === "ArrowLeft" || event.key === "ArrowRight",
  });
  table.set(events.count, 0);
  const row = given().event === null ? -1 : rowOf(given().event);
  if (row >= 0) table.choose(row, { isTold: false });
}

// MARK: one event

function rowOf(position) {
  if (!data) return -1;
  data.rows ??= new Map(Array.from({ length: data.events.count }, (_, row) => [data.events.number("position", row), row]));
  return data.rows.get(position) ?? -1;
}

// What is chosen stands in the address; what is opened is a step.
function choose(row, named, isOpened) {
  if (row < 0) return;
  if (!isOpened) {
    // Moving about is no step to go back from, and asks nothing.
    change({ event: data.events.text("position", row), view: named }, { isAct: false });
    return;
  }
  change({ event: data.events.text("position", row), view: named });
  showDetail(data.events.number("position", row), true);
}

async function showDetail(position, isFocus = false) {
  const place = byId("detail");
  const row = rowOf(position);
  try {
    const answer = await ask(path({ event: position }));
    if (given().event !== position) return;
    const found = answer.events[0];
    if (!found) {
      replace(place);
      return notice("event", "no event of this conversation is at position " + position);
    }
    const close = el("button", { type: "button", click: () => { replace(place); byId("grid")?.querySelector(".rows-body")?.focus(); } }, "Close");
    replace(place, el("section", { class: "card detail", "aria-labelledby": "detail-title" },
      el("h2", { id: "detail-title", tabindex: "-1" }, found.type + " at position " + position), close,
      row < 0 ? el("p", { class: "warn" }, "! it is not among the first " + count(data.events.count) + " events, which are loaded")
        : [marks(row).length ? el("p", { class: "warn" }, marks(row).join(", ")) : null, correctionOf(row), priceOf(row), contentOf(row)],
      el("p", {}, traceLink(found.trace_id)),
      wide("Fields", el("table", {}, el("tbody", {}, Object.entries(found).map(([name, value]) =>
        el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, typeof value === "object" ? JSON.stringify(value, null, 1) : String(value)))))))));
    notice("event", null);
    if (isFocus) byId("detail-title").focus();
  } catch (error) {
    noticeTrouble("event", error);
  }
}

// Why what would stand there does not.
function contentOf(row) {
  const text = withheldText(data.events, row);
  const { reason, values_reason: ofValues } = data.answer.withheld;
  return text ? el("p", {}, text + ": " + (data.events.number("withheld_values", row) ? ofValues : reason)) : null;
}

// What booked the call again, and when.
function correctionOf(row) {
  if (!data.rebooked.has(row)) return null;
  const { reason, time } = data.answer.corrections[data.rebooked.get(row)];
  const at = Date.parse(time);
  return el("p", { class: "warn" }, (reason === "first_price" ? "booked when the first price of a class came, " : "booked again at other prices, as was asked for ")
    + dateTimeText(at, zone, true) + " (" + offsetText(at, zone) + ")");
}

// With which price the call was booked.
function priceOf(row) {
  if (!data.prices.has(row)) return null;
  const place = data.prices.get(row);
  if (place === null) {
    return el("p", { class: "warn" }, costText(callOf(data.events, row)) === "unpriced" ? "no price: " + (data.events.text("price_gaps", row) ?? "")
      : "booked at a price that is in the book no more");
  }
  const rows = data.answer.prices[place].map((price) => el("tr", {}, el("td", {}, price.class),
    el("td", { class: "number" }, price.usd_per_million_tokens ? "$" + price.usd_per_million_tokens + " per million tokens" : "$" + price.usd_per_gpu_hour + " per GPU hour"),
    el("td", {}, price.provider + " " + price.model + (price.service_tier ? " (" + price.service_tier + ")" : "")),
    el("td", {}, (price.origin === "set" ? "set" : "list price") + (price.valid_from ? " from " + price.valid_from : ""))));
  return wide("Prices of the call", el("table", {},
    el("caption", {}, "booked at " + costText(callOf(data.events, row))),
    el("thead", {}, el("tr", {}, ["class", "price", "of", "since"].map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, rows)));
}

// MARK: keys

const keys = [
  ["↑ ↓", "row"], ["→ ←", "open and close"], ["Enter", "details of the event"], ["[ ]", "turn before, turn behind"],
  ["e", "next failure"], ["/", "find"], ["Home End", "first and last row"], ["?", "these keys"],
];

const help = el("dialog", { class: "card", "aria-labelledby": "keys-title" }, el("h2", { id: "keys-title" }, "Keys"),
  el("dl", { class: "keys" }, keys.map(([key, text]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, text)]).flat()),
  el("form", { method: "dialog" }, el("button", {}, "Close")));
byId("main").append(help);

function helpButton() { return el("button", { type: "button", click: () => help.showModal() }, "Keys (?)"); }

addEventListener("keydown", (event) => {
  if (!data || isTyping(event) || isShortcutOfOthers(event) || help.open) return;
  const isWaterfall = waterfall && shownView === "waterfall";
  switch (event.key) {
    case "?": help.showModal(); break;
    case "/":
      if (!isWaterfall) return;
      byId("find").focus();
      break;
    case "[": case "]":
      if (!isWaterfall) return;
      waterfall.step(event.key === "]" ? 1 : -1);
      break;
    case "e":
      if (isWaterfall) { if (!waterfall.nextFailure()) setText(byId("said"), "nothing failed"); }
      else if (table && shownView === "events") nextFailureOfTable();
      else return;
      break;
    default: return;
  }
  event.preventDefault();
});

function nextFailureOfTable() {
  const { events } = data;
  for (let step = 1; step <= events.count; step += 1) {
    const row = (table.current + step) % events.count;
    if (events.text("status", row) === "error") return table.choose(row, { isFocus: true });
  }
  setText(byId("said"), "nothing failed");
}

// MARK: all of it

let shownView = null;
let shownTurn = null;

function showTabs(chosen) {
  replace(byId("tabs"), Object.entries(views).map(([name, text]) =>
    el("button", { type: "button", "aria-pressed": name === chosen ? "true" : "false", click: () => change({ view: name }) }, text)));
}

function showView() {
  const { view: named, turn, event } = given();
  const chosen = named ?? (turn !== null || event !== null ? "waterfall" : "turns");
  if (chosen !== shownView || turn !== shownTurn) {
    waterfall?.end();
    table?.end();
    [waterfall, table, shownView, shownTurn] = [null, null, chosen, turn];
    showTabs(chosen);
    byId("turns").hidden = chosen !== "turns";
    byId("events").hidden = chosen === "turns";
    replace(byId("events"));
    if (chosen === "turns") showTurns();
    if (chosen === "waterfall") showWaterfall();
    if (chosen === "events") showEvents();
  }
}

function isAllLate(answer) { return answer.events.count > 0 && answer.late.rows.length === answer.events.count; }

async function load(signal) {
  const answer = await ask(path({ format: "columns" }), { signal });
  const events = new Columns(answer.events, answer.names);
  const turns = new Columns(answer.turns, answer.names);
  const sparse = (part, name) => new Map(part.rows.map((row, index) => [row, part[name][index]]));
  data = {
    answer, events, turns, base: Date.parse(answer.base), tree: tree(events, turns),
    // Where all of it came late, as an import does, that is said once.
    late: new Set(isAllLate(answer) ? [] : answer.late.rows),
    rebooked: sparse(answer.rebooked, "correction"), prices: sparse(answer.booked, "price"),
    amended: new Set(answer.amended.map((trace) => trace.trace_id)),
  };
}

// Whose it may be, where several have one of this id and nothing says which is meant; nobody: that is not what is wrong.
async function owners(error, signal) {
  if (error.status !== 400 || given().tenant !== undefined) return [];
  const { conversations } = await ask(address("/v1/conversations", { id, from: "1970-01-01", limit: 500 }), { signal });
  return conversations.filter((found) => found.conversation_id === id).map((found) => found.tenant);
}

function showOwners(tenants) {
  replace(byId("head"), el("p", {}, count(tenants.length) + " tenants have a conversation of this id. Whose is meant?"),
    el("ul", {}, tenants.map((tenant) => el("li", {}, el("a", { href: here({ tenant }) }, tenant)))));
}

let asked = null;
let isStepped = false;
addEventListener("popstate", () => { isStepped = true; });

show(async ({ zone: aZone, signal }) => {
  const key = path({});
  const isNew = asked !== key || zone !== aZone;
  zone = aZone;
  const { wrong, event } = given();
  notice("parameters", wrong.length ? "in the address: " + wrong.join("; ") : null);
  if (asked !== key) {
    // The way back to the list is there also where there is no such conversation.
    showBesides();
    try {
      await load(signal);
    } catch (error) {
      const tenants = await owners(error, signal);
      if (tenants.length < 2) throw error;
      return showOwners(tenants);
    }
    asked = key;
  }
  if (isNew) {
    showHead();
    shownView = null;
    const time = Date.parse(data.answer.watermark);
    setText(byId("basis"), "As of event " + count(data.answer.position) + ", watermark " + dateTimeText(time, zone, true) + " (" + offsetText(time, zone)
      + "). Times are " + zone + "'s." + (data.tree.hidden ? " " + count(data.tree.hidden) + " spans as they came are left out of the waterfall, where what they became stands." : "")
      + " Withheld: " + data.answer.withheld.reason + ".");
    notice("missing", data.answer.notice ? "not all of it yet: " + data.answer.notice : null, { isBad: false });
  }
  showView();
  if (event === null) {
    replace(byId("detail"));
    notice("event", null);
  } else if (isNew || isStepped) {
    showDetail(event);
  }
  if (isStepped && event !== null && rowOf(event) >= 0) {
    if (shownView === "waterfall") waterfall.reveal(rowOf(event), { isTold: false });
    if (shownView === "events") table.choose(rowOf(event), { isTold: false });
  }
  isStepped = false;
  keepView(byId("main"));
  await findBesides();
});
