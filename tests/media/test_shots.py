"""Cuts are found; flashes, flicker, shaking cameras and people who come close are none."""
import io
from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from sporhund.media.model import Kind, Sampling
from sporhund.media.reader import open_media
from sporhund.media.sample import Sampler

from .outcomes import Whole

Pictures = Iterable[NDArray[np.uint8]]
RATE = 25


def place(seed: int, size: tuple[int, int] = (180, 320)) -> NDArray[np.uint8]:
    """A made-up place: large patches and edges, a little texture."""
    chance = np.random.default_rng(seed)
    patches = chance.integers(20, 235, (9, 16))
    picture = np.kron(patches, np.ones((size[0] // 9, size[1] // 16)))
    return np.clip(picture + chance.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


def clip(pictures: Pictures) -> io.BytesIO:
    """A grey video without loss."""
    held = io.BytesIO()
    with av.open(held, "w", format="matroska") as out:
        stream = None
        for number, picture in enumerate(pictures):
            if stream is None:
                stream = out.add_stream("ffv1", rate=RATE)
                stream.height, stream.width, stream.pix_fmt = *picture.shape, "gray"
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "gray")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        assert stream is not None
        out.mux(stream.encode(None))
    return held


def cuts(pictures: Pictures, mode: str = "normal") -> list[int]:
    """Frame numbers at which a shot begins, without the first."""
    with open_media(clip(pictures), Whole(Kind.VIDEO), Sampling(mode=mode)) as media:
        list(media)
    return [round(shot.start * RATE) for shot in media.shots[1:]]


def noisy(picture: NDArray[np.uint8], seed: int, strength: float = 5.0) -> NDArray[np.uint8]:
    return np.clip(picture + np.random.default_rng(seed).normal(0, strength, picture.shape), 0, 255).astype(np.uint8)


def test_a_cut_is_the_first_frame_of_the_new_picture() -> None:
    pictures = [noisy(place(number // 20), number) for number in range(60)]

    assert cuts(pictures) == [20, 40]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_flash_is_no_cut(length: int) -> None:
    flash = [np.clip(place(1).astype(int) + 150, 0, 255).astype(np.uint8)] * length
    pictures = [place(1)] * 20 + flash + [place(1)] * 20

    assert cuts(pictures) == []


def test_a_dropped_picture_is_no_cut() -> None:
    pictures = [place(1)] * 20 + [np.zeros((180, 320), np.uint8)] * 2 + [place(1)] * 20

    assert cuts(pictures) == []


def test_flicker_of_the_light_is_no_cut() -> None:
    pictures = [np.clip(place(1) * (1.0 if number % 2 else 0.8), 0, 255).astype(np.uint8) for number in range(50)]

    assert cuts(pictures) == []


def test_a_knocked_camera_is_no_cut() -> None:
    large = np.kron(place(1), np.ones((2, 2), np.uint8))
    chance = np.random.default_rng(3)
    shifts = [(0, 0)] * 15 + [tuple(chance.integers(-10, 11, 2)) for _ in range(10)] + [(0, 0)] * 15
    pictures = [large[60 + y:240 + y, 80 + x:400 + x] for y, x in shifts]

    assert cuts(pictures) == []


def test_somebody_who_comes_close_is_no_cut() -> None:
    pictures = []
    for number in range(60):
        picture = noisy(place(1), number)
        width = 0 if number < 20 else min(200, (number - 20) * 12)
        picture[40:, 60:60 + width] = 70
        pictures.append(picture)

    assert cuts(pictures) == []


def test_noise_alone_is_no_cut() -> None:
    assert cuts([noisy(np.full((180, 320), 60, np.uint8), number, 40.0) for number in range(40)]) == []


def test_a_cut_between_dark_pictures_is_found() -> None:
    pictures = [noisy((place(number // 20) // 8).astype(np.uint8), number, 1.0) for number in range(40)]

    assert cuts(pictures) == [20]


def test_every_shot_has_a_sample_even_a_short_one() -> None:
    with open_media(clip([place(number // 6) for number in range(36)]), Whole(Kind.VIDEO), Sampling(rate=1.0)) as media:
        frames = list(media)

    assert {frame.shot for frame in frames} == set(range(6)) and len(media.shots) == 6


def sampled(times: Iterable[float], sampling: Sampling) -> list[float]:
    """What the sampler takes of frames that move."""
    sampler, result = Sampler(sampling), []
    for number, t in enumerate(times):
        if sampler.due(t, first_of_shot=number == 0):
            sampler.taken(t)
            result.append(t)
    return result


def test_a_jump_of_ten_years_takes_one_step() -> None:
    times = [0.04 * n for n in range(25)] + [315_360_000.0 + 0.04 * n for n in range(25)]

    assert len(sampled(times, Sampling())) == 10


def test_times_that_run_backwards_or_stand_still_hide_nothing() -> None:
    assert len(sampled([100.0 - n for n in range(50)], Sampling())) == 50
    assert len(sampled([1.0] * 600, Sampling())) >= 9


def test_five_a_second_of_any_rate() -> None:
    for rate in (10, 24, 25, 30, 60):
        assert len(sampled([n / rate for n in range(rate * 10)], Sampling())) == 50


def test_thorough_takes_every_frame() -> None:
    assert len(sampled([n / 30 for n in range(90)], Sampling(mode="thorough"))) == 90
