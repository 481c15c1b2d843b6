"""How long does one probe take against a million templates, warm and as a cold command, and how much memory?

    python -m benchmarks.search [--templates 1000000] [--home DIR]

Data: made-up directions of 128 numbers in a case of their own, a thousand tracks a medium, everybody a person; the probe is any
picture of one face. Peers in the same run: one BLAS product over the same matrix; `sporhund status` on the same case; decrypting
the matrix. Each A, B, A, B; the median and the extremes.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from sqlalchemy import Connection

from sporhund.access import bases
from sporhund.access.model import Draft
from sporhund.api.home import Sporhund
from sporhund.gallery import files, service
from sporhund.search.rank import rank, scores

DIMENSIONS = 128
PER_MEDIUM = 1000
PACK = "base@1"
BLOCK = 50_000
REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--templates", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, help="a home with the pack base; kept, and used again if it has the case")
    parser.add_argument("--picture", type=Path, required=True, help="a picture of one face")
    asked = parser.parse_args()
    with _home(asked.home) as home:
        basis = prepare(home, asked.templates)
        print(f"{asked.templates:,} templates of {DIMENSIONS} numbers, everybody a person")
        warm(home)
        cold(home, asked.picture, basis)


@contextmanager
def _home(named: Path | None) -> Iterator[Path]:
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch)


def prepare(home: Path, count: int) -> str:
    """A case with so many templates and a live basis; the basis."""
    with Sporhund(home) as place:
        place.pull_pack("base")
        if not any(case["case"] == "million" for case in place.list_cases()):
            place.create_case("million", title="A benchmark", purpose="demonstration")
            case = place.case("million")
            started = time.perf_counter()
            with place.store.transaction() as rows:
                fill(rows, case.id, count)
            print(f"filled in {time.perf_counter() - started:.0f} s")
        case = place.case("million")
        now = place.clock.now()
        return bases.add(case.id, Draft(
            "stl-237", "0100-00000-00000-26", "A benchmark of the search.", "The benchmark needs a search to measure.",
            "Nobody is on these made-up templates.", now + timedelta(days=1), "nobody"), **place.hands).id


def fill(rows: Connection, case_id: str, count: int) -> None:
    """Rows as the review leaves them, with directions drawn at random."""
    driver: Any = rows.connection.driver_connection
    media = -(-count // PER_MEDIUM)
    with driver.cursor() as cursor:
        cursor.execute("insert into run values (%s, 'r1', 'normal', '[\"face\"]', %s, true, '{}', 'r1', now(), 'benchmark')",
                       (case_id, PACK))
        cursor.execute(
            "insert into medium (case_id, id, sha256, sha1, md5, bytes, kind, type, facts, state)"
            " select %s, 'm_' || lpad(i::text, 26, '0'), sha256(i::text::bytea), '', '', 1, 'video', 'video/mp4',"
            " '{\"stated\": []}', 'analysed' from generate_series(0, %s - 1) i", (case_id, media))
        cursor.execute(
            "insert into look select %s, 'r1', 'm_' || lpad(i::text, 26, '0'), 'face', %s, 'found', null, true"
            " from generate_series(0, %s - 1) i", (case_id, PACK, media))
        cursor.execute(
            "insert into track (case_id, id, run_id, unit_id, medium_id, stream, page, kind, look, shot_id, start, \"end\","
            " observations, best, quality, comparable) select %s, 't_' || lpad(i::text, 26, '0'), 'r1', 'u',"
            " 'm_' || lpad((i / %s)::text, 26, '0'), 0, 0, 'face', 'face', 's', i %% 1000, i %% 1000, 1,"
            " jsonb_build_array(jsonb_build_object('t', i %% 1000, 'box', jsonb_build_array(10, 10, 40 + i %% 60, 100),"
            " 'score', 0.9, 'sharpness', 0.3 + (i %% 10) * 0.02, 'quality', 0.7, 'yaw', 0.1)), 0.7, true"
            " from generate_series(0, %s - 1) i", (case_id, PER_MEDIUM, count))
        drawn = np.random.default_rng(0)
        with cursor.copy("copy template (case_id, track_id, pack, vector, norm, parts) from stdin") as copy:
            for start in range(0, count, BLOCK):
                block = drawn.standard_normal((min(BLOCK, count - start), DIMENSIONS), dtype=np.float32)
                block /= np.linalg.norm(block, axis=1, keepdims=True)
                for place, vector in enumerate(block, start=start):
                    copy.write_row((case_id, f"t_{place:026d}", PACK, vector.tobytes(), 1.0, "[]"))


def warm(home: Path) -> None:
    """Ranking beside the product alone; decrypting; making the matrix."""
    with Sporhund(home) as place:
        case = place.case("million")
        started = time.perf_counter()
        gallery = service.opened(case.id, PACK, store=place.store, keys=place.keys)
        print(f"the matrix made or opened: {time.perf_counter() - started:.2f} s")
        against_the_product(gallery.vectors)
        key, version = place.keys.for_case(case.id), gallery.version
        opened = [_took(lambda: files.read(place.settings, case.id, PACK, version, key)) for _ in range(REPEATS)]
        print(f"decrypting the matrix {_spread(opened)}")


def against_the_product(vectors: NDArray[np.float32]) -> None:
    person, probe = np.arange(len(vectors), dtype=np.int32), vectors[[len(vectors) // 2]]
    pairs = [(_took(lambda: vectors @ probe[0]), _took(lambda: rank(scores(vectors, probe), person, top=20)))
             for _ in range(2 * REPEATS)][REPEATS:]
    product, ranked = [one for one, _ in pairs], [both for _, both in pairs]
    print(f"one BLAS product {_spread(product)}; ranked exactly {_spread(ranked)}: "
          f"{median(ranked) / median(product):.2f} times (asked: at most 3)")


def cold(home: Path, picture: Path, basis: str) -> None:
    """The whole command beside `status`; its memory."""
    search = ["faces", "search", str(picture), "--case", "million", "--basis", basis]
    _run(home, *search)   # the system's caches, as after a look at the case
    times: dict[str, list[float]] = {"status": [], "search": []}
    with Sporhund(home):   # keeps the embedded server awake: its start is part of neither
        for _ in range(REPEATS):
            times["status"].append(_took(lambda: _run(home, "status", "--case", "million")))
            times["search"].append(_took(lambda: _run(home, *search)))
        peak = _run(home, *search, watched=True)   # by itself: watching costs time
        with_matrix = _decrypting(home)
    allowed = 2 * median(times["status"]) + with_matrix
    print(f"status {_spread(times['status'])}; search {_spread(times['search'])}; twice status and decrypting: {allowed:.2f} s, "
          f"so {median(times['search']) / allowed:.2f} of what is allowed")
    print(f"memory of the command and its worker at the peak: {peak / 1e6:.0f} MB (asked: at most 1,500)")


def _decrypting(home: Path) -> float:
    with Sporhund(home) as place:
        case = place.case("million")
        version = service.opened(case.id, PACK, store=place.store, keys=place.keys).version
        key = place.keys.for_case(case.id)
        return median(_took(lambda: files.read(place.settings, case.id, PACK, version, key)) for _ in range(3))


def _run(home: Path, *arguments: str, watched: bool = False) -> int:
    """One command; its peak memory (PSS, with its children) where it is watched."""
    command = subprocess.Popen([sys.executable, "-m", "sporhund", *arguments, "--home", str(home), "--json"],
                               stdout=subprocess.PIPE, text=True)
    peak: list[int] = [0]
    if watched:
        threading.Thread(target=_watch, args=(psutil.Process(command.pid), peak), daemon=True).start()
    said = json.loads(command.communicate()[0])
    if not said["ok"]:
        raise SystemExit(said["error"])
    return peak[0]


def _watch(process: psutil.Process, peak: list[int]) -> None:
    try:
        while process.is_running():
            tree = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], sum(_memory(one) for one in tree if "postgres" not in one.name()))
            time.sleep(0.05)
    except psutil.Error:
        return


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _took(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds) * 1e3:,.0f} ms ({min(seconds) * 1e3:,.0f} to {max(seconds) * 1e3:,.0f})"


if __name__ == "__main__":
    main()
