"""Hyper, which compiles its queries: a process of its own, one file. It reads no NDJSON, so it has no import."""
import os
import time

import tableauhyperapi as api

from .dialects import Hyper


class Peer:
    name, title, dialect = "hyper", "Hyper", Hyper()

    def __init__(self, parquet, folder, threads):
        path = os.path.join(folder, "hyper.hyper")
        self.process = api.HyperProcess(
            telemetry=api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU,
            parameters={"hard_concurrent_query_thread_limit": str(threads), "log_config": ""})
        begin = time.perf_counter()
        # It writes its file when the file is let go.
        with api.Connection(self.process.endpoint, path, api.CreateMode.CREATE_AND_REPLACE) as loading:
            loading.execute_command(f"create table events as (select * from external('{parquet}', format => 'parquet') order by type, time)")
        self.loaded, self.bytes = time.perf_counter() - begin, os.path.getsize(path)
        self.connection = api.Connection(self.process.endpoint, path)

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
