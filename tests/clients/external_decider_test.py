#!/usr/bin/env python3
"""A client that folds compacts its stream by the Python that README.md and STATE_HASH.md show, as it
stands there: twice, so that the second time begins from its own snapshot.

    external_decider_test.py FIRN README STATE_HASH"""
import json
import re
import sys
import tempfile
import urllib.error

from firn_process import FirnProcess

SETTINGS = {"decider": {"kind": "external"}, "snapshots": {"keep": 2}}


def python_in(path):
    text = open(path, encoding="utf-8").read()
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    assert len(blocks) == 1, f"{len(blocks)} blocks of Python in {path}; one is expected"
    return blocks[0]


def evolve(state, event):
    state["total"] = state.get("total", 0) + event["data"]["amount"]
    state["last"] = event["type"]
    return state


def run(firn, shown):
    stream = "/v1/streams/cart/a%2F7"
    shown["server"] = f"http://127.0.0.1:{firn.port}"
    call = shown["call"]
    call("PUT", "/v1/categories/cart", SETTINGS)
    amounts = []
    for added in (250, 150):
        events = [{"type": "Added", "data": {"amount": len(amounts) + n / 8}}
                  for n in range(added)]
        call("POST", f"{stream}/events", {"events": events})
        amounts += [event["data"]["amount"] for event in events]
        report = shown["compact"](stream, "cart", 10, evolve, {})
        assert report["status"] == "succeeded", report
        assert report["first_version_after"] == len(amounts) - 9, report
        held = call("GET", f"{stream}/snapshots/latest")
        assert held["state"] == {"total": sum(amounts[:-10]), "last": "Added"}, held
        assert held["state_hash"] == report["snapshot"]["state_hash"], held
    try:
        call("GET", f"{stream}/events?from=390")
    except urllib.error.HTTPError as gone:
        assert gone.code == 410, gone
        assert json.load(gone)["snapshot_version"] == 390
    else:
        raise AssertionError("what was compacted can still be read")


def main():
    shown = {}
    for path in sys.argv[2:]:
        exec(python_in(path), shown)
    with tempfile.TemporaryDirectory() as data, FirnProcess(sys.argv[1], data) as firn:
        run(firn, shown)
    print("the client's stream was compacted twice")


if __name__ == "__main__":
    main()
