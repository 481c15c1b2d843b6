"""Cases with templates, and what a search is done with."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.gallery.conftest import Filled, filled

from sporhund.actor import Actor
from sporhund.faces.calibration import calibration_of
from sporhund.identify.blind import require_concluded
from sporhund.packs.manifest import read
from sporhund.search.service import Means

__all__ = ["Filled", "filled"]

MakeMeans = Callable[[Actor], Means]


@pytest.fixture
def means(hands: dict[str, Any], base_pack: Path) -> MakeMeans:
    """What somebody searches with."""
    manifest = read(base_pack)
    calibration = calibration_of(base_pack, manifest)
    return lambda actor: Means(pack=base_pack, manifest=manifest, calibration=calibration, version="test",
                               require_concluded=require_concluded, **{**hands, "actor": actor})
