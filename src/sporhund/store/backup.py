"""A home in one file, and back: also into a home of another PostgreSQL version, or onto a server.

The file is a tar: the rows of every table as PostgreSQL's COPY text, the keys, the imported models, and a manifest with
the digest of each member. It opens what the home opens: whoever has it has the case, and a case that is erased later
lives on in it. Keep it as the home is kept, and destroy it with the case.
"""

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, text

from sporhund.errors import EnvironmentFault, Refused, Unreadable
from sporhund.settings import Settings
from sporhund.store import partitions, schema
from sporhund.store.service import Store, open_store
from sporhund.store.tables import CONTENT, metadata

_FORM = 1
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BLOCK = 1 << 20


def backup(settings: Settings, out: Path) -> None:
    """Write the home's rows, keys and models to a new file, readable by its owner only. Commands may go on meanwhile.

    Raises Refused("exists") for a file that is there, EnvironmentFault for disk and database.
    """
    if out.exists():
        raise Refused("exists", f"{out} is there already.", "Name a new file; a backup overwrites nothing.")
    unfinished = out.with_name(out.name + ".unfinished")
    with _disk(out), open_store(settings) as store:
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                _write(store, settings, tar, out.parent)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(out)


def restore(settings: Settings, source: Path) -> None:
    """Bring a backup into a new home (or onto an empty database). The rows come whole or not at all.

    Raises Unreadable("damaged-backup") before anything is written, Refused("not-empty") for a home with rows,
    EnvironmentFault("schema-newer") for a backup of a newer Sporhund.
    """
    with _disk(settings.home), _opened(source) as tar:
        manifest = _checked(tar)
        if manifest["schema"] not in schema.revisions():
            raise EnvironmentFault(
                "schema-newer",
                f"The backup has the schema {manifest['schema']}, which this Sporhund does not know.",
                "Restore it with the Sporhund that made it, or a newer one.",
            )
        with Store(settings) as store, store.as_owner() as rows:
            _ready(rows, manifest["schema"])
            _put_files(tar, manifest, settings)  # keys before rows: a killed restore never has rows without keys
            _load(rows, tar, manifest)
            schema.migrate(rows)


def _write(store: Store, settings: Settings, tar: tarfile.TarFile, near: Path) -> None:
    digests: dict[str, str] = {}
    with store.snapshot() as rows:
        tables = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
        cases = list(rows.execute(text("select id from public.\"case\" where state = 'open' order by id")).scalars())
        for table, columns in tables.items():
            with tempfile.TemporaryFile(dir=near) as spool:
                _copy_out(rows, table, columns, spool)
                digests[f"tables/{table}"] = _add(tar, f"tables/{table}", spool)
        revision = schema.version(rows).revision
    # Keys after the rows: one that is destroyed meanwhile stays destroyed, one that is new does no harm.
    for folder, name in ((settings.keys, "keys"), (settings.models, "models")):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock"):
            with open(path, "rb") as file:
                member = f"{name}/{path.relative_to(folder).as_posix()}"
                digests[member] = _add(tar, member, file)
    manifest = {"sporhund-backup": _FORM, "schema": revision, "tables": tables, "cases": cases, "sha256": digests}
    _add(tar, "manifest.json", io.BytesIO(json.dumps(manifest).encode()))


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> str:
    """Put a file into the tar; its SHA-256."""
    file.seek(0, os.SEEK_END)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.tell(), 0o600
    file.seek(0)
    tar.addfile(entry, file)
    return _digest(file)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _columns(columns: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _copy_out(rows: Connection, table: str, columns: list[str], to: IO[bytes]) -> None:
    with _driver(rows).cursor().copy(f'copy (select {_columns(columns)} from public."{table}") to stdout') as copy:
        for block in copy:
            to.write(block)


def _copy_in(rows: Connection, table: str, columns: list[str], source: IO[bytes]) -> None:
    with _driver(rows).cursor().copy(f'copy public."{table}" ({_columns(columns)}) from stdin') as copy:
        while block := source.read(_BLOCK):
            copy.write(block)


def _driver(rows: Connection) -> Any:
    return rows.connection.driver_connection


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as fault:
        raise Unreadable(
            "damaged-backup", f"{source} is no whole backup: {fault}.", "Take another copy of the backup."
        ) from fault


def _checked(tar: tarfile.TarFile) -> dict[str, Any]:
    """The manifest of a backup whose every member has the digest it should have, and a name that is safe to use."""
    names = tar.getnames()
    manifest: dict[str, Any] = json.load(_member(tar, "manifest.json")) if "manifest.json" in names else {}
    if manifest.get("sporhund-backup") != _FORM:
        raise Unreadable(
            "damaged-backup", f"{tar.name!s} is no backup of form {_FORM}.", "Take another copy of the backup."
        )
    for name, digest in manifest["sha256"].items():
        if name not in names or _digest(_member(tar, name)) != digest:
            raise Unreadable("damaged-backup", f"{name} in the backup is damaged or missing.", "Take another copy.")
    words = [*manifest["tables"], *(column for columns in manifest["tables"].values() for column in columns)]
    safe = all(
        ".." not in PurePosixPath(name).parts and not PurePosixPath(name).is_absolute() for name in manifest["sha256"]
    )
    if not safe or not all(_NAME.fullmatch(word) for word in words):
        raise Unreadable(
            "damaged-backup", "The backup names tables or files that no backup has.", "Do not use this file."
        )
    return manifest


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise Unreadable("damaged-backup", f"{name} in the backup is not a file.", "Take another copy of the backup.")
    return file


def _ready(rows: Connection, revision: str) -> None:
    """Tables at the backup's revision, with nothing in them."""
    there = schema.version(rows).revision
    if there is None:
        schema.migrate(rows, revision)
        return
    used = rows.execute(
        text('select exists (select from public.audit) or exists (select from public."case")')
    ).scalar_one()
    if used or there != revision:
        raise Refused(
            "not-empty",
            "There is a database with rows or of another version in this home already.",
            "Name a new home with --home: a backup is never mixed with what is there.",
        )


def _put_files(tar: tarfile.TarFile, manifest: dict[str, Any], settings: Settings) -> None:
    places = {"keys": settings.keys, "models": settings.models}
    for name in manifest["sha256"]:
        kind, *rest = PurePosixPath(name).parts
        if kind not in places:
            continue
        path = places[kind].joinpath(*rest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".new")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            source = _member(tar, name)
            while block := source.read(_BLOCK):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)


def _load(rows: Connection, tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    tables: dict[str, list[str]] = manifest["tables"]
    for table in (name for name in tables if name not in CONTENT):
        _copy_in(rows, table, tables[table], _member(tar, f"tables/{table}"))
    for case_id in manifest["cases"]:
        partitions.open_case(rows, case_id)
    for table in (name for name in tables if name in CONTENT):
        _copy_in(rows, table, tables[table], _member(tar, f"tables/{table}"))
    _count_on(rows)


def _count_on(rows: Connection) -> None:
    """Let identity columns go on behind the highest value that was loaded."""
    identities = rows.execute(
        text(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' and is_identity = 'YES'"
        )
    )
    for table, column in identities.all():
        sequence, highest = f"pg_get_serial_sequence('public.\"{table}\"', '{column}')", f'coalesce(max("{column}"), 0)'
        rows.execute(text(f'select setval({sequence}, {highest} + 1, false) from public."{table}"'))


@contextmanager
def _disk(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise EnvironmentFault(
            "disk", f"{fault.filename or place}: {fault.strerror}.", "Check the disk and the owner."
        ) from fault
