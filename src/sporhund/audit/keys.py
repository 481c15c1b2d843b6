"""Keys that open what a case has written, in files outside the database: destroying one erases, and the chain holds."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sporhund.errors import EnvironmentFault

_NONCE = 12
_FORM = b"\x01"  # AES-256-GCM, 12 bytes nonce in front; a later form gets another first byte
_SECRET = 32
_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{8}\.key")


class CannotOpen(Exception):
    """The bytes were not made with this key and for this purpose, or were changed since."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key. Blobs are at most 2 GiB; one key is good for 2^32 of them."""

    id: str  #: names the file; new after a destruction
    secret: bytes = field(repr=False)  #: 32 bytes

    def encrypt(self, plain: bytes, purpose: bytes) -> bytes:
        """Form byte, nonce, ciphertext and tag. purpose: bound in, and needed again to decrypt ("matrix base@1")."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE)
        return _FORM + nonce + AESGCM(self.secret).encrypt(nonce, plain, purpose)

    def decrypt(self, blob: bytes, purpose: bytes) -> bytes:
        """What was encrypted. Raises CannotOpen."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if blob[:1] != _FORM or len(blob) < 1 + _NONCE + 16:
            raise CannotOpen("not a sealed blob of a form that is known here")
        try:
            return AESGCM(self.secret).decrypt(blob[1 : 1 + _NONCE], blob[1 + _NONCE :], purpose)
        except InvalidTag as fault:
            raise CannotOpen("changed, or sealed with another key or for another purpose") from fault

    def decrypt_into(self, blob: memoryview, purpose: bytes, target: memoryview) -> None:
        """As `decrypt`, straight into memory that is there: target has the plain text's length. Raises CannotOpen."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if blob[:1] != _FORM or len(blob) != 1 + _NONCE + len(target) + 16:
            raise CannotOpen("not a sealed blob of a form that is known here")
        try:
            AESGCM(self.secret).decrypt_into(bytes(blob[1 : 1 + _NONCE]), blob[1 + _NONCE :], purpose, target)
        except InvalidTag as fault:
            raise CannotOpen("changed, or sealed with another key or for another purpose") from fault


class Keys:
    """The keys of a home: one for each case, one for what belongs to no case. Made on first use, atomically, mode 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def for_case(self, case_id: str | None) -> Key:
        """The case's key (None: the key of what belongs to no case); a new one where there is none, also after `destroy`."""
        found = self._of(case_id)
        return self._read(found[0]) if found else self._made(case_id)

    def by_id(self, key_id: str) -> Key | None:
        """The key that a blob names, or None when it was destroyed."""
        path = self.folder / f"{key_id}.key"
        return self._read(path) if _NAME.fullmatch(path.name) and path.exists() else None

    def has(self, case_id: str | None) -> bool:
        """Whether there is a key of this case."""
        return bool(self._of(case_id))

    def destroy(self, case_id: str) -> tuple[str, ...]:
        """Overwrite and remove every key of a case; their ids. What they sealed can never be opened again.

        Overwriting reaches the old bytes on a plain disk. On flash and on file systems that copy on write it may not;
        such a disk should be encrypted as a whole.
        """
        with self._locked():
            paths = self._of(case_id)
            for path in paths:
                with open(path, "r+b") as file:
                    file.write(secrets.token_bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
            self._settle()
        return tuple(path.stem for path in paths)

    def _of(self, case_id: str | None) -> list[Path]:
        return sorted(self.folder.glob(f"{_case_part(case_id)}-*.key"))

    def _made(self, case_id: str | None) -> Key:
        with self._locked():
            found = self._of(case_id)
            if found:
                return self._read(found[0])  # another command was faster
            # A name of its own for every key ever made: after a destruction nobody mistakes the new key for the old one.
            path = self.folder / f"{_case_part(case_id)}-{secrets.token_hex(4)}.key"
            unfinished = path.with_suffix(".new")
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:
                file.write(secrets.token_bytes(_SECRET))
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
            self._settle()
            return self._read(path)

    def _read(self, path: Path) -> Key:
        try:
            secret = path.read_bytes()
        except OSError as fault:
            raise EnvironmentFault(
                "no-key",
                f"The key {path.name} cannot be read: {fault.strerror}.",
                "Keys belong to the account that made the home.",
            ) from fault
        if len(secret) != _SECRET:
            raise EnvironmentFault(
                "no-key",
                f"The key {path.name} is damaged: {len(secret)} bytes instead of {_SECRET}.",
                "Put it back from a backup.",
            )
        return Key(path.stem, secret)

    def _settle(self) -> None:
        """Names on disk, not only in memory."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise EnvironmentFault(
                "home-unwritable",
                f"No key can be written to {self.folder}: {fault.strerror}.",
                "Check who owns the home.",
            ) from fault
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _case_part(case_id: str | None) -> str:
    """A name for any text: the digest keeps case names out of the folder listing and slashes out of paths."""
    return hashlib.sha256(
        b"sporhund key of " + (b"no case" if case_id is None else b"case " + case_id.encode())
    ).hexdigest()[:32]
