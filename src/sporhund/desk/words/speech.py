"""One language of the desk: its sentences, and how it writes numbers, days and times.

English is what stands in code and templates; Danish lies in `da/*.po`, one file per page.
"""
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.pofile import read_po

LANGUAGES = ("da", "en")
_FOLDER = Path(__file__).parent
_LOCALES = {"da": Locale("da", "DK"), "en": Locale("en", "GB")}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Sentence in English → in this language. Raises ValueError where two files of it say different things."""
    said: dict[str, str] = {}
    for path in sorted(_FOLDER.joinpath(language).glob("*.po")):
        with open(path, "rb") as file:
            for message in read_po(file, locale=language):
                known = said.setdefault(str(message.id), str(message.string)) if message.id and message.string else ""
                if known and known != message.string:
                    raise ValueError(f"{path.name}: {message.id!r} is said in two ways")
    return said


class Speech:
    """A language and the zone of the clocks on the wall."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language, self.zone = language, zone
        self._said = catalogue(language)

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence in this language, with its `{names}` filled in."""
        said = self._said.get(sentence, sentence)
        return said.format(**values) if values else said

    def fault(self, code: str, message: str) -> str:
        """What happened, in this language where it has words for the code; else as the program says it."""
        return self._said.get(f"fault:{code}") or self._said.get(f"reason:{code}") or message

    def advice(self, code: str, hint: str) -> str:
        """What to do next, likewise."""
        return self._said.get(f"advice:{code}", hint)

    def reason(self, code: str | None, reason: str | None) -> str | None:
        """Why a file could not be read, in this language; None where it has no words for the code, or is the program's own."""
        return self._said.get(f"reason:{code}")

    def why(self, code: str | None, reason: str | None) -> str:
        """Why a file or a part of it could not be read, and behind that what the program says exactly; "" for none."""
        said = self.reason(code, reason)
        return f"{said} ({reason})" if said and reason else said or reason or ""

    def number(self, value: float, digits: int = 0) -> str:
        """1.264 in Danish, 1,264 in English."""
        return _number(self.language, round(value, digits), digits)

    def size(self, count: float) -> str:
        """Bytes: 812 B, 4,2 MB."""
        for unit in ("B", "kB", "MB", "GB"):
            if count < 1000:
                return f"{self.number(count, 1 if unit != 'B' and count < 10 else 0)} {unit}"
            count /= 1000
        return f"{self.number(count, 1)} TB"

    def day(self, at: date | datetime | str | None) -> str:
        """14.01.2026 in Danish, 14/01/2026 in English; "" for none."""
        if not at:
            return ""
        said = _moment(at) if isinstance(at, str) and "T" in at else at
        on = date.fromisoformat(said) if isinstance(said, str) else said
        on = on.astimezone(self.zone).date() if isinstance(on, datetime) and on.tzinfo else on
        return _day(self.language, on.date() if isinstance(on, datetime) else on)

    def clock(self, at: datetime | str | None, *, seconds: bool = True) -> str:
        """22:11:04, on the wall."""
        if not at:
            return ""
        said = _moment(at) if isinstance(at, str) else at
        return (said.astimezone(self.zone) if said.tzinfo else said).strftime("%H:%M:%S" if seconds else "%H:%M")

    def moment(self, at: datetime | str | None, *, seconds: bool = False) -> str:
        """Day and clock."""
        return f"{self.day(at)} {self.clock(at, seconds=seconds)}" if at else ""

    def wall(self, seconds: float | None, zoned: bool) -> str:
        """Day and clock of seconds since 1970: of UTC if zoned, else as the clock on the wall showed it."""
        if seconds is None:
            return ""
        at = datetime.fromtimestamp(seconds, UTC)
        return self.moment(at if zoned else at.replace(tzinfo=None), seconds=True)

    def length(self, seconds: float | None) -> str:
        """A stretch of time: 38 t, 2 t 14 m, 11 m, 42 s; h instead of t in English."""
        if seconds is None:
            return ""
        hours = "t" if self.language == "da" else "h"
        whole = round(seconds)
        if whole >= 36_000:
            return f"{self.number(whole / 3600)} {hours}"
        if whole >= 3600:
            return f"{whole // 3600} {hours} {whole % 3600 // 60} m"
        if whole >= 60:
            return f"{whole // 60} m" if whole >= 600 else f"{whole // 60} m {whole % 60} s"
        return f"{self.number(seconds, 1) if 0 < seconds < 10 and seconds != whole else self.number(whole)} s"

    def left(self, seconds: float | None) -> str:
        """Time until something ends: 3 d 4 t, else as `length`."""
        if seconds is None or seconds < 86_400:
            return self.length(seconds)
        hours = round(seconds / 3600)
        return f"{hours // 24} d {hours % 24} {'t' if self.language == 'da' else 'h'}"

    def position(self, seconds: float) -> str:
        """A place in a video: 0:05:12,240."""
        milliseconds = max(0, round(seconds * 1000))
        comma = "," if self.language == "da" else "."
        hours, rest = divmod(milliseconds, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        return f"{hours}:{minutes:02}:{rest // 1000:02}{comma}{rest % 1000:03}"


@lru_cache(20_000)
def _number(language: str, value: float, digits: int) -> str:
    """Kept, with the days: a page says hundreds of the same few, and each costs as much as a question to the database."""
    return numbers.format_decimal(value, format="#,##0" + ("." + "0" * digits if digits else ""), locale=_LOCALES[language])


@lru_cache(20_000)
def _day(language: str, on: date) -> str:
    return dates.format_date(on, "dd.MM.yyyy" if language == "da" else "dd/MM/yyyy", locale=_LOCALES[language])


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said.replace("Z", "+00:00"))
