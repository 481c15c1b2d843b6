"""sporhund user, login, logout, whoami, case member."""
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.case import case_group
from sporhund.cli.context import common, opened
from sporhund.cli.output import Output, table

ROLES = click.Choice(["investigator", "examiner", "supervisor", "desk-officer", "auditor", "administrator"])


def password(ask: str, *, twice: bool = False) -> str:
    """Asked for without echo on a terminal; elsewhere one line of standard input. Never an argument: those are seen by all."""
    if sys.stdin.isatty():
        return str(click.prompt(ask, hide_input=True, confirmation_prompt=twice, err=True))
    line = sys.stdin.readline()
    if not line:
        raise click.UsageError(f"{ask}: no line on standard input.")
    return line.rstrip("\r\n")


@click.group("user")
def user_group() -> None:
    """Accounts: who they are and what they may do. The first one is made without sign-in and is an administrator."""


@user_group.command("add")
@click.argument("name")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--full-name", required=True, help="The person's name.")
@click.option("--unit", default="default", show_default=True, help="The unit of the force.")
@click.option("--district", help="The police district.")
@common
def add(
    out: Output, home: Path | None, name: str, roles: tuple[str, ...], full_name: str, unit: str, district: str | None,
) -> None:
    """Make an account. Its password is asked for, or read as one line of standard input."""
    with opened(home) as place:
        data = place.people.add(name, full_name=full_name, roles=roles, unit=unit, district=district,
                                password=password(f"Password for {name}", twice=True))
    out.done(data, lambda console, d: console.print(
        f"Account {d['user']} ({', '.join(d['roles'])}) is there.\nNext: sporhund login {d['user']}; then, for what "
        "they decide to count, a password of their own: sporhund user password", markup=False))


@user_group.command("list")
@common
def list_(out: Output, home: Path | None) -> None:
    """Every account."""
    with opened(home) as place:
        items = place.people.list()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Account", "Name", "Roles", "Unit", "District", "State", "Made by"],
        [[i["user"], i["full_name"], ", ".join(i["roles"]), i["unit"], i["district"],
          f"waiting until {i['waits_until']}" if i["state"] == "waiting" else i["state"],
          i["created_by"] or "on the machine"] for i in d["items"]])
        if d["items"] else console.print(
            "No account yet. The first is an administrator: sporhund user add NAME --role administrator --full-name N",
            markup=False))


@user_group.command("disable")
@click.argument("name")
@common
def disable(out: Output, home: Path | None, name: str) -> None:
    """Let an account in no more."""
    with opened(home) as place:
        data = place.people.disable(name)
    out.done(data, say_state)


@user_group.command("enable")
@click.argument("name")
@common
def enable(out: Output, home: Path | None, name: str) -> None:
    """Let a disabled account in again, or one that waits after wrong passwords."""
    with opened(home) as place:
        data = place.people.enable(name)
    out.done(data, say_state)


def say_state(console: Console, data: Any) -> None:
    console.print(f"Account {data['user']}: {data['state']}.", markup=False)


@user_group.command("roles")
@click.argument("name")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="All it shall have; may be given several times.")
@common
def roles_(out: Output, home: Path | None, name: str, roles: tuple[str, ...]) -> None:
    """Give an account these roles instead of those it had."""
    with opened(home) as place:
        data = place.people.set_roles(name, roles)
    out.done(data, lambda console, d: console.print(f"Account {d['user']}: {', '.join(d['roles'])}.", markup=False))


@user_group.command("password")
@click.argument("name", required=False)
@common
def password_(out: Output, home: Path | None, name: str | None) -> None:
    """A new password. Without NAME your own: the one you have is asked for first, then the new one.

    With NAME an administrator gives another account one, and nothing counts that is decided with it until its holder has
    chosen their own. Each password is asked for, or read as one line of standard input: the old one, then the new one.
    """
    with opened(home) as place:
        if name is None or (place.actor.user is not None and place.actor.name == name):
            data = place.people.change_password(password("The password you have"), password("The new one", twice=True))
        else:
            data = place.people.reset_password(name, password(f"New password for {name}", twice=True))
    out.done(data, lambda console, d: console.print(
        f"{d['user']} signs in with the new password from now on: sporhund login {d['user']}", markup=False))


@click.command("login")
@click.argument("name")
@common
def login(out: Output, home: Path | None, name: str) -> None:
    """Sign in. The password is asked for, or read as one line of standard input."""
    with opened(home, warn=False) as place:
        data = place.people.login(name, password(f"Password for {name}"))
    out.done(data, say_who)


@click.command("logout")
@common
def logout(out: Output, home: Path | None) -> None:
    """Sign out."""
    with opened(home, warn=False) as place:
        data = place.people.logout()
    out.done(data, lambda console, d: console.print(
        f"{d['user']} is signed out." if d["user"] else "Nobody was signed in.", markup=False))


@click.command("whoami")
@common
def whoami(out: Output, home: Path | None) -> None:
    """Who acts, and whether it counts."""
    with opened(home) as place:
        data = place.people.whoami()
    out.done(data, say_who)


def say_who(console: Console, data: Any) -> None:
    if data["signed_in"]:
        console.print(f"{data['user']} is signed in: {', '.join(data['roles'])}, unit {data['unit']}.", markup=False)
    else:
        console.print(f"Nobody is signed in; {data['user']} acts with the assurance 'local': no decision counts.\n"
                      "Sign in: sporhund login NAME", markup=False)


@case_group.group("member")
def member_group() -> None:
    """Who is on a case: it is open to them alone."""


@member_group.command("add")
@click.argument("case", metavar="CASE")
@click.argument("name")
@common
def member_add(out: Output, home: Path | None, case: str, name: str) -> None:
    """Put somebody on the case."""
    with opened(home) as place:
        data = place.members(case).add(name)
    out.done(data, lambda console, d: console.print(f"{d['user']} is on {d['case']}.", markup=False))


@member_group.command("remove")
@click.argument("case", metavar="CASE")
@click.argument("name")
@common
def member_remove(out: Output, home: Path | None, case: str, name: str) -> None:
    """Take somebody off the case."""
    with opened(home) as place:
        data = place.members(case).remove(name)
    out.done(data, lambda console, d: console.print(f"{d['user']} is not on {d['case']} any more.", markup=False))


@member_group.command("list")
@click.argument("case", metavar="CASE")
@common
def member_list(out: Output, home: Path | None, case: str) -> None:
    """Who is on the case."""
    with opened(home) as place:
        items = place.members(case).list()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Account", "Name", "Roles", "Unit", "Added by", "Added"],
        [[i["user"], i["full_name"], ", ".join(i["roles"]), i["unit"], i["added_by"], i["added"]] for i in d["items"]])
        if d["items"] else console.print("Nobody: it was opened without sign-in, and whoever reaches this home may open it."))


COMMANDS: tuple[click.Command, ...] = (user_group, login, logout, whoami)
