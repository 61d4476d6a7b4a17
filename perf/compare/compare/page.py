"""The results page: Markdown tables, SVG charts beside it, and everything as JSON."""

from . import aims, charts
from .figures import EVENT_BYTES, Figures

NOTES = {
    0: """What bounds all of it: a file that takes the same events, written and synced by so many at once, the best of
three ways (perf/limits.cpp); and nginx's fixed answers to the same requests from the same load generator, of a server that
stores nothing. Each figure below stands as a share of these, too.""",
    1: """One event a request, appended to one of 64 streams that each client has to itself, with the expected
version. p50, p99 and p99.9 are of requests, as the client sees them. CPU is of the server and the load generator
together, the check after it included. Written: bytes sent to the disk, by the kernel's count.""",
    2: """The same with several events a request, all or none. Events a second.""",
    3: """All clients add to one stream; each command is decided on the newest state. Firn decides in the server;
eventcore by `execute` with its snapshots; the others decide on what they know, append with the expected version, and when
that fails read what they missed and decide again. Attempts: how often a command was decided until it was
appended, on average. Commands a second.""",
    4: """One event to each of two streams, both or neither, with both expected versions. Transfers a second.""",
    5: """The state (number and sum of all events) of a stream that does not grow meanwhile. Cold: the first answer
of a new process, its pages still in the kernel's cache; warm: the median of those after it. With snapshots where there
are such; a rival without has to read and fold all events each time. Microseconds.""",
    6: """Every event is parsed and folded by the client; the check is its running total.""",
    7: """The streams of scenario 5: what their directory takes on the disk, the program stopped, write-ahead logs
aside, whose length is a setting; then after deleting all but the last events of each stream.""",
    8: """From the start of the program to the first right answer, page cache warm; of a library: to the end of a process
that asked once more and closed the store. Memory: anonymous and shared, without mapped files; of a library: of the
process that holds it.""",
}


def number(value, digits=0):
    return "" if value is None else f"{value:,.{digits}f}"


def measure(value):
    """Microseconds and ratios: three figures are enough."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def share(value):
    return "" if value is None else f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def mebibytes(value):
    return "" if value is None else f"{value / 2**20:,.1f}"


def table(head, rows):
    if not rows:
        return ""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] * len(head)) + " |"]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def told(lead):
    """(times, rival) in words."""
    if not lead:
        return ""
    times, rival = lead
    return f"{times:.2f} x {rival}"


class Page:
    def __init__(self, results, output):
        self.results, self.output = results, output
        self.figures = Figures(results)
        self.order = [rival["name"] for rival in results["rivals"]]
        self.parts = []

    def say(self, *parts):
        self.parts += [part for part in parts if part]

    def chart(self, name, svg):
        if svg:
            (self.output / f"{name}.svg").write_text(svg)
            self.say(f"![{name.replace('_', ' ')}]({name}.svg)\n")

    def sorted(self, points, *keys):
        return sorted(points, key=lambda point: [point.get(key) or 0 for key in keys] + [self.order.index(point["rival"])])

    def series(self, x, y, **wanted):
        found = {}
        for name in self.order:
            points = {point[x]: point.get(y) for point in self.figures.where(rival=name, **wanted) if x in point}
            if points:
                found[(name, self.figures.title(name))] = points
        return found

    def head(self):
        machine, size = self.results["machine"], self.results["size"]
        self.say("# Firn beside its rivals\n",
                 "Written by `perf/compare/run.sh`; do not edit. [How it is made and how to read it](../README.md), "
                 "[every figure](results.json).\n")
        if size["name"] != "full":
            self.say(f"**A {size['name']} run**: short points, {size['rounds']} round(s). Trust orders of magnitude, "
                     "not tenths.\n")
        self.say(f"{machine['date']}; {machine['processor']}, {machine['cores']} cores, "
                 f"{machine['memory_bytes'] / 2**30:.0f} GiB; {machine['system']}, {machine['kernel']}, "
                 f"{machine['file_system']}. Load before the run: {machine['load_before']:.2f}. Clients, servers and disk "
                 f"are on this one machine. Medians of {size['rounds']} round(s); {size['seconds']:g} s a point of "
                 "scenarios 1 to 4.\n")

    def who(self):
        self.say("## Who takes part\n", table(
            ["", "version", "from", "durability", "settings"],
            [[rival["title"], rival["version"], rival["package"], rival["durability"], rival["settings"]]
             for rival in self.results["rivals"]]))
        if self.results["absent"]:
            self.say("Absent:\n", "\n".join(f"- {one['title']} ({one['package']}): {one['reason']}"
                                            for one in self.results["absent"]) + "\n")

    def aims(self):
        found = aims.checked(self.figures, self.results["size"])
        if not found:
            return
        missed = [one for one in found if one[2][0] < one[1]]
        self.say("## Aims\n",
                 "Beside servers Firn over HTTP, beside libraries Firn in process where that was measured (else over HTTP); the "
                 "best durable rival of each line, with its best setting. Aimed for: to lead every "
                 "scenario at 16 clients and more, and 3 and 5 by twice the best rival.\n",
                 f"Reached: {len(found) - len(missed)} of {len(found)}. "
                 + (f"Missed: {len(missed)}, of which Firn loses {sum(one[2][0] < 1 for one in missed)}."
                    if missed else "None was missed.") + "\n",
                 table(["missed", "aim", "times as good as the best rival"],
                       [[what, f"{aim:g} x", told(lead)] for what, aim, lead in missed]),
                 table(["reached", "aim", "times as good as the best rival"],
                       [[what, f"{aim:g} x", told(lead)] for what, aim, lead in found if lead[0] >= aim]))

    def limits(self):
        figures = self.figures
        if not self.scenario(0, "What the machine can do"):
            return
        self.say(table(["events at once", "the disk, events/s"],
                       [[f"{n:,}", number(figures.ours("per_second", "disk", number=0, in_flight=n))]
                        for n in figures.values("in_flight", number=0)]),
                 table(["clients", "nginx, answers/s", "p50 us", "p99 us"],
                       [[p["clients"], number(p["per_second"]), measure(p["p50_us"]), measure(p["p99_us"])]
                        for p in figures.where(number=0, scenario="ask")]))

    def scenario(self, n, title):
        if not self.figures.where(number=n):
            return False
        self.say(f"## {f'{n}. ' if n else ''}{title}\n", NOTES[n].replace("\n", " ") + "\n")
        return True

    def loads(self, n, title, unit):
        if not self.scenario(n, title):
            return
        points = [point for point in self.figures.where(number=n) if point["scenario"] != "flushes"]
        rows = []
        for point in self.sorted(points, "clients"):
            rows.append([point["clients"], self.figures.title(point["rival"]), number(point["per_second"]),
                         measure(point.get("p50_us")), measure(point.get("p99_us")), measure(point.get("p999_us")),
                         measure(point.get("cpu_per_event_us")), number(point.get("written_per_event")),
                         share(self.figures.share_of_disk(point)), share(self.figures.share_of_nginx(point)),
                         measure(point.get("attempts_per_request"))])
        head = ["clients", "", unit, "p50 us", "p99 us", "p99.9 us", "CPU us an event", "B written an event",
                "of the disk", "of nginx"]
        if n == 3:
            head.append("attempts")
        else:
            rows = [row[:-1] for row in rows]
        self.say(table(head, rows))
        if len(self.figures.values("clients", number=n)) > 1:
            self.chart(f"scenario_{n}_throughput", charts.lines(f"{n}. {title}", "clients", unit,
                       self.series("clients", "per_second", number=n, scenario=points[0]["scenario"])))
            self.chart(f"scenario_{n}_p99", charts.lines(f"{n}. {title}: p99", "clients", "microseconds",
                       self.series("clients", "p99_us", number=n, scenario=points[0]["scenario"])))
        else:
            self.chart(f"scenario_{n}", charts.bars(f"{n}. {title}, {points[0]['clients']} clients", unit,
                       [(p["rival"], self.figures.title(p["rival"]), p["per_second"]) for p in self.sorted(points)]))

    def flushes(self):
        points = self.figures.where(number=1, scenario="flushes")
        if points:
            self.say(f"Flushes an event with {points[0]['clients']} clients, counted with strace in runs of their own: "
                     "syncs, and writes that sync by themselves. The fewer, the more appends share one; strace slows a "
                     "program down, so more wait together than otherwise.\n",
                     table(["", "flushes an event"], [[self.figures.title(p["rival"]), f"{p['per_event']:.3f}"]
                                                      for p in self.sorted(points)]))

    def states(self):
        if not self.scenario(5, "The state of a stream"):
            return
        lengths = self.figures.values("length", number=5, scenario="state")
        for figure, word in (("first_us", "cold"), ("p50_us", "warm")):
            rows, series = [], {}
            for name in self.order:
                for snapshots in (True, False, None):
                    points = {p["length"]: p[figure] for p in self.figures.where(number=5, scenario="state", rival=name, snapshots=snapshots)
                              if p.get(figure)}
                    if points:
                        label = self.figures.title(name) + ("" if not self.has_snapshots(name) else
                                                            " with snapshots" if snapshots else " without")
                        rows.append([label] + [measure(points.get(length)) for length in lengths])
                        series[(name, label)] = points
            fixed = self.figures.ours("p50_us", "nginx", number=0, scenario="state")
            if fixed and word == "warm":
                rows.append(["nginx, a fixed answer"] + [measure(fixed)] * len(lengths))
            self.say(f"{word.capitalize()}, by the stream's events:\n",
                     table([""] + [f"{length:,}" for length in lengths], rows))
            self.chart(f"scenario_5_{word}", charts.lines(f"5. The state of a stream, {word}", "events of the stream",
                                                         "microseconds", series))

    def has_snapshots(self, name):
        return bool(self.figures.where(number=5, rival=name, snapshots=True))

    def reads(self):
        if not self.scenario(6, "Reading"):
            return
        names = [name for name in self.order if self.figures.where(number=6, rival=name)]
        file = self.figures.ours("per_second", "nginx", number=0, scenario="read_stream")
        if file:
            self.say(f"nginx sends the stream as a file of lines, from the kernel's cache: {file:,.0f} events/s to the same "
                     "client.\n")
        self.say(table(["", "one stream, events/s", "everything in order, events/s", "CPU us an event"],
                       [[self.figures.title(name), number(self.figures.ours("per_second", name, number=6, scenario="read_stream")),
                         number(self.figures.ours("per_second", name, number=6, scenario="read_all")),
                         measure(self.figures.ours("cpu_per_event_us", name, number=6, scenario="read_all"))] for name in names]))
        self.chart("scenario_6", charts.bars("6. Reading everything in order", "events/s",
                   [(name, self.figures.title(name), self.figures.ours("per_second", name, number=6, scenario="read_all"))
                    for name in names]))

    def disk(self):
        if not self.scenario(7, "Disk, and compaction"):
            return
        rows = []
        for point in self.sorted(self.figures.where(number=7, scenario="load")):
            after = (self.figures.where(number=7, scenario="compaction", rival=point["rival"]) or [{}])[0]
            rows.append([self.figures.title(point["rival"]), number(point["events"]), mebibytes(point["disk_bytes"]),
                         number(point["disk_bytes"] / point["events"]),
                         share(EVENT_BYTES * point["events"] / point["disk_bytes"]), mebibytes(point["log_bytes"]), after.get("how", ""), number(after.get("seconds"), 2),
                         mebibytes(after.get("disk_bytes")), after.get("verified", ""),
                         {True: "yes", False: "no"}.get(after.get("states_kept"), "")])
        self.say(table(["", "events", "MiB", "B an event", "of that the events' JSON", "MiB of log", "compaction", "seconds", "MiB after it", "verified by it",
                        "states as before"], rows))

    def startup(self):
        if not self.scenario(8, "Start-up and memory"):
            return
        loaded = {p["rival"]: p["events"] for p in self.figures.where(scenario="load")}
        large = {p["rival"]: p["events"] for p in self.figures.where(number=8, scenario="load")}
        points = self.sorted(self.figures.where(number=8, scenario="startup"))
        self.say(table(["", "events", "seconds", "MiB of memory", "MiB of files mapped"],
                       [[self.figures.title(p["rival"]), number((loaded | large).get(p["rival"])), number(p["seconds"], 3),
                         mebibytes(p.get("own_bytes")), mebibytes(p.get("mapped_files_bytes"))] for p in points]))

    def end(self):
        checks = {}
        for point in self.results["points"]:
            if point.get("checked"):
                checks.setdefault((point["number"], point["scenario"]), point["checked"])
        self.say("## What was checked\n", "Each measurement ends with a check of its work, and counts only if it holds. "
                 "Of each, one as it was reported:\n",
                 table(["scenario", "", "checked"], [[n, scenario, what] for (n, scenario), what in sorted(checks.items())]))
        if self.results["failures"]:
            self.say("## What failed\n", "\n".join(f"- scenario {one['scenario']}, {one['rival']}: {one['reason']}"
                                                   for one in self.results["failures"]) + "\n")

    def write(self):
        size = self.results["size"]
        self.head()
        self.aims()
        self.limits()
        self.loads(1, "Durable append, one event a request", "events/s")
        self.flushes()
        self.loads(2, f"Durable append, {size['batch']} events a request", "events/s")
        self.loads(3, "One contended stream", "commands/s")
        self.loads(4, "Transfers between two streams", "transfers/s")
        self.states()
        self.reads()
        self.disk()
        self.startup()
        self.who()
        self.end()
        (self.output / "RESULTS.md").write_text("\n".join(self.parts))


def write(results, output):
    for old in output.glob("*.svg"):
        old.unlink()
    Page(results, output).write()
