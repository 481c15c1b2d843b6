"""A desk that runs: where it may answer, under which name, and what goes on beside it."""
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sporhund.api.home import Sporhund
from sporhund.api.work import Runner
from sporhund.desk import server
from sporhund.desk.app import Desk, make
from sporhund.errors import WrongUsage

PEM = Path("server.pem")


@pytest.mark.parametrize(("host", "certificate", "key", "without"), [
    ("127.0.0.1", None, None, False), ("::1", None, None, False), ("localhost", None, None, False),
    ("0.0.0.0", PEM, PEM, False), ("0.0.0.0", None, None, True)])
def test_a_desk_answers_on_its_own_machine_over_tls_or_where_somebody_took_it_on(
    host: str, certificate: Path | None, key: Path | None, without: bool,
) -> None:
    server.check(host, certificate, key, without)


@pytest.mark.parametrize(("host", "certificate", "key", "code"), [
    ("0.0.0.0", None, None, "not-encrypted"), ("", None, None, "not-encrypted"), ("desk.example", None, None, "not-encrypted"),
    ("127.0.0.1", PEM, None, "tls-incomplete"), ("0.0.0.0", None, PEM, "tls-incomplete")])
def test_a_desk_that_would_show_passwords_on_the_way_is_wrong_usage(
    host: str, certificate: Path | None, key: Path | None, code: str,
) -> None:
    with pytest.raises(WrongUsage) as said:
        server.check(host, certificate, key, False)

    assert said.value.code == code


@pytest.mark.parametrize(("host", "status"), [
    ("localhost:8000", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("attacker.example:8000", 421), ("", 421),
    ("127.0.0.1.attacker.example", 421), ("localhost.attacker.example", 421)])
def test_a_desk_of_one_machine_answers_to_no_name_from_elsewhere(place: Sporhund, host: str, status: int) -> None:
    with TestClient(make(Desk(place, loopback=True)), base_url="http://localhost") as client:
        assert client.get("/sign-in", headers={"host": host}).status_code == status


def test_a_full_disk_does_not_end_what_chains_the_log(
    place: Sporhund, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    tried, well = threading.Event(), threading.Event()

    def keep_up() -> None:
        if not tried.is_set():
            tried.set()
            raise OSError(28, "No space left on device")
        well.set()

    monkeypatch.setattr(server, "EVERY_S", 0.01)
    monkeypatch.setattr(place, "keep_up", keep_up)

    with server._chaining(place, Runner(place), Desk(place)):
        assert tried.wait(30)
        assert well.wait(30)

    assert "No space left on device" in caplog.text


def test_what_stays_wrong_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    def wrong() -> None:
        raise OSError(28, "No space left on device")

    said = server._tried(wrong, "")
    again = server._tried(wrong, said)

    assert said == again
    assert caplog.text.count("what is due could not be done") == 1


def test_uploads_that_nobody_sends_are_let_go_while_the_desk_is_open(
    place: Sporhund, case: Any, clock: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "EVERY_S", 0.01)
    monkeypatch.setattr(server, "LET_GO_S", 0.01)
    announced = case.work.uploads.begin(case.work.uploads.new_batch(), "a.bin", 3)
    clock.on(minutes=6)

    with server._chaining(place, Runner(place), Desk(place)):
        until(lambda: case.work.uploads.show(announced["upload"])["state"] == "broken")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
