"""Whether two engines gave the same rows, column by column as their kinds want it."""
import datetime
import decimal
import re

from .questions import AVERAGE, AVERAGE_MONEY, COUNT, MONEY, PERCENTILE, PERCENTILE_MONEY, TEXT, TIME

# `approx_percentile` is within this of `percentile_disc`, relatively; averages differ by the roundings of doubles.
PERCENTILE_ERROR, AVERAGE_ERROR = 0.0054, 1e-11
PICO = 10**12
DECIMALS = decimal.Context(prec=60)
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:Z|\+00(?::?00)?)?$")


def microseconds(value):
    """µs since 1970, which every peer can tell."""
    found = _TIME.match(str(value))
    if not found:
        raise ValueError(f"not a time: {value!r}")
    parts = [int(part or 0) for part in found.groups()[:6]]
    moment = datetime.datetime(*parts) - datetime.datetime(1970, 1, 1)
    return (moment.days * 86_400 + moment.seconds) * 10**6 + int((found[7] or "0").ljust(6, "0")[:6])


def number(value):
    return decimal.Decimal(repr(value)) if isinstance(value, float) else decimal.Decimal(str(value))


def flat(row):
    """Percentiles of one call come as a list where the engine has lists."""
    for cell in row:
        if isinstance(cell, (list, tuple)):
            yield from cell
        else:
            yield cell


def plain(cell, kind, is_ours):
    """One shape for all engines: integers, texts and decimals; our money is USD, the peers' pico-USD."""
    if cell is None:
        return None
    if kind == TIME:
        return microseconds(cell)
    if kind == TEXT:
        return str(cell)
    scale = PICO if is_ours and kind in (MONEY, AVERAGE_MONEY, PERCENTILE_MONEY) else 1
    value = DECIMALS.multiply(number(cell), scale)
    if kind in (COUNT, MONEY):
        if value != value.to_integral_value():
            raise ValueError(f"not a whole number: {cell!r}")
        return int(value)
    return value


def normal(rows, kinds, is_ours):
    """Rows in one shape and in one order, by the columns that are compared exactly."""
    shaped = [tuple(plain(cell, kind, is_ours) for cell, kind in zip(flat(row), kinds, strict=True)) for row in rows]
    exact = [place for place, kind in enumerate(kinds) if kind in (TIME, TEXT, COUNT, MONEY)]
    return sorted(shaped, key=lambda row: [(row[place] is None, row[place]) if row[place] is not None else (True, 0) for place in exact])


def apart(first, second):
    """The relative distance of two values; infinite where only one of them is."""
    if first is None or second is None:
        return 0.0 if first is second else float("inf")
    if first == second:
        return 0.0
    return float(abs(first - second) / max(abs(first), abs(second)))


class Comparison:
    """One engine's rows beside the reference's."""

    def __init__(self, rows, reference, kinds, is_ours=False, may_estimate=False):
        found, wanted = normal(rows, kinds, is_ours), normal(reference, kinds, False)
        # How far off the percentiles are at most.
        self.percentile_error = 0.0
        self.has_percentiles = PERCENTILE in kinds or PERCENTILE_MONEY in kinds
        self.difference = None if len(found) == len(wanted) else f"{len(found)} rows instead of {len(wanted)}"
        if self.difference:
            return
        allowed = float("inf") if may_estimate else PERCENTILE_ERROR if is_ours else 0.0
        for row, other in zip(found, wanted):
            for cell, expected, kind in zip(row, other, kinds):
                distance = apart(cell, expected) if kind not in (TIME, TEXT) else 0.0 if cell == expected else float("inf")
                if kind in (PERCENTILE, PERCENTILE_MONEY):
                    self.percentile_error = max(self.percentile_error, distance)
                limit = {PERCENTILE: allowed, PERCENTILE_MONEY: allowed, AVERAGE: AVERAGE_ERROR, AVERAGE_MONEY: AVERAGE_ERROR}.get(kind, 0.0)
                if distance > limit:
                    self.difference = f"{shown(row)} instead of {shown(other)}"
                    return


def shown(row):
    return "(" + ", ".join(str(cell) for cell in row) + ")"
