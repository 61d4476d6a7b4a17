"""Chromium without a window, in a directory of its own, with the pages that it is to open.

Thread: what is reported arrives in the server's threads; the rest from the main thread."""
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading

# Not a snap: it sees no temporary directory of ours.
PROGRAMS = ["chromium-headless-shell", "chromium", "google-chrome"]

# Chromium is a script and many processes, in one group. The standard input is a pipe from this
# test: however that ends, the pipe does, too, and the group with it.
WHILE_WE_LIVE = '"$@" </dev/null & cat; kill -KILL 0'


def find_chromium():
    for name in PROGRAMS:
        program = shutil.which(name)
        if program and not os.path.realpath(program).startswith("/snap/"):
            return program
    return None


class Browser:
    """`errors` is where it complains; it does so about many things that do not matter here."""

    def __init__(self, program, directory, url):
        self.errors = os.path.join(directory, "chromium.log")
        with open(self.errors, "wb") as errors:
            self._process = subprocess.Popen(
                ["sh", "-c", WHILE_WE_LIVE, "sh", program, "--headless", "--no-sandbox",
                 "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                 "--no-first-run", "--no-proxy-server", f"--user-data-dir={directory}/profile",
                 url],
                stdin=subprocess.PIPE, stdout=errors, stderr=errors, start_new_session=True,
                env={**os.environ, "HOME": directory})

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:
            with open(self.errors, errors="replace") as errors:
                print("Chromium said, in the end:", *errors.read().splitlines()[-20:],
                      sep="\n  ")
        # The group's id is taken for as long as its first process is not waited for.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()


class Pages:
    """Serves `files` by path, and gives what pages POST to `report(path, json)`; its answer is
    sent as JSON."""

    def __init__(self, report):
        self.files = {}
        pages = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, text = pages.files.get(self.path, ("text/plain", None))
                self._answer(200 if text is not None else 404, kind, text or "")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(200, "application/json",
                             json.dumps(report(self.path, json.loads(body))))

            def _answer(self, status, kind, text):
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind + "; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a browser that is ended, or a page that goes, does not take its answer

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
