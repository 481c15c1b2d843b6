"""What the viewer shows of a medium and its tracks: where it stands, bars, words. Pure."""
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from sporhund.catalogue.model import FINDINGS
from sporhund.desk.words.speech import Speech
from sporhund.desk.words.things import thing

Document = Mapping[str, Any]
KINDS = FINDINGS
"""From the top bar to the bottom one."""
OWN = ("t", "track", "show", "page", "clip", "stream", "clear", "said", "count", "sort", "timeline")
"""What an address of the viewer says of itself; the rest is the gallery's filter."""
WIDE = 1000.0
"""Width of the drawing of bars; it is stretched to the page."""
ROW = 14.0
"""Height of the bars of one kind, pixels."""
LEAST = 3.0
"""Width of the shortest bar: a track seen once is still there to be met."""


@dataclass(frozen=True)
class At:
    """Where the viewer stands; all of it is in the address, so that a link leads to the same second."""

    case_id: str
    medium: str
    t: float | None = None
    track: str | None = None
    show: tuple[str, ...] | None = None      #: kinds in the strip; None: as it comes
    page: int = 0
    clip: int | None = None
    stream: int | None = None
    clear: bool = False                      #: without a script: this picture without its veil
    filter: str = ""                         #: of the gallery that it was opened from, as a query
    sort: str = ""
    timeline: str | None = None              #: the query of the timeline that it was opened from; None: not from there

    def to(self, **changed: Any) -> str:
        """The address, with some of it changed."""
        there = replace(self, **changed)
        said: list[tuple[str, str]] = []
        if there.t is not None:
            said.append(("t", _plain(there.t)))
        if there.track:
            said.append(("track", there.track))
        if there.show is not None:
            said += [("show", kind) for kind in there.show] or [("show", "none")]
        numbers = (("page", there.page or None), ("clip", there.clip), ("stream", there.stream))
        said += [(name, str(value)) for name, value in numbers if value is not None]
        said += [("clear", "1")] if there.clear else []
        said += [("sort", there.sort)] if there.sort else []
        said += [("timeline", there.timeline)] if there.timeline is not None else []
        query = "&".join(part for part in (urlencode(said), there.filter) if part)
        return self.base + there.medium_part + (f"?{query}" if query else "")

    def links(self) -> Callable[[float | None, str], str]:
        """What gives the address of a track at a moment: as `to`, for thousands of them."""
        rest = replace(self, t=None, track=None).to()
        path, _, query = rest.partition("?")
        behind = f"&{query}" if query else ""
        return lambda t, track: f"{path}?{f't={_plain(t)}&' if t is not None else ''}track={track}{behind}"

    @property
    def base(self) -> str:
        return f"/case/{quote(self.case_id, safe='')}"

    @property
    def medium_part(self) -> str:
        return f"/media/{quote(self.medium, safe='')}"

    def other(self, medium: str) -> str:
        """Another medium of the same list, from its beginning."""
        return replace(self, medium=medium, t=None, track=None, page=0, clip=None, stream=None, clear=False).to()

    @property
    def gallery(self) -> str:
        """Back to where this medium lies in the gallery."""
        said = [("sort", self.sort)] if self.sort else []
        query = "&".join(part for part in (self.filter, urlencode([*said, ("around", self.medium)])) if part)
        return f"{self.base}/gallery?{query}"

    @property
    def back(self) -> str:
        """Where it was opened from: the timeline as it stood, else the gallery."""
        if self.timeline is None:
            return self.gallery
        return f"{self.base}/timeline" + (f"?{self.timeline}" if self.timeline else "")


def _plain(t: float) -> str:
    return f"{t:.3f}".rstrip("0").rstrip(".")


def chosen_kinds(said: Sequence[str]) -> tuple[str, ...] | None:
    """Kinds that an address asks for; None where it leaves it to the page."""
    if not said:
        return None
    return tuple(kind for kind in KINDS if kind in said)


def kinds_shown(show: tuple[str, ...] | None, counts: Mapping[str, int]) -> tuple[str, ...]:
    """As asked for; else all but movement, which is shown where there is nothing else. What is hidden is counted on its chip."""
    if show is not None:
        return show
    known = tuple(kind for kind in KINDS if counts.get(kind))
    return tuple(kind for kind in known if kind != "motion") or known


def toggled(shown: Sequence[str], kind: str) -> tuple[str, ...]:
    return tuple(one for one in KINDS if (one in shown) != (one == kind))


# ------------------------------------------------------------------ bars

@dataclass(frozen=True)
class Scale:
    """Seconds of the medium on the width of the drawing."""

    start: float
    end: float

    def x(self, t: float) -> float:
        length = self.end - self.start
        return 0.0 if length <= 0 else min(WIDE, max(0.0, (t - self.start) / length * WIDE))

    def bar(self, start: float, end: float) -> tuple[float, float]:
        """Left edge and width, never narrower than LEAST and inside the drawing."""
        left, right = self.x(start), self.x(end)
        width = max(LEAST, right - left)
        return round(min(left, WIDE - width), 2), round(width, 2)


@dataclass(frozen=True, slots=True)
class Own:
    """What the person who looks has done with a track."""

    seen: bool
    mark: str                      #: in words; "" for none


def own(_: Speech, marks: Sequence[Document], seen: Document | None) -> Own:
    """marks: that stand on it.   seen: as `viewing.seen` has it."""
    mark = next((mark_word(_, one["value"]) for one in marks if one.get("mine")), "")
    return Own(bool(seen and seen.get("mine")), mark)


@dataclass(frozen=True, slots=True)
class Bar:
    """A track on the line of time, at its kind's own height."""

    id: str
    kind: str
    address: str
    said: str                      #: what it is called, and when
    title: str                     #: the same, and whether this person has seen it and what they say of it
    x: float
    width: float
    y: float


def bar(_: Speech, track: Document, kinds: Sequence[str], scale: Scale, address: str, own: Own) -> Bar:
    """kinds: the rows, from the top."""
    x, width = scale.bar(track["from"], track["to"])
    times = dict.fromkeys(_.position(track[end]) for end in ("from", "to"))      # a single moment reads once
    said = f"{', '.join(called(_, track))} {' – '.join(times)}"
    title = ", ".join([said, *([_("seen")] if own.seen else []), *([own.mark] if own.mark else [])])
    return Bar(track["id"], track["kind"], address, said, title, x, width, kinds.index(track["kind"]) * ROW + 3.5)


def called(_: Speech, track: Document) -> tuple[str, ...]:
    """What a track is: its thing and its kind, or its kind alone."""
    return (*((thing(track["class"], _.language),) if track["class"] else ()), _(track["kind"]))


def clock_between(knots: Sequence[Document], t: float) -> Document | None:
    """What the clock said at t, straight between two knots; None where nobody knows. As clockAt of told.js."""
    if not knots:
        return None
    place = min(bisect_left(knots, t, key=lambda knot: knot["t"]), len(knots) - 1)
    before, after = knots[max(0, place - 1)], knots[place]
    share = min(1.0, max(0.0, (t - before["t"]) / (after["t"] - before["t"]))) if after["t"] > before["t"] else 0.0
    return {**before, "corrected_s": before["corrected_s"] + (after["corrected_s"] - before["corrected_s"]) * share}


def ground(say: Speech, item: Document, scale: Scale) -> dict[str, list[dict[str, Any]]]:
    """The line under the bars: what was analysed, and over it what was not, with the reason in words.

    item: as `api.opened` gives it.
    """
    def parts(of: Sequence[Document]) -> list[dict[str, Any]]:
        return [{"x": x, "width": width, **one} for one in of for x, width in [scale.bar(one["from"], one["to"])]]

    why = [_why(say, item, one) for one in item["coverage"]["unread"]]
    return {"unread": [one | {"why": said} for one, said in zip(parts(item["coverage"]["unread"]), why, strict=True)],
            "waiting": parts(item["coverage"]["waiting"])}


def _why(say: Speech, item: Document, part: Document) -> str:
    """Why a part is unread; where the part has no code of its own the medium's says it."""
    return say.why(part["code"] if say.reason(part["code"], None) else item["code"], part["why"] or item["reason"])


# ------------------------------------------------------------------ what is known

def apart(say: Speech, seconds: float) -> str:
    """So far off: in seconds as long as people count them."""
    tenths = round(seconds, 1)
    exact = tenths < 10 and not tenths.is_integer()
    return f"{say.number(tenths, 1 if exact else 0)} s" if tenths < 120 else say.length(seconds)


ORIGINS = ("anchor", "container", "exif", "file-name")
MARKS = {"relevant": "Relevant", "not-relevant": "Not relevant", "later": "Later"}


def origin_of(origin: str | None) -> str:
    """Where a time comes from: one of ORIGINS, else as the program says it."""
    plain = (origin or "").removesuffix("+checked-clock")
    return next((name for name in ORIGINS if plain.startswith(name)), plain)


def mark_word(_: Speech, value: str) -> str:
    """A mark as people read it; one of a person's own as it was written."""
    return _(MARKS[value]) if value in MARKS else value
