// One alert: what it is about, which instances there are, when it fired, and in which conversations.
import { instancesOf, labelsOf, quoted, rulesOf, runbookLink, stateNode, table } from "./alertrules.js";
import { address, ask } from "./ask.js";
import { band, evaluations, grid, spanText } from "./bands.js";
import { byId, el, replace, setText } from "./dom.js";
import { count, duration, measured } from "./format.js";
import { isReplayAsked, showReplay } from "./replay.js";
import { hasPage, part, show } from "./shell.js";
import { change, setDefaults } from "./state.js";
import { dateTimeText } from "./time.js";

setDefaults({ refresh: "30s" });

const name = byId("alert").dataset.name;
const instancesMax = 50, bandsMax = 50, missingMax = 5;
const replayed = {
  rule: name, button: "Find the conversations", what: "The rule is", none: "the rule would not have fired",
};

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
  return el("p", {}, "not evaluated " + told + (missing.length > missingMax ? ", and " + count(missing.length - missingMax) + " times more" : "") + " ",
    isReplayAsked() ? el("span", { class: "soft" }, "(what it would have said stands below)")
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
    part("causes", () => showReplay(byId("causes"), context, signal, replayed)),
  ]);
});
