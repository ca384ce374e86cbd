// Where the questions or conversations are that have a value in common: in the list of conversations where it can be filtered
// by that, else in explore.
import { hasPage } from "./shell.js";
import { link } from "./state.js";
import { iso } from "./time.js";

// What the list of conversations is filtered by.
const listed = new Set(["channel", "tenant"]);
const hour = 3600000;

function sqlText(text) { return "'" + text.replaceAll("'", "''") + "'"; }

function questionsOf(by, value, { from, to }) {
  const within = (column, end = to) => column + " >= timestamptz " + sqlText(iso(from)) + " and " + column + " < timestamptz " + sqlText(iso(end));
  const isTool = by === "tool";
  const tools = "join (select distinct tenant as of_tenant, conversation_id as of_conversation, turn as of_turn\n  from tool_call where "
    + within("time", to + hour) + " and tool = " + sqlText(value) + ") as called\n"
    + "  on of_tenant = tenant and of_conversation = conversation_id and of_turn = turn\n";
  return "select conversation_id, tenant, turn, asked_time, status, error_type, duration_ns / 1e9 as seconds\nfrom turns\n" + (isTool ? tools : "")
    + "where " + within("asked_time") + (isTool ? "" : "\n  and " + (by === "model" ? "coalesce(request_model, model)" : by) + " = " + sqlText(value))
    + "\norder by duration_ns desc nulls first\nlimit 100";
}

// The address of what has a value in common, of a time: conversations as `sort` of the list says, or the slowest questions first.
// undefined where there is no such page.
export function havingInCommon(by, value, { from, to }, sort) {
  const range = { from: iso(from), to: iso(to) };
  if (listed.has(by)) return hasPage("/conversations") ? link("/conversations", { ...range, ["var-" + by]: value, sort }) : undefined;
  // A question's text stands behind the sign that no server is sent.
  return hasPage("/explore") ? link("/explore?lang=sql&view=table#" + encodeURIComponent(questionsOf(by, value, { from, to })), range) : undefined;
}
