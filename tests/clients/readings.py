"""What a client has read of a feed, and whether it is what was written: everything once, in order,
nothing that a filter keeps out.

Thread: all functions from any."""
import json
import threading


class Reading:
    def __init__(self, path, wants, place="position", says_caught_up=True):
        self.path = path
        self._wants = wants
        self._place = place  # which member of an event is the id of its message
        self._says_caught_up = says_caught_up
        self._changed = threading.Condition()
        self._events = []
        self._caught_up = []  # how many events were read before
        self._connections = 0
        self._failure = None

    def connected(self):
        with self._changed:
            self._connections += 1
            self._changed.notify_all()

    def failed(self, reason):
        """The first reason stays: others follow from it."""
        with self._changed:
            self._failure = self._failure or reason
            self._changed.notify_all()

    def take(self, message_id, kind, data):
        """False for what cannot be right; the next wait or check() says it."""
        with self._changed:
            if self._failure is not None:
                return False
            value = json.loads(data)
            last = self._events[-1][self._place] if self._events else 0
            if kind == "caught-up":
                if int(message_id) < last or value != {self._place: int(message_id)}:
                    self._failure = f"caught up at {message_id} {data} after {last}"
                self._caught_up.append(len(self._events))
            elif kind != "message" or str(value[self._place]) != message_id:
                self._failure = f"a {kind} with the id {message_id}: {data}"
            elif value[self._place] <= last:
                self._failure = f"{message_id} came after {last}"
            else:
                self._events.append(value)
            self._changed.notify_all()
            return self._failure is None

    def wait_until_caught_up(self):
        self._wait_for(lambda: self._caught_up)

    def wait_until_reconnected(self, connections_before):
        self._wait_for(lambda: self._connections > connections_before)

    def wait_until_read(self, history):
        last = history.events(self._wants)[-1][self._place]
        self._wait_for(lambda: self._events and self._events[-1][self._place] >= last)

    @property
    def connections(self):
        with self._changed:
            return self._connections

    def check(self, history):
        expected = history.events(self._wants)
        with self._changed:
            assert self._failure is None, f"{self.path}: {self._failure}"
            read = [self._shown(event) for event in self._events]
            places = [event[self._place] for event in self._events]
            wanted = [event[self._place] for event in expected]
            assert places == wanted, \
                f"{self.path}: lost {sorted(set(wanted) - set(places))[:10]}, " \
                f"not asked for {sorted(set(places) - set(wanted))[:10]}"
            assert read == [self._shown(event) for event in expected], \
                f"{self.path}: an event is not what was appended"
            assert bool(self._caught_up) == self._says_caught_up, f"{self.path}: caught up?"

    def __str__(self):
        with self._changed:
            last = self._events[-1][self._place] if self._events else "nothing"
            return f"{self.path}: {len(self._events)} events up to {last}, " \
                   f"caught up after {self._caught_up}, {self._connections} connections"

    def _wait_for(self, condition):
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or condition())
            assert self._failure is None, f"{self.path}: {self._failure}"

    def _shown(self, event):
        # In the feed of one stream, events do not repeat whose they are.
        members = ["position", "version", "id", "type", "data"]
        if self._place == "position":
            members.append("stream")
        return {member: event[member] for member in members}


def feed_readings(**options):
    """The whole feed, and with each of its filters."""
    return [
        Reading("/v1/events", lambda event: True, **options),
        Reading("/v1/events?category=order&type=Placed&type=Paid",
                lambda event: event["stream"]["category"] == "order"
                and event["type"] in ("Placed", "Paid"), **options),
        Reading("/v1/events?id_prefix=ann-",
                lambda event: event["stream"]["id"].startswith("ann-"), **options),
    ]


def stream_reading():
    return Reading("/v1/streams/order/ann-1/events",
                   lambda event: event["stream"] == {"category": "order", "id": "ann-1"},
                   place="version")
