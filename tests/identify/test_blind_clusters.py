"""Clusters tell an examiner nothing of a track on which they can still conclude: a search by track has the same scores."""
from sqlalchemy import insert
from tests.identify.conftest import Scene

from sporhund.clusters import records, shown
from sporhund.clusters.model import Why
from sporhund.clusters.records import Member
from sporhund.store import tables


def joined(scene: Scene) -> tuple[str, str]:
    """Both candidates' tracks in one cluster: they are all it holds."""
    one, two = scene.made.tracks
    with scene.store.transaction() as rows:
        records.found_clusters(rows, scene.case_id, "base@1", ["k_one"], scene.clock.now())
        records.keep_members(rows, scene.case_id, "base@1", [
            Member(one, "k_one", Why(two, 0.8, 0.8, 0.5)), Member(two, "k_one", Why(one, 0.8, 0.8, 0.5))], [])
        rows.execute(insert(tables.look).values(
            case_id=scene.case_id, run_id=rows.scalar(tables.track.select().with_only_columns(tables.track.c.run_id).where(
                tables.track.c.case_id == scene.case_id)), medium_id=scene.made.medium, look="face", pack="base@1", state="found",
            current=True))
    return one, two


def test_tracks_tell_their_cluster_after_the_conclusion(scene: Scene) -> None:
    one, two = joined(scene)

    def told() -> dict[str, str | None]:
        return {item["id"]: item.get("withheld", item["cluster"]) for item in scene.case(scene.one).tracks()["items"]}

    before = told()
    scene.say(scene.one, "same")
    between = told()
    scene.say(scene.one, "same", candidate=scene.made.candidates[1])

    assert before == {one: shown.WITHHELD, two: shown.WITHHELD}
    assert between == {one: None, two: shown.WITHHELD}
    assert told() == {one: "k_one", two: "k_one"}
    assert {item["cluster"] for item in scene.case(scene.searcher).tracks()["items"]} == {"k_one"}
