"""Accounts, membership and bases from the command line, as an agency sets itself up."""
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sporhund.cli.main import main

PASSWORD = "a long enough secret"
BASIS = [
    "--offence", "§ 237", "--journal", "0100-84210-00123-26", "--reason", "A man was killed in the street.",
    "--necessity", "There is no other trace of who was there.", "--proportionality", "The offence is grave enough for it.",
    "--until", "2099-12-31", "--granted-by", "Retten i Aarhus"]
Run = Callable[..., tuple[int, Any]]
OWN: dict[str, str] = {}
"""Passwords that people chose for themselves."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agency")


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with --json and lines of standard input: exit code and document."""
    def command(*words: str, said: str = "") -> tuple[int, Any]:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json", "--home", str(home)])
        (line,) = capsys.readouterr().out.splitlines()
        return int(ended.value.code or 0), json.loads(line)

    return command


def sign_in(run: Run, name: str) -> None:
    assert run("login", name, said=OWN.get(name, PASSWORD) + "\n")[0] == 0


def own_password(run: Run, name: str) -> None:
    """Sign in, choose another password, sign in with it."""
    sign_in(run, name)
    assert run("user", "password", said=f"{PASSWORD}\n{PASSWORD} of {name}\n")[0] == 0
    OWN[name] = f"{PASSWORD} of {name}"
    sign_in(run, name)


def test_an_agency_sets_itself_up_and_two_people_get_a_basis_granted(run: Run, home: Path) -> None:
    def made(name: str, *roles: str) -> int:
        options = [word for role in roles for word in ("--role", role)]
        return run("user", "add", name, "--full-name", name.title(), "--unit", "nkc", *options, said=PASSWORD + "\n")[0]

    assert made("anna", "supervisor") == 3
    assert made("rikke", "administrator") == 0
    assert made("anna", "supervisor") == 3
    sign_in(run, "rikke")
    assert [made("anna", "investigator", "supervisor"), made("bo", "supervisor", "examiner")] == [0, 0]
    assert run("purpose", "enable", "crime-against-persons", "--unit", "nkc", "--assessment", "1", "--date", "2026-01-02")[0] == 0
    assert run("case", "create", "J1", "--title", "T", "--purpose", "crime-against-persons")[1]["error"]["code"] == "not-allowed"

    sign_in(run, "anna")
    code, opened = run("case", "create", "J1", "--title", "T", "--purpose", "crime-against-persons")
    assert (code, opened["data"]["unit"]) == (0, "nkc")
    code, added = run("basis", "add", "--case", "J1", *BASIS)
    basis = added["data"]["basis"]
    assert (code, added["data"]["standing"], added["data"]["until"]) == (0, "live", "2100-01-01T00:00:00Z")
    known = run("basis", "authorise", basis, "--case", "J1", "--request", "--authority", "Retten i Aarhus")
    assert (known[0], known[1]["error"]["code"]) == (3, "change-password")
    own_password(run, "anna")
    assert run("basis", "authorise", basis, "--case", "J1", "--request", "--authority", "Retten i Aarhus")[0] == 0
    refused = run("basis", "authorise", basis, "--case", "J1", "--grant", "--authority", "Retten i Aarhus")
    assert (refused[0], refused[1]["error"]["code"]) == (3, "same-person")

    sign_in(run, "bo")
    assert run("basis", "list", "--case", "J1")[1]["error"]["code"] == "not-a-member"
    assert run("case", "list")[1]["data"]["items"] == []
    own_password(run, "bo")
    assert run("case", "member", "add", "J1", "bo")[0] == 0
    granted = run("basis", "authorise", basis, "--case", "J1", "--grant", "--authority", "Retten i Aarhus", "--note", "SS 1")
    assert (granted[0], granted[1]["data"]["standing"]) == (0, "live")
    assert [(s["step"], s["by"]) for s in granted[1]["data"]["steps"]] == [("requested", "anna"), ("granted", "bo")]
    assert [i["user"] for i in run("case", "member", "list", "J1")[1]["data"]["items"]] == ["anna", "bo"]

    assert run("logout")[1]["data"] == {"user": "bo", "signed_in": False}
    assert run("status", "--case", "J1")[1]["error"]["code"] == "sign-in-needed"
    assert run("whoami")[1]["data"]["assurance"] == "local"


def test_one_changes_the_own_password_with_the_old_one_first(run: Run) -> None:
    sign_in(run, "anna")
    wrong = run("user", "password", "anna", said="not this one at all\nanother long secret\n")
    right = run("user", "password", "anna", said=f"{OWN['anna']}\nanother long secret\n")

    assert (wrong[0], wrong[1]["error"]["code"]) == (3, "sign-in-refused")
    assert right[0] == 0
    assert run("whoami")[1]["data"]["signed_in"] is False
    assert run("login", "anna", said="another long secret\n")[0] == 0


def test_what_is_missing_from_a_basis_is_named_and_nothing_is_recorded(run: Run) -> None:
    sign_in(run, "bo")
    for option, value, code in (("--necessity", "yes", "sentence-missing"), ("--offence", "stl-1", "unknown-offence"),
                                ("--until", "2020-01-01", "until-in-past"), ("--until", "tomorrow", "bad-time"),
                                ("--until", "9999-12-31", "bad-time")):
        words = [*BASIS]
        words[words.index(option) + 1] = value
        left, said = run("basis", "add", "--case", "J1", *words)
        assert (left, said["error"]["code"]) == (2, code)

    assert len(run("basis", "list", "--case", "J1")[1]["data"]["items"]) == 1


@pytest.mark.parametrize(("words", "code"), [
    (["login", "bo"], 2), (["user", "add", "x", "--role", "chief", "--full-name", "X"], 2), (["basis", "authorise", "b"], 2),
    (["policy", "show", "nowhere"], 4),
])
def test_what_was_given_wrongly_is_said_in_one_document(run: Run, words: list[str], code: int) -> None:
    left, said = run(*words)

    assert (left, said["ok"]) == (code, False)
    assert said["error"]["hint"]


def test_policies_and_offences_are_shown_to_everybody(run: Run) -> None:
    assert run("policy", "show")[1]["data"]["policy"] == "dk"
    assert run("policy", "show", "eu")[1]["data"]["hours"] == 48
    assert {"offence", "danish", "english", "paragraph", "from", "until", "purposes"} <= set(
        run("basis", "offences")[1]["data"]["items"][0])
