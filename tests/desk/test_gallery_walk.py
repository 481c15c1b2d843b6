"""The gallery in a real browser: a list of any length whose tiles stay where they are."""
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import insert
from tests.desk import browser as browsers

from sporhund.api.home import Sporhund
from sporhund.catalogue import records
from sporhund.settings import Settings
from sporhund.store import tables
from sporhund.store.ids import new_id

COUNT = 700     # several times what the page may hold, and no more: every screen of them is scrolled through


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[str]]:
    """A home with a case of many stills whose files nobody has, its id, and theirs in order."""
    path = tmp_path_factory.mktemp("gallery") / "home"
    ids = sorted(new_id("m") for _ in range(COUNT))
    with Sporhund(settings=Settings(path)) as place:
        place.create_case("MANY", title="Mange billeder", purpose="demonstration")
        case_id, now = place.case("MANY").id, place.clock.now()
        with place.store.transaction() as rows:
            rows.execute(insert(tables.exhibit).values(case_id=case_id, id="e_1", label="K-01", created_at=now))
            rows.execute(insert(tables.intake).values(case_id=case_id, id="i_1", exhibit_id="e_1", at=now, by="test",
                                                      assurance="local", host="test", source=b"/evidence"))
            rows.execute(insert(tables.medium), [{
                "case_id": case_id, "id": one, "sha256": one.encode(), "sha1": b"", "md5": b"", "bytes": 1, "kind": "still",
                "type": "image/jpeg", "state": "analysed", "facts": None} for one in ids])
            rows.execute(insert(tables.occurrence), [{
                "case_id": case_id, "id": new_id("o"), "exhibit_id": "e_1", "intake_id": "i_1",
                "path": f"IMG_{n:04}.jpg".encode(), "location": one.encode(), "medium_id": one,
                "original": True, "stated": []} for n, one in enumerate(ids)])
            records.refresh(rows, case_id, ids)
        place.people.add("anna", full_name="Anna", roles=["investigator", "administrator"], password=browsers.PASSWORD)
    return path, case_id, ids


@pytest.fixture(scope="module")
def base(home: tuple[Path, str, list[str]]) -> Iterator[str]:
    with browsers.served(home[0]) as said:
        yield said["address"].rstrip("/")


@pytest.fixture(scope="module")
def address(base: str, home: tuple[Path, str, list[str]]) -> str:
    """Of the gallery, on a desk that runs."""
    return f"{base}/case/{home[1]}/gallery"


@pytest.fixture
def page(page: Page, address: str) -> Page:
    """In the gallery."""
    page.goto(address)
    page.wait_for_selector("body.scripted")
    return page


def shown(page: Page) -> list[str]:
    """Ids of the tiles that the page holds."""
    return page.evaluate("[...document.querySelectorAll('#gallery [data-id]')].map((one) => one.dataset.id)")   # type: ignore[no-any-return]


def place_of(page: Page, medium: str) -> dict[str, float] | None:
    """Where a tile lies on the screen."""
    return page.evaluate("""(id) => { const box = document.querySelector(`#gallery [data-id="${id}"]`)?.getBoundingClientRect();
        return box ? { x: box.left, y: box.top } : null; }""", medium)   # type: ignore[no-any-return]


def scroll(page: Page, by: int, times: int = 1) -> None:
    page.mouse.move(700, 600)
    for _ in range(times):
        page.mouse.wheel(0, by)
        page.wait_for_timeout(60)
    page.wait_for_timeout(900)


def test_scrolling_goes_through_everything_in_order_and_keeps_the_page_small(page: Page, home: Any) -> None:
    ids, found, most = home[2], shown(page), 0

    for _ in range(60):
        scroll(page, 1500)
        here = shown(page)
        found += [one for one in here if one not in set(found)]
        most = max(most, len(here))
        if ids[-1] in here:
            break

    assert found == ids
    assert most < 400


def test_what_is_on_the_screen_stays_when_what_comes_before_is_fetched(page: Page, address: str, home: Any) -> None:
    middle = home[2][350]

    page.goto(f"{address}?around={middle}")
    page.wait_for_timeout(1200)
    scroll(page, -300)
    before = place_of(page, middle)
    scroll(page, 0)

    assert before is not None
    assert place_of(page, middle) == pytest.approx(before, abs=1)
    scroll(page, -3000, 25)
    assert shown(page)[0] == home[2][0]


def test_who_comes_back_from_a_medium_finds_the_tile_where_it_was(page: Page) -> None:
    scroll(page, 1500, 5)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.wait_for_timeout(600)
    chosen = page.evaluate("document.querySelector('.tile.cursor').dataset.id")
    before = place_of(page, chosen)

    page.keyboard.press("Enter")
    page.wait_for_url("**/media/**")
    page.go_back()
    page.wait_for_selector(".tile.cursor")
    for _ in range(100):                                   # however slow the machine is
        page.wait_for_timeout(100)
        if place_of(page, chosen) == pytest.approx(before, abs=2):
            break

    assert page.evaluate("document.querySelector('.tile.cursor').dataset.id") == chosen
    assert place_of(page, chosen) == pytest.approx(before, abs=2)


def test_a_key_marks_goes_on_and_is_taken_back(page: Page, home: Any) -> None:
    ids = home[2]
    page.keyboard.press("j")

    page.keyboard.press("r")
    page.wait_for_selector(f"[data-id='{ids[0]}'] .mark.mine")
    cursor = page.evaluate("document.querySelector('.tile.cursor').dataset.id")
    page.keyboard.press("z")
    page.wait_for_selector(f"[data-id='{ids[0]}'] .mark.mine", state="detached")

    assert cursor == ids[1]


def test_a_range_is_chosen_with_shift_and_marked_in_one_act(page: Page, home: Any) -> None:
    ids = home[2]
    page.click(f"[data-id='{ids[2]}'] a")
    page.click(f"[data-id='{ids[6]}'] a", modifiers=["Shift"])

    page.keyboard.press("l")
    page.wait_for_selector(f"[data-id='{ids[6]}'] .mark-later")

    assert page.locator(".mark-later").count() == 5
    page.keyboard.press("z")
    page.wait_for_selector(".mark-later", state="detached")


def test_a_picture_that_cannot_be_had_is_not_counted_as_seen(page: Page, address: str) -> None:
    page.keyboard.press("b")
    page.wait_for_timeout(9000)

    page.goto(f"{address}?seen=me")

    assert "viser 0 af" in page.inner_text("#counts") or "shows 0 of" in page.inner_text("#counts")


def test_of_many_small_tiles_only_the_one_in_the_panel_is_looked_at(page: Page, address: str) -> None:
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#888"/></svg>'
    page.route("**/thumb?**", lambda route: route.fulfill(status=200, content_type="image/svg+xml", body=drawn))

    def seen() -> str:
        page.wait_for_timeout(6500)                          # a second before the eyes, and the report that comes every five
        asked = f"fetch('{address}/news.json?seen=me').then((one) => one.json()).then((one) => String(one.matching))"
        return str(page.evaluate(asked))

    page.goto(address)
    page.wait_for_selector("body.scripted")
    if page.evaluate("document.body.dataset.veil") != "off":
        page.keyboard.press("b")
    alone = seen()
    page.keyboard.press("j")
    chosen = seen()

    assert (alone, chosen) == ("0", "1")


def test_a_mark_changes_the_numbers_beside_what_is_put_aside_and_without_a_mark(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body.scripted")

    def counts() -> list[str]:
        return page.locator("[data-count]").all_inner_texts()

    before = counts()
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.wait_for_selector(".mark-later")
    marked = counts()
    page.keyboard.press("z")
    page.wait_for_selector(".mark-later", state="detached")

    assert sorted(marked) != sorted(before)
    assert "1" in marked
    assert counts() == before


def test_the_account_in_view_is_put_right_in_place(page: Page) -> None:
    right = page.inner_text("[data-live=glance]")
    page.evaluate("document.querySelector('[data-live=glance] b').textContent = 'old'")

    page.evaluate("document.dispatchEvent(new CustomEvent('work-changed'))")
    page.wait_for_selector("[data-live=glance] b:text-is('old')", state="detached", timeout=8000)

    assert page.inner_text("[data-live=glance]") == right
    assert page.get_attribute("[data-live=glance]", "aria-live") is None


def test_who_is_signed_out_meanwhile_is_told_that_the_mark_was_not_kept(page: Page, address: str) -> None:
    page.keyboard.press("j")
    page.context.clear_cookies()

    page.keyboard.press("r")
    page.wait_for_url("**/sign-in?**")

    assert page.locator(".note").inner_text().split(";")[0] in ("Du blev logget ud", "You were signed out")


def test_a_day_is_whole_whatever_stands_beside_it(page: Page) -> None:
    cut = page.evaluate("""() => {
        const caption = document.querySelectorAll('#gallery .tile[data-id] .caption')[1];
        caption.querySelector('.where').textContent = '14.01.2026';
        caption.querySelector('.where').classList.add('day');
        caption.querySelector('.more').innerHTML = '<i class="ring"></i><span>×2</span><span>1 m 24 s</span>';
        const day = caption.querySelector('.where'), [ring, copies, length] = caption.querySelector('.more').children;
        const inside = (one) => one.getBoundingClientRect().bottom <= caption.getBoundingClientRect().bottom + 1;
        return [day.scrollWidth > day.clientWidth + 1, inside(ring), inside(copies), inside(length)];
    }""")

    assert cut == [False, True, True, False], "the day, who saw it and how many copies; there is no room for the length"


def test_the_keys_of_the_gallery_name_the_one_that_opens(page: Page) -> None:
    page.keyboard.press("?")

    assert page.locator("#keys-here tr[data-act='open']").is_visible()


def test_nobody_is_kept_out_of_the_gallery(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_timeout(800)

    found = Axe().run(page).response["violations"]

    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []
