"""Scales and checklists come from people: read strictly, and what is wrong is named."""
from pathlib import Path

import pytest

from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.identify import checklist, scale
from sporhund.identify.model import Feature, Meaning

SHIPPED = scale.shipped("scale.toml").decode()


def test_the_shipped_scale_says_the_four_things(tmp_path: Path) -> None:
    values = scale.in_use(tmp_path).values

    assert [one.value for one in values] == [one.meaning.value for one in values] == [one.value for one in Meaning]


def test_the_example_of_seven_levels_is_a_scale() -> None:
    by_value = {one.value: one.meaning for one in scale.parse(scale.shipped("scale-seven.toml")).values}

    assert (by_value["+3"], by_value["+1"], by_value["-2"]) == (Meaning.SAME, Meaning.INCONCLUSIVE, Meaning.NOT_SAME)


@pytest.mark.parametrize("broken", [
    SHIPPED.replace('meaning = "not-same"', 'meaning = "unlike"'),
    SHIPPED.replace('value = "not-same"', 'value = "same"'),
    SHIPPED.replace('meaning = "same"', 'meaning = "inconclusive"'),
    SHIPPED.replace('english =', 'engelsk ='),
    SHIPPED.replace('"forskellige personer"', '""'),
    SHIPPED.replace('"forskellige personer"', '"\\u001b[31m"'),
    "value = 3", "[[value", "\x00",
])
def test_nobody_concludes_on_a_broken_scale(tmp_path: Path, broken: str) -> None:
    (tmp_path / scale.OWN).write_text(broken, "utf-8")

    with pytest.raises(EnvironmentFault) as fault:
        scale.in_use(tmp_path)

    assert fault.value.code == "bad-scale" and str(tmp_path / scale.OWN) in fault.value.message


def test_two_scales_that_read_alike_have_different_digests() -> None:
    assert scale.parse(SHIPPED.encode()).digest != scale.parse((SHIPPED + "\n").encode()).digest


def test_an_empty_form_can_be_filled_in_and_read(tmp_path: Path) -> None:
    form = checklist.empty("h_1").replace(
        'component = "ears"    # ears / ører\nvisible_a = ""\nvisible_b = ""\nsimilar = false',
        'component = "ears"    # ears / ører\nvisible_a = "partly"\nvisible_b = ""\nsimilar = true')
    form = form.replace('light = ""', 'light = "hard, from the left"')
    (tmp_path / "form.toml").write_text(form, "utf-8")

    seen = checklist.read(tmp_path / "form.toml", "h_1")

    assert seen.features == (Feature("ears", visible_a="partly", similar=True),)
    assert seen.quality == {"light": "hard, from the left"}


def test_a_form_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text('{"feature": [{"component": "nose", "different": true}]}')

    assert checklist.read(tmp_path / "form.json", "h_1").features == (Feature("nose", different=True),)


@pytest.mark.parametrize("said", [
    'candidate = "h_2"', '[[feature]]\ncomponent = "horns"\nsimilar = true',
    '[[feature]]\ncomponent = "ears"\nsimilar = true\n[[feature]]\ncomponent = "ears"\ndifferent = true',
    '[[feature]]\ncomponent = "ears"\nsimilar = true\nvisible_b = "no"', '[[feature]]\ncomponent = "ears"\nsimilar = "yes"',
    '[[feature]]\ncomponent = "ears"\ndistance = 3.2', '[quality]\nmood = "good"', "[[feature",
    '[[feature]]\ncomponent = "ears"\nweight = "heavy"', f'[quality]\nlight = "{"x" * 3000}"',
])
def test_a_form_that_cannot_be_taken_is_refused_with_its_reason(tmp_path: Path, said: str) -> None:
    (tmp_path / "form.toml").write_text(said)

    with pytest.raises(WrongUsage) as fault:
        checklist.read(tmp_path / "form.toml", "h_1")

    assert fault.value.code == "bad-checklist"


def test_features_can_be_said_in_words() -> None:
    seen = checklist.spoken(["ears=similar:individual:lobes: attached", "nose=different:class:turned by 40 degrees"])

    assert seen.features == (
        Feature("ears", similar=True, weight="individual", note="lobes: attached"),
        Feature("nose", different=True, weight="class", explanation="turned by 40 degrees"))


@pytest.mark.parametrize("said", ["ears", "ears=alike", "=similar", "ears=similar:strong", "horns=similar"])
def test_features_in_other_words_are_refused(said: str) -> None:
    with pytest.raises(WrongUsage) as fault:
        checklist.spoken([said])

    assert fault.value.code == "bad-checklist"
