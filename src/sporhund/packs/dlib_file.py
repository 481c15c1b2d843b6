"""dlib's recognition network read from its own file, without dlib.

Source: davisking/dlib, dlib/serialize.h, dlib/float_details.h and dlib/dnn/layers.h; checked by reading the file to its
last byte and by comparing descriptors with dlib's own (tests/packs/test_dlib.py).
"""
import struct
from dataclasses import dataclass, field

import numpy as np

from sporhund.errors import EnvironmentFault
from sporhund.packs.model import FloatArray

_ADVICE = "Fetch the file again: its checksum was right, so this is another version than Sporhund knows."


@dataclass(frozen=True, slots=True)
class Record:
    """One layer, in the order from the input to the output."""

    name: str                                  #: con_4 | affine_ | relu_ | add_prev_ | max_pool_2 | avg_pool_2 | fc_2
    start: int                                 #: byte at which it begins
    ints: tuple[int, ...] = ()                 #: con_4: filters, rows, columns, stride y x, padding y x; pools alike
    arrays: tuple[FloatArray, ...] = field(default=())  #: con_4: filters, biases; affine_: gamma, beta; fc_2: weights


@dataclass(frozen=True, slots=True)
class DlibNetwork:
    means: tuple[float, float, float]          #: taken from red, green and blue before dividing by 256
    side_px: int
    records: tuple[Record, ...]


def read(data: bytes) -> DlibNetwork:
    """The network in these bytes. Raises EnvironmentFault "wrong-model" where they are anything else."""
    reader = _Reader(data)
    try:
        return _network(reader)
    except (ValueError, struct.error, IndexError) as exc:
        raise EnvironmentFault("wrong-model", f"dlib's network cannot be read at byte {reader.at}: {exc}.", _ADVICE) from exc


def _network(reader: "_Reader") -> DlibNetwork:
    reader.expect_int(1)
    reader.expect_text("loss_metric_2")
    reader.real(), reader.real()               # margin and threshold of the training loss
    layers = 0
    while (kind := reader.integer()) != 3:         # 2: a layer that computes; 1: a tag or a skip; 3: the first layer
        layers += kind == 2
    reader.expect_text("input_rgb_image_sized")
    means = (reader.real(), reader.real(), reader.real())
    rows, columns = reader.integer(), reader.integer()
    records = [reader.record(first=index == 0) for index in range(layers + 1)]
    if rows != columns or reader.at != len(reader.data):
        raise ValueError(f"{len(reader.data) - reader.at} bytes are left over, or the input is not square")
    return DlibNetwork(means, rows, tuple(records))


class _Reader:
    """dlib's codings of numbers, texts and tensors."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise ValueError("the file ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self) -> int:
        """A header byte (length, sign), then the magnitude, little endian."""
        header = self._take(1)[0]
        length = header & 0x0F
        if header & 0x70 or not 1 <= length <= 8:
            raise ValueError(f"{header:#x} does not begin a number")
        magnitude = int.from_bytes(self._take(length), "little")
        return -magnitude if header & 0x80 else magnitude

    def real(self) -> float:
        mantissa, exponent = self.integer(), self.integer()
        return float(mantissa) * 2.0**exponent

    def text(self) -> str:
        return self._take(self.integer()).decode("ascii")

    def expect_int(self, expected: int) -> None:
        if (found := self.integer()) != expected:
            raise ValueError(f"found {found}, expected {expected}")

    def expect_text(self, expected: str) -> None:
        if (found := self.text()) != expected:
            raise ValueError(f"found {found!r}, expected {expected!r}")

    def tensor(self) -> FloatArray:
        """Version 2, four sizes, then raw float32."""
        self.expect_int(2)
        shape = [self.integer() for _ in range(4)]
        return np.frombuffer(self._take(4 * int(np.prod(shape))), "<f4").reshape(shape)

    def alias(self) -> tuple[int, ...]:
        """Only a shape: how the parameters before it are cut up."""
        self.expect_int(1)
        return tuple(self.integer() for _ in range(4))

    def record(self, *, first: bool) -> Record:
        start, name = self.at, self.text()
        ints, arrays = self._content(name)
        if any(flag not in b"01" for flag in self._take(3)):
            raise ValueError(f"{name}: a flag is neither 0 nor 1")
        for _ in range(3):                     # gradients and cached output: empty in a finished network
            self.tensor()
        if first:
            self.expect_int(1)
        return Record(name, start, ints, arrays)

    def _content(self, name: str) -> tuple[tuple[int, ...], tuple[FloatArray, ...]]:
        if name in ("relu_", "add_prev_"):
            return (), ()
        if name in ("max_pool_2", "avg_pool_2"):
            return tuple(self.integer() for _ in range(6)), ()
        if name == "con_4":
            return self._convolution()
        if name == "affine_":
            return self._affine()
        if name == "fc_2":
            return self._fully_connected()
        raise ValueError(f"layer {name!r} is not known")

    def _convolution(self) -> tuple[tuple[int, ...], tuple[FloatArray, ...]]:
        params = self.tensor().ravel()
        ints = tuple(self.integer() for _ in range(7))
        shape, _ = self.alias(), self.alias()
        self._rates()
        split = int(np.prod(shape))
        return ints, (params[:split].reshape(shape), params[split:])

    def _affine(self) -> tuple[tuple[int, ...], tuple[FloatArray, ...]]:
        params = self.tensor().ravel()
        gamma, _, mode = self.alias(), self.alias(), self.integer()
        return (mode,), (params[: gamma[1]], params[gamma[1] :])

    def _fully_connected(self) -> tuple[tuple[int, ...], tuple[FloatArray, ...]]:
        outputs, inputs = self.integer(), self.integer()
        weights = self.tensor().reshape(inputs, outputs)
        self.alias(), self.alias()
        bias_mode = self.integer()
        self._rates()
        return (outputs, inputs, bias_mode), (weights,)

    def _rates(self) -> None:
        for _ in range(4):                     # how fast it learned: of no use here
            self.real()
