#!/usr/bin/env python3
"""How does Firn over HTTP compare with nginx's fixed answers to the same requests?

Units: requests/s, latencies in ms, and the share of nginx in the same run; medians of 3 rounds,
nginx and Firn in turn. Both get the same requests from the same generator (wrk) on the same
machine: POST of one 200-byte event to one of 10,000 streams (Firn answers when it is durable,
nginx at once), and GET of a cached state (nginx answers with as many bytes).
It checks its own work: every answer's status, and that the store holds as many events as were
acknowledged.

Usage: perf/http_throughput.py [--firn build/release/firn] [--seconds 8] [--rounds 3] [--smoke]
Needs: nginx, wrk (Debian packages nginx-light, wrk). Exit 77: one of them is missing.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

STREAMS = 10_000
DATA = ('{"commit":"%016x","at":"2026-11-23T10:11:12Z","author":"author-0042","added":12,'
        '"deleted":7,"path":"src/module-00042/file.cpp","note":"%s"}' % (42, "x" * 30))
EVENT = '{"type":"LinesChanged","data":%s}' % DATA

POST_SCRIPT = """
math.randomseed(42)
local body = [[%s]]
local headers = {["Content-Type"] = "application/json"}
request = function()
  return wrk.format("POST", "/v1/streams/perf/" .. math.random(%d) .. "/events", headers, body)
end
%s
"""
GET_SCRIPT = """
math.randomseed(42)
request = function()
  return wrk.format("GET", "/v1/streams/perf/" .. math.random(%d) .. "/state")
end
%s
"""
# One line of JSON at the end: what wrk counted.
DONE = """
done = function(summary, latency, requests)
  io.stderr:write(string.format(
    '{"requests": %d, "us": %d, "p50": %d, "p99": %d, "bad": %d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.timeout))
end
"""


def fail(sentence):
    sys.exit(f"the work was wrong: {sentence}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(1200):  # a minute: others may keep the machine busy
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    fail(f"nothing listens on port {port}")


class Nginx:
    def __init__(self, work, state):
        self.port = free_port()
        (work / "nginx").mkdir()
        config = work / "nginx.conf"
        config.write_text(f"""
worker_processes auto; daemon off; pid {work}/nginx/pid; error_log {work}/nginx/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 75;
  client_body_temp_path {work}/nginx/body; proxy_temp_path {work}/nginx/proxy;
  fastcgi_temp_path {work}/nginx/fastcgi; uwsgi_temp_path {work}/nginx/uwsgi;
  scgi_temp_path {work}/nginx/scgi;
  server {{
    listen 127.0.0.1:{self.port};
    default_type application/json;
    location ~ /events$ {{ return 200 '{{"version":1}}'; }}
    location ~ /state$ {{ return 200 '{state}'; }}
  }}
}}
""")
        self.process = subprocess.Popen(["nginx", "-c", str(config), "-e", str(work / "nginx/e")])
        wait_for(self.port)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Firn:
    def __init__(self, program, work, threads):
        self.port = free_port()
        self.log = open(work / "firn.log", "w")
        self.process = subprocess.Popen(
            [program, "serve", "--data", str(work / "data"), "--listen", f"127.0.0.1:{self.port}",
             "--log-level", "warning", "--threads", threads], stdout=self.log, stderr=self.log)
        wait_for(self.port)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.read().decode()

    def events(self):
        return json.loads(self.get("/v1/stats"))["events"]

    def post(self, stream):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/streams/perf/{stream}/events",
            EVENT.encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request).read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(15) != 0:
            fail("the server did not stop cleanly")


def load(port, script, connections, seconds, work):
    path = work / "load.lua"
    path.write_text(script)
    run = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(path),
         f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True)
    counted = json.loads(re.search(r"\{.*\}", run.stderr).group(0))
    if counted["bad"]:
        fail(f"{counted['bad']} requests failed on port {port}")
    counted["rate"] = counted["requests"] / (counted["us"] / 1e6)
    return counted


def compare(title, nginx, firn, script, connections, options, work, after=None):
    rounds = []
    for _ in range(options.rounds):
        theirs = load(nginx.port, script, connections, options.seconds, work)
        before = firn.events()
        ours = load(firn.port, script, connections, options.seconds, work)
        if after:
            after(before, ours)
        rounds.append((theirs, ours))
    median = lambda pick: statistics.median(pick(t, o) for t, o in rounds)
    print(f"{title:28} {median(lambda t, o: t['rate']):10.0f} {median(lambda t, o: o['rate']):10.0f}"
          f" {median(lambda t, o: o['rate'] / t['rate']):7.2f}"
          f" {median(lambda t, o: o['p50']) / 1000:8.2f} {median(lambda t, o: o['p99']) / 1000:8.2f}"
          f" {median(lambda t, o: o['p99'] / o['p50']):8.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--firn", default="build/release/firn")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="append or state")
    parser.add_argument("--threads", default="0", help="of firn serve")
    parser.add_argument("--data", default=None)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        options.seconds, options.rounds = 1, 1
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            print(f"{tool} is not installed: nothing was measured")
            sys.exit(77)
    work = pathlib.Path(tempfile.mkdtemp(prefix="firn-http-", dir=options.data))
    firn = Firn(os.path.abspath(options.firn), work, options.threads)
    nginx = None
    try:
        firn.post(1)
        state = firn.get("/v1/streams/perf/1/state")
        nginx = Nginx(work, state)

        def acknowledged(before, counted):
            # wrk ends while requests are in flight: those are held, but not counted.
            held = firn.events() - before
            if not counted["requests"] <= held <= counted["requests"] + 1024:
                fail(f"{counted['requests']} events acknowledged, {held} held")

        def unchanged(before, counted):
            if firn.events() != before:
                fail("reading changed the store")

        print(f"# {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, "
              f"{options.rounds} rounds of {options.seconds} s, one generator thread")
        print(f"{'':28} {'nginx r/s':>10} {'firn r/s':>10} {'share':>7} {'p50 ms':>8} "
              f"{'p99 ms':>8} {'p99/p50':>8}")
        post = POST_SCRIPT % (EVENT, STREAMS, DONE)
        for connections in (64, 256):
            if options.only in ("", "append"):
                compare(f"append, {connections} connections", nginx, firn, post, connections,
                        options, work, acknowledged)
        if options.only in ("", "state"):
            for stream in range(1, 101):
                firn.post(stream)
            # Every stream has the same state, so that nginx's answer is of the same size.
            get = GET_SCRIPT % (100, DONE)
            load(firn.port, get, 16, 1, work)
            compare("cached state, 64 connections", nginx, firn, get, 64, options, work, unchanged)
    finally:
        if nginx:
            nginx.stop()
        firn.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
