"""The four roles of the database, and how the embedded server lets them in.

bootstrap  makes roles and databases, and clears away what erasure leaves behind; nothing else
owner      owns the tables: migrations
app        what commands run as: cannot change or delete an audit row, nor make or drop a table
reader     looks only
"""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

BOOTSTRAP = "sporhund_bootstrap"
OWNER = "sporhund_owner"
APP = "sporhund_app"
READER = "sporhund_reader"
DATABASE = "sporhund"


def hba() -> str:
    """pg_hba.conf: who runs the home comes in as owner and bootstrap; app and reader need their password."""
    return (
        f"local all {BOOTSTRAP} peer map=sporhund\nlocal all {OWNER} peer map=sporhund\nlocal all all scram-sha-256\n"
    )


def ident(account: str) -> str:
    """pg_ident.conf: the system accounts that may be owner and bootstrap: root, and the account that made the home."""
    return "".join(f'sporhund "{name}" {role}\n' for name in sorted({"root", account}) for role in (BOOTSTRAP, OWNER))


def prepare(socket_dir: Path, passwords: dict[str, str]) -> None:
    """Make the roles and the database of an embedded server. Safe to repeat: a first command may have been killed."""
    with psycopg.connect(host=str(socket_dir), user=BOOTSTRAP, dbname="postgres", autocommit=True) as server:
        for role in (OWNER, APP, READER):
            if server.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
                server.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        for role, password in passwords.items():
            server.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))
        server.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(sql.Identifier(READER)))
        if server.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            server.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )


def prepare_named(server: psycopg.Connection[Any]) -> bool:
    """Make app and reader on a server of somebody else, if it lets us. Whether we can step down to them."""
    for role in (APP, READER):
        try:
            if server.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
                server.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
                server.execute(sql.SQL("grant {} to current_user with set true").format(sql.Identifier(role)))
            server.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            server.execute("reset role")
            server.commit()
        except psycopg.errors.InsufficientPrivilege:
            server.rollback()
            return False
    return True
