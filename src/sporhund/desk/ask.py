"""Somebody asks for a page: who, of which case, in which language."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from sporhund.actor import Actor
from sporhund.desk.words.speech import LANGUAGES, Speech

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.catalogue import Catalogue
    from sporhund.api.home import Sporhund


@dataclass
class Ask:
    """One request, after the door."""

    request: Request
    place: "Sporhund"                       #: acting for this person
    csrf: str
    case_id: str | None = None
    choices: Mapping[str, Any] = field(default_factory=dict)   #: how this person wants the desk
    visit: str | None = None                #: new, where nobody is signed in: the page's answer gives it to the browser

    @property
    def actor(self) -> Actor:
        return self.place.actor

    @cached_property
    def case(self) -> "Case":
        """The case of the address. Raises as `Sporhund.case_of`; asked at the door, so it is there."""
        assert self.case_id is not None
        return self.place.case_of(self.case_id)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """The case's media, as they stand when this page first asks: all its numbers are of one moment."""
        return self.case.catalogue.at_once()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.settings.zone)

    @cached_property
    def say(self) -> Speech:
        return Speech(language_of(self.request, self.choices), self.zone)

    @property
    def wants_json(self) -> bool:
        """A script asks, not a person."""
        return wants_json(self.request)


FRAGMENT = "x-fragment"
"""A script asks for a part of a page, and puts it into one."""


def wants_page(request: Request) -> bool:
    """Whether a person would read the answer as a page of its own; not a script, and not a picture or a video in a page."""
    goes_to = request.headers.get("sec-fetch-dest", "document")
    return not wants_json(request) and FRAGMENT not in request.headers and goes_to == "document"


def wants_json(request: Request) -> bool:
    return request.url.path.endswith(".json") or "application/json" in request.headers.get("accept", "")


def language_of(request: Request, choices: Mapping[str, Any]) -> str:
    """What the person chose, else what the browser asks for first, else Danish."""
    chosen = choices.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((one for one in wanted if one in LANGUAGES), "da")
