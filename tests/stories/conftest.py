"""What the stories share: a home with the base pack, a case, material made of the clips beside the checkout."""
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sporhund.api.case import Case
from sporhund.api.home import Sporhund


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, base_pack: Path) -> Path:
    """A fresh home in which the pack `base` lies already."""
    place = tmp_path_factory.mktemp("home")
    (place / "models").mkdir()
    (place / "models" / base_pack.name).symlink_to(base_pack)
    return place


@pytest.fixture(scope="module")
def sporhund(home: Path) -> Iterator[Sporhund]:
    with Sporhund(home) as place:
        yield place


@pytest.fixture
def case(sporhund: Sporhund, request: pytest.FixtureRequest) -> Case:
    """An open case of this test's name, for free material."""
    name = request.node.name[:100]
    sporhund.create_case(name, title="A test", purpose="demonstration")
    return sporhund.case(name)


Command = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(home: Path) -> Command:
    """Starts `sporhund ARGUMENTS` as a process of its own."""
    def run(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "sporhund", *arguments, "--home", str(home)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ})  # noqa: TID251 - handed on to the child

    return run
