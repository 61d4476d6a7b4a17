#!/usr/bin/env python3
"""The chain hash computed without Firn, for the fixed vectors in chain_hash_test.cpp."""
import hashlib


def frame(part):
    return len(part).to_bytes(8, "little") + part


def number(value):
    return (value % 2**64).to_bytes(8, "little")


def chain(category, stream_id, events):
    """Yields the hash at version 0, 1, …; an event is (id, type, microseconds, data, metadata)."""
    h = hashlib.sha256(frame(category) + frame(stream_id)).digest()
    yield h
    for version, (event_id, kind, recorded_at, data, metadata) in enumerate(events, 1):
        parts = (number(version), event_id, kind, number(recorded_at), data, metadata)
        h = hashlib.sha256(h + b"".join(map(frame, parts))).digest()
        yield h


if __name__ == "__main__":
    for h in chain(
        b"order",
        "caf\u00e9/1".encode(),
        [
            (bytes(range(16)), b"Opened", 1_700_000_000_123_456, b'{"n":1}', b"{}"),
            (bytes(16), b"Closed", -1, b"", b'{"by":"x"}'),
        ],
    ):
        print(h.hex())
