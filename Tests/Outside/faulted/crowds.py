"""Far more connections than anybody serves by hand: idle ones, and clients that take their time."""
import json
import resource
import socket
import time

from outside.metrics_text import total

from .scene import Skipped

IDLE_SECONDS, BODY_SECONDS = 4, 2


def settings(scene, connections):
    path = scene.path("settings.yaml")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"limits:\n  connections: {connections}\n  idle_time: {IDLE_SECONDS}s\n  body_time: {BODY_SECONDS}s\n")
    return ["--config", path]


def raise_descriptors(count):
    """This process and the server each hold one end of every connection."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 500:
        raise Skipped(f"{hard} files may be open, {count + 500} are needed (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 500 if hard == resource.RLIM_INFINITY else hard, hard))


def opened(port, count):
    """So many connections, each of which the system has let in."""
    found = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
        connection.setblocking(False)
        found.append(connection)
    return found


def is_ended(connection):
    """Whether the server has ended it, with or without a word."""
    try:
        while connection.recv(4096):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def wait_until(condition, seconds):
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def idle(scene, count):
    """Connections that say nothing cost little, keep nobody from being served, and are ended after their time."""
    raise_descriptors(count)
    scene.prepared()
    server = scene.server(extra=settings(scene, count + 200))
    server.start()
    sender = scene.sender(server, "amid")
    for _ in range(3):
        scene.expect(sender.send() == 200, "events are refused before anybody came")
    before, slowest = server.resident_kib(), 0.0
    strangers = opened(server.port, count)
    try:
        status = {}
        held = wait_until(lambda: status.update(json.loads(server.get("/v1/status")[2])) or status["connections"] >= count, 10)
        scene.expect(held, f"{status.get('connections')} of {count} connections are held")
        held_kib = server.resident_kib() - before
        for _ in range(20):
            began = time.monotonic()
            scene.expect(sender.send() == 200, "events are refused amid idle connections")
            slowest = max(slowest, time.monotonic() - began)
        scene.expect(total(server.get("/metrics?format=text")[2].decode(), "process_open_fds") >= count, "/metrics says that fewer files are open")
        # A kibibyte or so of the kernel's aside, this is what the process keeps for each.
        scene.expect(held_kib < 64 * count, f"{held_kib} KiB for {count} idle connections")
        gone = wait_until(lambda: json.loads(server.get("/v1/status")[2])["connections"] < 20, IDLE_SECONDS + 20)
        scene.expect(gone and all(map(is_ended, strangers)), "idle connections outlive their time")
    finally:
        for stranger in strangers:
            stranger.close()
    # The sender's own connection was idle for as long.
    scene.expect(scene.sender(server, "later").send() == 200, "events are refused afterwards")
    status = server.stop()
    scene.expect(status == 0, f"it ended with {status}")
    scene.afterwards()
    return f"{count} connections, {held_kib / count:.1f} KiB each, {slowest * 1000:.0f} ms for an acknowledgement at most"


def slow(scene, count=60):
    """Who sends a body or a head byte by byte, or does not take its answer, is ended; others are served meanwhile."""
    scene.prepared()
    server = scene.server(extra=settings(scene, 1024))
    server.start()
    body = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n"
    beginnings = (body, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n", b"")
    slow_ones = opened(server.port, count)
    for number, connection in enumerate(slow_ones):
        connection.send(beginnings[number % 3])
    sender, left, ends = scene.sender(server, "beside"), set(slow_ones), time.monotonic() + IDLE_SECONDS + BODY_SECONDS + 15
    try:
        while left and time.monotonic() < ends:
            for connection in list(left):
                try:
                    connection.send(b"x")
                except OSError:
                    pass
                if is_ended(connection):
                    left.discard(connection)
            began = time.monotonic()
            scene.expect(sender.send() == 200, "events are refused beside slow clients")
            scene.expect(time.monotonic() - began < 5, "an acknowledgement takes five seconds beside slow clients")
            time.sleep(0.2)
    finally:
        for connection in slow_ones:
            connection.close()
    scene.expect(not left, f"{len(left)} of {count} slow clients are not ended")
    status = server.stop()
    scene.expect(status == 0, f"it ended with {status}")
    scene.afterwards()
    return f"{count} clients, {sender.acknowledged} acknowledgements beside them"
