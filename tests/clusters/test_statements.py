"""What people said: the newest word on a pair holds, and a contradiction is told with the chain that leads there."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.clusters.statements import Word, put_together, require_consistent
from sporhund.errors import Refused

tracks = st.sampled_from("abcdef")


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        left = draw(st.frozensets(tracks, min_size=1, max_size=3))
        right = draw(st.frozensets(tracks, min_size=1, max_size=3)) - left
        if right:
            found.append(Word(f"q{number}", draw(st.booleans()), (left, right)))
    return found


def same(name: str, left: str, right: str) -> Word:
    return Word(name, True, (frozenset(left), frozenset(right)))


def apart(name: str, left: str, right: str) -> Word:
    return Word(name, False, (frozenset(left), frozenset(right)))


@given(words())
def test_nobody_is_one_person_and_two(said: list[Word]) -> None:
    found = put_together(said)

    group = found.group_of()
    assert all(group.get(a, a) != group.get(b, b) for left, right in found.apart for a in left for b in right)


@given(words())
def test_every_word_holds_is_outdone_or_is_told(said: list[Word]) -> None:
    found = put_together(said)
    group = found.group_of()
    told = {one.statement for one in found.conflicts}
    for place, word in enumerate(said):
        for a, b in [(a, b) for a in word.sides[0] for b in word.sides[1]]:
            newer = [one for one in said[place + 1:] if one.same != word.same and _names(one, a, b)]
            if word.same and not newer:
                assert group[a] == group[b]
            if not word.same and not newer and word.id not in told:
                assert any({a, b} <= left | right and (a in left) != (b in left) for left, right in found.apart)


def _names(word: Word, a: str, b: str) -> bool:
    left, right = word.sides
    return {a, b} <= left | right if word.same else (a in left and b in right) or (b in left and a in right)


def test_the_newest_word_on_a_pair_holds() -> None:
    assert put_together([same("q1", "a", "b"), apart("q2", "a", "b")]).same == ()
    assert put_together([apart("q1", "a", "b"), same("q2", "a", "b")]).apart == ()


def test_a_contradiction_names_the_chain() -> None:
    before = [same("q1", "a", "b"), same("q2", "b", "c")]

    with pytest.raises(Refused, match=r"a same b \(q1\), b same c \(q2\)") as refused:
        require_consistent(before, [*before, apart("q3", "a", "c")])

    assert refused.value.code == "contradiction"


def test_a_same_that_closes_a_chain_onto_two_people_is_refused() -> None:
    before = [same("q1", "a", "b"), apart("q2", "a", "c")]

    with pytest.raises(Refused, match="two people"):
        require_consistent(before, [*before, same("q3", "b", "c")])


def test_a_contradiction_with_hidden_words_does_not_say_what_they_are() -> None:
    before = [same("q1", "a", "b"), same("q2", "b", "c")]

    with pytest.raises(Refused) as refused:
        require_consistent(before, [*before, apart("q3", "a", "c")], hidden={"q2"})

    assert "q2" not in refused.value.message


def test_a_split_takes_its_tracks_out_of_an_earlier_merge_and_leaves_them_free() -> None:
    found = put_together([same("q1", "abc", "de"), apart("q2", "ab", "cde")])

    assert found.same == (frozenset("ab"), frozenset("cde"))
    assert put_together([apart("q1", "ab", "cde")]).same == ()
