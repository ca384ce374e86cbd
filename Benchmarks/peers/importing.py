"""Times imports, ours and the peers'."""
import shutil
import statistics
import tempfile

from outside.plimsoll import CommandFailed

from . import alone, ours
from .results import PEERS, Line

# Of those that read NDJSON, their modules.
MODULES = {"duckdb": "duck", "clickhouse": "clickhouse"}


def into_store(binary, events, store, runs):
    """(seconds, MB) of each run; the store of the last one stays."""
    taken = []
    for _ in range(runs):
        seconds, megabytes, accepted = ours.import_events(binary, events.ndjson, store)
        if accepted != events.count:
            raise CommandFailed(f"of {events.count} events {accepted} were accepted")
        taken.append((seconds, megabytes))
    return taken


def into_peer(name, ndjson, folder, threads):
    """(seconds, MB) of one run into a place that goes."""
    place = tempfile.mkdtemp(prefix="import-", dir=folder)
    try:
        return alone.seconds_and_mb(MODULES[name], "import_events", ndjson, place, threads)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def line(events, taken, folder, threads, runs):
    """Our imports, as `into_store` has them, beside theirs."""
    theirs = {name: [into_peer(name, events.ndjson, folder, threads) for _ in range(runs)] for name in MODULES}
    middle = statistics.median(seconds for seconds, _ in taken)
    memory = [f"{most(taken)} MB", *(f"{PEERS[name]} {most(found)} MB" for name, found in theirs.items())]
    return Line(
        "import", "NDJSON to rows that are flushed; ours de-duplicated, priced, with read models and rollups", "s", middle,
        {name: statistics.median(seconds for seconds, _ in found) for name, found in theirs.items()},
        [f"{events.count / middle:,.0f} events/s", "resident at most " + ", ".join(memory)])


def most(taken):
    return f"{max(megabytes for _, megabytes in taken):,.0f}"
