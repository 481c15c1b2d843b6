"""How a person wants the desk: what may be chosen, and what they chose."""
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.store.service import Store
from sporhund.viewing import records
from sporhund.viewing.keys import check_keys
from sporhund.viewing.model import Choices
from sporhund.viewing.rules import check_value

ALLOWED: Mapping[str, tuple[object, ...]] = {
    "language": (None, "da", "en"), "theme": ("dark", "light", "system"), "veil": ("blur", "grey", "both", "off"),
    "muted": (True, False), "thumbs": ("small", "medium", "large"), "page": (50, 100, 200, 400)}
"""What can be chosen out of a closed list."""
OWN_MARKS = 9


def choices(rows: Connection, user: str | None) -> Choices:
    """What this account chose; the rest as it comes. None: nobody is signed in, everything as it comes."""
    kept = records.choices(rows, user) if user is not None else {}
    chosen = Choices()
    for name, value in kept.items():
        try:
            chosen = changed(chosen, {name: value})
        except WrongUsage:       # kept by a version that allowed it: as it comes, until the person chooses again
            continue
    return chosen


def choose(wanted: Mapping[str, Any], *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Choices:
    """Change some of one's choices. Raises WrongUsage `bad-choice`; Refused `sign-in-needed`: they are kept by account."""
    with gate.act("preference", action="preference choose", store=store, keys=keys, clock=clock, actor=actor) as doing:
        if actor.user is None:
            raise Refused("sign-in-needed", "Choices are kept with an account.", "Sign in: sporhund login NAME.")
        records.lock_choices(doing.rows, actor.user)
        chosen = changed(choices(doing.rows, actor.user), wanted)
        records.keep_choices(doing.rows, actor.user, asdict(chosen))
        doing.tell(**{name: asdict(chosen)[name] for name in wanted})
        return chosen


def changed(before: Choices, wanted: Mapping[str, Any]) -> Choices:
    """These choices with some changed. Pure. Raises WrongUsage `bad-choice`."""
    after = before
    for name, value in wanted.items():
        if name in ALLOWED:
            one: dict[str, Any] = {name: _one_of(name, value)}
            after = replace(after, **one)
        elif name == "keys" and isinstance(value, Mapping):
            after = replace(after, keys=check_keys(value))
        elif name == "own_marks" and isinstance(value, list | tuple):
            after = replace(after, own_marks=_own_marks(value))
        else:
            raise WrongUsage("bad-choice", "There is no such choice.", f"Choose: {', '.join(ALLOWED)}, keys, own_marks.")
    return after


def _one_of(name: str, value: object) -> object:
    for allowed in ALLOWED[name]:
        if type(value) is type(allowed) and value == allowed:     # True is no 1
            return allowed
    listed = ", ".join(str(one) for one in ALLOWED[name] if one is not None)
    raise WrongUsage("bad-choice", f"This cannot be chosen as {name}.", f"Choose one of: {listed}.")


def _own_marks(values: list[object] | tuple[object, ...]) -> tuple[str, ...]:
    if len(values) > OWN_MARKS or not all(isinstance(value, str) for value in values):
        raise WrongUsage("bad-choice", "So many own marks have no keys.", f"At most {OWN_MARKS}, each a short line.")
    try:
        return tuple(check_value(str(value)) for value in values)
    except WrongUsage as fault:
        raise WrongUsage("bad-choice", fault.message, fault.hint) from fault
