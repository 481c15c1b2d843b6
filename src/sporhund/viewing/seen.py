"""What was really before somebody's eyes: kept, so that what nobody saw is known; measured, to protect them."""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.store.service import Store
from sporhund.viewing import records, rules, sights
from sporhund.viewing.marks import known, listing
from sporhund.viewing.model import Exposure, Spans, Thing

PLAYS = ("video", "audio")
"""Of these only what played was seen."""


def saw(
    case_id: str, media: Collection[str], *, spans: Sequence[Sequence[float]] = (), tracks: Collection[str] = (),
    seen_s: float = 0.0, clear_s: float = 0.0, zone: ZoneInfo, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Sequence[str]:
    """Keep a report of what a person saw; the things that they saw for the first time. Told twice, no thing is seen twice.

    media: stills that were shown; or one video or sound, with the spans of it that played: without any it was not seen.
    tracks: whose pictures were shown.   seen_s, clear_s: seconds before pictures since the last report, and of them unveiled;
    they may be told alone, while somebody stays before the same pictures.
    The rows are kept with every report. The log has an event of each report that tells of something new, and of the sum of the
    day once in a quarter of an hour: of every report it would be two thousand for each person and day.
    zone: in which a day begins.   Raises WrongUsage `bad-report`, `unknown-thing`, `one-video`,
    `nothing-chosen`.
    """
    played = rules.check_report(spans, seen_s, clear_s)
    with gate.act("view", action="seen", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        found = known(doing.rows, case_id, [*media, *tracks]) if media or tracks or not seen_s else []
        seen = _seen(found, played, asked=len(media))
        new = sights.keep(doing.rows, case_id, seen, by=actor.mark, at=doing.at) if seen else frozenset()
        sums: dict[str, object] = {}
        if actor.user is not None:
            first = sum(seen[one][0].kind != "track" for one in new)
            sums = _expose(doing, actor.user, case_id, Exposure(doing.at.astimezone(zone).date(), seen_s, clear_s, first))
        doing.silent = not new and not sums
        doing.tell(**({**listing(sorted(new)), "spans": played, "seen_s": seen_s, "clear_s": clear_s} if new else {}), **sums)
        return sorted(new)


def _seen(found: Sequence[Thing], played: Sequence[tuple[float, float]], *, asked: int) -> Mapping[str, tuple[Thing, Spans]]:
    """Thing → itself and what of it played. Raises WrongUsage `one-video`."""
    if played and asked != 1:
        raise WrongUsage("one-video", "Spans are of one video.", "Report each video by itself.")
    parts = {one.id: rules.joined(played, one.start, one.duration) if one.kind in PLAYS else () for one in found}
    return {one.id: (one, parts[one.id]) for one in found if one.kind not in PLAYS or parts[one.id]}


def _expose(doing: gate.Doing, user: str, case_id: str, told: Exposure) -> dict[str, object]:
    """Add to the day's row; what an event has to tell of it, once in a quarter of an hour for each person and case."""
    records.take_turns(doing.rows, "exposure", user)
    before = sights.counted_to(doing.rows, user, told.day - timedelta(days=1))
    counts = rules.credit(told.seen_s, told.clear_s, doing.at, before)
    more = replace(told, seen_s=counts.seen_s, clear_s=counts.clear_s)
    here = sights.counted_here(doing.rows, user, case_id, told.day)
    seen_s, clear_s = sights.expose(doing.rows, user, case_id, more, counts.counted_to)
    if not rules.sum_due(here, counts.counted_to):
        return {}
    return {"exposure": {"day": told.day.isoformat(), "seen_s": round(seen_s, 1), "clear_s": round(clear_s, 1)}}


def viewed(
    case_id: str, thing: str, *, t: float | None = None, adjustments: Mapping[str, float] = {}, how: str = "viewer",
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> None:
    """Note that a medium was opened, at which moment and how its picture was adjusted; or that of a track.

    how: "viewer", or what of it alone was given: "original", "frame", ...   Raises WrongUsage `unknown-thing`, `bad-adjustment`,
    `bad-report`.
    """
    changed = rules.check_adjustments(adjustments)
    if t is not None:
        rules.check_report([(0.0, t)], 0.0, 0.0)
    with gate.act("view", action="medium view", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        [found] = known(doing.rows, case_id, [thing])
        track = {"track": found.id} if found.kind == "track" else {}
        doing.tell(medium=found.medium if track else thing, **track, how=how, t=t, adjustments=changed)


def pictured(case_id: str, things: Collection[str], *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Note that small pictures of these media and tracks were given, clear. Raises WrongUsage `unknown-thing`."""
    said = listing(sorted(things))
    with gate.act("view", action="gallery pictures", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  **said) as doing:
        known(doing.rows, case_id, things)


def listed(
    case_id: str, page: str, chosen: Mapping[str, object], shown: int, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> None:
    """Note that a page of many was looked at. page: gallery | timeline.   chosen: its filter.   shown: how many it showed."""
    if page not in ("gallery", "timeline"):
        raise WrongUsage("bad-page", "There is no such page.", "gallery, timeline.")
    with gate.act("view", action=f"{page} view", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        doing.tell(filter=dict(chosen), shown=shown)


# ------------------------------------------------------------------ how much somebody has looked at

def exposure_of(rows: Connection, user: str, today: date, days: int) -> list[Exposure]:
    """One's own, the last so many days, every one of them, newest first. Raises WrongUsage `bad-days`."""
    since = today - timedelta(days=check_days(days) - 1)
    found = {one.day: one for one in sights.exposure(rows, user, since)}
    return [found.get(day, Exposure(day)) for day in (today - timedelta(days=back) for back in range(days))]


def exposure_of_people(
    today: date, days: int, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> list[tuple[str, str, Exposure]]:
    """Account's name, full name and one day, newest day first: of everybody who looked at a case that this supervisor is a
    member of; of those cases alone. Raises WrongUsage `bad-days`; Refused as the gate does.
    """
    since = today - timedelta(days=check_days(days) - 1)
    with gate.act("exposure read", store=store, keys=keys, clock=clock, actor=actor, since=since.isoformat()) as doing:
        cases = sights.cases_of(doing.rows, actor.user) if actor.user is not None else []
        found = sights.exposure_on(doing.rows, cases, since)
        doing.tell(people=sorted({name for name, _, _ in found}), cases=cases)
        return found


def check_days(days: int) -> int:
    """Raises WrongUsage `bad-days`."""
    if not 1 <= days <= 366:
        raise WrongUsage("bad-days", "So many days are not counted.", "1 to 366.")
    return days
