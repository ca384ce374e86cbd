"""The ratios as a picture for a page: a row each figure, a mark each peer, further to the right the more we are ahead.

One file for light and dark pages: whoever shows it says which by `prefers-color-scheme`.
"""
import math
from xml.sax.saxutils import escape

from .results import PEERS, mean

WIDTH, LEFT, RIGHT, TOP, ROW = 860, 210, 70, 64, 20
# By class: how it looks on a light page, and on a dark one. Peers differ by shape as well.
LIGHT = {"page": "#ffffff", "ink": "#1f2328", "pale": "#d0d7de", "ahead": "#2e7d4f", "behind": "#b3261e",
         "duckdb": "#b07800", "clickhouse": "#7b4fa6", "hyper": "#2c6fbb"}
DARK = {"page": "#0d1117", "ink": "#e6edf3", "pale": "#30363d", "ahead": "#56d364", "behind": "#ff7b72",
        "duckdb": "#e3b341", "clickhouse": "#c297ff", "hyper": "#79c0ff"}
# Around a middle at 0, 0.
SHAPES = {"duckdb": "M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z", "clickhouse": "M-4,-4h8v8h-8z", "hyper": "M0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z"}
# Labels of the axis stand at least so many px apart.
TICK_WIDTH = 34


def style():
    """Filled with its colour is what has a class, drawn with it what is a line."""
    def rules(colours):
        return "".join(f".{name}{{fill:{colour}}}line.{name}{{stroke:{colour}}}" for name, colour in colours.items())
    return f"<style>{rules(LIGHT)}@media (prefers-color-scheme: dark){{{rules(DARK)}}}</style>"


def ticks(low, high, place):
    """1, 2, 5, 10, … between two ratios, and below 1 their inverses; powers of ten alone where the others would touch."""
    steps = [step for step in (number * 10.0**power for power in range(-6, 7) for number in (1, 2, 5)) if low <= step <= high]
    if any(place(after) - place(before) < TICK_WIDTH for before, after in zip(steps, steps[1:])):
        steps = [step for step in steps if math.log10(step).is_integer()]
    return steps


def text(x, y, content, anchor="start", weight="normal", colour="ink", size=12):
    return f'<text class="{colour}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">{escape(content)}</text>'


def mark(peer, x, y):
    return f'<path class="{peer}" transform="translate({x:.1f} {y:.1f})" d="{SHAPES[peer]}"/>'


def svg(parts, title):
    """The whole picture; the ends of the axis follow from the ratios."""
    found = [value / line.ours for part in parts for line in part.lines for value in line.theirs.values()]
    low, high = min([0.5, *found]) / 1.15, max([2.0, *found]) * 1.15

    def place(ratio):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(ratio / low) / math.log(high / low)

    height = TOP + sum((len(part.lines) + 1) * ROW + 10 for part in parts) + 34
    drawn = [style(), f'<rect class="page" width="{WIDTH}" height="{height}" rx="6"/>', text(16, 24, title, weight="bold", size=14)]
    for index, (peer, name) in enumerate(PEERS.items()):
        drawn += [mark(peer, LEFT + 110 * index, 42), text(LEFT + 9 + 110 * index, 46, name)]
    drawn.append(text(WIDTH - 12, 46, "a peer's time or size over ours", "end", size=11))
    for step in ticks(low, high, place):
        colour, width = ("ink", 1.5) if step == 1 else ("pale", 1)
        drawn += [f'<line class="{colour}" x1="{place(step):.1f}" x2="{place(step):.1f}" y1="{TOP - 6}" y2="{height - 28}" stroke-width="{width}"/>',
                  text(place(step), height - 12, f"{step:g}×", "middle", size=11)]
    y = TOP
    for part in parts:
        y += ROW
        whole = mean(part.lines) if part.is_averaged else None
        drawn.append(text(16, y - 6, part.title + (f": mean {times(whole)} the fastest" if whole else ""), weight="bold"))
        for line in part.lines:
            y += ROW
            drawn += row(line, y - 6, place)
        y += 10
    described = "Each mark: how many times as long, or as large, a peer is as Plimsoll."
    body = "\n".join(drawn)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'font-family="system-ui, sans-serif">\n<title>{escape(title)}</title>\n<desc>{described}</desc>\n{body}\n</svg>\n')


def times(ratio):
    return f"{ratio:.1f}×" if ratio >= 0.95 else f"{ratio:.2f}×"


def row(line, y, place):
    """A figure: a bar from 1 to the best peer, and the marks."""
    ratio, middle = line.ratio(), y - 4
    if ratio is None:
        return [text(LEFT - 10, y, line.name, "end")]
    begin, end = sorted((place(1), place(ratio)))
    colour = "ahead" if ratio >= 1 else "behind"
    drawn = [text(LEFT - 10, y, line.name, "end"),
             f'<rect class="{colour}" x="{begin:.1f}" y="{middle - 5:.1f}" width="{end - begin:.1f}" height="10" fill-opacity="0.25"/>',
             text(WIDTH - 12, y, times(ratio), "end", colour=colour)]
    drawn += [mark(peer, place(value / line.ours), middle) for peer, value in line.theirs.items()]
    return drawn
