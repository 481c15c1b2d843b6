"""The timeline of a case: as a page without a script, and what a script asks for."""
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from tests.cases.conftest import Reviewed, reviewed
from tests.desk.conftest import Browser
from tests.people import signed_in

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.cases import service
from sporhund.catalogue import records
from sporhund.store.ids import new_id

__all__ = ["reviewed"]
EVENING = {"from": "2026-02-14T21:30:00", "to": "2026-02-14T23:30:00"}


@pytest.fixture
def case(hands: Any) -> Any:
    """Of `reviewed`: it wants the row."""
    return service.create(new_id("J"), title="Røveri mod kiosk", purpose="demonstration", **hands)


@dataclass(frozen=True)
class Scene:
    """A kiosk's camera whose clock was checked, and a man who comes and goes before it."""

    case: Case
    here: str                  #: the case's address
    comes: str
    goes: str
    face: str
    browser: Browser


@pytest.fixture
def scene(reviewed: Reviewed, place: Sporhund, visit: Callable[..., Browser], hands: Any) -> Scene:
    run = reviewed.run(looks=("face", "person"))
    walk: list[tuple[float, ...]] = [(10.0, 5.0, 5.0, 40.0, 90.0), (14.0, 60.0, 5.0, 40.0, 90.0)]
    comes = reviewed.track(run, b"cam3/=1.mp4", "person", walk)
    face = reviewed.track(run, b"cam3/=1.mp4", "face", [(11.0, 5.0, 5.0, 30.0, 34.0)])
    goes = reviewed.track(run, b"cam3/2.mp4", "person", walk)
    case = place.case(reviewed.case.name)
    case.add_camera("Kiosk", files="*cam3/*")
    for name, shows in ((b"cam3/=1.mp4", "2026-02-14T22:00:00"), (b"cam3/2.mp4", "2026-02-14T22:10:00")):
        case.anchor("Kiosk", t=0.0, shows=shows, zone="+01:00", medium=reviewed.media[name], uncertainty_s=3.0)
    with place.store.transaction() as rows:
        records.refresh(rows, case.id, reviewed.media.values())
    anna = signed_in(place.store, hands["keys"], place.clock, "anna", "investigator", case_id=case.id)
    return Scene(place.acting(anna).case(case.name), f"/case/{case.id}", comes, goes, face, visit(anna))


def test_a_case_without_any_time_says_so_and_where_its_media_are(
    reviewed: Reviewed, place: Sporhund, visit: Callable[..., Browser], hands: Any,
) -> None:
    case = place.case(reviewed.case.name)
    with place.store.transaction() as rows:
        records.refresh(rows, case.id, reviewed.media.values())
    anna = signed_in(place.store, hands["keys"], place.clock, "anna", "investigator", case_id=case.id)

    page = visit(anna).get(f"/case/{case.id}/timeline").text

    assert "Intet her har en kendt tid endnu" in page
    assert f"/case/{case.id}/gallery?time=none" in page


def test_without_a_script_every_track_is_a_link_that_chooses_it(scene: Scene) -> None:
    page = scene.browser.get(f"{scene.here}/timeline").text

    for track in (scene.comes, scene.goes, scene.face):
        assert f"track={track}" in page


def test_without_a_script_one_goes_nearer_and_moves_by_links(scene: Scene) -> None:
    page = scene.browser.get(f"{scene.here}/timeline?from=2026-02-14T22:00:00&to=2026-02-14T22:20:00").text

    assert "from=2026-02-14T22%3A05%3A00&amp;to=2026-02-14T22%3A15%3A00" in page     # nearer
    assert "from=2026-02-14T22%3A10%3A00&amp;to=2026-02-14T22%3A30%3A00" in page     # later


def test_what_no_machine_could_read_says_why(scene: Scene) -> None:
    page = scene.browser.get(f"{scene.here}/timeline").text

    assert "Kiosk: optaget, ulæst: filen er kortere, end den selv siger: enden mangler (the file ends here)" in page


def test_what_is_unread_is_drawn_over_what_was_looked_at(scene: Scene) -> None:
    """The line of what was looked at is drawn in bins and may be wider than it is."""
    page = scene.browser.get(f"{scene.here}/timeline").text
    drawn = page[page.index('id="tl-svg"'):]

    assert drawn.index('class="tl-looked"') < drawn.index('class="tl-unread"') < drawn.index('class="tl-bar')


def test_a_row_says_how_sure_its_clock_is(scene: Scene) -> None:
    rows = scene.browser.get(f"{scene.here}/timeline/rows.json", params=EVENING).json()["rows"]

    assert [(row["name"], row["sure"], len(row["anchors"])) for row in rows if row["in_view"]] == [("Kiosk", "± 3 s", 2)]


def test_a_script_gets_the_tracks_of_a_window_and_what_the_filter_hides(scene: Scene) -> None:
    whole = scene.browser.get(f"{scene.here}/timeline/rows.json", params=EVENING).json()

    faces = scene.browser.get(f"{scene.here}/timeline/rows.json", params=EVENING | {"kinds": "face"}).json()

    assert [bar[0] for row in whole["rows"] for bar in row["bars"]] == [scene.comes, scene.face, scene.goes]
    assert (faces["tracks"], faces["in_view"]) == (3, 1)


def test_the_strip_shows_the_tracks_of_a_row_in_order_of_time(scene: Scene) -> None:
    row = scene.case.cameras()[0]["camera"]

    strip = scene.browser.get(f"{scene.here}/timeline/strip.html", params=EVENING | {"row": row}).text

    places = [strip.index(f'data-track="{track}"') for track in (scene.comes, scene.face, scene.goes)]
    assert places == sorted(places)


def test_the_strip_fades_what_i_have_seen_and_rings_what_somebody_else_has(scene: Scene, place: Sporhund, hands: Any) -> None:
    bo = signed_in(place.store, hands["keys"], place.clock, "bo", "investigator", case_id=scene.case.id)
    place.acting(bo).case(scene.case.name).viewing.saw(tracks=[scene.comes])
    scene.case.viewing.saw(tracks=[scene.face])
    view = EVENING | {"row": scene.case.cameras()[0]["camera"]}

    strip = scene.browser.get(f"{scene.here}/timeline/strip.html", params=view).text

    tiles = {track: tile for tile in strip.split("<li>")[1:] for track in re.findall(r'data-track="([^"]*)"', tile)}
    looks = {track: ("tile seen" in tile, 'class="ring"' in tile, *re.findall(r'aria-label="([^"]*)"', tile))
             for track, tile in tiles.items()}
    assert looks == {scene.comes: (False, True, "person, set af nogen"), scene.face: (True, False, "ansigt, set af mig"),
                     scene.goes: (False, False, "person")}


def test_the_strip_leads_to_the_recording_at_the_cursor_of_the_same_view(scene: Scene) -> None:
    view = EVENING | {"row": scene.case.cameras()[0]["camera"], "at": "2026-02-14T22:10:20"}

    strip = scene.browser.get(f"{scene.here}/timeline/strip.html", params=view).text

    [said] = re.findall(r'data-open-here href="([^"]*)"', strip)
    there = urlsplit(html.unescape(said))
    assert "&" not in said.replace("&amp;", "")                  # written as every other address is
    assert (there.path, view.items() <= dict(parse_qsl(there.query)).items()) == (f"{scene.here}/timeline/open", True)


def test_the_panel_says_when_it_was_by_the_camera_and_by_the_world(scene: Scene) -> None:
    scene.case.anchor("Kiosk", t=0.0, shows="2026-02-14T22:00:00", zone="+01:00", true_time="2026-02-14T22:02:00+01:00",
                      uncertainty_s=2.0)

    panel = scene.browser.get(f"{scene.here}/timeline/panel.html", params={"track": scene.comes}).text

    assert "22:00:10 – 22:00:14" in panel
    assert "22:02:10 – 22:02:14 ± 3 s" in panel


def test_a_small_face_is_warned_of_before_anything_is_done_with_it(scene: Scene) -> None:
    panel = scene.browser.get(f"{scene.here}/timeline/panel.html", params={"track": scene.face}).text

    assert panel.index("Ansigtet er 30 px bredt") < panel.index('value="relevant"')


def test_a_track_that_is_not_of_this_case_is_unknown(scene: Scene) -> None:
    answer = scene.browser.get(f"{scene.here}/timeline?track=t_nothing")

    assert answer.status_code == 404


def test_a_page_that_is_opened_is_in_the_log_once_and_what_its_script_asks_is_not(scene: Scene) -> None:
    scene.browser.get(f"{scene.here}/timeline?kinds=face")
    scene.browser.get(f"{scene.here}/timeline/rows.json", params=EVENING)

    log = scene.case.place.own.my_lookups()["items"]

    assert [one["payload"]["filter"]["kinds"] for one in log if one["action"] == "timeline view"] == ["face"]


def test_tracks_of_two_recordings_are_said_to_be_of_one_subject_whose_route_is_drawn(scene: Scene) -> None:
    said = {"csrf": scene.browser.csrf, "things": [scene.goes, scene.comes], "label": "Manden i hætte"}
    made = scene.browser.client.post(f"{scene.here}/tracks/subject", data=said, headers={"accept": "application/json"})

    route = scene.browser.get(f"{scene.here}/timeline/route.json", params={"subject": made.json()["subject"]}).json()

    assert made.json()["label"] == "Manden i hætte"
    assert [stop["track"] for stop in route] == [scene.comes, scene.goes]


def test_more_is_secured_at_the_time_that_stands_on_the_wall(scene: Scene) -> None:
    answer = scene.browser.post(f"{scene.here}/tracks/secure", camera="Kiosk", wanted_from="2026-02-14T21:45:00",
                                wanted_to="2026-02-14T22:15:00", things=scene.comes, zoned="1")

    wanted = scene.case.viewing.securings()

    assert answer.status_code == 303
    assert [(one["wanted_from"], one["track"]) for one in wanted] == [("2026-02-14T20:45:00Z", scene.comes)]


def test_the_recording_at_the_cursor_opens_at_its_second(scene: Scene) -> None:
    row = scene.case.cameras()[0]["camera"]

    answer = scene.browser.get(f"{scene.here}/timeline/open", params=EVENING | {"row": row, "at": "2026-02-14T22:10:20"})

    assert "?t=20.0&timeline=from" in answer.headers["location"]


def test_where_nothing_was_recorded_the_timeline_says_so(scene: Scene) -> None:
    row = scene.case.cameras()[0]["camera"]

    answer = scene.browser.get(f"{scene.here}/timeline/open", params=EVENING | {"row": row, "at": "2026-02-14T22:05:00"})

    assert "said=nothing-recorded" in answer.headers["location"]


def test_an_address_that_says_no_time_is_refused_in_a_sentence(scene: Scene) -> None:
    answer = scene.browser.get(f"{scene.here}/timeline?from=yesterday&to=today")

    assert answer.status_code == 400


def test_a_track_somebody_has_seen_is_left_out_where_only_unseen_ones_are_asked_for(scene: Scene) -> None:
    scene.case.viewing.saw(tracks=[scene.comes])

    shown = scene.browser.get(f"{scene.here}/timeline/rows.json", params=EVENING | {"unseen": "nobody"}).json()

    assert [bar[0] for row in shown["rows"] for bar in row["bars"]] == [scene.face, scene.goes]


def test_a_link_that_names_a_track_alone_shows_the_time_around_it(scene: Scene) -> None:
    page = scene.browser.get(f"{scene.here}/timeline?track={scene.goes}").text

    assert "14.02. 22:04 – 22:15" in page
    assert f'data-track="{scene.goes}" data-kind="person"' in page


def test_a_route_is_drawn_from_row_to_row_without_a_script(scene: Scene) -> None:
    subject = scene.case.persons.add_subject([scene.comes, scene.goes])["subject"]

    page = scene.browser.get(f"{scene.here}/timeline?subject={subject}").text

    assert (page.count('class="tl-stop"'), page.count('class="tl-route"')) == (2, 1)


def test_nobody_sees_the_timeline_of_a_case_that_is_not_theirs(scene: Scene, visit: Callable[..., Browser], account: Any) -> None:
    stranger = visit(account("investigator"))

    parts = ("", "/rows.json", "/strip.html", "/panel.html")
    answers = {stranger.get(f"{scene.here}/timeline{part}").status_code for part in parts}

    assert answers == {403}


def test_the_viewer_is_told_how_the_timeline_stood(scene: Scene) -> None:
    query = urlencode(EVENING | {"track": scene.comes})

    panel = scene.browser.get(f"{scene.here}/timeline/panel.html?{query}").text

    there = html.unescape(re.search(r'href="([^"]*)" data-open-track', panel)[1])          # type: ignore[index]
    assert parse_qs(urlsplit(there).query)["timeline"] == [query]


def test_a_case_of_seconds_opens_where_it_was_recorded_and_goes_from_recording_to_recording(scene: Scene) -> None:
    first = scene.browser.get(f"{scene.here}/timeline").text
    whole = {"from": "2026-02-14T00:00:00", "to": "2026-02-15T00:00:00"}

    there = scene.browser.get(f"{scene.here}/timeline/recording", params=whole | {"towards": "next"})
    beyond = scene.browser.get(f"{scene.here}/timeline/recording", params={
        "from": "2026-02-15T00:00:00", "to": "2026-02-15T01:00:00", "towards": "next"})

    assert "Næste optagelse" in first and "Forrige optagelse" in first
    assert there.status_code == 303 and "from=2026-02-14T2" in there.headers["location"]
    assert "said=no-next-recording" in beyond.headers["location"]


def test_a_typed_name_makes_a_new_subject_and_is_never_dropped_for_one_that_is_there(scene: Scene) -> None:
    there = scene.case.persons.add_subject([scene.comes])
    say = f"{scene.here}/tracks/subject"

    both = scene.browser.post(say, things=scene.goes, subject=there["subject"], label="Manden i hætte")
    neither = scene.browser.post(say, things=scene.goes)
    named = scene.browser.post(say, things=scene.goes, label="Manden i hætte")

    assert (both.status_code, neither.status_code, named.status_code) == (400, 400, 303)
    assert [(one["label"], one["tracks"]) for one in scene.case.persons.list_subjects()] == [
        (there["label"], [scene.comes]), ("Manden i hætte", [scene.goes])]


def test_no_subject_is_chosen_for_anybody(scene: Scene) -> None:
    none = scene.browser.get(f"{scene.here}/timeline/panel.html", params={"track": scene.comes}).text
    scene.case.persons.add_subject([scene.comes])

    one = scene.browser.get(f"{scene.here}/timeline/panel.html", params={"track": scene.goes}).text

    assert '<option value="new" selected>' in none
    assert '<option value="" selected>' in one and '<option value="new">' in one
