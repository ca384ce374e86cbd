"""DuckDB: one file, in our process."""
import os
import time

import duckdb

from . import traffic
from .dialects import DuckDB, ExactDuckDB


class Peer:
    name, title, dialect, exact = "duckdb", "DuckDB", DuckDB(), ExactDuckDB()

    def __init__(self, folder, threads):
        """Opens what `load` left."""
        self.connection = duckdb.connect(place(folder))
        self.connection.execute(f"set threads={threads}")
        self.bytes = os.path.getsize(place(folder))

    @property
    def version(self):
        return duckdb.__version__

    def run(self, sql):
        self.connection.execute(sql).fetchall()

    def rows(self, sql):
        return self.connection.execute(sql).fetchall()

    def close(self):
        self.connection.close()


def place(folder):
    return os.path.join(folder, "duckdb.db")


def load(parquet, folder, threads):
    """Seconds until all rows lie in the file that questions are asked of."""
    with duckdb.connect(place(folder)) as connection:
        connection.execute(f"set threads={threads}")
        begin = time.perf_counter()
        # Sorted, so that its zone maps pass over other types and other days.
        connection.execute(f"create table events as select * replace (hex(id)::uuid as id) from '{parquet}' order by type, time")
        connection.execute("checkpoint")
        return time.perf_counter() - begin


def import_events(ndjson, folder, threads):
    """Seconds until all lines are rows of a file that was flushed."""
    connection = duckdb.connect(os.path.join(folder, "import.db"))
    connection.execute(f"set threads={threads}")
    begin = time.perf_counter()
    connection.execute(f"create table events as {traffic.source(ndjson)}")
    connection.execute("checkpoint")
    connection.close()
    return time.perf_counter() - begin
