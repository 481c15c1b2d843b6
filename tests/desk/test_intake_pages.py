"""Intake at the desk: folders, uploads, work that goes on."""
import asyncio
import hashlib
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sporhund.access import members, users
from sporhund.desk.routes import works
from sporhund.desk.streams import Streams, events
from sporhund.desk.words.speech import Speech
from sporhund.errors import EnvironmentFault, Refused
from sporhund.store.service import Store

ENGLISH = Speech("en", ZoneInfo("Europe/Copenhagen"))


@pytest.fixture
def collected(store: Store, tmp_path: Path) -> Iterator[Path]:
    """A folder that this server may take material in from."""
    folder = tmp_path / "collected"
    (folder / "K-12").mkdir(parents=True)
    (folder / "K-12" / "note.txt").write_text("no medium")
    before = store.settings.intake
    object.__setattr__(store.settings, "intake", (folder,))
    yield folder
    object.__setattr__(store.settings, "intake", before)


def intake(case: Any) -> str:
    return f"/case/{case.id}/intake"


def asked(officer: Any, case: Any, folder: Path, label: str) -> str:
    """The id of a work that waits."""
    answer = officer.post(intake(case), whole=str(folder), exhibit=label, find=["face", "motion"])
    assert answer.status_code == 303, answer.text
    return str(next(one["work"] for one in case.work.list() if one["exhibit"] == label))


# ------------------------------------------------------------------ a folder

def test_a_folder_is_browsed_by_links_alone(officer: Any, case: Any, collected: Path) -> None:
    roots = officer.get(intake(case) + "?from=folder").text
    inside = officer.get(f"{intake(case)}?from=folder&path={collected}/K-12").text

    assert str(collected) in roots
    assert "note.txt" in inside
    assert "Up one folder" in inside


def test_a_folder_outside_is_refused_and_the_named_ones_are_offered(officer: Any, case: Any, collected: Path) -> None:
    page = officer.get(f"{intake(case)}?from=folder&path=/etc")

    assert page.status_code == 200
    assert "passwd" not in page.text
    assert str(collected) in page.text


def test_what_was_chosen_waits_for_its_turn_with_what_is_looked_at_first(officer: Any, case: Any, collected: Path) -> None:
    answer = officer.post(intake(case), whole=str(collected / "K-12"), exhibit="K-12", mode="quick", find=["face"],
                          around="2026-07-14T22:10", minutes="15")

    assert answer.status_code == 303
    work = case.work.list()[0]
    assert (work["state"], work["mode"], work["find"], work["exhibit"]) == ("waiting", "quick", ["face"], "K-12")
    assert work["focus"] == {"around": "2026-07-14T22:10:00+02:00", "within_s": 900.0, "camera": None}


def test_ticked_entries_are_taken_in_instead_of_the_whole_folder(officer: Any, case: Any, collected: Path) -> None:
    officer.post(intake(case), whole=str(collected), chosen=[str(collected / "K-12" / "note.txt")], find=["face"])

    assert [one["path"] for one in case.work.list()[0]["paths"]] == [str(collected / "K-12" / "note.txt")]


@pytest.mark.parametrize(("wrong", "said"), [
    ({"find": []}, "Nothing was named to look for."), ({"mode": "sideways"}, "There is no mode"),
    ({"around": "yesterday"}, "is no time"), ({"around": "0001-01-01T00:00"}, "is no time"),
    ({"around": "2026-01-01T10:00", "minutes": "nan"}, "is no length of time"),
    ({"first_camera": "Kam 1"}, "A camera alone is no time"), ({"whole": "/etc"}, "no folder that the server may read"),
    ({"whole": ""}, "Nothing was named to look through."), ({"camera": "nobody's"}, "There is no camera"),
])
def test_a_wrong_choice_is_said_on_the_form_and_nothing_is_asked_for(
    officer: Any, case: Any, collected: Path, wrong: dict[str, Any], said: str,
) -> None:
    answer = officer.post(intake(case), **{"whole": str(collected), "find": ["face"], "exhibit": "kept"} | wrong)

    assert answer.status_code == 400
    assert said in answer.text
    assert 'value="kept"' in answer.text
    assert case.work.list() == []


def test_what_a_purpose_does_not_allow_today_is_said_beside_the_button(visit: Any, account: Any, place: Any, store: Any) -> None:
    place.create_case("J-objects-only", title="x", purpose="objects")
    case = place.case("J-objects-only")
    officer = visit(account("investigator", case_id=case.id))
    officer.client.headers["accept-language"] = "en"

    page = officer.get(intake(case)).text

    assert "No face templates are made today" in page
    assert case.templates_today()["why"] in page.replace("&#39;", "'")


# ------------------------------------------------------------------ work that goes on

def test_a_work_is_paused_goes_on_is_cancelled_and_asked_for_once_more(officer: Any, case: Any, collected: Path) -> None:
    work = asked(officer, case, collected, "K-12")
    states = []

    for what in ("pause", "resume", "cancel", "retry"):
        assert officer.post(f"{intake(case)}/works/{work}", what=what).status_code == 303
        states.append(case.work.show(work)["state"])

    assert states == ["paused", "waiting", "cancelled", "waiting"]


def test_an_act_that_comes_too_late_is_said_and_changes_nothing(officer: Any, case: Any, collected: Path) -> None:
    work = asked(officer, case, collected, "K-12")
    officer.post(f"{intake(case)}/works/{work}", what="cancel")

    late = officer.post(f"{intake(case)}/works/{work}", what="pause")

    assert late.status_code == 400
    assert "cannot pause now" in late.text
    assert case.work.show(work)["state"] == "cancelled"


def test_works_change_their_order_by_one_place(officer: Any, case: Any, collected: Path) -> None:
    first, second, third = (asked(officer, case, collected, label) for label in ("A", "B", "C"))

    officer.post(f"{intake(case)}/works/{third}", what="up")
    officer.post(f"{intake(case)}/works/{first}", what="down")

    assert [one["exhibit"] for one in case.work.list()] == ["C", "A", "B"]
    assert second


def test_what_is_looked_at_first_changes_and_goes(officer: Any, case: Any, collected: Path) -> None:
    case.add_camera("Kam 1")
    work = asked(officer, case, collected, "K-12")
    address = f"{intake(case)}/works/{work}"

    officer.post(address, what="focus", around="2026-01-14T22:10", minutes="5", first_camera="Kam 1")
    now = case.work.show(work)["focus"]
    officer.post(address, what="unfocus")

    assert now == {"around": "2026-01-14T22:10:00+01:00", "within_s": 300.0, "camera": "Kam 1"}
    assert case.work.show(work)["focus"] is None


def test_a_work_has_a_page_with_what_was_asked_for(officer: Any, case: Any, collected: Path) -> None:
    work = asked(officer, case, collected, "K-12")

    page = officer.get(f"{intake(case)}/works/{work}")

    assert page.status_code == 200
    assert str(collected) in page.text
    assert officer.get(f"{intake(case)}/works/w_unknown").status_code == 404


def work_item(**changed: Any) -> dict[str, Any]:
    return {"work": "w_1", "state": "running", "wish": None, "can": ["pause"], "exhibit": "K-12", "outcome": None, "progress": {
        "stage": "looking", "files": 1264, "files_done": 12, "units": 8, "units_done": 2, "video_s": 600.0, "video_done_s": 90.0,
        "tracks": 31, "left": (480.0, 960.0), "latest": "cam1/a.mp4"}} | changed


def test_numbers_of_a_work_are_told_as_the_language_writes_them_and_time_left_with_its_uncertainty() -> None:
    told = works.told(ENGLISH, work_item())

    assert told["said"] == "is looked through"
    assert told["cells"]["files"] == "12 of 1,264"
    assert told["cells"]["video"] == "1.5 of 10.0"
    assert told["cells"]["left"] == "done in 12 m ± 4 m"
    assert told["share"] == 0.25


def test_what_failed_and_what_is_read_partly_are_two_numbers_with_their_own_words() -> None:
    troubles = {"K-12": {"failed": 2, "partly": 3}}
    before = {"files": {"failed": 9, "partly": 9}}

    running = works.told(ENGLISH, work_item(outcome=before), troubles)
    done = works.told(ENGLISH, work_item(state="done", outcome={"files": {"failed": 0, "partly": 3}}), troubles)

    assert running["cells"]["troubles"] == "2 failed, 3 partly read"
    assert done["cells"]["troubles"] == "0 failed, 3 partly read"


def test_work_that_is_over_has_dealt_with_every_file_and_says_what_became_of_the_copies() -> None:
    outcome = {"files": {"seen": 7, "analysed": 0, "duplicate": 7, "failed": 0, "partly": 0}, "copies_in_trouble": 3}
    done = works.told(ENGLISH, work_item(state="done", outcome=outcome), {})

    assert done["cells"]["files"] == "7 of 7, 7 of them copies"
    assert done["cells"]["troubles"] == "0 failed, 0 partly read, 3 copies of files that could not be read whole"


def test_that_work_was_asked_for_is_said_no_more_when_none_is_under_way(officer: Any, case: Any, collected: Path) -> None:
    work = asked(officer, case, collected, "K-12")
    before = officer.get(intake(case) + "?said=asked").text
    officer.post(f"{intake(case)}/works/{work}", what="cancel")

    after = officer.get(intake(case) + "?said=asked").text

    assert ('id="asked"' in before, 'id="asked"' in after) == (True, False)


def test_until_the_first_parts_are_done_no_time_is_guessed() -> None:
    progress = work_item()["progress"] | {"left": None}

    assert "first three parts" in works.told(ENGLISH, work_item(progress=progress))["cells"]["left"]


@pytest.mark.parametrize(("wish", "said"), [("pause", "pauses within seconds"), ("cancel", "is cancelled within seconds")])
def test_a_wish_is_told_before_it_is_done(wish: str, said: str) -> None:
    assert works.told(ENGLISH, work_item(wish=wish))["said"] == said


@given(some.integers(1, 6), some.data())
def test_up_and_down_are_one_place_and_undo_each_other_within_the_list(count: int, data: Any) -> None:
    ids = [f"w{number}" for number in range(count)]
    chosen = data.draw(some.sampled_from(ids))
    way = data.draw(some.sampled_from(["up", "down"]))

    moved = _moved(ids, chosen, works.before([{"work": one, "state": "waiting"} for one in ids], chosen, way))

    expected = ids.index(chosen) + (-1 if way == "up" else 1)
    assert moved.index(chosen) == min(max(expected, 0), count - 1)
    assert [one for one in moved if one != chosen] == [one for one in ids if one != chosen]


def _moved(ids: list[str], work: str, before: str | None) -> list[str]:
    """As `work.rules.moved` deals places out."""
    if before == work:
        return ids
    rest = [one for one in ids if one != work]
    at = len(rest) if before is None else rest.index(before)
    return [*rest[:at], work, *rest[at:]]


# ------------------------------------------------------------------ live

PACE = Streams(every_s=0.001, check_s=0.0, heartbeat_s=0.0)


async def _first(stream: AsyncIterator[str], count: int) -> list[str]:
    """The first parts of a stream, as many as there are up to `count`."""
    told: list[str] = []
    async for part in stream:
        told.append(part)
        if len(told) == count:
            break
    return told


def test_a_stream_tells_what_is_new_and_beats_its_heart_in_between() -> None:
    news = iter(['["a"]', None, '["b"]'])

    told = asyncio.run(_first(events(lambda: next(news), lambda: None, PACE), 4))

    assert told == ["retry: 5000\n\n", 'data: ["a"]\n\n', ": still here\n\n", 'data: ["b"]\n\n']


def test_a_stream_ends_when_whoever_looks_may_look_no_more() -> None:
    def over() -> None:
        raise Refused("session-expired", "Your sign-in is over.")

    told = asyncio.run(_first(events(lambda: '["secret"]', over, PACE), 9))

    assert told[1:] == ["event: over\ndata: session-expired\n\n"]


def test_a_database_that_is_away_ends_a_stream_with_a_word_that_the_page_waits_on() -> None:
    def news() -> str:
        raise EnvironmentFault("database-away", "The database does not answer.")

    told = asyncio.run(_first(events(news, lambda: None, PACE), 9))

    assert told[1:] == ["event: trouble\ndata: database-away\n\n"]


def watched(officer: Any, case: Any, desk: Any) -> tuple[threading.Thread, list[str]]:
    """A live page that is open: who waits for its end, and what it will have told by then."""
    desk.streams = Streams(every_s=0.01, check_s=0.02)
    told: list[str] = []
    watching = threading.Thread(target=lambda: told.append(officer.get(f"{intake(case)}/events").text), daemon=True)

    watching.start()
    while watching.is_alive() and not desk.streams.count(str(officer.actor.user)):
        time.sleep(0.01)
    return watching, told


def test_an_idle_session_is_over_though_its_page_is_live(officer: Any, case: Any, desk: Any, clock: Any, collected: Path) -> None:
    """Watching is no use of a session: else a page left open would keep it for good."""
    work = asked(officer, case, collected, "K-12")
    watching, told = watched(officer, case, desk)

    clock.on(hours=2)
    watching.join(20)

    assert "event: over\ndata: session-expired" in told[0]
    first = next(line for line in told[0].splitlines() if line.startswith("data: ["))
    assert json.loads(first.removeprefix("data: "))[0]["work"] == work
    assert desk.streams.count(str(officer.actor.user)) == 0


@pytest.mark.parametrize("taken", ["the role", "the membership"])
def test_a_live_page_ends_when_what_it_was_opened_with_is_taken_away(
    taken: str, officer: Any, case: Any, desk: Any, hands: dict[str, Any], collected: Path,
) -> None:
    asked(officer, case, collected, "K-12")
    watching, told = watched(officer, case, desk)

    if taken == "the role":
        users.set_roles(officer.actor.name, ["auditor"], **hands)
    else:
        members.remove(case.id, officer.actor.name, **hands)
    watching.join(20)

    assert "event: over\ndata: not-" in told[0]


def test_one_person_has_only_so_many_live_pages(officer: Any, case: Any, desk: Any) -> None:
    for _ in range(desk.streams.most):
        desk.streams.take(str(officer.actor.user))

    answer = officer.get(f"{intake(case)}/events", headers={"accept": "application/json"})

    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too-many"


# ------------------------------------------------------------------ files of one's own computer

def announce(officer: Any, case: Any, name: str, size: int, batch: str | None = None) -> dict[str, Any]:
    answer = officer.send(f"/case/{case.id}/uploads.json", {"name": name, "bytes": size, "batch": batch})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def put(officer: Any, case: Any, upload: str, body: bytes | Iterator[bytes]) -> Any:
    return officer.client.put(f"/case/{case.id}/uploads/{upload}", content=body, headers={
        "x-csrf": officer.csrf, "accept": "application/json"})


def test_an_upload_is_whole_with_the_digest_of_what_came_and_becomes_an_exhibit(officer: Any, case: Any) -> None:
    content = bytes(range(256)) * 20_000
    upload = announce(officer, case, "telefon/DCIM/a.bin", len(content))

    came = put(officer, case, upload["upload"], content).json()
    taken = officer.post(intake(case), batch=upload["batch"], exhibit="telefon", find=["face"], source="files")

    assert (came["state"], came["sha256"]) == ("whole", hashlib.sha256(content).hexdigest())
    assert taken.status_code == 303
    assert case.work.list()[0]["exhibit"] == "telefon"


def test_a_body_larger_than_any_form_is_taken_block_by_block(officer: Any, case: Any) -> None:
    upload = announce(officer, case, "large.bin", 24 << 20)

    came = put(officer, case, upload["upload"], (b"x" * (1 << 16) for _ in range(384)))

    assert came.json()["received"] == 24 << 20


def test_an_upload_that_ends_early_says_what_came_and_keeps_what_was_whole(officer: Any, case: Any) -> None:
    whole = announce(officer, case, "a.bin", 3)
    put(officer, case, whole["upload"], b"abc")
    cut = announce(officer, case, "b.bin", 10, whole["batch"])

    answer = put(officer, case, cut["upload"], b"abcd")
    page = officer.get(f"{intake(case)}?batch={whole['batch']}").text

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "upload-cut"
    assert "cut off: 4 B of 10 B came" in page
    assert hashlib.sha256(b"abc").hexdigest() in page


def test_a_file_that_was_cut_off_is_sent_again_under_its_name(officer: Any, case: Any) -> None:
    cut = announce(officer, case, "b.bin", 4)
    put(officer, case, cut["upload"], b"ab")

    again = announce(officer, case, "b.bin", 4, cut["batch"])

    assert put(officer, case, again["upload"], b"abcd").status_code == 200
    assert "it came whole since" in officer.get(f"{intake(case)}?batch={cut['batch']}").text


def test_an_upload_without_the_token_of_its_session_is_refused_before_its_bytes_are_taken(officer: Any, case: Any) -> None:
    upload = announce(officer, case, "a.bin", 3)

    answer = officer.client.put(
        f"/case/{case.id}/uploads/{upload['upload']}", content=b"abc", headers={"accept": "application/json"})

    assert answer.status_code == 403
    assert case.work.uploads.show(upload["upload"])["state"] == "receiving"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../b", ""])
def test_a_name_that_leads_out_of_its_upload_is_no_name(officer: Any, case: Any, name: str) -> None:
    answer = officer.send(f"/case/{case.id}/uploads.json", {"name": name, "bytes": 3})

    assert answer.status_code in (400, 422)


def test_a_file_that_will_not_come_is_given_up(officer: Any, case: Any) -> None:
    upload = announce(officer, case, "a.bin", 3)

    answer = officer.send(f"/case/{case.id}/uploads/{upload['upload']}/give-up.json")

    assert answer.json()["state"] == "broken"


def test_an_upload_of_another_case_is_not_there(officer: Any, case: Any, place: Any, visit: Callable[..., Any]) -> None:
    place.create_case("J-other", title="x", purpose="demonstration")
    other = place.case("J-other")
    upload = other.work.uploads.begin(other.work.uploads.new_batch(), "a.bin", 3)

    assert put(officer, case, upload["upload"], b"abc").status_code == 404
    assert put(officer, other, upload["upload"], b"abc").status_code == 403


def test_a_file_that_is_not_sent_any_more_is_given_up_on_the_page_and_the_rest_is_taken_in(officer: Any, case: Any) -> None:
    whole = announce(officer, case, "a.bin", 3)
    put(officer, case, whole["upload"], b"abc")
    late = announce(officer, case, "b.bin", 10, whole["batch"])
    address, chosen = f"{intake(case)}?batch={whole['batch']}", {"batch": whole["batch"], "exhibit": "A", "find": ["face"]}

    held_up = officer.post(intake(case), **chosen)
    button = f'form="give-up-{late["upload"]}"' in officer.get(address).text
    given_up = officer.post(f"/case/{case.id}/uploads/{late['upload']}/give-up")
    page = officer.get(given_up.headers["location"]).text
    taken = officer.post(intake(case), **chosen)
    said = officer.get(taken.headers["location"]).text

    assert (held_up.status_code, button, given_up.status_code) == (400, True, 303)
    assert "Files that have not come: 1." in page
    assert "Left out, because they never came: 1 of the files" in said
    assert case.work.uploads.show(whole["upload"])["state"] == "whole"


def test_work_that_stands_still_is_told_with_what_to_do(officer: Any, case: Any, desk: Any) -> None:
    desk.fault = lambda: "The disk is full."

    page = officer.get(intake(case)).text

    assert "Work in the background stands still: The disk is full." in page
    assert "tell the administrator" in page


def test_a_camera_that_there_is_not_is_never_looked_at_first(officer: Any, case: Any, collected: Path) -> None:
    answer = officer.post(intake(case), whole=str(collected), find=["face"], around="2026-01-14T22:10", first_camera="Kam 9")

    assert answer.status_code == 400
    assert case.work.list() == []


@pytest.mark.parametrize("address", ["", "/intake"])
def test_a_disk_without_room_for_pictures_is_told(officer: Any, case: Any, place: Any, address: str) -> None:
    before = officer.get(f"/case/{case.id}{address}").text
    place.previews.trouble = EnvironmentFault("disk-full", "no room", "Make room.")

    page = officer.get(f"/case/{case.id}{address}").text

    assert "cannot be kept" not in before
    assert "Small pictures and copies for playing cannot be kept" in page
