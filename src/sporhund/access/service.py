"""Switch purposes on and off, and ask whether a case may make face templates."""
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from sporhund.access import gate, records, rules
from sporhund.access.model import DEFAULT_UNIT, PURPOSES, Enabled, Purpose, Verdict
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class PurposeState:
    """One purpose in one unit."""

    purpose: Purpose
    unit: str
    on: bool
    switch: Enabled | None     #: the switch that holds, or the last one that did


def list_purposes(*, store: Store, clock: Clock) -> list[PurposeState]:
    """Every purpose, in every unit for which one was ever switched on, or in the default unit."""
    with store.transaction() as rows:
        switches = records.enabled(rows)
    today = clock.now().date()
    units = sorted({switch.unit for switch in switches}) or [DEFAULT_UNIT]
    return [_state(purpose, unit, switches, today) for unit in units for purpose in PURPOSES]


def _state(purpose: Purpose, unit: str, switches: list[Enabled], today: date) -> PurposeState:
    own = [switch for switch in switches if switch.purpose == purpose.name and switch.unit == unit]
    live = [switch for switch in own if rules.alive(switch, today)]
    return PurposeState(purpose, unit, rules.is_on(purpose, unit, switches, today), next(reversed(live or own), None))


def enable(
    name: str, *, unit: str = DEFAULT_UNIT, assessment: str, assessed_on: date, until: date | None = None,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Enabled:
    """Switch a purpose on for a unit, on an impact assessment. An earlier switch of the same purpose ends."""
    purpose = rules.purpose_named(name)
    now = clock.now()
    rules.may_enable(purpose, unit, assessment, assessed_on, until, now.date())
    switch = Enabled(new_id("purpose"), unit, name, assessment, assessed_on, until, actor.name, now)
    with gate.act("purpose enable", store=store, keys=keys, clock=clock, actor=actor, purpose=name, unit=unit,
                  assessment=assessment, assessed_on=assessed_on, until=until) as doing:
        before = [row.id for row in records.enabled(doing.rows, unit=unit, purpose=name) if row.disabled_at is None]
        records.end(doing.rows, before, by=actor.name, at=now)
        records.add(doing.rows, switch)
    return switch


def disable(name: str, *, unit: str = DEFAULT_UNIT, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Switch a purpose off for a unit. Raises Refused `purpose-not-on` when nothing is switched on."""
    rules.purpose_named(name)
    with gate.act("purpose disable", store=store, keys=keys, clock=clock, actor=actor, purpose=name, unit=unit) as doing:
        live = [row.id for row in records.enabled(doing.rows, unit=unit, purpose=name) if row.disabled_at is None]
        if not live:
            raise Refused("purpose-not-on", f"'{name}' is not switched on for the unit '{unit}'.", "See: sporhund purpose list.")
        records.end(doing.rows, live, by=actor.name, at=doing.at)


def templates_allowed(rows: Connection, case_id: str, today: date) -> Verdict:
    """Whether the analysis of this case may make face templates today."""
    name, unit = records.purpose_of_case(rows, case_id)
    return rules.templates_allowed(rules.purpose_named(name), unit, records.enabled(rows, unit=unit, purpose=name), today)
