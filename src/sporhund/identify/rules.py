"""When two people make a link, who may conclude, what a conclusion and an identity need. Pure."""
from collections.abc import Collection, Sequence
from datetime import date

from sporhund.access.model import Allowed, Denied, Verdict
from sporhund.errors import Refused, WrongUsage
from sporhund.identify.model import (
    CERTAINTIES,
    STAGES,
    Checklist,
    Feature,
    Form,
    Meaning,
    Named,
    Question,
    Role,
    Scale,
    Standing,
    State,
    Value,
)

LONGEST = 2000
VISIBLE = ("yes", "partly", "no")
WEIGHTS = ("class", "individual")


# ------------------------------------------------------------------ two people

def outcome(meanings: Sequence[Meaning]) -> State:
    """Where a candidate stands after these conclusions, in their order (three at most).

    Two `same` make a link. `same` against anything else goes to a third. Without two `same` there is no link.
    """
    if meanings.count(Meaning.SAME) >= 2:
        return State.LINKED
    if not meanings:
        return State.OPEN
    if len(meanings) == 1:
        return State.NEEDS_SECOND
    if len(meanings) == 2 and Meaning.SAME in meanings:
        return State.NEEDS_THIRD
    return State.CLOSED


def may_conclude(asked: Question) -> Verdict:
    """Whether this examiner may conclude on this candidate now. Roles and the legal basis are checked beside it."""
    if asked.deleted:
        return Denied("candidate-deleted", "This candidate was deleted by a named decision.", "See: sporhund audit show.")
    if asked.examiner in asked.decided:
        return Denied("decided-already", "You have concluded on this candidate already; a conclusion is never changed.",
                      "What you said: sporhund candidates show CANDIDATE --case CASE.")
    if outcome(asked.meanings).settled:
        return Denied("settled", "This candidate is settled: others have concluded.",
                      "See: sporhund candidates show CANDIDATE --case CASE.")
    if not asked.accounts.isdisjoint(asked.decided):
        return Denied("same-hands", "Somebody concluded here whose account you created or administer, or who did so with yours.",
                      "Another examiner must conclude.")
    if asked.examiner in asked.saw:
        return Denied("not-blind", "You have seen what this search came to: its scores and ranks.",
                      "Another examiner, who has not, must conclude.")
    return Allowed("blind and separate")


# ------------------------------------------------------------------ conclusions

def value_named(scale: Scale, said: str) -> Value:
    """Raises WrongUsage `unknown-value`, naming what the scale has."""
    for value in scale.values:
        if value.value == said:
            return value
    has = ", ".join(f"{value.value} ({value.english})" for value in scale.values)
    raise WrongUsage("unknown-value", f"The scale {scale.name}@{scale.version} has no such conclusion.", f"It has: {has}.")


def check_scale(values: Sequence[Value]) -> None:
    """A scale that can say both and says nothing twice. Raises ValueError naming what is wrong."""
    said = [value.value for value in values]
    twice = {one for one in said if said.count(one) > 1}
    if twice:
        raise ValueError(f"the value {sorted(twice)[0]!r} is there twice")
    for value in values:
        for word in (value.value, value.english, value.danish):
            if not word.strip() or word != word.strip() or not word.isprintable() or len(word) > 200:
                raise ValueError(f"{word!r} is no word that can be shown")
    missing = {Meaning.SAME, Meaning.NOT_SAME} - {value.meaning for value in values}
    if missing:
        raise ValueError(f"no value means {sorted(missing)[0].value!r}")


def check_checklist(form: Form, seen: Checklist) -> None:
    """What was filled in is possible. Raises WrongUsage `bad-checklist`."""
    known = {term.key for term in form.components}
    named = [feature.component for feature in seen.features]
    for feature in seen.features:
        if feature.component not in known:
            raise _bad(f"there is no component {_short(feature.component)}", "Components: " + ", ".join(sorted(known)) + ".")
        if named.count(feature.component) > 1:
            raise _bad(f"{feature.component} is there twice", "Put both into one: similar and different may stand together.")
        _check_feature(feature)
    aspects = {term.key for term in form.quality}
    for aspect, said in seen.quality.items():
        if aspect not in aspects:
            raise _bad(f"there is no aspect of quality {_short(aspect)}", "Aspects: " + ", ".join(sorted(aspects)) + ".")
        _check_text(aspect, said)


def _check_feature(feature: Feature) -> None:
    of = feature.component
    for picture, visible in (("A", feature.visible_a), ("B", feature.visible_b)):
        if visible not in VISIBLE:
            raise _bad(f"{of}: visible in {picture} is {_short(visible)}", f"Say one of: {', '.join(VISIBLE)}.")
    if feature.compared and "no" in (feature.visible_a, feature.visible_b):
        raise _bad(f"{of} is compared but not visible in both pictures", "Say yes or partly, or leave it uncompared.")
    if feature.weight and feature.weight not in WEIGHTS:
        raise _bad(f"{of}: the weight is {_short(feature.weight)}", f"Say one of: {', '.join(WEIGHTS)}, or nothing.")
    _check_text(f"{of}: the explanation", feature.explanation)
    _check_text(f"{of}: the note", feature.note)


def _check_text(what: str, said: str) -> None:
    if not _may_be_kept(said):
        raise _bad(f"{what} is too long or cannot be printed", f"At most {LONGEST} printable characters.")


def check_note(note: str) -> str:
    """Raises WrongUsage `bad-note`."""
    trimmed = note.strip()
    if not _may_be_kept(trimmed):
        raise WrongUsage("bad-note", "The note is too long or cannot be printed.", f"At most {LONGEST} printable characters.")
    return trimmed


def _may_be_kept(said: str) -> bool:
    return len(said) <= LONGEST and all(sign.isprintable() or sign == "\n" for sign in said)


def check_conclusion(meaning: Meaning, seen: Checklist) -> None:
    """`same` and `not-same` need a component compared; beside `same` every difference needs its explanation.

    Raises Refused `checklist-needed`, `difference-unexplained`.
    """
    if meaning not in (Meaning.SAME, Meaning.NOT_SAME):
        return
    if not any(feature.compared for feature in seen.features):
        raise Refused(
            "checklist-needed", "This conclusion needs at least one component of the face that was compared.",
            "Say it: --feature 'ears=similar:individual:attached lobes', or fill in a form: "
            "sporhund candidates show CANDIDATE --case CASE --checklist.")
    if meaning is Meaning.SAME:
        bare = [feature.component for feature in seen.features if feature.different and not feature.explanation.strip()]
        if bare:
            raise Refused(
                "difference-unexplained", f"A difference stands beside 'same' without an explanation: {', '.join(bare)}.",
                "Say what explains it (pose, light, expression, age, lens, compression, make-up), or conclude otherwise.")


def _bad(what: str, hint: str) -> WrongUsage:
    return WrongUsage("bad-checklist", f"The checklist cannot be taken: {what}.", hint)


def _short(said: str) -> str:
    return ascii(said[:40])


# ------------------------------------------------------------------ identity

def check_named(named: Named, today: date) -> Named:
    """What is said of a person, in one line each. Raises WrongUsage `bad-name`, `bad-stage`, `bad-certainty`."""
    name = named.name.strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise WrongUsage("bad-name", "The name must stand in one line of at most 200 characters.", "Give it with --name.")
    if named.certainty not in CERTAINTIES:
        raise WrongUsage("bad-certainty", "Is it a fact, or an assessment?", "Say it: --certainty fact|assessment.")
    if named.role is Role.SUSPECT:
        if named.stage not in STAGES or named.stage_date is None:
            raise WrongUsage("bad-stage", "A suspect needs the legal stage and its date.",
                             f"--stage {'|'.join(STAGES)} --stage-date YYYY-MM-DD")
        if named.stage_date > today:
            raise WrongUsage("bad-stage", "The date of the legal stage lies in the future.", "Record it when it has come.")
    elif named.stage is not None or named.stage_date is not None:
        raise WrongUsage("bad-stage", "Only a suspect has a legal stage.", "Leave --stage and --stage-date out.")
    return Named(name, named.role, named.certainty, named.stage, named.stage_date)


def may_enter(name: str, ground: str, tracks: Collection[object], others: Sequence[Standing]) -> Verdict:
    """Whether somebody may be named here beside those who are named already (entered or confirmed, not withdrawn).

    ground: the link or outside ground that the name would stand on.   tracks: those it would belong to.
    """
    for other in others:
        if other.ground == ground:
            return Denied("identity-stands", f"Somebody is named on this already (identity {other.id}).",
                          "Confirm it, or withdraw it first: sporhund identity withdraw I --why …")
        if other.name.casefold() != name.casefold() and not set(other.tracks).isdisjoint(tracks):
            return Denied("identity-contradicts", f"On the same track another name stands (identity {other.id}).",
                          "One of the two is wrong: withdraw it first: sporhund identity withdraw I --why …")
    return Allowed("nobody else is named there")


def may_confirm(by: str, entered_by: str, accounts: Collection[str], state: str) -> Verdict:
    """Whether this person may confirm an identity. accounts: as in Question."""
    if state == "withdrawn":
        return Denied("withdrawn", "This identity was withdrawn.", "Enter it again, if it still holds.")
    if state == "confirmed":
        return Denied("confirmed-already", "This identity is confirmed already.", "See: sporhund identity list --case CASE.")
    if by == entered_by:
        return Denied("same-person", "You entered this identity: another person must confirm it.", "Ask a colleague of the case.")
    if entered_by in accounts:
        return Denied("same-hands", "It was entered by an account that you created or administer, or that did so with yours.",
                      "Another colleague must confirm it.")
    return Allowed("another person")
