"""Medians over rounds, and who leads by how much."""

from statistics import median

KEYS = ("number", "scenario", "rival", "clients", "batch", "length", "snapshots", "in_flight")
EVENT_BYTES = 230
FIGURES = ("per_second", "p50_us", "p99_us", "p999_us", "first_us", "seconds", "own_bytes", "mapped_files_bytes",
           "disk_bytes", "per_event", "cpu_per_event_us", "written_per_event", "attempts_per_request")


def medians(points):
    """One object for all rounds of the same measurement."""
    groups = {}
    for point in points:
        point = dict(point)
        if point.get("events") and "cpu_seconds" in point:
            point["cpu_per_event_us"] = point["cpu_seconds"] / point["events"] * 1e6
        if point.get("events") and "bytes_written" in point:
            point["written_per_event"] = point["bytes_written"] / point["events"]
        if point.get("requests") and point.get("attempts"):
            point["attempts_per_request"] = point["attempts"] / point["requests"]
        groups.setdefault(tuple(point.get(key) for key in KEYS), []).append(point)
    found = []
    for group in groups.values():
        one = dict(group[-1])
        one["rounds"] = len(group)
        for figure in FIGURES:
            values = [point[figure] for point in group if point.get(figure) is not None]
            if values:
                one[figure] = median(values)
                if figure == "per_second":
                    one["per_second_range"] = (min(values), max(values))
        found.append(one)
    return found


class Figures:
    def __init__(self, results):
        self.points = medians(results["points"])
        self.rivals = {rival["name"]: rival for rival in results["rivals"]}

    def where(self, **wanted):
        return [point for point in self.points if all(point.get(key) == value for key, value in wanted.items())]

    def title(self, name):
        return self.rivals[name]["title"]

    def values(self, key, **wanted):
        return sorted({point[key] for point in self.where(**wanted) if point.get(key) is not None})

    def best_rival(self, figure, least=False, in_process=None, **wanted):
        """Among durable rivals that are not ours, libraries or servers or both: (name, value), or None."""
        def counts(name):
            rival = self.rivals[name]
            return rival["durable"] and in_process in (None, rival["in_process"])

        others = [(point[figure], point["rival"]) for point in self.where(**wanted)
                  if point.get(figure) and not point["rival"].startswith("firn") and counts(point["rival"])]
        if not others:
            return None
        value, name = min(others) if least else max(others)
        return name, value

    def ours(self, figure, rival="firn", **wanted):
        found = [point[figure] for point in self.where(rival=rival, **wanted) if point.get(figure)]
        return found[0] if found else None

    def share_of_disk(self, point):
        """Of what a file takes, written and synced by as many events as can be in flight."""
        events = 2 if point["scenario"] == "transfer" else 1
        limit = self.ours("per_second", "disk", number=0, in_flight=point["clients"] * point["batch"] * events)
        return point["per_second"] * events / limit if limit else None

    def share_of_nginx(self, point):
        """Of its fixed answers to as many clients; None for a library, which nobody asks over a connection."""
        if self.rivals[point["rival"]]["in_process"]:
            return None
        limit = self.ours("per_second", "nginx", number=0, scenario="ask", clients=point["clients"])
        return point["per_second"] / point["batch"] / limit if limit else None

    def lead(self, figure, least=False, ours=None, **wanted):
        """How many times better ours is than the best rival: (times, that rival's name), or None.

        Beside servers Firn over HTTP, beside libraries Firn in process, where that was measured;
        the worse of both counts.
        """
        found = []
        for in_process in (False, True):
            best = self.best_rival(figure, least, in_process, **wanted)
            asked = wanted | (ours or {})
            own = (self.ours(figure, "firn-in-process", **asked) if in_process else None) or self.ours(figure, **asked)
            if own is not None and best is not None:
                name, value = best
                found.append(((value / own if least else own / value), name))
        return min(found, default=None)
