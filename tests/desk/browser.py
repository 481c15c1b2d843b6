"""A real browser before a real desk: Debian's Chromium, driven by Playwright, and what it needs to say it is not there."""
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
"""Root needs the first; the others keep the browser from calling home in a place without a network."""


PASSWORD = "a password of the walk"
"""Of whoever walks."""


def required() -> str:
    """The browser's path. Missing in CI is a failure, elsewhere a skip."""
    if CHROMIUM is None:
        reason = "no Chromium is here: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)  # noqa: TID251
    return CHROMIUM


@contextmanager
def served(home: Path, *options: str) -> Iterator[dict[str, Any]]:
    """A desk as anybody would start it; what it said of itself."""
    env = {**os.environ, "SPORHUND_HOME": str(home)}  # noqa: TID251
    with open(home.parent / "serve.log", "ab") as log:
        desk = subprocess.Popen(
            [Path(sys.executable).with_name("sporhund"), "serve", "--port", "0", "--json", *options],
            stdout=subprocess.PIPE, stderr=log, text=True, env=env)
        assert desk.stdout is not None
        try:
            line = desk.stdout.readline()
            assert line, (home.parent / "serve.log").read_text()
            yield {**json.loads(line)["data"], "pid": desk.pid}
        finally:
            desk.terminate()
            desk.wait(60)
