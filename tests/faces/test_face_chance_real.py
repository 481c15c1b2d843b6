"""What the shipped calibration says of people it has never seen (half 1 of the shared pictures)."""
import importlib.resources
from pathlib import Path

import numpy as np
import pytest
from benchmarks.copies import half_of, pictures
from tests.packs.make import MANIFESTS, make_pack

from sporhund.faces.calibration import calibration_of
from sporhund.faces.chance import BANDS, Chance, band_of, chances, crowd_of
from sporhund.faces.portrait import portrait
from sporhund.packs import manifest as manifests
from sporhund.packs import runtime

PACKS = ("base", "centerface-mobilefacenet", "yunet-mobilefacenet", "fused")
DATA = Path(str(importlib.resources.files("sporhund.packs").joinpath("data")))


@pytest.mark.parametrize("name", PACKS)
def test_each_pack_brings_a_calibration_for_every_band_and_no_score_of_a_single_person(
    name: str, shared: Path, base_pack: Path, tmp_path: Path,
) -> None:
    folder = base_pack if name == "base" else make_pack(shared, tmp_path, name)
    known = calibration_of(folder, manifests.read(folder))

    assert known is not None and known.people == 212
    for one in range(len(BANDS)):
        for other in range(len(BANDS)):
            curve = known.curve(one, other)
            assert curve is not None, (BANDS[one], BANDS[other])
            assert curve.share[-1] * curve.people * (curve.people - 1) / 2 > 4   # pairs left at the last step


def test_the_calibrations_lie_beside_their_manifests() -> None:
    assert (DATA / "base-calibration.json").is_file()
    assert len(list(MANIFESTS.glob("*-calibration.json"))) == 3


@pytest.mark.heavy
def test_about_one_stranger_in_a_gallery_has_an_expectation_of_one(shared: Path, base_pack: Path) -> None:
    """200 people who were not calibrated on, every one against half of the others. Allowed: 0.5 to 2 (measured: 0.6 to 0.7)."""
    pack = runtime.load(base_pack)
    known = calibration_of(base_pack, pack.manifest)
    first = {person: rgb for person, _, rgb in pictures(shared / "data/faces-identities") if half_of(person) == 1}
    seen = [one for rgb in list(first.values())[:202] if (one := portrait(rgb, pack)) is not None and one.embedded is not None]
    vectors = np.stack([one.embedded.vector for one in seen if one.embedded is not None])
    bands = band_of([one.shot.box[2] for one in seen], [one.shot.sharpness for one in seen])

    hits = []
    for at in range(len(seen)):
        gallery = [other for other in range(len(seen)) if other % 2 != at % 2]
        found = chances(vectors[gallery] @ vectors[at], probes=[int(bands[at])], calibration=known,
                        crowd=crowd_of(np.arange(len(gallery)), bands[gallery]))
        hits.append(sum(each.expected <= 1 for each in found if isinstance(each, Chance)))

    assert len(hits) >= 200
    assert 0.5 <= np.mean(hits) <= 2
