"""Who is known is looked for in new material where bases on both sides cover it; who may not know learns only whom to ask."""
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from sqlalchemy import insert, select
from tests import people
from tests.cases.conftest import Hands, Reviewed

from sporhund.access import bases, records
from sporhund.access.model import Scope
from sporhund.actor import Actor
from sporhund.api.persons import hit_item
from sporhund.audit import service as audit
from sporhund.cases import service as cases
from sporhund.cases.model import Case
from sporhund.cli.persons import show_hits
from sporhund.errors import Refused, WrongUsage
from sporhund.faces.chance import Chance, NoChance
from sporhund.packs.model import Manifest, Unsuitable
from sporhund.persons import check, hits, known
from sporhund.persons.matching import LISTED, MOST_EXPECTED, Compared, choose
from sporhund.search.model import Source
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.tracks.model import BestShot

PACK = Manifest("base", "1", "", "", "", {}, None, None, (), Unsuitable(24.0, 0.1), calibration="calibration.json")
SHOT: Any = msgspec.to_builtins(BestShot(1.0, (0.0, 0.0, 90.0, 90.0), 0.99, sharpness=0.5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack's folder with nothing but the calibration that is shipped for `base`."""
    shipped = resources.files("sporhund.packs").joinpath("data/base-calibration.json").read_bytes()
    (tmp_path / "calibration.json").write_bytes(shipped)
    return tmp_path


def _face(seed: int) -> bytes:
    vector = np.random.default_rng(seed).standard_normal(128).astype("<f4")
    return (vector / np.linalg.norm(vector)).astype("<f4").tobytes()


@dataclass(frozen=True)
class Place:
    """A case with material, and hands of one of its members."""

    reviewed: Reviewed
    hands: Hands

    @property
    def case(self) -> Case:
        return self.reviewed.case

    def face(self, seed: int) -> str:
        """A face track with a template, in the run that counts."""
        medium = self.reviewed.media[b"cam3/2.mp4"]
        key = new_id("t")
        with self.reviewed.store.transaction() as rows:
            run = rows.scalar(select(tables.run.c.id).where(tables.run.c.case_id == self.case.id)) or None
        run = run or self.reviewed.run()
        with self.reviewed.store.transaction() as rows:
            rows.execute(insert(tables.track).values(
                case_id=self.case.id, id=key, run_id=run, unit_id=f"{run}.{medium}", medium_id=medium, stream=0, page=0,
                kind="face", look="face", shot_id="s1", start=1.0, end=2.0, observations=1, quality=0.9, comparable=True,
                best=[SHOT]))
            rows.execute(insert(tables.template).values(
                case_id=self.case.id, track_id=key, pack="base@1", vector=_face(seed), norm=1.0, parts=[]))
        return key

    def checked(self, folder: Path) -> check.Checked:
        return check.new_material(self.case.id, list(self.reviewed.media.values()), PACK, folder, **self.hands)


def _member(hands: Hands, case: Case, *roles: str) -> Hands:
    made = people.signed_in(hands["store"], hands["keys"], hands["clock"], "member", *(roles or ("investigator", "examiner")),
                            case_id=case.id)
    return {**hands, "actor": made}


@pytest.fixture
def material(reviewed: Reviewed, hands: Hands) -> Place:
    """The case into which new material comes; it has a live basis."""
    here = _member(hands, reviewed.case)
    people.live_basis(reviewed.case.id, **here)
    return Place(reviewed, here)


@dataclass(frozen=True)
class Gallery:
    """A case with somebody known, and a basis that reaches the other case."""

    case: Case
    basis: str
    hands: Hands

    def knows(self, seed: int, label: str = "Barn 7") -> str:
        """Rows as an enrolment leaves them."""
        key = new_id("kp")
        with self.hands["store"].transaction() as rows:
            rows.execute(insert(tables.known_person).values(
                case_id=self.case.id, id=key, label=label, basis_id=self.basis, by=self.hands["actor"].user,
                at=self.hands["clock"].now()))
            rows.execute(insert(tables.known_template).values(
                case_id=self.case.id, id=new_id("kt"), known_id=key, pack="base@1", vector=_face(seed), shot=SHOT))
        return key


@pytest.fixture
def gallery(hands: Hands, material: Place) -> Gallery:
    case = cases.create(new_id("K"), title="Kendte", purpose="demonstration", **hands)
    here = _member(hands, case)
    with hands["store"].transaction() as rows:
        records.add_member(rows, material.case.id, str(here["actor"].user), by="test", at=hands["clock"].now())
    basis = people.live_basis(case.id, scope=Scope(cases=(material.case.id,)), **here)
    return Gallery(case, basis.id, here)


def test_the_same_face_in_new_material_is_a_hit_and_another_is_none(material: Place, gallery: Gallery, folder: Path) -> None:
    track, _ = material.face(1), material.face(2)
    known_id = gallery.knows(1)

    came_to = material.checked(folder)

    assert (came_to.tracks, came_to.known, came_to.hits) == (2, 1, 1)
    shown, sealed = hits.list_hits(material.case.id, **gallery.hands)
    assert sealed == 0
    assert [(one.hit.track, one.hit.known, one.known and one.known.label) for one in shown] == [(track, known_id, "Barn 7")]
    chance = shown[0].hit.chance
    assert chance is not None
    assert chance["expected"] <= MOST_EXPECTED


def test_without_access_a_hit_says_only_whom_to_ask(material: Place, gallery: Gallery, folder: Path) -> None:
    track = material.face(1)
    gallery.knows(1)
    material.checked(folder)

    ((one,), _) = hits.list_hits(material.case.id, **material.hands)

    told = hit_item(one)
    assert set(told) == {"hit", "track", "at", "access", "ask"}
    assert (told["track"], told["ask"]) == (track, {"name": gallery.hands["actor"].name, "unit": "default"})
    with (console := Console(width=500)).capture() as printed:
        show_hits(console, {"items": [told], "next": None, "sealed": 0})
    line, _ = printed.get().splitlines()
    asked = f"ask {gallery.hands['actor'].name} of the unit default"
    assert line == f"{track} · a hit on somebody whom you have no access to: {asked} ({one.hit.id})"
    log = audit.show(material.hands["store"], material.hands["keys"], material.case.id)
    assert "Barn 7" not in str([event.payload for event in log])


def test_who_can_still_conclude_on_a_track_learns_neither_who_it_may_be_nor_how_alike(
    material: Place, gallery: Gallery, folder: Path,
) -> None:
    track, other = material.face(1), material.face(2)
    for seed in (1, 2):
        gallery.knows(seed, f"Barn {seed}")
    material.checked(folder)
    _candidate(material.case.id, bases_of(material)[0], material.case.id, track, material.hands)

    shown, _ = hits.list_hits(material.case.id, **gallery.hands)

    told = {one.hit.track: hit_item(one) for one in shown}
    assert told[other]["label"] == "Barn 2"
    assert set(told[track]) == {"hit", "track", "at", "access", "ask", "withheld"}
    with (console := Console(width=500)).capture() as printed:
        show_hits(console, {"items": [hit_item(one) for one in shown], "next": None, "sealed": 0})
    assert "Barn 2" in printed.get() and "Barn 1" not in printed.get()


@pytest.mark.parametrize("side", ["material", "known"])
def test_a_basis_that_ends_while_faces_are_compared_leaves_no_hit(
    material: Place, gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch, side: str,
) -> None:
    material.face(1)
    gallery.knows(1)

    def meanwhile(compared: Any) -> Any:
        case, basis, hands = ((material.case, bases_of(material)[0], material.hands) if side == "material"
                              else (gallery.case, gallery.basis, gallery.hands))
        bases.end(case.id, basis, "The investigation goes another way from here.", **hands)
        return choose(compared)

    monkeypatch.setattr(check, "choose", meanwhile)

    came_to = material.checked(folder)

    assert (came_to.hits, came_to.listed, came_to.ended) == (0, 0, 1)
    with material.hands["store"].reader() as rows:
        assert not rows.execute(select(tables.known_hit).where(tables.known_hit.c.case_id == material.case.id)).all()


def test_a_second_check_adds_nothing(material: Place, gallery: Gallery, folder: Path) -> None:
    material.face(1)
    gallery.knows(1)

    assert (material.checked(folder).hits, material.checked(folder).hits) == (1, 0)


def test_nothing_is_compared_without_a_live_basis_on_both_sides(material: Place, gallery: Gallery, folder: Path) -> None:
    material.face(1)
    gallery.knows(1)
    why = "The investigation goes another way from here."
    bases.end(gallery.case.id, gallery.basis, why, **gallery.hands)
    assert material.checked(folder) == check.Checked()
    people.live_basis(gallery.case.id, **gallery.hands)                     # live, but it names no other case
    assert material.checked(folder) == check.Checked()
    people.live_basis(gallery.case.id, scope=Scope(cases=(material.case.id,)), **gallery.hands)
    for basis in bases_of(material):
        bases.end(material.case.id, basis, why, **material.hands)
    assert material.checked(folder) == check.Checked()


def bases_of(place: Place) -> list[str]:
    with place.hands["store"].reader() as rows:
        return [basis.id for basis in bases.of_case(rows, place.case.id)]


def test_hits_are_sealed_with_the_basis_that_brought_them(material: Place, gallery: Gallery, folder: Path) -> None:
    material.face(1)
    gallery.knows(1)
    material.checked(folder)

    bases.end(gallery.case.id, gallery.basis, "The investigation goes another way from here.", **gallery.hands)

    assert hits.list_hits(material.case.id, **material.hands) == ([], 1)


def test_without_a_number_the_best_are_listed_and_the_rest_counted(material: Place, gallery: Gallery, folder: Path) -> None:
    for seed in range(LISTED + 3):
        material.face(seed)
    gallery.knows(1)
    without = replace(PACK, calibration=None)

    came_to = check.new_material(material.case.id, list(material.reviewed.media.values()), without, folder, **material.hands)

    assert (came_to.hits, came_to.listed, came_to.left) == (0, LISTED, 3)
    shown, _ = hits.list_hits(material.case.id, **gallery.hands)
    assert all(one.hit.chance is None and one.hit.chance_reason for one in shown)
    assert len(shown) == LISTED


def test_who_is_removed_is_looked_for_no_more_and_no_template_stays(material: Place, gallery: Gallery, folder: Path) -> None:
    material.face(1)
    key = gallery.knows(1)
    material.checked(folder)

    known.remove(gallery.case.id, key, why="identificeret og afsluttet", **gallery.hands)

    assert material.checked(folder) == check.Checked()
    assert hits.list_hits(material.case.id, **gallery.hands) == ([], 0)
    (gone,) = known.list_known(gallery.case.id, **gallery.hands)
    assert (gone.removed_at, gone.templates) == (gallery.hands["clock"].time, {})


def test_enrolling_takes_a_link_that_is_there_and_somebody_signed_in(gallery: Gallery) -> None:
    with pytest.raises(WrongUsage) as said:
        known.enrol_linked(gallery.case.id, "l_nowhere", label="x", **gallery.hands)
    assert said.value.code == "unknown-link"

    with pytest.raises(Refused) as refused:
        known.enrol_linked(gallery.case.id, "l_nowhere", label="x", **{**gallery.hands, "actor": Actor("root")})
    assert refused.value.code == "sign-in-needed"


def test_a_link_enrols_both_its_sides(material: Place) -> None:
    track, hands, (basis,) = material.face(3), material.hands, bases_of(material)
    _link(material.case.id, basis, material.case.id, track, hands)

    enrolled = known.enrol_linked(material.case.id, "l1", label="Barn 8", **hands)

    assert (enrolled.templates, enrolled.link, enrolled.basis) == ({"base@1": 2}, "l1", basis)


def test_a_linked_track_of_another_case_is_taken_by_its_members_alone_and_its_log_says_so(
    material: Place, gallery: Gallery,
) -> None:
    track, case = material.face(3), gallery.case
    _link(case.id, gallery.basis, material.case.id, track, gallery.hands)
    outside = _member(gallery.hands, case)

    with pytest.raises(Refused) as said:
        known.enrol_linked(case.id, "l1", label="Barn 8", **outside)
    enrolled = known.enrol_linked(case.id, "l1", label="Barn 8", **gallery.hands)       # a member of both

    assert said.value.code == "not-a-member"
    log = audit.show(gallery.hands["store"], gallery.hands["keys"], material.case.id)
    (told,) = (event.payload for event in log if event.action == "known enrolled")
    assert told is not None
    assert (told["by_case"], told["known"], told["track"]) == (case.id, enrolled.id, track)


def _link(case_id: str, basis: str, track_case: str, track: str, hands: Hands) -> None:
    """Rows as a search, two examiners and their link leave them: q1, n1, l1."""
    own, at = {"case_id": case_id}, hands["clock"].now()
    _candidate(case_id, basis, track_case, track, hands)
    with hands["store"].transaction() as rows:
        rows.execute(insert(tables.decision), [
            dict(**own, id=f"x{place}", candidate_id="n1", place=place, examiner=f"u{place}", value="same", meaning="same",
                 scale="", checklist={}, note="", at=at) for place in (1, 2)])
        rows.execute(insert(tables.link).values(**own, id="l1", candidate_id="n1", at=at))


def _candidate(case_id: str, basis: str, track_case: str, track: str, hands: Hands) -> None:
    """Rows as somebody's search leaves them."""
    own, at = {"case_id": case_id}, hands["clock"].now()
    with hands["store"].transaction() as rows:
        rows.execute(insert(tables.search).values(**own, id="q1", basis_id=basis, pack="base@1", scope="case", outcome="done",
                                                  gallery={}, settings={}, by="u", at=at))
        rows.execute(insert(tables.probe).values(**own, id="p1", search_id="q1", path=b"p", sha256=b"", picture=b"", shot=SHOT,
                                                 vector=_face(4), norm=1.0))
        rows.execute(insert(tables.candidate).values(
            **own, id="n1", search_id="q1", rank=1, track_case=track_case, track_id=track, medium_id="m", t=1.0, box=[],
            score=0.9, also=[], warnings=[]))


def test_pictures_need_a_live_basis_of_their_own(gallery: Gallery, tmp_path: Path) -> None:
    pictures = known.Pictures((), "base@1", tmp_path)
    bases.end(gallery.case.id, gallery.basis, "The investigation goes another way from here.", **gallery.hands)

    with pytest.raises(Refused) as said:
        known.enrol_pictures(gallery.case.id, pictures, basis=gallery.basis, label="x", **gallery.hands)

    assert said.value.code == "no-live-basis"
    assert _log(gallery)[0] == ("known enrol begin", "refused")


def test_enrolling_from_pictures_is_in_the_log_before_a_face_is_measured_and_a_refusal_too(
    gallery: Gallery, base_pack: Path, tmp_path: Path,
) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    pictures = known.Pictures((Source(str(tmp_path / "no.jpg").encode()),), "base@1", base_pack)

    with pytest.raises(Refused) as said:
        known.enrol_pictures(gallery.case.id, pictures, basis=gallery.basis, label="x", **gallery.hands)

    assert said.value.code == "not-a-picture"
    assert _log(gallery)[:2] == [("known enrol", "refused"), ("known enrol begin", "done")]


def _log(gallery: Gallery) -> list[tuple[str, str]]:
    """(action, outcome) of its events, newest first."""
    events = audit.show(gallery.hands["store"], gallery.hands["keys"], gallery.case.id)
    return [(event.action, event.outcome) for event in events]


_CHANCES = st.one_of(
    st.builds(lambda e, floor: Chance(e, e / 2, e * 2, floor, 100, 50), st.floats(0.0001, 10), st.booleans()),
    st.just(NoChance("children")))


@given(st.lists(st.tuples(st.floats(-1, 1), _CHANCES), max_size=40))
def test_no_comparison_without_a_deciding_number_is_dropped_unsaid(made: list[tuple[float, Any]]) -> None:
    compared = [Compared(f"t{place}", score, 0, chance) for place, (score, chance) in enumerate(made)]

    chosen = choose(compared)

    undecided = [one for one in compared if isinstance(one.chance, NoChance) or (one.chance.floor and one.chance.expected > 0.1)]
    assert len(chosen.listed) + chosen.left == len(undecided)
    assert all(isinstance(one.chance, Chance) and one.chance.expected <= MOST_EXPECTED for one in chosen.hits)
    assert all(one in chosen.hits for one in compared if isinstance(one.chance, Chance) and one.chance.expected <= MOST_EXPECTED)
