"""Originals are checked against what was taken in."""
from tests.cases.conftest import Hands, Reviewed

from sporhund.audit import service as audit
from sporhund.cases.verify import verify


def test_changed_and_missing_originals_are_named_and_logged(reviewed: Reviewed, hands: Hands) -> None:
    before = verify(reviewed.case.name, **hands)
    (reviewed.folder / "cam3" / "2.mp4").write_bytes(b"other")
    (reviewed.folder / "copy.mp4").unlink()

    after = verify(reviewed.case.name, **hands)

    assert {one.state for one in before} == {"ok"}
    assert {one.path: one.state for one in after} == {b"cam3/=1.mp4": "ok", b"cam3/2.mp4": "changed", b"copy.mp4": "missing"}
    assert [event.outcome for event in audit.show(hands["store"], hands["keys"], reviewed.case.id, limit=2)] == ["failed", "done"]
