#!/usr/bin/env python3
"""Drives the Python library eventsourcing on SQLite: loading a fixture, and states from it.

Only scenario 5 and what it needs: the library is here for its snapshots, and Python is not measured
against servers.
"""

import os
import time
import uuid

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from compare import driver
from compare.events import State, amounts, fixture, length_id, state_of

NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
EVERY = 100  # events between two snapshots, as Firn's default


class Counter(Aggregate):
    @event("Registered")
    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.total = 0

    @staticmethod
    def create_id(name: str) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, name)

    @event("Added")
    def add(self, number: int, amount: int, total: int, note: str) -> None:
        assert (number, total) == (self.count + 1, self.total + amount)
        self.count = number
        self.total = total


class Counters(Application[uuid.UUID]):
    """Without snapshots: those that are there are not used."""


class CountersWithSnapshots(Counters):
    is_snapshotting_enabled = True
    snapshotting_intervals = {Counter: EVERY}


def application(asked, snapshots):
    os.environ["PERSISTENCE_MODULE"] = "eventsourcing.sqlite"
    os.environ["SQLITE_DBNAME"] = os.path.join(asked.directory, "events.db")
    return CountersWithSnapshots() if snapshots else Counters()


def bring_in(asked):
    app = application(asked, True)
    began, events = time.perf_counter(), 0
    for stream, length in fixture(asked.lengths, asked.filler):
        random, state = amounts(stream, asked.seed), State()
        one = Counter(stream)
        for _ in range(length):
            event = state.decide(random.amount())
            state.apply(event["amount"])
            one.add(**event)
            # Saved in pieces: a snapshot is taken where a save crosses the interval.
            if state.count % EVERY == 0:
                app.save(one)
        app.save(one)
        events += length
    seconds = time.perf_counter() - began
    driver.report("eventsourcing", asked, events=events, seconds=seconds, per_second=events / seconds,
                  checked="nothing here; the states are")


def state(asked):
    app = application(asked, asked.snapshots)
    key = Counter.create_id(length_id(asked.length))

    def ask():
        found = app.repository.get(key)
        return State(found.count, found.total)

    driver.repeated_state("eventsourcing", asked, ask, state_of(length_id(asked.length), asked.length, asked.seed))


if __name__ == "__main__":
    asked = driver.options()
    {"load": bring_in, "state": state}[asked.scenario](asked)
