"""Where the viewer stands, and what it draws: rules."""
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.desk import showing
from sporhund.desk.showing import KINDS, WIDE, At, Scale
from sporhund.desk.words.speech import Speech

IDS = st.from_regex(r"[a-z]_[0-9a-z]{5}", fullmatch=True)
SAY = Speech("da", ZoneInfo("Europe/Copenhagen"))
SECONDS = st.floats(0, 100_000).map(lambda t: round(t, 3))


@given(IDS, IDS, st.none() | SECONDS, st.none() | IDS, st.none() | st.sets(st.sampled_from(KINDS)), st.integers(0, 9),
       st.none() | st.integers(0, 3))
def test_an_address_says_all_of_where_the_viewer_stands(
    case: str, medium: str, t: float | None, chosen: str | None, show: set[str] | None, page: int, clip: int | None,
) -> None:
    kinds = None if show is None else tuple(kind for kind in KINDS if kind in show)
    at = At(case, medium, t, chosen, kinds, page, clip, filter="kind=video&has=face", sort="-time")

    parts = urlsplit(at.to())
    said = parse_qs(parts.query)

    assert parts.path == f"/case/{case}/media/{medium}"
    assert said.get("t", [None])[0] is None if t is None else float(said["t"][0]) == t
    assert said.get("track", [None])[0] == chosen
    assert showing.chosen_kinds(said.get("show", [])) == kinds
    assert int(said.get("page", ["0"])[0]) == page
    assert (said["kind"], said["has"], said["sort"]) == (["video"], ["face"], ["-time"])


def test_the_next_medium_begins_at_its_beginning_under_the_same_filter() -> None:
    at = At("c_1", "m_1", 12.5, "t_1", ("face",), 3, filter="has=face", sort="time")

    assert at.other("m_2") == "/case/c_1/media/m_2?show=face&sort=time&has=face"


def test_the_gallery_opens_where_this_medium_lies() -> None:
    assert At("c_1", "m_1", filter="has=face").gallery == "/case/c_1/gallery?has=face&around=m_1"


@given(st.sets(st.sampled_from(KINDS)), st.sampled_from(KINDS))
def test_a_kind_turned_twice_is_as_it_was(shown: set[str], kind: str) -> None:
    before = tuple(one for one in KINDS if one in shown)

    assert showing.toggled(showing.toggled(before, kind), kind) == before


def test_movement_is_hidden_beside_findings_and_shown_alone() -> None:
    assert showing.kinds_shown(None, {"face": 1, "motion": 30}) == ("face",)
    assert showing.kinds_shown(None, {"motion": 30}) == ("motion",)
    assert showing.kinds_shown((), {"face": 1}) == ()


@given(SECONDS, SECONDS, SECONDS, SECONDS)
def test_every_bar_is_inside_and_wide_enough_to_be_met(start: float, length: float, first: float, longer: float) -> None:
    x, width = Scale(start, start + length).bar(first, first + longer)

    assert 0 <= x <= WIDE and showing.LEAST <= width <= WIDE and x + width <= WIDE + 0.02


def bar(**said: object) -> showing.Bar:
    track = {"id": "t_1", "kind": "vehicle", "class": "car", "from": 1.0, "to": 2.5} | said
    own = showing.own(SAY, [{"value": "later", "mine": True}], {"mine": {"first_at": "…"}})
    return showing.bar(SAY, track, ("face", "vehicle"), Scale(0.0, 10.0), "/", own)


def test_a_bar_says_what_it_is_when_and_what_this_person_has_done_with_it() -> None:
    assert bar().title == "bil, køretøj 0:00:01,000 – 0:00:02,500, set, Senere"
    assert bar().said == "bil, køretøj 0:00:01,000 – 0:00:02,500"
    assert bar(**{"class": None}).said.startswith("køretøj 0:00")


def test_a_single_moment_reads_once() -> None:
    assert bar(to=1.0).said == "bil, køretøj 0:00:01,000"


def test_the_mark_of_somebody_else_is_not_one_s_own() -> None:
    assert showing.own(SAY, [{"withheld": "…"}, {"value": "later", "mine": False}], {"mine": None}) == showing.Own(False, "")


@given(st.lists(SECONDS, min_size=2, max_size=5, unique=True).map(sorted), SECONDS)
def test_between_two_knots_a_clock_is_straight_and_it_is_never_outside_of_them(times: list[float], t: float) -> None:
    knots = [{"t": at, "corrected_s": 100.0 + at, "corrected_zoned": True} for at in times]

    found = showing.clock_between(knots, t)

    assert found is not None
    assert found["corrected_s"] == pytest.approx(100.0 + min(max(t, times[0]), times[-1]))
    assert showing.clock_between([], t) is None


@given(st.none() | SECONDS, IDS, st.none() | st.sets(st.sampled_from(KINDS)), st.none() | st.integers(0, 3))
def test_a_track_s_link_is_the_address_that_the_viewer_would_say(
    t: float | None, chosen: str, show: set[str] | None, clip: int | None,
) -> None:
    at = At("c_1", "m_1", 3.0, "t_9", None if show is None else tuple(sorted(show)), clip=clip, filter="kind=video", sort="-time")

    assert at.links()(t, chosen) == at.to(t=t, track=chosen)


@pytest.mark.parametrize(("origin", "word"), [
    ("anchor+checked-clock", "anchor"), ("container:creation_time", "container"), ("file-name", "file-name"), ("odd", "odd"),
    (None, "")])
def test_an_origin_is_said_in_the_field_s_words(origin: str | None, word: str) -> None:
    assert showing.origin_of(origin) == word
