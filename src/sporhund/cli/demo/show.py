"""The demo's way: make the exhibit, open the case, look through it, and tell what came of it."""
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from sporhund import settings
from sporhund.api import training
from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.cli.demo import faces
from sporhund.cli.output import Output, clock, length
from sporhund.cli.progress import Display
from sporhund.training.answers import missed
from sporhund.training.planted import Exhibit

KINDS = {"face": "Faces", "person": "Persons", "vehicle": "Vehicles", "object": "Things", "motion": "Movement"}
STATES = ("analysed", "partly", "duplicate", "skipped", "failed", "waiting")
PLACES = 6
"""Lines per kind in the summary; the rest is a command away."""


def run(place: Sporhund, name: str, display: Display, out: Output) -> dict[str, Any]:
    """The whole demo; its document."""
    if not (place.settings.home / "demo").is_dir():
        out.say("Bringing the models and the free pictures (once).")
    exhibit = training.material(place, out.say)
    case = training.opened(place, name)
    analysed = case.analyse([exhibit.folder], exhibit=training.EXHIBIT, report=display, note=out.warn, say=out.say)
    found = training.compared(case, exhibit, out.warn)
    elsewhere = "" if place.settings.home == settings.read().home else f" --home {place.settings.home}"
    return document(case, exhibit, analysed, found, elsewhere)


def document(
    case: Case, exhibit: Exhibit, analysed: Mapping[str, Any], found: Mapping[str, Any], typed: str,
) -> dict[str, Any]:
    """As in the contract: what is not built yet says so."""
    tracks = every(case.tracks)
    files = every(case.files)
    unseen = every(partial(case.tracks, unrecognised=True))
    planted = sum(1 + len(file.sights) for file in exhibit.files)
    wrong = missed(exhibit, files, tracks)
    data: dict[str, Any] = {
        "case": case.name, "analyse": dict(analysed), "clusters": len(found["clusters"]["clusters"]), "search": found["search"],
        "planted": {"known": planted, "missed": [f"{m.path}: expected {m.expected}, found {m.found}" for m in wrong]},
    }
    faced = faces.lines(found, tracks, exhibit.probe.name.rpartition("-")[2])
    return data | {"summary": "\n".join(summary(case.name, analysed, tracks, unseen, files, faced, data["planted"], typed))}


def every(page: Any) -> list[Any]:
    items, after = [], None
    while True:
        found = page(limit=1000, after=after)
        items += found["items"]
        if (after := found["next"]) is None:
            return items


def summary(
    name: str, analysed: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]], unseen: Sequence[Mapping[str, Any]],
    files: Sequence[Mapping[str, Any]], faced: Sequence[str], planted: Mapping[str, Any], typed: str,
) -> list[str]:
    """What a person reads at the end. faced: what came of comparing. typed: what each command needs to find this home."""
    counts, video, wall = analysed["files"], length(analysed["video_seconds"]), length(analysed["wall_seconds"])
    states = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    done = f"{analysed['resumed']} files kept from before" if analysed["resumed"] else f"looked through in {wall}"
    lines = [f"{counts['seen']} files, {video} of video, {done}.",
             f"  {states} — every file is in one of these.", "", "What was found, and when"]
    for kind, title in KINDS.items():
        lines += found_lines(title, [track for track in tracks if track["kind"] == kind])
    lines += [f"  Of the movement, {len(unseen)} had nothing recognised in it: a person should look there.", "",
              "Who looks alike", *faced, "", "What could not be read"]
    lines += trouble_lines([file for file in files if file["state"] in ("failed", "partly")])
    lines += ["", "What was not looked at"]
    lines += trouble_lines([file for file in files if file["state"] == "skipped"])
    lines += ["  Text in pictures, rooms and logos, and known material: not built yet.",
              "  Who it is, nobody has said: that is for two people to decide.", ""]
    known, wrong = planted["known"], planted["missed"]
    lines += [f"Known answers: {known - len(wrong)} of {known} planted things came out as they should.",
              *(f"  {line}" for line in wrong), ""]
    return lines + next_lines(name, tracks, typed)


def found_lines(title: str, tracks: Sequence[Mapping[str, Any]]) -> list[str]:
    """One kind: how many, and the best few places."""
    if not tracks:
        return [f"  {title}: none"]
    fit = sum(track["comparable"] for track in tracks)
    said = f", {fit} of them good enough to compare" if title == "Faces" else ""
    best = sorted(sorted(tracks, key=lambda t: -t["quality"])[:PLACES], key=lambda t: (t["path"], t["from"]))
    lines = [f"  {title}: {len(tracks)} tracks{said}"]
    for track in best:
        what = f" ({track['class']})" if track["class"] else ""
        lines.append(f"    {when(track):>15}  {short(track['path'])}{what}")
    return [*lines, f"    and {len(tracks) - PLACES} more"] if len(tracks) > PLACES else lines


def when(track: Mapping[str, Any]) -> str:
    if track["to"] == track["from"] == 0:
        return "picture"
    return f"{clock(track['from'])} – {clock(track['to'])}"


def trouble_lines(files: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"  {short(file['path'])}: {file['reason']}" + (" (what is there was analysed)" if file["state"] == "partly" else "")
            for file in files] or ["  nothing"]


def short(path: str) -> str:
    return path if len(path) <= 44 else "…" + path[-43:]


def next_lines(name: str, tracks: Sequence[Mapping[str, Any]], typed: str) -> list[str]:
    best = max((track for track in tracks if track["kind"] == "face"), key=lambda track: track["quality"], default=None)
    acts = ["serve", f"tracks --case {name} --kind face", f"status --case {name} --files", f"tracks --case {name} --unrecognised"]
    if best is not None:
        acts.append(f"reproduce {best['id']} --case {name} --out face.png")
    acts += [f"faces clusters --case {name}", f"candidates --case {name}"]
    acts += ["audit verify", "case create MY-CASE --title '…' --purpose objects"]
    told = {"serve": "     the desk: the case in a browser"}
    return ["What to type next", *(f"  {command_name()} {act}{typed}{told.get(act, '')}" for act in acts)]


def command_name() -> str:
    """How this command is typed here: by its name if it is on the path, else as it lies."""
    if shutil.which("sporhund") or Path(sys.argv[0]).name != "sporhund":
        return "sporhund"
    typed, here = Path(sys.argv[0]).absolute(), Path.cwd()
    return str(typed.relative_to(here)) if typed.is_relative_to(here) else str(typed)


def show_summary(console: Console, data: Mapping[str, Any]) -> None:
    """Headings stand out."""
    for line in data["summary"].split("\n"):
        heading = line and not line.startswith(" ") and not line[0].isdigit() and ":" not in line
        console.print(line, style="bold" if heading else "", markup=False)
