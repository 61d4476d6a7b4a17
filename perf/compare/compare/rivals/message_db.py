"""message-db on PostgreSQL."""

from . import postgres
from .base import Absent, run

DATABASE = "message_store"


class MessageDb(postgres.OnPostgres):
    name = "message-db"
    title = "message-db"
    package = "npm @eventide/message-db, Debian postgresql"
    scenarios = frozenset({"append", "append_batch", "contended", "transfer", "state", "read", "disk", "startup"})
    settings = ("write_message and get_stream_messages as prepared statements, a connection and a category a "
                "client (it locks a category while it writes), a batch in one statement; " + postgres.described())
    database = DATABASE
    compaction = "DELETE of all but the last events of each stream, then VACUUM FULL"

    def check(self):
        super().check()
        if not self.installer().exists():
            raise Absent(self.reason() or "the npm package is not there")

    def installer(self):
        return self.build / "node_modules" / "@eventide" / "message-db" / "database" / "install.sh"

    def version(self):
        told = run([str(postgres.programs() / "postgres"), "--version"]).strip()
        return f"{(self.installer().parent / 'VERSION.txt').read_text().strip()}, {told}"

    def start(self, directory):
        super().start(directory)
        if DATABASE not in self.cluster.sql("SELECT datname FROM pg_database").split():
            run(["bash", str(self.installer())], env=self.cluster.environment())

    def where(self):
        return ["--url", f"host=127.0.0.1 port={self.cluster.port} user=postgres dbname={DATABASE}"]

    def compact(self, sizes):
        self.cluster.sql(
            "DELETE FROM message_store.messages m USING (SELECT stream_name, max(position) AS head FROM "
            "message_store.messages GROUP BY stream_name) s WHERE m.stream_name = s.stream_name "
            f"AND m.position <= s.head - {sizes.keep}", DATABASE)
        self.cluster.sql("VACUUM FULL message_store.messages", DATABASE)
        self.settle()
        return "nothing; the states are lost with the events"
