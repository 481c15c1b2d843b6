"""Rows of purposes switched on, accounts, sessions and members. A switch and a membership are never changed but ended."""
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql

from sporhund.access.model import Enabled, Role, Session, User
from sporhund.store import tables
from sporhund.store.ids import new_id


def enabled(rows: Connection, *, unit: str | None = None, purpose: str | None = None) -> list[Enabled]:
    """Every switch ever thrown, oldest first, the ended ones included."""
    c = tables.purpose.c
    wanted = select(c.id, c.unit, c.purpose, c.assessment, c.assessed_on, c.until, c.enabled_by, c.enabled_at,
                    c.disabled_at).order_by(c.enabled_at, c.id)
    if unit is not None:
        wanted = wanted.where(c.unit == unit)
    if purpose is not None:
        wanted = wanted.where(c.purpose == purpose)
    return [Enabled(*row) for row in rows.execute(wanted)]


def add(rows: Connection, switch: Enabled) -> None:
    rows.execute(insert(tables.purpose).values(
        id=switch.id, unit=switch.unit, purpose=switch.purpose, assessment=switch.assessment,
        assessed_on=switch.assessed_on, until=switch.until, enabled_by=switch.enabled_by, enabled_at=switch.enabled_at,
    ))


def end(rows: Connection, ids: list[str], *, by: str, at: datetime) -> None:
    c = tables.purpose.c
    rows.execute(update(tables.purpose).where(c.id.in_(ids), c.disabled_at.is_(None)).values(disabled_by=by, disabled_at=at))


def purpose_of_case(rows: Connection, case_id: str) -> tuple[str, str]:
    """Purpose and unit of a case."""
    c = tables.case.c
    row = rows.execute(select(c.purpose, c.unit).where(c.id == case_id)).one()
    return row.purpose, row.unit


def any_accounts(rows: Connection) -> bool:
    """Whether the home has accounts: before the first one, whoever owns the machine sets it up."""
    return bool(rows.scalar(select(exists(select(tables.user_account.c.id)))))


# Written once: every page asks these, and putting a statement together takes longer than running it (measured).
_M, _S, _U = tables.member.c, tables.session.c, tables.user_account
_MEMBERS = select(_M.user_id).where(_M.case_id == bindparam("case"), _M.removed_at.is_(None))
_SESSION = select(_U, _S.user_id, _S.host, _S.started_at, _S.seen_at, _S.ended_at).join_from(
    _U, tables.session, _S.user_id == _U.c.id).where(_S.digest == bindparam("digest"))


def members(rows: Connection, case_id: str) -> frozenset[str]:
    """User ids of a case's members today."""
    return frozenset(rows.scalars(_MEMBERS, {"case": case_id}))


def member_names(rows: Connection, case_id: str) -> list[tuple[User, str, datetime]]:
    """Members of a case today, by name; who added each (mark), when."""
    u, m = tables.user_account, tables.member.c
    wanted = select(u, m.added_by, m.added_at).join_from(u, tables.member, m.user_id == u.c.id)
    found = rows.execute(wanted.where(m.case_id == case_id, m.removed_at.is_(None)).order_by(u.c.name))
    return [(_user(row), row.added_by, row.added_at) for row in found]


def add_member(rows: Connection, case_id: str, user_id: str, *, by: str, at: datetime) -> bool:
    """False where that account is a member already."""
    m = tables.member
    added = rows.execute(postgresql.insert(m).values(
        id=new_id("m"), case_id=case_id, user_id=user_id, added_by=by, added_at=at,
    ).on_conflict_do_nothing(index_elements=["case_id", "user_id"], index_where=m.c.removed_at.is_(None)).returning(m.c.id))
    return added.first() is not None


def remove_member(rows: Connection, case_id: str, user_id: str, *, by: str, at: datetime) -> bool:
    """False where that account is no member."""
    m = tables.member
    ended = rows.execute(update(m).where(m.c.case_id == case_id, m.c.user_id == user_id, m.c.removed_at.is_(None))
                         .values(removed_by=by, removed_at=at).returning(m.c.id))
    return ended.first() is not None


def lock_members(rows: Connection, case_id: str) -> None:
    """Nobody else changes who is on this case until the end of the transaction."""
    rows.execute(select(tables.case.c.id).where(tables.case.c.id == case_id).with_for_update())


def closed_to(rows: Connection, user_id: str | None) -> frozenset[str]:
    """Ids of the cases that have members, and this account is none of them (None: nobody is signed in)."""
    m = tables.member.c
    held = select(m.case_id).where(m.removed_at.is_(None))
    closed = frozenset(rows.scalars(held.distinct()))
    return closed - frozenset(rows.scalars(held.where(m.user_id == user_id))) if user_id else closed


# ------------------------------------------------------------------ accounts

def lock_accounts(rows: Connection) -> None:
    """Nobody else makes or administers an account until the end of the transaction. Signing in goes on: a lock on the table
    and the row that a sign-in holds would wait for each other."""
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("accounts", 0))))


def add_user(rows: Connection, user: User, password: str) -> bool:
    """False where the name is taken. password: a PHC string."""
    u = tables.user_account
    added = rows.execute(postgresql.insert(u).values(
        id=user.id, name=user.name, full_name=user.full_name, password=password, roles=sorted(user.roles), unit=user.unit,
        district=user.district, created_by=user.created_by, created_at=user.created_at, failures=0,
    ).on_conflict_do_nothing(index_elements=["name"]).returning(u.c.id))
    return added.first() is not None


def users(rows: Connection) -> list[User]:
    """Every account by name, disabled ones too."""
    u = tables.user_account
    return [_user(row) for row in rows.execute(select(u).order_by(u.c.name))]


def user_named(rows: Connection, name: str) -> User | None:
    u = tables.user_account
    row = rows.execute(select(u).where(u.c.name == name)).first() if name.isprintable() else None
    return _user(row) if row else None


def user_of(rows: Connection, user_id: str) -> User | None:
    u = tables.user_account
    row = rows.execute(select(u).where(u.c.id == user_id)).first()
    return _user(row) if row else None


def password_of(rows: Connection, name: str) -> str | None:
    """The password that an account has, as a PHC string; None: there is no such account."""
    u = tables.user_account.c
    kept: str | None = rows.scalar(select(u.password).where(u.name == name)) if name.isprintable() else None
    return kept


def to_sign_in(rows: Connection, name: str) -> tuple[User, str] | None:
    """The account with its password; nobody else tries it until the end of the transaction."""
    u = tables.user_account
    row = rows.execute(select(u).where(u.c.name == name).with_for_update()).first() if name.isprintable() else None
    return (_user(row), row.password) if row else None


def change_user(rows: Connection, user_id: str, **values: Any) -> None:
    """Set columns of an account: password, roles, disabled_at, failures, locked_until."""
    u = tables.user_account
    rows.execute(update(u).where(u.c.id == user_id).values(**values))


def add_act(rows: Connection, user_id: str, what: str, *, by: str | None, at: datetime) -> None:
    """Who administered an account. what: created | password | roles | disabled | enabled."""
    rows.execute(insert(tables.account_act).values(id=new_id("aa"), user_id=user_id, what=what, by=by, at=at))


def account_acts(rows: Connection) -> list[tuple[str, str]]:
    """(who administered, whose account), own accounts left out."""
    a = tables.account_act.c
    wanted = select(a.by, a.user_id).where(a.by.is_not(None), a.by != a.user_id).distinct()
    return [(row.by, row.user_id) for row in rows.execute(wanted)]


def password_set_by(rows: Connection, user_id: str) -> str | None:
    """Who gave this account the password it has (user id); None: nobody who signed in."""
    a = tables.account_act.c
    wanted = select(a.by).where(a.user_id == user_id, a.what.in_(("created", "password")))
    by: str | None = rows.scalar(wanted.order_by(a.at.desc(), a.id.desc()).limit(1))
    return by


def _user(row: Row[Any]) -> User:
    return User(row.id, row.name, row.full_name, frozenset(Role(role) for role in row.roles), row.unit, row.district,
                row.created_by, row.created_at, row.disabled_at, row.failures, row.locked_until)


# ------------------------------------------------------------------ sessions

def add_session(rows: Connection, digest: bytes, session: Session) -> None:
    rows.execute(insert(tables.session).values(
        digest=digest, user_id=session.user_id, host=session.host, started_at=session.started_at, seen_at=session.seen_at))


def session_of(rows: Connection, digest: bytes) -> tuple[Session, User] | None:
    """A session and its account, ended or not."""
    row = rows.execute(_SESSION, {"digest": digest}).first()
    return (Session(row.user_id, row.host, row.started_at, row.seen_at, row.ended_at), _user(row)) if row else None


def touch_session(rows: Connection, digest: bytes, at: datetime) -> None:
    s = tables.session
    rows.execute(update(s).where(s.c.digest == digest, s.c.ended_at.is_(None)).values(seen_at=at))


def end_session(rows: Connection, digest: bytes, at: datetime) -> None:
    s = tables.session
    rows.execute(update(s).where(s.c.digest == digest, s.c.ended_at.is_(None)).values(ended_at=at))


def end_sessions_of(rows: Connection, user_id: str, at: datetime) -> None:
    s = tables.session
    rows.execute(update(s).where(s.c.user_id == user_id, s.c.ended_at.is_(None)).values(ended_at=at))
