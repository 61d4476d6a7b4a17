"""python3 -m compare: the run. See run.sh for what people call."""

import argparse
import json
import shutil
import signal
import sys
from pathlib import Path

from . import limits, machine, page, scenarios, sizes
from .rivals import ALL, Firn, FirnInProcess, FirnInPython
from .rivals.base import Absent, say


def arguments():
    parser = argparse.ArgumentParser(prog="run.sh", description="Compares Firn with its rivals and writes a page.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="one short round, about ten minutes")
    size.add_argument("--smoke", action="store_true", help="Firn alone, tiny, to see that this works")
    parser.add_argument("--only", default="", metavar="RIVAL,…", help="these beside Firn: " +
                        ", ".join(rival.name for rival in ALL))
    parser.add_argument("--scenario", default="", metavar="N,…", help="; ".join(f"{n}: {what}" for n, what in scenarios.ALL.items()))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of a point of scenarios 1 to 4")
    parser.add_argument("--firn", required=True, metavar="PATH", help="the program (run.sh knows it)")
    parser.add_argument("--in-process", metavar="PATH", help="the program firn_in_process")
    parser.add_argument("--build", required=True, type=Path, help="where set_up.sh put the rivals")
    parser.add_argument("--output", required=True, type=Path, help="where the page goes")
    return parser.parse_args()


def chosen(asked):
    """Those that take part, and those that cannot, with the reason."""
    Firn.program, FirnInProcess.program = asked.firn, asked.in_process
    if asked.smoke:
        kinds = [FirnInPython]
    else:
        wanted = {"firn", *asked.only.split(",")} if asked.only else {kind.name for kind in ALL}
        unknown = wanted - {kind.name for kind in ALL} - {""}
        if unknown:
            raise SystemExit(f"there is no rival {', '.join(unknown)}")
        kinds = [kind for kind in ALL if kind.name in wanted]
    present, absent = [], []
    for kind in kinds:
        rival = kind(asked.build)
        try:
            rival.check()
            present.append(rival)
        except Absent as reason:
            say(f"{rival.name}: absent: {reason}")
            absent.append({"rival": rival.name, "title": rival.title, "package": rival.package, "reason": str(reason)})
    return present, absent


def run(asked, size, rivals, directory, failures):
    """Point after point."""
    numbers = [int(word) for word in asked.scenario.split(",") if word] or list(scenarios.ALL)
    for turn in range(size.rounds):
        for number in [number for number in numbers if number <= 4]:
            say(f"round {turn + 1} of {size.rounds}: {scenarios.ALL[number]}")
            yield from scenarios.load(number, rivals, size, directory, failures, turn)
    if 1 in numbers:
        say("flushes")
        yield from scenarios.flushes(rivals, size, directory, failures)
    reading = [number for number in numbers if number >= 5]
    if reading:
        yield from with_fixture(reading, size, rivals, directory, failures)


def with_fixture(numbers, size, rivals, directory, failures):
    needed = {scenarios.NEEDS[number] for number in numbers}
    using = [rival for rival in rivals if needed & rival.scenarios]
    say("loading the streams that are read")
    yield from scenarios.fixture(using, size, directory, failures)
    for turn in range(size.rounds):
        say(f"round {turn + 1} of {size.rounds}")
        if 6 in numbers:
            yield from scenarios.reads(using, size, directory, failures, turn)
        if 8 in numbers and not size.startup_filler:
            yield from scenarios.startup(using, size, directory, failures, turn)
        if 5 in numbers:
            yield from scenarios.states(using, size, directory, failures, turn, True)
            yield from scenarios.own_states(rivals, size, failures, directory, turn)
    if 5 in numbers:
        for turn in range(size.rounds):
            yield from scenarios.states(using, size, directory, failures, turn, False)
    if 7 in numbers:
        say(scenarios.ALL[7])
        yield from scenarios.compaction(using, size, directory, failures)
    for rival in using:
        shutil.rmtree(directory / f"{rival.name}-fixture", ignore_errors=True)
    if 8 in numbers and size.startup_filler:
        yield from large(size, using, directory, failures)


def large(size, rivals, directory, failures):
    """Scenario 8 on many more events: a rival after the other, since the disk may not hold all."""
    say(scenarios.ALL[8])
    for rival in [rival for rival in rivals if "startup" in rival.scenarios]:
        found = list(scenarios.fixture([rival], size, directory, failures, size.startup_filler))
        yield from [{**point, "number": 8} for point in found]
        for turn in range(size.rounds):
            yield from scenarios.startup([rival], size, directory, failures, turn)
        shutil.rmtree(directory / f"{rival.name}-fixture", ignore_errors=True)


def main():
    asked = arguments()
    # Ends as Ctrl-C does: no server is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    size = sizes.QUICK if asked.quick else sizes.SMOKE if asked.smoke else sizes.FULL
    size.rounds = asked.rounds or size.rounds
    size.seconds = asked.seconds or size.seconds
    # Not in the output: PostgreSQL's user must be able to reach it.
    directory = asked.build / "data" if not asked.smoke else asked.output / "data"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    asked.output.mkdir(parents=True, exist_ok=True)
    rivals, absent = chosen(asked)
    if not any(rival.name == "firn" for rival in rivals):
        raise SystemExit("Firn itself is absent")
    failures = scenarios.Failures()
    about = machine.described(directory)
    points = []
    try:
        if not asked.smoke:
            points += limits.measured(size, asked.in_process, asked.build, directory, absent)
        points += run(asked, size, rivals, directory, failures)
    finally:
        for rival in rivals:
            rival.stop()
        shutil.rmtree(directory, ignore_errors=True)
        # Also of a run that was ended early: what it found by then.
        write(asked, about, size, rivals, absent, failures, points)
    wrong = [failure for failure in failures.found if failure["rival"] == "firn"]
    return 1 if wrong else 0


def write(asked, about, size, rivals, absent, failures, points):
    results = {
        "machine": about, "size": vars(size), "absent": absent, "failures": failures.found,
        "rivals": [{"name": rival.name, "title": rival.title, "package": rival.package, "version": rival.version(),
                    "durable": rival.durable, "in_process": rival.in_process, "durability": rival.durability,
                    "settings": rival.settings} for rival in rivals],
        "points": points,
    }
    (asked.output / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    page.write(results, asked.output)
    say(f"written: {asked.output / 'RESULTS.md'}")


if __name__ == "__main__":
    sys.exit(main())
