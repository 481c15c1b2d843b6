"""Which purposes are on, whether faces may be made into templates, and how a legal basis stands. Pure."""
from collections.abc import Sequence
from datetime import date, datetime

from sporhund.access.model import PURPOSES, Allowed, Basis, Denied, Enabled, Purpose, Standing, Verdict
from sporhund.errors import WrongUsage

_BY_NAME = {purpose.name: purpose for purpose in PURPOSES}


def purpose_named(name: str) -> Purpose:
    """The purpose of that name. Raises WrongUsage `unknown-purpose`."""
    if name not in _BY_NAME:
        raise WrongUsage("unknown-purpose", f"There is no purpose '{name}'.", "Purposes: " + ", ".join(_BY_NAME) + ".")
    return _BY_NAME[name]


def alive(row: Enabled, today: date) -> bool:
    """Whether this switch is on today: not switched off, and its last day not over."""
    return row.disabled_at is None and (row.until is None or today <= row.until)


def is_on(purpose: Purpose, unit: str, enabled: Sequence[Enabled], today: date) -> bool:
    """Whether the purpose may be worked under in that unit today."""
    return purpose.always_on or any(alive(row, today) for row in _of(purpose, unit, enabled))


def templates_allowed(purpose: Purpose, unit: str, enabled: Sequence[Enabled], today: date) -> Verdict:
    """Whether faces may be made into templates: the purpose must allow it and be switched on for the unit."""
    if not purpose.templates:
        return Denied("purpose-without-templates", f"The purpose '{purpose.name}' does not allow face templates.",
                      "Faces are found and shown; comparing them needs a case with another purpose.")
    if purpose.always_on:
        return Allowed(f"'{purpose.name}' is always on: {purpose.note}")
    rows = _of(purpose, unit, enabled)
    for row in rows:
        if alive(row, today):
            return Allowed(f"impact assessment {row.assessment} of {row.assessed_on.isoformat()}")
    return Denied("purpose-off", f"'{purpose.name}' is off for the unit '{unit}': {_why_off(rows, today)}.",
                  f"An administrator records the impact assessment: sporhund purpose enable {purpose.name} "
                  f"--unit {unit} --assessment ID --date DATE.")


def _of(purpose: Purpose, unit: str, enabled: Sequence[Enabled]) -> list[Enabled]:
    return [row for row in enabled if row.purpose == purpose.name and row.unit == unit]


def _why_off(rows: Sequence[Enabled], today: date) -> str:
    if not rows:
        return "no impact assessment is recorded"
    last = max(rows, key=lambda row: row.enabled_at)
    if last.disabled_at is not None:
        return f"it was switched off on {last.disabled_at.date().isoformat()}"
    return f"impact assessment {last.assessment} ran out on {last.until.isoformat() if last.until else today.isoformat()}"


def may_enable(purpose: Purpose, unit: str, assessment: str, assessed_on: date, until: date | None, today: date) -> None:
    """Check what an administrator wants to record. Raises WrongUsage naming what is missing or impossible."""
    if purpose.always_on:
        raise WrongUsage("purpose-always-on", f"'{purpose.name}' is always on.", "Nothing has to be recorded for it.")
    if not unit.strip():
        raise WrongUsage("unit-missing", "No unit of the force is named.", "Name it with --unit.")
    if not assessment.strip():
        raise WrongUsage("assessment-missing", "The impact assessment's id is missing.", "Name it with --assessment.")
    if assessed_on > today:
        raise WrongUsage("assessment-in-future", f"The impact assessment is dated {assessed_on.isoformat()}, after today.",
                         "Record it when it is made.")
    if until is not None and until < today:
        raise WrongUsage("until-in-past", f"The last day, {until.isoformat()}, is over.", "Give a later --until.")


def standing(basis: Basis, at: datetime) -> Standing:
    """How a basis stands at a moment.

    A refusal, or an authorisation that did not come in time, weighs more than its end: its results are sealed for good. As
    time goes on a row that nobody touches moves one way only: not-yet, live (or waiting), then lapsed, or ended, or expired.
    """
    if basis.authorisation == "refused":
        return Standing.REFUSED
    if basis.authorisation == "requested" and basis.authorise_before is not None and at >= basis.authorise_before:
        return Standing.LAPSED
    if basis.ended_at is not None and at >= basis.ended_at:
        return Standing.ENDED
    if at >= basis.valid_until:
        return Standing.EXPIRED
    if at < basis.valid_from:
        return Standing.NOT_YET
    if basis.authorisation == "requested" and basis.authorise_before is None:
        return Standing.WAITING
    return Standing.LIVE
