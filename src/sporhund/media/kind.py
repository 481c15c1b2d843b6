"""What a file is, from its first bytes. The decoder is the judge; this only says who is asked."""
import re
from typing import NamedTuple

import filetype

from sporhund.media.model import Kind

HEAD_BYTES = 65536  #: what `sniff` wants of a file's beginning
TAIL_BYTES = 4096   #: and of its end


class Sniffed(NamedTuple):
    kind: Kind
    type: str         #: media type
    name: str         #: for people
    code: str | None  #: why it is not read: "not-media", "unknown-format", "playlist", "empty", ...


# (offset, bytes, kind, type, name): what is read here. Sources: the formats' own specifications and FFmpeg's demuxers.
_MAGIC: tuple[tuple[int, bytes, Kind, str, str], ...] = (
    (0, b"\xff\xd8\xff", Kind.STILL, "image/jpeg", "JPEG picture"),
    (0, b"\x89PNG\r\n\x1a\n", Kind.STILL, "image/png", "PNG picture"),
    (0, b"GIF87a", Kind.STILL, "image/gif", "GIF picture"),
    (0, b"GIF89a", Kind.STILL, "image/gif", "GIF picture"),
    (0, b"II*\0\x10\0\0\0CR", Kind.STILL, "image/x-canon-cr2", "Canon camera raw (CR2)"),
    (0, b"II*\0", Kind.STILL, "image/tiff", "TIFF picture"),
    (0, b"MM\0*", Kind.STILL, "image/tiff", "TIFF picture"),
    (0, b"II+\0", Kind.STILL, "image/tiff", "BigTIFF picture"),
    (0, b"MM\0+", Kind.STILL, "image/tiff", "BigTIFF picture"),
    (0, b"\0\0\0\x0cjP  ", Kind.STILL, "image/jp2", "JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", Kind.STILL, "image/j2k", "JPEG 2000 code stream"),
    (0, b"\0\0\1\0", Kind.STILL, "image/x-icon", "icon"),
    (0, b"icns", Kind.STILL, "image/icns", "Apple icon"),
    (0, b"DDS ", Kind.STILL, "image/dds", "DirectDraw picture"),
    (0, b"qoif", Kind.STILL, "image/qoi", "QOI picture"),
    (0, b"\x1aE\xdf\xa3", Kind.VIDEO, "video/x-matroska", "Matroska video"),
    (0, b"0&\xb2u\x8ef\xcf\x11", Kind.VIDEO, "video/x-ms-asf", "Windows Media video (ASF)"),
    (0, b"FLV\x01", Kind.VIDEO, "video/x-flv", "Flash video"),
    (0, b"DHAV", Kind.VIDEO, "video/x-dahua", "Dahua recorder file (DHAV)"),
    (0, b"DAHUA", Kind.VIDEO, "video/x-dahua", "Dahua recorder file (DHAV)"),
    (0, b"IMKH", Kind.VIDEO, "video/x-hikvision", "Hikvision recorder file (IMKH)"),
    (0, b"\0\0\1\xba", Kind.VIDEO, "video/mpeg", "MPEG programme stream"),
    (0, b"\0\0\1\xb3", Kind.VIDEO, "video/mpeg", "MPEG video stream"),
    (0, b"\0\0\1\xb0", Kind.VIDEO, "video/mp4v-es", "MPEG-4 video stream"),
    (0, b".RMF", Kind.VIDEO, "video/vnd.rn-realvideo", "RealMedia"),
    (0, b"OggS", Kind.VIDEO, "video/ogg", "Ogg"),
    (0, b"\x06\x0e+4\x02\x05\x01\x01", Kind.VIDEO, "application/mxf", "MXF video"),
    (0, b"DKIF", Kind.VIDEO, "video/x-ivf", "IVF video"),
    (0, b"YUV4MPEG2 ", Kind.VIDEO, "video/x-yuv4mpeg", "YUV4MPEG video"),
    (0, b"nut/multimedia container\0", Kind.VIDEO, "video/x-nut", "NUT video"),
    (0, b"\xb7\xd8\x00 7I\xda\x11", Kind.VIDEO, "video/x-wtv", "Windows TV recording"),
    (0, b"\x1f\x07\0", Kind.VIDEO, "video/x-dv", "DV video"),
    (0, b"ID3", Kind.AUDIO, "audio/mpeg", "MP3 sound"),
    (0, b"fLaC", Kind.AUDIO, "audio/flac", "FLAC sound"),
    (0, b"#!AMR", Kind.AUDIO, "audio/amr", "AMR sound"),
    (0, b"MThd", Kind.AUDIO, "audio/midi", "MIDI"),
    (0, b"PK\3\4", Kind.ARCHIVE, "application/zip", "ZIP archive"),
    (0, b"PK\5\6", Kind.ARCHIVE, "application/zip", "empty ZIP archive"),
    (0, b"PK\7\x08", Kind.ARCHIVE, "application/zip", "ZIP archive (split)"),
)

# Known by their header, but not read here.
_UNREAD: tuple[tuple[bytes, str, str, Kind, str], ...] = (
    (b"\xff\n", "image/jxl", "JPEG XL picture", Kind.STILL, "unknown-format"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl", "JPEG XL picture", Kind.STILL, "unknown-format"),
    (b"8BPS", "image/vnd.adobe.photoshop", "Photoshop picture", Kind.STILL, "unknown-format"),
    (b"FUJIFILMCCD-RAW", "image/x-fuji-raf", "Fujifilm camera raw (RAF)", Kind.STILL, "unknown-format"),
    (b"IIU\0", "image/x-panasonic-rw2", "Panasonic camera raw (RW2)", Kind.STILL, "unknown-format"),
    (b"IIRO", "image/x-olympus-orf", "Olympus camera raw (ORF)", Kind.STILL, "unknown-format"),
    (b"4HKH", "video/x-hikvision", "Hikvision recorder file (4HKH)", Kind.VIDEO, "unknown-format"),
    (b"Rar!\x1a\x07", "application/vnd.rar", "RAR archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"7z\xbc\xaf'\x1c", "application/x-7z-compressed", "7-Zip archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"\x1f\x8b", "application/gzip", "gzip archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"BZh", "application/x-bzip2", "bzip2 archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"\xfd7zXZ\0", "application/x-xz", "xz archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"(\xb5/\xfd", "application/zstd", "Zstandard archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed", "Cabinet archive", Kind.ARCHIVE, "archive-not-opened"),
    (b"EVF\t\r\n\xff\0", "application/x-ewf", "EnCase disk image", Kind.ARCHIVE, "archive-not-opened"),
    (b"%PDF-", "application/pdf", "PDF document", Kind.OTHER, "not-media"),
    (b"%!PS", "application/postscript", "PostScript", Kind.OTHER, "not-media"),
    (b"MZ", "application/x-dosexec", "Windows program", Kind.OTHER, "not-media"),
    (b"\x7fELF", "application/x-executable", "program", Kind.OTHER, "not-media"),
    (b"SQLite format 3\0", "application/vnd.sqlite3", "SQLite database", Kind.OTHER, "not-media"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "older Office document or thumbnail store",
     Kind.OTHER, "not-media"),
)

# Texts that name other files or addresses: FFmpeg would open those. Never given to it.
_PLAYLIST = re.compile(
    rb"\A(\xef\xbb\xbf)?\s*(#EXTM3U|ffconcat\s|\[playlist\]|<asx|<smil|RTSPtext|\[Reference\]|v=0\r?\no=|"
    rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(MPD|SmoothStreamingMedia|CompositionPlaylist|manifest)\b)", re.I | re.S)

_STILL_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"heis": "image/heic", b"hevc": "image/heic",
    b"hevx": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif", b"avif": "image/avif", b"avis": "image/avif",
}
_TS_RHYTHMS = ((188, 0, "video/mp2t"), (192, 4, "video/mp2t"), (204, 0, "video/mp2t"))
_BOXES_FIRST = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof", b"sidx", b"styp")


def sniff(head: bytes, size: int, tail: bytes = b"") -> Sniffed:
    """(kind, media type, name for people, code). code is None where a reader should be asked.

    head: the first `HEAD_BYTES` (fewer if the file is shorter); tail: the last bytes, for formats named at their end.
    """
    if size == 0 or not head:
        return Sniffed(Kind.OTHER, "application/x-empty", "empty file", "empty")
    found = _by_structure(head) or _by_magic(head) or _by_rhythm(head) or _raw_stream(head) or _by_tail(head, tail)
    return found or _text(head) or _by_name_only(head)


def _by_magic(head: bytes) -> Sniffed | None:
    for offset, magic, kind, media_type, name in _MAGIC:
        if head.startswith(magic, offset):
            return Sniffed(kind, media_type, name, None)
    for magic, media_type, name, kind, code in _UNREAD:
        if head.startswith(magic):
            return Sniffed(kind, media_type, name, code)
    return None


def _by_structure(head: bytes) -> Sniffed | None:
    """Families that share their first bytes and differ a little further in."""
    if head[4:8] == b"ftyp" and len(head) >= 12:
        return _iso(head)
    if head[4:8] in _BOXES_FIRST and int.from_bytes(head[:4], "big") not in range(2, 8):
        return Sniffed(Kind.VIDEO, "video/quicktime", "QuickTime video", None)
    if head[:4] in (b"RIFF", b"RF64", b"RIFX") and len(head) >= 12:
        return _riff(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Sniffed(Kind.AUDIO, "audio/aiff", "AIFF sound", None)
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return Sniffed(Kind.VIDEO, "video/webm", "WebM video", None)
    if head.startswith(b"PK\3\4"):
        return _zip(head)
    return _small_picture(head)


def _iso(head: bytes) -> Sniffed:
    brand = head[8:12]
    if brand in _STILL_BRANDS:
        media_type = _STILL_BRANDS[brand]
        if media_type == "image/heif" and b"avif" in head[16:64]:
            media_type = "image/avif"
        return Sniffed(Kind.STILL, media_type, "AVIF picture" if media_type == "image/avif" else "HEIC picture", None)
    if brand == b"crx ":
        return Sniffed(Kind.STILL, "image/x-canon-cr3", "Canon camera raw (CR3)", "unknown-format")
    if brand in (b"M4A ", b"M4B ", b"M4P "):
        return Sniffed(Kind.VIDEO, "audio/mp4", "MPEG-4 sound", None)
    if brand == b"qt  ":
        return Sniffed(Kind.VIDEO, "video/quicktime", "QuickTime video", None)
    if brand[:2] in (b"3g",):
        return Sniffed(Kind.VIDEO, "video/3gpp", "3GPP video", None)
    return Sniffed(Kind.VIDEO, "video/mp4", "MP4 video", None)


def _riff(form: bytes) -> Sniffed | None:
    return {
        b"WEBP": Sniffed(Kind.STILL, "image/webp", "WebP picture", None),
        b"AVI ": Sniffed(Kind.VIDEO, "video/x-msvideo", "AVI video", None),
        b"AVIX": Sniffed(Kind.VIDEO, "video/x-msvideo", "AVI video", None),
        b"WAVE": Sniffed(Kind.AUDIO, "audio/wav", "WAVE sound", None),
        b"RMID": Sniffed(Kind.AUDIO, "audio/midi", "MIDI", None),
    }.get(form, Sniffed(Kind.OTHER, "application/x-riff", "unknown RIFF file", "unknown-format"))


def _zip(head: bytes) -> Sniffed:
    for part, media_type, name in ((b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                                    "Word document"),
                                   (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                    "Excel document"),
                                   (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                                    "PowerPoint document")):
        if b"[Content_Types].xml" in head[:4096] and part in head:
            return Sniffed(Kind.ARCHIVE, media_type, name + " (an archive)", None)
    return Sniffed(Kind.ARCHIVE, "application/zip", "ZIP archive", None)


def _small_picture(head: bytes) -> Sniffed | None:
    """Pictures whose magic is too short to stand alone."""
    if head[:2] == b"BM" and len(head) >= 26 and int.from_bytes(head[14:18], "little") in (12, 16, 40, 52, 56, 64, 108, 124):
        return Sniffed(Kind.STILL, "image/bmp", "BMP picture", None)
    if re.match(rb"P[1-6]\s", head) or re.match(rb"P[fF]\s", head):
        return Sniffed(Kind.STILL, "image/x-portable-anymap", "portable picture (PNM)", None)
    if head[:2] == b"\x01\xda" and head[2:3] in (b"\0", b"\1") and head[3:4] in (b"\1", b"\2"):
        return Sniffed(Kind.STILL, "image/sgi", "SGI picture", None)
    if head[:1] == b"\n" and head[1:2] in (b"\0", b"\2", b"\3", b"\5") and head[2:3] == b"\1" and len(head) >= 128:
        return Sniffed(Kind.STILL, "image/pcx", "PCX picture", None)
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"):
        return Sniffed(Kind.AUDIO, "audio/mpeg", "MP3 sound", None)
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return Sniffed(Kind.AUDIO, "audio/aac", "AAC sound", None)
    return None


def _by_rhythm(head: bytes) -> Sniffed | None:
    """MPEG-TS: 0x47 at a steady distance, from any of the first positions (a stream may be cut anywhere)."""
    for step, first, media_type in _TS_RHYTHMS:
        for offset in range(first, min(step + first, len(head))):
            beats = head[offset:offset + 40 * step:step]
            if len(beats) >= 5 and beats == b"G" * len(beats):
                return Sniffed(Kind.VIDEO, media_type, "MPEG transport stream", None)
    return None


def _raw_stream(head: bytes) -> Sniffed | None:
    """Elementary streams: a start code, then a parameter set, as recorders write them."""
    start = re.match(rb"\x00\x00\x00?\x01", head)
    if not start:
        return None
    first, second = head[start.end():start.end() + 1], head[start.end() + 1:start.end() + 2]
    if not first:
        return None
    if first[0] in (0x40, 0x42, 0x44) and second == b"\1":
        return Sniffed(Kind.VIDEO, "video/h265", "raw H.265 stream", None)
    if first[0] == 0x46 and second == b"\1":
        return Sniffed(Kind.VIDEO, "video/h265", "raw H.265 stream", None)
    if first[0] & 0x80 == 0 and first[0] & 0x1F in (1, 5, 6, 7, 8, 9):
        return Sniffed(Kind.VIDEO, "video/h264", "raw H.264 stream", None)
    return None


def _by_tail(head: bytes, tail: bytes) -> Sniffed | None:
    if tail[-18:] == b"TRUEVISION-XFILE.\0" and len(head) >= 18:
        return Sniffed(Kind.STILL, "image/x-tga", "TGA picture", None)
    return None


def _text(head: bytes) -> Sniffed | None:
    if _PLAYLIST.match(head):
        return Sniffed(Kind.OTHER, "application/x-playlist", "playlist: it names other files, which are not opened",
                       "playlist")
    start = head[:4096]
    if b"\0" in start or not start:
        return None
    if re.match(rb"\A(\xef\xbb\xbf)?\s*(<\?xml|<!DOCTYPE svg|<svg)", start, re.I):
        svg = b"<svg" in head
        return Sniffed(Kind.OTHER, "image/svg+xml" if svg else "application/xml", "SVG drawing" if svg else "XML text",
                       "not-media")
    odd = sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in start)
    if odd == 0 and _decodes(start):
        return Sniffed(Kind.OTHER, "text/plain", "text", "not-media")
    return None


def _decodes(start: bytes) -> bool:
    """UTF-8, but for a character cut at the end."""
    for cut in range(4):
        try:
            start[:len(start) - cut].decode("utf-8")
            return True
        except UnicodeDecodeError:
            continue
    return False


def _by_name_only(head: bytes) -> Sniffed:
    """Named for the report by the `filetype` package; not read here."""
    guess = filetype.guess(head[:8192])
    if guess is None:
        return Sniffed(Kind.OTHER, "application/octet-stream", "unknown content", "not-media")
    visible = guess.mime.startswith(("image/", "video/"))
    return Sniffed(Kind.OTHER, guess.mime, f"{guess.extension.upper()} file",
                   "unknown-format" if visible else "not-media")
