"""Clusters as they are shown: their tracks, their weakest link, why each track is where it is.

hide, throughout: tracks on which the reader has still to conclude. The reader sees the clusters as if these were not there, and
as long as there is one no score of any cluster: a cluster whose scores alone are missing would tell that one of them is in it.
"""
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from sporhund.clusters import carried, records
from sporhund.clusters.model import Statement
from sporhund.clusters.records import Member
from sporhund.clusters.statements import put_together
from sporhund.errors import WrongUsage

Document = dict[str, Any]
WITHHELD = "withheld until you have concluded"


def clusters(
    rows: Connection, case_id: str, pack: str, *, statements: Sequence[Statement], hide: Collection[str] = (),
) -> Document:
    """`{"pack", "clusters", "unclustered", "perhaps_mirror", "left_out", "withheld"}`; the largest clusters first.

    weakest_link: of each track its mean score to all others of the cluster; the lowest of these. A cosine, no probability.
    None where something is withheld.   withheld: the hidden tracks: they are in none of the lists.
    media: how many media the tracks are from. because: exceptions that people made for faces of one frame.
    """
    everybody = records.members(rows, case_id, pack)
    members = {track: member for track, member in everybody.items() if track not in hide}
    withheld = sorted(everybody.keys() - members.keys())
    known = records.clusters(rows, case_id, pack)
    holds: dict[str, list[Member]] = defaultdict(list)
    for member in members.values():
        if member.cluster:
            holds[member.cluster].append(member)
    several = {name: of for name, of in holds.items() if len(of) > 1}
    media = _media(rows, case_id, [member.track for of in several.values() for member in of])
    excepted = {said.id: said for said in statements if said.because and said.kind == "same"}
    items = [{
        "id": name, "tracks": sorted(one.track for one in of), "media": len({media[one.track] for one in of}),
        "weakest_link": None if withheld else round(min(one.why.together for one in of if one.why), 6),
        "born": known[name].born_at.isoformat(), "was": sorted(old for old, one in known.items() if one.merged_into == name),
        "because": _because(of, excepted),
    } for name, of in several.items()]
    grouped = {one.track for of in several.values() for one in of}
    return {
        "pack": pack, "clusters": sorted(items, key=lambda item: (-len(item["tracks"]), item["id"])),
        "unclustered": sorted(members.keys() - grouped), "perhaps_mirror": _mirrors(members, statements),
        "left_out": records.left_out(rows, case_id, pack), "withheld": withheld}


def _media(rows: Connection, case_id: str, tracks: Sequence[str]) -> dict[str, str]:
    return {track: span.medium for track, span in records.spans(rows, case_id, tracks).items()}


def _because(of: Sequence[Member], excepted: Mapping[str, Statement]) -> list[Document]:
    here = {one.track for one in of}
    said = {key for one in of if one.why for key in one.why.said if key in excepted}
    return [{"because": excepted[key].because, "constraint": key,
             "tracks": sorted(here.intersection([*excepted[key].tracks(0), *excepted[key].tracks(1)]))} for key in sorted(said)]


def _mirrors(members: Mapping[str, Member], statements: Sequence[Statement]) -> list[list[str]]:
    """Pairs of one frame that look like one person, of which nobody has said yet what they are."""
    told = {frozenset((a, b)) for said in statements for a in said.tracks(0) for b in said.tracks(1)}
    pairs = {frozenset((track, other)) for track, member in members.items() for other in member.mirrors if other in members}
    return sorted(sorted(pair) for pair in pairs - told)


def why(
    rows: Connection, case_id: str, pack: str, tracks: Sequence[str], *, statements: Sequence[Statement],
    hide: Collection[str] = (),
) -> list[Document]:
    """Why each of these tracks is where it is. withheld: None, or why something is missing. Raises WrongUsage `unknown-track`."""
    members = records.members(rows, case_id, pack, tracks)
    for track in tracks:
        if track not in members:
            raise WrongUsage("unknown-track", f"There is no track {track!r} that was looked at with {pack}.",
                             "See: sporhund tracks --case CASE --kind face; then: sporhund faces clusters --case CASE.")
    inside: dict[str, tuple[str, ...]] = {track: (one.cluster,) for track, one in members.items() if one.cluster and one.why}
    if hide:
        inside = _as_seen(rows, case_id, inside, hide)
        members = {track: _covered(one, hide) for track, one in members.items()}
    visible = {said.id: said for said in statements}
    return [_why(members[track], next(iter(inside.get(track, ())), None), visible) | {"withheld": WITHHELD if hide else None}
            for track in tracks]


def _covered(member: Member, hide: Collection[str]) -> Member:
    """A member without its scores, as if the hidden tracks were not there."""
    if member.track in hide:
        return Member(member.track, None, None)
    return Member(member.track, None, None, member.came, tuple(other for other in member.mirrors if other not in hide))


def _as_seen(
    rows: Connection, case_id: str, inside: Mapping[str, tuple[str, ...]], hide: Collection[str],
) -> dict[str, tuple[str, ...]]:
    """Track -> its clusters, of those that are still clusters without the hidden tracks."""
    shared = records.shared_without(rows, case_id, {name for of in inside.values() for name in of}, hide)
    return {track: tuple(name for name in of if name in shared) for track, of in inside.items() if track not in hide}


def clusters_of(rows: Connection, case_id: str, tracks: Sequence[str], *, hide: Collection[str] = ()) -> dict[str, list[str]]:
    """The clusters each of these tracks is in, one for each pack at most."""
    inside = records.clusters_of(rows, case_id, tracks)
    seen = _as_seen(rows, case_id, inside, hide) if hide else inside
    return {track: list(seen.get(track, ())) for track in tracks}


def cover(rows: Connection, case_id: str, items: Sequence[Document], hide: Collection[str]) -> None:
    """Of a list of tracks (`id`, `cluster`), take out in place what the reader must not know yet; where, `withheld` says why."""
    inside: dict[str, tuple[str, ...]] = {item["id"]: (item["cluster"],) for item in items if item["cluster"]}
    seen = _as_seen(rows, case_id, inside, hide)
    for item in items:
        item["cluster"] = next(iter(seen.get(item["id"], ())), None)
        if item["id"] in hide:
            item["withheld"] = WITHHELD


def _why(member: Member, cluster: str | None, visible: Mapping[str, Statement]) -> Document:
    why, track = member.why, member.track
    return {
        "track": track, "cluster": cluster, "nearest": why.nearest if why else None,
        "score": round(why.score, 6) if why else None, "together": round(why.together, 6) if why else None,
        "needed": round(why.needed, 6) if why else None, "came_from": list(member.came), "perhaps_mirror": list(member.mirrors),
        "said": [told(said) for said in visible.values() if track in (*said.tracks(0), *said.tracks(1))]}


def told(said: Statement) -> Document:
    """One statement, for the command line."""
    return {
        "id": said.id, "verb": said.verb, "kind": said.kind, "because": said.because, "by": said.by, "at": said.at.isoformat(),
        "sides": [list(said.tracks(0)), list(said.tracks(1))],
        "undone": {"by": said.undone_by, "at": said.undone_at.isoformat()} if said.undone_at else None}


def constraints(
    rows: Connection, case_id: str, packs: Sequence[str], *, statements: Sequence[Statement],
) -> list[Document]:
    """What people said, newest first, and for each pack what became of it: kept, carried over to other tracks, or lost.

    statements: those that the reader may see.
    """
    came: dict[str, dict[str, Document]] = defaultdict(dict)
    for pack in packs:
        counting = records.looked_at(rows, case_id, pack)
        brought = carried.bring(statements, counting, partial(carried.followers, rows, case_id, pack, counting))
        contradicted = {one.statement for one in put_together(brought.words).conflicts}
        applied = {word.id for word in brought.words} - contradicted
        became: dict[str, list[carried.Carried]] = defaultdict(list)
        for one in brought.report:
            became[one.statement].append(one)
        for said in statements:
            of = became[said.id]
            came[said.id][pack] = {
                "applied": said.id in applied, "contradicted": said.id in contradicted,
                "carried": {one.track: list(one.to) for one in of if one.to not in ((), (one.track,))},
                "lost": {one.track: one.lost for one in of if one.lost}}
    return [told(said) | {"packs": came[said.id] if said.undone_at is None else {}} for said in reversed(statements)]
