"""What the tests share: where the material lies."""
import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test material beside the checkout. Missing in CI is a failure, elsewhere a skip."""
    if not _SHARED.is_dir():
        reason = f"the test material is not there: {_SHARED}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)  # noqa: TID251
    return _SHARED
