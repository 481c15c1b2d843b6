"""sporhund basis, policy."""
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened
from sporhund.cli.output import Output, table

WHEN = "YYYY-MM-DD, or a time as in 2026-01-31T22:14Z; UTC where no zone is said."


@click.group("basis")
def basis_group() -> None:
    """Legal bases: without a live one no face is clustered or searched."""


@basis_group.command("add")
@in_case
@click.option("--offence", required=True, help="Code or paragraph; see: sporhund basis offences.")
@click.option("--journal", required=True, help="The journal number.")
@click.option("--reason", required=True, help="What is investigated, in a sentence.")
@click.option("--necessity", required=True, help="Why it cannot be done without comparing faces, in a sentence.")
@click.option("--proportionality", required=True, help="Why the offence weighs more than the intrusion, in a sentence.")
@click.option("--until", required=True, help=f"Its last day: {WHEN}")
@click.option("--granted-by", required=True, help="Who stands for it: a court, a prosecutor, a head of investigation.")
@click.option("--from", "begins", help="When it begins; without it: now.")
@click.option("--scope-case", "cases", multiple=True, metavar="CASE", help="A further case that may be searched.")
@click.option("--scope-from", help="Beginning of the period of the material.")
@click.option("--scope-to", help="End of the period of the material.")
@click.option("--place", "places", multiple=True, help="A place it is limited to.")
@click.option("--person", "persons", multiple=True, help="Who may be searched for, in words.")
@click.option("--continues", metavar="BASIS", help="The basis whose results it takes over.")
@common
def add(out: Output, home: Path | None, case: str, scope_from: str | None, scope_to: str | None, **said: Any) -> None:
    """Record a legal basis under the case's purpose."""
    with opened(home) as place:
        data = place.case(case).bases.add(period=(scope_from, scope_to), **said)
    out.done(data, lambda console, d: say_one(console, d))


def say_one(console: Console, data: Any) -> None:
    console.print(f"Basis {data['basis']}: {data['why']}.", markup=False)
    if data["standing"] == "live" and data["authorisation"] == "requested":
        until = data["authorise_before"]
        console.print(f"  An authorisation was asked for; without it everything is sealed on {until}.", markup=False)
    if data["results"] == "sealed":
        console.print("  What was found under it is sealed.")


@basis_group.command("list")
@in_case
@common
def list_(out: Output, home: Path | None, case: str) -> None:
    """The bases of the case, and how each stands now."""
    with opened(home) as place:
        items = place.case(case).bases.list()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Basis", "Stands", "Results", "Offence", "Journal", "Until", "Authorisation", "Granted by", "Why"],
        [[i["basis"], i["standing"], i["results"], i["offence"], i["journal"], i["until"], i["authorisation"], i["granted_by"],
          i["why"]] for i in d["items"]])
        if d["items"] else console.print("No basis yet: no face of this case can be clustered or searched.\n"
                                         "Record one: sporhund basis add --help"))


@basis_group.command("show")
@click.argument("basis", metavar="BASIS")
@in_case
@common
def show(out: Output, home: Path | None, case: str, basis: str) -> None:
    """Everything that was said for one basis."""
    with opened(home) as place:
        data = place.case(case).bases.show(basis)
    out.done(data, show_basis)


def show_basis(console: Console, data: Any) -> None:
    say_one(console, data)
    scope = data["scope"]
    for name, value in (
        ("Offence", data["offence"]), ("Journal", data["journal"]), ("Purpose", data["purpose"]), ("Reason", data["reason"]),
        ("Necessity", data["necessity"]), ("Proportionality", data["proportionality"]), ("Granted by", data["granted_by"]),
        ("Valid", f"{data['from']} to {data['until']}"), ("Policy", data["policy"]), ("Continues", data["continues"]),
        ("Further cases", ", ".join(scope["cases"])), ("Period", " to ".join(filter(None, (scope["from"], scope["to"])))),
        ("Places", ", ".join(scope["places"])), ("Persons", ", ".join(scope["persons"])),
        ("Recorded", f"{data['at']} by {data['by']} ({data['assurance']})"),
    ):
        if value:
            console.print(f"  {name:<16}{value}", markup=False)
    table(console, "Authorisation", ["Step", "Authority", "Note", "By", "At"],
          [[s["step"], s["authority"], s["note"], s["by"], s["at"]] for s in data["steps"]])


@basis_group.command("authorise")
@click.argument("basis", metavar="BASIS")
@in_case
@click.option("--request", "step", flag_value="request", help="It is asked for.")
@click.option("--grant", "step", flag_value="grant", help="It was granted.")
@click.option("--refuse", "step", flag_value="refuse", help="It was refused: results are sealed for good.")
@click.option("--authority", required=True, help="The court or authority.")
@click.option("--note", default="", help="Its reference, or what it said.")
@common
def authorise(out: Output, home: Path | None, case: str, basis: str, step: str | None, authority: str, note: str) -> None:
    """Ask for an authorisation, or record what came of it: by somebody else than who asked."""
    if step is None:
        raise click.UsageError("Give one of --request, --grant and --refuse.")
    with opened(home) as place:
        data = place.case(case).bases.authorise(basis, step, authority=authority, note=note)
    out.done(data, say_one)


@basis_group.command("end")
@click.argument("basis", metavar="BASIS")
@in_case
@click.option("--why", required=True, help="In a sentence.")
@common
def end(out: Output, home: Path | None, case: str, basis: str, why: str) -> None:
    """End a basis before its time: nothing new under it, and its results are sealed until another continues it."""
    with opened(home) as place:
        data = place.case(case).bases.end(basis, why)
    out.done(data, say_one)


@basis_group.command("offences")
@common
def offences(out: Output, home: Path | None) -> None:
    """For which offences faces may be compared, and under which purposes."""
    with opened(home) as place:
        items = place.list_offences()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Offence", "Paragraph", "Dansk", "English", "From", "Until", "Purposes"],
        [[i["offence"], i["paragraph"], i["danish"], i["english"], i["from"], i["until"], ", ".join(i["purposes"])]
         for i in d["items"]]))


@click.group("policy")
def policy_group() -> None:
    """Policies: what the agency asks of a basis, and what a refusal means."""


@policy_group.command("show")
@click.argument("name", required=False)
@common
def policy_show(out: Output, home: Path | None, name: str | None) -> None:
    """The policy that holds, or another by its name."""
    with opened(home) as place:
        data = place.policy(name)
    out.done(data, show_policy)


@policy_group.command("use")
@click.argument("name")
@common
def policy_use(out: Output, home: Path | None, name: str) -> None:
    """Let another policy hold from now on; bases that are there keep theirs."""
    with opened(home) as place:
        data = place.choose_policy(name)
    out.done(data, show_policy)


def show_policy(console: Console, data: Any) -> None:
    held = "holds" if data["holds"] else "does not hold here"
    console.print(f"{data['policy']} ({data['title']}) {held}; there are: {', '.join(data['available'])}.", markup=False)
    clock = f"within {data['hours']} hours of recording the basis" if data["hours"] else "before anything is compared"
    asked = {"off": "none is asked for", "optional": f"where one was asked for, {clock}", "always": f"always, {clock}"}
    console.print(f"  Authorisation: {asked[data['authorisation']]} ({data['label']}).", markup=False)
    proposed = "is proposed" if data["refusal_proposes_deletion"] else "is not proposed"
    console.print(f"  After a refusal or a lapse: results are sealed for good; their deletion {proposed}.\n  {data['note']}",
                  markup=False)
    table(console, "Purposes", ["Purpose", "Months kept", "A basis has to name"],
          [[purpose, terms["retention_months"], ", ".join(terms["scope"])] for purpose, terms in data["purposes"].items()])


COMMANDS: tuple[click.Command, ...] = (basis_group, policy_group)
