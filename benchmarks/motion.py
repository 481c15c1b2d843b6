"""Are the six visits of the clip found, and does a still camera stay silent?

    python -m benchmarks.motion [--shared DIR]

Data: shared/data/video/one-by-one-person-detection.mp4 and its two variants; a visit counts as found if movement covers it
within half a second at both ends, gaps under a second closed. False spans: movement that touches no visit. Cost: processor time
of the look alone over that of reading the same frames' grey picture in the same run.
"""
import argparse
import json
import time
from math import inf
from pathlib import Path

import cv2

from sporhund.media.model import Kind, Sampling
from sporhund.media.reader import open_media
from sporhund.motion.look import WIDTH, MotionLook
from sporhund.review.model import Unit
from sporhund.tracks.model import Track

CLIPS = {"one-by-one-person-detection.mp4": 0.0, "variants/obo_one_keyframe.mp4": 0.0, "variants/obo_cctv_5fps_grey.h264": 5.0}
TOLERANCE_S = 0.5
GAP_S = 1.0
Span = tuple[float, float]


def watched(path: Path, mode: str, rate: float) -> tuple[list[Track], int, float]:
    """The tracks of one clip, the samples, and the look's cost over the reader's."""
    look, samples, spent = MotionLook(), 0, 0.0
    unit = Unit("u", Kind.VIDEO, start=-inf, end=inf, warm_from=-inf, untimed_rate=rate)
    begun = time.process_time()
    with path.open("rb") as file, open_media(file, unit, Sampling(mode=mode)) as media:
        for frame in media:
            frame.luma(WIDTH)
            start = time.process_time()
            look.accept(frame)
            spent += time.process_time() - start
            samples += 1
    tracks = look.finish()
    return tracks, samples, spent / (time.process_time() - begun - spent)


def merged(tracks: list[Track]) -> list[Span]:
    """Spans of movement, gaps under a second closed."""
    spans: list[Span] = []
    for start, end in sorted((track.observations[0].t, track.observations[-1].t) for track in tracks):
        if spans and start - spans[-1][1] < GAP_S:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    folder = arguments.shared / "data/video"
    truth = json.loads((folder / "truth.json").read_text())["clips"]
    whole = [(v["start_s"], v["end_s"]) for v in truth["one-by-one-person-detection.mp4"]["intervals"]]
    print("| clip | mode | samples | tracks | visits found | false spans | largest error, s | cost over reading |")
    print("|---|---|---|---|---|---|---|---|")
    for name, rate in CLIPS.items():
        visits: list[Span] = [(a, b) for a, b in truth[name].get("intervals_s", whole)]
        for mode in ("normal", "thorough"):
            tracks, samples, cost = watched(folder / name, mode, rate)
            spans = merged(tracks)
            errors = [min(max(abs(s[0] - v[0]), abs(s[1] - v[1])) for s in spans) for v in visits]
            false = sum(all(s[1] < v[0] or s[0] > v[1] for v in visits) for s in spans)
            found = sum(error <= TOLERANCE_S for error in errors)
            print(f"| {name} | {mode} | {samples} | {len(tracks)} | {found} of {len(visits)} | {false} | {max(errors):.2f} "
                  f"| {cost:.1f} |", flush=True)


if __name__ == "__main__":
    main()
