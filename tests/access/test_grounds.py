"""How a basis stands, what a continuation reopens, and what cannot be taken back."""
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.access import grounds, offences, policies
from sporhund.access.model import Basis, Denied, Draft, Needed, Scope, Standing
from sporhund.access.rules import standing
from sporhund.errors import EnvironmentFault, Refused, WrongUsage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
hours = st.integers(-200, 200).map(lambda n: NOON + timedelta(hours=n))
ORDER = [Standing.NOT_YET, Standing.WAITING, Standing.LIVE, Standing.EXPIRED, Standing.ENDED, Standing.LAPSED, Standing.REFUSED]
DK, EU = (policies.parsed(name, (policies.resources.files("sporhund.access") / f"data/policies/{name}.toml").read_bytes())
          for name in policies.SHIPPED)


def basis(key: str = "b", **changed: object) -> Basis:
    whole: dict[str, object] = {
        "id": key, "case_id": "c", "purpose": "demonstration", "offence": "stl-237", "journal": "1", "reason": "r",
        "necessity": "n", "proportionality": "p", "scope": Scope(), "valid_from": NOON,
        "valid_until": NOON + timedelta(hours=100), "granted_by": "x", "policy": "dk@1", "authorisation": "none",
        "authorise_before": None, "continues": None, "by": "u", "assurance": "signed-in", "at": NOON}
    return Basis(**whole | changed)  # type: ignore[arg-type]


@st.composite
def rows(draw: st.DrawFn, key: str = "b") -> Basis:
    start = draw(hours)
    return basis(
        key, valid_from=start, valid_until=start + timedelta(hours=draw(st.integers(1, 200))),
        authorisation=draw(st.sampled_from(["none", "requested", "granted", "refused"])),
        authorise_before=draw(st.none() | hours), ended_at=draw(st.none() | hours), ended_why="because")


@given(rows(), hours, hours)
def test_a_row_that_nobody_touches_goes_one_way_as_time_goes_on(row: Basis, one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))

    assert ORDER.index(standing(row, early)) <= ORDER.index(standing(row, late))


@given(rows(), hours)
def test_it_is_live_in_its_time_alone_and_never_refused_ended_or_unanswered(row: Basis, at: datetime) -> None:
    open_request = row.authorisation == "requested" and (row.authorise_before is None or at >= row.authorise_before)
    within = row.valid_from <= at < row.valid_until and not (row.ended_at is not None and at >= row.ended_at)

    assert (standing(row, at) is Standing.LIVE) == (within and row.authorisation != "refused" and not open_request)


@given(rows(), hours, st.lists(rows("n"), max_size=3))
def test_a_refusal_and_a_lapse_are_final_whatever_comes_after(row: Basis, at: datetime, later: list[Basis]) -> None:
    others = [replace(one, id=f"n{n}", continues=row.id) for n, one in enumerate(later)]

    if standing(row, at) in grounds.FINAL:
        assert not grounds.readable(row, others, at)
        assert isinstance(grounds.may_grant(row, at, same_person=False), Denied)
        with pytest.raises(Refused):
            grounds.may_continue(row, at)


@given(rows(), rows("n"), hours)
def test_what_is_over_is_readable_again_only_while_a_live_one_continues_it(row: Basis, new: Basis, at: datetime) -> None:
    stands = standing(row, at)
    expected = stands is Standing.LIVE or (stands in grounds.OVER and standing(new, at) is Standing.LIVE)

    assert grounds.readable(row, [row, replace(new, continues=row.id)], at) == expected
    assert grounds.readable(row, [row, new], at) == (stands is Standing.LIVE)


def test_a_chain_of_continuations_carries_and_a_refused_link_of_it_breaks() -> None:
    first, second = basis("1"), basis("2", continues="1")
    third = basis("3", continues="2", valid_until=NOON + timedelta(hours=300))
    at = NOON + timedelta(hours=200)

    assert grounds.readable(first, [first, second, third], at)
    assert not grounds.readable(first, [first, replace(second, authorisation="refused"), third], at)


@given(rows(), hours)
def test_what_keeps_a_basis_from_being_live_is_always_a_sentence(row: Basis, at: datetime) -> None:
    assert grounds.is_sentence(grounds.why_not(row, at))


@given(rows(), hours)
def test_nobody_answers_what_they_asked_themselves(row: Basis, at: datetime) -> None:
    assert not grounds.may_grant(row, at, same_person=True).allowed
    assert not grounds.may_refuse(row, at, same_person=True).allowed


def test_the_eu_policy_starts_its_clock_with_the_basis_and_the_danish_one_has_none() -> None:
    assert grounds.asked_at_once(EU, NOON) == ("requested", NOON + timedelta(hours=48))
    assert grounds.asked_at_once(DK, NOON) == ("none", None)
    assert "agency's choice" in EU.label


@pytest.mark.parametrize(("changed", "code"), [
    ({"necessity": "yes"}, "sentence-missing"), ({"reason": "x x x x x x x x x x"}, "sentence-missing"),
    ({"proportionality": ""}, "sentence-missing"), ({"journal": " "}, "journal-missing"),
    ({"granted_by": ""}, "granted-by-missing"),
    ({"valid_until": NOON}, "until-in-past"), ({"valid_from": NOON + timedelta(days=9)}, "validity-empty"),
    ({"scope": Scope(start=NOON, end=NOON - timedelta(days=1))}, "period-empty"),
])
def test_a_draft_that_lacks_something_is_told_what(changed: dict[str, object], code: str) -> None:
    whole = Draft("stl-237", "0100-1", "A man was killed in the street.", "There is no other trace of him.",
                  "The offence is grave enough for it.", NOON + timedelta(days=1), "Retten i Aarhus")
    grounds.check_draft(whole, DK, "crime-against-persons", NOON)

    with pytest.raises(WrongUsage) as said:
        grounds.check_draft(replace(whole, **changed), DK, "crime-against-persons", NOON)  # type: ignore[arg-type]

    assert said.value.code == code


def test_a_manhunt_names_whom_it_hunts() -> None:
    whole = Draft("stl-124", "0100-1", "A man fled from prison on Sunday.", "There is no other trace of him.",
                  "The offence is grave enough for it.", NOON + timedelta(days=1), "Retten i Aarhus")

    with pytest.raises(WrongUsage) as said:
        grounds.check_draft(whole, DK, "manhunt", NOON)

    assert "persons" in said.value.message
    grounds.check_draft(replace(whole, scope=Scope(persons=("the man",))), DK, "manhunt", NOON)


# ------------------------------------------------------------------ offences

@pytest.mark.parametrize("typed", ["stl-262a", "§ 262 a", "262A"])
def test_an_offence_is_found_by_code_and_paragraph(typed: str) -> None:
    assert offences.offence_for(typed, "victim-identification", NOON.date()).code == "stl-262a"


@pytest.mark.parametrize(("typed", "purpose", "on", "code"), [
    ("stl-1", "manhunt", NOON, "unknown-offence"), ("", "manhunt", NOON, "unknown-offence"),
    ("stl-114", "state-security", datetime(2001, 1, 1, tzinfo=UTC), "offence-not-in-force"),
    ("stl-288", "victim-identification", NOON, "offence-other-purpose"),
])
def test_an_offence_has_to_be_listed_in_force_and_of_the_purpose(typed: str, purpose: str, on: datetime, code: str) -> None:
    with pytest.raises(WrongUsage) as said:
        offences.offence_for(typed, purpose, on.date())

    assert said.value.code == code


def test_every_offence_may_be_demonstrated_and_every_purpose_with_templates_has_one() -> None:
    served = {purpose for one in offences.offences() for purpose in one.purposes}

    assert served == {"victim-identification", "crime-against-persons", "manhunt", "state-security", "gang", "demonstration"}
    assert len({one.code for one in offences.offences()}) == len(offences.offences())
    for one in offences.offences():
        assert offences.offence_for(one.code, "demonstration", NOON.date()) == one


# ------------------------------------------------------------------ policies

OWN = """title = "Own"
note = "n"
[authorisation]
needed = "always"
when = "before"
label = "ours"
refusal_proposes_deletion = false
"""


def test_an_agencys_own_policy_may_ask_for_an_authorisation_that_comes_first() -> None:
    own = policies.parsed("own", OWN.encode())

    assert (own.needed, own.hours) == (Needed.ALWAYS, None)
    assert grounds.asked_at_once(own, NOON) == ("requested", None)
    assert standing(basis(authorisation="requested"), NOON) is Standing.WAITING
    assert own.digest != policies.parsed("own", OWN.replace("ours", "theirs").encode()).digest


@pytest.mark.parametrize("broken", [
    "", "not toml", OWN.replace("always", "sometimes"), OWN.replace('"before"', '"within"'), OWN + 'hours = 3\n',
    OWN + "\n[purposes.curiosity]\nretention_months = 1\n", OWN + '\n[purposes.gang]\nscope = ["shoes"]\n',
    OWN + "\nlive_stream = true\n",
])
def test_a_policy_that_cannot_be_understood_is_refused_whole(broken: str) -> None:
    with pytest.raises(EnvironmentFault) as said:
        policies.parsed("own", broken.encode())

    assert said.value.code == "bad-policy"
