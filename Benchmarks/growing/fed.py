"""A store that gets a day's events a few at a time, beside one that gets the same events at once."""
import itertools
import json
import os

from outside.plimsoll import CommandFailed
from peers.ours import unchunked

from . import served, slices
from .figures import ratio


class Sender:
    """Counts what it sends."""

    def __init__(self, path, batch):
        self.file, self.batch, self.sent = open(path, "rb"), batch, 0

    def send(self, asker):
        """Each request is acknowledged before the next."""
        while lines := list(itertools.islice(self.file, self.batch)):
            body = b"".join(lines)
            head = (f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{asker.port}\r\nContent-Type: application/x-ndjson\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n")
            pieces, is_chunked = asker.answer(head.encode() + body)
            told = b"".join(pieces)
            accepted = json.loads(unchunked(told) if is_chunked else told)["accepted"]
            if accepted != len(lines):
                raise CommandFailed(f"of {len(lines)} events that were sent together {accepted} were accepted")
            self.sent += accepted


def feed(binary, data, path, options):
    """Sends a file in small requests, then waits until compaction has come to rest; returns (events, bytes written)."""
    sender, server = Sender(path, options.small_batch), served.Served(binary, data)
    try:
        with sender.file:
            sender.send(server.asking.asker)
        server.rest(options.quiet, options.patience)
        count = int(server.asking.rows("select count(*) from events")[0][0])
    finally:
        server.stop()
    if count != sender.sent:
        raise CommandFailed(f"of {sender.sent} events that were accepted {count} are in the store")
    return count, server.written


def measure(binary, folder, options, figures):
    """Bytes are set beside each other by the event: what a server got last stays in its log until there is enough for a segment."""
    path, bulk, data = (os.path.join(folder, name) for name in ("day.ndjson", "bulk", "fed"))
    # As many users as make so many events in a day.
    slices.write(binary, path, options.small_events, max(1, options.small_events // 50), options.seed)
    events = slices.import_file(binary, path, bulk, options.patience).accepted
    least = served.segment_bytes(bulk) / events
    figures.note("bulk_bytes", events, least, "bytes/event", remark=f"{served.segment_count(bulk)} segments, imported at once")
    count, written = feed(binary, data, path, options)
    if count != events:
        raise CommandFailed(f"{count} of {events} events were sent")
    size, sealed = served.segment_bytes(data), served.inspected(binary, data)["sealed_events"]
    found = f"{sealed:,} events in {served.segment_count(data)} segments, which were sent {options.small_batch} a request"
    figures.note("fed_bytes", events, size / sealed if sealed else None, "bytes/event", ("≤", 1.1 * least),
                 found + (f"; {size / sealed / least:.2f} × the import" if sealed else ""))
    figures.note("fed_written", events, ratio(written, size), "×", remark="of the bytes of segments, the log among what was written")
