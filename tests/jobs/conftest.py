"""Workers that do what a test tells them."""
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sporhund.jobs.local import Limits, Outcome, Task, Workers

HERE = Path(__file__).parent


@pytest.fixture
def start() -> Iterator[Callable[..., Workers]]:
    """Starts a pool whose target is tests/jobs/targets.py; ended after the test."""
    with ExitStack() as pools:
        def started(
            target: str = "targets", *, count: int = 1, config: bytes = b"", readable: tuple[Path, ...] = (),
            limits: Limits | None = None,
        ) -> Workers:
            limits = limits or Limits()
            pool = Workers(target, count=count, config=config, readable=readable, modules=[HERE], limits=limits)
            return pools.enter_context(pool)
        yield started


@pytest.fixture
def ask() -> Callable[..., Outcome]:
    """Gives a pool one task and waits for its outcome."""
    def asked(pool: Workers, request: str, *paths: Path, seconds: float = 60) -> Outcome:
        pool.submit(Task(request, request.encode(), seconds, lambda: [os.open(path, os.O_RDONLY) for path in paths]))
        outcome = pool.wait()
        assert outcome is not None
        return outcome
    return asked
