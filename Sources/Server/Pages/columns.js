// One conversation as the server tells it in columns: read by row and name, put into a tree, added up. No element is made
// here, and no object a row: 20,000 of them are arrays of numbers.

// Rows of one part of the answer. Texts are places among the names, times ns behind the base.
export class Columns {
  constructor(part, names) {
    this.count = part.count;
    this.parts = part.columns;
    this.names = names;
  }

  raw(name, row) { return this.parts[name]?.values[row] ?? null; }

  text(name, row) {
    const value = this.raw(name, row);
    if (value === null) return null;
    return this.parts[name].type === "text" ? this.names[value] : String(value);
  }

  number(name, row) {
    const value = this.raw(name, row);
    return value === null ? null : Number(value);
  }
}

// MARK: money

// Pico-USD of a decimal text, exact.
export function pico(text) {
  const found = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(text ?? "");
  if (!found) return 0n;
  const size = BigInt(found[2] + (found[3] ?? "").padEnd(12, "0"));
  return found[1] ? -size : size;
}

// USD with every digit, two behind the point at least.
export function exactMoney(value) {
  const amount = typeof value === "bigint" ? value : pico(value);
  const size = amount < 0n ? -amount : amount;
  const whole = String(size / 1000000000000n).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = String(size % 1000000000000n).padStart(12, "0").replace(/0{1,10}$/, "");
  return (amount < 0n ? "-" : "") + "$" + whole + "." + rest;
}

// USD as reports have them: with six digits behind the point, and with two that count where these would show something
// as nothing.
export function roundedMoney(value) {
  const amount = typeof value === "bigint" ? value : pico(value);
  const size = amount < 0n ? -amount : amount;
  let unit = 1000000n;
  if (size > 0n && size < unit / 2n) for (unit = 1n; size / unit >= 100n;) unit *= 10n;
  const rounded = (size + unit / 2n) / unit * unit;
  const [whole, rest] = exactMoney(rounded).split(".");
  return (amount < 0n ? "-" : "") + whole + "." + rest.padEnd(6, "0");
}

// What a row, a turn or all of it cost: exact, unless somebody writes amounts otherwise, at least, or nothing known.
export function costText({ cost_usd: cost, cost_low_usd: low, cost_high_usd: high, price_state: state }, money = exactMoney) {
  if (cost !== null && cost !== undefined) return money(cost);
  if (state === "unpriced" && pico(low) === 0n) return "unpriced";
  if (low === null || low === undefined) return "";
  return (high ? money(low) + " to " + money(high) : "at least " + money(low));
}

// MARK: outcomes

// The mark and the class of each.
export const outcomes = { resolved: ["✓", "good"], escalated: ["!", "warn"], abandoned: ["✗", "bad"], open: ["…", "soft"] };

// MARK: the tree

export const kinds = { turn: 0, event: 1, missing: 2, outside: 3 };

// Which event of a span stands for it, where several have it: the least.
const ranks = { "agent.run": 0, "workflow.step": 1, "llm.call": 2, "embedding.call": 2, "tool.call": 2, "retrieval.query": 2 };
function rank(type) { return type === "span.received" ? 9 : ranks[type] ?? 5; }

// Turns, below them what belongs to each, by spans where they say whose they are. Nodes are numbers: for each `kind`,
// `row` (of turns or events), `parent` (−1: none), `first` child, `next` sibling, `start` and `end` in ns behind the
// base, `cost` of the calls below in pico-USD.
export function tree(events, turns) {
  const turnCount = turns.count;
  const kind = [], row = [], parent = [], start = [], end = [], names = [];
  const add = (aKind, aRow, aParent, from, to, name = null) => {
    kind.push(aKind);
    row.push(aRow);
    parent.push(aParent);
    start.push(from);
    end.push(to);
    names.push(name);
    return kind.length - 1;
  };
  const turnOf = new Map();
  const turnOfTrace = new Map();
  for (let index = 0; index < turnCount; index += 1) {
    const asked = turns.number("asked_time", index);
    const answered = turns.number("time", index) ?? asked ?? 0;
    const node = add(kinds.turn, index, -1, asked ?? answered, answered);
    const number = turns.raw("turn", index);
    if (number !== null && !turnOf.has(number)) turnOf.set(number, node);
    const trace = turns.raw("trace_id", index);
    if (trace !== null && !turnOfTrace.has(trace)) turnOfTrace.set(trace, node);
  }

  // Spans by trace and id; what stands for one is told, the span as it came only where nothing else does.
  const owner = new Map();
  // One number for both: there are fewer names than that.
  const spanKey = (column, index) => {
    const id = events.raw(column, index);
    return id === null ? null : ((events.raw("trace_id", index) ?? -1) + 1) * 67108864 + id;
  };
  for (let index = 0; index < events.count; index += 1) {
    const key = spanKey("span_id", index);
    if (key === null) continue;
    const known = owner.get(key);
    if (known === undefined || rank(events.text("type", index)) < rank(events.text("type", known))) owner.set(key, index);
  }
  const nodeOf = new Int32Array(events.count).fill(-1);
  let hidden = 0;
  for (let index = 0; index < events.count; index += 1) {
    const key = spanKey("span_id", index);
    if (events.text("type", index) === "span.received" && key !== null && owner.get(key) !== index) {
      hidden += 1;
      continue;
    }
    const time = events.number("time", index) ?? 0;
    // How long all of it was is no time that something took.
    const isOfAll = events.text("type", index)?.startsWith("conversation.");
    nodeOf[index] = add(kinds.event, index, -1, time - (isOfAll ? 0 : Math.max(0, events.number("duration_ns", index) ?? 0)), time);
  }

  let outside = -1;
  const missing = new Map();
  const top = (index) => {
    const trace = events.raw("trace_id", index);
    const node = turnOf.get(events.raw("turn", index)) ?? (trace === null ? undefined : turnOfTrace.get(trace));
    if (node !== undefined) return node;
    if (outside < 0) outside = add(kinds.outside, -1, -1, Infinity, -Infinity);
    return outside;
  };
  for (let index = 0; index < events.count; index += 1) {
    const node = nodeOf[index];
    if (node < 0) continue;
    const own = spanKey("span_id", index);
    const stands = own === null ? undefined : owner.get(own);
    if (stands !== undefined && stands !== index) {
      parent[node] = nodeOf[stands];
      continue;
    }
    const above = spanKey("parent_span_id", index);
    const known = above === null ? undefined : owner.get(above);
    if (known !== undefined && known !== index) {
      parent[node] = nodeOf[known];
    } else if (above !== null && known === undefined) {
      let place = missing.get(above);
      if (place === undefined) {
        place = add(kinds.missing, -1, top(index), Infinity, -Infinity, events.text("parent_span_id", index));
        missing.set(above, place);
      }
      parent[node] = place;
    } else {
      parent[node] = top(index);
    }
  }
  untie(parent, (node) => (kind[node] === kinds.event ? top(row[node]) : -1));
  joinRetries(events, kind, row, parent, start);

  const count = kind.length;
  const order = Array.from({ length: count }, (_, node) => node)
    .sort((one, other) => start[one] - start[other] || end[other] - end[one] || one - other);
  const first = new Int32Array(count).fill(-1);
  const next = new Int32Array(count).fill(-1);
  const roots = [];
  for (let index = count - 1; index >= 0; index -= 1) {
    const node = order[index];
    if (parent[node] < 0) roots.push(node);
    else {
      next[node] = first[parent[node]];
      first[parent[node]] = node;
    }
  }
  roots.reverse();
  const result = { kind, row, parent, first, next, start, end, names, roots, hidden, count, events, turns };
  addUp(result);
  // What has no time of its own has that of what stands below it.
  roots.sort((one, other) => start[one] - start[other] || one - other);
  return Object.assign(result, places(result));
}

// Which of how many a node is among those beside it, from 1.
function places({ roots, first, next, count }) {
  const [position, siblings] = [new Int32Array(count), new Int32Array(count)];
  roots.forEach((node, index) => { [position[node], siblings[node]] = [index + 1, roots.length]; });
  for (let above = 0; above < count; above += 1) {
    let size = 0;
    for (let node = first[above]; node >= 0; node = next[node]) position[node] = size += 1;
    for (let node = first[above]; node >= 0; node = next[node]) siblings[node] = size;
  }
  return { position, siblings };
}

// A span that says it stands below itself, by however many others, is put below its turn.
function untie(parent, top) {
  const state = new Uint8Array(parent.length);
  for (let node = 0; node < parent.length; node += 1) {
    const path = [];
    let at = node;
    while (at >= 0 && at < state.length && state[at] === 0) {
      state[at] = 1;
      path.push(at);
      at = parent[at];
    }
    if (at >= 0 && at < state.length && state[at] === 1) parent[at] = top(at);
    for (const seen of path) state[seen] = 2;
  }
}

// A call that was tried again stands below its first try.
function joinRetries(events, kind, row, parent, start) {
  const calls = [];
  for (let node = 0; node < kind.length; node += 1) {
    if (kind[node] === kinds.event && events.text("type", row[node]) === "llm.call") calls.push(node);
  }
  calls.sort((one, other) => start[one] - start[other] || one - other);
  const last = new Map();
  for (const node of calls) {
    const attempt = events.number("attempt", row[node]) ?? 1;
    const key = parent[node] + ":" + events.raw("request_model", row[node]) + ":" + events.raw("purpose", row[node]);
    const before = last.get(key);
    if (attempt > 1 && before && before.attempt === attempt - 1) {
      parent[node] = before.first;
      last.set(key, { first: before.first, attempt });
    } else {
      last.set(key, { first: node, attempt });
    }
  }
}

// Sums of what stands below, from the leaves up: cost in pico-USD, errors, and whether all calls have a price.
function addUp(tree) {
  const { count, kind, row, parent, first, next, start, end, events, roots } = tree;
  const cost = new Array(count).fill(0n);
  const errors = new Uint32Array(count);
  const inexact = new Uint32Array(count);
  const level = new Uint16Array(count);
  const size = new Uint32Array(count);
  const walk = [...roots];
  const order = [];
  while (walk.length) {
    const node = walk.pop();
    order.push(node);
    for (let child = first[node]; child >= 0; child = next[child]) {
      level[child] = Math.min(level[node] + 1, 999);
      walk.push(child);
    }
  }
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const node = order[index];
    size[node] += 1;
    if (kind[node] === kinds.event) {
      if (events.raw("price_state", row[node]) !== null) {
        const exact = events.raw("cost_usd", row[node]);
        cost[node] += pico(exact ?? events.raw("cost_low_usd", row[node]));
        if (exact === null) inexact[node] += 1;
      }
      if (events.text("status", row[node]) === "error") errors[node] += 1;
    }
    const above = parent[node];
    if (above < 0) continue;
    cost[above] += cost[node];
    errors[above] += errors[node];
    inexact[above] += inexact[node];
    size[above] += size[node];
    if (kind[above] !== kinds.event) {
      start[above] = Math.min(start[above], start[node]);
      end[above] = Math.max(end[above], end[node]);
    }
  }
  Object.assign(tree, { cost, errors, inexact, level, size });
}

// MARK: time

// Times on a line on which long pauses are short: `place(time)` in 0…1, and the pauses that were folded.
export function timeline(spans) {
  const sorted = spans.filter(([from, to]) => Number.isFinite(from) && Number.isFinite(to)).sort((a, b) => a[0] - b[0]);
  if (sorted.length === 0) return { place: () => 0, folds: [], from: 0, to: 0, busy: 0 };
  const stretches = [];
  for (const [from, to] of sorted) {
    const last = stretches[stretches.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else stretches.push([from, Math.max(from, to)]);
  }
  const busy = stretches.reduce((sum, [from, to]) => sum + to - from, 0);
  const long = Math.max(busy * 0.1, 5e9);
  const fold = Math.max(busy * 0.03, 1);
  const [points, widths, folds] = [[stretches[0][0]], [0], []];
  let width = 0;
  const reach = (time, step) => {
    width += step;
    points.push(time);
    widths.push(width);
  };
  for (let index = 0; index < stretches.length; index += 1) {
    const [from, to] = stretches[index];
    const pause = index ? from - stretches[index - 1][1] : 0;
    if (pause > long) {
      folds.push({ from: stretches[index - 1][1], to: from });
      reach(from, fold);
    } else if (index) {
      reach(from, pause);
    }
    reach(to, to - from);
  }
  const whole = width || 1;
  const place = (time) => {
    let [low, high] = [0, points.length - 1];
    if (time <= points[0]) return 0;
    if (time >= points[high]) return widths[high] / whole;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle] <= time) low = middle;
      else high = middle;
    }
    const length = points[high] - points[low];
    const share = length > 0 ? (time - points[low]) / length : 0;
    return (widths[low] + share * (widths[high] - widths[low])) / whole;
  };
  return { place, folds, from: points[0], to: points[points.length - 1], busy };
}

// MARK: words

const told = {
  "llm.call": ["purpose", "response_model", "request_model"], "embedding.call": ["response_model", "request_model"],
  "tool.call": ["tool"], "retrieval.query": ["index"], "guardrail.checked": ["guardrail", "verdict"],
  "agent.run": ["agent"], "agent.handoff": ["from_agent", "to_agent"], "escalation.raised": ["reason", "queue"],
  "feedback.submitted": ["kind", "score"], "quality.scored": ["name", "quality_score", "label"],
  "conversation.resolved": ["by", "certainty"], "conversation.closed": ["reason"], "conversation.reopened": ["reason"],
  "conversation.classified": ["topic", "intent"], "cache.lookup": ["cache", "hit"], "message.received": ["author"],
  "message.sent": ["author", "answered_from"], "workflow.step": ["workflow", "step"], "approval.requested": ["action"],
  "approval.decided": ["decision", "by"], "usage.reported": ["scope"], "span.received": ["span_name", "span_class"],
};

// An event in a few words, without its type.
export function words(events, row) {
  const type = events.text("type", row);
  const parts = [];
  for (const name of told[type] ?? []) {
    const text = events.text(name, row);
    if (text !== null && !(name === "request_model" && parts.includes(text)) && !parts.includes(text)) parts.push(text);
  }
  const attempt = events.number("attempt", row);
  if (attempt > 1) parts.push("try " + attempt);
  if (events.raw("hits", row) !== null) parts.push(events.number("hits", row) + " hits");
  if (events.raw("error_type", row) !== null) parts.push(events.text("error_type", row));
  return parts.join(" · ");
}

// Where the words of people and agents would stand, and what else a span said.
export function withheldText(events, row) {
  const type = events.text("type", row);
  const values = events.number("withheld_values", row);
  if (values) return values + (values === 1 ? " value withheld" : " values withheld");
  if (type !== "message.received" && type !== "message.sent" && type !== "feedback.submitted") return null;
  const length = events.number("characters", row);
  return length === null ? "content withheld" : "content withheld (" + length + (length === 1 ? " character)" : " characters)");
}
