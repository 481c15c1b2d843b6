"""What people correct: same, not the same, split, merge, and taking it back. One act each, on the named tracks alone."""
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.clusters import carried, frames, records, service
from sporhund.clusters.model import Anchor, Cluster, Named, Statement
from sporhund.clusters.records import Member
from sporhund.clusters.service import Hands
from sporhund.clusters.settle import Moves, Settled
from sporhund.clusters.statements import Word, put_together, require_consistent
from sporhund.errors import Refused, WrongUsage
from sporhund.packs.model import Manifest
from sporhund.store.ids import new_id

Sides = Callable[[Connection], tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Corrected:
    """An act and what came of it."""

    statement: Statement
    settled: tuple[Settled, ...]          #: one for each pack of which there are clusters
    replaces: tuple[Statement, ...] = ()  #: earlier words to the contrary about one of these pairs: the newest counts


@dataclass(frozen=True, slots=True)
class Correcting:
    """Who corrects what."""

    case_id: str
    packs: Sequence[Manifest]             #: those of which the case has clusters
    hands: Hands
    hide: Collection[str] = ()            #: tracks on which this person still has to conclude


def same(acting: Correcting, first: str, second: str, *, because: str | None = None) -> Corrected:
    """Say that two tracks are one person. Their clusters join as long as nothing forbids it.

    because: one of model.BECAUSE, where one frame shows both: the only way in which that is possible.
    Raises Refused `contradiction`, `one-frame`, `conclude-first`; WrongUsage `unknown-track`, `one-track`, `not-one-frame`.
    """
    return _say(acting, "same", "same", lambda rows: ([first], [second]), because=because, named=[first, second])


def not_same(acting: Correcting, first: str, second: str) -> Corrected:
    """Say that two tracks are two people. Where they are in one cluster, the one that fits it less leaves.

    Raises Refused `contradiction`, `conclude-first`; WrongUsage `unknown-track`, `one-track`.
    """
    return _say(acting, "not-same", "not-same", lambda rows: ([first], [second]), named=[first, second])


def split(acting: Correcting, cluster_id: str, tracks: Sequence[str]) -> Corrected:
    """Take tracks out of a cluster: they are somebody else than the others. Nothing is said of them among themselves.

    Raises Refused `contradiction`, `conclude-first`; WrongUsage `unknown-cluster`, `not-in-cluster`, `all-of-it`.
    """
    def sides(rows: Connection) -> tuple[list[str], list[str]]:
        held = _held(rows, acting, cluster_id)
        strangers = sorted(set(tracks) - set(held))
        if strangers:
            raise WrongUsage("not-in-cluster", f"Not in {cluster_id}: {', '.join(strangers)}.", "See: sporhund faces clusters.")
        rest = sorted(set(held) - set(tracks))
        if not rest:
            raise WrongUsage("all-of-it", f"These are all tracks of {cluster_id}.", "Name those that are somebody else.")
        return sorted(set(tracks)), rest

    return _say(acting, "split", "not-same", sides, named=tracks)


def merge(acting: Correcting, first: str, second: str) -> Corrected:
    """Say that two clusters are one person: of the tracks that are in them now, not of what may join later.

    Raises Refused `contradiction`, `one-frame`; WrongUsage `unknown-cluster`, `one-cluster`, `two-packs`.
    """
    def sides(rows: Connection) -> tuple[list[str], list[str]]:
        one, other = (_standing(rows, acting.case_id, name) for name in (first, second))
        if one.id == other.id:
            raise WrongUsage("one-cluster", f"{first} and {second} are one cluster.", "Name two.")
        if one.pack != other.pack:
            raise WrongUsage("two-packs", "These clusters are of two packs.", "Name two clusters of one pack.")
        return _held(rows, acting, one.id), _held(rows, acting, other.id)

    return _say(acting, "merge", "same", sides)


def undo(acting: Correcting, statement_id: str | None = None) -> Corrected:
    """Take back an act: the last one of this person, or the one named. Its tracks go where they were before.

    Raises Refused `contradiction` (what it hid contradicts what was said since), `conclude-first`; WrongUsage
    `nothing-to-undo`, `unknown-constraint`, `undone-already`.
    """
    hands = acting.hands
    with _act(acting, "undo") as doing:
        basis = bases.require_live(doing.rows, acting.case_id, None, at=doing.at)
        records.lock(doing.rows, acting.case_id)
        mine = hands.actor.mark
        visible = records.constraints(doing.rows, acting.case_id, hide=acting.hide, by=mine, undone=True)
        said = _to_undo(visible, statement_id, mine)
        _require_concluded(acting, [*said.tracks(0), *said.tracks(1)])
        before = records.constraints(doing.rows, acting.case_id)
        after = [one for one in before if one.id != said.id]
        _require_consistent(doing.rows, acting, before, after)
        records.take_back(doing.rows, acting.case_id, said.id, by=hands.actor.mark, at=doing.at)
        settled = [service.again(doing.rows, acting.case_id, pack, hands, _back(doing.rows, acting.case_id, pack, said))
                   for pack in acting.packs]
        bases.require_live(doing.rows, acting.case_id, basis.id, at=hands.clock.now())   # it may have ended meanwhile
        doing.tell(constraint=said.id, verb=said.verb, tracks=[said.tracks(0), said.tracks(1)])
    return Corrected(replace(said, undone_by=hands.actor.mark, undone_at=doing.at), tuple(settled))


# ------------------------------------------------------------------ saying

def _act(acting: Correcting, verb: str) -> AbstractContextManager[gate.Doing]:
    hands = acting.hands
    return gate.act("faces constrain", action=f"faces {verb}", case_id=acting.case_id, store=hands.store, keys=hands.keys,
                    clock=hands.clock, actor=hands.actor)


def _require_concluded(acting: Correcting, tracks: Collection[str]) -> None:
    """Raises Refused `conclude-first`, whatever others said of these tracks: a contradiction would tell what it was."""
    if not set(acting.hide).isdisjoint(tracks):
        raise Refused("conclude-first", "You can still conclude on one of these tracks: you say nothing of it before.",
                      "Conclude first: sporhund candidates --case CASE.")


def _say(
    acting: Correcting, verb: str, kind: str, sides: Sides, *, because: str | None = None, named: Collection[str] = (),
) -> Corrected:
    """named: the tracks as they were given, where tracks were."""
    hands = acting.hands
    with _act(acting, verb) as doing:
        rows, case_id = doing.rows, acting.case_id
        basis = bases.require_live(rows, case_id, None, at=doing.at)
        _require_concluded(acting, named)
        records.lock(rows, case_id)
        left, right = sides(rows)
        anchors = _anchored(rows, case_id, [*left, *right])
        if not set(left).isdisjoint(right):
            raise WrongUsage("one-track", "Both sides name the same track.", "Name two tracks.")
        said = Statement(
            new_id("w"), kind, verb, because, hands.actor.mark, doing.at,
            (tuple(Named(track, anchors[track]) for track in left), tuple(Named(track, anchors[track]) for track in right)))
        before = records.constraints(rows, case_id)
        _require_consistent(rows, acting, before, [*before, said])
        if kind == "same":
            _require_apart_in_time(rows, acting, before, said)
        records.add_statement(rows, case_id, said)
        replaced = tuple(one for one in before if one.kind != kind and _same_pair(one, left, right))
        doing.tell(basis=basis.id, constraint=said.id, kind=kind, because=because, tracks=[left, right],
                   replaces=[one.id for one in replaced])
        settled = [service.again(rows, case_id, pack, hands, _leaving(rows, case_id, pack, said)) for pack in acting.packs]
        bases.require_live(rows, case_id, basis.id, at=hands.clock.now())                # it may have ended meanwhile
    return Corrected(said, tuple(settled), replaced)


def _same_pair(one: Statement, left: Collection[str], right: Collection[str]) -> bool:
    """Whether an earlier statement speaks of a pair of these sides too."""
    def meet(a: int, b: int) -> bool:
        return not set(left).isdisjoint(one.tracks(a)) and not set(right).isdisjoint(one.tracks(b))

    return meet(0, 1) or meet(1, 0)


def _anchored(rows: Connection, case_id: str, tracks: Sequence[str]) -> dict[str, Anchor]:
    """Where these tracks were seen, and the clusters they are in. Raises WrongUsage `unknown-track`."""
    found = records.anchors(rows, case_id, tracks)
    unknown = sorted(set(tracks) - found.keys())
    if unknown:
        raise WrongUsage("unknown-track", f"There is no face track {unknown[0]!r} in this case.",
                         "See: sporhund tracks --case CASE --kind face.")
    inside = records.clusters_of(rows, case_id, tracks)
    return {track: replace(anchor, clusters=inside.get(track, ())) for track, anchor in found.items()}


def _require_consistent(
    rows: Connection, acting: Correcting, before: Sequence[Statement], after: Sequence[Statement],
) -> None:
    """As they were entered, and as they stand on the tracks that count with each pack. Raises Refused `contradiction`."""
    seen = {one.id for one in records.constraints(rows, acting.case_id, hide=acting.hide, by=acting.hands.actor.mark)}
    hidden = {one.id for one in before if one.id not in seen}
    require_consistent(_words(before), _words(after), hidden=hidden)
    for pack in acting.packs:
        counting = records.looked_at(rows, acting.case_id, pack.label)
        follow = partial(carried.followers, rows, acting.case_id, pack.label, counting)
        then, now = (carried.bring(said, counting, follow).words for said in (before, after))
        require_consistent(then, now, hidden=hidden)


def _words(said: Sequence[Statement]) -> list[Word]:
    return [Word(one.id, one.kind == "same", (frozenset(one.tracks(0)), frozenset(one.tracks(1)))) for one in said]


def _require_apart_in_time(rows: Connection, acting: Correcting, before: Sequence[Statement], said: Statement) -> None:
    """Raises Refused `one-frame` where "same" brings two faces of one frame together and nobody has said why they are one."""
    case_id = acting.case_id
    groups = [put_together(_words(some)) for some in (before, [*before, said])]
    earlier, named = groups[0].group_of(), set(said.tracks(0) + said.tracks(1))
    together = next(sorted(group) for group in groups[1].same if not named.isdisjoint(group))
    spans = records.spans(rows, case_id, together)
    pairs = [(i, j) for i, j in frames.overlapping([spans[track] for track in together], [0] * len(together))
             if earlier.get(together[i], -1) != earlier.get(together[j], -2)]
    paths = records.paths(rows, case_id, sorted({together[at] for pair in pairs for at in pair}))
    met = [(together[i], together[j]) for i, j in frames.apart(pairs, {at: paths[together[at]] for pair in pairs for at in pair})]
    excepted = [set(one.tracks(0) + one.tracks(1)) for one in (*before, said) if one.because]
    unexplained = [pair for pair in met if not any(pair[0] in tracks and pair[1] in tracks for tracks in excepted)]
    if unexplained:
        first, second = unexplained[0]
        if not {first, second}.isdisjoint(acting.hide):
            raise Refused("one-frame", "With what somebody else has said, this brings two faces of one frame together.",
                          "You may see what it is after your own conclusion on them.")
        raise Refused(
            "one-frame", f"{first} and {second} are in one frame: two people, unless one is a mirror, poster, screen or collage.",
            f"If it is: sporhund faces same {first} {second} --because mirror --case CASE.")
    if said.because and not met:
        raise WrongUsage("not-one-frame", "No frame shows both of these tracks.", "Leave --because out.")


def _leaving(rows: Connection, case_id: str, pack: Manifest, said: Statement) -> Moves:
    """Who leaves a cluster by this statement: a split's first side; of two that are not the same the one that fits less."""
    members = records.members(rows, case_id, pack.label)
    if said.verb == "split":
        leave = [track for track in said.tracks(0) if track in members]
    elif said.verb == "not-same":
        pair = [members[track] for track in (*said.tracks(0), *said.tracks(1)) if track in members]
        torn = len(pair) == 2 and pair[0].cluster is not None and pair[0].cluster == pair[1].cluster
        leave = [min(pair, key=_tie).track] if torn else []
    else:
        leave = []
    held = {track: group for group in put_together(_words(records.constraints(rows, case_id))).same for track in group}
    leaving = {other for track in leave for other in held.get(track, {track}) if other in members}
    return Moves(dict.fromkeys(sorted(leaving)), frozenset(leaving))


def _tie(member: Member) -> tuple[float, str]:
    return (member.why.together if member.why else -1.0, member.track)


# ------------------------------------------------------------------ clusters by name

def _standing(rows: Connection, case_id: str, name: str) -> Cluster:
    """The cluster of this name, or the one that took it in. Raises WrongUsage `unknown-cluster`."""
    found = records.cluster_named(rows, case_id, name)
    while found is not None and found.merged_into is not None:
        found = records.cluster_named(rows, case_id, found.merged_into)
    if found is None:
        raise WrongUsage("unknown-cluster", f"There is no cluster {name!r} in this case.", "See: sporhund faces clusters.")
    return found


def _held(rows: Connection, acting: Correcting, name: str) -> list[str]:
    """Its tracks, as far as this person sees them: nothing is said of those on which they still have to conclude."""
    one = _standing(rows, acting.case_id, name)
    return [track for track in records.tracks_of(rows, acting.case_id, one.id) if track not in acting.hide]


# ------------------------------------------------------------------ taking back

def _to_undo(all_said: Sequence[Statement], statement_id: str | None, by: str) -> Statement:
    if statement_id is None:
        own = [one for one in all_said if one.by == by and one.undone_at is None]
        if not own:
            said = "You have said nothing that still stands."
            raise WrongUsage("nothing-to-undo", said, "See: sporhund faces constraints.")
        return own[-1]
    for one in all_said:
        if one.id == statement_id:
            if one.undone_at is not None:
                raise WrongUsage("undone-already", f"{statement_id} was taken back already.", "See: sporhund faces constraints.")
            return one
    raise WrongUsage("unknown-constraint", f"There is no {statement_id!r} in this case.", "See: sporhund faces constraints.")


def _back(rows: Connection, case_id: str, pack: Manifest, said: Statement) -> Moves:
    """Where the tracks of a statement stood before it."""
    members = records.members(rows, case_id, pack.label)
    known = records.clusters(rows, case_id, pack.label)
    follow = partial(carried.followers, rows, case_id, pack.label, members.keys())
    told = {one.track: one.to for one in carried.bring([said], members.keys(), follow).report}
    home = {track: next((name for name in one.anchor.clusters if name in known), None)
            for side in said.sides for one in side for track in told.get(one.track, ())}
    if said.kind == "same":
        homes = set(home.values())
        risen = [name for name in sorted(known) if name in homes and known[name].merged_into in homes]
        records.lead_on(rows, case_id, dict.fromkeys(risen))
        to: dict[str, str | None] = {track: name for track, member in members.items() for name in risen if name in member.came}
        to |= {track: None for track, name in home.items() if name is None and members[track].cluster is not None}
        return Moves(to)
    standing = {track: _resolved(known, name) for track, name in home.items() if name is not None}
    return Moves({track: name for track, name in standing.items() if members[track].cluster != name})


def _resolved(known: Mapping[str, Cluster], name: str) -> str:
    into = known[name].merged_into
    return name if into is None else _resolved(known, into)
