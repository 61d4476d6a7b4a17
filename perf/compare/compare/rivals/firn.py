"""Firn: over HTTP, and in process."""

import json
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from ..processes import Server, free_port
from .base import HERE, Absent, Failed, Rival, run

ROOT = HERE.parents[1]

DURABILITY = "the journal is written with O_DSYNC; an append is answered when the write has returned"


class Firn(Rival):
    name = "firn"
    title = "Firn"
    package = "this repository"
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "disk", "startup"})
    snapshots = (True, False)
    durability = DURABILITY
    settings = "defaults only; a Lua decider for commands and states; HTTP/1.1, a kept connection a client"
    logs = ("data/journal",)
    compaction = "POST /v1/compactions with keep_last, then POST /v1/vacuum"
    compacted_anew = True  # its decider was changed to do without snapshots
    program = None  # set by the command line

    def check(self):
        if not Path(self.program).exists():
            raise Absent(f"{Path(self.program).name} is not built")
        super().check()

    def version(self):
        return run([self.program, "--version"]).strip()

    def start(self, directory):
        super().start(directory)
        self.port = free_port()
        self.server = Server([self.program, "serve", "--data", str(self.directory / "data"),
                              "--listen", f"127.0.0.1:{self.port}", "--log-level", "warning"],
                             self.directory / "log")
        self.server.wait_for_port(self.port)
        # Once: a PUT that changes the decider would leave the snapshots behind.
        if not (self.directory / "prepared").exists():
            self.prepare(True)
            (self.directory / "prepared").touch()

    def prepare(self, snapshots):
        """Another source is another revision, whose snapshots there are none of yet."""
        source = (HERE / "counter.lua").read_text()
        if not snapshots:
            source += "-- without snapshots\n"
        self.call("PUT", "/v1/categories/counter", {
            "decider": {"kind": "lua", "source": source}, "snapshots": {"every": 100 if snapshots else 0}})

    def settle(self):
        until = time.monotonic() + 120
        while time.monotonic() < until:
            stats = self.call("GET", "/v1/stats")
            if not stats["settling"]["pending_events"] and not stats["snapshots"]["waiting"]:
                return
            time.sleep(0.1)

    def where(self):
        return ["--url", f"http://127.0.0.1:{self.port}"]

    def call(self, method, path, body=None, headers=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Failed(f"{method} {path}: {error.code} {error.read()[:400].decode()}")

    def compact(self, sizes):
        report = self.call("POST", "/v1/compactions", {"category": "counter", "keep_last": sizes.keep},
                           {"Prefer": "wait=60"})
        until = time.monotonic() + 3600
        while report["status"] in ("queued", "running") and time.monotonic() < until:
            time.sleep(0.05)
            report = self.call("GET", f"/v1/compactions/{report['id']}")
        if report["status"] != "succeeded":
            raise Failed(f"the compaction {report['status']}: {report.get('reason')}")
        self.call("POST", "/v1/vacuum", {})
        return "the state's hash, of every stream: folded again from all events, from the snapshot " \
               "re-read from disk over the events kept, and of the live actor"


class FirnInPython(Firn):
    """For the smoke size: the same scenarios without Rust. Its figures say nothing about Firn."""

    title = "Firn, driven by Python"

    def driver_program(self):
        return [sys.executable, str(HERE / "python_driver.py")]


class FirnInProcess(Rival):
    """perf/compare/in_process: Firn as a library, beside libraries."""

    name = "firn-in-process"
    title = "Firn, in process"
    package = "this repository"
    in_process = True
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "startup"})
    snapshots = (True, False)
    durability = DURABILITY
    settings = "defaults only; a decider in C++"
    logs = Firn.logs
    KNOWN = {"clients", "batch", "seconds", "length", "samples", "snapshots", "lengths", "filler"}
    program = None

    def version(self):
        return "as Firn"

    def driver_program(self):
        if not self.program or not Path(self.program).exists():
            raise Absent("firn_in_process is not built")
        return [str(self.program)]

    def command(self, scenario, **options):
        # Those that write make a store each; those that read share one.
        own = scenario in ("append", "contended", "transfer")
        self.place = tempfile.mkdtemp(dir=self.directory) if own else self.directory / "data"
        return super().command(scenario, **{name: options[name] for name in self.KNOWN & options.keys()})

    def where(self):
        return ["--directory", str(self.place)]
