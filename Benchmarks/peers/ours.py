"""Plimsoll: the import by its command, questions over HTTP to a server over what was imported."""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time

from outside.plimsoll import CommandFailed, Server

from .dialects import Ours


class Asker:
    """One connection with next to no work of its own: a client of some comfort takes as long as a short answer does."""

    def __init__(self, port):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=600)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, sql, rollups):
        body = json.dumps({"sql": sql, "rollups": rollups}).encode()
        head = f"POST /v1/sql HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def answer(self, request):
        """The whole body of an answer, in pieces; what is longer comes in chunks, whose frames stay in it."""
        self.socket.sendall(request)
        read = self.more()
        while b"\r\n\r\n" not in read:
            read += self.more()
        head, _, first = read.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        pieces, is_chunked = [first], b"content-length" not in fields
        if is_chunked:
            last = first[-5:]
            while last != b"0\r\n\r\n":
                pieces.append(self.more())
                last = (last + pieces[-1])[-5:]
        else:
            missing = int(fields[b"content-length"]) - len(first)
            while missing > 0:
                pieces.append(self.more())
                missing -= len(pieces[-1])
        if b" 200 " not in head.split(b"\r\n", 1)[0] + b" ":
            raise CommandFailed(f"{request[:200]!r}: {head!r}: {b''.join(pieces)[:500]!r}")
        return pieces, is_chunked

    def more(self):
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise CommandFailed("the connection was closed in the middle of an answer")
        return piece


def unchunked(text):
    """The content of a body that came in chunks."""
    content, place = [], 0
    while True:
        end = text.index(b"\r\n", place)
        length = int(text[place:end].split(b";")[0], 16)
        if length == 0:
            return b"".join(content)
        content.append(text[end + 2:end + 2 + length])
        place = end + 2 + length + 2


class Asking:
    """Questions in SQL to the server of a port, over one connection."""

    def __init__(self, port):
        self.asker, self.requests = Asker(port), {}

    def run(self, sql, rollups=False):
        """Asks and takes the whole answer."""
        if (sql, rollups) not in self.requests:
            self.requests[(sql, rollups)] = self.asker.request(sql, rollups)
        self.asker.answer(self.requests[(sql, rollups)])

    def rows(self, sql, rollups=False):
        pieces, is_chunked = self.asker.answer(self.asker.request(sql, rollups))
        body = b"".join(pieces)
        return json.loads(unchunked(body) if is_chunked else body)["rows"]

    def rollups(self, sql):
        """Which rollups would answer if they were let, by what EXPLAIN says."""
        lines = [line for (line,) in self.rows("explain " + sql, rollups=True)]
        return [line.partition("answered from ")[2] for line in lines if line.startswith("Rollups:")]


class Plimsoll(Asking):
    name, title, dialect = "plimsoll", "Plimsoll", Ours()

    def __init__(self, binary, data):
        self.server = Server(binary, data)
        self.server.start()
        super().__init__(self.server.port)

    def close(self):
        self.asker.socket.close()
        self.server.stop()


def version(binary):
    return subprocess.run([binary, "version"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def import_events(binary, ndjson, data):
    """(seconds, resident MB at most, accepted); `data` is made anew."""
    shutil.rmtree(data, ignore_errors=True)
    begin = time.perf_counter()
    process = subprocess.Popen([binary, "import", ndjson, "--data", data, "--format", "json"], stdout=subprocess.PIPE)
    most = 0
    while process.poll() is None:
        most = max(most, resident_mb(process.pid))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    seconds, told = time.perf_counter() - begin, process.stdout.read()
    if process.returncode != 0:
        raise CommandFailed(f"plimsoll import ended with {process.returncode}: {told[-500:]!r}")
    return seconds, most, json.loads(told)["accepted"]


def resident_mb(process):
    """At most until now. What `wait4` says has the size of its parent in it."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0


def megabytes(folder):
    """What the files below a folder take of the disk."""
    return sum(os.stat(os.path.join(place, name)).st_blocks * 512 for place, _, names in os.walk(folder) for name in names) / 1e6
