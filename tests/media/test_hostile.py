"""Broken and hostile files: no crash, no hang, one outcome each; what is sound is not called damaged."""
import io
import json
import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sporhund.errors import Unreadable
from sporhund.media.container import open_container
from sporhund.media.model import Kind
from sporhund.media.probe import probe

from .outcomes import Outcome, confined, outcome

PLAYLISTS = {
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n",
    "ffconcat": b"ffconcat version 1.0\nfile '%s'\n",
    "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>%s</BaseURL></MPD>',
}


def cut(path: Path, part: float, folder: Path) -> Path:
    """The first part of a file."""
    data = path.read_bytes()
    shorter = folder / path.name
    shorter.write_bytes(data[:int(len(data) * part)])
    return shorter


def test_files_that_broke_other_readers_end_in_an_outcome(shared: Path) -> None:
    clean = {"torchcodec_av1_video.mkv", "torchcodec_h264_10bits.mp4", "torchcodec_h265_10bits.mp4", "heif_exif.heic"}

    for path in sorted((shared / "data/hostile/files").iterdir()):
        found = outcome(path)
        assert found.state == "ok" if path.name in clean else found.state in ("ok", "partial", "broken", "refused", "other"), path
        assert found.state == "ok" or found.reason, path


@pytest.mark.parametrize("clip", [
    "variants/ham_vp9.webm", "people/asl_book.mkv", "variants/ham_xvid.avi", "variants/ham_wmv2.wmv",
    "variants/ham_mjpeg.avi"])
def test_a_cut_file_is_read_as_far_as_it_goes_and_the_rest_is_unread(shared: Path, tmp_path: Path, clip: str) -> None:
    found = outcome(cut(shared / "data/video" / clip, 0.5, tmp_path))

    assert found.state == "partial" and found.frames > 10 and found.code in ("truncated", "damaged")


def test_a_recording_without_its_index_says_so(shared: Path, tmp_path: Path) -> None:
    found = outcome(cut(shared / "data/video/short_hamilton_clip.mp4", 0.5, tmp_path))

    assert (found.state, found.code) == ("broken", "truncated") and found.reason and "moov" in found.reason


def test_a_recording_with_its_index_in_front_is_read_to_where_it_was_cut(shared: Path, tmp_path: Path) -> None:
    found = outcome(cut(shared / "data/video/one-by-one-person-detection.mp4", 0.5, tmp_path))

    assert (found.state, found.code) == ("partial", "truncated") and found.frames > 600


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("name", [b"list.m3u8", b"holiday.mp4"])
def test_a_playlist_opens_no_sibling(shared: Path, kind: str, name: bytes) -> None:
    text = PLAYLISTS[kind] % bytes(shared / "data/video/short_hamilton_clip.mp4")

    facts = probe(io.BytesIO(text), len(text), name)

    assert (facts.kind, facts.code, facts.streams) == (Kind.OTHER, "playlist", ())


@pytest.mark.parametrize("media_type", ["video/mp4", "video/x-matroska", "video/x-msvideo", "video/mp2t", "video/mpeg"])
@pytest.mark.parametrize("text", [*PLAYLISTS.values(), b"\x1b[31mred\x1b[0m" * 40, b"[00:01.00]words\n" * 50])
def test_no_demuxer_that_is_allowed_reads_a_playlist_or_text(shared: Path, media_type: str, text: bytes) -> None:
    """Were the sniffer fooled, FFmpeg still may use only the demuxer that the header called for."""
    named = text.replace(b"%s", bytes(shared / "data/video/short_hamilton_clip.mp4"))

    with pytest.raises(Unreadable), open_container(io.BytesIO(named), media_type) as container:
        assert not list(container.decode())


def test_an_encrypted_video_is_not_decoded_as_if_it_were_a_picture(shared: Path) -> None:
    data = (shared / "data/video/short_hamilton_clip.mp4").read_bytes().replace(b"avc1\0\0\0\0", b"encv\0\0\0\0")

    facts = probe(io.BytesIO(data), len(data), b"clip.mp4")

    assert facts.code == "encrypted" and facts.streams == ()


@pytest.mark.heavy
def test_the_whole_corpus_ends_in_outcomes_that_its_manifest_allows(shared: Path, tmp_path: Path) -> None:
    """660 files, each in a child with 10 s; see the generator for what is odd about each."""
    tool = shared / "tools/make_hostile.py"
    subprocess.run([sys.executable, tool, "--clean", shared / "data/video", "--out", tmp_path, "--special"], check=True)
    listed = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["files"]
    wrong = []

    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=40) as pool:
        for entry in listed:
            path = tmp_path / entry["name"]
            if not path.exists() or not stat.S_ISREG(os.lstat(path).st_mode):
                continue    # links, pipes and devices are the intake's matter
            found = pool.apply_async(confined, (str(path),)).get(30)
            least, most = entry.get("frames", (0, 1 << 30))
            fits = isinstance(found, Outcome) and found.state in entry["expect"]
            if not fits or (isinstance(found, Outcome) and found.state == "ok" and not least <= found.frames <= most):
                wrong.append((entry["name"], entry["expect"], found))

    assert wrong == []
