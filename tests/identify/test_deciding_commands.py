"""What an examiner types, and reads."""
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.identify.conftest import Scene

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.cli.main import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(actor, "decide", …)`: the exit code, and what was printed, on both outputs."""
    monkeypatch.setattr("sporhund.api.open_home.SystemClock", lambda: scene.clock)

    def command(actor: Actor, *words: str) -> tuple[int, str]:
        monkeypatch.setattr(Sporhund, "_who", lambda self: actor)
        with pytest.raises(SystemExit) as ended:
            main([*words, "--home", str(scene.store.settings.home)])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return command


def data(said: tuple[int, str]) -> Any:
    assert said[0] == 0, said[1]
    return json.loads(said[1])["data"]


def test_two_examiners_and_two_who_name(scene: Scene, run: Run, tmp_path: Path) -> None:
    candidate, case = scene.made.candidates[0], ("--case", scene.name)
    form = run(scene.one, "candidates", "show", candidate, *case, "--checklist")[1]
    (tmp_path / "form.toml").write_text(form.replace("similar = false", "similar = true", 1))

    code, said = run(scene.one, "decide", candidate, *case, "--as", "same", "--checklist", str(tmp_path / "form.toml"))
    second = run(scene.two, "decide", candidate, *case, "--as", "same", "--feature", "ears=similar:individual", "--json")
    link = data(second)["link"]
    entered = data(run(scene.searcher, "identity", "enter", *case, "--link", link, "--name", "Emma", "--role", "suspect",
                       "--stage", "sigtet", "--stage-date", "2026-02-01", "--certainty", "assessment", "--json"))
    refused = run(scene.searcher, "identity", "confirm", entered["identity"], *case)
    confirmed = run(scene.chief, "identity", "confirm", entered["identity"], *case)

    assert code == 0 and "Stored: same" in said and "waits for a second examiner" in said
    assert refused[0] == 3 and "same-person" in refused[1]
    assert confirmed == (0, "Confirmed: Emma, suspect (assessment).\n")
    assert "sigtet 2026-02-01" in run(scene.one, "identity", "list", *case)[1]


def test_a_queue_reads_without_scores_and_says_so(scene: Scene, run: Run) -> None:
    code, said = run(scene.one, "candidates", "--case", scene.name)

    assert code == 0 and "2 yours to conclude" in said and "stay hidden until you have concluded" in said
    assert "0.93" not in said and "rank" not in said.replace("Score, rank, chance", "")


def test_after_ones_own_conclusion_the_context_is_shown_with_what_it_does_not_mean(scene: Scene, run: Run) -> None:
    scene.say(scene.one, "same")
    scene.say(scene.one, "not-same", candidate=scene.made.candidates[1])

    said = run(scene.one, "candidates", "show", scene.made.candidates[0], "--case", scene.name)[1]

    assert "rank 1 · score 0.937" in said and "The list as it was seen" in said
    assert "not how probable it is" in said and "ears: similar · individual · attached lobes" in said


@pytest.mark.parametrize(("words", "code", "expected"), [
    (("decide", "h_x", "--as", "same", "--feature", "ears=similar"), 2, "unknown-candidate"),
    (("decide", "{}", "--as", "same"), 3, "checklist-needed"),
    (("decide", "{}", "--as", "maybe"), 2, "It has: same (the same person)"),
    (("decide", "{}", "--as", "same", "--feature", "ears"), 2, "bad-checklist"),
    (("decide", "{}", "--as", "same", "--checklist", "/nowhere"), 2, "bad-checklist"),
    (("identity", "enter", "--link", "l", "--name", "E", "--role", "victim", "--certainty", "fact"), 2, "unknown-link"),
])
def test_what_cannot_be_is_said_in_a_line_with_what_to_do(
    scene: Scene, run: Run, words: tuple[str, ...], code: int, expected: str,
) -> None:
    typed = [word.format(scene.made.candidates[0]) for word in words]

    ended, said = run(scene.one, *typed, "--case", scene.name)

    assert ended == code and expected in " ".join(said.split())


def test_the_scale_is_printed_and_an_example_can_be_taken_as_it_is(scene: Scene, run: Run) -> None:
    own = scene.store.settings.home / "scale.toml"
    own.write_text(run(scene.one, "candidates", "scale", "--example")[1], "utf-8")
    try:
        said = run(scene.one, "candidates", "scale")[1]
    finally:
        own.unlink()

    assert "seven-levels@1" in said and "stærk støtte for samme person" in said
