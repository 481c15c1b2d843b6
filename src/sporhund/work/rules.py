"""Which acts a work takes in which state, in which order works begin, and what an uploaded file may be called. Pure."""
from collections.abc import Mapping, Sequence

from sporhund.errors import Refused, WrongUsage
from sporhund.work.model import Asked, Focus, State, Wish

ACTS: Mapping[str, frozenset[State]] = {
    "pause": frozenset({State.WAITING, State.RUNNING}),
    "resume": frozenset({State.PAUSED, State.RUNNING}),       # of a running one: the pause that was wished is taken back
    "cancel": frozenset({State.WAITING, State.RUNNING, State.PAUSED}),
    "retry": frozenset({State.FAILED, State.CANCELLED, State.DONE}),   # of a done one: files that were not to be had
    "move": frozenset({State.WAITING}),
    "focus": frozenset({State.WAITING, State.RUNNING, State.PAUSED}),
}
"""In which states an act makes sense."""

MODES = ("quick", "normal", "thorough")


def possible(state: State, wish: Wish | None) -> tuple[str, ...]:
    """The acts that a work takes now, for its buttons."""
    return tuple(act for act in ACTS if refusal(act, state, wish) is None)


def refusal(act: str, state: State, wish: Wish | None) -> str | None:
    """Why an act is refused; None: it is not."""
    if state not in ACTS[act]:
        return f"It is {state}."
    if state is State.RUNNING:
        if wish is Wish.CANCEL and act != "focus":
            return "It is being cancelled."
        if act == "resume" and wish is None:
            return "It is running."
        if act == "pause" and wish is Wish.PAUSE:
            return "It is being paused."
    return None


def after(act: str, state: State, wish: Wish | None) -> tuple[State, Wish | None]:
    """State and wish once a person did this. Raises Refused `work-state`."""
    why = refusal(act, state, wish)
    if why is not None:
        raise Refused("work-state", f"This work cannot {act} now. {why}", "Look again: it may have gone on in the meantime.")
    if state is State.RUNNING:
        return state, {"pause": Wish.PAUSE, "cancel": Wish.CANCEL, "resume": None}.get(act, wish)
    turned = {"pause": State.PAUSED, "resume": State.WAITING, "cancel": State.CANCELLED, "retry": State.WAITING}
    return turned.get(act, state), None


def stopped(wish: Wish | None) -> State:
    """What becomes of a running work that was stopped before its end; without a wish the server stopped, and it goes on later."""
    return {Wish.PAUSE: State.PAUSED, Wish.CANCEL: State.CANCELLED, None: State.WAITING}[wish]


def moved(waiting: Sequence[tuple[str, float]], work: str, before: str | None) -> dict[str, float]:
    """New places of a case's waiting works when one goes before another (None: to the end).

    Only the places that these works hold are dealt out anew, so that no work of another case is passed over.
    Raises WrongUsage `unknown-work`.
    """
    ids = [one for one, _ in sorted(waiting, key=lambda pair: pair[1])]
    if work not in ids or (before is not None and before not in ids):
        raise WrongUsage("unknown-work", "No such work waits in this case.", "Look again: it may have begun in the meantime.")
    rest = [one for one in ids if one != work]
    at = len(rest) if before is None else rest.index(before) if before != work else ids.index(work)
    return dict(zip([*rest[:at], work, *rest[at:]], sorted(place for _, place in waiting), strict=True))


def check(asked: Asked) -> Asked:
    """Raises WrongUsage `no-path`, `unknown-mode`, `bad-focus`."""
    if asked.mode not in MODES:
        raise WrongUsage("unknown-mode", f"There is no mode '{asked.mode}'.", "Modes: " + ", ".join(MODES) + ".")
    if asked.focus is not None:
        check_focus(asked.focus)
    return asked


def check_focus(focus: Focus) -> Focus:
    """Raises WrongUsage `bad-focus`."""
    if not 0 < focus.within_s <= 31 * 86400:
        raise WrongUsage("bad-focus", f"{focus.within_s:g} s is no length of time around a moment.", "Give 1 s to 31 days.")
    return focus


# ------------------------------------------------------------------ names of uploads

LONGEST_PART, LONGEST_NAME = 255, 2000
"""Bytes: what file systems take, and what an index of the account takes."""


def check_name(said: bytes) -> bytes:
    """The path below the batch as a browser said it, which may try to lead out of it. Raises WrongUsage `bad-name`."""
    parts = [part for part in said.split(b"/") if part not in (b"", b".")]
    name = b"/".join(parts)
    if not parts or said.startswith(b"/") or b".." in parts or b"\0" in said:
        raise WrongUsage("bad-name", "This is no name for an uploaded file.", "Send the file, or a folder of files, as it lies.")
    if len(name) > LONGEST_NAME or any(len(part) > LONGEST_PART for part in parts):
        raise WrongUsage("bad-name", "The name of this file is too long to be kept.", "Copy it to the server instead.")
    return name
