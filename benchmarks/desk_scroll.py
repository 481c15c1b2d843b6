"""How smoothly the gallery of the largest case scrolls in a browser.

    python -m benchmarks.desk_case --home DIR            the case, made once
    python -m benchmarks.desk_scroll --home DIR [--seconds 30] [--case BIG]

Debian's Chromium, without a graphics card, turns the wheel as fast as a hand does and does not wait for what is loaded. Told are
the times between two frames that it drew, how far it came, and how many tiles the page held. The made-up media have no files:
each picture is answered with the same small one, so that the list is measured and not the previews (`benchmarks.copies`).
"""
import argparse
import io
import statistics
from pathlib import Path

from benchmarks.desk import PASSWORD, people_of
from PIL import Image
from playwright.sync_api import Page, Route, sync_playwright
from tests.desk.browser import QUIET, required, served

from sporhund.api.home import Sporhund
from sporhund.cases import service

STEP, EVERY_MS = 400, 50
"""Pixels that the wheel turns, and how often: some 8,000 pixels a second."""
FRAMES = """() => { window.frames = []; window.most = 0; let last = performance.now();
  const draw = (now) => { window.frames.push(now - last); last = now;
    window.most = Math.max(window.most, document.querySelectorAll("#gallery [data-id]").length); requestAnimationFrame(draw); };
  requestAnimationFrame(draw); }"""


def picture() -> bytes:
    told = io.BytesIO()
    Image.linear_gradient("L").resize((160, 120)).save(told, "JPEG")
    return told.getvalue()


def scroll(page: Page, base: str, case_id: str, name: str, seconds: float) -> None:
    small = picture()

    def answer(route: Route) -> None:
        route.fulfill(body=small, content_type="image/jpeg")

    page.route("**/thumb?*", answer)
    page.route("**/crop?*", answer)
    page.goto(f"{base}/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/case/{case_id}/gallery", timeout=60_000)
    page.wait_for_selector("body.scripted")
    page.hover("#gallery [data-id]")
    page.evaluate(FRAMES)
    for _ in range(round(seconds * 1000 / EVERY_MS)):
        page.mouse.wheel(0, STEP)
        page.wait_for_timeout(EVERY_MS)
    frames: list[float] = page.evaluate("window.frames")
    seen = page.evaluate("[...document.querySelectorAll('#gallery [data-id]')].length")
    print(f"{len(frames)} frames in {sum(frames) / 1000:.1f} s: median {statistics.median(frames):.1f} ms,"
          f" 95 % {statistics.quantiles(frames, n=20)[-1]:.1f} ms, longest {max(frames):.0f} ms,"
          f" over 100 ms: {sum(one > 100 for one in frames)}")
    print(f"the page held {page.evaluate('window.most')} tiles at most, {seen} at the end;"
          f" scrolled {page.evaluate(DOWN)} pixels")


DOWN = """() => Math.max(document.scrollingElement.scrollTop,
  ...[...document.querySelectorAll("main, #gallery, .main")].map((one) => one.scrollTop))"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--case", default="BIG")
    parser.add_argument("--seconds", type=float, default=30.0)
    chosen = parser.parse_args()
    with Sporhund(chosen.home) as place:
        with place.store.reader() as rows:
            case_id = service.find(rows, chosen.case).id
        (name,) = people_of(place, case_id, 1)
    with served(chosen.home) as said, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=required(), args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        scroll(page, said["address"].rstrip("/"), case_id, name, chosen.seconds)
        browser.close()


if __name__ == "__main__":
    main()
