"""pack.toml is read strictly; a pack that is not what it says is refused by name."""
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from tests.packs.make import MANIFESTS, make_pack

from sporhund.errors import EnvironmentFault
from sporhund.packs import check, install, runtime
from sporhund.packs import manifest as manifests
from sporhund.packs.fetch import digest


@pytest.fixture(scope="module")
def sound(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with a face detector and an embedder."""
    return make_pack(shared, tmp_path_factory.mktemp("models"), "yunet-mobilefacenet")


@pytest.fixture
def pack(sound: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    return Path(shutil.copytree(sound, tmp_path / "pack"))


def spoil(pack: Path, pattern: str, replacement: str) -> None:
    """Change what the manifest says."""
    path = pack / manifests.NAME
    text, count = re.subn(pattern, replacement, path.read_text())
    assert count, pattern
    path.write_text(text)


def refusal(pack: Path) -> EnvironmentFault:
    with pytest.raises(EnvironmentFault) as caught:
        check.check(pack)
    return caught.value


@pytest.mark.parametrize("name", sorted(p.stem for p in MANIFESTS.glob("*.toml")))
def test_every_example_is_a_manifest_whose_roles_can_be_shown(name: str) -> None:
    manifest = manifests.parse((MANIFESTS / f"{name}.toml").read_bytes())

    assert manifest.label == f"{name}@1"
    assert manifest.roles
    assert manifest.training_data and manifest.licence


def test_a_sound_pack_is_checked_and_opened(pack: Path) -> None:
    manifest = check.check(pack)

    opened = runtime.load(pack)
    opened.open_all()
    assert opened.manifest == manifest
    assert [spec.dimensions for spec, _ in opened.embedders] == [128]
    assert opened.object_detector is None


def test_a_changed_file_is_refused_with_both_checksums(pack: Path) -> None:
    file = pack / "mobilefacenet_ms1m_128.onnx"
    expected = digest(file)
    file.write_bytes(file.read_bytes()[:-1] + b"!")

    fault = refusal(pack)

    assert fault.code == "wrong-checksum"
    assert all(word in fault.message for word in ("mobilefacenet_ms1m_128.onnx", expected, digest(file)))


def test_a_missing_file_is_refused_by_name(pack: Path) -> None:
    (pack / "mobilefacenet_ms1m_128.onnx").unlink()

    assert refusal(pack).code == "missing-file"


def test_a_wrong_input_shape_is_refused(pack: Path) -> None:
    spoil(pack, "input_px = 112", "input_px = 150")

    fault = refusal(pack)

    assert fault.code == "wrong-model"
    assert "[None, 3, 112, 112]" in fault.message and "[None, 3, 150, 150]" in fault.message


def test_a_wrong_output_dimension_is_refused(pack: Path) -> None:
    spoil(pack, "dimensions = 128", "dimensions = 512")

    fault = refusal(pack)

    assert fault.code == "wrong-model"
    assert "128" in fault.message and "512" in fault.message


@pytest.mark.parametrize("name", ["yolox-nano", "nanodet-m"])
def test_a_wrong_class_count_is_refused(shared: Path, tmp_path: Path, name: str) -> None:
    pack = make_pack(shared, tmp_path, name)
    spoil(pack, 'classes = "coco-80"', 'classes = ["person", "car"]')

    fault = refusal(pack)

    assert fault.code == "wrong-model"
    assert "80" in fault.message or "85" in fault.message


def test_an_unknown_layout_is_refused_with_the_known_ones(pack: Path) -> None:
    spoil(pack, 'layout = "yunet"', 'layout = "retinaface"')

    fault = refusal(pack)

    assert fault.code == "unknown-layout"
    assert "retinaface" in fault.message and "centerface" in fault.message


def test_a_network_of_another_layout_is_refused(pack: Path) -> None:
    spoil(pack, 'layout = "yunet"', 'layout = "centerface"')

    assert refusal(pack).code == "wrong-model"


def test_a_file_that_is_no_network_is_refused(pack: Path) -> None:
    file = pack / "mobilefacenet_ms1m_128.onnx"
    old = digest(file)
    file.write_bytes(b"no network")
    spoil(pack, old, digest(file))

    fault = refusal(pack)

    assert fault.code == "wrong-model"
    assert "mobilefacenet_ms1m_128.onnx" in fault.message


@pytest.mark.parametrize(
    ("pattern", "replacement", "word"),
    [
        ('name = "yunet-mobilefacenet"', 'name = "../yunet"', "../yunet"),
        ('"mobilefacenet_ms1m_128.onnx" = ', '"../mobilefacenet_ms1m_128.onnx" = ', "../mobilefacenet"),
        ("threshold = 0.7", "", "threshold"),
        ("threshold = 0.7", "treshold = 0.7", "treshold"),
        ("threshold = 0.7", "threshold = high", "Invalid"),
        (r"\[38.2946, 51.6963\], ", "", "targets"),
        ('"mobilefacenet_ms1m_128.onnx" = "[0-9a-f]+"\n', "", "no checksum"),
        ('calibration = ".*"', 'calibration = "elsewhere.json"', "elsewhere.json is the calibration but has no checksum"),
    ],
)
def test_a_manifest_that_is_wrong_says_where(pack: Path, pattern: str, replacement: str, word: str) -> None:
    spoil(pack, pattern, replacement)

    fault = refusal(pack)

    assert fault.code == "bad-manifest"
    assert word in fault.message and str(pack) in fault.message


def zipped(pack: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in pack.iterdir():
            archive.write(path, prefix + path.name)
    return target


@pytest.mark.parametrize("prefix", ["", "yunet-mobilefacenet/"])
def test_a_zip_is_imported_and_found_by_name_and_label(pack: Path, tmp_path: Path, prefix: str) -> None:
    models = tmp_path / "models"

    manifest = install.import_pack(zipped(pack, tmp_path / "pack.zip", prefix), models)

    assert install.find(models, "yunet-mobilefacenet") == models / manifest.label
    assert install.find(models, "yunet-mobilefacenet@1") == models / manifest.label
    assert [p.name for p in models.iterdir()] == [manifest.label]


def test_a_folder_is_imported_without_what_the_manifest_does_not_name(pack: Path, tmp_path: Path) -> None:
    (pack / "notes.txt").write_text("not part of the pack")

    manifest = install.import_pack(pack, tmp_path / "models")

    assert {p.name for p in (tmp_path / "models" / manifest.label).iterdir()} == {manifests.NAME, *manifest.files}


@pytest.mark.parametrize("name", ["../outside.onnx", "/outside.onnx", "a/../../outside.onnx", "..\\outside.onnx"])
def test_a_zip_with_a_member_outside_is_refused_and_leaves_nothing(pack: Path, tmp_path: Path, name: str) -> None:
    models = tmp_path / "models"
    source = zipped(pack, tmp_path / "pack.zip")
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr(name, b"x")

    with pytest.raises(EnvironmentFault) as caught:
        install.import_pack(source, models)

    assert caught.value.code == "bad-archive"
    assert not list(models.iterdir())
    assert not list(tmp_path.rglob("outside.onnx"))


def test_a_spoilt_pack_is_not_imported(pack: Path, tmp_path: Path) -> None:
    (pack / "mobilefacenet_ms1m_128.onnx").write_bytes(b"")

    with pytest.raises(EnvironmentFault):
        install.import_pack(pack, tmp_path / "models")

    assert not list((tmp_path / "models").iterdir())


def test_importing_twice_changes_nothing_and_another_pack_of_the_same_label_is_refused(pack: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    first = install.import_pack(pack, models)
    assert install.import_pack(pack, models) == first
    spoil(pack, "threshold = 0.7", "threshold = 0.6")

    with pytest.raises(EnvironmentFault) as caught:
        install.import_pack(pack, models)

    assert caught.value.code == "pack-exists"


def test_the_newest_version_is_found_by_number(pack: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    for version in ("9", "10"):
        spoil(pack, 'version = "[0-9]+"', f'version = "{version}"')
        install.import_pack(pack, models)

    assert install.find(models, "yunet-mobilefacenet").name == "yunet-mobilefacenet@10"


def test_a_missing_pack_says_what_to_run(tmp_path: Path) -> None:
    for name, command in (("base", "sporhund models pull base"), ("other", "sporhund models import")):
        with pytest.raises(EnvironmentFault) as caught:
            install.find(tmp_path / "models", name)

        assert caught.value.code == "missing-pack"
        assert command in caught.value.hint


def test_the_list_shows_base_as_not_built_and_a_damaged_pack_as_such(pack: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    label = install.import_pack(pack, models).label
    (models / label / "mobilefacenet_ms1m_128.onnx").write_bytes(b"")

    states = {found.label: found.state for found in install.list_packs(models)}

    assert states["base@1"] == "not built"
    assert states[label].startswith("damaged: ") and "mobilefacenet" in states[label]
    assert install.check_packs(models)[0].state.startswith("damaged: ")
