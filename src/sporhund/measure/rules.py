"""When there are people enough to measure with. Pure."""
from collections.abc import Mapping, Sequence

import numpy as np

from sporhund.errors import Refused
from sporhund.measure.model import Usable

LEAST_PEOPLE = 20
"""Fewer would be a back door to comparing two faces without a legal basis (DESIGN section 9)."""
SAME_PICTURE = 0.15
"""Distance of two templates, in distances of strangers, within which they are of one picture, stored again, or of one person
(measured: docs/decisions/862)."""


def require_people(usable: Mapping[str, Sequence[Usable]], *, strangers: float) -> None:
    """Raises Refused `too-few-people` unless there are people enough, each with a comparable picture that no other one has.

    usable: person -> the pictures that can be compared.   strangers: mean score of two people, as the pack states it.
    """
    count = distinct_people(usable, strangers=strangers)
    if count < LEAST_PEOPLE:
        raise Refused(
            "too-few-people",
            f"{count} people have a picture of their own that can be compared; at least {LEAST_PEOPLE} are needed.",
            "One folder for each person, with their own pictures in it; copies of a picture count once.")


def distinct_people(usable: Mapping[str, Sequence[Usable]], *, strangers: float) -> int:
    """People with comparable pictures none of which shows up among the pictures of those counted before."""
    shown = [pictures for pictures in usable.values() if pictures]
    if not shown:
        return 0
    vectors = np.stack([one.vector for pictures in shown for one in pictures])
    limit = 1 - SAME_PICTURE * (1 - strangers)
    digests: set[bytes] = set()
    count = first = 0
    for pictures in shown:
        own, before = vectors[first:first + len(pictures)], vectors[:first]
        copied = any(one.digest in digests for one in pictures) or (first > 0 and float((own @ before.T).max()) > limit)
        count += not copied
        digests.update(one.digest for one in pictures)
        first += len(pictures)
    return count
