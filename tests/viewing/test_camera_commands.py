"""How far a camera's recordings are can be read and noted on the command line."""
import json
from pathlib import Path
from typing import Any

import pytest

from sporhund.cli.main import main


def test_a_camera_is_asked_for_and_received_by_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> Any:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json", "--home", str(tmp_path / "home")])
        (line,) = capsys.readouterr().out.splitlines()
        return int(ended.value.code or 0), json.loads(line)["data"]

    run("case", "create", "J1", "--title", "A test", "--purpose", "objects")
    run("camera", "add", "Torvet", "--case", "J1", "--overwritten-on", "2199-01-01")
    before = run("camera", "list", "--case", "J1")[1]["items"][0]
    asked = run("camera", "asked", "Torvet", "--case", "J1", "--on", "2026-01-05")
    received = run("camera", "received", "Torvet", "--case", "J1", "--on", "2026-01-06")

    assert (before["state"], before["days_left"] > 0, before["anchors"]) == ("known", True, [])
    assert (asked[0], asked[1]["state"], asked[1]["asked_on"]) == (0, "asked", "2026-01-05")
    assert (received[0], received[1]["state"], received[1]["received_on"]) == (0, "received", "2026-01-06")
