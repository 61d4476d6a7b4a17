"""UmaDB: the server from its Python package, asked by its Rust client."""

import signal

from ..processes import Server, free_port
from .base import Absent, Rival, run


class UmaDb(Rival):
    name = "umadb"
    title = "UmaDB"
    package = "PyPI umadb (server), crate umadb-client"
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "disk", "startup"})
    durability = "its only mode: the writer thread syncs the file before it answers"
    settings = ("defaults; a tag a stream, the append condition is the tag after the last known position; "
                "gRPC, a channel a client")

    def program(self):
        return self.build / "python" / "bin" / "umadb"

    def check(self):
        super().check()
        if not self.program().exists():
            raise Absent(self.reason() or "the Python package is not there")

    def version(self):
        return run([str(self.program()), "--version"]).strip()

    def start(self, directory):
        super().start(directory)
        self.port = free_port()
        data = self.directory / "data"
        data.mkdir(exist_ok=True)
        self.server = Server([str(self.program()), "--listen", f"127.0.0.1:{self.port}", "--db-path", str(data)],
                             self.directory / "log")
        self.server.wait_for_port(self.port)

    def stop(self):
        if self.server:
            self.server.stop(signal.SIGINT)
            self.server = None

    def where(self):
        return ["--url", f"http://127.0.0.1:{self.port}"]
