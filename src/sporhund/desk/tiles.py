"""A tile of the gallery: what it shows and says, in one language. Put together here once, so that the page only lays it out."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sporhund.catalogue.model import FINDINGS
from sporhund.desk.words.speech import Speech

Document = Mapping[str, Any]
PICTURED = ("still", "video")
"""Kinds of media that have a picture."""
PART_S = 1.0
"""Of a recording that so little of played, as of one frame that was shown, nobody says that it was seen in part."""


class Words:
    """What the gallery calls things."""

    def __init__(self, _: Speech) -> None:
        self.kinds = {"still": _("picture"), "video": _("video"), "audio": _("sound"), "other": _("no picture")}
        self.states = {"analysed": _("analysed"), "partly": _("partly read"), "failed": _("failed"), "skipped": _("skipped"),
                       "waiting": _("waiting")}
        self.findings = {"face": _("face"), "person": _("person"), "vehicle": _("vehicle"), "object": _("object"),
                         "motion": _("movement")}
        self.marks = {"relevant": _("Relevant"), "not-relevant": _("Not relevant"), "later": _("Later"),
                      "none": _("without a mark")}

    def mark(self, value: str) -> str:
        """One of a person's own as it was written."""
        return self.marks.get(value, value)


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody said of a medium, or of something in it."""

    style: str
    word: str
    by: str
    title: str
    within: bool                   #: of something in it alone


@dataclass(frozen=True, slots=True)
class Tile:
    """What one tile shows and says; "" where there is nothing to say."""

    id: str
    kind: str
    name: str                      #: of the file
    label: str                     #: all of it in one sentence, for who does not see it
    style: str                     #: of the whole tile
    marked: bool                   #: by this person, as a whole
    held: str                      #: "me" | "other": reserved
    held_word: str
    picture: str                   #: address of what is shown
    find: str                      #: the track that is shown instead of the whole
    instead: str                   #: said where there is no picture, and
    why: str                       #: the reason
    marks: tuple[Mark, ...]
    part: str                      #: seen in part
    state: str                     #: "partly" | "waiting"
    state_word: str
    clock: str
    sure: bool                     #: its clock was checked
    where: str                     #: the day, else the file's name
    found: tuple[tuple[str, str, bool], ...]   #: kind, what its dot says, whether there is any
    copies: str
    copies_word: str
    length: str
    ring: bool                     #: seen by somebody, not by this person


@dataclass(frozen=True, slots=True)
class Showing:
    """How a page shows its tiles."""

    case_id: str
    say: Speech
    words: Words
    reserved: Mapping[str, Document]
    sides: tuple[int, int]         #: pixels of the picture of a medium whole, and of a find
    find: bool                     #: the best find instead of the whole


def tile(of: Showing, one: Document) -> Tile:
    """one: as the pages of api.catalogue have it."""
    say, words, seen, time = of.say, of.words, one["seen"], one["time"]
    held = of.reserved.get(one["id"])
    name = one["path"].rpartition("/")[2]
    part = seen_in_part(say, one)
    find, picture = _picture(of, one)
    kept = one["state"] if one["state"] in ("partly", "waiting") else ""
    return Tile(
        id=one["id"], kind=one["kind"], name=name, label=_spoken(of, one, name, part, held),
        style="tile" + (" seen" if seen["me"] else "") + (" failed" if one["state"] == "failed" else ""),
        marked=any(mark["mine"] and not mark["track"] for mark in one["marks"]),
        held=("me" if held["mine"] else "other") if held else "", held_word=_held(say, held), picture=picture, find=find,
        instead="" if picture else words.states[one["state"]] if one["state"] != "analysed" else words.kinds[one["kind"]],
        why=say.fault(one["code"], one["reason"]) if one["reason"] and not picture else "",
        marks=tuple(_mark(say, words, mark) for mark in one["marks"]), part=part,
        state=kept, state_word=words.states[kept] if kept else "",
        clock=say.clock(time["at"]) if time else "", sure=bool(time) and checked(time),
        where=say.day(time["at"]) if time else name,
        found=tuple((kind, f"{words.findings[kind]} {one['counts'][kind]}", one["counts"][kind] > 0) for kind in FINDINGS),
        copies=say.number(one["copies"]) if one["copies"] > 1 else "", copies_word=_copies(say, one),
        length=say.length(one["duration"]) if one["kind"] in ("video", "audio") and one["duration"] else "",
        ring=seen["anyone"] and not seen["me"])


def checked(time: Document) -> bool:
    """Whether somebody compared the clock that a time is from with a true one."""
    return (time["origin"] or "").endswith("checked-clock")


def seen_in_part(_: Speech, one: Document) -> str:
    """How much of a recording has played, for this person, else for anybody."""
    seen = one["seen"]
    if seen["me_part_s"] >= PART_S:
        return _("seen in part, {part} of {whole}", part=_.length(seen["me_part_s"]), whole=_.length(one["duration"]))
    if seen["anyone_part_s"] >= PART_S:
        return _("seen in part by somebody, {part} of {whole}", part=_.length(seen["anyone_part_s"]),
                 whole=_.length(one["duration"]))
    return ""


def _picture(of: Showing, one: Document) -> tuple[str, str]:
    """(the track that is shown, "" for the whole; address of the picture, "" for none)."""
    case = f"/case/{quote(of.case_id, safe='')}"
    best = one["best"][0] if of.find and one["best"] else None
    if best is not None and best["kind"] != "motion":
        return best["id"], f"{case}/tracks/{best['id']}/crop?side={of.sides[1]}"
    if one["kind"] in PICTURED and one["state"] not in ("failed", "skipped"):
        return "", f"{case}/media/{one['id']}/thumb?side={of.sides[0]}"
    return "", ""


def _held(_: Speech, held: Document | None) -> str:
    if not held:
        return ""
    until = _.clock(held["until"], seconds=False)
    return f"{_('reserved')} {until}" if held["mine"] else f"{held['by']} {_('until {time}', time=until)}"


def _mark(_: Speech, words: Words, mark: Document) -> Mark:
    word = words.mark(mark["value"])
    known = mark["value"] if mark["value"] in words.marks else "own"
    style = f"mark mark-{known}" + (" mine" if mark["mine"] else "") + (" within" if mark["track"] else "")
    return Mark(style, word, mark["by"], f"{_about(_, word, mark)} · {mark['by']}", bool(mark["track"]))


def _about(_: Speech, word: str, mark: Document) -> str:
    """A mark in words, with what it is about where that is not the whole."""
    inside = _("something in it")
    return f"{word} ({inside})" if mark["track"] else word


def _copies(_: Speech, one: Document) -> str:
    return _("{count} copies", count=_.number(one["copies"])) if one["copies"] > 1 else ""


def _spoken(of: Showing, one: Document, name: str, part: str, held: Document | None) -> str:
    _, words, time, seen = of.say, of.words, one["time"], one["seen"]
    said = [words.kinds[one["kind"]]]
    if time:
        said.append(_.moment(time["at"], seconds=True) + ("" if checked(time) else f" ({_('clock not checked')})"))
    else:
        said.append(_("time not known"))
    said += [one["camera"], name] if one["camera"] else [name]
    if one["kind"] == "video" and one["duration"]:
        said.append(_.length(one["duration"]))
    said += [f"{words.findings[kind]} {_.number(count)}" for kind, count in one["counts"].items() if count]
    said += [copies] if (copies := _copies(_, one)) else []
    if one["state"] != "analysed":
        why = f": {_.fault(one['code'], one['reason'])}" if one["reason"] else ""
        said.append(words.states[one["state"]] + why)
    said += [f"{_about(_, words.mark(mark['value']), mark)}, {mark['by']}" for mark in one["marks"]]
    if seen["me"]:
        said.append(_("seen by me"))
    else:
        said += [part] if part else []
        said += [_("seen by somebody")] if seen["anyone"] else []
    if held:
        said.append(_("reserved by {name} until {time}", name=_("me") if held["mine"] else held["by"],
                      time=_.clock(held["until"], seconds=False)))
    return ", ".join(said)
