"""The events of a run: as our workload writes them, and as one Parquet file for the peers, with the costs that a store books."""
import csv
import json
import os
import shutil
import subprocess
from dataclasses import dataclass

import duckdb

from outside.events import Event, nanoseconds
from outside.plimsoll import CommandFailed
from outside.prices import DefaultBook, Ledger

from . import columns

# A user makes some 50 events on a weekday, so that so many last about five weeks; of few users what the platform tells of itself would be most.
EVENTS_A_USER, USERS_MIN = 50 * 30, 400
SLICE_ROWS = 1_000_000
PRICED = ("price.set", "llm.call", "embedding.call")
HERE = os.path.dirname(os.path.abspath(__file__))
PRICES = os.path.join(HERE, "..", "..", "Schemas", "prices")
# What DuckDB reads members of `data` as.
READ_AS = {columns.SMALL: "INTEGER", columns.WHOLE: "BIGINT", columns.MONEY: "DECIMAL(18,6)", columns.REAL: "DOUBLE", columns.FLAG: "BOOLEAN",
           columns.TIME: "TIMESTAMP_NS"}


@dataclass
class Traffic:
    """Files of the same events, and the conversation that is looked up."""
    ndjson: str
    parquet: str
    count: int
    conversation: str


def make(binary, folder, events, seed, threads):
    """Writes what is not there yet, or was written before what writes it."""
    os.makedirs(folder, exist_ok=True)
    ndjson, parquet = os.path.join(folder, "events.ndjson"), os.path.join(folder, "events.parquet")
    newest = max(os.path.getmtime(path) for path in (binary, __file__, columns.__file__))
    for path in (ndjson, parquet):
        if os.path.exists(path) and os.path.getmtime(path) < newest:
            os.remove(path)
    if not os.path.exists(ndjson):
        users = max(USERS_MIN, round(events / EVENTS_A_USER))
        with open(ndjson + ".part", "wb") as file:
            subprocess.run([binary, "workload", "--events", str(events), "--users", str(users), "--seed", str(seed)], stdout=file, check=True)
        os.replace(ndjson + ".part", ndjson)
    with duckdb.connect() as connection:
        connection.execute(f"set threads={threads}")
        if not os.path.exists(parquet):
            check_fields(connection, ndjson)
            costs = os.path.join(folder, "costs.csv")
            write_costs(ndjson, costs)
            write_wide(folder, ndjson, costs, parquet, threads)
        count = connection.execute(f"select count(*) from '{parquet}'").fetchone()[0]
        # The one that is under way in the middle.
        conversation = connection.execute(
            f"select arg_min(conversation_id, abs(epoch_us(time) - (select (epoch_us(min(time)) + epoch_us(max(time))) // 2 from '{parquet}'))) "
            f"from '{parquet}' where conversation_id is not null").fetchone()[0]
    return Traffic(ndjson, parquet, count, conversation)


def check_fields(connection, ndjson):
    """A field that the peers' table lacks would make it smaller than what it is compared with."""
    found = connection.execute(
        f"select distinct unnest(json_keys(data)) from read_json('{ndjson}', format='newline_delimited', columns={{data:'JSON'}})").fetchall()
    unknown = {name for (name,) in found} - columns.WITHHELD - set(columns.FIELDS)
    if unknown:
        raise CommandFailed(f"Benchmarks/peers/columns.py lacks fields of the workload: {', '.join(sorted(unknown))}")


def write_costs(ndjson, path):
    """Books the calls by the arithmetic of Tests/Outside, which shares no code with ours; a call without an exact cost has none."""
    ledger, marks = Ledger(DefaultBook(PRICES)), [f'"type":"{kind}"'.encode() for kind in PRICED]
    wanted = ("provider", "model", "token_class", "usd_per_million_tokens", "valid_from", "service_tier", "request_model", "response_model", "status",
              "stream", "finish_reason", "response_id", "time_to_first_token_ns", "total_tokens", "usage_doubt", "other_usage", "input_tokens",
              "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens")
    with open(ndjson, "rb") as lines:
        for position, line in enumerate(lines):
            if any(mark in line for mark in marks):
                one = json.loads(line)
                data = {name: one["data"][name] for name in wanted if name in one["data"]}
                ledger.accept(Event(position, one["id"], one["source"], one["type"], nanoseconds(one["time"]), data))
    with open(path, "w", encoding="ascii", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "cost"])
        for call in ledger.calls:
            state, low, _ = call.booked()
            if state == "priced":
                writer.writerow([call.event.id, low])


def source(ndjson, extra=""):
    """The lines as a table that DuckDB reads: one column for each field."""
    members = ", ".join(f'"{name}" {READ_AS.get(kind, "VARCHAR")}' for name, kind in columns.FIELDS.items())
    envelope = "id:'UUID', source:'VARCHAR', type:'VARCHAR', time:'TIMESTAMP_NS'"
    return (f"select id, source, type, time, unnest(data){extra} from read_json('{ndjson}', format='newline_delimited', "
            f"columns={{{envelope}, data:'STRUCT({members})'}})")


def write_wide(folder, ndjson, costs, parquet, threads):
    """The peers' rows by time, put in order slice by slice: all at once they take more memory than many a machine has. A turn of which a call has no
    exact cost has none either, as in `turns`."""
    packed = [f'unhex("{name}") as "{name}"' for name, kind in columns.FIELDS.items() if kind == columns.BYTES]
    calls = "('llm.call', 'embedding.call')"
    scratch = os.path.join(folder, "wide")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    try:
        with duckdb.connect(os.path.join(scratch, "wide.db")) as connection:
            connection.execute(f"set threads={threads}")
            connection.execute("set preserve_insertion_order=false")
            connection.execute(f"create table events as {source(ndjson)}")
            connection.execute(f"create table costs as select id, cost from read_csv('{costs}', header=true, columns={{id:'UUID', cost:'BIGINT'}})")
            connection.execute(
                f"create table turns as select tenant, conversation_id, turn, case when count(*) = count(cost) then sum(cost)::bigint end as cost "
                f"from events left join costs using (id) where type in {calls} group by all")
            parts = []
            for condition in slices(connection):
                parts.append(os.path.join(scratch, f"{len(parts):04}.parquet"))
                connection.execute(f"""
                    copy (
                        select events.* replace (unhex(replace(events.id::varchar, '-', '')) as id, {", ".join(packed)}),
                            case when events.type in {calls} then costs.cost
                                 when events.type = 'message.sent' and author = 'agent' then
                                     case when turns.tenant is null then 0 else turns.cost end end as {columns.COST}
                        from events left join costs using (id) left join turns
                            on events.tenant = turns.tenant and events.conversation_id = turns.conversation_id and events.turn = turns.turn
                        where {condition}
                        order by events.time)
                    to '{parts[-1]}' (format parquet, compression zstd)""")
            connection.execute("set preserve_insertion_order=true")
            connection.execute(f"copy (select * from read_parquet({parts})) to '{parquet}.part' (format parquet, compression zstd)")
        os.replace(parquet + ".part", parquet)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def slices(connection):
    """Conditions on times, one after the other, each of a million rows or so; together of all."""
    count = connection.execute("select count(*) from events").fetchone()[0]
    shares = [number / (count // SLICE_ROWS + 1) for number in range(1, count // SLICE_ROWS + 1)]
    ends = connection.execute(f"select quantile_disc(time, {shares}) from events").fetchone()[0] if shares else []
    conditions, before = [], None
    for end in sorted(set(ends)) + [None]:
        limits = ([f"events.time >= '{before}'"] if before is not None else []) + ([f"events.time < '{end}'"] if end is not None else [])
        conditions.append(" and ".join(limits) or "true")
        before = end
    return conditions
