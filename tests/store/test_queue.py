"""The queue of background work lies in a schema of its own, holds no word of a case, and can always be made anew."""
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from sporhund.store import guards, queue
from sporhund.store.service import Store

JOBS = f"{queue.SCHEMA}.procrastinate_jobs"


@pytest.fixture
def waiting(store: Store) -> Callable[[], int]:
    """How many jobs wait; none at first."""
    with store.transaction() as rows:
        queue.renew(rows, 0)

    def count() -> int:
        with store.transaction() as rows:
            return int(rows.scalar(text(f"select count(*) from {JOBS} where status = 'todo'")) or 0)

    return count


def test_a_job_is_there_with_its_transaction_or_not_at_all(store: Store, waiting: Callable[[], int]) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as rows:
        queue.defer(rows)
        raise ZeroDivisionError
    rolled_back = waiting()
    with store.transaction() as rows:
        queue.defer(rows, 2)

    assert (rolled_back, waiting()) == (0, 2)


def test_it_is_made_anew_besides_what_a_worker_is_at(store: Store, waiting: Callable[[], int]) -> None:
    with store.transaction() as rows:
        queue.defer(rows, 3)
        worker = rows.scalar(text(f"insert into {queue.SCHEMA}.procrastinate_workers default values returning id"))
        taken = f"update {JOBS} set status = 'doing', worker_id = :worker where id = (select min(id) from {JOBS})"
        rows.execute(text(taken), {"worker": worker})
        queue.renew(rows, 1)

        assert rows.execute(text(f"select status::text from {JOBS} order by id")).scalars().all() == ["doing", "todo"]
        rows.execute(text(f"delete from {JOBS}"))


def test_a_job_says_nothing_of_a_case(store: Store, waiting: Callable[[], int]) -> None:
    with store.transaction() as rows:
        queue.defer(rows)

        assert rows.execute(text(f"select args, lock, queueing_lock from {JOBS}")).one() == ({}, None, None)


def test_commands_use_the_queue_and_cannot_change_how_it_is_made(store: Store) -> None:
    with pytest.raises(ProgrammingError), store.transaction() as rows:
        rows.execute(text(f"drop table {JOBS} cascade"))


def test_another_version_of_its_schema_is_laid_anew_and_the_same_one_is_left_alone(
    store: Store, waiting: Callable[[], int],
) -> None:
    with store.transaction() as rows:
        queue.defer(rows)
    with store.as_owner() as rows:
        lay(rows)
    same = waiting()
    with store.as_owner() as rows:
        rows.execute(text(f"comment on schema {queue.SCHEMA} is 'an older one'"))
        lay(rows)
    anew = waiting()
    with store.transaction() as rows:
        queue.defer(rows)

    assert (same, anew, waiting()) == (1, 0, 1)


def lay(rows: object) -> None:
    driver = rows.connection.driver_connection  # type: ignore[attr-defined]
    driver.execute(queue.SCRIPT)
    assert queue.SCRIPT in guards.SCRIPT
