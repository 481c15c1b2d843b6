"""The walk sees every entry once and opens none."""
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sporhund.evidence.model import State
from sporhund.evidence.walk import walk


def codes(*sources: Path) -> dict[str, str | None]:
    return {os.fsdecode(seen.path): seen.code for seen in walk(sources)}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for name in ("b/2", "b/1", "a", ".hidden/x", "c"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_the_order_is_that_of_the_names_and_hidden_entries_are_seen(tree: Path) -> None:
    assert list(codes(tree)) == [".hidden/x", "a", "b/1", "b/2", "c"]


def test_nested_and_repeated_sources_are_seen_once(tree: Path) -> None:
    assert len(list(walk([tree / "b", tree, str(tree) + "/", tree / "b" / "1"]))) == 5


def test_a_source_may_be_a_file_or_a_link(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree / "b")

    assert codes(tree / "a") == {"a": None}
    assert codes(tmp_path / "link") == {"1": None, "2": None}


def test_no_link_below_a_source_is_followed_and_each_says_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    for name, to in {"loop1": "loop2", "loop2": "loop1", "self": ".", "up": "..", "gone": "nowhere", "out": "/etc/passwd",
                     "zero": "/dev/zero", "in": "real"}.items():
        (tmp_path / name).symlink_to(to)

    found = codes(tmp_path)

    assert found == {
        "loop1": "link-loop", "loop2": "link-loop", "self": "link-folder", "up": "link-outside", "gone": "link-dangling",
        "out": "link-outside", "zero": "link-special", "in": "link-inside", "real": None}


def test_pipes_and_sockets_are_rows_and_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "s"))

    assert codes(tmp_path) == {"pipe": "special-file", "s": "special-file"}


def test_a_folder_that_may_not_be_read_is_a_failure_of_its_own(tree: Path) -> None:
    """Root reads every folder, so an ordinary user walks in a child."""
    (tree / "b").chmod(0)
    try:
        found = _as_ordinary_user(tree) if os.geteuid() == 0 else codes(tree)
    finally:
        (tree / "b").chmod(0o755)

    assert found["b"] == "no-permission"
    assert found["c"] is None


def _as_ordinary_user(tree: Path) -> dict[str, str | None]:
    for folder in (tree, *tree.parents):
        if folder.owner() == "root" and folder != Path("/tmp") and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgid(65534)
        os.setuid(65534)
        os.write(writing, repr(codes(tree)).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return eval(answer.read())


@pytest.fixture
def abyss(tmp_path: Path) -> Iterator[Path]:
    """25 folders below one another with long names: no path of the system is that long."""
    here, name, depth = os.open(".", os.O_RDONLY), "d" * 200, 25
    os.chdir(tmp_path)
    for _ in range(depth):
        os.mkdir(name)  # noqa: PTH102
        os.chdir(name)
    yield tmp_path
    for _ in range(depth):
        os.chdir("..")
        os.rmdir(name)  # noqa: PTH106
    os.fchdir(here)
    os.close(here)


def test_a_tree_too_deep_for_a_path_ends_in_one_failure(abyss: Path) -> None:
    (seen,) = walk([abyss])

    assert seen.state is State.FAILED
    assert "too long" in seen.reason


def test_the_same_tree_on_another_day_gives_its_new_files_too(tree: Path) -> None:
    before = set(codes(tree))
    (tree / "b" / "new").write_bytes(b"x")

    assert set(codes(tree)) - before == {"b/new"}


def test_a_date_that_no_database_holds_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    os.utime(tmp_path / "a", (9_500_000_000, 9_500_000_000))     # the year 2271
    (seen,) = walk([tmp_path])

    assert seen.modified_ns is None or (tmp_path / "a").stat().st_mtime < 9_300_000_000
