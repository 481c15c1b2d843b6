"""Work that nobody waits for yet: one thread, one thing after the other, dropped when there is too much of it. It tidies too."""
import logging
import threading
from collections import deque
from collections.abc import Callable

from sporhund.errors import SporhundError

log = logging.getLogger("sporhund.previews")

_MOST = 300
_TIDY_EVERY_S = 60.0


class Ahead:
    """Started with `begin` or the first thing to do. Close it.

    tidy: called about once a minute from then on, when there is nothing else to do.
    """

    def __init__(self, tidy: Callable[[], None]) -> None:
        self._tidy = tidy
        self._todo: deque[Callable[[], object]] = deque(maxlen=_MOST)   # the oldest falls out: it was for a page long left
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        with self._changed:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="previews ahead", daemon=True)
                self._thread.start()

    def add(self, todo: Callable[[], object]) -> None:
        self.begin()
        with self._changed:
            if not self._closing:
                self._todo.append(todo)
                self._changed.notify()

    def close(self) -> None:
        """What is not begun is left undone; what is begun ends with the workers."""
        with self._changed:
            self._closing = True
            self._todo.clear()
            self._changed.notify()

    def _run(self) -> None:
        while (todo := self._next()) is not None:
            try:
                todo()
            except SporhundError:
                continue           # whoever asks for it later is told why
            except Exception:   # told on the desk's terminal; one defect must not end what is made ahead for all
                log.exception("what was made ahead ended in something that is not known")

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            if not (self._todo or self._closing):
                self._changed.wait(_TIDY_EVERY_S)
            if self._closing:
                return None
            return self._todo.popleft() if self._todo else self._tidy
