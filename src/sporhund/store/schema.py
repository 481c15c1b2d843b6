"""The schema's version: checked at every start, brought up to date by the owner when it is older."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from sporhund.errors import EnvironmentFault
from sporhund.store import guards

_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x5350_4F52  # advisory: one migrates, the others wait


@dataclass(frozen=True, slots=True)
class Version:
    """What a database says of itself."""

    revision: str | None  #: of the tables; None: no tables yet
    guards: str | None  #: digest of the guards laid over them


def revisions() -> tuple[str, ...]:
    """The revisions that this Sporhund knows, oldest first: the numbers before the names of the migrations' files."""
    return tuple(sorted(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def version(rows: Connection) -> Version:
    """The version of the database behind a connection."""
    there = rows.execute(text("select to_regclass('public.alembic_version') is not null")).scalar_one()
    if not there:
        return Version(None, None)
    row = rows.execute(
        text(
            "select (select version_num from public.alembic_version),"
            " (select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'parts')"
        )
    ).one()
    return Version(row[0], row[1])


def is_current(found: Version) -> bool:
    """Whether nothing needs doing. Raises EnvironmentFault("schema-newer") for a revision that we do not know."""
    known = revisions()
    if found.revision is not None and found.revision not in known:
        raise EnvironmentFault(
            "schema-newer",
            f"The database has the schema {found.revision}; this Sporhund knows up to {known[-1]}.",
            "Use the Sporhund that made it, or a newer one.",
        )
    return found == Version(known[-1], guards.DIGEST)


def migrate(rows: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision and lay the guards over them, in the caller's transaction, as the owner."""
    from alembic import command
    from alembic.config import Config

    rows.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = version(rows)
    if revision == "head" and is_current(found):
        return  # somebody else did it while we waited
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = rows
    command.upgrade(config, revision)
    driver = rows.connection.driver_connection
    assert driver is not None
    driver.execute(guards.SCRIPT)  # past SQLAlchemy: several statements, and no parameters in %I
    driver.execute(f"comment on schema parts is '{guards.DIGEST}'")
