"""Where things lie on the timeline, and what its address says."""
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.desk import chart, wish
from sporhund.desk.chart import Window
from sporhund.errors import WrongUsage

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MOMENTS = st.integers(0, 4_000_000_000_000).map(lambda milliseconds: milliseconds / 1000)


def at(said: str) -> float:
    return datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp()


@given(MOMENTS)
def test_an_address_says_a_moment_that_is_read_as_the_same(moment: float) -> None:
    said = wish.said_at(moment, COPENHAGEN)

    shown = wish.read({"at": said}, COPENHAGEN).at

    assert shown == pytest.approx(moment, abs=0.0006)


def test_an_hour_that_comes_twice_is_said_with_its_zone() -> None:
    second = at("2026-10-25T01:30:00")

    assert wish.said_at(second - 3600, COPENHAGEN) == "2026-10-25T02:30:00"
    assert wish.said_at(second, COPENHAGEN) == "2026-10-25T01:30:00.000Z"


def test_a_view_is_read_from_its_address_as_it_was_said() -> None:
    shown = wish.Wish(Window(0.0, 60.0), ("face", "motion"), "nobody", "k_1", "t_1", "s_1", 30.0)

    query = {"from": wish.said_at(0.0, UTC_ZONE), "to": wish.said_at(60.0, UTC_ZONE)} | shown.said(UTC_ZONE)

    assert wish.read(query, UTC_ZONE) == shown


UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize("query", [{"from": "yesterday", "to": ""}, {"at": "2026-13-01"}])
def test_what_is_no_time_is_said_to_be_none(query: dict[str, str]) -> None:
    with pytest.raises(WrongUsage) as refused:
        wish.read(query, COPENHAGEN)

    assert refused.value.code == "bad-time"


def test_a_kind_that_nobody_looks_for_is_refused() -> None:
    with pytest.raises(WrongUsage) as refused:
        wish.read({"kinds": "face,ghost"}, COPENHAGEN)

    assert refused.value.code == "bad-filter"


def test_a_click_on_the_last_kind_that_is_hidden_shows_all() -> None:
    assert wish.Wish(kinds=("face", "person", "vehicle", "object")).with_kind("motion") == ()
    assert wish.Wish().with_kind("motion") == ("face", "person", "vehicle", "object")


@given(MOMENTS, st.floats(1, 1e8), st.floats(0.01, 100), st.floats(0, 1))
def test_zooming_leaves_what_is_under_the_cursor_where_it_is(start: float, length: float, factor: float, share: float) -> None:
    view = Window(start, start + length)
    cursor = start + share * length

    nearer = view.zoomed(factor, cursor)

    assert (cursor - nearer.start) / nearer.length == pytest.approx((cursor - view.start) / view.length, abs=1e-3)


@given(st.lists(st.tuples(st.integers(-5, 25), st.integers(0, 10))))
def test_a_span_and_its_holes_make_up_the_whole(holes: list[tuple[int, int]]) -> None:
    parts = [(start, start + length) for start, length in holes]

    left = chart.without((0, 20), parts)

    covered = {second for start, end in parts for second in range(start, end)}
    assert {second for start, end in left for second in range(int(start), int(end))} == set(range(20)) - covered


def test_the_axis_has_its_lines_at_round_times_of_the_wall_through_a_night_in_which_clocks_go_back() -> None:
    view = Window(at("2026-10-24T22:00:00"), at("2026-10-25T04:00:00"))      # 00:00 to 05:00, and 02 twice

    found = chart.ticks(view, COPENHAGEN, 8)

    assert [tick.moment.strftime("%H:%M") for tick in found] == ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"]
    assert found[0].midnight


@given(MOMENTS, st.floats(1, 3e9), st.integers(2, 12))
def test_the_axis_never_has_more_lines_than_there_is_room_for(start: float, length: float, most: int) -> None:
    assert len(chart.ticks(Window(start, start + length), COPENHAGEN, most)) <= most + 1


def row(**parts: object) -> chart.Doc:
    return {"key": "k_1", "name": "cam", "media": 1, "in_view": 1, "unzoned": 0, "uncertainty_s": 1.0, "spans": [], "stills": [],
            "stills_in_bins": [], "unread": [], "unread_in_bins": [], "waiting": [], "waiting_in_bins": [], "tracks": [],
            "density": {}, "anchors": [], "tells": None} | parts


def why(code: str | None, reason: str | None) -> str:
    return f"{code}: {reason}" if code else ""


def test_what_is_unread_is_never_drawn_as_analysed() -> None:
    found = {"rows": [row(
        spans=[{"from": 0.0, "to": 60.0, "state": "partly", "medium": "m_1", "uncertainty_s": 2.0}],
        unread=[{"from": 50.0, "to": 70.0, "code": "truncated", "why": "cut off", "medium": "m_1", "in_part": False}])]}

    drawn = chart.rows(found, Window(0.0, 100.0), 10, why)[0]

    assert drawn["looked"] == [0, 50_000]
    assert drawn["unlooked"] == [[50.0, 70.0, "unread", "truncated: cut off"]]


def test_of_a_video_whose_parts_were_not_read_here_it_is_said_that_parts_of_it_are_unread() -> None:
    found = {"rows": [row(
        spans=[{"from": 0.0, "to": 60.0, "state": "partly", "medium": "m_1", "uncertainty_s": 2.0}],
        unread=[{"from": 0.0, "to": 60.0, "code": None, "why": None, "medium": "m_1", "in_part": True}])]}

    drawn = chart.rows(found, Window(0.0, 100.0), 10, why)[0]

    assert (drawn["looked"], drawn["unlooked"]) == ([], [[0.0, 60.0, "partly", None]])


def test_pictures_in_bins_are_drawn_by_what_became_of_them() -> None:
    found = {"rows": [row(stills_in_bins=[1, 0, 0, 0], waiting_in_bins=[0, 5000, 2, 0], unread_in_bins=[0, 0, 0, 1])]}

    drawn = chart.rows(found, Window(0.0, 40.0), 4, why)[0]

    assert drawn["looked"] == [0, 10_000]
    assert drawn["unlooked"] == [[10.0, 30.0, "waiting", None], [30.0, 40.0, "unread", None]]


def test_bins_that_touch_and_are_equally_full_are_one_mark() -> None:
    found = {"rows": [row(density={"face": {"tracks": 9, "bins": [0, 1, 1, 7, 7, 0, 1]}})]}

    drawn = chart.rows(found, Window(0.0, 70.0), 7, why)[0]

    assert drawn["bins"] == {"face": [1, 2, 1, 3, 2, 3, 6, 1, 1]}
    assert drawn["tracks"] == 9
