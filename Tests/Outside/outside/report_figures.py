"""What the three reports print, beside what the recomputation says: every figure that it knows."""
from fractions import Fraction

from .money import pico

SLA_DIMENSIONS = ("day", "tenant", "channel", "region", "team")
COST_DIMENSIONS = ("model", "tenant", "team", "channel", "route", "provider", "agent", "day")
OUTCOME_DIMENSIONS = ("week", "day", "channel", "topic", "agent", "tenant", "region", "team")
# Of these an answer does not say to which group it belongs.
WITHOUT_ANSWERS = ("model", "route", "provider")
NORMAL_95 = 1.959963984540054


def ratio(numerator, denominator):
    """What a share must be: numerator and denominator, None of nothing."""
    return (Fraction(numerator), Fraction(denominator)) if denominator else None


def shown(cell):
    """A reported share as numerator and denominator; its rounded value must be that of the two."""
    if isinstance(cell, dict) and "verdict" in cell:
        cell = cell["value"]
    if cell is None or isinstance(cell, str):
        return cell
    pair = (Fraction(cell["numerator"]), Fraction(cell["denominator"]))
    exact = pair[0] / pair[1]
    if abs(Fraction(cell["value"]) - exact) > abs(exact) / 10**5:
        return ("the rounded value is another", cell["value"], cell["numerator"], cell["denominator"])
    return pair


def plain(cell):
    return cell["value"] if isinstance(cell, dict) and "verdict" in cell else cell


def seconds(nanoseconds):
    return None if nanoseconds is None else Fraction(nanoseconds, 10**9)


def wilson(successes, trials, sign):
    """An end of Wilson's 95 % interval."""
    share, square = successes / trials, NORMAL_95 * NORMAL_95
    spread = NORMAL_95 * ((share * (1 - share) + square / (4 * trials)) / trials) ** 0.5
    return (share + square / (2 * trials) + sign * spread) / (1 + square / trials)


def near(expected, reported):
    """`reported` itself where it is near, so that equal things compare equal."""
    if reported is not None and abs(float(reported) - expected) <= 1e-5:
        return expected
    return reported


def by_key(rows, dimension):
    found = {}
    for row in rows:
        key = row[dimension]
        found["" if key is None else key] = row
    return found


def common(expected, rows, dimension):
    """(key, expected figures, reported row) of the groups that both sides have."""
    found = by_key(rows, dimension)
    return [(key, expected[key], found[key]) for key in sorted(set(expected) & set(found))]


def group_names(name, expected, rows, dimension):
    """A group that one side lacks is a figure that differs."""
    return f"{name}: groups", sorted(expected), sorted(by_key(rows, dimension))


def total_figures(total, row, name):
    for column in ("calls", "errors", "priced", "partly", "unpriced", "calls_without_high"):
        yield f"{name}: {column}", total[column], row[column]
    yield from money_figures(total, row, name)


def booked(sums):
    """What calls cost as a report must show it: `unknown` where calls are not priced whole and all that is booked is the 0 of failed ones."""
    if sums["calls"] and sums["calls"] > sums["priced"] == sums["priced_errors"] and not pico(sums["cost_usd"]):
        return "unknown"
    return pico(sums["cost_usd"])


def amount(cell):
    return cell if cell == "unknown" else pico(cell)


def each(sums, count, column="cost_usd"):
    """The cost of one of so many: None where there is none of them or no call, `unknown` where nothing of it is known."""
    if not count or not sums["calls"]:
        return None
    return "unknown" if column == "cost_usd" and booked(sums) == "unknown" else ratio(Fraction(sums[column]), count)


def money_figures(sums, row, name):
    yield f"{name}: cost_usd", booked(sums), amount(row["cost_usd"])
    yield f"{name}: cost_low_usd", pico(sums["cost_low_usd"]), pico(row["cost_low_usd"])
    high = "unknown" if sums["calls_without_high"] else pico(sums["cost_high_usd"])
    yield f"{name}: cost_high_usd", high, amount(row["cost_high_usd"])


def tokens(sums):
    return sums["input_tokens"] + sums["output_tokens"]


def cost_figures(document, reports):
    cost, name = document["cost"], "report cost"
    total, report = cost["total"], reports["cost"]["day"]
    yield from total_figures(total, report["total"][0], name)
    outcomes = document["outcomes"]
    counts = {"answer": cost["answers"], "conversation": outcomes["closed_conversations"],
              "resolved_conversation": outcomes["outcomes"]["resolved"]}
    for row in report["per_unit"]:
        count = counts.pop(row["unit"])
        yield f"{name}: count of {row['unit']}", count, row["count"]
        yield f"{name}: per {row['unit']}", each(total, count), shown(row["cost_per_unit"])
        yield f"{name}: per {row['unit']}, low", each(total, count, "cost_low_usd"), shown(row["cost_per_unit_low"])
    yield f"{name}: units that are missing", [], sorted(counts)
    for row in report["tokens"]:
        yield f"{name}: {row['token_class']} tokens", total[row["token_class"] + "_tokens"], row["tokens"]
    routes = cost["calls_by"]["route"]
    yield group_names(f"{name}, route", routes, report["local_share"], "route")
    for key, sums, row in common(routes, report["local_share"], "route"):
        yield f"{name}, {key}: share of calls", ratio(sums["calls"], total["calls"]), shown(row["share_of_calls"])
        yield f"{name}, {key}: share of tokens", ratio(tokens(sums), tokens(total)), shown(row["share_of_tokens"])
        yield f"{name}, {key}: cost", booked(sums), amount(row["cost_usd"])
    other = {(row["kind"], row["category"]): pico(row["cost_usd"]) for row in report["other_costs"]}
    yield f"{name}: tools", pico(cost["tool_cost_usd"]), other.get(("tool_calls", None), 0)
    for category, recorded in cost["recorded_usd"].items():
        yield f"{name}: recorded {category}", pico(recorded), other.get(("recorded", category))
    adrift = next(row for row in report["unattributed"] if row["kind"] == "calls_without_conversation")
    # What people add up: calls and the rest, at both ends.
    rows = {row["kind"]: row for row in report["all_costs"]}
    rest = sum(pico(row["in_total_usd"]) for row in report["other_costs"])
    for column in ("cost_usd", "cost_low_usd", "cost_high_usd"):
        calls, other, all_of_it = (amount(rows[kind][column]) for kind in ("calls", "other_costs", "total"))
        yield f"{name}: {column} of calls in all costs", amount(report["total"][0][column]), calls
        yield f"{name}: {column} of other costs", rest, other
        yield f"{name}: {column} of all costs", "unknown" if calls == "unknown" else calls + other, all_of_it
    yield f"{name}: calls without a conversation", cost["without_conversation"]["calls"], adrift["count"]
    yield from money_figures(cost["without_conversation"], adrift, f"{name}: calls without a conversation")
    yield group_names(f"{name}: told costs", cost["told"], report["told_costs"], "model")
    for key, sums, row in common(cost["told"], report["told_costs"], "model"):
        for column, value in sums.items():
            exact = pico if column.endswith("_usd") else int
            yield f"{name}: told costs of {key}: {column}", exact(value), exact(row[column])
    yield from crossed_figures(cost["by_month_team_model"], reports["crossed"])
    for dimension, report in reports["cost"].items():
        yield from cost_group_figures(document, report[f"by_{dimension}"], dimension)


def crossed_figures(expected, rows):
    """By month of a zone, team and model."""
    key = lambda row: tuple(row[name] or "" for name in ("month", "team", "model"))
    wanted, found = {key(row): row for row in expected}, {key(row): row for row in rows}
    yield "report cost, crossed: groups", sorted(wanted), sorted(found)
    yield "report cost, crossed: order of groups", sorted(found, key=lambda one: tuple((not part, part) for part in one)), list(found)
    for one in sorted(set(wanted) & set(found)):
        name = f"report cost by {' × '.join(one)}"
        for column in ("calls", "partly", "unpriced", "input_tokens", "output_tokens"):
            yield f"{name}: {column}", wanted[one][column], found[one][column]
        yield from money_figures(wanted[one], found[one], name)


def cost_group_figures(document, rows, dimension):
    cost = document["cost"]
    answers = document["sla"]["reported_answers_by"].get(dimension) if dimension not in WITHOUT_ANSWERS else None
    expected = dict(cost["calls_by"][dimension])
    # A group may have answers and no call.
    for key in answers or ():
        expected.setdefault(key, cost["no_calls"])
    found = by_key(rows, dimension)
    yield group_names(f"report cost by {dimension}", expected, rows, dimension)
    if answers is not None:
        yield f"report cost by {dimension}: answers together", cost["answers"], sum(row["answers"] for row in rows)
    for key in sorted(set(expected) & set(found)):
        sums, row, name = expected[key], found[key], f"report cost by {dimension}, {key}"
        for column in ("calls", "partly", "unpriced", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
                       "cache_write_1h_tokens", "reasoning_tokens"):
            yield f"{name}: {column}", sums[column], row[column]
        yield from money_figures(sums, row, name)
        share = "unknown" if booked(sums) == "unknown" else ratio(pico(sums["cost_usd"]), pico(cost["total"]["cost_usd"]))
        yield f"{name}: share of cost", share, shown(row["share_of_cost"])
        if answers is not None:
            count = answers.get(key, {"answers": 0})["answers"]
            yield f"{name}: answers", count, row["answers"]
            yield f"{name}: per answer", each(sums, count), shown(row["cost_per_answer"])


def level_figures(name, questions, answers, cost, ratings, value):
    """The objectives of one group; `value` gives the reported cell of an objective."""
    yield f"{name}: availability", ratio(questions["good"], questions["good"] + questions["failed"]), shown(value("availability"))
    yield f"{name}: error rate", ratio(answers["errors"], answers["answers"]), shown(value("error_rate"))
    yield f"{name}: cost per answer", each(cost, answers["answers"]), shown(value("cost_per_answer"))
    yield f"{name}: satisfaction", ratio(ratings["satisfied"], ratings["ratings"]), shown(value("satisfaction"))
    for objective, column, share in (("answer_p50", "duration_ns", "p50"), ("answer_p95", "duration_ns", "p95"),
                                     ("first_token_p50", "time_to_first_token_ns", "p50")):
        reported = plain(value(objective))
        yield f"{name}: {objective}", seconds(answers[column][share]), None if reported is None else Fraction(reported)


def sla_figures(document, reports):
    sla, satisfaction, report = document["sla"], document["outcomes"]["all"], reports["sla"]["day"]
    row, cost = report["questions"][0], document["cost"]
    for column in ("good", "failed", "pending"):
        yield f"report sla: {column}", sla["questions"][column], row[column]
    for column in ("answers", "errors"):
        yield f"report sla: {column}", sla["answers"][column], row[column]
    for column in ("ratings", "satisfied"):
        yield f"report sla: {column}", satisfaction[column], row[column]
    yield "report sla: cost", booked(cost["total"]), amount(row["cost_usd"])
    objectives = {one["objective"]: one["actual"] for one in report["objectives"]}
    yield from level_figures("report sla", sla["questions"], sla["answers"], cost["total"], satisfaction, objectives.get)
    nothing = {"good": 0, "failed": 0, "pending": 0}
    for dimension, report in reports["sla"].items():
        rows, expected = report[f"by_{dimension}"], sla["reported_answers_by"][dimension]
        yield group_names(f"report sla by {dimension}", expected, [row for row in rows if row["answers"]], dimension)
        for key, answers, row in common(expected, rows, dimension):
            name = f"report sla by {dimension}, {key}"
            questions = sla["questions_by"][dimension].get(key, nothing)
            for column in nothing:
                yield f"{name}: {column}", questions[column], row[column]
            yield f"{name}: answers", answers["answers"], row["answers"]
            ratings = document["outcomes"]["by"][dimension].get(key, {"ratings": 0, "satisfied": 0})
            spent = cost["calls_by"][dimension].get(key, {"calls": 0})
            yield from level_figures(name, questions, answers, spent, ratings, row.get)


def outcome_row_figures(name, counts, row, is_asked):
    for column in ("closed", "resolved", "escalated", "abandoned", "open", "reopened"):
        yield f"{name}: {column}", counts[column], row[column]
    closed = counts["closed"]
    for column, count in (("resolution_rate", counts["resolved"]), ("escalation_rate", counts["handed_over"]),
                          ("reopen_rate", counts["reopened"])):
        yield f"{name}: {column}", ratio(count, closed), shown(row[column])
    for column in ("ratings", "satisfied"):
        yield f"{name}: {column}", counts[column], row[column]
    yield f"{name}: csat", ratio(counts["satisfied"], counts["ratings"]), shown(row["csat"])
    asked = counts["asked_or_rated"] if is_asked else closed + counts["rated_open"]
    yield f"{name}: response_rate", ratio(counts["ratings"], asked), shown(row["response_rate"])


def outcome_figures(document, reports):
    outcomes, report = document["outcomes"], reports["outcomes"]["day"]
    satisfaction = outcomes["all"]
    is_asked = satisfaction["requested"] > 0
    yield from outcome_row_figures("report outcomes", outcomes["all"], report["outcomes"][0], is_asked)
    yield "report outcomes: not closed", outcomes["not_closed"], report["not_closed"][0]["not_closed"]
    yield "report outcomes: not closed and rated", satisfaction["rated_open"], report["not_closed"][0]["rated"]
    row = report["satisfaction"][0]
    for column in ("ratings", "satisfied", "requested"):
        yield f"report outcomes: {column}", satisfaction[column], row[column]
    if satisfaction["ratings"]:
        for column, sign in (("csat_low", -1), ("csat_high", 1)):
            expected = wilson(satisfaction["satisfied"], satisfaction["ratings"], sign)
            yield f"report outcomes: {column}", expected, near(expected, row[column])
    reasons = {row["reason"] or "": row["escalations_raised"] for row in report["escalations"] if row["escalations_raised"]}
    yield "report outcomes: escalations by reason", outcomes["escalations_by_reason"], reasons
    for dimension, report in reports["outcomes"].items():
        rows, expected = report[f"by_{dimension}"], outcomes["by"][dimension]
        yield group_names(f"report outcomes by {dimension}", expected, rows, dimension)
        for key, counts, row in common(expected, rows, dimension):
            yield from outcome_row_figures(f"report outcomes by {dimension}, {key}", counts, row, is_asked)
        yield from compared_figures(f"report outcomes compared by {dimension}", outcomes["begun_by"].get(dimension, {}), report.get("compared", []), dimension)
    yield from variant_figures(outcomes["variants"], report["variants"])


def variant_figures(expected, rows):
    found = {(row["experiment"] or "", row["variant"]): row for row in rows}
    wanted = {(one["experiment"] or "", one["variant"]): one for one in expected}
    yield "variants", sorted(wanted), sorted(found)
    for key in sorted(set(wanted) & set(found)):
        counts, row, name = wanted[key], found[key], f"variant {'/'.join(key)}"
        yield from interval_figures(name, counts, row)


def is_too_early(counts):
    """More than a tenth of them may still end in whichever way."""
    return 10 * counts["undecided"] > counts["begun"]


def interval_figures(name, counts, row):
    """A share of what has closed; its interval reaches from none of the undecided to all of them."""
    for column in ("begun", "undecided", "closed", "resolved", "ratings"):
        yield f"{name}: {column}", counts[column], row[column]
    if is_too_early(counts):
        columns = [of + end for of in ("resolution_", "escalation_") for end in ("rate", "low", "high")] + ["csat", "csat_low", "csat_high"]
        yield f"{name}: figures too early", dict.fromkeys(columns), {column: row[column] for column in columns}
        yield f"{name}: why", f"too early: {counts['undecided']} of {counts['begun']} still open", row["resolution_compared"]
        return
    yield f"{name}: csat", ratio(counts["satisfied"], counts["ratings"]), shown(row["csat"])
    for column, count in (("resolution", counts["resolved"]), ("escalation", counts["handed_over"])):
        yield f"{name}: {column}_rate", ratio(count, counts["closed"]), shown(row[f"{column}_rate"])
        for end, sign, part in ("low", -1, count), ("high", 1, count + counts["undecided"]):
            bound = wilson(part, counts["begun"], sign)
            yield f"{name}: {column}_{end}", bound, near(bound, row[f"{column}_{end}"])


def compared_figures(name, expected, rows, dimension):
    """Groups beside each other: the best is the one of which most are resolved for sure; times are not compared."""
    if not rows:
        yield f"{name}: groups that nobody compares", [], list(expected)[:3]
        return
    lows, best = [], None
    for key, counts, row in common(expected, rows, dimension):
        yield from interval_figures(f"{name}, {key}", counts, row)
        if not is_too_early(counts):
            lows.append(wilson(counts["resolved"], counts["begun"], -1))
            best = lows[-1] if row["resolution_compared"] == "best" else best
    if len(lows) > 1:
        yield f"{name}: the best begins highest", max(lows), best


def report_figures(document, reports):
    """Yields (name, expected, reported); `reports` holds, by kind and dimension, the decoded JSON of each."""
    for figures in (cost_figures, sla_figures, outcome_figures):
        yield from figures(document, reports)


DIMENSIONS = {"sla": SLA_DIMENSIONS, "cost": COST_DIMENSIONS, "outcomes": OUTCOME_DIMENSIONS}
