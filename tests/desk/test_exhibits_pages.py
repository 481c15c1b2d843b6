"""Exhibits and cameras at the desk: custody, deadlines, clocks, what is to be secured, originals verified."""
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sporhund.actor import Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.desk.routes import exhibits
from sporhund.evidence import service as evidence
from sporhund.store.service import Store


@pytest.fixture
def taken_in(case: Any, store: Store, keys: Keys, clock: Clock, actor: Any, tmp_path: Path) -> Path:
    """Two files of exhibit K-1, taken in by the officer."""
    folder = tmp_path / "K-1"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"the content of {name}")
    evidence.take_in(case.id, "K-1", [bytes(folder)], store=store, keys=keys, clock=clock, actor=actor)
    return folder


def page(case: Any) -> str:
    return f"/case/{case.id}/exhibits"


def test_an_exhibit_is_shown_with_who_took_it_in_and_from_where(officer: Any, case: Any, taken_in: Path, actor: Any) -> None:
    text = officer.get(page(case)).text

    assert "K-1" in text
    assert str(taken_in) in text
    assert actor.name in text
    assert f"/case/{case.id}/gallery?exhibit=" in text


def test_a_case_without_exhibits_says_what_to_do_next(officer: Any, case: Any) -> None:
    assert f"/case/{case.id}/intake" in officer.get(page(case)).text


def test_a_camera_is_added_with_its_deadline_and_counts_down(officer: Any, case: Any, clock: Any) -> None:
    answer = officer.post(page(case) + "/cameras", name="Kam 14", place="Nørrebrogade 52", owner="Netto", files="cam14/*",
                          overwritten_on="2026-03-04")

    assert answer.status_code == 303
    assert "3 days left" in officer.get(page(case)).text
    assert case.cameras()[0]["files"] == "cam14/*"


def test_a_camera_of_a_name_that_is_taken_is_refused_and_the_form_is_kept(officer: Any, case: Any) -> None:
    case.add_camera("Kam 14")

    answer = officer.post(page(case) + "/cameras", name="Kam 14", place="Nørrebrogade 52")

    assert answer.status_code == 400
    assert "There is a camera" in answer.text
    assert 'value="Nørrebrogade 52"' in answer.text


@pytest.mark.parametrize(("what", "state"), [("asked", "asked"), ("received", "received")])
def test_asking_and_receiving_are_noted_for_their_day(officer: Any, case: Any, what: str, state: str) -> None:
    case.add_camera("Kam 14", overwritten_on=date(2026, 3, 9))

    officer.post(page(case) + "/cameras/noted", on="2026-02-27", **{what: "Kam 14"})

    camera = case.viewing.camera_states()[0]
    assert camera["state"] == state
    assert camera[f"{what}_on"] == "2026-02-27"


def test_a_day_that_has_not_come_is_not_noted(officer: Any, case: Any) -> None:
    case.add_camera("Kam 14")

    answer = officer.post(page(case) + "/cameras/noted", on="2026-12-24", asked="Kam 14")

    assert answer.status_code == 400
    assert case.viewing.camera_states()[0]["asked_on"] is None


def test_two_checked_anchors_tell_how_far_a_clock_is_off_and_its_drift(officer: Any, case: Any) -> None:
    case.add_camera("Kam 14")
    for shows, true in (("2026-02-01T12:01:37", "2026-02-01T12:00:00"), ("2026-02-11T12:01:57", "2026-02-11T12:00:00")):
        answer = officer.post(
            page(case) + "/anchors", camera="Kam 14", shows=shows, true_time=true, zone="+01:00", uncertainty="4")
        assert answer.status_code == 303, answer.text

    text = officer.get(page(case)).text

    assert "its clock is 1 m 57 s fast ± 4 s" in text
    assert "drift: gains 2.0 s a day ± 0.8 s" in text


def test_an_anchor_of_a_recording_stands_at_its_place_in_it(officer: Any, case: Any, taken_in: Path) -> None:
    case.add_camera("Kam 14")

    answer = officer.post(page(case) + "/anchors", camera="Kam 14", medium="a.txt", t="0:05:12,24", shows="2026-01-14 22:11:04")

    assert answer.status_code == 303
    assert case.cameras()[0]["anchors"][0]["t"] == pytest.approx(312.24)
    assert "0:05:12.240" in officer.get(page(case)).text


@pytest.mark.parametrize(("wrong", "said"), [
    ({}, "ties nothing to anything"), ({"zone": "CEST", "true_time": "2026-01-14T22:10"}, "is no zone"),
    ({"shows": "noon", "true_time": "2026-01-14T22:10"}, "is no time"), ({"t": "1:2:3:4"}, "is no place in a recording"),
    ({"uncertainty": "some"}, "is no number of seconds"), ({"true_time": "0001-01-01T00:00"}, "is no time"),
])
def test_an_anchor_that_cannot_be_is_said_at_its_form(officer: Any, case: Any, wrong: dict[str, str], said: str) -> None:
    case.add_camera("Kam 14")

    answer = officer.post(page(case) + "/anchors", **{"camera": "Kam 14", "shows": "2026-01-14T22:11:04"} | wrong)

    assert answer.status_code == 400
    assert said in answer.text
    assert case.cameras()[0]["anchors"] == []


def test_what_is_to_be_secured_is_listed_until_it_was_fetched(officer: Any, case: Any) -> None:
    case.add_camera("Kam 14", owner="Netto")
    wanted = case.viewing.secure("Kam 14", "2026-01-14T22:00:00+01:00", "2026-01-14T22:30:00+01:00", note="the yard")

    before = officer.get(page(case)).text
    answer = officer.post(f"{page(case)}/securings/{wanted['securing']}")
    after = officer.get(page(case)).text

    assert "the yard" in before
    assert "14/01/2026 22:00:00" in before
    assert answer.status_code == 303
    assert "Fetched: 1" in after


def test_originals_that_changed_or_are_gone_are_named(officer: Any, case: Any, taken_in: Path) -> None:
    (taken_in / "a.txt").write_text("something else")
    (taken_in / "b.txt").unlink()

    text = officer.post(page(case) + "/verify").text

    assert "2 of 2 originals are not what was taken in" in text
    assert "its bytes are no longer those that were taken in" in text
    assert "it is no longer where it was" in text


def test_originals_that_are_as_they_were_are_said_to_be(officer: Any, case: Any, taken_in: Path) -> None:
    assert "All 2 originals are what was taken in." in officer.post(page(case) + "/verify").text


def test_more_than_a_page_waits_for_is_not_hashed_and_the_command_that_does_is_named(
    officer: Any, case: Any, taken_in: Path, hands: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exhibits, "MOST_BYTES", sum(file.stat().st_size for file in taken_in.iterdir()) - 1)

    answer = officer.post(page(case) + "/verify")

    assert answer.status_code == 400
    assert "The originals of this case are 40 B" in answer.text
    assert f"sporhund case verify {case.name}" in answer.text
    assert audit.show(hands["store"], hands["keys"], case.id, limit=1)[0].action != "case verify"


def test_a_request_tells_both_clocks_and_leads_to_the_sighting(officer: Any, case: Any, taken_in: Path) -> None:
    medium = case.files()["items"][0]["medium"]
    case.add_camera("Kam 14")
    case.anchor("Kam 14", t=0.0, shows="2026-01-14T22:00:00", true_time="2026-01-14T22:04:00+01:00")
    case.viewing.secure("Kam 14", "2026-01-14T22:10:00+01:00", "2026-01-14T22:30:00+01:00", track=medium)

    text = officer.get(page(case)).text

    assert "14/01/2026 22:10:00" in text and "14/01/2026 22:06:00" in text
    assert f'href="/case/{case.id}/media/{medium}"' in text
