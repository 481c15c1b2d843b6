"""Decodes a video from its descriptor and looks at every tenth frame with a network. config: path of an ONNX face detector."""
import os
from collections.abc import Callable


def serve(config: bytes) -> Callable[[bytes, list[int]], bytes]:
    import av
    import cv2
    import numpy as np
    import onnxruntime
    import pillow_heif
    from PIL import Image

    cv2.setNumThreads(1)
    pillow_heif.register_heif_opener()
    Image.init()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    network = onnxruntime.InferenceSession(config.decode(), options, providers=["CPUExecutionProvider"])

    def look(request: bytes, files: list[int]) -> bytes:
        with os.fdopen(files[0], "rb", closefd=False) as file, av.open(file, format="mp4") as media:
            frames = 0
            for frame in media.decode(video=0):
                if frames % 10 == 0:
                    picture = cv2.resize(frame.to_ndarray(format="bgr24"), (320, 320))
                    network.run(None, {network.get_inputs()[0].name: picture.transpose(2, 0, 1)[None].astype(np.float32)})
                frames += 1
        return str(frames).encode()

    return look
