"""Pictures and videos of a case over the wire: only behind the door, never as anything else than what we say they are."""
import xml.dom.minidom
from collections.abc import Callable
from typing import Any

import pytest
from anyio import CapacityLimiter
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.conftest import Browser
from tests.desk.film import Film, film
from tests.previews import make

from sporhund.actor import Actor
from sporhund.desk import reasons
from sporhund.desk.routes import copies

__all__ = ["film"]
Visit = Callable[..., Browser]


@pytest.fixture
def anna(account: Callable[..., Actor], film: Film) -> Actor:
    return account("investigator", case_id=film.case.id)


def test_a_picture_is_a_copy_that_no_browser_keeps_runs_or_guesses_at(visit: Visit, anna: Actor, film: Film) -> None:
    shown = visit(anna).get(film.of("a.jpg", "/still"))

    assert shown.status_code == 200
    assert make.opened(shown.content).size == (640, 480)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "private, no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert shown.headers["content-disposition"] == "inline"


def test_a_thumbnail_is_as_large_as_was_asked_for(visit: Visit, anna: Actor, film: Film) -> None:
    shown = visit(anna).get(film.of("plays.mp4", "/thumb?side=320"))

    assert max(make.opened(shown.content).size) == 320


def test_a_veiled_picture_tells_nothing(visit: Visit, anna: Actor, film: Film) -> None:
    shown = visit(anna).get(film.of("a.jpg", "/still?veiled=1"))

    red, green, blue = make.pixel(shown.content, 0.7, 0.25)
    assert max(abs(red - green), abs(green - blue)) < 12


def test_a_frame_tells_its_own_time_and_its_neighbours(visit: Visit, anna: Actor, film: Film) -> None:
    shown = visit(anna).get(film.of("plays.mp4", "/frame?t=2.35"))

    assert shown.status_code == 200, shown.text
    at, before, after = (float(shown.headers[f"x-picture-{name}"]) for name in ("t", "before", "after"))
    assert before < at <= 2.35 < after


def test_a_page_of_a_document_is_shown_by_its_number(visit: Visit, anna: Actor, film: Film) -> None:
    shown = visit(anna).get(film.of("pages.tif", "/still?page=2"))

    assert make.pixel(shown.content, 0.5, 0.5)[2] > 200


def test_a_track_is_shown_alone_or_with_its_box_in_the_whole_frame(visit: Visit, anna: Actor, film: Film) -> None:
    track, browser = film.track("a.jpg", (0.0, 100, 100, 80, 120)), visit(anna)

    alone = browser.get(f"/case/{film.case.id}/tracks/{track}/crop?side=120")
    whole = browser.get(f"/case/{film.case.id}/tracks/{track}/crop?side=320&whole=1")

    assert max(make.opened(alone.content).size) <= 120
    assert [float(side) for side in whole.headers["x-picture-box"].split(",")] == pytest.approx([50, 50, 40, 60], abs=0.5)


def test_what_cannot_be_shown_says_why_where_the_picture_would_be(visit: Visit, anna: Actor, film: Film) -> None:
    shown = visit(anna).get(film.of("broken.jpg", "/thumb?side=160"), headers={"accept-language": "da"})

    assert (shown.status_code, shown.headers["content-type"]) == (422, "image/svg+xml")
    assert "<title>Intet billede: " in shown.text and xml.dom.minidom.parseString(shown.text).documentElement is not None
    assert "sandbox" in shown.headers["content-security-policy"]


def test_there_is_no_picture_of_what_is_not_in_the_case(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)

    assert browser.get(f"/case/{film.case.id}/media/m_nobody/thumb").status_code == 404
    assert browser.get(f"/case/{film.case.id}/tracks/t_nobody/crop?side=120").status_code == 404
    assert browser.get(film.of("a.jpg", "/still?page=7")).status_code == 400
    assert browser.get(film.of("a.jpg", "/thumb?side=161")).status_code == 404
    assert browser.get(film.of("plays.mp4", "/frame?t=nan")).status_code == 422


def test_nobody_sees_a_picture_of_a_case_that_is_closed_to_them(
    visit: Visit, account: Callable[..., Actor], film: Film, anna: Actor,
) -> None:
    stranger = account("investigator")

    for rest in ("/still", "/thumb", "/original", "/part/0"):
        assert visit(stranger).get(film.of("a.jpg", rest)).status_code == 403
    assert visit().get(film.of("a.jpg", "/still")).status_code == 303


def test_a_video_that_plays_is_given_in_the_parts_that_are_asked_for(
    visit: Visit, anna: Actor, film: Film, shared: Any,
) -> None:
    bytes_of_it = (shared / "data/video/one-by-one-person-detection.mp4").read_bytes()
    browser = visit(anna)

    whole = browser.get(film.of("plays.mp4", "/original"))
    part = browser.get(film.of("plays.mp4", "/original"), headers={"range": "bytes=100-299", "if-range": whole.headers["etag"]})
    behind = browser.get(film.of("plays.mp4", "/original"), headers={"range": f"bytes={len(bytes_of_it)}-"})
    changed = browser.get(film.of("plays.mp4", "/original"), headers={"range": "bytes=100-299", "if-range": '"other"'})

    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, bytes_of_it, "video/mp4")
    assert (part.status_code, part.content) == (206, bytes_of_it[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(bytes_of_it)}"
    assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{len(bytes_of_it)}")
    assert (changed.status_code, len(changed.content)) == (200, len(bytes_of_it))
    assert whole.headers["cache-control"] == "private, no-store" and "plays" not in whole.headers["content-disposition"]


def test_the_bytes_of_what_no_browser_plays_are_not_given_but_a_copy_is(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)

    assert browser.get(film.of("ham.avi", "/original")).status_code == 400
    assert browser.get(film.of("a.jpg", "/original")).status_code in (400, 422)
    copy = browser.get(film.of("ham.avi", "/part/0"), headers={"range": "bytes=4-7"})
    assert (copy.status_code, copy.content, copy.headers["content-type"]) == (206, b"ftyp", "video/mp4")
    assert browser.get(film.of("ham.avi", "/part/0.json")).json()["offset"] == 0.0
    assert browser.get(film.of("ham.avi", "/part/99")).status_code == 400


def test_while_others_wait_for_copies_one_more_is_told_to_come_again_and_all_else_is_answered(
    visit: Visit, anna: Actor, film: Film, monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = visit(anna)
    monkeypatch.setattr(copies, "MAKING", CapacityLimiter(0))

    busy = browser.send(film.of("ham.avi", "/part/0.json"), method="GET")

    assert (busy.status_code, busy.json()["error"]["code"], busy.headers["retry-after"]) == (503, "copies-busy", "5")
    assert browser.get(film.of("ham.avi", "/part/0")).status_code == 503
    assert browser.get(film.of("ham.avi")).status_code == 200
    assert browser.get(film.of("ham.avi", "/frame?t=1")).status_code == 200


def test_a_copy_that_is_there_waits_for_nobody(
    visit: Visit, anna: Actor, film: Film, monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = visit(anna)
    film.case.previews.part_item(film.media["ham.avi"], 0)
    monkeypatch.setattr(copies, "MAKING", CapacityLimiter(0))

    assert browser.get(film.of("ham.avi", "/part/0.json")).status_code == 200
    assert browser.get(film.of("ham.avi", "/part/0"), headers={"range": "bytes=4-7"}).content == b"ftyp"


@given(st.text(max_size=300), st.integers(100, 640))
def test_any_reason_makes_a_whole_picture_without_anything_that_runs(said: str, width: int) -> None:
    plain = "".join(one for one in said if one.isprintable())

    drawn = xml.dom.minidom.parseString(reasons.drawn(plain, width=width, height=width * 3 // 4))

    assert {one.tagName for one in drawn.getElementsByTagName("*")} <= {"svg", "title", "rect", "g", "text"}
    assert all(float(one.getAttribute("y")) <= width * 3 / 4 for one in drawn.getElementsByTagName("text"))


@given(st.text(alphabet="ab c", max_size=200), st.integers(8, 60))
def test_wrapping_loses_no_word(said: str, at_most: int) -> None:
    lines = reasons.wrapped(said, at_most)

    assert all(len(line) <= at_most for line in lines)
    assert "".join("".join(lines).split()) == "".join(said.split())
