"""What was made lies sealed, is read by ranges, stays within its bound, and is gone with its case."""
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.previews import make

from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Refused
from sporhund.previews.readers import Readers
from sporhund.previews.service import Previews
from sporhund.previews.shelf import Shelf

CASE = "c_1"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shelf, str, bytes]:
    """A shelf with one file of two and a half blocks."""
    folder = tmp_path_factory.mktemp("shelf")
    keys = Keys(folder / "keys")
    keys.for_case(CASE)
    shelf = Shelf(folder / "previews", keys)
    content = os.urandom(2_621_440)
    name = shelf.name(CASE, "part", 1)
    shelf.put(CASE, name, b"what it is", content)
    return shelf, name, content


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 2_700_000), length=st.integers(0, 2_700_000))
def test_a_range_equals_that_range_of_the_whole(sealed: tuple[Shelf, str, bytes], start: int, length: int) -> None:
    shelf, name, content = sealed
    kept = shelf.open(CASE, name)
    assert kept is not None

    found = kept.read(start, length)
    kept.close()

    assert found == content[start:start + length] and (kept.size, kept.about) == (len(content), b"what it is")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    keys = Keys(tmp_path / "keys")
    keys.for_case(CASE)
    return Shelf(tmp_path / "previews", keys, bound=10_000)


def files(shelf: Shelf) -> list[Path]:
    return [path for path in shelf.root.rglob("*") if path.is_file()]


def test_neither_content_nor_name_can_be_read_on_the_disk(shelf: Shelf) -> None:
    name = shelf.name(CASE, "thumbnail", "m_SECRET")

    shelf.put(CASE, name, b"SECRET about", b"SECRET content" * 20)

    [path] = files(shelf)
    assert b"SECRET" not in path.read_bytes() and "SECRET" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", ["cut", "changed", "moved", "empty"])
def test_a_damaged_file_counts_as_not_there(shelf: Shelf, damage: str) -> None:
    name, other = shelf.name(CASE, "a"), shelf.name(CASE, "b")
    shelf.put(CASE, name, b"about", b"content" * 100)
    [path] = files(shelf)
    raw = path.read_bytes()
    if damage == "moved":
        target = shelf.root / CASE / other[:2] / other
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        assert shelf.get(CASE, other) is None
        return
    path.write_bytes({"cut": raw[:-5], "changed": raw[:-1] + bytes([raw[-1] ^ 1]), "empty": b""}[damage])

    assert shelf.get(CASE, name) is None

    shelf.put(CASE, name, b"about", b"content" * 100)
    assert shelf.get(CASE, name) == (b"about", b"content" * 100)


def test_what_was_not_looked_at_for_longest_goes_first(shelf: Shelf) -> None:
    names = [shelf.name(CASE, number) for number in range(4)]
    for number, name in enumerate(names[:3]):
        shelf.put(CASE, name, b"", bytes(3000))
        os.utime(shelf.root / CASE / name[:2] / name, ns=(number, number))
    shelf.get(CASE, names[0])

    shelf.put(CASE, names[3], b"", bytes(3000))

    assert [shelf.get(CASE, name) is not None for name in names] == [True, False, False, True]
    assert sum(path.stat().st_size for path in files(shelf)) <= 10_000


def test_nothing_is_laid_down_for_a_case_whose_key_is_destroyed(shelf: Shelf, tmp_path: Path) -> None:
    name = shelf.name(CASE, "a")
    shelf.put(CASE, name, b"", b"content")
    Keys(tmp_path / "keys").destroy(CASE)
    shutil.rmtree(shelf.root / CASE)

    for act in (lambda: shelf.put(CASE, name, b"", b"content"), lambda: shelf.get(CASE, name), lambda: shelf.name(CASE, "b")):
        with pytest.raises(Refused):
            act()

    assert files(shelf) == [] and not Keys(tmp_path / "keys").has(CASE)


def test_a_place_that_cannot_be_written_is_said(shelf: Shelf) -> None:
    shelf.root.write_bytes(b"a file where a folder should be")

    with pytest.raises(EnvironmentFault) as said:
        shelf.put(CASE, shelf.name(CASE, "a"), b"", b"content")

    assert said.value.code == "home-unwritable"


def test_a_picture_of_the_shelf_asks_no_worker(taken: Any, previews: Previews, store: Any, keys: Any) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    made = previews.thumbnail(case.case.id, case.media["a.png"])
    idle = Previews(store, keys, store.settings, readers=Readers(target="no_such_module"))

    again = idle.thumbnail(case.case.id, case.media["a.png"])

    assert again == made
    idle.close()


def test_what_is_warmed_lies_there_before_it_is_asked_for(taken: Any, previews: Previews, store: Any) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG"), "t.txt": b"words"})
    done = threading.Event()

    previews.warm(case.case.id, [case.media["t.txt"], case.media["a.png"]])
    previews._ahead.add(done.set)
    assert done.wait(60)

    assert len([path for path in (store.settings.previews / case.case.id).rglob("*") if path.is_file()]) == 1


SCRIPT = """
import sys
from pathlib import Path
from sporhund.audit.keys import Keys
from sporhund.previews.service import Previews
from sporhund.settings import Settings
from sporhund.store.service import open_store

case, still, video = sys.argv[2:5]
settings = Settings(Path(sys.argv[1]))
with open_store(settings) as store:
    previews = Previews(store, Keys(settings.keys), settings)
    assert previews.thumbnail(case, still, side=320).width == 320
    assert previews.frame(case, video, 1.0).width == 640
    previews.part(case, video, 0).close()
    previews.close()
print([name for name in ("av", "PIL", "cv2", "pillow_heif", "onnxruntime", "numpy") if name in sys.modules])
"""


def test_the_process_that_serves_loads_no_decoder(taken: Any, store: Any, shared: Path) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG"), "v.avi": shared / "data/video/variants/ham_xvid.avi"})

    ran = subprocess.run([sys.executable, "-c", SCRIPT, str(store.settings.home), case.case.id, case.media["a.png"],
                          case.media["v.avi"]], capture_output=True, text=True, timeout=120, check=False)

    assert (ran.stdout.strip(), ran.returncode) == ("[]", 0), ran.stderr
