"""Policies: what the agency asks of a basis. Files of data: `dk` and `eu` are shipped, its own lie in HOME/policies.

Which one holds stands in HOME/policy.toml (`policy = "eu"`); without that file it is `dk`.
"""
import hashlib
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from sporhund.access import gate
from sporhund.access.model import PURPOSES, Needed, Policy, Terms
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.store.service import Store

DEFAULT = "dk"
SHIPPED = ("dk", "eu")
_NAME = re.compile(r"[\w-]+")
SCOPES = ("cases", "period", "places", "persons")


class _Authorisation(msgspec.Struct, forbid_unknown_fields=True):
    needed: Needed
    label: str
    refusal_proposes_deletion: bool
    when: str = "before"
    hours: int | None = None


class _Terms(msgspec.Struct, forbid_unknown_fields=True):
    retention_months: int | None = None
    scope: tuple[str, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    note: str
    authorisation: _Authorisation
    purposes: dict[str, _Terms] = {}


def current(home: Path) -> Policy:
    """The policy that holds in this home. Raises EnvironmentFault `bad-policy`, `missing-policy`."""
    return named(home, chosen(home))


def chosen(home: Path) -> str:
    """Its name. Raises EnvironmentFault `bad-policy`."""
    file = home / "policy.toml"
    if not file.exists():
        return DEFAULT
    read = _toml(file.read_bytes(), str(file))
    if set(read) != {"policy"} or not isinstance(read["policy"], str):
        raise _bad(str(file), 'it says nothing but: policy = "NAME"')
    return str(read["policy"])


def named(home: Path, name: str) -> Policy:
    """Raises EnvironmentFault `bad-policy`, `missing-policy`."""
    own = home / "policies" / f"{name}.toml"
    if name in SHIPPED:
        content = resources.files("sporhund.access").joinpath(f"data/policies/{name}.toml").read_bytes()
    elif _NAME.fullmatch(name) and own.is_file():
        content = own.read_bytes()
    else:
        hint = "See: sporhund policy show; an agency's own lie in HOME/policies."
        raise EnvironmentFault("missing-policy", f"There is no policy {name!r}.", hint)
    return parsed(name, content)


def available(home: Path) -> list[str]:
    """Names of the shipped policies and the agency's own."""
    return [*SHIPPED, *sorted(file.stem for file in (home / "policies").glob("*.toml") if file.stem not in SHIPPED)]


def parsed(name: str, content: bytes) -> Policy:
    """A policy out of the bytes of its file. Raises EnvironmentFault `bad-policy`."""
    try:
        read = msgspec.convert(_toml(content, name), _File)
    except msgspec.ValidationError as fault:
        raise _bad(name, str(fault)) from fault
    asked = read.authorisation
    if asked.when not in ("before", "within") or (asked.when == "within") != (asked.hours is not None and asked.hours > 0):
        raise _bad(name, 'authorisation.when is "before", or "within" with hours above 0')
    unknown = set(read.purposes) - {purpose.name for purpose in PURPOSES}
    unknown |= {part for terms in read.purposes.values() for part in terms.scope if part not in SCOPES}
    if unknown:
        raise _bad(name, f"it names what is not known: {', '.join(sorted(unknown))}")
    return Policy(
        name, read.title, read.note, asked.needed, asked.hours, asked.label, asked.refusal_proposes_deletion,
        {purpose: Terms(terms.retention_months, terms.scope) for purpose, terms in read.purposes.items()},
        hashlib.sha256(content).hexdigest())


def choose(name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Policy:
    """Let another policy hold from now on; bases that are there keep the one they were recorded under."""
    home = store.settings.home
    if name not in available(home):
        raise WrongUsage("unknown-policy", f"There is no policy {name!r}.", "There are: " + ", ".join(available(home)) + ".")
    policy = named(home, name)
    with gate.act("policy choose", store=store, keys=keys, clock=clock, actor=actor, policy=policy.stamp, before=chosen(home)):
        fresh = home / "policy.toml.new"
        fresh.write_text(f'policy = "{name}"\n', "utf-8")
        fresh.replace(home / "policy.toml")
    return policy


def _toml(content: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise _bad(name, str(fault)) from fault


def _bad(name: str, why: str) -> EnvironmentFault:
    return EnvironmentFault("bad-policy", f"The policy {name} cannot be used: {why}.", "Correct the file.")
