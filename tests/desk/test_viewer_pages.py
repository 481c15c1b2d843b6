"""The viewer: one medium with its tracks, its time, and what can be done with it."""
import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update
from tests.desk.conftest import Browser
from tests.desk.film import Film, film
from tests.people import live_basis
from tests.questions import asked

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.store import tables

__all__ = ["film"]
Visit = Callable[..., Browser]
DANISH = {"accept-language": "da"}
WALK = ((1.0, 10, 10, 40, 80), (1.5, 20, 10, 40, 80), (2.0, 40, 10, 40, 80))


@pytest.fixture
def anna(account: Callable[..., Actor], film: Film) -> Actor:
    return account("investigator", case_id=film.case.id)


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def events(film: Film, action: str) -> list[Any]:
    """What the log tells of this act in the case, oldest first."""
    with film.store.reader() as rows:
        a = tables.audit.c
        return [row.action for row in rows.execute(select(a.action).where(a.case_id == film.case.id, a.action == action))]


# ------------------------------------------------------------------ looking

def test_opening_a_medium_is_one_event_of_the_log(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("a.jpg"), headers=DANISH)

    assert page.status_code == 200
    assert "a.jpg" in words(page) and "640 × 480 px" in words(page)
    assert len(events(film, "medium view")) == 1


def test_a_link_leads_to_the_same_second_and_the_same_track(visit: Visit, anna: Actor, film: Film) -> None:
    track, other = film.track("plays.mp4", *WALK), film.track("plays.mp4", (4.0, 1, 1, 9, 9), kind="vehicle")

    page = visit(anna).get(film.of("plays.mp4", f"?t=1.5&track={track}"), headers=DANISH)

    assert "0:00:01,500" in words(page)
    assert re.search(rf'data-track="{track}"[^>]*aria-current="true"', page.text)
    assert not re.search(rf'data-track="{other}"[^>]*aria-current="true"', page.text)
    assert "/frame?t=1.5" in page.text


def test_a_track_without_a_time_shows_its_best_picture(visit: Visit, anna: Actor, film: Film) -> None:
    track = film.track("plays.mp4", *WALK)

    page = visit(anna).get(film.of("plays.mp4", f"?track={track}"), headers=DANISH)

    assert "0:00:01,000" in words(page)


def test_the_strip_is_in_order_of_time_and_says_what_it_hides(visit: Visit, anna: Actor, film: Film) -> None:
    late, early = film.track("plays.mp4", (5.0, 1, 1, 9, 9)), film.track("plays.mp4", (2.0, 1, 1, 9, 9), kind="vehicle")
    film.track("plays.mp4", (3.0, 1, 1, 9, 9), kind="motion")
    browser = visit(anna)

    page = browser.get(film.of("plays.mp4"), headers=DANISH)
    every = browser.get(film.of("plays.mp4", "?show=person&show=vehicle&show=motion"), headers=DANISH)

    assert re.findall(r'class="tile[^>]*data-track="([^"]+)"', page.text) == [early, late]
    assert "skjuler 1 spor" in words(page)
    assert len(re.findall(r'class="tile', every.text)) == 3 and "skjuler" not in words(every)


def test_a_track_that_i_have_seen_fades(visit: Visit, anna: Actor, film: Film) -> None:
    track, browser = film.track("plays.mp4", *WALK), visit(anna)

    told = browser.send(f"/case/{film.case.id}/seen.json", {
        "media": [film.media["plays.mp4"]], "spans": [[0.5, 2]], "tracks": [track]})

    assert told.status_code == 200
    assert re.search(rf'class="tile seen"[^>]*data-track="{track}"', browser.get(film.of("plays.mp4")).text)


def test_of_a_still_a_tile_says_once_what_it_is(visit: Visit, anna: Actor, film: Film) -> None:
    box, browser = (0.0, 10, 10, 40, 40), visit(anna)
    face, chair = film.track("a.jpg", box, kind="face"), film.track("a.jpg", box, kind="object", called="chair")

    page = browser.get(film.of("a.jpg"), headers=DANISH)

    assert [under(page, one) for one in (face, chair)] == ["ansigt set", "stol genstand set"]


def test_my_mark_and_that_i_have_seen_it_stand_on_the_tile_and_on_the_bar(visit: Visit, anna: Actor, film: Film) -> None:
    track, browser = film.track("plays.mp4", *WALK, kind="vehicle", called="car"), visit(anna)
    marks = f"/case/{film.case.id}/marks"
    browser.send(f"/case/{film.case.id}/seen.json", {
        "media": [film.media["plays.mp4"]], "spans": [[0.5, 2]], "tracks": [track]})

    standing = [browser.send(f"{marks}.json?standing=1", {"things": [track], "value": value}).json()["standing"]
                for value in ("relevant", "later")]
    page = browser.get(film.of("plays.mp4"), headers=DANISH)
    standing.append(browser.send(f"{marks}/undo.json?standing=1").json()["standing"])
    standing.append(browser.send(f"{marks}/undo.json?standing=1").json()["standing"])

    assert [one[track] for one in standing] == ["Relevant", "Senere", "Relevant", ""]
    assert re.search(rf'data-track="{track}".*?<span class="mark mine">Senere</span>', page.text, re.S)
    assert "<title>bil, køretøj 0:00:01,000 – 0:00:02,000, set, Senere</title>" in page.text


def under(page: Any, track: str) -> str:
    """What stands under the picture of a track, for who hears it."""
    tile = re.search(rf'<a class="tile[^>]*data-track="{track}".*?</a>', page.text, re.S)[0]   # type: ignore[index]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", tile))).strip()


def test_bars_are_of_the_kinds_that_the_strip_shows(visit: Visit, anna: Actor, film: Film) -> None:
    person, car = film.track("plays.mp4", *WALK), film.track("plays.mp4", (4.0, 1, 1, 9, 9), kind="vehicle")

    page = visit(anna).get(film.of("plays.mp4", "?show=vehicle"), headers=DANISH)

    bars = page.text.split('id="bars"', 1)[1].split("</svg>", 1)[0]
    assert re.findall(r'data-track="([^"]+)"', bars) == [car] and person not in bars
    assert 'class="ground"' in bars


def test_why_a_part_is_unread_is_said_in_danish_with_the_exact_words_behind_it(visit: Visit, anna: Actor, film: Film) -> None:
    track, case_id = film.track("plays.mp4", *WALK), film.case.id
    cut = {"start": 5.0, "end": 9.0, "why": "could not be decoded: Invalid data", "code": "damaged"}
    bare = {"start": 9.0, "end": None, "why": "the file ends here", "code": "unread"}
    with film.store.transaction() as rows:
        m, u = tables.medium.c, tables.unit.c
        rows.execute(update(tables.unit).where(u.case_id == case_id, u.medium_id == film.media["plays.mp4"]).values(
            state="done", coverage={"unread": [cut, bare]}))
        rows.execute(update(tables.medium).where(m.case_id == case_id, m.id == film.media["plays.mp4"]).values(
            state="partly", code="truncated", reason="the file is shorter than its own structure says"))

    said = words(visit(anna).get(film.of("plays.mp4", f"?track={track}"), headers=DANISH))
    known = words(visit(anna).get(film.of("plays.mp4", "/panel.html"), headers=DANISH))

    assert "0:00:09,000: filen er beskadiget (could not be decoded: Invalid data)" in said
    assert "filen er kortere, end den selv siger: enden mangler (the file ends here)" in said
    assert "filen er kortere, end den selv siger: enden mangler (the file is shorter than its own structure says)" in known


def test_the_filter_goes_along_to_the_next_medium_and_back(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("plays.mp4", "?kind=video&sort=time"), headers=DANISH)

    assert "1 af 2" in words(page) or "2 af 2" in words(page)
    assert re.search(rf'href="/case/{film.case.id}/media/{film.media["ham.avi"]}\?sort=time&amp;kind=video"', page.text)
    assert f"/gallery?kind=video&amp;sort=time&amp;around={film.media['plays.mp4']}" in page.text


def test_from_the_timeline_one_goes_back_to_the_timeline_as_it_stood(visit: Visit, anna: Actor, film: Film) -> None:
    browser, query = visit(anna), "from=2026-02-14T21:30:00&to=2026-02-14T23:30:00&row=k_1"

    page = browser.get(film.of("plays.mp4", f"?kind=video&{urlencode({'timeline': query})}"), headers=DANISH)

    link = page.text.split('id="back" href="', 1)[1].split("</a>", 1)[0]
    assert html.unescape(link).startswith(f'/case/{film.case.id}/timeline?{query}"') and "Tidslinje" in link
    assert f"&amp;{urlencode({'timeline': query})}&amp;kind=video" in page.text, "the next one goes back there too"


def test_a_medium_that_the_filter_leaves_out_is_shown_and_said_to_be_left_out(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("a.jpg", "?kind=video"), headers=DANISH)

    assert "ikke på denne liste med 2" in words(page)


def test_nonsense_in_an_address_is_answered_with_what_is_allowed(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)

    assert browser.get(film.of("a.jpg", "?kind=hologram")).status_code == 400
    assert browser.get(film.of("a.jpg", "?t=never")).status_code == 422
    assert browser.get(film.of("a.jpg", "?track=%00")).status_code in (400, 422)
    assert browser.get(f"/case/{film.case.id}/media/m_nobody").status_code == 404
    assert browser.get(film.of("a.jpg", "?track=t_nobody&t=7")).status_code == 200


def test_a_file_of_which_nothing_can_be_shown_says_why(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("broken.jpg"), headers=DANISH)

    assert "Intet af denne fil kan vises." in words(page)
    assert "the picture's header cannot be read" in words(page)
    assert "<img" not in page.text


def test_a_derived_copy_is_said_to_be_one_and_why(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("ham.avi"), headers=DANISH)

    assert "afledt kopi" in words(page) and "browsere afspiller ikke denne slags fil" in words(page)
    assert "afledt kopi" not in words(visit(anna).get(film.of("plays.mp4"), headers=DANISH))


def test_pages_of_a_document_are_turned_and_have_their_own_tracks(visit: Visit, anna: Actor, film: Film) -> None:
    track = film.track("pages.tif", (0.0, 5, 5, 50, 60), kind="face", page=1)
    browser = visit(anna)

    first = browser.get(film.of("pages.tif"), headers=DANISH)
    second = browser.get(film.of("pages.tif", "?page=1"), headers=DANISH)

    assert "Side 1 af 3" in words(first) and track not in first.text
    assert "Side 2 af 3" in words(second) and track in second.text
    assert "/still?page=1" in second.text


def test_a_picture_is_asked_for_veiled_until_it_is_cleared(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)

    assert 'still?page=0&amp;veiled=1"' in browser.get(film.of("a.jpg")).text
    assert 'src="{}/still?page=0"'.format(film.of("a.jpg")) in browser.get(film.of("a.jpg", "?clear=1")).text


def test_nothing_on_the_page_needs_an_inline_script_or_style(visit: Visit, anna: Actor, film: Film) -> None:
    film.track("plays.mp4", *WALK)

    page = visit(anna).get(film.of("plays.mp4"))

    assert not re.search(r"\sstyle=|<style|\son\w+=", page.text)
    assert all("src=" in one for one in re.findall(r"<script[^>]*>", page.text))


def test_without_a_script_there_is_a_player_frames_and_a_way_to_clear(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("plays.mp4", "?t=3"), headers=DANISH)

    plain = page.text.split("<noscript>", 1)[1].split("</noscript>", 1)[0]
    assert "<video controls" in plain and f'{film.of("plays.mp4")}/original' in plain
    assert {"t=2", "t=4"} <= set(re.findall(r"t=\d+", plain)) and "clear=1" in plain


def questions(browser: Browser, address: str) -> int:
    """How many questions to the store a page costs."""
    with asked() as said:
        assert browser.get(address).status_code == 200
    return len(said)


def test_many_tracks_cost_no_more_questions_than_one(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)
    film.track("plays.mp4", *WALK)
    browser.get(film.of("plays.mp4"))
    with_one = questions(browser, film.of("plays.mp4"))
    for place in range(20):
        film.track("plays.mp4", (2.0 + place / 10, 1, 1, 9, 9), kind="vehicle")

    with_many = questions(browser, film.of("plays.mp4"))

    assert with_one <= 70 and with_many <= with_one + 8, "eight: the catalogue learns of what is new"


# ------------------------------------------------------------------ what is known

def test_the_panel_tells_of_the_chosen_track_with_warnings_before_the_actions(visit: Visit, anna: Actor, film: Film) -> None:
    track = film.track("a.jpg", (0.0, 100, 100, 20, 26), kind="face", reason="the face is 20 pixels wide", sharpness=0.1)

    panel = visit(anna).get(film.of("a.jpg", f"/panel.html?track={track}"), headers=DANISH)

    said = words(panel)
    assert "20 × 26 px, skarphed lav" in said and "the face is 20 pixels wide" in said
    assert said.index("Ikke egnet til sammenligning") < said.index("Relevant")
    assert "Kun mennesker identificerer" in said
    assert "<html" not in panel.text


def test_time_by_the_camera_and_corrected_time_stand_beside_each_other(visit: Visit, anna: Actor, film: Film) -> None:
    film.case.add_camera("cam 1", files="plays*")
    film.case.anchor("cam 1", t=0.0, shows="2026-01-14T22:10:00", zone="+01:00", medium=film.media["plays.mp4"],
                     true_time="2026-01-14T21:11:40+00:00", uncertainty_s=2.0)
    track = film.track("plays.mp4", *WALK)

    said = words(visit(anna).get(film.of("plays.mp4", f"/panel.html?track={track}"), headers=DANISH))

    assert "14.01.2026 22:10:01 – 22:10:02 efter uret i billedet" in said
    assert "14.01.2026 22:11:41 – 22:11:42 ± 2 s efter et kontrolleret ur" in said


def test_a_time_that_nobody_knows_is_said_to_be_unknown(visit: Visit, anna: Actor, film: Film) -> None:
    assert "Tid ikke kendt" in words(visit(anna).get(film.of("ham.avi", "/panel.html"), headers=DANISH))


def test_a_script_gets_every_sighting_of_every_track(visit: Visit, anna: Actor, film: Film) -> None:
    track = film.track("plays.mp4", *WALK)

    found = visit(anna).send(film.of("plays.mp4", "/tracks.json"), method="GET").json()

    assert found["next"] is None
    assert [(one["id"], one["path"]) for one in found["items"]] == [(track, [list(one) for one in WALK])]


# ------------------------------------------------------------------ what is done

def test_every_adjustment_is_kept_with_the_view_that_used_it(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)

    kept = browser.send(film.of("a.jpg", "/adjusted.json"), {"adjustments": {"brightness": 1.5, "rotation": 90}})
    wrong = browser.send(film.of("a.jpg", "/adjusted.json"), {"adjustments": {"sharpness": 2}})

    assert (kept.status_code, wrong.status_code) == (200, 400)
    assert len(events(film, "medium view")) == 1


def test_a_mark_made_without_a_script_leads_back_to_the_same_track(visit: Visit, anna: Actor, film: Film) -> None:
    track, browser = film.track("plays.mp4", *WALK), visit(anna)
    page = browser.get(film.of("plays.mp4", f"?t=1.5&track={track}"), headers=DANISH)
    back = html.unescape(re.search(r'data-marks>.*?name="back" value="([^"]*)"', page.text, re.S)[1])   # type: ignore[index]

    answer = browser.post(f"/case/{film.case.id}/marks", thing=track, value="relevant", back=back)
    after = browser.get(answer.headers["location"], headers=DANISH)

    assert answer.status_code == 303 and f"track={track}" in answer.headers["location"] and "t=1.5" in answer.headers["location"]
    assert re.search(r'value="relevant"[^>]*aria-pressed="true"', after.text)


def test_a_sighting_puts_its_camera_s_recordings_on_the_list(visit: Visit, anna: Actor, film: Film) -> None:
    film.case.add_camera("cam 1", files="plays*")
    track, browser = film.track("plays.mp4", *WALK), visit(anna)
    form = browser.get(film.of("plays.mp4", f"/secure?track={track}&part=1"), headers=DANISH)
    wanted = {"camera": "cam 1", "wanted_from": "2026-01-14T22:00:00", "wanted_to": "2026-01-14T22:30:00", "things": track}
    secure = f"/case/{film.case.id}/tracks/secure"

    back = browser.post(secure, **wanted, back=film.of("plays.mp4", "?t=1.5"))
    told = browser.post(secure, **wanted, note="the exit", headers={"accept": "application/json"})

    assert "cam 1" in words(form) and "<html" not in form.text and f'action="{secure}"' in form.text
    assert back.headers["location"] == film.of("plays.mp4", "?t=1.5&said=secured")
    assert "cam 1" in told.json()["said"]
    assert [one["track"] for one in film.case.viewing.securings()] == [track, track]


def test_a_case_without_cameras_says_what_to_do_first(visit: Visit, anna: Actor, film: Film) -> None:
    page = visit(anna).get(film.of("a.jpg", "/secure"), headers=DANISH)

    assert "Sagen har endnu intet kamera." in words(page) and "<html" in page.text


def test_a_track_goes_to_a_new_subject_and_to_one_that_is_there(visit: Visit, anna: Actor, film: Film) -> None:
    first, second, browser = film.track("plays.mp4", *WALK), film.track("plays.mp4", (4.0, 1, 1, 9, 9)), visit(anna)

    made = browser.post(f"/case/{film.case.id}/tracks/subject", things=first, subject="new", note="same jacket")
    assert made.status_code == 303, made.text
    [made] = film.case.persons.list_subjects()
    form = browser.get(film.of("plays.mp4", f"/subject?track={second}&part=1"))
    back = browser.post(f"/case/{film.case.id}/tracks/subject", things=second, subject=made["subject"])

    assert made["label"] in words(form)
    assert back.headers["location"].endswith("said=joined")
    assert film.case.persons.list_subjects()[0]["tracks"] == [first, second]
    assert browser.post(f"/case/{film.case.id}/tracks/subject", things="").status_code == 400


def test_the_same_face_is_looked_for_under_a_live_basis_alone(
    visit: Visit, place: Sporhund, account: Callable[..., Actor], film: Film, anna: Actor,
) -> None:
    track, browser = film.track("a.jpg", (0.0, 100, 100, 80, 99), kind="face", comparable=True), visit(anna)

    without = words(browser.get(film.of("a.jpg", f"/face?track={track}"), headers=DANISH))
    basis = live_basis(film.case.id, **place.hands)
    with_it = words(browser.get(film.of("a.jpg", f"/face?track={track}&part=1"), headers=DANISH))

    assert "Ingen hjemmel i sagen er gyldig" in without
    assert f"sporhund faces search --case {film.case.name} --track {track} --basis {basis.id}" in with_it


def test_a_face_that_is_unsuitable_is_not_offered_for_comparison(visit: Visit, anna: Actor, film: Film) -> None:
    track = film.track("a.jpg", (0.0, 100, 100, 20, 26), kind="face", reason="the face is 20 pixels wide")

    said = words(visit(anna).get(film.of("a.jpg", f"/face?track={track}"), headers=DANISH))

    assert "ikke egnet til sammenligning" in said and "faces search" not in said


def test_nobody_is_led_away_from_the_desk_by_a_form(visit: Visit, anna: Actor, film: Film) -> None:
    film.case.add_camera("cam 1")
    wanted = {"camera": "cam 1", "wanted_from": "2026-01-14T22:00:00", "wanted_to": "2026-01-14T22:30:00"}

    answer = visit(anna).post(f"/case/{film.case.id}/tracks/secure", **wanted, back="//elsewhere.test/")

    assert answer.headers["location"] == f"/case/{film.case.id}?said=secured"


def test_a_change_without_its_token_is_not_made(visit: Visit, anna: Actor, film: Film) -> None:
    browser = visit(anna)
    browser.csrf = "forged"

    assert browser.send(film.of("a.jpg", "/adjusted.json"), {"adjustments": {"zoom": 2}}).status_code == 403
    assert browser.post(f"/case/{film.case.id}/tracks/subject", things="t_1").status_code == 403
