"""How far a search goes, what it says of children, and what it lets nobody see."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from tests.gallery.conftest import Filled, add_run, unit
from tests.people import OFFICER, join, live_basis, signed_in
from tests.search.conftest import MakeMeans

from sporhund.access.model import Scope
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.cases import service as cases
from sporhund.errors import EnvironmentFault, Refused, WrongUsage
from sporhund.jobs.local import Workers
from sporhund.search import candidates, records
from sporhund.search.model import ALL, Ask, Source
from sporhund.search.probes import source_of
from sporhund.search.rules import check_face
from sporhund.search.service import search
from sporhund.store import tables
from sporhund.store.ids import new_id

Hands = dict[str, Any]
VECTORS = unit(12, seed=7)


def asked(track: str, basis: str, **options: Any) -> Ask:
    return Ask((Source(f"track:{track}".encode(), track=track),), basis, **options)


@pytest.fixture
def another(hands: Hands) -> Callable[..., Filled]:
    def make(purpose: str = "demonstration") -> Filled:
        case = cases.create(new_id("J"), title="Another", purpose=purpose, **hands)
        return Filled(case.id, add_run(hands["store"], case.id), hands["store"])

    return make


def test_no_picture_is_measured_before_it_is_allowed_and_recorded(
    filled: Filled, hands: Hands, means: MakeMeans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "a.png").write_bytes(b"a picture")
    known = live_basis(filled.id, **hands)
    seen: list[str] = []
    submit = Workers.submit

    def told(self: Workers, task: Any) -> None:
        seen.append(audit.show(hands["store"], hands["keys"], filled.id, 1)[0].action)
        submit(self, task)

    monkeypatch.setattr(Workers, "submit", told)
    source = Source(str(tmp_path / "a.png").encode())
    for basis in ("b_none", known.id):
        with pytest.raises((Refused, WrongUsage)) as said:
            search(filled.id, Ask((source,), basis), means(OFFICER))
    assert said.value.code == "not-a-picture" and seen == ["faces search begin"]


@pytest.mark.parametrize("typed", [b"clip.mp4@" + b"9" * 400, b"clip.mp4@1." + b"0" * 5000])
def test_a_moment_that_no_video_has_is_the_name_of_a_file(typed: bytes) -> None:
    assert source_of(typed) == Source(typed)
    assert source_of(b"clip.mp4@12.4") == Source(b"clip.mp4", at=12.4)


@pytest.mark.parametrize("face", ["9" * 5000, "0", "01", "-1", "\u0663", "", "largest\x1b[31m"])
def test_a_face_that_cannot_be_meant_is_refused_in_words(face: str) -> None:
    with pytest.raises(WrongUsage) as said:
        check_face(face)
    assert said.value.code == "bad-face" and len(said.value.message) < 200 and said.value.message.isprintable()
    check_face("12")


def test_a_path_is_told_of_each_medium_an_original_before_a_copy(filled: Filled, another: Callable[..., Filled]) -> None:
    other = another()
    here, there, nowhere = filled.medium(), other.medium(), filled.medium()
    for case, medium, path, original in ((filled, here, b"z", True), (filled, here, b"y", True), (filled, here, b"a", False),
                                         (other, there, b"copy", False)):
        put(case, medium, path, original=original)

    with filled.store.reader() as rows:
        told = records.paths(rows, {(filled.id, here), (other.id, there), (filled.id, nowhere)})

    assert told == {(filled.id, here): b"y", (other.id, there): b"copy"}


def in_one_cluster(filled: Filled, tracks: list[str], at: Any) -> None:
    with filled.store.transaction() as rows:
        rows.execute(insert(tables.cluster).values(case_id=filled.id, id="k1", pack="base@1", born_at=at))
        rows.execute(insert(tables.cluster_member), [
            {"case_id": filled.id, "track_id": track, "pack": "base@1", "cluster_id": "k1", "why": {}} for track in tracks])


def said_adult(filled: Filled, track: str, at: Any) -> None:
    with filled.store.transaction() as rows:
        rows.execute(insert(tables.age_statement).values(
            case_id=filled.id, id=new_id("ag"), track_id=track, child=False, by="u_x", at=at))


def put(filled: Filled, medium: str, path: bytes, *, original: bool) -> None:
    """Where a medium was found."""
    key = new_id("o")
    with filled.store.transaction() as rows:
        rows.execute(upsert(tables.exhibit).values(
            case_id=filled.id, id="x1", label="K1", created_at="2026-03-01T12:00:00Z").on_conflict_do_nothing())
        rows.execute(insert(tables.occurrence).values(
            case_id=filled.id, id=key, exhibit_id="x1", intake_id="i1", path=path, location=path, medium_id=medium,
            original=original, stated=[]))


def reach(filled: Filled, basis: str, *cases: str) -> None:
    """Have a basis name these cases, also one that has closed since it was recorded."""
    b = tables.basis
    with filled.store.transaction() as rows:
        rows.execute(update(b).where(b.c.id == basis).values(scope=msgspec.to_builtins(Scope(cases=cases))))


def searches(filled: Filled) -> int:
    with filled.store.reader() as rows:
        return int(rows.scalar(select(func.count()).where(tables.search.c.case_id == filled.id)) or 0)


def test_a_search_stays_in_its_case_unless_the_basis_names_others(
    filled: Filled, another: Callable[..., Filled], hands: Hands, means: MakeMeans,
) -> None:
    other, third = another(), another()
    tracks = filled.tracks(filled.medium(), VECTORS[:3])
    (same,) = other.tracks(other.medium(), VECTORS[:1])
    third.tracks(third.medium(), VECTORS[:1])
    basis = live_basis(filled.id, scope=Scope(cases=(other.id,)), **hands).id

    here = search(filled.id, asked(tracks[0], basis), means(OFFICER))
    wide = search(filled.id, asked(tracks[0], basis, scope=ALL), means(OFFICER))

    assert {one.case_id for one in here.candidates} == {filled.id}
    assert wide.candidates[0].track == same
    assert {one.case_id for one in wide.searched} == {filled.id, other.id}   # not the third
    assert wide.people == 3                                                  # the track that was searched with is not one of them
    events = audit.show(hands["store"], hands["keys"], other.id, 5)
    assert any(event.action == "faces searched" and event.payload and event.payload["search"] == wide.id for event in events)


def test_a_hit_in_a_closed_case_says_whom_to_ask_and_nothing_else(
    filled: Filled, another: Callable[..., Filled], hands: Hands, means: MakeMeans,
) -> None:
    closed = another()
    tracks = filled.tracks(filled.medium(), VECTORS[:3])
    (hit,) = closed.tracks(closed.medium(), VECTORS[:1])
    basis = live_basis(filled.id, scope=Scope(cases=(closed.id,)), **hands).id
    head = signed_in(hands["store"], hands["keys"], hands["clock"], "head", "supervisor", case_id=closed.id)
    seeker = signed_in(hands["store"], hands["keys"], hands["clock"], "seeker", "investigator", case_id=filled.id)

    found = search(filled.id, asked(tracks[0], basis, scope=ALL), means(seeker))

    assert {one.case_id for one in found.candidates} == {filled.id}
    assert any(str(head.name.capitalize()) in name for name in found.ask)
    assert hit not in str(found.candidates) + str(found.ask) + str(found.notes)
    assert found.people == 3                  # whoever was searched counts for what a score is worth


def test_children_have_no_number_until_an_examiner_says_otherwise(
    another: Callable[..., Filled], hands: Hands, means: MakeMeans,
) -> None:
    filled = another("victim-identification")
    basis = live_basis(filled.id, **hands).id
    tracks = filled.tracks(filled.medium(), VECTORS[:3])

    before = search(filled.id, asked(tracks[0], basis, max_chance=0.0), means(OFFICER))
    for track in tracks[:2]:
        said_adult(filled, track, hands["clock"].now())
    after = search(filled.id, asked(tracks[0], basis), means(OFFICER))

    assert len(before.candidates) == 2 and not before.left_out   # without a number nothing is left out
    assert all(one.chance is None and one.chance_reason for one in before.candidates)
    assert {one.track: one.chance is not None for one in after.candidates} == {
        tracks[1]: True, tracks[2]: False}


def test_only_an_examiner_says_that_a_probe_shows_an_adult(
    another: Callable[..., Filled], hands: Hands, means: MakeMeans,
) -> None:
    filled = another("victim-identification")
    basis = live_basis(filled.id, **hands).id
    track, _ = filled.tracks(filled.medium(), VECTORS[:2])
    seeker = signed_in(hands["store"], hands["keys"], hands["clock"], "seeker", "investigator", case_id=filled.id)
    join(hands["store"], hands["clock"], filled.id, OFFICER)

    with pytest.raises(Refused) as said:
        search(filled.id, asked(track, basis, adult=True), means(seeker))

    assert said.value.code == "not-allowed"
    assert search(filled.id, asked(track, basis, adult=True), means(OFFICER)).candidates


def test_tracks_of_one_cluster_are_one_candidate_with_the_others_beside_it(
    filled: Filled, hands: Hands, means: MakeMeans,
) -> None:
    tracks = filled.tracks(filled.medium(), VECTORS[:5])
    in_one_cluster(filled, tracks[:3], hands["clock"].now())

    found = search(filled.id, asked(tracks[3], live_basis(filled.id, **hands).id), means(OFFICER))

    (known,) = (one for one in found.candidates if one.cluster == "k1")
    assert {known.track, *(track for track, _ in known.also)} == set(tracks[:3])
    assert {one.track for one in found.candidates} == {known.track, tracks[4]} and found.people == 2
    assert not any("Already in one cluster" in note for note in found.notes)


def test_a_track_does_not_find_itself_and_who_is_in_its_cluster_already_is_called_so(
    filled: Filled, hands: Hands, means: MakeMeans,
) -> None:
    tracks = filled.tracks(filled.medium(), VECTORS[:4])
    in_one_cluster(filled, tracks[:3], hands["clock"].now())

    found = search(filled.id, asked(tracks[0], live_basis(filled.id, **hands).id), means(OFFICER))

    shown = {one.track for one in found.candidates} | {track for one in found.candidates for track, _ in one.also}
    assert shown == set(tracks[1:]) and max(one.score for one in found.candidates) < 0.999
    (known,) = (one for one in found.candidates if one.cluster == "k1")
    assert f"Already in one cluster with a track that was searched with: rank {known.rank}." in found.notes
    assert (found.templates, found.people) == (3, 2)
    assert all(one.chance is None or one.chance.gallery == 2 for one in found.candidates)


def test_a_track_alone_is_compared_with_nothing_and_that_is_said(filled: Filled, hands: Hands, means: MakeMeans) -> None:
    (track,) = filled.tracks(filled.medium(), VECTORS[:1])

    found = search(filled.id, asked(track, live_basis(filled.id, **hands).id), means(OFFICER))

    assert not found.candidates and any("nothing in this case was compared" in note for note in found.notes)


def test_children_of_another_case_have_no_number_either(
    filled: Filled, another: Callable[..., Filled], hands: Hands, means: MakeMeans,
) -> None:
    victims, closed = another("victim-identification"), another("victim-identification")
    tracks = filled.tracks(filled.medium(), VECTORS[:2])
    child, adult = victims.tracks(victims.medium(), VECTORS[2:4])
    closed.tracks(closed.medium(), VECTORS[4:5])
    head = signed_in(hands["store"], hands["keys"], hands["clock"], "head", "supervisor", case_id=closed.id)
    said_adult(victims, adult, hands["clock"].now())
    basis = live_basis(filled.id, scope=Scope(cases=(victims.id,)), **hands).id
    reach(filled, basis, victims.id, closed.id)
    seeker = signed_in(hands["store"], hands["keys"], hands["clock"], "seeker", "investigator", case_id=filled.id)
    join(hands["store"], hands["clock"], victims.id, seeker)

    found = search(filled.id, asked(tracks[0], basis, scope=ALL), means(seeker))

    numbers = {one.track: one.chance is not None for one in found.candidates}
    assert numbers == {tracks[1]: True, child: False, adult: True}
    assert any(head.name.capitalize() in name for name in found.ask)      # nobody can say that it is an accident


def test_a_case_whose_purpose_is_off_is_left_out_and_that_is_said(
    filled: Filled, another: Callable[..., Filled], hands: Hands, means: MakeMeans,
) -> None:
    other, closed = another("state-security"), another("state-security")
    tracks = filled.tracks(filled.medium(), VECTORS[:2])
    for case in (other, closed):
        case.tracks(case.medium(), VECTORS[:1])
    signed_in(hands["store"], hands["keys"], hands["clock"], "head", "supervisor", case_id=closed.id)
    basis = live_basis(filled.id, scope=Scope(cases=(other.id,)), **hands).id
    reach(filled, basis, other.id, closed.id)
    seeker = signed_in(hands["store"], hands["keys"], hands["clock"], "seeker", "investigator", case_id=filled.id)
    join(hands["store"], hands["clock"], other.id, seeker)

    found = search(filled.id, asked(tracks[0], basis, scope=ALL), means(seeker))

    assert {one.case_id for one in found.searched} == {filled.id} and [one.track for one in found.candidates] == [tracks[1]]
    with filled.store.reader() as rows:
        names = {row.id: row.name for row in records.cases(rows, [other.id, closed.id]).values()}
    assert sum("was left out" in note for note in found.notes) == 2 and not found.ask
    assert names[other.id] in str(found.notes) and names[closed.id] not in str(found.notes)


def test_a_purpose_that_is_switched_off_while_its_case_is_searched_lets_nothing_be_shown(
    filled: Filled, another: Callable[..., Filled], hands: Hands, means: MakeMeans, monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = another()
    tracks = filled.tracks(filled.medium(), VECTORS[:2])
    other.tracks(other.medium(), VECTORS[:1])
    basis = live_basis(filled.id, scope=Scope(cases=(other.id,)), **hands).id

    def ends(*args: Any, **options: Any) -> Any:
        with filled.store.transaction() as rows:
            rows.execute(update(tables.case).where(tables.case.c.id == other.id).values(purpose="objects"))
        return original(*args, **options)

    original = candidates.ranked
    monkeypatch.setattr(candidates, "ranked", ends)
    with pytest.raises(Refused) as said:
        search(filled.id, asked(tracks[0], basis, scope=ALL), means(OFFICER))

    assert said.value.code == "purpose-off" and searches(filled) == 0


@pytest.mark.parametrize("spoil", ["refused", "expired", "off", "outsider", "elsewhere"])
def test_without_ground_or_right_there_is_no_search_and_the_refusal_is_in_the_log(
    another: Callable[..., Filled], hands: Hands, means: MakeMeans, spoil: str,
) -> None:
    filled = another()
    (track,) = filled.tracks(filled.medium(), VECTORS[:1])
    basis, actor = live_basis(filled.id, **hands), OFFICER
    if spoil == "refused":
        with filled.store.transaction() as rows:
            rows.execute(update(tables.basis).where(tables.basis.c.id == basis.id).values(authorisation="refused"))
    elif spoil == "expired":
        hands["clock"].on(days=31)
    elif spoil == "off":
        with filled.store.transaction() as rows:
            rows.execute(update(tables.case).where(tables.case.c.id == filled.id).values(purpose="objects"))
    elif spoil == "outsider":
        signed_in(hands["store"], hands["keys"], hands["clock"], "member", "supervisor", case_id=filled.id)
        actor = signed_in(hands["store"], hands["keys"], hands["clock"], "outsider", "investigator")
    else:
        basis = live_basis(another().id, **hands)

    with pytest.raises((Refused, WrongUsage)):
        search(filled.id, asked(track, basis.id), means(actor))

    assert searches(filled) == 0
    last = audit.show(hands["store"], hands["keys"], filled.id, 1)[0]
    assert (last.action, last.outcome) == ("faces search begin", "refused")


def test_a_pack_that_changed_under_its_name_is_not_compared_with(
    filled: Filled, hands: Hands, means: MakeMeans,
) -> None:
    medium = filled.medium()
    (track,) = filled.tracks(medium, VECTORS[:1])
    with filled.store.transaction() as rows:
        p = tables.template
        rows.execute(update(p).where(p.c.case_id == filled.id).values(vector=np.ones(4, "<f4").tobytes()))
    filled.tracks(filled.medium(), unit(1, dimensions=4))
    basis = live_basis(filled.id, **hands).id
    assert search(filled.id, asked(track, basis), means(OFFICER)).candidates
    with filled.store.transaction() as rows:
        rows.execute(update(tables.track).where(tables.track.c.id == track).values(alias_of="t_none"))
        rows.execute(update(p).where(p.c.track_id == track).values(vector=np.ones(8, "<f4").tobytes()))
        rows.execute(update(tables.track).where(tables.track.c.id == track).values(alias_of=None, comparable=False))

    with pytest.raises(EnvironmentFault) as said:
        search(filled.id, asked(track, basis), means(OFFICER))

    assert said.value.code == "pack-changed"


def test_a_case_without_templates_is_searched_and_says_that_nothing_was_compared(
    another: Callable[..., Filled], filled: Filled, hands: Hands, means: MakeMeans, actor: Actor,
) -> None:
    (track,) = filled.tracks(filled.medium(), VECTORS[:1])
    with filled.store.transaction() as rows:
        rows.execute(update(tables.track).where(tables.track.c.id == track).values(comparable=False))

    found = search(filled.id, asked(track, live_basis(filled.id, **hands).id), means(actor))

    assert not found.candidates and found.templates == 0
    assert any("nothing in it was compared" in note for note in found.notes)
