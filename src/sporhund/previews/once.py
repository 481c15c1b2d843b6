"""What many ask for at the same time is made once, and what cannot be made is not tried at every look."""
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sporhund.errors import Unreadable
from sporhund.review.hear import OURS

Made = TypeVar("Made")

_REMEMBER = 4000
_REMEMBER_S = 600.0        #: a worker's fate
_SOON_S = 60.0             #: what else cannot be read: a file that is away comes back, a page is looked at again at once
_PASSING = frozenset({"not-read"})
"""Is over as soon as an analysis comes to the medium, and costs nothing to ask again."""


class Once:
    """Runs makers by name: whoever comes second waits for the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[object]] = {}
        self._failed: OrderedDict[str, tuple[float, Unreadable]] = OrderedDict()

    def make(self, name: str, maker: Callable[[], Made]) -> Made:
        """What the maker gives, or raises. What cannot be read is told again for a minute, untried; a worker's fate (it hung,
        died, lied) for ten.
        """
        with self._lock:
            self._raise_if_failed(name)
            future = self._under_way.get(name)
            mine = future is None
            if future is None:
                future = self._under_way[name] = Future()
        if not mine:
            return future.result()  # type: ignore[return-value]  # made under this name
        try:
            made = maker()
        except BaseException as fault:
            self._end(name, fault)
            future.set_exception(fault)
            raise
        self._end(name, None)
        future.set_result(made)
        return made

    def _end(self, name: str, fault: BaseException | None) -> None:
        with self._lock:
            del self._under_way[name]
            if isinstance(fault, Unreadable) and fault.code not in _PASSING:
                self._failed[name] = time.monotonic(), fault
                if len(self._failed) > _REMEMBER:
                    self._failed.popitem(last=False)

    def _raise_if_failed(self, name: str) -> None:
        found = self._failed.get(name)
        if found is None:
            return
        if time.monotonic() - found[0] < (_REMEMBER_S if found[1].code in OURS else _SOON_S):
            raise Unreadable(found[1].code, found[1].message, found[1].hint)
        del self._failed[name]
