"""The known-answer test: planted material goes the whole way, with a kill in the middle; what was planted must come out.

It runs in a home of its own beside the real one, so that no case sees it; the result goes into the real home's audit log.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.api.training import compared
from sporhund.audit import service as audit
from sporhund.cli.demo.faces import worth
from sporhund.cli.demo.show import every
from sporhund.evidence.names import text
from sporhund.packs.fetch import package_file
from sporhund.review.doctor import Check
from sporhund.training.answers import missed
from sporhund.training.material import make_exhibit
from sporhund.training.planted import Exhibit

CASE = "KNOWN-ANSWERS"
LATER = ("known material", "text", "elements")


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
        say("Clusters and a search.")
        found = compared(case, exhibit, say)
        tracks = every(partial(case.tracks, kind="face"))
        return [killed_check(killed, done), *planted_checks(case, exhibit), clusters_check(found["clusters"], tracks, exhibit),
                search_check(found["search"], exhibit)]


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


def clusters_check(clusters: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]], exhibit: Exhibit) -> Check:
    """No cluster holds two of the planted people; the wanted person's good pictures are in one."""
    shown = {track["id"]: who_is_on(track["path"], exhibit) for track in tracks}
    mixed = [cluster["id"] for cluster in clusters["clusters"]
             if len({shown[track] for track in cluster["tracks"] if shown.get(track)}) > 1]
    together = max((sum(shown.get(track) == exhibit.wanted for track in cluster["tracks"])
                    for cluster in clusters["clusters"]), default=0)
    state = "failed" if mixed or together < 2 else "ok"
    return Check("known answer: clusters", state,
                 f"{together} tracks of the planted person are in one cluster; {len(mixed)} clusters hold two planted people")


def search_check(search: Mapping[str, Any], exhibit: Exhibit) -> Check:
    """The planted person comes first and by hardly any accident; the stranger does not."""
    name = "known answer: a face that must match and one that must not"
    ranked = [(who_is_on(one["path"], exhibit), one["chance"]) for one in search["candidates"]]
    if not ranked or ranked[0][1] is None:
        return Check(name, "failed", "the search gave no candidate, or the first of them no number")
    first, chance = ranked[0]
    others = [other["expected"] for who, other in ranked if who != exhibit.wanted and other is not None]
    right = first == exhibit.wanted and bool(others) and all(chance["expected"] < other for other in others)
    said = f"first comes {first}: {worth(search['candidates'][0])}; for others at least {min(others, default=0.0):.2g}"
    return Check(name, "ok" if right else "failed", said)


def who_is_on(path: str, exhibit: Exhibit) -> str | None:
    """Whom a planted file shows, if it shows one person."""
    shown = {sight.who for file in exhibit.files if path.endswith(text(file.path))
             for sight in file.sights if sight.kind == "face"}
    return next(iter(shown)) if len(shown) == 1 else None
