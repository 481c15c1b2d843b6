"""How many times real time does the analysis run? Codec x size x mode x looks, on this processor.

    python benchmarks/real_time.py --clip CLIP --pack FOLDER [--seconds 20]

The clips are encoded here from one real clip, so that only codec and size differ. Processor time of one worker's work
(models loaded, start-up excluded), decode included: with N workers on N free processors, N times as fast.
"""
import argparse
import platform
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
from av.video.reformatter import Interpolation

from sporhund import __version__
from sporhund.media.probe import probe
from sporhund.packs.runtime import Pack, load
from sporhund.review import plan
from sporhund.review.line import examine
from sporhund.review.model import KINDS, Plan

CODECS = {"H.264": ("libx264", "mp4", {"preset": "veryfast", "crf": "23", "g": "50"}),
          "HEVC": ("libx265", "mp4", {"preset": "ultrafast", "crf": "26", "x265-params": "log-level=none:keyint=50"}),
          "VP9": ("libvpx-vp9", "webm", {"deadline": "realtime", "cpu-used": "8", "b": "2M", "g": "50"}),
          "AV1": ("libsvtav1", "mp4", {"preset": "12", "crf": "35", "g": "50"}),
          "MJPEG": ("mjpeg", "avi", {"qscale": "5"})}
SIZES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080)}
LOOKS: dict[str, tuple[str, ...]] = {"motion": ("motion",), "faces": ("face",), "all": KINDS}
MODES = ("quick", "normal", "thorough")


def encode(source: Path, target: Path, codec: str, size: tuple[int, int], seconds: float) -> None:
    """The source's pictures, over and over, at 25 frames a second."""
    name, _, options = CODECS[codec]
    with av.open(str(target), "w") as out:
        stream = out.add_stream(name, rate=25, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if name == "mjpeg" else "yuv420p"
        number = 0
        while number < seconds * 25:
            with av.open(str(source)) as clip:
                for frame in clip.decode(video=0):
                    if number >= seconds * 25:
                        break
                    picture = frame.reformat(*size, format=stream.pix_fmt, interpolation=Interpolation.BICUBIC)
                    picture.pts, picture.time_base = number, Fraction(1, 25)
                    out.mux(stream.encode(picture))
                    number += 1
        out.mux(stream.encode(None))


def times_real_time(path: Path, pack: Pack, mode: str, looks: tuple[str, ...]) -> float:
    asked = Plan(looks, plan.sampling(mode), pack.manifest.label, True)
    with path.open("rb") as file:
        facts = probe(file, path.stat().st_size)
    started = time.process_time()
    for unit in plan.units_of(facts, "b"):
        with path.open("rb") as file:
            examine(file, unit, asked, pack)
    return facts.duration / (time.process_time() - started)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--clip", type=Path, required=True)
    arguments.add_argument("--pack", type=Path, required=True)
    arguments.add_argument("--seconds", type=float, default=20.0)
    arguments.add_argument("--codecs", nargs="*", default=list(CODECS))
    a = arguments.parse_args()
    cv2.setNumThreads(1)
    pack = load(a.pack)
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    print(f"Sporhund {__version__}, pack {pack.manifest.label}, one worker on {model}; {a.clip.name}, {a.seconds:g} s")
    print("| codec | size | mode | " + " | ".join(LOOKS) + " |\n|---|---|---|" + "---|" * len(LOOKS))
    with tempfile.TemporaryDirectory() as scratch:
        for codec in a.codecs:
            for size, pixels in SIZES.items():
                path = Path(scratch, f"{codec}-{size}.{CODECS[codec][1]}")
                encode(a.clip, path, codec, pixels, a.seconds)
                for mode in MODES:
                    cells = [f"{times_real_time(path, pack, mode, looks):.1f}" for looks in LOOKS.values()]
                    print(f"| {codec} | {size} | {mode} | " + " | ".join(cells) + " |", flush=True)
                path.unlink()


if __name__ == "__main__":
    main()
