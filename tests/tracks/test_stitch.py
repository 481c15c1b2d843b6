"""Tracks across the joint of two spans."""
from sporhund.tracks.model import BestShot, Observation, Track
from sporhund.tracks.stitch import stitch


def _track(sightings: list[tuple[float, float]], *, lead: list[tuple[float, float]] = (), kind: str = "face",  # type: ignore[assignment]
           label: str | None = None, shot: int = 0) -> Track:
    seen = tuple(Observation(t, (x, 20.0, 40.0, 40.0), 0.9) for t, x in sightings)
    return Track(kind, label, shot, seen, (BestShot(seen[0].t, seen[0].box, 0.9),), 0.5,
                 lead=tuple(Observation(t, (x, 20.0, 40.0, 40.0), 0.9) for t, x in lead))


def test_each_goes_on_with_the_one_its_lead_lies_on() -> None:
    left = _track([(k / 5, 10.0 + 2 * k) for k in range(50)], shot=3)
    right = _track([(k / 5, 400.0) for k in range(50)], shot=3)
    later = [
        _track([(10.0, 400.0)], lead=[(9.1, 400.0), (9.3, 400.0)]),
        _track([(10.0, 110.0)], lead=[(9.1, 101.0), (9.3, 103.0)]),
    ]

    assert stitch([left, right], later, continues=True) == {0: 1, 1: 0}


def test_samples_of_two_spans_need_not_fall_together() -> None:
    earlier = _track([(k * 0.5, 20.0 * k) for k in range(10)])
    later = _track([(5.0, 200.0)], lead=[(4.25, 170.0), (4.75, 190.0)])

    assert stitch([earlier], [later], continues=True) == {0: 0}


def test_nothing_goes_on_across_a_cut_at_the_joint() -> None:
    earlier, later = _track([(9.8, 10.0)]), _track([(10.0, 10.0)])

    assert stitch([earlier], [later], continues=False) == {}
    assert stitch([earlier], [later], continues=True) == {0: 0}


def test_other_kinds_and_other_shots_do_not_go_on() -> None:
    earlier = _track([(9.8, 10.0)])

    assert stitch([earlier], [_track([(10.0, 10.0)], kind="motion")], continues=True) == {}
    assert stitch([earlier], [_track([(9.95, 300.0)], shot=0), _track([(10.0, 10.0)], shot=1)], continues=True) == {}


def test_an_objects_class_must_agree_but_a_vehicles_may_flicker() -> None:
    dog, case = _track([(9.8, 10.0)], kind="object", label="dog"), _track([(10.0, 10.0)], kind="object", label="suitcase")
    car, truck = _track([(9.8, 10.0)], kind="vehicle", label="car"), _track([(10.0, 10.0)], kind="vehicle", label="truck")

    assert stitch([dog], [case], continues=True) == {}
    assert stitch([car], [truck], continues=True) == {0: 0}


def test_two_that_fit_one_do_not_both_get_it() -> None:
    earlier = _track([(9.6, 10.0), (9.8, 10.0)])
    later = [_track([(10.0, 14.0)], lead=[(9.6, 14.0)]), _track([(10.0, 10.0)], lead=[(9.6, 10.0)])]

    assert stitch([earlier], later, continues=True) == {1: 0}
