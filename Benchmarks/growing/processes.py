"""What /proc tells of one process that was started here, also when it has just ended."""
import os
import time

from outside.plimsoll import CommandFailed


def environment():
    """Nobody's settings: figures are those of a program that was told nothing but its options."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}


def processor_seconds(pid):
    """What all threads of a process have used, those that ended as well."""
    # The number of the clock that counts for another process, as clock_getcpuclockid(3) gives it.
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def memory_mb(pid, field):
    """A field of /proc/PID/status, such as VmRSS; 0 of a process that has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) / 1024
    except FileNotFoundError:
        pass
    return 0


def written_bytes(pid):
    """What a process had sent to the disk, or will have; None where the file system does not tell."""
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        fields = dict(line.split(": ") for line in file)
    return int(fields["write_bytes"]) or None


def is_working(pid):
    """Whether a thread of the process runs, wants to, or waits for the disk."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat", encoding="utf-8", errors="replace") as file:
                # The name before it, in brackets, may have anything in it.
                if file.read().rpartition(")")[2].split()[0] in "RD":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            pass
    return False


def has_ended(process):
    """Whether it has, without taking what the system still knows of it."""
    if process.returncode is not None:
        return True
    found = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is not None


def wait_for_end(process, seconds, each=lambda: None, pause=0.02):
    """Waits, doing something each `pause` seconds; returns what it wrote in all, as `written_bytes` has it."""
    end = time.monotonic() + seconds
    while not has_ended(process):
        if time.monotonic() > end:
            raise CommandFailed(f"process {process.pid} has not ended within {seconds} s")
        each()
        time.sleep(pause)
    written = written_bytes(process.pid) if process.returncode is None else None
    process.wait()
    return written
