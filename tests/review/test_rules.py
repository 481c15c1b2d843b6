"""What became of a medium: every loss shows, and unknown is not nothing (DESIGN section 2)."""
import pytest

from sporhund.evidence.rules import LARGE
from sporhund.media.model import Coverage, Facts, Kind, Unread, VideoStream
from sporhund.review import rules
from sporhund.review.rules import UnitOutcome

STREAM = VideoStream(0, "h264", 64, 48, 64, 48, 0, 0.0, 2.0, 24, (0.0,), 12.0)
VIDEO = Facts(Kind.VIDEO, "video/mp4", "MP4 video", streams=(STREAM,))
TEXT = Facts(Kind.OTHER, "text/plain", "text", code="not-media")
WHOLE = Coverage(0, 2, decoded_frames=24, sampled_frames=10)


def unexamined(facts: Facts, name: bytes = b"x", size: int = 10, camera: bool = False) -> rules.Verdict | None:
    return rules.judge_unexamined(facts, name=name, size=size, among_camera_files=camera)


def test_a_text_is_skipped() -> None:
    assert unexamined(TEXT, b"note.txt") == rules.Verdict("skipped", "not-media", "text: neither a picture nor a video")


@pytest.mark.parametrize(("name", "size", "camera"), [(b"a.jpg", 10, False), (b"x", LARGE + 1, False), (b"x", 10, True)])
def test_what_promises_a_picture_or_is_large_or_lies_among_a_cameras_files_is_a_failure(
    name: bytes, size: int, camera: bool,
) -> None:
    verdict = unexamined(TEXT, name, size, camera)

    assert verdict is not None
    assert verdict.state == "failed"
    assert verdict.code in ("unknown-format", "not-what-it-says")


def test_sound_alone_is_skipped_with_its_reason() -> None:
    verdict = unexamined(Facts(Kind.AUDIO, "audio/mpeg", "MP3 sound"))

    assert verdict is not None
    assert (verdict.state, verdict.code) == ("skipped", "sound-only")


def test_a_video_that_was_read_to_its_end_is_analysed() -> None:
    assert rules.judge_examined(VIDEO, [UnitOutcome("done", WHOLE)]) == rules.Verdict("analysed")


def test_a_lost_span_makes_it_partly_read() -> None:
    unread = Unread(2, 4, "the reader died", "reader-died")
    lost = UnitOutcome("failed", Coverage(2, 4, unread=(unread,)), unread.code, unread.why)

    verdict = rules.judge_examined(VIDEO, [UnitOutcome("done", WHOLE), lost])

    assert (verdict.state, verdict.code) == ("partly", "reader-died")


def test_nothing_looked_at_is_failed_never_nothing_found() -> None:
    verdict = rules.judge_examined(VIDEO, [UnitOutcome("done", Coverage(0, 2))])

    assert verdict.state == "failed"
    states = rules.look_states(["face"], set(), verdict, {})
    assert states["face"][0] == "failed"


def test_a_look_that_failed_is_not_called_nothing() -> None:
    states = rules.look_states(["face", "motion"], {"motion"}, rules.Verdict("analysed"), {"face": "face: out of memory"})

    assert states == {"face": ("failed", "face: out of memory"), "motion": ("found", None)}


def test_an_archive_of_which_nothing_could_be_taken_out_failed() -> None:
    assert rules.judge_archive(["too large", "encrypted"]).state == "failed"
    assert rules.judge_archive(["too large", None]).state == "analysed"
    assert rules.judge_archive([]).state == "analysed"
