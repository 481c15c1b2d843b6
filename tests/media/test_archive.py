"""Members of archives: listed under their own bytes, taken out within limits."""
import io
import os
import zipfile

import pytest

from sporhund.errors import Unreadable
from sporhund.media import archive


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", how) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return held


def taken_out(file: io.BytesIO, index: int) -> bytes:
    return b"".join(archive.blocks(archive.opened(file), index))


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_is_taken_out_byte_for_byte(how: int) -> None:
    data = os.urandom(200_000)
    file = zipped({"folder/": b"", "folder/a.jpg": data}, how)

    listed = archive.members(file, len(file.getvalue()))

    assert [(one.name, one.size, one.code) for one in listed] == [(b"folder/a.jpg", len(data), None)]
    assert taken_out(file, listed[0].index) == data


def test_names_are_labels_and_never_paths() -> None:
    file = zipped({"../../../escaped.jpg": b"x", "/abs.jpg": b"y", "..\\win.jpg": b"z", "æ.jpg": b"w"})

    listed = archive.members(file, len(file.getvalue()))

    assert [one.name for one in listed] == [b"../../../escaped.jpg", b"/abs.jpg", b"..\\win.jpg", "æ.jpg".encode()]
    assert b"".join(taken_out(file, one.index) for one in listed) == b"xyzw"


def test_equal_names_are_told_apart_by_their_index() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        out.writestr("p.jpg", b"first")
        with pytest.warns(UserWarning):
            out.writestr("p.jpg", b"second")

    assert taken_out(held, archive.members(held, 0)[1].index) == b"second"


def test_a_member_that_grows_without_end_is_refused() -> None:
    file = zipped({"a.bmp": bytes(64 << 20)})

    listed = archive.members(file, len(file.getvalue()))

    assert listed[0].code == "archive-bomb" and listed[0].reason
    with pytest.raises(Unreadable, match="not unpacked"):
        next(archive.blocks(archive.opened(file), 0))


def test_an_encrypted_member_is_named_and_refused() -> None:
    data = bytearray(zipped({"secret.jpg": b"x" * 100}).getvalue())
    data[6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1

    listed = archive.members(io.BytesIO(bytes(data)), len(data))

    assert (listed[0].name, listed[0].code) == (b"secret.jpg", "encrypted")
    with pytest.raises(Unreadable) as caught:
        taken_out(io.BytesIO(bytes(data)), 0)
    assert caught.value.code == "encrypted"


def test_a_member_with_another_length_than_listed_is_damaged() -> None:
    data = zipped({"a.jpg": os.urandom(5000)}).getvalue()
    broken = data.replace(data[60:400], bytes(340))

    with pytest.raises(Unreadable) as caught:
        taken_out(io.BytesIO(broken), 0)

    assert caught.value.code == "damaged"


def test_an_archive_without_its_list_is_damaged() -> None:
    data = zipped({"a.jpg": os.urandom(5000)}).getvalue()

    with pytest.raises(Unreadable) as caught:
        archive.members(io.BytesIO(data[:3000]), 3000)

    assert caught.value.code == "damaged"
