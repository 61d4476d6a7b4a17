#!/usr/bin/env python3
"""Python's http.client reads the live feeds line by line, through a kill and a stop of the server
and its own end.

    http_client_test.py FIRN"""
import http.client
import socket
import sys

from follower import Follower, follow_through_interruptions
from interruptions import SECONDS_MAX, run_test
from readings import feed_readings, stream_reading


class HttpClient(Follower):
    disconnects = (OSError, http.client.HTTPException)

    def __init__(self, firn, reading):
        super().__init__(firn, reading)
        self._socket = None

    def lines(self, last_id):
        connection = http.client.HTTPConnection("127.0.0.1", self._firn.port, timeout=SECONDS_MAX)
        connection.connect()
        self._socket = connection.sock
        try:
            connection.request("GET", self._reading.path, headers=self.headers(last_id))
            response = connection.getresponse()
            if response.status == 503:
                return  # it is about to stop
            assert response.status == 200, (response.status, response.read())
            assert response.headers["Content-Type"] == "text/event-stream", response.headers
            while line := response.readline():
                yield line.decode()
        finally:
            connection.close()

    def cut(self):
        try:
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is closed already


if __name__ == "__main__":
    READINGS = [*feed_readings(), stream_reading()]
    run_test(sys.argv[1], READINGS,
             lambda firn, history, interruptions:
             follow_through_interruptions(HttpClient, firn, interruptions, READINGS))
