"""The timeline of a case: every camera on one clock, what was found, what nobody looked at; the strip and the panel beside it."""
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from sporhund.api.sightings import sighting
from sporhund.desk import chart, looked
from sporhund.desk.ask import Ask
from sporhund.desk.chart import Window
from sporhund.desk.door import Door
from sporhund.desk.page import fill, render, see
from sporhund.desk.showing import KINDS, apart
from sporhund.desk.wish import Wish, read, said_at
from sporhund.desk.words.speech import Speech
from sporhund.errors import WrongUsage

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Doc = dict[str, Any]
FIRST_BINS = 160
"""Of the page as the server draws it; a script asks for as many as its window has room for."""
AROUND_S = 900.0
"""Of a moment that an address names without a span, so much on either side."""
RIGHT_S = 0.0005
"""A clock that is off by less is right: no anchor says more than milliseconds."""
SHOWN = 60
"""Best frames in the strip at once."""


@router.get("/case/{case_id}/timeline")
def timeline(ask: CaseOpen) -> Response:
    wish = read(ask.request.query_params, ask.zone)
    extent = ask.catalogue.extent()
    if extent is None:
        untimed = _found(ask, wish, chart.window(0, 1), 1)["untimed"]
        return render(ask, "timeline.html", extent=None, untimed=untimed, sighting=None)
    route = _route(ask, wish.subject)
    view = wish.window or _first(ask, wish, extent, route)
    found, drawn = _first_drawn(ask, wish, view)
    known = ask.case.persons.list_subjects()
    chosen = sighting(ask.case, wish.track, subjects=known) if wish.track else None
    wish = wish.on(_row(found, wish, ask, chosen))
    ask.case.viewing.timeline_viewed(_named(wish, view, ask), found["tracks_in_view"])
    shown: Doc = {**drawn, "ticks": chart.ticks(view, ask.zone, 8), "lanes": chart.LANES,
                  "when_said": span_said(ask.say, view), "whole": chart.around(extent["start"], extent["end"])}
    return render(ask, "timeline.html", extent=extent, found=found, untimed=found["untimed"], subjects=_with_tracks(known),
                  route=_drawn(route, shown["rows"]), **shown, **_common(ask, wish, view),
                  **_strip(ask, wish, view, found), **_panel(ask, chosen, known))


@router.get("/case/{case_id}/timeline/rows.json")
def rows(ask: CaseOpen, bins: Annotated[int, Query(ge=1, le=2000)] = FIRST_BINS) -> Response:
    """What a script draws of a window: rows, ground lines, tracks or bins, and what the filter leaves out."""
    wish = read(ask.request.query_params, ask.zone)
    if wish.window is None:
        raise WrongUsage("bad-time", "The timeline was asked for no time.", "Give from and to.")
    found = _found(ask, wish, wish.window, bins)
    return JSONResponse({
        "from": wish.window.start, "to": wish.window.end, "bin_s": wish.window.length / bins, "dense": found["dense"],
        "rows": _rows(ask, found, wish.window, bins), "tracks": found["tracks"], "in_view": found["tracks_in_view"]})


@router.get("/case/{case_id}/timeline/strip.html")
def strip(ask: CaseOpen, after: Annotated[str | None, Query(max_length=300)] = None) -> Response:
    """The best frame of each track of a row, in order."""
    wish = read(ask.request.query_params, ask.zone)
    view = wish.window or chart.window(0, 1)
    shown = _strip(ask, wish, view, _found(ask, wish, view, 1), after)
    looked.of(ask).row(ask, wish.row, _named(wish, view, ask), len(shown["best"]["items"]) if shown["best"] else 0)
    return _part(ask, "timeline_strip.html", **_common(ask, wish, view), **shown)


@router.get("/case/{case_id}/timeline/panel.html")
def panel(ask: CaseOpen) -> Response:
    """What is known of the chosen track."""
    wish = read(ask.request.query_params, ask.zone)
    known = ask.case.persons.list_subjects() if wish.track else []
    chosen = sighting(ask.case, wish.track, subjects=known) if wish.track else None
    if chosen is not None:
        looked.of(ask).whole(ask, chosen["id"], "timeline")
    return _part(ask, "track_panel.html", **_panel(ask, chosen, known))


@router.get("/case/{case_id}/timeline/subjects.html")
def subject_chips(ask: CaseOpen) -> Response:
    wish = read(ask.request.query_params, ask.zone)
    return _part(ask, "timeline_subjects.html", subjects=_with_tracks(ask.case.persons.list_subjects()),
                 **_common(ask, wish, wish.window or chart.window(0, 1)))


@router.get("/case/{case_id}/timeline/route.json")
def route(ask: CaseOpen, subject: Annotated[str, Query(max_length=100)]) -> Response:
    """Where a subject was, from row to row."""
    return JSONResponse(_route(ask, subject))


@router.get("/case/{case_id}/timeline/recording")
def recording(ask: CaseOpen, towards: Annotated[str, Query(pattern="^(next|previous)$")]) -> Response:
    """The view of the next stretch of recording, or of the one before, from the middle of this view; the same view where it is
    the last."""
    wish = read(ask.request.query_params, ask.zone)
    view = wish.window or chart.window(0, 1)
    found = ask.catalogue.recording_beside((view.start + view.end) / 2, later=towards == "next")
    there = chart.around(found["start"], found["end"]) if found is not None else view
    if ask.wants_json:
        return JSONResponse({"found": found is not None, "from": there.start, "to": there.end})
    address = f"/case/{ask.case_id}/timeline?{urlencode(_named(wish, there, ask))}"
    return see(address, said=None if found is not None else f"no-{towards}-recording")


@router.get("/case/{case_id}/timeline/open")
def open_there(ask: CaseOpen) -> Response:
    """The viewer at what a row shows at a moment; where nothing was recorded then, the timeline again."""
    wish = read(ask.request.query_params, ask.zone)
    shown = ask.catalogue.showing(wish.at) if wish.at is not None else []
    there = next((one for one in shown if one["row"] == wish.row), None)
    if there is None:
        return see(f"/case/{ask.case_id}/timeline?{ask.request.url.query}", said="nothing-recorded")
    where = {"t": round(there["t"], 3), "timeline": ask.request.url.query}
    return see(f"/case/{ask.case_id}/media/{there['medium']}?{urlencode(where)}")


# ------------------------------------------------------------------ what a page is made of

def _part(ask: Ask, template: str, **context: Any) -> Response:
    return HTMLResponse(fill(ask, template, **context))


def _common(ask: Ask, wish: Wish, view: Window) -> Doc:
    """What every part of the page knows: the view, how an address with something changed reads, and the query of this one."""
    page, named = f"/case/{ask.case_id}/timeline?", _named(wish, view, ask)
    parts = {name: urlencode({name: value}) for name, value in named.items()}

    def there(window: Window | None = None, **changes: Any) -> str:
        """A page has hundreds of these: what stays is written once."""
        said = Wish().changed(changes).said(ask.zone) | (_span(window, ask) if window else {})
        return page + "&".join([
            *(part for name, part in parts.items() if name not in said and name not in changes), urlencode(said)]).rstrip("&")

    return {"wish": wish, "view": view, "kinds": KINDS, "there": there, "query": urlencode(named)}


def _named(wish: Wish, view: Window, ask: Ask) -> dict[str, str]:
    """A view as its address and the log name it."""
    return _span(view, ask) | wish.said(ask.zone)


def _span(view: Window, ask: Ask) -> dict[str, str]:
    return {"from": said_at(view.start, ask.zone), "to": said_at(view.end, ask.zone)}


def _found(ask: Ask, wish: Wish, view: Window, bins: int) -> Doc:
    return ask.catalogue.timeline(view.start, view.end, bins=bins, kinds=wish.kinds or KINDS, unseen=wish.unseen)


def _first_drawn(ask: Ask, wish: Wish, view: Window) -> tuple[Doc, Doc]:
    """What the page draws before its script asks for itself; of the view that everybody begins with one is drawn for all."""
    def make() -> tuple[Doc, Doc]:
        found = _found(ask, wish, view, FIRST_BINS)
        told = _rows(ask, found, view, FIRST_BINS)
        for row in found["rows"]:
            for one in row["tracks"]:
                del one["seen"]                # of whoever asked first
        shown = [chart.drawn(row, view) for row in told]
        ground = fill(ask, "timeline_ground.html", rows=shown, bins=FIRST_BINS, paths=chart.paths(told),
                      looked=chart.looked(told, view, FIRST_BINS))
        return found, {"rows": shown, "ground": Markup(ground)}

    if wish.unseen or wish.window is not None:
        return make()
    view_said = f"{view.start:.3f} {view.end:.3f} {' '.join(wish.kinds)}"
    shared: tuple[Doc, Doc] = ask.place.lately.get(f"timeline {ask.case_id} {ask.say.language} {view_said}", make)
    return shared


def _rows(ask: Ask, found: Doc, view: Window, bins: int) -> list[Doc]:
    """Rows as they are drawn, each with what is known of its clock, in this person's language."""
    return [row | {"sure": _sure(ask.say, row), "clock": _clock(ask.say, row)}
            for row in chart.rows(found, view, bins, ask.say.why)]


def _sure(_: Speech, row: Doc) -> str:
    """How sure a row's times are, in a word."""
    if row["unzoned"]:
        return _("zone unknown")
    return f"± {apart(_, row['uncertainty_s'])}" if row["in_view"] else ""


def span_said(say: Speech, view: Window) -> str:
    """From when to when, short: 14.01. 21:40 – 22:40."""
    start, end = (datetime.fromtimestamp(at, UTC).astimezone(say.zone) for at in (view.start, view.end))
    seconds = view.length < 600
    last = say.clock(end, seconds=seconds)
    first = f"{say.day(start)[:5]}{'.' if say.language == 'da' else ''} {say.clock(start, seconds=seconds)}"
    if start.date() != end.date():
        last = f"{say.day(end)[:5]}{'.' if say.language == 'da' else ''} {last}"
    return f"{first} – {last}"


def _clock(_: Speech, row: Doc) -> str:
    """What a camera's clock is known to be off, in the words of the page of the cameras; nothing where nobody has checked it."""
    tells = row["tells"]
    if tells is None or not tells["checked"]:
        return ""
    said, ahead = [], tells["ahead_s"]
    if ahead is None:
        said.append(_("how far its clock is off is not known: the picture shows no zone"))
    elif abs(ahead) < RIGHT_S:
        said.append(_("its clock is right ± {spread}", spread=_.length(tells["ahead_by"])))
    else:
        far, by = _.length(abs(ahead)), _.length(tells["ahead_by"])
        said.append(_("its clock is {time} fast ± {spread}", time=far, spread=by) if ahead > 0
                    else _("its clock is {time} slow ± {spread}", time=far, spread=by))
    rate = tells["drift_s_a_day"]
    if rate is not None:
        far, by = _.number(abs(rate), 1), _.number(tells["drift_by"], 1)
        said.append(_("drift: gains {time} s a day ± {spread} s", time=far, spread=by) if rate >= 0
                    else _("drift: loses {time} s a day ± {spread} s", time=far, spread=by))
    return " · ".join(said)


def _first(ask: Ask, wish: Wish, extent: Doc, route: list[Doc]) -> Window:
    """What is looked at where the address says no time: the cursor, the chosen track or the route, else where recordings are."""
    if wish.at is not None:
        return chart.window(wish.at - AROUND_S, wish.at + AROUND_S)
    places = ask.catalogue.places_of([wish.track]) if wish.track else route
    timed = [one for one in places if one["from"] is not None]
    if timed:
        first, last = min(one["from"] for one in timed), max(one["to"] for one in timed)
        return chart.around(first - AROUND_S / 3, last + AROUND_S / 3)
    begins = ask.catalogue.first_view() or extent
    return chart.around(begins["start"], begins["end"])


def _row(found: Doc, wish: Wish, ask: Ask, chosen: Doc | None) -> str:
    """The chosen row: the one asked for, else that of the chosen track, else the first with tracks in view."""
    known = {row["key"] for row in found["rows"]}
    if wish.row in known:
        return wish.row
    if chosen is not None:
        where = ask.catalogue.places_of([chosen["id"]])[0]["row"]
        if where in known:
            return str(where)
    filled = [row["key"] for row in found["rows"] if row["tracks"] or row["density"]]
    return filled[0] if filled else found["rows"][0]["key"] if found["rows"] else ""


def _strip(ask: Ask, wish: Wish, view: Window, found: Doc, after: str | None = None) -> Doc:
    """found: the timeline of this window; of it the row's name and how many tracks it has."""
    row = next((one for one in found["rows"] if one["key"] == wish.row), None)
    if row is None:
        return {"best": None, "row": None, "after": None}
    best = ask.catalogue.tracks_at(wish.row, view.start, view.end, kinds=wish.kinds or KINDS, unseen=wish.unseen,
                                 limit=SHOWN, after=after)
    total = len(row["tracks"]) + sum(of["tracks"] for of in row["density"].values())
    return {"best": best | {"total": total}, "row": row, "after": after}


def _panel(ask: Ask, chosen: Doc | None, subjects: list[Doc]) -> Doc:
    if chosen is None:
        return {"sighting": None, "known_subjects": [], "back": _back(ask)}
    return {"sighting": chosen, "known_subjects": subjects, "back": _back(ask),
            "apart": lambda seconds: apart(ask.say, seconds)}


def _back(ask: Ask) -> str:
    """Where a form of the panel leads back to."""
    return f"/case/{ask.case_id}/timeline?{ask.request.url.query}"


def _with_tracks(subjects: list[Doc]) -> list[Doc]:
    return [one for one in subjects if one["tracks"]]


def _route(ask: Ask, subject: str) -> list[Doc]:
    """Stops of a subject in order, each with its row; those without a time lie on no row and are left to the subject's page."""
    if not subject:
        return []
    try:
        stops = ask.case.persons.show_subject(subject)["route"]
    except WrongUsage as fault:
        if fault.code != "unknown-subject":
            raise
        return []
    where = {one["track"]: one for one in ask.catalogue.places_of([stop["track"] for stop in stops])}
    return [{"track": stop["track"], "kind": stop["kind"], "row": at["row"], "from": at["from"], "to": at["to"],
             "unsure": stop["order_unsure"]} for stop in stops if (at := where[stop["track"]])["from"] is not None]


def _drawn(stops: list[Doc], rows: list[chart.Row]) -> list[Doc]:
    """Stops whose row there is, each with the height at which it lies, pixels."""
    place = {row.id: number for number, row in enumerate(rows)}
    return [stop | {"y": place[stop["row"]] * chart.ROW + chart.LANES[stop["kind"]][0] + 2, "x": (stop["from"] + stop["to"]) / 2}
            for stop in stops if stop["row"] in place]
