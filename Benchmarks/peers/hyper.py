"""Hyper, which compiles its queries: a process of its own, one file. It reads no NDJSON, so it has no import."""
import os
import time

import tableauhyperapi as api

from .dialects import Hyper


class Peer:
    name, title, dialect = "hyper", "Hyper", Hyper()

    def __init__(self, folder, threads):
        """Opens what `load` left."""
        self.process = started(threads)
        self.connection, self.bytes = api.Connection(self.process.endpoint, place(folder)), os.path.getsize(place(folder))

    @property
    def version(self):
        return api.__version__

    def run(self, sql):
        self.connection.execute_list_query(sql)

    def rows(self, sql):
        return self.connection.execute_list_query(sql)

    def close(self):
        self.connection.close()
        self.process.close()


def place(folder):
    return os.path.join(folder, "hyper.hyper")


def started(threads):
    return api.HyperProcess(
        telemetry=api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU,
        parameters={"hard_concurrent_query_thread_limit": str(threads), "log_config": ""})


def load(parquet, folder, threads):
    """Seconds until all rows lie in the file that questions are asked of; it is written when the connection lets it go."""
    with started(threads) as process:
        begin = time.perf_counter()
        with api.Connection(process.endpoint, place(folder), api.CreateMode.CREATE_AND_REPLACE) as connection:
            connection.execute_command(f"create table events as (select * from external('{parquet}', format => 'parquet') order by type, time)")
        return time.perf_counter() - begin
