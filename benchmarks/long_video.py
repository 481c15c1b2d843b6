"""One long video on one worker and on two, and how much memory all processes take together.

    python benchmarks/long_video.py CLIP --pack FOLDER [--hours 1] [--find motion] [--mode normal] [--size 1920x1080]
                                    [--workers 1 2]

The clip is repeated to the length without decoding it (with --size it is encoded once at that size first). Each run is a
command of its own on a fresh home; memory is the sum of the proportional set sizes (PSS) of the command, its workers and
the embedded database, looked at four times a second. Wall time, so let nothing else run.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import psutil
from real_time import encode


def repeated(clip: Path, target: Path, seconds: float) -> None:
    """The clip's packets over and over."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size]
        base = stream.time_base
        step = round(1 / (stream.average_rate * base))
        length = max(packet.pts for packet in packets) - min(packet.pts for packet in packets) + step
        turn = 0
        while turn * length * base < seconds:
            with av.open(str(clip)) as again:
                for packet in again.demux(again.streams.video[0]):
                    if packet.size:
                        packet.pts += turn * length
                        packet.dts += turn * length
                        packet.stream = copy
                        out.mux(packet)
            turn += 1


def pss_mb(root: psutil.Process, home: Path) -> float:
    """Proportional set size of a process, its children, and the database of this home."""
    family = [root, *root.children(recursive=True)]
    family += [p for p in psutil.process_iter() if p not in family and in_home(p, home)]
    total = 0.0
    for process in family:
        try:
            total += process.memory_full_info().pss
        except (psutil.Error, OSError):
            continue
    return total / 1e6


def in_home(process: psutil.Process, home: Path) -> bool:
    try:
        return process.cwd().startswith(str(home))
    except (psutil.Error, OSError):
        return False


def run(video: Path, pack: Path, workers: int, find: str, mode: str) -> tuple[float, float, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch, "home")
        (home / "models").mkdir(parents=True)
        (home / "models" / pack.name).symlink_to(pack)
        base = [sys.executable, "-m", "sporhund"]
        subprocess.run([*base, "case", "create", "L", "--title", "long", "--purpose", "demonstration", "--home", str(home)],
                       check=True, stdout=subprocess.DEVNULL)
        process = subprocess.Popen(
            [*base, "analyse", str(video), "--case", "L", "--workers", str(workers), "--find", find, "--mode", mode, "--json",
             "--home", str(home)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, pss_mb(psutil.Process(process.pid), home) if psutil.pid_exists(process.pid) else 0.0)
            time.sleep(0.25)
        assert process.stdout is not None
        data = json.loads(process.stdout.read())["data"]
    return data["wall_seconds"], peak, data


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("clip", type=Path)
    arguments.add_argument("--pack", type=Path, required=True)
    arguments.add_argument("--hours", type=float, nargs="+", default=[1.0])
    arguments.add_argument("--find", default="motion")
    arguments.add_argument("--mode", default="normal")
    arguments.add_argument("--size", help="encode the clip at this size first, as in 1920x1080")
    arguments.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    a = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        clip = a.clip
        if a.size:
            width, height = map(int, a.size.split("x"))
            clip = Path(scratch, "sized.mp4")
            encode(a.clip, clip, "H.264", (width, height), 20.0)
        for hours in a.hours:
            video = Path(scratch, f"long-{hours}.mp4")
            repeated(clip, video, hours * 3600)
            walls = []
            for workers in a.workers:
                wall, peak, data = run(video, a.pack.resolve(), workers, a.find, a.mode)
                walls.append(wall)
                said = f"{hours:g} h of {a.size or 'the clip'}, {a.mode}, {a.find}, {workers} worker(s): {wall:.1f} s wall"
                times = data["video_seconds"] / wall
                print(f"{said}, {times:.1f} times real time, peak {peak:.0f} MB PSS, units {data['units']}", flush=True)
            if len(walls) > 1:
                print(f"  one worker / {a.workers[-1]} workers: {walls[0] / walls[-1]:.2f}", flush=True)
            video.unlink()


if __name__ == "__main__":
    main()
