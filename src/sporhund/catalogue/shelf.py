"""What is held in memory of several cases: a few at once, the one that was used longest ago goes first."""
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Generic, Protocol, TypeVar

LARGEST_BYTES = 2 << 30
"""Of all cases together; a case of a million media and as many tracks takes 290 MB, and with every order some 440."""


class Held(Protocol):
    """Something of one case that is held."""

    @property
    def nbytes(self) -> int: ...


T = TypeVar("T", bound=Held)


class Shelf(Generic[T]):
    """One for a process; many threads share it."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        self._lock, self._held, self._largest = threading.Lock(), OrderedDict[str, T](), largest_bytes

    def take(self, case_id: str, make: Callable[[], T]) -> T:
        """What is held of this case, made if it is not there."""
        with self._lock:
            held = self._held.get(case_id)
            if held is None:
                held = self._held[case_id] = make()
            self._held.move_to_end(case_id)
            self._fit()
        return held

    def _fit(self) -> None:
        while len(self._held) > 1 and sum(held.nbytes for held in self._held.values()) > self._largest:
            self._held.popitem(last=False)

    def cases(self) -> list[str]:
        with self._lock:
            return list(self._held)

    def let_go(self, case_ids: Collection[str]) -> None:
        """Of cases that were erased."""
        with self._lock:
            for gone in case_ids:
                self._held.pop(gone, None)
