#!/usr/bin/env python3
"""A browser's own EventSource reads two live feeds, by follow.js, from a page of another origin:
through a kill and a stop of the server, and a reload of the page. A page whose origin the server
does not know is refused.

    browser_test.py FIRN README

Where README shows JavaScript, it must be follow.js. Ends with 77 where there is no Chromium."""
import json
import pathlib
import re
import sys
import tempfile
import threading

from browser import Browser, Pages, find_chromium
from interruptions import run_test
from readings import feed_readings

HERE = pathlib.Path(__file__).parent


class Reports:
    """What the pages say."""

    def __init__(self, readings):
        self._readings = readings
        self.made = [0] * len(readings)  # EventSources, each of which connects again by itself
        self.reload = threading.Event()
        self.stranger = None
        self.stranger_told = threading.Event()

    def take(self, path, body):
        if path == "/stranger":
            self.stranger = body
            self.stranger_told.set()
            return {}
        for report in body:
            reading = self._readings[report["feed"]]
            if report["kind"] == "made":
                self.made[report["feed"]] += 1
            elif report["kind"] == "opened":
                reading.connected()
            else:
                reading.take(report["id"], report["kind"], report["data"])
        reload = self.reload.is_set()
        self.reload.clear()
        return {"reload": reload}


def put_pages(pages, firn):
    feeds = json.dumps([f"http://127.0.0.1:{firn.port}{reading.path}" for reading in READINGS])
    pages.files["/follow.js"] = ("text/javascript", (HERE / "follow.js").read_text())
    for name in ("page.html", "stranger.html"):
        text = (HERE / name).read_text()
        # The same server under another name is another origin.
        text = text.replace("FEEDS", feeds).replace("STRANGER", f"http://localhost:{pages.port}")
        pages.files["/" + name] = ("text/html", text)


def test(firn, _, interruptions):
    put_pages(PAGES, firn)
    with tempfile.TemporaryDirectory(prefix="firn-browser-", ignore_cleanup_errors=True) as own, \
            Browser(CHROMIUM, own, f"http://127.0.0.1:{PAGES.port}/page.html"):
        for reading in READINGS:
            reading.wait_until_caught_up()
        REPORTS.stranger_told.wait()
        assert REPORTS.stranger == "refused", f"a page of a foreign origin: {REPORTS.stranger}"
        interruptions.kill_server()
        assert REPORTS.made == [1] * len(READINGS), "the browser did not come back by itself"
        interruptions.stop_server()
        interruptions.during_appends("the page was loaded again", REPORTS.reload.set)
        interruptions.end()


def check_readme(path):
    own = (HERE / "follow.js").read_text()
    for block in re.findall(r"^```(?:js|javascript)\n(.*?)^```$", path.read_text(), re.M | re.S):
        assert block == own, f"{path} shows JavaScript that is not follow.js, which is tested"


if __name__ == "__main__":
    check_readme(pathlib.Path(sys.argv[2]))
    CHROMIUM = find_chromium()
    if CHROMIUM is None:
        print("Skipped: there is no Chromium here. Debian has chromium-headless-shell; "
              "Ubuntu has only a snap, which cannot be used.")
        sys.exit(77)
    READINGS = feed_readings()[:2]
    REPORTS = Reports(READINGS)
    PAGES = Pages(REPORTS.take)
    run_test(sys.argv[1], READINGS, test,
             settings=[f"http.cors_origins=http://127.0.0.1:{PAGES.port}"])
