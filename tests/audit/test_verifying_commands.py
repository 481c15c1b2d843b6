"""Whether the log is whole may be asked by anybody; what it says may not."""
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sporhund.cli.main import main

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with --json in a home of its own: exit code and document."""
    def command(*words: str, said: str = "") -> tuple[int, Any]:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json", "--home", str(tmp_path / "home")])
        (line,) = capsys.readouterr().out.splitlines()
        return int(ended.value.code or 0), json.loads(line)

    return command


def test_verifying_and_checkpoints_need_no_sign_in_and_reading_does(run: Run, tmp_path: Path) -> None:
    assert run("user", "add", "anna", "--full-name", "Anna", "--role", "administrator", said="a long enough secret\n")[0] == 0

    code, head = run("audit", "checkpoint")
    (tmp_path / "head.json").write_text(json.dumps(head))
    verified = run("audit", "verify", "--checkpoint", str(tmp_path / "head.json"))
    read, refused = run("audit", "show")

    assert code == 0 and head["data"]["position"] >= 1
    assert (verified[0], verified[1]["data"]["ok"]) == (0, True)
    assert (read, refused["error"]["code"]) == (3, "sign-in-needed")
