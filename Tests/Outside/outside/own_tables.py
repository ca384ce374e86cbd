"""Support traffic of which fields are missing, as a store and as tables of PostgreSQL and DuckDB, and how their cells compare."""
import datetime
import decimal
import json
import os
import random
import re
import subprocess

from both_ways import with_prices
from outside.events import iso, nanoseconds
from outside.own_questions import DUCKDB, POSTGRES, TABLES
from outside.plimsoll import Commands
from postgres_differential import NUMBERS

# Forty minutes of traffic become days of it.
STRETCH = 97
# What an event cannot do without, or what its pieces are put together by.
KEPT = {"conversation_id", "turn", "provider", "request_model", "model", "token_class", "usd_per_million_tokens", "valid_from", "tool", "outcome"}
TIMES = ("timestamp with time zone", "timestamptz")


def lines_of_traffic(binary, events, seed, stretch=1):
    """Lines of events, over so many times as long as they took, whose times have microseconds, as other systems keep them, whose fields are missing
    here and there, and which say more than their type knows."""
    chance = random.Random(f"traffic {seed}")
    text = subprocess.run([binary, "workload", "--events", str(events), "--seed", str(seed)], capture_output=True, check=True, timeout=600).stdout
    lines, began = [], None
    for line in with_prices(text.decode().splitlines()):
        event = json.loads(line)
        # A price that is older than all else stays where it is.
        time = nanoseconds(event["time"]) // 1000
        began = time if began is None else began
        event["time"] = iso((began + max(0, time - began) * stretch) * 1000)
        data = event["data"]
        if not event["type"].startswith("price"):
            # Some sources never say some things: whole groups of rows lack them.
            source = random.Random(f"{seed} {event['source']}")
            for name in sorted(data):
                if name not in KEPT and (chance.random() < 0.06 or source.random() < 0.08 and chance.random() < 0.97):
                    del data[name]
            if chance.random() < 0.4:
                data |= {"plan": chance.choice(["gold", "free", "Grün", ""]), "seats": chance.choice([1, 20, None]), "beta": chance.random() < 0.5}
        lines.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    return lines


def imported(commands, folder, name, lines):
    """What an import of the lines says."""
    path = os.path.join(folder, f"{name}.ndjson")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return commands.import_file(path)


def filled(server, folder, lines):
    """Starts the server over the lines: four imports, each a segment, then what stays unsealed. Returns how many events there are."""
    parts = [lines[len(lines) * part // 5:len(lines) * (part + 1) // 5] for part in range(5)]
    count = sum(imported(Commands(server.binary, server.data), folder, f"part{number}", part)["accepted"] for number, part in enumerate(parts[:4]))
    server.start()
    return count + imported(Commands(server.binary, server=server.url), folder, "last", parts[4])["accepted"]


def rows_of(asked):
    """The rows of every table that questions are about."""
    found = {}
    for table, columns in TABLES.items():
        answer = asked.answer(f"select {', '.join(name for name, _ in columns)} from {table}", rollups=False)
        if isinstance(answer, str):
            raise RuntimeError(f"{table}: {answer}")
        found[table] = answer[1]
    return found


def values_of(rows, limit=25):
    """Some values of each column, and those around which others lie."""
    values = {}
    for table, found in rows.items():
        for place, (name, kind) in enumerate(TABLES[table]):
            own = sorted({row[place] for row in found if row[place] is not None and not isinstance(row[place], (dict, list))}, key=str)
            values.setdefault(table, {})[name] = own[:: max(1, len(own) // limit)]
    return values


def into_postgres(postgres, rows):
    quoted = lambda cell: "null" if cell is None else "'" + plain(cell).replace("'", "''") + "'"
    for table, columns in TABLES.items():
        definition = ", ".join(f"{name} {POSTGRES[kind]}" for name, kind in columns)
        text = f"create table {table} ({definition});\n"
        if rows[table]:
            text += f"insert into {table} values " + ",\n".join("(" + ", ".join(map(quoted, row)) + ")" for row in rows[table]) + ";\n"
        postgres.script(text)


def into_duckdb(connection, rows, folder):
    connection.execute("set timezone = 'UTC'")
    connection.execute("create macro date_trunc_at(unit, moment, zone) as timezone(zone, date_trunc(unit, timezone(zone, moment)))")
    for table, columns in TABLES.items():
        path = os.path.join(folder, f"{table}.json")
        with open(path, "w", encoding="utf-8") as file:
            for row in rows[table]:
                file.write(json.dumps({name: cell for (name, _), cell in zip(columns, row)}) + "\n")
        kinds = ", ".join(f"{name}: '{DUCKDB[kind]}'" for name, kind in columns)
        connection.execute(f"create table {table} as select * from read_json('{path}', format = 'newline_delimited', columns = {{{kinds}}})")


def plain(cell):
    if isinstance(cell, (dict, list)):
        return json.dumps(cell)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def moment(cell):
    """Microseconds since 1970."""
    if not isinstance(cell, datetime.datetime):
        text = re.sub(r"([+-]\d\d)$", r"\1:00", str(cell).replace(" ", "T").replace("Z", "+00:00"))
        cell = datetime.datetime.fromisoformat(re.sub(r"\.(\d+)", lambda match: "." + match[1].ljust(6, "0")[:6], text))
    return (cell - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)


def cell_of(cell, kind):
    """What compares, of whatever form a system gives it."""
    if cell is None:
        return None
    if kind == "boolean":
        return cell in (True, "t", "true")
    if kind in NUMBERS:
        return decimal.Decimal(repr(cell) if isinstance(cell, float) else str(cell))
    return moment(cell) if kind in TIMES else plain(cell)


def is_same(one, other, is_exact):
    if is_exact or one is None or other is None or not (isinstance(one, decimal.Decimal) and one.is_finite() and other.is_finite()):
        return one == other
    return abs(one - other) <= max(abs(one), abs(other), 1) * decimal.Decimal("1e-9")


def difference(ours, theirs, types, exact, is_ordered):
    """Why rows of two systems differ, or None; `exact` says of each column whether it must be so to the last digit."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, there {len(theirs)}: {ours[:3]} / {theirs[:3]}"
    cells = [[[cell_of(cell, kind) for cell, kind in zip(row, types)] for row in rows] for rows in (ours, theirs)]
    if not is_ordered:
        places = sorted(range(len(types)), key=lambda place: not exact[place])
        key = lambda row: [(row[place] is None, 0 if row[place] is None else row[place]) for place in places]
        cells = [sorted(rows, key=key) for rows in cells]
    for one, other in zip(*cells):
        if not all(map(is_same, one, other, exact)):
            return f"{shown(one)}, there {shown(other)}"
    return None


def shown(row):
    return "(" + ", ".join("null" if cell is None else str(cell) for cell in row) + ")"
