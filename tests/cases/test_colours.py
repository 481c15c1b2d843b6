"""The list of tracks in the order of a colour: nearest first, and nothing left out."""
import numpy as np
import pytest
from sqlalchemy import null, update
from tests.cases.conftest import Reviewed

from sporhund.cases import findings
from sporhund.errors import WrongUsage
from sporhund.objects.names import name_of, oklab
from sporhund.store import tables

ONE, TWO = b"cam3/=1.mp4", b"cam3/2.mp4"
RGB = {"red": (180, 30, 35), "dark red": (110, 20, 25), "pink": (235, 130, 170), "blue": (40, 70, 150), "black": (28, 27, 30)}


def seen(part: str, shade: str, share: float = 0.9, *, grey: bool = False) -> dict[str, object]:
    [lab] = oklab(np.array([RGB[shade]], np.uint8)).tolist()
    called = name_of((lab[0], lab[1], lab[2]))
    return {"part": part, "lab": lab, "share": share, "name": None if grey else called.name,
            "danish": None if grey else called.danish}


@pytest.fixture
def wardrobe(reviewed: Reviewed) -> dict[str, str]:
    """Persons in the order of their times, and what they wear."""
    run = reviewed.run(looks=("person", "face", "motion"))
    worn = {
        "blue over red": [seen("upper", "blue"), seen("lower", "red")], "black": [seen("upper", "black"), seen("lower", "black")],
        "grey picture": [seen("upper", "red", grey=True)], "nothing seen": None, "pink": [seen("upper", "pink")],
        "a bit of red": [seen("upper", "black", 0.7), seen("upper", "red", 0.2)],
        "dark red over blue": [seen("upper", "dark red"), seen("lower", "blue")], "red": [seen("upper", "red")]}
    ids = {}
    for moment, (name, colours) in enumerate(worn.items()):
        key = reviewed.track(run, ONE if moment % 2 else TWO, "person", [(float(moment), 0, 0, 9, 9)])
        with reviewed.store.transaction() as rows:
            rows.execute(update(tables.track).where(tables.track.c.id == key).values(
                colours=null() if colours is None else colours))
        ids[key] = name
    return ids


def listed(reviewed: Reviewed, **wanted: object) -> list[findings.Item]:
    items: list[findings.Item] = []
    with reviewed.store.transaction() as rows:
        page = findings.tracks(rows, reviewed.case.id, **wanted)
        items += page["items"]
        while page["next"]:
            page = findings.tracks(rows, reviewed.case.id, **wanted, after=page["next"])
            items += page["items"]
    return items


def named(wardrobe: dict[str, str], items: list[findings.Item]) -> list[str]:
    return [wardrobe[item["id"]] for item in items]


@pytest.mark.parametrize("word", ["red", "rød"])
def test_the_nearest_in_colour_come_first_and_what_has_no_colour_last(
    reviewed: Reviewed, wardrobe: dict[str, str], word: str,
) -> None:
    order = named(wardrobe, listed(reviewed, colour=word, part="upper"))

    assert set(order[:2]) == {"red", "dark red over blue"}
    assert order[2:4] == ["a bit of red", "pink"]
    assert set(order[-2:]) == {"grey picture", "nothing seen"}


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("part", [None, "upper", "lower", "body"])
def test_a_colour_leaves_nothing_out_and_lists_nothing_twice_however_long_the_pages(
    reviewed: Reviewed, wardrobe: dict[str, str], limit: int, part: str | None,
) -> None:
    items = listed(reviewed, colour="red", part=part, limit=limit)

    assert sorted(named(wardrobe, items)) == sorted(wardrobe.values())
    away = [item["colour_distance"] for item in items]
    known = [one for one in away if one is not None]
    assert known == sorted(known)
    assert away[len(known):] == [None] * (len(away) - len(known))


def test_a_grey_with_a_tint_comes_after_what_is_called_by_the_colours_name(
    reviewed: Reviewed, wardrobe: dict[str, str],
) -> None:
    bluish = seen("upper", "black") | {"lab": [60.0, 0.0, -3.0], "name": "grey", "danish": "grå"}
    key = reviewed.track(reviewed.run(looks=("person",)), ONE, "person", [(99.0, 0, 0, 9, 9)])
    with reviewed.store.transaction() as rows:
        rows.execute(update(tables.track).where(tables.track.c.id == key).values(colours=[bluish]))

    order = [(wardrobe | {key: "bluish grey"})[item["id"]] for item in listed(reviewed, colour="blue", part="upper")]

    assert order[:2] == ["blue over red", "bluish grey"]


def test_the_colour_may_be_asked_of_the_legs(reviewed: Reviewed, wardrobe: dict[str, str]) -> None:
    assert named(wardrobe, listed(reviewed, colour="red", part="lower"))[0] == "blue over red"


def test_without_a_part_any_part_counts(reviewed: Reviewed, wardrobe: dict[str, str]) -> None:
    assert set(named(wardrobe, listed(reviewed, colour="blue"))[:2]) == {"blue over red", "dark red over blue"}


def test_a_track_says_its_colours_in_both_languages(reviewed: Reviewed, wardrobe: dict[str, str]) -> None:
    colours = {wardrobe[item["id"]]: item for item in listed(reviewed)}

    assert [(one["part"], one["name"], one["danish"]) for one in colours["blue over red"]["colours"]] == [
        ("upper", "blue", "blå"), ("lower", "red", "rød")]
    assert colours["nothing seen"]["colours"] == []
    assert "colour_distance" not in colours["red"]


def test_a_grey_picture_says_so_instead_of_a_colour(reviewed: Reviewed, wardrobe: dict[str, str]) -> None:
    grey = next(item for item in listed(reviewed) if wardrobe[item["id"]] == "grey picture")

    assert grey["colours"] == []
    assert "grey" in grey["colours_reason"]


def test_a_word_that_is_no_colour_is_refused_with_those_that_are(reviewed: Reviewed) -> None:
    with pytest.raises(WrongUsage) as refused:
        listed(reviewed, colour="fast")

    assert refused.value.code == "unknown-colour"
    assert "red (rød)" in refused.value.hint


def test_the_cursor_of_one_order_is_none_of_another(reviewed: Reviewed, wardrobe: dict[str, str]) -> None:
    with reviewed.store.transaction() as rows:
        page = findings.tracks(rows, reviewed.case.id, colour="red", limit=2)

        with pytest.raises(WrongUsage):
            findings.tracks(rows, reviewed.case.id, after=page["next"])
