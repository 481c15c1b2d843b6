"""How much does the reader cost on top of decoding? Ratios of processor time in one interleaved run.

    python benchmarks/reader.py ../shared/data/video/short_hamilton_clip.mp4 [--rounds 5]

A: PyAV decodes every frame, one thread, no conversion (the ceiling).   B: `open_media` at 5 samples a second with shot
detection, handing over planes (`luma(320)`).   C: the same, converted to RGB.   Each line is A over B or C: 1.00 is as fast as
decoding alone. Beside the clip itself a 1080p25 clip is measured, encoded here from its pictures (H.264, about 4.6 Mbit/s).
"""
import argparse
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path
from time import process_time

import av
import cv2

from sporhund.media.model import Kind, Sampling
from sporhund.media.reader import open_media

SECONDS_1080P = 8


@dataclass(frozen=True)
class Whole:
    """All of the first video stream."""

    kind: Kind = Kind.VIDEO
    stream: int = 0
    start: float = -inf
    end: float = inf
    warm_from: float = -inf
    untimed_rate: float = 0.0
    ignore_edit_list: bool = False
    expected_end: float | None = None


def decode_only(path: Path) -> None:
    with path.open("rb") as file, av.open(file) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.thread_type = "NONE"
        for _ in container.decode(stream):
            pass


def planes(path: Path) -> None:
    with path.open("rb") as file, open_media(file, Whole(), Sampling()) as media:
        for frame in media:
            frame.luma(320)


def rgb(path: Path) -> None:
    with path.open("rb") as file, open_media(file, Whole(), Sampling()) as media:
        for frame in media:
            _ = frame.rgb


def encode_1080p(source: Path, target: Path) -> None:
    """The clip's pictures, enlarged to 1920 x 1080 at 25/s."""
    with av.open(source) as reader, av.open(target, "w") as writer:
        stream = writer.add_stream("libx264", rate=25, options={"preset": "veryfast", "b": "4600k", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for number, frame in enumerate(reader.decode(video=0)):
            if number == SECONDS_1080P * 25:
                break
            large = frame.reformat(1920, 1080, "yuv420p", interpolation="BICUBIC")
            large.pts, large.time_base = number, Fraction(1, 25)
            writer.mux(stream.encode(large))
        writer.mux(stream.encode(None))


def seconds(work: Callable[[Path], None], path: Path) -> float:
    before = process_time()
    work(path)
    return process_time() - before


def measure(path: Path, rounds: int) -> dict[str, tuple[float, list[float]]]:
    """Per loop: ratio of the least times (noise of a shared machine only adds), and the ratio in each round."""
    loops = {"ceiling": decode_only, "planes": planes, "rgb": rgb}
    took: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(rounds + 1):
        for name, work in loops.items():
            spent = seconds(work, path)
            if number:   # the first round warms up
                took[name].append(spent)
    ceiling = took["ceiling"]
    return {
        name: (min(ceiling) / min(took[name]), [a / b for a, b in zip(ceiling, took[name], strict=True)])
        for name in ("planes", "rgb")}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clip", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--also", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "1080p.mp4"
        encode_1080p(given.clip, large)
        for path in (given.clip, large, *given.also):
            for what, (best, ratios) in measure(path, given.rounds).items():
                spread = f"median {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
                print(f"{path.name:32} {what:7} {best:.3f}  {spread}")


if __name__ == "__main__":
    main()
