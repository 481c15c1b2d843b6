"""Who may do what: every act for every role, and without sign-in."""
import ast
from pathlib import Path

import pytest

import sporhund
from sporhund.access import rights
from sporhund.access.model import Role

INV, EXA, SUP, DESK, AUD, ADM = (
    Role.INVESTIGATOR, Role.EXAMINER, Role.SUPERVISOR, Role.DESK_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
EXPECTED = {
    "case open": {INV, EXA, SUP}, "case create": {INV, SUP}, "case member": {SUP}, "case hold": {SUP}, "case erase": {SUP},
    "deletion decide": {SUP}, "purpose enable": {ADM}, "purpose disable": {ADM}, "policy choose": {ADM}, "user": {ADM},
    "user list": set(Role), "own password": set(Role), "logout": set(Role), "models import": {ADM},
    "basis add": {INV, SUP}, "basis request": {INV, SUP}, "basis authorise": {SUP}, "basis end": {INV, SUP},
    "work": {INV, EXA, SUP}, "upload": {INV, EXA, SUP},
    "decide": {EXA}, "age": {EXA}, "audit read": {AUD, SUP}, "audit read all": {AUD},
    "view": {INV, EXA, SUP}, "mark": {INV, EXA, SUP}, "reserve": {INV, EXA, SUP}, "secure": {INV, EXA, SUP},
    "camera ask": {INV, EXA, SUP}, "preference": set(Role), "own lookups": set(Role), "exposure read": {SUP},
}
"""Written down a second time on purpose: whoever changes a right changes it here too."""


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", sorted(EXPECTED))
def test_each_role_may_do_what_the_table_says_and_nothing_else(act: str, role: Role) -> None:
    verdict = rights.may(act, {role.value}, signed_in=True, accounts=True)

    assert verdict.allowed == (role in EXPECTED[act])


@pytest.mark.parametrize("role", [DESK, AUD, ADM])
def test_whoever_runs_the_machine_or_reads_its_log_sees_no_case(role: Role) -> None:
    allowed = {act for act in rights.RIGHTS if rights.may(act, {role}, signed_in=True, accounts=True).allowed}

    assert allowed.isdisjoint({
        "case open", "faces search", "faces clusters", "candidates", "decide", "identity enter", "identity confirm", "subject"})


@pytest.mark.parametrize("act", sorted(rights.RIGHTS))
def test_without_sign_in_nothing_counts_and_nothing_is_governed_where_there_are_accounts(act: str) -> None:
    before = rights.may(act, (), signed_in=False, accounts=False)
    after = rights.may(act, (), signed_in=False, accounts=True)

    assert before.allowed == (act not in rights.COUNTING)
    assert after.allowed == (act not in rights.COUNTING | rights.GOVERNING)


@pytest.mark.parametrize("act", [
    "candidates", "known list", "subject", "faces clusters", "faces search", "faces compare", "faces constrain"])
def test_signing_out_does_not_show_how_alike_faces_are(act: str) -> None:
    assert not rights.may(act, (), signed_in=False, accounts=True).allowed
    assert rights.may(act, (), signed_in=False, accounts=False).allowed


def test_an_act_that_nobody_wrote_down_is_allowed_to_nobody() -> None:
    every = {role.value for role in Role}

    assert not rights.may("case burn", every, signed_in=True, accounts=True).allowed
    assert not rights.may("case burn", (), signed_in=False, accounts=False).allowed


def test_every_act_of_the_code_has_its_line_in_the_table() -> None:
    asked = set()
    for file in Path(sporhund.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("gate.act", "gate.check"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    asked.add(first.value)

    assert asked
    assert asked <= set(rights.RIGHTS)


def test_what_is_special_about_an_act_is_said_of_acts_that_there_are() -> None:
    assert set(rights.RIGHTS) >= rights.COUNTING | rights.GOVERNING
    assert rights.COUNTING.isdisjoint(rights.GOVERNING)
