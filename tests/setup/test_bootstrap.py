"""bootstrap.py: what it does on a machine that lacks something. The whole way on a bare Debian: minimal_root.sh, by hand."""
import ast
import hashlib
import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, at home in an empty folder and without this machine's settings for pip."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(module, "ENV", {
        "XDG_CONFIG_DIRS": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "PIP_CONFIG_FILE": "/dev/null"})
    monkeypatch.setattr(module, "VENV", home / ".venv")
    monkeypatch.setattr(module, "PYTHON", home / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", home / ".venv" / "sporhund-setup.json")
    return module


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None: ...

    folder = tmp_path / "index"
    (folder / "pip").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def pin(bootstrap: ModuleType, wheel: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PIP_SHA256", hashlib.sha256(wheel).hexdigest())


def test_an_old_python_can_read_it_far_enough_to_say_why_not() -> None:
    source = (ROOT / "bootstrap.py").read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 7))


def test_an_old_python_is_told_what_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))

    assert bootstrap.main(["demo"]) == 4
    assert capsys.readouterr().err.startswith("Sporhund needs Python 3.11 or newer; this is Python 3.9.\n")


def test_an_unknown_word_is_answered_with_the_usage() -> None:
    asked = subprocess.run([sys.executable, ROOT / "bootstrap.py", "dmeo"], capture_output=True, text=True, check=False)

    assert asked.returncode == 2
    assert "python3 bootstrap.py demo" in asked.stdout


def test_what_is_set_up_is_not_set_up_again(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(bootstrap, "make_venv", lambda: (bootstrap.VENV / "bin").mkdir(parents=True) or bootstrap.PYTHON.touch())
    monkeypatch.setattr(bootstrap, "pip", lambda *words: calls.append(words))

    bootstrap.set_up("test")
    bootstrap.set_up("test")
    bootstrap.set_up("demo")

    assert len(calls) == 2  # the locked packages, then Sporhund itself


def test_a_changed_lock_is_noticed(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lock = tmp_path / "changed.lock"
    lock.write_text("rich==1.0\n")
    before = bootstrap.wanted("demo")

    monkeypatch.setitem(bootstrap.LOCKS, "demo", lock)

    assert bootstrap.wanted("demo") != before


def test_a_moved_folder_is_set_up_anew(bootstrap: ModuleType) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.touch()
    bootstrap.STAMP.write_text(json.dumps({"place": "/somewhere/else/.venv", "demo": bootstrap.wanted("demo")}))

    assert bootstrap.read_stamp() == {}


def test_pip_comes_from_an_index_in_html(bootstrap: ModuleType, index: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, address = index
    pin(bootstrap, b"a wheel", monkeypatch)
    (folder / bootstrap.PIP_WHEEL).write_bytes(b"a wheel")
    (folder / "pip" / "index.html").write_text(f'<a href="../{bootstrap.PIP_WHEEL}#sha256=00">pip</a>')
    bootstrap.ENV["PIP_INDEX_URL"] = address

    assert bootstrap.fetch_pip(bootstrap.read_index()) == b"a wheel"


def test_pip_comes_from_an_index_in_json(bootstrap: ModuleType, index: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, address = index
    pin(bootstrap, b"a wheel", monkeypatch)
    (folder / bootstrap.PIP_WHEEL).write_bytes(b"a wheel")
    (folder / "pip" / "index.html").write_text(json.dumps({"files": [{"url": f"{address}/{bootstrap.PIP_WHEEL}"}]}))
    bootstrap.ENV["PIP_INDEX_URL"] = address

    assert bootstrap.fetch_pip(bootstrap.read_index()) == b"a wheel"


def test_pip_comes_from_a_folder_named_in_pips_settings(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pin(bootstrap, b"a wheel", monkeypatch)
    (tmp_path / bootstrap.PIP_WHEEL).write_bytes(b"a wheel")
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nno-index = true\nfind-links = {tmp_path}\n")
    bootstrap.ENV["PIP_CONFIG_FILE"] = str(settings)

    index = bootstrap.read_index()

    assert index.pages == []
    assert bootstrap.fetch_pip(index) == b"a wheel"


def test_another_pip_than_the_pinned_one_is_refused(bootstrap: ModuleType, index: tuple[Path, str]) -> None:
    folder, address = index
    (folder / bootstrap.PIP_WHEEL).write_bytes(b"something else")
    (folder / "pip" / "index.html").write_text(f'<a href="../{bootstrap.PIP_WHEEL}">pip</a>')
    bootstrap.ENV["PIP_INDEX_URL"] = address

    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.fetch_pip(bootstrap.read_index())

    assert any("not the one that is pinned" in line for line in stop.value.args)


def test_a_password_does_not_go_out_where_nobody_checks_the_other_side(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_ca_store", lambda: False)
    bootstrap.ENV["PIP_INDEX_URL"] = "https://officer:secret@index.invalid/simple"

    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.fetch_pip(bootstrap.read_index())

    assert "certificates" in stop.value.args[0]
    assert "secret" not in " ".join(stop.value.args)


def test_the_reason_that_pip_gives_is_shown_once(bootstrap: ModuleType) -> None:
    tries = ["WARNING: Retrying (Retry(total=4)) after connection broken"] * 5
    lines = ["Collecting rich", *tries, "ERROR: No matching distribution"]

    assert bootstrap.reasons(lines) == [lines[1], lines[-1]]
