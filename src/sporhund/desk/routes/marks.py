"""What people say of media and tracks, what was before their eyes, who works on what."""
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import inside, see
from sporhund.desk.showing import mark_word, own
from sporhund.desk.words.speech import Speech

router = APIRouter()
Marks = Annotated[Ask, Depends(Door("mark"))]
Views = Annotated[Ask, Depends(Door("view"))]
Measures = Annotated[Ask, Depends(Door("view", use=False))]
Reserves = Annotated[Ask, Depends(Door("reserve"))]
MOST = 10_000
"""Things that one act may name."""
Id = Annotated[str, Field(max_length=100, pattern="^[!-~]+$")]
Ids = Annotated[list[Id], Field(max_length=MOST)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class Said(BaseModel):
    """A person's word on these things."""

    things: Ids
    value: Annotated[str, Field(max_length=200)]


class Sight(BaseModel):
    """What was before somebody's eyes since the last report."""

    media: Ids = []
    tracks: Ids = []
    spans: Annotated[list[tuple[float, float]], Field(max_length=MOST)] = []
    seen_s: Seconds = 0.0
    clear_s: Seconds = 0.0


class Exposure(BaseModel):
    """How long pictures were before somebody's eyes, and how long of it clear."""

    seen_s: Seconds
    clear_s: Seconds = 0.0


class Media(BaseModel):
    """These media; None: all of mine, where they are given back."""

    media: Ids | None = None


# ------------------------------------------------------------------ for scripts

@router.post("/case/{case_id}/marks.json")
def mark(ask: Marks, body: Said) -> Response:
    done = ask.case.viewing.mark(body.things, body.value)
    return JSONResponse({"said": marked(ask.say, done["value"], done["count"]), "things": done["things"], "value": done["value"],
                         "counts": _counts(ask), "standing": _standing(ask, done["things"])})


@router.post("/case/{case_id}/marks/undo.json")
def undo(ask: Marks) -> Response:
    done = ask.case.viewing.undo()
    return JSONResponse({"said": taken_back(ask.say, done["value"], done["count"]), "things": done["things"],
                         "value": done["value"], "counts": _counts(ask), "standing": _standing(ask, done["things"])})


def _standing(ask: Ask, things: Sequence[str]) -> dict[str, str]:
    """For a page that asks: thing → the word of whoever acts that stands on it now; "" for none."""
    if not ask.request.query_params.get("standing"):
        return {}
    stand = ask.case.viewing.marks(things)
    return {key: own(ask.say, stand.get(key, ()), None).mark for key in things}


def _counts(ask: Ask) -> dict[str, str]:
    """What a page counts of marks, as it writes it; for a gallery also what its filter leaves without a mark."""
    found = {"later": ask.case.viewing.count_later()}
    if ask.request.query_params.get("counts"):
        query = ask.request.query_params
        found["unmarked"] = ask.catalogue.unmarked(ask.catalogue.parse({name: query.getlist(name) for name in query}))
    return {name: ask.say.number(count) for name, count in found.items()}


@router.post("/case/{case_id}/seen.json")
def seen(ask: Views, body: Sight) -> Response:
    """Stills and tracks that were shown clearly enough to be recognised; of a video the spans that played."""
    if not (body.media or body.tracks or body.seen_s):
        return JSONResponse({"new": [], "today": ask.place.own.exposure_today()})
    return JSONResponse(ask.case.viewing.saw(
        body.media, spans=body.spans, tracks=body.tracks, seen_s=body.seen_s, clear_s=body.clear_s))


@router.post("/case/{case_id}/exposure.json")
def exposure(ask: Measures, body: Exposure) -> Response:
    if not body.seen_s:
        return JSONResponse({"today": ask.place.own.exposure_today()})
    told = ask.case.viewing.saw(seen_s=body.seen_s, clear_s=min(body.clear_s, body.seen_s))
    return JSONResponse({"today": told["today"]})


@router.post("/case/{case_id}/reserve.json")
def reserve(ask: Reserves, body: Media) -> Response:
    done = ask.case.viewing.reserve(body.media or [])
    return JSONResponse(done | {"said": reserved(ask.say, done)})


@router.post("/case/{case_id}/release.json")
def release(ask: Reserves, body: Media) -> Response:
    free = ask.case.viewing.release(body.media)
    _ = ask.say
    said = _("{count} given back.", count=_.number(len(free))) if free else _("None given back.")
    return JSONResponse({"media": free, "said": said})


# ------------------------------------------------------------------ without a script

@router.post("/case/{case_id}/marks")
def mark_form(
    ask: Marks, value: Annotated[str, Form(max_length=200)], back: Annotated[str, Form(max_length=4000)] = "",
    thing: Annotated[list[str] | None, Form(max_length=MOST)] = None,
) -> Response:
    done = ask.case.viewing.mark(thing or [], value)
    return _back(ask, back, "marked", done["count"])


@router.post("/case/{case_id}/marks/undo")
def undo_form(ask: Marks, back: Annotated[str, Form(max_length=4000)] = "") -> Response:
    return _back(ask, back, "undone", ask.case.viewing.undo()["count"])


@router.post("/case/{case_id}/reserve")
def reserve_form(
    ask: Reserves, which: Annotated[str, Form(pattern="chosen|page|none")] = "chosen",
    page: Annotated[str, Form(max_length=100_000)] = "", back: Annotated[str, Form(max_length=4000)] = "",
    thing: Annotated[list[str] | None, Form(max_length=MOST)] = None,
) -> Response:
    """which: the chosen ones, all of the page, or none: give everything back."""
    if which == "none":
        return _back(ask, back, "released", len(ask.case.viewing.release()))
    media = page.split() if which == "page" else thing or []
    return _back(ask, back, "reserved", len(ask.case.viewing.reserve(media)["mine"]))


def _back(ask: Ask, back: str, said: str, count: int) -> Response:
    """To the page that the form came from, with a word of what was done."""
    parts = urlsplit(inside(back, f"/case/{ask.case_id}/gallery"))
    query = [one for one in parse_qsl(parts.query) if one[0] not in ("said", "count")]
    return see(parts.path + "?" + urlencode([*query, ("said", said), ("count", str(count))]))


# ------------------------------------------------------------------ in words

def marked(_: Speech, value: str, count: int) -> str:
    return _("{count} marked: {mark}.", count=_.number(count), mark=mark_word(_, value))


def taken_back(_: Speech, value: str, count: int) -> str:
    return _("Taken back: {mark}, {count}.", count=_.number(count), mark=mark_word(_, value))


def reserved(_: Speech, done: dict[str, Any]) -> str:
    others: Sequence[dict[str, Any]] = done["others"]
    mine, until = len(done["mine"]), _.clock(done["until"], seconds=False)
    some = _("{count} reserved for you until {time}.", count=_.number(mine), time=until)
    said = [some if mine else _("None reserved for you.")]
    names = ", ".join(sorted({one["by"] for one in others}))
    if len(others) == 1:
        said.append(_("One is held by {names}.", names=names))
    elif others:
        said.append(_("{count} are held by {names}.", count=_.number(len(others)), names=names))
    return " ".join(said)
