"""Small and read-only volumes in a mount namespace of their own, reached from outside by the process that holds it."""
import os
import subprocess

from .scene import Skipped


class Volume:
    """A volume for as long as it is entered; `path` is where it is found."""

    def __init__(self, folder, commands):
        """`commands` of a shell mount something at `$1`."""
        self.place, self.commands, self.holder = os.path.join(folder, "volume"), commands, None
        os.makedirs(self.place, exist_ok=True)

    @property
    def path(self):
        return f"/proc/{self.holder.pid}/root{self.place}"

    def __enter__(self):
        script = f"{self.commands} && echo mounted && read word"
        self.holder = subprocess.Popen(["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", self.place], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "mounted\n":
            raise Skipped(f"nothing can be mounted here: {self.holder.communicate()[1].strip()}")
        return self

    def __exit__(self, *_):
        self.holder.communicate("gone\n")


def small(folder, mebibytes):
    return Volume(folder, f'mount -t tmpfs -o size={mebibytes}m tmpfs "$1"')


def read_only(folder, source):
    return Volume(folder, f'mount --bind "{source}" "$1" && mount -o remount,bind,ro "$1"')
