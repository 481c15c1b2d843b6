"""Before anything is looked at: what each file is (asked of a confined worker), what lies in archives, which units there are."""
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row

from sporhund.errors import Unreadable
from sporhund.jobs.local import Outcome, Task, Workers
from sporhund.media.model import Facts, Kind
from sporhund.review import messages, plan
from sporhund.review.hear import heard, lied
from sporhund.review.messages import Probe
from sporhund.review.model import Unit
from sporhund.review.originals import Originals

PROBE_SECONDS = 120.0
PROBE_SECONDS_PER_GB = 120.0


def probe_all(workers: Workers, originals: Originals, media: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], Facts]]:
    """Ask what each of these media is; the answers as they come. A reader that dies is an answer too."""
    ours = {row.id: row for row in media}
    waiting = list(media)
    while waiting or workers.busy:
        while waiting and workers.free:
            row = waiting.pop()
            try:
                file = originals.open(row.id)
            except Unreadable as exc:
                yield row, unreadable(exc.code, exc.message)
                continue
            workers.submit(Task(
                key=row.id, request=messages.encode(Probe(row.bytes, row.path)), files=partial(list, [file]),
                seconds=PROBE_SECONDS + PROBE_SECONDS_PER_GB * row.bytes / 1e9,
            ))
        if workers.busy and (outcome := workers.wait()) is not None:
            yield ours[outcome.key], facts_said(outcome)


def facts_said(outcome: Outcome) -> Facts:
    """The worker's answer, or that it died over this file."""
    try:
        said = heard(outcome)
        if said.facts is None:
            raise lied("facts")
    except Unreadable as exc:
        return unreadable(exc.code, exc.message)
    return said.facts


def unreadable(code: str, reason: str) -> Facts:
    """A file of which nothing is known because its reader did not survive it, or because its bytes are not there."""
    return Facts(Kind.OTHER, "application/octet-stream", "unknown file", code, reason)


def units_for(facts: Facts, prefix: str) -> list[Unit]:
    """The units of a medium, and of the clips that lie behind its picture."""
    units = plan.units_of(facts, prefix)
    for (offset, length, _), clip in zip(facts.embedded, facts.clips, strict=False):
        units += plan.units_of(clip, f"{prefix}.{offset}", offset=offset, length=length)
    return units
