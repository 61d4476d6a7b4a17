"""How much is measured: full, quick, and the smoke size that runs in ctest."""

from dataclasses import dataclass


@dataclass
class Sizes:
    name: str
    rounds: int
    seconds: float  # a point of scenarios 1 to 4
    clients: list[int]
    batch_clients: list[int]
    transfer_clients: list[int]
    lengths: list[int]  # of the streams whose states are asked for
    read_length: int
    samples: int
    startup_filler: int  # events beside those streams, for scenario 8
    batch: int = 100
    contended_clients: int = 16
    keep: int = 100  # events that a stream keeps when it is compacted
    slow_longest: int = 100_000  # what rivals that load slowly are given

    @property
    def fixture_events(self):
        return sum(self.lengths)


FULL = Sizes("full", 3, 2.0, [1, 4, 16, 64, 256], [1, 4, 16, 64, 256], [1, 16, 64],
             [10, 100, 1_000, 10_000, 100_000, 1_000_000], 100_000, 1000, 9_000_000)
QUICK = Sizes("quick", 1, 1.0, [1, 4, 16, 64, 256], [1, 16], [16],
              [10, 100, 1_000, 10_000, 100_000, 1_000_000], 100_000, 200, 0, slow_longest=10_000)
SMOKE = Sizes("smoke", 1, 0.3, [1, 4], [2], [2], [10, 250], 250, 5, 1_000, batch=10, contended_clients=4)

