"""Scripts of questions with their answers, in the dialect of sqllogictest that `Tests/SQLTextTests/SQLLogic` reads.

A record is a block of lines between blank ones: `statement ok`, `statement error [SQLSTATE [at POSITION]]` with a statement below, or
`query TYPES [nosort|rowsort|valuesort] [LABEL]` with a question, `----` and the values below. Types are a letter a column: I, R and T write
a value a line, in sqllogictest's forms; E alone writes a row a line, exactly as PostgreSQL writes values, with ` | ` between them.
`skipif ENGINE` and `onlyif ENGINE` above a record keep it from or for `postgresql` or `plimsoll`.
"""
import re

BETWEEN = " | "


class Record:
    def __init__(self, line, lines):
        """`line`: number of the first line in the file."""
        self.line = line
        self.skipped = {words[1] for words in map(str.split, lines) if words[0] == "skipif"}
        self.wanted = {words[1] for words in map(str.split, lines) if words[0] == "onlyif"}
        body = [text for text in lines if text.split()[0] not in ("skipif", "onlyif")]
        self.head = body[0].split() if body else [""]
        self.kind = self.head[0]
        split = body.index("----") if "----" in body else len(body)
        self.sql, self.expected = "\n".join(body[1:split]), body[split + 1:]
        self.types = self.head[1] if self.kind == "query" and len(self.head) > 1 else ""
        self.sorting = self.head[2] if len(self.head) > 2 else "nosort"
        self.fails = self.kind == "statement" and self.head[1:2] == ["error"]
        self.state = self.head[2] if self.fails and len(self.head) > 2 else None
        self.position = int(self.head[4]) if self.fails and len(self.head) > 4 else None

    def is_for(self, engine):
        return engine not in self.skipped and (not self.wanted or engine in self.wanted)


def read(text):
    """The records of a script. Remarks are lines of their own."""
    records, block, first = [], [], 0
    for number, line in enumerate(text.split("\n") + [""], 1):
        if line.startswith("#"):
            continue
        if line:
            first = first if block else number
            block.append(line)
        elif block:
            record = Record(first, block)
            if record.kind == "halt":
                break
            records.append(record)
            block = []
    return records


def shown(rows, record):
    """The lines that a record expects where an engine gives these rows of texts."""
    if set(record.types) == {"E"}:
        lines = [BETWEEN.join(map(exact_cell, row)) for row in rows]
        return sorted(lines, key=str.encode) if record.sorting != "nosort" else lines
    rows = [[plain_cell(cell, kind) for cell, kind in zip(row, record.types)] for row in rows]
    if record.sorting == "rowsort":
        rows.sort(key=lambda row: [cell.encode() for cell in row])
    flat = [cell for row in rows for cell in row]
    return sorted(flat, key=str.encode) if record.sorting == "valuesort" else flat


def exact_cell(cell):
    if cell is None:
        return "NULL"
    if cell == "":
        return "(empty)"
    escapes = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(escapes.get(one, one if one >= " " and one != "\x7f" else f"\\x{ord(one):02x}") for one in cell)


def plain_cell(cell, kind):
    if cell is None:
        return "NULL"
    if kind in "IR":
        number = {"true": 1.0, "false": 0.0}.get(cell)
        number = float(cell) if number is None else number
        return str(int(number)) if kind == "I" else f"{number:.3f}"
    return "".join(one if " " <= one <= "~" else "@" for one in cell) or "(empty)"


class Tables:
    """What `create table` and `insert into` of a script make, as common table expressions before a question that names them."""

    def __init__(self):
        self.columns, self.rows = {}, {}

    def take(self, sql):
        """Whether the statement was one of the two."""
        made = re.match(r"create\s+table\s+(\w+)\s*\((.*)\)\s*$", sql, re.I | re.S)
        if made:
            parts = re.split(r",(?![^()]*\))", made.group(2))
            self.columns[made.group(1).lower()] = [part.strip().split(None, 1) for part in parts]
            self.rows[made.group(1).lower()] = []
            return True
        filled = re.match(r"insert\s+into\s+(\w+)\s+values\s*(.*)$", sql, re.I | re.S)
        if filled:
            self.rows[filled.group(1).lower()].append(filled.group(2))
        return bool(filled)

    def around(self, sql):
        """(the question with its tables, by how many characters it was moved)"""
        # A name that the question gives to a table of its own is that one.
        names = [name for name in self.columns if re.search(rf"\b{name}\b", sql, re.I)
                 and not re.search(rf"\b{name}\s*(\([\w\s,]*\)\s*)?as\s+(not\s+)?(materialized\s+)?\(", sql, re.I)]
        if not names:
            return sql, 0
        parts = []
        for name in names:
            columns = self.columns[name]
            casts = ", ".join(f"column{place}::{kind}" for place, (_, kind) in enumerate(columns, 1))
            rows = f"(values {', '.join(self.rows[name])})" if self.rows[name] else \
                f"(select {', '.join(f'null as column{place}' for place in range(1, len(columns) + 1))} where false)"
            parts.append(f"{name}({', '.join(column for column, _ in columns)}) as (select {casts} from {rows} v)")
        head = re.match(r"\s*with\s", sql, re.I)
        before = f"with {', '.join(parts)}"
        if head:
            return f"{before}, {sql[head.end():]}", len(before) + 2 - head.end()
        return f"{before} {sql}", len(before) + 1
