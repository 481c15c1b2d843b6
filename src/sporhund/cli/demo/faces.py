"""What a person reads of the demo's second half: clusters, and a search for the person on a photograph not in the exhibit."""
from collections.abc import Mapping, Sequence
from typing import Any

from sporhund.cli.output import clock

SHOWN = 5
"""Lines per list in the summary."""


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
