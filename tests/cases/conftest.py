"""Hands to act with, and a case as the review leaves it: a video with tracks, and what became of every file."""
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, update

from sporhund.cases import service
from sporhund.cases.model import Case
from sporhund.evidence import account
from sporhund.evidence.service import take_in
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Hands = dict[str, Any]


@pytest.fixture
def case(hands: Hands) -> Case:
    return service.create(new_id("J"), title="Røveri mod kiosk", purpose="demonstration", **hands)


@dataclass(frozen=True)
class Reviewed:
    """A case after a review."""

    case: Case
    folder: Path
    media: dict[bytes, str]
    store: Store

    def run(self, *, current: bool = True, looks: tuple[str, ...] = ("face", "motion"), medium: str = "") -> str:
        """A run over every medium (or one), with one finished unit each."""
        run = new_id("r")
        media = [medium] if medium else list(self.media.values())
        with self.store.transaction() as rows:
            rows.execute(insert(tables.run).values(
                case_id=self.case.id, id=run, mode="normal", looks=list(looks), pack="base@1", templates=True, settings={},
                signature=run, started_at=self.case.created_at, by="officer"))
            for one in media:
                rows.execute(insert(tables.unit).values(
                    case_id=self.case.id, id=f"{run}.{one}", run_id=run, medium_id=one, kind="video", stream=0, start=0.0,
                    end=float("inf"), plan={}, state="done", attempts=1, coverage={
                        "decoded_frames": 1500, "sampled_frames": 300, "smallest_face_px": 24.0,
                        "unread": [{"start": 50.0, "end": None, "why": "the file ends here", "code": "truncated"}]}))
                if not looks:
                    continue
                rows.execute(insert(tables.look), [
                    {"case_id": self.case.id, "run_id": run, "medium_id": one, "look": look, "pack": "base@1", "state": "found",
                     "current": current} for look in looks])
        return run

    def track(self, run: str, name: bytes, kind: str, path: list[tuple[float, ...]], *, alias_of: str | None = None) -> str:
        """A track with these sightings: t, x, y, width, height."""
        key, medium = new_id("t"), self.media[name]
        seen = np.array([(*one, 0.9) for one in path], "<f8")
        with self.store.transaction() as rows:
            rows.execute(insert(tables.track).values(
                case_id=self.case.id, id=key, run_id=run, unit_id=f"{run}.{medium}", medium_id=medium, stream=0, page=0,
                kind=kind, look=kind, shot_id="s1", start=path[0][0], end=path[-1][0], observations=len(path), quality=0.5,
                comparable=False, reason="too small", alias_of=alias_of, best=[
                    {"t": path[0][0], "box": path[0][1:], "score": 0.9, "quality": 0.5}]))
            rows.execute(insert(tables.observation).values(
                case_id=self.case.id, track_id=key, path=seen.tobytes(), lead=b""))
        return key


@pytest.fixture
def reviewed(tmp_path: Path, case: Case, hands: Hands) -> Reviewed:
    """Two videos of a minute, one of them twice, with an odd name."""
    folder = tmp_path / "exhibit"
    (folder / "cam3").mkdir(parents=True)
    for name, content in (("cam3/=1.mp4", b"first"), ("cam3/2.mp4", b"second"), ("copy.mp4", b"second")):
        (folder / name).write_bytes(content)
    take_in(case.id, "K1", [folder], **hands)
    m = tables.medium
    stated = [
        {"what": "place", "value": "55.676,12.568", "origin": "container:location", "zone": "unknown", "note": ""},
        {"what": "time", "value": "0000-00-00", "origin": "container:creation_time", "zone": "UTC", "note": "impossible"}]
    with hands["store"].transaction() as rows:
        rows.execute(update(m).where(m.c.case_id == case.id).values(kind="video", type="video/mp4", state="analysed", facts={
            "duration": 60.0, "width": 640, "height": 360, "stated": stated,
            "streams": [{"index": 0, "start": 0.0, "end": 60.0}]}))
        media = {file.path: file.medium for file in account.status_files(rows, case.id).items}
    return Reviewed(case, folder, {path: media[path] for path in (b"cam3/=1.mp4", b"cam3/2.mp4")}, hands["store"])
