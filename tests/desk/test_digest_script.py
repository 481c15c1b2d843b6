"""The digest that a browser computes of a file before it is sent: the published algorithm, however the bytes come."""
import base64
import hashlib
from pathlib import Path

from tests.desk import browser

from sporhund import desk

SCRIPT = Path(str(desk.__file__)).parent / "static" / "sha256.js"
SIZES = (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 300_001)
"""Around the edges of a block and of its padding."""
COMPUTE = """async ([script, contents, step]) => {
  const { Digest } = await import("data:text/javascript;base64," + script);
  return contents.map((one) => {
    const bytes = Uint8Array.from(atob(one), (character) => character.charCodeAt(0)), digest = new Digest();
    for (let at = 0; at < bytes.length; at += step) digest.take(bytes.subarray(at, at + step));
    return digest.hex();
  });
}"""


def test_a_browser_computes_the_sha256_that_the_desk_does() -> None:
    from playwright.sync_api import sync_playwright

    contents = [hashlib.shake_256(b"any bytes").digest(size) for size in SIZES]
    script = base64.b64encode(SCRIPT.read_bytes()).decode()
    sent = [base64.b64encode(one).decode() for one in contents]

    with sync_playwright() as play, play.chromium.launch(executable_path=browser.required(), args=browser.QUIET) as chromium:
        page = chromium.new_page()
        found = {step: page.evaluate(COMPUTE, [script, sent, step]) for step in (7, 64, 65_536)}

    assert all(one == [hashlib.sha256(content).hexdigest() for content in contents] for one in found.values())
