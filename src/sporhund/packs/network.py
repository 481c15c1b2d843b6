"""One ONNX network, opened once and run on arrays. Nothing here speaks to the outside."""
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Before the import, in every process: onnxruntime otherwise leaves a device id and an event database in the
# user's cache and may upload (measured with 1.32; tests/packs/test_network.py proves that neither appears).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251 - the one setting that must stand before an import

import onnxruntime

from sporhund.errors import EnvironmentFault
from sporhund.packs.model import FloatArray

onnxruntime.disable_telemetry_events()
onnxruntime.set_default_logger_severity(3)

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_ADVICE = "Check the pack with `sporhund models check`; import a sound copy with `sporhund models import`."

Shape = tuple[int | None, ...]
"""None where any size goes."""


class Network:
    """An ONNX network in single precision.

    path_or_bytes: the file, or its content.  threads: of one run; one per process is fastest on shared machines.
    provider: "cpu", or "cuda" where onnxruntime offers it.
    Raises EnvironmentFault: "wrong-model" if it cannot be opened, "no-cuda" if the provider is not there.
    """

    def __init__(self, path_or_bytes: Path | bytes, threads: int = 1, *, provider: str = "cpu") -> None:
        self.name = path_or_bytes.name if isinstance(path_or_bytes, Path) else "network"
        if provider not in providers():
            raise EnvironmentFault("no-cuda", f"onnxruntime offers no {provider} here.", "Run on the processor.")
        source = str(path_or_bytes) if isinstance(path_or_bytes, Path) else path_or_bytes
        try:
            self._session = onnxruntime.InferenceSession(source, _options(threads), providers=_chain(provider))
        except Exception as exc:  # onnxruntime's own exceptions share no narrower base
            first = str(exc).splitlines()[0]
            raise EnvironmentFault("wrong-model", f"{self.name} cannot be opened: {first}", _ADVICE) from exc
        self.inputs: dict[str, Shape] = {i.name: _shape(i.shape) for i in self._session.get_inputs()}
        self.outputs: dict[str, Shape] = {o.name: _shape(o.shape) for o in self._session.get_outputs()}

    def run(self, inputs: Mapping[str, FloatArray] | FloatArray) -> list[NDArray[np.float32]]:
        """The outputs, in the network's order. A bare array goes to the only input."""
        feed = inputs if isinstance(inputs, Mapping) else {next(iter(self.inputs)): inputs}
        return list(self._session.run(None, dict(feed)))

    def expect_input(self, *expected: int | None) -> None:
        """Refuse a network whose first input has another shape; None stands for any size.

        Raises EnvironmentFault "wrong-model" naming file, found, expected.
        """
        found = next(iter(self.inputs.values()))
        if not _fits(found, expected):
            raise wrong(self.name, "input shape", list(found), list(expected))

    def expect_output(self, index: int, *expected: int | None) -> None:
        """The same for the output at `index`."""
        shapes = list(self.outputs.values())
        if index >= len(shapes):
            raise wrong(self.name, "number of outputs", len(shapes), f"at least {index + 1}")
        if not _fits(shapes[index], expected):
            raise wrong(self.name, f"shape of output {index}", list(shapes[index]), list(expected))


def providers() -> tuple[str, ...]:
    """Which of "cpu" and "cuda" onnxruntime offers here."""
    there = onnxruntime.get_available_providers()
    return tuple(word for word, name in _PROVIDERS.items() if name in there)


def runtime_label(provider: str = "cpu") -> str:
    """What stands beside each embedding: "onnxruntime 1.32.0 cpu f32"."""
    return f"onnxruntime {onnxruntime.__version__} {provider} f32"


def wrong(file: str, what: str, found: object, expected: object) -> EnvironmentFault:
    """The refusal of a model that is not as its manifest says."""
    return EnvironmentFault("wrong-model", f"{file}: {what}: found {found}, expected {expected}.", _ADVICE)


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads must not spin: on a machine with other work two spinning threads were slower than one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _chain(provider: str) -> list[tuple[str, dict[str, str]]]:
    cpu: tuple[str, dict[str, str]] = (_PROVIDERS["cpu"], {})
    if provider == "cpu":
        return [cpu]
    return [(_PROVIDERS[provider], {"use_tf32": "0"}), cpu]  # TF32 would make other embeddings than the processor


def _shape(raw: list[object]) -> Shape:
    return tuple(size if isinstance(size, int) and size > 0 else None for size in raw)


def _fits(found: Shape, expected: tuple[int | None, ...]) -> bool:
    same_rank = len(found) == len(expected)
    return same_rank and all(None in (f, e) or f == e for f, e in zip(found, expected, strict=True))
