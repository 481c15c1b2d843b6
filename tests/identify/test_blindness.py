"""As long as an examiner can conclude, nothing tells what a candidate scored or what another said: no list, log or export."""
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, insert
from tests.identify.conftest import Scene
from tests.identify.make import EARS, searched

from sporhund.actor import Actor
from sporhund.api.case import Case
from sporhund.api.clusters import ClusterActs
from sporhund.audit import service as audit
from sporhund.audit import verifier
from sporhund.clusters import service as clustering
from sporhund.errors import Refused
from sporhund.identify import blind, identities
from sporhund.identify.identities import Ground
from sporhund.identify.model import Checklist, Named, Role
from sporhund.store import tables

SECRETS = ("0.93", "0.92", "0.0173", "0.0091", "rank", "inconclusive", "HEMMELIG", "Navnesen", "Rapport 7")
"""Scores, chance, the word for a place in the list, what the other one said, and who somebody else says it is."""


def plant(scene: Scene) -> None:
    """What others left on the candidates' tracks: a cluster, a correction, a subject, a hit on a known person."""
    first, second = scene.made.tracks
    other, at = str(scene.one.user), scene.clock.now()
    shared = {"case_id": scene.case_id}
    anchor = {"medium": scene.made.medium, "sha256": "", "stream": 0, "page": 0, "start": 0.0, "end": 0.0, "shots": []}
    planted: list[tuple[Any, list[dict[str, Any]]]] = [
        (tables.template, [
            {"track_id": track, "pack": "base@1", "vector": b"", "norm": 20.0, "parts": []} for track in (first, second)]),
        (tables.cluster, [{"id": "c_HEMMELIG", "pack": "base@1", "born_at": at}]),
        (tables.cluster_member, [
            {"track_id": track, "pack": "base@1", "cluster_id": "c_HEMMELIG",
             "why": {"nearest": near, "score": 0.9371, "together": 0.9371, "needed": 0.4, "said": ["q_HEMMELIG"]}}
            for track, near in ((first, second), (second, first))]),
        (tables.constraint, [{"id": "q_HEMMELIG", "kind": "same", "verb": "same", "because": "mirror", "by": other, "at": at}]),
        (tables.constraint_track, [{"constraint_id": "q_HEMMELIG", "side": side, "track_id": track, "anchor": anchor}
                                   for side, track in enumerate((first, second))]),
        (tables.subject, [{"id": "s_1", "label": "Ukendt 1", "by": other, "at": at}]),
        (tables.subject_track, [
            {"id": "st_1", "subject_id": "s_1", "track_id": first, "note": "HEMMELIG", "by": other, "at": at}]),
        (tables.mark, [{"id": "m_1", "act": "a_1", "thing": first, "medium_id": scene.made.medium, "value": "HEMMELIG",
                        "changed": 1, "by": other, "at": at}]),
        (tables.camera, [{"id": "k_1", "name": "Torvet"}]),
        (tables.securing, [{"id": "w_1", "camera_id": "k_1", "track_id": first, "wanted_from": "", "wanted_to": "",
                            "note": "HEMMELIG", "by": other, "at": at}]),
        (tables.known_person, [{"id": "kp_1", "label": "HEMMELIG", "basis_id": scene.basis.id, "by": other, "at": at}]),
        (tables.known_hit, [{"id": "kh_1", "known_case": scene.case_id, "known_id": "kp_1", "track_id": first, "score": 0.9371,
                             "chance": None, "warnings": [], "at": at}]),
    ]
    with scene.store.transaction() as rows:
        for table, values in planted:
            rows.execute(insert(table), [shared | value for value in values])


@pytest.fixture
def reader(scene: Scene) -> Actor:
    """An examiner who may also read the log; somebody else has concluded on the first candidate, and named it."""
    plant(scene)
    scene.say(scene.one, "inconclusive", seen=Checklist(), note="HEMMELIG")
    ground = identities.add_ground(
        scene.case_id, Ground("Rapport 7", "Politiet", "PA Holm", scene.clock.now().date(), (scene.made.tracks[0],)),
        **scene.hands(scene.searcher))
    identities.enter(scene.case_id, Named("Navnesen", Role.VICTIM, "fact"), ground=ground, **scene.hands(scene.searcher))
    return scene.somebody("examiner", "supervisor")


LISTS: dict[str, Callable[[Case, Scene], Any]] = {
    "decisions.candidates": lambda case, scene: case.decisions.candidates(),
    "decisions.candidate": lambda case, scene: case.decisions.candidate(scene.made.candidates[0]),
    "decisions.form": lambda case, scene: case.decisions.form(scene.made.candidates[0]),
    "decisions.grounds": lambda case, scene: case.decisions.grounds(),
    "decisions.identities": lambda case, scene: case.decisions.identities(),
    "faces.clusters": lambda case, scene: case.faces.clusters(),
    "faces.why": lambda case, scene: case.faces.why(*scene.made.tracks),
    "faces.why of one": lambda case, scene: case.faces.why(scene.made.tracks[1]),
    "faces.constraints": lambda case, scene: case.faces.constraints(),
    "persons.known_hits": lambda case, scene: case.persons.known_hits(),
    "persons.list_subjects": lambda case, scene: case.persons.list_subjects(),
    "persons.show_subject": lambda case, scene: case.persons.show_subject("s_1"),
    "case.tracks": lambda case, scene: case.tracks(),
    "case.show": lambda case, scene: case.show(),
    "case.status": lambda case, scene: case.status(),
    "viewing.marks": lambda case, scene: case.viewing.marks(scene.made.tracks),
    "viewing.securings": lambda case, scene: case.viewing.securings(),
    "viewing.secured": lambda case, scene: case.viewing.secured("w_1"),
    "place.audit_show": lambda case, scene: case.place.audit_show(scene.name),
    "place.audit_show of all": lambda case, scene: case.place.audit_show(limit=1000)["items"] and [
        event for event in case.place.audit_show(limit=1000)["items"] if event["case"] == scene.name],
}
"""Every reader that speaks of tracks, searches or what people said of them."""

SAYS_NOTHING = frozenset({
    # they do something; what they give back is what their caller said
    "decisions.decide", "decisions.age", "decisions.add_ground", "decisions.enter_identity", "decisions.confirm_identity",
    "decisions.withdraw_identity", "faces.same", "faces.not_same", "faces.split", "faces.merge", "faces.undo",
    "persons.add_subject", "persons.join_subject", "persons.to_subject", "persons.leave_subject", "persons.rename_subject",
    "persons.enrol_linked", "persons.enrol_pictures", "persons.remove_known", "persons.check_known",
    # faces alone, and known persons by name without a track
    "decisions.pictures", "persons.list_known",
    # one's own marks, looking and work, and cameras: nobody else's word
    "viewing.mark", "viewing.undo", "viewing.later", "viewing.acts", "viewing.saw", "viewing.seen", "viewing.viewed",
    "viewing.pictured", "viewing.count_later",
    "viewing.gallery_viewed", "viewing.timeline_viewed", "viewing.reserve", "viewing.release", "viewing.reserved",
    "viewing.camera_states", "viewing.ask_camera", "viewing.camera_received", "viewing.propose_securing", "viewing.secure",
    # refused to whoever can still conclude here (test_conclude_first)
    "faces.search", "faces.compare",
})


@pytest.fixture(autouse=True)
def clustered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters as they were planted: no pack is opened, and nothing is put together anew."""
    settled = SimpleNamespace(bar=0.4, new=0, brought=SimpleNamespace(lost=()), conflicts=())
    monkeypatch.setattr(ClusterActs, "_manifest", lambda acts, pack: SimpleNamespace(label="base@1"))
    monkeypatch.setattr(clustering, "cluster", lambda *said: settled)


def test_every_reader_of_what_people_said_is_asked(scene: Scene) -> None:
    case = scene.case(scene.chief)
    walked = {name.split(" ")[0] for name in LISTS} | SAYS_NOTHING

    for facet in ("decisions", "faces", "persons", "viewing"):
        of = type(getattr(case, facet))
        public = {f"{facet}.{name}" for name, _ in inspect.getmembers(of, inspect.isfunction) if not name.startswith("_")}
        assert public <= walked, "a new way to read: let the walk meet it"


@pytest.mark.parametrize("name", LISTS)
def test_what_is_kept_from_an_examiner_is_there_to_be_read(scene: Scene, reader: Actor, name: str) -> None:
    if name not in ("decisions.candidates", "decisions.form", "case.show", "case.status"):    # these tell nobody
        whoever = scene.case(scene.somebody("investigator", "auditor"))
        assert told(LISTS[name](whoever, scene)) != []


def told(of: object) -> list[str]:
    whole = json.dumps(of, default=str)
    return [secret for secret in SECRETS if secret in whole]


@pytest.mark.parametrize("name", LISTS)
def test_no_list_tells_an_examiner_who_can_still_conclude(scene: Scene, reader: Actor, name: str) -> None:
    case = scene.case(reader)

    assert told(LISTS[name](case, scene)) == []
    assert scene.say(reader, "same").conclusion.place == 2, "reading has not made the reader partial"


def test_no_export_tells_an_examiner_who_can_still_conclude(scene: Scene, reader: Actor, tmp_path: Path) -> None:
    data = scene.case(reader).export(tmp_path / "out")

    whole = "".join(path.read_text("utf-8-sig") for path in (tmp_path / "out").iterdir())
    lists = ("candidates", "decisions", "links", "identities", "marks")
    assert [(tmp_path / "out" / f"{name}.jsonl").read_text() for name in lists] == [""] * 5
    assert [secret for secret in ("0.937", "0.0173", "inconclusive", "HEMMELIG", "Navnesen") if secret in whole] == []
    assert len(data["withheld"]) == 3 and "you can still conclude" in data["withheld"][0]
    assert scene.say(reader, "same").conclusion.place == 2


def test_an_export_holds_what_was_settled_and_what_one_said_oneself(scene: Scene, tmp_path: Path) -> None:
    scene.say(scene.one, "same")
    scene.say(scene.two, "same")
    scene.say(scene.one, "not-same", candidate=scene.made.candidates[1])

    for actor in (scene.one, scene.two, scene.searcher):
        scene.case(actor).export(tmp_path / str(actor.user))

    def lines(actor: Actor, name: str) -> int:
        return len((tmp_path / str(actor.user) / f"{name}.jsonl").read_text().splitlines())

    count = {actor.name.split("-")[0]: [lines(actor, name) for name in ("candidates", "decisions", "links")]
             for actor in (scene.one, scene.two, scene.searcher)}
    assert count == {"anna": [2, 3, 1], "bo": [0, 2, 1], "dorte": [2, 2, 1]}


def test_the_log_goes_out_without_what_would_tell_and_can_still_be_checked(scene: Scene, reader: Actor, tmp_path: Path) -> None:
    data = scene.place(reader).audit_export(tmp_path / "log.jsonl", scene.name)

    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    checked = verifier.check(lines)
    assert data["withheld"] > 0 and checked.withheld == data["withheld"] and checked.problems == []
    assert [secret for secret in ("inconclusive", "HEMMELIG", "Navnesen") if any(secret in line for line in lines)] == []


def test_an_export_of_the_log_that_was_not_noted_can_be_read_by_nobody(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(*said: object, **more: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(blind, "note_read", killed)

    with pytest.raises(SystemExit):
        scene.place(scene.somebody("auditor")).audit_export(tmp_path / "log.jsonl", scene.name)

    assert list(tmp_path.iterdir()) == []


def test_what_is_said_while_the_log_goes_out_is_not_in_it(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = blind.veil

    def slow(*said: Any) -> blind.Veil:
        veil = asked(*said)
        scene.say(scene.one, "inconclusive", seen=Checklist(), note="HEMMELIG")
        audit.sequence(scene.store)
        return veil

    monkeypatch.setattr(blind, "veil", slow)
    scene.place(scene.somebody("supervisor")).audit_export(tmp_path / "log.jsonl", scene.name)

    assert "inconclusive" not in (tmp_path / "log.jsonl").read_text()


def test_what_is_said_while_the_log_is_read_is_veiled(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    read = audit.show

    def slow(*said: Any, **more: Any) -> Any:
        scene.say(scene.one, "inconclusive", seen=Checklist(), note="HEMMELIG")
        return read(*said, **more)

    supervisor = scene.somebody("supervisor")
    monkeypatch.setattr(audit, "show", slow)

    assert "inconclusive" not in json.dumps(scene.place(supervisor).audit_show(scene.name))


def test_an_auditor_who_decides_nothing_reads_everything(scene: Scene, reader: Actor) -> None:
    auditor = scene.somebody("auditor")

    shown = scene.place(auditor).audit_show(scene.name)

    assert "inconclusive" in json.dumps(shown)


def test_a_supervisor_reads_no_conclusion_before_all_are_there(scene: Scene, reader: Actor) -> None:
    supervisor = scene.somebody("supervisor")
    scene.say(scene.two, "same")

    before = json.dumps(scene.place(supervisor).audit_show(scene.name))
    scene.say(scene.three, "same")
    after = json.dumps(scene.place(supervisor).audit_show(scene.name))

    assert "inconclusive" not in before and blind.STILL_OPEN in before
    assert "inconclusive" in after


def test_whoever_read_a_conclusion_in_the_log_cannot_conclude_on_that_search(scene: Scene, reader: Actor) -> None:
    auditor = scene.somebody("auditor")
    scene.place(auditor).audit_show(scene.name)
    examiner = Actor(auditor.name, auditor.assurance, auditor.host, auditor.user, frozenset({"examiner"}), auditor.unit)

    with pytest.raises(Refused) as said:
        scene.say(examiner, "same")

    assert said.value.code == "not-blind"


def test_a_queue_reads_the_same_whatever_the_other_one_said(scene: Scene) -> None:
    case = scene.case(scene.two)

    before = case.decisions.candidates()
    scene.say(scene.one, "same")

    assert case.decisions.candidates() == before


def test_two_examiners_have_orders_of_their_own_that_stay(scene: Scene) -> None:
    made = searched(scene.store, scene.case_id, scene.basis.id, by=str(scene.searcher.user), at=scene.clock.now(), count=20)

    orders = [[one["candidate"] for one in scene.case(actor).decisions.candidates()["items"]]
              for actor in (scene.one, scene.two, scene.one)]

    assert orders[0] == orders[2] != orders[1] and set(made.candidates) < set(orders[0])
    assert [one for one in orders[0] if one in made.candidates] != list(made.candidates)


def test_a_queue_can_be_read_page_by_page(scene: Scene) -> None:
    searched(scene.store, scene.case_id, scene.basis.id, by=str(scene.searcher.user), at=scene.clock.now(), count=5)
    acts = scene.case(scene.one).decisions
    whole, page, after = acts.candidates()["items"], [], None
    while True:
        part = acts.candidates(limit=2, after=after)
        page += part["items"]
        after = part["next"]
        if after is None:
            break

    assert page == whole and len(whole) == 7


def test_the_own_conclusion_opens_the_candidate_and_the_list_opens_with_the_last_one(scene: Scene) -> None:
    acts = scene.case(scene.one).decisions
    scene.say(scene.one, "same")

    half = acts.candidate(scene.made.candidates[0])
    scene.say(scene.one, "not-same", candidate=scene.made.candidates[1])
    whole = acts.candidate(scene.made.candidates[0])

    assert (half["rank"], half["score"], half["ranked"], half["left"]) == (1, 0.9371, None, 1)
    assert [one["rank"] for one in whole["ranked"]] == [1, 2]
    assert [one["examiner"] for one in whole["conclusions"]] == [scene.one.name]


def test_settled_conclusions_stand_side_by_side(scene: Scene) -> None:
    for actor, said, seen in ((scene.one, "same", EARS), (scene.two, "unsuitable", Checklist()), (scene.three, "same", EARS)):
        scene.say(actor, said, seen=seen)

    found = scene.case(scene.searcher).decisions.candidate(scene.made.candidates[0])

    assert [(one["place"], one["value"]) for one in found["conclusions"]] == [(1, "same"), (2, "unsuitable"), (3, "same")]
    assert found["link"] is not None


def test_nobody_else_sees_a_conclusion_before_it_is_settled(scene: Scene) -> None:
    scene.say(scene.one, "same", note="HEMMELIG")

    found = scene.case(scene.searcher).decisions.candidate(scene.made.candidates[0])

    assert (found["state"], found["conclusions"]) == ("needs-second", []) and "HEMMELIG" not in json.dumps(found)


def test_a_sealed_candidate_is_not_shown(scene: Scene) -> None:
    scene.case(scene.chief).bases.end(scene.basis.id, why="The suspicion has fallen away altogether.")

    with pytest.raises(Refused) as said:
        scene.case(scene.one).decisions.candidate(scene.made.candidates[0])

    assert said.value.code == "sealed"


def test_of_a_sealed_candidate_a_queue_tells_nothing_but_that_it_is_there(scene: Scene) -> None:
    scene.say(scene.one, "same")
    scene.say(scene.two, "same")
    scene.case(scene.chief).bases.end(scene.basis.id, why="The suspicion has fallen away altogether.")

    for actor in (scene.one, scene.searcher, scene.three):
        data = scene.case(actor).decisions.candidates()
        assert sorted(data["items"], key=str) == sorted(
            ({"candidate": one, "search": scene.made.search, "sealed": True} for one in scene.made.candidates), key=str)
        assert data["yours"] == 0


def test_of_a_withheld_ground_and_identity_nothing_is_told_but_that_it_is_there(scene: Scene, reader: Actor) -> None:
    case = scene.case(reader).decisions

    (held,), (named,) = case.grounds(), case.identities()

    assert {key for key, value in held.items() if value is not None} == {"ground", "withheld"}
    assert {key for key, value in named.items() if value is not None} == {"identity", "withheld"}
    assert scene.case(scene.searcher).decisions.grounds()[0]["document"] == "Rapport 7"


def test_what_is_pending_is_asked_for_by_track(scene: Scene) -> None:
    with scene.store.reader() as rows:
        assert blind.pending_for(rows, scene.case_id, scene.one) == frozenset(scene.made.tracks)
        assert blind.pending_for(rows, scene.case_id, scene.searcher) == frozenset()
    scene.say(scene.one, "same")
    with scene.store.reader() as rows:
        assert blind.pending_for(rows, scene.case_id, scene.one) == {scene.made.tracks[1]}


def test_signing_out_lifts_no_blindfold(scene: Scene, tmp_path: Path) -> None:
    """A case without members is open to whoever reaches this home, an examiner who signed out among them."""
    with scene.store.transaction() as rows:
        rows.execute(delete(tables.member).where(tables.member.c.case_id == scene.case_id))
    nobody = Actor("anna", "local", "test")
    case = scene.case(nobody)

    with scene.store.reader() as rows:
        assert blind.pending_for(rows, scene.case_id, nobody) == frozenset(scene.made.tracks)
    for read in (case.decisions.candidates, case.decisions.identities, case.faces.constraints):
        with pytest.raises(Refused) as said:
            read()
        assert said.value.code == "sign-in-needed"
    case.export(tmp_path / "out")
    assert [(tmp_path / "out" / f"{name}.jsonl").read_text() for name in ("candidates", "decisions", "links")] == ["", "", ""]
