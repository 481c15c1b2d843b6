"""A worker that dies, hangs or lies over one picture costs that picture; many who ask for one thing get one making."""
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.previews import make
from tests.previews.ill_line import DIES, HANGS, SAYS_HTML, TOO_LARGE

from sporhund.errors import EnvironmentFault, SporhundError, Unreadable
from sporhund.media.model import Kind
from sporhund.previews import service as room
from sporhund.previews.model import Urgency
from sporhund.previews.readers import Readers
from sporhund.previews.service import Previews
from sporhund.previews.shelf import Shelf
from sporhund.review import messages
from sporhund.review.model import Unit


@pytest.mark.parametrize(("side", "code"), [(DIES, "reader-died"), (SAYS_HTML, "reader-lied"), (TOO_LARGE, "reader-lied")])
def test_a_worker_gone_wrong_costs_one_picture(taken: Any, ill: Previews, side: int, code: str) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})

    with pytest.raises(Unreadable) as said:
        ill.thumbnail(case.case.id, case.media["a.png"], side=side)

    assert said.value.code == code
    assert ill.thumbnail(case.case.id, case.media["a.png"], side=160).width == 160
    assert ill.shelf.get(case.case.id, "0" * 40) is None


def test_a_worker_that_hangs_is_ended(
    taken: Any, ill: Previews, monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    track = case.track("a.png", 0.0, (0.0, 0.0, 60.0, 60.0))
    monkeypatch.setattr(room, "PICTURE_S", 0.5)

    with pytest.raises(Unreadable) as said:
        ill.crop(case.case.id, track, side=HANGS, whole=True)

    assert said.value.code == "reader-hung"
    assert ill.thumbnail(case.case.id, case.media["a.png"], side=160).width == 160


def test_what_killed_a_worker_is_not_tried_at_every_look(taken: Any, ill: Previews) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    with pytest.raises(Unreadable):
        ill.thumbnail(case.case.id, case.media["a.png"], side=DIES)
    (case.folder / "a.png").unlink()

    with pytest.raises(Unreadable) as said:
        ill.thumbnail(case.case.id, case.media["a.png"], side=DIES)

    assert said.value.code == "reader-died"


class Counting(Readers):
    """Readers that count what they are asked, and wait until they may go on."""

    def __init__(self) -> None:
        super().__init__(count=1)
        self.asked: list[str] = []
        self.may_go_on = threading.Event()

    def ask(self, key: str, *rest: Any, **more: Any) -> Any:
        self.asked.append(key)
        self.may_go_on.wait(30)
        return super().ask(key, *rest, **more)


def test_many_who_ask_for_the_same_picture_share_one_making(taken: Any, store: Any, keys: Any) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    readers = Counting()
    previews = Previews(store, keys, store.settings, readers=readers)
    try:
        with ThreadPoolExecutor(8) as many:
            waiting = [many.submit(previews.thumbnail, case.case.id, case.media["a.png"]) for _ in range(8)]
            readers.may_go_on.set()
            shown = {future.result().etag for future in waiting}
    finally:
        previews.close()

    assert len(shown) == 1 and len(readers.asked) == 1


def test_pictures_of_a_page_go_before_what_nobody_waits_for(tmp_path: Path) -> None:
    readers = Readers(count=1)
    order: list[str] = []
    (tmp_path / "a.png").write_bytes(make.encoded(make.scene(), "PNG"))

    def ask(key: str, urgency: Urgency) -> None:
        file = os.open(tmp_path / "a.png", os.O_RDONLY)
        readers.ask(key, messages.Draw(Unit("u", Kind.STILL), 160), file, seconds=30, urgency=urgency)
        order.append(key)

    try:
        threads = []
        for key, urgency in (("first", Urgency.AHEAD), ("ahead", Urgency.AHEAD), ("page", Urgency.PAGE)):
            threads.append(threading.Thread(target=ask, args=(key, urgency)))
            threads[-1].start()
            wait_until(lambda: readers._numbers == len(threads))
        for thread in threads:
            thread.join()
    finally:
        readers.close()

    assert order.index("page") < order.index("ahead")


def test_who_plays_a_video_does_not_wait_for_what_nobody_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(make.encoded(make.scene(), "PNG"))
    readers = Readers(count=1, target="ill_line", config=b"", modules=[Path(__file__).parent])
    ended: list[str] = []

    def ask(key: str, side: int, urgency: Urgency) -> None:
        file = os.open(tmp_path / "a.png", os.O_RDONLY)
        try:
            readers.ask(key, messages.Draw(Unit("u", Kind.STILL), side), file, seconds=600, urgency=urgency)
        except SporhundError:
            return
        ended.append(key)

    ahead = threading.Thread(target=ask, args=("ahead", HANGS, Urgency.AHEAD))
    ahead.start()
    wait_until(lambda: bool(readers._running))
    ask("playing", 160, Urgency.PLAYING)
    readers.close()
    ahead.join(20)

    assert ended == ["playing"]


def test_whoever_waits_is_told_when_it_closes(taken: Any, ill: Previews) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    track = case.track("a.png", 0.0, (0.0, 0.0, 60.0, 60.0))
    said: list[SporhundError] = []

    def ask() -> None:
        try:
            ill.crop(case.case.id, track, side=HANGS, whole=True)
        except SporhundError as fault:
            said.append(fault)

    waiting = threading.Thread(target=ask)
    waiting.start()
    wait_until(lambda: bool(ill._readers._running))
    ill.close()
    waiting.join(20)

    assert [fault.code for fault in said] == ["closed"]
    with pytest.raises(EnvironmentFault):
        ill.thumbnail(case.case.id, case.media["a.png"], side=320)


class FullDisk(Shelf):
    """A shelf on which nothing more has room."""

    def put(self, case_id: str, name: str, about: bytes, content: bytes) -> None:
        raise EnvironmentFault("disk-full", "no room", "Make room.")


def test_a_full_disk_keeps_nobody_from_seeing(taken: Any, previews: Previews, keys: Any, tmp_path: Path, shared: Path) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG"), "v.avi": shared / "data/video/variants/ham_xvid.avi"})
    previews.shelf = FullDisk(tmp_path / "shelf", keys)

    shown = previews.thumbnail(case.case.id, case.media["a.png"])
    with previews.part(case.case.id, case.media["v.avi"], 0) as part:
        content = part.read(0, part.size)

    assert shown.width == 160 and len(make.frame_times(content)) > 100
    assert previews.trouble is not None and previews.trouble.code == "disk-full"


def test_what_no_disk_had_room_for_goes_with_its_case(
    taken: Any, previews: Previews, keys: Any, tmp_path: Path, shared: Path,
) -> None:
    case = taken({"v.avi": shared / "data/video/variants/ham_xvid.avi"})
    previews.shelf = FullDisk(tmp_path / "shelf", keys)
    previews.part(case.case.id, case.media["v.avi"], 0).close()

    held = previews.made(case.case.id, case.media["v.avi"], 0)
    previews.forget(case.case.id)

    assert (held, previews.made(case.case.id, case.media["v.avi"], 0)) == (True, False)


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")
