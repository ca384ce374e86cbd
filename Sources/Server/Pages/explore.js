// Questions of one's own. A question stands in the fragment of the address, which no server is told, so that a link, reload
// and back show the same; what the answer says is shown to the digit.
import { Trouble, ask } from "./ask.js";
import { ColorBook, TimeChart, canDraw, fewSeries } from "./chart.js";
import { completePromQL, completeSQL } from "./completion.js";
import { csvText, saveText } from "./csv.js";
import { byId, el, replace, setText } from "./dom.js";
import { count, format } from "./format.js";
import { conversationLink } from "./listed.js";
import { RowTable, text } from "./rowtable.js";
import { notice, refresh, show } from "./shell.js";
import { change, setDefaults } from "./state.js";
import { dateTimeText, iso, offsetText } from "./time.js";

setDefaults({ from: "now-24h", lang: "sql", view: "table" });

const languages = ["sql", "promql"];
const views = { sql: ["table", "chart", "plan"], promql: ["table", "chart"] };
const pointsMax = 2000, rowsMax = 500_000;
const examples = {
  sql: [
    ["Slowest answers", "select time, conversation_id, turn, duration_ns / 1e9 as seconds\nfrom turns\n"
      + "order by duration_ns desc nulls last\nlimit 20"],
    ["Cost by model and day", "select date_trunc('day', time) as day, model, sum(cost_usd) as cost_usd, count(*) as calls\n"
      + "from llm_call\ngroup by 1, 2\norder by 1, 2"],
    ["What came last", "select time, type, conversation_id\nfrom events\norder by position desc\nlimit 20"],
  ],
  promql: [
    ["Answers by status", "sum by (status) (increase(support_answers_total[1h]))"],
    ["Cost by model", "sum by (model) (increase(support_llm_cost_usd_total[1h]))"],
    ["Alerts that fire", "ALERTS{alertstate=\"firing\"}"],
  ],
};

const editor = byId("text"), choices = byId("choices"), place = byId("place"), answerPlace = byId("answer"), told = byId("told");
const colors = new ColorBook();

// MARK: the address

function parameter(name, known) {
  const value = new URLSearchParams(location.search).get(name);
  return known.includes(value) ? value : known[0];
}

function wish() {
  const lang = parameter("lang", languages);
  let question = "";
  try {
    question = decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not one of our addresses.
  }
  return { lang, view: parameter("view", views[lang]), question };
}

// A step to go back from, unless it is the same question, which is asked again.
function submit() {
  closeChoices();
  const address = location.pathname + location.search + (editor.value.trim() ? "#" + encodeURIComponent(editor.value) : "");
  if (address !== location.pathname + location.search + location.hash) history.pushState(null, "", address);
  kept = null;
  refresh();
}

// The fragment is the question's: what leads to the content leaves it alone.
document.querySelector("a.skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});

// MARK: mistakes

// Where in a text a place is that the server tells: of SQL the number of a character, of PromQL line and byte of it.
function indexOf(error, question, lang, ahead) {
  if (lang === "sql") {
    const at = error.position - ahead;
    return at > 0 ? [...question].slice(0, at - 1).join("").length : undefined;
  }
  const found = /\b(\d+):(\d+): parse error/.exec(error.message);
  if (!found) return undefined;
  const lines = question.split("\n"), row = Math.min(Number(found[1]), lines.length) - 1;
  const bytes = new TextEncoder().encode(lines[row]).slice(0, Number(found[2]) - 1);
  return lines.slice(0, row).reduce((sum, line) => sum + line.length + 1, 0) + new TextDecoder().decode(bytes).length;
}

function showMistake(error, question, lang, ahead) {
  const at = indexOf(error, question, lang, ahead);
  const parts = [el("p", {}, error.message)];
  if (at !== undefined) {
    const start = question.lastIndexOf("\n", at - 1) + 1;
    const end = question.indexOf("\n", at) < 0 ? question.length : question.indexOf("\n", at);
    const from = Math.max(start, at - 50), line = question.slice(from, Math.min(end, at + 50));
    const room = question.slice(from, at).replace(/[^\t]/gu, " ");
    parts.push(el("pre", { "aria-label": "line " + question.slice(0, at).split("\n").length + ", character " + (at - start + 1) },
      el("code", {}, line + "\n" + room + "^")));
    if (document.activeElement === editor && editor.value === question) editor.setSelectionRange(at, at);
  }
  if (error.hint) parts.push(el("p", { class: "soft" }, error.hint));
  replace(place, parts);
  replace(answerPlace);
  setText(told, "");
}

// MARK: asking

let kept = null;
let asking = null;
let lastQuestion = "";

// Steps of a length that people read, at least as long as metrics are apart.
function stepOf(length) {
  const wanted = length / 600;
  const steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  return steps.find((step) => step * 1000 >= wanted) ?? Math.ceil(wanted / 86400000) * 86400;
}

// Words before which a statement is explained: settings stand before it.
function explained(question) {
  const settings = /^\s*(?:set\s[^;]*;\s*)*/i.exec(question)[0];
  return settings + "explain analyze " + question.slice(settings.length).replace(/^explain(\s+analyze)?\s+/i, "");
}

async function answerTo({ lang, view, question }, { from, to, zone }, signal) {
  if (lang === "sql") {
    const sql = view === "plan" ? explained(question) : question;
    return { lang, ...(await ask("/v1/sql", { signal, body: { sql, timezone: zone } })) };
  }
  if (view === "table") {
    return { lang, ...(await ask("/api/v1/query", { signal, body: { query: question, time: String(to / 1000) } })) };
  }
  const step = stepOf(to - from), start = Math.floor(from / 1000 / step) * step;
  const body = { query: question, start: String(start), end: String(to / 1000), step: String(step) };
  return { lang, start: start * 1000, step: step * 1000, ...(await ask("/api/v1/query_range", { signal, body })) };
}

function isOwnMistake(error) { return error instanceof Trouble && error.status >= 400 && error.status !== 401 && error.status !== 403; }

async function load(page) {
  const wanted = wish();
  updateTools(wanted);
  // What somebody writes meanwhile stays.
  if (wanted.question !== lastQuestion) editor.value = lastQuestion = wanted.question;
  if (!wanted.question.trim()) {
    replace(place);
    setText(told, "");
    return replace(answerPlace, exampleList(wanted.lang));
  }
  // Of SQL a chart is another look at the same answer.
  const kind = wanted.lang === "sql" && wanted.view === "chart" ? "table" : wanted.view;
  const times = wanted.lang === "sql" ? "" : page.from + " " + page.to;
  const key = JSON.stringify([wanted.lang, kind, wanted.question, page.zone, times]);
  if (kept?.key !== key) {
    const own = new AbortController();
    const stop = () => own.abort();
    page.signal.addEventListener("abort", stop);
    asking = own;
    byId("stop").disabled = false;
    setText(told, "asking…");
    const began = performance.now();
    try {
      kept = { key, answer: await answerTo(wanted, page, own.signal), milliseconds: performance.now() - began };
    } catch (error) {
      if (page.signal.aborted) throw error;
      kept = null;
      if (error.name === "AbortError") {
        replace(answerPlace);
        return setText(told, "stopped");
      }
      if (!isOwnMistake(error)) { setText(told, ""); throw error }
      const isPlan = wanted.lang === "sql" && wanted.view === "plan";
      const ahead = isPlan ? explained(wanted.question).length - wanted.question.length : 0;
      return showMistake(error, wanted.question, wanted.lang, ahead);
    } finally {
      page.signal.removeEventListener("abort", stop);
      if (asking === own) { asking = null; byId("stop").disabled = true }
    }
  }
  replace(place);
  draw(wanted, page);
}

// MARK: answers

const numeric = /^(bigint|integer|smallint|numeric|double precision|real)/;

// An answer as columns and rows, whichever language it is of.
function tableOf(answer) {
  if (answer.lang === "sql") {
    return { columns: answer.columns.map((column) => ({ ...column, isNumber: numeric.test(column.type) })), rows: answer.rows };
  }
  const { resultType, result } = answer.data;
  if (resultType === "scalar" || resultType === "string") {
    const value = { name: "value", type: resultType, isNumber: resultType === "scalar" };
    return { columns: [{ name: "time", type: "time" }, value], rows: [[iso(result[0] * 1000), result[1]]] };
  }
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  const columns = labels.map((name) => ({ name: name === "__name__" ? "metric" : name, type: "label" }));
  const first = (series) => labels.map((name) => series.metric[name] ?? null);
  const value = { name: "value", type: "number", isNumber: true };
  if (resultType === "vector") {
    return { columns: [...columns, value], rows: result.map((series) => [...first(series), (series.value ?? series.histogram)[1]]) };
  }
  return {
    columns: [...columns, { name: "time", type: "time" }, value],
    rows: result.flatMap((series) => (series.values ?? series.histograms).map(([time, found]) =>
      [...first(series), iso(time * 1000), found])),
  };
}

function seriesName(metric) {
  const { __name__: name = "", ...labels } = metric;
  const list = Object.entries(labels).map(([key, value]) => key + "=" + value).join(", ");
  return name && list ? name + " " + list : name || list || "value";
}

function numberOf(value) {
  const number = value === null || value === "" || typeof value === "boolean" ? NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

// Series on the times of a range question.
function seriesOfPromQL(answer, { to }) {
  const { resultType, result } = answer.data;
  const series = resultType === "matrix" ? result : [];
  if (!series.length) return { note: "no data" };
  if (!series.some((one) => one.values)) return { note: "histograms are drawn by functions such as histogram_quantile" };
  const { start, step } = answer, length = Math.floor((to - start) / step) + 1;
  return {
    start, step, count: length, from: start, to: start + (length - 1) * step,
    series: series.filter((one) => one.values).map((one) => {
      const values = new Array(length).fill(null);
      for (const [time, value] of one.values) values[Math.round((time * 1000 - start) / step)] = numberOf(value);
      return { name: seriesName(one.metric), values };
    }),
  };
}

function commonStep(times) {
  let step = 0;
  for (let at = 1; at < times.length; at++) {
    let [one, other] = [times[at] - times[at - 1], step];
    while (other) [one, other] = [other, one % other];
    step = one;
  }
  return step;
}

// Series of rows: the first column of times, every one of numbers, and what texts tell them apart by. Where there are more times than
// can be drawn, the least and the greatest of each stretch: never an average.
function seriesOfRows(answer) {
  const { columns, rows } = answer;
  const timeAt = columns.findIndex((column) => /^(timestamp|date)/.test(column.type));
  const numbers = columns.map((column, at) => at).filter((at) => at !== timeAt && numeric.test(columns[at].type));
  if (timeAt < 0 || !numbers.length) return { note: "A chart is drawn of a column of times and one or more of numbers." };
  const texts = columns.map((column, at) => at).filter((at) => columns[at].type === "text");
  const found = rows.map((row) => {
    const value = row[timeAt] ?? "";
    // What has no zone is drawn as if it were UTC.
    return Date.parse(/^\d{4}-\d{2}-\d{2}[ T][\d:.]+$/.test(value) ? value.replace(" ", "T") + "Z" : value);
  });
  const times = [...new Set(found.filter((time) => !Number.isNaN(time)))].sort((a, b) => a - b);
  if (!times.length) return { note: "no data" };
  const [from, last] = [times[0], times.at(-1)];
  let step = commonStep(times) || 60000;
  const isWhole = (last - from) / step < pointsMax;
  if (!isWhole) step = Math.ceil((last - from) / (pointsMax - 1));
  const length = Math.floor((last - from) / step) + 1, series = new Map();
  const put = (name, at, value, better) => {
    if (!series.has(name)) series.set(name, new Array(length).fill(null));
    const values = series.get(name);
    if (values[at] === null || better(value, values[at])) values[at] = value;
  };
  let hidden = 0;
  rows.forEach((row, place) => {
    if (Number.isNaN(found[place])) return;
    const group = texts.map((at) => text(row[at]) ?? "null").join(", "), at = Math.floor((found[place] - from) / step);
    for (const number of numbers) {
      const value = numberOf(row[number]);
      const name = [numbers.length > 1 || !group ? columns[number].name : "", group].filter(Boolean).join(" ");
      if (value === null) continue;
      if (series.size > 500 && !series.has(name) && !series.has(name + " (least)")) { hidden++; continue }
      if (isWhole) put(name, at, value, () => true);
      else { put(name + " (least)", at, value, (a, b) => a < b); put(name + " (greatest)", at, value, (a, b) => a > b) }
    }
  });
  const note = [isWhole ? "" : "least and greatest of each stretch", hidden ? hidden + " values of further series are left out" : ""];
  return {
    start: from, step, count: length, from, to: last + (length === 1 ? step : 0),
    series: [...series].map(([name, values]) => ({ name, values })), note: note.filter(Boolean).join("; "),
  };
}

let chart = null;

function drawChart(wanted, page) {
  chart?.destroy();
  chart = null;
  const made = wanted.lang === "sql" ? seriesOfRows(kept.answer) : seriesOfPromQL(kept.answer, page);
  if (!made.series || !canDraw()) {
    return replace(answerPlace, el("p", { class: "soft" }, made.series ? "the library of charts is not there" : made.note));
  }
  const few = fewSeries(made.series, false), host = el("figure", { "aria-label": "Answer as a chart" });
  const note = [made.note, few.note].filter(Boolean).join("; ");
  replace(answerPlace, host, note ? el("p", { class: "soft" }, note) : null);
  chart = new TimeChart(el("div", {}), {
    title: "Answer", style: { lineWidth: 1.5, fillOpacity: 0 }, thresholds: [], colors, zone: page.zone, stacked: false, bars: false,
    options: { "legend.displayMode": "table", "legend.calcs": ["mean", "max"] },
  }, {
    // Rows have the times that their question asks for.
    onZoom: wanted.lang === "sql" ? undefined
      : (from, to) => change({ from: iso(from), to: iso(to) }),
  });
  host.append(chart.host);
  chart.update({ ...made, series: few.series, bands: [], finished: Infinity });
}

// An opened row leads to the conversation that it names.
function leads(columns) {
  const [id, tenant] = ["conversation_id", "tenant"].map((name) => columns.findIndex((column) => column.name === name));
  const isName = (value) => typeof value === "string" && value !== "";
  return (row, at) => at === id && isName(row[at]) ? conversationLink(row[at], isName(row[tenant]) ? row[tenant] : undefined) : undefined;
}

function draw(wanted, page) {
  const { answer, milliseconds } = kept;
  if (wanted.view === "chart") drawChart(wanted, page);
  else {
    chart?.destroy();
    chart = null;
    if (wanted.view === "plan") {
      replace(answerPlace, el("pre", { class: "plan" }, el("code", {}, answer.rows.map((row) => row[0]).join("\n"))));
    } else {
      const { columns, rows } = tableOf(answer);
      const host = el("div", {});
      replace(answerPlace, host);
      if (rows.length) new RowTable(host, columns, rows.length > rowsMax ? rows.slice(0, rowsMax) : rows, "Answer", { content: leads(columns) });
      else host.append(el("p", { class: "soft" }, "no rows"));
    }
  }
  const shown = wanted.view === "plan" ? [] : [count(tableOf(answer).rows.length) + " rows"];
  if (answer.rows?.length > rowsMax) shown.push("the first " + count(rowsMax) + " are shown, the CSV has all");
  shown.push(format(milliseconds / 1000, "s") + " until it was here");
  const statistics = answer.statistics;
  if (statistics?.rows_scanned) {
    shown.push(count(statistics.rows_scanned) + " rows read", format(statistics.memory_peak_bytes, "bytes") + " of memory");
  }
  if (answer.step) shown.push("a point each " + format(answer.step / 1000, "s"));
  if (answer.watermark) {
    const time = Date.parse(answer.watermark);
    shown.push("as of event " + count(answer.position) + ", watermark " + dateTimeText(time, page.zone, true)
      + " (" + offsetText(time, page.zone) + ")");
  }
  setText(told, shown.join(" · "));
  const remarks = [...(answer.notices ?? []), ...(answer.warnings ?? []), ...(answer.infos ?? [])];
  notice("answer", remarks.length ? remarks.join("; ") : null, { isBad: false });
}

// MARK: CSV

function save() {
  if (!kept) return;
  const { columns, rows } = tableOf(kept.answer);
  const lines = rows.map((row) => columns.map((_, at) => text(row[at])));
  saveText("plimsoll-answer.csv", csvText([columns.map((column) => column.name), ...lines], (at) => columns[at].isNumber));
}

// MARK: completion

const known = { schemas: null, metrics: null, labels: new Map() };

async function once(name, address, take) {
  if (!known[name]) known[name] = ask(address).then(take);
  try {
    return await known[name];
  } catch (error) {
    known[name] = null;
    throw error;
  }
}

const schemas = () => once("schemas", "/v1/schemas", (answer) => answer);

async function metrics() {
  return once("metrics", "/api/v1/label/__name__/values", async (names) => {
    const described = await ask("/api/v1/metadata");
    return names.data.map((name) => {
      const about = described.data[name]?.[0];
      return { text: name, kind: about?.type ?? "series", detail: about?.help };
    });
  });
}

async function labelsOf(address) {
  if (!known.labels.has(address)) known.labels.set(address, ask(address).then((answer) => answer.data));
  try {
    return await known.labels.get(address);
  } catch {
    known.labels.delete(address);
    return [];
  }
}

const labels = () => labelsOf("/api/v1/labels");
const values = (name) => labelsOf("/api/v1/label/" + encodeURIComponent(name) + "/values");

let offered = null;
let offers = 0;

function closeChoices() {
  offers++;
  offered = null;
  choices.hidden = true;
  editor.removeAttribute("aria-activedescendant");
}

function point(at) {
  offered.at = at;
  [...choices.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
  if (at < 0) return editor.removeAttribute("aria-activedescendant");
  editor.setAttribute("aria-activedescendant", "choice-" + at);
  choices.children[at].scrollIntoView({ block: "nearest" });
}

function take(at) {
  const { options, word } = offered, option = options[at];
  const end = editor.selectionStart, start = end - word.length, put = option.text + (option.after ?? "");
  editor.setRangeText(put, start, end, "end");
  closeChoices();
  editor.focus();
}

async function offer(isAsked = false) {
  const own = ++offers;
  const before = editor.value.slice(0, editor.selectionStart), after = editor.value.slice(editor.selectionStart), { lang } = wish();
  let found;
  try {
    const all = await schemas();
    found = lang === "sql" ? completeSQL(before, after, all) : await completePromQL(before, all, await metrics(), labels, values);
  } catch {
    // Without them a question can be written as well.
    found = { options: [] };
  }
  // Meanwhile somebody wrote on, asked, or went elsewhere.
  if (own !== offers || before !== editor.value.slice(0, editor.selectionStart) || document.activeElement !== editor) return;
  if (!found.options.length || (!found.word && !isAsked)) return closeChoices();
  offered = { ...found, at: -1 };
  choices.replaceChildren(...found.options.map((option, at) => el("li", {
    id: "choice-" + at, role: "option", "aria-selected": "false",
    pointerdown: (event) => { event.preventDefault(); take(at) },
  }, el("code", {}, option.text), el("span", {}, option.kind), el("span", { class: "soft" }, option.detail ?? ""))));
  choices.hidden = false;
}

editor.addEventListener("input", () => offer());
editor.addEventListener("blur", closeChoices);
editor.addEventListener("keydown", (event) => {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === "Enter") { event.preventDefault(); return submit() }
  if (isCommand && event.key === " ") { event.preventDefault(); return offer(true) }
  if (!offered || isCommand || event.altKey) return;
  const { options, at } = offered;
  if (event.key === "ArrowDown") point((at + 1) % options.length);
  else if (event.key === "ArrowUp") point(at <= 0 ? options.length - 1 : at - 1);
  else if (event.key === "Escape") closeChoices();
  else if (event.key === "Tab" && !event.shiftKey) take(Math.max(0, at));
  else if (event.key === "Enter" && at >= 0) take(at);
  else return;
  event.preventDefault();
});

// MARK: the page

function exampleList(lang) {
  return el("ul", { class: "examples" }, examples[lang].map(([name, question]) => el("li", {},
    el("button", { type: "button", click: () => { editor.value = question; submit() } }, name))));
}

const language = byId("lang"), viewButtons = new Map();

function updateTools({ lang, view }) {
  language.value = lang;
  for (const [name, button] of viewButtons) {
    button.setAttribute("aria-pressed", String(name === view));
    button.hidden = !views[lang].includes(name);
  }
}

for (const [name, title] of [["table", "Table"], ["chart", "Chart"], ["plan", "Explain analyze"]]) {
  const button = el("button", { type: "button", "aria-pressed": "false", click: () => change({ view: name }) }, title);
  viewButtons.set(name, button);
  byId("views").append(button);
}
// A question of one language is none of the other: each has its own, and back leads to the one before.
const drafts = {};
language.addEventListener("change", () => {
  closeChoices();
  drafts[wish().lang] = editor.value;
  const query = new URLSearchParams(location.search);
  query.set("lang", language.value);
  query.delete("view");
  history.pushState(null, "", location.pathname + "?" + query);
  lastQuestion = "";
  editor.value = drafts[language.value] ?? "";
  refresh();
});
byId("question").addEventListener("submit", (event) => { event.preventDefault(); submit() });
byId("stop").addEventListener("click", () => asking?.abort());
byId("csv").addEventListener("click", () => save());
addEventListener("resize", () => chart?.resize());
addEventListener("themechange", () => { if (chart?.data) chart.update(chart.data) });
// Paper has its own colours and width.
addEventListener("paperchange", () => { if (chart?.data) { chart.resize(); chart.update(chart.data) } });

show(load);
