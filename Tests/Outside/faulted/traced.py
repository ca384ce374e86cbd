"""A process under `strace`: calls of the system that fail, wait or kill as somebody says, and what it did call, with times."""
import dataclasses
import re
import subprocess

FILE_CALLS = "fdatasync,fsync,pwrite64,rename,renameat,renameat2,ftruncate,fallocate,unlink"
_CALL = re.compile(r"^(\d+)\s+(\d+\.\d+) (\w+)\((.*?)(?: <unfinished \.\.\.>|\)\s+= (-?\d+|\?)(.*))$")
_RESUMED = re.compile(r"^(\d+)\s+(\d+\.\d+) <\.\.\. (\w+) resumed>.*?\)\s+= (-?\d+|\?)(.*)$")
_PATH = re.compile(r"^\d+<(/[^>]*)>")
_SPENT = re.compile(r"<(\d+\.\d+)>$")


def words(path, *injections, calls=FILE_CALLS, only=None):
    """What stands before a command to have it traced into a file. The command is the process that was started, and strace its grandchild: its id and
    its status are its own. `only`: calls that concern this path."""
    found = ["strace", "-D", "-f", "-qq", "-y", "-T", "-ttt", "-o", path, "-e", f"trace={calls}", "-e", "signal=none"]
    # Stops at these calls alone; a signal is not sent then.
    if not any("signal=" in one for one in injections):
        found += ["--seccomp-bpf"]
    for injection in injections:
        found += ["-e", f"inject={injection}"]
    return found + (["-P", only] if only else []) + ["--"]


def objection():
    """Why nothing can be traced here; None: it can."""
    try:
        result = subprocess.run(["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-e", "trace=fdatasync", "--", "true"], capture_output=True, timeout=30)
    except FileNotFoundError:
        return "no strace (Debian package strace)"
    return f"strace may not: {result.stderr.decode(errors='replace').strip()}" if result.returncode or result.stderr else None


@dataclasses.dataclass
class Call:
    """`start` and `end` are seconds since 1970, `path` is that of the first argument where it is a descriptor, `is_injected`: it was never made."""

    thread: int
    name: str
    path: str
    start: float
    end: float
    result: int
    is_injected: bool


def calls(lines):
    """The calls of a trace that ended, in the order of their ends."""
    begun, found = {}, []

    def ended(thread, name, arguments, start, end, result, rest):
        path = _PATH.match(arguments)
        found.append(Call(int(thread), name, path[1] if path else "", start, end, -1 if result == "?" else int(result), "(INJECTED)" in rest))

    for line in lines:
        if match := _CALL.match(line):
            thread, start, name, arguments, result, rest = match.groups()
            if result is None:
                begun[thread, name] = (arguments, float(start))
            else:
                spent = _SPENT.search(rest)
                ended(thread, name, arguments, float(start), float(start) + float(spent[1] if spent else 0), result, rest)
        elif match := _RESUMED.match(line):
            thread, end, name, result, rest = match.groups()
            if (thread, name) in begun:
                arguments, start = begun.pop((thread, name))
                ended(thread, name, arguments, start, float(end), result, rest)
    return found


def unflushed(answers, found, slack=0.002):
    """Acknowledgements before which no flush of the log was made: (sent, answered) of which no flush began and ended in between.

    Clocks of both processes are one; what is read before and after a call may lie by `slack` apart from it."""
    flushes = [call for call in found if call.name == "fdatasync" and "/log/" in call.path and call.result == 0 and not call.is_injected]
    return [(sent, answered) for sent, answered in answers
            if not any(sent - slack <= call.start and call.end <= answered + slack for call in flushes)]
