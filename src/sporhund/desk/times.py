"""Times that a person typed: as the clocks on the wall show them, unless a zone is given."""
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sporhund.errors import WrongUsage


def moment(said: str, zone: ZoneInfo) -> str | None:
    """ISO 8601 with its zone; None for nothing. Raises WrongUsage `bad-time`, also for a time that no calendar holds."""
    plain = said.strip().replace(" ", "T")
    if not plain:
        return None
    try:
        at = datetime.fromisoformat(plain)
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        at.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise WrongUsage("bad-time", f"'{said}' is no time.", "Write it as 2026-01-31T22:14:05.") from exc
    return at.isoformat()


def day(said: str) -> date:
    """Raises WrongUsage `bad-day`."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError as exc:
        raise WrongUsage("bad-day", f"'{said}' is no day.", "Write it as 2026-01-31.") from exc
