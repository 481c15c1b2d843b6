"""The rows a gallery is made of, and those that say whether it is out of date."""
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, text

from sporhund.store import tables

_FETCH = 20_000

_ROWS = text("""
    select p.track_id, t.medium_id, p.vector,
           (t.best -> 0 -> 'box' ->> 2)::real as width_px, (t.best -> 0 ->> 'sharpness')::real as sharpness
    from template p
    join track t on t.case_id = p.case_id and t.id = p.track_id
    left join (
      select medium_id, array_agg(run_id) as runs from look
      where case_id = :case and look = 'face' and current group by medium_id) c on c.medium_id = t.medium_id
    where p.case_id = :case and t.case_id = :case and p.pack = :pack and t.kind = 'face' and t.alias_of is null and t.comparable
      and (c.runs is null or t.run_id = any(c.runs))
    order by p.track_id collate "C"
""")
"""Templates that count: of tracks that go by their own name, in the run that is current for their medium; where no run is
settled yet, in those under way (as cases/findings.py shows them)."""


def templates(rows: Connection, case_id: str, pack: str) -> Iterator[Sequence[Row[Any]]]:
    """track_id, medium_id, vector, width_px, sharpness of each template that counts, by the track's id; in batches."""
    # Freshly filled tables have no statistics, and a plan of nested loops over a million rows takes minutes (measured: 446 s).
    rows.execute(text("set local jit = off; set local enable_nestloop = off"))
    streamed = {"stream_results": True, "yield_per": _FETCH}
    return rows.execute(_ROWS, {"case": case_id, "pack": pack}, execution_options=streamed).partitions()


def count(rows: Connection, case_id: str, pack: str) -> int:
    """Templates of a pack, those that do not count too: there are never more that do."""
    p = tables.template.c
    return int(rows.scalar(select(func.count()).where(p.case_id == case_id, p.pack == pack)) or 0)


def packs(rows: Connection, case_id: str) -> list[str]:
    """Packs of which the case has templates, the one whose run was started last at the end."""
    p, r = tables.template.c, tables.run.c
    known = rows.scalars(select(r.pack).where(r.case_id == case_id).order_by(r.started_at, r.id))
    return [pack for pack in dict.fromkeys(reversed(list(known)))
            if rows.scalar(select(select(p.track_id).where(p.case_id == case_id, p.pack == pack).exists()))][::-1]


def version(rows: Connection, case_id: str) -> str | None:
    """The version of the matrices that are up to date; None where something has changed since any were made."""
    g = tables.gallery_change.c
    found = rows.execute(select(g.id, g.made).where(g.case_id == case_id).limit(2)).all()
    return str(found[0].id) if len(found) == 1 and found[0].made else None


def settle(rows: Connection, case_id: str, version: str) -> None:
    """What had changed until this transaction's snapshot is in the matrices of this version."""
    g = tables.gallery_change
    rows.execute(delete(g).where(g.c.case_id == case_id))
    rows.execute(insert(g).values(case_id=case_id, id=version, made=True))
