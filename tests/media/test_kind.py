"""The type is judged by content, never by name."""
import io

import pytest

from sporhund.media.kind import sniff
from sporhund.media.model import Kind
from sporhund.media.probe import probe


@pytest.mark.parametrize(("head", "kind", "media_type", "code"), [
    (b"\xff\xd8\xff\xe0" + bytes(20), Kind.STILL, "image/jpeg", None),
    (b"\0\0\0\x18ftypheic" + bytes(20), Kind.STILL, "image/heic", None),
    (b"\0\0\0\x18ftypavif" + bytes(20), Kind.STILL, "image/avif", None),
    (b"\0\0\0\x18ftypisom" + bytes(20), Kind.VIDEO, "video/mp4", None),
    (b"\0\0\0\x14ftypqt  " + bytes(20), Kind.VIDEO, "video/quicktime", None),
    (b"\0\0\0\x08wide\0\0\1\0mdat" + bytes(20), Kind.VIDEO, "video/quicktime", None),
    (b"RIFF\0\0\0\0WEBP" + bytes(20), Kind.STILL, "image/webp", None),
    (b"RIFF\0\0\0\0AVI LIST" + bytes(20), Kind.VIDEO, "video/x-msvideo", None),
    (b"RIFF\0\0\0\0WAVE" + bytes(20), Kind.AUDIO, "audio/wav", None),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x84webm" + bytes(20), Kind.VIDEO, "video/webm", None),
    (b"DHAV\xfd\0\0\0" + bytes(60), Kind.VIDEO, "video/x-dahua", None),
    (b"IMKH\1\1\0\0" + bytes(60), Kind.VIDEO, "video/x-hikvision", None),
    (b"\0\0\0\1\x67\x42\0\x1e" + bytes(20), Kind.VIDEO, "video/h264", None),
    (b"\0\0\0\1\x40\1\x0c\1" + bytes(20), Kind.VIDEO, "video/h265", None),
    (b"\0\0\1\xba" + bytes(20), Kind.VIDEO, "video/mpeg", None),
    (b"PK\3\4" + bytes(40), Kind.ARCHIVE, "application/zip", None),
    (b"Rar!\x1a\x07\1\0" + bytes(20), Kind.ARCHIVE, "application/vnd.rar", "archive-not-opened"),
    (b"#EXTM3U\n#EXTINF:10,\nx.ts\n", Kind.OTHER, "application/x-playlist", "playlist"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Kind.OTHER, "image/svg+xml", "not-media"),
    ("plain words, æøå\n".encode(), Kind.OTHER, "text/plain", "not-media"),
    (b"8BPS\0\1" + bytes(20), Kind.STILL, "image/vnd.adobe.photoshop", "unknown-format"),
    (b"", Kind.OTHER, "application/x-empty", "empty"),
])
def test_a_header_names_its_type(head: bytes, kind: Kind, media_type: str, code: str | None) -> None:
    found = sniff(head, len(head))

    assert (found.kind, found.type, found.code) == (kind, media_type, code) and found.name


@pytest.mark.parametrize(("step", "first"), [(188, 0), (192, 4), (204, 0)])
def test_a_transport_stream_is_known_by_its_rhythm_wherever_it_is_cut(step: int, first: int) -> None:
    stream = (b"G" + bytes(step - 1)) * 30

    for cut in (0, 1, 100):
        assert sniff(bytes(first) + stream[cut:], 1).type == "video/mp2t"


def test_a_tga_picture_is_known_by_its_end() -> None:
    assert sniff(bytes(40), 100, b"TRUEVISION-XFILE.\0").type == "image/x-tga"


@pytest.mark.parametrize(("data", "name", "kind", "code"), [
    (b"hello world\n" * 50, b"holiday.jpg", Kind.OTHER, "unknown-format"),
    (b"hello world\n" * 50, b"notes.txt", Kind.OTHER, "not-media"),
    (b"\x7fELF" + bytes(300), b"cam.mp4", Kind.OTHER, "unknown-format"),
    (b"\x99\x01\x77" * 999, b"export.g64x", Kind.OTHER, "unknown-format"),
    (bytes(100_000), b"zeros.mp4", Kind.OTHER, "unknown-format"),
    (b"", b"empty", Kind.OTHER, "empty"),
])
def test_what_cannot_be_read_says_why_in_a_sentence(data: bytes, name: bytes, kind: Kind, code: str) -> None:
    facts = probe(io.BytesIO(data), len(data), name)

    assert (facts.kind, facts.code) == (kind, code) and facts.reason
