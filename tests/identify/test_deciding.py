"""Two examiners decide separately; what they may not, they are told, and it is recorded."""
import pytest
from tests.identify.conftest import Scene
from tests.identify.make import EARS, linked

from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.errors import Refused
from sporhund.identify import decisions
from sporhund.identify.decisions import Decided
from sporhund.identify.model import Checklist, State


def say(scene: Scene, actor: Actor, said: str, *, candidate: str | None = None, seen: Checklist = EARS) -> Decided:
    return decisions.decide(scene.case_id, candidate or scene.made.candidates[0], said=said, seen=seen, **scene.hands(actor))


def test_two_who_say_the_same_make_a_link(scene: Scene) -> None:
    first = say(scene, scene.one, "same")
    second = say(scene, scene.two, "same")

    assert (first.state, first.link) == (State.NEEDS_SECOND, None)
    assert second.state is State.LINKED and second.link is not None


def test_a_link_is_made_once_and_by_two(scene: Scene) -> None:
    assert linked(scene.made, (scene.one, scene.two), store=scene.store, keys=scene.keys, clock=scene.clock)


def test_nobody_decides_twice_and_the_attempt_is_recorded(scene: Scene) -> None:
    say(scene, scene.one, "same")

    with pytest.raises(Refused) as refused:
        say(scene, scene.one, "not-same")

    assert refused.value.code == "decided-already"
    event = audit.show(scene.store, scene.keys, scene.case_id)[0]
    assert (event.action, event.outcome) == ("decide", "refused")
