"""What the viewer's scripts work out and report, in the browser that runs them: places between sightings, times in words."""
import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright
from tests.desk import browser as browsers

from sporhund.desk.page import STATIC
from sporhund.desk.words.speech import Speech

PATH = [[1.0, 0, 0, 10, 10], [2.0, 100, 50, 20, 10], [9.0, 0, 0, 10, 10]]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    path = browsers.required()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=browsers.QUIET)
        yield browser.new_page()
        browser.close()


def said(page: Page, script: str, call: str, *given: Any) -> Any:
    """What a function of one of the modules answers. call: an expression of `module` and `given`."""
    source = base64.b64encode(Path(STATIC / script).read_bytes()).decode()
    module = f"await import('data:text/javascript;base64,{source}')"
    return page.evaluate(f"async (given) => {{ const module = {module}; return {call}; }}", list(given))


def place(page: Page, t: float, gap: float = 2.0) -> Any:
    return said(page, "boxes.js", "module.placeAt(...given)", PATH, t, gap)


def test_a_box_lies_where_the_track_was_seen(page: Page) -> None:
    assert place(page, 2.0) == {"box": [100, 50, 20, 10], "sure": True}


def test_between_two_sightings_a_box_moves_straight_and_says_that_nobody_looked(page: Page) -> None:
    assert place(page, 1.5) == {"box": [50, 25, 15, 10], "sure": False}


def test_over_a_longer_gap_than_anybody_leaves_nothing_is_made_up(page: Page) -> None:
    assert place(page, 5.0) is None
    assert place(page, 2.05) == {"box": [100, 50, 20, 10], "sure": False}
    assert place(page, 0.5) is None and place(page, 9.5) is None


@pytest.mark.parametrize(("box", "view", "there"), [
    ([0, 0, 10, 10], {}, True), ([90, 40, 10, 10], {}, True), ([0, 0, 10, 10], {"zoom": 2}, False),
    ([45, 20, 10, 10], {"zoom": 8}, True), ([0, 0, 10, 10], {"zoom": 2, "x": 200, "y": 100}, True),
    ([0, 20, 10, 10], {"turned": 90}, False), ([0, 20, 10, 10], {"turned": 90, "zoom": 0.5}, True)])
def test_a_box_is_in_sight_where_its_middle_lies_in_the_visible_part(
    page: Page, box: list[float], view: dict[str, float], there: bool,
) -> None:
    """A picture of 100 x 50 pixels on a stage four times its size."""
    seen = {"size": [100, 50], "stage": [400, 200], "zoom": 1, "turned": 0, "x": 0, "y": 0, **view}

    assert said(page, "boxes.js", "module.inSight(...given)", box, seen) == there


@pytest.mark.parametrize("seconds", [0.0, 0.04, 312.24, 3661.9996])
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_place_in_a_video_is_said_as_the_page_says_it(page: Page, seconds: float, language: str) -> None:
    assert said(page, "told.js", "module.position(...given)", seconds, language) == Speech(
        language, ZoneInfo("Europe/Copenhagen")).position(seconds)


@pytest.mark.parametrize(("seconds", "zoned"), [(1768425064.0, True), (1768425064.9, False), (1782000000.0, True)])
def test_a_clock_on_the_wall_is_said_as_the_page_says_it(page: Page, seconds: float, zoned: bool) -> None:
    for language in ("da", "en"):
        speech = Speech(language, ZoneInfo("Europe/Copenhagen"))
        assert said(page, "told.js", "module.wall(...given)", seconds, zoned, "Europe/Copenhagen", language) == speech.wall(
            seconds, zoned)


def test_a_clock_is_straight_between_two_knots_and_unknown_without_any(page: Page) -> None:
    knot = {"camera_zoned": False, "corrected_zoned": True, "origin": "anchor", "checked": True}
    knots = [{"t": 0, "camera_s": 100, "corrected_s": 200, "uncertainty_s": 1, **knot},
             {"t": 10, "camera_s": 110, "corrected_s": 210.5, "uncertainty_s": 2, **knot}]

    found = said(page, "told.js", "module.clockAt(...given)", knots, 5)

    assert (found["camera_s"], found["corrected_s"], found["uncertainty_s"]) == (105, 205.25, 2)
    assert said(page, "told.js", "module.clockAt(...given)", [], 5) is None


# ------------------------------------------------------------------ what is reported while somebody looks

OLDER = "The page is older than the sign-in."
LOST = 0
"""Instead of a status: no answer came."""
LOOKED_AT = f"""<!doctype html><meta name="csrf" content="old"><body data-case="c_1" data-older="{OLDER}" data-veil="off">
<img data-picture><script type="module" src="/exposure.js"></script><script type="module" src="/seen.js"></script>"""


@dataclass
class Looked:
    """A page of a case that somebody looks at, by a clock that the test moves, and what it reported."""

    page: Page
    answers: list[int] = field(default_factory=list)     #: of the next reports; 200 where there is none
    told: dict[str, list[Any]] = field(default_factory=lambda: {"exposure.json": [], "seen.json": []})

    def answer(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name in self.told:
            self.told[name].append(route.request.post_data_json)
            status = self.answers.pop(0) if self.answers else 200
            route.abort() if status == LOST else route.fulfill(status=status, json={})
        elif name.endswith(".js"):
            route.fulfill(path=STATIC / name)
        else:
            route.fulfill(body=LOOKED_AT, content_type="text/html")

    def on(self, seconds: int) -> None:
        """Go on, still there, and let the answers come in."""
        self.page.keyboard.press("Shift")
        self.page.clock.run_for(seconds * 1000)
        self.page.wait_for_timeout(50)


@pytest.fixture
def looked_at(page: Page) -> Iterator[Looked]:
    assert page.context.browser is not None
    mine = page.context.browser.new_page()
    looked = Looked(mine)
    mine.clock.install()
    mine.route("**/*", looked.answer)
    mine.goto("http://desk.test/")
    yield looked
    mine.close()


@pytest.mark.parametrize("status", [403, 503, LOST])
def test_seconds_before_pictures_are_kept_until_the_desk_took_them(looked_at: Looked, status: int) -> None:
    """They are measured to protect people: a restart of the desk must not make them fewer."""
    looked_at.answers = [status, status]

    for _ in range(4):
        looked_at.on(15)

    told = looked_at.told["exposure.json"]
    assert [round(one["seen_s"]) for one in told] == [15, 30, 45, 15]
    assert [round(one["clear_s"]) for one in told] == [15, 30, 45, 15]


def test_what_was_seen_is_kept_while_the_desk_refuses_the_page_and_the_person_is_told_once(looked_at: Looked) -> None:
    looked_at.answers = [403, 403]
    looked_at.page.evaluate("import('/seen.js').then((seen) => seen.saw('m_1', 'media'))")

    looked_at.on(5)
    expect(looked_at.page.locator("#told")).to_have_text(OLDER)
    looked_at.page.evaluate("document.getElementById('told').textContent = ''")
    for _ in range(2):
        looked_at.on(5)

    assert [one["media"] for one in looked_at.told["seen.json"]] == [["m_1"]] * 3
    assert looked_at.page.locator("#told").inner_text() == ""


def test_what_the_desk_does_not_know_is_reported_once(looked_at: Looked) -> None:
    looked_at.answers = [404]
    looked_at.page.evaluate("import('/seen.js').then((seen) => seen.saw('m_1', 'media'))")

    for _ in range(2):
        looked_at.on(5)

    assert [one["media"] for one in looked_at.told["seen.json"]] == [["m_1"]]
