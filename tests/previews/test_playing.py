"""What plays as it is is passed on; of the rest a copy is made, part by part, in which every frame has its own time."""
import hashlib
from pathlib import Path
from typing import Any

import av
import pytest
from tests.previews import make

from sporhund.errors import Unreadable, WrongUsage
from sporhund.previews.model import How, Ranged
from sporhund.previews.service import Previews

VARIANTS = ["ham_xvid.avi", "ham_vfr.mkv", "ham_hevc.mp4", "ham_mjpeg.avi", "ham_wmv2.wmv", "ham_interlaced_tff.ts",
            "ham_mpeg1.mpg", "h264_10bit422_walk.mp4", "phone_rot90.mp4", "ham_h263_cif.3gp"]


def whole(found: Ranged) -> bytes:
    return found.read(0, found.size)


def parts(previews: Previews, case_id: str, medium: str) -> list[Ranged]:
    how = previews.playable(case_id, medium)
    return [previews.part(case_id, medium, part.number) for part in how.parts]


@pytest.mark.parametrize("name", VARIANTS)
def test_frame_times_of_the_copy_are_those_of_the_original(taken: Any, previews: Previews, shared: Path, name: str) -> None:
    path = shared / "data/video/variants" / name
    case = taken({name: path})
    medium = case.media[name]

    how = previews.playable(case.case.id, medium)
    made = parts(previews, case.case.id, medium)

    if how.how is How.DERIVED:
        times = [t + part.copy.offset for part in made if part.copy for t in make.frame_times(whole(part))]
        assert times == pytest.approx(make.frame_times(path.read_bytes()), abs=1e-9)
    assert (how.how is How.ORIGINAL) is (name == "phone_rot90.mp4")
    assert hashlib.sha256((case.folder / name).read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_a_copy_is_h264_of_eight_bits_with_its_index_in_front(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.mov": shared / "data/video/variants/ham_prores.mov"})

    [part] = parts(previews, case.case.id, case.media["v.mov"])

    content = whole(part)
    assert content.index(b"moov") < content.index(b"mdat") and part.content_type == "video/mp4"
    with av.open(make.io.BytesIO(content)) as media:
        stream = media.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert float(stream.start_time or 0) == 0


def test_the_parts_of_a_long_video_fit_together_without_a_frame_twice(taken: Any, previews: Previews, shared: Path) -> None:
    path = shared / "data/video/variants/people_supercut.mp4"
    case = taken({"v.mkv": remuxed(path, "matroska")})
    medium = case.media["v.mkv"]

    how = previews.playable(case.case.id, medium)
    made = parts(previews, case.case.id, medium)

    assert len(made) > 1 and how.how is How.DERIVED
    assert how.parts[0].shown_to <= 12.0
    times = [t + part.copy.offset for part in made if part.copy for t in make.frame_times(whole(part))]
    assert times == pytest.approx(make.frame_times((case.folder / "v.mkv").read_bytes()), abs=1e-9)


def test_a_part_in_the_middle_is_made_without_those_before(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.mkv": remuxed(shared / "data/video/variants/obo_one_keyframe.mp4", "matroska")})
    medium = case.media["v.mkv"]

    how = previews.playable(case.case.id, medium)
    with previews.part(case.case.id, medium, len(how.parts) - 1) as last:
        assert last.copy is not None
        assert last.copy.offset == pytest.approx(how.parts[-1].shown_from, abs=0.11)


def test_sound_goes_along_and_stays_with_the_picture(taken: Any, previews: Previews) -> None:
    case = taken({"v.mkv": with_sound("matroska", "mpeg4", "pcm_s16le")})

    [part] = parts(previews, case.case.id, case.media["v.mkv"])

    assert part.copy is not None and part.copy.sound
    assert onset(whole(part)) == pytest.approx(1.0, abs=0.03)


def test_a_stream_without_times_is_counted_at_its_own_rate(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.h264": shared / "data/video/variants/obo_cctv_5fps_grey.h264"})
    medium = case.media["v.h264"]

    made = parts(previews, case.case.id, medium)

    times = [t + part.copy.offset for part in made if part.copy for t in make.frame_times(whole(part))]
    assert times == pytest.approx([number / 5 for number in range(300)], abs=1e-4)


def test_h264_in_mp4_is_passed_on_byte_for_byte(taken: Any, previews: Previews, shared: Path) -> None:
    path = shared / "data/video/one-by-one-person-detection.mp4"
    case = taken({"v.mp4": path})

    how = previews.playable(case.case.id, case.media["v.mp4"])
    with previews.original(case.case.id, case.media["v.mp4"]) as found:
        assert (how.how, how.parts, found.content_type) == (How.ORIGINAL, (), "video/mp4")
        assert whole(found) == path.read_bytes()
        assert found.read(1000, 77) == path.read_bytes()[1000:1077] and found.read(found.size, 10) == b""


def test_bytes_that_a_browser_does_not_play_are_not_given_to_it(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.avi": shared / "data/video/variants/ham_xvid.avi", "a.html": b"<html><script>alert(1)</script></html>"})

    for name in ("v.avi", "a.html"):
        with pytest.raises(WrongUsage) as said:
            previews.original(case.case.id, case.media[name])
        assert said.value.code == "not-playable"


def test_the_clip_behind_a_picture_is_played_by_itself(taken: Any, previews: Previews, shared: Path) -> None:
    clip = (shared / "data/video/two_people_conference.mp4").read_bytes()
    case = taken({"motion.jpg": make.encoded(make.scene(), "JPEG") + clip})
    medium = case.media["motion.jpg"]

    how = previews.playable(case.case.id, medium)

    if how.how is How.ORIGINAL:
        with previews.original(case.case.id, medium) as found:
            assert whole(found) == clip
    else:
        assert len(parts(previews, case.case.id, medium)) == 1
    assert previews.frame(case.case.id, medium, 0.0).whole_width == 320


def test_what_cannot_be_decoded_is_impossible_with_its_reason(taken: Any, previews: Previews, shared: Path) -> None:
    cut = (shared / "data/video/variants/ham_hevc.mp4").read_bytes()[:2000]
    case = taken({"v.mp4": cut, "t.txt": b"words"})

    assert previews.playable(case.case.id, case.media["v.mp4"]).how is How.IMPOSSIBLE
    assert previews.playable(case.case.id, case.media["v.mp4"]).reason
    assert previews.playable(case.case.id, case.media["t.txt"]).how is How.IMPOSSIBLE
    with pytest.raises(Unreadable):
        previews.part(case.case.id, case.media["v.mp4"], 0)


def test_a_part_that_is_not_there_is_refused(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.avi": shared / "data/video/variants/ham_xvid.avi"})

    with pytest.raises(WrongUsage) as said:
        previews.part(case.case.id, case.media["v.avi"], 99)

    assert said.value.code == "no-part"


def remuxed(path: Path, form: str) -> bytes:
    """The same packets in another container."""
    held = make.io.BytesIO()
    with av.open(str(path)) as source, av.open(held, "w", format=form) as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                out.mux(packet)
    return held.getvalue()


def with_sound(form: str, picture: str, sound: str) -> bytes:
    """Two seconds of picture; silence, and from 1.0 s on a tone."""
    import numpy as np

    held = make.io.BytesIO()
    with av.open(held, "w", format=form) as out:
        video: Any = out.add_stream(picture, rate=25)
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        audio: Any = out.add_stream(sound, rate=44_100)
        audio.layout = "mono"
        for number in range(50):
            frame = av.VideoFrame.from_ndarray(np.full((120, 160, 3), number * 4, np.uint8), format="rgb24")
            frame.pts = number
            out.mux(video.encode(frame))
        tone = np.where(np.arange(88_200) < 44_100, 0, 12_000 * np.sin(np.arange(88_200) / 10)).astype(np.int16)
        for at in range(0, 88_200, 1024):
            heard = av.AudioFrame.from_ndarray(tone[None, at:at + 1024].copy(), format="s16", layout="mono")
            heard.sample_rate, heard.pts = 44_100, at
            out.mux(audio.encode(heard))
        out.mux(video.encode(None))
        out.mux(audio.encode(None))
    return held.getvalue()


def onset(content: bytes) -> float:
    """Seconds at which the sound becomes loud."""
    import numpy as np

    with av.open(make.io.BytesIO(content)) as media:
        stream = media.streams.audio[0]
        for frame in media.decode(stream):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()).max(axis=0) > 0.1)
            if loud.size:
                return float(frame.time or 0) + float(loud[0]) / frame.sample_rate
    return -1.0
