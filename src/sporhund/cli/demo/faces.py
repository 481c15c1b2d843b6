"""The demo's second half: a legal basis, clusters, and a search for the person on a photograph that is not in the exhibit."""
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sporhund.api.case import Case
from sporhund.cli.output import clock
from sporhund.training.planted import Exhibit

Note = Callable[[str], None]

DAYS = 30
"""For which the demo's basis is live."""
SHOWN = 5
"""Lines per list in the summary."""


def compared(case: Case, exhibit: Exhibit, note: Note) -> dict[str, Any]:
    """Record a basis, cluster the faces, search for the wanted person: `{"basis", "clusters", "search"}`."""
    basis = live_basis(case)
    clusters = case.faces.clusters(note=note)
    return {"basis": basis, "clusters": clusters, "search": case.faces.search([exhibit.probe], basis=basis, note=note)}


def live_basis(case: Case) -> str:
    """The demo's basis: the one that is live, else a new one."""
    live = [item["basis"] for item in case.bases.list() if item["standing"] == "live"]
    if live:
        return str(live[-1])
    ends = case.place.clock.now() + timedelta(days=DAYS)
    added = case.bases.add(
        offence="demo", journal="DEMO-1", granted_by="whoever runs this demonstration",
        reason="To show on free pictures how a basis comes before every comparison.",
        necessity="Nothing else would show how clusters and searches are made and recorded.",
        proportionality="Only free photographs of public figures are looked at, and nothing follows from it.",
        until=ends.date().isoformat())
    return str(added["basis"])


def lines(found: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]], probe: str) -> list[str]:
    """What a person reads of it."""
    of = {track["id"]: track for track in tracks}
    return [*cluster_lines(found["clusters"], of), "", *search_lines(found["search"], probe)]


def cluster_lines(clusters: Mapping[str, Any], of: Mapping[str, Mapping[str, Any]]) -> list[str]:
    several = [cluster for cluster in clusters["clusters"] if len(cluster["tracks"]) > 1]
    said = [f"Probably one person: {len(several)} clusters; {len(clusters['unclustered'])} faces fit to none"]
    for cluster in several[:SHOWN]:
        places = sorted({short(of[track]["path"]) for track in cluster["tracks"] if track in of})
        said.append(f"    {len(cluster['tracks'])} tracks in {', '.join(places)}")
    return said


def search_lines(search: Mapping[str, Any], probe: str) -> list[str]:
    people = search["gallery"]["people"]
    said = [f"Looked for the person on {probe} (not in the exhibit) among {people} people, under basis {search['basis']}"]
    for one in search["candidates"][:SHOWN]:
        also = f" and {len(one['also'])} more of that cluster" if one["also"] else ""
        at = f" at {clock(one['t'])}" if one["t"] else ""
        said.append(f"  {one['rank']}. {short(one['path'])}{at}{also}: {worth(one)}")
        said += [f"       {warning}" for warning in one["warnings"]]
    return [*said, "  None of this is the probability that it is that person; relatives and look-alikes are not counted."]


def worth(candidate: Mapping[str, Any]) -> str:
    """What the score is worth; the score alone says nothing."""
    chance = candidate["chance"]
    if chance is None:
        return f"no number: {candidate['chance_reason']}"
    less = "fewer than " if chance["floor"] else ""
    return f"{less}{chance['expected']:.2g} other people here would look as alike by accident"


def short(path: str) -> str:
    return path.rpartition("/")[2]
