"""Members come out of archives through a worker that is not trusted: what it does to one member costs that one."""
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.review.hostile_line import TROUBLED, WHOLE

from sporhund.errors import EnvironmentFault, Unreadable
from sporhund.evidence.digest import digest
from sporhund.jobs.local import Workers
from sporhund.review.spool import Spool, unwritable
from sporhund.review.takeout import BYTES_AT_ONCE, MEMBERS_AT_ONCE, Wanted, batches, take_out


def workers(how: bytes) -> Workers:
    return Workers("hostile_line", count=1, config=how, modules=[Path(__file__).parent])


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[int]:
    """Any file: these workers do not read it. `take_out` closes it."""
    path = tmp_path / "archive"
    path.write_bytes(b"archive")
    yield os.open(path, os.O_RDONLY)


def wanted(folder: Path, number: int = 5) -> list[Wanted]:
    return [Wanted(index, len(WHOLE), folder / f"member.{index}") for index in range(number)]


@pytest.mark.parametrize(("how", "code"), [
    (b"die", "reader-died"), (b"grow", "reader-lied"), (b"claim", "reader-lied"), (b"babble", "reader-lied"),
    (b"explain", "reader-lied"), (b"leave", "reader-failed"),
])
def test_a_worker_gone_wrong_costs_the_member_it_was_at(how: bytes, code: str, archive: int, tmp_path: Path) -> None:
    with workers(how) as pool:
        taken = take_out(pool, archive, wanted(tmp_path))

    lost = taken.pop(TROUBLED)
    assert isinstance(lost, Unreadable) and lost.code == code
    assert not (tmp_path / f"member.{TROUBLED}").exists()
    assert sorted(taken) == [0, 1, 3, 4]
    for index, one in taken.items():
        assert one == digest(os.fsencode(tmp_path / f"member.{index}"))
        assert (tmp_path / f"member.{index}").read_bytes() == WHOLE


def test_a_place_that_cannot_be_written_ends_the_run(archive: int, tmp_path: Path) -> None:
    with workers(b"") as pool, pytest.raises(EnvironmentFault) as caught:
        take_out(pool, archive, wanted(tmp_path / "gone"))

    assert caught.value.code == "home-unwritable"
    assert unwritable(tmp_path, OSError(errno.ENOSPC, "No space left on device")).code == "disk-full"


def test_requests_hold_so_many_members_and_a_large_one_goes_alone(tmp_path: Path) -> None:
    sizes = [1] * (MEMBERS_AT_ONCE + 1) + [BYTES_AT_ONCE * 2, 1]
    requests = list(batches(Wanted(index, size, tmp_path) for index, size in enumerate(sizes)))

    assert [len(request) for request in requests] == [MEMBERS_AT_ONCE, 1, 1, 1]


def test_a_spool_is_of_one_process_and_swept_when_that_is_dead(tmp_path: Path) -> None:
    mine, other = Spool(tmp_path, "c1"), Spool(tmp_path, "c1")
    (mine.folder / "member").write_bytes(b"plain")
    (other.folder / "member").write_bytes(b"plain")
    dead = tmp_path / "c1" / "1-dead"
    dead.mkdir()
    (dead / "member").write_bytes(b"plain")

    mine.close()
    Spool(tmp_path, "c2")

    assert [place.name for place in (tmp_path / "c1").iterdir()] == [other.folder.name]
    assert (other.folder / "member").exists()
    other.close()
    assert not (tmp_path / "c1").exists()
