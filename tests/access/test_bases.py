"""Legal bases in a real database: recorded, authorised, refused, lapsed, continued; the clock under control."""
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.people import draft, join, live_basis, signed_in

from sporhund.access import authorise, bases, gate, policies, service, users
from sporhund.access.model import Basis, Scope, Standing
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases.model import Case
from sporhund.cases.service import create
from sporhund.errors import Refused, SporhundError
from sporhund.settings import Settings
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store, open_store

Hands = dict[str, Any]


@pytest.fixture
def case(hands: Hands) -> Case:
    return create(new_id("J"), title="A case", purpose="demonstration", **hands)


@pytest.fixture
def other(case: Case, store: Store, keys: Keys, clock: Any) -> Actor:
    """Another supervisor on the case."""
    return signed_in(store, keys, clock, "bo", "supervisor", case_id=case.id)


@pytest.fixture
def eu(store: Store, hands: Hands) -> Iterator[None]:
    """The EU policy holds in the shared home."""
    policies.choose("eu", **hands)
    yield
    policies.choose("dk", **hands)


def live(hands: Hands, case: Case, basis: str | None = None) -> str:
    """Code and message of what keeps faces from being compared; "live" where nothing does."""
    try:
        with hands["store"].reader() as rows:
            bases.require_live(rows, case.id, basis, at=hands["clock"].now())
    except SporhundError as said:
        return f"{said.code}: {said.message}"
    return "live"


def readable(hands: Hands, case: Case, basis: Basis) -> bool:
    try:
        with hands["store"].reader() as rows:
            bases.require_readable(rows, case.id, basis.id, at=hands["clock"].now())
    except Refused as said:
        assert said.code == "sealed"
        return False
    return True


def code_of(act: Any) -> str:
    with pytest.raises(SporhundError) as said:
        act()
    return said.value.code


def test_a_basis_comes_back_as_it_was_recorded_with_the_policy_it_stands_under(case: Case, hands: Hands, store: Store) -> None:
    scope = Scope(start=hands["clock"].now(), places=("Vestergade 4",), persons=("the man in the red coat",))
    basis = live_basis(case.id, scope=scope, **hands)

    with store.reader() as rows:
        assert bases.of_case(rows, case.id) == [basis]
        assert bases.require_live(rows, case.id, None, at=hands["clock"].now()) == basis
    assert basis.policy == policies.current(store.settings.home).stamp
    assert (basis.by, basis.assurance) == (hands["actor"].user, "signed-in")


def test_without_a_basis_the_message_says_that_there_is_none(case: Case, hands: Hands) -> None:
    assert live(hands, case) == "no-live-basis: No legal basis is recorded for this case."


def test_with_its_purpose_off_no_basis_is_recorded_and_none_is_live(hands: Hands) -> None:
    unit = new_id("unit")
    mine = hands | {"actor": replace(hands["actor"], unit=unit)}
    case = create(new_id("J"), title="A case", purpose="gang", **mine)
    off = code_of(lambda: bases.add(case.id, draft(hands["clock"]), **mine))
    live_basis(case.id, **mine)
    on = live(hands, case)
    service.disable("gang", unit=unit, **hands)

    assert (off, on) == ("purpose-off", "live")
    assert live(hands, case).startswith("purpose-off")


def test_a_case_about_things_compares_no_faces_under_any_basis(hands: Hands) -> None:
    case = create(new_id("J"), title="A case", purpose="objects", **hands)

    assert code_of(lambda: bases.add(case.id, draft(hands["clock"]), **hands)) == "purpose-without-templates"


def test_a_basis_of_another_case_is_refused_by_name(case: Case, hands: Hands) -> None:
    elsewhere = create(new_id("J"), title="Another", purpose="demonstration", **hands)
    basis = live_basis(elsewhere.id, **hands)

    assert live(hands, case, basis.id).startswith("basis-of-another-case")
    assert live(hands, case, "b_none").startswith("unknown-basis")


def test_a_basis_that_ends_while_a_search_runs_is_not_live_where_it_is_recorded(case: Case, hands: Hands, clock: Any) -> None:
    basis = live_basis(case.id, **hands)
    before = live(hands, case, basis.id)
    clock.on(days=30)
    with pytest.raises(Refused) as said, gate.act("faces search", case_id=case.id, **hands) as doing:
        bases.require_live(doing.rows, case.id, basis.id, at=doing.at)

    event = audit.show(hands["store"], hands["keys"], case.id, limit=1)[0]
    assert before == "live"
    assert f"{basis.id}: it ended on 2026-03-31 12:00 UTC" in said.value.message
    assert (event.action, event.outcome) == ("faces search", "refused")


def test_ended_by_a_person_nothing_new_is_done_and_results_are_sealed_until_another_continues_it(
    case: Case, hands: Hands, clock: Any,
) -> None:
    basis = live_basis(case.id, **hands)
    clock.on(hours=1)
    bases.end(case.id, basis.id, "The man was found by other means.", **hands)
    sealed = live(hands, case), readable(hands, case, basis)
    bases.add(case.id, draft(clock, continues=basis.id), **hands)

    assert sealed[0].endswith(f"{basis.id}: it was ended on 2026-03-01 13:00 UTC: The man was found by other means.")
    assert (sealed[1], live(hands, case), readable(hands, case, basis)) == (False, "live", True)
    assert code_of(lambda: bases.end(case.id, basis.id, "Once more for good measure.", **hands)) == "basis-over"


def test_where_one_was_asked_for_nothing_is_compared_until_it_is_granted(case: Case, hands: Hands, other: Actor) -> None:
    basis = live_basis(case.id, **hands)
    authorise.request(case.id, basis.id, authority="Retten i Aarhus", **hands)
    waiting = live(hands, case, basis.id)
    authorise.grant(case.id, basis.id, authority="Retten i Aarhus", note="SS 1-2026", **hands | {"actor": other})

    assert "has not been granted yet" in waiting
    assert live(hands, case, basis.id) == "live"
    with hands["store"].reader() as rows:
        assert [(s.step, s.by) for s in bases.steps(rows, case.id)] == [
            ("requested", hands["actor"].user), ("granted", other.user)]


def test_who_asked_does_not_answer_through_an_account_they_administer_either(case: Case, hands: Hands, store: Store) -> None:
    basis = live_basis(case.id, **hands)
    authorise.request(case.id, basis.id, authority="Retten", **hands)
    second = signed_in(store, hands["keys"], hands["clock"], "second", "supervisor", case_id=case.id)
    users.reset_password(second.name, "known to the officer", **hands)
    users.change_password("known to the officer", "not known any more", **hands | {"actor": second})

    for who in (hands["actor"], second):
        assert code_of(lambda who=who: authorise.grant(
            case.id, basis.id, authority="Retten", **hands | {"actor": who})) == "same-person"


def test_a_refusal_seals_for_good_and_says_who_refused(case: Case, hands: Hands, other: Actor) -> None:
    basis = live_basis(case.id, **hands)
    authorise.request(case.id, basis.id, authority="Retten i Aarhus", **hands)
    authorise.refuse(case.id, basis.id, authority="Retten i Aarhus", **hands | {"actor": other})

    assert live(hands, case).endswith(f"{basis.id}: authorisation was refused on 2026-03-01 12:00 UTC by Retten i Aarhus.")
    assert not readable(hands, case, basis)
    assert code_of(lambda: bases.add(case.id, draft(hands["clock"], continues=basis.id), **hands)) == "sealed-for-good"
    assert code_of(lambda: authorise.grant(case.id, basis.id, authority="R", **hands | {"actor": other})) == "basis-over"
    assert code_of(lambda: authorise.refuse(case.id, basis.id, authority="R", **hands | {"actor": other})) == "refused-already"


def test_a_grant_needs_a_request_and_an_authority_a_name(case: Case, hands: Hands, other: Actor) -> None:
    basis = live_basis(case.id, **hands)

    assert code_of(lambda: authorise.grant(case.id, basis.id, authority="R", **hands | {"actor": other})) == "not-requested"
    assert code_of(lambda: authorise.request(case.id, basis.id, authority=" ", **hands)) == "authority-missing"


@pytest.mark.usefixtures("eu")
def test_under_the_eu_policy_a_basis_lapses_after_48_hours_without_an_answer(case: Case, hands: Hands, clock: Any) -> None:
    basis = live_basis(case.id, **hands)
    clock.on(hours=47, minutes=59)
    in_time = live(hands, case), readable(hands, case, basis)
    clock.on(minutes=1)

    assert in_time == ("live", True)
    assert "lapsed on 2026-03-03 12:00 UTC" in live(hands, case)
    assert not readable(hands, case, basis)


@pytest.mark.usefixtures("eu")
def test_a_grant_in_time_stops_the_clock_and_one_too_late_is_refused(
    case: Case, hands: Hands, clock: Any, other: Actor,
) -> None:
    granted, late = live_basis(case.id, **hands), live_basis(case.id, **hands)
    authorise.grant(case.id, granted.id, authority="Retten", **hands | {"actor": other})
    clock.on(hours=48)

    assert live(hands, case, granted.id) == "live"
    assert code_of(lambda: authorise.grant(case.id, late.id, authority="Retten", **hands | {"actor": other})) == "basis-over"


@pytest.mark.usefixtures("eu")
def test_the_sweep_writes_each_lapse_once_and_proposes_a_deletion(case: Case, hands: Hands, store: Store, clock: Any) -> None:
    basis = live_basis(case.id, **hands)
    clock.on(hours=48)

    def swept() -> list[bases.Over]:
        return [over for over in bases.sweep(**hands) if over.basis.id == basis.id]

    first, second = swept(), swept()

    events = [e for e in audit.show(store, hands["keys"], case.id) if e.action == "basis lapsed"]
    with store.reader() as rows:
        d = tables.deletion.c
        proposed = rows.execute(select(d.what, d.basis_id, d.decided).where(d.case_id == case.id)).all()
    assert ([over.standing for over in first], second, len(events)) == ([Standing.LAPSED], [], 1)
    assert [tuple(row) for row in proposed] == [("results", basis.id, None)]


def test_two_sweeps_at_once_write_one_event(case: Case, hands: Hands, store: Store, clock: Any) -> None:
    live_basis(case.id, **hands)
    clock.on(days=31)
    workers = [threading.Thread(target=lambda: bases.sweep(**hands)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [e.action for e in audit.show(store, hands["keys"], case.id)].count("basis expired") == 1


@pytest.mark.usefixtures("eu")
def test_a_refusal_under_the_eu_policy_proposes_one_deletion_also_when_the_policy_has_changed_since(
    case: Case, hands: Hands, store: Store, other: Actor,
) -> None:
    basis = live_basis(case.id, **hands)
    policies.choose("dk", **hands)
    authorise.refuse(case.id, basis.id, authority="Retten", **hands | {"actor": other})
    bases.sweep(**hands)

    with store.reader() as rows:
        assert len(rows.scalars(select(tables.deletion.c.id).where(tables.deletion.c.case_id == case.id)).all()) == 1


def test_the_danish_policy_proposes_no_deletion(case: Case, hands: Hands, store: Store, other: Actor) -> None:
    basis = live_basis(case.id, **hands)
    authorise.request(case.id, basis.id, authority="Retten", **hands)
    authorise.refuse(case.id, basis.id, authority="Retten", **hands | {"actor": other})

    with store.reader() as rows:
        assert not rows.scalars(select(tables.deletion.c.id).where(tables.deletion.c.case_id == case.id)).all()


def test_nobody_reaches_through_a_basis_into_a_case_that_is_closed_to_them(case: Case, hands: Hands, other: Actor) -> None:
    closed = create(new_id("J"), title="Not bo's", purpose="demonstration", **hands)
    reach = draft(hands["clock"], scope=Scope(cases=(closed.id,)))
    refused = code_of(lambda: bases.add(case.id, reach, **hands | {"actor": other}))
    join(hands["store"], hands["clock"], closed.id, other)

    assert refused == "not-a-member"
    assert bases.add(case.id, reach, **hands | {"actor": other}).scope.cases == (closed.id,)
    nowhere = draft(hands["clock"], scope=Scope(cases=("c_none",)))
    assert code_of(lambda: bases.add(case.id, nowhere, **hands)) == "unknown-case"


def test_every_refused_act_on_a_basis_is_in_the_log(case: Case, hands: Hands, store: Store) -> None:
    examiner = signed_in(store, hands["keys"], hands["clock"], "ex", "examiner", case_id=case.id)
    code_of(lambda: bases.add(case.id, draft(hands["clock"]), **hands | {"actor": examiner}))
    code_of(lambda: bases.end(case.id, "b_none", "There is no such basis here.", **hands | {"actor": examiner}))

    events = audit.show(store, hands["keys"], case.id, limit=2)
    assert [(e.action, e.outcome, (e.payload or {})["code"]) for e in events] == [
        ("basis end", "refused", "not-allowed"), ("basis add", "refused", "not-allowed")]


def test_where_authorisation_is_always_asked_for_it_is_known_who_asks(tmp_path: Path, clock: Any) -> None:
    with open_store(Settings(tmp_path / "home")) as bare:
        local = {"store": bare, "keys": Keys(bare.settings.keys), "clock": clock, "actor": Actor("root", "local", "test")}
        case = create("J-1", title="A case", purpose="demonstration", **local)
        without_accounts = bases.add(case.id, draft(clock), **local)
        policies.choose("eu", **local)

        assert without_accounts.assurance == "local"
        assert code_of(lambda: bases.add(case.id, draft(clock), **local)) == "sign-in-needed"


def test_only_an_administrator_lets_another_policy_hold_and_it_is_logged(hands: Hands, other: Actor, store: Store) -> None:
    refused = code_of(lambda: policies.choose("eu", **hands | {"actor": other}))
    unknown = code_of(lambda: policies.choose("../eu", **hands))
    policies.choose("dk", **hands)

    event = next(e for e in audit.show(store, hands["keys"], limit=5) if e.action == "policy choose")
    assert (refused, unknown, policies.chosen(store.settings.home)) == ("not-allowed", "unknown-policy", "dk")
    assert (event.outcome, str((event.payload or {})["policy"])[:3]) == ("done", "dk@")


def test_an_agencys_own_policy_lies_beside_the_shipped_ones_and_its_bases_wait_for_their_authorisation(
    case: Case, hands: Hands, other: Actor, store: Store,
) -> None:
    folder = store.settings.home / "policies"
    folder.mkdir(exist_ok=True)
    (folder / "vest-2026.toml").write_text(
        'title = "Vest"\nnote = "n"\n[authorisation]\nneeded = "always"\nwhen = "before"\nlabel = "ours"\n'
        "refusal_proposes_deletion = false\n")
    try:
        policies.choose("vest-2026", **hands)
        basis = live_basis(case.id, **hands)
    finally:
        policies.choose("dk", **hands)
        (folder / "vest-2026.toml").unlink()
    waiting = live(hands, case)
    authorise.grant(case.id, basis.id, authority="Retten", **hands | {"actor": other})

    assert basis.policy.startswith("vest-2026@")
    assert "has not been granted yet" in waiting
    assert live(hands, case) == "live"
