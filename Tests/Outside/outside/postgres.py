"""A PostgreSQL of our own: a new cluster in a folder, reached by a socket in it, ended with the program."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

FIELD, RECORD, NULL, END = "\x1f", "\x1e", "\x1dnull", "\x1dend"


class Missing(Exception):
    """What has to be installed."""


def binaries():
    """The folder with initdb and postgres."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    places = [path for path in found if os.access(os.path.join(path, "initdb"), os.X_OK)]
    if not places or not shutil.which("psql"):
        raise Missing("PostgreSQL is not installed (Debian package postgresql)")
    return places[-1]


class Postgres:
    def __init__(self):
        place = binaries()
        self.folder = tempfile.mkdtemp(prefix="plimsoll-postgres-")
        # It refuses to run as root.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self.user:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.place, data = place, os.path.join(self.folder, "data")
        subprocess.run(
            [f"{place}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **self.user)
        self.begin()

    def begin(self):
        """Starts the server and waits until it answers."""
        data = os.path.join(self.folder, "data")
        self.process = subprocess.Popen(
            [f"{self.place}/postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "timezone=UTC"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **self.user)
        deadline = time.monotonic() + 30
        while subprocess.run(self._psql("-c", "select 1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.1)

    def crash(self):
        """Ends the server at once, as a failing machine does: what it had not written is gone."""
        os.kill(self.process.pid, signal.SIGQUIT)
        self.process.wait()

    def _psql(self, *arguments):
        return ["psql", "-X", "-q", "-h", self.folder, "-U", "postgres", *arguments]

    def script(self, text):
        subprocess.run(self._psql("-v", "ON_ERROR_STOP=1", "-f", "-"), input=text.encode(), check=True, stdout=subprocess.DEVNULL)

    def answers(self, questions):
        """For each question its rows of texts (None for null), or the SQLSTATE of its refusal."""
        lines = [f"{question};\n\\echo -n {END}:SQLSTATE{RECORD}\n" for question in questions]
        options = ("-A", "-t", "-F", FIELD, "-R", RECORD, "-P", f"null={NULL}", "-f", "-")
        result = subprocess.run(
            self._psql(*options), input="".join(lines).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        found, rows = [], []
        for record in result.stdout.decode().split(RECORD):
            # psql ends each answer with a line end of its own.
            head, mark, state = record.partition(END)
            if not mark:
                rows.append(record)
                continue
            if head not in ("", "\n"):
                rows.append(head[:-1] if head.endswith("\n") else head)
            found.append(state if state != "00000" else [
                [None if cell == NULL else cell for cell in row.split(FIELD)] for row in rows])
            rows = []
        if len(found) != len(questions):
            raise RuntimeError(f"{len(questions)} questions, {len(found)} answers of PostgreSQL")
        return found

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.kill(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
