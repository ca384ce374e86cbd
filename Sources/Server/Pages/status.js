// What the server holds and does now, told by /v1/status, and where to go from here.
import { ask } from "./ask.js";
import { byId, el, replace, setText, wide } from "./dom.js";
import { count, duration, format } from "./format.js";
import { show } from "./shell.js";
import { setDefaults } from "./state.js";

setDefaults({ refresh: "10s" });

let last = null;

function showState(s) {
  const state = byId("state");
  setText(state, s.ready ? "✓ accepting events" : "✗ not accepting: " + s.reason);
  state.className = "state " + (s.ready ? "good" : "bad");
  setText(byId("since"), "version " + s.version + ", up " + duration(s.uptime_seconds));
}

function showCards(s) {
  const seconds = last ? s.uptime_seconds - last.uptime_seconds : 0;
  const rate = seconds > 0 ? (s.accepted - last.accepted) / seconds : 0;
  last = s;
  const cards = [
    [count(s.position), "events kept (position)"],
    [format(rate, "eps"), "accepted per second"],
    [count(s.accepted), "accepted since start"],
    [count(s.duplicates), "duplicates since start"],
    [count(s.rejected), "rejected since start"],
    [count(s.refused_requests), "requests told to wait"],
    [count(s.tail_events), "events not sealed yet"],
    [count(s.segments), "sealed segments"],
    [format(s.stored_bytes, "bytes"), "in segments"],
    ...(s.retention.max_disk_bytes && s.disk_bytes
      ? [[format(Object.values(s.disk_bytes).reduce((sum, bytes) => sum + bytes, 0), "bytes"),
          "in all files, at most " + format(s.retention.max_disk_bytes, "bytes")]] : []),
    ...(s.dropped_events ? [[count(s.dropped_events), "events dropped by retention"]] : []),
    ...(s.archived_segments ? [[format(s.archived_bytes, "bytes"), "of these in the archive"]] : []),
    [count(s.queries_running), "queries running"],
    [count(s.connections), s.full_listeners ? "connections, others wait" : "connections"],
    [s.watermark, "watermark"],
    ...s.trace_exports.map((t) => [count(t.traces_sent), "traces sent, " + t.lag_seconds + " s behind"]),
    ...s.shipping.map((t) => [count(t.rows), "rows shipped to " + t.destination + ", " + t.lag_seconds + " s behind"]),
  ];
  replace(byId("cards"), cards.map(([value, label]) =>
    el("div", { class: "card" }, el("b", {}, value), el("span", {}, label))));
}

function showAddresses(addresses) {
  const place = byId("addresses");
  if (place.childElementCount) return;
  const groups = new Map();
  for (const address of addresses) groups.set(address.group, [...(groups.get(address.group) ?? []), address]);
  for (const [group, rows] of groups) {
    place.append(el("h2", {}, group), wide(group, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "address"), el("th", { scope: "col" }, "what it is for"))),
      el("tbody", {}, rows.map((row) => {
        const name = el("code", {}, row.method + " " + row.path);
        return el("tr", {}, el("td", {}, row.link ? el("a", { href: row.link }, name) : name), el("td", {}, row.purpose));
      })))));
  }
}

show(async ({ signal }) => {
  const status = await ask("/v1/status", { signal });
  showState(status);
  showCards(status);
  showAddresses(status.addresses);
});
