"""An examiner concludes on a candidate: one transaction with its audit event, and a link where two have said the same."""
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sporhund.access import bases, gate
from sporhund.access.model import Denied
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import printable
from sporhund.identify import blind, checklist, elsewhere, records, rules
from sporhund.identify import scale as scales
from sporhund.identify.model import Checklist, Conclusion, Scale, State, Value
from sporhund.review.pictures import track_named
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Decided:
    """A conclusion that was stored, and where the candidate stands now."""

    conclusion: Conclusion
    value: Value
    state: State
    link: str | None           #: made by this conclusion


def decide(
    case_id: str, candidate_id: str, *, said: str, seen: Checklist, note: str = "", store: Store, keys: Keys, clock: Clock,
    actor: Actor,
) -> Decided:
    """Store what this examiner concludes. said: a value of the scale in use.

    Two who decide at once are taken one after the other: the second takes the next place, or is refused where none is left.
    Raises WrongUsage `unknown-candidate`, `unknown-value`, `bad-checklist`, `bad-note`; Refused `sealed`, `no-live-basis`,
    `candidate-deleted`, `decided-already`, `same-hands`, `not-blind`, `settled`, `checklist-needed`, `difference-unexplained`,
    as `gate.act`, and `not-a-member` of the case in which the candidate's track lies. Every refusal is recorded.
    """
    with gate.act("decide", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  candidate=printable(candidate_id)) as doing:
        rows, examiner = doing.rows, str(actor.user)
        scale = scales.in_use(store.settings.home)
        value = rules.value_named(scale, said)
        rules.check_checklist(checklist.form(), seen)
        rules.check_conclusion(value.meaning, seen)
        row = records.candidate(rows, case_id, candidate_id, lock=True)
        if row is None:
            raise unknown(candidate_id)
        elsewhere.require_open(rows, case_id, row, actor)
        made = records.conclusions(rows, case_id, [row.id]).get((case_id, row.id), [])
        verdict = rules.may_conclude(blind.question(row, made, blind.eyes(rows, examiner, [row])))
        if isinstance(verdict, Denied):
            raise Refused(verdict.code, verdict.missing, verdict.hint)
        bases.require_readable(rows, case_id, row.basis_id, at=doing.at)
        basis = bases.require_live(rows, case_id, None, at=doing.at)
        conclusion = Conclusion(new_id("d"), row.id, len(made) + 1, examiner, value.value, value.meaning, scale.label,
                                _kept(value, scale, seen), rules.check_note(note), doing.at)
        records.add_conclusion(rows, case_id, conclusion)
        state = rules.outcome([*(one.meaning for one in made), value.meaning])
        link = new_id("l") if state is State.LINKED else None
        if link:
            records.add_link(rows, case_id, link, row.id, doing.at)
        doing.tell(
            search=row.search_id, track=row.track_id, decision=conclusion.id, value=value.value, meaning=value.meaning.value,
            scale=scale.label, place=conclusion.place, state=state.value, link=link, basis=basis.id)
        elsewhere.tell(doing, "decide", [row], keys=keys, actor=actor)
    return Decided(conclusion, value, state, link)


def unknown(candidate_id: str) -> WrongUsage:
    """A candidate of another case is unknown here."""
    return WrongUsage("unknown-candidate", f"There is no candidate '{printable(candidate_id)}' in this case.",
                      "See: sporhund candidates --case CASE.")


def _kept(value: Value, scale: Scale, seen: Checklist) -> Mapping[str, object]:
    """What is kept with a conclusion, readable when the scale has been replaced: its words, and what was compared."""
    form = checklist.form()
    return {
        "words": {"english": value.english, "danish": value.danish}, "scale": {"name": scale.name, "version": scale.version},
        "form": f"{form.name}@{form.version}", "features": [asdict(feature) for feature in seen.features],
        "quality": dict(seen.quality)}


def state_age(
    case_id: str, track_id: str, *, child: bool, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> str:
    """An examiner states that the face of a track is a child's, or an adult's; the track's id. The last statement holds.

    Raises WrongUsage `unknown-track`, `not-a-face`.
    """
    with gate.act("age", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor, track=printable(track_id),
                  child=child) as doing:
        track = track_named(doing.rows, case_id, track_id)
        if track.kind != "face":
            raise WrongUsage("not-a-face", f"The track {track.id} shows no face: it is a track of the kind '{track.kind}'.",
                             "See: sporhund tracks --case CASE --kind face.")
        records.add_age(doing.rows, case_id, key=new_id("a"), track=track.id, child=child, by=str(actor.user), at=doing.at)
        doing.tell(track=track.id)
    return str(track.id)

