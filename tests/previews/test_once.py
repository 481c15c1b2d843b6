"""What cannot be made is not tried at every look, and what passes is."""
import pytest

from sporhund.errors import Unreadable
from sporhund.previews import once


def tries(code: str, times: int = 2) -> int:
    """How often something is tried that is asked for so many times."""
    tried = list[str]()
    makes = once.Once()

    def maker() -> str:
        tried.append(code)
        raise Unreadable(code, "no picture")

    for _ in range(times):
        with pytest.raises(Unreadable) as said:
            makes.make("name", maker)
        assert said.value.code == code
    return len(tried)


@pytest.mark.parametrize(("code", "count"), [("gone", 1), ("truncated", 1), ("reader-lied", 1), ("not-read", 2)])
def test_a_picture_that_cannot_be_made_is_tried_once_while_a_page_is_looked_at(code: str, count: int) -> None:
    assert tries(code) == count


def test_a_file_that_is_back_is_shown_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_SOON_S", 0.0)

    assert tries("gone") == 2
    assert tries("reader-lied") == 1
