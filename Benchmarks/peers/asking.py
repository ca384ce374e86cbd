"""Asks one question of all engines: compares the rows, then takes the times."""
import statistics
import time

from . import results, rows

# The others' percentiles are exact, or within an error that they state.
ESTIMATING = ("duckdb", "clickhouse")


class Findings:
    """What is gathered over all questions."""

    def __init__(self):
        # Rows that differ, and by how much percentiles of an engine are off at most.
        self.problems, self.errors = [], {}


def asked(question, plimsoll, peers, runs, findings):
    """The line of one question."""
    compare(question, plimsoll, peers, findings)
    text = question.text(plimsoll.dialect)
    theirs = {peer.name: median_ms(lambda peer=peer: peer.run(question.text(peer.dialect)), runs) for peer in peers}
    line = results.Line(question.name, question.ask, "ms", median_ms(lambda: plimsoll.run(text), runs), theirs)
    if question.read_model:
        line.remarks.append(f"from {question.read_model}")
    if plimsoll.rollups(text):
        line.remarks.append("by rollups " + results.figure(median_ms(lambda: plimsoll.run(text, rollups=True), runs), "ms"))
    return line


def compare(question, plimsoll, peers, findings):
    """Every engine's rows, ours by rollups as well, beside DuckDB's exact ones."""
    duckdb = next(peer for peer in peers if peer.name == "duckdb")
    reference = duckdb.rows(question.compared(duckdb.exact))
    text = question.compared(plimsoll.dialect)
    answers = [(plimsoll, plimsoll.rows(text)), (plimsoll, plimsoll.rows(text, rollups=True))]
    answers += [(peer, peer.rows(question.compared(peer.dialect))) for peer in peers]
    for engine, found in answers:
        comparison = rows.Comparison(found, reference, question.kinds, engine is plimsoll, engine.name in ESTIMATING)
        if comparison.difference:
            findings.problems.append(f"{question.name}: {engine.title}: {comparison.difference}")
        if comparison.has_percentiles:
            findings.errors[engine.title] = max(findings.errors.get(engine.title, 0), comparison.percentile_error)


def median_ms(ask, runs):
    """ms of the middle run, after one that warms up."""
    ask()
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(taken)
