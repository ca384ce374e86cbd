"""Random questions about the tables of a store, made of parts, so that what differs can be cut down to what makes it differ."""
import dataclasses
import itertools

TEXT, COUNT, MONEY, REAL, TRUTH, TIME = "text", "bigint", "numeric", "double precision", "boolean", "timestamptz"
# What a database of its own keeps each kind as.
POSTGRES = {TEXT: "text", COUNT: "bigint", MONEY: "numeric", REAL: "double precision", TRUTH: "boolean", TIME: "timestamptz", "json": "jsonb"}
DUCKDB = {**POSTGRES, TEXT: "varchar", MONEY: "decimal(20,12)", REAL: "double", "json": "json"}
COMMON = "conversation_id text, turn bigint, tenant text, channel text, time timestamptz"
TABLES = {
    "events": "type text, conversation_id text, tenant text, channel text, user_id text, time timestamptz",
    "message_sent": f"{COMMON}, author text, status text, error_type text, confidence double precision, duration_ns bigint, "
                    "time_to_first_token_ns bigint, characters bigint, attributes json",
    "message_received": f"{COMMON}, author text, characters bigint, injection_score double precision, pii_found boolean, attributes json",
    "llm_call": f"{COMMON}, model text, request_model text, provider text, route text, status text, price_state text, stream boolean, "
                "input_tokens bigint, output_tokens bigint, cache_read_tokens bigint, reasoning_tokens bigint, attempt bigint, duration_ns bigint, "
                "cost_usd numeric, cost_low_usd numeric, cost_high_usd numeric, reported_cost_usd numeric, attributes json",
    "tool_call": f"{COMMON}, tool text, status text, error_type text, duration_ns bigint, cost_usd numeric, attributes json",
    "feedback_submitted": f"{COMMON}, kind text, score bigint, variant text, attributes json",
    "escalation_raised": f"{COMMON}, reason text, priority text, queue text",
    "turns": "conversation_id text, turn bigint, asked_time timestamptz, time timestamptz, tenant text, channel text, status text, error_type text, "
             "model text, route text, duration_ns bigint, time_to_first_token_ns bigint, input_tokens bigint, cost_usd numeric, cost_low_usd numeric, "
             "cost_high_usd numeric, price_state text, llm_calls bigint, tool_calls bigint, escalated boolean, score bigint",
    "conversations": "conversation_id text, start_time timestamptz, last_time timestamptz, closed_time timestamptz, tenant text, channel text, "
                     "topic text, outcome text, resolved_by text, reopened boolean, turns bigint, answers bigint, errors bigint, cost_usd numeric, "
                     "cost_low_usd numeric, price_state text, escalations bigint, score bigint",
}
TABLES = {name: [tuple(column.split(" ", 1)) for column in columns.split(", ")] for name, columns in TABLES.items()}
# By what rollups tell rows apart, and what they add up.
FOLDED = {
    "llm_call": ("provider request_model model route status price_state tenant",
                 "cost_usd cost_low_usd cost_high_usd input_tokens output_tokens cache_read_tokens reasoning_tokens duration_ns"),
    "message_sent": ("channel author status tenant error_type", "duration_ns time_to_first_token_ns"),
    "message_received": ("tenant channel author", ""), "tool_call": ("tool status error_type", "duration_ns"),
    "escalation_raised": ("reason queue channel", ""), "feedback_submitted": ("variant channel score", ""), "events": ("tenant user_id", ""),
}
ATTRIBUTES = ("plan", "seats", "beta")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
SIMPLEST = {TEXT: "'a'::text", COUNT: "0::bigint", MONEY: "0.0", REAL: "'0'::float8", TRUTH: "true", TIME: "timestamptz '2026-08-03 12:00:00Z'"}


@dataclasses.dataclass(frozen=True)
class Node:
    """An expression: a form with a place for each part."""
    kind: str
    form: str
    parts: tuple = ()
    # A quotient or a double has as many digits as each system gives it.
    is_exact: bool = True

    def __str__(self):
        return self.form.format(*self.parts)

    def is_all_exact(self):
        return self.is_exact and all(part.is_all_exact() for part in self.parts)

    def smaller(self):
        """The same with less in it: a part in its place, or a constant, or with a smaller part."""
        # What holds rows' values together is no value of one row.
        if not self.form.startswith(AGGREGATES):
            yield from (part for part in self.parts if part.kind == self.kind)
            if self.parts:
                yield Node(self.kind, SIMPLEST[self.kind])
        for place, part in enumerate(self.parts):
            for less in part.smaller():
                yield dataclasses.replace(self, parts=(*self.parts[:place], less, *self.parts[place + 1:]))


AGGREGATES = ("count(", "sum(", "avg(", "min(", "max(", "bool_and(", "bool_or(", "percentile_", "var_pop(", "string_agg(", "approx_percentile(")


@dataclasses.dataclass(frozen=True)
class Join:
    how: str
    table: str
    alias: str
    # Pairs of columns, this side's first.
    on: tuple
    extra: Node = None

    def __str__(self):
        rows = f"(select * from {self.table} where {self.extra})" if self.extra else self.table
        return f" {self.how} {rows} {self.alias} on {' and '.join(f'{one} = {other}' for one, other in self.on)}"


@dataclasses.dataclass(frozen=True)
class Derived:
    """A question as a table, whose columns are c0, c1 …"""
    question: object

    def __str__(self):
        return f"({self.question})"

    def names(self):
        return f"({', '.join(f'c{place}' for place in range(len(self.question.items)))})"

    def smaller(self):
        kinds = [item.kind for item in self.question.items]
        yield from (Derived(less) for less in self.question.smaller() if [item.kind for item in less.items] == kinds)


@dataclasses.dataclass(frozen=True)
class Union:
    """Rows of several questions, in any order."""
    parts: tuple
    how: str
    order = ()

    @property
    def items(self):
        return self.parts[0].items

    def __str__(self):
        return f" {self.how} ".join(map(str, self.parts))

    def smaller(self):
        yield from self.parts
        kinds = [item.kind for item in self.items]
        for place, part in enumerate(self.parts):
            for less in part.smaller():
                if [item.kind for item in less.items] == kinds:
                    yield Union((*self.parts[:place], less, *self.parts[place + 1:]), self.how)


@dataclasses.dataclass(frozen=True)
class Question:
    # Its name, or what it is derived from.
    table: object
    items: tuple
    # How many of the items are keys of groups; none: rows; nothing: one row of aggregates.
    keys: int = None
    join: Join = None
    where: tuple = ()
    having: Node = None
    is_distinct: bool = False
    # Directions of the items, in the order of the items; empty: in any order.
    order: tuple = ()
    limit: int = None
    offset: int = 0

    def source(self):
        return f" from {self.table} e{self.table.names() if isinstance(self.table, Derived) else ''}{self.join or ''}"

    def conditions(self):
        return " where " + " and ".join(f"({one})" for one in self.where) if self.where else ""

    def __str__(self):
        text = f"select {'distinct ' if self.is_distinct else ''}{', '.join(map(str, self.items))}{self.source()}{self.conditions()}"
        if self.keys:
            text += f" group by {', '.join(str(place + 1) for place in range(self.keys))}"
        if self.having:
            text += f" having {self.having}"
        if self.order:
            text += f" order by {', '.join(f'{place + 1} {direction}' for place, direction in enumerate(self.order))}"
        if self.limit is not None:
            text += f" limit {self.limit}"
        return text + (f" offset {self.offset}" if self.offset else "")

    def smaller(self):
        """Questions with a clause less, or with a smaller expression in one."""
        change = lambda **parts: dataclasses.replace(self, **parts)
        if self.limit is not None or self.offset:
            yield change(limit=None, offset=0)
        if self.order and self.limit is None:
            yield change(order=())
        if self.having:
            yield change(having=None)
        if self.is_distinct:
            yield change(is_distinct=False)
        for place in range(len(self.where)):
            yield change(where=self.where[:place] + self.where[place + 1:])
        if len(self.items) > 1:
            for place in range(len(self.items)):
                items = self.items[:place] + self.items[place + 1:]
                keys = self.keys - 1 if self.keys and place < self.keys else self.keys
                # Of groups without an aggregate the question is another one.
                if keys is None or keys < len(items):
                    yield change(items=items, keys=keys, order=self.order[:len(items)])
        if isinstance(self.table, Derived):
            yield from (change(table=less) for less in self.table.smaller())
        if self.join:
            if "o." not in " ".join(map(str, (*self.items, *self.where, self.having or ""))):
                yield change(join=None)
            if self.join.extra:
                yield change(join=dataclasses.replace(self.join, extra=None))
            if len(self.join.on) > 1:
                yield change(join=dataclasses.replace(self.join, on=self.join.on[:1]))
        for name in ("where", "items"):
            nodes = getattr(self, name)
            for place, node in enumerate(nodes):
                for less in node.smaller():
                    yield change(**{name: nodes[:place] + (less,) + nodes[place + 1:]})


def shrunk(question, differs, tries=150):
    """The smallest question found that still differs."""
    tried = itertools.count()
    found = True
    while found:
        found = False
        for less in question.smaller():
            if next(tried) >= tries:
                return question
            if differs(less):
                question, found = less, True
                break
    return question


def for_duckdb(sql):
    """It divides integers by another sign, and buckets in a zone have a macro there."""
    return sql.replace(" div ", " // ")


def as_written(sql):
    """As Plimsoll and PostgreSQL read it."""
    return sql.replace(" div ", " / ").replace("date_trunc_at(", "date_trunc(")


class OwnQuestions:
    """`values` are some values of each column of each table, as texts, to ask for what is there."""

    def __init__(self, random, values):
        self.random, self.values = random, values
        self.columns, self.is_inside = [], False

    def chance(self, share):
        return self.random.random() < share

    def pick(self, options):
        return self.random.choice(options)

    # Expressions

    def own(self, table, name, kind):
        """A constant such as the column has."""
        values = self.values.get(table, {}).get(name)
        if not values or self.chance(0.05):
            return Node(kind, SIMPLEST[kind])
        value = self.pick(values)
        if kind == TIME and self.chance(0.4):
            # Where buckets of rollups begin.
            value = value[:13] + ":00:00Z" if self.chance(0.5) else value[:10] + "T00:00:00Z"
        return Node(kind, self.written(value, kind))

    def written(self, value, kind):
        quoted = "'" + str(value).replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
        return {TEXT: quoted, COUNT: f"{quoted}::bigint", MONEY: f"{quoted}::numeric(20,12)", REAL: f"{quoted}::float8",
                TRUTH: "true" if value in (True, "true") else "false", TIME: f"timestamptz {quoted}"}[kind]

    def column(self, kind):
        """A column of the question's tables, and a constant such as it has."""
        fitting = [each for each in self.columns if each[3] == kind]
        if not fitting:
            return Node(kind, SIMPLEST[kind]), Node(kind, SIMPLEST[kind])
        alias, table, name, _ = self.pick(fitting)
        return Node(kind, f"{alias}.{name}"), self.own(table, name, kind)

    def leaf(self, kind):
        if self.chance(0.04):
            return Node(kind, f"null::{kind}")
        column, constant = self.column(kind)
        json = [alias for alias, _, _, own in self.columns if own == "json"]
        if kind == TEXT and json and self.chance(0.1):
            return Node(kind, f"({self.pick(json)}.attributes ->> '{self.pick(ATTRIBUTES)}')")
        return column if self.chance(0.85) else constant

    def expression(self, kind, depth):
        if depth <= 0 or self.chance(0.35):
            return self.leaf(kind)
        inner = lambda own=kind: self.expression(own, depth - 1)
        choice = self.random.randrange(8)
        if choice == 0:
            return Node(kind, "coalesce({}, {})", (inner(), inner()))
        if choice == 1:
            return Node(kind, "case when {} then {} else {} end", (self.condition(depth - 1), inner(), inner()))
        if choice == 2:
            return Node(kind, "case when {} then {} end", (self.condition(depth - 1), inner()))
        if choice == 3 and kind != TRUTH:
            return Node(kind, self.pick(["nullif({}, {})", "greatest({}, {})", "least({}, {})"]), (inner(), inner()))
        return {TRUTH: self.condition, TEXT: self.text, COUNT: self.count, MONEY: self.money, REAL: self.real, TIME: self.moment}[kind](depth)

    def text(self, depth):
        one, other = self.expression(TEXT, depth - 1), self.expression(TEXT, depth - 1)
        number = self.random.randint(0, 4)
        return self.pick([
            Node(TEXT, "upper({})", (one,)), Node(TEXT, "lower({})", (one,)), Node(TEXT, "({} || {})", (one, other)),
            Node(TEXT, "concat({}, '/', {})", (one, other)),
            Node(TEXT, f"left({{}}, {number})", (one,)), Node(TEXT, f"right({{}}, {number})", (one,)), Node(TEXT, f"substr({{}}, {number + 1}, 3)", (one,)),
            Node(TEXT, "replace({}, 'e', 'xy')", (one,)), Node(TEXT, "reverse({})", (one,)), Node(TEXT, f"split_part({{}}, '-', {number % 2 + 1})", (one,)),
            Node(TEXT, "lpad({}, 6, '.')", (one,)), Node(TEXT, "({})::text", (self.expression(COUNT, depth - 1),)),
            Node(TEXT, "(({})::date)::text", (self.expression(TIME, depth - 1),)), Node(TEXT, "({})::text", (self.expression(TRUTH, depth - 1),)),
        ])

    def count(self, depth):
        one = self.expression(COUNT, depth - 1)
        small = str(self.random.randint(2, 9))
        return self.pick([
            Node(COUNT, "({} + {})", (one, self.expression(COUNT, depth - 1))), Node(COUNT, "({} - {})", (one, self.expression(COUNT, depth - 1))),
            Node(COUNT, f"({{}} * {small})", (one,)), Node(COUNT, f"({{}} div {self.pick([small, '1000000', '1000000000'])})", (one,)),
            Node(COUNT, f"({{}} % {small})", (one,)), Node(COUNT, "abs({})", (one,)), Node(COUNT, "length({})", (self.expression(TEXT, depth - 1),)),
            Node(COUNT, "strpos({}, 'a')", (self.expression(TEXT, depth - 1),)), Node(COUNT, "({})::int::bigint", (self.expression(TRUTH, depth - 1),)),
            Node(COUNT, f"extract({self.pick(['hour', 'minute', 'day', 'isodow', 'dow', 'week', 'month', 'doy', 'year'])} from {{}})::bigint",
                 (self.expression(TIME, depth - 1),)),
            Node(COUNT, "({})::bigint", (self.expression(MONEY, depth - 1),)), Node(COUNT, "(({})::text)::bigint", (one,)),
        ])

    def money(self, depth):
        one = self.expression(MONEY, depth - 1)
        return self.pick([
            Node(MONEY, "({} + {})", (one, self.expression(MONEY, depth - 1))), Node(MONEY, "({} - {})", (one, self.expression(MONEY, depth - 1))),
            Node(MONEY, "abs({})", (one,)), Node(MONEY, f"round({{}}, {self.random.randint(0, 8)})", (one,)), Node(MONEY, "({} * 2)", (one,)),
            Node(MONEY, f"{self.pick(['floor', 'ceil', 'trunc'])}({{}})", (one,)),
        ])

    def real(self, depth):
        one = self.expression(REAL, depth - 1)
        return self.pick([
            Node(REAL, f"({{}} {self.pick('+-*')} {{}})", (one, self.expression(REAL, depth - 1)), False), Node(REAL, "abs({})", (one,)),
            Node(REAL, "({})::float8", (self.expression(COUNT, depth - 1),)), Node(REAL, "({})::float8", (self.expression(MONEY, depth - 1),), False),
            Node(REAL, "extract(epoch from {} - {})::float8", (self.expression(TIME, depth - 1), self.expression(TIME, depth - 1)), False),
        ])

    def moment(self, depth):
        one = self.expression(TIME, depth - 1)
        unit = self.pick(["minute", "hour", "day", "week", "month", "quarter", "year"])
        return self.pick([
            Node(TIME, f"date_trunc('{unit}', {{}})", (one,)), Node(TIME, f"date_trunc('{unit}', {{}})", (one,)),
            Node(TIME, f"date_trunc_at('{unit}', {{}}, '{self.pick(ZONES)}')", (one,)),
            Node(TIME, f"({{}} + interval '{self.pick(['1 hour', '90 minutes', '2 days'])}')", (one,)),
            Node(TIME, "({} - interval '1 hour')", (one,)),
        ])

    def condition(self, depth):
        if depth > 0 and self.chance(0.4):
            one, other = self.condition(depth - 1), self.condition(depth - 1)
            return self.pick([
                Node(TRUTH, "(not {})", (one,)), Node(TRUTH, "({} and {})", (one, other)), Node(TRUTH, "({} or {})", (one, other)),
                Node(TRUTH, f"({{}} is {self.pick(['', 'not '])}{self.pick(['true', 'false', 'unknown'])})", (one,)),
                Node(TRUTH, f"({{}} is {self.pick(['', 'not '])}distinct from {{}})", (one, other)),
            ])
        kind = self.any_kind((TEXT, TEXT, TEXT, COUNT, COUNT, MONEY, REAL, TIME, TIME))
        column, constant = self.column(kind)
        no, comparison = self.pick(["", "not "]), self.pick(["=", "<>", "<", "<=", ">", ">="])
        more = [self.own_of(column, kind) for _ in range(2)]
        if self.chance(0.1):
            more[0] = Node(kind, f"null::{kind}")
        one = column if depth <= 0 or self.chance(0.6) else self.expression(kind, depth - 1)
        other = constant if depth <= 0 or self.chance(0.7) else self.expression(kind, depth - 1)
        simple = [
            Node(TRUTH, f"({{}} {comparison} {{}})", (one, other)), Node(TRUTH, f"({{}} {comparison} {{}})", (one, other)),
            Node(TRUTH, f"({{}} is {no}null)", (one,)), Node(TRUTH, f"({{}} is {no}distinct from {{}})", (one, other)),
            Node(TRUTH, f"({{}} {no}in ({{}}, {{}}, {{}}))", (one, constant, *more)),
            Node(TRUTH, f"({{}} {no}between {{}} and {{}})", (one, other, more[1])),
        ]
        if kind == TEXT:
            simple.append(Node(TRUTH, f"({{}} {no}{self.pick(['like', 'ilike'])} '{self.pick(['a%', '%e%', '_', '%', 'o%', '%-_', ''])}')", (one,)))
        if any(own == TRUTH for _, _, _, own in self.columns):
            simple.append(self.column(TRUTH)[0])
        if self.chance(0.08):
            return self.of_others(one, no)
        return self.pick(simple)

    def own_of(self, column, kind):
        name = column.form.partition(".")[2]
        tables = [table for _, table, own, _ in self.columns if own == name]
        return self.own(tables[0], name, kind) if tables else Node(kind, SIMPLEST[kind])

    def of_others(self, one, no):
        """A condition that asks another question."""
        name = self.pick(list(TABLES))
        fitting = [column for column, kind in TABLES[name] if kind == one.kind]
        if not fitting:
            return Node(TRUTH, f"exists (select 1 from {name})")
        column = self.pick(fitting)
        if self.chance(0.4):
            rows = f"from {name} i where i.{column} = {{}}"
            return Node(TRUTH, self.pick([f"({no}exists (select 1 {rows}))", f"((select count(*) {rows}) {self.pick(['=', '>'])} {self.pick([0, 1])})"]), (one,))
        if one.kind in (COUNT, TIME, MONEY) and self.chance(0.5):
            return Node(TRUTH, f"({{}} {self.pick(['<', '>='])} (select {self.pick(['min', 'max'])}({column}) from {name}))", (one,))
        known = f" where {column} is not null" if no or self.chance(0.5) else ""
        return Node(TRUTH, f"({{}} {no}in (select {column} from {name}{known}))", (one,))

    # Questions

    def start(self):
        """A table, and maybe another beside it; `columns` are then theirs."""
        if not self.is_inside and self.chance(0.15):
            self.is_inside = True
            inner = self.rows() if self.chance(0.5) else self.groups(merges=True)
            self.is_inside = False
            self.columns = [("e", None, f"c{place}", item.kind) for place, item in enumerate(inner.items)]
            return Derived(inner), None
        table = self.pick(list(TABLES))
        self.columns = [("e", table, name, kind) for name, kind in TABLES[table]]
        if not self.chance(0.25):
            return table, None
        other = self.pick([name for name in TABLES if name != "events"])
        shared = [name for name, kind in TABLES[table] if (name, kind) in TABLES[other] and kind != "json" and name not in ("time", "start_time")]
        chosen = ["conversation_id"] + ([self.pick(shared)] if self.chance(0.4) else [])
        extra = None
        if self.chance(0.4):
            kept, self.columns = self.columns, [("o", other, name, kind) for name, kind in TABLES[other]]
            simple = self.condition(0)
            extra = None if "null::" in str(simple) else dataclasses.replace(simple, form=simple.form.replace("o.", ""), parts=tuple(
                dataclasses.replace(part, form=part.form.replace("o.", "", 1) if part.form.startswith("o.") else part.form) for part in simple.parts))
            self.columns = kept
        self.columns = self.columns + [("o", other, name, kind) for name, kind in TABLES[other]]
        on = tuple((f"e.{name}", f"o.{name}") for name in dict.fromkeys(chosen))
        return table, Join(self.pick(["join", "join", "left join", "left join", "right join"]), other, "o", on, extra)

    def where(self, depth=2):
        conditions = [self.condition(depth) for _ in range(self.pick([0, 0, 1, 1, 2]))]
        if self.chance(0.3):
            column, constant = self.column(TIME)
            conditions.append(Node(TRUTH, f"({{}} {self.pick(['>=', '<'])} {{}})", (column, constant)))
        return tuple(conditions)

    def any_kind(self, kinds=(TEXT, TEXT, TEXT, COUNT, COUNT, MONEY, REAL, TRUTH, TIME)):
        """Mostly one that the tables have."""
        present = {kind for _, _, _, kind in self.columns}
        return self.pick([kind for kind in kinds if kind in present] or kinds if self.chance(0.9) else kinds)

    def ordered(self, count, share=0.4):
        """Over all items, so that ties are rows that are the same."""
        if not self.chance(share):
            return (), None, 0
        order = tuple(f"{self.pick(['asc', 'desc'])} nulls {self.pick(['first', 'last'])}" for _ in range(count))
        return order, self.pick([None, 0, 1, 7, 40]), self.pick([0, 0, 0, 2, 15])

    def rows(self, kinds=None):
        table, join = self.start()
        kinds = kinds or [self.any_kind() for _ in range(self.random.randint(1, 4))]
        items = [self.expression(kind, 2) for kind in kinds]
        items = tuple(item if item.is_all_exact() else self.column(item.kind)[0] for item in items)
        order, limit, offset = self.ordered(len(items), 1 if join else 0.5)
        limit = 80 if join and limit is None else limit
        return Question(table, items, None, join, self.where(), is_distinct=self.chance(0.3), order=order, limit=limit, offset=offset)

    def key(self):
        """What rollups keep, and what they do not."""
        if self.chance(0.6):
            return self.column(self.pick([TEXT, TEXT, TEXT, TRUTH]))[0]
        if self.chance(0.6):
            unit, (column, _) = self.pick(["hour", "day", "week", "month"]), self.column(TIME)
            return Node(TIME, self.pick([f"date_trunc('{unit}', {{}})", f"date_trunc_at('{unit}', {{}}, '{self.pick(ZONES)}')"]), (column,))
        one = self.expression(self.any_kind(), 1)
        return one if one.is_all_exact() and one.kind != REAL else self.column(TEXT)[0]

    def call(self, merges=False):
        """An aggregate; with `merges` one that follows from those of parts."""
        exact = self.expression(self.pick([COUNT, COUNT, MONEY]), 1)
        anything = self.expression(self.pick([TEXT, COUNT, MONEY, TIME]), 1)
        number = self.column(self.pick([COUNT, COUNT, MONEY, REAL]))[0]
        truth = self.expression(TRUTH, 1)
        calls = [
            Node(COUNT, "count(*)"), Node(COUNT, "count({})", (anything,)), Node(MONEY, "sum({})", (exact,)),
            Node(MONEY, "sum({})", (self.column(COUNT)[0],)), Node(anything.kind, "min({})", (anything,)),
            Node(anything.kind, "max({})", (anything,)), Node(TRUTH, "bool_and({})", (truth,)), Node(TRUTH, "bool_or({})", (truth,)),
        ]
        if not merges:
            share = self.pick(["0", "0.5", "0.95", "1"])
            calls += [
                Node(COUNT, "count(distinct {})", (anything,)), Node(COUNT, "count(distinct {})", (self.column(TEXT)[0],)),
                Node(MONEY, "sum(distinct {})", (exact,)), Node(REAL, "avg({})", (number,), False),
                Node(COUNT, f"percentile_disc({share}) within group (order by {{}})", (self.column(COUNT)[0],)),
                Node(TEXT, f"percentile_disc({share}) within group (order by {{}})", (self.column(TEXT)[0],)),
                Node(REAL, f"percentile_cont({share}) within group (order by {{}})", (self.column(self.pick([COUNT, REAL]))[0],), False),
                Node(REAL, "var_pop({})::float8", (self.column(COUNT)[0],), False),
                Node(TEXT, "string_agg(distinct {}, ',' order by {})", (self.column(TEXT)[0],) * 2),
            ]
        call = self.pick(calls)
        if self.chance(0.25) and "distinct" not in call.form and "::float8" not in call.form:
            call = dataclasses.replace(call, form=call.form + " filter (where {})", parts=(*call.parts, self.condition(1)))
        return call

    def groups(self, merges=False):
        table, join = self.start()
        keys = tuple(self.key() for _ in range(self.pick([0, 1, 1, 2])))
        calls = tuple(self.call(merges) for _ in range(self.random.randint(1, 4)))
        having = None
        if keys and not merges and self.chance(0.15):
            having = self.pick([Node(TRUTH, "count(*) > 1"), Node(TRUTH, "max({}) is not null", (self.column(COUNT)[0],))])
        items = keys + calls
        # An inexact item orders only where all before it tell groups apart already.
        order, limit, offset = self.ordered(len(items)) if keys and not merges else ((), None, 0)
        return Question(table, items, len(keys), join, self.where(), having, order=order, limit=limit, offset=offset)

    def folded(self, merges=False):
        """Aggregates as rollups may answer them, and some that they may not."""
        table = self.pick(list(FOLDED))
        dimensions, measures = (names.split() for names in FOLDED[table])
        kinds = dict(TABLES[table])
        node = lambda name: Node(kinds[name], f"e.{name}")
        self.columns = [("e", table, name, kinds[name]) for name in dimensions]
        calls = []
        for _ in range(self.random.randint(1, 4)):
            dimension, measure = node(self.pick(dimensions)), node(self.pick(measures or dimensions))
            choices = [Node(COUNT, "count(*)"), Node(COUNT, "count({})", (measure,)), Node(COUNT, "count(*) filter (where {})", (self.condition(1),)),
                       Node(dimension.kind, "max({})", (dimension,)), Node(TRUTH, "bool_and({})", (self.condition(0),))]
            if measures:
                choices += [Node(MONEY, "sum({})", (measure,)), Node(measure.kind, self.pick(["min({})", "max({})"]), (measure,)),
                            Node(MONEY, "sum({}) filter (where {})", (measure, self.condition(0)))]
                limit = Node(TRUTH, f"({{}} <= {self.pick(['2000000000', '3000000000', '1000000000'])})", (measure,))
                choices.append(Node(COUNT, "count(*) filter (where {})", (limit,)))
            if not merges:
                choices.append(Node(COUNT, "count(distinct {})", (dimension,)))
                choices.append(Node(REAL, "avg({})", (measure,), False) if measures else Node(COUNT, "count(distinct {})", (dimension,)))
            calls.append(self.pick(choices))
        where = [self.condition(self.pick([0, 0, 1])) for _ in range(self.pick([0, 0, 1, 1, 2]))]
        for comparison in (">=", "<"):
            if self.chance(0.4):
                where.append(Node(TRUTH, f"({{}} {comparison if self.chance(0.9) else '='} {{}})", (node("time"), self.own(table, "time", TIME))))
        keys = [node(name) for name in self.random.sample(dimensions, self.pick([0, 1, 1, 2]))]
        if self.chance(0.5):
            unit = self.pick(["hour", "hour", "day", "day", "week", "month"])
            keys.append(Node(TIME, self.pick([f"date_trunc('{unit}', {{}})", f"date_trunc_at('{unit}', {{}}, '{self.pick(ZONES)}')"]), (node("time"),)))
        elif self.chance(0.2):
            keys.append(Node(COUNT, f"extract({self.pick(['hour', 'isodow', 'day'])} from {{}})::bigint", (node("time"),)))
        items = (*keys, *calls)
        order, limit, offset = self.ordered(len(items), 0.2) if keys and not merges else ((), None, 0)
        return Question(table, items, len(keys), None, tuple(where), order=order, limit=limit, offset=offset)

    def windowed(self):
        """A function over a window. Rows alike in its order come in any order: what it says of them is the same."""
        by, key = self.column(self.pick([TEXT, TEXT, TRUTH]))[0], self.expression(self.pick([COUNT, TIME, TEXT]), 1)
        exact = self.expression(self.pick([COUNT, MONEY]), 1)
        over = f"over (partition by {{}} order by {{}} {self.pick(['asc nulls last', 'desc nulls first', 'asc nulls first', 'desc nulls last'])}"
        frame = self.pick(["", "", "", " groups between 1 preceding and 1 following", " groups 2 preceding", " groups between current row and unbounded following",
                           " range between unbounded preceding and unbounded following", " range between current row and unbounded following"])
        if key.kind == TIME and self.chance(0.3):
            frame = f" range between interval '{self.pick(['30 minutes', '1 hour', '1 day'])}' preceding and {self.pick(['current row', 'unbounded following'])}"
        if key.kind == COUNT and self.chance(0.3):
            frame = f" range between {self.pick([0, 1, 1000])} preceding and {self.pick([1, 5, 1000])} following"
        whole, framed = f"{over})", f"{over}{frame})"
        # Of a text in quotes alone PostgreSQL does not know there that it is one.
        first = "cast({} as text)" if key.kind == TEXT else "{}"
        return self.pick([
            Node(COUNT, f"rank() {whole}", (by, key)), Node(COUNT, f"dense_rank() {whole}", (by, key)),
            Node(REAL, f"percent_rank() {whole}", (by, key), False), Node(REAL, f"cume_dist() {whole}", (by, key), False),
            Node(COUNT, f"count(*) {framed}", (by, key)), Node(COUNT, f"count({{}}) {framed}", (exact, by, key)),
            Node(MONEY, f"sum({{}}) {framed}", (exact, by, key)), Node(MONEY, f"sum({{}}) filter (where {{}}) {framed}", (exact, self.condition(1), by, key)),
            Node(exact.kind, f"{self.pick(['min', 'max'])}({{}}) {framed}", (exact, by, key)), Node(REAL, f"avg({{}}) {framed}", (exact, by, key), False),
            Node(key.kind, f"{self.pick(['first_value', 'last_value'])}({first}) {framed}", (key, by, key)),
        ])

    def windows(self):
        table, join = self.start()
        while join:
            table, join = self.start()
        items = tuple(self.windowed() if self.chance(0.7) else self.column(self.any_kind())[0] for _ in range(self.random.randint(1, 3)))
        order, limit, offset = self.ordered(len(items)) if all(item.is_all_exact() for item in items) else ((), None, 0)
        return Question(table, items, None, None, self.where(), is_distinct=self.chance(0.2), order=order, limit=limit, offset=offset)

    def union(self):
        kinds = [self.any_kind() for _ in range(self.random.randint(1, 3))]
        # An order and a limit would be those of the whole.
        parts = tuple(dataclasses.replace(self.rows(kinds), order=(), limit=None, offset=0) for _ in range(self.random.randint(2, 3)))
        return Union(parts, self.pick(["union", "union all"]))

    def next(self):
        return self.pick([self.groups] * 8 + [self.folded] * 8 + [self.rows] * 6 + [self.windows] * 4 + [self.union] * 2)()
