// What may stand where somebody writes a question: from the names that the server tells, by what stands before.

const sqlWords = ["select", "from", "where", "group by", "order by", "limit", "join", "left join", "on", "as", "and", "or", "not",
  "in", "is null", "is not null", "between", "like", "ilike", "case", "when", "then", "else", "end", "distinct", "having",
  "union all", "with", "filter", "interval", "timestamptz", "asc", "desc", "nulls last", "over (", "partition by", "rows between",
  "unbounded preceding", "current row", "explain analyze"];
const promWords = ["by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "and", "or", "unless"];
const listMax = 40;

// Tables that a statement names, with what it calls them.
function namedTables(text) {
  const found = new Map();
  for (const [, table, , alias] of text.matchAll(/\b(?:from|join)\s+([a-z_][a-z0-9_]*)(\s+(?:as\s+)?([a-z_][a-z0-9_]*))?/gi)) {
    const name = table.toLowerCase();
    found.set(name, name);
    if (alias && !sqlWords.some((word) => word.split(" ")[0] === alias.toLowerCase())) found.set(alias.toLowerCase(), name);
  }
  return found;
}

// Whether a place lies in a text or a remark of SQL.
function isQuoted(before) {
  let inside = null;
  for (let at = 0; at < before.length; at++) {
    const pair = before.slice(at, at + 2);
    if (inside === "'") { if (before[at] === "'") inside = null }
    else if (inside === "--") { if (before[at] === "\n") inside = null }
    else if (inside === "/*") { if (pair === "*/") inside = null }
    else if (before[at] === "'") inside = "'";
    else if (pair === "--" || pair === "/*") inside = pair;
  }
  return inside !== null;
}

function ranked(options, word) {
  const wanted = word.toLowerCase(), seen = new Set(), first = [], others = [];
  for (const option of options) {
    if (seen.has(option.text) || option.text === word) continue;
    seen.add(option.text);
    const name = option.text.toLowerCase();
    if (name.startsWith(wanted)) first.push(option);
    else if (wanted.length > 1 && name.includes(wanted)) others.push(option);
    if (first.length >= listMax) break;
  }
  return [...first, ...others].slice(0, listMax);
}

const columnsOf = (schemas, name) => {
  const table = schemas.tables.find((one) => one.name === name);
  if (!table) return [];
  const own = table.columns.map((column) => ({ text: column.name, kind: column.type + " · " + name, detail: column.description }));
  if (!table.event_type) return own;
  return [...own, ...schemas.common.map((column) => ({ text: column.name, kind: column.type, detail: column.description }))];
};

// What may stand at the end of `before` in a statement that goes on with `after`; `schemas` is the answer of /v1/schemas.
export function completeSQL(before, after, schemas) {
  if (isQuoted(before)) return { word: "", options: [] };
  const word = /[A-Za-z_][A-Za-z0-9_]*$/.exec(before)?.[0] ?? "";
  const ahead = before.slice(0, before.length - word.length);
  const tables = namedTables(ahead + " " + after);
  const owner = /([A-Za-z_][A-Za-z0-9_]*)\.$/.exec(ahead)?.[1]?.toLowerCase();
  if (owner) return { word, options: ranked(columnsOf(schemas, tables.get(owner) ?? owner), word) };
  const names = schemas.tables.map((table) => ({ text: table.name, kind: "table", detail: table.description }));
  if (/\b(from|join)\s+$/i.test(ahead)) return { word, options: ranked(names, word) };
  const columns = [...new Set(tables.values())].flatMap((name) => columnsOf(schemas, name));
  const functions = schemas.functions.sql.map((text) => ({ text, kind: "function", after: "(" }));
  const words = sqlWords.map((text) => ({ text, kind: "word" }));
  return { word, options: ranked([...columns, ...words, ...functions, ...names], word) };
}

// The same of PromQL. `metrics` are names with what they mean; `labels` and `values` ask for those of a label, which takes
// a while.
export async function completePromQL(before, schemas, metrics, labels, values) {
  const inside = /\{([^{}]*)$/.exec(before);
  if (inside) {
    const value = /([A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)\s*"([^"]*)$/.exec(inside[1]);
    if (value) {
      const options = (await values(value[1])).map((text) => ({ text, kind: value[1] }));
      return { word: value[2], options: ranked(options, value[2]) };
    }
    const word = /[A-Za-z_][A-Za-z0-9_]*$/.exec(inside[1])?.[0] ?? "";
    if (!/(^|,)\s*$/.test(inside[1].slice(0, inside[1].length - word.length))) return { word: "", options: [] };
    return { word, options: ranked((await labels()).map((text) => ({ text, kind: "label", after: '="' })), word) };
  }
  const word = /[A-Za-z_:][A-Za-z0-9_:]*$/.exec(before)?.[0] ?? "";
  if (/\b(by|without|on|ignoring)\s*\([^()]*$/.test(before)) {
    return { word, options: ranked((await labels()).map((text) => ({ text, kind: "label" })), word) };
  }
  const { promql, promql_aggregations: aggregations } = schemas.functions;
  const options = [
    ...metrics, ...aggregations.map((text) => ({ text, kind: "aggregation", after: "(" })),
    ...promql.map((text) => ({ text, kind: "function", after: "(" })), ...promWords.map((text) => ({ text, kind: "word" })),
  ];
  return { word, options: ranked(options, word) };
}
