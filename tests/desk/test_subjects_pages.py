"""Subjects at the desk, for people and for scripts: assertions with their authors, never identities."""
from typing import Any

import pytest
from tests.cases.conftest import Reviewed, case, reviewed

__all__ = ["case", "reviewed"]


@pytest.fixture
def officer(visit: Any, account: Any, reviewed: Reviewed) -> Any:
    browser = visit(account("investigator", case_id=reviewed.case.id))
    browser.client.headers["accept-language"] = "en"
    return browser


@pytest.fixture
def tracks(reviewed: Reviewed) -> list[str]:
    """Three persons: two in one video, one in another."""
    found = []
    for name, at in ((b"cam3/2.mp4", 1.0), (b"cam3/2.mp4", 9.0), (b"cam3/=1.mp4", 5.0)):
        run = reviewed.run(medium=reviewed.media[name])
        found.append(reviewed.track(run, name, "person", [(at, 1, 1, 20, 40), (at + 2.0, 1, 1, 20, 40)]))
    return found


def base(reviewed: Reviewed) -> str:
    return f"/case/{reviewed.case.id}/subjects"


def made(officer: Any, reviewed: Reviewed, tracks: list[str], **more: Any) -> dict[str, Any]:
    answer = officer.send(base(reviewed) + ".json", {"tracks": tracks, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_script_makes_a_subject_and_reads_it_with_its_route(officer: Any, reviewed: Reviewed, tracks: list[str]) -> None:
    subject = made(officer, reviewed, tracks[:2], note="the same coat")

    listed = officer.get(base(reviewed) + ".json").json()
    shown = officer.get(f"{base(reviewed)}/{subject['subject']}.json").json()

    assert [(one["label"], sorted(one["tracks"])) for one in listed] == [("Ukendt 1", sorted(tracks[:2]))]
    assert [stop["track"] for stop in [*shown["route"], *shown["time_unknown"]]] == tracks[:2]
    assert shown["identity"] is None


def test_a_script_adds_a_track_with_its_own_author(
    officer: Any, reviewed: Reviewed, tracks: list[str], visit: Any, account: Any,
) -> None:
    subject = made(officer, reviewed, tracks[:1])
    other = visit(account("investigator", case_id=reviewed.case.id))

    joined = other.send(f"{base(reviewed)}/{subject['subject']}/tracks.json", {"tracks": tracks[2:], "note": "same gait"}).json()

    assert joined["tracks"] == [tracks[0], tracks[2]]
    assert joined["assertions"][1]["by"] == other.actor.name


@pytest.mark.parametrize("body", [
    {}, {"tracks": []}, {"tracks": ["t\u0000"]}, {"tracks": "t_1"}, {"tracks": ["t_1"], "label": ""}])
def test_a_body_that_names_no_track_is_no_subject(officer: Any, reviewed: Reviewed, body: Any) -> None:
    assert officer.send(base(reviewed) + ".json", body).status_code == 422


def test_a_track_that_is_not_there_is_told_to_the_script(officer: Any, reviewed: Reviewed) -> None:
    answer = officer.send(base(reviewed) + ".json", {"tracks": ["t_unknown"]})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown-track"


def test_the_page_says_that_a_subject_is_an_assertion_and_no_identity(
    officer: Any, reviewed: Reviewed, tracks: list[str],
) -> None:
    subject = made(officer, reviewed, tracks)

    for address in (base(reviewed), f"{base(reviewed)}/{subject['subject']}"):
        assert "never an identity" in officer.get(address).text


def test_a_subject_is_made_renamed_and_changed_by_forms_alone(officer: Any, reviewed: Reviewed, tracks: list[str]) -> None:
    address = officer.post(base(reviewed), tracks=f"{tracks[0]},\n{tracks[1]}", label="").headers["location"].split("?")[0]

    officer.post(address, what="rename", label="manden med hunden")
    officer.post(address, what="add", tracks=tracks[2], note="same coat")
    officer.post(address, what="remove", tracks=tracks[0])
    page = officer.get(address).text

    assert "manden med hunden" in page
    assert "same coat" in page
    assert f"/tracks/{tracks[2]}/crop" in page
    assert f"/tracks/{tracks[0]}/crop" not in page
    assert "taken back by" in page


def test_pictures_of_a_subject_are_behind_the_veil(officer: Any, reviewed: Reviewed, tracks: list[str]) -> None:
    made(officer, reviewed, tracks)

    page = officer.get(base(reviewed)).text

    assert page.count("<img") == page.count("<img data-picture") == 3


def test_a_track_that_is_in_two_subjects_is_shown_as_that(officer: Any, reviewed: Reviewed, tracks: list[str]) -> None:
    made(officer, reviewed, tracks[:1])
    second = made(officer, reviewed, tracks[:1])

    assert "also in Ukendt 1" in officer.get(f"{base(reviewed)}/{second['subject']}").text


@pytest.mark.parametrize(("form", "said"), [
    ({"what": "rename", "label": "Ukendt 1"}, "There is a subject"), ({"what": "add", "tracks": " "}, "No track was named"),
    ({"what": "add", "tracks": "t_unknown"}, "There is no track"),
])
def test_what_cannot_be_done_is_said_and_changes_nothing(
    officer: Any, reviewed: Reviewed, tracks: list[str], form: dict[str, str], said: str,
) -> None:
    made(officer, reviewed, tracks[:1])
    subject = made(officer, reviewed, tracks[1:2])

    answer = officer.post(f"{base(reviewed)}/{subject['subject']}", **form)

    assert answer.status_code == 400
    assert said in answer.text
    assert officer.get(base(reviewed) + ".json").json()[1]["tracks"] == tracks[1:2]


def test_a_subject_that_is_not_there_is_a_page_that_says_so(officer: Any, reviewed: Reviewed) -> None:
    assert officer.get(f"{base(reviewed)}/s_unknown").status_code == 404
