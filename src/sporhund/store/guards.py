"""What guards the tables: append-only triggers, rights, and the two functions that make and drop a case's partitions.

One text, laid over the tables after every migration. It is written so that it can be run again at any time; its digest
stands in the database (the comment of the schema `parts`), so that a changed guard is laid anew.
"""
import hashlib

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

SCRIPT = _PARTITIONS + _APPEND_ONLY + _RIGHTS + _OPEN_CASES
DIGEST = hashlib.sha256(SCRIPT.encode()).hexdigest()
