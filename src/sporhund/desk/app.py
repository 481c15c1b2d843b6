"""The desk as an application: its pages, joined in one place."""
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from sporhund import __version__
from sporhund.api.viewing import choices_item
from sporhund.desk import faults
from sporhund.desk.looked import Looked
from sporhund.desk.page import STATIC
from sporhund.desk.routes.all import ALL
from sporhund.desk.security import Guarded
from sporhund.desk.streams import Streams
from sporhund.desk.turns import Turns
from sporhund.viewing.model import Choices

if TYPE_CHECKING:
    from sporhund.api.home import Sporhund


UNCHOSEN: Mapping[str, Any] = choices_item(Choices())
"""Of somebody who is not signed in, and where the store cannot be asked."""


SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework measures nothing and, whatever the environment says, sends nothing anywhere."""


@dataclass
class Desk:
    """What every page of one running desk shares."""

    place: "Sporhund"                                    #: acts for nobody; `acting` lends it to a person
    host: str = field(default_factory=socket.gethostname)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    """Ties a change to its session; another one after each start, when open pages are asked to be opened again."""
    first_key: str | None = None                         #: of the one-time link, while this home has no account
    secure: bool = False                                 #: behind TLS: cookies go out over it alone
    streams: Streams = field(default_factory=Streams)    #: pages that are live
    looked: Looked = field(default_factory=Looked)       #: what the log was told of each session's looking
    loopback: bool = False                               #: only this machine reaches it, under no other name
    fault: Callable[[], str | None] = lambda: None       #: what keeps work in the background from going on

    def choices(self, place: "Sporhund") -> Mapping[str, Any]:
        """How this person wants the desk."""
        return place.own.choices() if place.actor.user is not None else UNCHOSEN


def make(desk: Desk) -> Guarded:
    """The application, behind its rules."""
    app = FastAPI(title="Sporhund desk", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, telemetry=SILENT)
    app.state.desk = desk
    app.mount("/static", _Kept(directory=STATIC), name="static")
    for router in ALL:
        app.include_router(router)
    faults.install(app)
    return Guarded(Turns(app), loopback=desk.loopback)


class _Kept(StaticFiles):
    """Files of the wheel. Asked for by their digest they never change; without one they are asked for again."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if Request(scope).url.query else "no-cache")
        return answer
