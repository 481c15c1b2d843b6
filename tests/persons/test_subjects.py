"""An officer joins tracks into a subject: an assertion with its author and a route, never an identity."""
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from tests.cases.conftest import Hands, Reviewed

from sporhund.audit import service as audit
from sporhund.errors import WrongUsage
from sporhund.evidence import cameras
from sporhund.evidence.model import WorldTime
from sporhund.persons import rules, subjects
from sporhund.persons.model import Stop
from sporhund.store import tables


def _track(reviewed: Reviewed, name: bytes, at: float, kind: str = "person") -> str:
    run = reviewed.run(medium=reviewed.media[name])
    return reviewed.track(run, name, kind, [(at, 1, 1, 20, 40), (at + 2.0, 1, 1, 20, 40)])


def test_subjects_are_numbered_within_the_case(reviewed: Reviewed, hands: Hands) -> None:
    track = _track(reviewed, b"cam3/2.mp4", 1.0)

    labels = [subjects.add(reviewed.case.id, [track], **hands).label for _ in range(2)]

    assert labels == ["Ukendt 1", "Ukendt 2"]


def test_what_was_said_and_taken_back_stays(reviewed: Reviewed, hands: Hands) -> None:
    one, other = _track(reviewed, b"cam3/2.mp4", 1.0), _track(reviewed, b"cam3/=1.mp4", 5.0, "vehicle")
    subject = subjects.add(reviewed.case.id, [one], note="rød jakke", **hands)
    subjects.join(reviewed.case.id, subject.label, [other, other, one], **hands)
    hands["clock"].on(minutes=1)

    left = subjects.leave(reviewed.case.id, subject.id, [one], **hands)

    assert left.tracks == (other,)
    taken = next(said for said in left.assertions if said.track == one)
    assert (taken.by, taken.note, taken.removed_by, taken.removed_at) == (
        hands["actor"].mark, "rød jakke", hands["actor"].mark, hands["clock"].time)
    assert len(left.assertions) == 2
    with pytest.raises(WrongUsage) as said:
        subjects.leave(reviewed.case.id, subject.id, [one], **hands)
    assert said.value.code == "not-in-subject"


def test_every_change_is_an_event_of_the_log(reviewed: Reviewed, hands: Hands) -> None:
    track = _track(reviewed, b"cam3/2.mp4", 1.0)
    subject = subjects.add(reviewed.case.id, [track], **hands)
    subjects.rename(reviewed.case.id, subject.id, "manden med hunden", **hands)

    last = audit.show(hands["store"], hands["keys"], reviewed.case.id, limit=2)

    assert [event.action for event in last] == ["subject rename", "subject add"]
    assert last[0].payload is not None
    assert (last[0].payload["before"], last[0].payload["label"]) == ("Ukendt 1", "manden med hunden")


def test_a_track_in_two_subjects_is_shown_as_a_contradiction(reviewed: Reviewed, hands: Hands) -> None:
    track = _track(reviewed, b"cam3/2.mp4", 1.0)
    one, _ = (subjects.add(reviewed.case.id, [track], **hands) for _ in range(2))

    _, route = subjects.show(reviewed.case.id, one.label, **hands)

    assert route.contradictions == (f"{track} is also said to be of Ukendt 2.",)


def test_two_faces_in_one_picture_are_shown_as_a_contradiction(reviewed: Reviewed, hands: Hands) -> None:
    run = reviewed.run(medium=reviewed.media[b"cam3/2.mp4"])
    one, other = (reviewed.track(run, b"cam3/2.mp4", "face", [(at, 1, 1, 9, 9), (9.0, 1, 1, 9, 9)]) for at in (1.0, 4.0))
    body = reviewed.track(run, b"cam3/2.mp4", "person", [(2.0, 1, 1, 9, 9), (9.0, 1, 1, 9, 9)])
    subject = subjects.add(reviewed.case.id, [one, other, body], **hands)

    _, route = subjects.show(reviewed.case.id, subject.label, **hands)

    assert route.contradictions == (f"{one} and {other} are two of a kind (face) in one medium at 4.0 s.",)


def test_a_route_puts_cameras_on_one_clock(reviewed: Reviewed, hands: Hands) -> None:
    first, second = _track(reviewed, b"cam3/=1.mp4", 10.0), _track(reviewed, b"cam3/2.mp4", 1.0, "vehicle")
    cameras.add(reviewed.case.id, "Torvet", files="cam3/=1.mp4", **hands)
    cameras.add(reviewed.case.id, "Havnen", files="cam3/2.mp4", **hands)
    for name, medium, shows, zone in (("Torvet", b"cam3/=1.mp4", "2026-01-31T23:10:00", "+02:00"),
                                      ("Havnen", b"cam3/2.mp4", "2026-01-31T22:00:00", "UTC")):
        cameras.anchor(reviewed.case.id, name, t=0.0, shows=shows, zone=zone, medium=reviewed.media[medium], **hands)
    subject = subjects.add(reviewed.case.id, [second, first], **hands)

    _, route = subjects.show(reviewed.case.id, subject.label, **hands)

    assert route.clock == "world"
    assert [(stop.track, stop.cameras) for stop in route.placed] == [(first, ("Torvet",)), (second, ("Havnen",))]
    begins = route.placed[0].begins
    assert begins is not None
    assert begins.at == datetime(2026, 1, 31, 21, 10, 10, tzinfo=UTC)


def test_where_the_time_is_unknown_the_route_says_so_and_orders_within_the_medium(reviewed: Reviewed, hands: Hands) -> None:
    late, early = _track(reviewed, b"cam3/2.mp4", 30.0), _track(reviewed, b"cam3/2.mp4", 2.0)
    subject = subjects.add(reviewed.case.id, [late, early], **hands)

    _, route = subjects.show(reviewed.case.id, subject.label, **hands)

    assert (route.clock, route.placed, [stop.track for stop in route.unplaced]) == ("none", (), [early, late])


def test_a_track_that_is_not_there_is_in_no_subject(reviewed: Reviewed, hands: Hands) -> None:
    with pytest.raises(WrongUsage) as said:
        subjects.add(reviewed.case.id, ["t_nowhere"], **hands)

    assert said.value.code == "unknown-track"
    assert subjects.list_subjects(reviewed.case.id, **hands) == []


@st.composite
def _stops(draw: st.DrawFn) -> list[Stop]:
    made = []
    for number in range(draw(st.integers(0, 8))):
        start = float(draw(st.integers(0, 50)))
        length = float(draw(st.integers(0, 20)))
        zoned = draw(st.sampled_from([None, True, False]))
        medium, uncertainty = draw(st.sampled_from("ab")), float(draw(st.integers(0, 30)))

        def time(t: float, zoned: bool | None = zoned, uncertainty: float = uncertainty) -> WorldTime | None:
            at = datetime(2026, 1, 1, 12, int(t) // 60, int(t) % 60, tzinfo=UTC if zoned else None)
            return None if zoned is None else WorldTime(at, "UTC" if zoned else "unknown", uncertainty, "anchor")

        made.append(Stop(f"t{number}", "person", None, medium, b"x", (medium,), start, start + length, time(start),
                         time(start + length)))
    return made


@given(_stops())
def test_a_route_loses_no_track_and_goes_forward(stops: list[Stop]) -> None:
    route = rules.route(stops)

    assert sorted(stop.track for stop in (*route.placed, *route.unplaced)) == sorted(stop.track for stop in stops)
    begins = [stop.begins.at.replace(tzinfo=None) for stop in route.placed if stop.begins is not None]
    assert begins == sorted(begins)
    assert all(stop.begins is None for stop in route.unplaced)


@given(_stops())
def test_the_order_in_which_tracks_were_added_changes_no_route(stops: list[Stop]) -> None:
    one, other = rules.route(stops), rules.route(stops[::-1])

    assert (one.clock, one.placed, one.unplaced, one.unsure) == (other.clock, other.placed, other.unplaced, other.unsure)


@given(st.sets(st.integers(1, 50)))
def test_a_number_is_never_given_twice(used: set[int]) -> None:
    labels = [f"Ukendt {number}" for number in used]

    assert rules.next_label([*labels, "manden med hunden"]) not in labels


def test_a_track_is_known_by_the_end_of_its_id_where_only_one_ends_so(reviewed: Reviewed, hands: Hands) -> None:
    one, other = _track(reviewed, b"cam3/2.mp4", 1.0), _track(reviewed, b"cam3/2.mp4", 9.0)

    subject = subjects.add(reviewed.case.id, [f"…{one[-6:].upper()}"], **hands)
    joined = subjects.join(reviewed.case.id, subject.id, [other[-8:]], **hands)

    assert joined.tracks == (one, other)


def test_an_end_that_two_tracks_have_names_neither(reviewed: Reviewed, hands: Hands) -> None:
    run = reviewed.run(medium=reviewed.media[b"cam3/2.mp4"])
    for number in range(2):
        track = reviewed.track(run, b"cam3/2.mp4", "person", [(number * 5.0, 1, 1, 20, 40)])
        with reviewed.store.transaction() as rows:
            rows.execute(update(tables.track).where(tables.track.c.id == track).values(id=f"t_{number}sameend"))

    for said, code in (("sameend", "ambiguous-track"), ("1sameend", None), ("nothing", "unknown-track")):
        if code is None:
            assert subjects.add(reviewed.case.id, [said], **hands).tracks == ("t_1sameend",)
            continue
        with pytest.raises(WrongUsage) as fault:
            subjects.add(reviewed.case.id, [said], **hands)
        assert fault.value.code == code
