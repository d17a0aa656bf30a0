"""The way of a click: one command out, *sending* until it is answered, and the answer as a sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from PySide6.QtCore import QObject, Signal

from cockpit.commands import Acknowledged, Command

Submit = Callable[[Command], Awaitable[Acknowledged]]
Tone = Literal["said", "refused", "stopped", "fault"]  # of a sentence


class Dispatch(QObject):
    """Sends commands and knows which of them are unanswered.

    `where` names what was pressed: an action and the position it acts on. The same press is not sent twice while its
    first one is unanswered; `answered` carries where, whether it was accepted, and the sentence.
    """

    changed = Signal()
    answered = Signal(object, bool, str)

    def __init__(self, submit: Submit) -> None:
        super().__init__()
        self._submit = submit
        self._flying: dict[tuple[str, str], asyncio.Future[Acknowledged]] = {}

    def sending(self, action: str, position: str = "") -> bool:
        """Whether that press is unanswered."""
        return (action, position) in self._flying

    @property
    def idle(self) -> bool:
        """Whether everything was answered."""
        return not self._flying

    def send(self, command: Command, action: str, position: str = "") -> None:
        """Submit the command, unless the same press is still unanswered."""
        where = (action, position)
        if where in self._flying:
            return
        try:
            answer = asyncio.ensure_future(self._submit(command))
        except ConnectionError as error:
            self.answered.emit(where, False, f"Not sent: {error}.")
            return
        self._flying[where] = answer
        answer.add_done_callback(lambda done: self._done(where, done))
        self.changed.emit()

    def forget(self) -> None:
        """The window closes: nobody waits for answers any more."""
        for answer in self._flying.values():
            answer.cancel()
        self._flying.clear()

    def _done(self, where: tuple[str, str], answer: asyncio.Future[Acknowledged]) -> None:
        self._flying.pop(where, None)
        if answer.cancelled():
            return
        error = answer.exception()
        self.changed.emit()
        if error is None:
            said = answer.result()
            self.answered.emit(where, said.accepted, said.said)
        else:
            self.answered.emit(where, False, f"No answer: {str(error) or type(error).__name__}.")
