"""Medians over rounds, and who leads by how much."""

from statistics import median

KEYS = ("number", "scenario", "rival", "clients", "batch", "length", "snapshots")
FIGURES = ("per_second", "p50_us", "p99_us", "p999_us", "first_us", "seconds", "own_bytes", "mapped_files_bytes",
           "disk_bytes", "per_event", "cpu_per_event_us", "written_per_event", "attempts_per_request")


def medians(points):
    """One object for all rounds of the same measurement."""
    groups = {}
    for point in points:
        point = dict(point)
        if point.get("events") and "cpu_seconds" in point:
            point["cpu_per_event_us"] = point["cpu_seconds"] / point["events"] * 1e6
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

    def best_rival(self, figure, least=False, **wanted):
        """Among durable rivals that are not ours: (name, value), or None."""
        others = [(point[figure], point["rival"]) for point in self.where(**wanted)
                  if point.get(figure) and not point["rival"].startswith("firn") and self.rivals[point["rival"]]["durable"]]
        if not others:
            return None
        value, name = min(others) if least else max(others)
        return name, value

    def ours(self, figure, rival="firn", **wanted):
        found = [point[figure] for point in self.where(rival=rival, **wanted) if point.get(figure)]
        return found[0] if found else None

    def lead(self, figure, least=False, rival="firn", ours=None, **wanted):
        """How many times better ours is than the best rival: (times, that rival's name), or None."""
        own = self.ours(figure, rival, **(wanted | (ours or {})))
        best = self.best_rival(figure, least, **wanted)
        if own is None or best is None:
            return None
        name, value = best
        return (value / own if least else own / value), name
