"""Clients that are too slow, while a sender goes on."""
import collections
import json
import socket
import threading
import time

from .callers import BODY_SECONDS, JSON, NDJSON, QUERY_SECONDS, TOLD_SECONDS, caught_up, one_batch


def idle_time(count):
    """Seconds of silence that are let: enough for so many to come in before the first of them has to go."""
    return 4 + count // 1000


def connect(port, receive_bytes=None):
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    return connection


def still_open(connections):
    """Those that the server has not ended; what it said is thrown away."""
    left = []
    for connection in connections:
        connection.setblocking(False)
        try:
            while piece := connection.recv(65536):
                pass
            connection.close()
        except BlockingIOError:
            left.append(connection)
        except OSError:
            connection.close()
    return left


def ended_within(connections, seconds, say=lambda connection: None, pause=0.25):
    """How many the server has not ended after so long, while each says something."""
    ends = time.monotonic() + seconds
    while connections and time.monotonic() < ends:
        time.sleep(pause)
        for connection in connections:
            try:
                say(connection)
            except OSError:
                pass
        connections = still_open(connections)
    for connection in connections:
        connection.close()
    return len(connections)


def idle_ones(server, findings, count):
    """Connections that say nothing: they are let in, cost little, and go when their time is over."""
    before, began, silence = server.resident_kib(), time.monotonic(), idle_time(count)
    held = [connect(server.port) for _ in range(count)]
    while (there := json.loads(server.get("/v1/status")[2])["connections"]) < count and time.monotonic() - began < silence:
        time.sleep(0.1)
    grown = server.resident_kib() - before
    print(f"     {there:,} connections open {time.monotonic() - began:.1f} s after the first of {count:,} that say nothing, {grown >> 10} MiB for them")
    if there < count * 9 // 10:
        findings.problem(f"{there} of {count} idle connections were let in")
    if grown > 64 * count + (64 << 10):
        findings.problem(f"{count} idle connections cost {grown} KiB")
    steady = one_batch(server, findings, "among-idle", 0)
    status, _, _ = server.get("/metrics", timeout=TOLD_SECONDS)
    if status != 200:
        findings.problem(f"/metrics among idle connections: status {status}")
    if left := ended_within(held, silence + 10, pause=1):
        findings.problem(f"{left} idle connections were not ended {silence + 10} s later")
    return steady


def byte_by_byte(port):
    """Heads that never come to an end, a byte at a time, so that no silence is long."""
    head = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"a" * 4000
    places = collections.Counter()

    def say(connection):
        place = places[connection]
        connection.send(head[place:place + 1])
        places[connection] += 1
    return [connect(port) for _ in range(40)], say


def stalled_bodies(port, kind, path):
    """Bodies of which the half comes."""
    held = []
    for _ in range(20):
        connection = connect(port)
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {1 << 20}\r\n\r\n".encode() + b" " * (1 << 19))
        held.append(connection)
    return held


def unread_answers(port):
    """Large answers of which nothing is read."""
    question, held = json.dumps({"sql": "select id, source, repeat('x', 2000) from events limit 100000"}).encode(), []
    for index in range(8):
        connection = connect(port, receive_bytes=4096)
        connection.sendall(b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" if index % 2 else
                           b"POST /v1/sql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                           % (len(question), question))
        held.append(connection)
    return held


def readers_end(server, findings, held, seconds):
    """Whether readers that take nothing are dropped: seen from the server, since nothing that they have not read tells them."""
    ends = time.monotonic() + seconds
    while (there := json.loads(server.get("/v1/status")[2])["connections"]) > 4 and time.monotonic() < ends:
        time.sleep(0.3)
    if there > 4:
        findings.problem(f"{there} connections are open, of {len(held)} readers that do not read")
    for connection in held:
        connection.close()


def slowly(server, options, findings):
    """All kinds of slow clients, while a sender goes on."""
    steady = idle_ones(server, findings, options.idle)
    caught_up(server, findings, "the idle ones")
    bytewise, say = byte_by_byte(server.port)
    stalled = stalled_bodies(server.port, NDJSON, "/v1/events") + stalled_bodies(server.port, JSON, "/v1/traces")
    unread, number, seconds = unread_answers(server.port), 0, max(idle_time(options.idle), BODY_SECONDS) + 10
    gone = threading.Thread(target=lambda: judge_slow(findings, bytewise, say, stalled, seconds), daemon=True)
    gone.start()
    while gone.is_alive() or number < 5:
        # The bodies that stall hold all the room there is, until their time is over: whoever waits is taken then.
        steady |= one_batch(server, findings, "among-slow", number)
        number += 1
        time.sleep(0.2)
    gone.join(1)
    readers_end(server, findings, unread, QUERY_SECONDS + seconds)
    print(f"     {number} batches beside {len(bytewise)} requests byte by byte, {len(stalled)} bodies that stall and {len(unread)} readers that do not read")
    caught_up(server, findings, "the slow ones")
    return steady


def judge_slow(findings, bytewise, say, stalled, seconds):
    if left := ended_within(bytewise + stalled, seconds, lambda one: say(one) if one in bytewise else None):
        findings.problem(f"{left} slow requests were not ended {seconds} s later")
