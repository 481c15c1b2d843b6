"""The matrix is what the database says, at every moment."""
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, text, update
from tests.gallery.conftest import Filled, add_run, unit

from sporhund.audit.keys import Keys
from sporhund.gallery import files
from sporhund.gallery.records import version
from sporhund.gallery.service import opened
from sporhund.store import tables
from sporhund.store.service import Store


@pytest.fixture
def here(store: Store, keys: Keys) -> dict[str, Any]:
    return {"store": store, "keys": keys}


def test_templates_that_count_are_rows_in_the_order_of_their_tracks(filled: Filled, here: dict[str, Any]) -> None:
    vectors = unit(5)
    tracks = filled.tracks(filled.medium(), vectors)

    gallery = opened(filled.id, "base@1", **here)

    assert [gallery.track(row) for row in range(5)] == sorted(tracks)
    assert np.array_equal(gallery.vectors[gallery.rows_of(tracks)], vectors)
    assert gallery.vectors.flags.c_contiguous and gallery.vectors.dtype == np.float32
    assert gallery.width_px.tolist() == [80.0] * 5 and gallery.sharpness.tolist() == [0.5] * 5


def test_a_second_opening_reads_the_same_from_the_disk(filled: Filled, here: dict[str, Any]) -> None:
    filled.tracks(filled.medium(), unit(7))
    made = opened(filled.id, "base@1", **here)

    again = opened(filled.id, "base@1", **here)

    assert again.version == made.version
    assert np.array_equal(again.vectors, made.vectors) and np.array_equal(again.tracks, made.tracks)
    assert np.array_equal(again.media, made.media) and again.medium(6) == made.medium(6) and again.digest == made.digest


def test_what_may_not_be_compared_goes_by_another_name_or_is_no_face_is_not_in_it(
    filled: Filled, here: dict[str, Any],
) -> None:
    medium = filled.medium()
    (kept,) = filled.tracks(medium, unit(1))
    filled.tracks(medium, unit(1), comparable=False)
    filled.tracks(medium, unit(1), alias_of=kept)
    filled.tracks(medium, unit(1), kind="person")

    gallery = opened(filled.id, "base@1", **here)

    assert [gallery.track(row) for row in range(len(gallery))] == [kept]


def test_only_the_run_that_counts_for_a_medium_is_in_it(filled: Filled, here: dict[str, Any]) -> None:
    medium = filled.medium(current=False)
    filled.tracks(medium, unit(2))
    better = add_run(filled.store, filled.id)
    filled.looked(medium, run=better)
    counts = filled.tracks(medium, unit(3), run=better)

    gallery = opened(filled.id, "base@1", **here)

    assert [gallery.track(row) for row in range(len(gallery))] == sorted(counts)


def test_packs_have_matrices_of_their_own(filled: Filled, here: dict[str, Any]) -> None:
    filled.tracks(filled.medium(), unit(2))
    other = add_run(filled.store, filled.id, pack="other@2")
    filled.tracks(filled.medium(run=other, pack="other@2"), unit(3, dimensions=32), run=other, pack="other@2")

    base, small = opened(filled.id, "base@1", **here), opened(filled.id, "other@2", **here)

    assert base.vectors.shape == (2, 128) and small.vectors.shape == (3, 32)
    assert base.version == small.version    # made at once: neither makes the other out of date


def test_a_case_without_templates_has_an_empty_gallery(filled: Filled, here: dict[str, Any]) -> None:
    for _ in range(2):   # made, and read again
        gallery = opened(filled.id, "base@1", **here)

        assert len(gallery) == 0 and gallery.rows_of(["t_1"]).size == 0


def test_every_way_to_change_what_counts_is_noticed(filled: Filled, here: dict[str, Any]) -> None:
    medium = filled.medium()
    tracks = filled.tracks(medium, unit(4))
    p, k = tables.template, tables.look
    changes = {
        "a template is added": lambda rows: rows.execute(text(
            "insert into template select case_id, track_id || 'x', pack, vector, norm, parts from template where case_id = :c"),
            {"c": filled.id}),
        "one is changed": lambda rows: rows.execute(update(p).where(p.c.track_id == tracks[0]).values(norm=2.0)),
        "one is deleted": lambda rows: rows.execute(delete(p).where(p.c.track_id == tracks[1])),
        "a run no longer counts": lambda rows: rows.execute(update(k).where(k.c.medium_id == medium).values(current=False)),
    }
    for what, change in changes.items():
        before = opened(filled.id, "base@1", **here).version
        with filled.store.transaction() as rows:
            assert version(rows, filled.id) == before, what
            change(rows)
        with filled.store.transaction() as rows:
            assert version(rows, filled.id) is None, what


def test_what_is_committed_while_a_matrix_is_made_makes_it_out_of_date(filled: Filled, here: dict[str, Any]) -> None:
    medium = filled.medium()
    filled.tracks(medium, unit(2))
    with filled.store.transaction() as late:
        late.execute(text("insert into template select case_id, 'late', pack, vector, norm, parts from template"
                          " where case_id = :c limit 1"), {"c": filled.id})
        opened(filled.id, "base@1", **here)   # does not see the other, which has not ended

    with filled.store.reader() as rows:
        assert version(rows, filled.id) is None


def test_a_matrix_that_was_changed_cut_or_taken_from_elsewhere_is_made_anew(filled: Filled, here: dict[str, Any]) -> None:
    filled.tracks(filled.medium(), unit(3))
    made = opened(filled.id, "base@1", **here)
    path = filled.store.settings.matrices / filled.id / "base@1.matrix"
    whole = path.read_bytes()
    middle = len(whole) - 40
    for bad in (whole[:-1], b"", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:], b"nonsense" * 40):
        path.write_bytes(bad)

        again = opened(filled.id, "base@1", **here)

        assert np.array_equal(again.vectors, made.vectors)
        assert path.read_bytes() != bad


def test_a_matrix_on_disk_holds_no_plain_vector_and_no_name(filled: Filled, here: dict[str, Any]) -> None:
    vectors = unit(3)
    (track, *_) = filled.tracks(filled.medium(), vectors)
    opened(filled.id, "base@1", **here)
    folder = filled.store.settings.matrices / filled.id
    content = (folder / "base@1.matrix").read_bytes()

    assert vectors[0].tobytes() not in content and track.encode() not in content


def test_many_blocks_are_bound_to_their_places(
    filled: Filled, here: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "BLOCK", 1024)
    filled.tracks(filled.medium(), unit(20))
    made = opened(filled.id, "base@1", **here)

    again = opened(filled.id, "base@1", **here)

    assert np.array_equal(again.vectors, made.vectors)
    path = filled.store.settings.matrices / filled.id / "base@1.matrix"
    whole = path.read_bytes()
    sealed = 1024 + 29 + 8
    swapped = whole[:-2 * sealed] + whole[-sealed:] + whole[-2 * sealed:-sealed]   # the last two blocks of the vectors
    path.write_bytes(swapped)
    assert files.read(filled.store.settings, filled.id, "base@1", made.version, here["keys"].for_case(filled.id)) is None
