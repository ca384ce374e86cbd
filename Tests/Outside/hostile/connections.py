"""Hostile clients below the level of requests: who holds, breaks off, does not read, or speaks another language."""
import base64
import os
import time

from .foe import by_name
from .server import BODY_SECONDS, CONNECTIONS, IDLE_SECONDS

PATHS = ("/", "/metrics", "/v1/status", "/healthz", "/readyz", "/v1/prices", "/v1/openapi.json", "/runbooks", "/v1/objectives", "/v1/events")


def hold(foe, count, beginnings, seconds):
    """So many connections that begin something and go no further, for so long; then away, some by a reset."""
    held = []
    try:
        while len(held) < count and foe.goes_on():
            connection = foe.connect(timeout=1)
            if connection is None:
                break
            held.append(connection)
            foe.say(connection, foe.chance.choice(beginnings))
        foe.tally.note(foe.name, "held", len(held))
        foe.wait(seconds)
        for connection in held[:20]:
            foe.hear(connection, 0.05)
    finally:
        for connection in held:
            if foe.chance.random() < 0.5:
                foe.reset(connection)
            else:
                connection.close()


def idle_strangers(foe):
    """Mostly as many as leave room for others, now and then far more than are let in."""
    many = foe.chance.random() < 0.15
    hold(foe, foe.chance.randrange(CONNECTIONS, 3 * CONNECTIONS) if many else foe.chance.randrange(50, CONNECTIONS // 3), [b""],
         foe.chance.uniform(1, 4) if many else foe.chance.uniform(2, IDLE_SECONDS + 3))
    foe.wait(20 if many else 2)


def half_requests(foe):
    whole = foe.head("POST", "/v1/events", "Content-Type: application/x-ndjson", length=5000) + b'{"specversion":"1.0"'
    hold(foe, foe.chance.randrange(10, 120), [whole[:foe.chance.randrange(1, len(whole))] for _ in range(20)],
         foe.chance.uniform(1, BODY_SECONDS + 3))


def trickle(foe, beginning, piece, seconds):
    """Some connections that send a little each second; the server must end them within its limit, told or not."""
    open_ones = []
    for _ in range(foe.chance.randrange(5, 25)):
        connection = foe.connect()
        if connection is not None and foe.say(connection, beginning):
            open_ones.append(connection)
    began, count = time.monotonic(), len(open_ones)
    while open_ones and foe.goes_on() and time.monotonic() - began < seconds + 25:
        foe.wait(1)
        for connection in list(open_ones):
            if not foe.say(connection, piece):
                open_ones.remove(connection)
                foe.hear(connection, 0.2)
                connection.close()
    if open_ones and not foe.stopped.is_set() and time.monotonic() - began >= seconds + 25:
        # Who waits in the backlog is not served, so nobody ends it either.
        foe.tally.note(foe.name, f"not ended {seconds + 25:.0f} s later", len(open_ones))
    for connection in open_ones:
        connection.close()
    foe.tally.note(foe.name, "trickled", count)


def slow_headers(foe):
    trickle(foe, b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-%d: a\r\n" % foe.chance.randrange(10**6), IDLE_SECONDS)


def slow_bodies(foe):
    body = foe.head("POST", foe.chance.choice(("/v1/events", "/v1/traces", "/v1/sql")), "Content-Type: application/json", length=1 << 20)
    trickle(foe, body, b" " * foe.chance.choice((1, 100, 5000)), BODY_SECONDS)


def resets_in_the_middle(foe):
    question = b'{"sql":"select * from events order by id"}'
    for _ in range(50):
        if not foe.goes_on():
            return
        connection = foe.connect()
        if connection is None:
            return
        kind = foe.chance.randrange(5)
        if kind == 1:
            foe.say(connection, foe.head("GET", "/metrics")[:30])
        elif kind == 2:
            foe.say(connection, foe.head("POST", "/v1/events", "Content-Type: application/x-ndjson", length=1 << 20) + b"{" * 60_000)
        elif kind == 3:
            foe.say(connection, foe.head("GET", foe.chance.choice(PATHS)))
        elif kind == 4:
            foe.say(connection, foe.head("POST", "/v1/sql", "Content-Type: application/json", length=len(question)) + question)
            foe.wait(foe.chance.uniform(0, 0.3))
        foe.reset(connection)


def unread_answers(foe):
    """Asks for much, takes nothing or a little, and stays for longer than the server lets it."""
    question = b'{"sql":"select id, attributes, repeat(\'x\', 2000) from events limit 200000"}'
    requests = [foe.head("GET", "/v1/events"), foe.head("GET", "/v1/events?format=csv"), foe.head("GET", "/metrics") * 30,
                foe.head("POST", "/v1/sql", "Content-Type: application/json", length=len(question)) + question]
    held = []
    for _ in range(foe.chance.randrange(3, 15)):
        connection = foe.connect(receive_bytes=foe.chance.choice((2048, 65536)))
        if connection is not None and foe.say(connection, foe.chance.choice(requests)):
            held.append(connection)
    ends = time.monotonic() + foe.chance.uniform(2, IDLE_SECONDS + 15)
    while held and time.monotonic() < ends and foe.goes_on():
        foe.wait(1)
        for connection in held[: len(held) // 2]:
            try:
                connection.settimeout(0.01)
                connection.recv(500)
            except OSError:
                pass
    foe.tally.note(foe.name, "not taken", len(held))
    for connection in held:
        connection.close()


def pipelined_requests(foe):
    """Many requests in one piece; every complete one before the first refusal has its answer, in order."""
    count = foe.chance.randrange(2, 300)
    paths = [foe.chance.choice(("/healthz", "/readyz", "/healthz?x=%41", "/v1/prices")) for _ in range(count)]
    connection = foe.connect()
    if connection is None:
        return
    with connection:
        foe.say(connection, b"".join(foe.head("GET", path) for path in paths))
        found = foe.hear(connection, 15, until=count)
        if len(found) > count:
            foe.tally.fault("pipelined requests: more answers than requests", f"{len(found)} of {count}")


def foreign_protocols(foe):
    hello = bytes.fromhex("16030100c8010000c40303") + foe.chance.randbytes(192)
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
    headers = preface + bytes.fromhex("00000e010400000001") + b"\x83\x86\x44\x09/v1/event"
    others = [hello, preface, headers, preface + foe.chance.randbytes(20000), b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
              b"*1\r\n$4\r\nPING\r\n", b"EHLO a\r\n", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + foe.head("GET", "/healthz"), foe.chance.randbytes(3000),
              bytes(5000), b"\r\n" * 5000, b"GET /healthz\r\n\r\n", b"GET /healthz HTTP/0.9\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n",
              b"\xff\xf4\xff\xfd\x06",
              foe.head("GET", "/healthz", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
              foe.head("GET", "/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                       "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()),
              foe.head("POST", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "Content-Type: application/grpc", "TE: trailers",
                       length=5)
              + b"\0\0\0\0\0"]
    for data in foe.chance.sample(others, 6):
        if foe.goes_on():
            foe.raw(data, 1.5)


def smuggling_shapes(foe):
    """Requests whose end can be read in two ways: the first answer is a refusal and the last one on its connection."""
    inner = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    chunked = b"0\r\n\r\n" + inner
    kind, length = "Content-Type: application/x-ndjson", f"Content-Length: {len(chunked)}"
    shapes = [foe.head("POST", "/v1/events", kind, length, "Transfer-Encoding: chunked") + chunked,
              foe.head("POST", "/v1/events", kind, "Transfer-Encoding: chunked", length) + chunked,
              foe.head("POST", "/v1/events", kind, "Content-Length: 5", length) + chunked,
              foe.head("POST", "/v1/events", kind, "Content-Length: 5, 6") + chunked, foe.head("POST", "/v1/events", kind,
                                                                                               "Content-Length: +5") + chunked,
              foe.head("POST", "/v1/events", kind, "Content-Length: -1") + chunked, foe.head("POST", "/v1/events", kind,
                                                                                             "Content-Length: 0x5") + chunked,
              foe.head("POST", "/v1/events", kind, "Content-Length: 99999999999999999999999") + chunked,
              foe.head("POST", "/v1/events", kind, "Transfer-Encoding: chunked, identity") + chunked,
              foe.head("POST", "/v1/events", kind, "Transfer-Encoding: xchunked") + chunked,
              foe.head("POST", "/v1/events", kind, "Transfer-Encoding : chunked") + chunked,
              foe.head("POST", "/v1/events", kind, "Transfer-Encoding: chunked") + b"ffffffffffffffffff\r\n" + inner,
              foe.head("POST", "/v1/events", kind, "Transfer-Encoding: chunked") + b"-5\r\nhello\r\n" + chunked,
              foe.head("GET", "/healthz", "Host: other"), foe.head("GET", "/healthz", "X: a\0b"), foe.head("GET", "/healthz", "X Y: a"),
              b"GET /healthz HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n" + inner]
    for data in foe.chance.sample(shapes, 6):
        if not foe.goes_on():
            return
        found = foe.raw(data, 3)
        if len(found) > 1 or any(status < 400 for status in found):
            foe.tally.fault("smuggling shapes: a request of two meanings was served", f"{found} for {data[:400]!r}")
    # One meaning, though unusual: these are only counted.
    foe.raw(foe.head("GET", "/healthz").replace(b"\r\n", b"\n"), 2)
    foe.raw(foe.head("GET", "/healthz", "X: a\r\n b"), 2)
    foe.raw(foe.head("POST", "/v1/events", kind, "Transfer-Encoding: chunked") + b"1;" + b"x" * 20000 + b"\r\n\n\r\n0\r\n\r\n", 2)


def wide_heads(foe):
    for size in (100, 31 << 10, 33 << 10, 200 << 10, 2 << 20):
        if foe.goes_on():
            foe.raw(foe.head("GET", "/healthz", "X-Long: " + "a" * size), 3)
            foe.raw(foe.head("GET", "/healthz?" + "a=1&" * (size // 4)), 3)
    foe.raw(foe.head("GET", "/healthz", *(f"X-{index}: 1" for index in range(foe.chance.choice((500, 3000, 50_000))))), 3)


def unknown_paths(foe):
    words = ("wp-admin", ".env", "..", "%2e%2e", "%00", "%ff", "etc", "passwd", "v1", "admin", "a" * 300, "events", "\u00e9", "?", "#", "//", ";",
             "runbooks", "pages")
    for _ in range(60):
        if not foe.goes_on():
            return
        path = "/" + "/".join(foe.chance.choice(words) for _ in range(foe.chance.randrange(1, 6))) + foe.chance.choice(("", "?" + foe.shared.canary))
        method = foe.chance.choice(("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH", "POST", "BREW"))
        foe.raw(foe.head(method, path, "Connection: close"), 3)


def wrong_doors(foe):
    """Tokens, hosts and origins that open nothing; a secret in them must not be kept."""
    tokens = [foe.shared.canary, "plim_" + "0" * 12 + "_" + "0" * 64, "plim_" + foe.shared.canary, "a" * 20000, "", "\x7f"]
    for _ in range(40):
        if not foe.goes_on():
            return
        lines = foe.chance.sample([f"Authorization: Bearer {foe.chance.choice(tokens)}", f"Authorization: Basic {foe.chance.choice(tokens)}",
                                   "Origin: https://evil.example", "Origin: null", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil.example",
                                   f"Cookie: session={foe.shared.canary}", f"X-Api-Key: {foe.shared.canary}", "Sec-Fetch-Site: cross-site",
                                   "Connection: close", "Expect: 100-continue", "Expect: 200-ok", "Range: bytes=0-5", "Accept: */*;q=x"],
                                  foe.chance.randrange(1, 4))
        host = foe.chance.choice(("127.0.0.1", "evil.example", "[::1]", "localhost:99999", "", "a b"))
        data = f"GET {foe.chance.choice(PATHS[:-1])} HTTP/1.1\r\nHost: {host}\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n"
        connection = foe.connect()
        if connection is not None:
            with connection:
                foe.say(connection, data.encode("latin-1"))
                foe.hear(connection, 3, until=1)


ATTACKS = by_name(idle_strangers, half_requests, slow_headers, slow_bodies, resets_in_the_middle, unread_answers, pipelined_requests,
                  foreign_protocols, smuggling_shapes, wide_heads, unknown_paths, wrong_doors)
