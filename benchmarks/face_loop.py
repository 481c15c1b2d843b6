"""How much faster is the look for faces than the plain loop that others use, and whom does either miss?

    python -m benchmarks.face_loop LOOP.py [--shared DIR] [PACK ...]

LOOP.py: the plain loop (tools/baseline_loop.py of the shared folder): dlib's HOG detector, landmarks and descriptor on every
frame. It needs `dlib` and `face_recognition_models`. Data: short_hamilton_clip.mp4 (640x360, 275 frames). Processor time of one
thread, decoding included, opening of models excluded; both in this run, the loop first and last.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from math import inf
from pathlib import Path

import cv2
from tests.packs.make import base_pack, make_pack

from sporhund.faces.look import FaceLook
from sporhund.media.model import Kind, Sampling
from sporhund.media.reader import open_media
from sporhund.packs import runtime
from sporhund.review.model import Unit
from sporhund.tracks.model import Track


def plain_loop(script: Path, clip: Path) -> tuple[float, int]:
    """Seconds of the loop, and the frames in which it found a face."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "loop.json")
        subprocess.run([sys.executable, script, clip, "--loop", "dlib", "--json", out], check=True, stdout=subprocess.DEVNULL)
        loop = json.loads(out.read_text())["loops"]["dlib"]
    return sum(loop["steps"].values()), loop["frames_with_face"]


def look(clip: Path, pack: runtime.Pack) -> tuple[float, list[Track]]:
    """Seconds of the look, reading included, and its tracks."""
    faces = FaceLook(pack, templates=True, thorough=False)
    unit = Unit("u", Kind.VIDEO, start=-inf, end=inf, warm_from=-inf)
    start = time.process_time()
    with clip.open("rb") as file, open_media(file, unit, Sampling()) as media:
        for frame in media:
            faces.accept(frame)
    tracks = faces.finish()
    return time.process_time() - start, tracks


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("loop", type=Path)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("packs", nargs="*", default=["base", "yunet-mobilefacenet"])
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    clip = arguments.shared / "data/video/short_hamilton_clip.mp4"
    before, frames = plain_loop(arguments.loop, clip)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.packs:
            pack = runtime.load(base_pack() if name == "base" else make_pack(arguments.shared, Path(scratch), name))
            pack.open_all()
            times = [look(clip, pack) for _ in range(3)]
            rows.append((name, sorted(seconds for seconds, _ in times)[1], times[0][1]))
    after, _ = plain_loop(arguments.loop, clip)
    print(f"plain loop: {before:.1f} and {after:.1f} s, a face in {frames} frames")
    print("| pack | s (median of 3) | times faster | tracks | comparable |\n|---|---|---|---|---|")
    for name, seconds, tracks in rows:
        comparable = sum(track.comparable for track in tracks)
        print(f"| {name} | {seconds:.2f} | {(before + after) / 2 / seconds:.1f} | {len(tracks)} | {comparable} |")


if __name__ == "__main__":
    main()
