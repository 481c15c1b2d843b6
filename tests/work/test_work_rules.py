"""Which acts a work takes, what becomes of it, and in which order works begin."""
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sporhund.errors import Refused, WrongUsage
from sporhund.work import rules
from sporhund.work.model import Asked, Focus, State, Wish

standings = some.tuples(some.sampled_from(State), some.sampled_from([None, *Wish])).filter(
    lambda pair: pair[1] is None or pair[0] is State.RUNNING)


@given(standings, some.sampled_from(sorted(rules.ACTS)))
def test_an_act_is_possible_or_refused_and_never_both(standing: tuple[State, Wish | None], act: str) -> None:
    possible = act in rules.possible(*standing)

    if possible:
        rules.after(act, *standing)
    else:
        with pytest.raises(Refused) as said:
            rules.after(act, *standing)
        assert said.value.code == "work-state"


@given(standings, some.lists(some.sampled_from(sorted(rules.ACTS)), max_size=20))
def test_only_a_running_work_has_a_wish_and_no_act_of_a_person_makes_it_run_or_end_it(
    standing: tuple[State, Wish | None], acts: list[str],
) -> None:
    state, wish = standing
    for act in acts:
        if act not in rules.possible(state, wish):
            continue
        before, (state, wish) = state, rules.after(act, state, wish)

        assert wish is None or state is State.RUNNING
        assert (state is State.RUNNING) == (before is State.RUNNING)
        assert state is before or state not in (State.DONE, State.FAILED)


@given(some.sampled_from([None, *Wish]))
def test_what_was_stopped_can_go_on_unless_somebody_cancelled_it(wish: Wish | None) -> None:
    state = rules.stopped(wish)

    assert state is (State.CANCELLED if wish is Wish.CANCEL else State.PAUSED if wish else State.WAITING)
    assert rules.possible(state, None)


def test_a_pause_can_be_taken_back_and_a_cancellation_cannot() -> None:
    assert rules.after("resume", State.RUNNING, Wish.PAUSE) == (State.RUNNING, None)
    assert rules.after("cancel", State.RUNNING, Wish.PAUSE) == (State.RUNNING, Wish.CANCEL)
    assert rules.possible(State.RUNNING, Wish.CANCEL) == ("focus",)


waiting = some.lists(some.floats(0, 1e6, allow_nan=False), min_size=1, max_size=8, unique=True).map(
    lambda places: [(f"w{number}", place) for number, place in enumerate(places)])


@given(waiting, some.data())
def test_a_moved_work_begins_before_the_named_one_and_all_others_keep_their_order(
    works: list[tuple[str, float]], data: some.DataObject,
) -> None:
    ids = [one for one, _ in sorted(works, key=lambda pair: pair[1])]
    work, before = data.draw(some.sampled_from(ids)), data.draw(some.sampled_from([None, *ids]))

    places = rules.moved(works, work, before)

    order = sorted(places, key=lambda one: places[one])
    assert sorted(places.values()) == sorted(place for _, place in works)     # no work of another case is passed over
    assert [one for one in order if one != work] == [one for one in ids if one != work]
    if before not in (None, work):
        assert order.index(work) == order.index(str(before)) - 1
    if before is None:
        assert order[-1] == work


def test_a_work_that_does_not_wait_cannot_be_moved() -> None:
    with pytest.raises(WrongUsage) as said:
        rules.moved([("a", 1.0)], "b", None)

    assert said.value.code == "unknown-work"


@pytest.mark.parametrize(("asked", "code"), [
    (Asked(mode="fast"), "unknown-mode"), (Asked(focus=Focus("2026-01-14T22:00", within_s=0)), "bad-focus"),
])
def test_choices_that_there_are_not_are_refused(asked: Asked, code: str) -> None:
    with pytest.raises(WrongUsage) as said:
        rules.check(asked)

    assert said.value.code == code
