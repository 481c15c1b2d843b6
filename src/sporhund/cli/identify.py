"""sporhund candidates, decide, age, identity."""
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened, paged
from sporhund.cli.output import Output, clock, table
from sporhund.cli.search import in_words
from sporhund.evidence.names import printable

DAY = click.DateTime(["%Y-%m-%d"])
STANDS = {
    "yours": "yours to conclude", "open": "open", "needs-second": "waits for a second examiner",
    "needs-third": "waits for a third examiner", "linked": "linked: two said the same", "closed": "closed: no link",
}
BLIND = "Score, rank, chance and what others concluded stay hidden until you have concluded."

MEANS = "This is not how probable it is that it is the same person; relatives and look-alikes are not covered."


# ------------------------------------------------------------------ candidates

@click.group("candidates", invoke_without_command=True)
@click.option("--case", "case", metavar="CASE", help="The case, by its name.")
@paged
@common
def candidates(out: Output, home: Path | None, case: str | None, limit: int, after: str | None) -> None:
    """What is yours to conclude, blind, and how the others stand; show, pictures, scale."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    if case is None:
        raise click.UsageError("Missing option '--case'.")
    with opened(home) as place:
        data = place.case(case).decisions.candidates(limit=limit, after=after)
    out.done(data, lambda console, d: show_queue(console, d, case))


def show_queue(console: Console, data: Mapping[str, Any], case: str) -> None:
    if data["closed"]:
        console.print(f"{data['closed']} left out: they lie in cases that are closed to you.", markup=False)
    if not data["items"]:
        if data["closed"]:
            return
        console.print(f"No candidate yet. They come from a search: sporhund faces search IMAGE… --case {case} --basis B",
                      markup=False)
        return
    table(console, "", ["Candidate", "Stands", "You said", "File", "At", "Probes", "Search", "Mind"], [
        [c["candidate"], "sealed", "", "", "", "", c["search"], ""] if c["sealed"] else
        [c["candidate"], STANDS[c["state"]] + (f" ({c['link']})" if c["link"] else ""), c["concluded"], c["path"], clock(c["t"]),
         ", ".join(p["path"] for p in c["probes"]), c["search"], "; ".join(c["warnings"])] for c in data["items"]])
    if data["yours"]:
        console.print(f"{data['yours']} yours to conclude, in an order of your own. {BLIND}", markup=False)
        console.print(f"Next: sporhund candidates pictures CANDIDATE --case {case} --out DIR", markup=False)
    if data["next"]:
        console.print(f"More: --after {data['next']}", markup=False)


@candidates.command("show")
@click.argument("candidate")
@in_case
@click.option("--checklist", "form", is_flag=True, help="Print an empty checklist to fill in.")
@common
def show(out: Output, home: Path | None, case: str, candidate: str, form: bool) -> None:
    """One candidate: blind until you have concluded, afterwards with everything that was shown."""
    with opened(home) as place:
        acts = place.case(case).decisions
        if form:
            blank = {"form": acts.form(candidate)}
            out.done(blank, lambda console, d: click.echo(d["form"], nl=False))
            return
        data = acts.candidate(candidate)
    out.done(data, lambda console, d: show_candidate(console, d, case))


def show_candidate(console: Console, data: Mapping[str, Any], case: str) -> None:
    console.print(f"{data['candidate']}: {STANDS[data['state']]}", markup=False)
    path = printable(data["path"] or data["medium"])
    console.print(f"  candidate: {path} at {clock(data['t'])} · track {data['track']}", markup=False)
    for probe in data["probes"]:
        console.print(f"  probe: {printable(probe['path'])} · SHA-256 {probe['sha256'][:16]}…", markup=False)
    for warning in data["warnings"]:
        console.print(f"  mind: {printable(warning)}", markup=False)
    if data["yours"]:
        console.print(f"{BLIND}\nThe pictures: sporhund candidates pictures {data['candidate']} --case {case} --out DIR\n"
                      f"Conclude: sporhund decide {data['candidate']} --case {case} --as VALUE", markup=False)
        return
    show_context(console, data)


def show_context(console: Console, data: Mapping[str, Any]) -> None:
    asked, gallery = data["asked"], data["asked"]["gallery"]
    console.print(f"  searched {asked['at']} by {asked['by']} under {asked['basis']}, pack {asked['pack']}, among "
                  f"{gallery.get('people')} people with {gallery.get('templates')} templates", markup=False)
    worth = in_words(data["chance"], data["chance_reason"])
    console.print(f"  rank {data['rank']} · score {data['score']:.3f} · {worth}", markup=False)
    console.print(f"  {MEANS}", markup=False)
    for one in data["conclusions"]:
        show_conclusion(console, one)
    if data["link"]:
        console.print(f"  link {data['link']}", markup=False)
    if data["ranked"] is None:
        console.print(f"The ranked list stays hidden: {data['left']} of it are yours to conclude.", markup=False)
        return
    if data["closed"]:
        console.print(f"{data['closed']} of the list are left out: they lie in cases that are closed to you.", markup=False)
    table(console, "The list as it was seen", ["Rank", "Candidate", "Score", "Chance", "Stands"], [
        [one["rank"], one["candidate"] + (" (this)" if one["candidate"] == data["candidate"] else ""), f"{one['score']:.3f}",
         in_words(one["chance"], one["chance_reason"]), STANDS[one["state"]]] for one in data["ranked"]])


def show_conclusion(console: Console, one: Mapping[str, Any]) -> None:
    seen = one["checklist"]
    words = seen.get("words", {}).get("english", one["meaning"])
    console.print(f"  examiner {one['place']}, {one['examiner']}, {one['at']}: {one['value']} ({words})", markup=False)
    for feature in seen.get("features", []):
        found = [word for word in ("similar", "different") if feature[word]] or ["not compared"]
        said = [" and ".join(found), feature["weight"], feature["explanation"], feature["note"]]
        console.print(f"      {feature['component']}: {printable(' · '.join(part for part in said if part))}", markup=False)
    for aspect, said in seen.get("quality", {}).items():
        console.print(f"      {aspect}: {printable(said)}", markup=False)
    if one["note"]:
        console.print(f"      note: {printable(one['note'])}", markup=False)


@candidates.command("pictures")
@click.argument("candidate")
@in_case
@click.option("--out", "target", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
@common
def pictures(out: Output, home: Path | None, case: str, candidate: str, target: Path) -> int:
    """Write the faces to compare: of each probe, and of the candidate's best shot."""
    with opened(home) as place:
        data = place.case(case).decisions.pictures(candidate, target)
    changed = [file["name"] for file in data["files"] if not file["same"]]
    for name in changed:
        out.warn(f"{name} is not the picture that was found: its original reads differently now.")
    out.done(data, lambda console, d: console.print(
        f"Written to {d['out']}: {', '.join(file['name'] for file in d['files'])}", markup=False))
    return 1 if changed else 0


@candidates.command("scale")
@click.option("--example", is_flag=True, help="Print a scale of seven levels, to start an own scale.toml from.")
@common
def scale(out: Output, home: Path | None, example: bool) -> None:
    """The conclusions that can be drawn. An agency puts its own as scale.toml into the home."""
    with opened(home) as place:
        data = place.scale(example=example)

    def show_scale(console: Console, d: Mapping[str, Any]) -> None:
        if "example" in d:
            click.echo(d["example"], nl=False)
            return
        table(console, f"{d['name']}@{d['version']}", ["Value", "Means", "English", "Danish"],
              [[v["value"], v["meaning"], v["english"], v["danish"]] for v in d["values"]])
        console.print(f"An own one: {d['own']}", markup=False)

    out.done(data, show_scale)


# ------------------------------------------------------------------ conclusions

@click.command()
@click.argument("candidate")
@in_case
@click.option("--as", "value", required=True, metavar="VALUE",
              help="same, not-same, inconclusive, unsuitable, or as your agency's scale says.")
@click.option("--note", default="", help="In your words.")
@click.option("--checklist", "form", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="A filled checklist.")
@click.option("--feature", "features", multiple=True, metavar="C=FOUND[:WEIGHT[:WORDS]]",
              help="One component, as in 'ears=similar:individual:attached lobes'. Again for the next.")
@common
def decide(
    out: Output, home: Path | None, case: str, candidate: str, value: str, note: str, form: Path | None,
    features: tuple[str, ...],
) -> None:
    """Conclude on a candidate: once, and never changed. Two who say the same make a link."""
    with opened(home) as place:
        data = place.case(case).decisions.decide(candidate, value, note=note, form=form, features=features)

    def show_decided(console: Console, d: Mapping[str, Any]) -> None:
        console.print(f"Stored: {d['value']} ({d['words']}). The candidate now: {STANDS[d['state']]}.", markup=False)
        if d["link"]:
            console.print(f"Link {d['link']}. Nobody is named by it; that is: sporhund identity enter --link {d['link']} "
                          f"--case {case} …", markup=False)
        console.print(f"What was hidden: sporhund candidates show {d['candidate']} --case {case}", markup=False)

    out.done(data, show_decided)


@click.command()
@click.argument("track")
@click.argument("age", type=click.Choice(["adult", "child"]))
@in_case
@common
def age(out: Output, home: Path | None, case: str, track: str, age: str) -> None:
    """State that a face is an adult's or a child's: it decides whether a chance may be given."""
    with opened(home) as place:
        data = place.case(case).decisions.age(track, child=age == "child")
    out.done(data, lambda console, d: console.print(
        f"Stated: the face of {d['track']} is {'a child' if d['child'] else 'an adult'}'s.", markup=False))


# ------------------------------------------------------------------ identity

@click.group("identity")
def identity() -> None:
    """Who it is: enter on a link or an outside ground, confirm by another person, withdraw, list."""


@identity.command("enter")
@in_case
@click.option("--link", help="Two examiners said the same.")
@click.option("--ground", help="Identified outside; see: sporhund identity ground add.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice(["victim", "witness", "suspect", "unknown"]))
@click.option("--certainty", required=True, type=click.Choice(["fact", "assessment"]))
@click.option("--stage", metavar="STAGE", help="Of a suspect: mistænkt, sigtet, tiltalt, dømt, frifundet.")
@click.option("--stage-date", type=DAY, help="Of that stage, YYYY-MM-DD.")
@common
def enter(out: Output, home: Path | None, case: str, stage_date: datetime | None, **said: Any) -> None:
    """Say who is on the linked track. It counts when another person has confirmed it."""
    with opened(home) as place:
        data = place.case(case).decisions.enter_identity(stage_date=_day(stage_date), **said)
    out.done(data, lambda console, d: console.print(
        f"Entered: {d['identity']}, {d['name']}, {d['role']} ({d['certainty']}). It does not count yet.\n"
        f"Another person confirms it: sporhund identity confirm {d['identity']} --case {case}", markup=False))


@identity.command("confirm")
@click.argument("identity_id", metavar="IDENTITY")
@in_case
@common
def confirm(out: Output, home: Path | None, case: str, identity_id: str) -> None:
    """Confirm what another person entered."""
    with opened(home) as place:
        data = place.case(case).decisions.confirm_identity(identity_id)
    out.done(data, lambda console, d: console.print(f"Confirmed: {d['name']}, {d['role']} ({d['certainty']}).", markup=False))


@identity.command("withdraw")
@click.argument("identity_id", metavar="IDENTITY")
@in_case
@click.option("--why", required=True, help="The reason; it is kept.")
@common
def withdraw(out: Output, home: Path | None, case: str, identity_id: str, why: str) -> None:
    """Take an identity back; it stays to be read."""
    with opened(home) as place:
        data = place.case(case).decisions.withdraw_identity(identity_id, why=why)
    out.done(data, lambda console, d: console.print(f"Withdrawn: {d['identity']}.", markup=False))


@identity.command("list")
@in_case
@common
def list_(out: Output, home: Path | None, case: str) -> None:
    """Every identity of the case, with what it stands on."""
    with opened(home) as place:
        items = place.case(case).decisions.identities()

    def show_identities(console: Console, d: Mapping[str, Any]) -> None:
        if not d["items"]:
            console.print("Nobody is identified in this case.")
            return
        table(console, "", ["Identity", "State", "Name", "Role", "Stage", "Certainty", "Stands on", "Tracks", "By"], [
            [i["identity"], "", i["withheld"], *[""] * 6] if i["withheld"] else
            [i["identity"], i["state"], i["name"], i["role"],
             f"{i['stage']} {i['stage_date']}" if i["stage"] else "", i["certainty"], i["link"] or i["ground"],
             ", ".join(i["tracks"]), ", ".join(i["people"])] for i in d["items"]])
        console.print("An identity belongs to these tracks alone. One that is only entered does not count.", markup=False)

    out.done({"items": items, "next": None}, show_identities)


@identity.group("ground")
def ground() -> None:
    """Identified outside: a document, an authority, an officer."""


@ground.command("add")
@in_case
@click.option("--document", required=True, help="Which document says so.")
@click.option("--authority", required=True, help="Whose document it is.")
@click.option("--officer", required=True, help="Who stands for it.")
@click.option("--dated", type=DAY, required=True, help="Of the document, YYYY-MM-DD.")
@click.option("--track", "tracks", multiple=True, required=True, help="A track on which the person is. Again for the next.")
@common
def ground_add(out: Output, home: Path | None, case: str, dated: datetime, **said: Any) -> None:
    """Record that somebody was identified outside. It names nobody: `identity enter` does."""
    with opened(home) as place:
        data = place.case(case).decisions.add_ground(dated=dated.date(), **said)
    out.done(data, lambda console, d: console.print(
        f"Ground {d['ground']}.\nNext: sporhund identity enter --ground {d['ground']} --case {case} …", markup=False))


@ground.command("list")
@in_case
@common
def ground_list(out: Output, home: Path | None, case: str) -> None:
    """The outside grounds of the case."""
    with opened(home) as place:
        items = place.case(case).decisions.grounds()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Ground", "Document", "Authority", "Officer", "Dated", "Tracks"],
        [[g["ground"], g["withheld"], "", "", "", ""] if g["withheld"] else
         [g["ground"], g["document"], g["authority"], g["officer"], g["dated"], ", ".join(g["tracks"])] for g in d["items"]]))


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


COMMANDS = (candidates, decide, age, identity)
