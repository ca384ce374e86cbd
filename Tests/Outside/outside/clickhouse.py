"""A ClickHouse of our own: Debian's server (18.16) in a folder, or chDB, today's engine as a Python package, behind HTTP as a server has it."""
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

SERVER_PLACES = ("/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server")
CONFIGURATION = """<yandex>
<logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
<http_port>{port}</http_port><listen_host>127.0.0.1</listen_host><path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
<users_config>{folder}/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>5368709</mark_cache_size><timezone>UTC</timezone>
<merge_tree><old_parts_lifetime>10</old_parts_lifetime></merge_tree></yandex>
"""
USERS = """<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
<users><plimsoll><password>{password}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></plimsoll></users>
<quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows><read_rows>0</read_rows>
<execution_time>0</execution_time></interval></default></quotas></yandex>
"""
USER, PASSWORD = "plimsoll", "a+b c&d"


class Missing(Exception):
    """What has to be installed."""


class Refused(Exception):
    """What the server says to a statement."""


class ClickHouse:
    """One server, on a port of its own that stays the same."""

    def __init__(self, kind):
        self.kind, self.port = kind, free_port()
        self.folder = tempfile.mkdtemp(prefix="plimsoll-clickhouse-")
        self.process = None
        if kind == "debian":
            place = next((path for path in SERVER_PLACES if os.access(path, os.X_OK)), os.environ.get("PLIMSOLL_CLICKHOUSE"))
            if not place:
                raise Missing("ClickHouse is not installed (Debian package clickhouse-server)")
            self.command = [place, f"--config-file={self.folder}/config.xml"]
            with open(os.path.join(self.folder, "config.xml"), "w", encoding="utf-8") as file:
                file.write(CONFIGURATION.format(folder=self.folder, port=self.port))
            with open(os.path.join(self.folder, "users.xml"), "w", encoding="utf-8") as file:
                file.write(USERS.format(password=PASSWORD.replace("&", "&amp;")))
        else:
            try:
                import chdb  # noqa: F401
            except ImportError as error:
                raise Missing(f"chDB is not installed (Python package chdb of Tests/Outside/requirements-clickhouse.txt): {error}") from error
            self.command = [sys.executable, os.path.abspath(__file__), str(self.port), os.path.join(self.folder, "data")]
        self.begin()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def begin(self):
        """Starts the server and waits until it answers."""
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.rows("SELECT 1") == [["1"]]:
                    return
            except (OSError, Refused):
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise RuntimeError("ClickHouse did not start")
            time.sleep(0.1)

    def crash(self):
        """Ends the server at once."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def rows(self, statement):
        """Its answer as rows of texts, None for NULL."""
        request = urllib.request.Request(
            f"{self.url}/?wait_end_of_query=1", statement.encode(), {"X-ClickHouse-User": USER, "X-ClickHouse-Key": PASSWORD})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise Refused(error.read().decode(errors="replace")) from error
        return [[None if cell == "\\N" else cell for cell in line.split("\t")] for line in text.splitlines()]

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.kill(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Door(threading.Thread):
    """Stands before a server and cuts connections: while a request goes in, or before its answer comes out."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.cuts, self.cut_count = port, None, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own_port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, inside):
        kind = self.cuts() if self.cuts else None
        try:
            with socket.create_connection(("127.0.0.1", self.port)) as outside:
                if kind == "request":
                    self.cut_count += 1
                    outside.sendall(inside.recv(1 << 10))
                else:
                    threading.Thread(target=self.pump, args=(inside, outside), daemon=True).start()
                    while piece := outside.recv(1 << 16):
                        if kind == "answer":
                            # All of it has been done, and nobody hears of it.
                            self.cut_count += 1
                            break
                        inside.sendall(piece)
                self.end(outside)
        except OSError:
            pass
        finally:
            # Closed alone it would stay open as long as the other thread reads it.
            self.end(inside)
            inside.close()

    @staticmethod
    def end(*connections):
        """Ends them although another thread waits for what they say."""
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def pump(self, source, target):
        try:
            while piece := source.recv(1 << 16):
                target.sendall(piece)
        except OSError:
            pass
        self.end(target)


# chDB is a library: it runs in this program when it is started by itself, so that it can be killed as a server can.

class Answering(http.server.BaseHTTPRequestHandler):
    """A statement in the body, or one in the URL whose rows are the body."""
    protocol_version = "HTTP/1.1"
    session, lock, folder = None, threading.Lock(), ""
    # What has no meaning without a server.
    ignored = ("query", "database", "wait_end_of_query")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if (self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")) != (USER, PASSWORD):
            return self.answer(403, b"Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)")
        parameters = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))
        settings = {name: value for name, value in parameters.items() if name not in self.ignored}
        try:
            with self.lock:
                return self.answer(200, self.run(parameters.get("query"), body, settings))
        except RuntimeError as error:
            self.answer(500, str(error).encode())

    def run(self, query, body, settings):
        if not query:
            return self.session.query(body.decode(), "TabSeparated").bytes() or b""
        head, _, form = query.rpartition(" FORMAT ")
        table, _, columns = head.removeprefix("INSERT INTO ").partition(" (")
        names = [name.strip().strip("`") for name in columns.rstrip(")").split(",")]
        known = dict(line.split("\t")[:2] for line in self.session.query(f"DESCRIBE TABLE {table}", "TabSeparatedRaw").bytes().decode().splitlines())
        structure = ", ".join(f"`{name}` {known[name]}" for name in names).replace("'", "\\'")
        path = os.path.join(self.folder, "rows.bin")
        with open(path, "wb") as file:
            file.write(body)
        clause = ", ".join(f"{name} = '{value}'" if not value.isdigit() else f"{name} = {value}" for name, value in settings.items())
        listed = ", ".join(f"`{name}`" for name in names)
        self.session.query(f"{head} SELECT {listed} FROM file('{path}', '{form}', '{structure}')" + (f" SETTINGS {clause}" if clause else ""))
        return b""

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def serve(port, folder):
    from chdb.session import Session
    Answering.session, Answering.folder = Session(folder), os.path.dirname(folder)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Answering).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
