"""A made-up case of the largest size that the desk is built for, and how long its answers take on it.

    python -m benchmarks.desk_case --home DIR [--scale 1.0] [--case BIG] [--ask]

400,000 stills of phones, 900 videos of 40 cameras over a week, 500,000 tracks, clock anchors, what three people have seen and
marked: written straight into the tables, the same rows every time. Nobody's data and no pictures: the files it names do not
exist. The rows of the catalogue are derived as for a case that is older than they are (catalogue.records.ensure).

--ask: only ask, of a case made before. Every answer is timed here, in this process, without a browser or a page.
"""
import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.catalogue import records, standing
from sporhund.catalogue.model import Filter

STILLS, VIDEOS, TRACKS, CAMERAS, ANCHORS, MARKS = 400_000, 900, 500_000, 40, 60, 20_000
PEOPLE = ("u_bench1", "u_bench2", "u_bench3")
MONDAY = "2026-06-01"
SEED = 0.42
TIMES = 15
"""So often every question is asked; the median and the slowest are told."""


def make(place: Sporhund, name: str, scale: float) -> Case:
    """The case, with everything in it."""
    place.create_case(name, title="A made-up case of the largest size", purpose="demonstration")
    case = place.case(name)
    numbers = {"case": case.id, "stills": max(20, round(STILLS * scale)), "videos": max(4, round(VIDEOS * scale)),
               "tracks": max(50, round(TRACKS * scale)), "cameras": max(2, round(CAMERAS * min(1.0, scale * 10))),
               "anchors": max(2, round(ANCHORS * min(1.0, scale * 10))), "marks": max(10, round(MARKS * scale))}
    for label, statement in STATEMENTS:
        started = time.monotonic()
        with place.store.transaction() as rows:
            rows.execute(text(f"select setseed({SEED})"))
            rows.execute(text(statement), numbers)
        print(f"{label:12} {time.monotonic() - started:6.1f} s", flush=True)
    _settle(place, case)
    return case


def _settle(place: Sporhund, case: Case) -> None:
    with place.store.as_owner() as rows:
        rows.execute(text("analyze"))
    started = time.monotonic()
    number = records.ensure(place.store, case.id)
    with place.store.transaction() as rows:
        standing.keep(rows, case.id, place.clock.now())
    print(f"{'items':12} {time.monotonic() - started:6.1f} s for {number}", flush=True)
    with place.store.as_owner() as rows:
        rows.execute(text("analyze"))


# ------------------------------------------------------------------ rows

_CAMERAS = """
with made as (insert into exhibit (case_id, id, label, created_at)
  select :case, 'e_' || lpad(n::text, 26, '0'), 'K' || n, now() from generate_series(1, 6) n returning id),
intakes as (insert into intake (case_id, id, exhibit_id, at, by, assurance, host, source)
  select :case, 'i' || substr(id, 2), id, now(), 'bench', 'local', 'bench', convert_to('/evidence/' || id, 'UTF8') from made)
insert into camera (case_id, id, name, place, owner, files)
  select :case, 'k_' || lpad(n::text, 26, '0'), 'Kamera ' || lpad(n::text, 2, '0'), 'Gade ' || n, 'Butik ' || n,
    'cam' || n || '/*' from generate_series(1, :cameras) n
"""
_STILLS = """
with made as materialized (
  select n, 'm_' || lpad(n::text, 26, '0') as id, random() as luck, random() as second, random() as third,
    timestamp :monday_plain + random() * interval '7 days' as at from generate_series(1, :stills) n)
insert into medium (case_id, id, sha256, sha1, md5, bytes, kind, type, facts, state)
select :case, id, sha256(convert_to(:case || id, 'UTF8')), substr(sha256(convert_to(id, 'UTF8')), 1, 20),
  substr(sha256(convert_to(id, 'UTF8')), 1, 16), 2000000 + (luck * 3000000)::int, 'still', 'image/jpeg',
  jsonb_build_object('kind', 'still', 'type', 'image/jpeg', 'name', 'JPEG picture', 'width', 4032, 'height', 3024, 'duration', 0,
    'streams', '[]'::jsonb, 'stated', case when luck < 0.1 then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
      'what', 'time', 'value', to_char(at, FORMAT), 'origin', 'exif:DateTimeOriginal',
      'zone', case when second < 0.7 then '+02:00' else 'unknown' end, 'note', '')) end
      || case when third < 0.3 then jsonb_build_array(jsonb_build_object('what', 'place', 'value',
        round((55.6 + luck * 0.2)::numeric, 5) || ',' || round((12.4 + second * 0.3)::numeric, 5),
        'origin', 'exif:GPS', 'zone', 'unknown', 'note', '')) else '[]'::jsonb end),
  case when luck > 0.999 then 'failed' else 'analysed' end from made
"""
_VIDEOS = """
with made as materialized (
  select n, 'm_' || lpad((1000000 + n)::text, 26, '0') as id, round((1800 + random() * 12600)::numeric, 2)::float8 as seconds,
    timestamp :monday_plain + (n / :cameras) * (interval '7 days' / (1 + :videos / :cameras)) + random() * interval '40 minutes'
    as at, random() as luck from generate_series(0, :videos - 1) n)
insert into medium (case_id, id, sha256, sha1, md5, bytes, kind, type, facts, state)
select :case, id, sha256(convert_to(:case || id, 'UTF8')), substr(sha256(convert_to(id, 'UTF8')), 1, 20),
  substr(sha256(convert_to(id, 'UTF8')), 1, 16), (seconds * 250000)::bigint, 'video', 'video/mp4',
  jsonb_build_object('kind', 'video', 'type', 'video/mp4', 'name', 'MP4 video', 'width', 1920, 'height', 1080,
    'duration', seconds, 'streams', jsonb_build_array(jsonb_build_object('index', 0, 'start', 0, 'end', seconds, 'codec', 'h264',
      'width', 1920, 'height', 1080, 'upright_width', 1920, 'upright_height', 1080, 'rotation', 0, 'rate', 25.0,
      'frames', (25 * seconds)::int, 'interlaced', false, 'default', true, 'pixels', 'yuv420p',
      'keyframes', (select jsonb_agg(k * 10) from generate_series(0, (seconds / 10)::int) k))),
    'stated', jsonb_build_array(jsonb_build_object('what', 'time', 'value', to_char(at, FORMAT),
      'origin', 'file-name', 'zone', 'unknown', 'note', ''))),
  case when luck < 0.05 then 'partly' when luck > 0.98 then 'waiting' else 'analysed' end from made
"""
_FILES = """
insert into occurrence (case_id, id, exhibit_id, intake_id, path, location, bytes, modified_ns, medium_id, original, camera_id,
  stated)
select :case, 'o_' || substr(m.id, 3), 'e_' || lpad(x::text, 26, '0'), 'i_' || lpad(x::text, 26, '0'), path,
  convert_to('/evidence/' || x || '/', 'UTF8') || path, m.bytes, 0, m.id, true,
  case when m.kind = 'video' then 'k_' || lpad((1 + n % :cameras)::text, 26, '0') end, '[]'
from (select medium.*, right(id, 7)::int as n from medium where case_id = :case) m,
  lateral (select 1 + (n / 1000) % 6 as x, convert_to(case when kind = 'video'
    then 'cam' || (1 + n % :cameras) || '/' || n || '.mp4'
    else 'telefon-' || (n % 12) || '/DCIM/' || (n / 1000) || '/IMG_' || n || '.JPG' end, 'UTF8') as path) f
"""
_COPIES = """
insert into occurrence (case_id, id, exhibit_id, intake_id, path, location, bytes, modified_ns, medium_id, original, stated)
select :case, 'o_c' || substr(id, 4), exhibit_id, intake_id, convert_to('kopi/', 'UTF8') || path,
  convert_to('/evidence/kopi/', 'UTF8') || path, bytes, 0, medium_id, false, '[]'
from occurrence where case_id = :case and original and right(medium_id, 2) in ('07', '77', '42')
"""
_RUN = """
insert into run (case_id, id, mode, looks, pack, templates, settings, signature, started_at, by)
values (:case, 'r_' || lpad('1', 26, '0'), 'normal', '["face", "person", "vehicle", "object", "motion"]', 'base@1', false, '{}',
  'bench', now(), 'bench')
"""
_UNITS = """
insert into unit (case_id, id, run_id, medium_id, kind, stream, start, "end", plan, state, attempts, coverage)
select :case, 'u_' || substr(m.id, 3) || p, 'r_' || lpad('1', 26, '0'), m.id, m.kind, 0, p * 3600,
  case when (p + 1) * 3600 >= seconds then 'infinity'::float8 else (p + 1) * 3600 end,
  jsonb_build_object('id', 'u_' || substr(m.id, 3) || p, 'kind', m.kind),
  case when m.state = 'waiting' and p > 0 then 'waiting' else 'done' end, 1, jsonb_build_object(
    'decoded_frames', 25 * least(3600, seconds - p * 3600)::int,
    'sampled_frames', 5 * least(3600, seconds - p * 3600)::int, 'smallest_face_px', 24, 'unread', case when m.state = 'partly'
    and p = 0 then jsonb_build_array(jsonb_build_object('start', 300, 'end', 480, 'why', 'damaged packets', 'code', 'damaged'))
    else '[]'::jsonb end)
from (select id, kind, state, (facts->>'duration')::float8 as seconds from medium where case_id = :case) m,
  lateral generate_series(0, greatest(0, ceil(seconds / 3600)::int - 1)) p
"""
_LOOKS = """
insert into look (case_id, run_id, medium_id, look, pack, state, current)
select :case, 'r_' || lpad('1', 26, '0'), m.id, name, 'base@1', 'found', true
from medium m, unnest(array['face', 'person', 'vehicle', 'object', 'motion']) name
where m.case_id = :case and not (m.kind = 'still' and name = 'motion')
"""
_TRACKS = """
with made as materialized (
  select n, random() as luck, random() as along, random() as size, random() as share from generate_series(1, :tracks) n),
of as materialized (
  select *, case when luck < 0.4 then 'm_' || lpad((1 + floor(along * :stills))::text, 26, '0')
    else 'm_' || lpad((1000000 + floor(along * :videos))::text, 26, '0') end as medium,
    case when luck < 0.15 then 'face' when luck < 0.3 then 'person' when luck < 0.4 then 'object' when luck < 0.7 then 'motion'
      when luck < 0.85 then 'person' when luck < 0.93 then 'vehicle' else 'face' end as kind,
    (along * :videos) - floor(along * :videos) as part from made),
placed as materialized (
  select of.*, case when luck < 0.4 then 0.0 else part * (m.facts->>'duration')::float8 * 0.98 end as start,
    case when luck < 0.4 then 0.0 else least(size * 40, (m.facts->>'duration')::float8 * 0.02) end as lasts
  from of join medium m on m.case_id = :case and m.id = of.medium),
tracks as (
  insert into track (case_id, id, run_id, unit_id, medium_id, stream, page, kind, class, look, shot_id, start, "end",
    observations, best, quality, comparable, reason, colours)
  select :case, 't_' || lpad(n::text, 26, '0'), 'r_' || lpad('1', 26, '0'),
    'u_' || substr(medium, 3) || floor(start / 3600)::int, medium, 0, 0, kind, case when kind = 'object' then 'bicycle' end, kind,
    's_1', start, start + lasts, 2, jsonb_build_array(jsonb_build_object('t', start, 'box', jsonb_build_array(
      round((share * 1500)::numeric, 1), round((size * 800)::numeric, 1), round((20 + size * 150)::numeric, 1),
      round((24 + size * 180)::numeric, 1)), 'score', 0.9, 'quality', size)), size, false, 'too small',
    case when kind in ('person', 'vehicle') then jsonb_build_array(jsonb_build_object('part',
      case when kind = 'person' then 'upper' else 'body' end, 'lab', jsonb_build_array(round((20 + share * 60)::numeric, 1),
      round((size * 40 - 20)::numeric, 1), round((luck * 40 - 20)::numeric, 1)),
      'share', round((0.3 + share * 0.7)::numeric, 2), 'name',
      (array['red', 'blue', 'green', 'black', 'white', 'grey'])[1 + n % 6], 'danish', 'x')) end from placed)
insert into observation (case_id, track_id, path, lead)
select :case, 't_' || lpad(n::text, 26, '0'), LITTLE(float8send(start) || box || float8send(start + lasts) || box), ''
from placed, lateral (select float8send(share * 1500) || float8send(size * 800) || float8send(20 + size * 150)
  || float8send(24 + size * 180) || float8send(0.9::float8) as box) b
"""
_ANCHORS = """
insert into clock_anchor (case_id, id, camera_id, medium_id, t, shows, zone, true_time, uncertainty_s, by)
select :case, 'n_' || lpad(n::text, 26, '0'), 'k_' || lpad((1 + n % :cameras)::text, 26, '0'), null, 0,
  to_char(timestamp :monday_plain + n % 7 * interval '1 day' + interval '12 hours', FORMAT), '+02:00',
  (timestamp :monday_plain + n % 7 * interval '1 day' + interval '10 hours' + n * interval '3 seconds') at time zone 'UTC', 2,
  'bench' from generate_series(0, :anchors - 1) n where n % :cameras % 4 <> 3
"""
_SEEN = """
with people as (select unnest(array['u_bench1', 'u_bench2', 'u_bench3']) as by),
chosen as materialized (
  select m.id, by, random() as luck, m.kind, (m.facts->>'duration')::float8 as seconds from medium m, people
  where m.case_id = :case and right(m.id, 1) in ('1', '4', '8')),
mine as materialized (select * from chosen where luck < 0.4)
insert into seen (case_id, thing, by, medium_id, changed, first_at, last_at, spans, seconds)
select :case, id, by, id, pg_current_xact_id()::text::bigint, now(), now(), spans,
  case when kind = 'video' then seconds * 0.5 else 0 end
from (select id, by, kind, seconds from mine union all select distinct id, '', kind, seconds from mine) x,
  lateral (select case when kind = 'video' then jsonb_build_array(jsonb_build_array(0, seconds * 0.5)) else '[]'::jsonb end
    as spans) s
"""
_MARKS = """
insert into mark (case_id, id, act, thing, medium_id, value, changed, by, at, undone_by, undone_at)
select :case, 'x_' || lpad(n::text, 26, '0'), 'a_' || n / 10, medium, medium,
  (array['relevant', 'not-relevant', 'later'])[1 + n % 3],
  pg_current_xact_id()::text::bigint, 'u_bench' || 1 + n % 3, now() + n * interval '1 millisecond',
  case when n % 20 = 0 then 'u_bench1' end, case when n % 20 = 0 then now() end
from (select n, 'm_' || lpad((1 + floor(random() * :stills))::text, 26, '0') as medium from generate_series(1, :marks) n) s
"""


def _plain(statement: str) -> str:
    """What a statement cannot be given as a parameter: the first day, a form of times, numbers with the last byte first."""
    groups, back = "(..)" * 8, "".join(f"\\{group}" for group in range(8, 0, -1))
    begin, end = "decode(regexp_replace(encode(", f", 'hex'), '{groups}', '{back}', 'g'), 'hex')"
    statement = statement.replace(":monday_plain", f"'{MONDAY}'").replace("FORMAT", "'YYYY-MM-DD\"T\"HH24\\:MI\\:SS'")
    before, little, behind = statement.partition("LITTLE(")
    inside, _, rest = behind.partition("), ''\nfrom placed")
    return f"{before}{begin}{inside}{end}, ''\nfrom placed{rest}" if little else statement


STATEMENTS = [(label, _plain(statement)) for label, statement in (
    ("cameras", _CAMERAS), ("stills", _STILLS), ("videos", _VIDEOS), ("files", _FILES), ("copies", _COPIES), ("run", _RUN),
    ("units", _UNITS), ("looks", _LOOKS), ("tracks", _TRACKS), ("anchors", _ANCHORS), ("seen", _SEEN), ("marks", _MARKS))]


# ------------------------------------------------------------------ questions

def questions(case: Case) -> dict[str, Callable[[], Any]]:
    """What a page asks for, by what it is called here."""
    c = case.catalogue
    first = c.page(limit=100)
    ends = c.extent() or {"likely_start": 0.0, "likely_end": 1.0}
    start, end = ends["likely_start"], ends["likely_end"]
    hour = (start + end) / 2
    row = c.timeline(start, end)["rows"][0]["key"]
    persons = Filter(kinds=("still",), has=("person",), seen="nobody", mark="none")
    return {
        "page, first": lambda: c.page(limit=100), "page, next": lambda: c.page(limit=100, after=first["next"]),
        "page, filtered": lambda: c.page(persons, sort="time", limit=100),
        "page, in time": lambda: c.page(Filter(since=f"{MONDAY}T10:00", until=f"{MONDAY}T12:00"), sort="face-size", limit=100),
        "page, colour": lambda: c.page(sort="colour:red", limit=100),
        "neighbours": lambda: c.neighbours(first["items"][50]["id"], persons, sort="time"),
        "facets": lambda: c.facets(persons), "people": c.people, "counts": c.counts, "standing": c.standing,
        "timeline, week": lambda: c.timeline(start, end), "timeline, unseen": lambda: c.timeline(start, end, unseen="me"),
        "timeline, hour": lambda: c.timeline(hour, hour + 3600), "timeline, minute": lambda: c.timeline(hour, hour + 60),
        "strip": lambda: c.tracks_at(row, start, end), "showing": lambda: c.showing(hour),
    }


def ask(place: Sporhund, name: str) -> None:
    """How long each answer takes, and that none of its questions reads a large table whole."""
    case = place.case(name)
    started = time.monotonic()
    case.catalogue.counts()
    held = place.shelf.take(case.id, lambda: None)   # type: ignore[arg-type, return-value]
    print(f"{'opened':18} {1000 * (time.monotonic() - started):8.1f} ms   {held.nbytes / 1e6:.0f} MB held")
    for label, question in questions(case).items():
        spent = []
        for _ in range(TIMES):
            begun = time.monotonic()
            question()
            spent.append(1000 * (time.monotonic() - begun))
        print(f"{label:18} {statistics.median(spent):8.1f} ms   slowest {max(spent):.1f} ms, first {spent[0]:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--case", default="BIG")
    parser.add_argument("--ask", action="store_true")
    said = parser.parse_args()
    with Sporhund(said.home) as place:
        if not said.ask:
            make(place, said.case, said.scale)
        ask(place, said.case)


if __name__ == "__main__":
    main()
