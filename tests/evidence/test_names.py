"""Names are bytes; what is shown of them can be printed anywhere."""
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sporhund.evidence import names

file_names = st.binary(min_size=1).filter(lambda name: b"\0" not in name)


@given(file_names)
@example(b"\\x41")
@example("é\u202e\U0001f46e".encode())
def test_a_shown_name_gives_its_bytes_back(name: bytes) -> None:
    assert names.unshown(names.shown(name)) == name


@given(file_names)
def test_a_shown_name_holds_nothing_that_a_terminal_obeys(name: bytes) -> None:
    assert names.shown(name).isprintable()


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_can_be_made_printable(said: str) -> None:
    assert names.printable(said).isprintable()


def test_a_machine_gets_a_valid_name_as_it_is() -> None:
    assert names.text("æ\nb\\c".encode()) == "æ\nb\\c"
    assert names.text(b"bad_\xff") == "bad_\\xff"
    assert names.in_base64(b"bad_\xff") == "YmFkX/8="
    assert names.in_base64("æ".encode()) is None


@pytest.mark.parametrize(("path", "pattern", "fits"), [
    (b"cam3/1.mp4", "cam3/*", True), (b"cam3/day/1.mp4", "cam3/*", True), (b"cam3/1.mp4", "cam3", True),
    (b"cam30/1.mp4", "cam3", False), (b"x/y_ch03_1.mp4", "*_ch03_*", True), (b"x/a.mp4", "a.mp4", True),
    (b"x/cam3/1.mp4", "cam3/*", False), (b"a", "", False), (b"\xff/1", "\udcff/*", True),
])
def test_a_pattern_is_a_folder_a_file_or_a_wildcard(path: bytes, pattern: str, fits: bool) -> None:
    assert names.matches(path, pattern) == fits
