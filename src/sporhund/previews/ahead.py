"""Work that nobody waits for yet: one thread, one thing after the other, dropped when there is too much of it."""
import threading
from collections import deque
from collections.abc import Callable

from sporhund.errors import SporhundError

_MOST = 300


class Ahead:
    """Started with the first thing to do. Close it."""

    def __init__(self) -> None:
        self._todo: deque[Callable[[], object]] = deque(maxlen=_MOST)   # the oldest falls out: it was for a page long left
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def add(self, todo: Callable[[], object]) -> None:
        with self._changed:
            if self._closing:
                return
            self._todo.append(todo)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="previews ahead", daemon=True)
                self._thread.start()
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

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while not (self._todo or self._closing):
                self._changed.wait()
            return None if self._closing else self._todo.popleft()
