"""What guards the tables: append-only triggers, rights, and the two functions that make and drop a case's partitions.

One text, laid over the tables after every migration. It is written so that it can be run again at any time; its digest
stands in the database (the comment of the schema `parts`), so that a changed guard is laid anew.
"""
import hashlib

from sporhund.store import queue
from sporhund.store.roles import APP, READER
from sporhund.store.tables import CONTENT

_TABLES = ", ".join(f"'{name}'" for name in CONTENT)

# Partitions lie in a schema of their own, which nobody but the owner can enter: content is reached through the table.
# Their names are digests of the case's id, and every name is quoted by format('%I'), every value by '%L'.
_PARTITIONS = f"""
create schema if not exists parts;

create or replace function public.content_tables() returns setof text language sql stable
set search_path = pg_catalog, pg_temp as $$
    select name from unnest(array[{_TABLES}]) with ordinality as listed (name, place)
    where to_regclass('public.' || quote_ident(name)) is not null order by place
$$;

create or replace function public.partition_name(content text, wanted text) returns text language sql immutable
set search_path = pg_catalog, pg_temp as $$
    select content || '_' || substr(encode(sha256(convert_to(wanted, 'UTF8')), 'hex'), 1, 32)
$$;

-- All locks at once or none: whoever writes in another case holds some of them and may come for more, and neither waits
-- for the other while holding anything.
create or replace function public.lock_content(mode text) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    names text;
    attempts integer := 0;
begin
    select string_agg(format('public.%I', name), ', ') into names from public.content_tables() as name;
    loop
        begin
            execute format('lock table only %s in %s mode nowait', replace(names, ', ', ', only '), mode);
            return;
        exception when lock_not_available then
            attempts := attempts + 1;
            if attempts >= 3000 then raise; end if;
            perform pg_sleep(0.01);
        end;
    end loop;
end $$;

create or replace function public.open_case(wanted text) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    content text;
    part text;
begin
    perform public.lock_content('share row exclusive');
    for content in select name from public.content_tables() as name loop
        part := public.partition_name(content, wanted);
        if to_regclass(format('parts.%I', part)) is null then
            execute format('create table parts.%I (like public.%I including defaults including constraints)', part, content);
            execute format('alter table public.%I attach partition parts.%I for values in (%L)', content, part, wanted);
        end if;
    end loop;
end $$;

create or replace function public.drop_case(wanted text) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    content text;
    part text;
begin
    if exists (select from public.hold where case_id = wanted and lifted_at is null) then
        raise exception 'a hold stands on this case' using errcode = 'object_in_use';
    end if;
    perform public.lock_content('access exclusive');
    for content in select name from public.content_tables() with ordinality as listed (name, place) order by place desc loop
        part := public.partition_name(content, wanted);
        if to_regclass(format('parts.%I', part)) is not null then
            execute format('alter table public.%I detach partition parts.%I', content, part);
            execute format('drop table parts.%I', part);
        end if;
    end loop;
end $$;

revoke all on function public.open_case(text), public.drop_case(text), public.lock_content(text) from public;
"""

_APPEND_ONLY = """
create or replace function public.append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end $$;

create or replace trigger append_only before update or delete or truncate on public.audit
    for each statement execute function public.append_only();
create or replace trigger append_only before update or delete or truncate on public.audit_chain
    for each statement execute function public.append_only();
"""

# A matrix of templates is derived and must never be out of date unseen: whoever changes a template, or which run of the face
# look counts, leaves a row behind in the same transaction (gallery/records.py). Random names: two writers never meet.
_GALLERIES = """
create or replace function public.gallery_changed() returns trigger language plpgsql as $$
begin
    if to_regclass('public.gallery_change') is null then return null; end if;  -- a backup older than the table is restored
    if tg_table_name = 'look' then
        insert into public.gallery_change (case_id, id, made)
        select case_id, gen_random_uuid()::text, false from changed where look = 'face' group by case_id;
    else
        insert into public.gallery_change (case_id, id, made)
        select case_id, gen_random_uuid()::text, false from changed group by case_id;
    end if;
    return null;
end $$;

""" + "".join(
    f"""create or replace trigger gallery_{event} after {event} on public.{table} referencing {side} table as changed
    for each statement execute function public.gallery_changed();
""" for table in ("template", "look") for event, side in (("insert", "new"), ("update", "new"), ("delete", "old")))

# What two people decide is true for every client, not only for ours. They are laid only where the tables are.
_TWO_PEOPLE = """
create or replace function public.link_needs_two() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if (select count(distinct examiner) from public.decision
        where case_id = new.case_id and candidate_id = new.candidate_id and meaning = 'same') < 2 then
        raise exception 'a link needs two examiners who said the same' using errcode = 'check_violation';
    end if;
    return new;
end $$;

create or replace function public.said_once() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'what was concluded is never changed' using errcode = 'check_violation';
end $$;

create or replace function public.identity_in_two_steps() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    -- The owner of the tables brings back a backup, in which both have acted already.
    if tg_op = 'INSERT' and new.confirmed_by is not null and current_user <>
        (select pg_get_userbyid(relowner) from pg_class where oid = 'public.identity'::regclass) then
        raise exception 'an identity is entered by one person and confirmed by another' using errcode = 'check_violation';
    end if;
    if tg_op = 'UPDATE' and (
        (new.link_id, new.ground_id, new.name, new.role, new.stage, new.stage_date, new.certainty, new.basis_id,
         new.entered_by, new.entered_at)
        is distinct from
        (old.link_id, old.ground_id, old.name, old.role, old.stage, old.stage_date, old.certainty, old.basis_id,
         old.entered_by, old.entered_at)
        or (old.confirmed_by is not null and new.confirmed_by is distinct from old.confirmed_by)
        or (old.withdrawn_by is not null and new.withdrawn_by is distinct from old.withdrawn_by)) then
        raise exception 'an identity is confirmed or withdrawn, never changed' using errcode = 'check_violation';
    end if;
    return new;
end $$;

do $$ begin
    if to_regclass('public.identity') is not null then
        create or replace trigger two_said_so before insert on public.link
            for each row execute function public.link_needs_two();
        create or replace trigger said_once before update on public.decision
            for each row execute function public.said_once();
        create or replace trigger said_once before update on public.link
            for each row execute function public.said_once();
        create or replace trigger two_steps before insert or update on public.identity
            for each row execute function public.identity_in_two_steps();
    end if;
end $$;
"""

# A server of somebody else may not let us make roles; then everything runs as its owner, and `doctor` says so.
_RIGHTS = f"""
revoke create on schema public from public;

do $$ begin
    if exists (select from pg_roles where rolname = '{APP}') then
        grant usage on schema public to {APP};
        grant select, insert, update, delete on all tables in schema public to {APP};
        grant usage on all sequences in schema public to {APP};
        revoke update, delete, truncate on public.audit, public.audit_chain from {APP};
        revoke insert, update, delete on public.alembic_version from {APP};
        grant execute on function public.open_case(text), public.drop_case(text) to {APP};
    end if;
    if exists (select from pg_roles where rolname = '{READER}') then
        grant usage on schema public to {READER};
        grant select on all tables in schema public to {READER};
    end if;
end $$;
"""

# A table that a migration has added needs its partitions in the cases that are there.
_OPEN_CASES = 'select public.open_case(id) from public."case" where state = \'open\';'

SCRIPT = _PARTITIONS + _APPEND_ONLY + _GALLERIES + _TWO_PEOPLE + _RIGHTS + queue.SCRIPT + _OPEN_CASES
DIGEST = hashlib.sha256(SCRIPT.encode()).hexdigest()
