"""What a timeline's address asks for, and how it is said again. Pure."""
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from sporhund.desk import chart
from sporhund.desk.chart import Window
from sporhund.desk.showing import KINDS
from sporhund.errors import WrongUsage

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """One view of the timeline."""

    window: Window | None = None       #: None: what is usual
    kinds: tuple[str, ...] = ()        #: none: all
    unseen: str = ""                   #: "nobody": only tracks that nobody has seen; "me": that I have not
    row: str = ""
    track: str = ""
    subject: str = ""                  #: whose route is drawn
    at: float | None = None            #: where the cursor stands

    def on(self, row: str) -> Self:
        return replace(self, row=row)

    def changed(self, changes: Mapping[str, Any]) -> Self:
        return replace(self, **changes)

    def with_kind(self, kind: str) -> tuple[str, ...]:
        """The kinds after a click on one: gone if it was there, there if it was not; all is none said."""
        shown = set(self.kinds or KINDS) ^ {kind}
        return () if len(shown) in (0, len(KINDS)) else tuple(one for one in KINDS if one in shown)

    def said(self, zone: ZoneInfo) -> dict[str, str]:
        """Everything but the window, as an address has it."""
        told = {"kinds": ",".join(self.kinds), "unseen": self.unseen, "row": self.row, "track": self.track,
                "subject": self.subject, "at": said_at(self.at, zone) if self.at is not None else ""}
        return {name: value for name, value in told.items() if value}


def read(query: Mapping[str, str], zone: ZoneInfo) -> Wish:
    """Raises WrongUsage `bad-time`, `bad-filter`."""
    start, end, at = (_moment(query.get(name, ""), zone) for name in ("from", "to", "at"))
    kinds = tuple(one for one in query.get("kinds", "").split(",") if one)
    unknown = [one for one in kinds if one not in KINDS]
    if unknown:
        raise WrongUsage("bad-filter", f"kinds={unknown[0]!r} is nothing that can be asked for.", f"Allowed: {', '.join(KINDS)}.")
    unseen = {"1": "nobody", "nobody": "nobody", "me": "me"}.get(query.get("unseen", ""), "")
    names = {name: query.get(name, "") for name in ("row", "track", "subject")}
    if any(len(value) > LONGEST or not value.isprintable() for value in names.values()):
        raise WrongUsage("bad-filter", "The address names something that cannot be.", "Open the timeline from the case again.")
    shown = chart.window(start, end) if start is not None and end is not None else None
    return Wish(shown, tuple(one for one in KINDS if one in kinds), unseen, at=at, **names)


def _moment(said: str, zone: ZoneInfo) -> float | None:
    """Seconds since 1970; a time without a zone is meant as on the wall."""
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said.replace("Z", "+00:00"))
        found = (at.replace(tzinfo=zone) if at.tzinfo is None else at).timestamp()
    except (ValueError, OverflowError) as fault:
        raise WrongUsage("bad-time", f"'{said[:40]}' is no time.", "Write it as 2026-01-31T22:14:05, as on the wall.") from fault
    return min(max(found, -60_000_000_000.0), 250_000_000_000.0)


def said_at(at: float, zone: ZoneInfo) -> str:
    """As an address says it: as on the wall; of an hour that comes twice, with its zone."""
    exact = datetime.fromtimestamp(round(at, 3), UTC)
    shown = exact.astimezone(zone)
    plain = shown.replace(tzinfo=None, fold=0)
    if abs(plain.replace(tzinfo=zone).timestamp() - exact.timestamp()) > 0.0005:
        return exact.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return plain.isoformat(timespec="milliseconds" if plain.microsecond else "seconds")
