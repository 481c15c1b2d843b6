"""Who somebody is: entered by one person on a link or on an outside ground, confirmed by another, under a live basis."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.access import bases, gate, users
from sporhund.access.model import Denied
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import printable
from sporhund.identify import blind, elsewhere, records, rules
from sporhund.identify.candidates import readable
from sporhund.identify.model import Identity, Named, Standing
from sporhund.review.pictures import track_named
from sporhund.store.ids import new_id
from sporhund.store.service import Store

_LIST = "See: sporhund identity list --case CASE."


@dataclass(frozen=True, slots=True)
class Ground:
    """Somebody was identified outside: by whom, in what document."""

    document: str
    authority: str
    officer: str
    dated: date
    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """An identity with what it stands on."""

    identity: Identity
    tracks: tuple[tuple[str, str], ...]    #: (case, track) it belongs to: these alone, never a cluster
    withheld: str | None                   #: why its reader may not see who it is now
    names: tuple[str, ...]                 #: who entered and confirmed it


# ------------------------------------------------------------------ outside grounds

def add_ground(case_id: str, said: Ground, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> str:
    """Record that somebody was identified outside; the ground's id. It names nobody: `enter` does.

    Raises WrongUsage `bad-ground`, `unknown-track`; Refused `no-live-basis` and as `gate.act`.
    """
    with gate.act("identity enter", action="identity ground add", case_id=case_id, store=store, keys=keys, clock=clock,
                  actor=actor) as doing:
        _check_ground(said, doing.at.date())
        bases.require_live(doing.rows, case_id, None, at=doing.at)
        tracks = list(dict.fromkeys(str(track_named(doing.rows, case_id, one).id) for one in said.tracks))
        key = new_id("g")
        values = {"document": said.document.strip(), "authority": said.authority.strip(), "officer": said.officer.strip(),
                  "dated": said.dated, "tracks": tracks}
        records.add_ground(doing.rows, case_id, {"id": key, **values, "by": str(actor.user), "at": doing.at})
        doing.tell(ground=key, **values)
    return key


def _check_ground(said: Ground, today: date) -> None:
    for word, option in ((said.document, "--document"), (said.authority, "--authority"), (said.officer, "--officer")):
        if not word.strip() or len(word) > 500 or not word.strip().isprintable():
            raise WrongUsage("bad-ground", "An outside ground needs its document, authority and officer, each in a line.",
                             f"Say it: {option} …")
    if said.dated > today:
        raise WrongUsage("bad-ground", "The document is dated after today.", "Record it when it is there.")
    if not said.tracks:
        raise WrongUsage("bad-ground", "It is not said on which tracks the person is.", "Name them: --track TRACK …")


@dataclass(frozen=True, slots=True)
class Held:
    """An outside ground as it is listed."""

    row: Row[Any]
    withheld: str | None                   #: why its reader may not see what it says now


def grounds(case_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> list[Held]:
    """Outside grounds of a case, oldest first. Logged. One that speaks of a track on which its reader can still conclude says
    that somebody was found there: it is withheld."""
    with gate.act("candidates", action="identity ground list", case_id=case_id, store=store, keys=keys, clock=clock,
                  actor=actor) as doing:
        still = blind.pending_for(doing.rows, case_id, actor)
        return [Held(row, None if still.isdisjoint(row.tracks) else blind.STILL_YOURS)
                for row in records.grounds(doing.rows, case_id)]


# ------------------------------------------------------------------ identities

def enter(
    case_id: str, named: Named, *, link: str | None = None, ground: str | None = None, store: Store, keys: Keys, clock: Clock,
    actor: Actor,
) -> Identity:
    """Say who is on the linked track, or on the tracks of a ground. It counts when another person has confirmed it.

    Raises WrongUsage `link-or-ground`, `unknown-link`, `unknown-ground`, `bad-name`, `bad-stage`, `bad-certainty`; Refused
    `no-live-basis`, `sealed`, `identity-stands`, `identity-contradicts`, and as `gate.act`.
    """
    with gate.act("identity enter", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        rows = doing.rows
        checked = rules.check_named(named, doing.at.date())
        if (link is None) == (ground is None):
            raise WrongUsage("link-or-ground", "An identity stands on one link, or on one outside ground.",
                             "Give --link L or --ground G; never a candidate, a score or a cluster.")
        basis = bases.require_live(rows, case_id, None, at=doing.at)
        if link is not None:
            _require_told(rows, case_id, link, doing.at, actor)
        records.lock_identities(rows, case_id)
        made = Identity(new_id("i"), link, ground, checked, basis.id, str(actor.user), doing.at, None, None, None, None, None)
        tracks = words(_tracks(rows, case_id, made), case_id)
        verdict = rules.may_enter(checked.name, str(link or ground), tracks, _standing(rows, case_id))
        if isinstance(verdict, Denied):
            raise Refused(verdict.code, verdict.missing, verdict.hint)
        records.add_identity(rows, case_id, made)
        doing.tell(identity=made.id, link=link, ground=ground, name=checked.name, role=checked.role.value, stage=checked.stage,
                   stage_date=checked.stage_date, certainty=checked.certainty, basis=basis.id, tracks=tracks)
    return made


def confirm(case_id: str, identity_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Identity:
    """Confirm what another person entered. From here on it counts.

    Raises WrongUsage `unknown-identity`; Refused `same-person`, `same-hands`, `confirmed-already`, `withdrawn`,
    `no-live-basis`, `sealed`, and as `gate.act`.
    """
    with gate.act("identity confirm", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  identity=printable(identity_id)) as doing:
        rows, by = doing.rows, str(actor.user)
        found = _identity(rows, case_id, identity_id)
        verdict = rules.may_confirm(by, found.entered_by, users.answers_for(rows, by), found.state)
        if isinstance(verdict, Denied):
            raise Refused(verdict.code, verdict.missing, verdict.hint)
        bases.require_live(rows, case_id, None, at=doing.at)
        if found.link is not None:
            _require_told(rows, case_id, found.link, doing.at, actor)
        records.confirm_identity(rows, case_id, found.id, by=by, at=doing.at)
        doing.tell(entered_by=found.entered_by, name=found.named.name, tracks=words(_tracks(rows, case_id, found), case_id))
        return _identity(rows, case_id, found.id)


def withdraw(case_id: str, identity_id: str, *, why: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Identity:
    """Take an identity back, entered or confirmed: it stays to be read, with the reason. Raises WrongUsage
    `unknown-identity`, `why-missing`; Refused `withdrawn` and as `gate.act`."""
    with gate.act("identity enter", action="identity withdraw", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  identity=printable(identity_id)) as doing:
        said = rules.check_note(why)
        if not said:
            raise WrongUsage("why-missing", "Taking an identity back needs a reason.", "Say it with --why; it is kept.")
        found = _identity(doing.rows, case_id, identity_id)
        if found.state == "withdrawn":
            raise Refused("withdrawn", "This identity is withdrawn already.", _LIST)
        records.withdraw_identity(doing.rows, case_id, found.id, by=str(actor.user), at=doing.at, why=said)
        doing.tell(why=said, name=found.named.name, tracks=words(_tracks(doing.rows, case_id, found), case_id))
        return _identity(doing.rows, case_id, found.id)


def listed(case_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> list[Listed]:
    """Every identity of a case, withdrawn ones too, oldest first. Logged."""
    with gate.act("candidates", action="identity list", case_id=case_id, store=store, keys=keys, clock=clock,
                  actor=actor) as doing:
        return all_of(doing.rows, case_id, actor, doing.at)


def all_of(rows: Connection, case_id: str, actor: Actor, at: datetime) -> list[Listed]:
    """As `listed`, within an act of somebody else's. Who is on a track stays hidden from an examiner who can still conclude
    on it, from whoever may not open the case in which the track lies, and from everybody while the link's basis is not live."""
    links = records.links(rows, case_id)
    sealed = {row.id for row in links if not readable(rows, case_id, row.basis_id, at)}
    closed = elsewhere.closed_among(rows, case_id, links, actor)
    found, still = records.identities(rows, case_id), blind.pending_for(rows, case_id, actor)
    names = records.account_names(rows, {by for one in found for by in (one.entered_by, one.confirmed_by) if by})
    items = []
    for one in found:
        tracks = _tracks(rows, case_id, one)
        withheld = None
        if not still.isdisjoint(track for _, track in tracks):
            withheld = blind.STILL_YOURS
        elif one.link in sealed:
            withheld = "sealed: the basis of its link is not live"
        elif not closed.isdisjoint(case for case, _ in tracks):
            withheld = "closed to you: its track lies in a case of which you are not a member"
        items.append(Listed(one, tracks, withheld, tuple(names[by] for by in (one.entered_by, one.confirmed_by) if by)))
    return items


def _standing(rows: Connection, case_id: str) -> list[Standing]:
    """Everybody who is named in the case and was not withdrawn."""
    return [Standing(one.id, one.named.name, str(one.link or one.ground), tuple(words(_tracks(rows, case_id, one), case_id)))
            for one in records.identities(rows, case_id) if one.state != "withdrawn"]


def _identity(rows: Connection, case_id: str, identity_id: str) -> Identity:
    found = records.identity(rows, case_id, identity_id)
    if found is None:
        raise WrongUsage("unknown-identity", f"There is no identity '{printable(identity_id)}' in this case.", _LIST)
    return found


def _tracks(rows: Connection, case_id: str, one: Identity) -> tuple[tuple[str, str], ...]:
    """The tracks (case, id) that an identity belongs to. Its events name them, so that the log's veil knows what they tell."""
    if one.link is not None:
        row = _link(rows, case_id, one.link)
        return ((row.track_case, row.track_id),)
    return tuple((case_id, str(track)) for track in _ground(rows, case_id, str(one.ground)).tracks)


def _link(rows: Connection, case_id: str, said: str) -> Row[Any]:
    for row in records.links(rows, case_id):
        if row.id == said:
            return row
    raise WrongUsage("unknown-link", f"There is no link '{printable(said)}' in this case.",
                     "A link is made by two examiners who said the same: sporhund candidates --case CASE.")


def _require_told(rows: Connection, case_id: str, said: str, at: datetime, actor: Actor) -> None:
    """What a link says may be known to this person now. Raises Refused `sealed`, and `not-a-member` of its track's case."""
    link = _link(rows, case_id, said)
    elsewhere.require_open(rows, case_id, link, actor)
    bases.require_readable(rows, case_id, link.basis_id, at=at)


def _ground(rows: Connection, case_id: str, said: str) -> Row[Any]:
    for row in records.grounds(rows, case_id):
        if row.id == said:
            return row
    raise WrongUsage("unknown-ground", f"There is no outside ground '{printable(said)}' in this case.",
                     "Record one: sporhund identity ground add --case CASE …")


def words(tracks: Sequence[tuple[str, str]], case_id: str) -> list[str]:
    """Tracks as they are typed; one of another case with that case's id before it."""
    return [track if case == case_id else f"{case}/{track}" for case, track in tracks]
