"""A server that was named instead of the embedded one."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from sporhund.errors import EnvironmentFault
from sporhund.settings import Settings
from sporhund.store import roles
from sporhund.store.service import Store, open_store


@pytest.fixture
def database(store: Store) -> Iterator[tuple[str, str]]:
    """(socket folder, name) of an empty database on a running server."""
    name = f"agency_{secrets.token_hex(4)}"
    with store._door.connect(roles.BOOTSTRAP) as admin:
        admin.autocommit = True
        admin.execute(f"create database {name} owner {roles.OWNER}")
        host = admin.info.host
    yield host, name
    with store._door.connect(roles.BOOTSTRAP) as admin:
        admin.autocommit = True
        admin.execute(f"drop database {name} with (force)")


def _settings(store: Store, user: str, database: tuple[str, str]) -> Settings:
    return Settings(store.settings.home, database_url=f"postgresql://{user}@/{database[1]}?host={database[0]}")


def test_where_the_server_lets_us_commands_step_down_to_their_role(store: Store, database: tuple[str, str]) -> None:
    with open_store(_settings(store, roles.BOOTSTRAP, database)) as named:
        with named.transaction() as rows:
            assert rows.execute(text("select current_user")).scalar_one() == roles.APP
        with named.reader() as rows:
            assert rows.execute(text("select current_user")).scalar_one() == roles.READER

        info = named.server_info()

    assert (info["mode"], info["roles"]) == ("server", "ok")
    assert "step up again" in info["separation"]


def test_where_it_does_not_everything_works_and_doctor_is_told(store: Store, database: tuple[str, str]) -> None:
    with open_store(_settings(store, roles.OWNER, database)) as named:
        with named.transaction() as rows:
            rows.execute(text("select open_case('c')"))
        info = named.server_info()

    assert info["roles"] == "missing"
    assert "lift the audit log's guards" in info["separation"]


def test_the_password_in_the_address_is_not_shown(store: Store, database: tuple[str, str]) -> None:
    url = f"postgresql://{roles.OWNER}:s3cret@/{database[1]}?host={database[0]}"
    with open_store(Settings(store.settings.home, database_url=url)) as named:
        assert "s3cret" not in str(named.server_info())


def test_a_server_that_is_not_there_is_said_in_a_sentence(store: Store) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        open_store(Settings(store.settings.home, database_url="postgresql://nobody@127.0.0.1:1/none"))

    assert fault.value.code == "database-down"
    assert isinstance(fault.value.__cause__, psycopg.Error)


def test_an_account_without_rights_there_is_told_so(store: Store, database: tuple[str, str]) -> None:
    with store._door.connect(roles.BOOTSTRAP) as admin:
        admin.autocommit = True
        admin.execute("drop role if exists weak")
        admin.execute("create role weak login password 'weak'")

    with pytest.raises(EnvironmentFault) as fault:
        open_store(_settings(store, "weak:weak", database))

    assert fault.value.code == "database-rights"
