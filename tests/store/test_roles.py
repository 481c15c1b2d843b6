"""What each role can and cannot do."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.store.service import Store


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set actor = 'nobody'",
        "delete from audit",
        "truncate audit",
        "update audit_chain set position = position + 1",
        "delete from audit_chain",
        "drop table audit",
        "alter table audit disable trigger append_only",
        "alter table audit_chain disable trigger all",
        "drop trigger append_only on audit",
        "create table mine (a int)",
        "create table parts.mine (a int)",
        "set role sporhund_owner",
        "set session_replication_role = replica",
        "copy audit to program 'cat'",
        "select pg_read_file('/etc/passwd')",
        "update alembic_version set version_num = '9999'",
        "select lock_content('access exclusive')",
        "checkpoint",
    ],
)
def test_the_app_role_may_not(store: Store, statement: str) -> None:
    with pytest.raises(DBAPIError) as fault, store.transaction() as rows:
        rows.execute(text(statement))

    assert fault.value.orig is not None
    assert fault.value.orig.sqlstate == "42501"  # type: ignore[attr-defined]  # insufficient_privilege


@pytest.mark.parametrize(
    "statement",
    ["update audit set actor = 'x'", "delete from audit", "truncate audit cascade", "delete from audit_chain"],
)
def test_a_trigger_stops_even_the_owner_from_changing_the_log(
    store: Store, keys: Keys, actor: Actor, clock: Clock, statement: str
) -> None:
    with store.transaction() as rows:
        audit.record(rows, action="look", actor=actor, at=clock.now(), keys=keys)

    with pytest.raises(DBAPIError, match="only ever added to"), store.as_owner() as rows:
        rows.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into \"case\" values ('x')",
        "delete from hold",
        "select open_case('c_x')",
        "create temp table mine (a int)",
    ],
)
def test_the_reader_only_reads(store: Store, statement: str) -> None:
    with pytest.raises(DBAPIError), store.reader() as rows:
        rows.execute(text(statement))


def test_the_reader_cannot_write_even_where_it_makes_its_transaction_writable(store: Store) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), store.snapshot() as rows:
        rows.execute(text("set transaction read write"))
        rows.execute(text("delete from hold"))
    with pytest.raises(DBAPIError, match="permission denied"), store.reader() as rows:
        rows.execute(text("begin read write"))
        rows.execute(text("delete from hold"))


def test_what_a_snapshot_reads_is_of_one_moment_and_what_a_reader_reads_is_of_now(
    store: Store, keys: Keys, actor: Actor, clock: Clock,
) -> None:
    events = text("select count(*) from audit")
    with store.snapshot() as still, store.reader() as now:
        before = [rows.execute(events).scalar_one() for rows in (still, now)]
        with store.transaction() as rows:
            audit.record(rows, action="look", actor=actor, at=clock.now(), keys=keys)
        after = [rows.execute(events).scalar_one() for rows in (still, now)]

    assert after == [before[0], before[1] + 1]
