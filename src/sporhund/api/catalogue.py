"""What is in a case, at a glance: pages of media by filter and order, counts, one clock."""
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sporhund.api.documents import Document, moment
from sporhund.api.timeline import Clocked
from sporhund.catalogue import facets, find, pages, people, rules, standing, tiles
from sporhund.catalogue.columns import State
from sporhund.catalogue.model import Filter
from sporhund.catalogue.packed import keys
from sporhund.evidence.find import medium_named
from sporhund.objects.names import shades
from sporhund.viewing import records as viewing

LARGEST_PAGE = 1000
EVERYTHING = Filter()


class Catalogue(Clocked):
    """The media of one case, as the person who acts may ask for them."""

    # -- filters

    def parse(self, query: Mapping[str, Sequence[str]]) -> Filter:
        """The filter that an address asks for. Raises WrongUsage `bad-filter`."""
        return rules.parse(query)

    def address(self, wanted: Filter) -> str:
        """A filter as the query of an address, without its question mark."""
        return rules.address(wanted)

    # -- lists

    def page(
        self, wanted: Filter = EVERYTHING, *, sort: str | None = None, limit: int = 100, after: str | None = None,
        around: str | None = None,
    ) -> Document:
        """One page of what the filter lets through, ready for tiles, and how many it hides.

        sort: taken-in (or none) | time | face-size | findings | duration, with a minus the other way round; colour:NAME.
        after: `next` or `previous` of another page; '' or none: the first.   around: the page on which this medium is.
        Raises WrongUsage `bad-sort`, `bad-cursor`.
        """
        state = self._state(sort)
        limit = max(1, min(limit, LARGEST_PAGE))
        found = pages.page(state, wanted, self._asker, sort=sort, limit=limit, after=after, around=around)
        return {"items": self._tiles(state, found.ids), "total": found.total, "matching": found.matching, "hidden": found.hidden,
                "position": found.position, "next": found.next, "previous": found.previous, "address": rules.address(wanted),
                "sort": sort or "taken-in"}

    def tiles(self, media_ids: Sequence[str]) -> list[Document]:
        """These media as `page` shows them; those that are not there are left out."""
        return self._tiles(self._state(), media_ids)

    def _tiles(self, state: State, media_ids: Sequence[str]) -> list[Document]:
        with self._case.place.store.reader() as rows:
            shown = tiles.tiles(rows, self._case.id, state, media_ids, self._asker)
            said = [mark for tile in shown for mark in tile["marks"]]
            names = viewing.names(rows, {mark["by"] for mark in said}) if said else {}
        for mark in said:
            mark["by"] = names[mark["by"]]
        return shown

    def neighbours(self, medium: str, wanted: Filter = EVERYTHING, *, sort: str | None = None) -> Document:
        """`previous` and `next` medium in a list, its `position` (None: the filter leaves it out) and how many it holds.

        medium: id or path. Raises WrongUsage `unknown-medium`, `bad-sort`; Refused `which-medium`.
        """
        state, key = self._state(sort), medium
        if not medium.isascii() or state.items.find(keys([medium]))[0] < 0:
            with self._case.place.store.reader() as rows:
                key = medium_named(rows, self._case.id, medium)
        found = pages.neighbours(state, wanted, self._asker, key, sort)
        return {"medium": key, "previous": found.before, "next": found.behind, "matching": found.matching,
                "position": found.position if found.position >= 0 else None}

    def facets(self, wanted: Filter = EVERYTHING) -> Document:
        """Per condition (its name in an address) and choice: how many media there would be with it.

        Exhibits and cameras by id; `names` says what they are called.
        """
        state = self._state()
        return {**facets.facets(state, wanted, self._asker),
                "names": dict([*state.exhibits.values(), *state.cameras.values()])}

    def unmarked(self, wanted: Filter = EVERYTHING) -> int:
        """How many media without a mark the other conditions of a filter leave: `facets`' mark none, alone."""
        return facets.unmarked(self._state(), wanted, self._asker)

    def find(self, said: str, *, limit: int = 200) -> Document:
        """Media by what is typed: an id of a medium or track; 8 or more digits of a SHA-256; a file's name or how it begins, with
        folders before it if wanted. `items` as `page` shows them; `more`: there are more; `by`: id | digest | name | nothing; and
        `exhibits` and `cameras` (id → name) in whose names it stands. The files' names are looked up in an index.
        """
        state = self._state()
        with self._case.place.store.reader() as rows:
            found = find.find(rows, self._case.id, said, limit)
        called = said.strip().casefold()
        named = {what: {key: name for key, name in of.values() if called and called in name.casefold()}
                 for what, of in (("exhibits", state.exhibits), ("cameras", state.cameras))}
        return {"items": self._tiles(state, found.ids), "more": found.more, "by": found.by, **named}

    def colours(self) -> list[Document]:
        """Colours by which a list can be sorted: `colour:NAME`."""
        return [{"name": one.name, "danish": one.danish} for one in shades().values()]

    # -- counts

    def standing(self) -> Document:
        """As last counted: `files` by state, seconds of `video`, `tracks` by kind; and when, `at`."""
        place = self._case.place
        found = standing.read(place.store, self._case.id, place.clock)
        return {**found, "at": moment(found["at"])}

    def people(self) -> Document:
        """How much of what is there people have looked at: media and seconds of video, all, and seen by anybody."""
        return asdict(people.looked_at(self._state()))

    def counts(self) -> Document:
        """How many media there are, and in how many there are faces, persons, ..., movement that nothing was recognised in."""
        return facets.counts(self._state())
