"""The lock files pin everything, the same everywhere, and say nothing about where they were made."""
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: str) -> dict[str, tuple[Requirement, int]]:
    """Package -> its pin and the number of digests it comes with."""
    entries = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    read = [(Requirement(entry.partition("--hash")[0]), entry) for entry in entries]
    return {canonicalize_name(pin.name): (pin, len(re.findall(r"--hash=sha256:[0-9a-f]{64}", entry))) for pin, entry in read}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_package_is_pinned_once_with_digests(lock: str) -> None:
    entries = pins(lock)

    assert len(entries) == (ROOT / lock).read_text(encoding="utf-8").count("==") - sum(
        str(requirement.marker or "").count("==") for requirement, _ in entries.values())
    assert all(digests and re.fullmatch(r"==[^*]+", str(requirement.specifier)) for requirement, digests in entries.values())


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_and_no_path_stands_in_a_lock(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert not re.search(r"://|--(index|extra|find|trusted)|@ |(^|\s)[./~]", text, re.MULTILINE)


def test_the_lock_holds_what_the_project_asks_for() -> None:
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    assert_locked(asked, "requirements.lock")


def test_the_developers_lock_holds_the_tools_as_well() -> None:
    assert_locked(PROJECT["project"]["optional-dependencies"]["dev"], "requirements-dev.lock")


def test_whoever_tests_runs_what_the_officer_runs() -> None:
    officer, developer = pins("requirements.lock"), pins("requirements-dev.lock")

    assert officer.keys() <= developer.keys()
    assert all(developer[name][0].specifier == requirement.specifier for name, (requirement, _) in officer.items())


def assert_locked(asked: list[str], lock: str) -> None:
    entries = pins(lock)
    for wanted in map(Requirement, asked):
        requirement, _ = entries[canonicalize_name(wanted.name)]
        version = str(requirement.specifier).removeprefix("==")
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted} but {version} is locked: see CONTRIBUTING.md"
