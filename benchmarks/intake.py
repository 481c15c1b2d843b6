"""How much longer does taking in a large file last than the slowest of its three digests alone?

    python -m benchmarks.intake [--mib 1024] [--rounds 3]

Data: one file of random bytes, read from the page cache (made in a temporary folder and removed). Peer: hashlib.file_digest
of the standard library with each digest alone. Wall time, A, B, A, B, the best of the rounds. Two settings: every processor
of the machine, where each digest has a thread of its own; and one processor for all, where three digests are more work than
one and no arrangement can hide it (the sum of the three alone is shown beside it: that is the least it can be).
"""
import argparse
import hashlib
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sporhund.evidence.digest import digest

NAMES = ("md5", "sha1", "sha256")


def main() -> None:
    """Print the question, the machine and the ratios."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--mib", type=int, default=1024)
    wanted.add_argument("--rounds", type=int, default=3)
    asked = wanted.parse_args()
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} processors, Python {platform.python_version()}, {asked.mib} MiB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large"
        write(path, asked.mib)
        compare("every processor", path, asked.rounds)
        every = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(every)})
        compare("one processor", path, asked.rounds)
        os.sched_setaffinity(0, every)


def write(path: Path, mib: int) -> None:
    with open(path, "wb") as file:
        for _ in range(mib):
            file.write(os.urandom(1 << 20))


def compare(setting: str, path: Path, rounds: int) -> None:
    """One line for a setting: seconds of each digest alone and of all three in one reading, and the ratios."""
    ways: dict[str, Callable[[], object]] = {name: alone(path, name) for name in NAMES}
    ways["all three"] = lambda: digest(os.fsencode(path))
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, run in ways.items():
            started = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - started)
    slowest, together = max(best[name] for name in NAMES), sum(best[name] for name in NAMES)
    print(f"{setting}: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in best.items())
          + f"; all three / slowest alone = {best['all three'] / slowest:.2f} (sum of the three alone: {together / slowest:.2f})")


def alone(path: Path, name: str) -> Callable[[], object]:
    def run() -> object:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, name)

    return run


if __name__ == "__main__":
    main()
