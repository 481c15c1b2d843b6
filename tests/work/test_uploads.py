"""A file that comes through the browser is whole and kept, or broken and said to be."""
import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from tests import people
from tests.work.conftest import Hands, write

from sporhund.audit import service as audit
from sporhund.cases.erase import erase, review
from sporhund.cases.model import Case
from sporhund.errors import EnvironmentFault, Refused, Unreadable, WrongUsage
from sporhund.store.service import Store
from sporhund.work import rules, unsent, upload_records, uploads
from sporhund.work.model import Came

FILM = b"one" * 100_000


@pytest.fixture
def batch() -> str:
    return uploads.new_batch()


def sent(case: Case, batch: str, hands: Hands, name: bytes = b"DCIM/1.mp4", content: bytes = FILM) -> uploads.Upload:
    begun = uploads.begin(case.id, batch, name, len(content), **hands)
    return write(case.id, begun.id, [content[at:at + 4096] for at in range(0, len(content), 4096)], **hands)


def home_of(case: Case, store: Store) -> set[str]:
    """Every file that lies in the case's uploads."""
    folder = store.settings.uploads / case.id
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_whole_file_is_kept_read_only_with_the_digest_of_what_came(case: Case, batch: str, hands: Hands, store: Store) -> None:
    came = sent(case, batch, hands)

    place = uploads.place_of(store.settings, came)
    assert (came.state, came.sha256) == (Came.WHOLE, hashlib.sha256(FILM).digest())
    assert place.read_bytes() == FILM
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in place.parents[:3]} == {0o700}
    assert home_of(case, store) == {f"{batch}/DCIM/1.mp4"}
    assert uploads.list_batch(case.id, batch, store=store) == [came]
    assert uploads.folder(case.id, batch, store=store) == (os.fsencode(store.settings.uploads / case.id / batch), 0)


def test_its_beginning_and_its_end_are_events_of_the_case(case: Case, batch: str, hands: Hands, store: Store) -> None:
    sent(case, batch, hands)

    whole, begun = audit.show(store, hands["keys"], case.id, limit=2)
    assert (begun.action, whole.action) == ("upload begin", "upload whole")
    assert whole.payload is not None and whole.payload["sha256"] == hashlib.sha256(FILM).hexdigest()


def test_an_upload_cut_in_half_is_removed_and_says_how_much_had_come(
    case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", len(FILM), **hands)

    with pytest.raises(Unreadable) as said:
        write(case.id, begun.id, [FILM[:1000]], **hands)

    (kept,) = uploads.list_batch(case.id, batch, store=store)
    assert said.value.code == "upload-cut"
    assert (kept.state, kept.received, kept.sha256) == (Came.BROKEN, 1000, None)
    assert home_of(case, store) == set()
    assert audit.show(store, hands["keys"], case.id, limit=1)[0].action == "upload broken"


def test_a_sender_that_goes_away_breaks_the_upload_and_it_can_be_sent_again(
    case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    def leaving() -> Iterator[bytes]:
        yield FILM[:500]
        raise ConnectionResetError(errno.ECONNRESET, "gone")

    begun = uploads.begin(case.id, batch, b"1.mp4", len(FILM), **hands)
    with pytest.raises(EnvironmentFault):
        write(case.id, begun.id, leaving(), **hands)

    again = sent(case, batch, hands, b"1.mp4")

    assert again.state is Came.WHOLE
    assert [(one.state, one.received) for one in uploads.list_batch(case.id, batch, store=store)] == [
        (Came.BROKEN, 500), (Came.WHOLE, len(FILM))]


def test_a_full_disk_keeps_nothing_half_and_says_so(
    case: Case, batch: str, hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = sent(case, batch, hands, b"whole.mp4")
    begun = uploads.begin(case.id, batch, b"1.mp4", len(FILM), **hands)

    def full(handle: int, block: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk, pytest.raises(EnvironmentFault) as said:
        disk.setattr(uploads.os, "write", full)
        write(case.id, begun.id, [FILM], **hands)

    assert said.value.code == "disk-full"
    assert home_of(case, store) == {f"{batch}/whole.mp4"}
    assert uploads.place_of(store.settings, before).read_bytes() == FILM


def test_more_than_the_disk_holds_is_refused_before_it_is_sent(case: Case, batch: str, hands: Hands, store: Store) -> None:
    with pytest.raises(EnvironmentFault) as said:
        uploads.begin(case.id, batch, b"1.mp4", 1 << 60, **hands)

    assert said.value.code == "disk-full"
    assert uploads.list_batch(case.id, batch, store=store) == []


def test_more_bytes_than_were_announced_break_the_upload(case: Case, batch: str, hands: Hands, store: Store) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", 10, **hands)

    with pytest.raises(Unreadable) as said:
        write(case.id, begun.id, [b"12345678901"], **hands)

    assert said.value.code == "upload-longer"
    assert home_of(case, store) == set()


class Disk:
    """A disk on which so much is free."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
        self.free = free
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=self.free))


def test_what_is_still_to_come_of_other_files_is_no_room_for_the_next(
    case: Case, batch: str, hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    with store.transaction() as rows:
        others = sum(one.size for one in upload_records.all_receiving(rows))
    disk = Disk(monkeypatch, uploads.SPARE_BYTES + others + 250)
    first = uploads.begin(case.id, batch, b"1.mp4", 100, **hands)
    uploads.begin(case.id, batch, b"2.mp4", 100, **hands)

    with pytest.raises(EnvironmentFault) as said:
        uploads.begin(case.id, batch, b"3.mp4", 100, **hands)
    with uploads.receive(case.id, first.id, **hands) as into:
        into.take(b"x" * 100)
        disk.free -= 100
        uploads.begin(case.id, batch, b"4.mp4", 50, **hands)        # what lies on the disk is not to come any more

    assert said.value.code == "disk-full"


def test_a_disk_that_others_fill_breaks_the_upload_before_the_database_has_no_room(
    case: Case, batch: str, hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "LOOK_EVERY", 1000)
    begun = uploads.begin(case.id, batch, b"1.mp4", 3000, **hands)
    disk = Disk(monkeypatch, uploads.SPARE_BYTES)

    with pytest.raises(EnvironmentFault) as said, uploads.receive(case.id, begun.id, **hands) as into:
        into.take(b"x" * 1500)
        disk.free -= 1
        into.take(b"x" * 400)
        into.take(b"x" * 200)

    assert said.value.code == "disk-full"
    assert uploads.show(case.id, begun.id, store=store).received == 1900
    assert home_of(case, store) == set()


@pytest.mark.parametrize("name", [
    b"../1.mp4", b"a/../../1.mp4", b"/etc/passwd", b"", b"/", b"a\0b", b"..", b"x" * 300, b"a/" * 1100])
def test_a_name_that_leads_elsewhere_or_cannot_be_kept_is_refused(case: Case, batch: str, hands: Hands, name: bytes) -> None:
    with pytest.raises(WrongUsage) as said:
        uploads.begin(case.id, batch, name, 10, **hands)

    assert said.value.code == "bad-name"


@given(some.lists(some.sampled_from([b"a", b"..", b".", b"", b"\xff", b"b c"]), max_size=6).map(b"/".join))
def test_every_name_that_is_taken_stays_below_its_batch(said: bytes) -> None:
    try:
        name = rules.check_name(said)
    except WrongUsage:
        return

    assert os.path.normpath(b"/batch/" + name) == b"/batch/" + name


def test_a_second_file_of_one_name_is_refused_and_the_first_stays(case: Case, batch: str, hands: Hands, store: Store) -> None:
    first = sent(case, batch, hands, b"1.mp4")

    with pytest.raises(Refused) as said:
        sent(case, batch, hands, b"1.mp4", b"other")
    with pytest.raises(Refused):
        sent(case, batch, hands, b"1.mp4/inside.mp4", b"other")

    assert said.value.code == "name-taken"
    assert uploads.place_of(store.settings, first).read_bytes() == FILM


def test_a_batch_is_not_taken_in_while_files_of_it_are_coming(case: Case, batch: str, hands: Hands, store: Store) -> None:
    sent(case, batch, hands, b"1.mp4")
    late = uploads.begin(case.id, batch, b"2.mp4", 10, **hands)

    with pytest.raises(Refused):
        uploads.folder(case.id, batch, store=store)
    unsent.give_up(case.id, late.id, **hands)

    assert uploads.folder(case.id, batch, store=store)[1] == 1


def test_what_was_coming_when_a_server_died_is_broken_at_the_next_start(
    case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", len(FILM), **hands)
    part = uploads.part_of(store.settings, begun)
    part.parent.mkdir(parents=True)
    part.write_bytes(FILM[:700])                       # nobody holds its lock

    unsent.tidy(**hands)

    (kept,) = uploads.list_batch(case.id, batch, store=store)
    assert (kept.state, kept.received) == (Came.BROKEN, 700)
    assert home_of(case, store) == set()


def test_what_a_living_server_receives_is_left_alone(case: Case, batch: str, hands: Hands, store: Store) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", 6, **hands)

    with uploads.receive(case.id, begun.id, **hands) as into:
        into.take(b"abc")
        unsent.tidy(**hands)
        with pytest.raises(Refused) as said, uploads.receive(case.id, begun.id, **hands):
            pass
        into.take(b"def")

    assert said.value.code == "upload-under-way"
    assert into.upload.state is Came.WHOLE


@pytest.mark.parametrize(("module", "moment"), [(os, "open"), (fcntl, "flock")])
def test_a_second_sender_who_comes_as_the_first_ends_never_touches_the_original(
    module: ModuleType, moment: str, case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    """Just before it opens the part, and just before it locks what it opened: the whole file is a link to the same bytes."""
    begun = uploads.begin(case.id, batch, b"1.mp4", len(FILM), **hands)
    first = contextlib.ExitStack()
    first.enter_context(uploads.receive(case.id, begun.id, **hands)).take(FILM)
    meant = getattr(module, moment)

    def after_the_first_ended(*args: Any) -> Any:
        late.undo()
        first.close()
        return meant(*args)

    with pytest.MonkeyPatch.context() as late, pytest.raises(Refused) as said:
        late.setattr(module, moment, after_the_first_ended)
        with uploads.receive(case.id, begun.id, **hands) as second:
            second.take(b"xx")

    whole = uploads.show(case.id, begun.id, store=store)
    assert said.value.code == "upload-over"
    assert whole.state is Came.WHOLE
    assert uploads.place_of(store.settings, whole).read_bytes() == FILM
    assert home_of(case, store) == {f"{batch}/1.mp4"}


def test_a_file_is_not_whole_while_somebody_gives_it_up(
    case: Case, batch: str, hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else what is removed as a part could be the original."""
    begun = uploads.begin(case.id, batch, b"1.mp4", 10, **hands)
    ended: list[bool] = []

    def dropping(*lay: Any) -> int:
        with pytest.raises(EnvironmentFault), store.transaction() as rows:
            rows.execute(text("set local lock_timeout = '100ms'"))
            ended.append(upload_records.end(rows, begun, state=Came.WHOLE, received=10, sha256=bytes(32)))
        return 0

    monkeypatch.setattr(unsent, "_drop", dropping)

    assert unsent.give_up(case.id, begun.id, **hands).state is Came.BROKEN
    assert ended == []


def test_a_file_placed_by_a_server_that_died_before_its_row_was_kept_is_taken_back(
    case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", 3, **hands)
    part, final = uploads.part_of(store.settings, begun), uploads.place_of(store.settings, begun)
    part.parent.mkdir(parents=True)
    final.parent.mkdir(parents=True)
    part.write_bytes(b"abc")
    os.link(part, final)

    unsent.tidy(**hands)

    assert uploads.list_batch(case.id, batch, store=store)[0].state is Came.BROKEN
    assert home_of(case, store) == set()


def test_only_members_upload(case: Case, batch: str, hands: Hands, store: Store) -> None:
    stranger = people.signed_in(store, hands["keys"], hands["clock"], "stranger", "investigator")

    with pytest.raises(Refused) as said:
        uploads.begin(case.id, batch, b"1.mp4", 10, **{**hands, "actor": stranger})

    assert said.value.code == "not-a-member"


def test_an_erased_case_leaves_no_upload(case: Case, batch: str, hands: Hands, store: Store) -> None:
    sent(case, batch, hands)
    coming = uploads.begin(case.id, batch, b"2.mp4", 10, **hands)

    with pytest.raises(Refused), uploads.receive(case.id, coming.id, **hands) as into:
        into.take(b"12345")
        listed = review(case.name, **hands)
        certificate = erase(case.name, reason="slettefrist", **hands)
        into.take(b"67890")

    assert listed.rows["upload"] == certificate.rows["upload"] == 2
    assert not (store.settings.uploads / case.id).exists()


def test_a_name_in_no_encoding_is_kept_byte_by_byte(case: Case, batch: str, hands: Hands, store: Store) -> None:
    came = sent(case, batch, hands, b"film \xff.mp4")

    assert uploads.place_of(store.settings, came) == Path(os.fsdecode(
        os.fsencode(store.settings.uploads / case.id / batch) + b"/film \xff.mp4"))
    assert uploads.place_of(store.settings, came).exists()


def events_of(case: Case, hands: Hands) -> list[str]:
    return [event.action for event in audit.show(hands["store"], hands["keys"], case.id, limit=10)]


def test_a_file_that_was_announced_and_never_sent_holds_its_batch_up_for_minutes_only(
    case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    whole = sent(case, batch, hands, b"1.mp4")
    uploads.begin(case.id, batch, b"2.mp4", 10, **hands)

    unsent.let_go(**hands)
    early = [one.state for one in uploads.list_batch(case.id, batch, store=store)]
    hands["clock"].on(minutes=6)
    unsent.let_go(**hands)

    assert early == [Came.WHOLE, Came.RECEIVING]
    assert unsent.let_go(**hands) == 0
    assert uploads.folder(case.id, batch, store=store)[1] == 1
    assert uploads.place_of(store.settings, whole).read_bytes() == FILM
    assert events_of(case, hands)[0] == "upload broken"


def test_a_file_that_takes_long_is_still_coming(case: Case, batch: str, hands: Hands, store: Store) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", 6, **hands)

    with uploads.receive(case.id, begun.id, **hands) as into:
        into.take(b"abc")
        hands["clock"].on(hours=3)
        assert unsent.let_go(**hands) == 0
        with pytest.raises(Refused) as said:
            unsent.give_up(case.id, begun.id, **hands)
        into.take(b"def")

    assert said.value.code == "upload-under-way"
    assert into.upload.state is Came.WHOLE


def test_what_lies_here_of_a_file_whose_sender_is_gone_goes_when_it_is_given_up(
    case: Case, batch: str, hands: Hands, store: Store,
) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", len(FILM), **hands)
    part = uploads.part_of(store.settings, begun)
    part.parent.mkdir(parents=True)
    part.write_bytes(FILM[:700])

    gone = unsent.give_up(case.id, begun.id, **hands)

    assert (gone.state, gone.received) == (Came.BROKEN, 700)
    assert home_of(case, store) == set()


def test_what_is_no_part_of_an_upload_keeps_nobody_from_tidying(
    case: Case, batch: str, hands: Hands, store: Store, tmp_path: Path,
) -> None:
    begun = uploads.begin(case.id, batch, b"1.mp4", 10, **hands)
    part = uploads.part_of(store.settings, begun)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"abc")
    (tmp_path / "elsewhere").write_bytes(b"untouched")
    part.with_name("a-link").symlink_to(tmp_path / "elsewhere")
    part.with_name("a-folder").mkdir()
    os.mkfifo(part.with_name("a-pipe"))

    unsent.tidy(**hands)

    assert uploads.list_batch(case.id, batch, store=store)[0].state is Came.BROKEN
    assert (tmp_path / "elsewhere").read_bytes() == b"untouched"
    part.with_name("a-folder").rmdir()
    part.with_name("a-link").unlink()


def test_what_a_backup_does_not_hold_is_counted(case: Case, batch: str, hands: Hands, store: Store) -> None:
    files, size = uploads.held(store.settings)
    sent(case, batch, hands)
    begun = uploads.begin(case.id, batch, b"2.mp4", 10, **hands)

    with uploads.receive(case.id, begun.id, **hands) as into:
        into.take(b"12345")
        counted = uploads.held(store.settings)
        into.take(b"67890")

    assert counted == (files + 1, size + len(FILM))
