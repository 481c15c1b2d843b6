"""Lists of what was found: only runs that count, whole, page by page."""
from sqlalchemy import update
from tests.cases.conftest import Reviewed

from sporhund.cases import findings
from sporhund.evidence import account
from sporhund.evidence.model import State
from sporhund.store import tables

ONE, TWO = b"cam3/=1.mp4", b"cam3/2.mp4"


def listed(reviewed: Reviewed, **wanted: object) -> list[str]:
    with reviewed.store.transaction() as rows:
        return [item["id"] for item in findings.tracks(rows, reviewed.case.id, **wanted)["items"]]


def test_a_medium_says_where_it_occurs_what_it_states_and_what_was_read(reviewed: Reviewed) -> None:
    reviewed.run()

    with reviewed.store.transaction() as rows:
        (item,) = findings.media(rows, reviewed.case.id, medium="cam3/2.mp4")["items"]

    assert item["occurrences"] == [{"exhibit": "K1", "path": "cam3/2.mp4"}, {"exhibit": "K1", "path": "copy.mp4"}]
    assert (item["kind"], item["type"], item["width"], item["duration"]) == ("video", "video/mp4", 640, 60.0)
    assert (item["stated"]["latitude"], item["stated"]["longitude"], item["stated"]["time"]) == (55.676, 12.568, None)
    assert item["coverage"]["sampled_frames"] == 300
    assert item["coverage"]["unread"] == [{"from": 50.0, "to": 60.0, "why": "the file ends here", "code": "truncated"}]


def test_media_are_filtered_by_kind_and_state(reviewed: Reviewed) -> None:
    with reviewed.store.transaction() as rows:
        def count(**wanted: str) -> int:
            return len(findings.media(rows, reviewed.case.id, **wanted)["items"])

        assert (count(), count(kind="video"), count(kind="still"), count(kind="other")) == (2, 2, 0, 0)
        assert (count(state="analysed"), count(state="failed")) == (2, 0)


def test_a_track_comes_with_its_best_shot_and_its_path(reviewed: Reviewed) -> None:
    run = reviewed.run()
    face = reviewed.track(run, ONE, "face", [(1.0, 2, 3, 40, 50), (1.2, 4, 3, 40, 50)])

    with reviewed.store.transaction() as rows:
        (item,) = findings.tracks(rows, reviewed.case.id, kind="face", observations=True)["items"]

    assert (item["id"], item["path"], item["from"], item["to"]) == (face, "cam3/=1.mp4", 1.0, 1.2)
    assert (item["best"]["t"], item["best"]["box"], item["packs"]) == (1.0, [2, 3, 40, 50], ["base@1"])
    assert item["path_of_track"] == [[1.0, 2, 3, 40, 50], [1.2, 4, 3, 40, 50]]


def test_a_track_that_goes_on_over_a_joint_is_one_with_all_its_sightings(reviewed: Reviewed) -> None:
    run = reviewed.run()
    first = reviewed.track(run, ONE, "face", [(1.0, 2, 3, 40, 50)])
    reviewed.track(run, ONE, "face", [(2.0, 2, 3, 40, 50)], alias_of=first)

    with reviewed.store.transaction() as rows:
        (item,) = findings.tracks(rows, reviewed.case.id, observations=True)["items"]

    assert [sighting[0] for sighting in item["path_of_track"]] == [1.0, 2.0]


def test_only_the_current_run_counts(reviewed: Reviewed) -> None:
    reviewed.track(reviewed.run(current=False), ONE, "face", [(1.0, 2, 3, 40, 50)])
    new = reviewed.track(reviewed.run(), ONE, "face", [(1.0, 2, 3, 40, 50)])

    assert listed(reviewed) == [new]


def test_before_any_run_is_settled_its_tracks_are_shown_at_once(reviewed: Reviewed) -> None:
    run = reviewed.run(looks=())
    face = reviewed.track(run, ONE, "face", [(1.0, 2, 3, 40, 50)])

    assert listed(reviewed) == [face]


def test_tracks_are_filtered_by_medium_and_time(reviewed: Reviewed) -> None:
    run = reviewed.run()
    early = reviewed.track(run, ONE, "face", [(1.0, 0, 0, 9, 9), (3.0, 0, 0, 9, 9)])
    late = reviewed.track(run, ONE, "face", [(8.0, 0, 0, 9, 9), (9.0, 0, 0, 9, 9)])
    reviewed.track(run, TWO, "face", [(1.0, 0, 0, 9, 9)])

    assert listed(reviewed, medium="cam3/=1.mp4") == [early, late]
    assert listed(reviewed, medium=reviewed.media[ONE], start=2.0, end=7.0) == [early]


def test_pages_of_tracks_hold_each_once(reviewed: Reviewed) -> None:
    run = reviewed.run()
    made = {reviewed.track(run, name, "face", [(t, 0, 0, 9, 9)]) for name in (ONE, TWO) for t in (1.0, 1.0, 2.0)}

    seen: list[str] = []
    after = None
    with reviewed.store.transaction() as rows:
        while True:
            page = findings.tracks(rows, reviewed.case.id, limit=2, after=after)
            seen += [item["id"] for item in page["items"]]
            after = page["next"]
            if after is None:
                break

    assert len(seen) == 6
    assert set(seen) == made


def test_movement_in_which_nothing_was_recognised_can_be_asked_for(reviewed: Reviewed) -> None:
    run = reviewed.run()
    reviewed.track(run, ONE, "motion", [(1.0, 0, 0, 90, 90)])
    reviewed.track(run, ONE, "face", [(1.0, 20, 20, 30, 30)])
    odd = reviewed.track(run, ONE, "motion", [(1.0, 300, 0, 90, 90)])
    other = reviewed.track(run, TWO, "motion", [(1.0, 0, 0, 90, 90)])

    assert set(listed(reviewed, unrecognised=True)) == {odd, other}
    assert len(listed(reviewed, unrecognised=True, limit=1)) == 1


def test_the_account_counts_files_and_seconds(reviewed: Reviewed) -> None:
    reviewed.run(medium=reviewed.media[ONE])

    with reviewed.store.transaction() as rows:
        found = account.account(rows, reviewed.case.id)

    assert (found.seen, found.analysed, found.duplicate) == (3, 2, 1)
    assert (found.video.total, found.video.decoded, found.video.unread, found.video.waiting) == (120.0, 50.0, 10.0, 60.0)


def test_the_account_takes_an_announced_end_and_leaves_keyframes_alone(reviewed: Reviewed) -> None:
    m = tables.medium
    streams = [{"index": 0, "start": 0.0, "end": 60.0, "announced_end": 90.0, "keyframes": list(range(20_000))}]
    with reviewed.store.transaction() as rows:
        rows.execute(update(m).where(m.c.id == reviewed.media[ONE]).values(facts={"duration": 60.0, "streams": streams}))
        rows.execute(update(m).where(m.c.id == reviewed.media[TWO]).values(facts={"duration": 5.0, "streams": []}))
        found = account.account(rows, reviewed.case.id)

    assert (found.video.total, found.video.waiting) == (95.0, 95.0)


def test_status_tells_looks_apart_by_kind(reviewed: Reviewed) -> None:
    run = reviewed.run(medium=reviewed.media[ONE])
    look = tables.look
    with reviewed.store.transaction() as rows:
        rows.execute(update(look).where(look.c.run_id == run, look.c.look == "motion").values(current=False))
        files = {file.path: dict(file.looks) for file in account.status_files(rows, reviewed.case.id).items}

    assert files == {ONE: {"face": "found", "motion": "not-yet"}, TWO: {}, b"copy.mp4": {}}


def test_status_can_be_asked_for_one_state(reviewed: Reviewed) -> None:
    with reviewed.store.transaction() as rows:
        for state, paths in ((State.DUPLICATE, [b"copy.mp4"]), (State.ANALYSED, [TWO, ONE]), (State.WAITING, [])):
            page = account.status_files(rows, reviewed.case.id, states=[state])
            assert [file.path for file in page.items] == paths
