"""The bytes of media, opened for many threads: one opener for each case, let go of when nobody needs it."""
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sporhund.review.originals import Originals
from sporhund.store.service import Store

_IDLE_S = 180.0
"""Members of archives lie in the clear while a case's opener lives: no longer than people look at it."""


@dataclass
class _Opener:
    originals: Originals
    used: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sources:
    """Opens media of all cases of a home. Close it: nothing taken out of an archive stays behind."""

    def __init__(self, store: Store, spool: Path) -> None:
        self._store, self._spool = store, spool
        self._openers: dict[str, _Opener] = {}
        self._lock = threading.Lock()

    def open(self, case_id: str, medium_id: str) -> int:
        """A descriptor of the medium's bytes, read-only. Raises as `review.originals.Originals.open`."""
        self.tidy()
        while True:
            opener = self._opener(case_id)
            with opener.lock:
                if self._openers.get(case_id) is not opener:
                    continue                     # closed while we waited
                opener.used = time.monotonic()
                try:
                    return opener.originals.open(medium_id)
                finally:
                    opener.used = time.monotonic()

    def tidy(self, *, idle_s: float = _IDLE_S) -> None:
        """Close the openers that nobody used for so long."""
        now = time.monotonic()
        with self._lock:
            old = [case for case, opener in self._openers.items() if now - opener.used > idle_s]
        for case_id in old:
            self.forget(case_id, idle_s=idle_s)

    def forget(self, case_id: str, *, idle_s: float = -1.0) -> None:
        """Let go of a case, unless it was used within `idle_s`."""
        with self._lock:
            opener = self._openers.get(case_id)
        if opener is None:
            return
        with opener.lock:
            if time.monotonic() - opener.used > idle_s:
                with self._lock:
                    self._openers.pop(case_id, None)
                opener.originals.close()

    def close(self) -> None:
        for case_id in list(self._openers):
            self.forget(case_id)

    def _opener(self, case_id: str) -> _Opener:
        with self._lock:
            if case_id not in self._openers:
                self._openers[case_id] = _Opener(Originals(self._store, case_id, self._spool), time.monotonic())
            return self._openers[case_id]
