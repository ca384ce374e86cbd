"""What hostile clients have in common: connections, requests and how their answers are counted."""
import http.client
import json
import re
import socket
import struct
import time

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
# What no one client reads more of.
READ_MAX = 1 << 20
# Answers of the 500s that say what the client did: a method or framing that is not spoken here, a version, no room or time now.
TOLD_500S = (501, 503, 505)


class Foe:
    """One hostile client on a thread of its own, with chances of its own."""

    def __init__(self, name, chance, shared):
        self.name, self.chance, self.shared = name, chance, shared
        self.port, self.tally, self.stopped = shared.port, shared.tally, shared.stopped

    # What it may do.

    def goes_on(self):
        self.shared.pace.wait(self.stopped)
        return not self.stopped.is_set()

    def has_room(self):
        """Whether events may still be added: the disk is not what is tried here."""
        return self.goes_on() and not self.shared.is_full.is_set()

    def wait(self, seconds):
        return self.stopped.wait(seconds)

    # Bytes as they are.

    def connect(self, timeout=5, receive_bytes=None):
        """A connection, or None."""
        found = socket.socket()
        try:
            if receive_bytes:
                found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            found.settimeout(timeout)
            found.connect(("127.0.0.1", self.port))
            return found
        except OSError as error:
            self.tally.note(self.name, f"no connection ({type(error).__name__})")
            found.close()
            return None

    def head(self, method, path, *lines, length=None):
        """A request's head; `length` of a body that follows."""
        fields = ["Host: 127.0.0.1", *(f"{name}: {value}" for name, value in self.shared.headers.items()), *lines]
        if length is not None:
            fields.append(f"Content-Length: {length}")
        return f"{method} {path} HTTP/1.1\r\n".encode() + "".join(f"{one}\r\n" for one in fields).encode("latin-1", "replace") + b"\r\n"

    def say(self, connection, data):
        """Whether the bytes could be sent; who hangs up has answered enough."""
        try:
            connection.sendall(data)
            return True
        except OSError:
            return False

    def hear(self, connection, seconds, until=None):
        """Statuses of the answers that come until the end, so many of them, or for so long; each is counted."""
        ends, heard, close = time.monotonic() + seconds, b"", "still open"
        try:
            while (left := ends - time.monotonic()) > 0 and len(heard) < READ_MAX:
                connection.settimeout(left)
                piece = connection.recv(65536)
                if not piece:
                    close = "closed"
                    break
                heard += piece
                if until is not None and len(STATUS.findall(heard)) >= until:
                    break
        except TimeoutError:
            close = "silent"
        except OSError:
            close = "reset"
        found = [int(status) for status in STATUS.findall(heard)]
        for status in found:
            self.count(status, heard[:300])
        if not found:
            self.tally.note(self.name, close)
        return found

    def raw(self, data, seconds=4):
        """Sends bytes on a connection of their own; statuses."""
        connection = self.connect()
        if connection is None:
            return []
        with connection:
            self.say(connection, data)
            return self.hear(connection, seconds)

    def reset(self, connection):
        """Away with a reset instead of an end."""
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        connection.close()
        self.tally.note(self.name, "left by a reset")

    def count(self, status, said=b""):
        self.tally.note(self.name, status)
        if status >= 500 and status not in TOLD_500S:
            self.tally.fault(f"{self.name}: status {status}", said[:600].decode(errors="replace"))

    # Whole requests.

    def admitted(self):
        """A connection that was let in and answered once, or None: the time of what follows is the server's alone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", "/healthz", headers=self.shared.headers)
            connection.getresponse().read()
            return connection
        except (OSError, http.client.HTTPException) as error:
            self.tally.note(self.name, f"not let in ({type(error).__name__})")
            connection.close()
            return None

    def ask(self, method, path, body=None, headers=None, limit=60, read_max=1 << 28):
        """(status, first bytes of the answer) of one request; a head that comes later than `limit` is a fault. (None, b"") where none came."""
        connection = self.admitted()
        if connection is None:
            return None, b""
        try:
            connection.sock.settimeout(limit)
            began = time.monotonic()
            connection.request(method, path, body, {**self.shared.headers, **(headers or {})})
            answer = connection.getresponse()
            seconds = time.monotonic() - began
            content = answer.read(READ_MAX)
            self.count(answer.status, content)
            if answer.status == 503 and b'"error"' not in content:
                self.tally.fault(f"{self.name}: 503 without a word", content[:300].decode(errors="replace"))
            rest = read_max - len(content)
            while rest > 0 and (piece := answer.read(1 << 18)):
                rest -= len(piece)
                self.shared.pace.wait(self.stopped)
            if seconds > limit:
                self.tally.fault(f"{self.name}: an answer took more than {limit} s", f"{seconds:.1f} s: {str(body)[:400]}")
            return answer.status, content
        except TimeoutError:
            if self.shared.is_up() and not self.stopped.is_set():
                self.tally.fault(f"{self.name}: no answer within {limit} s", f"{method} {path} {str(body)[:400]}")
            self.tally.note(self.name, "silent")
        except (OSError, http.client.HTTPException) as error:
            self.tally.note(self.name, type(error).__name__)
        finally:
            connection.close()
        return None, b""

    def post(self, body, kind="application/x-ndjson", headers=None, path="/v1/events", limit=60):
        """(status, decoded answer) of sent events."""
        status, content = self.ask("POST", path, body, {"Content-Type": kind, **(headers or {})}, limit)
        try:
            return status, json.loads(content) if status else {}
        except ValueError:
            self.tally.fault(f"{self.name}: an answer to events is not JSON", f"{status} {content[:200]!r}")
            return status, {}


def by_name(*functions):
    """The table of a module's attacks by name."""
    return {function.__name__.replace("_", " "): function for function in functions}
