"""NATS JetStream."""

from ..processes import Server, free_port
from .base import Absent, Rival, run


class Nats(Rival):
    name = "nats"
    title = "NATS JetStream"
    package = "Go module github.com/nats-io/nats-server/v2, crates async-nats and jetstream-extra"
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "disk", "startup"})
    durability = "sync_interval: always: a sync at every write; one replica, file storage"
    settings = ("a subject a stream, all in one JetStream stream; expected last subject sequence; several events "
                "as an atomic batch; short streams by direct get, long ones by an ordered consumer")
    compaction = "purge of each subject, keeping its last messages"

    def program(self):
        return self.build / "go" / "nats-server"

    def check(self):
        super().check()
        if not self.program().exists():
            raise Absent(self.reason() or "the server is not built")

    def version(self):
        return run([str(self.program()), "--version"]).strip()

    def start(self, directory):
        super().start(directory)
        self.port = free_port()
        configuration = self.directory / "nats.conf"
        configuration.write_text(
            f'listen: "127.0.0.1:{self.port}"\n'
            f'jetstream {{ store_dir: "{self.directory / "data"}", sync_interval: always }}\n')
        self.server = Server([str(self.program()), "-c", str(configuration)], self.directory / "log")
        self.server.wait_for_port(self.port)

    def where(self):
        return ["--url", f"nats://127.0.0.1:{self.port}"]

    def compact(self, sizes):
        self.drive("thin", lengths=sizes.lengths, keep=sizes.keep)
        return "nothing; the states are lost with the messages"
