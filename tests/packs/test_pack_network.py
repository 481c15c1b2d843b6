"""The runtime: single precision, asked for by name, and silent towards the outside."""
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sporhund.errors import EnvironmentFault
from sporhund.packs.network import Network, providers, runtime_label

_RUN = """
import os, sys
{before}
import numpy as np, onnxruntime, psutil
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
session.run(None, {{session.get_inputs()[0].name: np.zeros((1, 3, 64, 64), np.float32)}})
print([c for c in psutil.Process().net_connections("inet")])
"""


def traces(home: Path, model: Path, before: str) -> tuple[list[str], str]:
    """Files left in a fresh home and internet sockets open after a network was opened and run in a new process."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-B", "-c", _RUN.format(before=before), str(model)], env=environment,
                          capture_output=True, text=True, check=True)
    return [str(p.relative_to(home)) for p in home.rglob("*") if p.is_file()], done.stdout.strip()


def test_opening_a_network_leaves_no_file_and_no_socket(base_pack: Path, tmp_path: Path) -> None:
    """Without the variable that sporhund.packs.network sets, onnxruntime writes a device id (the control)."""
    ours, control = tmp_path / "ours", tmp_path / "control"
    ours.mkdir(), control.mkdir()
    model = base_pack / "centerface.onnx"

    left, sockets = traces(ours, model, "import sporhund.packs.network")
    left_without, _ = traces(control, model, "os.environ.pop('ORT_DISABLE_TELEMETRY', None)")

    assert (left, sockets) == ([], "[]")
    assert any("deviceid" in name for name in left_without), "the control shows nothing: look at this test again"


def test_the_runtime_says_what_it_is() -> None:
    assert runtime_label().startswith("onnxruntime ")
    assert runtime_label().endswith(" cpu f32")
    assert "cpu" in providers()


def test_a_bare_array_and_named_inputs_give_the_same(base_pack: Path) -> None:
    network = Network(base_pack / "dlib_face_recognition.onnx")
    picture = np.full((2, 3, 150, 150), 90, np.float32)

    (bare,), (named,) = network.run(picture), network.run({"picture": picture})

    assert bare.shape == (2, 128) and bare.dtype == np.float32
    assert np.array_equal(bare, named)


def test_a_runtime_that_is_not_there_is_refused(base_pack: Path) -> None:
    if "cuda" in providers():
        pytest.skip("there is CUDA here")

    with pytest.raises(EnvironmentFault) as caught:
        Network(base_pack / "centerface.onnx", provider="cuda")

    assert caught.value.code == "no-cuda"


def test_a_worker_that_opens_packs_has_no_store_and_does_not_load_what_builds_packs() -> None:
    code = "import sys, sporhund.packs.runtime; print([m for m in ('psycopg', 'sqlalchemy', 'onnx', 'pip') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
