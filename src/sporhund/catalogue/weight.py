"""How much memory columns take, with all that was worked out of them."""
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_LIGHT = (int, float, str, bytes, bool, type(None))


def weigh(of: Any) -> int:
    """Bytes of every array that can be reached: in dataclasses, tuples, lists and mappings, each array once.

    What is kept beside the columns while somebody else asks may grow meanwhile: it is counted as it stood.
    """
    known: dict[int, int] = {}
    _add(of, known, set())
    return sum(known.values())


def _add(of: Any, known: dict[int, int], walked: set[int]) -> None:
    if isinstance(of, np.ndarray):
        whole = of.base if isinstance(of.base, np.ndarray) else of      # a view takes nothing of its own
        known[id(whole)] = whole.nbytes
        return
    if id(of) in walked:
        return
    walked.add(id(of))
    for part in _parts(of):
        if not isinstance(part, _LIGHT):
            _add(part, known, walked)


def _parts(of: Any) -> Iterator[Any]:
    if isinstance(of, dict):
        yield from list(of.values())
    elif isinstance(of, tuple | list):
        yield from of
    elif is_dataclass(of):
        yield from (getattr(of, one.name) for one in fields(of))
