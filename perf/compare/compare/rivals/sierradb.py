"""SierraDB, a server that speaks Redis's protocol."""

from ..processes import Server, free_port
from .base import Absent, Rival, run


class SierraDb(Rival):
    name = "sierradb"
    title = "SierraDB"
    package = "crates sierradb-server, sierradb-client"
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "disk", "startup"})
    durability = "its only mode: an append is answered once its segment was synced, at most 5 ms later"
    settings = ("defaults (32 partitions in 4 buckets, a sync after 50 events, 4 KiB or 5 ms), cluster off; a category a "
                "partition, a connection a client; no order over partitions: everything is read one by one")

    def program(self):
        return self.build / "sierradb" / "bin" / "sierradb"

    def check(self):
        super().check()
        if not self.program().exists():
            raise Absent(self.reason() or "the server is not built")

    def version(self):
        return run([str(self.program()), "--version"]).strip()

    def start(self, directory):
        super().start(directory)
        self.port = free_port()
        (self.directory / "sierra.toml").write_text("[network]\ncluster_enabled = false\n")
        self.server = Server([str(self.program()), "--dir", str(self.directory / "data"), "--client-address",
                              f"127.0.0.1:{self.port}", "--config", str(self.directory / "sierra.toml")],
                             self.directory / "log")
        self.server.wait_for_port(self.port)

    def where(self):
        return ["--url", f"redis://127.0.0.1:{self.port}/?protocol=resp3"]
