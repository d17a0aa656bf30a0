"""Questions that take longer than a frame: asked on other threads, answered on the window's."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

Answer = TypeVar("Answer")
Submit = Callable[[Callable[[], Any]], "Future[Any]"]


class Jobs(QObject):
    """`submit` is that of an executor; what answers are given to runs on the thread that this object was made on."""

    _told = Signal(object)

    def __init__(self, submit: Submit) -> None:
        super().__init__()
        self._submit = submit
        self._closed = False
        self._told.connect(self._tell)

    def ask(
        self, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Callable[[Exception], None]
    ) -> None:
        """Have the work done elsewhere; then one of the two is called, unless this has been closed."""

        def told(done: "Future[Any]") -> None:
            if done.cancelled():
                return
            error = done.exception()

            def tell() -> None:
                if error is None:
                    then(done.result())
                elif isinstance(error, Exception):
                    failed(error)

            self.tell(tell)

        self._submit(work).add_done_callback(told)

    def tell(self, what: Callable[[], None]) -> None:
        """Call that on the window's thread, soon; from any thread."""
        with suppress(RuntimeError):  # the window has been deleted meanwhile
            self._told.emit(what)

    def close(self) -> None:
        """Nobody waits for answers any more."""
        self._closed = True

    def _tell(self, what: Callable[[], None]) -> None:
        if not self._closed:
            what()
