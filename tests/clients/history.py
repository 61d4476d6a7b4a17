"""Appends random events, and remembers what the server acknowledged: what every reader must have
seen in the end. An append that got no answer is sent again with the same ids, as clients do.

Thread: write() from one thread at a time, the rest from any."""
import http.client
import random
import threading
import uuid

CATEGORIES = ["order", "invoice"]
IDS = ["ann-1", "ann-2", "bob-1"]
TYPES = ["Placed", "Paid", "Shipped"]
EVENTS_PER_APPEND_MAX = 8


class History:
    def __init__(self, firn, seed):
        self._firn = firn
        self._random = random.Random(seed)
        self._changed = threading.Condition()
        self._events = {}  # by position
        self._made = 0

    def write(self, appends):
        for _ in range(appends):
            types = self._random.choices(TYPES, k=self._random.randint(1, EVENTS_PER_APPEND_MAX))
            self._append(self._random.choice(CATEGORIES), self._random.choice(IDS), types)

    def write_last(self):
        """An event that passes every filter of readings.py: who has it has all before it."""
        self._append("order", "ann-1", ["Placed"])

    def wait_for_more(self, events):
        with self._changed:
            least = len(self._events) + events
            self._changed.wait_for(lambda: len(self._events) >= least)

    def events(self, wants):
        with self._changed:
            assert sorted(self._events) == list(range(1, len(self._events) + 1)), \
                "what was acknowledged has gaps"
            return [event for _, event in sorted(self._events.items()) if wants(event)]

    def _append(self, category, stream_id, types):
        events = []
        for event_type in types:
            self._made += 1
            events.append({"id": str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
                           "type": event_type, "data": {"number": self._made}})
        answer = self._post(f"/v1/streams/{category}/{stream_id}/events", {"events": events})
        assert answer["ids"] == [event["id"] for event in events], answer
        with self._changed:
            for behind, event in enumerate(reversed(events)):
                position = answer["position"] - behind
                assert position not in self._events, f"position {position} was given twice"
                self._events[position] = {
                    "position": position, "version": answer["version"] - behind,
                    "stream": answer["stream"], "id": event["id"], "type": event["type"],
                    "data": event["data"]}
            self._changed.notify_all()

    def _post(self, path, body):
        while True:
            self._firn.ready.wait()
            try:
                status, answer = self._firn.post(path, body)
            except (OSError, http.client.HTTPException):
                continue  # nobody knows whether it was appended
            if status in (200, 201):
                return answer
            assert status == 503, (status, answer)
