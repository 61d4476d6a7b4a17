"""eventcore: a library over SQLite, PostgreSQL, or memory."""

import sqlite3

from . import postgres
from .base import Rival

VERSION = "2.1.0"

COMMON = ("in process; append_events for appends, execute for commands (with its command-state snapshots, "
          "retries without a pause) and for states")


class EventCoreSqlite(Rival):
    name = "eventcore-sqlite"
    title = "eventcore, SQLite"
    package = "crates eventcore, eventcore-sqlite"
    in_process = True
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "disk", "startup"})
    snapshots = (True, False)
    durability = "a file with WAL and synchronous = FULL: the log is synced at every commit"
    settings = "SqliteEventStore::new, one connection as it has; " + COMMON
    logs = ("events.db-wal",)
    compaction = "DELETE of all but the last events of each stream, then VACUUM"

    def version(self):
        return f"{VERSION}, bundled SQLite"

    def compact(self, sizes):
        with sqlite3.connect(self.directory / "events.db") as database:
            database.execute(
                "DELETE FROM eventcore_events WHERE stream_version <= (SELECT max(stream_version) FROM "
                f"eventcore_events newest WHERE newest.stream_id = eventcore_events.stream_id) - {sizes.keep}")
            database.commit()
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return "nothing; states survive only as far as a command's snapshot was saved"


class EventCorePostgres(postgres.OnPostgres):
    name = "eventcore-postgres"
    title = "eventcore, PostgreSQL"
    package = "crates eventcore, eventcore-postgres, Debian postgresql"
    # Its start-up is PostgreSQL's, which message-db's is, too.
    scenarios = EventCoreSqlite.scenarios - {"startup"}
    snapshots = (True, False)
    settings = "a pool with a connection a client; " + COMMON + "; " + postgres.described()

    def version(self):
        return VERSION


class EventCoreMemory(Rival):
    name = "eventcore-memory"
    title = "eventcore, memory"
    package = "crates eventcore, eventcore-memory"
    in_process = True
    durable = False
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state_own"})
    durability = "none: not comparable in what is durable, shown for what its interface costs"
    settings = COMMON

    def version(self):
        return VERSION
