"""What is typed: a new case has its term, and the review list says what to do."""
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sporhund.cli.main import main
from sporhund.settings import Settings
from sporhund.store.service import open_store

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with --json in a home of its own: exit code and document."""
    def command(*words: str) -> tuple[int, Any]:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json", "--home", str(tmp_path / "home")])
        (line,) = capsys.readouterr().out.splitlines()
        return int(ended.value.code or 0), json.loads(line)

    return command


def test_a_case_has_the_policys_term_and_a_proposal_waits_for_somebody_signed_in(run: Run, tmp_path: Path) -> None:
    with open_store(Settings(tmp_path / "home")):                             # one server for all commands
        _, made = run("case", "create", "J1", "--title", "Drab", "--purpose", "manhunt")
        assert made["data"]["ends"] is not None
        _, proposed = run("retention", "propose", "--case", "J1", "--what", "templates", "--why", "slettefrist")
        deletion = proposed["data"]["deletion"]

        code, listed = run("retention", "list")

        assert code == 0
        (one,) = listed["data"]["items"]
        assert (one["case"], one["what"], one["state"], one["deletion"]) == ("J1", "deletion", "proposed", deletion)
        assert deletion in one["do"]
        code, said = run("retention", "decide", deletion, "--delete", "--why", "fristen er ude", "--yes")
        assert (code, said["error"]["code"]) == (3, "sign-in-needed")
        code, said = run("retention", "sweep")
        assert (code, said["data"]["deleted"]) == (0, [])
        code, said = run("case", "ends", "J1", "2020-01-01", "--why", "før")
        assert (code, said["error"]["code"]) == (2, "ends-in-past")
