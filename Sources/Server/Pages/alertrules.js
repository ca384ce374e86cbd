// Alert rules and their instances, as the pages of alerts show them.
import { el } from "./dom.js";
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
export function alertLink(name) {
  const path = name === "." || name === ".." ? "_?named=" + name : encodeURIComponent(name);
  return el("a", { href: "/alerts/" + path, "data-keeps-view": true }, inWords(name));
}

// A runbook is of no range, but what it leads to is.
export function runbookLink(name, text = "runbook") {
  return hasPage("/runbooks") ? el("a", { href: "/runbooks/" + encodeURIComponent(name), "data-keeps-view": true }, text) : null;
}

// As a label's value stands in PromQL.
export function quoted(text) { return JSON.stringify(text); }
