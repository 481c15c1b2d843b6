"""There is no other way to an identity: every function, every act of the Python door and every command is walked.

First by reading: only `identify/records.py` writes what people decide, only `identify/decisions.py` and `identify/identities.py`
ask it to, and of everything public only the acts named here lead there. Then by doing: one person alone, whoever it is, does
everything that can be done in a case, twice, and nobody is named. The desk's routes join `ways_in` when they are there.
"""
import ast
import inspect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import func, select
from tests.identify.conftest import Scene

import sporhund
from sporhund.access.model import Role
from sporhund.actor import Actor
from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.cli.main import sporhund as command_line
from sporhund.store import tables

SOURCE = Path(str(sporhund.__file__)).parent
DECIDED = {"decision", "link", "ground", "identity"}
"""Tables in which people's decisions lie."""
WRITERS = {"add_conclusion", "add_link", "add_ground", "add_identity", "confirm_identity", "withdraw_identity"}
"""The functions of identify/records.py that write them."""
WORDS = {"insert", "update", "upsert", "merge"}


# ------------------------------------------------------------------ by reading

def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text("utf-8"))


def called(node: ast.AST) -> str:
    """The last word of what is called: `records.add_link(…)` is `add_link`; what click does is not ours."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "click":
        return ""
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def writes(call: ast.Call) -> set[str]:
    """Which of those tables a call of `insert` or the like is about."""
    if called(call) not in WORDS:
        return set()
    return {node.attr for one in call.args for node in ast.walk(one) if isinstance(node, ast.Attribute)} & DECIDED


@pytest.fixture(scope="module")
def source() -> dict[str, ast.Module]:
    found = dict(trees())
    assert len(found) > 200
    return found


def test_one_file_writes_what_people_decide(source: dict[str, ast.Module]) -> None:
    writing = {name: {table for node in ast.walk(tree) if isinstance(node, ast.Call) for table in writes(node)}
               for name, tree in source.items()}

    assert {name: found for name, found in writing.items() if found} == {"identify/records.py": DECIDED}


def test_no_statement_in_words_writes_what_people_decide(source: dict[str, ast.Module]) -> None:
    """Triggers and backups are words too: none of them names one of these tables after a verb that writes."""
    verbs = ("insert into", "update", "merge into", "copy")
    said = [(name, text) for name, tree in source.items() for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) for text in [" ".join(node.value.lower().split())]
            if any(f"{verb} {prefix}{table} " in f"{text} " for verb in verbs for prefix in ("", "public.") for table in DECIDED)]

    assert said == []


def test_two_files_ask_for_it(source: dict[str, ast.Module]) -> None:
    asking: dict[str, set[str]] = defaultdict(set)
    for name, tree in source.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name | ast.alias):
                word = node.name if isinstance(node, ast.alias) else called(node)
                of_records = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "records"
                if word in WRITERS and (of_records or not isinstance(node, ast.Attribute)):
                    asking[name].add(word)

    assert dict(asking) == {
        "identify/decisions.py": {"add_conclusion", "add_link"},
        "identify/identities.py": {"add_ground", "add_identity", "confirm_identity", "withdraw_identity"}}


def leading_to(source: dict[str, ast.Module], first: set[str]) -> set[tuple[str, str]]:
    """Every function (file, name) from which one of these can be reached. By name alone: it finds too many, never too few."""
    calls: dict[tuple[str, str], set[str]] = {}
    for name, tree in source.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                calls[name, node.name] = {called(one) for one in ast.walk(node) if isinstance(one, ast.Call)}
    reached, words = set[tuple[str, str]](), set(first)
    while True:
        more = {key for key, made in calls.items() if made & words} - reached
        if not more:
            return reached
        reached |= more
        words |= {name for _, name in more}


def test_only_the_acts_of_two_people_lead_to_an_identity(source: dict[str, ast.Module]) -> None:
    assert leading_to(source, {"add_identity"}) == {
        ("identify/identities.py", "enter"), ("api/identify.py", "enter_identity"), ("cli/identify.py", "enter")}
    assert leading_to(source, {"confirm_identity"}) == {
        ("identify/identities.py", "confirm"), ("api/identify.py", "confirm_identity"), ("cli/identify.py", "confirm")}


def test_only_deciding_leads_to_a_link(source: dict[str, ast.Module]) -> None:
    reached = {key for key in leading_to(source, {"add_link"}) if key[0].startswith(("identify/", "api/", "cli/identify"))}

    assert {key for key in reached if key[1].startswith("decide")} >= {
        ("identify/decisions.py", "decide"), ("api/identify.py", "decide"), ("cli/identify.py", "decide")}
    assert not {key for key in reached if key[0] in ("api/search.py", "api/clusters.py", "api/persons.py", "api/case.py",
                                                     "api/analyse.py", "api/findings.py", "api/cameras.py")}


def commands(group: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its words."""
    yield path, group
    if isinstance(group, click.Group):
        for name, one in group.commands.items():
            yield from commands(one, f"{path} {name}".strip())


def test_of_all_commands_two_name_somebody(source: dict[str, ast.Module]) -> None:
    naming = leading_to(source, {"add_identity", "confirm_identity"})
    walked = dict(commands(command_line))
    named = set()
    for words, command in walked.items():
        run = inspect.unwrap(command.callback) if command.callback else None
        if run is not None and run.__module__.startswith("sporhund."):
            file = run.__module__.removeprefix("sporhund.").replace(".", "/") + ".py"
            if (file, run.__name__) in naming:
                named.add(words)

    assert len(walked) > 40
    assert named == {"identity enter", "identity confirm"}


# ------------------------------------------------------------------ by doing

@dataclass(frozen=True)
class Way:
    """One act that a person can do through the Python door."""

    name: str
    of: object

    def __call__(self, values: dict[str, Any]) -> Any:
        wanted = inspect.signature(getattr(self.of, self.name)).parameters.values()
        given: dict[str, Any] = {}
        loose: list[Any] = []
        for one in wanted:
            value = values.get(one.name, values["?"] if one.default is inspect.Parameter.empty else one.default)
            if one.kind is inspect.Parameter.VAR_POSITIONAL:
                loose = list(values.get(one.name, ()))
            elif one.kind is not inspect.Parameter.VAR_KEYWORD:
                given[one.name] = value
        if loose:
            plain = [given.pop(one.name) for one in wanted if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
            return getattr(self.of, self.name)(*plain, *loose, **given)
        return getattr(self.of, self.name)(**given)


FACETS = ("faces", "bases", "members", "decisions", "persons", "retention",
          "catalogue", "viewing", "previews", "work")
UNDOES_THE_SCENE = {"erase", "pull_pack", "import_pack", "evaluate_faces", "evaluate", "analyse", "check_packs", "case", "pack"}
"""Destroying the case, or minutes with models: by reading they lead nowhere."""


def ways_in(case: Case) -> Iterator[Way]:
    """Everything public of a home, a case and what belongs to a case."""
    homes: list[object] = [case.place, case.place.people, case.place.reviews, case.place.own, case,
                           *(getattr(case, name) for name in FACETS)]
    for of in homes:
        for name, _ in inspect.getmembers(type(of), inspect.isfunction):
            if not name.startswith("_") and name not in UNDOES_THE_SCENE:
                yield Way(name, of)


def values(scene: Scene, out: Path, step: int) -> dict[str, Any]:
    """What to call an act with: everything that is there, by the names that the acts use for it."""
    with scene.store.reader() as rows:
        ids = {name: rows.scalar(select(func.max(table.c.id)).where(table.c.case_id == scene.case_id))
               for name, table in (("identity", tables.identity), ("link", tables.link), ("ground", tables.ground))}
    track, now = scene.made.tracks[0], scene.clock.now()
    return {
        "?": "x", "candidate": scene.made.candidates[0], "value": "same", "features": ("ears=similar",), "note": "x",
        "form": None,
        "track": track, "first": track, "second": scene.made.tracks[1], "tracks": [track], "child": False, "name": "Emma",
        "role": "victim", "certainty": "fact", "stage": None, "stage_date": None, "link": ids["link"],
        "ground": None if ids["link"] else ids["ground"], "identity": ids["identity"] or "i", "document": "R7", "authority": "P",
        "officer": "PA", "dated": date(2026, 1, 1), "out": out / f"out{step}", "limit": 10, "after": None, "case": scene.name,
        "images": [b"/nowhere.png"], "basis": scene.basis.id, "basis_id": scene.basis.id, "reason": "x", "label": "Ukendt 1",
        "from_": None, "at": now, "user": scene.one.name, "why": "x", "day": date(2026, 1, 1), "since": datetime.min}


def people(scene: Scene, who: str) -> Actor:
    if who == "local":
        return Actor("root", "local", "test")
    return scene.somebody(*([role.value for role in Role] if who == "everything" else [who]))


@pytest.mark.parametrize("who", ["everything", "examiner", "investigator", "local"])
def test_one_person_alone_names_nobody_whatever_they_do(scene: Scene, who: str, tmp_path: Path) -> None:
    actor = people(scene, who)
    place = scene.place(scene.chief)
    case = place.case(scene.name)
    place.actor = actor              # whoever they are, they hold the case in their hands
    done = []
    for step in range(2):
        for number, way in enumerate(ways_in(case)):
            if way.name in ("withdraw_identity", "end", "disable_purpose"):
                continue             # these only take away
            try:
                way(values(scene, tmp_path, 1000 * step + number))
            except Exception as fault:  # noqa: BLE001 - strange arguments meet strange ends; what counts is asserted below
                done.append((way.name, type(fault).__name__))
            else:
                done.append((way.name, "done"))
            with scene.store.reader() as rows:
                i, li = tables.identity.c, tables.link.c
                counted = rows.scalar(select(func.count()).where(i.case_id == scene.case_id, i.confirmed_by.is_not(None)))
                linked = rows.scalar(select(func.count()).where(li.case_id == scene.case_id))
            assert (counted, linked) == (0, 0), way.name
    assert len(done) > 80
    assert ("decide", "done") in done or who != "examiner"
    assert ("enter_identity", "done") in done or who in ("examiner", "local")


def test_the_walk_meets_every_room_of_the_door(scene: Scene) -> None:
    case = scene.case(scene.chief)
    rooms, shared = ({name for name, one in inspect.getmembers(of) if isinstance(one, property)} for of in (Case, Sporhund))

    assert rooms == set(FACETS)
    assert shared <= {"hands", "people", "reviews", "own"}, "a new room of the home: let the walk meet it"
    assert {"decide", "enter_identity", "confirm_identity"} <= {way.name for way in ways_in(case)}
