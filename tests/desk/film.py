"""A case with real media that somebody looked through: a picture, a video that plays, one that does not, and a broken file."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, update
from tests.previews import make
from tests.previews.conftest import probed

from sporhund.api.case import Case
from sporhund.catalogue import records as catalogue
from sporhund.evidence.service import take_in
from sporhund.review import records
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Sighting = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Film:
    """The case, and its media by the names of their files."""

    case: Case
    media: dict[str, str]
    store: Store

    def of(self, name: str, rest: str = "") -> str:
        """The address of a medium."""
        return f"/case/{self.case.id}/media/{self.media[name]}{rest}"

    def track(
        self, name: str, *path: Sighting, kind: str = "person", quality: float = 0.5, comparable: bool = False, page: int = 0,
        reason: str | None = None, sharpness: float = 0.4, colours: list[dict[str, object]] | None = None,
        called: str | None = None,
    ) -> str:
        """A track with these sightings: t, x, y, width, height; the first of them is its best."""
        run, key, medium, case_id = new_id("r"), new_id("t"), self.media[name], self.case.id
        t, *box = path[0]
        with self.store.transaction() as rows:
            unit = make.unit(f"{run}.{medium}", records.facts(rows, case_id, medium))
            rows.execute(insert(tables.run).values(
                case_id=case_id, id=run, mode="normal", looks=[kind], pack="base@1", templates=False, settings={},
                signature=run, started_at=self.case.place.clock.now(), by="officer"))
            records.add_units(rows, case_id, run, medium, [unit])
            rows.execute(insert(tables.track).values(
                case_id=case_id, id=key, run_id=run, unit_id=unit.id, medium_id=medium, stream=unit.stream, page=page,
                kind=kind, look=kind, shot_id="s1", start=t, end=path[-1][0], observations=len(path), quality=quality,
                comparable=comparable, reason=reason, colours=colours, **{"class": called}, best=[{
                    "t": t, "box": box, "score": 0.9, "quality": quality, "sharpness": sharpness, "page": page}]))
            seen = np.array([(*one, 0.9) for one in path], "<f8")
            rows.execute(insert(tables.observation).values(case_id=case_id, track_id=key, path=seen.tobytes(), lead=b""))
        return key


@pytest.fixture
def film(case: Case, store: Store, tmp_path: Path, shared: Path) -> Film:
    return shot(case, store, tmp_path, shared)


def shot(case: Case, store: Store, tmp_path: Path, shared: Path) -> Film:
    """The film, taken into this case and looked through."""
    folder = tmp_path / "exhibit"
    folder.mkdir()
    video = shared / "data/video"
    (folder / "a.jpg").write_bytes(make.encoded(make.scene(), "JPEG"))
    (folder / "pages.tif").write_bytes(make.pages_tiff())
    (folder / "plays.mp4").write_bytes((video / "one-by-one-person-detection.mp4").read_bytes())
    (folder / "ham.avi").write_bytes((video / "variants/ham_xvid.avi").read_bytes())
    (folder / "broken.jpg").write_bytes(make.encoded(make.scene(), "JPEG")[:300])
    take_in(case.id, "K1", [folder], **case.place.hands)
    media = probed(store, case.id, folder)
    with store.transaction() as rows:
        rows.execute(update(tables.medium).where(tables.medium.c.case_id == case.id).values(state="analysed"))
        rows.execute(update(tables.medium).where(
            tables.medium.c.case_id == case.id, tables.medium.c.id == media["broken.jpg"]).values(
            state="failed", code="damaged", reason="the picture's header cannot be read"))
        catalogue.refresh(rows, case.id, sorted(media.values()))
    return Film(case, media, store)
