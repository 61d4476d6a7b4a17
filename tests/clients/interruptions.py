"""What all these tests do: write, let clients read, and interrupt them while more is written."""
import os
import random
import signal
import sys
import tempfile
import threading
import traceback

from firn_process import FirnProcess
from history import History

SECONDS_MAX = 90
BACKLOG_APPENDS = 80
APPENDS_PER_INTERRUPTION = 60


class Interruptions:
    """The readings go on through each of these; `history` has the truth."""

    def __init__(self, firn, history, readings):
        self._firn = firn
        self._history = history
        self._readings = readings

    def kill_server(self):
        def kill():
            self._firn.kill()
            self._firn.start()
        self.during_appends("the server was killed", kill)

    def stop_server(self):
        def stop():
            self._firn.stop()
            self._firn.start()
        self.during_appends("the server was stopped", stop)

    def during_appends(self, what, interrupt):
        before = [reading.connections for reading in self._readings]
        writer = threading.Thread(
            target=self._history.write, args=[APPENDS_PER_INTERRUPTION], daemon=True)
        writer.start()
        self._history.wait_for_more(APPENDS_PER_INTERRUPTION // 4)
        interrupt()
        writer.join()
        for reading, connections in zip(self._readings, before):
            reading.wait_until_reconnected(connections)
            reading.wait_until_read(self._history)
        print(f"{what}: " + "; ".join(map(str, self._readings)), flush=True)

    def end(self):
        self._history.write_last()
        for reading in self._readings:
            reading.wait_until_read(self._history)
            reading.check(self._history)


def run_test(program, readings, test, settings=()):
    """Calls test(firn, history, interruptions) beside a fresh server with a backlog; ends the
    process. Whatever happens, it takes at most SECONDS_MAX, and the server is gone afterwards."""
    seed = int(os.environ.get("FIRN_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print(f"FIRN_TEST_SEED={seed}", flush=True)

    def too_long(*_):
        raise TimeoutError(f"not done within {SECONDS_MAX} s")

    def ended(*_):
        raise SystemExit("ended from outside")

    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGTERM, ended)
    signal.alarm(SECONDS_MAX)
    try:
        with tempfile.TemporaryDirectory(prefix="firn-clients-") as directory, \
                FirnProcess(program, os.path.join(directory, "data"), settings) as firn:
            history = History(firn, seed)
            history.write(BACKLOG_APPENDS)
            test(firn, history, Interruptions(firn, history, readings))
    except Exception:
        traceback.print_exc()
        print("FAILED; what was read:", *readings, sep="\n  ", file=sys.stderr, flush=True)
        code = 1
    else:
        print(*readings, sep="\n")
        code = 0
    # Without waiting for threads that wait for a server that is gone.
    sys.stdout.flush()
    os._exit(code)
