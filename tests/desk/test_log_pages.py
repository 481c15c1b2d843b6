"""The log at the desk: days as people type them, and a file to take away of which no copy stays behind."""
import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.desk.conftest import Browser

from sporhund.actor import Actor
from sporhund.api.home import Sporhund

Visit = Callable[..., Browser]


@pytest.fixture
def auditor(visit: Visit, account: Callable[..., Actor]) -> Browser:
    return visit(account("auditor"))


def _open_logs() -> list[str]:
    """Files without a name that hold a log, among those that this process has open."""
    return [at for one in Path("/proc/self/fd").iterdir()
            if (at := str(one.readlink()) if one.is_symlink() else "").endswith("(deleted)") and "sporhund-audit" in _begins(one)]


def _begins(file: Path) -> str:
    try:
        return file.read_bytes()[:200].decode("utf-8", "replace")
    except OSError:
        return ""


def test_the_log_is_taken_away_whole_and_no_copy_stays_behind(auditor: Browser, place: Sporhund, case: Any) -> None:
    before = sorted(one.name for one in place.settings.home.iterdir())

    answer = auditor.get("/log/export")

    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert (lines[0]["scope"], lines[-1]["end"]) == ("all", len(lines) - 2)
    assert answer.headers["content-disposition"] == 'attachment; filename="log.jsonl"'
    gc.collect()
    assert sorted(one.name for one in place.settings.home.iterdir()) == before
    assert _open_logs() == []


def test_a_log_that_is_read_no_further_leaves_nothing(place: Sporhund, case: Any) -> None:
    file = place.audit_file()
    assert len(_open_logs()) == 1

    file.close()

    assert _open_logs() == []


@pytest.mark.parametrize("address", [
    "/log?since=0001-01-01", "/log?until=9999-12-31", "/log?since=yesterday", "/log?actor=%00", "/log?action=a%1Fb",
    "/log?after=12345678901234567890123", "/log?after=%C2%B2", "/me/log?after=12345678901234567890123"])
def test_what_no_log_can_be_asked_for_is_said_and_not_failed_at(auditor: Browser, address: str) -> None:
    assert auditor.get(address).status_code == 400
