"""Drawn persons and cars of known colour before a known background."""
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.objects.colour import colours_of, grey_picture, merged
from sporhund.objects.names import apart, distance_to, name_of, named, oklab, shades
from sporhund.tracks.model import Colour

CLOTH = {
    "black": (28, 27, 30), "white": (226, 224, 220), "grey": (120, 121, 124), "red": (180, 30, 35), "orange": (225, 115, 25),
    "yellow": (230, 200, 40), "green": (45, 110, 55), "turquoise": (20, 140, 140), "blue": (40, 70, 150),
    "purple": (100, 45, 130), "pink": (235, 130, 170), "brown": (95, 62, 38), "beige": (205, 185, 145)}
BOX = (100.0, 40.0, 100.0, 280.0)
names = st.sampled_from(sorted(CLOTH))


def person(upper: str, lower: str, *, behind: tuple[int, int, int] = (150, 155, 150)) -> np.ndarray:
    """A standing person in a noisy scene with some things of other colours."""
    rng = np.random.default_rng(7)
    rgb = np.full((360, 480, 3), behind, np.uint8)
    cv2.rectangle(rgb, (300, 50), (420, 150), (200, 60, 40), -1)
    cv2.rectangle(rgb, (20, 200), (80, 330), (40, 120, 200), -1)
    cv2.circle(rgb, (150, 66), 22, (215, 170, 145), -1)
    cv2.rectangle(rgb, (118, 92), (182, 180), CLOTH[upper], -1)
    cv2.rectangle(rgb, (122, 180), (147, 315), CLOTH[lower], -1)
    cv2.rectangle(rgb, (153, 180), (178, 315), CLOTH[lower], -1)
    return np.clip(rgb + rng.normal(0, 5, rgb.shape), 0, 255).astype(np.uint8)


def first_names(rgb: np.ndarray, *, grey: bool = False) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for colour in colours_of(rgb, BOX, "person", None, grey=grey):
        found.setdefault(colour.part, colour.name)
    return found


@given(names, names)
def test_both_halves_of_a_standing_person_have_the_colour_that_was_drawn(upper, lower):
    assert first_names(person(upper, lower)) == {"upper": upper, "lower": lower}


def test_clothing_of_the_colour_of_the_background_is_still_named():
    assert first_names(person("green", "green", behind=CLOTH["green"])) == {"upper": "green", "lower": "green"}


@pytest.mark.parametrize("light", [0.5, 1.15])
def test_more_or_less_light_changes_no_name_of_a_strong_colour(light):
    rgb = np.clip(person("red", "blue").astype(float) * light, 0, 255).astype(np.uint8)

    assert first_names(rgb) == {"upper": "red", "lower": "blue"}


def test_of_a_portrait_only_the_upper_half_is_seen():
    seen = colours_of(person("red", "blue"), (100.0, 40.0, 100.0, 110.0), "person", None, grey=False)

    assert {colour.part for colour in seen} == {"upper"}
    assert seen[0].name == "red"


@pytest.mark.parametrize(("label", "count"), [("car", 1), ("bicycle", 0)])
def test_a_car_has_the_colour_of_its_body_and_a_bicycle_is_too_thin_to_have_one(label, count):
    rgb = np.full((200, 320, 3), 130, np.uint8)
    cv2.rectangle(rgb, (40, 90), (280, 160), CLOTH["red"], -1)
    cv2.rectangle(rgb, (80, 60), (240, 90), (25, 30, 35), -1)

    seen = colours_of(rgb, (40.0, 60.0, 240.0, 110.0), "vehicle", label, grey=False)

    assert [(colour.part, colour.name, colour.danish) for colour in seen][:1] == [("body", "red", "rød")] * count


def test_things_have_no_colour():
    assert colours_of(person("red", "blue"), BOX, "object", "bag", grey=False) == ()


def test_a_person_of_a_few_pixels_has_no_colour():
    assert colours_of(person("red", "blue"), (140.0, 90.0, 6.0, 14.0), "person", None, grey=False) == ()


def test_in_a_grey_picture_cloth_has_a_lightness_and_no_name():
    grey = np.repeat(cv2.cvtColor(person("red", "white"), cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)

    seen = colours_of(grey, BOX, "person", None, grey=grey_picture(grey))

    assert {colour.name for colour in seen} == {colour.danish for colour in seen} == {None}
    light = {colour.part: colour.lab[0] for colour in seen}
    assert light["lower"] > 85 > light["upper"]


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.0, 0.92, 0.75), (0.85, 0.8, 1.0)])
def test_grey_and_infrared_and_sepia_pictures_are_known_as_such(tint):
    grey = np.repeat(cv2.cvtColor(person("red", "blue"), cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)

    assert grey_picture((grey * np.array(tint)).astype(np.uint8))


def test_people_in_black_in_a_picture_in_colour_are_in_black():
    rgb = person("black", "black")

    assert not grey_picture(rgb)
    assert first_names(rgb, grey=grey_picture(rgb)) == {"upper": "black", "lower": "black"}


# ------------------------------------------------------------------ several looks at one thing

RED = Colour("upper", (50.0, 18.0, 9.0), 0.9, "red", "rød")
BLUE = Colour("lower", (45.0, -2.0, -12.0), 0.8, "blue", "blå")


def test_a_colour_seen_in_every_look_keeps_its_share():
    assert merged([((RED, BLUE), 1.0), ((RED, BLUE), 3.0)]) == (RED, BLUE)


def test_a_part_that_only_one_look_saw_is_not_made_smaller_by_the_others():
    assert BLUE in merged([((RED, BLUE), 1.0), ((RED,), 1.0)])


def test_a_look_that_counts_more_says_more():
    green = Colour("upper", (45.0, -10.0, 7.0), 0.9, "green", "grøn")

    first, second = merged([((RED,), 1.0), ((green,), 3.0)])

    assert (first.name, second.name) == ("green", "red")
    assert first.share == pytest.approx(0.675)
    assert second.share == pytest.approx(0.225)


def test_what_was_seen_in_infrared_says_nothing_where_colour_was_seen():
    dark = Colour("upper", (30.0, 0.0, 0.0), 0.9, None, None)

    assert merged([((dark,), 5.0), ((RED,), 1.0)]) == (RED,)
    assert merged([((dark,), 5.0)]) == (dark,)


looks = st.lists(st.tuples(st.lists(st.builds(
    Colour, st.sampled_from(["upper", "lower"]), st.tuples(st.floats(0, 100), st.floats(-20, 20), st.floats(-20, 20)),
    st.floats(0.2, 1.0), st.sampled_from(["red", None]), st.just(None)), max_size=3), st.floats(0.5, 50)), max_size=5)


@given(looks)
def test_shares_stay_shares_and_names_are_those_of_the_table(given_looks):
    for colour in merged(given_looks):
        assert 0 <= colour.share <= 1
        assert colour.name is None or (colour.name, colour.danish) == (name_of(colour.lab).name, name_of(colour.lab).danish)


# ------------------------------------------------------------------ names

def test_every_shade_of_the_table_lies_at_no_distance_from_its_name():
    for one in shades().values():
        assert max(distance_to(lab, one) for lab in one.labs) < 1e-5


def test_oklab_agrees_with_published_values():
    """B. Ottosson, 2020: white is (1, 0, 0), the red of sRGB (0.6280, 0.2249, 0.1258), its blue (0.4520, -0.0324, -0.3115)."""
    got = oklab(np.array([[255, 255, 255], [255, 0, 0], [0, 0, 255]], np.uint8))

    assert got == pytest.approx(np.array([[100, 0, 0], [62.80, 22.49, 12.58], [45.20, -3.24, -31.15]]), abs=0.02)


@pytest.mark.parametrize("word", ["red", "rød", "RØD"])
def test_a_colour_is_called_in_both_languages(word):
    assert named(word) is shades()["red"]


def test_a_word_that_is_no_colour_is_none():
    assert named("fast") is None


def test_a_red_lies_nearer_to_red_than_to_green():
    lab = oklab(np.array([CLOTH["red"]], np.uint8))

    assert apart(lab, np.array(shades()["red"].labs)).min() < apart(lab, np.array(shades()["green"].labs)).min()
