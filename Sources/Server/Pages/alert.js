// One alert: what it is about, which instances there are, when it fired, and in which conversations.
import { instancesOf, labelsOf, quoted, rulesOf, runbookLink, stateNode } from "./alertrules.js";
import { address, ask } from "./ask.js";
import { band, evaluations, grid, spanText } from "./bands.js";
import { byId, el, replace, setText } from "./dom.js";
import { count, duration, measured } from "./format.js";
import { conversationLink } from "./listed.js";
import { hasPage, keepView, part, show } from "./shell.js";
import { change, setDefaults } from "./state.js";
import { dateTimeText } from "./time.js";

setDefaults({ refresh: "30s" });

const name = byId("alert").dataset.name;
const instancesMax = 50, bandsMax = 50, missingMax = 5;

function pairs(entries) {
  return el("dl", { class: "pairs" }, entries.filter(([, value]) => value).flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

function exploreLink(query) {
  // A question's text stands behind the sign that no server is sent.
  const page = "/explore";
  return hasPage(page) ? el("a", { href: page + "?lang=promql&view=chart#" + encodeURIComponent(query) }, "open in explore") : null;
}

// What a rule says of whatever it finds is a template, which each instance has filled in: before there is one, words stand
// for what will stand there.
function templated(text) {
  if (!text.includes("{{")) return text;
  // A loop over what is found stands as one word.
  const parts = text.replace(/\{\{-?\s*(range|with|if)\b[\s\S]*\{\{-?\s*end\s*-?\}\}/g, "{{ found }}").split(/\{\{-?\s*(.*?)\s*-?\}\}/s);
  return parts.map((part, at) => at % 2 === 0 ? part : el("i", { class: "soft", title: "{{ " + part + " }}" }, "‹" + placeholder(part) + "›"));
}

function placeholder(inside) {
  const label = /^(?:\$labels|\.Labels)\.(\w+)/.exec(inside) ?? /^index \$labels "([^"]*)"/.exec(inside);
  return label ? label[1] : /^\$value\b/.test(inside) || /^printf .*\$value\b/.test(inside) ? "value when firing" : "filled in when firing";
}

function ruleNode(rule, zone) {
  const evaluated = Date.parse(rule.lastEvaluation);
  return [
    pairs([
      ["state", stateNode(rule.state, rule.labels)], ["group", rule.group], ["labels", templated(labelsOf(rule.labels))],
      ["waits", rule.duration ? duration(rule.duration) : "at once"],
      ["goes on", rule.keepFiringFor ? duration(rule.keepFiringFor) + " after it is over" : ""],
      ["evaluated", evaluated > 0 ? dateTimeText(evaluated, zone, true) + ", " + rule.health : rule.health],
      ["error", rule.lastError ? el("span", { class: "bad" }, rule.lastError) : ""],
      ...Object.entries(rule.annotations).filter(([key]) => key !== "runbook_url").map(([key, text]) => [key, templated(text)]),
      ["what to do", runbookLink(name, "runbook of " + name)],
    ]),
    el("pre", { tabindex: "0" }, el("code", {}, rule.query)), exploreLink(rule.query),
  ];
}

function table(label, heads, rows) {
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label }, el("table", { class: "dense" },
    el("thead", {}, el("tr", {}, heads.map((text) => el("th", { scope: "col", class: text === "value" || text === "worst" ? "number" : undefined }, text)))), el("tbody", {}, rows)));
}

function showInstances(instances, zone, now) {
  const rows = instances.slice(0, instancesMax).map((one) => el("tr", {},
    el("td", {}, one.isMeant ? stateNode(one.state, one.rule.labels) : stateNode(one.state)), el("td", {}, one.labels), el("td", { class: "number", title: one.value }, measured(one.value)),
    el("td", {}, duration((now - one.since) / 1000) + " (" + dateTimeText(one.since, zone, true) + ")"),
    el("td", {}, one.summary, one.told.map(([key, text]) => el("span", { class: "before soft", title: key }, text)))));
  replace(byId("instances"), rows.length ? table("Instances", ["state", "labels", "value", "since", "what"], rows) : el("p", { class: "good" }, "✓ nothing is pending and nothing fires"),
    instances.length > rows.length ? el("p", { class: "soft" }, count(instances.length - rows.length) + " more: search for them among ",
      el("a", { href: address("/alerts", { q: name }) }, "all alerts")) : null);
}

// Where nobody looked, and the way to what the rule would have said there.
function missingNode(missing, zone) {
  const told = missing.slice(0, missingMax).map((one) => spanText(one, zone)).join(", ");
  const isAsked = new URLSearchParams(location.search).get("causes") === "1";
  return el("p", {}, "not evaluated " + told + (missing.length > missingMax ? ", and " + count(missing.length - missingMax) + " times more" : "") + " ",
    isAsked ? el("span", { class: "soft" }, "(what it would have said stands below)")
      : el("button", { type: "button", click: () => change({ causes: "1" }) }, "What it would have said"));
}

async function showHistory({ from, to, zone }, signal) {
  const over = grid({ from, to }, 240);
  const [answer, all] = await Promise.all([
    ask(address("/api/v1/query_range",
      { query: "ALERTS{alertname=" + quoted(name) + "}", start: over.start, end: over.end, step: over.step }), { signal }),
    evaluations({ from, to }, signal),
  ]);
  const known = all.get(name);
  const byLabels = new Map();
  for (const one of answer.data.result) {
    const labels = labelsOf(one.metric);
    byLabels.set(labels, [...(byLabels.get(labels) ?? []), one]);
  }
  const rows = [...byLabels].sort(([one], [other]) => one < other ? -1 : 1);
  replace(byId("history"), rows.length
    ? table("History", ["labels", "in the range"], rows.slice(0, bandsMax).map(([labels, series]) =>
      el("tr", {}, el("td", {}, labels || "–"), el("td", {}, band(series, over, zone, known)))))
    : el("p", { class: "soft" }, band([], over, zone, known)),
  known?.missing.length ? missingNode(known.missing, zone) : null,
  rows.length > bandsMax ? el("p", { class: "soft" }, (rows.length - bandsMax) + " more") : null);
}

function stopButton() { return el("button", { type: "button", click: () => change({ causes: null }) }, "Stop"); }

// Not all of the range was evaluated: from when on nothing is said, why, and how to go on. What was pending then is looked
// at from an hour before, since a rule waits.
function endedNode(answer, end, time) {
  const rest = new Date(Math.max(Date.parse(answer.from), Date.parse(answer.ended_at) - 3600000)).toISOString();
  const isFurther = Date.parse(rest) > Date.parse(answer.from);
  return el("p", { class: "warn" }, "! not evaluated from " + time(answer.ended_at) + " on"
    + (answer.ended_because ? ": the time that a question may take was over. Nothing is said of the rest; a shorter range is evaluated whole. " : ". "),
  isFurther ? el("button", { type: "button", click: () => change({ from: rest, to: end }) }, "Go on from there") : null);
}

// Which conversations an alert was about is found by evaluating its rule over the range again: that takes a while, so
// somebody asks for it.
async function showCauses({ from, to, zone }, signal) {
  const place = byId("causes");
  if (new URLSearchParams(location.search).get("causes") !== "1") {
    return replace(place, el("p", { class: "soft" }, "The rule is evaluated over the range again, which may take some seconds. "),
      el("button", { type: "button", click: () => change({ causes: "1" }) }, "Find the conversations"));
  }
  const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
  // What an answer has shown stays until the next one is there.
  if (!place.querySelector("table")) {
    replace(place, el("p", { class: "soft", role: "status" }, "The rule is evaluated over the range again … "), stopButton());
  }
  // All of the range is asked for: where the time of a question is over, what was evaluated until then is the answer.
  const answer = await ask(address("/v1/alerts/replay", { rule: name, from: start, to: end, part: "true" }), { signal });
  const time = (text) => text ? dateTimeText(Date.parse(text), zone, true) : "–";
  const rows = answer.alerts.map((one) => el("tr", {},
    el("td", {}, labelsOf(one.labels) || "–"), el("td", {}, time(one.pending_since)), el("td", {}, time(one.fired_at)),
    el("td", {}, one.resolved_at ? time(one.resolved_at) : answer.ended_at ? "fires where it ended" : "fires at the end"),
    el("td", { class: "number" }, one.highest !== undefined ? "highest " + one.highest : "lowest " + one.lowest),
    el("td", {}, one.conversations === null ? "not looked up" : one.conversations.length === 0 ? "–"
      : one.conversations.flatMap((id, at) => [at ? ", " : "", conversationLink(id, one.labels.tenant)]))));
  replace(place,
    rows.length ? table("Conversations", ["labels", "pending since", "fired at", "resolved at", "worst", "conversations"], rows)
      : el("p", { class: "soft" }, answer.ended_at ? "the rule would not have fired until then" : "the rule would not have fired in the range"),
    el("p", { class: "soft" }, count(answer.evaluations) + " evaluations, " + time(answer.from) + " to " + time(answer.to) + "."),
    answer.ended_at ? endedNode(answer, end, time) : null,
    answer.complaints.map((text) => el("p", { class: "warn" }, "! " + text)));
}

show(async (context) => {
  const { zone, now, signal } = context;
  await Promise.all([
    part("rule", async () => {
      const rules = rulesOf(await ask(address("/api/v1/rules", { type: "alert", "rule_name[]": name }), { signal }));
      setText(byId("state"), rules.length ? "" : "no rule of this name is evaluated here");
      replace(byId("rule"), rules.map((rule) => el("div", {}, ruleNode(rule, zone))));
      showInstances(instancesOf(rules), zone, now);
    }),
    part("history", () => showHistory(context, signal)),
    part("causes", () => showCauses(context, signal)),
  ]);
  keepView(byId("main"));
});
