"""The desk speaks Danish and English, whole."""
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir

from sporhund import desk
from sporhund.access.model import PURPOSES, Role
from sporhund.desk.words.glossary import GLOSSARY
from sporhund.desk.words.speech import Speech, catalogue
from sporhund.viewing.keys import ACTS

FOLDER = Path(str(desk.__file__)).parent
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def _said() -> Iterator[tuple[str, str]]:
    """(where, sentence) of every sentence in templates and code, and of the tables whose words the pages show."""
    found = extract_from_dir(FOLDER, method_map=[("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")],
                             keywords={"_": None}, options_map={"**/templates/**.html": {"trimmed": "true"}})
    for name, line, sentence, _, _ in found:
        yield f"{name}:{line}", str(sentence)
    yield from (("viewing/keys.py", one.words) for one in ACTS)
    yield from (("words/glossary.py", one.means) for one in GLOSSARY)
    yield from (("access/model.py", role.value) for role in Role)


def test_every_sentence_of_the_desk_is_there_in_danish() -> None:
    danish = catalogue("da")

    missing = sorted({f"{sentence!r} ({where})" for where, sentence in _said() if sentence not in danish})

    assert missing == []


def test_a_sentence_keeps_its_names_in_danish() -> None:
    danish = catalogue("da")

    wrong = [english for english, said in danish.items()
             if not english.startswith(("fault:", "advice:", "reason:")) and sorted(re.findall(r"{\w+}", english)) != sorted(
                 re.findall(r"{\w+}", said))]

    assert wrong == []


def test_no_danish_is_kept_for_what_nobody_says() -> None:
    said = {sentence for _, sentence in _said()} | {purpose.name for purpose in PURPOSES}

    left = [english for english in catalogue("da") if english not in said and not _of_a_value(english)]

    assert left == []


def _of_a_value(english: str) -> bool:
    """Values that templates show through `_(value)`, and sentences for codes of faults."""
    return english.startswith(("fault:", "advice:", "reason:")) or re.fullmatch(r"[a-z-]+", english) is not None


@pytest.mark.parametrize(("language", "number", "day", "length"), [
    ("da", "1.264", "14.01.2026", "2 t 14 m"), ("en", "1,264", "14/01/2026", "2 h 14 m")])
def test_numbers_days_and_lengths_are_written_as_the_language_does(language: str, number: str, day: str, length: str) -> None:
    say = Speech(language, COPENHAGEN)

    assert say.number(1264) == number
    assert say.day(datetime(2026, 1, 14, 12, tzinfo=UTC)) == day
    assert say.length(2 * 3600 + 14 * 60) == length


def test_a_moment_is_told_by_the_clock_on_the_wall() -> None:
    """Copenhagen is one hour before UTC in winter and two in summer."""
    say = Speech("da", COPENHAGEN)

    assert say.moment("2026-01-14T23:30:00Z") == "15.01.2026 00:30"
    assert say.moment("2026-07-14T20:11:04Z", seconds=True) == "14.07.2026 22:11:04"
    assert say.wall(0.0, zoned=False) == "01.01.1970 00:00:00"


def test_the_place_in_a_video_is_told_to_the_millisecond() -> None:
    assert Speech("da", COPENHAGEN).position(312.2404) == "0:05:12,240"
    assert Speech("en", COPENHAGEN).position(59.9996) == "0:01:00.000"
