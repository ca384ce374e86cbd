"""Commands of `plimsoll` on the directory that is served, beside its server."""
import os
import resource
import subprocess

from .foe import by_name

READING = (["query", "select type, count(*) from events group by 1"], ["query", "select * from turns order by time desc limit 5"], ["verify"],
           ["export"], ["status"], ["doctor"],
           ["report", "sla"], ["report", "cost", "--by", "model"], ["report", "outcomes"], ["dialects", "report"], ["prices", "check"],
           ["prices", "list"])
# A command that needs the directory for itself is refused by this status.
IN_USE, DAMAGED = 5, 4
# A check that finds something says so by its status.
FINDING = {("prices", "check"): (0, 1)}


def gently():
    """After the server and everybody else, and never with more memory than the machine has to spare."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(foe, arguments, wanted, seconds=300):
    """One command, whose output is passed over; a signal, damage or another status is a fault."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
    process = subprocess.Popen([foe.shared.binary, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                               env=clean, preexec_fn=gently)
    try:
        said = process.communicate(timeout=seconds)[1].decode(errors="replace")
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        foe.tally.note(foe.name, f"{arguments[0]} took more than {seconds} s")
        return
    foe.tally.note(foe.name, f"{arguments[0]} {process.returncode}")
    if process.returncode not in wanted:
        foe.tally.fault(f"{foe.name}: {arguments[0]} ended with {process.returncode}", f"{' '.join(arguments)}: {said[-800:]}")


def commands_beside(foe):
    kind = foe.chance.randrange(10)
    if kind == 0:
        # These want the directory for themselves, and must not have it while it is served.
        run(foe, foe.chance.choice((["serve", "--data", foe.shared.data, "--listen", "127.0.0.1:0", "--otlp-http-listen", "none"],
                                    ["import", os.devnull, "--data", foe.shared.data])), (IN_USE,) if foe.shared.is_up() else (0, IN_USE), 20)
    elif kind <= 2:
        names = [os.path.join(place, name) for place, _, found in os.walk(foe.shared.data) for name in found if "keys" not in place]
        # What is published meanwhile may take the file away.
        run(foe, ["inspect", foe.chance.choice(names)], (0, 1, 2))
    else:
        command = foe.chance.choice(READING)
        run(foe, [*command, "--data", foe.shared.data], FINDING.get(tuple(command), (0,)))
    foe.wait(10)


ATTACKS = by_name(commands_beside)
