"""A private PostgreSQL cluster, for message-db and for eventcore: its own directory, its own port."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from ..processes import Server, free_port
from .base import Absent, Failed, Rival, run

# The usual sizing of its documentation: a quarter of the memory for shared_buffers, and a log that
# does not force checkpoints in the middle of a measurement. Durability is the default, spelt out.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "4GB",
    "checkpoint_completion_target": "0.9",
    "effective_cache_size": "50% of memory",
    "shared_buffers": "25% of memory",
    "work_mem": "64MB",
    "max_connections": "400",
    "jit": "off",
}

DURABILITY = "synchronous_commit = on, fsync = on: the log is synced (fdatasync) before an answer"


def described():
    return ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    if found:
        return Path(found[-1]).parent
    on_path = shutil.which("postgres")
    if not on_path:
        raise Absent("PostgreSQL is not installed (Debian package postgresql)")
    return Path(on_path).resolve().parent


def _memory_megabytes(share):
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(total * share) >> 20


class Cluster:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.bin = programs()
        # It refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        self.server = None

    def create(self):
        """A new cluster. The directory's owner becomes the user that runs it."""
        if self.user:
            try:
                owner = pwd.getpwnam(self.user)
            except KeyError:
                raise Absent("PostgreSQL does not run as root, and there is no user postgres")
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
        data = self.directory / "data"
        if data.exists():
            return
        done = subprocess.run(
            [str(self.bin / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-instructions"],
            capture_output=True, text=True, user=self.user, cwd="/")
        if done.returncode != 0:
            raise Failed(f"initdb: {done.stderr.strip()[-400:]} (as root, user postgres must be able to "
                         "reach the directory)")
        values = SETTINGS | {
            "shared_buffers": f"{_memory_megabytes(0.25)}MB",
            "effective_cache_size": f"{_memory_megabytes(0.5)}MB",
        }
        with open(data / "postgresql.conf", "a") as file:
            for name, value in values.items():
                file.write(f"{name} = {value}\n")

    def start(self):
        self.port = free_port()
        self.server = Server(
            [str(self.bin / "postgres"), "-D", str(self.directory / "data"), "-p", str(self.port),
             "-c", "listen_addresses=127.0.0.1", "-k", str(self.directory)],
            self.directory / "log", cwd="/", user=self.user)
        self.server.wait_for_port(self.port)
        self._wait_until_ready()

    def _wait_until_ready(self):
        for _ in range(6000):
            if subprocess.run([str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1",
                               "-p", str(self.port)]).returncode == 0:
                return
            time.sleep(0.01)
        raise Failed("PostgreSQL does not get ready")

    def stop(self):
        # A fast shutdown: sessions are ended, a checkpoint is written.
        self.server.stop(signal.SIGINT)

    def sql(self, text, database="postgres"):
        return run([str(self.bin / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                    "-p", str(self.port), "-U", "postgres", "-d", database, "-c", text])

    def environment(self):
        return {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres"}


class OnPostgres(Rival):
    """A rival whose events lie in such a cluster."""

    durability = DURABILITY
    logs = ("data/pg_wal",)
    database = "postgres"

    def check(self):
        super().check()
        programs()

    def start(self, directory):
        super().start(directory)
        self.cluster = Cluster(self.directory)
        self.cluster.create()
        self.cluster.start()
        self.server = self.cluster.server

    def stop(self):
        if self.server:
            self.cluster.stop()
            self.server = None

    def where(self):
        return ["--url", f"postgresql://postgres@127.0.0.1:{self.cluster.port}/{self.database}"]

    def settle(self):
        self.cluster.sql("ANALYZE", self.database)
        self.cluster.sql("CHECKPOINT", self.database)
