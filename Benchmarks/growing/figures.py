"""What a run found: a line each as it is found, and all of it as JSON for who draws it."""
import json
import operator
from dataclasses import asdict, dataclass

HOLDS = {"<": operator.lt, "≤": operator.le, "≥": operator.ge}


@dataclass
class Figure:
    """One figure of a store of so many events. `goal` is (sign, limit), None where nothing is promised; `holds` is None where nothing is judged."""
    name: str
    events: int
    value: float
    unit: str
    goal: tuple = None
    remark: str = ""
    holds: bool = None

    def __post_init__(self):
        if self.goal and self.value is not None:
            sign, limit = self.goal
            self.holds = HOLDS[sign](self.value, limit)

    def line(self):
        verdict = {None: "    ", True: "ok  ", False: "FAIL"}[self.holds]
        wanted = f"  (wanted {self.goal[0]} {amount(self.goal[1], self.unit)})" if self.goal else ""
        remark = f"  {self.remark}" if self.remark else ""
        return f"{verdict} {self.name:34}{self.events:>13,} events{amount(self.value, self.unit):>22}{wanted}{remark}"


def amount(value, unit):
    """A value as people read it; None for what could not be had."""
    if value is None:
        return "–"
    # More than a thousand of anything is read without its fraction.
    digits = 0 if abs(value) >= 1000 or value == int(value) else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


class Figures:
    def __init__(self):
        self.all = []

    def note(self, *parts, **more):
        """Keeps a figure and prints it."""
        figure = Figure(*parts, **more)
        self.all.append(figure)
        print(figure.line(), flush=True)
        return figure.value

    @property
    def missed(self):
        return [figure for figure in self.all if figure.holds is False]

    def as_json(self, about):
        """`about`: what else is known of the run, by names."""
        return json.dumps({**about, "figures": [asdict(figure) for figure in self.all]}, ensure_ascii=False, indent=1) + "\n"


def ratio(value, before):
    """How many times the value before; None where one of them is missing or nothing."""
    return value / before if value is not None and before else None
