"""The gallery: everything of a case as tiles, by filter and order. The address says all of it."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, JSONResponse, Response

from sporhund.desk import looked, tiles
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import fill, render
from sporhund.errors import WrongUsage

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Word = Annotated[str, Query(max_length=400)]
Id = Annotated[str, Query(max_length=100, pattern="^[!-~]*$")]

SEVERAL = frozenset({"kind", "has", "state"})
"""Conditions of which an address may name several choices."""
VIEWS = ("whole", "find")
"""A tile shows its medium whole, or the best find in it."""
SIDES = {"small": (160, 120), "medium": (160, 240), "large": (320, 240)}
"""Pixels of the pictures of a tile, as each person wants them: of a medium whole, and of a find."""
MOST = 400
"""Tiles that a script may ask for at once."""


@dataclass(frozen=True)
class Asked:
    """What an address of the gallery asks for."""

    ask: Ask
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def wanted(self) -> Any:
        """The filter. Raises WrongUsage `bad-filter`."""
        return self.ask.catalogue.parse(self.said)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The filter, as an address says it."""
        return parse_qsl(self.ask.catalogue.address(self.wanted))

    @cached_property
    def sort(self) -> str:
        return next(iter(self.said.get("sort", ())), "") or "taken-in"

    @cached_property
    def view(self) -> str:
        """As the address says; else the finds where they are asked for."""
        said = next(iter(self.said.get("view", ())), "")
        return said if said in VIEWS else "find" if any(name == "has" for name, _ in self.pairs) else "whole"

    @property
    def rest(self) -> list[tuple[str, str]]:
        """What the address says that hides nothing."""
        return [(name, value) for name in ("sort", "view") for value in self.said.get(name, ())[:1] if value]

    def query(self, pairs: Sequence[tuple[str, str]] | None = None, **more: str) -> str:
        """An address' query with its '?', '' where it says nothing. pairs: the filter; None: this one."""
        said = [*(self.pairs if pairs is None else pairs), *self.rest, *((name, value) for name, value in more.items() if value)]
        return "?" + urlencode(said) if said else ""

    def on(self, name: str, value: str) -> bool:
        return (name, value) in self.pairs

    def turned(self, name: str, value: str) -> str:
        """The query with this choice taken away, if it is there, or made."""
        if self.on(name, value):
            return self.query([one for one in self.pairs if one != (name, value)])
        return self.query([one for one in self.pairs if one[0] != name or name in SEVERAL] + [(name, value)])

    def without(self, name: str) -> str:
        return self.query([one for one in self.pairs if one[0] != name])

    def value(self, name: str) -> str:
        return next((value for said, value in self.pairs if said == name), "")


def asked(ask: Ask) -> Asked:
    said: dict[str, list[str]] = {}
    for name, value in ask.request.query_params.multi_items():
        said.setdefault(name, []).append(value)
    return Asked(ask, said)


@router.get("/case/{case_id}/gallery")
def gallery(
    ask: CaseOpen, after: Word = "", around: Id = "", q: Word = "", said: Word = "", count: int = 0,
) -> Response:
    """The page with its first tiles, or those around the medium that one comes back from.

    q: look for a file by its name, in all of the case; the filter stays in the address for the way back.
    """
    of, case = asked(ask), ask.case
    searched = ask.catalogue.find(q) if q.strip() else None
    page = _page(of, after, _in_list(of, around)) if searched is None else None
    shown = page["items"] if page else searched["items"] if searched else []
    case.viewing.gallery_viewed({"search": q} if searched else _filter(of), len(shown))
    looked.of(ask).shown(ask, [one["id"] for one in shown])
    return render(ask, "gallery.html", of=of, page=page, searched=searched, q=q, facets=ask.catalogue.facets(of.wanted),
                  colours=ask.catalogue.colours(), around=around, said=said, count=count, row=_row(of),
                  **_of_tiles(of, shown))


@router.get("/case/{case_id}/gallery/items.html")
def items(ask: CaseOpen, after: Word = "", ids: Annotated[str, Query(max_length=20_000, pattern="^[!-~]*$")] = "") -> Response:
    """The next tiles for a script; or the same ones again, by their ids: what has left the screen comes back in its place."""
    of = asked(ask)
    if ids:
        keys = ids.split(",")
        if len(keys) > MOST:
            raise WrongUsage("too-many-tiles", f"{len(keys)} tiles are asked for.", f"At most {MOST} at once.")
        page: dict[str, Any] = {"items": ask.catalogue.tiles(keys), "next": None, "previous": None, "position": None}
    else:
        page = _page(of, after, None)
    looked.of(ask).listed(ask, [one["id"] for one in page["items"]], _filter(of) | ({"after": after} if after else {}))
    told = fill(ask, "gallery_items.html", of=of, page=page, lazy=False, **_of_tiles(of, page["items"]))
    return HTMLResponse(told, background=None if ids else _made_ready(of, page["items"]))


@router.get("/case/{case_id}/gallery/about.html")
def about(ask: CaseOpen, medium: Id) -> Response:
    """What is known of the tile under the cursor, for the panel."""
    of = asked(ask)
    found = ask.catalogue.tiles([medium])
    if not found:
        raise WrongUsage("unknown-medium", "There is no such medium in this case.", "Load the page again.")
    looked.of(ask).small(ask, found[0]["id"])
    beside = _of_tiles(of, found, "large")
    return HTMLResponse(fill(ask, "gallery_about.html", of=of, one=found[0], tile=beside["tiles"][0], **beside))


@router.get("/case/{case_id}/gallery/news.json")
def news(ask: Annotated[Ask, Depends(Door("case open", use=False))]) -> Response:
    """How many media there are by now, and how many fit."""
    page = ask.catalogue.page(asked(ask).wanted, limit=1)
    return JSONResponse({"total": page["total"], "matching": page["matching"]})


def _filter(of: Asked) -> dict[str, object]:
    """What is looked for, as the log tells of it."""
    chosen = {name: [value for one, value in of.pairs if one == name] for name, _ in of.pairs}
    return {**chosen, "sort": of.sort}


def _row(of: Asked) -> str:
    """The name of the row of the timeline that is looked for."""
    return of.ask.catalogue.row_name(of.value("row")) or "" if of.value("row") else ""


def _page(of: Asked, after: str, around: str | None) -> dict[str, Any]:
    limit = int(of.ask.choices.get("page") or 100)
    return of.ask.catalogue.page(of.wanted, sort=of.sort, limit=limit, after=after, around=around)


def _in_list(of: Asked, around: str) -> str | None:
    """The medium that one comes back from; where the filter leaves it out by now (it was just seen), the one after it."""
    if not around or not of.ask.catalogue.tiles([around]):   # an old address: the list from its beginning
        return None
    beside = of.ask.catalogue.neighbours(around, of.wanted, sort=of.sort)
    return around if beside["position"] is not None else beside["next"] or beside["previous"]


def _of_tiles(of: Asked, shown: Sequence[Mapping[str, Any]], size: str = "") -> dict[str, Any]:
    """What a page needs for its tiles: the same few questions, however many. size: of SIDES; "": as the person wants."""
    ids = [one["id"] for one in shown]
    reserved = of.ask.case.viewing.reserved(ids) if ids else {}
    words = tiles.Words(of.ask.say)
    how = tiles.Showing(of.ask.case.id, of.ask.say, words, reserved, _sides(of, size), of.view == "find")
    return {"tiles": [tiles.tile(how, one) for one in shown], "words": words, "reserved": reserved, "ids": ids,
            "veiled": _veiled(of)}


def _sides(of: Asked, size: str = "") -> tuple[int, int]:
    return SIDES[size or of.ask.choices.get("thumbs") or "small"]


def _veiled(of: Asked) -> bool:
    return (of.ask.choices.get("veil") or "blur") in ("blur", "both")


def _made_ready(of: Asked, shown: Sequence[Mapping[str, Any]]) -> BackgroundTask | None:
    """Thumbnails are made while the person scrolls towards them."""
    ids = [one["id"] for one in shown if one["kind"] in tiles.PICTURED and one["state"] not in ("failed", "skipped")]
    if of.view != "whole" or not ids:
        return None
    veiled = of.ask.request.headers.get("x-veil", "1" if _veiled(of) else "0") == "1"
    return BackgroundTask(of.ask.case.previews.warm, ids, _sides(of)[0], veiled=veiled)
