// What rules of alerts would have said of a range: they are evaluated over it again, also where nobody looked then. That
// takes a while, so somebody asks for it, and the address says so (`causes=1`).
import { alertLink, isMeant, labelsOf, runbookLink, table } from "./alertrules.js";
import { address, ask } from "./ask.js";
import { el, replace } from "./dom.js";
import { count, measured } from "./format.js";
import { conversationLink } from "./listed.js";
import { change } from "./state.js";
import { dateTimeText, iso } from "./time.js";

export function isReplayAsked() { return new URLSearchParams(location.search).get("causes") === "1"; }

function stopButton() { return el("button", { type: "button", click: () => change({ causes: null }) }, "Stop"); }

// Not all of the range was evaluated: from when on nothing is said, why, and how to go on. What was pending then is looked
// at from an hour before, since a rule waits.
function endedNode(answer, end, time) {
  const rest = iso(Math.max(Date.parse(answer.from), Date.parse(answer.ended_at) - 3600000));
  const isFurther = Date.parse(rest) > Date.parse(answer.from);
  return el("p", { class: "warn" }, "! not evaluated from " + time(answer.ended_at) + " on"
    + (answer.ended_because ? ": the time that a question may take was over. Nothing is said of the rest; a shorter range is evaluated whole. " : ". "),
  isFurther ? el("button", { type: "button", click: () => change({ from: rest, to: end }) }, "Go on from there") : null);
}

// Of one rule, or of all where none is named: when it would have fired, and in which conversations that was. `words` are
// those of the button, of what is evaluated, and of there being nothing.
export async function showReplay(place, { from, to, zone }, signal, { rule, button, what, none }) {
  if (!isReplayAsked()) {
    return replace(place, el("p", { class: "soft" }, what + " evaluated over the range again, which may take some seconds. "),
      el("button", { type: "button", click: () => change({ causes: "1" }) }, button));
  }
  const [start, end] = [iso(from), iso(to)];
  // What an answer has shown stays until the next one is there.
  if (!place.querySelector("table")) {
    replace(place, el("p", { class: "soft", role: "status" }, what + " evaluated over the range again … "), stopButton());
  }
  // All of the range is asked for: where the time of a question is over, what was evaluated until then is the answer.
  const answer = await ask(address("/v1/alerts/replay", { rule, from: start, to: end, part: "true" }), { signal });
  const time = (text) => text ? dateTimeText(Date.parse(text), zone, true) : "–";
  // Who is asked for alone is told, however it is meant.
  const told = rule === undefined ? answer.alerts.filter((one) => !isMeant(one.labels)) : answer.alerts;
  const named = (one) => rule === undefined ? el("th", { scope: "row" }, alertLink(one.alert), " ", runbookLink(one.alert)) : null;
  const rows = told.map((one) => el("tr", {}, named(one),
    el("td", { class: "labels" }, labelsOf(one.labels) || "–"), el("td", {}, time(one.pending_since)), el("td", {}, time(one.fired_at)),
    el("td", {}, one.resolved_at ? time(one.resolved_at) : answer.ended_at ? "fires where it ended" : "fires at the end"),
    el("td", { class: "number", title: one.highest ?? one.lowest }, one.highest !== undefined ? "highest " + measured(one.highest) : "lowest " + measured(one.lowest)),
    el("td", { class: "ids" }, one.conversations === null ? "not looked up" : one.conversations.length === 0 ? "–"
      : one.conversations.flatMap((id, at) => [at ? ", " : "", conversationLink(id, one.labels.tenant)]))));
  const heads = ["labels", "pending since", "fired at", "resolved at", "worst", "conversations"];
  replace(place,
    rows.length ? table("Conversations", rule === undefined ? ["alert and runbook", ...heads] : heads, rows)
      : el("p", { class: "soft" }, none + (answer.ended_at ? " until then" : " in the range")),
    el("p", { class: "soft" }, count(answer.evaluations) + " evaluations, " + time(answer.from) + " to " + time(answer.to) + "."),
    answer.ended_at ? endedNode(answer, end, time) : null,
    answer.complaints.map((text) => el("p", { class: "warn" }, "! " + text)));
}
