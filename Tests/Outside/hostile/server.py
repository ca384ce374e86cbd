"""The server under test: its output kept whole, its memory and its life watched every second."""
import os
import re
import signal
import socket
import threading
import time

from outside.plimsoll import CommandFailed, Server

CRASH = re.compile(r"Fatal error|Illegal instruction|Segmentation fault|Bus error|Crash:|Backtrace|Precondition failed|Assertion failed")
LEVEL = re.compile(r"^\S+Z (error|critical) (.{0,60}?)(?= [a-z_]+=|$)")
# Time that the built-in limits would take to act is shortened, so that each acts many times in an hour.
QUERY_SECONDS, BODY_SECONDS, IDLE_SECONDS, WAITING, CONNECTIONS = 10, 15, 20, 8, 1024
SETTINGS = f"""limits:
  query_time: {QUERY_SECONDS}s
  body_time: {BODY_SECONDS}s
  idle_time: {IDLE_SECONDS}s
  queries_waiting: {WAITING}
  connections: {CONNECTIONS}
"""


def port_below_clients(chance):
    """A free port that no client is given by chance: one that asks while the server is away would be connected with itself."""
    while True:
        port = chance.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class WatchedServer(Server):
    def __init__(self, binary, folder, memory, tally, chance):
        self.folder, self.tally = folder, tally
        settings = os.path.join(folder, "settings.yaml")
        with open(settings, "w", encoding="ascii") as file:
            file.write(SETTINGS)
        super().__init__(binary, os.path.join(folder, "data"), ["--memory", memory, "--config", settings])
        self.port, self.log_path = port_below_clients(chance), os.path.join(folder, "server.log")
        self.intended, self.ended = threading.Event(), threading.Event()
        self.samples, self.high_water, self.starts, self.troubles = [], 0, [], {}
        self.watcher = threading.Thread(target=self.watch, daemon=True)

    def begin(self):
        self.starts.append(self.start(timeout=120))
        self.intended.clear()
        if not self.watcher.is_alive():
            self.watcher.start()

    def _keep(self, stream):
        with open(self.log_path, "ab") as file:
            for line in stream:
                file.write(line)
                file.flush()
                text = line.decode(errors="replace").rstrip("\n")
                if CRASH.search(text):
                    self.tally.fault("the server's log tells of a crash", text)
                if "reason=internal_error" in text:
                    self.tally.fault("the server's log tells of a mistake of its own", text)
                if match := LEVEL.match(text):
                    self.troubles.setdefault(match[0].split(" ", 1)[1], text)
                self.log.append(text + "\n")
                del self.log[:-200]

    def watch(self):
        """Memory every second; a process that ended unasked is a fault and is started again, so that the rest of the time tells something, too."""
        while not self.ended.wait(1):
            if self.intended.is_set():
                continue
            try:
                resident, anonymous, high = (self.resident_kib(field) for field in ("VmRSS", "RssAnon", "VmHWM"))
                self.samples.append((resident, anonymous))
                self.high_water = max(self.high_water, high)
            except (OSError, CommandFailed):
                pass
            status = self.process.poll()
            if status is not None and not self.intended.is_set() and not self.ended.is_set():
                self.intended.set()
                self.tally.fault(f"the server ended by itself with {status}", "".join(self.log[-15:]))
                try:
                    self.begin()
                except CommandFailed as error:
                    self.tally.fault("the server did not start again", str(error))
                    self.ended.set()

    def interrupt(self, kind):
        """`kill`, `stop` or `hangup`, and a start where it ended; what is to be said of it."""
        self.intended.set()
        self.note_high_water()
        if kind == "kill":
            self.kill()
        elif kind == "stop":
            self.end("a stop under load")
        else:
            os.kill(self.pid, signal.SIGHUP)
            ends = time.monotonic() + 5
            while self.process.poll() is None and time.monotonic() < ends:
                time.sleep(0.1)
            self.tally.note("hangup", "lives on" if self.process.poll() is None else f"ended with {self.process.returncode}")
            if self.process.poll() is None:
                self.intended.clear()
                return "the server lives on"
        self.begin()
        return f"ready again after {self.starts[-1]:.1f} s"

    def note_high_water(self):
        try:
            self.high_water = max(self.high_water, self.resident_kib("VmHWM"))
        except (OSError, CommandFailed):
            pass

    def end(self, when, timeout=60):
        """A stop that must be clean and soon."""
        self.intended.set()
        self.note_high_water()
        began, status = time.monotonic(), self.stop(timeout=timeout)
        self.tally.note("stop", f"status {status}")
        if status != 0:
            self.tally.fault(f"{when}: status {status}", f"after {time.monotonic() - began:.0f} s: {''.join(self.log[-8:])}")
        return time.monotonic() - began

    def stored_bytes(self):
        total = 0
        for place, _, names in os.walk(self.data):
            for name in names:
                try:
                    total += os.stat(os.path.join(place, name)).st_size
                except OSError:
                    pass
        return total

