"""What is measured, in which order. Each function gives points: flat objects with the rival's name,
what was asked, what came out, and what was checked.
"""

import itertools
import json
import shutil
import subprocess
import time

from . import processes
from .flushes import Count, can_count
from .rivals.base import Absent, Failed, say

ALL = {
    1: "durable append, one event a request",
    2: "durable append, a batch a request",
    3: "one contended stream",
    4: "transfers between two streams",
    5: "the state of a stream",
    6: "reading a stream, and everything",
    7: "disk, and compaction",
    8: "start-up and memory",
}

# A rival's word for each scenario.
NEEDS = {1: "append", 2: "append_batch", 3: "contended", 4: "transfer", 5: "state", 6: "read", 7: "disk", 8: "startup"}

# The short run that counts flushes slows the store down; only the count is taken from it.
COUNTING_SECONDS = 1.0
COUNTING_CLIENTS = 16

_seeds = itertools.count(20_261_126)


def measured(rival, scenario, **options):
    """Drives once, and adds what the store used meanwhile: a server's tree, or the driver itself."""
    own = processes.OwnUse()
    root = rival.root
    before = (processes.cpu_seconds(root), processes.bytes_written(root)) if root else None
    point = rival.drive(scenario, **options)
    cpu, written = own.so_far()
    if root:
        point["server_cpu_seconds"] = round(processes.cpu_seconds(root) - before[0], 3)
        written = processes.bytes_written(root) - before[1]
    point["cpu_seconds"] = round(point.get("server_cpu_seconds", 0) + point.get("client_cpu_seconds", 0), 3)
    if rival.in_process:
        point["cpu_seconds"] = round(cpu, 3)
    point["bytes_written"] = written
    return point


class Failures:
    """A rival that fails a point loses that point, with the reason, and no other."""

    def __init__(self):
        self.found = []

    def note(self, rival, number, error):
        say(f"  {rival.name}: {error}")
        self.found.append({"rival": rival.name, "scenario": number, "reason": str(error)})


class started:
    """A rival with a directory of its own, gone afterwards unless it is kept."""

    def __init__(self, rival, directory, keep=False):
        self.rival, self.directory, self.keep = rival, directory, keep

    def __enter__(self):
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)
        try:
            self.rival.start(self.directory)
        except BaseException:
            self.rival.stop()
            raise
        return self.rival

    def __exit__(self, *_):
        self.rival.stop()
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)


def load(number, rivals, sizes, directory, failures, turn):
    """Scenarios 1 to 4. Rivals take turns, each round begins with another one."""
    scenario, clients, batch = {
        1: ("append", sizes.clients, 1),
        2: ("append", sizes.batch_clients, sizes.batch),
        3: ("contended", [sizes.contended_clients], 1),
        4: ("transfer", sizes.transfer_clients, 1),
    }[number]
    taking_part = [rival for rival in rivals if NEEDS[number] in rival.scenarios]
    shift = turn % len(taking_part) if taking_part else 0
    for rival in taking_part[shift:] + taking_part[:shift]:
        try:
            with started(rival, directory / rival.name):
                for count in clients:
                    try:
                        point = measured(rival, scenario, clients=count, batch=batch, seconds=sizes.seconds,
                                         seed=next(_seeds))
                    except Failed as error:
                        failures.note(rival, number, f"{count} clients: {error}")
                        continue
                    say(f"  {rival.name:20} {count:4} clients  {point['per_second']:12,.0f}/s")
                    yield {**point, "number": number, "rival": rival.name, "round": turn}
        except (Failed, Absent, RuntimeError, OSError) as error:
            failures.note(rival, number, error)


def flushes(rivals, sizes, directory, failures):
    """Flushes an event of scenario 1, in a run of its own under strace."""
    if not can_count():
        return
    for rival in rivals:
        if "append" not in rival.scenarios or not rival.durable:
            continue
        output = directory / f"{rival.name}.calls"
        count = Count(output)
        options = dict(clients=COUNTING_CLIENTS, batch=1, seconds=COUNTING_SECONDS, seed=next(_seeds))
        try:
            with started(rival, directory / rival.name):
                if rival.root:
                    count.attach(rival.root)
                    try:
                        point = rival.drive("append", **options)
                    finally:
                        count.detach()
                else:
                    point = rival.drive("append", front=count.in_front_of, **options)
            found = count.flushes()
            if found is None:
                say(f"  {rival.name:20} strace may not look at it")
                continue
            say(f"  {rival.name:20} {found / point['events']:8.3f} flushes an event")
            yield {"number": 1, "scenario": "flushes", "rival": rival.name, "clients": COUNTING_CLIENTS,
                   "events": point["events"], "flushes": found, "per_event": found / point["events"]}
        except (Failed, Absent, RuntimeError, OSError) as error:
            failures.note(rival, 1, f"counting flushes: {error}")


def lengths_of(rival, sizes):
    return [length for length in sizes.lengths if not rival.slow or length <= sizes.slow_longest]


def held(rival, place):
    """What its directory takes on the disk, and how much of that is its log, whose length is a setting."""
    log = sum(processes.allocated_bytes(place / part) for part in rival.logs)
    return {"disk_bytes": processes.allocated_bytes(place) - log, "log_bytes": log}


def fixture(rivals, sizes, directory, failures, filler=0):
    """Loads what scenarios 5 to 8 read. Gives a point a rival; the directories stay."""
    for rival in rivals:
        try:
            point = loaded_into(rival, sizes, directory / f"{rival.name}-fixture", filler)
            say(f"  {rival.name:20} {point['events']:,} events in {point['seconds']:.1f} s, "
                f"{point['disk_bytes'] / point['events']:.0f} B an event")
            # Bytes are compared where the same was loaded.
            yield {**point, "number": 7 if "disk" in rival.scenarios else 5, "rival": rival.name}
        except (Failed, Absent, RuntimeError, OSError) as error:
            failures.note(rival, 7, f"loading: {error}")


def loaded_into(rival, sizes, place, filler=0):
    shutil.rmtree(place, ignore_errors=True)
    with started(rival, place, keep=True):
        point = rival.drive("load", lengths=lengths_of(rival, sizes), filler=filler)
        rival.settle()
    # Stopped, so that everything is where it stays.
    return point | held(rival, place)


def loaded(rivals, directory, need):
    return [rival for rival in rivals
            if need in rival.scenarios and (directory / f"{rival.name}-fixture").exists()]


def states(rivals, sizes, directory, failures, turn, snapshots):
    """Scenario 5: each length in a new process, first cold, then warm.

    All rounds with snapshots come before those without, since Firn is told to do without them by a
    change after which the old ones do not count.
    """
    for rival in loaded(rivals, directory, "state"):
        place = directory / f"{rival.name}-fixture"
        for length in lengths_of(rival, sizes) if snapshots in rival.snapshots else []:
            try:
                if snapshots and rival.in_process:
                    prime(rival, place, length)
                with started(rival, place, keep=True):
                    if not snapshots:
                        rival.prepare(False)
                    point = rival.drive("state", length=length, samples=sizes.samples, snapshots=snapshots)
                say(f"  {rival.name:20} {length:9,} events {'with' if snapshots else 'without'} snapshots: "
                    f"cold {point['first_us']:12,.0f} us, warm {point.get('p50_us', 0):12,.0f} us")
                yield {**point, "number": 5, "rival": rival.name, "round": turn}
            except (Failed, Absent, RuntimeError, OSError) as error:
                failures.note(rival, 5, f"{length} events: {error}")


def prime(rival, place, length):
    """A library that saves snapshots when it folds gets the chance to before the clock starts."""
    with started(rival, place, keep=True):
        rival.drive("state", length=length, samples=1, snapshots=True)


def own_states(rivals, sizes, failures, directory, turn):
    """Libraries that make the stream themselves, in the process that asks."""
    for rival in rivals:
        if "state_own" not in rival.scenarios:
            continue
        for length in [length for length in sizes.lengths if length <= 100_000]:
            try:
                with started(rival, directory / rival.name):
                    for point in rival.own_states(length, sizes):
                        yield {**point, "number": 5, "rival": rival.name, "round": turn}
            except (Failed, RuntimeError, OSError) as error:
                failures.note(rival, 5, f"{length} events: {error}")


def reads(rivals, sizes, directory, failures, turn):
    """Scenario 6."""
    for rival in loaded(rivals, directory, "read"):
        for scenario, options in (("read_stream", {"length": sizes.read_length}), ("read_all", {"lengths": lengths_of(rival, sizes)})):
            if options.get("length", 0) > max(lengths_of(rival, sizes)):
                continue
            try:
                with started(rival, directory / f"{rival.name}-fixture", keep=True):
                    point = measured(rival, scenario, **options)
                say(f"  {rival.name:20} {scenario:12} {point['per_second']:12,.0f} events/s")
                yield {**point, "number": 6, "rival": rival.name, "round": turn}
            except (Failed, Absent, RuntimeError, OSError) as error:
                failures.note(rival, 6, f"{scenario}: {error}")


def startup(rivals, sizes, directory, failures, turn):
    """Scenario 8: from the start of the program to the first right answer, and its memory then."""
    for rival in loaded(rivals, directory, "startup"):
        place = directory / f"{rival.name}-fixture"
        try:
            began = time.monotonic()
            with started(rival, place, keep=True):
                point = answer(rival, sizes.lengths[0], began)
                point |= processes.memory(rival.root) if rival.root else {}
            say(f"  {rival.name:20} {point['seconds']:.3f} s, {point.get('own_bytes', 0) / 2**20:,.0f} MiB")
            yield {**point, "number": 8, "scenario": "startup", "rival": rival.name, "round": turn}
        except (Failed, Absent, RuntimeError, OSError) as error:
            failures.note(rival, 8, error)


def answer(rival, length, began):
    """Asks until there is an answer."""
    until = began + 300
    while True:
        try:
            if rival.in_process:
                return answer_in_process(rival, length, began)
            rival.drive("state", length=length, samples=1)
            return {"seconds": round(time.monotonic() - began, 4), "length": length, "checked": "the state's count and total"}
        except Failed:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def answer_in_process(rival, length, began):
    """Until its process has ended, which closes its store. It says itself what memory it had: what the kernel counts
    of a child as its peak is never less than what the process that started it had."""
    command = rival.command("state", length=length, samples=1)
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said, complaint = done.communicate()
    seconds = time.monotonic() - began
    if done.returncode != 0:
        raise Failed(complaint[-300:])
    point = json.loads(said)
    return {"seconds": round(seconds, 4), "length": length, "own_bytes": point["own_bytes"],
            "mapped_files_bytes": point["mapped_files_bytes"], "checked": "the state's count and total"}


def compaction(rivals, sizes, directory, failures):
    """Scenario 7. The last one: what it deletes is gone."""
    for rival in loaded(rivals, directory, "disk"):
        place = directory / f"{rival.name}-fixture"
        point = {"number": 7, "scenario": "compaction", "rival": rival.name, "keep": sizes.keep, "how": rival.compaction}
        if not rival.compaction:
            yield {**point, "how": "none", "verified": "there is nothing of the kind"}
            continue
        try:
            if rival.compacted_anew:
                loaded_into(rival, sizes, place)
            with started(rival, place, keep=True):
                began = time.monotonic()
                point["verified"] = rival.compact(sizes)
                point["seconds"] = round(time.monotonic() - began, 3)
                point["states_kept"] = states_kept(rival, sizes)
            point |= held(rival, place)
            say(f"  {rival.name:20} {point['seconds']:.2f} s, {point['disk_bytes'] / 2**20:,.0f} MiB left")
            yield point
        except (Failed, Absent, RuntimeError, OSError) as error:
            failures.note(rival, 7, f"compaction: {error}")


def states_kept(rival, sizes):
    """Whether the longest stream still adds up to what it did, asked as an application would."""
    try:
        rival.drive("state", length=sizes.lengths[-1], samples=1, snapshots=True in rival.snapshots)
        return True
    except Failed:
        return False
