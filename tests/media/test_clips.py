"""Every clip of the material gives what was seen in it by eye: frames, times, sizes, cuts."""
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sporhund.media.frame import Frame
from sporhund.media.model import Coverage, Facts, Kind, Sampling, ShotSpan
from sporhund.media.probe import probe
from sporhund.media.reader import frame_at, open_media

from .outcomes import Whole, wholes

_TRUTH = Path(__file__).resolve().parents[3] / "shared" / "data" / "video" / "truth.json"
CLIPS: dict[str, Any] = json.loads(_TRUTH.read_text(encoding="utf-8"))["clips"] if _TRUTH.exists() else {}
UPRIGHT = {
    "carphone_pristine.mp4": (193, 144), "variants/anamorphic_walk.mp4": (640, 480), "variants/phone_rot90.mp4": (360, 480),
    "variants/phone_rot270.mp4": (360, 480), "rotated/video_90.mov": (320, 568), "rotated/video_270.mov": (320, 568),
    "variants/size_change.ts": (640, 480),
}
CUTS = {
    **{f"variants/ham_{name}": [1.502, 3.57, 7.875]
       for name in ("av1.mp4", "h263_cif.3gp", "hevc.mp4", "vp9.webm", "wmv2.wmv", "xvid.avi")},
    "variants/ham_mjpeg.avi": [1.502, 3.57], "variants/ham_mpeg1.mpg": [2.035, 4.104, 8.408],
    "variants/ham_interlaced_tff.ts": [2.92, 5.0, 9.28], "variants/ham_vfr.mkv": [1.535, 3.637, 8.075],
    "variants/size_change.ts": [1.467],
}


def read(
    path: Path, span: Whole | None = None, mode: str = "normal",
) -> tuple[Facts, Coverage, tuple[ShotSpan, ...], list[Frame]]:
    """Facts, and what the first stream (or `span`) gives."""
    with path.open("rb") as file:
        facts = probe(file, path.stat().st_size, bytes(path))
        with open_media(file, span or wholes(facts)[0], Sampling(mode=mode)) as media:
            frames = list(media)
        return facts, media.coverage, media.shots, frames


@pytest.mark.parametrize("clip", CLIPS)
def test_a_clip_gives_the_frames_times_sizes_and_cuts_seen_by_eye(shared: Path, clip: str) -> None:
    truth = CLIPS[clip]

    facts, coverage, shots, frames = read(shared / "data/video" / clip)

    assert (facts.kind, facts.code) == (Kind.VIDEO, None)
    assert coverage.decoded_frames == truth["frames"] and facts.streams[0].frames == truth["frames"]
    assert (coverage.unread, coverage.corrupt_frames) == ((), 0)
    if truth["first_pts_s"] is not None and clip != "variants/size_change.ts":
        assert coverage.first == pytest.approx(truth["first_pts_s"], abs=0.002)
        assert coverage.last == pytest.approx(truth["last_pts_s"], abs=0.002)
    size = UPRIGHT.get(clip, (truth["width"], truth["height"]))
    assert (facts.width, facts.height) == size == (frames[0].width, frames[0].height)
    assert frames[0].rgb.shape == (size[1], size[0], 3)
    assert [shot.start for shot in shots[1:]] == pytest.approx(CUTS.get(clip, truth.get("cuts_s", [])), abs=0.02)
    assert {frame.shot for frame in frames} == set(range(len(shots)))


def test_both_video_streams_of_a_file_are_named_and_read(shared: Path) -> None:
    path = shared / "data/video/nasa_13013.mp4"

    facts, _, _, _ = read(path)
    _, second, _, _ = read(path, Whole(Kind.VIDEO, 3))

    assert [(s.index, s.upright_width, s.default) for s in facts.streams] == [(0, 320, True), (3, 480, True)]
    assert second.decoded_frames == 390 and second.sizes == ((480, 270),)
    assert any("2 video streams" in note for note in facts.notes)


def test_a_raw_stream_is_counted_at_its_own_rate_and_says_so(shared: Path) -> None:
    facts, coverage, _, frames = read(shared / "data/video/variants/obo_cctv_5fps_grey.h264")

    assert facts.untimed and facts.streams[0].start is None and facts.streams[0].rate == 5.0
    assert facts.duration == 60.0 and coverage.last == pytest.approx(59.8)
    assert frames[0].pts is None and any("no presentation times" in note for note in facts.notes)


def test_frames_of_both_sizes_in_one_stream_are_read(shared: Path) -> None:
    _, coverage, shots, frames = read(shared / "data/video/variants/size_change.ts")

    assert coverage.sizes == ((640, 480), (320, 240)) and len(shots) == 2
    assert {frame.rgb.shape for frame in frames} == {(480, 640, 3), (240, 320, 3)}


@pytest.mark.parametrize("clip", [
    "short_hamilton_clip.mp4", "people/asl_book.mkv", "variants/ham_hevc.mp4", "variants/ham_vp9.webm", "variants/ham_av1.mp4",
    "variants/ham_xvid.avi", "variants/ham_interlaced_tff.ts", "variants/ham_mpeg1.mpg", "variants/ham_wmv2.wmv",
    "variants/ham_mjpeg.avi", "variants/ham_h263_cif.3gp", "variants/people_supercut.mp4", "variants/ham_vfr.mkv"])
def test_spans_cut_at_keyframes_give_every_frame_once(shared: Path, clip: str) -> None:
    path = shared / "data/video" / clip
    facts, _, _, whole = read(path, mode="thorough")
    keys = facts.streams[0].keyframes
    joints = [keys[len(keys) * part // 3] for part in (1, 2)] if len(keys) > 2 else []
    edges = [-1e12, *joints, 1e12]

    parts: list[Frame] = []
    for start, end in pairwise(edges):
        span = Whole(Kind.VIDEO, start=start, end=end, warm_from=start - 0.5, expected_end=min(end, facts.streams[0].end or end))
        _, coverage, shots, frames = read(path, span, "thorough")
        assert (coverage.unread, coverage.corrupt_frames) == ((), 0)
        assert all(frame.warmup == (frame.t < start) for frame in frames)
        parts += [frame for frame in frames if not frame.warmup]
        assert shots[-1].end >= shots[-1].start

    assert [frame.pts for frame in parts] == [frame.pts for frame in whole]


def test_the_warm_up_belongs_to_the_shot_that_goes_on(shared: Path) -> None:
    path = shared / "data/video/variants/people_supercut.mp4"

    _, _, shots, frames = read(path, Whole(Kind.VIDEO, start=3.0, end=5.0, warm_from=1.0))

    assert min(frame.t for frame in frames) < 3.0 and frames[0].warmup
    assert [(round(shot.start, 2), shot.continues) for shot in shots if shot.end > shot.start] == [(3.0, True), (4.33, False)]
    assert {frame.shot for frame in frames if frame.t < 2.6} == {0}
    assert {frame.shot for frame in frames if 2.6 <= frame.t < 4.3} == {1}


@pytest.mark.parametrize("clip", [name for name in CLIPS if name.startswith("variants/") or "/" not in name])
def test_quick_leaves_no_gap_of_more_than_two_seconds(shared: Path, clip: str) -> None:
    _, coverage, _, frames = read(shared / "data/video" / clip, mode="quick")

    times = [frame.t for frame in frames]
    assert max((b - a for a, b in pairwise(times)), default=0.0) <= 2.05
    assert times[0] == coverage.first and (coverage.end - times[-1]) <= 2.1
    assert (coverage.unread, coverage.corrupt_frames) == ((), 0)


def test_quick_decodes_keyframes_alone_where_they_are_close(shared: Path) -> None:
    _, coverage, _, _ = read(shared / "data/video/one-by-one-person-detection.mp4", mode="quick")

    assert coverage.decoded_frames == 140    # of 1394; a keyframe each second


def test_a_standing_picture_is_sampled_less_and_movement_at_once(shared: Path) -> None:
    _, _, _, frames = read(shared / "data/video/variants/obo_one_keyframe.mp4")
    times = [frame.t for frame in frames]

    empty, walking = [t for t in times if t < 5.0], [t for t in times if 12.0 <= t < 16.0]

    assert len(empty) <= 8 and len(walking) >= 15
    assert max(b - a for a, b in pairwise(times)) <= 2.0


def test_the_grid_does_not_depend_on_where_a_span_begins(shared: Path) -> None:
    path = shared / "data/video/short_hamilton_clip.mp4"
    _, _, _, whole = read(path)

    _, _, _, part = read(path, Whole(Kind.VIDEO, start=5.0, end=7.0, warm_from=4.0))

    expected = [frame.pts for frame in whole if 5.2 <= frame.t < 7.0]
    assert [frame.pts for frame in part if frame.t >= 5.2] == expected


@pytest.mark.parametrize("clip", ["short_hamilton_clip.mp4", "variants/phone_rot90.mp4", "variants/ham_interlaced_tff.ts",
                                  "variants/obo_cctv_5fps_grey.h264", "variants/h264_10bit422_walk.mp4"])
def test_a_moment_read_again_gives_the_same_pixels(shared: Path, clip: str) -> None:
    path = shared / "data/video" / clip
    facts, _, _, frames = read(path)
    chosen = frames[len(frames) // 2]

    with path.open("rb") as file:
        again = frame_at(file, wholes(facts)[0], t=chosen.t, pts=chosen.pts)

    assert (again.t, again.pts, again.width) == (chosen.t, chosen.pts, chosen.width)
    assert (again.rgb == chosen.rgb).all() and (again.luma(160) == chosen.luma(160)).all()


def test_turned_phones_show_the_same_picture_upright(shared: Path) -> None:
    folder = shared / "data/video/variants"

    pictures = [read(folder / f"phone_rot{angle}.mp4")[3][0].luma(90).astype(int) for angle in (90, 180, 270)]

    assert all(picture.shape == (120, 90) for picture in pictures)
    assert max(abs(pictures[0] - other).mean() for other in pictures[1:]) < 4.0


def test_an_edit_list_that_hides_nothing_is_honoured(shared: Path) -> None:
    facts, coverage, _, _ = read(shared / "data/video/short_hamilton_clip.mp4")

    assert not facts.ignore_edit_list and coverage.first == pytest.approx(0.852, abs=0.001)


def test_an_early_end_is_an_unread_tail(shared: Path) -> None:
    path = shared / "data/video/people/asl_book.mkv"

    _, coverage, _, _ = read(path, replace(Whole(Kind.VIDEO), expected_end=60.0))

    assert [(round(loss.start, 1), loss.end, loss.code) for loss in coverage.unread] == [(3.7, 60.0, "truncated")]
