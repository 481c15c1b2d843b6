"""What becomes of a task, whatever its worker does."""
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sporhund.errors import EnvironmentFault, Unreadable
from sporhund.jobs.local import Ending, Limits, Outcome, Task, Workers

Start = Callable[..., Workers]
Ask = Callable[..., Outcome]


def test_a_worker_gets_the_request_and_the_open_files_and_answers_with_bytes(start: Start, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"A")
    (tmp_path / "b").write_bytes(b"B")

    outcome = ask(start(), "echo \x00æ", tmp_path / "a", tmp_path / "b")

    assert (outcome.ending, outcome.reply, outcome.detail) == (Ending.DONE, "\x00æAB".encode(), "")
    assert outcome.peak_mb > 1


def test_a_reply_longer_than_any_buffer_arrives_whole(start: Start, ask: Ask) -> None:
    outcome = ask(start(), f"big {5 << 20}")

    assert outcome.reply == b"x" * (5 << 20)


def test_a_target_that_raises_is_told_in_one_line_and_its_worker_goes_on(start: Start, ask: Ask) -> None:
    pool = start()
    before = json.loads(ask(pool, "about").reply)["pid"]

    outcome = ask(pool, "fail not a picture")

    assert (outcome.ending, outcome.detail, outcome.reply) == (Ending.ERROR, "ValueError: not a picture", b"")
    assert json.loads(ask(pool, "about").reply)["pid"] == before


@pytest.mark.parametrize(("request_text", "detail"), [
    ("crash", "SIGABRT: the last words?[31m"),
    ("leave", "exit 7"),
    ("nonsense ff" + "00" * 8, "malformed reply: message of unknown kind 255"),
    ("nonsense 03" + "ff" * 8, "malformed reply: done of 18446744073709551615 bytes"),
    ("nonsense 02" + "00" * 8, "malformed reply: ready at the wrong time"),
])
def test_a_crash_is_an_outcome_and_the_next_task_is_served(start: Start, ask: Ask, request_text: str, detail: str) -> None:
    pool = start()

    outcome = ask(pool, request_text)

    assert (outcome.ending, outcome.detail) == (Ending.CRASHED, detail)
    assert ask(pool, "echo again").reply == b"again"


def test_a_second_reply_that_nobody_asked_for_costs_the_worker_its_life(start: Start, ask: Ask) -> None:
    pool = start()

    assert ask(pool, "say-more").reply == b"first"
    assert ask(pool, "echo mine").reply == b"mine"


def test_a_task_over_its_time_is_ended_and_the_next_one_is_served(start: Start, ask: Ask) -> None:
    pool = start()

    outcome = ask(pool, "hang", seconds=0.3)

    assert (outcome.ending, outcome.detail) == (Ending.TIMEOUT, "not done after 0.3 s")
    assert ask(pool, "echo again").reply == b"again"


@pytest.mark.parametrize("megabytes", [250, 200_000])
def test_a_task_over_its_memory_is_ended_and_a_fresh_worker_follows(start: Start, ask: Ask, megabytes: int) -> None:
    """Taken bit by bit the parent sees it grow; taken at once the limit of the address space refuses it."""
    pool = start(limits=Limits(memory_mb=200))
    before = json.loads(ask(pool, "about").reply)["pid"]

    outcome = ask(pool, f"allocate {megabytes}")

    assert outcome.ending is Ending.MEMORY
    assert json.loads(ask(pool, "about").reply)["pid"] != before


def test_files_that_cannot_be_opened_are_the_outcome_of_their_task_alone(start: Start, ask: Ask, tmp_path: Path) -> None:
    pool = start()

    outcome = ask(pool, "echo x", tmp_path / "gone")

    assert outcome.ending is Ending.ERROR
    assert outcome.detail.startswith("FileNotFoundError")
    assert ask(pool, "echo again").reply == b"again"


def test_a_refusal_to_open_is_told_like_a_missing_file(start: Start) -> None:
    def refuse() -> list[int]:
        raise Unreadable("gone", "the exhibit is not mounted")
    pool = start()

    pool.submit(Task("k", b"echo", 10, refuse))

    assert pool.wait() == Outcome("k", Ending.ERROR, b"", "Unreadable: the exhibit is not mounted", 0.0, 0.0)


def test_a_descriptor_that_can_write_is_not_handed_over(start: Start, ask: Ask, tmp_path: Path) -> None:
    pool = start()

    with pytest.raises(ValueError, match="open for writing"):
        ask(pool, "echo ready")
        pool.submit(Task("w", b"echo", 10, lambda: [os.open(tmp_path / "w", os.O_RDWR | os.O_CREAT)]))

    assert pool.free == 1


def test_a_worker_may_write_into_a_pipe_whose_other_end_the_parent_holds(start: Start) -> None:
    reading, writing = os.pipe()
    pool = start()

    pool.submit(Task("p", b"write member", 10, lambda: [writing]))
    outcome = pool.wait()

    assert outcome is not None and outcome.reply == b"6"
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"member"  # and then its end: nobody else holds it open


def test_files_are_opened_only_when_a_worker_takes_the_task_and_closed_at_once(start: Start, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"A")
    opened: list[int] = []

    def open_one() -> list[int]:
        opened.append(os.open(tmp_path / "a", os.O_RDONLY))
        return opened[-1:]
    os.mkfifo(tmp_path / "gate")
    pool = start(config=bytes(tmp_path / "gate"), readable=(tmp_path,))

    pool.submit(Task("k", b"echo ", 10, open_one))
    waiting = list(opened)
    (tmp_path / "gate").write_bytes(b"")
    outcome = pool.wait()

    assert waiting == []
    assert outcome is not None and outcome.reply == b"A"
    with pytest.raises(OSError):
        os.fstat(opened[0])


def test_a_thousand_tasks_over_two_workers_leave_no_descriptor_and_no_process_behind(tmp_path: Path, start: Start) -> None:
    (tmp_path / "a").write_bytes(b"")
    before = _descriptors(), _children()
    replies: dict[str, bytes] = {}
    with start(count=2, limits=Limits(recycle_after=300)) as pool:
        waiting = [f"{number}" for number in range(1000)]
        while waiting or pool.busy:
            while waiting and pool.free:
                key = waiting.pop()
                verb = "close" if int(key) % 2 else "echo"
                pool.submit(Task(key, f"{verb} {key}".encode(), 60, lambda: [os.open(tmp_path / "a", os.O_RDONLY)]))
            if outcome := pool.wait():
                replies[outcome.key] = outcome.reply
        while pool.free < 2:
            pool.wait()
        pool.submit(Task("about", b"about", 60, list))
        about = pool.wait()

    assert replies == {f"{number}": f"{number}".encode() for number in range(1000)}
    assert about is not None and json.loads(about.reply)["fds"] < 12
    assert (_descriptors(), _children()) == before


def test_a_worker_is_replaced_after_its_share_of_tasks(start: Start, ask: Ask) -> None:
    pool = start(limits=Limits(recycle_after=2))

    pids = [json.loads(ask(pool, "about").reply)["pid"] for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_worker_that_is_killed_while_idle_is_replaced_unseen(start: Start, ask: Ask) -> None:
    pool = start()
    pid = json.loads(ask(pool, "about").reply)["pid"]

    os.kill(pid, signal.SIGKILL)
    exited = os.pidfd_open(pid)
    select.select([exited], [], [])
    os.close(exited)
    first = ask(pool, "echo a")

    assert first.ending in (Ending.DONE, Ending.CRASHED)  # it may have been sent before the end was seen
    assert ask(pool, "echo b").reply == b"b"


def test_a_cancelled_task_has_no_outcome_and_frees_its_place(start: Start, ask: Ask) -> None:
    pool = start()
    ask(pool, "echo ready")
    pool.submit(Task("long", b"hang", 60, list))

    pool.cancel("long")

    assert (pool.free, pool.busy, pool.wait()) == (1, 0, None)
    assert ask(pool, "echo on").reply == b"on"


def test_more_tasks_than_places_are_a_mistake_of_the_caller(start: Start) -> None:
    pool = start()
    pool.submit(Task("one", b"hang", 60, list))

    with pytest.raises(RuntimeError):
        pool.submit(Task("two", b"hang", 60, list))

    assert pool.wait(timeout=0) is None


def test_what_a_worker_prints_blocks_nobody(start: Start, ask: Ask) -> None:
    assert ask(start(), "chatter 1000").reply == b"said"


@pytest.mark.parametrize(("target", "config", "reason"), [
    ("targets", b"no", "FileNotFoundError: the model is not there"),
    ("targets", b"dead", "SIGABRT"),
    ("no_such_target", b"", "ModuleNotFoundError"),
])
def test_a_target_that_cannot_be_loaded_stops_all(start: Start, ask: Ask, target: str, config: bytes, reason: str) -> None:
    with pytest.raises(EnvironmentFault, match=reason) as fault:
        ask(start(target, config=config), "echo x")

    assert fault.value.code == "worker-cannot-start"


_PARENT = """
import sys
from pathlib import Path
from sporhund.jobs.local import Task, Workers
pool = Workers("targets", count=2, config=b"", modules=[Path(sys.argv[1])])
for key in ("a", "b"):
    pool.submit(Task(key, b"about", 60, list))
pids = [__import__("json").loads(pool.wait().reply)["pid"] for _ in range(2)]
pool.submit(Task("c", b"hang", 600, list))
print(*pids, flush=True)
pool.wait()
"""


def test_workers_end_with_their_parent_even_if_it_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]

    parent.kill()
    parent.wait()

    assert len(workers) == 2
    for worker in workers:
        assert select.select([worker], [], [], 30)[0], "a worker outlived its parent"
        os.close(worker)
    parent.stdout.close()


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _children() -> list[str]:
    tasks = Path("/proc/self/task").iterdir()
    return [pid for task in tasks for pid in (task / "children").read_text(encoding="ascii").split()]
