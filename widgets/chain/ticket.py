"""A ticket for one contract: side, lots, market or limit, profile; reviewed before it is sent, for it is new risk."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.commands import AskMargin
from cockpit.domain.price_grid import Grid
from cockpit.frame import ChainPart, MarginPart, PositionPart, StatusPart
from widgets.acting.dispatch import Dispatch
from widgets.acting.keymap import cap
from widgets.chain.chain_lookup import Contract, find
from widgets.chain.ticket_sheet import (
    EDGE,
    LABEL,
    LABELS,
    LABELS_LIVE,
    NOTICE,
    fields_top,
    height_of,
    notice_top,
    paint_sheet,
)
from widgets.chain.ticket_sheet import row_height as field_height
from widgets.chain.ticket_terms import Draft, Rests, Terms, command, cooldown_s, terms_of
from widgets.chain.ticket_words import WAITS, Sheet, Step, margin_fact, sheet_of
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton, beside
from widgets.parts.choices import Choices
from widgets.parts.picker import Picker
from widgets.parts.stepper import Stepper

GUARD_S = 0.5  # a second press that follows faster was meant for the first button
MOST_LOTS = 9_999
RESTS: dict[str, Rests | None] = {"refused at once": None, "rests today": "day", "rests until cancelled": "gtc"}


@dataclass(slots=True)
class _Seen:
    """The newest parts that the ticket reads."""

    part: ChainPart | None = None
    status: StatusPart | None = None
    positions: tuple[PositionPart, ...] = ()
    contract: Contract | None = None
    margin: MarginPart | None = None


class Ticket(QWidget):
    """Fields, what they come to, and two steps: review, then confirm.

    `reset_wanted`: somebody wants the cooldown ended, which needs a reason. `left`: the keys shall go elsewhere.
    `cleared`: nothing is picked any more.
    """

    reset_wanted = Signal()
    left = Signal()
    cleared = Signal()

    def __init__(self, look: Look, dispatch: Dispatch) -> None:
        super().__init__()
        self._look, self._dispatch = look, dispatch
        self._symbol = ""
        self._seen = _Seen()
        self._sheet = Sheet()
        self._reviewed_s: float | None = None  # since when the second step is shown
        self._now_s = 0.0
        self._answer: tuple[bool, str] | None = None
        self.side = Choices(look, ("Buy", "Sell"), name="side")
        self.lots = Stepper(look, "lots", step=1.0, most=MOST_LOTS)
        self.kind = Choices(look, ("Market", "Limit"), name="order")
        self.limit = Stepper(look, "limit price", step=0.05, digits=2)
        self.rests = Picker(look, "what becomes of a limit that does not fill at once")
        self.rests.addItems(list(RESTS))
        self.profile = Picker(look, "profile that supervises the position")
        self.review = ActionButton(look, "Review order", hint="see what would be sent", kind="accent")
        self.confirm = ActionButton(look, "Send", hint="send it to the engine", kind="accent")
        self.back = ActionButton(look, "Back", key="Esc", hint="change it")
        self.reset = ActionButton(look, "Reset…", key=cap("cooldown"), hint="end the cooldown: asks for a reason")
        self._is_live = False
        for field in (*self._fields, self.rests):
            field.setParent(self)
        beside(self, self.review, self.confirm, self.back, self.reset)
        self.setAccessibleName("ticket")
        self._connect()
        self.set_measures()
        self._refresh()

    @property
    def reviewing(self) -> bool:
        """Whether the second step is shown."""
        return self._reviewed_s is not None

    @property
    def symbol(self) -> str:
        """The contract that is picked; empty without one."""
        return self._symbol

    @property
    def sheet(self) -> Sheet:
        """The words that are shown."""
        return self._sheet

    @property
    def _fields(self) -> tuple[QWidget, ...]:
        """From the top."""
        resting = (self.rests,) if self._is_live else ()
        return (self.side, self.lots, self.kind, self.limit, *resting, self.profile)

    def set_live(self, live: bool) -> None:
        """Whether a limit can rest at a live broker: only then is it asked what becomes of it."""
        if live != self._is_live:
            self._is_live = live
            self.set_measures()
            self._changed()

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self.setFixedHeight(height_of(self._look, len(self._fields)))
        self._place()
        self.update()

    def pick(self, symbol: str, side: str) -> None:
        """Another contract or side: what was reviewed or answered is of the past."""
        self._symbol = symbol
        self._seen.contract = find(self._seen.part, symbol)
        self.side.choose(side.capitalize())
        self._begin_limit()
        self._changed()

    def type_key(self, key: str) -> None:
        """A digit of the number of lots, or `backspace`."""
        if self._symbol:
            self.lots.type_key(key)

    def show_parts(
        self, part: ChainPart | None, status: StatusPart, positions: tuple[PositionPart, ...], now_s: float
    ) -> None:
        """Take the newest quotes and terms in."""
        self._now_s = now_s
        before = self._seen.part
        if part is not None and (before is None or before.profiles != part.profiles):
            self._offer_profiles(part.profiles)
        if part is not None and (before is None or (before.tick, before.steps) != (part.tick, part.steps)):
            self.limit.set_grid(Grid(part.tick, part.steps), _decimals(part.tick))
        self._seen = _Seen(part, status, positions, find(part, self._symbol), self._seen.margin)
        if part is not None and self._symbol and self._seen.contract is None:
            self._symbol = ""
            self._reviewed_s = None
            self.cleared.emit()
        self._refresh()

    def show_margin(self, margin: MarginPart | None) -> None:
        """What the broker has told of a draft's margin."""
        if margin is not self._seen.margin:
            self._seen.margin = margin
            self._refresh()

    def advance(self, now_s: float) -> None:
        """Time goes on (monotonic seconds of the window)."""
        self._now_s = now_s

    def leave(self) -> None:
        """The page is left: what was reviewed is not what would be sent when somebody comes back."""
        self._changed()

    def submit(self) -> None:
        """The next step: review, then send."""
        (self.confirm if self.reviewing else self.review).click()

    def _connect(self) -> None:
        self.side.chosen.connect(self._begin_limit)
        for chooser in (self.side, self.kind):
            chooser.chosen.connect(self._changed)
        for stepper in (self.lots, self.limit):
            stepper.changed.connect(self._changed)
            stepper.entered.connect(self.focus_next)
        for picker in (self.rests, self.profile):
            picker.currentIndexChanged.connect(self._changed)
        self.review.clicked.connect(self._review)
        self.confirm.clicked.connect(self._send)
        self.back.clicked.connect(self._go_back)
        self.reset.clicked.connect(self.reset_wanted)
        self._dispatch.changed.connect(self._refresh)
        self._dispatch.answered.connect(self._answered)

    def focus_next(self) -> None:
        """Give the keys to the next step, or to the lots while it is off."""
        (self.review if self.review.isEnabled() and not self.reviewing else self.lots).setFocus()

    def _offer_profiles(self, profiles: tuple[str, ...]) -> None:
        chosen = self.profile.currentText()
        self.profile.blockSignals(True)
        self.profile.clear()
        self.profile.addItems(list(profiles))
        self.profile.setCurrentIndex(max(0, self.profile.findText(chosen)))
        self.profile.blockSignals(False)

    def _begin_limit(self) -> None:
        """A limit begins where it would fill."""
        contract = self._seen.contract
        quote = contract.quote(self._side()) if contract is not None else None
        if quote is not None:
            self.limit.set_value(quote)

    def _side(self) -> str:
        return self.side.current.lower()

    def _draft(self) -> Draft:
        limit = round(self.limit.value, 9) if self.kind.current == "Limit" else None
        rests = RESTS[self.rests.currentText()] if self._is_live and limit is not None else None
        return Draft(self._symbol, self._side(), int(self.lots.value), limit, self.profile.currentText(), rests)

    def _changed(self) -> None:
        """A field was changed: what was reviewed is not what would be sent."""
        self._reviewed_s, self._answer = None, None
        self._refresh()

    def _review(self) -> None:
        self.lots.end_typing()
        self.limit.end_typing()
        self._reviewed_s, self._answer = self._now_s, None
        self._ask_margin()
        self._refresh()
        self.confirm.setFocus()

    def _ask_margin(self) -> None:
        """The broker may tell what the order would need; nobody waits for it."""
        terms, draft = self._terms(), self._draft()
        if self._is_live and terms is not None and draft.side in ("buy", "sell"):
            asked = AskMargin(symbol=draft.symbol, side=draft.side, contracts=terms.contracts, price=draft.limit)
            self._dispatch.send(asked, "margin", draft.symbol)

    def _go_back(self) -> None:
        self._reviewed_s = None
        self._refresh()
        self.review.setFocus()

    def _send(self) -> None:
        """Send what is read in the sentence; a press that comes too fast was a double click on the first button."""
        terms = self._terms()
        if terms is None or terms.refusal or self._reviewed_s is None or not self.isVisible():
            return
        if self._now_s - self._reviewed_s < GUARD_S:
            return
        self._dispatch.send(command(self._draft(), terms), "enter", self._symbol)

    def _answered(self, where: tuple[str, str], accepted: bool, said: str) -> None:
        if where[0] == "enter" and where[1] == self._symbol:
            had_keys = self.confirm.hasFocus()
            self._reviewed_s, self._answer = None, (accepted, said)
            self._refresh()
            if had_keys and accepted:
                self.left.emit()
            elif had_keys:
                self.lots.setFocus()

    def _terms(self) -> Terms | None:
        seen = self._seen
        if seen.contract is None or seen.part is None or seen.status is None:
            return None
        held = next((each for each in seen.positions if each.symbol == self._symbol), None)
        return terms_of(self._draft(), seen.contract, seen.part, seen.status, held)

    def _refresh(self) -> None:
        """Words and buttons from what is known now."""
        terms, status = self._terms(), self._seen.status
        waits_s = cooldown_s(status) if status is not None else 0.0
        sending = self._dispatch.sending("enter", self._symbol)
        if waits_s > 0.0 and not sending:
            self._reviewed_s = None
        sheet = self._words(terms)
        if sheet != self._sheet:
            self._sheet = sheet
            self.setAccessibleDescription(f"{sheet.title} {sheet.quote}. {sheet.notice}" if sheet.title else "empty")
            self.update()
        self._show_buttons(terms, waits_s, sending=sending)

    def _words(self, terms: Terms | None) -> Sheet:
        """What is shown around the fields; while the chain is awaited, the name of what is picked."""
        seen = self._seen
        if terms is None or seen.contract is None or seen.status is None:
            return Sheet(title=self._sheet.title if self._symbol else "")
        made = sheet_of(self._draft(), seen.contract, terms, seen.status, Step(self.reviewing, self._answer))
        if not self._is_live:
            return made._replace(labels=LABELS)
        margin = margin_fact(seen.margin, self._draft(), terms.contracts)
        return made._replace(labels=LABELS_LIVE, facts=(*made.facts[:3], margin, *made.facts[3:]))

    def _show_buttons(self, terms: Terms | None, waits_s: float, *, sending: bool) -> None:
        picked, reviewing = bool(self._symbol), self.reviewing
        for field in self._fields:
            field.setVisible(picked)
        self.rests.setVisible(picked and self._is_live)
        for field in (self.limit, self.rests):
            field.setEnabled(self.kind.current == "Limit")
        self.review.setVisible(picked and not reviewing)
        self.confirm.setVisible(picked and reviewing)
        self.back.setVisible(picked and reviewing)
        self.reset.setVisible(picked and waits_s > 0.0)
        why = "" if terms is None else terms.refusal
        if terms is None:
            why = "Its quotes are awaited."
        self.review.set_word(f"Review order in {fmt.until(waits_s)}" if waits_s > 0.0 else "Review order")
        self.review.set_off(f"Cooldown: {WAITS}." if waits_s > 0.0 else why)
        self.confirm.set_word(f"{self.side.current} {fmt.number(terms.contracts if terms else None, 0)}")
        self.confirm.set_off(why)
        self.confirm.set_sending(sending)
        self.back.set_off("It is being sent." if sending else "")

    def _place(self) -> None:
        top, height = fields_top(self._look), field_height(self._look)
        left, width = round(EDGE + LABEL), round(self.width() - 2 * EDGE - LABEL)
        for i, field in enumerate(self._fields):
            wanted = min(width, 136 if isinstance(field, Stepper) else width)
            size = 26 if not isinstance(field, Choices) else field.height()
            field.setGeometry(left, round(top + i * height + (height - size) / 2), wanted, size)
        notice = notice_top(self._look, len(self._fields))
        foot, inside = round(notice + NOTICE), round(self.width() - 2 * EDGE)
        self.review.setGeometry(round(EDGE), foot, inside, 34)
        self.confirm.setGeometry(round(EDGE), foot, inside - 92, 34)
        self.back.setGeometry(round(EDGE) + inside - 84, foot, 84, 34)
        reset = max(self.reset.sizeHint().width(), 74)
        self.reset.setGeometry(self.width() - round(EDGE) - reset, round(notice) + 5, reset, 26)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fields for the new width."""
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back; Enter that no field has taken does nothing here; the rest is the window's."""
        if event.key() == Qt.Key.Key_Escape:
            (self._go_back if self.reviewing else self.left.emit)()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.modifiers():
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words around the fields."""
        with Ink(self, self._look) as ink:
            paint_sheet(ink, QRectF(self.rect()), self._sheet)


def _decimals(tick: float) -> int:
    return next((digits for digits in range(5) if abs(tick * 10**digits - round(tick * 10**digits)) < 1e-9), 5)
