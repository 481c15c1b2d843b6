"""Pictures and playable copies for people at the desk. The parent opens, seals and serves bytes; it decodes none."""
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import isfinite

from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Unreadable, WrongUsage
from sporhund.media.model import Facts, Kind
from sporhund.previews import beside, orders, records, rules, trust
from sporhund.previews.ahead import Ahead
from sporhund.previews.model import Copy, How, Playable, Ranged, Shown, Urgency
from sporhund.previews.once import Once
from sporhund.previews.orders import Order, Seen
from sporhund.previews.readers import Readers
from sporhund.previews.shelf import Shelf
from sporhund.previews.sources import Sources
from sporhund.review.hear import lied
from sporhund.review.messages import Derive, Draw
from sporhund.review.model import OPEN
from sporhund.settings import Settings
from sporhund.store.service import Store

PICTURE_S = 60.0           #: a worker's time for one picture; decoding from a distant keyframe takes seconds
PART_BASE_S = 120.0
PART_S_PER_S = 8.0
VERSION = 1
"""Of how pictures are made: another one makes all of them anew."""
_KNOWN = 20_000            #: media of which is remembered how they are shown
_KNOWN_S = 60.0            #: and for how long: an analysis may find something better to show
_QUALITY = 90
_UNKEPT = 4               #: parts held in memory while the disk is full


class Previews:
    """One home's previews, for any number of threads. Starts nothing until something has to be made. Close it.

    readers: other workers than the usual ones.
    """

    def __init__(self, store: Store, keys: Keys, settings: Settings, *, readers: Readers | None = None) -> None:
        self._store = store
        self.shelf = Shelf(settings.previews, keys)
        self._sources = Sources(store, settings.spool)
        self._readers = readers or Readers()
        self._once = Once()
        self._ahead = Ahead(self._sources.tidy)
        self._lock = threading.Lock()                   # of the next and of what is known of a case
        self._unkept: OrderedDict[tuple[str, str], tuple[Copy, bytes]] = OrderedDict()    # parts that no disk had room for
        self.trouble: EnvironmentFault | None = None    #: why the last thing that was made could not be kept
        self._shown_by: dict[tuple[str, str], tuple[float, str | None]] = {}

    def close(self) -> None:
        """End the workers; nothing in the clear stays behind. May be called twice."""
        self._ahead.close()
        self._readers.close()
        self._sources.close()

    def forget(self, case_id: str) -> None:
        """Let go of what is held open of a case: it is erased."""
        self._sources.forget(case_id)
        with self._lock:
            for known in (self._unkept, self._shown_by):
                for key in [key for key in known if key[0] == case_id]:
                    del known[key]

    # -- pictures

    def thumbnail(
        self, case_id: str, medium_id: str, *, side: int = 160, page: int = 0, veiled: bool = False,
        urgency: Urgency = Urgency.PAGE,
    ) -> Shown:
        """A small picture of a medium. page: of a still that no track shows; all else has one picture.

        Raises Unreadable with the reason where there is none; WrongUsage `unknown-medium`, `unknown-side`, `no-page`; Refused
        `case-erased`.
        """
        _check_side(side)
        track = self._shown(case_id, medium_id)
        page = self._page(case_id, medium_id, page) if page and track is None else 0
        name = self._name(case_id, "thumbnail", medium_id, side, page, veiled, track)

        def order() -> Order:
            seen = self._moment(case_id, medium_id, track, page)
            return Order(medium_id, seen.of_type, Draw(seen.unit, side, seen.t, seen.pts, seen.page, veiled=veiled))

        return self._picture(case_id, name, order, urgency)

    def crop(
        self, case_id: str, track_id: str, *, side: int = 240, whole: bool = False, veiled: bool = False,
        urgency: Urgency = Urgency.PAGE,
    ) -> Shown:
        """A track's best shot with a margin; or the whole frame, with the track's place in it (`box`).

        Raises as `thumbnail`, and WrongUsage `unknown-track`.
        """
        if not whole:
            _check_side(side)
        size = max(1, min(side, rules.FRAME_SIDE))
        with self._store.reader() as rows:
            track = records.sighted(rows, case_id, track_id)
        shot = track.shot
        name = self._name(case_id, "crop", track.id, size, whole, veiled, shot.t, shot.pts, shot.page, shot.box)

        def order() -> Order:
            seen = self._best(case_id, track)
            return Order(track.medium_id, seen.of_type, Draw(
                seen.unit, size, seen.t, seen.pts, seen.page, shot.box, rules.MARGIN, whole, veiled=veiled))

        return self._picture(case_id, name, order, urgency)

    def frame(
        self, case_id: str, medium_id: str, t: float, *, stream: int | None = None, clip: int | None = None,
        side: int = rules.FRAME_SIDE, veiled: bool = False,
    ) -> Shown:
        """The frame of a video that stands on the screen at `t` seconds (presentation time), whole; `before` and `after` are the
        times of its neighbours where they were met. Raises as `thumbnail`.
        """
        if not isfinite(t):
            raise WrongUsage("bad-time", f"{t} is no time in a video.")
        size, wanted = max(1, min(side, rules.FRAME_SIDE)), round(float(t), 6)
        name = self._name(case_id, "frame", medium_id, wanted, stream, clip, size, veiled)

        def order() -> Order:
            media = orders.moving(self._source(case_id, medium_id), clip)
            unit = orders.of_stream(media, orders.stream_of(media, stream))
            return Order(medium_id, media.facts.type, Draw(
                orders.at(unit, media.facts, wanted), size, wanted, quality=_QUALITY, veiled=veiled))

        return self._picture(case_id, name, order, Urgency.PAGE)

    def still(self, case_id: str, medium_id: str, *, page: int = 0, veiled: bool = False) -> Shown:
        """A page of a picture in full, at most 4096 pixels long. Raises as `thumbnail`; WrongUsage `no-page`."""
        name = self._name(case_id, "still", medium_id, page, veiled)

        def order() -> Order:
            media = orders.media(self._source(case_id, medium_id))
            _check_page(media.facts, page)
            return Order(medium_id, media.facts.type, Draw(
                orders.still(media), rules.STILL_SIDE, page=page, quality=_QUALITY, veiled=veiled))

        return self._picture(case_id, name, order, Urgency.PAGE)

    def warm(self, case_id: str, medium_ids: Sequence[str], *, side: int = 160, veiled: bool = False) -> None:
        """Make thumbnails ahead of time, when nobody waits for anything. What cannot be made is told when it is asked for."""
        for medium_id in medium_ids:
            self._ahead.add(lambda key=medium_id: self.thumbnail(  # type: ignore[misc]
                case_id, key, side=side, veiled=veiled, urgency=Urgency.AHEAD))

    # -- playing

    def playable(self, case_id: str, medium_id: str, *, stream: int | None = None, clip: int | None = None) -> Playable:
        """How a video is played. clip: the one behind a picture; without it the first, where the medium is a picture."""
        return orders.playable(self._source(case_id, medium_id), stream, clip)

    def part(
        self, case_id: str, medium_id: str, number: int, *, stream: int | None = None, clip: int | None = None,
        urgency: Urgency = Urgency.PLAYING,
    ) -> Ranged:
        """A part of the derived copy, made now if it is not there; the next one is made meanwhile.

        Raises Unreadable where it cannot be decoded; WrongUsage `no-part`; EnvironmentFault `disk-full`.
        """
        name, order, last = self._part(case_id, medium_id, number, stream, clip)
        found = self._kept_part(case_id, name)
        if found is None:
            self._readers.hurry(name, urgency)
            self._once.make(name, lambda: self._make_part(case_id, medium_id, name, order, urgency))
            found = self._kept_part(case_id, name)
        if found is None:
            raise EnvironmentFault("home-unwritable", "A copy was made and is not there any more.", "Try again.")
        if urgency is Urgency.PLAYING and number < last:
            self._ahead.add(lambda: self.part(
                case_id, medium_id, number + 1, stream=stream, clip=clip, urgency=Urgency.AHEAD).close())
        return found

    def made(self, case_id: str, medium_id: str, number: int, *, stream: int | None = None, clip: int | None = None) -> bool:
        """Whether a part is there already: nobody waits for it. Raises WrongUsage `no-part`."""
        found = self._kept_part(case_id, self._part(case_id, medium_id, number, stream, clip)[0])
        if found is not None:
            found.close()
        return found is not None

    def original(self, case_id: str, medium_id: str, *, clip: int | None = None) -> Ranged:
        """The bytes of a medium that plays as it is. Raises WrongUsage `not-playable`; Unreadable `gone`,
        `changed-since-intake`, ...
        """
        source = self._source(case_id, medium_id)
        how = orders.playable(source, None, clip)
        if how.how is not How.ORIGINAL:
            raise WrongUsage("not-playable", f"Its own bytes are not given to a browser: {how.reason}.", "Play the copy.")
        audio = source.facts is not None and source.facts.kind is Kind.AUDIO
        media = None if audio else orders.moving(source, clip)
        offset, length = (media.offset, media.length) if media is not None else (0, 0)
        fd = self._open(case_id, medium_id)
        size = length or max(0, os.fstat(fd).st_size - offset)

        def read(start: int, wanted: int) -> bytes:
            return os.pread(fd, max(0, min(wanted, size - start)), offset + start) if 0 <= start < size else b""

        return Ranged(size, how.content_type, f"{source.sha256[:40]}-{offset}", read, lambda: os.close(fd))

    # -- how it is made

    def _picture(self, case_id: str, name: str, order: Callable[[], Order], urgency: Urgency) -> Shown:
        kept = self.shelf.get(case_id, name)
        if kept is not None:
            return beside.shown(kept, name)
        if urgency is Urgency.PAGE:
            self._readers.hurry(name, urgency)
        return self._once.make(name, lambda: self._make_picture(case_id, name, order, urgency))

    def _make_picture(self, case_id: str, name: str, order: Callable[[], Order], urgency: Urgency) -> Shown:
        kept = self.shelf.get(case_id, name)         # made while we came here
        if kept is not None:
            return beside.shown(kept, name)
        ordered = order()
        ask = ordered.ask
        seconds = PICTURE_S + (2 * ask.t if ask.unit.untimed_rate else 0.0)     # without times all before it is decoded
        said = self._readers.ask(name, ask, self._open(case_id, ordered.medium_id), seconds=seconds, urgency=urgency)
        if said.drawn is None:
            raise lied("picture")
        drawn = trust.checked_picture(said.drawn, ask.side)
        about = beside.of_picture(drawn, ask.veiled, ordered.of_type)
        self._keep(case_id, name, about, drawn.content)
        return beside.shown((about, drawn.content), name)

    def _part(
        self, case_id: str, medium_id: str, number: int, stream: int | None, clip: int | None,
    ) -> tuple[str, Derive, int]:
        """What a part is kept as, how it is made, and the number of the last one. Raises WrongUsage `no-part`."""
        media = orders.moving(self._source(case_id, medium_id), clip)
        chosen = orders.stream_of(media, stream)
        parts = rules.parts_of(chosen, untimed=media.facts.untimed)
        if not 0 <= number < len(parts):
            raise WrongUsage("no-part", f"There is no part {number}: the copy has {len(parts)}.")
        order = orders.part(media, chosen, parts[number])
        name = self._name(case_id, "part", medium_id, order.unit.offset, chosen.index, order.unit.start, order.unit.end,
                          order.longest)
        return name, order, len(parts) - 1

    def _make_part(self, case_id: str, medium_id: str, name: str, ask: Derive, urgency: Urgency) -> None:
        if self.shelf.get(case_id, name) is not None:
            return                                   # made while we came here
        file = self._open(case_id, medium_id)
        unit = ask.unit
        before = unit.start if unit.untimed_rate and unit.start > -OPEN else 0.0     # without times all before it is decoded
        said = self._readers.ask(name, ask, file, seconds=PART_BASE_S + PART_S_PER_S * (before + unit.seconds), urgency=urgency)
        if said.copied is None:
            raise lied("copy")
        copied = trust.checked_copy(said.copied, ask.longest)
        copy = Copy(copied.offset, copied.end, copied.width, copied.height, copied.frames, copied.left_out, copied.corrupt,
                    copied.sound, copied.whole)
        if not self._keep(case_id, name, beside.of_copy(copy), copied.content):
            with self._lock:
                self._unkept[case_id, name] = copy, copied.content
                while len(self._unkept) > _UNKEPT:
                    self._unkept.popitem(last=False)

    def _keep(self, case_id: str, name: str, about: bytes, content: bytes) -> bool:
        """Lay it on the shelf. A full disk keeps nobody from seeing: then it is made again next time, and `trouble` says so."""
        try:
            self.shelf.put(case_id, name, about, content)
        except EnvironmentFault as fault:
            self.trouble = fault
            return False
        self.trouble = None
        return True

    def _kept_part(self, case_id: str, name: str) -> Ranged | None:
        kept = self.shelf.open(case_id, name)
        if kept is not None:
            return Ranged(kept.size, trust.MP4, name, kept.read, kept.close, beside.copy(kept.about))
        with self._lock:
            held = self._unkept.get((case_id, name))
        if held is None:
            return None
        copy, content = held
        return Ranged(len(content), trust.MP4, name, lambda start, wanted: content[start:start + wanted], lambda: None, copy)

    def _open(self, case_id: str, medium_id: str) -> int:
        self._ahead.begin()                          # it lets go of what nobody looks at any more
        return self._sources.open(case_id, medium_id)

    def _moment(self, case_id: str, medium_id: str, track: str | None, page: int) -> Seen:
        """What shows a medium."""
        if track is not None:
            with self._store.reader() as rows:
                sighted = records.sighted(rows, case_id, track)
            return self._best(case_id, sighted)
        media = orders.media(self._source(case_id, medium_id))
        if media.facts.kind is Kind.STILL:
            return Seen(orders.still(media), media.facts.type, page=page)
        stream = orders.stream_of(media, None)
        t = rules.moment_of(media.facts, stream)
        return Seen(orders.at(orders.of_stream(media, stream), media.facts, t), media.facts.type, t)

    def _page(self, case_id: str, medium_id: str, page: int) -> int:
        """Which of its pictures is asked for: a video has one, whatever page somebody names. Raises WrongUsage `no-page`."""
        facts = orders.media(self._source(case_id, medium_id)).facts
        if facts.kind is not Kind.STILL:
            return 0
        _check_page(facts, page)
        return page

    def _best(self, case_id: str, track: records.Sighted) -> Seen:
        with self._store.reader() as rows:
            unit = records.unit(rows, case_id, track.unit_id)
            source = records.source(rows, case_id, track.medium_id)
        facts = source.facts
        if facts is not None and unit.offset:
            behind = zip(facts.clips, facts.embedded, strict=False)
            facts = next((clip for clip, place in behind if place[0] == unit.offset), facts)
        if facts is None:
            raise Unreadable("not-read", "nobody has looked at what this file is yet")
        shot = track.shot
        return Seen(orders.at(unit, facts, shot.t), facts.type, shot.t, shot.pts, shot.page)

    def _source(self, case_id: str, medium_id: str) -> records.Source:
        with self._store.reader() as rows:
            return records.source(rows, case_id, medium_id)

    def _shown(self, case_id: str, medium_id: str) -> str | None:
        """As `records.shown_by`; remembered for a minute, so that a page that is looked at again costs no question."""
        key, now = (case_id, medium_id), time.monotonic()
        known = self._shown_by.get(key)
        if known is not None and now - known[0] < _KNOWN_S:
            return known[1]
        with self._store.reader() as rows:
            found = records.shown_by(rows, case_id, medium_id)
        with self._lock:
            self._shown_by[key] = now, found
            if len(self._shown_by) > _KNOWN:
                self._shown_by.clear()
        return found

    def _name(self, case_id: str, *words: object) -> str:
        return self.shelf.name(case_id, VERSION, *words)


def _check_side(side: int) -> None:
    if side not in rules.SIDES:
        raise WrongUsage("unknown-side", f"Small pictures are made at {', '.join(map(str, rules.SIDES))} pixels, not {side}.")


def _check_page(facts: Facts, page: int) -> None:
    if facts.kind is not Kind.STILL or not 0 <= page < max(1, facts.pages):
        raise WrongUsage("no-page", f"There is no page {page} in this medium.")
