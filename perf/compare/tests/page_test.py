"""The page, from figures that are made up for this test and written nowhere but to a temporary directory."""

import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from compare import aims, page
from compare.figures import Figures


def rival(name, durable=True):
    return {"name": name, "title": name.capitalize(), "package": "made up", "version": "0", "durable": durable,
            "in_process": False, "durability": "none: made up for a test", "settings": "a | b"}


def point(name, number, scenario, **more):
    return {"rival": name, "number": number, "scenario": scenario, "checked": "made up", **more}


def load(name, clients, per_second, turn=0):
    return point(name, 1, "append", clients=clients, batch=1, requests=10, attempts=10, events=10, per_second=per_second,
                 p50_us=1.0, p99_us=5.0, p999_us=9.0, cpu_seconds=0.1, bytes_written=100, round=turn)


MADE_UP = {
    "machine": {"date": "made up for a test", "processor": "none", "cores": 1, "memory_bytes": 2**30, "kernel": "none",
                "file_system": "none", "system": "none", "load_before": 0.0},
    "size": {"name": "made-up", "rounds": 3, "seconds": 1.0, "batch": 100, "read_length": 10},
    "absent": [{"rival": "gone", "title": "Gone", "package": "made up", "reason": "it was never there"}],
    "failures": [{"rival": "slow", "scenario": 1, "reason": "it broke"}],
    "rivals": [rival("firn"), rival("slow"), rival("forgetful", durable=False)],
    "points": [
        load("firn", 16, 100, 0), load("firn", 16, 300, 1), load("firn", 16, 200, 2), load("firn", 1, 50),
        load("slow", 16, 400), load("slow", 1, 10), load("forgetful", 16, 9000),
        *[point(name, 5, "state", length=length, snapshots=False, first_us=us * length, p50_us=us, samples=2)
          for name, us in (("firn", 1.0), ("slow", 3.0)) for length in (10, 1000)],
    ],
}


class Page(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.output = Path(self.place.name)
        page.write(MADE_UP, self.output)
        self.text = (self.output / "RESULTS.md").read_text()

    def test_rounds_become_medians(self):
        self.assertEqual(Figures(MADE_UP).ours("per_second", number=1, clients=16), 200)

    def test_a_rival_that_is_not_durable_is_nobody_to_beat(self):
        self.assertEqual(Figures(MADE_UP).best_rival("per_second", number=1, clients=16), ("slow", 400))

    def test_a_library_stands_beside_firn_in_process(self):
        library = rival("library") | {"in_process": True}
        results = MADE_UP | {"rivals": [*MADE_UP["rivals"], library, rival("firn-in-process") | {"in_process": True}],
                             "points": [load("firn", 16, 200), load("slow", 16, 100), load("library", 16, 1000)]}
        self.assertEqual(Figures(results).lead("per_second", number=1, clients=16), (0.2, "library"))
        results["points"].append(load("firn-in-process", 16, 4000))
        self.assertEqual(Figures(results).lead("per_second", number=1, clients=16), (2.0, "slow"))

    def test_a_missed_aim_is_told_first(self):
        found = {what: lead for what, _, lead in aims.checked(Figures(MADE_UP), MADE_UP["size"])}
        self.assertEqual(found["appends, one a request, 16 clients"], (0.5, "slow"))
        self.assertEqual(found["state of 10 events, warm, nobody has snapshots"], (3.0, "slow"))
        self.assertLess(self.text.index("0.50 x slow"), self.text.index("3.00 x slow"))
        self.assertIn("Firn loses 1", self.text)

    def test_one_client_is_no_aim(self):
        self.assertNotIn("one a request, 1 clients", self.text)

    def test_who_is_absent_and_what_failed_is_said(self):
        self.assertIn("it was never there", self.text)
        self.assertIn("it broke", self.text)

    def test_tables_keep_their_columns(self):
        rows = [line for line in self.text.splitlines() if line.startswith("|")]
        for row, following in zip(rows, rows[1:]):
            if set(following) <= set("|- "):
                self.assertEqual(row.count("|"), following.count("|"))
        self.assertIn(r"a \| b", self.text)

    def test_charts_are_well_formed_and_all_shown(self):
        charts = list(self.output.glob("*.svg"))
        self.assertTrue(charts)
        for chart in charts:
            xml.parse(chart)
            self.assertIn(f"({chart.name})", self.text)


if __name__ == "__main__":
    unittest.main()
