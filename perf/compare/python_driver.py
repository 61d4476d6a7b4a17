#!/usr/bin/env python3
"""Drives Firn through every scenario with Python's standard library alone, for the smoke size.

The figures of the page come from drivers/: this one is too slow to say anything about Firn.
"""

import http.client
import json
import threading
import time

from compare import driver
from compare.events import Random, State, amounts, fixture, length_id, state_of

STREAMS_A_CLIENT = 8


class Firn:
    def __init__(self, url):
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def call(self, method, path, body=None, expected=(200, 201), headers=None):
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        self.connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in expected:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300].decode()}")
        return answer, text

    def append(self, category, stream, version, events):
        condition = {"If-Match": f'"{version}"'} if version else {"If-None-Match": "*"}
        body = {"events": [{"type": "Added", "data": event} for event in events]}
        answer, _ = self.call("POST", f"/v1/streams/{category}/{stream}/events", body, (201,), condition)
        assert answer.headers["ETag"] == f'"{version + len(events)}"', answer.headers["ETag"]

    def fold(self, category, stream):
        state = State()
        while True:
            answer, text = self.call("GET", f"/v1/streams/{category}/{stream}/events?from={state.count + 1}&limit=10000",
                                     headers={"Accept": "application/x-ndjson"})
            for line in text.splitlines():
                state.see(json.loads(line)["data"])
            if "Link" not in answer.headers:
                return state

    def state(self, stream):
        found = json.loads(self.call("GET", f"/v1/streams/counter/{stream}/state")[1])["state"]
        return State(found["count"], found["total"])


def load(asked, work):
    """Scenarios 1 to 4: a thread a client."""
    done, lock = [], threading.Lock()
    until = time.perf_counter() + asked.seconds

    def client(number):
        firn, random = Firn(asked.url), Random(asked.seed ^ (number << 32))
        streams = [(f"load{number}", f"{asked.scenario}{asked.seed}x{asked.batch}x{i}", State())
                   for i in range(STREAMS_A_CLIENT)]
        taken, amounts = [], 0
        while time.perf_counter() < until:
            before = time.perf_counter()
            amounts += work(firn, streams, random)
            taken.append(time.perf_counter() - before)
        with lock:
            done.append((taken, amounts, streams))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(asked.clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if len(done) != asked.clients:
        raise SystemExit("a client failed")
    return done, [one for taken, _, _ in done for one in taken], seconds


def append(asked):
    def work(firn, streams, random):
        category, stream, state = streams[random.below(len(streams))]
        before, events = state.count, []
        for _ in range(asked.batch):
            events.append(state.decide(random.amount()))
            state.apply(events[-1]["amount"])
        firn.append(category, stream, before, events)
        return 0

    done, taken, seconds = load(asked, work)
    told(asked, len(taken) * asked.batch, len(taken), taken, seconds, check_streams(asked, done))


def transfer(asked):
    def work(firn, streams, random):
        first = random.below(len(streams))
        legs = [streams[first], streams[(first + 1) % len(streams)]]
        amount = random.amount()
        firn.call("POST", "/v1/transactions", {"appends": [
            {"stream": {"category": category, "id": stream}, "expected_version": state.count,
             "events": [{"type": "Added", "data": state.decide(amount)}]} for category, stream, state in legs]})
        for _, _, state in legs:
            state.apply(amount)
        return 0

    done, taken, seconds = load(asked, work)
    told(asked, 2 * len(taken), len(taken), taken, seconds, check_streams(asked, done))


def contended(asked):
    stream = f"contended{asked.seed}"

    def work(firn, _, random):
        amount = random.amount()
        firn.call("POST", f"/v1/streams/counter/{stream}/commands",
                  {"type": "Add", "data": {"amount": amount, "note": "smoke"}})
        return amount

    done, taken, seconds = load(asked, work)
    found, should = Firn(asked.url).fold("counter", stream), State(len(taken), sum(one[1] for one in done))
    if found != should:
        raise SystemExit(f"the stream holds {found!r}, should hold {should!r}")
    told(asked, len(taken), len(taken), taken, seconds, "every event, each decided on the one before")


def check_streams(asked, done):
    firn, count = Firn(asked.url), 0
    for _, _, streams in done:
        for category, stream, state in streams:
            if state.count and firn.fold(category, stream) != state:
                raise SystemExit(f"{category}/{stream} does not hold {state!r}")
            count += state.count
    return f"{count} events read back in order"


def told(asked, events, requests, taken, seconds, checked):
    counted = events if asked.scenario == "append" else requests
    driver.report("firn", asked, clients=asked.clients, batch=asked.batch, events=events, requests=requests,
                  attempts=requests, seconds=round(seconds, 6), per_second=round(counted / seconds, 2),
                  checked=checked, **driver.quantiles(taken))


def bring_in(asked):
    lines = []
    for stream, length in fixture(asked.lengths, asked.filler):
        random, state = amounts(stream, asked.seed), State()
        for _ in range(length):
            event = state.decide(random.amount())
            state.apply(event["amount"])
            lines.append(json.dumps({"type": "Added", "data": event, "version": state.count,
                                     "stream": {"category": "counter", "id": stream}}))
    began = time.perf_counter()
    _, text = Firn(asked.url).call("POST", "/v1/import", "\n".join(lines), headers={"Content-Type": "application/x-ndjson"})
    seconds = time.perf_counter() - began
    if not text.splitlines()[-1].startswith(b'{"done":true'):
        raise SystemExit(text[-300:].decode())
    driver.report("firn", asked, events=len(lines), seconds=seconds, per_second=len(lines) / seconds,
                  checked="the import's own count")


def state(asked):
    stream, firn = length_id(asked.length), Firn(asked.url)
    driver.repeated_state("firn", asked, lambda: firn.state(stream), state_of(stream, asked.length, asked.seed))


def read_stream(asked):
    began = time.perf_counter()
    found = Firn(asked.url).fold("counter", length_id(asked.length))
    seconds = time.perf_counter() - began
    if found != state_of(length_id(asked.length), asked.length, asked.seed):
        raise SystemExit(f"the stream holds {found!r}")
    driver.report("firn", asked, length=asked.length, events=found.count, seconds=seconds,
                  per_second=found.count / seconds, checked="number and running total of every event")


def read_all(asked):
    began = time.perf_counter()
    _, text = Firn(asked.url).call("GET", "/v1/export")
    found, last = State(), 0
    for line in text.splitlines():
        event = json.loads(line)
        if event["position"] <= last:
            raise SystemExit("positions are not in order")
        last = event["position"]
        found.apply(event["data"]["amount"])
    seconds = time.perf_counter() - began
    should = State()
    for stream, length in fixture(asked.lengths, asked.filler):
        one = state_of(stream, length, asked.seed)
        should.count, should.total = should.count + one.count, should.total + one.total
    if found != should:
        raise SystemExit(f"everything adds up to {found!r}, should be {should!r}")
    driver.report("firn", asked, events=found.count, seconds=seconds, per_second=found.count / seconds,
                  checked="number and sum of all events, positions in order")


SCENARIOS = {"append": append, "contended": contended, "transfer": transfer, "load": bring_in, "state": state,
             "read_stream": read_stream, "read_all": read_all}

if __name__ == "__main__":
    asked = driver.options()
    SCENARIOS[asked.scenario](asked)
