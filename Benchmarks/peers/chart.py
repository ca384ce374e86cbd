"""The ratios as a picture for a page: a row each figure, a dot each peer, further to the right the more we are ahead."""
import math
from xml.sax.saxutils import escape

from .results import PEERS, mean

COLOURS = {"duckdb": "#c98a00", "clickhouse": "#7b4fa6", "hyper": "#2c6fbb"}
AHEAD, BEHIND, INK, PALE = "#2e7d4f", "#b3261e", "#1f2328", "#d0d7de"
WIDTH, LEFT, RIGHT, TOP, ROW = 860, 210, 70, 64, 20


def ticks(low, high):
    """1, 2, 5, 10, … between two ratios, and below 1 their inverses."""
    steps = [step * 10.0**power for power in range(-3, 5) for step in (1, 2, 5)]
    return [step for step in steps if low <= step <= high]


def text(x, y, content, anchor="start", weight="normal", colour=INK, size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(content)}</text>'


def svg(parts, title):
    """The whole picture; the ends of the axis follow from the ratios."""
    found = [value / line.ours for part in parts for line in part.lines for value in line.theirs.values()]
    low, high = min([0.5, *found]) / 1.15, max([2.0, *found]) * 1.15

    def place(ratio):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(ratio / low) / math.log(high / low)

    height = TOP + sum((len(part.lines) + 1) * ROW + 10 for part in parts) + 34
    drawn = [f'<rect width="{WIDTH}" height="{height}" rx="6" fill="#ffffff"/>', text(16, 24, title, weight="bold", size=14)]
    for index, (peer, name) in enumerate(PEERS.items()):
        drawn += [f'<circle cx="{LEFT + 110 * index}" cy="42" r="4.5" fill="{COLOURS[peer]}"/>', text(LEFT + 9 + 110 * index, 46, name)]
    drawn.append(text(WIDTH - 12, 46, "a peer's time or size over ours", "end", size=11))
    for step in ticks(low, high):
        colour, width = (INK, 1.5) if step == 1 else (PALE, 1)
        drawn += [f'<line x1="{place(step):.1f}" x2="{place(step):.1f}" y1="{TOP - 6}" y2="{height - 28}" stroke="{colour}" stroke-width="{width}"/>',
                  text(place(step), height - 12, f"{step:g}×", "middle", size=11)]
    y = TOP
    for part in parts:
        y += ROW
        whole = mean(part.lines) if part.is_averaged else None
        drawn.append(text(16, y - 6, part.title + (f": mean {whole:.1f}× the fastest" if whole else ""), weight="bold"))
        for line in part.lines:
            y += ROW
            drawn += row(line, y - 6, place)
        y += 10
    described = "Each dot: how many times as long, or as large, a peer is as Plimsoll."
    body = "\n".join(drawn)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'font-family="system-ui, sans-serif">\n<title>{escape(title)}</title>\n<desc>{described}</desc>\n{body}\n</svg>\n')


def row(line, y, place):
    """A figure: a bar from 1 to the best peer, and the dots."""
    ratio, middle = line.ratio(), y - 4
    if ratio is None:
        return [text(LEFT - 10, y, line.name, "end")]
    begin, end = sorted((place(1), place(ratio)))
    colour = AHEAD if ratio >= 1 else BEHIND
    drawn = [text(LEFT - 10, y, line.name, "end"),
             f'<rect x="{begin:.1f}" y="{middle - 5:.1f}" width="{end - begin:.1f}" height="10" fill="{colour}" fill-opacity="0.25"/>',
             text(WIDTH - 12, y, f"{ratio:.1f}×" if ratio >= 0.95 else f"{ratio:.2f}×", "end", colour=colour)]
    drawn += [f'<circle cx="{place(value / line.ours):.1f}" cy="{middle:.1f}" r="4.5" fill="{COLOURS[peer]}"/>' for peer, value in line.theirs.items()]
    return drawn
