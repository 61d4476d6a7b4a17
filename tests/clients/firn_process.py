"""The real program as a child process on 127.0.0.1: started, killed or stopped, and started again
with the same data on the same port.

Thread: start(), kill() and stop() from the main thread, since the server ends with the thread that
started it. `ready` from any."""
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time


class FirnProcess:
    def __init__(self, program, data, settings=()):
        self._program = program
        self._data = data
        self._settings = settings
        self._process = None
        self._said = ""  # its first line
        self.port = 0
        # Cleared before the server goes: who lost it waits here instead of knocking.
        self.ready = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        until = time.monotonic() + 10
        while not self._begin():
            # A connection of another program may have the port of the first start for a while.
            if self.port == 0 or time.monotonic() > until:
                raise AssertionError(f"firn serve did not start; it said {self._said!r}")
            time.sleep(0.1)
        self.ready.set()

    def _begin(self):
        arguments = ["--data", self._data, "--listen", f"127.0.0.1:{self.port}",
                     "--log-level", "error"]
        for setting in self._settings:
            arguments += ["--set", setting]
        own = {name: value for name, value in os.environ.items() if not name.startswith("FIRN_")}
        # If this test is killed, its server goes with it.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", self._program, "serve", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=own)
        self._said = self._process.stdout.readline().decode()
        address = re.search(r"http://127\.0\.0\.1:(\d+)", self._said)
        if not address:
            self._end(signal.SIGKILL)
            return False
        self.port = int(address[1])
        return True

    def kill(self):
        self._end(signal.SIGKILL)

    def stop(self):
        code = self._end(signal.SIGTERM)
        assert code == 0, f"firn serve ended with {code} when it was told to stop"

    def _end(self, how):
        self.ready.clear()
        if self._process is None:
            return None
        self._process.send_signal(how)
        code = self._process.wait()
        self._process.stdout.close()
        self._process = None
        return code

    def post(self, path, body):
        """The status and the answer's JSON; OSError or HTTPException if there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", path, json.dumps(body),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()
