"""Hearing a worker out: its answer, or why there is none. Never trusted further than its types."""
import msgspec

from sporhund.errors import Unreadable
from sporhund.jobs.local import Ending, Outcome, Task, Workers
from sporhund.review import messages
from sporhund.review.messages import Answer

ENDINGS = {
    Ending.CRASHED: ("reader-died", "the reader died"),
    Ending.TIMEOUT: ("reader-hung", "the reader hung and was stopped"),
    Ending.MEMORY: ("too-much-memory", "the reader needed too much memory and was stopped"),
    Ending.ERROR: ("reader-failed", "the reader failed"),
}
"""What a worker that gave no answer is called: code, and words for a person."""

OURS = frozenset(code for code, _ in ENDINGS.values()) | {"reader-lied"}
"""Codes that speak of the reader's fate, not of what the file is."""


def heard(outcome: Outcome) -> Answer:
    """The answer. Raises Unreadable: what the worker says of the bytes, or what became of the worker."""
    if outcome.ending is not Ending.DONE:
        code, why = ENDINGS[outcome.ending]
        raise Unreadable(code, f"{why} ({outcome.detail})" if outcome.detail else why)
    try:
        said = messages.decode_answer(outcome.reply)
    except msgspec.MsgspecError as exc:
        raise Unreadable("reader-lied", f"the reader's answer is none ({exc})") from exc
    if said.failed is not None:
        raise Unreadable(said.failed.code, said.failed.reason)
    return said


def asked(workers: Workers, task: Task) -> Answer:
    """One question to a pool that has nothing else to do. Raises as `heard`."""
    workers.submit(task)
    while (outcome := workers.wait()) is None:
        pass
    return heard(outcome)


def lied(what: str) -> Unreadable:
    """The answer is well formed and not the one that was asked for."""
    return Unreadable("reader-lied", f"the reader's answer holds no {what}")
