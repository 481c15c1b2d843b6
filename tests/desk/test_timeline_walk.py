"""The timeline in a real browser: moved, chosen and joined by keyboard and pointer; its address keeps the place."""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update
from tests.cases.conftest import Reviewed
from tests.desk import browser as browsers

from sporhund.api.home import Sporhund
from sporhund.catalogue import records
from sporhund.evidence import account
from sporhund.evidence.service import take_in
from sporhund.settings import Settings
from sporhund.store import tables

HOUR = "from=2026-02-14T21:55:00&to=2026-02-14T22:15:00"


@dataclass(frozen=True)
class Evening:
    """Two cameras that filmed the same man, on a home of their own."""

    home: Path
    case_id: str
    rows: tuple[str, str]      #: cameras
    tracks: tuple[str, ...]    #: in order of time: two before the first camera, one before the second


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    folder = tmp_path_factory.mktemp("timeline")
    for name in ("cam1/a.mp4", "cam2/b.mp4"):
        (folder / "K1" / name).parent.mkdir(parents=True)
        (folder / "K1" / name).write_bytes(name.encode())
    with Sporhund(settings=Settings(folder / "home")) as place:
        place.create_case("EVENING", title="Knivstikkeri", purpose="demonstration")
        case = place.case("EVENING")
        take_in(case.id, "K1", [folder / "K1"], **place.hands)
        media = _videos(place, case.id)
        reviewed = Reviewed(case.row, folder, media, place.store)
        run = reviewed.run(looks=("face", "person"))
        tracks = tuple(reviewed.track(run, name, kind, [(t, 5.0, 5.0, 40.0, 90.0), (t + 5.0, 60.0, 5.0, 40.0, 90.0)])
                       for name, kind, t in ((b"cam1/a.mp4", "person", 4.0), (b"cam1/a.mp4", "face", 20.0),
                                             (b"cam2/b.mp4", "person", 30.0)))
        for camera, path, clock in (("Kiosk", "cam1/a.mp4", "22:00"), ("Port", "cam2/b.mp4", "22:10")):
            case.add_camera(camera, files=f"*{path}")
            case.anchor(camera, t=0.0, shows=f"2026-02-14T{clock}:00", zone="+01:00", medium=media[path.encode()])
        with place.store.transaction() as rows:
            records.refresh(rows, case.id, media.values())
        place.people.add("anna", full_name="Anna", roles=["investigator", "administrator"], password=browsers.PASSWORD)
        cameras = {one["name"]: one["camera"] for one in case.cameras()}
    return Evening(folder / "home", case.id, (cameras["Kiosk"], cameras["Port"]), tracks)


def _videos(place: Sporhund, case_id: str) -> dict[bytes, str]:
    m = tables.medium
    with place.store.transaction() as rows:
        rows.execute(update(m).where(m.c.case_id == case_id).values(kind="video", type="video/mp4", state="analysed", facts={
            "kind": "video", "type": "video/mp4", "name": "MP4 video", "duration": 60.0, "width": 640, "height": 360,
            "streams": [{
                "index": 0, "codec": "h264", "width": 640, "height": 360, "upright_width": 640, "upright_height": 360,
                "rotation": 0, "start": 0.0, "end": 60.0, "frames": 1500, "keyframes": [0.0], "rate": 25.0}]}))
        return {file.path: str(file.medium) for file in account.status_files(rows, case_id).items}


@pytest.fixture(scope="module")
def base(evening: Evening) -> Iterator[str]:
    with browsers.served(evening.home) as said:
        yield said["address"].rstrip("/")


def shown(page: Page) -> dict[str, str]:
    """What the address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def opened(page: Page, base: str, evening: Evening, query: str = HOUR) -> None:
    page.goto(f"{base}/case/{evening.case_id}/timeline?{query}")
    expect(page.locator("#tl-status")).not_to_be_empty()


def test_the_next_track_is_chosen_by_a_key_and_the_address_keeps_it(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#tl-panel h2")).to_contain_text("ansigt")
    expect(page).to_have_url(re.compile(evening.tracks[1]))

    assert shown(page)["track"] == evening.tracks[1]
    page.reload()
    expect(page.locator("#tl-panel h2")).to_contain_text("ansigt")


def test_one_moves_and_goes_nearer_by_keyboard_alone(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)

    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("22%3A13"))

    assert (shown(page)["from"], shown(page)["to"]) == ("2026-02-14T22:03:00", "2026-02-14T22:13:00")


def test_a_span_is_chosen_by_a_drag_on_the_axis(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    box: Any = page.locator("#tl-axis").bounding_box()

    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 9, steps=4)
    page.mouse.up()
    expect(page.locator("#tl-when")).to_have_text(re.compile("14.02. (21:59|22:00) – 22:(09|10)"))
    expect(page).to_have_url(re.compile("to=2026-02-14T22%3A(09|10)"))


def test_a_click_on_a_bar_chooses_its_track_and_puts_the_cursor_there(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening, "from=2026-02-14T22:10:00&to=2026-02-14T22:11:00")
    box: Any = page.locator("#tl-plot").bounding_box()

    page.mouse.click(box["x"] + box["width"] * 32.5 / 60, box["y"] + 29 + 10)
    expect(page.locator("#tl-panel h2")).to_contain_text("person")
    expect(page).to_have_url(re.compile("at="))

    assert (shown(page)["track"], shown(page)["row"]) == (evening.tracks[2], evening.rows[1])


def test_tracks_before_two_cameras_are_joined_and_their_route_is_drawn(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator(f"[data-row='{evening.rows[1]}']").click()
    expect(page.locator("#tl-strip h2")).to_have_text("Port")
    page.locator(f"#tl-strip [data-track='{evening.tracks[2]}']").click(modifiers=["Control"])

    page.locator("#main").focus()
    page.keyboard.press("u")
    page.fill("#to-subject [name=label]", "Manden i hætte")
    page.click("#to-subject button")
    expect(page.locator("#subjects [aria-current]")).to_contain_text("Manden i hætte 2")
    expect(page.locator(".tl-route")).to_have_attribute("d", re.compile("M.+L"))

    subjects = page.request.get(f"{base}/case/{evening.case_id}/subjects.json").json()
    assert set(subjects[0]["tracks"]) == {evening.tracks[0], evening.tracks[2]}


def test_a_track_is_marked_by_a_key_and_the_mark_is_taken_back_by_another(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    page.keyboard.press("j")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    page.keyboard.press("r")
    expect(page.locator("#tl-panel [value=relevant]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("z")

    expect(page.locator("#tl-panel [value=relevant]")).to_have_attribute("aria-pressed", "false")


def test_a_form_is_closed_by_escape_alone_and_the_track_stays_chosen(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    page.keyboard.press("j")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    page.keyboard.press("s")
    expect(page.locator("#to-secure [name=camera]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tl-panel details.act[open]")).to_have_count(0)
    page.keyboard.press("u")
    page.locator("#to-subject [name=label]").press("Escape")

    expect(page.locator("#tl-panel details.act[open]")).to_have_count(0)
    expect(page.locator("#tl-panel form.acts")).to_be_visible()
    expect(page).to_have_url(re.compile(evening.tracks[0]))
    assert page.evaluate("document.scrollingElement.scrollTop") == 0, "case, purpose, basis and account stay in view"


def test_a_mark_without_a_chosen_track_says_what_is_missing(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)

    page.keyboard.press("r")

    expect(page.locator("#told")).to_have_text("Vælg et spor først.")


def test_from_the_viewer_one_comes_back_to_the_same_place(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    page.keyboard.press("j")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("track="))
    page.wait_for_timeout(300)                                   # the address follows the view a moment later
    before = shown(page)

    page.keyboard.press("Enter")
    expect(page.locator("#back")).to_contain_text("Tidslinje")
    page.reload()
    page.keyboard.press("Escape")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    assert shown(page) == before


def test_the_machines_line_is_called_the_same_here_and_in_the_viewer(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    expect(page.locator(".tl-key")).to_contain_text("analyseret")
    page.keyboard.press("j")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    page.keyboard.press("Enter")

    expect(page.locator(".bars .rows li").last).to_have_text("analyseret")


def test_the_list_of_keys_begins_with_what_this_page_answers_to(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)

    page.keyboard.press("?")

    expect(page.locator("#keys-title")).to_be_focused()
    assert page.locator("#keys-here tr[data-act=secure]").count() == 1
    assert page.locator("#keys-elsewhere tr[data-act=rotate]").count() == 1
    assert page.evaluate("document.getElementById('keys').scrollTop") == 0


def test_nothing_keeps_anybody_out_and_nothing_is_cut_off_at_twice_the_size(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening, f"{HOUR}&track={evening.tracks[0]}")
    found = [one["id"] for one in Axe().run(page).response["violations"]]

    page.set_viewport_size({"width": 720, "height": 450})
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_which_cameras_hang_near_is_asked_when_the_form_is_unfolded(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening, f"{HOUR}&track={evening.tracks[0]}")

    page.keyboard.press("s")
    expect(page.locator("#to-secure [name=camera]").first).to_have_value("Kiosk")
    page.click("#to-secure button")

    expect(page.locator("#told")).to_contain_text("Kiosk")


DAY = "from=2026-02-14T00:00:00&to=2026-02-15T00:00:00"
"""So far away that ten seconds are a tenth of a pixel, drawn as three."""


def red(page: Page) -> Any:
    """Where the first camera's part that nobody read is drawn."""
    return page.locator("#tl-svg .tl-unread").first


def test_a_thin_red_part_says_what_it_is_wherever_it_is_drawn(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening, DAY)
    box: Any = red(page).bounding_box()

    for left in (0.5, box["width"] / 2, box["width"] - 0.5, box["width"] + 2.0):
        page.mouse.move(box["x"] + 60, box["y"] + 2)
        expect(page.locator("#tl-tell")).to_be_hidden()
        page.mouse.move(box["x"] + left, box["y"] + 3.5)
        expect(page.locator("#tl-tell")).to_contain_text("optaget, ulæst")


def test_a_red_part_that_the_keyboard_is_at_says_the_same_until_it_is_left(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening, DAY)
    box: Any = red(page).bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 2)
    expect(page.locator("#tl-tell")).to_contain_text("optaget, ulæst")
    by_pointer = page.locator("#tl-tell").inner_text()
    page.mouse.move(1, 1)
    expect(page.locator("#tl-tell")).to_be_hidden()

    page.locator("#tl-plot").focus()
    expect(page.locator("#tl-tell")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(red(page)).to_be_focused()
    expect(page.locator("#tl-tell")).to_have_text(by_pointer)
    page.locator("#tl-plot").focus()

    expect(page.locator("#tl-tell")).to_be_hidden()


def test_a_red_part_that_is_clicked_stays_red(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    box: Any = red(page).bounding_box()

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2)
    expect(page).to_have_url(re.compile("at="))
    page.mouse.move(1, 1)

    style = red(page).evaluate("(one) => [getComputedStyle(one).outlineStyle, parseFloat(getComputedStyle(one).outlineOffset)]")
    assert style == ["solid", 3.0], "the browser's own ring is white and lies over the red"


def test_another_row_lets_the_chosen_track_go_and_its_keys_mark_nothing(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    page.keyboard.press("j")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    page.locator(f"[data-row='{evening.rows[1]}']").click()
    page.keyboard.press("r")

    expect(page.locator("#told")).to_have_text("Vælg et spor først.")
    expect(page.locator("#tl-panel form.acts")).to_have_count(0)
    page.wait_for_timeout(300)                                   # the address follows the view a moment later
    assert "track" not in shown(page)


def test_a_row_that_is_chosen_by_keys_lets_go_too_and_its_own_track_stays(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening, f"{HOUR}&row={evening.rows[0]}&track={evening.tracks[2]}")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()

    page.locator("#tl-plot").focus()
    page.keyboard.press("ArrowDown")                             # to the row that the track lies on
    expect(page.locator("#tl-strip h2")).to_have_text("Port")
    expect(page.locator("#tl-panel form.acts")).to_be_visible()
    page.keyboard.press("ArrowUp")

    expect(page.locator("#tl-panel form.acts")).to_have_count(0)


def test_the_first_track_that_is_picked_on_another_row_is_the_chosen_one(page: Page, base: str, evening: Evening) -> None:
    opened(page, base, evening)
    page.keyboard.press("j")
    page.locator(f"[data-row='{evening.rows[1]}']").click()
    expect(page.locator("#tl-strip h2")).to_have_text("Port")

    page.locator(f"#tl-strip [data-track='{evening.tracks[2]}']").click(modifiers=["Control"])

    expect(page.locator("#tl-panel form.acts")).to_be_visible()
    expect(page).to_have_url(re.compile(evening.tracks[2]))


def test_the_strip_leads_to_the_recording_as_soon_as_there_is_a_cursor(page: Page, base: str, evening: Evening) -> None:
    with page.expect_response(re.compile(r"/strip\.html")) as strip:
        opened(page, base, evening)
    strip.value.finished()
    expect(page.locator("[data-open-here]")).to_be_hidden()

    page.keyboard.press("j")

    expect(page.locator("[data-open-here]")).to_be_visible()
    page.locator("[data-open-here]").click()
    expect(page.locator("#back")).to_contain_text("Tidslinje")
    assert f"t={4.0 + 2.5}" in page.url


def test_of_a_row_at_twice_the_size_the_note_gives_way_before_the_name(page: Page, base: str, evening: Evening) -> None:
    page.set_viewport_size({"width": 720, "height": 450})
    opened(page, base, evening)
    name = page.locator(f"#tl-rows [data-row='{evening.rows[0]}'] .name")

    page.evaluate("([name]) => { name.textContent = 'Kiosk nord'; name.nextSibling.textContent = 'zone ukendt, urolig' }",
                  [name.element_handle()])

    assert name.evaluate("(one) => one.scrollWidth <= one.clientWidth")
