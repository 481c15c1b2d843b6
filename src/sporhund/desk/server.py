"""A running desk: the application, the work in the background, and the chain of the log."""
import gc
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from sporhund.desk import page
from sporhund.desk.app import Desk, make
from sporhund.desk.security import is_loopback
from sporhund.errors import EnvironmentFault, WrongUsage

if TYPE_CHECKING:
    from sporhund.api.home import Sporhund
    from sporhund.api.work import Runner

log = logging.getLogger("sporhund.desk")

EVERY_S = 1.0
"""How often waiting events of the log are chained; a command does it when it ends, a desk does not end."""
GOODBYE_S = 3
COLLECTED = (50_000, 20, 50)
"""How much is made between two looks of the collector: a page makes tens of thousands of small values."""
LET_GO_S = 60.0
"""How often uploads are looked for that nobody sends any more."""


@dataclass(frozen=True)
class Open:
    """A desk that answers."""

    address: str                  #: of its first page
    first: str | None             #: the one-time link to the first account; None: there are accounts
    loopback: bool                #: only this machine reaches it
    secure: bool                  #: over TLS


def serve(
    place: "Sporhund", *, host: str = "127.0.0.1", port: int = 0, certificate: Path | None = None, key: Path | None = None,
    without_encryption: bool = False, told: Callable[[Open], None],
) -> None:
    """Answer until somebody stops it. port 0: a free one.   told: called once, when it answers.

    Raises EnvironmentFault `cannot-listen`; WrongUsage `tls-incomplete`, `not-encrypted`.
    """
    from sporhund.api.work import Runner

    check(host, certificate, key, without_encryption)
    runner = Runner(place)
    desk = Desk(place, first_key=None if place.people.any() else secrets.token_urlsafe(24), secure=certificate is not None,
                loopback=is_loopback(host), fault=lambda: runner.fault)
    config = uvicorn.Config(
        make(desk), host=host, port=port, log_level="warning", access_log=False, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=GOODBYE_S, lifespan="off", ssl_certfile=certificate, ssl_keyfile=key)
    page.make_ready()
    # What is loaded stays: the collector need not walk through it while a page is put together (measured: a third of a page).
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    with _working(runner), _chaining(place, runner, desk):
        server = _Server(config, lambda bound: told(opened(desk, host, bound)))
        server.run()
        if not server.answered:
            raise EnvironmentFault("cannot-listen", f"The desk cannot listen at {host}:{port}.",
                                   "Another program may have that port: give another --port, or none for a free one.")


def check(host: str, certificate: Path | None, key: Path | None, without_encryption: bool) -> None:
    """Whether a desk may answer there so. Raises WrongUsage `tls-incomplete`, `not-encrypted`."""
    if (certificate is None) is not (key is None):
        raise WrongUsage("tls-incomplete", "A certificate and its key belong together, and only one of them was given.",
                         "Give both --tls-certificate and --tls-key.")
    if certificate is None and not is_loopback(host) and not without_encryption:
        raise WrongUsage(
            "not-encrypted", f"Other machines would reach the desk at {host} without encryption: passwords and pictures could "
            "be read on the way.",
            "Give --tls-certificate and --tls-key, or --without-encryption where the network itself encrypts.")


def opened(desk: Desk, host: str, port: int) -> Open:
    scheme = "https" if desk.secure else "http"
    shown = f"[{host}]" if ":" in host else host
    address = f"{scheme}://{shown}:{port}/"
    return Open(address, f"{address}first?key={desk.first_key}" if desk.first_key else None, is_loopback(host), desk.secure)


class _Server(uvicorn.Server):
    """Says at which port it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self.answered, self._ready = False, ready

    async def startup(self, sockets: list[object] | None = None) -> None:   # type: ignore[override]
        await super().startup(sockets)                                      # type: ignore[arg-type]
        if self.started:
            self.answered = True
            self._ready(self.servers[0].sockets[0].getsockname()[1])


@contextmanager
def _chaining(place: "Sporhund", runner: "Runner", desk: Desk) -> Iterator[None]:
    """Chain the log and do what is due, again and again. A database that is away is waited for: nothing is lost by that."""
    over = threading.Event()

    def again() -> None:
        kept = gone = told = ""
        let_go = time.monotonic()
        while not over.wait(EVERY_S):
            told = _tried(desk.looked.settle, told)
            kept = _tried(place.keep_up, kept)
            if time.monotonic() - let_go >= LET_GO_S:
                let_go, gone = time.monotonic(), _tried(runner.let_go, gone)

    thread = threading.Thread(target=again, name="chaining", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _tried(lambda: desk.looked.settle(now=True), "")


def _tried(due: Callable[[], None], before: str) -> str:
    """Do what is due. What went wrong, "" for nothing: whatever it was, it is told once on the terminal and tried again."""
    try:
        due()
    except Exception as fault:       # the log has to be chained again once the disk has room
        said = f"{fault.code}: {fault.message}" if isinstance(fault, EnvironmentFault) else f"{type(fault).__name__}: {fault}"
        if said != before:
            log.error("what is due could not be done: %s", said, exc_info=None if isinstance(fault, EnvironmentFault) else fault)
        return said
    return ""


@contextmanager
def _working(runner: "Runner") -> Iterator[None]:
    """Analyses that were asked for go on as long as the desk is open."""
    runner.start()
    try:
        yield
    finally:
        runner.stop()
