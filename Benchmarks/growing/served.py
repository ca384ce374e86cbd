"""A server over the store: how long it takes to its first answer, and when it has come to rest."""
import contextlib
import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time

from outside.plimsoll import CommandFailed
from peers.ours import Asking

from . import processes

# Of a processor: what rules and scrapes use, and no compaction.
RESTING_SHARE = 0.03


class Served:
    """One `plimsoll serve` on a port that it chooses itself."""

    def __init__(self, binary, data):
        self.data, self.stderr = data, tempfile.TemporaryFile()
        command = [binary, "serve", "--data", data, "--listen", "127.0.0.1:0", "--otlp-http-listen", "127.0.0.1:0"]
        self.began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.stderr, bufsize=0, start_new_session=True,
                                        env=processes.environment())
        self.written = None
        try:
            self.port = self.told_port(120)
            self.asking = Asking(self.port)
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self):
        return self.process.pid

    def told_port(self, seconds):
        told, end = b"", self.began + seconds
        while not (found := re.search(rb"http://127\.0\.0\.1:(\d+)[^\n]*\n", told)):
            left = end - time.perf_counter()
            is_readable = left > 0 and select.select([self.process.stdout], [], [], left)[0]
            piece = os.read(self.process.stdout.fileno(), 4096) if is_readable else b""
            if not piece:
                raise CommandFailed(f"serve told no address: {self.last_words()}")
            told += piece
        return int(found[1])

    def last_words(self):
        self.stderr.seek(0)
        return self.stderr.read()[-2000:].decode(errors="replace")

    def seconds_since_start(self):
        return time.perf_counter() - self.began

    def wait(self, seconds):
        """Lets it be, unless it ends."""
        time.sleep(max(0, seconds))
        if processes.has_ended(self.process):
            raise CommandFailed(f"serve ended: {self.last_words()}")

    def stop(self):
        """Ends it by its pid, and keeps what it has written."""
        if self.process.returncode is not None:
            return
        with contextlib.suppress(AttributeError, OSError):
            self.asking.asker.socket.close()
        os.kill(self.pid, signal.SIGTERM)
        try:
            self.written = processes.wait_for_end(self.process, 120)
        except CommandFailed:
            os.kill(self.pid, signal.SIGKILL)
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()
        if self.process.returncode != 0:
            raise CommandFailed(f"serve ended with {self.process.returncode}: {self.last_words()}")
        self.stderr.close()

    def rest(self, quiet, patience):
        """Waits until compaction has nothing left to do; returns the seconds that it took to come to rest."""
        watch, began = Rest(quiet), time.monotonic()
        while True:
            if processes.has_ended(self.process):
                raise CommandFailed(f"serve ended: {self.last_words()}")
            now = time.monotonic()
            if watch.sees(now, files(self.data), processes.processor_seconds(self.pid), processes.is_working(self.pid)):
                return watch.since - began
            if now - began > patience:
                raise CommandFailed(f"the server has not come to rest within {patience} s")
            time.sleep(min(1, quiet / 4))


class Rest:
    """Tells from looks at a server when it has been at rest for so many seconds: no file of its segments came, went or grew, no thread was at work at
    any look (compaction yields to all else, so that it may wait for a processor), and what it used of one was a few percent over all of them.

    Looks at files and /proc alone: a question would be work."""

    def __init__(self, quiet):
        self.quiet, self.since, self.files, self.used = quiet, None, None, 0

    def sees(self, now, found, used, is_working):
        """Whether rest has lasted for long enough."""
        if self.since is not None and found == self.files and not is_working:
            spent = now - self.since
            if spent < self.quiet:
                return False
            if used - self.used <= RESTING_SHARE * spent:
                return True
        self.since, self.files, self.used = now, found, used
        return False


def files(data):
    """{name: bytes} of segments and what stands beside them."""
    found = {}
    with os.scandir(os.path.join(data, "segments")) as entries:
        for entry in entries:
            # One that goes in this moment is seen to be gone at the next look.
            with contextlib.suppress(FileNotFoundError):
                found[entry.name] = entry.stat().st_size
    return found


def segment_bytes(data):
    return sum(size for name, size in files(data).items() if name.endswith(".segment"))


def segment_count(data):
    return sum(name.endswith(".segment") for name in files(data))


def inspected(binary, data):
    """What `plimsoll inspect` says of a store that is not served."""
    done = subprocess.run([binary, "inspect", data, "--format", "json"], stdout=subprocess.PIPE, check=True, env=processes.environment())
    return json.loads(done.stdout)


def forget(data):
    """Has the system drop what it holds of the store's files in memory, as far as it does for whoever asks."""
    for place, _, names in os.walk(data):
        for name in names:
            handle = os.open(os.path.join(place, name), os.O_RDONLY)
            try:
                os.fdatasync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)
