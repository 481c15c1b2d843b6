"""Secure more: from a sighting to the recordings that should be fetched before they are lost."""
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.evidence import cameras
from sporhund.evidence.medium_clock import clock_of_files
from sporhund.evidence.model import Anchor, Camera
from sporhund.evidence.rules import named
from sporhund.store.ids import new_id
from sporhund.store.service import Store
from sporhund.viewing import records, rules
from sporhund.viewing.marks import known
from sporhund.viewing.model import Near, Securing, Spot, Thing, Window


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to secure around a sighting."""

    thing: Thing
    window: Window | None          #: None: nobody knows when it was
    cameras: tuple[Camera, ...]    #: its own, mostly one; none where its files belong to no camera
    near: tuple[tuple[Camera, Near], ...]   #: the others


def propose(rows: Connection, case_id: str, thing: str) -> Proposal:
    """Which cameras' recordings may show what came before and after this track or medium, and of which time.

    Raises WrongUsage `unknown-thing`.
    """
    sighting = known(rows, case_id, [thing])[0]
    files = records.moments(rows, case_id, sighting)
    every = cameras.cameras(rows, case_id)
    own = tuple(camera for camera, _ in every if camera.id in {file.camera_id for file in files})
    spots, at = {}, records.places(rows, case_id)
    for camera, _ in every:
        latitude, longitude = at.get(camera.id, (None, None))
        spots[camera.id] = Spot(camera.id, camera.name, latitude, longitude, camera.overwritten_on)
    others = [spot for spot in spots.values() if spot.camera not in {one.id for one in own}]
    by_id = {camera.id: camera for camera, _ in every}
    near = rules.nearest(spots[own[0].id] if own else Spot("", ""), others)
    return Proposal(sighting, _window(files, sighting, every), own, tuple((by_id[one.camera], one) for one in near))


def _window(files: Sequence[Any], thing: Thing, every: Sequence[tuple[Camera, Sequence[Anchor]]]) -> Window | None:
    """The time around the sighting, by its camera's clock; None where nobody knows when it was."""
    if not files:
        return None
    row, anchors = files[0], [anchor for _, of in every for anchor in of]
    clock = clock_of_files(thing.medium, files, anchors)
    begins, ends = clock.at(row.begins), clock.at(row.ends)
    return rules.around(begins, ends) if begins is not None and ends is not None else None


def secure(
    case_id: str, camera: str, wanted_from: str, wanted_to: str, *, note: str = "", track: str | None = None, store: Store,
    keys: Keys, clock: Clock, actor: Actor,
) -> Securing:
    """Note that a camera's recordings of this time should be fetched. track: the sighting that it follows from.

    Raises WrongUsage `unknown-camera`, `bad-time`, `bad-note`, `unknown-thing`.
    """
    window, said = rules.check_window(wanted_from, wanted_to), rules.check_note(note)
    with gate.act("secure", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        of = named([one for one, _ in cameras.cameras(doing.rows, case_id)], camera)
        follows = known(doing.rows, case_id, [track])[0].id if track is not None else None
        made = Securing(new_id("w"), of.id, follows, window.start, window.end, said, actor.mark, doing.at)
        records.add_securing(doing.rows, case_id, made)
        doing.tell(securing=made.id, camera=of.id, name=of.name, wanted_from=window.start, wanted_to=window.end, track=follows,
                   note=said)
        return made


def secured(case_id: str, securing: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Securing:
    """Note that these recordings were fetched; who said so first stays. Raises WrongUsage `unknown-securing`."""
    with gate.act("secure", action="secure done", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        done = records.secured(doing.rows, case_id, securing, by=actor.mark, at=doing.at) if securing.isprintable() else None
        if done is None:
            raise WrongUsage("unknown-securing", "There is no such request to secure recordings.", "See the list of cameras.")
        doing.tell(securing=done.id, camera=done.camera)
        return done
