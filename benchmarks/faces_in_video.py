"""How much faster are faces found in a video than by the plain loop that others use?

    python benchmarks/faces_in_video.py VIDEO --pack FOLDER [--pack FOLDER ...] --loop BASELINE_LOOP.PY [--refs A.png B.png]

`normal` with faces alone, as a worker runs it (one thread, models loaded, start-up excluded), against that script's dlib
loop over every frame (HOG with one upsampling, landmarks, descriptor). Processor time; the two in turn, A B A B. Also says
whom the loop found and Sporhund missed, and how near the best track of each reference picture is.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sporhund.faces.rules import template_of
from sporhund.media.model import Facts, Kind
from sporhund.media.probe import probe
from sporhund.packs.runtime import Pack, load
from sporhund.review import plan
from sporhund.review.line import examine
from sporhund.review.model import Findings, Plan, Unit
from sporhund.tracks.model import Track

NEAR_S = 0.25
"""A face of the loop's frame is found if a track is seen at most so far away, at 5 samples a second."""


def units(path: Path) -> tuple[Facts, list[Unit]]:
    with path.open("rb") as file:
        facts = probe(file, path.stat().st_size, path.name.encode())
    return facts, plan.units_of(facts, "b")


def look(path: Path, pack: Pack, asked: Plan) -> tuple[list[Findings], float]:
    _, parts = units(path)
    started = time.process_time()
    found = []
    for unit in parts:
        with path.open("rb") as file:
            found.append(examine(file, unit, asked, pack))
    return found, time.process_time() - started


def loop(script: Path, video: Path, refs: list[Path]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "out.json")
        subprocess.run([sys.executable, str(script), str(video), "--loop", "dlib", "--refs", *map(str, refs), "--json", str(out)],
                       check=True, stdout=subprocess.DEVNULL)
        result: dict[str, Any] = json.loads(out.read_text())["loops"]["dlib"]
    return result


def frame_times(video: Path) -> list[float]:
    import av

    with av.open(str(video)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def missed(per_frame: list[list[int]], times: list[float], tracks: list[Track]) -> int:
    seen = np.array([o.t for track in tracks for o in track.observations] or [-1e9])
    return sum(1 for index, faces in per_frame if faces and np.abs(seen - times[index]).min() > NEAR_S)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("video", type=Path)
    arguments.add_argument("--pack", type=Path, action="append", required=True)
    arguments.add_argument("--loop", type=Path, required=True)
    arguments.add_argument("--refs", type=Path, nargs="*", default=[])
    arguments.add_argument("--rounds", type=int, default=2)
    a = arguments.parse_args()
    cv2.setNumThreads(1)
    asked = Plan(("face",), plan.sampling("normal"), "b", True)
    packs = [load(folder) for folder in a.pack]
    for pack in packs:
        look(a.video, pack, asked)
    ours: dict[str, list[float]] = {pack.manifest.label: [] for pack in packs}
    theirs: list[float] = []
    for _ in range(a.rounds):
        for pack in packs:
            found, seconds = look(a.video, pack, asked)
            ours[pack.manifest.label].append(seconds)
        baseline = loop(a.loop, a.video, a.refs)
        theirs.append(sum(baseline["steps"].values()))
    times = frame_times(a.video)
    print(f"{a.video.name}: the dlib loop takes {min(theirs):.1f} to {max(theirs):.1f} s of processor time, "
          f"{baseline['faces']} faces in {baseline['frames_with_face']} of {baseline['frames']} frames")
    for pack in packs:
        label = pack.manifest.label
        found, _ = look(a.video, pack, asked)
        tracks = [track for f in found for r in f.results for track in r.tracks]
        ratios = [t / o for t, o in zip(theirs, ours[label], strict=True)]
        print(f"  {label}: {min(ratios):.1f} to {max(ratios):.1f} times faster ({min(ours[label]):.2f} s); {len(tracks)} tracks, "
              f"{sum(track.comparable for track in tracks)} comparable; frames with a face of the loop and no track within "
              f"{NEAR_S} s: {missed(baseline['per_frame'], times, tracks)}")
        for ref in a.refs:
            nearest(ref, tracks, pack, asked)


def nearest(ref: Path, tracks: list[Track], pack: Pack, asked: Plan) -> None:
    with ref.open("rb") as file:
        still = examine(file, Unit("r", Kind.STILL), asked, pack)
    faces = [track for r in still.results for track in r.tracks if track.embeddings]
    probe_vector = template_of(max(faces, key=lambda track: track.quality).embeddings)[0]
    far = sorted((1 - float(template_of(track.embeddings)[0] @ probe_vector), track.observations[0].t) for track in tracks if track.embeddings)
    print(f"    {ref.name}: nearest tracks by cosine distance " + ", ".join(f"{d:.3f} (from {t:.2f} s)" for d, t in far[:3]))


if __name__ == "__main__":
    main()
