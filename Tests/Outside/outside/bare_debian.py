"""A Debian of its own, made by debootstrap and booted with systemd in namespaces: no network but loopback, a cgroup, processes and mounts
that end with it. Wants root, cgroup v2 and the package debootstrap."""
import os
import shutil
import signal
import subprocess
import time

from outside.plimsoll import CommandFailed

# Nothing of the machine is set by what boots, and no terminal is asked for.
MASKED = ["console-getty.service", "e2scrub_reap.service", "systemd-sysctl.service", "systemd-modules-load.service", "systemd-remount-fs.service",
          "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-fs-fuse-connections.mount", "dev-hugepages.mount", "dev-mqueue.mount"]
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
BOOT = r"""
set -e
root=$0
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys" && mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for name in run tmp dev; do mount -t tmpfs tmpfs "$root/$name"; done
for name in null zero full random urandom tty; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
mkdir "$root/dev/pts" "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
cd "$root"
mkdir -p mnt/before
pivot_root . mnt/before
umount -l /mnt/before
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=multi-user.target
"""


def checked(command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if result.returncode != 0:
        raise CommandFailed(f"{' '.join(command)}: status {result.returncode}: {result.stdout.decode(errors='replace')[-3000:]}")
    return result.stdout


class BareDebian:
    def __init__(self, folder, release="bookworm"):
        self.base, self.root, self.release = os.path.join(folder, "base"), os.path.join(folder, "root"), release
        self.told = os.path.join(folder, "boot.log")
        self.booted, self.init, self.cgroup = None, None, None

    def make(self, packages):
        """The system anew, with `packages` laid into /packages and what they depend on fetched, but nothing of it installed."""
        if not os.path.exists(os.path.join(self.base, "made")):
            shutil.rmtree(self.base, ignore_errors=True)
            checked(["debootstrap", "--variant=minbase", "--include=systemd", self.release, self.base])
            open(os.path.join(self.base, "made"), "w", encoding="utf-8").close()
        shutil.rmtree(self.root, ignore_errors=True)
        checked(["cp", "-a", self.base, self.root])
        for name in MASKED:
            os.symlink("/dev/null", os.path.join(self.root, "etc/systemd/system", name))
        shutil.copy("/etc/resolv.conf", os.path.join(self.root, "etc/resolv.conf"))
        os.mkdir(os.path.join(self.root, "packages"))
        for name, path in packages.items():
            shutil.copy(path, os.path.join(self.root, "packages", name + ".deb"))
        self._fetch("update")
        for name in packages:
            self._fetch("install", "--download-only", "--yes", "--no-install-recommends", f"/packages/{name}.deb")

    def _fetch(self, *arguments):
        checked(["unshare", "--mount", "--pid", "--fork", "--kill-child", "chroot", self.root, "apt-get", "--quiet", *arguments], env=ENVIRONMENT)

    def boot(self, timeout=60):
        """Starts it; returns the seconds until it ran."""
        began = time.monotonic()
        self.cgroup = os.path.join(hierarchy(), f"plimsoll-bare-{os.getpid()}")
        os.makedirs(self.cgroup, exist_ok=True)
        # The shell puts itself into the cgroup before the namespaces are made, so that theirs begins there.
        told = open(self.told, "wb")
        self.booted = subprocess.Popen(
            ["sh", "-c", 'echo $$ > "$1/cgroup.procs"; exec unshare --cgroup --mount --pid --fork --ipc --uts --net --kill-child '
             '--propagation private sh -c "$2" "$0"', self.root, self.cgroup, BOOT],
            stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        told.close()
        while time.monotonic() - began < timeout:
            if self.booted.poll() is not None:
                with open(self.told, encoding="utf-8", errors="replace") as file:
                    raise CommandFailed(f"it did not boot: status {self.booted.returncode}: {file.read()[-2000:]}")
            self.init = self._child()
            if self.init and self.try_run("systemctl", "is-system-running")[1].strip() in (b"running", b"degraded"):
                return time.monotonic() - began
            time.sleep(0.2)
        raise CommandFailed("it did not boot in time")

    def _child(self):
        with open(f"/proc/{self.booted.pid}/task/{self.booted.pid}/children", encoding="ascii") as file:
            children = file.read().split()
        return int(children[0]) if children and os.readlink(f"/proc/{children[0]}/exe").endswith("/systemd") else None

    def halt(self):
        """Ends all of it as a power cut would; its disk stays."""
        if self.booted and self.booted.poll() is None:
            if self.init:
                os.kill(self.init, signal.SIGKILL)
            else:
                self.booted.kill()
            self.booted.wait()
        self.booted = self.init = None
        if self.cgroup and os.path.isdir(self.cgroup):
            for _ in range(50):
                for folder, _, _ in os.walk(self.cgroup, topdown=False):
                    try:
                        os.rmdir(folder)
                    except OSError:
                        pass
                if not os.path.isdir(self.cgroup):
                    break
                time.sleep(0.1)

    def _command(self, arguments, user, variables):
        inside = ["nsenter", "--target", str(self.init), "--all", "--", "env", "-i", *(f"{name}={value}" for name, value in variables.items())]
        return inside + (["runuser", "--user", user, "--"] if user else []) + list(arguments)

    def try_run(self, *arguments, user=None, timeout=600, **variables):
        """(status, stdout, stderr) of a command in it."""
        command = self._command(arguments, user, ENVIRONMENT | variables)
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)
        return result.returncode, result.stdout, result.stderr

    def run(self, *arguments, **options):
        status, output, errors = self.try_run(*arguments, **options)
        if status != 0:
            raise CommandFailed(f"{' '.join(arguments)}: status {status}: {(output + errors).decode(errors='replace')[-3000:]}")
        return output

    def install(self, name):
        """Installs a package of /packages and what it depends on from what was fetched; returns the seconds it took."""
        began = time.monotonic()
        self.run("apt-get", "--quiet", "install", "--yes", "--no-install-recommends", "--option", "Dpkg::Options::=--force-confold",
                 f"/packages/{name}.deb")
        return time.monotonic() - began

    def shown(self, unit, *properties):
        """What systemd says of a unit, by property."""
        output = self.run("systemctl", "show", unit, *(f"--property={name}" for name in properties)).decode()
        return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)

    def http(self, path, port=8910, token=None):
        """The status of a GET, asked from its loopback; 0 where nobody answers."""
        fields = ["--header", f"authorization: Bearer {token}"] if token else []
        result = subprocess.run(["nsenter", "--target", str(self.init), "--net", "--", "curl", "--silent", "--output", "/dev/null", "--max-time", "10",
                                 "--write-out", "%{http_code}", *fields, f"http://127.0.0.1:{port}{path}"], capture_output=True, timeout=30)
        return int(result.stdout or 0)


def hierarchy():
    """Where cgroup v2 is mounted."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        for line in file:
            _, place, kind, *_ = line.split()
            if kind == "cgroup2":
                return place
    raise CommandFailed("there is no cgroup v2 on this machine")
