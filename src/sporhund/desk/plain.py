"""Characters that no address and no form of the desk has a use for: refused in one place, before anything is done with them."""
import re
from collections.abc import Iterable, Mapping

from sporhund.errors import WrongUsage

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Lines and tabs are typed in notes. The rest nobody types, and a database keeps no NUL."""


def check_address(path: Mapping[str, object], query: Iterable[tuple[str, str]]) -> None:
    """Raises WrongUsage `bad-characters`."""
    _check((name, str(value)) for name, value in path.items())
    _check(query)


def check_form(fields: Iterable[tuple[str, object]]) -> None:
    """Names and texts; what a file holds is its own matter. Raises WrongUsage `bad-characters`."""
    _check((name, value if isinstance(value, str) else "") for name, value in fields)


def _check(said: Iterable[tuple[str, str]]) -> None:
    for name, value in said:
        if _CONTROL.search(name) or _CONTROL.search(value):
            raise WrongUsage("bad-characters", "The address or the form holds a character that is no text.",
                             "Nothing was changed. Type it again without it.")
