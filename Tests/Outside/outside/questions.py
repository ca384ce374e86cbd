"""Random questions in the SQL that Plimsoll and PostgreSQL share, and the events that some of them read."""
import dataclasses
import datetime

KINDS = ("relation", "aggregate", "union", "pattern", "events")
EVENT_COLUMNS = {
    "message_sent": [
        ("turn", "bigint"), ("status", "text"), ("author", "text"), ("channel", "text"), ("error_type", "text"), ("confidence", "double precision"),
        ("duration_ns", "bigint"), ("time_to_first_token_ns", "bigint"), ("time", "timestamptz"),
    ],
    "feedback_submitted": [("turn", "bigint"), ("channel", "text"), ("score", "bigint"), ("time", "timestamptz")],
}
NUMBERS = ("bigint", "numeric", "double precision")
LARGE = ["9223372036854775807", "-9223372036854775807", "9007199254740993", "1000000000000000013", "4611686018427387904"]
TEXTS = ["", "a", "b", "ab", "A", "zz", "Grüße", "grüsse", "R\u00fcckgabe", "Ru\u0308ckgabe", "ok", "error", "10", "a b", "%", "é", "É"]


@dataclasses.dataclass
class Question:
    kind: str
    sql: str
    ordered: bool = False
    reads_events: bool = False


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Questions:
    def __init__(self, random):
        self.random = random
        self.columns = []

    def chance(self, share):
        return self.random.random() < share

    def pick(self, options):
        return self.random.choice(options)

    # Events

    def events(self):
        """Several lists of CloudEvents, in each of which some fields are never there."""
        start = datetime.datetime(2026, 8, 1, 9, tzinfo=datetime.timezone.utc)
        parts, number = [], 0
        for part in range(6):
            present = {name for name in ("turn", "status", "channel", "confidence", "duration_ns", "time_to_first_token_ns", "error_type")
                       if self.chance(0.6)}
            events = []
            for _ in range(self.random.randint(20, 120)):
                number += 1
                rated = self.chance(0.3)
                values = {
                    "turn": self.random.randint(1, 4), "status": self.pick(["ok", "error"]), "channel": self.pick(["web", "email", "chat"]),
                    "confidence": self.pick([0, 0.5, 1, 0.25]), "duration_ns": self.pick([0, 1, 2_000_000_000, 2_000_000_001, 7]),
                    "time_to_first_token_ns": self.pick([1, 2, 3_000_000_000]), "error_type": self.pick(["timeout", "refused"]),
                }
                data = {name: value for name, value in values.items() if name in present and self.chance(0.8)}
                data["conversation_id"] = f"c{self.random.randint(1, 30)}"
                if rated:
                    data = {name: data[name] for name in ("turn", "channel", "conversation_id") if name in data}
                    data["score"] = 5 if part == 1 else self.random.randint(1, 5)
                elif "status" not in data:
                    data.pop("error_type", None)
                if not rated and part != 2:
                    data["author"] = self.pick(["agent", "human"])
                moment = start + datetime.timedelta(seconds=self.random.randint(0, 100_000))
                events.append({
                    "specversion": "1.0", "id": f"e{number}", "source": "differential", "type": "feedback.submitted" if rated else "message.sent",
                    "time": moment.isoformat().replace("+00:00", "Z"), "data": data})
            parts.append(events)
        return parts

    # Expressions

    def literal(self, kind):
        if self.chance(0.12):
            return f"null::{kind}"
        if kind == "bigint":
            return f"{self.random.randint(-4, 9)}::bigint" if self.chance(0.85) else f"'{self.pick(LARGE)}'::bigint"
        if kind == "numeric":
            return self.pick(["0.5", "1.25", "-2.75", "100.001", "3.0", "0.10", "12345678901234567.89"])
        if kind == "double precision":
            return f"'{self.pick(['0', '1.5', '-2.25', '1e10', '0.1', '3', '-0.5'])}'::float8"
        if kind == "boolean":
            return self.pick(["true", "false"])
        return quoted(self.pick(TEXTS))

    def column(self, kind):
        fitting = [name for name, own in self.columns if own == kind]
        return self.pick(fitting) if fitting else self.literal(kind)

    def expression(self, kind, depth):
        if depth <= 0 or self.chance(0.3):
            return self.column(kind) if self.chance(0.75) else self.literal(kind)
        inner = lambda: self.expression(kind, depth - 1)
        choice = self.random.randrange(9)
        if choice == 0:
            return f"coalesce({inner()}, {inner()})"
        if choice == 1:
            otherwise = f" else {inner()}" if self.chance(0.7) else ""
            return f"case when {self.condition(depth - 1)} then {inner()}{otherwise} end"
        if choice == 2 and kind != "boolean":
            return f"nullif({inner()}, {inner()})"
        if choice == 3 and kind != "boolean":
            return f"{self.pick(['greatest', 'least'])}({inner()}, {inner()})"
        if kind == "boolean":
            return f"({self.condition(depth)})"
        if kind == "text":
            return self.text(depth)
        if kind == "bigint" and self.chance(0.15):
            return f"length({self.expression('text', depth - 1)})"
        if kind == "bigint" and self.chance(0.1):
            return f"({self.condition(depth - 1)})::int::bigint"
        if kind in ("numeric", "double precision") and self.chance(0.2):
            return f"({self.expression('bigint', depth - 1)})::{kind}"
        operation = self.pick(["+", "-", "*"] if kind != "bigint" or self.chance(0.8) else ["/", "%"])
        return f"({inner()} {operation} {inner()})"

    def text(self, depth):
        one = self.expression("text", depth - 1)
        return self.pick([
            f"upper({one})", f"lower({one})", f"({one} || {self.expression('text', depth - 1)})", f"left({one}, {self.random.randint(-2, 3)})",
            f"substr({one}, {self.random.randint(-1, 3)})", f"replace({one}, 'a', 'xy')", f"btrim({one})", f"reverse({one})",
            f"({self.expression('bigint', depth - 1)})::text", f"concat({one}, {self.expression('text', depth - 1)})", f"split_part({one}, 'b', 1)",
        ])

    def condition(self, depth):
        kind = self.pick(["bigint", "bigint", "numeric", "double precision", "text", "text"])
        one = self.expression(kind, depth - 1)
        other = self.expression(kind, depth - 1) if self.chance(0.5) else self.literal(kind)
        comparison = self.pick(["=", "<>", "<", "<=", ">", ">="])
        no = self.pick(["", "not "])
        simple = [
            f"{one} {comparison} {other}", f"{one} {comparison} {other}", f"{one} is {no}null", f"{one} is {no}distinct from {other}",
            f"{one} {no}in ({other}, {self.literal(kind)}, {self.literal(kind)})",
            f"{one} {no}between {self.pick(['', 'symmetric '])}{other} and {self.literal(kind)}", self.column("boolean"),
            f"coalesce({self.column('boolean')}, {self.pick(['true', 'false'])})", f"coalesce({one}, {other}) {comparison} {self.literal(kind)}",
        ]
        if kind == "text":
            simple.append(f"{one} {no}{self.pick(['like', 'ilike'])} {quoted(self.pick(['a%', '%b', '_', '%', 'gr%', 'a_%', '']))}")
        if depth <= 0 or self.chance(0.55):
            return self.pick(simple)
        return self.pick([
            f"not ({self.condition(depth - 1)})", f"({self.condition(depth - 1)}) and ({self.condition(depth - 1)})",
            f"({self.condition(depth - 1)}) or ({self.condition(depth - 1)})",
            f"({self.condition(depth - 1)}) is {no}{self.pick(['true', 'false', 'unknown'])}",
            f"({self.condition(depth - 1)}) is {no}distinct from ({self.condition(depth - 1)})",
        ])

    # Relations

    def values(self, name):
        """A relation in the question itself, and its columns."""
        kinds = ["bigint", self.pick(["bigint", "numeric"]), "text", "boolean", self.pick(["double precision", "numeric"]), "text"]
        shares = [self.pick([0, 0.2, 0.5, 1]) for _ in kinds]
        base = self.pick(LARGE) if self.chance(0.25) else None
        rows = []
        for _ in range(self.random.randint(1, 7)):
            cells = [f"null::{kind}" if self.random.random() < share else self.literal(kind) for kind, share in zip(kinds, shares)]
            if base and shares[1] < 1 and kinds[1] == "bigint":
                cells[1] = f"('{base}'::bigint / 2 + {self.random.randint(0, 9)})"
            rows.append("(" + ", ".join(cells) + ")")
        columns = [(f"{name}.{letter}", kind) for letter, kind in zip("iksbdt", kinds)]
        return f"(values {', '.join(rows)}) {name}(i, k, s, b, d, t)", columns

    def source(self):
        """A FROM clause; `columns` are then its columns."""
        first, self.columns = self.values("x")
        if self.chance(0.3):
            return first
        second, more = self.values("y")
        left = list(self.columns)
        kind = self.pick(["bigint", "text"])
        mine = self.pick([name for name, own in left if own == kind])
        theirs = self.pick([name for name, own in more if own == kind])
        self.columns = left + more
        extra = f" and {self.condition(1)}" if self.chance(0.3) else ""
        join = self.pick(["left join", "left join", "left join", "join", "right join", "full join"])
        return f"{first} {join} {second} on {mine} = {theirs}{extra if join != 'full join' else ''}"

    def any_kind(self):
        return self.pick(["bigint", "bigint", "numeric", "text", "text", "boolean", "double precision"])

    def where(self, share=0.5):
        return f" where {self.condition(2)}" if self.chance(share) else ""

    def relation(self):
        source = self.source()
        items = ", ".join(self.expression(self.any_kind(), 2) for _ in range(self.random.randint(1, 3)))
        distinct = self.pick(["", "", "distinct "])
        return Question("relation", f"select {distinct}1 as one, {items} from {source}{self.where()}")

    def aggregates(self):
        numeric = lambda: self.expression(self.pick(NUMBERS), 1)
        anything = lambda: self.expression(self.any_kind(), 1)
        ordered = lambda: self.expression(self.pick(["bigint", "numeric", "text"]), 1)
        exact = lambda: self.expression(self.pick(["bigint", "numeric"]), 1)
        calls = []
        for _ in range(self.random.randint(1, 4)):
            call = self.pick([
                lambda: "count(*)", lambda: f"count({anything()})", lambda: f"count(distinct {anything()})", lambda: f"sum({exact()})",
                lambda: f"sum({self.column('bigint')})", lambda: f"avg({numeric()})", lambda: f"sum(distinct {exact()})",
                lambda: f"min({ordered()})", lambda: f"max({ordered()})", lambda: f"bool_and({self.expression('boolean', 1)})",
                lambda: f"bool_or({self.expression('boolean', 1)})",
                # A standard deviation of numerics has fewer digits there.
                lambda: f"{self.pick(['variance', 'var_pop'])}({self.column(self.pick(['bigint', 'numeric']))})::float8",
            ])()
            if self.chance(0.2) and not call.endswith("float8"):
                call += f" filter (where {self.condition(1)})"
            calls.append(call)
        return calls

    def keys(self):
        """Group keys, constants among them, as (expression, name)."""
        keys = []
        for number in range(self.random.randint(0, 3)):
            constant = self.chance(0.3)
            kind = self.any_kind()
            expression = (quoted(self.pick(TEXTS)) if self.chance(0.5) else self.literal(kind)) if constant else self.expression(kind, 1)
            keys.append((expression, f"g{number}"))
        return keys

    def grouped(self, kind, source, reads_events=False):
        keys, calls = self.keys(), self.aggregates()
        items = [f"{expression} as {name}" for expression, name in keys] + calls
        group = f" group by {', '.join(self.pick([name, str(place + 2)]) for place, (_, name) in enumerate(keys))}" if keys else ""
        having = f" having {self.pick(['count(*) > 1', 'count(*) > 0', 'max(1) = 1'])}" if keys and self.chance(0.2) else ""
        order = f" order by {', '.join(str(place + 2) for place in range(len(items)))}" if self.chance(0.4) else ""
        sql = f"select 1 as one, {', '.join(items)} from {source}{self.where()}{group}{having}{order}"
        return Question(kind, sql, bool(order), reads_events)

    def aggregate(self):
        return self.grouped("aggregate", self.source())

    def union(self):
        kinds = [self.any_kind() for _ in range(self.random.randint(1, 3))]
        branches = []
        for _ in range(self.random.randint(2, 3)):
            source = self.source()
            items = [quoted(self.pick(TEXTS)) if kind == "text" and self.chance(0.4) else self.expression(kind, 1) for kind in kinds]
            branches.append(f"select 1 as one, {', '.join(items)} from {source}{self.where(0.3)}")
        return Question("union", f" {self.pick(['union', 'union all'])} ".join(branches))

    # Patterns

    PIECES = [
        "a", "b", "A", "é", "É", "ß", "1", "x", ".", "^", "$", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "[ab]", "[^ab]", r"[\d]", r"[\D]", r"[^\w]",
        "[a-c]", "[^a-c]", "[[:alpha:]]", "[[:upper:]]", "[^[:lower:]]", "[[:digit:]x]", "[[:space:]]", "[[:punct:]]", "[]a]", "[a-]", "(a|b)",
        "(?:ab)", "(a)(b)?", "|", "()", "(", ")", "*", "+", "?", "*?", "{2}", "{1,2}", "{,2}", "{0}", r"\.", r"\n", r"\A", r"\Z", r"\b", r"\y", r"\m",
        r"\x41", r"\u0061", "(?i)", "(?n)", r"\1", "(?=a)", "(^a)*", " ", "-", "[à-ü]", "k", "K", "s", "[^[:alnum:]]", "[a\\]b]", "$|^a",
    ]
    SUBJECTS = [
        "", "a", "b", "ab", "ABC", "aab", "a1", "1", "12", "é", "É", "aé", "ß", "a b", "a\nb", "\n", "a\n", "-", "]", "x.y", "K", "k", "\u212a",
        "\u017f", "ü", "Ü", "a{,2}", "_", "€", "abab", "\\", "Straße",
    ]

    def pattern(self):
        pattern = "".join(self.pick(self.PIECES) for _ in range(self.random.randint(1, 5)))
        operation = self.pick(["~", "~*", "!~", "!~*"])
        subjects = self.random.sample(self.SUBJECTS, 12)
        rows = ", ".join(f"({place}, {quoted(subject)})" for place, subject in enumerate(subjects))
        return Question("pattern", f"select 1, n, s {operation} {quoted(pattern)} from (values {rows}) v(n, s)")

    # Events

    def of_events(self):
        table = self.pick(list(EVENT_COLUMNS))
        self.columns = [(name, kind) for name, kind in EVENT_COLUMNS[table] if kind != "timestamptz"]
        if self.chance(0.25):
            other = "feedback_submitted" if table == "message_sent" else "message_sent"
            self.columns = [(f"e.{name}", kind) for name, kind in self.columns]
            self.columns += [(f"o.{name}", kind) for name, kind in EVENT_COLUMNS[other] if kind != "timestamptz"]
            narrow = f"(select * from {other} where turn = 1 and {self.pick(['channel is null', 'true'])} order by time limit 5)"
            return self.grouped("events", f"{table} e left join {narrow} o on e.channel = o.channel", True)
        return self.grouped("events", table, True)

    def next(self, only=None):
        kind = only or self.pick(KINDS)
        return {"relation": self.relation, "aggregate": self.aggregate, "union": self.union, "pattern": self.pattern, "events": self.of_events}[kind]()
