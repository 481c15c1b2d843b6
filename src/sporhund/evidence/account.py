"""The account: what became of every file, and of every second of video. Counts add up by being sums."""
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT

from sporhund.evidence import cursor, records, rules
from sporhund.evidence.model import Account, Exhibit, FileStatus, Page, State, VideoSeconds
from sporhund.evidence.names import folder
from sporhund.store import tables

SIBLINGS = 2000
"""Files of a folder that are looked at to tell whether it is a camera's."""
BATCH = 200
"""Videos whose units are held at once while their seconds are counted."""
PAGE = 1000
"""Files that are held at once while every file is listed."""

_O, _M, _E, _U = tables.occurrence.c, tables.medium.c, tables.exhibit.c, tables.unit.c
_FILES = tables.occurrence.outerjoin(tables.medium, and_(_M.case_id == _O.case_id, _M.id == _O.medium_id))

ORDERED_BYTES = 1000
"""Of a path, for its place in lists: an index entry holds some 2,700 bytes, a path may have 4,096."""
_ORDER = func.substring(_O.path, 1, ORDERED_BYTES)


def account(
    rows: Connection, case_id: str, *, exhibit: str | None = None, occurrences: Sequence[str] | None = None,
) -> Account:
    """The account of a case, of one exhibit (its id), or of these files and the members of archives among them."""
    scope = _scope(case_id, exhibit, occurrences)
    states: Counter[State] = Counter()
    kinds = (_O.state, _O.code, _M.state.label("medium_state"), _O.original, _O.medium_id.is_(None).label("without"))
    for row in rows.execute(select(*kinds, func.count().label("files")).select_from(_FILES).where(scope).group_by(*kinds)):
        medium = None if row.without else (row.medium_state, None, None)
        states[rules.state_of((row.state, row.code, None), medium, row.original)[0]] += row.files
    return rules.account(states, _video(rows, case_id, scope))


def _scope(case_id: str, exhibit: str | None, occurrences: Sequence[str] | None) -> Any:
    wanted = [_O.case_id == case_id]
    if exhibit is not None:
        wanted.append(_O.exhibit_id == exhibit)
    if occurrences is not None:
        wanted.append(_O.id.in_(_with_members(case_id, occurrences)))
    return and_(*wanted)


def _with_members(case_id: str, occurrences: Sequence[str]) -> Any:
    """These files, members of archives among them, and members of those. One set: an `or` would read every file."""
    o = tables.occurrence.alias("member")
    these = select(func.unnest(literal(list(occurrences), ARRAY(TEXT))).label("id")).cte("these", recursive=True)
    return select(these.union(select(o.c.id).where(o.c.case_id == case_id, o.c.member_of == these.c.id)).c.id)


# ------------------------------------------------------------------ seconds of video

def _video(rows: Connection, case_id: str, scope: Any) -> VideoSeconds:
    """Read in batches and without what is not counted: a video's facts name each of its keyframes."""
    videos = select(_M.id, _streams(), _M.facts["duration"].as_float().label("duration")).select_from(_FILES).where(
        scope, _O.original, _M.kind == "video").execution_options(yield_per=BATCH)
    return rules.add(rules.add(_batch(rows, case_id, batch)) for batch in rows.execute(videos).partitions())


def seconds_of(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, VideoSeconds]:
    """Of each of these videos its seconds, counted as the account counts them. Of one thousand at once, not of more."""
    wanted = select(_M.id, _streams(), _M.facts["duration"].as_float().label("duration")).where(
        _M.case_id == case_id, records.among(_M.id, media_ids))
    videos = rows.execute(wanted).all() if media_ids else []
    return dict(zip((row.id for row in videos), _batch(rows, case_id, videos) if videos else (), strict=True))


def _streams() -> Any:
    """Of each picture stream its index, start, end and announced end."""
    stream = func.jsonb_array_elements(_M.facts["streams"]).column_valued("stream")
    plain = type_coerce(stream, JSONB)
    names = ("index", "start", "end", "announced_end")
    parts = [part for name in names for part in (literal(name), plain[name])]
    return select(func.jsonb_agg(func.jsonb_build_object(*parts))).scalar_subquery().label("streams")


def _batch(rows: Connection, case_id: str, videos: Sequence[Any]) -> list[VideoSeconds]:
    units: dict[str, list[Any]] = defaultdict(list)
    counted = [_U.coverage[name].as_integer().label(name) for name in ("decoded_frames", "sampled_frames")]
    wanted = select(
        _U.medium_id, _U.run_id, _U.stream, _U.start, _U.end, _U.state, _U.coverage["unread"].label("unread"), *counted,
    ).where(_U.case_id == case_id, records.among(_U.medium_id, [row.id for row in videos]), _U.state != "split")
    for unit in rows.execute(wanted):
        units[unit.medium_id].append(unit)
    return [_seconds(row.streams or (), row.duration or 0.0, units[row.id]) for row in videos]


def _seconds(streams: Sequence[Mapping[str, Any]], duration: float, units: Sequence[Any]) -> VideoSeconds:
    """One video: all its picture streams. Clips behind a picture have no stream of the container and are left out."""
    timed = [stream for stream in streams if stream.get("end") is not None]
    seconds = rules.add(
        rules.video_seconds(stream.get("start") or 0.0, _end(stream), _spans(units, stream["index"]) or _none_here(units))
        for stream in timed or [{"index": None, "end": duration}])
    decoded, sampled = _frames(units)
    return replace(seconds, decoded_frames=decoded, sampled_frames=sampled)


def _end(stream: Mapping[str, Any]) -> float:
    """Where a stream ends, or should: what was cut off is unread video, not no video."""
    end: float = stream["end"]
    return max(end, stream.get("announced_end") or end)


def _none_here(units: Sequence[Any]) -> list[rules.Span]:
    """A stream without units waits as long as the medium has none at all; afterwards nobody will look at it."""
    return [rules.Span(0.0, 0.0, "failed")] if units else []


def _spans(units: Iterable[Any], stream: int | None) -> list[rules.Span]:
    return [
        rules.Span(unit.start, unit.end, unit.state, tuple(_unread(unit.unread)))
        for unit in units if stream is None or unit.stream == stream
    ]


def _unread(parts: Iterable[Mapping[str, Any]] | None) -> Iterable[tuple[float, float]]:
    """Parts of a unit that were not read; JSON knows no infinity, so an open end is None."""
    for part in parts or ():
        start, end = part.get("start"), part.get("end")
        yield (-inf if start is None else start), (inf if end is None else end)


def _frames(units: Iterable[Any]) -> tuple[int, int]:
    """Frames decoded and sampled in the run that sampled most."""
    runs: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for unit in units:
        counted = runs[unit.run_id]
        counted[0] += unit.decoded_frames or 0
        counted[1] += unit.sampled_frames or 0
    decoded, sampled = max(runs.values(), key=lambda counts: counts[1], default=[0, 0])
    return decoded, sampled


# ------------------------------------------------------------------ file by file

def status_files(
    rows: Connection, case_id: str, *, exhibit: str | None = None, occurrences: Sequence[str] | None = None,
    states: Sequence[State] = (), limit: int = 100, after: str | None = None,
) -> Page:
    """One FileStatus per file seen, by exhibit and path; at most `limit`, and the cursor of the next page.

    exhibit: its id.   states: only files in these. Raises WrongUsage `bad-cursor`.
    """
    behind = cursor.decode(after, str, bytes, str) if after is not None else None
    found: list[Any] = []
    for one in _exhibits_from(rows, case_id, exhibit, behind):   # one after the other: each is in order in its index
        files = _files(_scope(case_id, one.id, occurrences), states, case_id).order_by(_ORDER, _O.id)
        if behind is not None and one.label == behind[0]:
            files = files.where(tuple_(_ORDER, _O.id) > tuple_(*behind[1:]))
        found += rows.execute(files.limit(limit + 1 - len(found)))
        if len(found) > limit:
            break
    shown = found[:limit]
    last = shown[-1] if len(found) > limit and shown else None
    behind_last = cursor.encode((last.label, last.path[:ORDERED_BYTES], last.id)) if last else None
    return Page(tuple(_statuses(rows, case_id, shown)), behind_last)


def _exhibits_from(rows: Connection, case_id: str, exhibit: str | None, behind: Sequence[cursor.Part] | None) -> list[Exhibit]:
    """The exhibits of a list in its order, without those that the pages before have dealt with."""
    wanted = [one for one in records.exhibits(rows, case_id) if exhibit in (None, one.id)]
    labels = [one.label for one in wanted]
    return wanted if behind is None else wanted[labels.index(str(behind[0])):] if behind[0] in labels else []


def each_file(
    rows: Connection, case_id: str, *, occurrences: Sequence[str] | None = None, states: Sequence[State] = (),
) -> Iterator[FileStatus]:
    """Every file of the case, or of these files and the members of archives among them, by exhibit and path.

    Asked once and read in batches, so that neither the files nor the ids asked for need be held or sent again.
    """
    wanted = _files(_scope(case_id, None, occurrences), states, case_id).order_by(_E.label, _O.exhibit_id, _ORDER, _O.id)
    for batch in rows.execute(wanted.execution_options(yield_per=PAGE)).partitions():
        yield from _statuses(rows, case_id, batch)


def _files(scope: Any, states: Sequence[State], case_id: str) -> Select[Any]:
    wanted = _listed().where(scope)
    if states and _TROUBLES.issuperset(states):
        wanted = wanted.where(_O.id.in_(_in_trouble(case_id, states)))
    return wanted.where(or_(*(_in_state(state) for state in states))) if states else wanted


_TROUBLES = frozenset({State.FAILED, State.PARTLY})


def _in_trouble(case_id: str, states: Sequence[State]) -> Any:
    """Files that may be in these states, by the indexes of the few that are: no list of troubles reads every file."""
    said = [state.value for state in states]
    own = select(_O.id).where(_O.case_id == case_id, _O.state.in_(said))
    of_medium = select(_O.id).select_from(_FILES).where(
        _M.case_id == case_id, _M.state.in_(said), _O.case_id == case_id, _O.original)
    return own.union_all(of_medium)


def _statuses(rows: Connection, case_id: str, found: Sequence[Any]) -> Iterator[FileStatus]:
    looks = _looks(rows, case_id, {row.medium_id for row in found if row.medium_id})
    return (_status(row, looks.get(row.medium_id, {})) for row in found)


def _listed() -> Select[Any]:
    return select(
        _O.id, _O.path, _O.location, _E.label, _O.state, _O.code, _O.reason, _O.medium_id, _O.original,
        _M.state.label("medium_state"), _M.code.label("medium_code"), _M.reason.label("medium_reason"),
    ).select_from(_FILES.join(tables.exhibit, and_(_E.case_id == _O.case_id, _E.id == _O.exhibit_id)))


def _status(row: Any, looks: Mapping[str, str]) -> FileStatus:
    medium = None if row.medium_id is None else (row.medium_state, row.medium_code, row.medium_reason)
    state, code, reason = rules.state_of((row.state, row.code, row.reason), medium, row.original)
    return FileStatus(row.id, row.path, row.location, row.label, state, code, reason, row.medium_id, looks)


def _in_state(state: State) -> Any:
    """The rule `state_of` as a condition."""
    free = _O.state.is_(None)
    if state is State.DUPLICATE:
        return and_(free, _O.medium_id.is_not(None), ~_O.original)
    of_medium = and_(free, _O.original, _M.state == state.value)
    if state is State.WAITING:
        return or_(_O.state == state.value, of_medium, and_(free, _O.medium_id.is_(None)))
    return or_(_O.state == state.value, of_medium)


def _looks(rows: Connection, case_id: str, media: Iterable[str]) -> dict[str, dict[str, str]]:
    """Per medium the state of every look that was ever asked for; what no run has settled is `not-yet`."""
    k, u, r = tables.look.c, tables.unit.c, tables.run.c
    ids = list(media)
    states: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.execute(select(k.medium_id, k.look, k.state).where(
            k.case_id == case_id, k.current, records.among(k.medium_id, ids))):
        states[row.medium_id][row.look].append(row.state)
    asked = rows.execute(select(u.medium_id, r.looks).distinct().join_from(
        tables.unit, tables.run, and_(r.case_id == u.case_id, r.id == u.run_id),
    ).where(u.case_id == case_id, records.among(u.medium_id, ids)))
    for medium_id, looks in asked:
        for look in looks:
            states[medium_id].setdefault(look, [])
    return {medium: {look: rules.look_state(found) for look, found in of.items()} for medium, of in states.items()}


# ------------------------------------------------------------------ unknown is not nothing

def among_camera_files(rows: Connection, case_id: str, medium_id: str) -> bool:
    """Whether a file of this content lies among a camera's files: it matches a camera, or its folder holds mostly videos.

    Judged by names, so that the answer does not depend on which file was read first.
    """
    places = rows.execute(select(_O.exhibit_id, _O.location, _O.path, _O.member_of, _O.camera_id).where(
        _O.case_id == case_id, _O.medium_id == medium_id)).all()
    folders = {(place.exhibit_id, place.member_of, folder(place.path)): place for place in places}   # copies often lie together
    return any(place.camera_id is not None for place in places) or any(
        _beside_video(rows, case_id, place) for place in folders.values())


def _beside_video(rows: Connection, case_id: str, place: Any) -> bool:
    """By the names of the files in its folder, of the first SIBLINGS of them where there are more."""
    prefix = folder(place.path) + b"/" if folder(place.path) else b""
    name = func.substring(_O.path, len(prefix) + 1)
    beside = select(_O.path).where(
        _O.case_id == case_id, _O.exhibit_id == place.exhibit_id, _O.path != place.path,
        _O.member_of.is_not_distinct_from(place.member_of),
        func.substring(_O.path, 1, len(prefix)) == prefix, func.position(literal(b"/").op("in")(name)) == 0,
    ).limit(SIBLINGS)
    paths = list(rows.scalars(beside))
    videos = sum(rules.looks_like_video(path) for path in paths)
    return rules.among_video(videos, len(paths) - videos)


def exhibits(rows: Connection, case_id: str) -> list[Exhibit]:
    """The exhibits of a case, by label."""
    return records.exhibits(rows, case_id)


def files_by_exhibit(rows: Connection, case_id: str) -> dict[str, int]:
    """Files of each exhibit, by its id. Reads an index from end to end: kept with the account, and not for every page."""
    return {row.exhibit_id: row.files for row in rows.execute(
        select(_O.exhibit_id, func.count().label("files")).where(_O.case_id == case_id).group_by(_O.exhibit_id))}


def troubles_by_exhibit(rows: Connection, case_id: str) -> dict[str, dict[str, int]]:
    """By exhibit's id how many of its files `failed`, and are read `partly`; exhibits without are not in it. Counted as the
    account counts, and kept with it."""
    found: dict[str, dict[str, int]] = {}
    without = _O.medium_id.is_(None).label("without")
    kinds = (_O.exhibit_id, _O.state, _O.code, _M.state.label("medium_state"), _O.original, without)
    for row in rows.execute(select(*kinds, func.count().label("files")).select_from(_FILES).where(
            _O.case_id == case_id).group_by(*kinds)):
        medium = None if row.without else (row.medium_state, None, None)
        state = rules.state_of((row.state, row.code, None), medium, row.original)[0]
        if state in (State.FAILED, State.PARTLY):
            of = found.setdefault(row.exhibit_id, {"failed": 0, "partly": 0})
            of[state.value] += row.files
    return found
