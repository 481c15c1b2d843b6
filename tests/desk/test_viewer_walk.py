"""The viewer in a real browser: it stands at the frame that it says, and a box lies where the track was seen at that moment.

Of a video that the browser plays as it is, and of one of which a copy is made: both say the original's own times.
"""
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect
from tests.desk import browser as browsers
from tests.desk.film import Film, shot

from sporhund.api.home import Sporhund
from sporhund.desk.words.speech import Speech
from sporhund.settings import Settings

VIDEOS = ("plays.mp4", "ham.avi")
SAY = Speech("da", ZoneInfo("Europe/Copenhagen"))
Sighting = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Cinema:
    """The film on a home of its own; in each video somebody who was seen at exact frames, and a car."""

    home: Path
    film: Film
    walks: dict[str, list[Sighting]]
    tracks: dict[str, tuple[str, str]]     #: person, car


@pytest.fixture(scope="module")
def cinema(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Cinema:
    folder = tmp_path_factory.mktemp("cinema")
    walks: dict[str, list[Sighting]] = {}
    tracks: dict[str, tuple[str, str]] = {}
    with Sporhund(settings=Settings(folder / "home")) as place:
        place.create_case("FILM", title="Knivstikkeri", purpose="demonstration")
        film = shot(place.case("FILM"), place.store, folder, shared)
        for name in VIDEOS:
            frames = [film.case.previews.frame(film.media[name], 1.0 + step * 0.4).t for step in range(6)]
            walks[name] = [(t, 20.0 + 9 * step, 30.0 + 4 * step, 60.0, 120.0) for step, t in enumerate(frames) if t is not None]
            tracks[name] = film.track(name, *walks[name]), film.track(name, (5.0, 1.0, 1.0, 90.0, 40.0), kind="vehicle")
        near, far = (film.track("a.jpg", (0.0, x, y, 40.0, 40.0), kind="face") for x, y in ((300.0, 220.0), (10.0, 10.0)))
        tracks["a.jpg"] = near, far
        place.people.add("anna", full_name="Anna", roles=["investigator", "administrator"], password=browsers.PASSWORD)
    return Cinema(folder / "home", film, walks, tracks)


@pytest.fixture(scope="module")
def base(cinema: Cinema) -> Iterator[str]:
    with browsers.served(cinema.home) as said:
        yield said["address"].rstrip("/")


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """With patience: before a frame or a copy is there, something may have to be made."""
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    yield page
    expect.set_options(timeout=5_000)


def opened(page: Page, base: str, address: str) -> None:
    """The viewer, with the frame that it begins with and its boxes."""
    with page.expect_response("**/tracks.json"):
        page.goto(base + address)
    expect(page.locator("#exact")).not_to_be_empty()


def told(page: Page, base: str, address: str, name: str = "t") -> float:
    """What the desk says of a frame: its own time, or a neighbour's."""
    return float(page.request.get(base + address).headers[f"x-picture-{name}"])


def box(page: Page, track: str) -> tuple[list[float], str]:
    """Where the box of a track is drawn, and how."""
    rect = page.locator(f"#boxes g[data-track='{track}'] rect")
    sides = [float(rect.get_attribute(side) or "nan") for side in ("x", "y", "width", "height")]
    return sides, rect.get_attribute("class") or ""


def at(walk: list[Sighting], t: float) -> list[float]:
    """Where somebody was, straight between two sightings."""
    after = next(place for place, one in enumerate(walk) if one[0] >= t - 1e-3)
    (first, *start), (last, *end) = walk[max(0, after - 1)], walk[after]
    share = min(1.0, (t - first) / (last - first)) if last > first else 0.0
    return [one + (two - one) * share for one, two in zip(start, end, strict=True)]


@pytest.mark.parametrize("name", VIDEOS)
def test_a_link_stands_at_the_exact_frame_and_a_step_at_its_neighbour(page: Page, base: str, cinema: Cinema, name: str) -> None:
    there = cinema.film.of(name)
    first, after = told(page, base, f"{there}/frame?t=2.03"), told(page, base, f"{there}/frame?t=2.03", "after")

    opened(page, base, f"{there}?t=2.03")
    expect(page.locator("#time")).to_have_text(SAY.position(first))
    page.keyboard.press(".")
    expect(page.locator("#time")).to_have_text(SAY.position(after))
    page.keyboard.press(",")

    expect(page.locator("#time")).to_have_text(SAY.position(first))


@pytest.mark.parametrize("name", VIDEOS)
def test_a_box_lies_where_the_track_was_seen_at_that_very_frame(page: Page, base: str, cinema: Cinema, name: str) -> None:
    walk, person = cinema.walks[name], cinema.tracks[name][0]

    for t, *place in (walk[0], walk[3]):
        opened(page, base, cinema.film.of(name, f"?t={t:.6f}"))
        expect(page.locator("#time")).to_have_text(SAY.position(t))
        expect(page.locator(f"#boxes g[data-track='{person}']")).to_be_attached()

        drawn, how = box(page, person)
        assert drawn == pytest.approx(place, abs=0.01)
        assert "between" not in how


@pytest.mark.parametrize("name", VIDEOS)
def test_the_strip_follows_the_track_that_is_chosen_and_its_best_frame_is_shown(
    page: Page, base: str, cinema: Cinema, name: str,
) -> None:
    person, car = cinema.tracks[name]
    opened(page, base, cinema.film.of(name, f"?track={person}"))

    page.keyboard.press("t")
    expect(page.locator("#tracks [aria-current=true]")).to_have_attribute("data-track", car)
    expect(page.locator("#time")).to_have_text(SAY.position(told(page, base, f"{cinema.film.of(name)}/frame?t=5")))
    page.locator(f"#bars a[data-track='{person}'] rect").dispatch_event("click")

    expect(page.locator("#tracks [aria-current=true]")).to_have_attribute("data-track", person)
    expect(page.locator("#time")).to_have_text(SAY.position(cinema.walks[name][0][0]))


@pytest.mark.parametrize("name", VIDEOS)
def test_where_it_stops_it_says_the_frame_s_own_time_in_the_original(page: Page, base: str, cinema: Cinema, name: str) -> None:
    there, walk, person = cinema.film.of(name), cinema.walks[name], cinema.tracks[name][0]
    opened(page, base, f"{there}?t={walk[0][0]:.6f}")

    page.locator("#stage").focus()
    page.locator("#speed").select_option("0.25")
    page.locator("#main").focus()
    page.keyboard.press(" ")
    page.wait_for_function(
        "from => !document.querySelector('#video').hidden && document.querySelector('#time').textContent > from",
        arg=SAY.position(walk[1][0]))
    page.keyboard.press(" ")
    expect(page.locator("#play span")).to_have_text("Afspil")
    shown = page.locator("#time").inner_text()

    t = float(shown.replace(",", ".").split(":")[-1])
    assert SAY.position(told(page, base, f"{there}/frame?t={t + 0.002:.3f}")) == shown
    assert box(page, person)[0] == pytest.approx(at(walk, t), abs=0.2)


def test_the_strip_and_the_bars_say_at_once_what_was_marked_and_seen(page: Page, base: str, cinema: Cinema) -> None:
    person = cinema.tracks["plays.mp4"][0]
    opened(page, base, cinema.film.of("plays.mp4", f"?track={person}"))
    tile, title = page.locator(f"#tracks .tile[data-track='{person}']"), page.locator(f"#bars a[data-track='{person}'] title")
    mark = tile.locator(".mark.mine")

    page.keyboard.press("r")
    expect(mark).to_have_text("Relevant")
    expect(title).to_contain_text(", Relevant")
    page.keyboard.press("l")
    expect(mark).to_have_text("Senere")
    page.keyboard.press("z")
    expect(mark).to_have_text("Relevant")
    page.keyboard.press("z")
    expect(mark).to_have_count(0)
    expect(title).not_to_contain_text("Relevant")
    expect(tile.locator(".looked")).to_be_hidden()
    page.evaluate("id => document.dispatchEvent(new CustomEvent('seen-told', { detail: { media: [], tracks: [id] } }))", person)

    expect(tile.locator(".looked")).to_be_visible()
    expect(title).to_contain_text(", set")


def test_of_a_still_in_grey_only_what_lies_in_sight_is_seen_and_what_did_not_arrive_is_told_again(
    page: Page, base: str, cinema: Cinema,
) -> None:
    near, far = cinema.tracks["a.jpg"]
    told: list[list[str]] = []

    def first_lost(route: Route) -> None:
        told.append(route.request.post_data_json["tracks"])
        if len(told) == 1:
            route.abort()
        else:
            route.continue_()

    page.request.post(base + "/me", form={"csrf": _csrf(page), "veil": "grey", "muted": "on"})
    page.route("**/seen.json", first_lost)
    with page.expect_response("**/tracks.json"):
        page.goto(base + cinema.film.of("a.jpg"))
    for _ in range(6):
        page.keyboard.press("+")
    expect(page.locator(f"#tracks .tile.seen[data-track='{near}']")).to_be_attached()

    assert told[:2] == [[near], [near]]
    assert not page.locator(f"#tracks .tile.seen[data-track='{far}']").count()


def _csrf(page: Page) -> str:
    return page.locator('meta[name="csrf"]').get_attribute("content") or ""
