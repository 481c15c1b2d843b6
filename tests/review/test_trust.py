"""A worker that was taken over by hostile bytes may say what it likes; only what can be true is kept."""
from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from sporhund.errors import Unreadable
from sporhund.media.model import Coverage, Kind, Sampling, ShotSpan
from sporhund.review.model import Findings, LookResult, Plan, Unit
from sporhund.review.trust import checked
from sporhund.tracks.model import BestShot, Colour, Embedding, Observation, Track

UNIT = Unit("u", Kind.VIDEO, start=0.0, end=60.0)
PLAN = Plan(("face",), Sampling(), "base@1", templates=True)
VECTOR = np.array([0.6, 0.8], "<f4").tobytes()
TRACK = Track(
    "face", None, 0, (Observation(1.0, (1, 2, 3, 4), 0.9), Observation(1.2, (1, 2, 3, 4), 0.9)),
    (BestShot(1.0, (1, 2, 3, 4), 0.9, landmarks=((1, 1),) * 5),), 0.5, comparable=True,
    embeddings=(Embedding(1.0, VECTOR, 1.4, 1.0),))
TRUE = Findings("u", (ShotSpan(0.0, 60.0),), (LookResult("face", (TRACK,)),), Coverage(0, 60, 100, 10))


def track(**changes: Any) -> Findings:
    return replace(TRUE, results=(LookResult("face", (replace(TRACK, **changes),)),))


def test_what_can_be_true_is_kept() -> None:
    assert checked(TRUE, UNIT, PLAN) is TRUE


@pytest.mark.parametrize("lie", [
    replace(TRUE, unit="another"),
    replace(TRUE, shots=(ShotSpan(5.0, 1.0),)),
    replace(TRUE, coverage=Coverage(0, nan, 100, 10)),
    replace(TRUE, coverage=Coverage(0, 60, 10, 100)),
    replace(TRUE, results=(LookResult("demon", (TRACK,)),)),
    track(shot=7), track(shot=-1), track(observations=()), track(best=()), track(kind="demon"), track(kind="motion"),
    track(quality=nan), track(label="a\0b"), track(label="x" * 1000), track(page=-1),
    track(observations=(Observation(inf, (1, 2, 3, 4), 0.9),)),
    track(observations=(Observation(1.0, (nan, 2, 3, 4), 0.9),)),
    track(observations=(Observation(1.0, (1, 2, -3, 4), 0.9),)),
    track(observations=(Observation(2.0, (1, 2, 3, 4), 0.9), Observation(1.0, (1, 2, 3, 4), 0.9))),
    track(observations=(Observation(61.0, (1, 2, 3, 4), 0.9),)),
    track(best=(BestShot(1.0, (1, 2, 3, 4), 0.9, landmarks=((1, 1),)),)),
    track(best=(BestShot(1.0, (1, 2, 3, 4), 0.9, chroma=nan),)), track(best=(BestShot(1.0, (1, 2, 3, 4), 0.9, covered=-1.0),)),
    track(colours=(Colour("body", (50.0, 18.0, 9.0), 0.5, "red", "rød"),)),
    track(embeddings=(Embedding(1.0, VECTOR[:3], 1.4, 1.0),)),
    track(embeddings=(Embedding(1.0, np.zeros(2, "<f4").tobytes(), 1.4, 1.0),)),
    track(embeddings=(Embedding(1.0, VECTOR, nan, 1.0),)),
    track(embeddings=(Embedding(1.0, VECTOR, 1.4, 1.0), Embedding(1.0, VECTOR * 2, 1.4, 1.0))),
])
def test_what_cannot_be_true_is_refused(lie: Findings) -> None:
    with pytest.raises(Unreadable, match="cannot be true") as refused:
        checked(lie, UNIT, PLAN)

    assert refused.value.code == "reader-lied"


PERSON = Track("person", None, 0, TRACK.observations, (BestShot(1.0, (1, 2, 3, 4), 0.9),), 0.5)
RED = Colour("upper", (50.0, 18.0, 9.0), 0.5, "red", "rød")


def person(*colours: Colour) -> Findings:
    return replace(TRUE, results=(LookResult("object", (replace(PERSON, colours=colours),)),))


@pytest.mark.parametrize("colours", [(RED,), (replace(RED, name=None, danish=None),)])
def test_a_colour_with_the_name_of_its_numbers_is_kept_and_so_is_one_without_a_name(colours: tuple[Colour, ...]) -> None:
    assert checked(person(*colours), UNIT, replace(PLAN, looks=("person",)))


@pytest.mark.parametrize("colour", [
    replace(RED, part="body"), replace(RED, lab=(nan, 0.0, 0.0)), replace(RED, share=1.5), replace(RED, share=-0.1),
    replace(RED, name="blue", danish="blå"), replace(RED, name="<b>"), replace(RED, name=None),
])
def test_a_colour_that_is_none_is_refused(colour: Colour) -> None:
    with pytest.raises(Unreadable, match="colour"):
        checked(person(colour), UNIT, replace(PLAN, looks=("person",)))


def test_a_template_that_the_purpose_does_not_allow_is_refused() -> None:
    closed: Callable[[], Findings] = lambda: checked(TRUE, UNIT, replace(PLAN, templates=False))  # noqa: E731

    with pytest.raises(Unreadable, match="purpose"):
        closed()
