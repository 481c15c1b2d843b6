"""Who it is: on a link or an outside ground, by one and confirmed by another, under a basis that is alive."""
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError
from tests.identify.conftest import Scene
from tests.identify.make import linked

from sporhund.access import records
from sporhund.actor import Actor
from sporhund.errors import Refused, SporhundError
from sporhund.identify import identities
from sporhund.identify.identities import Ground
from sporhund.identify.model import Identity, Named, Role
from sporhund.store import tables

VICTIM = Named("Emma Sørensen", Role.VICTIM, "fact")


def link_of(scene: Scene) -> str:
    return linked(scene.made, (scene.one, scene.two), store=scene.store, keys=scene.keys, clock=scene.clock)


def entered(scene: Scene, actor: Actor | None = None) -> Identity:
    return identities.enter(scene.case_id, VICTIM, link=link_of(scene), **scene.hands(actor or scene.searcher))


def code(scene: Scene, act: str, *arguments: object, by: Actor, **more: object) -> str:
    """The code of the refusal of `identities.<act>`, which is in the log."""
    with pytest.raises(SporhundError) as fault:
        getattr(identities, act)(scene.case_id, *arguments, **more, **scene.hands(by))
    assert scene.last_event().outcome == "refused"
    return fault.value.code


def test_an_identity_counts_when_another_person_has_confirmed_it(scene: Scene) -> None:
    one = entered(scene)

    confirmed = identities.confirm(scene.case_id, one.id, **scene.hands(scene.chief))

    assert (one.state, confirmed.state) == ("entered", "confirmed")
    (listed,) = identities.listed(scene.case_id, **scene.hands(scene.searcher))
    assert listed.tracks == ((scene.case_id, scene.made.tracks[0]),)


def test_nobody_confirms_what_they_entered(scene: Scene) -> None:
    assert code(scene, "confirm", entered(scene).id, by=scene.searcher) == "same-person"


def test_nobody_confirms_through_an_account_they_made(scene: Scene) -> None:
    one = entered(scene)
    with scene.store.transaction() as rows:
        records.add_act(rows, str(scene.chief.user), "roles", by=scene.searcher.user, at=scene.clock.now())

    assert code(scene, "confirm", one.id, by=scene.chief) == "same-hands"


def test_an_identity_is_confirmed_once(scene: Scene) -> None:
    one = entered(scene)
    identities.confirm(scene.case_id, one.id, **scene.hands(scene.chief))

    assert code(scene, "confirm", one.id, by=scene.three) == "confirmed-already"


def test_a_withdrawn_identity_stays_to_be_read_and_is_not_confirmed(scene: Scene) -> None:
    one = entered(scene)

    gone = identities.withdraw(scene.case_id, one.id, why="Forvekslet med søsteren", **scene.hands(scene.searcher))

    assert (gone.state, gone.withdrawn_why) == ("withdrawn", "Forvekslet med søsteren")
    assert code(scene, "confirm", one.id, by=scene.chief) == "withdrawn"
    assert code(scene, "withdraw", one.id, by=scene.chief, why="Igen") == "withdrawn"


def test_a_link_carries_one_name_until_it_is_withdrawn(scene: Scene) -> None:
    one = entered(scene)
    other = Named("Ida Holm", Role.WITNESS, "fact")

    assert code(scene, "enter", other, by=scene.chief, link=one.link) == "identity-stands"

    identities.withdraw(scene.case_id, one.id, why="Forvekslet med søsteren", **scene.hands(scene.searcher))
    again = identities.enter(scene.case_id, other, link=one.link, **scene.hands(scene.chief))
    assert again.state == "entered"


def test_two_names_on_one_track_are_a_contradiction_whatever_they_stand_on(scene: Scene) -> None:
    entered(scene)
    ground = identities.add_ground(scene.case_id, Ground("Rapport 7", "Østjyllands Politi", "A. Jensen", date(2026, 1, 5), (
        scene.made.tracks[0],)), **scene.hands(scene.chief))

    assert code(scene, "enter", Named("Ida Holm", Role.WITNESS, "fact"), by=scene.chief, ground=ground) == "identity-contradicts"
    assert identities.enter(scene.case_id, VICTIM, ground=ground, **scene.hands(scene.chief)).state == "entered"


def test_nothing_is_entered_on_a_candidate_a_score_or_a_cluster(scene: Scene) -> None:
    assert code(scene, "enter", VICTIM, by=scene.searcher, link=scene.made.candidates[0]) == "unknown-link"
    assert code(scene, "enter", VICTIM, by=scene.searcher) == "link-or-ground"


def test_an_identity_is_entered_under_a_basis_that_is_alive(scene: Scene) -> None:
    link = link_of(scene)
    scene.clock.time = scene.basis.valid_until + timedelta(seconds=1)

    assert code(scene, "enter", VICTIM, by=scene.searcher, link=link) == "no-live-basis"


def test_an_identity_is_confirmed_under_a_basis_that_is_alive(scene: Scene) -> None:
    one = entered(scene)
    scene.clock.time = scene.basis.valid_until + timedelta(seconds=1)

    assert code(scene, "confirm", one.id, by=scene.chief) == "no-live-basis"


def test_a_seal_hides_who_it_is(scene: Scene) -> None:
    entered(scene)
    scene.clock.time = scene.basis.valid_until + timedelta(seconds=1)

    (item,) = scene.case(scene.searcher).decisions.identities()

    assert item["name"] is None and item["withheld"].startswith("sealed")


def ground(scene: Scene, **changed: object) -> Ground:
    said = {"document": "Rapport 0700-1", "authority": "Østjyllands Politi", "officer": "PA Holm", "dated": date(2026, 2, 1),
            "tracks": (scene.made.tracks[0],)}
    return Ground(**said | changed)  # type: ignore[arg-type]


def test_who_was_identified_outside_is_entered_on_its_ground(scene: Scene) -> None:
    key = identities.add_ground(scene.case_id, ground(scene), **scene.hands(scene.searcher))

    made = identities.enter(scene.case_id, VICTIM, ground=key, **scene.hands(scene.searcher))

    assert (made.ground, made.link, made.state) == (key, None, "entered")


@pytest.mark.parametrize("changed", [
    {"document": " "}, {"officer": "a\x1b[2Jb"}, {"dated": date(2026, 3, 2)}, {"tracks": ()}, {"tracks": ("cl_1",)}])
def test_a_ground_names_document_authority_officer_date_and_tracks(scene: Scene, changed: dict[str, object]) -> None:
    assert code(scene, "add_ground", ground(scene, **changed), by=scene.searcher) in ("bad-ground", "unknown-track")


def test_naming_needs_somebody_who_signed_in(scene: Scene) -> None:
    nobody = Actor("root", "local", "test")

    assert code(scene, "enter", VICTIM, by=nobody, link="l") == "sign-in-needed"
    assert code(scene, "confirm", "i", by=nobody) == "sign-in-needed"
    assert code(scene, "add_ground", ground(scene), by=nobody) == "sign-in-needed"


def test_what_is_not_there_is_said_and_recorded(scene: Scene) -> None:
    assert code(scene, "confirm", "i_nothing", by=scene.chief) == "unknown-identity"
    assert code(scene, "enter", VICTIM, by=scene.chief, ground="g_nothing") == "unknown-ground"


def test_no_client_enters_a_confirmed_identity_or_changes_a_name(scene: Scene) -> None:
    one = entered(scene)
    values = {"case_id": scene.case_id, "link_id": one.link, "name": "X", "role": "victim", "certainty": "fact",
              "basis_id": scene.basis.id, "entered_by": "a", "entered_at": scene.clock.now()}

    with pytest.raises(DBAPIError, match="entered by one person"), scene.store.transaction() as rows:
        rows.execute(insert(tables.identity).values(id="i1", confirmed_by="b", **values))
    with pytest.raises(DBAPIError, match="never changed"), scene.store.transaction() as rows:
        rows.execute(update(tables.identity).where(tables.identity.c.id == one.id).values(name="Y"))
    with pytest.raises(DBAPIError, match="two_people"), scene.store.transaction() as rows:
        rows.execute(update(tables.identity).where(tables.identity.c.id == one.id).values(confirmed_by=one.entered_by))


def test_a_refused_identity_leaves_nothing(scene: Scene) -> None:
    with pytest.raises(Refused):
        identities.enter(scene.case_id, VICTIM, link=link_of(scene), **scene.hands(Actor("root", "local", "test")))

    assert identities.listed(scene.case_id, **scene.hands(scene.searcher)) == []
