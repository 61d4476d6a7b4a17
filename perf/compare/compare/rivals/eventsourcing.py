"""The Python library eventsourcing on SQLite."""

from .base import HERE, Absent, Rival, run


class EventSourcing(Rival):
    name = "eventsourcing"
    title = "eventsourcing (Python)"
    package = "PyPI eventsourcing"
    in_process = True
    scenarios = frozenset({"state"})
    snapshots = (True, False)
    slow = True  # it takes in some thousand events a second
    durability = "SQLite file with WAL; synchronous is SQLite's default, FULL"
    settings = "eventsourcing.sqlite, a snapshot every 100 events with snapshotting_intervals; in process, no cache"

    def python(self):
        return self.build / "python" / "bin" / "python"

    def driver_program(self):
        if not list(self.build.glob("python/lib/*/site-packages/eventsourcing")):
            raise Absent(self.reason() or "the Python package is not there")
        return [str(self.python()), str(HERE / "eventsourcing_driver.py")]

    def version(self):
        return run([str(self.python()), "-c",
                    "from importlib.metadata import version; print(version('eventsourcing'))"]).strip()
