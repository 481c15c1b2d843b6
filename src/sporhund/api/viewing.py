"""What people saw and said of a case's media and tracks, and how each wants the desk."""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sporhund.actor import Actor
from sporhund.api.documents import Document, camera_item, day, moment
from sporhund.cases.export import Sheet
from sporhund.errors import WrongUsage
from sporhund.evidence import cameras, cursor, drift
from sporhund.evidence.deadlines import Deadline
from sporhund.evidence.model import Anchor, Camera
from sporhund.identify import blind
from sporhund.viewing import keys, marks, preferences, records, reservations, securing, seen, sights
from sporhund.viewing.model import ANYBODY, Choices, Exposure, Held, Mark, MarkAct, Securing, Sight, Thing

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.home import Sporhund

MARKS = ("thing", "medium", "value", "by", "at")
"""Columns of the marks that leave a case."""


class Viewing:
    """What people saw and said of one case's media and tracks. A thing is the id of a medium or of a track."""

    def __init__(self, case: "Case") -> None:
        self.case, self.place, self.id = case, case.place, case.id

    # -- marks

    def mark(self, things: Collection[str], value: str) -> Document:
        """Say the same of these things in one act: relevant | not-relevant | later | a line of one's own.

        `things`: those marked, of an alias the track that counts. Raises WrongUsage `bad-mark`, `unknown-thing`,
        `nothing-chosen`.
        """
        act, marked = marks.mark(self.id, things, value, **self.place.hands)
        return act_item(act) | {"things": list(marked)}

    def undo(self) -> Document:
        """Take back my last act that is not taken back. Raises WrongUsage `nothing-to-undo`."""
        undone = marks.undo(self.id, **self.place.hands)
        return {"act": undone.act, "value": undone.value, "count": len(undone.things), "things": list(undone.things)}

    def marks(self, things: Collection[str]) -> dict[str, list[Document]]:
        """Thing → the marks that stand on it, mine first; a thing without is not in it.

        What others said of a track on which this person can still conclude is withheld: `{"withheld": why}` in their place.
        """
        with self.place.store.reader() as rows:
            return _told(rows, self.id, self.place.actor, records.standing(rows, self.id, list(things)))

    def later(self, *, limit: int = 100, after: str | None = None) -> Document:
        """What I put aside, newest first."""
        with self.place.store.reader() as rows:
            found = records.later(rows, self.id, self.place.actor.mark, limit + 1, _later_after(after))
        return {"items": [{"thing": thing, "medium": medium, "at": moment(at)} for thing, medium, at in found[:limit]],
                "next": cursor.encode([found[limit - 1][2].isoformat(), found[limit - 1][0]]) if len(found) > limit else None}

    def count_later(self) -> int:
        """How much I put aside, counted as far as viewing.records.COUNTED."""
        with self.place.store.reader() as rows:
            return records.count_later(rows, [self.id], self.place.actor.mark).get(self.id, 0)

    def acts(self, *, limit: int = 20) -> list[Document]:
        """My last acts of marking, newest first, taken back or not."""
        with self.place.store.reader() as rows:
            return [act_item(act) for act in records.acts(rows, self.id, self.place.actor.mark, limit)]

    # -- seen

    def saw(
        self, media: str | Collection[str] = (), *, spans: Sequence[Sequence[float]] = (), tracks: Collection[str] = (),
        seen_s: float = 0.0, clear_s: float = 0.0,
    ) -> Document:
        """Report what was before my eyes; `new`: seen by me for the first time; `today`: how much I have looked at today.

        media: stills, or one video with the spans that played.   tracks: whose pictures were shown.
        seen_s, clear_s: since the last report; more than has passed does not count. Raises WrongUsage `bad-report`,
        `unknown-thing`, `one-video`.
        """
        chosen = [media] if isinstance(media, str) else list(media)
        new = seen.saw(self.id, chosen, spans=spans, tracks=tracks, seen_s=seen_s, clear_s=clear_s,
                       zone=_zone(self.place), **self.place.hands)
        return {"new": list(new), "today": self.place.own.exposure_today()}

    def seen(self, things: Collection[str]) -> dict[str, Document]:
        """Thing → what I saw of it (None: nothing) and what anybody did; a thing that nobody saw is not in it."""
        with self.place.store.reader() as rows:
            mine, anybody = (sights.of(rows, self.id, things, by) for by in (self.place.actor.mark, ANYBODY))
        return {thing: {"mine": sight_item(mine.get(thing)), "anybody": sight_item(one)} for thing, one in anybody.items()}

    def viewed(
        self, medium: str, *, t: float | None = None, adjustments: Mapping[str, float] = {}, how: str = "viewer",
    ) -> None:
        """A medium was opened, or its picture adjusted: brightness, contrast, rotation, zoom, speed. An event of the log.

        how: "viewer", or what of it alone was given; then it may be a track, of its medium.
        Raises WrongUsage `unknown-thing`, `bad-adjustment`, `bad-report`.
        """
        seen.viewed(self.id, medium, t=t, adjustments=adjustments, how=how, **self.place.hands)

    def pictured(self, things: Collection[str]) -> None:
        """Small pictures of these media and tracks were given, clear. An event of the log. Raises WrongUsage `unknown-thing`."""
        seen.pictured(self.id, things, **self.place.hands)

    def gallery_viewed(self, chosen: Mapping[str, object], shown: int) -> None:
        """The gallery was looked at: its filter, and how many it showed. An event of the log."""
        seen.listed(self.id, "gallery", chosen, shown, **self.place.hands)

    def timeline_viewed(self, chosen: Mapping[str, object], shown: int) -> None:
        """As `gallery_viewed`, of the timeline."""
        seen.listed(self.id, "timeline", chosen, shown, **self.place.hands)

    # -- who works on what

    def reserve(self, media: Collection[str], *, minutes: int = reservations.MINUTES) -> Document:
        """Reserve what nobody else holds; `others`: what somebody works on, by name and until when.

        Raises WrongUsage `bad-minutes`, `unknown-thing`, `no-medium`, `nothing-chosen`.
        """
        got = reservations.reserve(self.id, media, minutes=minutes, **self.place.hands)
        return {"mine": list(got.mine), "until": moment(got.until), "others": self._held(got.others)}

    def release(self, media: Collection[str] | None = None) -> list[str]:
        """Give my reservations back; None: all of them in this case."""
        return list(reservations.release(self.id, media, **self.place.hands))

    def reserved(self, media: Collection[str]) -> dict[str, Document]:
        """Medium → who works on it now, until when, and whether that is me."""
        with self.place.store.reader() as rows:
            found = records.held(rows, self.id, list(media), self.place.clock.now())
        return {one["medium"]: one for one in self._held(found)}

    def _held(self, found: Sequence[Held]) -> list[Document]:
        names = self._names({one.by for one in found})
        return [{"medium": one.medium, "by": names[one.by], "mine": one.by == self.place.actor.mark, "until": moment(one.until)}
                for one in found]

    # -- cameras, and what to secure

    def camera_states(self) -> list[Document]:
        """Every camera with `state` known | asked | received | overwritten, `days_left`, `about_to_be_overwritten`."""
        with self.place.store.reader() as rows:
            return [_with_state(*one) for one in cameras.deadlines(rows, self.id, _today(self.place))]

    def ask_camera(self, name: str, on: date | None = None) -> Document:
        """Its owner was asked for the recordings. Raises WrongUsage `unknown-camera`, `bad-day`."""
        today = _today(self.place)
        cameras.asked(self.id, name, on or today, today=today, **self.place.hands)
        return self._camera(name)

    def camera_received(self, name: str, on: date | None = None) -> Document:
        """The recordings came. Raises WrongUsage `unknown-camera`, `bad-day`."""
        today = _today(self.place)
        cameras.received(self.id, name, on or today, today=today, **self.place.hands)
        return self._camera(name)

    def _camera(self, name: str) -> Document:
        return next(one for one in self.camera_states() if one["name"] == name)

    def propose_securing(self, thing: str) -> Document:
        """What to secure around a track or medium: `cameras` its own, `near` the others (`distance_m` None: unknown), and a time.

        `wanted_from` is None where nobody knows when it was; `checked`: by a checked clock, else as files state it. Each camera
        with `own_from` and `own_to`: what its own clock shows then, None where nobody checked it.
        Raises WrongUsage `unknown-thing`.
        """
        with self.place.store.reader() as rows:
            found = securing.propose(rows, self.id, thing)
            states = {camera.id: at for camera, at in cameras.deadlines(rows, self.id, _today(self.place))}
            tied = {camera.id: anchors for camera, anchors in cameras.cameras(rows, self.id)}
        window = found.window
        begins, ends = (window.start, window.end) if window else (None, None)

        def told(camera: Camera) -> Document:
            return _with_state(camera, states[camera.id]) | _own_clock(tied[camera.id], begins, ends)

        return {
            "thing": found.thing.id, "medium": found.thing.medium, "wanted_from": window.start if window else None,
            "wanted_to": window.end if window else None, "checked": bool(window and window.checked),
            "cameras": [told(camera) for camera in found.cameras],
            "near": [told(camera) | {
                "distance_m": round(near.distance_m) if near.distance_m is not None else None} for camera, near in found.near]}

    def secure(self, camera: str, wanted_from: str, wanted_to: str, *, note: str = "", track: str | None = None) -> Document:
        """A camera's recordings of this time should be fetched. camera: by name. track: the track or medium that it follows from.

        Raises WrongUsage `unknown-camera`, `bad-time`, `bad-note`, `unknown-thing`.
        """
        made = securing.secure(self.id, camera, wanted_from, wanted_to, note=note, track=track, **self.place.hands)
        return self._securings([made])[0]

    def securings(self, *, open_only: bool = False) -> list[Document]:
        """What should be fetched, oldest first. `own_from`, `own_to`: by the camera's own clock, None where nobody checked it;
        `medium`: where it was seen; `withheld`: why the note of somebody else is left out."""
        with self.place.store.reader() as rows:
            found = records.securings(rows, self.id, open_only=open_only)
        return self._securings(found)

    def secured(self, securing_id: str) -> Document:
        """These recordings were fetched. Raises WrongUsage `unknown-securing`."""
        return self._securings([securing.secured(self.id, securing_id, **self.place.hands)])[0]

    def _securings(self, found: Sequence[Securing]) -> list[Document]:
        names = self._names({by for one in found for by in (one.by, one.done_by) if by is not None})
        states = {one["camera"]: one for one in self.camera_states()}
        with self.place.store.reader() as rows:
            hidden = blind.pending_for(rows, self.id, self.place.actor) if any(one.track for one in found) else frozenset()
            seen_in = records.things(rows, self.id, [one.track for one in found if one.track])
            tied = {camera.id: anchors for camera, anchors in cameras.cameras(rows, self.id)}
        withheld = {one.id for one in found if one.track in hidden and one.by != self.place.actor.mark}
        return [{
            "securing": one.id, "camera": states[one.camera], **_follows(seen_in.get(one.track or "")),
            "wanted_from": one.wanted_from, "wanted_to": one.wanted_to,
            **_own_clock(tied[one.camera], one.wanted_from, one.wanted_to), "note": "" if one.id in withheld else one.note,
            "by": names[one.by],
            "withheld": blind.STILL_YOURS if one.id in withheld else None, "at": moment(one.at),
            "done_by": names[one.done_by] if one.done_by is not None else None, "done_at": moment(one.done_at)} for one in found]

    def _names(self, people: Collection[str]) -> dict[str, str]:
        with self.place.store.reader() as rows:
            return records.names(rows, people)


class Own:
    """What is a person's own: how they want the desk, how much they have looked at, what they looked up."""

    def __init__(self, place: "Sporhund") -> None:
        self.place = place

    def choices(self) -> Document:
        """How I want the desk: language (None: as the browser asks), theme, veil, muted, thumbs, page, keys, own_marks."""
        with self.place.store.reader() as rows:
            return choices_item(preferences.choices(rows, self.place.actor.user))

    def choose(self, **wanted: Any) -> Document:
        """Change some of them. Raises WrongUsage `bad-choice`; Refused `sign-in-needed`."""
        return choices_item(preferences.choose(wanted, **self.place.hands))

    def keys(self) -> list[Document]:
        """Every act that has a key, with mine: act, key, default, words (English), where, fixed."""
        mine = keys.effective(self.choices()["keys"])
        return [{"act": one.act, "key": mine[one.act], "default": one.key, "words": one.words, "where": one.where,
                 "fixed": one.fixed} for one in keys.ACTS]

    def exposure_today(self) -> Document:
        """How much I have looked at today, in all cases together."""
        return self.my_exposure(1)[0]

    def my_exposure(self, days: int = 14) -> list[Document]:
        """Day by day, today first. Nobody is counted who is not signed in. Raises WrongUsage `bad-days`."""
        user, today = self.place.actor.user, _today(self.place)
        if user is None:
            return [exposure_item(Exposure(today))]
        with self.place.store.reader() as rows:
            return [exposure_item(one) for one in seen.exposure_of(rows, user, today, days)]

    def totals(self, days: int = 14) -> list[Document]:
        """For a supervisor: day by day, newest first, who looked at the cases that I am on, and how much; of those cases alone.

        Raises WrongUsage `bad-days`; Refused `not-allowed`, `sign-in-needed`.
        """
        found = seen.exposure_of_people(_today(self.place), days, **self.place.hands)
        return [{"name": name, "full_name": full_name} | exposure_item(one) for name, full_name, one in found]

    def my_lookups(self, *, limit: int = 100, after: str | None = None) -> Document:
        """What I did myself, as the log has it, newest first; behind the same veil as for any reader."""
        from sporhund.api import log

        return log.own(self.place, limit=limit, after=after)


def mark_sheet(rows: Connection, case_id: str, actor: Actor) -> Sheet:
    """The marks that stand, as a list that leaves the case."""
    told = _told(rows, case_id, actor, records.standing(rows, case_id))
    items = [{"thing": thing, **one} for thing, of in told.items() for one in of if "value" in one]
    left = sum("withheld" in one for of in told.values() for one in of)
    notes = [f"{left} tracks: what others marked is left out, you can still conclude on them"] if left else []
    return Sheet("marks", MARKS, items, tuple(notes))


def _told(rows: Connection, case_id: str, actor: Actor, found: Sequence[Mark]) -> dict[str, list[Document]]:
    """Thing → its marks, the reader's own first; others' on a track on which they can still conclude are withheld."""
    hidden = blind.pending_for(rows, case_id, actor) if found else frozenset[str]()
    names = records.names(rows, {one.by for one in found})
    told: dict[str, list[Document]] = {}
    for one in sorted(found, key=lambda one: (one.thing, one.by != actor.mark)):
        of = told.setdefault(one.thing, [])
        if one.by != actor.mark and one.thing in hidden:
            if {"withheld": blind.STILL_YOURS} not in of:
                of.append({"withheld": blind.STILL_YOURS})
            continue
        of.append({"medium": one.medium, "value": one.value, "by": names[one.by], "mine": one.by == actor.mark,
                   "at": moment(one.at), "act": one.act})
    return told


def _later_after(after: str | None) -> tuple[datetime, str] | None:
    if after is None:
        return None
    at, thing = cursor.decode(after, str, str)
    try:
        return datetime.fromisoformat(str(at)), str(thing)
    except ValueError as fault:
        raise WrongUsage("bad-cursor", "This is no cursor of this list.", "Use `next` of the page before, unchanged.") from fault


def _zone(place: "Sporhund") -> ZoneInfo:
    return ZoneInfo(place.settings.zone)


def _today(place: "Sporhund") -> date:
    return place.clock.now().astimezone(_zone(place)).date()


def _follows(thing: Thing | None) -> Document:
    """What a request to secure follows from: a track of a medium, or the medium alone."""
    if thing is None:
        return {"track": None, "medium": None}
    return {"track": thing.id if thing.kind == "track" else None, "medium": thing.medium}


def _own_clock(anchors: Sequence[Anchor], begins: str | None, ends: str | None) -> Document:
    """What a camera's own clock shows at these two moments."""
    own = [drift.own_clock(anchors, datetime.fromisoformat(at)) if at else None for at in (begins, ends)]
    return dict(zip(("own_from", "own_to"), [at.isoformat() if at else None for at in own], strict=True))


def _with_state(camera: Camera, at: Deadline) -> Document:
    return camera_item(camera) | {"state": at.state.value, "days_left": at.days_left, "about_to_be_overwritten": at.soon}


def act_item(act: MarkAct) -> Document:
    return {"act": act.act, "value": act.value, "at": moment(act.at), "count": act.things, "undone_at": moment(act.undone_at)}


def sight_item(sight: Sight | None) -> Document | None:
    if sight is None:
        return None
    return {"first_at": moment(sight.first_at), "last_at": moment(sight.last_at), "seconds": round(sight.seconds, 3),
            "spans": [list(span) for span in sight.spans]}


def choices_item(choices: Choices) -> Document:
    return asdict(choices) | {"keys": dict(choices.keys), "own_marks": list(choices.own_marks)}


def exposure_item(one: Exposure) -> Document:
    return {"day": day(one.day), "seen_s": round(one.seen_s, 1), "clear_s": round(one.clear_s, 1), "media": one.media}
