"""The papers around Sporhund hold what they promise: whose work is in it, two commands, links that lead somewhere."""
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_library_that_is_installed_is_named_with_its_licence() -> None:
    entries = [line.partition("\\")[0] for line in text("requirements.lock").splitlines() if line and line[0] not in " #"]
    third_party = text("THIRD_PARTY.md")

    unnamed = [name for name in (Requirement(entry).name for entry in entries)
               if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", third_party)]

    assert unnamed == []


def test_every_original_of_the_demo_is_named_with_its_terms() -> None:
    members = re.findall(r'"[\w/-]+/([\w.]+\.(?:png|jpg|mp4))"', text("src/sporhund/training/sources.py"))

    assert members and all(f"| {member} |" in text("THIRD_PARTY.md") for member in members)


def test_the_readme_begins_with_a_picture_and_two_commands_of_one_line() -> None:
    readme = text("README.md")
    blocks = re.findall(r"^```\w*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)

    assert blocks[:2] == ["python3 bootstrap.py demo\n", "python3 bootstrap.py test\n"]
    assert readme.index("![") < readme.index("```")
    assert readme.count("\n") < 120


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", paper.read_text(encoding="utf-8"))

    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_the_project_is_under_the_licence_it_says() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]

    assert project["license"] == "MIT"
    assert text("LICENSE").startswith("MIT License") and "The Sporhund authors" in text("LICENSE")
