"""A case of its own in the shared home, hands to act with, and somebody who sends files."""
from collections.abc import Iterable
from typing import Any

import pytest

from sporhund.cases import service
from sporhund.cases.model import Case
from sporhund.store.ids import new_id
from sporhund.work import uploads

Hands = dict[str, Any]


@pytest.fixture
def case(hands: Hands) -> Case:
    return service.create(new_id("J"), title="Vold på åben gade", purpose="demonstration", **hands)


def write(case_id: str, upload_id: str, stream: Iterable[bytes], **hands: Any) -> uploads.Upload:
    """Send an announced file, block by block; the upload, with its SHA-256."""
    with uploads.receive(case_id, upload_id, **hands) as into:
        for block in stream:
            into.take(block)
    return into.upload
