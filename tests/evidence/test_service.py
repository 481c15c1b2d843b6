"""Taking in, against a real database and real files."""
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.evidence.conftest import TakeIn

from sporhund.errors import WrongUsage
from sporhund.evidence import account, service
from sporhund.evidence.model import Digests, State, Step, Trouble
from sporhund.evidence.service import NewMember
from sporhund.store import tables
from sporhund.store.service import Store


def states(store: Store, case_id: str) -> dict[bytes, State]:
    with store.transaction() as rows:
        return {file.path: file.state for file in account.status_files(rows, case_id, limit=1000).items}


def files_of(store: Store, case_id: str) -> int:
    o = tables.occurrence.c
    with store.transaction() as rows:
        return int(rows.scalar(select(func.count()).where(o.case_id == case_id)) or 0)


def test_equal_bytes_are_one_medium_and_the_second_file_is_a_duplicate(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    (tmp_path / "a").write_bytes(b"same")
    (tmp_path / "b").write_bytes(b"same")

    take(tmp_path)

    assert states(store, case_id) == {b"a": State.WAITING, b"b": State.DUPLICATE}


def test_media_lie_in_the_order_in_which_their_files_were_taken_in(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}").write_bytes(b"%d" % number)

    take(tmp_path)

    o = tables.occurrence.c
    with store.transaction() as rows:
        paths = rows.scalars(select(o.path).where(o.case_id == case_id).order_by(o.medium_id)).all()
    assert paths == sorted(paths)


def test_taking_in_the_same_folder_again_adds_no_file_and_reads_none(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    (tmp_path / "a").write_bytes(b"1")
    first = take(tmp_path)
    read: list[Step] = []

    second = take(tmp_path, report=read.append)

    assert second.occurrences == first.occurrences == second.resumed
    assert max(step.bytes_done for step in read) == 0


def test_a_folder_that_grew_gives_its_new_files_only(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    (tmp_path / "a").write_bytes(b"1")
    take(tmp_path)
    (tmp_path / "b").write_bytes(b"2")

    again = take(tmp_path)

    assert (len(again.occurrences), len(again.resumed)) == (2, 1)


def test_a_folder_below_one_that_is_known_gives_no_second_row(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a").write_bytes(b"1")
    take(tmp_path)

    take(tmp_path / "below")

    assert states(store, case_id) == {b"below/a": State.WAITING}


def test_the_same_file_under_another_exhibit_is_a_duplicate_there(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    (tmp_path / "a").write_bytes(b"1")
    take(tmp_path)
    take(tmp_path, exhibit="K2")

    with store.transaction() as rows:
        found = account.status_files(rows, case_id).items

    assert [(file.exhibit, file.state) for file in found] == [("K1", State.WAITING), ("K2", State.DUPLICATE)]


def test_a_file_whose_bytes_changed_fails_loudly_and_keeps_its_first_content(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    (tmp_path / "a").write_bytes(b"first")
    take(tmp_path)
    (tmp_path / "a").write_bytes(b"second")

    take(tmp_path)

    with store.transaction() as rows:
        (file,) = account.status_files(rows, case_id).items
        held = service.custody(rows, case_id, file.medium)
    assert (file.state, file.code) == (State.FAILED, "changed-since-intake")
    assert held[0].bytes == len(b"first")


def test_a_file_that_was_put_back_is_as_it_was(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    for content in (b"first", b"second", b"first"):
        (tmp_path / "a").write_bytes(content)
        take(tmp_path)

    assert states(store, case_id) == {b"a": State.WAITING}


def test_a_new_date_on_the_same_bytes_changes_nothing(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    (tmp_path / "a").write_bytes(b"1")
    take(tmp_path)
    os.utime(tmp_path / "a", (1, 1))
    take(tmp_path)

    again = take(tmp_path)

    assert len(again.resumed) == 1
    assert states(store, case_id) == {b"a": State.WAITING}


def test_a_file_that_could_not_be_read_is_tried_again(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    file = tmp_path / "a"
    file.symlink_to("nowhere")
    take(tmp_path)
    before = states(store, case_id)
    file.unlink()
    file.write_bytes(b"now there")

    take(tmp_path)

    assert before == {b"a": State.SKIPPED}
    assert states(store, case_id) == {b"a": State.WAITING}


def test_two_intakes_at_once_make_one_row_a_file(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    for number in range(300):
        (tmp_path / f"{number}").write_bytes(b"%d" % (number % 100))
    faults: list[BaseException] = []

    def run() -> None:
        try:
            take(tmp_path)
        except BaseException as fault:  # noqa: BLE001 - shown by the test
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    with store.transaction() as rows:
        found = account.account(rows, case_id)
    assert (found.seen, found.waiting, found.duplicate) == (300, 100, 200)


def test_every_kind_of_name_is_kept_to_the_byte(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    names = [b"bad_\xff\xfe", b"new\nline", b"-rf", b"\xe2\x80\xaegpj.exe", b"'; drop table x;--", b"a\\b"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(name)

    take(tmp_path, stated=lambda path: [{"what": "time", "value": "2024-01-01\0\udcff", "origin": "file-name"}])

    assert sorted(states(store, case_id)) == sorted(names)


def test_a_source_that_is_not_there_is_said_before_anything_is_written(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    with pytest.raises(WrongUsage) as said:
        take(tmp_path / "nowhere")

    assert said.value.code == "no-such-path"
    assert files_of(store, case_id) == 0


def test_members_of_an_archive_are_files_of_their_own(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    (tmp_path / "z.zip").write_bytes(b"PK")
    (tmp_path / "a").write_bytes(b"inside")
    taken = take(tmp_path)
    inside = Digests(*_digests(tmp_path / "a"))
    members = [
        NewMember(0, b"a", 6, inside), NewMember(1, b"a", 6, inside),
        NewMember(2, b"locked", 9, None, Trouble(State.FAILED, "encrypted", "needs a password")),
    ]

    service.add_members(case_id, taken.occurrences[1], members, store=store)
    service.add_members(case_id, taken.occurrences[1], members, store=store)

    assert states(store, case_id) == {
        b"a": State.WAITING, b"z.zip": State.WAITING, b"z.zip\0a": State.DUPLICATE, b"z.zip\0a\0" + b"1": State.DUPLICATE,
        b"z.zip\0locked": State.FAILED,
    }
    with store.transaction() as rows:
        assert account.account(rows, case_id, occurrences=[taken.occurrences[1]]).seen == 4


def _digests(path: Path) -> tuple[Any, ...]:
    found = service.digest(os.fsencode(path))
    return found.sha256, found.sha1, found.md5, found.bytes


def test_custody_says_who_took_a_medium_in_from_where_and_when(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    (tmp_path / "a").write_bytes(b"1")
    take(tmp_path)
    take(tmp_path, exhibit="K2")

    with store.transaction() as rows:
        medium = account.status_files(rows, case_id).items[0].medium
        held = service.custody(rows, case_id, medium)

    assert [(one.exhibit, one.original, one.taken_in_by, one.source) for one in held] == [
        ("K1", True, "officer", os.fsencode(tmp_path)), ("K2", False, "officer", os.fsencode(tmp_path))]


def test_status_pages_hold_every_file_once(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    for number in range(10):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
    take(tmp_path)

    seen, after = [], None
    with store.transaction() as rows:
        while True:
            page = account.status_files(rows, case_id, limit=3, after=after)
            seen += [file.path for file in page.items]
            after = page.next
            if after is None:
                break

    assert seen == [b"%d" % number for number in range(10)]


def test_files_are_listed_exhibit_by_exhibit_over_every_page(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    for label in ("K2", "K1", "k1", "Å"):
        (tmp_path / label).mkdir()
        for number in range(3):
            (tmp_path / label / f"{number}").write_bytes(b"%d" % number)
        take(tmp_path / label, exhibit=label)

    with store.transaction() as rows:
        pages, after = [], None
        while not pages or after is not None:
            page = account.status_files(rows, case_id, limit=2, after=after)
            pages += [(file.exhibit, file.path) for file in page.items]
            after = page.next
        streamed = [(file.exhibit, file.path) for file in account.each_file(rows, case_id)]

    assert pages == streamed and len(set(pages)) == 12


def test_every_file_of_some_is_listed_with_the_members_of_archives_once(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    taken = take(tmp_path)
    archive, member = taken.occurrences[:2]
    o = tables.occurrence
    with store.transaction() as rows:
        rows.execute(update(o).where(o.c.case_id == case_id, o.c.id == member).values(member_of=archive, member=0))
        listed = [file.occurrence for file in account.each_file(rows, case_id, occurrences=[archive, member])]
        below = [file.occurrence for file in account.each_file(rows, case_id, occurrences=[archive])]
        waiting = list(account.each_file(rows, case_id, states=[State.FAILED]))

    assert sorted(listed) == sorted(below) == sorted([archive, member]) and waiting == []


def test_an_unknown_file_among_videos_lies_among_a_cameras_files(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    for name in ("cam/1.mp4", "cam/2.dav", "cam/odd.bin", "cam/sub/deep.txt", "docs/1.txt", "docs/odd.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(name.encode())
    take(tmp_path)

    with store.transaction() as rows:
        media = {file.path: file.medium for file in account.status_files(rows, case_id).items}
        among = {path for path, medium in media.items() if account.among_camera_files(rows, case_id, medium)}

    assert among == {b"cam/odd.bin"}


def test_a_path_of_thousands_of_bytes_is_taken_in_and_listed(tmp_path: Path, take: TakeIn, store: Store, case_id: str) -> None:
    """An index entry of the database holds less than such a path."""
    place = tmp_path
    for _ in range(14):
        place = place / os.urandom(120).hex()
    place.mkdir(parents=True)
    (place / "note.txt").write_text("deep")

    take(tmp_path)
    again = take(tmp_path)

    assert len(again.resumed) == 1
    (path,) = states(store, case_id)
    assert path == os.fsencode(place.relative_to(tmp_path) / "note.txt")
    assert len(path) > 3000
