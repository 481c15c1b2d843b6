"""Three digests from one reading, and what is not read."""
import hashlib
import os
from pathlib import Path

import pytest

from sporhund.errors import Unreadable
from sporhund.evidence import digest as digests
from sporhund.evidence.digest import digest, verify


def at(path: Path) -> bytes:
    return os.fsencode(path)


SIZES = [0, 1, digests.BLOCK, digests.THREADS_FROM - 1, digests.THREADS_FROM, digests.THREADS_FROM + 12345]


@pytest.mark.parametrize("size", SIZES)
def test_digests_are_those_of_the_standard_library(tmp_path: Path, size: int) -> None:
    content = os.urandom(1 << 16) * (size // (1 << 16) + 1)
    (tmp_path / "a").write_bytes(content[:size])
    read: list[int] = []

    found = digest(at(tmp_path / "a"), read.append)

    assert (found.sha256, found.sha1, found.md5) == tuple(
        hashlib.new(name, content[:size]).digest() for name in ("sha256", "sha1", "md5"))
    assert sum(read) == found.bytes == size


@pytest.mark.parametrize("size", [100, 20 << 20])
@pytest.mark.parametrize("what", ["grow", "shrink", "touch"])
def test_a_file_that_changes_while_it_is_read_gets_no_digest(tmp_path: Path, size: int, what: str) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * size)

    def meddle(count: int) -> None:
        if what == "touch":
            os.utime(file, (1, 1))
        else:
            os.truncate(file, size * 2 if what == "grow" else size // 2)

    with pytest.raises(Unreadable) as said:
        digest(at(file), meddle)

    assert said.value.code == "changed-while-read"


def test_a_file_that_is_nearly_all_holes_is_not_read_through(tmp_path: Path) -> None:
    with open(tmp_path / "a", "wb") as file:
        file.write(b"\xff\xd8 head of a picture")
        file.truncate(2 << 40)

    with pytest.raises(Unreadable) as said:
        digest(at(tmp_path / "a"), lambda count: pytest.fail("it was read"))

    assert said.value.code == "sparse"


def test_a_file_with_some_holes_is_read(tmp_path: Path) -> None:
    with open(tmp_path / "a", "wb") as file:
        file.write(b"x" * 100_000)
        file.truncate(1 << 20)

    assert digest(at(tmp_path / "a")).bytes == 1 << 20


def test_a_pipe_without_a_writer_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Unreadable) as said:
        digest(at(tmp_path / "pipe"))

    assert said.value.code == "special-file"


def test_a_link_is_not_followed_and_a_missing_file_is_gone(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")

    for name, code in (("link", "special-file"), ("nothing", "gone")):
        with pytest.raises(Unreadable) as said:
            digest(at(tmp_path / name))
        assert said.value.code == code


def test_verify_tells_same_changed_and_missing_apart(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1")
    known = digest(at(file))
    said = [verify(at(file), known)]
    file.write_bytes(b"2")
    said.append(verify(at(file), known))
    file.unlink()
    said.append(verify(at(file), known))

    assert said == ["ok", "changed", "missing"]
