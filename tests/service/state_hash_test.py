#!/usr/bin/env python3
"""service/STATE_HASH.md tells clients how to compute a state's hash. This runs the function that
stands there over the vectors that stand there, and over random states, and holds the results
against the program's.

    state_hash_test.py DOCUMENT STATE_HASH_LINES

FIRN_TEST_SEED repeats a run."""
import json
import os
import random
import re
import struct
import subprocess
import sys

RANDOM_STATES = 5000
VECTORS_LEAST = 12
# Where a hash could go wrong: the ends of the ranges, and the places where doubles get sparse.
EDGES = [0, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1]


def block(document, language):
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", document, re.M | re.S)
    assert len(blocks) == 1, f"{len(blocks)} blocks of {language}; one is expected"
    return blocks[0]


def random_double(rng):
    while True:
        (x,) = struct.unpack("<d", rng.randbytes(8))
        if x == x and abs(x) != float("inf"):
            return x


def random_text(rng):
    # Few surrogates' neighbours come up by themselves, and they decide the order of names.
    ranges = [(0, 0x1F), (0x20, 0x7F), (0x80, 0x7FF), (0xD700, 0xD7FF), (0xE000, 0xFFFF),
              (0x10000, 0x10FFFF)]
    return "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randint(0, 6)))


def random_value(rng, depth=0):
    kind = rng.randrange(9 if depth < 4 else 7)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.randint(-(2**63), 2**64 - 1)
    if kind == 2:
        return min(max(rng.choice(EDGES) + rng.randint(-2, 2), -(2**63)), 2**64 - 1)
    if kind == 3:
        return random_double(rng)
    if kind == 4:
        return float(rng.choice(EDGES) * 10 ** rng.randint(-12, 12))
    if kind == 5:
        return round(rng.uniform(-1000, 1000), rng.randint(0, 4))
    if kind == 6:
        return random_text(rng)
    if kind == 7:
        return [random_value(rng, depth + 1) for _ in range(rng.randint(0, 5))]
    return {random_text(rng): random_value(rng, depth + 1) for _ in range(rng.randint(0, 6))}


def main():
    document = open(sys.argv[1], encoding="utf-8").read()
    published = {}
    exec(block(document, "python"), published)
    state_hash = published["state_hash"]

    vectors = [line.split(" ", 1) for line in block(document, "text").splitlines()]
    assert len(vectors) >= VECTORS_LEAST, f"only {len(vectors)} vectors"
    wrong = [text for stated, text in vectors if state_hash(text) != stated]
    assert not wrong, f"the function computes other hashes than stated: {wrong}"

    seed = int(os.environ.get("FIRN_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"random states: FIRN_TEST_SEED={seed}", flush=True)
    rng = random.Random(seed)
    texts = [text for _, text in vectors]
    for _ in range(RANDOM_STATES):
        texts.append(json.dumps(random_value(rng), ensure_ascii=rng.random() < 0.5))
    program = subprocess.run([sys.argv[2]], input="".join(text + "\n" for text in texts).encode(),
                             stdout=subprocess.PIPE, check=True)
    hashes = program.stdout.decode().split()
    assert len(hashes) == len(texts), f"{len(hashes)} hashes of {len(texts)} states"
    for text, computed in zip(texts, hashes):
        assert computed == state_hash(text), f"the program has another hash: {text}"
    print(f"{len(vectors)} vectors and {RANDOM_STATES} random states: all hashes are equal")


if __name__ == "__main__":
    main()
