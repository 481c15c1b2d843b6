"""A case in memory, up to date at every question: what changed since the last one is read and nothing else.

How a change is noticed: every row that is read into columns carries the number of the transaction that wrote it. At each reading
the lowest number that may still be running is remembered (`pg_snapshot_xmin`); whatever was not visible then carries that number
or a higher one, so asking for those next time misses nothing, however long a transaction took.
"""
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from sporhund.catalogue import reads, records
from sporhund.catalogue.elsewhere import Elsewhere
from sporhund.catalogue.items import Ids, Index, Items, Marks, Played, Seen, Shades, Tracks
from sporhund.catalogue.packed import ID_BYTES
from sporhund.catalogue.shelf import Shelf
from sporhund.catalogue.weight import weigh
from sporhund.errors import EnvironmentFault, Refused
from sporhund.store.service import Store

ANYBODY = ""
"""Under this name what anybody has seen is kept beside what each person has."""
PEOPLE = 50
"""People whose views are held at once; others are read when they ask."""
PATIENCE_S = 20.0
"""So long a request waits for another that reads the same case."""
WEIGHED_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class State:
    """A case at one moment. Never changed: readers keep what they have."""

    moment: str                                #: what the transaction saw that read it
    since: int                                 #: whatever it did not see carries this number or a higher one
    items: Items
    tracks: Tracks
    marks: Marks
    seen: Mapping[str, Seen]                   #: by user id; ANYBODY: of all of them
    words: Mapping[int, str]                   #: values and people of marks, by token
    exhibits: Mapping[int, tuple[str, str]]    #: (id, label) by token
    cameras: Mapping[int, tuple[str, str]]     #: (id, name) by token
    folders: Mapping[int, tuple[str, str]]     #: (exhibit id, folder) by token: rows of the timeline without a camera
    elsewhere: Elsewhere
    shades: Shades | None = None               #: read when the first person asks for a colour

    @property
    def nbytes(self) -> int:
        """With the orders, times and masks that were worked out of the columns and are kept beside them."""
        return weigh((self.items, self.tracks, self.marks, dict(self.seen), self.elsewhere, self.shades))


class Columns:
    """One case; many threads ask, one at a time reads what is new."""

    def __init__(self, store: Store, case_id: str, shelf: "Shelf[Columns]", *, patience_s: float = PATIENCE_S) -> None:
        self._store, self._case_id, self._shelf, self._patience_s = store, case_id, shelf, patience_s
        self._lock, self._state = threading.Lock(), None  # type: threading.Lock, State | None
        self._begun = float("-inf")                       # when what is held was last begun to be read
        self._heard: dict[str, None] = {}          # who asked, the one that asked last at the end
        self._weight, self._weighed = 0, -WEIGHED_EVERY_S

    @property
    def nbytes(self) -> int:
        """As `State.nbytes`, weighed anew once in a while: every request asks for it."""
        state, now = self._state, time.monotonic()
        if state is None:
            return 0
        if now - self._weighed >= WEIGHED_EVERY_S:
            self._weight, self._weighed = state.nbytes, now
        return self._weight

    def now(self, person: str = ANYBODY, *, shades: bool = False) -> State:
        """The case as it stands, with what this person and anybody has seen.

        Raises Refused `case-erased`; EnvironmentFault `case-opening` where somebody else reads it and is not done in time.
        """
        asked = time.monotonic()
        with self._turn():
            self._heard.pop(person, None)
            self._heard[person] = None
            if self._answers(person, shades, asked):
                assert self._state is not None
                return self._state
            begun = time.monotonic()
            self._state = self._anew(person, shades)
            self._begun = begun                   # only now: whoever waited for a read that failed reads for themselves
            return self._state

    def _anew(self, person: str, shades: bool) -> State:
        stands = self._unchanged(person) if self._state is not None else None
        if stands is not None and (stands.shades is not None or not shades):
            return stands
        if self._state is None:
            records.ensure(self._store, self._case_id)
        with self._store.snapshot() as rows:
            reads.each_its_plan(rows)
            held = self._held()
            self._check(held, reads.open_among(rows, held))
            state = self._read(rows, self._state, {ANYBODY, person})
            if shades and state.shades is None:
                state = replace(state, shades=_shades(rows, self._case_id, state.items))
        return state

    def _answers(self, person: str, shades: bool, asked: float) -> bool:
        """Whether somebody else began to read after this was asked: then what they found is as new as it has to be.

        Fifty people who ask at once take one turn and not fifty (measured: 2 s of waiting at one page a second each).
        """
        state = self._state
        return (state is not None and self._begun >= asked and person in state.seen
                and (state.shades is not None or not shades))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One reads at a time. Who waits holds one of the desk's threads, so none waits for as long as a large case takes."""
        if not self._lock.acquire(timeout=self._patience_s):
            raise EnvironmentFault("case-opening", "This case is being read into memory, which takes a while for a large one.",
                                   "Try again in a moment.")
        try:
            yield
        finally:
            self._lock.release()

    def _unchanged(self, person: str) -> State | None:
        """The state as it is held, where one statement says that nothing is new; None: it has to be read.

        Most questions come while nothing changes, and ten statements that find nothing took two thirds of a page's time.
        """
        state = self._state
        if state is None or person not in state.seen:
            return None
        held = self._held()
        with self._store.reader() as rows:
            found = reads.news(rows, self._case_id, sorted(state.seen), held)
        self._check(held, set(found.there or ()))
        if (found.newest or 0) >= state.since or (found.exhibits, found.cameras) != (len(state.exhibits), len(state.cameras)):
            return None
        return replace(state, moment=found.moment, since=found.least)

    def _held(self) -> list[str]:
        return sorted({*self._shelf.cases(), self._case_id})

    def _check(self, held: list[str], there: set[str]) -> None:
        """Of a case that was erased nothing stays in memory. there: those of these held cases that are open."""
        self._shelf.let_go(set(held) - there)
        if self._case_id not in there:
            self._state = None
            raise Refused("case-erased", "This case was erased.", "What is left of it is its certificate: sporhund case list.")

    def _read(self, rows: Connection, state: State | None, people: set[str]) -> State:
        if state is None:
            return _whole(rows, self._case_id, people)
        moment, least = reads.moment(rows)
        if moment == state.moment:
            return self._with_people(rows, state, people)
        news = _newer(rows, self._case_id, state, moment, least)
        return self._with_people(rows, news, people)

    def _with_people(self, rows: Connection, state: State, people: set[str]) -> State:
        found = _with_people(rows, self._case_id, state, people - state.seen.keys(), list(self._heard))
        self._heard = {by: None for by in self._heard if by in found.seen}
        return found


def held(shelf: "Shelf[Columns]", store: Store, case_id: str) -> Columns:
    """The columns of a case, shared by everybody who asks in this process."""
    return shelf.take(case_id, lambda: Columns(store, case_id, shelf))


# ------------------------------------------------------------------ reading

def _whole(rows: Connection, case_id: str, people: set[str]) -> State:
    reads.room_for_joins(rows)
    moment, least = reads.moment(rows)
    items = Items.of(reads.items(rows, case_id, None))
    tracks = Tracks.of(reads.tracks(rows, case_id, None), items)
    marked, words = reads.marks(rows, case_id, None)
    exhibits, cameras = reads.names(rows, case_id)
    state = State(moment, least, items, tracks, _no_marks().with_rows(marked, items), {}, words, exhibits, cameras,
                  reads.folders(rows, case_id, None), Elsewhere.of(reads.elsewhere(rows, case_id, None), items))
    return _with_people(rows, case_id, state, people)


def _newer(rows: Connection, case_id: str, state: State, moment: str, least: int) -> State:
    """What transactions have written that had not ended when the state was read."""
    items, changed = state.items.with_rows(reads.items(rows, case_id, state.since))
    tracks, shades, folders, elsewhere = state.tracks, state.shades, state.folders, state.elsewhere
    if len(changed):
        media = plain(items.id[changed])
        tracks = tracks.with_media(changed, reads.tracks(rows, case_id, media), items)
        folders = {**folders, **reads.folders(rows, case_id, state.since)}
        elsewhere = elsewhere.with_media(changed, reads.elsewhere(rows, case_id, media), items)
        shades = _shades_again(rows, case_id, shades, items, changed) if shades is not None else None
    marked, words = reads.marks(rows, case_id, state.since)
    exhibits, cameras = reads.names(rows, case_id)
    saw = reads.who_saw(rows, case_id, list(state.seen), state.since)
    seen = {by: _seen_since(rows, case_id, by, of, items, state.since) if by in saw else of for by, of in state.seen.items()}
    marks = state.marks.with_rows(marked, items) if len(marked["id"]) else state.marks
    return State(moment, least, items, tracks, marks, seen, {**state.words, **words}, exhibits, cameras, folders, elsewhere,
                 shades)


def _seen_since(rows: Connection, case_id: str, by: str, of: Seen, items: Items, since: int) -> Seen:
    new = reads.seen(rows, case_id, by, since)
    return of.with_rows(new, reads.played(rows, case_id, by, since), items) if len(new["thing"]) else of


def _with_people(rows: Connection, case_id: str, state: State, people: Iterable[str], heard: Sequence[str] = ()) -> State:
    """Also what these people have seen; of those who were not heard of for longest it is let go. heard: the latest at the end."""
    new = {by: _no_views().with_rows(reads.seen(rows, case_id, by, None), reads.played(rows, case_id, by, None), state.items)
           for by in people}
    if not new:
        return state
    stay = [by for by in heard if by in state.seen and by != ANYBODY][-PEOPLE:]
    kept = {by: state.seen[by] for by in ([ANYBODY] if ANYBODY in state.seen else []) + stay}
    return replace(state, seen={**kept, **new})


def _no_views() -> Seen:
    nowhere = Played(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    return Seen(np.zeros(0, f"S{ID_BYTES}"), np.zeros(0, np.bool_), np.zeros(0), nowhere)


def _no_marks() -> Marks:
    token, place = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return Marks(token, token, place, np.zeros(0, np.int16), token, token, np.zeros(0), np.zeros(0, np.bool_))


def _shades(rows: Connection, case_id: str, items: Items, media: list[str] | None = None) -> Shades:
    found = reads.shades(rows, case_id, media)
    place = items.find(found["medium"])
    known = place >= 0
    lab = np.stack([found[axis][known] for axis in ("l", "a", "b")], axis=1)
    return Shades(place[known], lab, found["share"][known], found["name"][known])


def _shades_again(rows: Connection, case_id: str, old: Shades, items: Items, changed: Index) -> Shades:
    new = _shades(rows, case_id, items, plain(items.id[changed]))
    keep = ~np.isin(old.medium, changed)
    return Shades(*(np.concatenate([before[keep], after]) for before, after in (
        (old.medium, new.medium), (old.lab, new.lab), (old.share, new.share), (old.name, new.name))))


def plain(ids: Ids) -> list[str]:
    """Ids as text."""
    return [one.decode() for one in ids.tolist()]
