"""When a legal basis is complete, what may become of it, and whether what was found under it may be seen. Pure."""
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sporhund.access.model import Allowed, Basis, Denied, Draft, Needed, Policy, Standing, Step, Verdict
from sporhund.access.rules import standing
from sporhund.errors import Refused, WrongUsage

FINAL = frozenset({Standing.REFUSED, Standing.LAPSED})
"""Nothing reopens what was found under such a basis."""
OVER = frozenset({Standing.EXPIRED, Standing.ENDED})
"""What was found under such a basis is sealed until another one continues it."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_SHORTEST, _WORDS = 15, 3


def readable(basis: Basis, others: Sequence[Basis], at: datetime) -> bool:
    """Whether results under this basis may be seen: it is live, or it is over and a readable one continues it.

    others: every basis of the case. What was refused or lapsed stays sealed, whatever continues it.
    """
    stands = standing(basis, at)
    if stands in OVER:
        return any(readable(other, others, at) for other in others if other.continues == basis.id)
    return stands is Standing.LIVE


def why_not(basis: Basis, at: datetime, steps: Sequence[Step] = ()) -> str:
    """In one sentence what keeps this basis from being live, with the moment; for a live one that it is.

    steps: of this basis, oldest first.
    """
    stands = standing(basis, at)
    if stands is Standing.REFUSED:
        last = next((step for step in reversed(steps) if step.step == "refused"), None)
        return f"authorisation was refused{f' on {_at(last.at)} by {last.authority}' if last else ''}"
    return {
        Standing.LIVE: f"it is live until {_at(basis.valid_until)}",
        Standing.LAPSED: f"its authorisation did not come in time: it lapsed on {_at(basis.authorise_before)}",
        Standing.ENDED: f"it was ended on {_at(basis.ended_at)}: {(basis.ended_why or '').rstrip('.')}",
        Standing.EXPIRED: f"it ended on {_at(basis.valid_until)}",
        Standing.NOT_YET: f"it begins on {_at(basis.valid_from)}",
        Standing.WAITING: "the authorisation that was asked for has not been granted yet",
    }[stands]


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "a day that is not recorded"


# ------------------------------------------------------------------ recording one

def check_draft(draft: Draft, policy: Policy, purpose: str, now: datetime) -> None:
    """Whether everything a basis needs is said. Raises WrongUsage `journal-missing`, `granted-by-missing`, `sentence-missing`,
    `until-in-past`, `validity-empty`, `scope-missing`, `period-empty`."""
    _line(draft.journal, "journal-missing", "The journal number", "--journal")
    _line(draft.granted_by, "granted-by-missing", "Who stands for the basis", "--granted-by")
    for name in ("reason", "necessity", "proportionality"):
        if not is_sentence(getattr(draft, name)):
            raise WrongUsage("sentence-missing", f"The {name} is not a sentence: {getattr(draft, name)!r}.",
                             f"Say in a sentence with --{name} what a court would want to read.")
    if draft.valid_until <= now:
        raise WrongUsage("until-in-past", f"The basis would have ended on {_at(draft.valid_until)}.", "Give a later --until.")
    if draft.valid_from is not None and draft.valid_from >= draft.valid_until:
        raise WrongUsage("validity-empty", "The basis would end before it begins.", "Give --from before --until.")
    scope = draft.scope
    if scope.start is not None and scope.end is not None and scope.start > scope.end:
        raise WrongUsage("period-empty", "The period of the material ends before it begins.", "Give its beginning first.")
    named = {"cases": scope.cases, "period": scope.start or scope.end, "places": scope.places, "persons": scope.persons}
    missing = [part for part in policy.terms(purpose).scope if not named[part]]
    if missing:
        said = f"The policy '{policy.name}' asks a basis for '{purpose}' to name: {', '.join(missing)}."
        raise WrongUsage("scope-missing", said, "Give --person, --place, --scope-case, or --scope-from and --scope-to.")


def is_sentence(said: str) -> bool:
    """Whether somebody wrote something: three different words, fifteen characters. A machine cannot judge more."""
    words = {word.casefold() for word in _WORD.findall(said)}
    return len(said.strip()) >= _SHORTEST and len(words) >= _WORDS


def _line(value: str, code: str, what: str, option: str) -> None:
    if not value.strip() or not value.isprintable():
        raise WrongUsage(code, f"{what} is missing.", f"Give it with {option}.")


def may_continue(before: Basis, at: datetime) -> None:
    """Raises Refused `sealed-for-good`: nothing continues a basis that was refused or lapsed."""
    if standing(before, at) in FINAL:
        raise Refused("sealed-for-good", f"Nothing continues {before.id}: {why_not(before, at)}.",
                      "Record a basis without --continues; what was found under the old one stays sealed.")


def asked_at_once(policy: Policy, start: datetime) -> tuple[str, datetime | None]:
    """State of the authorisation of a new basis, and until when it may come. start: when the basis begins to be used."""
    if policy.needed is Needed.ALWAYS:
        return "requested", start + timedelta(hours=policy.hours) if policy.hours else None
    return "none", None


# ------------------------------------------------------------------ authorising it

def may_request(basis: Basis, policy: Policy, at: datetime) -> Verdict:
    if policy.needed is Needed.OFF:
        return Denied("no-authorisation-here", f"The policy '{policy.name}' knows no authorisation.",
                      "See: sporhund policy show.")
    return _open(basis, at, "requested")


def may_grant(basis: Basis, at: datetime, *, same_person: bool) -> Verdict:
    """same_person: who records it asked for it, or counts as one person with who did."""
    if basis.authorisation == "none":
        return Denied("not-requested", "Nobody asked for an authorisation of this basis.",
                      "Ask first: sporhund basis authorise BASIS --request --authority WHO.")
    return _by_another(same_person) or _open(basis, at, "granted")


def may_refuse(basis: Basis, at: datetime, *, same_person: bool) -> Verdict:
    """A refusal may also come after a grant, which an authority has taken back, and after the end; it is final."""
    if basis.authorisation == "refused":
        return Denied("refused-already", f"{basis.id}: authorisation was refused already.", "That is final.")
    if basis.authorisation == "none":
        return Denied("not-requested", "Nobody asked for an authorisation of this basis.",
                      "Ask first: sporhund basis authorise BASIS --request --authority WHO; or end it: sporhund basis end.")
    return _by_another(same_person) or Allowed("a refusal seals")


def _by_another(same_person: bool) -> Denied | None:
    if not same_person:
        return None
    return Denied("same-person", "Who asked for an authorisation cannot record what came of it, through no other account either.",
                  "Another supervisor records it.")


def _open(basis: Basis, at: datetime, step: str) -> Verdict:
    stands = standing(basis, at)
    if stands in FINAL | OVER:
        return Denied("basis-over", f"{basis.id} cannot be {step}: {why_not(basis, at)}.", "Record a new basis.")
    if basis.authorisation == "granted":
        return Denied("granted-already", f"{basis.id}: authorisation was granted already.", "Nothing more is needed.")
    return Allowed("open")


def may_end(basis: Basis, at: datetime) -> Verdict:
    stands = standing(basis, at)
    if stands in FINAL | OVER:
        return Denied("basis-over", f"{basis.id} is over already: {why_not(basis, at)}.", "See: sporhund basis list.")
    return Allowed("it can be ended")


def same_person(askers: Collection[str], answering: Collection[str]) -> bool:
    """Whether one of those who asked counts as one person with who answers."""
    return not set(askers).isdisjoint(answering)
