"""Do several probe pictures show one person? They are taken together, so somebody should hear when they hardly look alike."""
from collections.abc import Sequence
from itertools import combinations

from sporhund.evidence.names import shown
from sporhund.faces.calibration import Calibration
from sporhund.faces.chance import Chance, Crowd, band_of, chances
from sporhund.search.model import Probe

TWO_PEOPLE = 0.001
"""Share of strangers that look at least as alike as two probes, above which they may show two people. Of good pictures of one
person at most 2 in 100 are above it with every pack measured (docs/performance.md: TAR at FAR 1e-3)."""


def disagreeing(probes: Sequence[Probe], calibration: Calibration | None) -> list[str]:
    """A sentence for each two probes that strangers often resemble each other as much as. Nothing without a calibration."""
    usable = [probe for probe in probes if probe.vector is not None and probe.seen is not None]
    return [said for one, other in combinations(usable, 2) if (said := _between(one, other, calibration)) is not None]


def _between(one: Probe, other: Probe, calibration: Calibration | None) -> str | None:
    assert one.vector is not None and other.vector is not None and one.seen is not None and other.seen is not None
    first, second = (int(band_of(seen.width_px, seen.sharpness)) for seen in (one.seen, other.seen))
    score, crowd = float(one.vector @ other.vector), Crowd({(second, 1): 1})
    (chance,) = chances([score], probes=[first], crowd=crowd, calibration=calibration)
    if not isinstance(chance, Chance) or chance.floor or chance.expected <= TWO_PEOPLE:
        return None
    return (f"{shown(one.source.path)} and {shown(other.source.path)} may show two people: {chance.expected:.1%} of strangers "
            "look as alike as these. All probes are taken for one person; search with each by itself where that is not sure.")
