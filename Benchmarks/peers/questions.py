"""What SREs, finance and product ask, each question in one text for all dialects."""
from dataclasses import dataclass
from typing import Callable

# How cells of a column are compared (see rows.py). Percentiles of one call are as many columns.
TIME, TEXT, COUNT, MONEY = "time", "text", "count", "money"
AVERAGE, AVERAGE_MONEY = "average", "average money"
PERCENTILE, PERCENTILE_MONEY = "percentile", "percentile money"

ERROR = "status = 'error'"
# What is compared of rows that are asked for whole.
SHOWN = "type, time, turn, status, request_model, input_tokens, output_tokens, duration_ns"
SHOWN_KINDS = [TEXT, TIME, COUNT, TEXT, TEXT, COUNT, COUNT, COUNT]


@dataclass
class Question:
    """`text(dialect)` is timed; what is compared is `compared(dialect)` where rows are asked for whole."""
    name: str
    ask: str
    kinds: list
    text: Callable
    compared: Callable = None
    # Of ours, where it is none of the tables of events.
    read_model: str = ""

    def __post_init__(self):
        self.compared = self.compared or self.text


def of(conversation):
    return f"conversation_id = '{conversation}'"


def reason(text):
    return f"reason = '{text}'"


def first_twelve(conversation):
    """The questions that reports and dashboards are made of."""
    return [
        Question(
            "levels_per_hour", "per hour: answers, errors, p50, p95, p99 of the latency", [TIME, COUNT, COUNT] + [PERCENTILE] * 3,
            lambda d: f"select {d.bucket('hour')} as h, count(*), {d.count_where(ERROR)}, {d.percentiles('duration_ns', 0.5, 0.95, 0.99)} "
                      f"from {d.rows('message.sent')} group by 1 order by 1"),
        Question(
            "cost_per_day_and_model", "per day and model: cost, tokens, calls", [TIME, TEXT, MONEY, COUNT, COUNT, COUNT],
            lambda d: f"select {d.bucket('day')} as d, request_model, sum({d.cost}), sum(input_tokens), sum(output_tokens), count(*) "
                      f"from {d.rows('llm.call')} group by 1, 2 order by 1, 2"),
        Question(
            "p95_by_channel", "last seven days: p95 of the latency by channel", [TEXT, PERCENTILE, COUNT],
            lambda d: f"select channel, {d.percentiles('duration_ns', 0.95)}, count(*) from {d.rows('message.sent', d.last_days(7))} "
                      f"group by channel order by channel"),
        Question(
            "top_conversations", "the 20 dearest conversations", [TEXT, MONEY, COUNT],
            lambda d: f"select conversation_id, sum({d.cost}) as c, count(*) from {d.rows('llm.call', d.cost + ' is not null')} "
                      f"group by conversation_id order by c desc, conversation_id limit 20"),
        Question(
            "cost_per_answer", "per tenant and day: mean and p95 of what an answer costs", [TEXT, TIME, AVERAGE_MONEY, PERCENTILE_MONEY],
            lambda d: f"select tenant, {d.bucket('day')} as d, {d.average(d.cost)}, {d.percentiles(d.cost, 0.95)} "
                      f"from {d.answers()} group by 1, 2 order by 1, 2", read_model="turns"),
        Question(
            "resolutions_per_week", "per week and channel: conversations closed, shares completed and handed over",
            [TIME, TEXT, COUNT, AVERAGE, AVERAGE],
            lambda d: f"select {d.bucket('week')} as w, channel, count(*), {d.share(reason('completed'))}, {d.share(reason('handed_over'))} "
                      f"from {d.rows('conversation.closed')} group by 1, 2 order by 1, 2"),
        Question(
            "users_per_day", "exact distinct users per day", [TIME, COUNT],
            lambda d: f"select {d.bucket('day')} as d, {d.distinct('user_id')} from {d.rows()} group by 1 order by 1"),
        Question(
            "one_conversation", "every event of one conversation, whole", SHOWN_KINDS,
            lambda d: f"select * from {d.rows(where=of(conversation))} order by time",
            lambda d: f"select {SHOWN} from {d.rows(where=of(conversation))} order by time, type"),
        Question(
            "experiment", "per variant: mean rating, ratings", [TEXT, AVERAGE, COUNT],
            lambda d: f"select variant, {d.average('score')}, count(*) from {d.rows('feedback.submitted')} group by variant order by variant"),
        Question(
            "errors_of_a_day", "last day: errors by kind and model", [TEXT, TEXT, COUNT],
            lambda d: f"select error_type, request_model, count(*) as c from {d.rows(where=ERROR + ' and ' + d.last_days(1))} "
                      f"group by 1, 2 order by c desc, 1, 2"),
        Question(
            "sums_of_all", "sums of three columns over every event", [COUNT] * 4,
            lambda d: f"select sum(input_tokens), sum(output_tokens), sum(duration_ns), count(*) from {d.rows()}"),
        Question(
            "share_of_routes", "per day: share of calls on local models, cost of the others", [TIME, AVERAGE, MONEY],
            lambda d: f"""select {d.bucket('day')} as d, {d.share("route = 'local'")}, {d.sum_where(d.cost, "route = 'cloud'")} """
                      f"from {d.rows('llm.call')} group by 1 order by 1"),
    ]


def further():
    """Of other shapes: latest rows, joins, two levels, many groups."""
    return [
        Question(
            "latest_events", "the 50 latest events, whole", [TEXT, TIME, TEXT, TEXT],
            lambda d: f"select * from {d.rows()} order by time desc limit 50",
            lambda d: f"select type, time, conversation_id, status from {d.rows()} order by time desc, type limit 50"),
        Question(
            "latest_errors", "the 50 latest errors", [TEXT, TIME, TEXT, TEXT],
            lambda d: f"select type, time, conversation_id, error_type from {d.rows(where=ERROR)} order by time desc, type limit 50"),
        Question(
            "cost_by_outcome", "what conversations cost by how they were closed: a join", [TEXT, COUNT, MONEY],
            lambda d: f"select reason, count(*), sum(cost) from "
                      f"(select conversation_id as c, max(reason) as reason from {d.rows('conversation.closed')} group by 1) as closed join "
                      f"(select conversation_id as k, sum({d.cost}) as cost from {d.rows('llm.call')} group by 1) as spent "
                      f"on c = k group by reason order by reason"),
        Question(
            "calls_per_conversation", "how many conversations have how many calls: two levels", [COUNT, COUNT],
            lambda d: f"select calls, count(*) from (select conversation_id, count(*) as calls from {d.rows('llm.call')} group by conversation_id) as each_one "
                      f"group by calls order by calls"),
        Question(
            "conversations_per_hour", "distinct conversations by channel and hour", [TEXT, TIME, COUNT],
            lambda d: f"select channel, {d.bucket('hour')} as h, {d.distinct('conversation_id')} from {d.rows('message.received')} "
                      f"group by 1, 2 order by 1, 2"),
        Question(
            "first_token", "per model and day: p50 and p95 of the first token", [TEXT, TIME, PERCENTILE, PERCENTILE],
            lambda d: f"select request_model, {d.bucket('day')} as d, {d.percentiles('time_to_first_token_ns', 0.5, 0.95)} "
                      f"from {d.rows('llm.call', 'time_to_first_token_ns is not null')} group by 1, 2 order by 1, 2"),
        Question(
            "tools", "per tool: calls, failures, mean duration", [TEXT, COUNT, COUNT, AVERAGE],
            lambda d: f"select tool, count(*), {d.count_where(ERROR)}, {d.average('duration_ns')} from {d.rows('tool.call')} group by tool order by tool"),
        Question(
            "verdicts", "per week, guardrail and verdict: checks", [TIME, TEXT, TEXT, COUNT],
            lambda d: f"select {d.bucket('week')} as w, guardrail, verdict, count(*) from {d.rows('guardrail.checked')} group by 1, 2, 3 order by 1, 2, 3"),
        Question(
            "most_failures", "the 50 conversations with the most failures", [TEXT, COUNT],
            lambda d: f"select conversation_id, count(*) as c from {d.rows(where=ERROR + ' and conversation_id is not null')} "
                      f"group by conversation_id having count(*) > 1 order by c desc, conversation_id limit 50"),
        Question(
            "spend_by_team", "per team, agent, region and model: calls, tokens, cost", [TEXT] * 4 + [COUNT, COUNT, MONEY],
            lambda d: f"select team, agent, region, request_model, count(*), sum(output_tokens), sum({d.cost}) from {d.rows('llm.call')} "
                      f"group by 1, 2, 3, 4 order by 1, 2, 3, 4"),
    ]

