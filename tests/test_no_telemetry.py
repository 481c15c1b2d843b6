"""No process of Sporhund writes telemetry or opens an internet socket.

onnxruntime does both unless stopped before its import: making a session leaves a device id and an event database below HOME. Each
check here is also shown to be able to fail. The control that lets onnxruntime speak runs in a network namespace of its own.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

_OWN_NETWORK = "import ctypes; assert ctypes.CDLL(None, use_errno=True).unshare(0x50000000) == 0\n"

_BARE = _OWN_NETWORK + """
import sys, time
from pathlib import Path
import onnxruntime
onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
until = time.monotonic() + 20
while time.monotonic() < until and not any(Path(sys.argv[2]).rglob("*")):
    time.sleep(0.05)
"""

_SPORHUND = """
import sys
from pathlib import Path
import numpy as np
from sporhund.jobs.local import Task, Workers
from sporhund.packs.runtime import Network
model = Path(sys.argv[1])
with Workers("session", count=1, config=str(model).encode(), readable=[model.parent], modules=[model.parent]) as workers:
    workers.submit(Task("k", b"", 60, list))
    assert workers.wait().reply == b"1.0", workers
Network(model).run(np.ones((1, 1), np.float32))
"""

_WORKER_TARGET = """
def serve(config):
    import numpy as np
    from pathlib import Path
    from sporhund.packs.runtime import Network
    network = Network(Path(config.decode()))
    return lambda request, files: str(network.run(np.ones((1, 1), np.float32))[0].item()).encode()
"""

_SOCKET = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The smallest network there is, and a worker target that runs it beside it."""
    folder = tmp_path / "models"
    folder.mkdir()
    shape = [1, 1]
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])], "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), folder / "tiny.onnx")
    (folder / "session.py").write_text(_WORKER_TARGET, encoding="utf-8")
    return folder / "tiny.onnx"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    return place


def _environment(home: Path) -> dict[str, str]:
    """A user's environment in which nothing is switched off."""
    return {"HOME": str(home), "PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1"}


def _internet_sockets(script: str, home: Path, *arguments: str) -> list[str]:
    """The calls that made one, by this script and everything it started."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = home.parent / "trace"
    watched = [strace, "-f", "-qq", "-e", "trace=socket", "-o", str(trace)]
    subprocess.run([*watched, sys.executable, "-c", script, *arguments], env=_environment(home), check=True)
    return [line for line in trace.read_text(encoding="utf-8", errors="replace").splitlines() if "socket(AF_INET" in line]


def test_a_model_runs_in_a_worker_and_beside_it_and_leaves_nothing_in_the_home(model: Path, home: Path) -> None:
    subprocess.run([sys.executable, "-c", _SPORHUND, str(model)], env=_environment(home), check=True)

    assert list(home.rglob("*")) == []


def test_onnxruntime_by_itself_would_leave_something_in_the_home(model: Path, home: Path) -> None:
    """The control. When it fails, onnxruntime has changed its ways: look where it writes now."""
    try:
        subprocess.run([sys.executable, "-c", _OWN_NETWORK], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        pytest.skip("no network namespace to let it speak in")

    subprocess.run([sys.executable, "-c", _BARE, str(model), str(home)], env=_environment(home), check=True)

    assert any(".onnxruntime" in str(path) for path in home.rglob("*"))


def test_no_internet_socket_is_made(model: Path, home: Path) -> None:
    assert _internet_sockets(_SPORHUND, home, str(model)) == []


def test_an_internet_socket_would_be_noticed(home: Path) -> None:
    assert len(_internet_sockets(_SOCKET, home)) == 1
