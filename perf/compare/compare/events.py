"""The events of drivers/src/event.rs and the fixture of drivers/src/fixture.rs, for drivers in Python."""

import json

EVENT_BYTES = 230
SEED = 20_261_126
MASK = (1 << 64) - 1
NOTE = "Qx7 lantern moss harbour 4f81 violet 93 tundra kelp 0c5 ember fjord 77a1 slate quill " * 3


class Random:
    """splitmix64"""

    def __init__(self, state):
        self.state = state & MASK

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % bound

    def amount(self):
        return 1 + self.below(100)


class State:
    def __init__(self, count=0, total=0):
        self.count, self.total = count, total

    def __eq__(self, other):
        return (self.count, self.total) == (other.count, other.total)

    def __repr__(self):
        return f"{self.count} events, a total of {self.total}"

    def apply(self, amount):
        self.count += 1
        self.total += amount

    def see(self, event):
        """Applies it, and fails if it does not follow."""
        self.apply(event["amount"])
        if (event["number"], event["total"]) != (self.count, self.total):
            raise ValueError(f"event {event['number']} does not follow: {self!r}")

    def decide(self, amount):
        event = {"number": self.count + 1, "amount": amount, "total": self.total + amount, "note": ""}
        around = len(json.dumps(event, separators=(",", ":")))
        event["note"] = NOTE[: EVENT_BYTES - around]
        return event


def length_id(length):
    return f"length-{length}"


def amounts(stream_id, seed):
    state = seed
    for byte in stream_id.encode():
        state = (state * 31 + byte) & MASK
    return Random(state)


def state_of(stream_id, length, seed=SEED):
    random, state = amounts(stream_id, seed), State()
    for _ in range(length):
        state.apply(random.amount())
    return state


def fixture(lengths, filler):
    """Every stream's id and length, the long ones first."""
    found = [(length_id(length), length) for length in sorted(lengths, reverse=True)]
    return found + [(f"filler-{number}", 1000) for number in range(filler // 1000)]
