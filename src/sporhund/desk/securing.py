"""What to secure around a sighting, as a form says it and takes it back: by the clock on the wall of the desk."""
from datetime import datetime
from typing import Any

from sporhund.desk.ask import Ask


def proposed(ask: Ask, thing: str) -> dict[str, Any]:
    """Cameras and time, the time as people write it on such a request; of each camera how far its own clock is from that.

    `zoned`: a time of the world; else one without a zone. `shift_s` of a camera: what its own clock shows beside the desk's wall,
    None where nobody checked it. Raises WrongUsage `unknown-thing`.
    """
    found: dict[str, Any] = ask.case.viewing.propose_securing(thing)
    times = {name: datetime.fromisoformat(found[name]) if found[name] else None for name in ("wanted_from", "wanted_to")}
    begins = times["wanted_from"]
    wall = {name: at.astimezone(ask.zone).replace(tzinfo=None) if at is not None and at.tzinfo is not None else at
            for name, at in times.items()}
    shown = {name: at.isoformat(timespec="seconds") if at is not None else "" for name, at in wall.items()}
    near = [one | {"shift_s": _apart(one["own_from"], wall["wanted_from"])} for one in (*found["cameras"], *found["near"])]
    return found | shown | {"zoned": begins is not None and begins.tzinfo is not None, "every": near}


def _apart(own: str | None, wall: datetime | None) -> float | None:
    return (datetime.fromisoformat(own) - wall).total_seconds() if own and wall is not None else None


def as_asked(ask: Ask, said: str, zoned: bool) -> str:
    """As the room takes it; what cannot be read is left for it to refuse."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return said
    return at.replace(tzinfo=ask.zone).isoformat() if zoned and at.tzinfo is None else said
