"""emmett, a library for Node.js, on PostgreSQL."""

import json
import shutil

from . import postgres
from .base import HERE, Absent


class Emmett(postgres.OnPostgres):
    name = "emmett"
    title = "emmett, PostgreSQL"
    package = "npm @event-driven-io/emmett-postgresql, Debian postgresql"
    scenarios = frozenset({"append", "append_batch", "contended", "state", "read"})
    slow = True  # it takes in some thousand events a second
    settings = ("getPostgreSQLEventStore in one Node.js process, a pool with a connection a client; appendToStream, "
                "aggregateStream and readStream, everything by readMessagesBatch; " + postgres.described())

    def modules(self):
        return self.build / "emmett" / "node_modules"

    def driver_program(self):
        if not (self.modules() / "@event-driven-io").exists():
            raise Absent(self.reason() or "the npm package is not there")
        if not shutil.which("node"):
            raise Absent("node is not installed")
        return ["env", f"NODE_MODULES={self.modules()}", "node", str(HERE / "emmett_driver.mjs")]

    def version(self):
        return json.loads((self.modules() / "@event-driven-io/emmett-postgresql/package.json").read_text())["version"]
