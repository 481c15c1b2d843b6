"""What is erased is gone from the whole home; that it was there and was erased stays."""
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from tests import people
from tests.cases.conftest import Hands, Reviewed
from tests.people import OFFICER, make_account
from tests.work.conftest import write

from sporhund.access import bases
from sporhund.access.model import Scope
from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import records, service
from sporhund.cases.erase import erase
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.service import take_in
from sporhund.identify import checklist, decisions, identities
from sporhund.settings import Settings
from sporhund.store import tables
from sporhund.store.service import Store, open_store
from sporhund.work import uploads


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
    previews = store.settings.previews / reviewed.case.id
    (previews / "ab").mkdir(parents=True)
    (previews / "ab" / "abcd").write_bytes(b"a sealed picture")

    certificate = erase(reviewed.case.name, reason="slettefrist", **hands)

    assert (certificate.media, certificate.rows["occurrence"], certificate.rows["track"]) == (2, 3, 1)
    assert certificate.keys
    assert not spool.exists() and not previews.exists()
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
    words = [b"SECRETPATH", b"SECRETTITLE", b"SECRETREASON", b"SECRETLABEL", b"SECRETUPLOAD"]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "SECRETPATH.mp4").write_bytes(b"evidence")
    case = service.create("J1", title="SECRETTITLE", purpose="objects", **hands)
    other = service.create("J2", title="a case that stays", purpose="objects", **hands)
    hold = service.place_hold("J1", reason="SECRETREASON", **hands)
    service.lift_hold("J1", hold.id, **hands)
    take_in(case.id, "SECRETLABEL", [tmp_path / "in"], **hands)
    take_in(other.id, "K1", [tmp_path / "in"], **hands)
    sent = uploads.begin(case.id, uploads.new_batch(), b"SECRETNAME.mp4", 12, **hands)
    write(case.id, sent.id, [b"SECRETUPLOAD"], **hands)
    assert b"SECRETUPLOAD" in _found(home.settings.home, words)

    erase("J1", reason="slettefrist", **hands)

    erased_only = [b"SECRETTITLE", b"SECRETREASON", b"SECRETLABEL", b"SECRETNAME", b"SECRETUPLOAD"]
    assert _found(home.settings.home, erased_only) == set()
    with home.transaction() as rows:
        assert records.row_counts(rows, other.id)["occurrence"] == 1


@dataclass(frozen=True)
class Whole:
    """A home in which one case went the whole way, and what was planted in it."""

    home: Path
    place: Sporhund
    planted: dict[str, bytes]
    templates: list[bytes]
    other: str                 #: id of a case that stays

    def found(self) -> set[str]:
        """What of all this lies anywhere in the home: database files, write-ahead log, keys, matrices, spool."""
        named = {**self.planted, **{f"template {place}": vector for place, vector in enumerate(self.templates)}}
        there = _found(self.home, list(named.values()))
        return {name for name, value in named.items() if value in there}


@pytest.fixture
def whole(tmp_path: Path, base_pack: Path, shared: Path, clock: Any) -> Iterator[Whole]:
    """Analysed, clustered, searched, decided on, named, joined, known: with values that no compression shortens."""
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    (home / "models" / base_pack.name).symlink_to(base_pack)
    planted = {what: f"{what}-{secrets.token_hex(16)}" for what in (
        "title", "file", "exhibit", "camera", "place", "reason", "journal", "probe", "note", "name", "subject", "known", "remark",
        "mark", "secure", "hold", "document", "person", "why")}
    crop = secrets.token_bytes(64)                                    # behind the picture's end: nothing a decoder minds
    picture = (shared / "data/video/lin-manuel-miranda.png").read_bytes()
    (tmp_path / f"{planted['probe']}.png").write_bytes(picture + crop)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{planted['file']}.png").write_bytes(picture)
    (tmp_path / "in" / "clip.mp4").write_bytes((shared / "data/video/two_people_conference.mp4").read_bytes())
    with Sporhund(home, actor=OFFICER, clock=clock) as place:
        people.make_account(place.store, OFFICER)
        other = _whole_way(place, tmp_path, planted, shared / "data/video/alex-lacamoire.png")
        with place.store.as_owner() as rows:
            rows.execute(text("analyze"))                             # statistics hold values of columns too
        with place.store.reader() as rows:
            templates = [bytes(one) for one in rows.scalars(select(tables.template.c.vector))]
        yield Whole(home, place, {name: value.encode() for name, value in planted.items()} | {"crop": crop}, templates, other)


def _whole_way(place: Sporhund, folder: Path, planted: dict[str, str], foreign: Path) -> str:
    """The id of the case that stays, in which somebody searched the one that will be erased with a picture of its own."""
    place.create_case("J1", title=planted["title"], purpose="demonstration")
    place.create_case("J2", title="a case that stays", purpose="demonstration")
    one, other = place.case("J1"), place.case("J2")
    for case in (one, other):
        people.join(place.store, place.clock, case.id, OFFICER)
    one.add_camera(planted["camera"], place=planted["place"], files="*.mp4")
    one.analyse([folder / "in"], exhibit=planted["exhibit"], workers=1)
    basis = bases.add(one.id, people.draft(
        place.clock, journal=planted["journal"], reason=f"A man was killed: {planted['reason']}.",
        scope=Scope(persons=(planted["person"],))), **place.hands).id
    one.faces.clusters()
    probe = folder / f"{planted['probe']}.png"
    candidate = one.faces.search([probe], basis=basis)["candidates"][0]
    link = _linked(place, one.id, candidate["candidate"], planted["note"])
    identity = one.decisions.enter_identity(name=planted["name"], role="victim", certainty="fact", link=link)["identity"]
    second = people.signed_in(place.store, place.keys, place.clock, "second", "investigator", case_id=one.id)
    identities.confirm(one.id, identity, **{**place.hands, "actor": second})
    one.decisions.add_ground(document=planted["document"], authority="Politiet", officer="PB Jensen", dated=date(2026, 2, 1),
                             tracks=[candidate["track"]])
    one.viewing.mark([candidate["track"]], planted["mark"])
    one.viewing.secure(planted["camera"], "2026-01-31T22:00:00", "2026-01-31T23:00:00", note=planted["secure"])
    one.persons.add_subject([candidate["track"]], label=planted["subject"], note=planted["remark"])
    known = one.persons.enrol_linked(link, label=planted["known"])["known"]
    one.analyse([folder / "in"], exhibit=planted["exhibit"], workers=1)           # and is looked for
    assert one.persons.known_hits()["items"]
    one.persons.remove_known(known, why=planted["why"])
    one.persons.enrol_pictures([probe], basis=basis, label=planted["known"])
    lifted = one.hold(reason=planted["hold"])["hold"]
    one.hold(lift=lifted)
    reaching = bases.add(other.id, people.draft(place.clock, scope=Scope(cases=(one.id,))), **place.hands).id
    assert other.faces.search([foreign], basis=reaching, scope="all")["candidates"]
    return other.id


def _linked(place: Sporhund, case_id: str, candidate: str, note: str) -> str:
    """Two examiners say the same; the link's id."""
    for name in ("first", "other"):
        examiner = people.signed_in(place.store, place.keys, place.clock, name, "examiner", case_id=case_id)
        seen = checklist.spoken(["ears=similar", "nose=similar"])
        said = decisions.decide(case_id, candidate, said="same", seen=seen, note=note, **{**place.hands, "actor": examiner})
    assert said.link is not None
    return said.link


def test_of_a_case_that_went_the_whole_way_nothing_is_left_in_any_byte_of_the_home(whole: Whole) -> None:
    before = whole.found()
    in_columns = {"title", "exhibit", "camera", "place", "journal", "reason", "name", "subject", "remark", "document", "note",
                  "mark", "secure"}
    assert in_columns <= _said_by_sql(whole)                            # pages that are not written yet are in no file
    assert len(before & in_columns) > len(in_columns) / 2
    assert {name for name in before if name.startswith("template")}
    assert "crop" not in before                                         # probes are sealed even while the case lives

    listed = whole.place.erasure("J1")
    certificate = whole.place.case("J1").erase(reason="slettefrist")

    assert whole.found() == set()
    assert certificate["rows"]["template"] == len(whole.templates)
    assert certificate["elsewhere"]["candidate"] >= 1
    assert (listed["rows"]["template"], listed["elsewhere"], listed["holds"]) == (
        len(whole.templates), certificate["elsewhere"], [])
    assert _said_by_sql(whole) == set()
    assert [folder.name for folder in whole.place.settings.matrices.iterdir()] == [whole.other]
    verified = whole.place.audit_verify()
    assert (verified["ok"], verified["problems"]) == (True, [])
    with whole.place.store.reader() as rows:
        m = tables.member.c
        assert rows.scalar(select(func.count()).where(m.removed_at.is_(None), m.case_id != whole.other)) == 0
        assert records.row_counts(rows, whole.other)["search"] == 1


def _said_by_sql(whole: Whole) -> set[str]:
    """What of the planted words any table still says, compressed or not."""
    found: set[str] = set()
    with whole.place.store.reader() as rows:
        for table in tables.metadata.sorted_tables:
            said = "\n".join(str(row) for row in rows.execute(select(table)))
            found |= {name for name, value in whole.planted.items() if name != "crop" and value.decode() in said}
    return found


def test_a_candidate_that_people_of_another_case_decided_on_stays_and_is_reported(home: Store, clock: Any) -> None:
    hands: Hands = {"store": home, "keys": Keys(home.settings.keys), "clock": clock, "actor": OFFICER}
    gone, stays = (service.create(name, title="x", purpose="demonstration", **hands) for name in ("J1", "J2"))
    for case in (gone, stays):
        people.join(home, clock, case.id, OFFICER)
    basis = people.live_basis(stays.id, **hands).id
    with home.transaction() as rows:
        rows.execute(insert(tables.search).values(
            case_id=stays.id, id="q", basis_id=basis, pack="base@1", scope="all", outcome="done", gallery={}, settings={}, by="u",
            at=clock.now()))
        for rank, key in enumerate(("decided", "open"), 1):
            rows.execute(insert(tables.candidate).values(
                case_id=stays.id, id=key, search_id="q", rank=rank, track_case=gone.id, track_id="t", medium_id="m", t=1.0,
                box=[], score=0.5, also=[], warnings=[]))
        rows.execute(insert(tables.decision).values(
            case_id=stays.id, id="x", candidate_id="decided", place=1, examiner="u", value="same", meaning="same", scale="",
            checklist={}, note="", at=clock.now()))

    certificate = erase("J1", reason="slettefrist", **hands)

    assert certificate.elsewhere == {"candidate": 1}
    assert any("in the case J2 1 candidates name its tracks and stay" in said for said in certificate.remains)
    with home.reader() as rows:
        assert rows.scalars(select(tables.candidate.c.id).where(tables.candidate.c.case_id == stays.id)).all() == ["decided"]


def test_only_a_supervisor_of_the_case_erases_it(home: Store, clock: Any) -> None:
    keys = Keys(home.settings.keys)
    hands: Hands = {"store": home, "keys": keys, "clock": clock, "actor": OFFICER}
    case = service.create("J1", title="x", purpose="demonstration", **hands)
    people.join(home, clock, case.id, OFFICER)
    for roles, of, code in ((("investigator",), case.id, "not-allowed"), (("supervisor",), None, "not-a-member")):
        somebody = people.signed_in(home, keys, clock, "somebody", *roles, case_id=of)
        with pytest.raises(Refused) as said:
            erase("J1", reason="slettefrist", **{**hands, "actor": somebody})
        assert said.value.code == code
    assert keys.has(case.id)


def _found(folder: Path, wanted: list[bytes]) -> set[bytes]:
    contents = [file.read_bytes() for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return {one for one in wanted if any(one in content for content in contents)}
