"""Reads the Prometheus text format as far as our own metrics use it."""
import re

_SAMPLE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)')
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')


def samples(text):
    """Yields (name, labels, value)."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            match = _SAMPLE.match(line)
            if match:
                yield match[1], dict(_LABEL.findall(match[2] or "")), float(match[3])


def total(text, name, **labels):
    """The sum of a metric over the samples that carry these labels; 0 when there is none."""
    return sum(value for found, has, value in samples(text) if found == name and all(has.get(key) == labels[key] for key in labels))
