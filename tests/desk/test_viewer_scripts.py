"""What the viewer's scripts work out, in the browser that runs them: places between sightings, times in words."""
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, sync_playwright
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
