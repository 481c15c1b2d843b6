"""An officer looks for somebody: found again across clips, whatever the form of the probe; nothing goes unrecorded."""
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update
from tests.people import live_basis
from tests.stories.conftest import Command

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.errors import EnvironmentFault, Refused, SporhundError, WrongUsage
from sporhund.search import records
from sporhund.store import tables

Searching = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def people(sporhund: Sporhund, shared: Path) -> Case:
    """Eleven clips of five people, and one of two others on a stage, looked through once."""
    sporhund.create_case("people", title="A test", purpose="demonstration")
    case = sporhund.case("people")
    folder = shared / "data/video"
    case.analyse([folder / "people", folder / "short_hamilton_clip.mp4"], find=["faces"], mode="quick", exhibit="K1")
    return case


@pytest.fixture(scope="module")
def basis(sporhund: Sporhund, people: Case) -> str:
    return live_basis(people.id, **sporhund.hands).id


@pytest.fixture(scope="module")
def search(people: Case, basis: str) -> Searching:
    return lambda *pictures, **options: people.faces.search(pictures, **{"basis": basis, **options})


@pytest.fixture(scope="module")
def portrait(shared: Path) -> Image.Image:
    """The man in the middle of the stage, from another picture."""
    return Image.open(shared / "data/video/lin-manuel-miranda.png").convert("RGB")


def kept(place: Sporhund, table: Any, case: Case, **wanted: Any) -> list[Any]:
    with place.store.reader() as rows:
        found = select(table).where(table.c.case_id == case.id)
        return list(rows.execute(found.where(*(table.c[name] == value for name, value in wanted.items()))))


def last_event(place: Sporhund) -> dict[str, Any]:
    return dict(place.audit_show("people", limit=1)["items"][0])


def test_one_person_is_found_again_in_every_clip_they_are_in(
    search: Searching, people: Case, shared: Path,
) -> None:
    truth = json.loads((shared / "data/video/truth.json").read_text())["clips"]
    person_of = {name.removeprefix("people/"): clip["person"] for name, clip in truth.items() if name.startswith("people/")}
    clips = sorted(name for name, person in person_of.items() if person == "P1")

    found = search(f"{shared / 'data/video/people' / clips[0]}@1.0")

    best = [one["path"] for one in found["candidates"][:len(clips)]]
    assert {person_of.get(path) for path in best} == {"P1"}
    assert found["probes"][0]["note"].startswith("the picture at 1.")
    one = found["candidates"][0]
    assert one["rank"] == 1 and one["medium"] and len(one["box"]) == 4 and one["chance"]["people"] > 0
    assert one["chance"]["low"] <= one["chance"]["expected"] <= one["chance"]["high"]
    assert found["gallery"]["templates"] >= found["gallery"]["people"] >= 7
    scores = [candidate["score"] for candidate in found["candidates"]]
    assert scores == sorted(scores, reverse=True)


def test_a_picture_finds_its_man_whichever_form_it_comes_in(
    search: Searching, portrait: Image.Image, tmp_path: Path,
) -> None:
    exif = Image.Exif()
    exif[274] = 6
    grey = Image.fromarray(np.asarray(portrait.convert("L")).astype(np.uint16) * 257)
    blank = Image.new("RGB", portrait.size, "grey")
    small = portrait.resize((portrait.width // 2, portrait.height // 2))
    small.rotate(90, expand=True).convert("CMYK").save(tmp_path / "cmyk-turned.jpg", quality=60, exif=exif.tobytes())
    small.rotate(180, expand=True).save(tmp_path / "on-its-head.webp", quality=70)
    grey.save(tmp_path / "deep.png")
    blank.save(tmp_path / "moving.png", save_all=True, append_images=[blank.point(lambda v: v // 2), portrait], duration=300)

    for picture in sorted(tmp_path.iterdir()):   # each by itself: together the best would carry the others
        found = search(picture, top=3)

        assert found["candidates"][0]["path"] == "short_hamilton_clip.mp4", picture.name
        assert found["probes"][0]["comparable"]


def test_everything_that_was_shown_is_kept_as_it_was_shown(
    sporhund: Sporhund, people: Case, search: Searching, shared: Path,
) -> None:
    picture = shared / "data/video/lin-manuel-miranda.png"

    found = search(picture, top=4)

    (row,) = kept(sporhund, tables.search, people, id=found["search"])
    assert row.outcome == "done" and row.gallery["version"] == found["gallery"]["version"]
    assert row.gallery["cases"][0]["digest"] and row.settings["pack_digest"] and row.settings["calibration_digest"]
    listed = sorted(kept(sporhund, tables.candidate, people, search_id=found["search"]), key=lambda one: one.rank)
    assert [(one.id, one.rank, one.track_id, one.score, one.chance) for one in listed] == [
        (one["candidate"], one["rank"], one["track"], one["score"], one["chance"]) for one in found["candidates"]]
    (probe,) = kept(sporhund, tables.probe, people, search_id=found["search"])
    assert picture.read_bytes() not in probe.picture
    with sporhund.store.reader() as rows:
        opened = records.picture_of(rows, people.id, probe.id, sporhund.keys.for_case(people.id))
    assert opened == picture.read_bytes() and probe.sha256.hex() == found["probes"][0]["sha256"]
    event = last_event(sporhund)
    assert (event["action"], event["outcome"], event["payload"]["search"]) == ("faces search", "done", found["search"])
    assert "score" not in json.dumps(event["payload"])


def test_several_faces_ask_for_a_choice_and_the_choice_is_kept(
    search: Searching, sporhund: Sporhund, people: Case, shared: Path, portrait: Image.Image, tmp_path: Path,
) -> None:
    other = Image.open(shared / "data/video/alex-lacamoire.png").convert("RGB").resize(portrait.size)
    both = Image.new("RGB", (2 * portrait.width, portrait.height))
    both.paste(other, (0, 0))
    both.paste(portrait, (portrait.width, 0))
    both.save(tmp_path / "both.png")

    with pytest.raises(Refused) as said:
        search(tmp_path / "both.png")
    assert said.value.code == "which-face" and said.value.data is not None
    assert [one["face"] for one in said.value.data["faces"]] == [1, 2]   # type: ignore[index,attr-defined]
    assert last_event(sporhund)["outcome"] == "refused"
    with pytest.raises(Refused):
        search(tmp_path / "both.png", face="3")
    found = search(tmp_path / "both.png", face="2", top=1)
    assert found["candidates"][0]["path"] == "short_hamilton_clip.mp4"
    assert kept(sporhund, tables.search, people, id=found["search"])[0].settings["face"] == "2"


@pytest.mark.parametrize(("make", "code"), [
    (lambda p: p.with_suffix(".jpg").write_bytes(b"no picture at all"), "not-a-picture"),
    (lambda p: p.with_suffix(".jpg").write_bytes(b""), "not-a-picture"),
    (lambda p: p.with_suffix(".jpg").write_bytes(b"\xff\xd8\xff\xe0" + os.urandom(400)), "not-a-picture"),
    (lambda p: Image.new("RGB", (400, 400), "white").save(p.with_suffix(".jpg")), "no-face"),
])
def test_a_picture_that_cannot_be_searched_with_is_a_recorded_outcome(
    search: Searching, sporhund: Sporhund, people: Case, tmp_path: Path, make: Callable[[Path], Any], code: str,
) -> None:
    make(tmp_path / "probe")

    with pytest.raises(Refused) as said:
        search(tmp_path / "probe.jpg")

    assert said.value.code == code and said.value.data is not None
    (row,) = kept(sporhund, tables.search, people, id=said.value.data["search"])
    assert row.outcome == "unsuitable" and row.settings["code"] == code
    (probe,) = kept(sporhund, tables.probe, people, search_id=row.id)
    assert probe.reason and probe.vector is None
    assert last_event(sporhund)["payload"]["outcome"] == "unsuitable"


def test_a_face_that_is_too_poor_is_unsuitable_and_a_better_picture_beside_it_carries_the_search(
    search: Searching, portrait: Image.Image, tmp_path: Path,
) -> None:
    small = portrait.resize((portrait.width // 30, portrait.height // 30)).resize(portrait.size, Image.Resampling.BICUBIC)
    small.save(tmp_path / "poor.png")
    portrait.save(tmp_path / "good.png")

    with pytest.raises(Refused) as said:
        search(tmp_path / "poor.png", face="largest")
    assert said.value.code in ("unsuitable", "no-face")
    heard: list[str] = []
    found = search(tmp_path / "poor.png", tmp_path / "good.png", face="largest", note=heard.append)
    assert [probe["comparable"] for probe in found["probes"]] == [False, True]
    assert any("poor.png was not compared" in one for one in heard)
    assert found["candidates"][0]["path"] == "short_hamilton_clip.mp4"


def test_a_track_of_the_case_is_a_probe(search: Searching, portrait: Image.Image, tmp_path: Path) -> None:
    portrait.save(tmp_path / "plain.png")
    first = search(tmp_path / "plain.png", top=1)["candidates"][0]["track"]

    found = search(tracks=[first])

    assert found["probes"][0]["track"] == first and found["candidates"]
    assert first not in json.dumps(found["candidates"])   # nobody learns that a track is like itself


def test_probes_that_hardly_look_alike_are_said_to_be_perhaps_two_people(search: Searching, shared: Path) -> None:
    clips, noted = shared / "data/video/people", []
    one, again, other = f"{clips / 'asl_no.mkv'}@1.0", f"{clips / 'asl_yes.mkv'}@1.0", f"{clips / 'asl_book.mkv'}@1.0"

    search(one, again, note=noted.append)
    agreeing = list(noted)
    search(one, other, note=noted.append)

    assert not any("two people" in said for said in agreeing)
    assert any("may show two people" in said and "asl_book" in said for said in noted)


def test_what_a_search_does_not_answer_for_is_said_and_counted(search: Searching, people: Case, shared: Path) -> None:
    tracks = people.tracks(kind="face", limit=1000)["items"]
    noted: list[str] = []

    found = search(f"{shared / 'data/video/people/asl_no.mkv'}@1.0", note=noted.append)

    unfit = sum(not track["template"] for track in tracks)
    assert unfit > 0 and found["gallery"]["not_compared"] == unfit
    assert any(said.startswith(f"{unfit} found faces are not compared") for said in noted)


def test_a_limit_leaves_out_only_what_is_known_to_be_beyond_it(
    search: Searching, sporhund: Sporhund, people: Case, shared: Path,
) -> None:
    heard: list[str] = []
    picture = shared / "data/video/lin-manuel-miranda.png"
    everybody = search(picture)

    found = search(picture, max_chance=0.5, note=heard.append)

    assert found["left_out"] == len(everybody["candidates"]) - len(found["candidates"]) > 0
    assert all(one["chance"] is None or one["chance"]["floor"] or one["chance"]["expected"] <= 0.5
               for one in found["candidates"])
    assert any(str(found["left_out"]) in said for said in heard)
    settings = kept(sporhund, tables.search, people, id=found["search"])[0].settings
    assert len(settings["left_out"]) == found["left_out"]


def test_without_a_basis_that_is_live_now_and_at_the_end_nothing_is_shown(
    sporhund: Sporhund, people: Case, search: Searching, shared: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = shared / "data/video/lin-manuel-miranda.png"
    before = len(kept(sporhund, tables.search, people))
    with pytest.raises(SporhundError) as unknown:
        search(picture, basis="b_nothing")
    assert unknown.value.code == "unknown-basis"
    brief = live_basis(people.id, **sporhund.hands)

    def ends(*_args: Any, **_options: Any) -> Any:
        b = tables.basis
        with sporhund.store.transaction() as rows:
            rows.execute(update(b).where(b.c.id == brief.id).values(
                ended_at=sporhund.clock.now() - timedelta(seconds=1), ended_by="test", ended_why="over"))
        return original(*_args, **_options)

    from sporhund.search import candidates

    original = candidates.ranked
    monkeypatch.setattr(candidates, "ranked", ends)
    with pytest.raises(Refused) as said:
        search(picture, basis=brief.id)

    assert said.value.code == "no-live-basis"
    assert len(kept(sporhund, tables.search, people)) == before
    event = last_event(sporhund)
    assert (event["action"], event["outcome"]) == ("faces search", "refused")


def test_two_pictures_are_compared_under_a_basis_and_recorded(
    people: Case, sporhund: Sporhund, basis: str, shared: Path,
) -> None:
    one, other = shared / "data/video/lin-manuel-miranda.png", shared / "data/video/alex-lacamoire.png"

    same = people.faces.compare(one, one, basis=basis)
    different = people.faces.compare(one, other, basis=basis)

    assert same["score"] == pytest.approx(1, abs=1e-4)
    assert different["score"] < 0.95
    assert same["chance"]["expected"] <= different["chance"]["expected"]
    (row,) = kept(sporhund, tables.search, people, id=different["search"])
    assert row.settings["compare"]["score"] == different["score"]
    assert len(kept(sporhund, tables.probe, people, search_id=row.id)) == 2


def test_the_command_prints_what_a_score_is_worth_and_what_it_is_not(
    start: Command, people: Case, basis: str, shared: Path,
) -> None:
    picture = str(shared / "data/video/lin-manuel-miranda.png")

    plain = start("faces", "search", picture, "--case", "people", "--basis", basis, "--top", "3")
    said, noted = plain.communicate(timeout=60)

    assert plain.returncode == 0, noted
    assert "not the" in said and "probability that it is the same person" in said
    assert "would score as high by accident" in said and "cannot conclude" in said
    video = str(shared / "data/video/carphone_pristine.mp4")
    wrong = start("faces", "search", video, "--case", "people", "--basis", basis, "--json")
    document = json.loads(wrong.communicate(timeout=60)[0])
    assert wrong.returncode == 3 and document["error"]["code"] == "which-moment"


def test_what_cannot_be_opened_is_said_at_once(search: Searching, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "nothing.png", "no-file"), (tmp_path, "not-a-file")):
        with pytest.raises(WrongUsage) as said:
            search(path)
        assert said.value.code == code
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "a.png@1.5").write_bytes(b"x")
    with pytest.raises(WrongUsage) as both:
        search(tmp_path / "a.png@1.5")
    assert both.value.code == "which-file"
    with pytest.raises(WrongUsage):
        search(tmp_path / "a.png", face="left")
    with pytest.raises(EnvironmentFault):
        search(tmp_path / "a.png", pack="nothing")
