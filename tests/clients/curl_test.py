#!/usr/bin/env python3
"""curl reads the live feeds, through a kill and a stop of the server and its own end.

    curl_test.py FIRN"""
import signal
import subprocess
import sys
import threading

from follower import Follower, follow_through_interruptions
from interruptions import SECONDS_MAX, run_test
from readings import feed_readings, stream_reading

# curl's own words for: refused, ended too early, no answer, cannot receive.
DISCONNECTED = {7, 18, 52, 56}


class Curl(Follower):
    def __init__(self, firn, reading):
        super().__init__(firn, reading)
        self._lock = threading.Lock()
        self._curl = None

    def lines(self, last_id):
        command = ["curl", "--disable", "--noproxy", "*", "--silent", "--no-buffer", "--fail",
                   "--max-time", str(SECONDS_MAX)]
        for name, value in self.headers(last_id).items():
            command += ["--header", f"{name}: {value}"]
        command.append(f"http://127.0.0.1:{self._firn.port}{self._reading.path}")
        with self._lock:
            if self._closed.is_set():
                return
            curl = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True)
            self._curl = curl
        with curl:
            yield from curl.stdout
            code = curl.wait()
        # 0: a server that stops ends its feeds in good order.
        assert code in DISCONNECTED | {0, -signal.SIGKILL}, f"curl ended with {code}"

    def cut(self):
        with self._lock:
            if self._curl:
                self._curl.kill()


if __name__ == "__main__":
    READINGS = [*feed_readings(), stream_reading()]
    run_test(sys.argv[1], READINGS,
             lambda firn, history, interruptions:
             follow_through_interruptions(Curl, firn, interruptions, READINGS))
