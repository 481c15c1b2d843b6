"""A case with real media of which is known what they are, and previews of it."""
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.previews import make

from sporhund.audit.keys import Keys
from sporhund.cases import service
from sporhund.cases.model import Case
from sporhund.evidence.service import take_in
from sporhund.previews.readers import Readers
from sporhund.previews.service import Previews
from sporhund.review import line, messages, records
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Hands = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """A case, its folder, and its media by the names of their files."""

    case: Case
    folder: Path
    media: dict[str, str]
    store: Store

    def track(
        self, name: str, t: float, box: tuple[float, float, float, float], *, kind: str = "face", quality: float = 0.5,
    ) -> str:
        """A track with this best shot."""
        run, key, medium = new_id("r"), new_id("t"), self.media[name]
        with self.store.transaction() as rows:
            facts = records.facts(rows, self.case.id, medium)
            unit = make.unit(f"{run}.{medium}", facts)
            rows.execute(insert(tables.run).values(
                case_id=self.case.id, id=run, mode="normal", looks=[kind], pack="base@1", templates=False, settings={},
                signature=run, started_at=self.case.created_at, by="officer"))
            records.add_units(rows, self.case.id, run, medium, [unit])
            rows.execute(insert(tables.track).values(
                case_id=self.case.id, id=key, run_id=run, unit_id=unit.id, medium_id=medium, stream=unit.stream, page=0,
                kind=kind, look=kind, shot_id="s1", start=t, end=t, observations=1, quality=quality, comparable=False,
                reason="too small", best=[{"t": t, "box": box, "score": 0.9, "quality": quality}]))
        return key


@pytest.fixture
def taken(tmp_path: Path, hands: Hands) -> Any:
    """Makes a case of files, each given by its name as bytes or as a file to copy."""
    def take(files: Mapping[str, bytes | Path]) -> Taken:
        folder = tmp_path / "exhibit"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.read_bytes() if isinstance(content, Path) else content)
        case = service.create(new_id("J"), title="Billeder", purpose="demonstration", **hands)
        take_in(case.id, "K1", [folder], **hands)
        return Taken(case, folder, probed(hands["store"], case.id, folder), hands["store"])

    return take


def probed(store: Store, case_id: str, folder: Path) -> dict[str, str]:
    """Facts of every file, as a run records them; medium ids by name."""
    o = tables.occurrence.c
    found = {}
    with store.transaction() as rows:
        for row in rows.execute(select(o.path, o.medium_id).where(o.case_id == case_id)).all():
            name = os.fsdecode(row.path).rpartition("/")[2]
            path = folder / name
            with path.open("rb") as file:
                facts = line.probe_with_clips(file, messages.Probe(path.stat().st_size, os.fsencode(name)))
            records.keep_facts(rows, case_id, row.medium_id, facts)
            found[name] = row.medium_id
    return found


@pytest.fixture
def previews(store: Store, keys: Keys) -> Iterator[Previews]:
    made = Previews(store, keys, store.settings, readers=Readers(count=1))
    yield made
    made.close()


@pytest.fixture
def ill(store: Store, keys: Keys) -> Iterator[Previews]:
    """Previews whose workers go wrong when they are asked for certain sides: see `ill_line`."""
    made = Previews(store, keys, store.settings, readers=Readers(
        count=1, target="ill_line", config=b"", modules=[Path(__file__).parent]))
    yield made
    made.close()
