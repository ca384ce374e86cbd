"""What a run found, as a table for a terminal and one in Markdown. Ratios are theirs over ours: above 1 we are faster or smaller."""
import math
from dataclasses import dataclass, field

PEERS = {"duckdb": "DuckDB", "clickhouse": "ClickHouse", "hyper": "Hyper"}
# What the goals are set against.
FASTER_OF = ("duckdb", "clickhouse")


@dataclass
class Line:
    """One figure of ours beside the peers' that have it."""
    name: str
    ask: str
    unit: str
    ours: float
    theirs: dict
    remarks: list = field(default_factory=list)

    def ratio(self, peers=tuple(PEERS)):
        """Of the best of some peers; None where none of them has the figure."""
        found = [self.theirs[peer] for peer in peers if peer in self.theirs]
        return min(found) / self.ours if found else None


@dataclass
class Part:
    """Lines that belong together; `is_averaged` where a mean of their ratios says something."""
    title: str
    lines: list
    is_averaged: bool = True


def mean(lines, peers=tuple(PEERS)):
    """The geometric mean of the ratios; None of nothing."""
    ratios = [ratio for ratio in (line.ratio(peers) for line in lines) if ratio]
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def figure(value, unit):
    if value is None:
        return "–"
    return f"{value:,.2f} {unit}" if value < 10 else f"{value:,.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"


def times(ratio):
    return "–" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


HEAD = ["", "Plimsoll", *PEERS.values(), "× fastest", "× D, C", "remarks"]


def table(part):
    """Cells of a part's rows; the last row has the means."""
    rows = []
    for line in part.lines:
        others = [figure(line.theirs.get(peer), line.unit) for peer in PEERS]
        rows.append([line.name, figure(line.ours, line.unit), *others, times(line.ratio()), times(line.ratio(FASTER_OF)), "; ".join(line.remarks)])
    if part.is_averaged and len(part.lines) > 1:
        rows.append(["geometric mean", "", "", "", "", times(mean(part.lines)), times(mean(part.lines, FASTER_OF)), ""])
    return rows


def as_text(parts, notes):
    """For a terminal: columns in line."""
    tables = [(part, [[part.title, *HEAD[1:]], *table(part)]) for part in parts]
    widths = [max(len(row[place]) for _, rows in tables for row in rows) for place in range(len(HEAD))]
    lines = []
    for _, rows in tables:
        for row in rows:
            cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1])), row[-1]]
            lines.append("  ".join(cells).rstrip())
        lines.append("")
    return "\n".join([*lines, *notes]) + "\n"


def as_markdown(parts, notes):
    """For a page: a table each part, with what is asked."""
    lines = []
    for part in parts:
        asked = {line.name: line.ask for line in part.lines}
        lines += [f"| {part.title} | " + " | ".join(HEAD[1:]) + " |", "|---|" + "---:|" * (len(HEAD) - 2) + "---|"]
        for row in table(part):
            name = f"**{row[0]}**" if row[0] not in asked else f"`{row[0]}`: {asked[row[0]]}"
            lines.append(f"| {name} | " + " | ".join(row[1:]) + " |")
        lines.append("")
    return "\n".join([*lines, *(f"- {note}" for note in notes)]) + "\n"
