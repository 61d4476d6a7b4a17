"""Programs that are measured: starting and stopping them, and what the kernel says they used."""

import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(root):
    """The process and all that descend from it, as they are now."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            stat = _stat(int(entry))
            if stat:
                children.setdefault(int(stat[1]), []).append(int(entry))
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += children.get(pid, [])
    return found


def _stat(pid):
    """The fields after the name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def cpu_seconds(root):
    """Of the tree, those included that have ended and were waited for."""
    ticks = 0
    for pid in tree(root):
        stat = _stat(pid)
        if stat:
            ticks += int(stat[11]) + int(stat[12])
            if pid == root:
                ticks += int(stat[13]) + int(stat[14])
    return ticks / TICKS


def bytes_written(root):
    """Sent to the disk. A process's figure includes children that it has waited for."""
    total = 0
    for pid in tree(root):
        try:
            for line in Path(f"/proc/{pid}/io").read_text().splitlines():
                if line.startswith("write_bytes:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total


def memory(root):
    """Proportional, so that memory which processes share is counted once."""
    found = {"own_bytes": 0, "mapped_files_bytes": 0}
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, *rest = line.split()
            if name in ("Pss_Anon:", "Pss_Shmem:"):
                found["own_bytes"] += int(rest[0]) * 1024
            elif name == "Pss_File:":
                found["mapped_files_bytes"] += int(rest[0]) * 1024
    return found


def allocated_bytes(directory):
    """What the directory takes on the disk; holes in files count nothing."""
    total = 0
    for path in [Path(directory), *Path(directory).rglob("*")]:
        try:
            total += path.lstat().st_blocks * 512
        except OSError:
            pass
    return total


class Server:
    """A program that runs until it is stopped."""

    def __init__(self, command, log, cwd=None, user=None, environment=None):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, cwd=cwd, user=user,
            env={**os.environ, **(environment or {})}, start_new_session=True)

    @property
    def pid(self):
        return self.process.pid

    def wait_for_port(self, port, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"ended with {self.process.returncode}, see {self.log.name}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.002)
        raise RuntimeError(f"does not listen after {seconds} s, see {self.log.name}")

    def stop(self, how=signal.SIGTERM, seconds=60):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


class OwnUse:
    """What programs that this one started and waited for used meanwhile."""

    def __init__(self):
        self.before = self._now()

    @staticmethod
    def _now():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime, bytes_written(os.getpid())

    def so_far(self):
        return tuple(now - before for now, before in zip(self._now(), self.before))
