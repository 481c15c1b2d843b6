"""Movement told apart from noise, flicker, shaking and shadow."""
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import inf
from pathlib import Path

import cv2
import numpy as np
import pytest

from sporhund.media.frame import Frame, UInt8Array
from sporhund.media.model import Kind, Sampling
from sporhund.media.reader import open_media
from sporhund.motion.look import MotionLook
from sporhund.review.model import Unit
from sporhund.tracks.model import Track

HEIGHT, WIDTH = 180, 320
CHANCE = np.random.default_rng(11)


def _scene(height: int = HEIGHT + 40, width: int = WIDTH + 40) -> UInt8Array:
    """A room: large and small things of all greys."""
    chance = np.random.default_rng(2)
    picture = np.full((height, width), 110, np.uint8)
    for _ in range(120):
        corners = (chance.random((4, 2)) * 60 + chance.random(2) * (width, height)).astype(np.int32)
        cv2.fillPoly(picture, [corners], int(chance.integers(30, 210)))
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.uint8)


SCENE = _scene()


def _still(_: float) -> UInt8Array:
    return SCENE[20:20 + HEIGHT, 20:20 + WIDTH].copy()


def _noisy(picture: UInt8Array, deviation: float) -> UInt8Array:
    return np.clip(picture + CHANCE.normal(0, deviation, picture.shape), 0, 255).astype(np.uint8)


def _frame(t: float, picture: UInt8Array, *, warmup: bool = False, single: bool = False, shot: int = 0) -> Frame:
    def luma(width: int) -> UInt8Array:
        height = max(1, round(width * picture.shape[0] / picture.shape[1]))
        return picture if picture.shape[1] <= width else np.asarray(cv2.resize(picture, (width, height)), np.uint8)
    return Frame(
        t=t, shot=shot, width=picture.shape[1], height=picture.shape[0], make_luma=luma, warmup=warmup, single=single,
        make_rgb=lambda: np.repeat(picture[:, :, None], 3, axis=2))


def _look(picture_at: Callable[[float], UInt8Array], *, seconds: float, step: float = 0.2, warm_s: float = 0.0) -> list[Track]:
    look = MotionLook()
    for k in range(round(seconds / step)):
        look.accept(_frame(k * step, picture_at(k * step), warmup=k * step < warm_s))
    return look.finish()


def _with_person(picture: UInt8Array, x: float, *, y: float = 60, height: int = 70, sway: float = 0.0) -> UInt8Array:
    left, wide = round(x), 26
    cv2.rectangle(picture, (left, round(y)), (left + wide, round(y + height)), 25, -1)
    cv2.circle(picture, (left + wide // 2 + round(sway), round(y) - 9), 10, 235, -1)
    return picture


def test_a_still_night_with_noise_gives_nothing() -> None:
    assert _look(lambda t: _noisy(_still(t) // 3, 9), seconds=20) == []


def test_flickering_light_gives_nothing() -> None:
    def lit(t: float) -> UInt8Array:
        bands = 14 * np.sin(np.arange(HEIGHT) / 25 + 17 * t)[:, None]
        return np.clip(_noisy(_still(t), 2) * (1 + 0.25 * np.sin(9.1 * t)) + bands, 0, 255).astype(np.uint8)

    assert _look(lit, seconds=20) == []


def test_a_shaking_camera_gives_nothing() -> None:
    def shaken(t: float) -> UInt8Array:
        x, y = 8 * np.sin(5.3 * t) + 3 * np.sin(19 * t), 6 * np.cos(7.1 * t)
        matrix = np.array([[1, 0, -20 + x], [0, 1, -20 + y]])
        return _noisy(np.asarray(cv2.warpAffine(SCENE, matrix, (WIDTH, HEIGHT)), np.uint8), 2)

    assert _look(shaken, seconds=20) == []


def test_a_turning_camera_gives_nothing() -> None:
    wide = _scene(HEIGHT, 1400)

    tracks = _look(lambda t: _noisy(wide[:, round(40 * t):round(40 * t) + WIDTH], 2), seconds=20)

    assert tracks == []


def test_light_switched_on_is_no_movement() -> None:
    assert _look(lambda t: _noisy(_still(t) // (4 if t < 8 else 1), 2), seconds=20) == []


def test_who_walks_through_is_one_track_from_beginning_to_end() -> None:
    def walk(t: float) -> UInt8Array:
        picture = _still(t)
        return _noisy(_with_person(picture, 40 * (t - 5) - 20) if 5 <= t < 13 else picture, 3)

    (track,) = _look(walk, seconds=20)

    assert track.observations[0].t == pytest.approx(5.4, abs=0.5)
    assert track.observations[-1].t == pytest.approx(12.9, abs=0.5)
    middle = min(track.observations, key=lambda seen: abs(seen.t - 9))
    assert middle.box[0] + middle.box[2] / 2 == pytest.approx(40 * (middle.t - 5) - 7, abs=12)


def test_who_walks_through_a_shaking_picture_is_found() -> None:
    def walk(t: float) -> UInt8Array:
        x, y = 6 * np.sin(5.3 * t), 5 * np.cos(7.1 * t)
        whole = SCENE.copy()
        if 5 <= t < 11:
            _with_person(whole, 45 * (t - 5) + 20, y=90)
        matrix = np.array([[1, 0, -20 + x], [0, 1, -20 + y]])
        return _noisy(np.asarray(cv2.warpAffine(whole, matrix, (WIDTH, HEIGHT)), np.uint8), 2)

    tracks = _look(walk, seconds=16)

    assert 1 <= len(tracks) <= 2
    assert min(track.observations[0].t for track in tracks) == pytest.approx(5.2, abs=0.6)
    assert max(track.observations[-1].t for track in tracks) == pytest.approx(10.9, abs=0.6)


def test_who_stands_for_a_minute_and_sways_a_little_does_not_vanish() -> None:
    def stand(t: float) -> UInt8Array:
        picture = _still(t)
        return _noisy(_with_person(picture, 150, sway=3 * np.sin(t)) if t >= 3 else picture, 3)

    tracks = _look(stand, seconds=75)
    seen = sorted(each.t for track in tracks for each in track.observations)

    assert max(b - a for a, b in pairwise(seen)) < 1.5
    assert seen[-1] > 73


def test_a_bag_left_behind_becomes_part_of_the_room() -> None:
    def bag(t: float) -> UInt8Array:
        picture = _still(t)
        if t >= 5:
            cv2.rectangle(picture, (200, 120), (230, 150), 240, -1)
        return _noisy(picture, 3)

    tracks = _look(bag, seconds=14)

    assert all(track.observations[-1].t < 8 for track in tracks)


def test_one_sample_a_second_is_enough_for_who_stays_some_seconds() -> None:
    def walk(t: float) -> UInt8Array:
        picture = _still(t)
        return _noisy(_with_person(picture, 20 * (t - 10)) if 10 <= t < 22 else picture, 3)

    tracks = _look(walk, seconds=40, step=1.0)

    assert tracks
    assert min(track.observations[0].t for track in tracks) <= 12
    assert max(track.observations[-1].t for track in tracks) >= 20


def test_what_moved_in_the_warm_up_is_lead_and_not_reported() -> None:
    def walk(t: float) -> UInt8Array:
        return _noisy(_with_person(_still(t), 10 + 20 * t) if t >= 1 else _still(t), 3)

    (track,) = _look(walk, seconds=10, warm_s=5.0)

    assert all(seen.t < 5 for seen in track.lead)
    assert track.lead
    assert track.observations[0].t == pytest.approx(5.0)


def test_a_still_has_no_movement() -> None:
    look = MotionLook()
    look.accept(_frame(0.0, _still(0), single=True))

    assert look.finish() == []


@pytest.mark.parametrize("shape", [(1, 1), (300, 2), (2, 300), (1, 20000), (7, 5)])
def test_odd_sizes_are_no_trouble(shape: tuple[int, int]) -> None:
    look = MotionLook()
    for k in range(6):
        look.accept(_frame(k / 5, CHANCE.integers(0, 255, shape, dtype=np.uint8)))

    look.finish()


def test_a_size_that_changes_and_a_time_that_goes_back_begin_anew() -> None:
    look = MotionLook()
    for k in range(10):
        look.accept(_frame(k / 5, _still(0)))
    for k in range(10):
        look.accept(_frame(k / 5, _still(0)[:100, :150]))

    assert look.finish() == []


def _merged(tracks: list[Track]) -> Iterator[tuple[float, float]]:
    """Spans of movement, gaps under a second closed."""
    spans = sorted((track.observations[0].t, track.observations[-1].t) for track in tracks)
    start, end = spans[0]
    for begin, stop in spans[1:]:
        if begin - end >= 1.0:
            yield start, end
            start, end = begin, stop
        end = max(end, stop)
    yield start, end


@pytest.mark.parametrize("name", ["obo_one_keyframe.mp4", "obo_cctv_5fps_grey.h264"])
def test_the_visits_of_the_clip_are_found_within_half_a_second(shared: Path, name: str) -> None:
    visits = [(6.0, 20.3), (22.7, 45.2), (50.2, 60.0)]
    look = MotionLook()
    rate = 5.0 if name.endswith(".h264") else 0.0
    unit = Unit("u", Kind.VIDEO, start=-inf, end=inf, warm_from=-inf, untimed_rate=rate)
    with (shared / "data/video/variants" / name).open("rb") as file, open_media(file, unit, Sampling()) as media:
        for frame in media:
            look.accept(frame)

    found = list(_merged(look.finish()))

    assert len(found) == len(visits)
    for (start, end), (begin, stop) in zip(visits, found, strict=True):
        assert begin == pytest.approx(start, abs=0.5)
        assert stop == pytest.approx(end, abs=0.5)
