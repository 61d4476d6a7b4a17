"""What drivers in Python share with those in Rust: the same options, the same report."""

import argparse
import json
import resource
import time

from .events import SEED


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", required=True)
    parser.add_argument("--url", default="")
    parser.add_argument("--directory", default="")
    for name, default in (("clients", 1), ("batch", 1), ("length", 0), ("samples", 1), ("filler", 0),
                          ("seed", SEED), ("keep", 100)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--lengths", default="")
    parser.add_argument("--snapshots", default="off")
    found = parser.parse_args()
    found.lengths = [int(word) for word in found.lengths.split(",") if word]
    found.snapshots = found.snapshots == "on"
    return found


def quantiles(seconds):
    """Of durations: the same names as in report.rs."""
    if not seconds:
        return {}
    ordered = sorted(seconds)

    def at(quantile):
        return round(ordered[min(len(ordered) - 1, int(quantile * len(ordered)))] * 1e6, 2)

    return {"p50_us": at(0.5), "p99_us": at(0.99), "p999_us": at(0.999), "max_us": round(ordered[-1] * 1e6, 2)}


def report(rival, asked, **fields):
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"rival": rival, "scenario": asked.scenario, **fields,
                      "client_cpu_seconds": round(used.ru_utime + used.ru_stime, 3)}))


def repeated_state(rival, asked, ask, should):
    """Asks for a state again and again: first cold, then warm."""
    first, taken, began = None, [], time.perf_counter()
    while not taken or (len(taken) + 1 < asked.samples and time.perf_counter() - began < 2):
        before = time.perf_counter()
        found = ask()
        seconds = time.perf_counter() - before
        if found != should:
            raise SystemExit(f"the state is {found!r}, should be {should!r}")
        if first is None:
            first = seconds
        else:
            taken.append(seconds)
    report(rival, asked, length=asked.length, snapshots=asked.snapshots, samples=len(taken) + 1,
           first_us=round(first * 1e6, 2), checked=f"count and total of each of {len(taken) + 1} states",
           **quantiles(taken))
