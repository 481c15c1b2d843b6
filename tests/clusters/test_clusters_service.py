"""Clusters of a case: names that stay, frames that keep apart, words that outlive runs and packs."""
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.clusters.conftest import Crowd, manifest
from tests.people import signed_in

from sporhund.access import bases
from sporhund.audit import service as audit
from sporhund.cases import findings
from sporhund.clusters import corrections, records, service, shown
from sporhund.clusters.settle import Settled, settle
from sporhund.errors import Refused, WrongUsage
from sporhund.packs.model import Manifest
from sporhund.store import tables


def test_tracks_of_one_person_are_proposed_as_one(crowd: Crowd) -> None:
    a, b = crowd.see([0, 1]), crowd.see([0, 1])

    crowd.cluster()

    assert sorted(map(sorted, crowd.groups().values())) == sorted(map(sorted, ([a[0], b[0]], [a[1], b[1]])))


def test_without_a_live_basis_nothing_is_clustered_or_shown(crowd: Crowd) -> None:
    crowd.see([0]), crowd.see([0])
    hands = crowd.hands
    bases.end(crowd.id, crowd.basis.id, "The case is closed for now.", store=hands.store, keys=hands.keys, clock=hands.clock,
              actor=hands.actor)

    with pytest.raises(Refused) as refused:
        crowd.cluster()

    assert refused.value.code == "no-live-basis"
    with pytest.raises(Refused), service.reading(crowd.id, hands, "faces why"):
        pass


def test_a_basis_that_ends_while_faces_are_clustered_leaves_nothing_of_it(
    crowd: Crowd, clock: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, *_ = crowd.see([1, 1, 2])

    def meanwhile(*words: Any, **named: Any) -> Settled:
        clock.on(days=31)
        return settle(*words, **named)

    with monkeypatch.context() as late:
        late.setattr(service, "settle", meanwhile)
        with pytest.raises(Refused) as clustering:
            service.cluster(crowd.id, manifest(), crowd.hands)
        clock.on(days=-31)
        with pytest.raises(Refused) as correcting:
            corrections.not_same(corrections.Correcting(crowd.id, [manifest()], crowd.hands), first, second)
        clock.on(days=-31)

    assert (clustering.value.code, correcting.value.code) == ("no-live-basis", "no-live-basis")
    with crowd.hands.store.reader() as rows:
        assert not records.clusters(rows, crowd.id, "base@1")
        assert not records.constraints(rows, crowd.id)


def test_every_clustering_is_in_the_log(crowd: Crowd) -> None:
    crowd.see([0])

    crowd.cluster()

    audit.sequence(crowd.hands.store)
    with crowd.hands.store.reader() as rows:
        seen = rows.scalar(select(func.count()).where(
            tables.audit.c.case_id == crowd.id, tables.audit.c.action == "faces clusters"))
    assert seen == 1


def test_a_pack_that_was_not_measured_makes_no_clusters(crowd: Crowd) -> None:
    from dataclasses import replace

    unmeasured: Manifest = replace(manifest(), clustering=None)

    with pytest.raises(Refused) as refused:
        service.cluster(crowd.id, unmeasured, crowd.hands)

    assert refused.value.code == "no-clustering"


def test_new_tracks_join_what_is_there_and_names_stay(crowd: Crowd) -> None:
    crowd.see([0, 1]), crowd.see([0, 1])
    crowd.cluster()
    before = crowd.groups()
    new = crowd.see([0, 1, 2])

    settled = crowd.cluster()

    assert settled.new == 3
    after = crowd.groups()
    assert after.keys() == before.keys()
    assert {name: tracks - set(new) for name, tracks in after.items()} == before


def test_a_second_look_changes_nothing(crowd: Crowd) -> None:
    crowd.see([0, 1, 1]), crowd.see([0, 2])
    crowd.cluster()
    with crowd.hands.store.reader() as rows:
        before = records.members(rows, crowd.id, "base@1")

    assert crowd.cluster().new == 0

    with crowd.hands.store.reader() as rows:
        assert records.members(rows, crowd.id, "base@1") == before


def test_two_faces_in_one_frame_are_not_joined_and_perhaps_a_mirror(crowd: Crowd) -> None:
    a, b = crowd.see([0, 0], at=[(1.0, 0.0), (1.0, 300.0)])

    crowd.cluster()

    assert crowd.groups() == {}
    with crowd.hands.store.reader() as rows:
        found = shown.clusters(rows, crowd.id, "base@1", statements=())
    assert found["perhaps_mirror"] == [sorted([a, b])]


def test_two_faces_of_a_frame_never_meet_by_way_of_others(crowd: Crowd) -> None:
    a, b = crowd.see([0, 0], at=[(1.0, 0.0), (1.0, 300.0)])
    crowd.see([0]), crowd.see([0]), crowd.see([0])

    crowd.cluster()

    assert not any({a, b} <= tracks for tracks in crowd.groups().values())


def test_a_person_may_say_that_it_is_a_mirror_and_it_is_shown_ever_after(crowd: Crowd) -> None:
    a, b = crowd.see([0, 0], at=[(1.0, 0.0), (1.0, 300.0)])
    crowd.cluster()
    with pytest.raises(Refused) as refused:
        crowd.same(a, b)
    assert refused.value.code == "one-frame"

    crowd.same(a, b, because="mirror")

    with crowd.hands.store.reader() as rows:
        found = shown.clusters(rows, crowd.id, "base@1", statements=records.constraints(rows, crowd.id))
    (item,) = found["clusters"]
    assert item["tracks"] == sorted([a, b]) and item["because"][0]["because"] == "mirror"
    assert found["perhaps_mirror"] == []


def test_because_is_for_faces_of_one_frame(crowd: Crowd) -> None:
    (a,), (b,) = crowd.see([0]), crowd.see([1])
    crowd.cluster()

    with pytest.raises(WrongUsage) as wrong:
        crowd.same(a, b, because="poster")

    assert wrong.value.code == "not-one-frame"


def test_same_joins_what_no_score_would_and_undo_restores_it(crowd: Crowd) -> None:
    a, b = crowd.see([0, 1]), crowd.see([0, 1])
    crowd.cluster()
    before = crowd.groups()

    crowd.same(a[0], b[1])

    (together,) = crowd.groups().values()
    assert together == {*a, *b}
    corrections.undo(crowd.acting())
    assert crowd.groups() == before


def test_same_of_two_who_are_alone_founds_a_cluster_and_undo_dissolves_it(crowd: Crowd) -> None:
    a, b = crowd.see([0, 1])
    crowd.cluster()

    crowd.same(a, b)

    assert list(crowd.groups().values()) == [{a, b}]
    corrections.undo(crowd.acting())
    assert crowd.groups() == {}


def test_not_the_same_takes_one_track_out_and_it_stays_out(crowd: Crowd) -> None:
    (a,), (b,), (c,) = crowd.see([0]), crowd.see([0]), crowd.see([0])
    crowd.cluster()
    (name,) = before = crowd.groups()

    crowd.not_same(a, b)

    assert len(crowd.groups()[name]) == 2 and c in crowd.groups()[name]
    crowd.see([0])
    crowd.cluster()
    assert not any({a, b} <= tracks for tracks in crowd.groups().values())
    assert set(before) <= set(crowd.groups())


def test_a_word_to_the_contrary_of_an_earlier_one_names_what_it_takes_the_place_of(crowd: Crowd) -> None:
    (a,), (b,), (c,) = crowd.see([0]), crowd.see([0]), crowd.see([0])
    crowd.cluster()
    earlier = corrections.not_same(crowd.acting(), a, b)

    newer = corrections.same(crowd.acting(), b, a)
    beside = corrections.same(crowd.acting(), a, c)

    assert [one.id for one in newer.replaces] == [earlier.statement.id]
    assert beside.replaces == ()


def test_split_takes_out_the_selected_tracks_alone_and_undo_puts_them_back(crowd: Crowd) -> None:
    tracks = [crowd.see([0])[0] for _ in range(5)]
    crowd.cluster()
    before = crowd.groups()
    (name,) = before

    corrections.split(crowd.acting(), name, tracks[:2])

    assert crowd.groups()[name] == set(tracks[2:])
    corrections.undo(crowd.acting())
    assert crowd.groups() == before


def test_merge_and_undo(crowd: Crowd) -> None:
    crowd.see([0, 1]), crowd.see([0, 1])
    crowd.cluster()
    before = crowd.groups()
    first, second = sorted(before)

    corrections.merge(crowd.acting(), second, first)

    assert list(crowd.groups()) == [first]
    with crowd.hands.store.reader() as rows:
        gone = records.cluster_named(rows, crowd.id, second)
    assert gone is not None and gone.merged_into == first
    corrections.undo(crowd.acting())
    assert crowd.groups() == before


def test_a_merge_says_nothing_of_what_joins_later(crowd: Crowd) -> None:
    a, b = crowd.see([0, 1]), crowd.see([0, 1])
    crowd.cluster()
    names = sorted(crowd.groups())
    corrections.merge(crowd.acting(), *names)
    later = crowd.see([0])
    crowd.cluster()

    said = corrections.undo(crowd.acting()).statement

    assert later[0] not in said.tracks(0) + said.tracks(1)
    left = sorted(sorted(tracks - set(later)) for tracks in crowd.groups().values())
    assert left == sorted([sorted([a[0], b[0]]), sorted([a[1], b[1]])])


def test_a_contradiction_is_refused_with_its_chain_and_recorded(crowd: Crowd) -> None:
    a, b, c = crowd.see([0, 1, 2])
    crowd.cluster()
    crowd.same(a, b)
    crowd.same(b, c)

    with pytest.raises(Refused, match="cannot be two people") as refused:
        crowd.not_same(a, c)

    assert refused.value.code == "contradiction"
    with crowd.hands.store.reader() as rows:
        outcomes = rows.scalars(select(tables.audit.c.outcome).where(
            tables.audit.c.case_id == crowd.id, tables.audit.c.action == "faces not-same"))
        assert list(outcomes) == ["refused"]
        assert len(records.constraints(rows, crowd.id)) == 2


def test_an_undo_that_would_contradict_what_was_said_since_is_refused(crowd: Crowd) -> None:
    a, b, c = crowd.see([0, 1, 2])
    crowd.cluster()
    crowd.same(a, b)
    hides = crowd.not_same(a, b)
    crowd.same(b, c)
    crowd.not_same(a, c)

    with pytest.raises(Refused) as refused:
        corrections.undo(crowd.acting(), hides.statement.id)

    assert refused.value.code == "contradiction"


def test_undo_takes_back_ones_own_last_act(crowd: Crowd, store: Any, keys: Any, clock: Any) -> None:
    a, b, c = crowd.see([0, 1, 2])
    crowd.cluster()
    own = crowd.same(a, b)
    other = signed_in(store, keys, clock, "anna", "investigator", case_id=crowd.id)
    clock.on(seconds=1)
    corrections.not_same(crowd.acting(actor=other), a, c)

    undone = corrections.undo(crowd.acting())

    assert undone.statement.id == own.statement.id
    with pytest.raises(WrongUsage) as wrong:
        corrections.undo(crowd.acting())
    assert wrong.value.code == "nothing-to-undo"


def test_words_and_names_outlive_a_run(crowd: Crowd) -> None:
    """The tracks of the new run lie where the old ones lay; some have no successor, and that is told."""
    medium, other = crowd.medium(), crowd.medium()
    old = crowd.see([0, 1, 2], medium=medium, at=[(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)])
    (beside,) = crowd.see([0], medium=other)
    crowd.cluster()
    (name,) = crowd.groups()
    crowd.same(old[0], old[1])
    crowd.not_same(old[0], old[2])
    new = crowd.see([0, 1], medium=medium, at=[(0.0, 5.0), (10.0, 4.0)], run="second")

    settled = crowd.cluster()

    assert crowd.groups() == {name: {beside, *new}}
    assert settled.left == 3
    assert [one.track for one in settled.brought.lost] == [old[2]]
    with crowd.hands.store.reader() as rows:
        told = shown.constraints(rows, crowd.id, ["base@1"], statements=records.constraints(rows, crowd.id))
    states = {item["verb"]: item["packs"]["base@1"] for item in told}
    assert states["same"]["applied"] and states["same"]["carried"] == {old[0]: [new[0]], old[1]: [new[1]]}
    assert not states["not-same"]["applied"] and list(states["not-same"]["lost"]) == [old[2]]


def test_words_hold_with_another_pack(crowd: Crowd) -> None:
    medium = crowd.medium()
    old = crowd.see([0, 0], medium=medium, at=[(0.0, 0.0), (10.0, 0.0)])
    crowd.cluster()
    crowd.not_same(*old)
    new = crowd.see([0, 0], medium=medium, at=[(0.0, 2.0), (10.0, 2.0)], run="other", pack="fused@1")

    crowd.cluster("fused")

    assert crowd.groups("fused@1") == {}
    with crowd.hands.store.reader() as rows:
        assert not any({*new} <= tracks for tracks in crowd.groups("fused@1").values()), rows


def test_what_others_said_of_a_hidden_track_does_not_show(crowd: Crowd, store: Any, keys: Any, clock: Any) -> None:
    a, b = crowd.see([0, 1])
    crowd.cluster()
    crowd.same(a, b)
    other = signed_in(store, keys, clock, "bo", "examiner", case_id=crowd.id)

    with crowd.hands.store.reader() as rows:
        assert records.constraints(rows, crowd.id, hide={a}, by=other.mark) == []
        (said,) = records.constraints(rows, crowd.id)
    with pytest.raises(WrongUsage, match="There is no"):
        corrections.undo(crowd.acting(actor=other, hide=frozenset({a})), said.id)
    with crowd.hands.store.reader() as rows:
        assert len(records.constraints(rows, crowd.id, hide={a}, by=crowd.hands.actor.mark)) == 1


def test_why_says_what_holds_a_track(crowd: Crowd) -> None:
    (a,), (b,), (c,) = crowd.see([0]), crowd.see([0]), crowd.see([3])
    crowd.cluster()
    said = crowd.same(a, c)

    with service.reading(crowd.id, crowd.hands, "faces why") as rows:
        first, last = shown.why(rows, crowd.id, "base@1", [b, c], statements=records.constraints(rows, crowd.id))

    assert first["nearest"] == a and first["score"] > 0.5 and first["said"] == []
    assert [one["id"] for one in last["said"]] == [said.statement.id]
    assert last["cluster"] == first["cluster"]
    assert last["together"] < last["needed"]


def test_a_face_that_cannot_be_compared_is_counted_with_its_reason(crowd: Crowd) -> None:
    small, _ = crowd.see([0, 1])
    t = tables.track
    with crowd.hands.store.transaction() as rows:
        rows.execute(update(t).where(t.c.case_id == crowd.id, t.c.id == small).values(comparable=False, reason="too small"))

    crowd.cluster()

    with crowd.hands.store.reader() as rows:
        found = shown.clusters(rows, crowd.id, "base@1", statements=())
    assert found["left_out"] == {"too small": 1} and small not in found["unclustered"]


def test_cluster_of_knows_who_is_where(crowd: Crowd) -> None:
    (a,), (b, c) = crowd.see([0]), crowd.see([0, 1])
    crowd.cluster()

    with crowd.hands.store.reader() as rows:
        found = records.cluster_of(rows, crowd.id, "base@1")

    assert found.keys() == {a, b} and found[a] == found[b] and c not in found


def test_a_list_of_tracks_names_their_clusters_only_where_that_may_be_shown(crowd: Crowd) -> None:
    (a,), (b, c) = crowd.see([0]), crowd.see([0, 1])
    crowd.cluster()
    (name,) = crowd.groups()

    with crowd.hands.store.reader() as rows:
        shown_, closed = (findings.tracks(rows, crowd.id, kind="face", clusters=may)["items"] for may in (True, False))

    assert {item["id"]: item["cluster"] for item in shown_} == {a: name, b: name, c: None}
    assert {item["cluster"] for item in closed} == {None}


def test_a_case_without_templates_has_no_clusters(crowd: Crowd) -> None:
    settled = crowd.cluster("fused")

    assert (settled.tracks, settled.founded, crowd.groups("fused@1")) == (0, 0, {})


def test_whoever_has_to_conclude_sees_clusters_as_if_the_track_were_not_there(crowd: Crowd) -> None:
    (a, b), (c, d, e) = crowd.see([0, 1]), crowd.see([0, 1, 1])
    crowd.cluster()
    hide = {a, d}

    with crowd.hands.store.reader() as rows:
        found = shown.clusters(rows, crowd.id, "base@1", statements=(), hide=hide)
        why = {item["track"]: item for item in shown.why(rows, crowd.id, "base@1", [a, b, c, d], statements=(), hide=hide)}
        listed = [{"id": track, "cluster": cluster} for track, cluster in records.cluster_of(rows, crowd.id, "base@1").items()]
        shown.cover(rows, crowd.id, listed, hide)
        inside = shown.clusters_of(rows, crowd.id, [a, b, c, d, e], hide=hide)

    (two,) = found["clusters"]
    assert (two["tracks"], two["weakest_link"]) == (sorted([b, e]), None)
    assert (found["unclustered"], found["withheld"]) == ([c], sorted(hide))
    clusters = {a: None, b: two["id"], c: None, d: None, e: two["id"]}
    assert {track: item["cluster"] for track, item in why.items()} == {track: clusters[track] for track in (a, b, c, d)}
    assert {item["id"]: item["cluster"] for item in listed} == clusters
    assert {item["id"] for item in listed if "withheld" in item} == hide
    assert inside == {track: [name] if name else [] for track, name in clusters.items()}
    for item in why.values():
        assert {item[key] for key in ("nearest", "score", "together", "needed")} == {None}
        assert item["withheld"] == "withheld until you have concluded"


def test_nothing_is_said_of_a_track_that_one_still_has_to_conclude_on(crowd: Crowd) -> None:
    """Whatever others said: a contradiction would tell it."""
    (a,), (b,), (c,), (d, _) = crowd.see([0]), crowd.see([1]), crowd.see([2]), crowd.see([3, 3])
    crowd.cluster()
    other = signed_in(crowd.hands.store, crowd.hands.keys, crowd.hands.clock, "blind", "examiner", case_id=crowd.id)
    acting = crowd.acting(actor=other, hide=frozenset({a}))

    def code(act: Any) -> str:
        with pytest.raises((Refused, WrongUsage)) as refused:
            act()
        return str(refused.value.code)

    def tried() -> list[str]:
        return [code(lambda: corrections.not_same(acting, a, b)), code(lambda: corrections.same(acting, b, a)),
                code(lambda: corrections.split(acting, "k_any", [a]))]

    before = tried()
    crowd.same(a, c)
    crowd.same(c, b)

    assert before == tried() == ["conclude-first"] * 3
    held = next(name for name, tracks in crowd.groups().items() if a in tracks)
    pair = next(name for name, tracks in crowd.groups().items() if d in tracks)
    assert sorted(corrections.merge(acting, held, pair).statement.tracks(0)) == sorted([b, c])
