"""PostgreSQL's simple query protocol, as far as one question after another needs it: psql does not tell where in a text a mistake is."""
import socket
import struct

# A version of the protocol.
PROTOCOL = 196608
BOOLEAN, TIMESTAMPTZ = 16, 1184


class Refused(Exception):
    """`state`: the SQLSTATE. `position`: 1-based, in characters; None where it was not told."""

    def __init__(self, state, position=None, message=""):
        super().__init__(f"{state}{f' at {position}' if position else ''}: {message}")
        self.state, self.position, self.message = state, position, message


class Wire:
    """One connection to the server whose socket stands in a folder; no password is asked for there."""

    def __init__(self, folder, user="postgres", port=5432):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(f"{folder}/.s.PGSQL.{port}")
        self.kept = b""
        told = b"".join(text.encode() + b"\0" for text in ("user", user, "database", user, "client_encoding", "UTF8")) + b"\0"
        self.socket.sendall(struct.pack("!ii", len(told) + 8, PROTOCOL) + told)
        self._until_ready()

    def close(self):
        self.socket.close()

    def ask(self, sql):
        """(type oids, rows of texts, None for null). Throws `Refused`."""
        body = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)
        return self._until_ready()

    def _until_ready(self):
        types, rows, refused = [], [], None
        while True:
            kind, body = self._message()
            if kind == b"Z":
                if refused:
                    raise refused
                return types, rows
            if kind == b"E":
                refused = self._refusal(body)
            elif kind == b"T":
                types, rows = self._types(body), []
            elif kind == b"D":
                rows.append(self._row(body))

    def _message(self):
        head = self._read(5)
        return head[:1], self._read(struct.unpack("!i", head[1:])[0] - 4)

    def _read(self, count):
        while len(self.kept) < count:
            part = self.socket.recv(1 << 16)
            if not part:
                raise ConnectionError("PostgreSQL closed the connection")
            self.kept += part
        head, self.kept = self.kept[:count], self.kept[count:]
        return head

    @staticmethod
    def _types(body):
        types, place = [], 2
        for _ in range(struct.unpack("!h", body[:2])[0]):
            place = body.index(b"\0", place) + 1
            types.append(struct.unpack("!i", body[place + 6:place + 10])[0])
            place += 18
        return types

    @staticmethod
    def _row(body):
        row, place = [], 2
        for _ in range(struct.unpack("!h", body[:2])[0]):
            size = struct.unpack("!i", body[place:place + 4])[0]
            place += 4
            row.append(None if size < 0 else body[place:place + size].decode())
            place += max(size, 0)
        return row

    @staticmethod
    def _refusal(body):
        fields = {part[:1]: part[1:].decode() for part in body.split(b"\0") if part}
        position = fields.get(b"P")
        return Refused(fields.get(b"C", "?"), int(position) if position else None, fields.get(b"M", ""))
