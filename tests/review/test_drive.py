"""A worker that dies over a moment of a video costs that moment's group of pictures, and nothing else."""
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.review.dying_line import DEADLY_S

from sporhund.api.home import Sporhund
from sporhund.jobs.local import Workers
from sporhund.review import service


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """24 seconds, a bright square that wanders over noise, a keyframe every two seconds."""
    path, noise = tmp_path / "wander.mp4", np.random.Generator(np.random.PCG64(1))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10, options={"g": "20", "sc_threshold": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(240):
            picture = noise.integers(90, 100, (120, 160, 3)).astype(np.uint8)
            x = number % 120
            picture[40:70, x:x + 30] = 250
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


def test_one_crash_costs_one_group_of_pictures(
    clip: Path, tmp_path: Path, base_pack: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dying(target: str, **options: Any) -> Workers:
        return Workers("dying_line", modules=[Path(__file__).parent], **options)

    monkeypatch.setattr(service, "Workers", dying)
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    (home / "models" / base_pack.name).symlink_to(base_pack)
    with Sporhund(home) as place:
        place.create_case("J", title="A test", purpose="demonstration")
        case = place.case("J")

        done = case.analyse([clip], find=["motion"])

        assert done["files"]["partly"] == 1
        assert done["failures"][0]["code"] == "reader-died"
        (medium,) = case.media()["items"]
        (lost,) = medium["coverage"]["unread"]
        assert lost["from"] <= DEADLY_S < lost["to"]
        assert lost["to"] - lost["from"] <= 2.0
        status = case.status()
        assert status["video"]["unread"] == pytest.approx(lost["to"] - lost["from"])
        assert status["video"]["decoded"] + status["video"]["unread"] == pytest.approx(status["video"]["total"])
        again = case.analyse([clip], find=["motion"])
        assert again["units"] == done["units"]
