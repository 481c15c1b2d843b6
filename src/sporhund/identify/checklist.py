"""The checklist of features: an empty form to fill, and what comes back, as a file or in single words."""
import json
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from sporhund.errors import WrongUsage
from sporhund.identify import rules
from sporhund.identify.model import Checklist, Feature, Form, Term
from sporhund.identify.scale import shipped

LARGEST = 1_000_000
"""Bytes of a filled form; a page of text for every component is a twentieth of it."""

_HEAD = """# Candidate {candidate}. A is the probe, B the candidate's picture.
# Fill in what you compared; what is left empty was not compared. Then:
#   sporhund decide {candidate} --case CASE --as VALUE --checklist THIS-FILE
# visible_a, visible_b: yes, partly, no.   similar, different: true where something in it is alike, or is not; both may be.
# weight: class (many people share it) or individual.   explanation: of a difference: pose, light, expression, age, lens,
# compression, make-up.
candidate = "{candidate}"
"""


class _Feature(msgspec.Struct, forbid_unknown_fields=True):
    component: str
    visible_a: str = ""
    visible_b: str = ""
    similar: bool = False
    different: bool = False
    weight: str = ""
    explanation: str = ""
    note: str = ""


class _Filled(msgspec.Struct, forbid_unknown_fields=True):
    candidate: str = ""
    quality: dict[str, str] = {}
    feature: list[_Feature] = []


@cache
def form() -> Form:
    """The form that is shipped."""
    return msgspec.convert(tomllib.loads(shipped("checklist.toml").decode("utf-8")), Form)


def empty(candidate: str) -> str:
    """A form to fill in, as TOML. candidate: its id."""
    asked = form()
    lines = [_HEAD.format(candidate=candidate), "[quality]"]
    lines += [f'{term.key} = ""    # {term.english} / {term.danish}' for term in asked.quality]
    for term in asked.components:
        lines += ["", "[[feature]]", f'component = "{term.key}"    # {term.english} / {term.danish}', 'visible_a = ""',
                  'visible_b = ""', "similar = false", "different = false", 'weight = ""', 'explanation = ""', 'note = ""']
    return "\n".join(lines) + "\n"


def read(path: Path, candidate: str) -> Checklist:
    """A filled form, TOML or JSON. Raises WrongUsage `bad-checklist`, also where it was filled for another candidate."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("it is too large for a form")
        said = path.read_text("utf-8")
        plain: Any = json.loads(said) if path.suffix.lower() == ".json" else tomllib.loads(said)
        filled = msgspec.convert(plain, _Filled)
    except OSError as fault:
        raise WrongUsage("bad-checklist", f"{path} cannot be read: {fault.strerror}.", "Name the filled form.") from fault
    except (ValueError, RecursionError) as fault:
        raise WrongUsage("bad-checklist", f"{path} is no filled form: {str(fault)[:300]}", _HINT) from fault
    if filled.candidate and filled.candidate != candidate:
        raise WrongUsage("bad-checklist", f"{path} was filled in for another candidate.", "Take the form of this one.")
    seen = Checklist(
        tuple(_feature(one) for one in filled.feature if _touched(one)),
        {aspect: words for aspect, words in filled.quality.items() if words.strip()})
    rules.check_checklist(form(), seen)
    return seen


_HINT = "An empty one: sporhund candidates show CANDIDATE --case CASE --checklist."


def _touched(one: _Feature) -> bool:
    return one != _Feature(one.component)


def _feature(one: _Feature) -> Feature:
    return Feature(one.component, one.visible_a or "yes", one.visible_b or "yes", one.similar, one.different, one.weight,
                   one.explanation, one.note)


def spoken(said: Sequence[str]) -> Checklist:
    """Features in words: `ears=similar:individual:attached lobes`, `nose=different:class:turned by 40 degrees`.

    The third part is a note where it is similar, the explanation where it is different. Raises WrongUsage `bad-checklist`.
    """
    seen = Checklist(tuple(_spoken(one) for one in said))
    rules.check_checklist(form(), seen)
    return seen


def _spoken(said: str) -> Feature:
    component, _, rest = said.partition("=")
    finding, _, rest = rest.partition(":")
    weight, _, words = rest.partition(":")
    if finding not in ("similar", "different"):
        raise WrongUsage("bad-checklist", f"{said[:60]!r} does not say what was found.",
                         "Write COMPONENT=similar|different[:class|individual[:words]].")
    different = finding == "different"
    return Feature(component.strip(), similar=not different, different=different, weight=weight.strip(),
                   explanation=words.strip() if different else "", note="" if different else words.strip())


def both(first: Checklist, second: Checklist) -> Checklist:
    """A form and features in words beside it. Raises WrongUsage `bad-checklist` where they speak of one component."""
    seen = Checklist((*first.features, *second.features), {**first.quality, **second.quality})
    rules.check_checklist(form(), seen)
    return seen


def terms(of: Sequence[Term]) -> dict[str, str]:
    """Keys with their English words."""
    return {term.key: term.english for term in of}
