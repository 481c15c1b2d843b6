"""Who is on a case. A case that has members is opened by them alone."""
from datetime import datetime

from sqlalchemy import Connection

from sporhund.access import accounts, gate, records, users
from sporhund.access.model import Denied, User
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused
from sporhund.store.service import Store


def add(case_id: str, name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Put somebody on the case. Raises WrongUsage `unknown-user`; Refused `not-a-member`, `other-unit`, `no-case-role`,
    `member-already`, ..."""
    with gate.act("case member", action="case member add", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  user=name) as doing:
        _may_name(doing.rows, case_id, actor)
        user = users.named(doing.rows, name)
        if user.disabled_at is not None or user.roles.isdisjoint(accounts.CASE_ROLES):
            raise Refused("no-case-role", f"'{name}' is disabled, or has no role that opens a case.",
                          "An administrator gives roles: sporhund user roles NAME --role investigator.")
        if not records.add_member(doing.rows, case_id, user.id, by=actor.mark, at=doing.at):
            raise Refused("member-already", f"'{name}' is on this case already.", "See: sporhund case member list CASE.")


def remove(case_id: str, name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Take somebody off the case. Raises Refused `no-such-member`; `last-member`: without members it would be open to all."""
    with gate.act("case member", action="case member remove", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  user=name) as doing:
        records.lock_members(doing.rows, case_id)
        _may_name(doing.rows, case_id, actor)
        user, members = users.named(doing.rows, name), records.members(doing.rows, case_id)
        if members == {user.id}:
            raise Refused("last-member", f"'{name}' is the last on this case: without members it would be open to all.",
                          "Put somebody else on it first: sporhund case member add CASE NAME.")
        if not records.remove_member(doing.rows, case_id, user.id, by=actor.mark, at=doing.at):
            raise Refused("no-such-member", f"'{name}' is not on this case.", "See: sporhund case member list CASE.")


def of_case(case_id: str, *, store: Store, actor: Actor) -> list[tuple[User, str, datetime]]:
    """Members by name; mark of who added each, and when. For the members themselves, and for who may name them."""
    with store.reader() as rows:
        members = records.members(rows, case_id)
        if members and actor.user not in members:
            gate.require(rows, actor, "case member", case_id=case_id)
            _may_name(rows, case_id, actor)
        return records.member_names(rows, case_id)


def _may_name(rows: Connection, case_id: str, actor: Actor) -> None:
    unit = records.purpose_of_case(rows, case_id)[1]
    verdict = accounts.may_name_members(actor.user, actor.unit, unit, records.members(rows, case_id))
    if isinstance(verdict, Denied):
        raise Refused(verdict.code, verdict.missing, verdict.hint)
