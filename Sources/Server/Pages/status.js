// What the server holds and does now, told by /v1/status every two seconds, and where to go from here. Values become text nodes, never
// markup.
import { bytes, duration, number } from "./words.js";

function element(name, text, parent) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (parent) parent.append(e);
  return e;
}

function showState(s) {
  const state = document.getElementById("state");
  state.textContent = s.ready ? "accepting events" : "not accepting: " + s.reason;
  state.className = s.ready ? "good" : "bad";
  document.getElementById("since").textContent = "version " + s.version + ", up " + duration(s.uptime_seconds);
}

let last = null;
function showCards(s) {
  const seconds = last ? s.uptime_seconds - last.uptime_seconds : 0;
  const rate = seconds > 0 ? (s.accepted - last.accepted) / seconds : 0;
  last = s;
  const cards = document.getElementById("cards");
  cards.replaceChildren();
  for (const [value, label] of [
    [number.format(s.position), "events kept (position)"],
    [number.format(Math.round(rate * 10) / 10), "accepted per second"],
    [number.format(s.accepted), "accepted since start"],
    [number.format(s.duplicates), "duplicates since start"],
    [number.format(s.rejected), "rejected since start"],
    [number.format(s.refused_requests), "requests told to wait"],
    [number.format(s.tail_events), "events not sealed yet"],
    [number.format(s.segments), "sealed segments"],
    [bytes(s.stored_bytes), "in segments"],
    [number.format(s.queries_running), "queries running"],
    [number.format(s.connections), s.full_listeners ? "connections, others wait" : "connections"],
    [s.watermark, "watermark"],
    ...s.trace_exports.map((t) => [number.format(t.traces_sent), "traces sent, " + t.lag_seconds + " s behind"]),
  ]) {
    const card = element("div", undefined, cards);
    card.className = "card";
    element("b", value, card);
    element("span", label, card);
  }
}

function showAddresses(addresses) {
  const place = document.getElementById("addresses");
  if (place.childElementCount) return;
  let group = null, table = null;
  for (const address of addresses) {
    if (address.group !== group) {
      group = address.group;
      element("h2", group, place);
      table = element("table", undefined, place);
    }
    const row = element("tr", undefined, table);
    let cell = element("td", undefined, row);
    if (address.link) {
      cell = element("a", undefined, cell);
      cell.href = address.link;
    }
    element("code", address.method + " " + address.path, cell);
    element("td", address.purpose, row);
  }
}

async function refresh() {
  try {
    const answer = await fetch("/v1/status", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const status = await answer.json();
    showState(status);
    showCards(status);
    showAddresses(status.addresses);
  } catch {
    const state = document.getElementById("state");
    state.textContent = "not reachable";
    state.className = "bad";
  }
  setTimeout(refresh, 2000);
}
refresh();
