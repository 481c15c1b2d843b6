"""Work in the background as a page shows it: how it stands, and its numbers in the person's language."""
from collections.abc import Mapping, Sequence
from typing import Any

from sporhund.desk.words.speech import Speech

LIVE = ("running", "waiting", "paused")
"""States of a work that is not over."""


def told(_: Speech, work: dict[str, Any], troubles: Mapping[str, Mapping[str, int]] = {}) -> dict[str, Any]:
    """What changes of a work while it goes on: `state` for the ear too, `cells` by name, `share` of it that is done.

    troubles: how many files of an exhibit, by its label, failed and are read partly.
    """
    state, progress = work["state"], work["progress"] or {}
    return {
        "work": work["work"], "state": state, "said": _said(_, work), "share": _share(work), "can": list(work["can"]),
        "cells": {
            "files": _files(_, work, progress),
            "units": _of(_, progress.get("units_done", 0), progress.get("units", 0)),
            "video": _of(_, progress.get("video_done_s", 0) / 60, progress.get("video_s", 0) / 60, 1),
            "tracks": _.number(progress.get("tracks", 0)), "troubles": _troubles(_, work, troubles),
            "left": _left(_, work), "latest": progress.get("latest") or "",
        },
    }


def _said(_: Speech, work: dict[str, Any]) -> str:
    if work["state"] == "running" and work["wish"]:
        return {"pause": _("pauses within seconds"), "cancel": _("is cancelled within seconds")}[work["wish"]]
    if work["state"] == "running" and work["progress"]:
        stages = {"preparing": _("is being prepared"), "intake": _("is taken in"), "reading": _("is read"),
                  "looking": _("is looked through")}
        return stages.get(work["progress"].get("stage", ""), _("is begun"))
    states = {"waiting": _("waits for its turn"), "running": _("is begun"), "paused": _("is paused"),
              "cancelled": _("was cancelled"), "done": _("is done"), "failed": _("has failed")}
    return states[work["state"]]


def _over(work: dict[str, Any]) -> Mapping[str, Any]:
    """What it came to; one that goes on again still has its outcome of before, which says nothing now."""
    return (work["outcome"] or {}) if work["state"] not in LIVE else {}


def _files(_: Speech, work: dict[str, Any], progress: Mapping[str, Any]) -> str:
    """How many are dealt with; once it is over all of them, and how many of them are copies of what is there already."""
    files = _over(work).get("files")
    if not files:
        return _of(_, progress.get("files_done", 0), progress.get("files", 0))
    all_of = _of(_, files.get("seen", 0), files.get("seen", 0))
    copies = files.get("duplicate", 0)
    return all_of + (", " + _("{count} of them copies", count=_.number(copies)) if copies else "")


def _troubles(_: Speech, work: dict[str, Any], troubles: Mapping[str, Mapping[str, int]]) -> str:
    """Of what it came to, once it is over; until then of its exhibit. A copy of what cannot be read cannot be read either."""
    over = _over(work)
    files = over.get("files") or troubles.get(work["exhibit"], {})
    failed, partly = (_.number(files.get(state, 0)) for state in ("failed", "partly"))
    copies = over.get("copies_in_trouble", 0)
    return _("{failed} failed, {partly} partly read", failed=failed, partly=partly) + (
        ", " + _("{count} copies of files that could not be read whole", count=_.number(copies)) if copies else "")


def _of(_: Speech, done: float, all_of: float, digits: int = 0) -> str:
    return "–" if not all_of else _("{done} of {all}", done=_.number(done, digits), all=_.number(all_of, digits))


def _share(work: dict[str, Any]) -> float:
    """0 to 1: of the units once they are known, of the files until then."""
    progress = work["progress"] or {}
    if work["state"] == "done":
        return 1.0
    if progress.get("units"):
        return round(float(progress["units_done"] / progress["units"]), 4)
    return round(float(progress["files_done"] / progress["files"]), 4) if progress.get("files") else 0.0


def _left(_: Speech, work: dict[str, Any]) -> str:
    """"done in 12 m ± 4 m", or why there is no estimate yet."""
    if work["state"] != "running":
        return ""
    left = (work["progress"] or {}).get("left")
    if left is None:
        return _("estimate once the first three parts are done")
    first, last = left
    return _("done in {time} ± {spread}", time=_about(_, (first + last) / 2), spread=_about(_, (last - first) / 2))


def _about(_: Speech, seconds: float) -> str:
    """An estimate is told in whole minutes from one on."""
    return _.length(seconds) if seconds < 60 else _.length(round(seconds / 60) * 60).removesuffix(" 0 s")


def before(works: Sequence[dict[str, Any]], work: str, way: str) -> str | None:
    """Before which waiting work it begins once it is moved up or down one place; None: last of all."""
    ids = [str(one["work"]) for one in works if one["state"] == "waiting"]
    if work not in ids:
        return None
    at = ids.index(work)
    if way == "up":
        return ids[max(0, at - 1)]
    return ids[at + 2] if at + 2 < len(ids) else None
