// Whether all is well: what the server says of itself, its promises, its alerts, what today costs. Every figure is one
// of the API's, and leads to where there is more of it.
import { address, ask } from "./ask.js";
import { byId, el, replace, setText } from "./dom.js";
import { count, duration, format } from "./format.js";
import { hasPage, keepView, part, show } from "./shell.js";
import { setDefaults } from "./state.js";
import { clockText, dateTimeText, floored, offsetText, parsed } from "./time.js";

setDefaults({ from: "now-30d", refresh: "1m" });

const verdicts = {
  met: ["✓", "met", "good"], "at risk": ["!", "at risk", "warn"], breached: ["✗", "beyond the limit", "bad"],
  "no data": ["–", "no data", "soft"],
};

function linked(path, fallback, text) {
  if (hasPage(path.split("?")[0])) return el("a", { href: path, "data-keeps-view": true }, text);
  return fallback ? el("a", { href: fallback }, text) : el("span", {}, text);
}

function iso(time) { return new Date(time).toISOString(); }

// A figure of a report: a text, an object with its quotient, "unknown", or null.
function number(value) { return value !== null && typeof value === "object" ? value.value : value; }

function exact(value) {
  if (value === null || value === undefined) return undefined;
  return typeof value === "object" ? value.value + " = " + value.numerator + " ÷ " + value.denominator : String(value);
}

function shown(value, unit) {
  if (value === "unknown") return "unpriced";
  return format(number(value), unit);
}

function unitOf(objective) {
  if (/^(answer|first_token)_p/.test(objective)) return "s";
  return objective === "cost_per_answer" ? "currencyUSD" : "percentunit";
}

function nameOf(objective) {
  return objective.replace(/_p(\d+(?:_\d+)?)$/, (_, rank) => " p" + rank.replace("_", ".")).replaceAll("_", " ");
}

// MARK: parts

function showState(status) {
  const state = byId("state");
  const parts = [status.ready ? "✓ accepting events" : "✗ not accepting: " + status.reason];
  for (const trouble of status.troubles) parts.push("! " + trouble);
  const isGood = status.ready && status.troubles.length === 0;
  state.className = "state " + (status.ready ? (isGood ? "good" : "warn") : "bad");
  const text = parts.join(" · ");
  if (state.textContent !== text) replace(state, el("a", { href: "/status" }, text));
}

function showLevels(report, query) {
  const fallback = address("/v1/reports/sla", { ...query, format: "table" });
  const tiles = report.objectives.map((row) => {
    const unit = unitOf(row.objective);
    const [mark, word, kind] = verdicts[row.verdict] ?? ["?", row.verdict, "soft"];
    return el("div", { class: "tile" },
      el("h3", {}, nameOf(row.objective)),
      // How it went day by day; from there a day leads to its hours, an hour to who suffered in it.
      el("p", { class: "figure", title: exact(row.actual) },
        linked(address("/reports/sla", { by: "day", measure: row.objective }), fallback, shown(row.actual, unit))),
      el("p", { class: kind }, mark + " " + word),
      el("p", { class: "soft" }, "target " + shown(row.target, unit) + " · " + count(row.samples) + " samples"),
      row.budget_left === null ? null
        : el("p", { class: "soft", title: exact(row.budget_left) }, "budget left " + shown(row.budget_left, "percentunit")));
  });
  replace(byId("levels"), tiles);
}

function showAlerts(answer, zone, now) {
  const place = byId("alerts");
  const alerts = answer.data.alerts.filter((alert) => alert.state === "firing")
    .sort((one, other) => Date.parse(other.activeAt) - Date.parse(one.activeAt));
  if (alerts.length === 0) return replace(place, el("p", { class: "good" }, "✓ none fires"));
  const rows = alerts.slice(0, 20).map((alert) => {
    const name = alert.labels.alertname ?? "";
    const since = Date.parse(alert.activeAt);
    const labels = Object.entries(alert.labels).filter(([key]) => key !== "alertname").map(([key, value]) => key + "=" + value);
    return el("tr", {},
      el("td", {}, el("a", { href: "/runbooks/" + encodeURIComponent(name), "data-keeps-view": true }, "✗ " + name)),
      el("td", {}, alert.annotations.summary ?? ""),
      el("td", {}, "for " + duration((now - since) / 1000) + " (since " + dateTimeText(since, zone) + ")"),
      el("td", { class: "soft" }, labels.join(", ")));
  });
  replace(place,
    el("p", { class: "bad" }, "✗ " + alerts.length + (alerts.length === 1 ? " fires" : " fire")),
    el("div", { class: "wide" }, el("table", {},
      el("thead", {}, el("tr", {}, ["alert and runbook", "what", "how long", "of"].map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, rows))),
    alerts.length > rows.length ? el("p", { class: "soft" }, (alerts.length - rows.length) + " more") : null);
}

function moneyTile(title, total, query) {
  const unpriced = total.unpriced + total.partly;
  return el("div", { class: "tile" },
    el("h3", {}, title),
    el("p", { class: "figure", title: exact(total.cost_usd) },
      linked("/reports/cost", address("/v1/reports/cost", { ...query, format: "table" }), shown(total.cost_usd, "currencyUSD"))),
    el("p", { class: "soft" }, count(total.calls) + " calls"),
    unpriced > 0
      ? el("p", { class: "warn" }, "! ", linked("/prices", "/v1/prices/check", count(unpriced) + " not wholly priced"))
      : null);
}

function showMoney(today, yesterday, asked) {
  replace(byId("money"),
    moneyTile("today since midnight", today.total[0], asked.today),
    moneyTile("yesterday to the same time", yesterday.total[0], asked.yesterday));
}

function showFreshness(report, zone, now) {
  const time = Date.parse(report.watermark);
  setText(byId("freshness"),
    "As of event " + count(report.position) + ", watermark " + dateTimeText(time, zone, true) + " (" + offsetText(time, zone)
    + "), asked at " + clockText(now, zone, true) + ". " + report.exactness + ".");
}

// MARK: all of it

show(async ({ from, to, zone, now, view, signal }) => {
  const timezone = zone;
  // The server's clock says what now is, where the end is now.
  const period = { from: iso(from), to: view.to === "now" ? undefined : iso(to), timezone };
  const midnight = floored(now, "d", zone);
  const asked = {
    today: { from: iso(midnight), timezone },
    yesterday: { from: iso(floored(midnight - 1, "d", zone)), to: iso(parsed("now-1d", { now, zone })), timezone },
  };
  await Promise.all([
    part("status", async () => showState(await ask("/v1/status", { signal }))),
    part("levels", async () => {
      const report = await ask(address("/v1/reports/sla", period), { signal });
      showLevels(report, period);
      showFreshness(report, zone, now);
    }),
    part("alerts", async () => showAlerts(await ask("/api/v1/alerts", { signal }), zone, now)),
    part("money", async () => {
      const [today, yesterday] = await Promise.all(["today", "yesterday"].map((day) =>
        ask(address("/v1/reports/cost", asked[day]), { signal })));
      showMoney(today, yesterday, asked);
    }),
  ]);
  keepView(byId("main"));
});
