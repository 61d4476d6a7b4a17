#!/usr/bin/env python3
"""Python's urllib reads the feed as pages of lines (NDJSON) that wait for events, from one `next`
to the next, through a kill and a stop of the server.

    pages_test.py FIRN"""
import http.client
import json
import re
import sys
import threading
import traceback
import urllib.request

from follower import JOIN_SECONDS_MAX
from interruptions import SECONDS_MAX, run_test
from readings import feed_readings


# Whatever proxy the surroundings name is not for 127.0.0.1.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class PageReader(threading.Thread):
    """Each page is a connection of its own. A server that stops answers the pages that wait, so
    only the kill takes an answer away."""

    def __init__(self, firn, reading):
        super().__init__(daemon=True)
        self._firn = firn
        self._reading = reading
        self.closed = threading.Event()
        paging = "limit=37&wait=1"
        self.next = reading.path + ("&" if "?" in reading.path else "?") + paging

    def run(self):
        try:
            while not self.closed.is_set():
                if not self._firn.ready.wait(1):
                    continue  # looks whether it is closed
                try:
                    lines, following = self.page(self.next)
                except (OSError, http.client.HTTPException) as failure:
                    # Nothing of a page that ended too early was used: it is asked for again.
                    assert getattr(failure, "code", 503) == 503, failure
                    continue
                self._reading.connected()
                for line in lines:
                    position = json.loads(line)["position"]
                    assert self._reading.take(str(position), "message", line)
                self.next = following
        except Exception:
            self._reading.failed(traceback.format_exc())

    def page(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self._firn.port}{path}",
                                         headers={"Accept": "application/x-ndjson"})
        with OPENER.open(request, timeout=SECONDS_MAX) as response:
            assert response.headers["Content-Type"] == "application/x-ndjson", response.headers
            following = re.fullmatch('<(.*)>; rel="next"', response.headers["Link"])
            return response.read().decode().splitlines(), following[1]


def test(firn, history, interruptions):
    readers = [PageReader(firn, reading) for reading in READINGS]
    try:
        for reader, reading in zip(readers, READINGS):
            reader.start()
            reading.wait_until_read(history)
        interruptions.kill_server()
        interruptions.stop_server()
        interruptions.end()
    finally:
        for reader in readers:
            reader.closed.set()
        for reader in readers:
            reader.join(JOIN_SECONDS_MAX)
    for reader, reading in zip(readers, READINGS):
        reading.check(history)
        end = reader.next.replace("wait=1", "wait=0")
        lines, following = reader.page(end)
        assert lines == [], f"past the end, {end} gave {lines}"
        assert following.partition("&")[0] == end.partition("&")[0], (following, end)


if __name__ == "__main__":
    READINGS = feed_readings(says_caught_up=False)
    run_test(sys.argv[1], READINGS, test)
