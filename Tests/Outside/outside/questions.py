"""Random questions in the SQL that Plimsoll and PostgreSQL share, and the events that some of them read."""
import dataclasses
import datetime

KINDS = ("relation", "aggregate", "union", "pattern", "events", "times", "texts", "casts", "nested", "constants")
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
    # The questions that a union is made of.
    parts: tuple = ()


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
        return Question("union", f" {self.pick(['union', 'union all'])} ".join(branches), parts=tuple(branches))

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

    # Times

    ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "Asia/Tokyo",
             "est", "BST", "CET", "msk", "europe/paris", "US/Eastern", "+03:30", "UTC-2"]
    UNITS = ["microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century", "millennium"]
    FIELDS = UNITS + ["epoch", "dow", "isodow", "doy", "isoyear", "julian"]
    # Around the changes of clocks, of years and of centuries, and far away.
    MOMENTS = [
        "2026-03-29 00:59:59.999999", "2026-03-29 01:00", "2026-03-29 02:30", "2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 02:30",
        "2026-11-01 05:30",
        "2026-11-01 06:30", "2026-03-08 07:00", "2024-02-29 12:00:00.5", "2026-12-31 23:59:59.999999", "2027-01-01", "2021-01-03 23:00",
        "2020-12-31 12:34:56.789",
        "1970-01-01", "1969-12-31 23:59:59.000001", "1900-01-01 00:00:01", "2000-12-31 23:00", "2001-01-01", "2100-02-28 22:00", "2200-06-15 11:11:11.11",
        "1750-07-04 01:02:03",
    ]
    SPANS = [
        "1 month", "-1 month", "1 day", "-1 day", "25 hours", "1 year 2 mons 3 days 04:05:06.789", "-00:00:00.5", "1 mon -1 day", "90 minutes", "0",
        "13 mons", "-400 days",
        "1.5 days", "2 weeks ago",
    ]
    TIME_PATTERNS = [
        "YYYY-MM-DD HH24:MI:SS", "IYYY-IW-ID", "DDD D Q", "Mon DD YYYY", "Dy HH12:MI AM", "MS US", "YY/MM", 'YYYY-MM-DD"T"HH24:MI', "Day|Month|",
        "YYYYMMDD", "HH PM", '"a b" YYYY',
    ]

    def time_call(self):
        unit, zone, field = self.pick(self.UNITS), self.pick(self.ZONES), self.pick(self.FIELDS)
        span = f"interval '{self.pick(self.SPANS)}'"
        when = self.pick(["z", "p", "z + v", "p - v", f"z at time zone '{zone}'", f"p at time zone '{zone}'", f"date_trunc('{unit}', z)", f"z + {span}",
            f"p + {span}"])
        fine = [each for each in self.FIELDS if each not in ("dow", "isodow", "doy", "isoyear", "julian", "week")]
        return self.pick([
            f"(date_trunc('{unit}', {when}))::text", f"(date_trunc('{unit}', z, '{zone}'))::text", f"extract({field} from {when})",
            f"extract({self.pick(fine)} from v)",
            f"date_part('{field}', {when})", f"({when})::text", f"(({when})::date)::text", f"(z - y)::text", f"(p - (y at time zone '{zone}'))::text",
            f"age(z, y)::text",
            f"age(p, y at time zone 'UTC')::text", f"(v + {span})::text", f"(v * {self.pick(['2', '0.5', '-1', '1.5'])})::text",
            f"(v / {self.pick(['2', '4', '-8'])})::text",
            f"(d + {self.random.randint(-40, 40)})::text", f"(d - date '2026-03-01')::text",
            f"extract({self.pick(['year', 'month', 'day', 'dow', 'doy', 'week', 'isoyear'])} from d)",
            f"date_bin('{self.pick(['15 minutes', '1 hour', '7 days', '90 seconds'])}', {self.pick(['z', 'y'])}, timestamptz '2001-01-01Z')::text",
            f"to_char({self.pick(['z', 'p', f'z at time zone {quoted(zone)}'])}, {quoted(self.pick(self.TIME_PATTERNS))})",
            "make_interval(days => n, hours => -n)::text", "(-v)::text",
            f"(case when z < y then z else y end)::text", f"coalesce(p, d)::text", f"greatest(z, y, {span} + z)::text", f"(date_trunc('{unit}', v))::text",
            f"v > {span}", "z::date = d",
            f"(z at time zone '{zone}')::date::text", f"extract(epoch from z - y)", "to_timestamp(n)::text",
        ])

    def times(self):
        rows = []
        for _ in range(self.random.randint(1, 6)):
            cells = [f"timestamptz '{self.pick(self.MOMENTS)}Z'", f"timestamptz '{self.pick(self.MOMENTS)}Z'", f"timestamp '{self.pick(self.MOMENTS)}'",
                     f"date '{self.pick(self.MOMENTS)[:10]}'", f"interval '{self.pick(self.SPANS)}'", str(self.random.randint(-50, 50))]
            kinds = ["timestamptz", "timestamptz", "timestamp", "date", "interval", "int"]
            rows.append("(" + ", ".join(f"null::{kind}" if self.chance(0.12) else cell for cell, kind in zip(cells, kinds)) + ")")
        calls = ", ".join(self.time_call() for _ in range(self.random.randint(1, 3)))
        return Question("times", f"select 1 as one, {calls} from (values {', '.join(rows)}) x(z, y, p, d, v, n)")

    # Texts of all kinds of letters: composed, decomposed, beyond the first plane, without small letters.

    LETTERS = [
        "", "a", "abc", "Grüße", "u\u0308ber", "über", "R\u00fcck", "Ru\u0308ck", "e\u0301\u0301", "日本語", "😀a😀", "a😀b", "İ", "ı", "ǅ", "ſ", "ẞ", "Σας",
        "x,y,,z", ",", "  a b ",
        "\u200b", "\ufb01", "\u0301", "a\\b", "100%", "a_b", "\t", "한글", "\u1112\u1161\u11ab", "Å", "A\u030a", "\u212b",
    ]

    def text_call(self):
        n = lambda: self.random.randint(-3, 6)
        other = self.pick(["t", "t", quoted(self.pick(self.LETTERS))])
        letters = quoted(self.pick(self.LETTERS))
        no = self.pick(["", "not "])
        return self.pick([
            f"substring(s from {n()})", f"substring(s from {n()} for {abs(n())})", f"substr(s, {n()}, {abs(n())})", f"left(s, {n()})", f"right(s, {n()})",
            f"lpad(s, {n()}, {letters})",
            f"rpad(s, {n()})", f"lpad(s, {n()})", f"position({other} in s)", f"strpos(s, {letters})",
            f"split_part(s, {letters}, {self.pick([-2, -1, 1, 2, 3])})",
            f"replace(s, {letters}, {other})", f"btrim(s, {letters})", f"ltrim(s)", f"rtrim(s, 'a ')", f"trim(both {letters} from s)", f"repeat(s, {n()})",
            "reverse(s)", "upper(s)",
            "lower(s)", "length(s)", "octet_length(s)", "char_length(t)", f"starts_with(s, {other})", f"concat(s, null, {other}, 1)", f"s || {other}",
            f"s {no}like {other}",
            f"s {no}ilike {self.pick(['a%', '%Ü%', '_', '__', '%b', 'ß', 'ü%', '%😀_'])!r}", "s like t escape ''", "s like 'a!_b' escape '!'",
            f"s = {other}", f"s < {other}", f"s >= {other}",
            f"s in ({letters}, {other})", f"coalesce(nullif(s, {other}), 'none')", f"greatest(s, {other})", f"least(s, t, {letters})",
            "case s when t then 'same' else s end",
            f"s between {letters} and {other}", "s is distinct from t",
            f"s ~ {self.pick(['^.$', '^..$', '[a-z]', '^[[:alpha:]]+$', chr(0x308), '^.?$'])!r}",
        ])

    def texts(self):
        rows = ", ".join("(" + ", ".join("null::text" if self.chance(0.1) else quoted(self.pick(self.LETTERS)) for _ in "st") + ")"
                         for _ in range(self.random.randint(1, 6)))
        source = f"(values {rows}) x(s, t)"
        if self.chance(0.3):
            call = self.pick([
                "count(distinct s)", "count(distinct upper(s))", "min(s)", "max(t)", "string_agg(s, '|' order by s, t)",
                "string_agg(s, ',' order by t desc, s)",
                "count(*) filter (where s < t)", "string_agg(distinct s, ',')" if self.chance(0.3) else "count(s)",
                "string_agg(s, ';' order by s) filter (where s <> 'a')",
                "percentile_disc(0.5) within group (order by s)", "max(length(s)) filter (where t is not null)", "sum(distinct length(s))",
            ])
            group = self.pick(["", " group by t", " group by length(t)", " group by left(t, 1)"])
            return Question("texts", f"select 1 as one, {call} from {source}{group}")
        calls = ", ".join(self.text_call() for _ in range(self.random.randint(1, 3)))
        return Question("texts", f"select 1 as one, {calls} from {source}")

    # Casts at the ends of types

    ENDS = {
        "bigint": ["32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "0", "99", "100",
        "-1"],
        "numeric": ["32767.4", "32767.5", "-32768.5", "2147483647.49", "2147483647.5", "9223372036854775807.4", "9223372036854775807.5", "99.994",
        "99.995", "-0.5", "0.5", "1.5", "2.5", "0.0"],
        "float8": ["'32767.5'", "'32766.5'", "'2147483647.5'", "'0.5'", "'1.5'", "'2.5'", "'-0.5'", "'1e15'", "'123456.789'", "'0.1'", "'0'", "'99.995'",
        "'-32768.5'"],
        "text": ["'32767'", "' 32768 '", "'-2147483649'", "'+5'", "'0.5'", "'1e3'", "''", "' '", "'abc'", "'true'", "'t'", "'nO'", "'9223372036854775808'",
        "'00012'", "'éa'", "'2026-02-29'",
                 "'2026-03-01'", "'1.'", "'.5'", "'--1'", "'1 '", "'0x1'"],
        "boolean": ["true", "false"],
    }
    TARGETS = {
        "bigint": ["int", "smallint", "bigint", "text", "numeric", "numeric(4,2)", "numeric(12,1)", "float8", "varchar(2)", "boolean", "int4", "int2"],
        # As a text each value has its own number of places there, and that of the column here.
        "numeric": ["int", "smallint", "bigint", "numeric(4,2)", "numeric(3)", "numeric(20,5)", "float8"],
        "float8": ["int", "smallint", "bigint", "numeric(4,2)", "numeric(20,6)", "numeric", "float8", "text"],
        "text": ["int", "smallint", "bigint", "numeric", "numeric(4,2)", "float8", "boolean", "varchar(2)", "date", "text"],
        "boolean": ["int", "text", "varchar(1)", "boolean"],
    }

    def casts(self):
        kind = self.pick(list(self.ENDS))
        target = self.pick(self.TARGETS[kind])
        value = lambda: f"null::{kind}" if self.chance(0.05) else f"{self.pick(self.ENDS[kind])}::{kind}"
        wrap = lambda one: f"({one}::{target})::{'float8' if target.startswith(('numeric', 'float8')) else 'text'}"
        if self.chance(0.4):
            # A text in quotes is read by the type.
            bare = self.pick(self.ENDS["text"])
            return Question("casts", f"select 1 as one, {wrap(f'({value()})') if self.chance(0.5) or kind != 'text' else wrap(bare)}")
        rows = ", ".join(f"({value()})" for _ in range(self.random.randint(1, 3)))
        calls = self.pick([wrap("c"), wrap("coalesce(c, c)"), f"case when c is not null then {wrap('c')} end", f"max({wrap('c')})"])
        return Question("casts", f"select 1 as one, {calls} from (values {rows}) x(c)")

    # Queries in queries

    def nested(self):
        source = self.source()
        inner = [(name, kind) for name, kind in self.columns]
        chosen = [self.pick(inner) for _ in range(3)]
        listed = ", ".join(f"{name} as c{place}" for place, (name, _) in enumerate(chosen))
        first = f"a as (select {listed} from {source}{self.where(0.3)})"
        self.columns = [(f"c{place}", kind) for place, (_, kind) in enumerate(chosen)]
        second = f"b as (select {self.expression(chosen[0][1], 1)} as c0, {self.expression(chosen[1][1], 1)} as c1, c2 from a{self.where(0.4)})"
        key = self.pick([0, 1, 2])
        deep = f"with {first}, {second}, e as (with f as (select * from b where c{key} is not null) select distinct c{key} as k from f)"
        tail = self.pick([
            "select 1 as one, c0, c1, c2 from b",
            f"select 1 as one, c0, (select count(*) from a) from b where c{key} in (select c{key} from a where {self.condition(1)})",
            f"select 1 as one, c0, c1 from b where c{key} not in (select k from e)",
            "select 1 as one, count(*), (select count(*) from e) from b where exists (select 1 from e)",
            f"select 1 as one, a.c0, e.k from a left join e on a.c{key} = e.k",
            f"select 1 as one, q.c1, count(*) from (select * from (select c{key} as c0, c1 from b) r union all select c{key}, c1 from a) q group by q.c1",
            f"select 1 as one, (select max(c{key}) from b), (select c{key} from a where false)" if chosen[key][1] != "boolean" else "select 1 as one, c2 from b limit 0",
            f"select 1 as one, x.c0, y.c0 from b x join a y on x.c{key} = y.c{key}",
            f"select 1 as one, case when c{key} in (select k from e) then 'in' else 'out' end from a",
        ])
        return Question("nested", f"{deep} {tail}")

    # Expressions of constants: what is null, what fails, and what is never looked at

    def constant(self, kind, depth):
        if depth <= 0 or self.chance(0.15):
            if self.chance(0.25):
                return f"null::{kind}"
            return self.pick({"bigint": ["-2", "-1", "0", "1", "2", "3"], "numeric": ["0.0", "1.5", "-2.25", "0.10"], "boolean": ["true", "false"],
                              "text": ["'a'", "''", "'b'", "'1'"]}[kind])
        inner = lambda other=kind: self.constant(other, depth - 1)
        always = [f"coalesce({inner()}, {inner()})", f"case when {inner('boolean')} then {inner()} else {inner()} end",
                  f"case when {inner('boolean')} then {inner()} end", f"nullif({inner()}, {inner()})"]
        number = inner("bigint")
        if kind == "boolean":
            return self.pick([
                f"({inner()} and {inner()})", f"({inner()} or {inner()})", f"(not {inner()})", f"({number} {self.pick(['=', '<', '>=', '<>'])} {inner('bigint')})",
                f"({inner(self.pick(['bigint', 'numeric', 'text']))} is {self.pick(['', 'not '])}null)", f"({number} in ({inner('bigint')}, {inner('bigint')}))",
                f"({number} between {inner('bigint')} and {inner('bigint')})", f"({inner()} is {self.pick(['true', 'not true', 'false', 'unknown'])})",
                f"({inner('text')} like {inner('text')})", f"({number} = any(array[{inner('bigint')}, {inner('bigint')}]))"])
        if kind == "text":
            return self.pick(always + [f"({inner()} || {inner()})", f"upper({inner()})", f"({number})::text"])
        more = [f"({inner()} / {inner()})"] * 3 + [
            f"({inner()} {self.pick(['+', '-', '*', '%'])} {inner()})", f"greatest({inner()}, {inner()})", f"abs({inner()})",
            f"(array[{inner()}, {inner()}])[{self.random.randint(0, 3)}]"]
        if kind == "bigint":
            more += [f"array_length(array[{inner()}, null], 1)", f"case {inner()} when {inner()} then {inner()} else {inner()} end", f"length({inner('text')})"]
        return self.pick(always + more)

    def constants(self):
        kind = self.pick(["bigint", "numeric", "boolean", "text"])
        shown = self.constant(kind, self.random.randint(1, 3))
        # What may depend on settings, as the text of an array, is worked out late over there: it stands outside.
        if kind != "numeric" and self.chance(0.2):
            shown = f"(array[{shown}, {self.constant(kind, 1)}, null])::text"
        where = f" where {self.constant('boolean', 2)}" if self.chance(0.2) else ""
        return Question("constants", f"select 1 as one, {shown} as v{where}")

    def next(self, only=None):
        kind = only or self.pick(KINDS)
        return {"relation": self.relation, "aggregate": self.aggregate, "union": self.union, "pattern": self.pattern, "events": self.of_events,
                "times": self.times, "texts": self.texts, "casts": self.casts, "nested": self.nested, "constants": self.constants}[kind]()
