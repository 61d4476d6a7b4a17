"""What the run asks of a rival. A file a rival beside this one."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]  # perf/compare

# A driver ends by itself; this is for one that hangs.
DRIVER_SECONDS = 3600


class Absent(Exception):
    """This rival cannot be had here, and why."""


class Failed(Exception):
    """A driver or a server failed, or its work was wrong."""


class Rival:
    name = ""  # in results, and for --only
    title = ""  # on the page
    package = ""  # where it comes from
    in_process = False  # a library: the driver is the whole program
    durable = True
    scenarios = frozenset()  # of scenarios.ALL
    snapshots = (False,)  # with and without, for scenario 5
    slow = False  # gets no streams longer than sizes.slow_longest
    logs = ()  # where in its directory the write-ahead log lies
    durability = ""
    settings = ""
    compaction = ""  # what scenario 7 does; empty if there is nothing of the kind
    compacted_anew = False  # scenario 5 leaves it otherwise than a user's would be: it is loaded again

    def __init__(self, build):
        self.build = Path(build)  # build/compare
        self.directory = None
        self.server = None

    def check(self):
        """Raises Absent."""
        self.driver_program()

    def version(self):
        return ""

    # The server, for those that have one.

    def start(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None

    @property
    def root(self):
        """The process whose tree does the work, or None in a library."""
        return self.server.pid if self.server else None

    def prepare(self, snapshots):
        """Before states are asked for, with the server running."""

    def settle(self):
        """Waits until what is appended lies where it will stay."""

    # The driver.

    driver = ""

    def driver_program(self):
        program = self.build / "drivers" / "release" / f"drive-{self.driver or self.name}"
        if not program.exists():
            raise Absent(self.reason() or f"{program.name} is not built")
        return [str(program)]

    def reason(self):
        """What the set-up wrote down when it could not have this rival."""
        note = self.build / f"{self.name}.absent"
        return note.read_text().strip() if note.exists() else ""

    def where(self):
        return ["--directory", str(self.directory)]

    def command(self, scenario, **options):
        words = self.driver_program() + ["--scenario", scenario] + self.where()
        for option, value in options.items():
            if isinstance(value, bool):
                value = "on" if value else "off"
            elif isinstance(value, list):
                value = ",".join(map(str, value))
            words += [f"--{option}", str(value)]
        return words

    def drive(self, scenario, front=None, **options):
        """One measurement; `front` may put another program in front of the driver."""
        command = self.command(scenario, **options)
        try:
            done = subprocess.run(front(command) if front else command, capture_output=True, text=True,
                                  timeout=60 + 10 * options["seconds"] if "seconds" in options else DRIVER_SECONDS)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"{scenario} took longer than {late.timeout:.0f} s")
        if done.returncode != 0:
            raise Failed(f"{scenario}: {(done.stderr or done.stdout).strip()[-500:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def own_states(self, length, sizes):
        """Points of scenario 5 for a library that keeps nothing and so makes the stream itself."""
        point = self.drive("state", length=length, samples=sizes.samples)
        point.pop("first_us", None)
        point.pop("snapshots", None)
        yield point

    # Scenario 7.

    def compact(self, sizes):
        """Deletes old events and gives the space back. Returns what was verified."""
        raise Absent("nothing of the kind")


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise Failed(f"{command[0]}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def say(text):
    print(text, file=sys.stderr, flush=True)
