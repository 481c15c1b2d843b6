"""Clusters as they are shown: their tracks, their weakest link, why each track is where it is."""
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from sporhund.clusters import carried, records
from sporhund.clusters.model import Statement
from sporhund.clusters.records import Member
from sporhund.clusters.statements import put_together
from sporhund.errors import WrongUsage

Document = dict[str, Any]


def clusters(rows: Connection, case_id: str, pack: str, *, statements: Sequence[Statement]) -> Document:
    """`{"pack", "clusters", "unclustered", "perhaps_mirror", "left_out"}`; the largest clusters first.

    weakest_link: of each track its mean score to all others of the cluster; the lowest of these. A cosine, no probability.
    media: how many media the tracks are from. because: exceptions that people made for faces of one frame.
    """
    members = records.members(rows, case_id, pack)
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
        "weakest_link": round(min(one.why.together for one in of if one.why), 6),
        "born": known[name].born_at.isoformat(), "was": sorted(old for old, one in known.items() if one.merged_into == name),
        "because": _because(of, excepted),
    } for name, of in several.items()]
    grouped = {one.track for of in several.values() for one in of}
    return {
        "pack": pack, "clusters": sorted(items, key=lambda item: (-len(item["tracks"]), item["id"])),
        "unclustered": sorted(members.keys() - grouped), "perhaps_mirror": _mirrors(members, statements),
        "left_out": records.left_out(rows, case_id, pack)}


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


def why(rows: Connection, case_id: str, pack: str, tracks: Sequence[str], *, statements: Sequence[Statement]) -> list[Document]:
    """Why each of these tracks is where it is. Raises WrongUsage `unknown-track`."""
    members = records.members(rows, case_id, pack)
    visible = {said.id: said for said in statements}
    return [_why(members, track, pack, visible) for track in tracks]


def _why(members: Mapping[str, Member], track: str, pack: str, visible: Mapping[str, Statement]) -> Document:
    member = members.get(track)
    if member is None:
        raise WrongUsage("unknown-track", f"There is no track {track!r} that was looked at with {pack}.",
                         "See: sporhund tracks --case CASE --kind face; then: sporhund faces clusters --case CASE.")
    why = member.why
    return {
        "track": track, "cluster": member.cluster if why else None, "nearest": why.nearest if why else None,
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
        counting = records.members(rows, case_id, pack).keys()
        brought = carried.bring(statements, counting, partial(carried.followers, rows, case_id, pack, counting))
        contradicted = {one.statement for one in put_together(brought.words).conflicts}
        applied = {word.id for word in brought.words} - contradicted
        for said in statements:
            of = [one for one in brought.report if one.statement == said.id]
            came[said.id][pack] = {
                "applied": said.id in applied, "contradicted": said.id in contradicted,
                "carried": {one.track: list(one.to) for one in of if one.to not in ((), (one.track,))},
                "lost": {one.track: one.lost for one in of if one.lost}}
    return [told(said) | {"packs": came[said.id] if said.undone_at is None else {}} for said in reversed(statements)]
