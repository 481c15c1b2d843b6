"""The viewer: one medium before the eyes, with what was found in it, when it was, and what can be done with it."""
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from sporhund.api import opened
from sporhund.desk import showing
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import fill, render
from sporhund.desk.showing import At
from sporhund.desk.words.speech import Speech
from sporhund.desk.words.things import thing

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Views = Annotated[Ask, Depends(Door("view"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-z_]{1,64}$")]
Track = Annotated[str, Query(pattern=r"^[0-9a-z_]{0,64}$")]
Time = Annotated[float | None, Query(allow_inf_nan=False)]
Whole = Annotated[int | None, Query(ge=0, le=100_000)]
MOST = 1000
"""Tracks that a page shows at once; how many more there are is said."""
PER_ANSWER = 200
"""Tracks with every sighting that a script gets at once."""


class Adjusted(BaseModel):
    """How the picture is changed now: brightness, contrast, rotation, zoom, speed."""

    t: Annotated[float, Field(allow_inf_nan=False)] | None = None
    adjustments: Annotated[dict[str, float], Field(max_length=10)]


def standing(
    ask: CaseOpen, medium: Id, t: Time = None, track: Track = "", page: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    clip: Whole = None, stream: Whole = None, clear: bool = False, sort: Annotated[str, Query(max_length=100)] = "",
) -> At:
    """Where the address says that the viewer stands. Raises WrongUsage `bad-filter`, `bad-sort`."""
    query = ask.request.query_params
    rest = {name: query.getlist(name) for name in query if name not in showing.OWN}
    catalogue = ask.catalogue
    return At(ask.case.id, medium, t, track or None, showing.chosen_kinds(query.getlist("show")), page, clip, stream, clear,
              catalogue.address(catalogue.parse(rest)), sort)


Standing = Annotated[At, Depends(standing)]


@router.get("/case/{case_id}/media/{medium}")
def viewer(ask: CaseOpen, at: Standing) -> Response:
    """One medium. Opening it is an event of the log."""
    shown = View.of(ask, at)
    ask.case.viewing.viewed(shown.item["id"], t=shown.t)
    return render(ask, "viewer.html", v=shown, said=ask.request.query_params.get("said", ""),
                  count=ask.request.query_params.get("count", ""))


@router.get("/case/{case_id}/media/{medium}/panel.html")
def panel(ask: CaseOpen, at: Standing) -> Response:
    """What is known of the chosen track, again: another one was chosen, or a mark was made."""
    return HTMLResponse(fill(ask, "viewer_known.html", v=View.of(ask, at)))


@router.get("/case/{case_id}/media/{medium}/tracks.json")
def tracks(ask: CaseOpen, medium: Id, after: Annotated[str | None, Query(max_length=2000)] = None) -> Response:
    """Tracks with every sighting: `path` as [t, x, y, width, height], seconds and pixels of the upright picture."""
    found = ask.case.tracks(medium=medium, observations=True, limit=PER_ANSWER, after=after)
    return JSONResponse({"items": [_with_path(ask.say, one) for one in found["items"]], "next": found["next"]})


def _with_path(_: Speech, one: Mapping[str, Any]) -> dict[str, Any]:
    word = thing(one["class"], _.language) if one["class"] else _(one["kind"])
    path = [[round(number, 3) for number in sighting] for sighting in one["path_of_track"]]
    return {"id": one["id"], "kind": one["kind"], "word": word, "page": one["page"], "stream": one["stream"],
            "from": one["from"], "to": one["to"], "best": one["best"]["t"], "path": path}


@router.post("/case/{case_id}/media/{medium}/adjusted.json")
def adjusted(ask: Views, medium: Id, body: Adjusted) -> Response:
    """The picture was changed: the log says how, and who looked at it so."""
    ask.case.viewing.viewed(medium, t=body.t, adjustments=body.adjustments)
    return JSONResponse({"kept": body.adjustments})


# ------------------------------------------------------------------ what the page is filled with

class View:
    """What a page of the viewer is filled with."""

    say: Speech

    def __init__(self, at: At, item: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]], more: bool) -> None:
        self.at, self.item, self.every, self.more = at, item, tracks, more
        self.here = [one for one in tracks if one["stream"] == item["shown"]["stream"] and one["page"] == at.page]
        self.counts = Counter(one["kind"] for one in self.here)
        self.kinds = showing.kinds_shown(at.show, self.counts)
        self.chosen = next((one for one in tracks if one["id"] == at.track), None)

    @classmethod
    def of(cls, ask: Ask, at: At) -> "View":
        """Raises WrongUsage `unknown-medium`, `unknown-thing`."""
        case = ask.case
        item = opened.opened(case, at.medium, stream=at.stream, clip=at.clip)
        found = case.tracks(medium=item["id"], limit=MOST)
        view = cls(At(**{**at.__dict__, "medium": item["id"]}), item, found["items"], found["next"] is not None)
        view.say = ask.say
        view._fill(ask)
        return view

    def _fill(self, ask: Ask) -> None:
        case, medium = ask.case, self.item["id"]
        self.moving = self.item["kind"] in ("video", "audio") or self.at.clip is not None
        self.play = case.previews.playable(medium, stream=self.at.stream, clip=self.at.clip) if self.moving else None
        catalogue = ask.catalogue
        self.near = catalogue.neighbours(medium, catalogue.parse(parse_qs(self.at.filter)), sort=self.at.sort or None)
        self.tile = next(iter(catalogue.tiles([medium])), None)
        things = [medium, *(one["id"] for one in self.here)]
        self.marks, self.seen = case.viewing.marks(things), case.viewing.seen(things)
        self.clock = opened.clock(case, medium)
        self.start, self.end = self._span()
        self.scale = showing.Scale(self.start, self.end)
        self.knots = opened.knots(self.clock, self.start, self.end) if self.moving else opened.knots(self.clock, 0.0, 0.0)

    def _span(self) -> tuple[float, float]:
        lost = [one["to"] for one in self.item["coverage"]["unread"]]       # what nobody can play has its place on the line too
        if self.play is not None and self.play["to"] > self.play["from"]:
            return self.play["from"], max([self.play["to"], *lost])
        start = min((one["from"] for one in self.here), default=0.0)
        return min(0.0, start), max([self.item["duration"], *lost, *(one["to"] for one in self.here)])

    @property
    def nothing(self) -> bool:
        """Whether nothing of it can be shown or played."""
        if self.play is not None:
            return bool(self.play["how"] == "impossible")
        return self.item["kind"] != "still" or self.item["state"] == "failed" or not self.item["shown"]["width"]

    @property
    def looked_at(self) -> bool:
        return self.item["state"] in ("analysed", "partly")

    @property
    def t(self) -> float | None:
        """The moment that is shown: as the address says, else the best picture of the chosen track."""
        if not self.moving:
            return None
        if self.at.t is not None:
            return min(max(self.at.t, self.start), self.end)
        return float(self.chosen["best"]["t"]) if self.chosen is not None else self.start

    @property
    def strip(self) -> list[Mapping[str, Any]]:
        """Tracks of the kinds that are shown, by the time of their best picture."""
        return sorted((one for one in self.here if one["kind"] in self.kinds), key=lambda one: (one["best"]["t"], one["id"]))

    @property
    def hidden(self) -> int:
        return len(self.here) - len(self.strip)

    @property
    def elsewhere(self) -> int:
        """Tracks on other pages, in other streams, or behind the picture."""
        return len(self.every) - len(self.here)

    @property
    def bars(self) -> list[dict[str, Any]]:
        return showing.bars(self.here, self.rows, self.scale)

    @property
    def rows(self) -> tuple[str, ...]:
        """Kinds that have a row of bars."""
        known = tuple(kind for kind in showing.KINDS if self.counts.get(kind))
        return known + tuple(sorted(kind for kind in self.counts if kind not in showing.KINDS))

    @property
    def ground(self) -> dict[str, list[dict[str, Any]]]:
        return showing.ground(self.item["coverage"], self.scale)

    @property
    def warnings(self) -> list[dict[str, str]]:
        return showing.warnings(self.chosen, self.here) if self.chosen is not None else []

    def kinds_with(self, kind: str) -> tuple[str, ...]:
        """The kinds of the strip with this one turned round."""
        return showing.toggled(self.kinds, kind)

    def thing_word(self, word: str) -> str:
        return thing(word, self.say.language)

    def spread(self, seconds: float) -> str:
        """An uncertainty: 4 s, 1 m, 3 t."""
        return self.say.length(seconds if seconds < 60 else round(seconds / 60) * 60).removesuffix(" 0 s")

    def clock_at(self, t: float) -> Mapping[str, Any] | None:
        return self.clock.at(t)

    sharp, quality = staticmethod(showing.sharp_word), staticmethod(showing.quality_word)
    origin, word = staticmethod(showing.origin_of), staticmethod(showing.mark_word)

    @property
    def thing(self) -> str:
        """What marks are about: the chosen track, else the medium."""
        return str(self.chosen["id"]) if self.chosen is not None else str(self.item["id"])

    def for_script(self, ask: Ask) -> dict[str, Any]:
        """What the viewer's scripts have to know."""
        return {
            "case": self.at.case_id, "medium": self.item["id"], "kind": self.item["kind"], "moving": self.moving,
            "play": self.play, "from": self.start, "to": self.end, "shown": self.item["shown"], "gap": self.item["gap_s"],
            "knots": self.knots, "zone": ask.zone.key, "language": ask.say.language, "t": self.t, "track": self.at.track,
            "page": self.at.page, "pages": self.item["pages"], "clip": self.at.clip, "stream": self.at.stream,
            "kinds": self.kinds, "muted": ask.choices.get("muted", True), "own_marks": list(ask.choices.get("own_marks") or ()),
            "previous": self.at.other(self.near["previous"]) if self.near["previous"] else None,
            "next": self.at.other(self.near["next"]) if self.near["next"] else None, "gallery": self.at.gallery}
