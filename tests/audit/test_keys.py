"""Keys: made once, kept apart, and gone when they are destroyed."""

import subprocess
import sys
from pathlib import Path

import pytest

from sporhund.audit.keys import CannotOpen, Keys
from sporhund.errors import EnvironmentFault


@pytest.fixture
def own(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys")


def test_a_key_is_made_once_and_readable_by_its_owner_only(own: Keys) -> None:
    key = own.for_case("c")

    assert own.for_case("c") == key
    assert own.by_id(key.id) == key
    assert (own.folder / f"{key.id}.key").stat().st_mode & 0o777 == 0o600
    assert own.folder.stat().st_mode & 0o777 == 0o700


def test_cases_and_no_case_have_keys_of_their_own(own: Keys) -> None:
    assert len({own.for_case(case_id).secret for case_id in ("a", "b", "", "no case", None)}) == 5


def test_a_key_is_not_shown_by_accident(own: Keys) -> None:
    assert own.for_case("c").secret.hex() not in repr(own.for_case("c"))
    assert "secret" not in repr(own.for_case("c"))


def test_what_is_sealed_opens_with_its_key_and_purpose_alone(own: Keys) -> None:
    blob = own.for_case("c").encrypt(b"words", b"matrix")

    assert own.for_case("c").decrypt(blob, b"matrix") == b"words"
    with pytest.raises(CannotOpen):
        own.for_case("c").decrypt(blob, b"preview")
    with pytest.raises(CannotOpen):
        own.for_case("d").decrypt(blob, b"matrix")
    with pytest.raises(CannotOpen):
        own.for_case("c").decrypt(blob[:20], b"matrix")
    for place in range(len(blob)):
        with pytest.raises(CannotOpen):
            own.for_case("c").decrypt(blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :], b"matrix")


def test_a_destroyed_key_leaves_no_byte_and_its_successor_has_another_name(own: Keys) -> None:
    old, other = own.for_case("c"), own.for_case("d")

    assert own.destroy("c") == (old.id,)

    assert own.by_id(old.id) is None
    assert own.by_id(other.id) == other
    assert not any(old.secret in path.read_bytes() for path in own.folder.iterdir())
    assert own.for_case("c").id != old.id


def test_destroying_what_is_not_there_is_no_fault(own: Keys) -> None:
    assert own.destroy("c") == ()


def test_a_key_id_that_is_a_path_opens_nothing(own: Keys, tmp_path: Path) -> None:
    (tmp_path / "outside.key").write_bytes(bytes(32))
    own.for_case("c")

    assert own.by_id("../outside") is None


def test_commands_that_begin_at_once_agree_on_one_key(own: Keys) -> None:
    script = "import sys, pathlib, sporhund.audit.keys as k; print(k.Keys(pathlib.Path(sys.argv[1])).for_case('c').id)"

    runs = [subprocess.Popen([sys.executable, "-c", script, str(own.folder)], stdout=subprocess.PIPE) for _ in range(6)]

    assert len({run.communicate()[0] for run in runs}) == 1
    assert len(list(own.folder.glob("*.key"))) == 1


def test_a_damaged_key_is_said_in_a_sentence(own: Keys) -> None:
    key = own.for_case("c")
    (own.folder / f"{key.id}.key").write_bytes(b"short")

    with pytest.raises(EnvironmentFault, match="damaged: 5 bytes") as fault:
        own.for_case("c")

    assert fault.value.code == "no-key"
