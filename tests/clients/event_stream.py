"""Reads text/event-stream as the HTML standard says, line by line. What is unfinished when the
connection ends is no message."""
from typing import NamedTuple


class Message(NamedTuple):
    id: str
    event: str
    data: str


def messages(lines):
    last_id, event, data = "", "", []
    for line in lines:
        line = line.rstrip("\n")
        if line == "":
            if data:
                yield Message(last_id, event or "message", "\n".join(data))
            event, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        else:
            # "" is a comment: the heartbeat.
            assert name == "" or (name == "retry" and value.isdigit()), f"what is {line!r}?"
