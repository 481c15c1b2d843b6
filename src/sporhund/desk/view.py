"""What a page of the viewer is filled with: one medium, its tracks, its time. Put together once, then a plain value."""
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from sporhund.api import opened, sightings
from sporhund.desk import showing
from sporhund.desk.ask import Ask
from sporhund.desk.showing import At, Bar, Own, Scale
from sporhund.desk.words.speech import Speech

Document = Mapping[str, Any]
MOST = 1000
"""Tracks that a page shows at once; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A track in the strip."""

    id: str
    kind: str
    t: float                       #: of its best picture
    address: str
    time: str                      #: under its picture: the clock on the wall, else the place in the video; of a still its word
    said: str                      #: what it is, for who does not see it; "" where that stands under its picture
    own: Own


@dataclass(frozen=True)
class View:
    """What a page of the viewer is filled with."""

    at: At
    item: Document                 #: as `api.opened` gives it
    every: Sequence[Document]      #: tracks of the medium, at most MOST
    more: bool                     #: there are more of them
    here: Sequence[Document]       #: of this stream and page
    strip: Sequence[Shown]         #: of the kinds that are shown, by the time of their best picture
    bars: Sequence[Bar]            #: of the same
    counts: Mapping[str, int]      #: of `here` by kind
    kinds: tuple[str, ...]         #: shown in the strip
    rows: tuple[str, ...]          #: kinds that have a row of bars
    chosen: Document | None        #: a track
    sighting: Document | None      #: the chosen one with everything that is known of it
    thing: str                     #: what marks are about: the chosen track, else the medium
    marks: Sequence[Document]      #: that stand on it
    near: Document                 #: the medium before and behind, in the list that it was opened from
    clock: opened.Clock
    knots: Sequence[Document]
    start: float                   #: seconds: of the line of time
    end: float
    t: float | None                #: the moment that is shown; None: a still
    nothing: bool                  #: nothing of it can be shown or played
    ground: Mapping[str, Sequence[Document]]   #: what was not looked at, under the bars

    @property
    def moving(self) -> bool:
        return bool(self.item["moving"])

    @property
    def play(self) -> Any:
        return self.item["play"]

    @property
    def camera(self) -> str:
        return ", ".join(self.clock.cameras)

    @property
    def looked_at(self) -> bool:
        return self.item["state"] in ("analysed", "partly")

    @property
    def hidden(self) -> int:
        return len(self.here) - len(self.strip)

    @property
    def elsewhere(self) -> int:
        """Tracks on other pages, in other streams, or behind the picture."""
        return len(self.every) - len(self.here)

    @property
    def scale(self) -> Scale:
        return Scale(self.start, self.end)

    def kinds_with(self, kind: str) -> tuple[str, ...]:
        """The kinds of the strip with this one turned round."""
        return showing.toggled(self.kinds, kind)


def view(ask: Ask, at: At, *, whole: bool = True) -> View:
    """whole: with its bars and its strip; else what the panel alone needs.

    Raises WrongUsage `unknown-medium`, `unknown-thing`, `bad-sort`.
    """
    case, catalogue = ask.case, ask.catalogue
    item = opened.opened(case, at.medium, stream=at.stream, clip=at.clip)
    medium, at = item["id"], replace(at, medium=item["id"])
    found = case.tracks(medium_id=medium, limit=MOST, clusters=False)
    every = found["items"]
    here = [one for one in every if one["stream"] == item["shown"]["stream"] and one["page"] == at.page]
    chosen = next((one for one in every if one["id"] == at.track), None)
    counts = Counter(one["kind"] for one in here)
    rows = tuple(kind for kind in showing.KINDS if counts.get(kind)) + tuple(sorted(set(counts) - set(showing.KINDS)))
    start, end = _span(item, here)
    clock = opened.clock(case, medium)
    knots = opened.knots(clock, start, end) if item["moving"] else opened.knots(clock, 0.0, 0.0)
    named = str(chosen["id"] if chosen is not None else medium)
    listed = here if whole else []
    things = list(dict.fromkeys([named, *(one["id"] for one in listed)]))
    marks, seen = case.viewing.marks(things), case.viewing.seen(things)
    kinds = showing.kinds_shown(at.show, counts)
    link = at.links()
    address = {one["id"]: link(one["best"]["t"] if item["moving"] else None, one["id"]) for one in listed}
    shown = [one for one in listed if one["kind"] in kinds]
    own = {one["id"]: showing.own(ask.say, marks.get(one["id"], ()), seen.get(one["id"])) for one in shown}
    in_strip = sorted(shown, key=lambda one: (one["best"]["t"], one["id"]))
    return View(
        at=at, item=item, every=every, more=found["next"] is not None, here=here, counts=counts, kinds=kinds, rows=rows,
        strip=[_shown(ask.say, one, address[one["id"]], knots if item["moving"] else None, own[one["id"]]) for one in in_strip],
        bars=[showing.bar(ask.say, one, rows, Scale(start, end), address[one["id"]], own[one["id"]])
              for one in shown if item["moving"]],
        chosen=chosen, sighting=_sighting(ask, chosen, item, clock, seen), thing=named, marks=marks.get(named, []),
        near=catalogue.neighbours(medium, catalogue.parse(parse_qs(at.filter)), sort=at.sort or None), clock=clock, knots=knots,
        start=start, end=end, t=_moment(at, item, chosen, start, end), nothing=_nothing(item),
        ground=showing.ground(ask.say, item, Scale(start, end)))


def _shown(
    _: Speech, one: Document, address: str, knots: Sequence[Document] | None, own: Own,
) -> Shown:
    """knots: the clock of a video; None: a still."""
    best, words = one["best"]["t"], showing.called(_, one)
    now = showing.clock_between(knots, best) if knots else None
    if now is not None:
        time = _.wall(now["corrected_s"], now["corrected_zoned"])[-8:]
    else:
        time = _.position(best)[:-4] if knots is not None else ""
    said = ", ".join(words if time else words[1:])
    return Shown(one["id"], one["kind"], best, address, time or words[0], said, own)


def _sighting(
    ask: Ask, chosen: Document | None, item: Document, clock: opened.Clock, seen: Mapping[str, Document],
) -> Document | None:
    """The subjects that it is said to be of are left to their page: to look at them is an event of the log."""
    if chosen is None:
        return None
    around = sightings.Around(item["sha256"], "video" if item["moving"] else item["kind"], clock.of, clock.cameras)
    return sightings.of_listed(ask.case, dict(chosen), around) | {"seen": seen.get(chosen["id"]), "subjects": []}


def _span(item: Document, here: Sequence[Document]) -> tuple[float, float]:
    """From when to when the line of time reaches."""
    lost = [one["to"] for one in item["coverage"]["unread"]]       # what nobody can play has its place on the line too
    play = item["play"]
    if play is not None and play["to"] > play["from"]:
        return play["from"], max([play["to"], *lost])
    start = min((one["from"] for one in here), default=0.0)
    return min(0.0, start), max([item["duration"], *lost, *(one["to"] for one in here)])


def _moment(at: At, item: Document, chosen: Document | None, start: float, end: float) -> float | None:
    """The moment that is shown: as the address says, else the best picture of the chosen track."""
    if not item["moving"]:
        return None
    if at.t is not None:
        return min(max(at.t, start), end)
    return float(chosen["best"]["t"]) if chosen is not None else start


def _nothing(item: Document) -> bool:
    if item["play"] is not None:
        return bool(item["play"]["how"] == "impossible")
    return item["kind"] != "still" or item["state"] == "failed" or not item["shown"]["width"]


def for_script(ask: Ask, shown: View) -> dict[str, Any]:
    """What the viewer's scripts have to know."""
    at, item, near = shown.at, shown.item, shown.near
    return {
        "case": at.case_id, "medium": item["id"], "kind": item["kind"], "moving": shown.moving,
        "play": shown.play, "from": shown.start, "to": shown.end, "shown": item["shown"], "gap": item["gap_s"],
        "knots": shown.knots, "zone": ask.zone.key, "language": ask.say.language, "t": shown.t, "track": at.track,
        "page": at.page, "pages": item["pages"], "clip": at.clip, "stream": at.stream,
        "kinds": shown.kinds, "muted": ask.choices.get("muted", True), "own_marks": list(ask.choices.get("own_marks") or ()),
        "previous": at.other(near["previous"]) if near["previous"] else None,
        "next": at.other(near["next"]) if near["next"] else None, "back": at.back}
