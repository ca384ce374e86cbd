// Alert rules and their instances, as the pages of alerts show them.
import { el, wide } from "./dom.js";
import { count } from "./format.js";
import { hasPage } from "./shell.js";

const marks = { firing: ["✗", "bad"], pending: ["!", "warn"], inactive: ["✓", "good"] };

// Whether it fires for as long as all is well, so that its silence is what tells: severity none.
export function isMeant(labels) { return labels.severity === "none"; }

export function stateNode(state, labels = {}) {
  const [mark, look] = isMeant(labels) && state === "firing" ? ["✓", "good"] : marks[state] ?? ["?", "soft"];
  return el("span", { class: look }, mark + " " + state + (isMeant(labels) && state === "firing" ? ", as it should" : ""));
}

// Rules of an answer of /api/v1/rules, those that fire first; each with its group.
export function rulesOf(answer) {
  const order = { firing: 0, pending: 1, inactive: 2 };
  const place = (rule) => isMeant(rule.labels) ? 3 : order[rule.state];
  return answer.data.groups.flatMap((group) => group.rules.filter((rule) => rule.type === "alerting").map((rule) => ({ ...rule, group: group.name })))
    .sort((one, other) => place(one) - place(other) || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

// What is pending or fires, the newest first, with what is looked for in it.
export function instancesOf(rules) {
  const order = { firing: 0, pending: 1 };
  const place = (one) => one.isMeant ? 2 : order[one.state];
  const found = rules.flatMap((rule) => rule.alerts.map((alert) => {
    const labels = labelsOf(alert.labels);
    return {
      rule, labels, isMeant: isMeant(alert.labels), name: rule.name, state: alert.state, value: alert.value, since: Date.parse(alert.activeAt),
      summary: alert.annotations.summary ?? "", told: Object.entries(alert.annotations).filter(([key]) => key !== "summary" && key !== "runbook_url"),
      text: [rule.name, alert.state, labels, alert.annotations.summary ?? ""].join(" ").toLowerCase(),
    };
  }));
  return found.sort((one, other) => place(one) - place(other) || other.since - one.since);
}

// How many of some instances fire and how many wait whether they will, in the words of every page.
export function alertsText(instances) {
  const number = (state) => instances.filter((one) => one.state === state).length;
  const [firing, pending] = [number("firing"), number("pending")];
  return (firing === 0 ? "no alert fires" : count(firing) + (firing === 1 ? " alert fires" : " alerts fire")) + (pending ? ", " + count(pending) + " pending" : "");
}

// How all rules stand: the same figures and words wherever that is said. What fires as it should, for as long as all is
// well, is no alarm and not counted; that it does not fire is one.
export function standing(rules) {
  const alerts = instancesOf(rules).filter((one) => !one.isMeant);
  const firing = alerts.filter((one) => one.state === "firing");
  const silent = rules.filter((rule) => isMeant(rule.labels) && rule.state !== "firing");
  const failing = rules.filter((rule) => rule.health === "err");
  const isPending = alerts.length > firing.length;
  const look = firing.length ? "bad" : isPending || silent.length || failing.length ? "warn" : "good";
  const text = { bad: "✗ ", warn: "! ", good: "✓ " }[look] + alertsText(alerts)
    + (failing.length ? " · " + count(failing.length) + (failing.length === 1 ? " rule cannot be evaluated" : " rules cannot be evaluated") : "")
    + silent.map((rule) => " · " + rule.name + " does not fire, as it should").join("");
  return rules.length ? { firing, look, text } : { firing, look: "soft", text: "no rules are evaluated here" };
}

// Labels in words; the alert's name stands elsewhere.
export function labelsOf(labels) {
  return Object.entries(labels).filter(([name]) => name !== "alertname" && name !== "alertstate").map(([name, value]) => name + "=" + value).join(", ");
}

// All words must be found, in any order.
export function matching(instances, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? instances.filter((one) => words.every((word) => one.text.includes(word))) : instances;
}

// A name breaks before its words, if it has to.
function inWords(name) { return name.split(/(?<=[a-z0-9])(?=[A-Z])/).flatMap((word, at) => at ? [el("wbr"), word] : [word]); }

// Browsers take . and .. for folders, however they are escaped: in a path _ stands for such a name.
function alertPath(name) { return "/alerts/" + (name === "." || name === ".." ? "_?named=" + name : encodeURIComponent(name)); }

export function alertLink(name) { return el("a", { href: alertPath(name) }, inWords(name)); }

// Where the rule is evaluated again over the range: what it would have said where nobody looked.
export function replayLink(name) {
  const path = alertPath(name);
  return el("a", { href: path + (path.includes("?") ? "&" : "?") + "causes=1", "aria-label": "what " + name + " would have said" },
    "what it would have said");
}

// A runbook is of no range, but what it leads to is.
export function runbookLink(name, text = "runbook") {
  return hasPage("/runbooks") ? el("a", { href: "/runbooks/" + encodeURIComponent(name) }, text) : null;
}

// Columns of tables of alerts that have figures.
const numbers = new Set(["waits", "value", "worst"]);

// A table of alerts, in a frame that scrolls.
export function table(label, heads, rows) {
  return wide(label, el("table", { class: "dense" },
    el("thead", {}, el("tr", {}, heads.map((text) => el("th", { scope: "col", class: numbers.has(text) ? "number" : undefined }, text)))), el("tbody", {}, rows)));
}

// As a label's value stands in PromQL.
export function quoted(text) { return JSON.stringify(text); }
