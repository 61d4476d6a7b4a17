"""A thread that follows one feed: connects, reads messages, and after each disconnection connects
again with the id of the last message.

Thread: start(), cut() and close() from the main thread."""
import threading
import traceback

from event_stream import messages

# A thread that is not done by then goes with the process.
JOIN_SECONDS_MAX = 5


class Follower(threading.Thread):
    def __init__(self, firn, reading):
        super().__init__(daemon=True)
        self._firn = firn
        self._reading = reading
        self._last_id = None
        self._closed = threading.Event()

    def lines(self, last_id):
        """The lines of one connection. What ends it: its end, or one of `disconnects`."""
        raise NotImplementedError

    def cut(self):
        """Ends the connection there is from this side."""
        raise NotImplementedError

    disconnects = ()

    def headers(self, last_id):
        headers = {"Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        return headers

    def close(self):
        self._closed.set()
        self.cut()
        self.join(JOIN_SECONDS_MAX)

    def run(self):
        try:
            while not self._closed.is_set():
                if not self._firn.ready.wait(1):
                    continue  # looks whether it is closed
                self._follow()
        except Exception:
            self._reading.failed(traceback.format_exc())

    def _follow(self):
        connected = False
        try:
            for message in messages(self.lines(self._last_id)):
                if not connected:
                    self._reading.connected()
                    connected = True
                self._last_id = message.id
                assert self._reading.take(*message)
        except self.disconnects:
            pass


def follow_through_interruptions(make, firn, interruptions, readings):
    """The server is killed, the server is stopped, the client lets go."""
    followers = [make(firn, reading) for reading in readings]
    try:
        for follower in followers:
            follower.start()
        for reading in readings:
            reading.wait_until_caught_up()
        interruptions.kill_server()
        interruptions.stop_server()
        interruptions.during_appends(
            "the clients let go", lambda: [follower.cut() for follower in followers])
        interruptions.end()
    finally:
        for follower in followers:
            follower.close()
