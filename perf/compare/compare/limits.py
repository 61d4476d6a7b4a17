"""What the machine can do at most: what its disk takes, and nginx's fixed answers to the same requests.

The disk: perf/limits.cpp, a file that grows or was made beforehand, written and synced by so many events.
nginx: the driver that asks Firn asks it, too; it stores nothing, reads nothing, and answers at once.
"""

import json
import shutil
import subprocess
from pathlib import Path

from . import events
from .processes import Server, free_port
from .rivals import Firn
from .rivals.base import Absent, Failed, say

FILE_PREFIX = "file,"


def disk(program, size, directory):
    """Points of the disk, by events that are written at once."""
    if not program.exists():
        raise Absent("perf/limits is not built")
    in_flight = {clients * batch for clients_of, batch in (
        (size.clients, 1), (size.batch_clients, size.batch), ([size.contended_clients], 1), (size.transfer_clients, 2))
        for clients in clients_of}
    out = directory / "limits.json"
    done = subprocess.run([str(program), "--file", "--groups", ",".join(map(str, sorted(in_flight))),
                           "--rounds", str(size.rounds), "--seconds", "0.5", "--data", str(directory), "--json", str(out)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"limits: {done.stderr.strip()[-300:]}")
    best = {}
    for result in json.loads(out.read_text())["results"]:
        if result["what"].startswith(FILE_PREFIX):
            best[result["group"]] = max(best.get(result["group"], 0), result["median"])
    for group, rate in best.items():
        say(f"  {'the disk':20} {group:6} events at once {rate:12,.0f} events/s")
        yield {"number": 0, "scenario": "disk", "rival": "disk", "in_flight": group, "per_second": rate}


class Nginx(Firn):
    """Speaks as Firn does, as far as these scenarios go."""

    name = "nginx"
    title = "nginx, fixed answers"
    package = "Debian nginx-light"
    driver = "firn"

    @staticmethod
    def binary():
        return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

    def check(self):
        if not self.binary():
            raise Absent("nginx is not installed (Debian package nginx-light)")
        self.driver_program()

    def version(self):
        return subprocess.run([self.binary(), "-v"], capture_output=True, text=True).stderr.strip()

    def start(self, directory):
        self.directory = Path(directory)
        (self.directory / "html").mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        (self.directory / "nginx.conf").write_text(self.config())
        self.server = Server([self.binary(), "-c", str(self.directory / "nginx.conf"), "-e", str(self.directory / "error"),
                              "-g", "daemon off;"], self.directory / "log")
        self.server.wait_for_port(self.port)

    def config(self):
        temporary = "".join(f"  {kind}_temp_path {self.directory}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        states = "".join(f"    location = /v1/streams/counter/{events.length_id(length)}/state "
                         f"{{ return 200 '{self.state(length)}'; }}\n" for length in self.lengths)
        return f"""worker_processes auto; pid {self.directory}/pid; error_log {self.directory}/error crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; keepalive_requests 100000000; default_type application/json;
{temporary}  server {{
    listen 127.0.0.1:{self.port};
    root {self.directory}/html;
{states}    location ~ ^/v1/streams/load {{ return 201 '{{"version":1}}'; }}
  }}
}}
"""

    lengths = ()

    @staticmethod
    def state(length):
        found = events.state_of(events.length_id(length), length)
        return json.dumps({"state": {"count": found.count, "total": found.total}, "version": length})

    def keep_stream(self, length):
        """A stream as a file of lines."""
        stream, state = events.length_id(length), events.State()
        random = events.amounts(stream, events.SEED)
        place = self.directory / "html" / "v1/streams/counter" / stream
        place.mkdir(parents=True, exist_ok=True)
        with open(place / "events", "w") as lines:
            for position in range(1, length + 1):
                event = state.decide(random.amount())
                state.see(event)
                lines.write(json.dumps({"version": position, "position": position, "type": "Added", "data": event},
                                       separators=(",", ":")) + "\n")


def answers(rival, size, directory):
    """Points of nginx, by clients, and of what one reader gets."""
    rival.lengths = size.lengths[:1]
    rival.directory = Path(directory)
    rival.keep_stream(size.read_length)
    rival.start(directory)
    try:
        for clients in size.clients:
            yield {**rival.drive("ask", clients=clients, seconds=min(size.seconds, 2.0)), "number": 0}
        yield {**rival.drive("state", length=size.lengths[0], samples=size.samples), "number": 0}
        for _ in range(size.rounds):
            yield {**rival.drive("read_stream", length=size.read_length), "number": 0}
    finally:
        rival.stop()
        shutil.rmtree(directory, ignore_errors=True)


def measured(size, in_process, build, directory, absent):
    """Point after point; what cannot be had joins `absent`."""
    say("what the machine can do")
    rival = Nginx(build)
    for title, package, points_of in (
            ("what the disk takes", "this repository", lambda: disk(Path(in_process).parent / "limits", size, directory)),
            (Nginx.title, Nginx.package, lambda: rival.check() or answers(rival, size, directory / "nginx"))):
        try:
            for point in points_of():
                yield {**point, "rival": "nginx" if point["rival"] == "firn" else point["rival"]}
        except (Absent, Failed, RuntimeError, OSError) as reason:
            say(f"  {title}: absent: {reason}")
            absent.append({"rival": title, "title": title, "package": package, "reason": str(reason)})
