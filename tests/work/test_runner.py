"""Work in the background: as the person who asked, one after the other, stopped and gone on with at any time."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import people
from tests.people import OFFICER, make_account
from tests.work.conftest import write

from sporhund import settings
from sporhund.actor import Actor
from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.api.work import Runner
from sporhund.errors import Refused, WrongUsage
from sporhund.store import queue
from sporhund.store.ids import new_id
from sporhund.work import records
from sporhund.work.model import State

PATIENCE_S = 180.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, base_pack: Path, shared: Path, many: Path) -> Iterator[Sporhund]:
    """A home in which the officer works, and the clips may be taken in."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    (home / "models" / base_pack.name).symlink_to(base_pack)
    chosen = replace(settings.read(home), intake=(shared / "data/video", many))
    with Sporhund(settings=chosen, actor=OFFICER) as opened:
        make_account(opened.store, OFFICER)
        yield opened


@pytest.fixture
def case(place: Sporhund) -> Case:
    name = new_id("J")
    place.create_case(name, title="A test", purpose="demonstration")
    return place.case(name)


@pytest.fixture
def clips(shared: Path) -> Path:
    """Eleven clips of about two seconds."""
    return shared / "data/video/people"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """Twenty-two clips, every one twice with other bytes behind its end: enough to be stopped in the middle of."""
    folder = tmp_path_factory.mktemp("many")
    for clip in (shared / "data/video/people").glob("*.mkv"):
        for number in range(2):
            (folder / f"{clip.stem}-{number}.mkv").write_bytes(clip.read_bytes() + bytes([number]))
    return folder


@pytest.fixture
def runner(place: Sporhund) -> Iterator[Runner]:
    """Started by the test."""
    made = Runner(place)
    yield made
    assert made.stop(PATIENCE_S)


def until(true: Callable[[], Any]) -> Any:
    """What a condition comes to; a test that waits in vain fails."""
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def in_state(case: Case, work: dict[str, Any], *states: str) -> dict[str, Any]:
    """The work once it is in one of these states."""
    def there() -> dict[str, Any] | None:
        now = case.work.show(work["work"])
        over = now["state"] in ("done", "failed", "cancelled") and now["state"] not in states
        assert not over, f"{now['state']} {now['code']}: {now['reason']}"
        return now if now["state"] in states else None

    found: dict[str, Any] = until(there)
    return found


def begun(case: Case, work: dict[str, Any]) -> None:
    """Wait until units are being looked at."""
    until(lambda: (case.work.show(work["work"])["progress"] or {}).get("stage") == "looking")


def analysed(case: Case) -> int:
    return int(case.status()["files"]["analysed"])


def test_what_was_asked_for_is_done_and_says_what_it_came_to(case: Case, clips: Path, runner: Runner) -> None:
    work = case.work.ask([clips], exhibit="K1", find=["faces"])
    runner.start()

    done = in_state(case, work, "done", "failed")

    assert (done["state"], done["code"]) == ("done", None)
    assert done["outcome"]["files"]["analysed"] == 11
    assert done["progress"]["units_done"] == done["progress"]["units"] == 11
    assert done["progress"]["left"] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert case.work.troubles(work["work"])["items"] == []


def test_the_log_names_whoever_asked_and_not_the_server(place: Sporhund, case: Case, clips: Path, runner: Runner) -> None:
    officer = people.signed_in(place.store, place.keys, place.clock, "olsen", "investigator", case_id=case.id)
    work = place.acting(officer).case(case.name).work.ask([clips / "asl_eat.mkv"], find=["motion"])
    runner.start()
    in_state(case, work, "done")

    said = [event for event in place.audit_show(case.name)["items"] if event["actor"] == officer.name]

    assert {"work ask", "work end", "analyse", "intake done"} <= {event["action"] for event in said}


def test_a_file_that_cannot_be_read_fails_with_its_reason_and_the_work_is_done(
    place: Sporhund, case: Case, runner: Runner,
) -> None:
    batch = case.work.uploads.new_batch()
    content = b"\xff\xd8\xff\xe0 no picture"
    begun = case.work.uploads.begin(batch, "broken.jpg", len(content))
    write(case.id, begun["upload"], [content], **case.place.hands)
    work = case.work.ask(batch=batch, exhibit="Indleveret")
    runner.start()

    done = in_state(case, work, "done")

    (trouble,) = case.work.troubles(work["work"])["items"]
    assert done["outcome"]["files"]["failed"] == 1
    assert (trouble["path"], trouble["state"]) == ("broken.jpg", "failed")
    assert trouble["reason"]


def test_a_paused_work_stops_keeps_what_is_finished_and_goes_on_from_there(case: Case, many: Path, runner: Runner) -> None:
    work = case.work.ask([many], find=["faces"])
    runner.start()
    begun(case, work)

    case.work.pause(work["work"])
    paused = in_state(case, work, "paused")
    kept = analysed(case)
    waiting = case.status()["files"]["waiting"]
    case.work.resume(work["work"])
    done = in_state(case, work, "done")

    assert paused["progress"]["units_done"] < 22
    assert waiting > 0
    assert case.status()["running"] == 0
    assert done["outcome"]["resumed"] == kept
    assert analysed(case) == 22
    assert done["outcome"]["units"] == {"done": 22, "failed": 0}


def test_a_cancelled_work_keeps_what_is_finished_and_can_be_tried_again(case: Case, many: Path, runner: Runner) -> None:
    work = case.work.ask([many], find=["faces"])
    runner.start()
    begun(case, work)

    case.work.cancel(work["work"])
    in_state(case, work, "cancelled")
    with pytest.raises(Refused):
        case.work.resume(work["work"])
    case.work.retry(work["work"])

    assert in_state(case, work, "done")["outcome"]["files"]["analysed"] == 22


def test_works_begin_in_the_order_that_people_give_them(case: Case, clips: Path, runner: Runner) -> None:
    first, second, third = (case.work.ask([clips / f"asl_{name}.mkv"], exhibit=name, find=["motion"])["work"]
                            for name in ("eat", "walk", "no"))

    case.work.move(third, before=first)
    listed = [work["work"] for work in case.work.list()]
    runner.start()
    until(lambda: all(work["state"] == "done" for work in case.work.list()))

    started = {work["work"]: work["started_at"] for work in case.work.list()}
    assert listed == [third, first, second]
    assert sorted(started, key=lambda work: started[work]) == [third, first, second]


def test_a_work_that_waits_and_is_paused_is_passed_over(case: Case, clips: Path, runner: Runner) -> None:
    first, second = (case.work.ask([clips / f"asl_{name}.mkv"], find=["motion"]) for name in ("eat", "walk"))

    case.work.pause(first["work"])
    runner.start()
    in_state(case, second, "done")

    assert case.work.show(first["work"])["state"] == "paused"
    case.work.resume(first["work"])
    in_state(case, first, "done")


def test_what_is_looked_at_first_can_be_changed_while_it_runs(
    place: Sporhund, case: Case, shared: Path, runner: Runner,
) -> None:
    """Of clips of every hour of a day, hour 21 is asked for when the first are under way."""
    batch = case.work.uploads.new_batch()
    for hour, clip in enumerate(2 * sorted((shared / "data/video/people").glob("*.mkv"))):
        content = clip.read_bytes() + bytes([hour])
        begin = case.work.uploads.begin(batch, f"cam_20260114_{hour:02}0000.mkv", len(content))
        write(case.id, begin["upload"], [content], **case.place.hands)
    work, order = case.work.ask(batch=batch, find=["faces"]), list[str]()
    runner.start()
    begun(case, work)

    case.work.focus(work["work"], around="2026-01-14T21:00:00", within_s=600)
    until(lambda: finished(case, order, 22))

    assert order.index("cam_20260114_210000.mkv") < 16
    assert in_state(case, work, "done")["focus"]["around"] == "2026-01-14T21:00:00"


def finished(case: Case, order: list[str], number: int) -> list[str] | None:
    """Names of media in the order in which they were settled, once there are so many."""
    for item in case.files(state="analysed", limit=100)["items"]:
        if item["path"] not in order:
            order.append(item["path"])
    return order if len(order) == number else None


def test_somebody_who_may_not_any_more_is_not_worked_for(place: Sporhund, case: Case, clips: Path, runner: Runner) -> None:
    gone = people.signed_in(place.store, place.keys, place.clock, "gone", "investigator", case_id=case.id)
    out = people.signed_in(place.store, place.keys, place.clock, "out", "investigator", case_id=case.id)
    works = {who.name: place.acting(who).case(case.name).work.ask([clips], find=["motion"]) for who in (gone, out)}
    from sporhund.access import records as access_records

    with place.store.transaction() as rows:
        access_records.change_user(rows, str(gone.user), disabled_at=place.clock.now())
        access_records.remove_member(rows, case.id, str(out.user), by="test", at=place.clock.now())
    runner.start()

    ended = {name: in_state(case, work, "failed") for name, work in works.items()}

    assert {name: work["code"] for name, work in ended.items()} == {gone.name: "account-disabled", out.name: "not-a-member"}
    assert case.status()["files"]["seen"] == 0


def test_a_place_that_nobody_allowed_is_refused_and_logged(place: Sporhund, case: Case, shared: Path, tmp_path: Path) -> None:
    (place.settings.uploads / case.id).mkdir(parents=True)
    (place.settings.uploads / case.id / "out").symlink_to("/etc")
    uploaded = place.settings.uploads
    above = shared / "data/video/../../.."
    for path in ("/etc", shared / "data", above, uploaded / case.id / "out", uploaded / "another", "video"):
        with pytest.raises(Refused) as said:
            case.work.ask([path])
        assert said.value.code == "outside-intake"

    last = place.audit_show(case.name, limit=1)["items"][0]
    assert (last["action"], last["outcome"]) == ("work ask", "refused")
    assert case.work.list() == []


def test_folders_that_may_be_taken_in_can_be_looked_into_and_no_others(case: Case, shared: Path, many: Path) -> None:
    roots = case.work.browse()
    inside = case.work.browse(roots["items"][0]["path"])

    assert [item["path"] for item in roots["items"]] == [str(shared / "data/video"), str(many)]
    assert inside["above"] is None
    assert ("people", "folder") in [(item["name"], item["kind"]) for item in inside["items"]]
    with pytest.raises(Refused) as said:
        case.work.browse("/etc")
    assert said.value.code == "outside-intake"


def test_only_members_and_only_who_may_work_ask(place: Sporhund, case: Case, clips: Path) -> None:
    auditor = people.signed_in(place.store, place.keys, place.clock, "auditor", "auditor")

    with pytest.raises(Refused):
        place.acting(auditor).case(case.name)
    with pytest.raises(Refused):
        Case(place.acting(auditor), case.row).work.ask([clips])


def test_a_page_hears_of_every_change_and_of_nothing_twice(case: Case, clips: Path, runner: Runner) -> None:
    seen: dict[str, Any] = {}
    quiet = case.work.news(seen)
    work = case.work.ask([clips / "asl_eat.mkv"], find=["motion"])

    waiting = case.work.news(seen)
    again = case.work.news(seen)
    runner.start()
    in_state(case, work, "done")
    done = case.work.news(seen)

    assert (quiet, again, case.work.news(seen)) == ([], [], [])
    assert [item["state"] for item in (*waiting, *done)] == ["waiting", "done"]


def test_a_runner_that_stops_gives_its_work_back_and_the_next_one_goes_on(place: Sporhund, case: Case, many: Path) -> None:
    work = case.work.ask([many], find=["faces"])
    first, second = Runner(place), Runner(place)
    first.start()
    begun(case, work)

    stopped = first.stop(PATIENCE_S)
    between = case.work.show(work["work"])
    second.start()
    done = in_state(case, work, "done")

    assert second.stop(PATIENCE_S)
    assert (stopped, between["state"]) == (True, "waiting")
    assert done["outcome"]["files"]["analysed"] == 22


def test_two_runners_on_one_home_do_no_work_twice(place: Sporhund, case: Case, clips: Path) -> None:
    works = [case.work.ask([clip], exhibit=clip.stem, find=["motion"]) for clip in sorted(clips.glob("*.mkv"))[:6]]
    runners = [Runner(place), Runner(place)]
    for one in runners:
        one.start()

    ended = [in_state(case, work, "done") for work in works]

    assert all(one.stop(PATIENCE_S) for one in runners)
    assert all(work["outcome"]["resumed"] == 0 for work in ended)
    begins = [event for event in place.audit_show(case.name, limit=500)["items"]
              if event["action"] == "analyse" and event["payload"]["step"] == "started"]
    assert len(begins) == 6


def test_what_is_queued_twice_runs_once(place: Sporhund, case: Case, clips: Path, runner: Runner) -> None:
    work = case.work.ask([clips / "asl_eat.mkv"], find=["motion"])
    with place.store.transaction() as rows:
        queue.defer(rows, 3)
    runner.start()

    in_state(case, work, "done")

    until(lambda: jobs(place) == 0)
    assert len([event for event in place.audit_show(case.name)["items"] if event["action"] == "work end"]) == 1


def jobs(place: Sporhund) -> int:
    from sqlalchemy import text as sql

    with place.store.transaction() as rows:
        return int(rows.scalar(sql(f"select count(*) from {queue.SCHEMA}.procrastinate_jobs")) or 0)


def test_the_queue_is_made_anew_from_what_waits(place: Sporhund, case: Case, clips: Path, runner: Runner) -> None:
    """As after a backup was brought back: the queue is in none."""
    work = case.work.ask([clips / "asl_eat.mkv"], find=["motion"])
    with place.store.transaction() as rows:
        queue.renew(rows, 0)
        assert records.count_waiting(rows) == 1
    assert jobs(place) == 0

    runner.start()

    assert in_state(case, work, "done")["state"] == State.DONE


def test_unknown_choices_are_refused(case: Case, clips: Path) -> None:
    for choice, code in (({"mode": "fast"}, "unknown-mode"), ({"find": ["ghosts"]}, "unknown-look"),
                         ({"around": "yesterday"}, "bad-time"), ({"camera": "cam9"}, "unknown-camera")):
        with pytest.raises(WrongUsage) as said:
            case.work.ask([clips], **choice)
        assert said.value.code == code
    with pytest.raises(WrongUsage):
        case.work.ask([])


SERVE = """
import sys, time
from pathlib import Path
from sporhund.api.home import Sporhund
from sporhund.api.work import Runner
with Sporhund(Path(sys.argv[1])) as place:
    Runner(place).start()
    print("open", flush=True)
    time.sleep(600)
"""


def serving(home: Path, intake: Path) -> "subprocess.Popen[str]":
    """A server in a process of its own, once it works."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(home)], text=True, stdout=subprocess.PIPE,
        env={**os.environ, "SPORHUND_INTAKE": str(intake)})  # noqa: TID251 - handed on to the child
    assert process.stdout is not None and process.stdout.readline() == "open\n"
    return process


def test_a_work_whose_server_is_killed_goes_on_by_itself_with_the_next_one(
    tmp_path: Path, base_pack: Path, many: Path,
) -> None:
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    (home / "models" / base_pack.name).symlink_to(base_pack)
    with Sporhund(settings=replace(settings.read(home), intake=(many,)), actor=Actor("nobody", "local", "test")) as place:
        place.create_case("J", title="A test", purpose="demonstration")
        case = place.case("J")
        work = case.work.ask([many], find=["faces"])
        for _ in range(2):
            server = serving(home, many)
            before = analysed(case)
            until(lambda before=before: analysed(case) > before)
            server.send_signal(signal.SIGKILL)
            server.wait()
        assert case.work.show(work["work"])["state"] == "running"
        assert analysed(case) < 22

        server = serving(home, many)
        done = in_state(case, work, "done", "failed")
        server.send_signal(signal.SIGKILL)
        server.wait()

        assert done["state"] == "done"
        assert done["outcome"]["resumed"] > 0
        assert done["outcome"]["units"] == {"done": 22, "failed": 0}
        assert analysed(case) == 22
