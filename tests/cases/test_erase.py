"""What is erased is gone from the whole home; that it was there and was erased stays."""
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.cases.conftest import Hands, Reviewed
from tests.people import OFFICER, make_account

from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import records, service
from sporhund.cases.erase import erase
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.service import take_in
from sporhund.settings import Settings
from sporhund.store import tables
from sporhund.store.service import Store, open_store


def test_a_hold_keeps_the_case_and_the_try_is_logged(reviewed: Reviewed, hands: Hands, store: Store) -> None:
    service.place_hold(reviewed.case.name, reason="anke", **hands)

    with pytest.raises(Refused) as said:
        erase(reviewed.case.name, reason="slettefrist", **hands)

    assert said.value.code == "held"
    last = audit.show(store, hands["keys"], reviewed.case.id, limit=1)[0]
    assert (last.action, last.outcome) == ("case erase", "refused")
    assert service.show(reviewed.case.name, **hands).account.seen == 3


def test_an_erasure_needs_a_reason(reviewed: Reviewed, hands: Hands) -> None:
    with pytest.raises(WrongUsage):
        erase(reviewed.case.name, reason="", **hands)


def test_an_erased_case_leaves_its_certificate_and_an_unbroken_chain(reviewed: Reviewed, hands: Hands, store: Store) -> None:
    reviewed.track(reviewed.run(), b"cam3/2.mp4", "face", [(1.0, 2, 3, 40, 50)])
    spool = store.settings.spool / reviewed.case.id
    spool.mkdir(parents=True)
    (spool / "member").write_bytes(b"a working copy")

    certificate = erase(reviewed.case.name, reason="slettefrist", **hands)

    assert (certificate.media, certificate.rows["occurrence"], certificate.rows["track"]) == (2, 3, 1)
    assert certificate.keys
    assert not spool.exists()
    audit.sequence(store)
    assert not audit.verify(store, hands["keys"]).problems
    with store.transaction() as rows:
        assert rows.scalar(select(func.count()).where(tables.medium.c.case_id == reviewed.case.id)) == 0
    with pytest.raises(Refused) as said:
        service.show(reviewed.case.name, **hands)
    assert said.value.code == "case-erased"


def test_an_erasure_that_was_cut_off_is_finished_by_giving_it_again(
    reviewed: Reviewed, hands: Hands, keys: Keys, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(self: Keys, case_id: str) -> tuple[str, ...]:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr(Keys, "destroy", killed)
        erase(reviewed.case.name, reason="slettefrist", **hands)
    left = keys.has(reviewed.case.id)

    erase(reviewed.case.name, reason="slettefrist", **hands)

    assert left
    assert not keys.has(reviewed.case.id)
    with pytest.raises(Refused):
        erase(reviewed.case.name, reason="slettefrist", **hands)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Store]:
    """A home of its own: every byte of it is searched."""
    with open_store(Settings(tmp_path / "home")) as opened:
        make_account(opened, OFFICER)
        yield opened


def test_no_byte_of_an_erased_case_is_left_in_the_home(home: Store, tmp_path: Path, clock: Any, actor: Actor) -> None:
    keys = Keys(home.settings.keys)
    hands: Hands = {"store": home, "keys": keys, "clock": clock, "actor": actor}
    secrets = [b"SECRETPATH", b"SECRETTITLE", b"SECRETREASON", b"SECRETLABEL"]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "SECRETPATH.mp4").write_bytes(b"evidence")
    case = service.create("J1", title="SECRETTITLE", purpose="objects", **hands)
    other = service.create("J2", title="a case that stays", purpose="objects", **hands)
    hold = service.place_hold("J1", reason="SECRETREASON", **hands)
    service.lift_hold("J1", hold.id, **hands)
    take_in(case.id, "SECRETLABEL", [tmp_path / "in"], **hands)
    take_in(other.id, "K1", [tmp_path / "in"], **hands)
    assert _found(home.settings.home, secrets)

    erase("J1", reason="slettefrist", **hands)

    erased_only = [b"SECRETTITLE", b"SECRETREASON", b"SECRETLABEL"]
    assert _found(home.settings.home, erased_only) == set()
    with home.transaction() as rows:
        assert records.row_counts(rows, other.id)["occurrence"] == 1


def _found(folder: Path, wanted: list[bytes]) -> set[bytes]:
    contents = [file.read_bytes() for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return {one for one in wanted if any(one in content for content in contents)}
