"""ClickHouse, as chDB: in our process."""
import json
import time

from chdb import session

from . import columns
from .dialects import ClickHouse

TYPES = {columns.FEW: "String", columns.TEXT: "String", columns.BYTES: "String", columns.SMALL: "Int32", columns.WHOLE: "Int64",
         columns.MONEY: "Decimal(18, 6)", columns.REAL: "Float64", columns.FLAG: "Bool", columns.TIME: "DateTime64(9, 'UTC')"}
# What every row has.
ENVELOPE = {"id": "id FixedString(16)", "source": "source LowCardinality(String)", "type": "type LowCardinality(String)",
            "time": "time DateTime64(9, 'UTC') codec(DoubleDelta, LZ4)"}
# Parts are flushed with their folders before an insert ends.
DURABLE = "settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1"


def kept(kind):
    plain = f"Nullable({TYPES[kind]})"
    return f"LowCardinality({plain})" if kind == columns.FEW else plain


def create(database, fields, extra=""):
    parts = [ENVELOPE[name] for name in columns.ENVELOPE] + [f"`{name}` {kept(kind)}" for name, kind in fields.items()]
    return (f"create table {database}.events ({', '.join(parts)}{extra}) engine = MergeTree "
            f"partition by toYYYYMM(time) order by (type, time) {DURABLE}")


class Peer:
    name, title, dialect = "clickhouse", "ClickHouse", ClickHouse()

    def __init__(self, folder, threads):
        """Opens what `load` left."""
        self.session, self.threads = session.Session(f"{folder}/clickhouse"), threads
        size = self.session.query("select sum(bytes_on_disk) from system.parts where database = 'bench' and active", "TSV").data()
        self.bytes = int(size.strip())
        self.session.query("use bench")

    @property
    def version(self):
        return self.session.query("select version()", "TSV").data().strip()

    def run(self, sql):
        self.session.query(f"{sql} settings max_threads = {self.threads}", "Native")

    def rows(self, sql):
        text = self.session.query(f"{sql} settings max_threads = {self.threads}, output_format_json_quote_64bit_integers = 1", "JSONCompactEachRow").data()
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def close(self):
        self.session.close()


def load(parquet, folder, threads):
    """Seconds until all rows lie in the parts that questions are asked of."""
    opened = session.Session(f"{folder}/clickhouse")
    opened.query("create database bench")
    fields = columns.FIELDS | {columns.COST: columns.WHOLE}
    # A filter for look-ups, since rows are not sorted by conversation.
    opened.query(create("bench", fields, ", index by_conversation conversation_id type bloom_filter granularity 1"))
    begin = time.perf_counter()
    names = ", ".join(f"`{name}`" for name in columns.COLUMNS)
    opened.query(f"insert into bench.events ({names}) select {names} from file('{parquet}', Parquet) settings max_threads = {threads}")
    opened.query("optimize table bench.events final")
    seconds = time.perf_counter() - begin
    opened.close()
    return seconds


def import_events(ndjson, folder, threads):
    """Seconds until all lines are rows of parts that were flushed."""
    place = session.Session(f"{folder}/import")
    place.query("create database bench")
    place.query(create("bench", columns.FIELDS).replace(ENVELOPE["id"], "id UUID"))
    members = ", ".join(f"`{name}` Nullable({TYPES[kind]})" for name, kind in columns.FIELDS.items())
    structure = f"id UUID, source String, type String, time {TYPES[columns.TIME]}, data Tuple({members})".replace("'", "\\'")
    names = ", ".join(f"`{name}`" for name in columns.FIELDS)
    taken_out = ", ".join(f"tupleElement(data, '{name}')" for name in columns.FIELDS)
    begin = time.perf_counter()
    place.query(
        f"insert into bench.events (id, source, type, time, {names}) select id, source, type, time, {taken_out} "
        f"from file('{ndjson}', JSONEachRow, '{structure}') "
        f"settings max_threads = {threads}, max_insert_threads = {threads}, date_time_input_format = 'best_effort', "
        f"input_format_skip_unknown_fields = 1, input_format_json_defaults_for_missing_elements_in_named_tuple = 1, "
        f"input_format_json_ignore_unknown_keys_in_named_tuple = 1, input_format_json_read_objects_as_strings = 1")
    seconds = time.perf_counter() - begin
    place.close()
    return seconds
