"""Passwords: kept as Argon2id, and tried at the same cost whether or not there is such an account."""
import os
import threading
import unicodedata
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sporhund.errors import WrongUsage

SHORTEST = 12
LONGEST = 1024
_LENGTH, _SALT = 32, 16
_PASSES, _LANES, _KIB = 3, 1, 64 * 1024
"""RFC 9106, section 4, the second recommended option, but with one lane: two threads that try passwords with several lanes each
wait for each other for ever (measured: cryptography 50.0.2, OpenSSL 4.0.3)."""

_AT_ONCE = 3
"""Passwords that are worked on: each takes 64 MiB and a processor, and anybody may try one. The others wait for their turn."""
_free = threading.BoundedSemaphore(_AT_ONCE)


def check(password: str) -> None:
    """Raises WrongUsage `password-too-short`, `password-too-long`."""
    if len(password) < SHORTEST:
        raise WrongUsage("password-too-short", f"A password needs at least {SHORTEST} characters; this one has {len(password)}.",
                         "Take a few words that belong together for you alone.")
    if len(password) > LONGEST:
        raise WrongUsage("password-too-long", f"A password has at most {LONGEST} characters.", "Take a shorter one.")


def encode(password: str) -> str:
    """A PHC string with its own salt and parameters."""
    made = Argon2id(salt=os.urandom(_SALT), length=_LENGTH, iterations=_PASSES, lanes=_LANES, memory_cost=_KIB)
    with _free:
        return made.derive_phc_encoded(_bytes(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password. kept: the PHC string; None: no such account, which takes as long to find out."""
    against = kept or _nobody()
    try:
        with _free:
            Argon2id.verify_phc_encoded(_bytes(password[:LONGEST]), against)
    except InvalidKey:
        return False
    return kept is not None


@cache
def _nobody() -> str:
    return encode(os.urandom(16).hex())


def _bytes(password: str) -> bytes:
    # The same letter typed on another keyboard may come as other code points: å is one or two.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogateescape")
