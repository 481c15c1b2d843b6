"""For developers: write the migration that brings databases to the tables as they are now.

    python -m sporhund.store.revise "Let a track carry its colour"

Compares `tables.py` with what the migrations make, in a throw-away database, and writes the next file in
`migrations/versions`. Read it before it is committed: a renamed column looks like one dropped and one added.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from sporhund.settings import Settings
from sporhund.store import schema
from sporhund.store.service import Store

_VERSIONS = Path(__file__).with_name("migrations") / "versions"


def revise(what: str) -> Path:
    """Write the next migration; its path."""
    known = schema.revisions()
    number = f"{int(known[-1] if known else 0) + 1:04}"
    config = Config()
    config.set_main_option("script_location", str(_VERSIONS.parent).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        Store(Settings(Path(home))) as store,
        store.as_owner() as rows,
    ):
        config.attributes["connection"] = rows
        if known:
            command.upgrade(config, "head")
        command.revision(config, re.sub(r"\.$", "", what), autogenerate=True, rev_id=number)
    return _tidied(next(_VERSIONS.glob(f"{number}_*.py")))


def _tidied(path: Path) -> Path:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.strip().startswith("# ###")), encoding="utf-8")
    for how in (("check", "--fix", "--select", "I,F401"), ("format", "--line-length", "120")):
        subprocess.run([sys.executable, "-m", "ruff", *how, "--quiet", path], check=True)
    return path


if __name__ == "__main__":
    print(revise(sys.argv[1]))
