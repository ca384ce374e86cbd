// Every alert rule and every instance of one: what fires, since when, of what, and what to do. Thousands of instances
// can be searched as fast as somebody types: only the first rows that match are made.
import { alertLink, alertsText, instancesOf, labelsOf, matching, replayLink, rulesOf, runbookLink, standing, stateNode, table } from "./alertrules.js";
import { address, ask } from "./ask.js";
import { band, evaluations, grid } from "./bands.js";
import { byId, el, replace, setText } from "./dom.js";
import { count, counted, duration, measured } from "./format.js";
import { isReplayAsked, showReplay } from "./replay.js";
import { keepView, notice, noticeTrouble, part, refresh, show } from "./shell.js";
import { change, setDefaults } from "./state.js";
import { dateTimeText } from "./time.js";

setDefaults({ refresh: "30s" });

const page = 100;

let shown = { rules: [], instances: [], bands: null, zone: "UTC", now: 0 };
let rowsMax = page;

function given(name) { return new URLSearchParams(location.search).get(name) ?? ""; }

function showSummary({ rules }) {
  const { look, text } = standing(rules);
  setText(byId("state"), text + (rules.length ? " · " + counted(rules.length, "rule") : ""));
  byId("state").className = "state " + look;
}

function firingOf(alerts) {
  const firing = alerts.filter((one) => one.state === "firing").length;
  return (firing === alerts.length ? count(firing) : count(firing) + " of " + count(alerts.length)) + " firing";
}

// How a rule stood, and where it was not evaluated the way to what it would have said.
function bandCell(name, bands, zone) {
  const known = bands.known?.get(name);
  return [...band(bands.series.get(name) ?? [], bands.grid, zone, known), known?.missing.length ? el("span", { class: "band-words" }, " ", replayLink(name)) : null];
}

function showRules({ rules, bands, zone }) {
  const rows = rules.map((rule) => el("tr", {},
    el("th", { scope: "row" }, alertLink(rule.name)),
    el("td", {}, stateNode(rule.state, rule.labels), rule.health === "err" ? el("span", { class: "bad", title: rule.lastError }, " not evaluated: " + rule.lastError) : null),
    el("td", { title: rule.alerts.length ? alertsText(rule.alerts) : undefined }, rule.alerts.length ? firingOf(rule.alerts) : "–"),
    el("td", {}, labelsOf(rule.labels)),
    el("td", { class: "number" }, rule.duration ? duration(rule.duration) : "at once"),
    el("td", {}, bands ? bandCell(rule.name, bands, zone) : "…"),
    el("td", {}, runbookLink(rule.name))));
  replace(byId("rules"), table("Rules", ["rule", "state", "instances", "labels", "waits", "in the range", "what to do"], rows));
}

function rowOf(one) {
  const { zone, now } = shown;
  one.row ??= el("tr", {},
    el("th", { scope: "row" }, alertLink(one.name)),
    el("td", {}, one.isMeant ? stateNode(one.state, one.rule.labels) : stateNode(one.state)),
    el("td", {}, one.labels),
    el("td", { class: "number", title: one.value }, measured(one.value)),
    el("td", { title: dateTimeText(one.since, zone, true) }, duration((now - one.since) / 1000) + " (" + dateTimeText(one.since, zone) + ")"),
    el("td", {}, one.summary),
    el("td", {}, runbookLink(one.name)));
  return one.row;
}

const frame = table("Instances", ["alert", "state", "labels", "value", "since", "what", "what to do"], []);
const body = frame.querySelector("tbody");
const none = el("p");
const more = el("button", { type: "button", click: () => { rowsMax += page; showInstances(); } });
byId("instances").append(none, frame, more);

// At each key: the search goes through texts that are there, rows that were made are used again, and no more are made
// than fit a few screens.
function showInstances() {
  const { instances } = shown;
  const wanted = given("state");
  const found = matching(wanted ? instances.filter((one) => one.state === wanted) : instances, given("q"));
  // Those that no count of alerts has.
  const meant = instances.filter((one) => one.isMeant).length;
  setText(byId("found"), found.length === instances.length
    ? counted(instances.length, "instance") + (meant ? ", " + count(meant) + " of them as it should be" : "")
    : count(found.length) + " of " + count(instances.length) + " instances");
  const rest = Math.max(0, found.length - rowsMax);
  replace(body, found.slice(0, rowsMax).map(rowOf));
  frame.hidden = found.length === 0;
  none.hidden = found.length > 0;
  none.className = instances.length ? "soft" : "good";
  setText(none, instances.length ? "none matches" : "✓ nothing is pending and nothing fires");
  more.hidden = rest === 0;
  setText(more, "Show " + count(Math.min(page, rest)) + " more of " + count(rest));
  keepView(body);
}

const search = byId("search");
search.value = given("q");
search.addEventListener("input", () => {
  rowsMax = page;
  // What is typed is in the address, and no key is a step to go back from. Nothing is asked for it.
  const target = new URL(location.href);
  if (search.value) target.searchParams.set("q", search.value);
  else target.searchParams.delete("q");
  history.replaceState(null, "", target);
  showInstances();
});
search.form.addEventListener("submit", (event) => event.preventDefault());
const states = byId("states");
states.addEventListener("change", () => change({ state: states.value || null }));

async function bandsOf(range, signal) {
  const over = grid(range);
  const [answer, known] = await Promise.all([
    ask(address("/api/v1/query_range",
      { query: "max by (alertname, alertstate) (ALERTS)", start: over.start, end: over.end, step: over.step }), { signal }),
    evaluations(range, signal),
  ]);
  const series = new Map();
  for (const one of answer.data.result) {
    const name = one.metric.alertname ?? "";
    series.set(name, [...(series.get(name) ?? []), one]);
  }
  return { series, grid: over, known };
}

// Of which range it was said what rules would have said: all of them take a while, so a page that refreshes itself does not ask
// again.
let replayed = null;
const again = el("button", { type: "button", click: () => { replayed = null; refresh(); } }, "Evaluate again");

async function showReplayed({ from, to, zone, view }, signal) {
  if (shown.rules.length === 0) return replace(byId("replay"), el("p", { class: "soft" }, "no rules are evaluated here"));
  const key = isReplayAsked() ? JSON.stringify([view.from, view.to, zone]) : null;
  if (key !== null && key === replayed) return;
  await showReplay(byId("replay"), { from, to, zone }, signal,
    { button: "What they would have said", what: "Every rule is", none: "no alert would have fired" });
  if (key !== null) byId("replay").append(again);
  replayed = key;
}

show(async ({ from, to, zone, now, view, signal }) => {
  if (document.activeElement !== search) search.value = given("q");
  states.value = given("state");
  const answer = await ask(address("/api/v1/rules", { type: "alert" }), { signal });
  const rules = rulesOf(answer);
  shown = { rules, instances: instancesOf(rules), bands: shown.bands, zone, now };
  notice("rules", answer.warnings?.length ? answer.warnings.join("; ") : null);
  showSummary(shown);
  showInstances();
  showRules(shown);
  keepView(byId("rules"));
  // How they stood before comes behind: nobody waits for it to see what fires.
  try {
    shown.bands = rules.length ? await bandsOf({ from, to }, signal) : null;
    notice("bands", null);
  } catch (error) {
    if (error.name === "AbortError" || error.isLoggedOut || error.status === 0) throw error;
    shown.bands = { series: new Map(), grid: grid({ from, to }) };
    noticeTrouble("bands", error);
  }
  showRules(shown);
  keepView(byId("rules"));
  await part("replay", () => showReplayed({ from, to, zone, view }, signal));
});
