"""CenterFace freed of the size it was saved with."""
import onnx

from sporhund.errors import EnvironmentFault


def free(data: bytes) -> bytes:
    """The same network for any number of pictures of any size in multiples of 32.

    The published file declares ten pictures of 32 x 32, which onnxruntime insists on, and lists its weights among the
    inputs, which keeps it from folding them.
    """
    model = onnx.load_from_string(data)
    graph = model.graph
    weights = {tensor.name for tensor in graph.initializer}
    pictures = [value for value in graph.input if value.name not in weights]
    if len(pictures) != 1 or len(graph.output) != 4:
        raise EnvironmentFault("wrong-model", "centerface.onnx is not the network that Sporhund knows.",
                               "Import another pack for faces: sporhund models import.")
    del graph.input[:]
    graph.input.extend(pictures)
    del graph.value_info[:]
    for place, value in enumerate([*graph.input, *graph.output]):
        dims = value.type.tensor_type.shape.dim
        dims[0].dim_param = "n"
        dims[2].dim_param, dims[3].dim_param = ("height", "width") if place == 0 else ("rows", "columns")
    return bytes(model.SerializeToString(deterministic=True))
