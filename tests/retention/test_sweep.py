"""What was decided is deleted once no hold stands; what time alone brings about happens once."""
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests import people
from tests.retention.conftest import Hands, Searched, count, search_in

from sporhund.access import bases, sessions
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.cases import service as cases
from sporhund.errors import EnvironmentFault, Refused, WrongUsage
from sporhund.gallery import service as galleries
from sporhund.retention import review, service, sweep
from sporhund.retention.model import Swept
from sporhund.store import tables
from sporhund.store.ids import new_id

RESULTS = ("candidate", "decision", "link")


def _decided(searched: Searched, what: str = "results") -> str:
    proposed = service.propose(searched.case.id, what, basis=searched.basis if what == "results" else None,
                               why="afslag", **searched.as_("investigator", "investigator"))
    service.decide(proposed.id, delete=True, why="retten afslog", **searched.as_("supervisor", "supervisor"))
    return proposed.id


def test_results_go_and_the_search_and_the_log_stay(searched: Searched) -> None:
    deletion = _decided(searched)

    swept = sweep.sweep(**searched.hands)

    store, case = searched.hands["store"], searched.case.id
    assert swept.deleted == (deletion,)
    assert count(store, case, *RESULTS) == {"candidate": 0, "decision": 0, "link": 0}
    assert count(store, case, "search", "probe", "template") == {"search": 1, "probe": 1, "template": 1}
    with store.reader() as rows:
        probe = rows.execute(select(tables.probe).where(tables.probe.c.case_id == case)).one()
        gone = rows.scalar(select(tables.search.c.deleted_at).where(tables.search.c.case_id == case))
    assert (probe.picture, probe.vector, probe.path, probe.sha256) == (b"", None, b"", b"\1" * 32)
    assert gone == searched.hands["clock"].time
    first = next(event for event in reversed(audit.show(store, searched.hands["keys"], case)) if event.action == "deletion")
    assert first.payload is not None
    assert first.payload["rows"] == {"candidate": 2, "decision": 2, "link": 1, "probe": 1}


def test_a_deletion_waits_for_the_last_hold_and_then_happens(searched: Searched) -> None:
    chief = searched.as_("chief", "supervisor")
    holds = [cases.place_hold(searched.case.name, reason=why, **chief) for why in ("tiltale", "anke")]
    deletion = _decided(searched)

    waited = []
    for hold in holds:
        waited.append(sweep.sweep(**searched.hands))
        still = count(searched.hands["store"], searched.case.id, "candidate")
        cases.lift_hold(searched.case.name, hold.id, **searched.as_("chief", "supervisor"))
    after = sweep.sweep(**searched.hands)

    assert waited == [Swept(), Swept()]
    assert still == {"candidate": 2}
    assert after.deleted == (deletion,)
    assert count(searched.hands["store"], searched.case.id, "candidate") == {"candidate": 0}


def test_a_second_sweep_has_nothing_to_do_and_writes_nothing(searched: Searched) -> None:
    _decided(searched)
    sweep.sweep(**searched.hands)
    events = len(audit.show(searched.hands["store"], searched.hands["keys"], limit=10_000))

    assert sweep.sweep(**searched.hands) == Swept()

    assert len(audit.show(searched.hands["store"], searched.hands["keys"], limit=10_000)) == events


def test_a_deletion_that_was_cut_off_is_done_again(searched: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    deletion = _decided(searched)

    def killed(*words: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("sporhund.cases.traces.clear", killed)
        sweep.sweep(**searched.hands)

    assert sweep.sweep(**searched.hands).deleted == (deletion,)


def test_templates_go_with_their_clusters_and_matrices(searched: Searched) -> None:
    matrices = searched.hands["store"].settings.matrices / searched.case.id
    matrices.mkdir(parents=True)
    _decided(searched, "templates")

    sweep.sweep(**searched.hands)

    assert count(searched.hands["store"], searched.case.id, "template", "candidate") == {"template": 0, "candidate": 2}
    assert not matrices.exists()


def test_a_deleted_search_keeps_how_it_was_asked_and_nothing_of_what_it_found(searched: Searched) -> None:
    _decided(searched)

    sweep.sweep(**searched.hands)

    with searched.hands["store"].reader() as rows:
        kept = rows.scalar(select(tables.search.c.settings).where(tables.search.c.case_id == searched.case.id))
    assert kept == {"top": 20}


def test_matrices_that_somebody_makes_while_the_templates_go_do_not_stay(searched: Searched) -> None:
    store = searched.hands["store"]
    made = store.settings.matrices / searched.case.id / "base@1.matrix"
    _decided(searched, "templates")
    with ThreadPoolExecutor(1) as aside:
        with store.holding(galleries._lock(searched.case.id)):            # as a search does that is making them
            swept = aside.submit(sweep.sweep, **searched.hands)
            while count(store, searched.case.id, "template")["template"] and not swept.done():
                pass
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(b"of templates that it had read before")
        swept.result()

    assert not made.parent.exists()


def test_deciding_needs_a_signed_in_supervisor_of_the_case(searched: Searched) -> None:
    proposed = service.propose(searched.case.id, "templates", why="slettefrist", **searched.as_("investigator", "investigator"))

    for who, code in ((searched.as_("investigator", "investigator"), "not-allowed"),
                      ({**searched.hands, "actor": Actor("root")}, "sign-in-needed")):
        with pytest.raises(Refused) as said:
            service.decide(proposed.id, delete=True, why="x", **who)
        assert said.value.code == code
    assert sweep.sweep(**searched.hands) == Swept()
    assert count(searched.hands["store"], searched.case.id, "template") == {"template": 1}


def test_it_is_decided_once_and_with_a_reason(searched: Searched) -> None:
    proposed = service.propose(searched.case.id, "templates", why="slettefrist", **searched.as_("investigator", "investigator"))
    supervisor = searched.as_("supervisor", "supervisor")
    with pytest.raises(WrongUsage):
        service.decide(proposed.id, delete=False, why=" ", **supervisor)
    service.decide(proposed.id, delete=False, why="sagen lever", **supervisor)

    with pytest.raises(Refused) as said:
        service.decide(proposed.id, delete=True, why="alligevel", **supervisor)

    assert said.value.code == "decided-already"
    assert sweep.sweep(**searched.hands) == Swept()


def test_a_case_whose_day_is_over_is_proposed_once_and_erased_when_decided(searched: Searched, hands: Hands) -> None:
    supervisor = searched.as_("supervisor", "supervisor")
    service.set_ends(searched.case.id, date(2026, 3, 10), why="ny frist", **supervisor)
    hands["clock"].on(days=15)

    assert sweep.sweep(**hands).proposed == 1
    assert sweep.sweep(**hands) == Swept()
    matters, _ = review.matters(**supervisor)
    mine = [one for one in matters if one.case == searched.case.name]
    assert [(one.what, one.state) for one in mine if one.what != "basis"] == [("end-date", "over"), ("deletion", "proposed")]
    (put,) = (one for one in mine if one.deletion)
    assert put.takes["candidate"] == 2
    service.decide(str(put.deletion), delete=True, why="fristen er ude", **supervisor)

    assert sweep.sweep(**hands).deleted == (put.deletion,)

    with hands["store"].reader() as rows:
        assert rows.scalar(select(tables.case.c.state).where(tables.case.c.id == searched.case.id)) == "erased"
    assert not hands["keys"].has(searched.case.id)
    assert not audit.verify(hands["store"], hands["keys"]).problems


def test_an_erasure_that_a_table_in_use_cut_off_is_finished_by_the_next_sweep(
    searched: Searched, hands: Hands, monkeypatch: pytest.MonkeyPatch,
) -> None:
    _decided(searched, "case")

    def busy(*words: Any) -> None:
        raise EnvironmentFault("database-busy", "Somebody works on it.")

    with monkeypatch.context() as cut:
        cut.setattr("sporhund.cases.traces.clear", busy)
        (hands["store"].settings.home / "swept").unlink(missing_ok=True)
        sweep.at_start(**hands)
    left = hands["keys"].has(searched.case.id)

    swept = sweep.sweep(**hands)

    assert (left, swept.finished, hands["keys"].has(searched.case.id)) == (True, 1, False)
    assert sweep.sweep(**hands) == Swept()


def test_the_review_list_says_what_ends_what_is_sealed_and_what_stands_in_the_way(searched: Searched) -> None:
    supervisor = searched.as_("supervisor", "supervisor")
    hold = cases.place_hold(searched.case.name, reason="tiltale rejst", **supervisor)
    bases.end(searched.case.id, searched.basis, why="The case takes another way from here.", **supervisor)

    matters, _ = review.matters(**supervisor)

    (sealed,) = (one for one in matters if one.case == searched.case.name and one.what == "basis")
    assert (sealed.state, sealed.basis) == ("ended", searched.basis)
    assert sealed.holds == (f"{hold.id}: tiltale rejst (since {searched.hands['clock'].time:%Y-%m-%d})",)
    assert "retention propose" in sealed.do


def test_cases_of_others_are_counted_and_not_named(searched: Searched) -> None:
    stranger = Actor("stranger", "signed-in", "test", "u_stranger", frozenset({"supervisor"}), "default")

    matters, closed = review.matters(**{**searched.hands, "actor": stranger})

    assert searched.case.name not in [one.case for one in matters]
    assert closed >= 1


def test_sessions_that_are_over_are_forgotten(hands: Hands) -> None:
    made = people.signed_in(hands["store"], hands["keys"], hands["clock"], "sleeper", "investigator")
    token, _ = sessions.sign_in(made.name, people.PASSWORD, **hands)
    assert sweep.sweep(**hands) == Swept()
    hands["clock"].on(days=2)

    assert sweep.sweep(**hands).sessions == 1
    assert sessions.actor_of(token, host="test", store=hands["store"], clock=hands["clock"]) is None


def test_a_basis_that_ran_out_is_written_down_once(searched: Searched) -> None:
    searched.hands["clock"].on(days=40)

    assert sweep.sweep(**searched.hands).bases >= 1
    assert sweep.sweep(**searched.hands).bases == 0


def test_opening_a_home_sweeps_at_most_once_a_minute(searched: Searched) -> None:
    stamp = searched.hands["store"].settings.home / "swept"
    deletion = _decided(searched)
    stamp.write_text(searched.hands["clock"].time.isoformat())
    searched.hands["clock"].on(seconds=59)
    sweep.at_start(**searched.hands)
    waiting = count(searched.hands["store"], searched.case.id, "candidate")
    searched.hands["clock"].on(seconds=1)

    sweep.at_start(**searched.hands)

    assert waiting == {"candidate": 2}
    assert count(searched.hands["store"], searched.case.id, "candidate") == {"candidate": 0}
    assert deletion


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(["hold", "lift", "decide", "sweep", "start"]), min_size=3, max_size=9))
def test_whatever_is_done_in_whatever_order_nothing_goes_under_a_hold(hands: Hands, acts: list[str]) -> None:
    case = cases.create(new_id("J"), title="Drab", purpose="demonstration", **hands)
    searched = search_in(case, hands)
    proposed = service.propose(case.id, "results", basis=searched.basis, why="afslag", **hands)
    holds: list[str] = []
    decided = False
    for act in acts:
        before = count(hands["store"], case.id, "candidate")["candidate"]
        if act == "hold":
            holds.append(cases.place_hold(case.name, reason="anke", **hands).id)
        elif act == "lift" and holds:
            cases.lift_hold(case.name, holds.pop(), **hands)
        elif act == "decide" and not decided:
            service.decide(proposed.id, delete=True, why="retten afslog", **hands)
            decided = True
        elif act in ("sweep", "start"):
            hands["clock"].on(minutes=2)
            (sweep.sweep if act == "sweep" else sweep.at_start)(**hands)
            gone = count(hands["store"], case.id, "candidate")["candidate"] < before
            assert gone == (before > 0 and decided and not holds)
            continue
        assert count(hands["store"], case.id, "candidate")["candidate"] == before


def test_no_byte_of_deleted_results_is_left_in_the_home(hands: Hands) -> None:
    case = cases.create(new_id("J"), title="Drab", purpose="demonstration", **hands)
    words = {what: f"{what}-{secrets.token_hex(12)}".encode() for what in ("path", "vector", "note", "told")}
    searched = search_in(case, hands, secrets=words)
    with hands["store"].as_owner() as rows:
        rows.execute(text("analyze"))
    proposed = service.propose(case.id, "results", basis=searched.basis, why="afslag", **hands)
    before = _found(hands["store"].settings.home, words)
    service.decide(proposed.id, delete=True, why="retten afslog", **hands)

    sweep.sweep(**hands)

    assert before
    assert _found(hands["store"].settings.home, words) == set()


def _found(home: Path, wanted: dict[str, bytes]) -> set[str]:
    contents = [file.read_bytes() for file in home.rglob("*") if file.is_file() and not file.is_symlink()]
    return {name for name, value in wanted.items() if any(value in content for content in contents)}
