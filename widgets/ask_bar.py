"""One question at a time, without a dialog: a line or a choice under the decision bar, Enter answers, Esc does not."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.fields import LineField
from widgets.parts.picker import Picker

HEIGHT, INSET = 84, 14
LINE_WIDTH, CHOICE_WIDTH = 210, 170


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a line of text, a choice, or both.

    `answer` takes the line and the index of the choice; it gives back why it cannot be, or an empty string.
    """

    title: str
    hint: str = ""
    line: str | None = None  # what stands in the line at first; None: there is no line
    wants: str = ""  # what the line is for, while it is empty
    choices: tuple[str, ...] = ()
    chosen: int = 0
    chooses_first: bool = False  # the choice has the keyboard; what could be written is one Tab away
    verb: str = "Send"
    answer: Callable[[str, int], str] = field(default=lambda line, choice: "")


class AskBar(QWidget):
    """Hidden until something is asked; the panes below it go on. `entered` tells that Enter was its."""

    entered = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._question: Question | None = None
        self._refusal = ""
        self.line = LineField(look, width=LINE_WIDTH)
        self.choice = Picker(look, "choice")
        self.send = ActionButton(look, "Send", key="⏎", kind="act")
        self.cancel = ActionButton(look, "Cancel", key="Esc", hint="ask nothing")
        self.line.setFixedWidth(LINE_WIDTH)
        self.choice.setFixedWidth(CHOICE_WIDTH)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(INSET, HEIGHT - 40, INSET, 12)
        row.setSpacing(8)
        for part in (self.line, self.choice):
            part.setFixedHeight(28)
            row.addWidget(part)
        row.addStretch(1)
        for button in (self.cancel, self.send):
            button.setFixedHeight(28)
            row.addWidget(button)
        self.send.clicked.connect(self.answer)
        self.cancel.clicked.connect(self.leave)
        self.line.returnPressed.connect(self.enter)
        self.line.textEdited.connect(self._mended)
        self.setFixedHeight(HEIGHT)
        self.hide()

    @property
    def refusal(self) -> str:
        """Why the last answer was none."""
        return self._refusal

    def ask(self, question: Question) -> None:
        """Show the question and give it the keyboard."""
        self._question = question
        self._refuse("")
        self.line.setVisible(question.line is not None)
        self.line.setText(question.line or "")
        self.line.setPlaceholderText(question.wants)
        self.line.setAccessibleName(f"{question.title} {question.wants}")
        self.line.setAccessibleDescription(question.hint or question.wants)
        self.line.selectAll()
        self.choice.setVisible(bool(question.choices))
        self.choice.clear()
        self.choice.addItems(list(question.choices))
        self.choice.setCurrentIndex(question.chosen)
        self.choice.setAccessibleName(question.title)
        self.send.set_word(question.verb)
        self.send.set_hint(question.verb.lower())
        self.setAccessibleName(question.title)
        first = self.choice if question.chooses_first or question.line is None else self.line
        self._row.insertWidget(0, first)
        self.show()
        self.raise_()
        self._order(first)
        first.setFocus()

    def _order(self, first: QWidget) -> None:
        """Tab goes as the eye does."""
        second = self.line if first is self.choice else self.choice
        for before, after in itertools.pairwise((first, second, self.cancel, self.send)):
            QWidget.setTabOrder(before, after)

    def enter(self) -> None:
        """Enter was pressed."""
        self.entered.emit()
        self.answer()

    def answer(self) -> None:
        """Give the answer; what is refused stays to be mended."""
        if self._question is not None:
            said = self._question.answer(self.line.text().strip(), self.choice.currentIndex())
            if said:
                self._refuse(said)
            else:
                self.leave()

    def leave(self) -> None:
        """Ask no more; the keys are the window's again."""
        self._question = None
        self.hide()
        self.window().setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter answers, Esc leaves; only the keys that take off reach the window while a question stands."""
        if Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35:
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel, the question, and its hint or why the answer was none."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.rounded(box, 6, fill="bg2", line="loss" if self._refusal else "accent")
            question = self._question
            if question is None:
                return
            head = QRectF(INSET, 9, box.width() - 2 * INSET, 16)
            ink.elided(head, question.title, px=13, weight=600)
            below = head.translated(0, 16)
            token = "loss" if self._refusal else "t2"
            ink.elided(below, self._refusal or question.hint, px=11, token=token)

    def _mended(self) -> None:
        self._refuse("")

    def _refuse(self, why: str) -> None:
        self._refusal = why
        self.setAccessibleDescription(why or (self._question.hint if self._question is not None else ""))
        self.update()
