"""How each engine says what a question needs. The texts of questions are otherwise the same SQL for all."""


class Dialect:
    """PostgreSQL's words over the one wide table of the peers."""
    cost = "cost_pico_usd"
    interval = "interval '{} days'"

    def rows(self, kind=None, where=None):
        """What stands behind FROM: events of a type, or all, of which a condition holds."""
        conditions = ([f"type = '{kind}'"] if kind else []) + ([where] if where else [])
        return "events" + (" where " + " and ".join(conditions) if conditions else "")

    def answers(self, where=None):
        """What agents answered, with `cost` for all calls of the turn."""
        return self.rows("message.sent", "author = 'agent'" + (f" and {where}" if where else ""))

    def last_days(self, days):
        return f"time >= (select max(time) from events) - {self.interval.format(days)}"

    def bucket(self, unit, column="time"):
        return f"date_trunc('{unit}', {column})"

    def count_where(self, condition):
        return f"count(*) filter (where {condition})"

    def sum_where(self, value, condition):
        return f"sum({value}) filter (where {condition})"

    def distinct(self, column):
        return f"count(distinct {column})"

    def average(self, value):
        return f"avg({value})"

    def share(self, condition):
        return f"avg(({condition})::int)"

    def percentiles(self, value, *shares):
        raise NotImplementedError


class Ours(Dialect):
    """A table for each event type; answers and their costs are rows of `turns`."""
    cost = "cost_usd"

    def rows(self, kind=None, where=None):
        return (kind.replace(".", "_") if kind else "events") + (f" where {where}" if where else "")

    def answers(self, where=None):
        return "turns where status is not null" + (f" and {where}" if where else "")

    def percentiles(self, value, *shares):
        return f"approx_percentile({value}, array[{', '.join(map(str, shares))}])"


class DuckDB(Dialect):
    def percentiles(self, value, *shares):
        return f"approx_quantile({value}, [{', '.join(map(str, shares))}])"


class ExactDuckDB(DuckDB):
    """For the rows that all others are compared with."""

    def percentiles(self, value, *shares):
        return f"quantile_disc({value}, [{', '.join(map(str, shares))}])"


class ClickHouse(Dialect):
    interval = "interval {} day"
    buckets = {"hour": "toStartOfHour", "day": "toStartOfDay", "week": "toMonday"}

    def bucket(self, unit, column="time"):
        return f"{self.buckets[unit]}({column})"

    def count_where(self, condition):
        return f"countIf({condition})"

    def sum_where(self, value, condition):
        return f"sumIf({value}, {condition})"

    def distinct(self, column):
        return f"uniqExact({column})"

    def share(self, condition):
        return f"avg({condition})"

    def percentiles(self, value, *shares):
        return f"quantilesTDigest({', '.join(map(str, shares))})({value})"


class Hyper(Dialect):
    """Its averages of whole numbers have few decimals; its percentiles are exact."""

    def average(self, value):
        return f"avg(cast({value} as double precision))"

    def share(self, condition):
        return f"avg(case when {condition} then 1e0 when not ({condition}) then 0e0 end)"

    def percentiles(self, value, *shares):
        return ", ".join(f"percentile_disc({share}) within group (order by {value})" for share in shares)
