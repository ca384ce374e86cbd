"""Money in whole pico-dollars (10^-12 USD), as Python integers of any size."""
import re

PICO = 10**12
_DECIMAL = re.compile(r"^(-?)(\d+)(?:\.(\d*))?$")


def pico(text, decimals=12):
    """Decimal text in USD as an integer of 10^-decimals USD; ValueError when it has more decimals than that."""
    match = _DECIMAL.match(str(text))
    if not match:
        raise ValueError(f"not a decimal: {text!r}")
    sign, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0")
    if len(fraction) > decimals:
        raise ValueError(f"more than {decimals} decimals: {text!r}")
    value = int(whole) * 10**decimals + int((fraction or "0").ljust(decimals, "0"))
    return -value if sign else value


def pico_per_token(usd_per_million):
    """A price in USD per million tokens, at most six decimals, as whole pico-dollars per token."""
    return pico(usd_per_million, 6)


def usd(value):
    """Pico-dollars as decimal text with exactly twelve decimals; None stays None."""
    if value is None:
        return None
    sign, value = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{value // PICO}.{value % PICO:012d}"
