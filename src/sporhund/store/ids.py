"""Identifiers: opaque to readers, impossible to guess, in rough order of making."""

import secrets
import time

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's 32, lower case: no i, l, o, u to misread
_CHARACTERS = 26


def new_id(prefix: str) -> str:
    """A new id such as "t_01jd4x8v5q3m2k7n9p0r6s8t1v": 48 bits of milliseconds, then 80 random bits.

    The order is a convenience for indexes and eyes; it is no statement of when something happened.
    """
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return f"{prefix}_" + "".join(_DIGITS[number >> shift & 31] for shift in range((_CHARACTERS - 1) * 5, -1, -5))


def blind_id(prefix: str) -> str:
    """An id of chance alone: things made one after the other, best first, are not told apart by it."""
    return f"{prefix}_" + "".join(secrets.choice(_DIGITS) for _ in range(_CHARACTERS))
