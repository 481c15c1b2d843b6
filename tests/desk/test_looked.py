"""Whatever of the evidence leaves the desk leaves a trace, also where nobody opened a page."""
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from tests.desk.conftest import Browser
from tests.desk.film import Film, film

from sporhund.actor import Actor
from sporhund.api.viewing import Viewing
from sporhund.audit import service as audit
from sporhund.desk import looked
from sporhund.desk.app import Desk
from sporhund.errors import EnvironmentFault
from sporhund.store import tables

__all__ = ["film"]
Visit = Callable[..., Browser]
WALK = (1.0, 100, 100, 80, 120)


@pytest.fixture
def anna(account: Callable[..., Actor], film: Film) -> Actor:
    return account("investigator", case_id=film.case.id)


@pytest.fixture
def told(film: Film, keys: Any) -> Callable[[str], list[Any]]:
    """Payloads of an act in this case, newest first."""
    def events(action: str) -> list[Any]:
        return [one.payload for one in audit.show(film.store, keys, film.case.id, limit=200) if one.action == action]

    return events


@pytest.mark.parametrize(("name", "rest", "how"), [
    ("plays.mp4", "/original", "original"), ("ham.avi", "/part/0", "part"), ("plays.mp4", "/frame?t=1", "frame"),
    ("a.jpg", "/still", "still"), ("a.jpg", "/panel.html", "panel"), ("a.jpg", "/tracks.json", "tracks")])
def test_evidence_that_is_asked_for_alone_is_told_once(
    visit: Visit, anna: Actor, film: Film, told: Any, name: str, rest: str, how: str,
) -> None:
    browser = visit(anna)

    for _ in range(3):
        assert browser.get(film.of(name, rest)).status_code == 200

    [event] = told("medium view")
    assert (event["medium"], event["how"]) == (film.of(name).rpartition("/")[2], how)


def test_another_session_of_the_same_person_is_told_of_again(visit: Visit, anna: Actor, film: Film, told: Any) -> None:
    for _ in range(2):
        visit(anna).get(film.of("a.jpg", "/still"))

    assert len(told("medium view")) == 2


def test_what_was_opened_in_the_viewer_is_not_told_twice(visit: Visit, anna: Actor, film: Film, told: Any) -> None:
    browser = visit(anna)

    for rest in ("", "/still", "/panel.html", "/tracks.json"):
        browser.get(film.of("a.jpg", rest))

    assert [one["how"] for one in told("medium view")] == ["viewer"]


def test_the_whole_frame_of_a_track_is_told_with_its_medium(visit: Visit, anna: Actor, film: Film, told: Any) -> None:
    track = film.track("a.jpg", (0.0, 100, 100, 80, 120))

    visit(anna).get(f"/case/{film.case.id}/tracks/{track}/crop?side=320&whole=1")

    [event] = told("medium view")
    assert (event["medium"], event["track"]) == (film.of("a.jpg").rpartition("/")[2], track)


def test_small_clear_pictures_are_one_event_that_names_them(
    visit: Visit, anna: Actor, film: Film, told: Any, desk: Desk,
) -> None:
    track, browser = film.track("a.jpg", (0.0, 100, 100, 80, 120)), visit(anna)

    crop = f"/case/{film.case.id}/tracks/{track}/crop?side=120"
    for address in (film.of("a.jpg", "/thumb"), film.of("plays.mp4", "/thumb"), crop):
        assert browser.get(address).status_code == 200
    browser.get(film.of("pages.tif", "/thumb?veiled=1"))
    assert told("gallery pictures") == []
    browser.post("/sign-out")

    [event] = told("gallery pictures")
    assert set(event["things"]) == {film.of("a.jpg").rpartition("/")[2], film.of("plays.mp4").rpartition("/")[2], track}


def test_small_pictures_are_told_when_they_are_many(
    visit: Visit, anna: Actor, film: Film, told: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looked, "TOGETHER", 2)
    browser = visit(anna)

    for name in ("a.jpg", "plays.mp4", "pages.tif"):
        browser.get(film.of(name, "/thumb"))

    assert [one["count"] for one in told("gallery pictures")] == [2]


@pytest.mark.parametrize("fault", [EnvironmentFault("disk-full", "The disk is full.", "Make room."), ValueError("unforeseen")])
def test_what_keeps_one_session_s_pictures_from_being_told_loses_none_and_keeps_nobody_elses_back(
    visit: Visit, account: Callable[..., Actor], film: Film, told: Any, desk: Desk, fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (visit(account("investigator", case_id=film.case.id)) for _ in range(2))
    first.get(film.of("a.jpg", "/thumb"))
    second.get(film.of("plays.mp4", "/thumb"))
    seen = {name: [film.of(name).rpartition("/")[2]] for name in ("a.jpg", "plays.mp4")}
    pictured = Viewing.pictured

    def broken(viewing: Viewing, things: list[str]) -> None:
        if things == seen["a.jpg"]:
            raise fault
        pictured(viewing, things)

    with monkeypatch.context() as failing:
        failing.setattr(Viewing, "pictured", broken)
        with pytest.raises(type(fault)):
            desk.looked.settle(now=True)
    assert [one["things"] for one in told("gallery pictures")] == [seen["plays.mp4"]]
    desk.looked.settle(now=True)
    desk.looked.settle(now=True)

    assert [one["things"] for one in told("gallery pictures")] == [seen["a.jpg"], seen["plays.mp4"]]


def test_small_pictures_wait_no_longer_than_five_seconds_to_be_told(
    visit: Visit, anna: Actor, film: Film, told: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As long as they wait, a desk that is killed forgets who saw them."""
    visit(anna).get(film.of("a.jpg", "/thumb"))
    desk.looked.settle()
    before, now = told("gallery pictures"), time.monotonic() + 5
    monkeypatch.setattr("sporhund.desk.looked.time", SimpleNamespace(monotonic=lambda: now))

    desk.looked.settle()

    assert (before, len(told("gallery pictures"))) == ([], 1)


def test_nothing_is_given_that_the_log_could_not_be_told_of(
    visit: Visit, anna: Actor, film: Film, monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = visit(anna)

    def full(*_: Any, **__: Any) -> None:
        raise EnvironmentFault("disk-full", "The disk is full.", "Make room.")

    with monkeypatch.context() as broken:
        broken.setattr("sporhund.viewing.seen.viewed", full)
        shut = [browser.get(film.of(name, rest)) for name, rest in (("plays.mp4", "/original"), ("a.jpg", "/still"))]

    assert [one.status_code for one in shut] == [507, 503]
    assert shut[1].headers["content-type"] == "image/svg+xml"
    assert browser.get(film.of("a.jpg", "/still")).status_code == 200


def test_tiles_that_are_asked_for_by_their_ids_are_told_once(visit: Visit, anna: Actor, film: Film, told: Any) -> None:
    medium = film.of("a.jpg").rpartition("/")[2]
    browser = visit(anna)

    for _ in range(2):
        browser.get(f"/case/{film.case.id}/gallery/items.html?ids={medium}")

    assert [one["shown"] for one in told("gallery view")] == [1]


def test_what_is_remembered_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked, "MOST", 3)
    room = looked.Looked()

    for number in range(10):
        room._remember(("s", "c", str(number), "whole"))

    assert len(room._told) == 3


def test_a_report_every_fifteen_seconds_is_a_few_events_and_every_second_in_the_row(
    visit: Visit, anna: Actor, film: Film, told: Any, clock: Any,
) -> None:
    browser = visit(anna)

    for _ in range(120):                                     # half an hour
        clock.on(seconds=15)
        browser.send(f"/case/{film.case.id}/exposure.json", {"seen_s": 15, "clear_s": 5})

    events = told("seen")
    with film.store.reader() as rows:
        e = tables.exposure.c
        kept = rows.execute(select(e.seen_s, e.clear_s).where(e.user_id == anna.user)).one()
    assert tuple(kept) == (1800, 600)
    assert len(events) == 3 and events[0]["exposure"]["seen_s"] > events[1]["exposure"]["seen_s"]


def test_a_report_without_anything_new_is_no_event(visit: Visit, anna: Actor, film: Film, told: Any) -> None:
    medium, browser = film.of("a.jpg").rpartition("/")[2], visit(anna)

    for _ in range(3):
        browser.send(f"/case/{film.case.id}/seen.json", {"media": [medium]})

    assert [one.get("things") for one in told("seen")] == [[medium]]
