"""The faces to compare are made again from the kept bytes, in a confined worker, and nothing is written over."""
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update
from tests.identify.conftest import Scene

from sporhund.errors import SporhundError, Unreadable, WrongUsage
from sporhund.identify import pictures
from sporhund.media.model import Facts, Kind
from sporhund.review.plan import picture_unit
from sporhund.search.records import purpose_of_probe
from sporhund.store import tables


def png(side: int = 200) -> bytes:
    """Grey, with a white square at 48 to 88."""
    picture = np.full((side, side, 3), 90, np.uint8)
    picture[48:88, 48:88] = 255
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def kept(scene: Scene) -> Scene:
    """The probe's picture as a search keeps it, with the white square as its face."""
    p = tables.probe.c
    key = scene.keys.for_case(scene.case_id)
    with scene.store.transaction() as rows:
        probe = rows.execute(tables.probe.select().where(p.case_id == scene.case_id)).one()
        rows.execute(update(tables.probe).where(p.case_id == scene.case_id, p.id == probe.id).values(
            picture=key.encrypt(png(), purpose_of_probe(probe.id)), shot={"t": 0.0, "box": [48, 48, 40, 40], "score": 0.9}))
    return scene


def test_the_face_of_a_probe_comes_out_of_what_was_kept(kept: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_track", lambda store, case_id, track, name: pictures.Face(name, b"", True))

    probe, candidate = pictures.faces(kept.case_id, kept.made.candidates[0], **kept.hands(kept.one))

    shown = np.asarray(Image.open(io.BytesIO(probe.png)))
    assert (probe.name, candidate.name) == ("probe-1.png", "candidate.png")
    assert shown.shape == (60, 60, 3) and (shown == 255).all(axis=2).sum() == 1600
    assert kept.last_event().action == "candidates pictures"


def test_no_picture_is_written_over(kept: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faces = [pictures.Face("probe-1.png", b"png", True), pictures.Face("candidate.png", b"png", True)]
    monkeypatch.setattr(pictures, "faces", lambda *said, **hands: faces)
    (tmp_path / "candidate.png").write_bytes(b"evidence")

    with pytest.raises(WrongUsage) as said:
        kept.case(kept.one).decisions.pictures(kept.made.candidates[0], tmp_path)

    assert said.value.code == "exists"
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("candidate.png", b"evidence")]


def test_a_picture_that_is_damaged_is_said(kept: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "picture_of", lambda rows, case_id, probe, key: b"no picture")

    with pytest.raises(SporhundError):
        pictures.faces(kept.case_id, kept.made.candidates[0], **kept.hands(kept.one))


def test_a_kept_picture_that_was_changed_is_said(scene: Scene) -> None:
    with pytest.raises(Unreadable) as said:        # what the scene keeps was never sealed
        pictures.faces(scene.case_id, scene.made.candidates[0], **scene.hands(scene.one))

    assert said.value.code == "damaged" and "ukendt.jpg" in said.value.message


def test_what_is_no_video_with_a_stream_is_shown_as_a_still() -> None:
    assert picture_unit("probe", Facts(Kind.STILL, "image/png", "PNG")).kind is Kind.STILL
    assert picture_unit("probe", Facts(Kind.VIDEO, "video/mp4", "MP4")).kind is Kind.STILL
