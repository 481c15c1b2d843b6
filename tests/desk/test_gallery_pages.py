"""The gallery: everything of a case as tiles, with its filter in the address; and what people say of them."""
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from tests.desk.conftest import Browser
from tests.people import join, signed_in
from tests.questions import asked

from sporhund.actor import Actor
from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.audit.keys import Keys
from sporhund.catalogue import records
from sporhund.desk.routes.marks import reserved
from sporhund.desk.words.speech import Speech
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Visit = Callable[..., Browser]


@dataclass
class Shelf:
    """A case with media whose names say which is which."""

    store: Store
    case: Case

    def put(self, count: int = 1, *, path: str = "IMG_{n:04}.jpg", **columns: Any) -> list[str]:
        """Ids of new stills in the order in which they were taken in."""
        ids, case_id = sorted(new_id("m") for _ in range(count)), self.case.id
        with self.store.transaction() as rows:
            exhibit = rows.scalar(select(tables.exhibit.c.id).where(tables.exhibit.c.case_id == case_id))
            if exhibit is None:
                exhibit, intake = new_id("e"), new_id("i")
                at = self.case.place.clock.now()
                rows.execute(insert(tables.exhibit).values(case_id=case_id, id=exhibit, label="K-01", created_at=at))
                rows.execute(insert(tables.intake).values(case_id=case_id, id=intake, exhibit_id=exhibit, at=at, by="test",
                                                          assurance="local", host="test", source=b"/evidence"))
            else:
                intake = rows.scalar(select(tables.intake.c.id).where(tables.intake.c.case_id == case_id))
            rows.execute(insert(tables.medium), [{
                "case_id": case_id, "id": one, "sha256": one.encode()[-16:] * 2, "sha1": b"", "md5": b"", "bytes": 1,
                "kind": "still", "type": "image/jpeg", "state": "analysed", "facts": None} | columns for one in ids])
            rows.execute(insert(tables.occurrence), [{
                "case_id": case_id, "id": new_id("o"), "exhibit_id": exhibit, "intake_id": intake,
                "path": path.format(n=n).encode(), "location": b"/evidence/" + one.encode(), "medium_id": one, "original": True,
                "stated": []} for n, one in enumerate(ids, 1)])
            records.refresh(rows, case_id, ids)
        return ids


@pytest.fixture
def shelf(store: Store, case: Case) -> Shelf:
    return Shelf(store, case)


@pytest.fixture
def anna(account: Callable[..., Actor], case: Case) -> Actor:
    return account("investigator", case_id=case.id)


@pytest.fixture
def bo(store: Store, keys: Keys, clock: Any, case: Case) -> Actor:
    actor = signed_in(store, keys, clock, "bo", "investigator")
    join(store, clock, case.id, actor)
    return actor


def of(case: Case, rest: str = "") -> str:
    return f"/case/{case.id}/gallery{rest}"


def tiles(page: Any) -> list[str]:
    """Ids of the tiles of a page, in their order."""
    return re.findall(r'<div role="listitem" class="tile[^>]*data-id="([^"]+)"', page.text)


def tile(page: Any, medium: str) -> str:
    """What stands on one tile."""
    return re.search(rf'<div role="listitem" class="tile[^>]*data-id="{medium}".*?</a></div>', page.text, re.S)[0]   # type: ignore[index]


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


# ------------------------------------------------------------------ what is shown, and what is not

def test_the_page_says_how_many_there_are_when_nothing_is_filtered(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(3)

    page = visit(anna).get(of(shelf.case), headers={"accept-language": "da"})

    assert "viser alle 3" in words(page)
    assert tiles(page) == ids


def test_a_filter_says_how_many_it_hides_and_goes_away_with_one_click(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put(3)
    [broken] = shelf.put(state="failed", code="truncated", reason="it ends at byte 40")

    page = visit(anna).get(of(shelf.case, "?state=failed&sort=time"), headers={"accept-language": "da"})

    assert tiles(page) == [broken]
    assert "viser 1 af 4, filteret skjuler 3" in words(page)
    assert f'href="{of(shelf.case)}?sort=time">fjern filteret</a>' in page.text


def test_the_counts_beside_the_choices_tell_what_each_would_leave(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put(3)
    shelf.put(2, state="failed", code="truncated", reason="it ends early")

    page = visit(anna).get(of(shelf.case), headers={"accept-language": "en"})

    assert re.search(r'href="[^"]*\?state=failed">failed <span class="count">2</span>', page.text)


def test_a_file_that_failed_has_a_tile_that_says_why(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [broken] = shelf.put(state="failed", code="no-such-code", reason="the index is missing")

    page = visit(anna).get(of(shelf.case), headers={"accept-language": "en"})

    assert "the index is missing" in tile(page, broken)
    assert "<img" not in tile(page, broken)


def test_a_filter_that_nothing_fits_tells_that_nothing_is_gone(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put(2)

    page = visit(anna).get(of(shelf.case, "?kind=video"), headers={"accept-language": "en"})

    assert "Nothing is gone: take the filter away to see all 2." in words(page)


def test_an_address_that_asks_for_nonsense_is_answered_with_what_is_allowed(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    page = visit(anna).get(of(shelf.case, "?kind=hologram"))

    assert page.status_code == 400
    assert "hologram" in words(page)


def test_pages_hold_every_medium_once(visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(120)
    place.acting(anna).own.choose(page=50)
    browser, found, address = visit(anna), [], of(shelf.case)

    for _ in range(3):
        page = browser.get(address)
        found += tiles(page)
        behind = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = html.unescape(behind[1]) if behind else address

    assert found == ids
    assert behind is None


def test_who_comes_back_is_where_they_were(visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(120)
    place.acting(anna).own.choose(page=50)

    page = visit(anna).get(of(shelf.case, f"?around={ids[70]}"))

    assert tiles(page) == ids[50:100]


def test_who_comes_back_to_a_list_that_their_look_has_shortened_is_beside_it(
    visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf,
) -> None:
    ids = shelf.put(120)
    place.acting(anna).own.choose(page=50)
    place.acting(anna).case(shelf.case.name).viewing.saw([ids[70]])

    page = visit(anna).get(of(shelf.case, f"?seen=not-me&around={ids[70]}"))

    assert ids[71] in tiles(page)


def test_an_old_address_of_what_is_not_there_shows_the_list_from_its_beginning(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(3)

    page = visit(anna).get(of(shelf.case, "?around=m_gone"))

    assert tiles(page) == ids


def test_what_has_left_the_screen_comes_back_by_its_ids_in_their_order(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(5)

    stretch = visit(anna).get(of(shelf.case, f"/items.html?kind=video&ids={ids[3]},{ids[1]}"))

    assert tiles(stretch) == [ids[3], ids[1]]


def test_more_tiles_than_a_script_needs_are_not_given(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    answer = visit(anna).get(of(shelf.case, "/items.html?ids=" + ",".join(["m"] * 401)))

    assert answer.status_code == 400


def test_pictures_are_asked_for_blurred_until_the_veil_is_lifted(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put()

    page = visit(anna).get(of(shelf.case))

    assert re.findall(r' src="([^"]*)"', tile(page, one)) == [
        f"/case/{shelf.case.id}/media/{one}/thumb?side=160&veiled=1"] or "&amp;veiled=1" in tile(page, one)
    assert "data-picture" in tile(page, one)


def test_who_chose_clear_pictures_gets_them_clear(visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put()
    place.acting(anna).own.choose(veil="off")

    page = visit(anna).get(of(shelf.case))

    assert "veiled=1" not in tile(page, one)


def test_the_panel_tells_what_is_known_of_one(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put(path="DCIM/100/IMG_0001.jpg")

    panel = visit(anna).get(of(shelf.case, f"/about.html?medium={one}"))

    assert "DCIM/100/IMG_0001.jpg" in words(panel)


@pytest.mark.parametrize(("state", "found"), [
    ("analysed", "Found nothing"), ("partly", "Found nothing in what could be read"), ("failed", "Found not looked through"),
    ("skipped", "Found not looked through"), ("waiting", "Found not looked through")])
def test_of_what_was_not_looked_through_the_panel_never_says_that_nothing_was_found(
    visit: Visit, anna: Actor, shelf: Shelf, state: str, found: str,
) -> None:
    [one] = shelf.put(state=state)

    panel = visit(anna).get(of(shelf.case, f"/about.html?medium={one}"), headers={"accept-language": "en"})

    assert f"{found} Seen" in words(panel)


def test_a_row_of_the_timeline_that_is_looked_for_is_called_by_its_name(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put()
    key = next(one["key"] for one in shelf.case.catalogue.timeline(0.0, 1.0)["rows"])

    page = visit(anna).get(of(shelf.case, f"?row={key}"), headers={"accept-language": "en"})

    assert "row K-01 ×" in words(page)


def test_news_are_counted_without_touching_the_list(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put(2)
    browser = visit(anna)
    browser.get(of(shelf.case))
    shelf.put(3)

    assert browser.get(of(shelf.case, "/news.json?kind=video")).json() == {"total": 5, "matching": 0}


def test_two_hundred_tiles_ask_no_more_questions_than_twenty(
    visit: Visit, place: Sporhund, anna: Actor, bo: Actor, shelf: Shelf,
) -> None:
    own = place.acting(anna).own
    own.choose(page=200)
    browser, questions = visit(anna), []
    for count in (20, 180):
        ids = shelf.put(count)
        place.acting(bo).case(shelf.case.name).viewing.mark(ids, "later")
        place.acting(bo).case(shelf.case.name).viewing.reserve(ids)
        browser.get(of(shelf.case))                         # what is held in memory is up to date
        with asked() as said:
            page = browser.get(of(shelf.case))
        questions.append(len(said))

    assert len(tiles(page)) == 200
    assert questions[0] == questions[1]


# ------------------------------------------------------------------ the log

def test_looking_at_the_gallery_is_logged_once_with_its_filter(
    visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf,
) -> None:
    shelf.put(2)
    browser = visit(anna)

    browser.get(of(shelf.case, "?kind=still&sort=time"))
    browser.get(of(shelf.case, "/items.html?kind=still"))

    looked = place.acting(anna).own.my_lookups()["items"]
    [logged] = [one for one in looked if one["action"] == "gallery view"]
    assert logged["payload"]["filter"] == {"kind": ["still"], "sort": "time"}
    assert logged["payload"]["shown"] == 2


# ------------------------------------------------------------------ search

def test_the_search_finds_a_file_by_the_beginning_of_its_name_in_small_or_capital_letters(
    visit: Visit, anna: Actor, shelf: Shelf,
) -> None:
    shelf.put(2)
    [one] = shelf.put(path="DCIM/Kam14_2200.mkv")

    page = visit(anna).get(of(shelf.case, "?q=kAM14_2"))

    assert tiles(page) == [one]


@pytest.mark.parametrize("said", ["Ærø blåbær.jpg", "Ærø bl", "mappe/Ærø"])
def test_the_search_finds_danish_names(visit: Visit, anna: Actor, shelf: Shelf, said: str) -> None:
    shelf.put(path="anden/Ør.jpg")
    [one] = shelf.put(path="min mappe/Ærø blåbær.jpg")
    shelf.put(path="hjemme/Bro.jpg")

    page = visit(anna).get(of(shelf.case), params={"q": said.replace("mappe/", "min mappe/")})

    assert tiles(page) == [one]


def test_the_search_finds_a_medium_by_its_id_and_by_the_beginning_of_its_digest(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(3)
    digest = (ids[1].encode()[-16:] * 2).hex()
    browser = visit(anna)

    assert tiles(browser.get(of(shelf.case, f"?q={ids[1]}"))) == [ids[1]]
    assert tiles(browser.get(of(shelf.case, f"?q={digest[:40].upper()}"))) == [ids[1]]


def test_the_search_finds_a_member_of_an_archive_by_its_name(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put(path="billeder.zip\0ferie.jpg")

    assert tiles(visit(anna).get(of(shelf.case, "?q=ferie"))) == [one]


def test_a_search_that_finds_nothing_says_what_was_searched(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put()

    page = visit(anna).get(of(shelf.case, "?q=%25_"), headers={"accept-language": "en"})

    assert "No file of this case is called or begins so, and no id or SHA-256 fits." in words(page)


def test_a_search_says_that_the_filter_does_not_hold_and_leads_back_to_it(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put(path="DCIM/Kam14_2200.mkv")
    browser = visit(anna)
    form = browser.get(of(shelf.case, "?kind=video&sort=time")).text.split('id="find"', 1)[1].split("</form>", 1)[0]

    page = browser.get(of(shelf.case, "?kind=video&sort=time&q=kam14"), headers={"accept-language": "da"})

    assert {'name="kind" value="video"', 'name="sort" value="time"'} <= set(re.findall(r'name="[^"]+" value="[^"]+"', form))
    assert tiles(page) == [one]
    assert "filteret gælder ikke for en søgning" in words(page)
    assert f'href="{of(shelf.case)}?kind=video&amp;sort=time">tilbage til filteret</a>' in page.text
    assert f'name="back" value="{of(shelf.case)}?kind=video&amp;sort=time&amp;q=kam14"' in page.text


def test_a_search_leads_to_the_exhibit_of_that_name(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put()

    page = visit(anna).get(of(shelf.case, "?q=k-01"))

    assert re.search(rf'href="{of(shelf.case)}\?exhibit=e_', page.text)


# ------------------------------------------------------------------ marks

def test_a_script_marks_and_takes_back(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(3)
    browser = visit(anna)

    marked = browser.send(f"/case/{shelf.case.id}/marks.json", {"things": ids[:2], "value": "relevant"})
    undone = browser.send(f"/case/{shelf.case.id}/marks/undo.json")

    assert marked.json()["value"] == undone.json()["value"] == "relevant"
    assert sorted(marked.json()["things"]) == sorted(undone.json()["things"]) == ids[:2]
    assert tiles(browser.get(of(shelf.case, "?mark=relevant"))) == []


@pytest.mark.parametrize("word", sorted(one for one in dir(dict) if not one.startswith("_")))
def test_a_mark_may_be_called_as_anything(visit: Visit, anna: Actor, shelf: Shelf, word: str) -> None:
    ids = shelf.put(2)
    browser = visit(anna)

    browser.send(f"/case/{shelf.case.id}/marks.json", {"things": ids[:1], "value": word})

    assert f'<option value="{word}">{word} (1)</option>' in browser.get(of(shelf.case)).text
    assert tiles(browser.get(of(shelf.case, f"?mark={word}"))) == ids[:1]


def test_the_mark_of_somebody_else_stands_on_the_tile_with_their_initials(
    visit: Visit, place: Sporhund, anna: Actor, bo: Actor, shelf: Shelf,
) -> None:
    [one] = shelf.put()
    place.acting(bo).case(shelf.case.name).viewing.mark([one], "not-relevant")

    said = tile(visit(anna).get(of(shelf.case), headers={"accept-language": "en"}), one)

    assert re.search(r"<i>bo</i> Not relevant", said)
    assert f"Not relevant, {bo.name}" in said


def test_a_recording_of_which_a_little_played_says_how_much(visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put(kind="video", type="video/mp4", facts={"streams": [{"start": 0.0}], "duration": 24.0})
    place.acting(anna).case(shelf.case.name).viewing.saw(one, spans=[[0, 2]])
    browser = visit(anna)

    page = browser.get(of(shelf.case, "?seen=not-me"), headers={"accept-language": "da"})

    assert tiles(page) == [one]
    assert "delvist set 2 s af 24 s" in tile(page, one)


def test_a_time_by_a_clock_that_nobody_checked_says_so(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    stated = {"what": "time", "value": "2026-01-14T22:11:04", "origin": "exif:DateTimeOriginal", "zone": "unknown", "note": ""}
    [one] = shelf.put(facts={"stated": [stated]})
    browser = visit(anna)

    said = tile(browser.get(of(shelf.case), headers={"accept-language": "en"}), one)
    about = browser.get(of(shelf.case, f"/about.html?medium={one}"), headers={"accept-language": "en"}).text

    assert "~</span>22:11:04" in said
    assert "(clock not checked)" in said
    assert "exif" not in about
    assert "by the picture&#39;s header, clock not checked" in about or "by the picture's header, clock not checked" in about


def test_a_mark_tells_what_is_put_aside_and_what_the_filter_leaves_unmarked(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(5)
    browser, marks = visit(anna), f"/case/{shelf.case.id}/marks"

    marked = browser.send(f"{marks}.json?counts=1&kind=still&mark=none", {"things": ids[:2], "value": "later"}).json()
    undone = browser.send(f"{marks}/undo.json?counts=1&kind=video").json()

    assert marked["counts"] == {"later": "2", "unmarked": "3"}
    assert undone["counts"] == {"later": "0", "unmarked": "0"}


def test_a_form_marks_what_is_ticked_and_leads_back(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(3)
    browser = visit(anna)

    answer = browser.post(f"/case/{shelf.case.id}/marks", thing=ids[:2], value="later", back=of(shelf.case, "?kind=still"))

    assert answer.status_code == 303
    assert answer.headers["location"] == of(shelf.case, "?kind=still&said=marked&count=2")
    assert "2 marked." in words(browser.get(answer.headers["location"], headers={"accept-language": "en"}))
    assert tiles(browser.get(of(shelf.case, "?mark=later&by=me"))) == ids[:2]


def test_a_form_leads_to_nowhere_but_this_desk(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put()

    answer = visit(anna).post(f"/case/{shelf.case.id}/marks", thing=one, value="later", back="https://elsewhere.example/")

    assert answer.headers["location"].startswith(of(shelf.case))


def test_a_form_without_anything_ticked_says_so(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    answer = visit(anna).post(f"/case/{shelf.case.id}/marks", value="later")

    assert answer.status_code == 400


def test_a_form_takes_back(visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(2)
    place.acting(anna).case(shelf.case.name).viewing.mark(ids, "later")
    browser = visit(anna)

    answer = browser.post(f"/case/{shelf.case.id}/marks/undo", back=of(shelf.case))

    assert "said=undone&count=2" in answer.headers["location"]
    assert tiles(browser.get(of(shelf.case, "?mark=none"))) == ids


# ------------------------------------------------------------------ seen

def test_a_report_of_a_script_makes_stills_seen(visit: Visit, place: Sporhund, anna: Actor, shelf: Shelf) -> None:
    ids = shelf.put(3)
    browser = visit(anna)

    told = browser.send(f"/case/{shelf.case.id}/seen.json", {"media": ids[:2]})

    assert sorted(told.json()["new"]) == ids[:2]
    assert tiles(browser.get(of(shelf.case, "?seen=me"))) == ids[:2]
    assert 'class="tile seen"' in browser.get(of(shelf.case, "?seen=me")).text


def test_a_video_whose_frame_was_shown_is_not_seen(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put(kind="video", facts={"duration": 60.0, "streams": [{"start": 0.0}]})
    browser = visit(anna)

    browser.send(f"/case/{shelf.case.id}/seen.json", {"media": [one]})

    assert tiles(browser.get(of(shelf.case, "?seen=me"))) == []


def test_how_long_pictures_were_before_the_eyes_is_told_without_naming_any(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    shelf.put()

    told = visit(anna).send(f"/case/{shelf.case.id}/exposure.json", {"seen_s": 12.0, "clear_s": 4.0})

    assert (told.json()["today"]["seen_s"], told.json()["today"]["clear_s"]) == (12.0, 4.0)


@pytest.mark.parametrize("body", [{"seen_s": -1}, {"seen_s": "much"}, {"clear_s": 1}, {"seen_s": 1e9}])
def test_a_report_that_cannot_be_is_refused(visit: Visit, anna: Actor, shelf: Shelf, body: dict[str, Any]) -> None:
    assert visit(anna).send(f"/case/{shelf.case.id}/exposure.json", body).status_code == 422


# ------------------------------------------------------------------ who works on what

def test_what_somebody_else_holds_says_so_on_its_tile_and_is_not_taken(
    visit: Visit, place: Sporhund, anna: Actor, bo: Actor, shelf: Shelf,
) -> None:
    ids = shelf.put(2)
    place.acting(bo).case(shelf.case.name).viewing.reserve(ids[:1])
    browser = visit(anna)

    got = browser.send(f"/case/{shelf.case.id}/reserve.json", {"media": ids}).json()
    page = browser.get(of(shelf.case))

    assert got["mine"] == ids[1:]
    assert bo.name in got["said"]
    assert 'data-held="other"' in tile(page, ids[0]) and bo.name in tile(page, ids[0])
    assert 'data-held="me"' in tile(page, ids[1])


@pytest.mark.parametrize(("mine", "others", "english", "danish"), [
    (2, 0, "2 reserved for you until 02:58.", "2 reserveret til dig indtil 02:58."),
    (0, 1, "None reserved for you. One is held by anna.", "Ingen reserveret til dig. Én holdes af anna."),
    (1, 3, "1 reserved for you until 02:58. 3 are held by anna.", "1 reserveret til dig indtil 02:58. 3 holdes af anna.")])
def test_what_was_reserved_is_said_of_none_of_one_and_of_many(mine: int, others: int, english: str, danish: str) -> None:
    done = {"mine": ["m"] * mine, "others": [{"by": "anna"}] * others, "until": "2026-01-14T02:58:00"}

    said = [reserved(Speech(language, ZoneInfo("Europe/Copenhagen")), done) for language in ("en", "da")]

    assert said == [english, danish]


def test_a_form_reserves_all_of_the_page_and_gives_it_back(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    ids: Sequence[str] = shelf.put(3)
    browser = visit(anna)

    browser.post(f"/case/{shelf.case.id}/reserve", which="page", page=" ".join(ids))
    held = browser.get(of(shelf.case)).text.count('data-held="me"')
    answer = browser.post(f"/case/{shelf.case.id}/reserve", which="none")

    assert held == 3
    assert "said=released&count=3" in answer.headers["location"]


def test_a_mark_without_the_page_s_token_is_no_mark(visit: Visit, anna: Actor, shelf: Shelf) -> None:
    [one] = shelf.put()
    browser = visit(anna)
    browser.csrf = "guessed"

    assert browser.send(f"/case/{shelf.case.id}/marks.json", {"things": [one], "value": "later"}).status_code == 403
