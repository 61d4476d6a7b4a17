"""How often a program makes the disk keep its word, counted with strace while it works.

Counted are fsync, fdatasync, msync with MS_SYNC and sync_file_range, and writes to files that were opened with O_DSYNC or
O_SYNC, each of which the kernel follows by a flush of its own.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .processes import tree

CALLS = "openat,close,dup,dup2,dup3,fsync,fdatasync,msync,sync_file_range,write,writev,pwrite64,pwritev,pwritev2"
O_DSYNC = 0o10000


def can_count():
    return shutil.which("strace") is not None


def _synced_descriptors(pid):
    found = set()
    try:
        for entry in os.listdir(f"/proc/{pid}/fdinfo"):
            for line in Path(f"/proc/{pid}/fdinfo/{entry}").read_text().splitlines():
                if line.startswith("flags:") and int(line.split()[1], 8) & O_DSYNC:
                    found.add(int(entry))
    except OSError:
        pass
    return found


class Count:
    """Attached to a server's processes, or put in front of a library's program."""

    def __init__(self, output):
        self.output = Path(output)
        self.options = ["strace", "-f", "-q", "-e", f"trace={CALLS}", "-e", "signal=none", "-s", "0",
                        "-o", str(self.output)]
        self.synced = {}
        self.process = None

    def attach(self, root):
        pids = tree(root)
        for pid in pids:
            self.synced[pid] = _synced_descriptors(pid)
        self.process = subprocess.Popen(self.options + [word for pid in pids for word in ("-p", str(pid))],
                                        stderr=subprocess.DEVNULL)
        time.sleep(0.5)  # until it holds all threads; what it misses before is a start, not the work

    def detach(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def in_front_of(self, command):
        return self.options + command

    def flushes(self):
        """Threads share descriptors, so those of one program are looked at together. None: not allowed."""
        if not self.output.exists():
            return None
        synced = set().union(*self.synced.values()) if self.synced else set()
        count = 0
        for line in self.output.read_text(errors="replace").splitlines():
            call = re.match(r"\d+\s+(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)", line)
            if not call:
                continue
            name, rest = call.groups()
            if "resumed" in line.split("(")[0]:
                continue  # counted where it began
            if name in ("fsync", "fdatasync", "sync_file_range") or (name == "msync" and "MS_SYNC" in rest):
                count += 1
            elif name == "openat":
                opened = re.search(r"= (\d+)$", rest)
                if opened:
                    flagged = "O_DSYNC" in rest or "O_SYNC" in rest
                    (synced.add if flagged else synced.discard)(int(opened.group(1)))
            elif name == "pwritev2" and ("RWF_DSYNC" in rest or "RWF_SYNC" in rest):
                count += 1
            elif name in ("write", "writev", "pwrite64", "pwritev", "pwritev2"):
                descriptor = re.match(r"(\d+)", rest)
                count += bool(descriptor) and int(descriptor.group(1)) in synced
        self.output.unlink()
        return count
