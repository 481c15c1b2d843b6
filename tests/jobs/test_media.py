"""The libraries that read evidence work inside a confined worker: decoding, inference and Pillow within its limits."""
from collections.abc import Callable
from pathlib import Path

from sporhund.jobs.local import Ending, Limits, Outcome, Workers

MODEL, CLIP = "models/face_detection_yunet_n_dynamic.onnx", "data/video/short_hamilton_clip.mp4"


def test_one_worker_decodes_and_infers_file_after_file_within_its_limits(
    start: Callable[..., Workers], ask: Callable[..., Outcome], shared: Path, tmp_path: Path,
) -> None:
    """275 frames: ffprobe. The memory limit is far below the default, so that the address space is tried as well."""
    (tmp_path / "text.mp4").write_text("not a video", encoding="utf-8")
    model = shared / MODEL
    pool = start("targets_media", config=str(model).encode(), readable=(model.parent,), limits=Limits(memory_mb=400))

    outcomes = [ask(pool, "", place) for place in (shared / CLIP, tmp_path / "text.mp4", shared / CLIP)]

    assert [outcome.reply for outcome in outcomes] == [b"275", b"", b"275"]
    assert (outcomes[1].ending, outcomes[1].detail.split(":")[0]) == (Ending.ERROR, "InvalidDataError")
    assert 50 < outcomes[0].peak_mb < 400
