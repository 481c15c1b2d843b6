"""Where nobody shows a face, next to nothing is taken for one."""
from pathlib import Path

from tests.packs.make import base_pack

from sporhund.faces.look import FaceLook
from sporhund.media.model import Kind, Sampling
from sporhund.media.reader import open_media
from sporhund.packs.runtime import load
from sporhund.review.model import Unit


def test_people_seen_from_behind_give_at_most_two_tracks_and_none_to_compare(shared: Path) -> None:
    """Two of the six visits: hair that looked like a face, and a profile on leaving."""
    look = FaceLook(load(base_pack()), templates=False, thorough=False)
    clip = shared / "data/video/one-by-one-person-detection.mp4"
    for start, end in ((66.0, 71.0), (104.0, 112.0), (134.0, 137.0)):
        unit = Unit("u", Kind.VIDEO, start=start, end=end, warm_from=start)
        with clip.open("rb") as file, open_media(file, unit, Sampling()) as media:
            for frame in media:
                look.accept(frame)

    tracks = look.finish()

    assert len(tracks) <= 2
    assert not any(track.comparable for track in tracks)
